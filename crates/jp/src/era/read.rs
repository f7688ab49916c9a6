//! Days as people type them.

use super::{Era, NEW_CALENDAR, Wareki};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// The longest text that can be a day: 西暦二千二十六年十二月三十一日生まれ and spaces between.
const LETTERS_MAX: usize = 64;

/// Why a text is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Nothing was typed.
    #[error("no date")]
    Empty,
    /// It does not look like a day.
    #[error("not a date; write 2026-04-01, 令和8年4月1日 or R8.4.1")]
    Unreadable,
    /// No calendar has it: 31 June, 29 February of a common year.
    #[error("there is no such day")]
    NoSuchDay,
    /// Before 明治6年 the calendar was lunar: keep it as written.
    #[error("the calendar was lunar until 明治5年12月2日; keep the date as it is written")]
    Lunar,
    /// The era had ended: 平成35年.
    #[error("{} had ended", .era.name())]
    PastEraEnd {
        /// The era that was written.
        era: Era,
    },
    /// The era had not begun: 令和元年4月30日.
    #[error("{} had not begun", .era.name())]
    BeforeEra {
        /// The era that was written.
        era: Era,
    },
}

/// What to do with a day that runs past its era's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PastEraEnd {
    /// Refuse: a person typed it today, so it is a slip.
    Refuse,
    /// Convert with a warning: it was copied from a paper that was printed before the era ended.
    Convert,
}

/// A day that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadDate {
    /// The day.
    pub date: Date,
    /// The era that was written, if any. It can be the earlier of two that share the day.
    pub era: Option<Era>,
    /// What should be looked at.
    pub warning: Option<DateWarning>,
}

/// What a clerk should look at although the day could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateWarning {
    /// The era had ended by then.
    PastEraEnd,
}

/// Reads a day of either calendar; an era past its end is refused.
///
/// # Errors
/// As [`read_date`].
pub fn parse_date(typed: &str) -> Result<Date, DateError> {
    read_date(typed, PastEraEnd::Refuse).map(|read| read.date)
}

/// Reads a day of either calendar: 令和8年4月1日, 令和元年, R8.4.1, r8/4/1, ㋿8年, 令8.4.1, R080401, 2026-04-01, 2026/4/1, 2026年4月1日, 20260401,
/// 西暦2026年; digits of any width or in kanji, spaces anywhere, 生 or まれ behind. Seven digits are a day as terminals of town halls have taken
/// it for fifty years: one for the era ([`Era::card_code`]), two each for year, month and day, so that 5080401 is 令和8年4月1日.
///
/// # Errors
/// See [`DateError`]; what is too long to be a day is unreadable.
pub fn read_date(typed: &str, past_era_end: PastEraEnd) -> Result<ReadDate, DateError> {
    let plain = plain(typed)?;
    let (era, rest) = match split_era(&plain).or_else(|| split_seven_digits(&plain)) {
        Some((era, rest)) => (Some(era), rest),
        None => (None, plain.strip_prefix("西暦").unwrap_or(&plain)),
    };
    let [year, month, day] = parts(rest, era.is_some()).ok_or(DateError::Unreadable)?;
    let month = i8::try_from(month).map_err(|_| DateError::NoSuchDay)?;
    let day = i8::try_from(day).map_err(|_| DateError::NoSuchDay)?;
    let Some(era) = era else {
        let date = Date::new(year, month, day).map_err(|_| DateError::NoSuchDay)?;
        return Ok(ReadDate { date, era: None, warning: None });
    };
    match Wareki::new(era, year, month, day) {
        Ok(wareki) => Ok(ReadDate { date: wareki.date(), era: Some(era), warning: None }),
        Err(DateError::PastEraEnd { .. }) if past_era_end == PastEraEnd::Convert => {
            let date = day_of(era, year, month, day)?;
            Ok(ReadDate { date, era: Some(era), warning: Some(DateWarning::PastEraEnd) })
        }
        Err(error) => Err(error),
    }
}

