//! # 和暦 Eras
//!
//! Days are stored by the West calendar (`jiff::civil::Date`); an era is only a way to write and to type one, at the edge.
//!
//! What there is to know:
//!
//! - Two days belong to two eras: 30 July 1912 is 明治45年 and 大正元年, 25 December 1926 is 大正15年 and 昭和元年. The later era is
//!   written ([`Wareki::of`]), either is read, [`Wareki::all_of`] gives both.
//! - Up to 明治5年12月2日 (31 December 1872) the calendar was lunar. Such a day is never converted by arithmetic: it is refused as
//!   [`DateError::Lunar`], for staff to keep as written. 明治6年1月1日 is 1 January 1873.
//! - The first year is 元年; 1年 is read as well.
//! - Old papers run past an era's end (平成35年). [`read_date`] refuses that, or with [`PastEraEnd::Convert`] converts it and says so.
//!
//! Sources: 改暦ノ布告 (明治5年太政官布告第337号); 元号法 (昭和54年法律第43号); 元号を改める政令 (昭和64年政令第1号, 平成31年政令第143号).
//!
//! ```
//! use jiff::civil::date;
//! use jp::era::{parse_date, wareki};
//!
//! assert_eq!(wareki(date(2026, 11, 24)), "令和8年11月24日");
//! assert_eq!(wareki(date(2019, 5, 1)), "令和元年5月1日");
//! for typed in ["R8.4.1", "令和8年4月1日", "㋿８年４月１日", "令和八年四月一日", "2026-04-01", "2026年4月1日"] {
//!     assert_eq!(parse_date(typed), Ok(date(2026, 4, 1)), "{typed}");
//! }
//! ```

mod read;

use jiff::civil::{Date, date};
pub use read::{DateError, DateWarning, PastEraEnd, ReadDate, RecordedDate, parse_date, read_date};
use serde::{Deserialize, Serialize};
use std::fmt;

/// 元号, an era since the calendar follows the emperor's reign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Era {
    /// 明治
    Meiji,
    /// 大正
    Taisho,
    /// 昭和
    Showa,
    /// 平成
    Heisei,
    /// 令和
    Reiwa,
}

impl Era {
    /// All, from the earliest.
    pub const ALL: [Self; 5] = [Self::Meiji, Self::Taisho, Self::Showa, Self::Heisei, Self::Reiwa];

    /// As written: 令和.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meiji => "明治",
            Self::Taisho => "大正",
            Self::Showa => "昭和",
            Self::Heisei => "平成",
            Self::Reiwa => "令和",
        }
    }

    /// The letter of forms: R.
    pub const fn letter(self) -> char {
        match self {
            Self::Meiji => 'M',
            Self::Taisho => 'T',
            Self::Showa => 'S',
            Self::Heisei => 'H',
            Self::Reiwa => 'R',
        }
    }

    /// The digit that certificates of the card (JPKI) put before a birth date.
    pub const fn card_code(self) -> u8 {
        match self {
            Self::Meiji => 1,
            Self::Taisho => 2,
            Self::Showa => 3,
            Self::Heisei => 4,
            Self::Reiwa => 5,
        }
    }

    /// The West year of its year 1.
    pub const fn first_year(self) -> i16 {
        match self {
            Self::Meiji => 1868,
            Self::Taisho => 1912,
            Self::Showa => 1926,
            Self::Heisei => 1989,
            Self::Reiwa => 2019,
        }
    }

    /// Its first day. For 明治 the first day of the new calendar, since days before it cannot be converted.
    pub const fn first_day(self) -> Date {
        match self {
            Self::Meiji => NEW_CALENDAR,
            Self::Taisho => date(1912, 7, 30),
            Self::Showa => date(1926, 12, 25),
            Self::Heisei => date(1989, 1, 8),
            Self::Reiwa => date(2019, 5, 1),
        }
    }

    /// Its last day; none while it runs.
    pub const fn last_day(self) -> Option<Date> {
        match self {
            Self::Meiji => Some(date(1912, 7, 30)),
            Self::Taisho => Some(date(1926, 12, 25)),
            Self::Showa => Some(date(1989, 1, 7)),
            Self::Heisei => Some(date(2019, 4, 30)),
            Self::Reiwa => None,
        }
    }
}

/// 明治6年1月1日, the first day that both calendars count alike.
pub(crate) const NEW_CALENDAR: Date = date(1873, 1, 1);

/// A day as an era writes it. Always one that exists and lies within its era.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Wareki {
    era: Era,
    year: i16,
    day: Date,
}

impl Wareki {
    /// The day in its era, the later one where two share it; none before 1873.
    pub fn of(day: Date) -> Option<Self> {
        Era::ALL.into_iter().rev().find_map(|era| Self::within(era, day))
    }

    /// The day in every era it belongs to, the later first; none before 1873.
    pub fn all_of(day: Date) -> Vec<Self> {
        Era::ALL.into_iter().rev().filter_map(|era| Self::within(era, day)).collect()
    }

    /// The day that an era, a year of it, a month and a day name.
    ///
    /// # Errors
    /// When there is no such day, when it lies outside the era, or when it is of the lunar calendar.
    pub fn new(era: Era, year: i16, month: i8, day: i8) -> Result<Self, DateError> {
        let day = read::day_of(era, year, month, day)?;
        Self::within(era, day).ok_or_else(|| match era.last_day() {
            Some(last) if last < day => DateError::PastEraEnd { era },
            _ => DateError::BeforeEra { era },
        })
    }

    fn within(era: Era, day: Date) -> Option<Self> {
        let inside = era.first_day() <= day && era.last_day().is_none_or(|last| day <= last);
        inside.then(|| Self { era, year: day.year() - era.first_year() + 1, day })
    }

    /// The day.
    pub const fn date(&self) -> Date {
        self.day
    }

    /// The era.
    pub const fn era(&self) -> Era {
        self.era
    }

    /// The year of the era, from 1.
    pub const fn year(&self) -> i16 {
        self.year
    }

    /// The year as written: 元, 2, 3 …
    pub fn year_in_words(&self) -> String {
        if self.year == 1 { "元".into() } else { self.year.to_string() }
    }

    /// As narrow columns have it: R8.4.1.
    pub fn short(&self) -> String {
        format!("{}{}.{}.{}", self.era.letter(), self.year, self.day.month(), self.day.day())
    }
}

impl fmt::Display for Wareki {
    /// 令和8年4月1日.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}年{}月{}日", self.era.name(), self.year_in_words(), self.day.month(), self.day.day())
    }
}

#[derive(Serialize, Deserialize)]
struct Written {
    era: Era,
    year: i16,
    month: i8,
    day: i8,
}

impl TryFrom<Written> for Wareki {
    type Error = DateError;
    fn try_from(written: Written) -> Result<Self, DateError> {
        Self::new(written.era, written.year, written.month, written.day)
    }
}

impl From<Wareki> for Written {
    fn from(wareki: Wareki) -> Self {
        Self { era: wareki.era, year: wareki.year, month: wareki.day.month(), day: wareki.day.day() }
    }
}

/// A day as letters and pages write it: 令和8年11月24日; days before 1873 by the West year: 1872年12月31日.
pub fn wareki(day: Date) -> String {
    Wareki::of(day).map_or_else(|| format!("{}年{}月{}日", day.year(), day.month(), day.day()), |wareki| wareki.to_string())
}
