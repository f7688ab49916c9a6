//! # 年度と学年 Fiscal and school years
//!
//! 年度 runs from 1 April to 31 March (地方自治法208条) and is named for the year in which it begins. 学年 follows it: a child enters school
//! on the first 1 April *after the day on which it attains six* (学校教育法17条), and since an age is attained the day before the birthday,
//! a child born on 1 April goes with those born the year before.
//!
//! ```
//! use jiff::civil::date;
//! use jp::fiscal::{FiscalYear, SchoolYear, school_entry};
//!
//! assert_eq!(FiscalYear::of(date(2027, 3, 31)).to_string(), "令和8年度");
//! assert_eq!(school_entry(date(2020, 4, 1)), FiscalYear::starting_in(2026));
//! assert_eq!(school_entry(date(2020, 4, 2)), FiscalYear::starting_in(2027));
//! let grade = SchoolYear::of(date(2020, 4, 1), FiscalYear::starting_in(2026)).unwrap();
//! assert_eq!(grade.to_string(), "小学1年生");
//! ```

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use std::fmt;

/// 年度: from 1 April of its year to 31 March of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FiscalYear(i16);

impl FiscalYear {
    /// The fiscal year that begins on 1 April of a year of the West calendar.
    pub const fn starting_in(year: i16) -> Self {
        Self(year)
    }

    /// The fiscal year of a day.
    pub fn of(day: Date) -> Self {
        // jiff's years end at −9999, so one less still fits.
        Self(if day.month() <= 3 { day.year() - 1 } else { day.year() })
    }

    /// The year in which it begins.
    pub const fn year(self) -> i16 {
        self.0
    }

    /// 1 April.
    pub fn first_day(self) -> Date {
        Date::new(self.0, 4, 1).unwrap_or(if self.0 < 0 { Date::MIN } else { Date::MAX })
    }

    /// 31 March of the next year.
    pub fn last_day(self) -> Date {
        Date::new(self.0.saturating_add(1), 3, 31).unwrap_or(if self.0 < 0 { Date::MIN } else { Date::MAX })
    }

    /// 出納閉鎖 (地方自治法235条の5): until 31 May after its end money may still be booked to it.
    pub fn books_close(self) -> Date {
        Date::new(self.0.saturating_add(1), 5, 31).unwrap_or(if self.0 < 0 { Date::MIN } else { Date::MAX })
    }

    /// Whether a day lies in it.
    pub fn contains(self, day: Date) -> bool {
        Self::of(day) == self
    }

    /// The fiscal year after it.
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The fiscal year before it.
    pub fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

impl fmt::Display for FiscalYear {
    /// 令和8年度, by the era of its first day, as budgets and schools write it: 2019 is 平成31年度 by that rule and 令和元年度 in most
    /// documents of that year, so 2019 alone follows the documents.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named_by = if self.0 == 2019 { date(2019, 5, 1) } else { self.first_day() };
        match crate::era::Wareki::of(named_by) {
            Some(day) => write!(f, "{}{}年度", day.era().name(), day.year_in_words()),
            None => write!(f, "{}年度", self.0),
        }
    }
}

/// The fiscal year in which a child enters elementary school.
pub fn school_entry(birth: Date) -> FiscalYear {
    // 満六歳に達した日の翌日以後における最初の学年の初め: the school year after that of the day on which six is attained.
    FiscalYear::of(crate::age::attainment_date(birth, 6)).next()
}

/// 学年 by age: 1 to 6 小学校, 7 to 9 中学校. What the register of the school says can differ (就学猶予, 原級留置, schools abroad): prefill
/// with it, let the person correct it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct SchoolYear(u8);

/// A number that is no year of compulsory school.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a school year is 1 to 9")]
pub struct NotASchoolYear;

impl SchoolYear {
    /// The school year of a child in a fiscal year; none before school and after 中学校.
    pub fn of(birth: Date, year: FiscalYear) -> Option<Self> {
        let grade = i32::from(year.year()) - i32::from(school_entry(birth).year()) + 1;
        u8::try_from(grade).ok().and_then(|grade| Self::try_from(grade).ok())
    }

    /// 1 to 9.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Whether it is one of the six of elementary school (小学校).
    pub const fn is_elementary(self) -> bool {
        self.0 <= 6
    }
}

impl TryFrom<u8> for SchoolYear {
    type Error = NotASchoolYear;
    fn try_from(number: u8) -> Result<Self, NotASchoolYear> {
        if (1..=9).contains(&number) { Ok(Self(number)) } else { Err(NotASchoolYear) }
    }
}

impl From<SchoolYear> for u8 {
    fn from(year: SchoolYear) -> Self {
        year.0
    }
}

impl fmt::Display for SchoolYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_elementary() { write!(f, "小学{}年生", self.0) } else { write!(f, "中学{}年生", self.0 - 6) }
    }
}

/// クラス年齢 of a nursery (0 to 5): the age that a child has completed when the fiscal year begins, kept until it ends; none before birth and
/// from school entry on.
pub fn nursery_class(birth: Date, year: FiscalYear) -> Option<u8> {
    if birth > year.last_day() {
        return None;
    }
    let years_to_school = i32::from(school_entry(birth).year()) - i32::from(year.year());
    match years_to_school {
        1..=6 => u8::try_from(6 - years_to_school).ok(),
        // Born within the year: the baby class.
        7 => Some(0),
        _ => None,
    }
}
