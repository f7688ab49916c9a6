//! 書式: how one value is written in a cell, and read out of one. Both ways are one table, so that what a mapping out writes a mapping in reads.

use std::fmt;

use jiff::civil::Date;
use jp::{
    era::{Era, Wareki},
    kana,
};

use serde::{Deserialize, Serialize};

use super::{Write, closed_words};

closed_words! {
    /// The form of a text.
    As {
        /// As it is.
        Text = "text",
        /// ﾊﾝｶｸ ｶﾅ, with half-width letters and digits.
        HalfKana = "half_kana",
        /// Full-width katakana.
        FullKana = "full_kana",
        /// All letters full-width (全角).
        Wide = "wide",
        /// Letters, digits and signs half-width.
        Narrow = "narrow",
        /// Digits only: a telephone or postal code without hyphens.
        Digits = "digits",
        /// 2026-11-24
        Iso = "iso",
        /// 20261124
        Yyyymmdd = "yyyymmdd",
        /// 2026/11/24
        Slash = "slash",
        /// 5081124: 元号コード (明治1・大正2・昭和3・平成4・令和5), year, month, day.
        WarekiCode = "wareki_code",
        /// R08.11.24
        WarekiLetter = "wareki_letter",
        /// 令和8年11月24日
        Wareki = "wareki",
    }
}

/// Why a cell cannot be written or read. Staff read it with line and column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellWrong {
    /// Nothing is there and something must be.
    Empty,
    /// Longer than the other system takes.
    TooLong {
        /// Characters that it has.
        count: usize,
        /// Characters that are taken.
        most: usize,
    },
    /// The table of codes has no line for it.
    NoCode {
        /// The value.
        value: String,
    },
    /// It is no day.
    NoDay {
        /// What stands there.
        value: String,
    },
    /// It is no kana.
    NoKana {
        /// The first character that is none.
        character: char,
    },
    /// It rests on something that is not known here.
    NotKnown,
    /// It could not be reckoned.
    Fault(String),
    /// The encoding lacks a character.
    Lacks {
        /// Which.
        character: char,
    },
    /// A control character, such as NUL.
    Control {
        /// Its code.
        code: u32,
    },
    /// What its question or column says is wrong with it, in words.
    Refused(String),
}

impl fmt::Display for CellWrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CellWrong::Empty => f.write_str("何も入っていません。値を入れてください"),
            CellWrong::TooLong { count, most } => {
                write!(f, "{count}文字あります（{most}文字まで）。短くするか、対応表の `at_most` を直してください")
            }
            CellWrong::NoCode { value } => write!(f, "「{value}」に当たるコードがありません。対応表の `codes` に足してください"),
            CellWrong::NoDay { value } => write!(f, "「{value}」は日付として読めません。対応表の `as` と形を合わせてください"),
            CellWrong::NoKana { character } => write!(f, "「{character}」はカナではありません。カナに直してください"),
            CellWrong::NotKnown => f.write_str("ここでは分からないことによる値です。住民と結び付けてから、もう一度渡してください"),
            CellWrong::Fault(why) => write!(f, "式の値が出ません（{why}）。対応表の `value` を直してください"),
            CellWrong::Lacks { character } => {
                write!(
                    f,
                    "文字「{character}」（U+{:04X}）は渡す先の文字コードにありません。代わりの文字を決めて直してください",
                    u32::from(*character)
                )
            }
            CellWrong::Control { code } => write!(f, "見えない文字（U+{code:04X}）が入っています。取りのぞいてください"),
            CellWrong::Refused(why) => f.write_str(why),
        }
    }
}

/// A value before it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Raw {
    Nothing,
    Text(String),
    Day(Date),
    Number(i64),
    Decimal(crate::decimal::Decimal),
    YesNo(bool),
    /// Ids of options, in order.
    Ids(Vec<String>),
    NotKnown,
    Fault(String),
}

