//! One rule of a town's closed days, as written in its folder.

use crate::holiday::Holidays;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which days are closed. Written `saturday`, `holiday`, `12-29..01-03`, `08-15`, `2026-10-01` or `2026-08-10..2026-08-16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ClosedDays {
    /// A day of the week.
    Weekday(Weekday),
    /// The national holidays and the days that follow from them.
    Holiday,
    /// The same days every year; over the turn of the year when the last comes before the first.
    EveryYear {
        /// The first closed day.
        first: MonthDay,
        /// The last closed day.
        last: MonthDay,
    },
    /// Days of one year.
    Once {
        /// The first closed day.
        first: Date,
        /// The last closed day.
        last: Date,
    },
}

impl ClosedDays {
    pub(super) fn hold(&self, day: Date, holidays: &Holidays) -> bool {
        match *self {
            Self::Weekday(weekday) => day.weekday() == weekday,
            Self::Holiday => holidays.is_holiday(day),
            Self::EveryYear { first, last } => {
                let day = MonthDay { month: day.month(), day: day.day() };
                if first <= last { first <= day && day <= last } else { first <= day || day <= last }
            }
            Self::Once { first, last } => first <= day && day <= last,
        }
    }
}

/// A day of every year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    month: i8,
    day: i8,
}

impl MonthDay {
    /// 年末年始 begins on this day in most ordinances.
    pub const DECEMBER_29: Self = Self { month: 12, day: 29 };
    /// 年末 of the banks.
    pub const DECEMBER_31: Self = Self { month: 12, day: 31 };
    /// 年始 ends on this day.
    pub const JANUARY_3: Self = Self { month: 1, day: 3 };

    /// A month and a day of it; 29 February is a day of leap years alone.
    ///
    /// # Errors
    /// When no year has such a day.
    pub fn new(month: i8, day: i8) -> Result<Self, ClosedDaysError> {
        const LEAP_YEAR: i16 = 2024;
        Date::new(LEAP_YEAR, month, day).map(|_| Self { month, day }).map_err(|_| ClosedDaysError::NoSuchDay)
    }

    fn parse(text: &str) -> Option<Self> {
        let (month, day) = text.split_once('-')?;
        let two = |part: &str| (part.len() == 2).then(|| part.parse().ok()).flatten();
        Self::new(two(month)?, two(day)?).ok()
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// Why a rule of closed days cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClosedDaysError {
    /// Neither a weekday, `holiday`, a day, nor two days.
    #[error("write saturday, holiday, 12-29..01-03, 08-15, 2026-10-01 or 2026-08-10..2026-08-16")]
    Unknown,
    /// Such as 02-30.
    #[error("no year has such a day")]
    NoSuchDay,
    /// The last day comes before the first.
    #[error("the last day comes before the first")]
    Backwards,
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl FromStr for ClosedDays {
    type Err = ClosedDaysError;

    fn from_str(text: &str) -> Result<Self, ClosedDaysError> {
        let text = text.trim();
        if text == "holiday" {
            return Ok(Self::Holiday);
        }
        if let Some((_, weekday)) = WEEKDAYS.iter().find(|(name, _)| *name == text) {
            return Ok(Self::Weekday(*weekday));
        }
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        if let (Some(first), Some(last)) = (MonthDay::parse(first), MonthDay::parse(last)) {
            return Ok(Self::EveryYear { first, last });
        }
        let looks_like_day = |part: &str| part.split('-').all(|n| (1..=4).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()));
        match (first.parse::<Date>(), last.parse::<Date>()) {
            (Ok(first), Ok(last)) if last < first => Err(ClosedDaysError::Backwards),
            (Ok(first), Ok(last)) => Ok(Self::Once { first, last }),
            _ if looks_like_day(first) && looks_like_day(last) && first.contains('-') => Err(ClosedDaysError::NoSuchDay),
            _ => Err(ClosedDaysError::Unknown),
        }
    }
}

impl fmt::Display for ClosedDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Holiday => f.write_str("holiday"),
            Self::Weekday(weekday) => {
                let name = WEEKDAYS.iter().find(|(_, known)| known == weekday).map_or("", |(name, _)| name);
                f.write_str(name)
            }
            Self::EveryYear { first, last } if first == last => write!(f, "{first}"),
            Self::EveryYear { first, last } => write!(f, "{first}..{last}"),
            Self::Once { first, last } if first == last => write!(f, "{first}"),
            Self::Once { first, last } => write!(f, "{first}..{last}"),
        }
    }
}

impl TryFrom<String> for ClosedDays {
    type Error = ClosedDaysError;
    fn try_from(text: String) -> Result<Self, ClosedDaysError> {
        text.parse()
    }
}

impl From<ClosedDays> for String {
    fn from(days: ClosedDays) -> Self {
        days.to_string()
    }
}