/// The day that an era's year, counted on past its end if need be, has.
pub(super) fn day_of(era: Era, year: i16, month: i8, day: i8) -> Result<Date, DateError> {
    if year < 1 {
        return Err(DateError::NoSuchDay);
    }
    let year = era.first_year().checked_add(year - 1).ok_or(DateError::NoSuchDay)?;
    if era == Era::Meiji && year < NEW_CALENDAR.year() {
        return Err(DateError::Lunar);
    }
    Date::new(year, month, day).map_err(|_| DateError::NoSuchDay)
}

/// One width, no spaces, no word behind.
fn plain(typed: &str) -> Result<String, DateError> {
    if typed.chars().nth(LETTERS_MAX).is_some() {
        return Err(DateError::Unreadable);
    }
    let plain: String = typed.nfkc().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.trim_end_matches("まれ").trim_end_matches('生');
    if plain.is_empty() { Err(DateError::Empty) } else { Ok(plain.to_string()) }
}

fn split_era(plain: &str) -> Option<(Era, &str)> {
    Era::ALL.into_iter().find_map(|era| {
        let letter = era.letter();
        let rest = plain
            .strip_prefix(era.name())
            .or_else(|| plain.strip_prefix(era.name().chars().next()?))
            .or_else(|| plain.strip_prefix([letter, letter.to_ascii_lowercase()]));
        // NFKC has already written ㋿ and its like out.
        rest.map(|rest| (era, rest.trim_start_matches('.')))
    })
}

/// 5080401: the era's digit, then the rest.
fn split_seven_digits(plain: &str) -> Option<(Era, &str)> {
    if plain.len() != 7 || !plain.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (code, rest) = plain.split_at(1);
    Era::ALL.into_iter().find(|era| code.parse() == Ok(era.card_code())).map(|era| (era, rest))
}

/// Year, month and day.
fn parts(text: &str, in_era: bool) -> Option<[i16; 3]> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return compact(text, in_era);
    }
    let text = text.strip_suffix('日').unwrap_or(text);
    let mut parts = text.split(|c: char| matches!(c, '年' | '月' | '.' | '/' | '・' | ',' | '、') || crate::digits::is_dash(c));
    let read = [number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?];
    parts.next().is_none().then_some(read)
}

/// 20260401, and R080401 with an era before it.
fn compact(text: &str, in_era: bool) -> Option<[i16; 3]> {
    let year_digits = if in_era { 2 } else { 4 };
    if text.len() != year_digits + 4 {
        return None;
    }
    let (year, rest) = text.split_at(year_digits);
    let (month, day) = rest.split_at(2);
    Some([year.parse().ok()?, month.parse().ok()?, day.parse().ok()?])
}

/// 8, 08, 元, 八, 十二, 二十三, 二〇二六.
fn number(text: &str) -> Option<i16> {
    if text == "元" {
        return Some(1);
    }
    if !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    crate::digits::kanji_number(text).and_then(|value| i16::try_from(value).ok())
}

/// A day as a record holds it: known, or only as it is written. 不詳 parts and days of the lunar calendar are never completed.
///
/// ```
/// use jp::era::RecordedDate;
/// assert_eq!(RecordedDate::of("昭和20年月日不詳"), RecordedDate::AsWritten("昭和20年月日不詳".into()));
/// assert_eq!(RecordedDate::of("明治5年12月2日").day(), None);
/// assert_eq!(RecordedDate::of("R8.4.1").day(), jp::era::parse_date("2026-04-01").ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordedDate {
    /// The day.
    Day(Date),
    /// What is written where no day can be told: 昭和20年頃, 明治5年12月2日, 年月日不詳.
    AsWritten(String),
}

impl RecordedDate {
    /// The day that a text names, else the text itself.
    pub fn of(text: &str) -> Self {
        parse_date(text).map_or_else(|_| Self::AsWritten(text.to_string()), Self::Day)
    }

    /// The day where it is known. What sorts a list by another day keeps that one apart.
    pub const fn day(&self) -> Option<Date> {
        match self {
            Self::Day(day) => Some(*day),
            Self::AsWritten(_) => None,
        }
    }
}