/// What stands between several values in one cell.
pub(super) const BETWEEN: char = ';';

/// Writes a value.
pub(super) fn write(raw: &Raw, how: &Write) -> Result<String, CellWrong> {
    let text = match raw {
        Raw::Nothing => String::new(),
        Raw::NotKnown => return Err(CellWrong::NotKnown),
        Raw::Fault(why) => return Err(CellWrong::Fault(why.clone())),
        Raw::Day(day) => of_day(*day, how.form)?,
        Raw::Number(number) => number.to_string(),
        Raw::Decimal(number) => number.to_string(),
        Raw::YesNo(yes) => coded(if *yes { "yes" } else { "no" }, how).unwrap_or(Ok(if *yes { "1" } else { "0" }.to_owned()))?,
        Raw::Ids(ids) => {
            let each: Result<Vec<String>, CellWrong> = ids.iter().map(|id| coded(id, how).unwrap_or(Ok(id.clone()))).collect();
            each?.join(&BETWEEN.to_string())
        }
        Raw::Text(text) => match coded(text, how) {
            Some(coded) if !text.is_empty() => coded?,
            _ => of_text(text, how.form)?,
        },
    };
    if text.is_empty() {
        return if how.required && how.empty.is_empty() { Err(CellWrong::Empty) } else { Ok(how.empty.clone()) };
    }
    if let Some(control) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(CellWrong::Control { code: u32::from(control) });
    }
    let text = match how.zero_pad {
        Some(to) if text.chars().count() < usize::from(to) => {
            format!("{}{text}", "0".repeat(usize::from(to) - text.chars().count()))
        }
        _ => text,
    };
    let count = text.chars().count();
    match how.at_most {
        Some(most) if count > usize::from(most) => Err(CellWrong::TooLong { count, most: usize::from(most) }),
        _ => Ok(text),
    }
}

/// The code of an id; none where there is no table.
fn coded(id: &str, how: &Write) -> Option<Result<String, CellWrong>> {
    if how.codes.is_empty() {
        return None;
    }
    Some(how.codes.get(id).cloned().ok_or_else(|| CellWrong::NoCode { value: id.to_owned() }))
}

fn of_text(text: &str, form: As) -> Result<String, CellWrong> {
    Ok(match form {
        As::HalfKana => {
            let half = kana::to_half_width(&kana::to_katakana(text));
            let is_half = |c: &char| !matches!(c, ' '..='~' | '\u{ff61}'..='\u{ff9f}');
            match half.chars().find(is_half) {
                Some(character) => return Err(CellWrong::NoKana { character }),
                None => half,
            }
        }
        As::FullKana => kana::to_katakana(text),
        As::Wide => wide(text),
        As::Narrow => narrow(text),
        As::Digits => narrow(text).chars().filter(char::is_ascii_digit).collect(),
        As::Text => text.to_owned(),
        // A text that is a day, such as one that staff wrote: read first.
        _ if text.is_empty() => String::new(),
        days => of_day(jp::era::parse_date(text).map_err(|_| CellWrong::NoDay { value: text.to_owned() })?, days)?,
    })
}

fn of_day(day: Date, form: As) -> Result<String, CellWrong> {
    let wareki = || Wareki::of(day).ok_or_else(|| CellWrong::NoDay { value: day.to_string() });
    Ok(match form {
        As::Yyyymmdd | As::Digits => day.strftime("%Y%m%d").to_string(),
        As::Slash => day.strftime("%Y/%m/%d").to_string(),
        As::WarekiCode => {
            let wareki = wareki()?;
            format!("{}{:02}{:02}{:02}", wareki.era().card_code(), wareki.year(), day.month(), day.day())
        }
        As::WarekiLetter => {
            let wareki = wareki()?;
            format!("{}{:02}.{:02}.{:02}", wareki.era().letter(), wareki.year(), day.month(), day.day())
        }
        As::Wareki => jp::era::wareki(day),
        _ => day.to_string(),
    })
}

/// Reads a cell back: the text as a person would type it for the question or column that it goes to.
pub(super) fn read(text: &str, how: &Write) -> Result<String, CellWrong> {
    if let Some(control) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(CellWrong::Control { code: u32::from(control) });
    }
    let text = text.trim();
    if text.is_empty() || (!how.empty.is_empty() && text == how.empty) {
        return if how.required { Err(CellWrong::Empty) } else { Ok(String::new()) };
    }
    let count = text.chars().count();
    if let Some(most) = how.at_most.map(usize::from).filter(|most| count > *most) {
        return Err(CellWrong::TooLong { count, most });
    }
    if !how.codes.is_empty() {
        let id = |code: &str| how.codes.iter().find(|(_, known)| *known == code).map(|(id, _)| id.clone());
        let ids: Result<Vec<String>, CellWrong> =
            text.split(BETWEEN).map(|code| id(code.trim()).ok_or_else(|| CellWrong::NoCode { value: code.trim().to_owned() })).collect();
        return ids.map(|ids| ids.join(&BETWEEN.to_string()));
    }
    let text = match how.form {
        As::HalfKana | As::FullKana => kana::to_katakana(text),
        As::Text | As::Wide => text.to_owned(),
        As::Narrow => narrow(text),
        As::Digits => narrow(text).chars().filter(char::is_ascii_digit).collect(),
        As::Iso | As::Yyyymmdd | As::Slash | As::WarekiCode | As::WarekiLetter | As::Wareki => day_of(text, how.form)?.to_string(),
    };
    Ok(match how.zero_pad {
        Some(_) => {
            let bare = text.trim_start_matches('0');
            if bare.is_empty() { "0".to_owned() } else { bare.to_owned() }
        }
        None => text,
    })
}

fn day_of(text: &str, form: As) -> Result<Date, CellWrong> {
    let wrong = || CellWrong::NoDay { value: text.to_owned() };
    let text = narrow(text);
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<i16>().ok());
    let small = |range| part(range).and_then(|number| i8::try_from(number).ok());
    match form {
        As::Yyyymmdd if text.len() == 8 => {
            let (year, month, day) = (part(0..4), small(4..6), small(6..8));
            Date::new(year.ok_or_else(wrong)?, month.ok_or_else(wrong)?, day.ok_or_else(wrong)?).map_err(|_| wrong())
        }
        As::WarekiCode if text.len() == 7 => {
            let era = Era::ALL.into_iter().find(|era| text.starts_with(&era.card_code().to_string())).ok_or_else(wrong)?;
            let (year, month, day) = (part(1..3), small(3..5), small(5..7));
            Wareki::new(era, year.ok_or_else(wrong)?, month.ok_or_else(wrong)?, day.ok_or_else(wrong)?)
                .map(|wareki| wareki.date())
                .map_err(|_| wrong())
        }
        // What opens a workbook hands days over in more than one manner: all that people write are read.
        As::Yyyymmdd | As::WarekiCode | As::Iso | As::Slash | As::WarekiLetter | As::Wareki => {
            jp::era::parse_date(&text).map_err(|_| wrong())
        }
        _ => Err(wrong()),
    }
}

fn narrow(text: &str) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '　' => ' ',
        '−' | '‐' | '–' | '—' => '-',
        c => c,
    };
    text.chars().map(half).collect()
}

fn wide(text: &str) -> String {
    let full = |c: char| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
        ' ' => '　',
        c => c,
    };
    let mut out = String::with_capacity(text.len());
    let mut half = String::new();
    // A run of half-width kana goes together: its marks stand behind their letters.
    for c in text.chars().chain(['\0']) {
        if matches!(c, '\u{ff61}'..='\u{ff9f}') {
            half.push(c);
            continue;
        }
        out.push_str(&kana::to_katakana(&half));
        half.clear();
        if c != '\0' {
            out.push(full(c));
        }
    }
    out
}
