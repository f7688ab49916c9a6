//! # 国民の祝日 National holidays
//!
//! A holiday is computed from 国民の祝日に関する法律 (昭和23年法律第178号) and its amendments, then corrected by dated *notices*: the
//! days of the equinoxes are forecast by a formula and bind only once 暦要項 announces them in the February before; single acts move or
//! add days (the Olympic years, an enthronement). Known acts are built in as [`KNOWN_NOTICES`]; a town adds what is announced later.
//!
//! Two kinds of day follow from the others: 振替休日 (3条2項) when a holiday falls on a Sunday, 国民の休日 (3条3項) for a day caught
//! between two holidays. Both are plain 休日, and neither makes another.
//!
//! ```
//! use jiff::civil::date;
//! use jp::holiday::{Holidays, HolidayKind};
//!
//! let holidays = Holidays::by_law();
//! assert_eq!(holidays.on(date(2026, 9, 22)).unwrap().kind, HolidayKind::Between);
//! assert_eq!(holidays.on(date(2026, 5, 6)).unwrap().kind, HolidayKind::Substitute);
//! assert!(holidays.on(date(2026, 5, 7)).is_none());
//! ```

mod law;

use jiff::civil::{Date, Weekday};
pub use law::KNOWN_NOTICES;
use serde::{Deserialize, Serialize};

/// A day that is a holiday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The day.
    pub on: Date,
    /// Its name in law; 休日 for a day that only follows from others.
    pub name: String,
    /// Why it is one.
    pub kind: HolidayKind,
}

/// Why a day is a holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayKind {
    /// 国民の祝日: named in the law or in an act for one day.
    Named,
    /// 振替休日 (3条2項).
    Substitute,
    /// 国民の休日 (3条3項).
    Between,
}

/// An announcement or act about one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The holiday of this name stands on this day in this day's year, wherever the rule would put it: a moved holiday, an equinox that
    /// was announced otherwise, a holiday of one year.
    Stands {
        /// The name.
        name: String,
        /// The day.
        on: Date,
    },
    /// There is no holiday of this name in this year.
    None {
        /// The name.
        name: String,
        /// The year.
        year: i16,
    },
}

/// The holidays as the law and the notices known so far make them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holidays {
    notices: Vec<Notice>,
}

impl Default for Holidays {
    fn default() -> Self {
        Self::by_law()
    }
}

impl Holidays {
    /// By the law and the acts built in.
    pub fn by_law() -> Self {
        Self { notices: Vec::new() }
    }

    /// With notices besides, such as an equinox announced for another day than forecast. A later notice wins over an earlier one of the
    /// same name and year.
    pub fn with_notices(notices: Vec<Notice>) -> Self {
        Self { notices }
    }

    /// The holiday on a day; none on other days and before the law of 20 July 1948.
    pub fn on(&self, day: Date) -> Option<Holiday> {
        if let Some(name) = self.named(day) {
            return Some(Holiday { on: day, name: name.to_string(), kind: HolidayKind::Named });
        }
        let kind = if self.is_substitute(day) {
            HolidayKind::Substitute
        } else if self.is_between(day) {
            HolidayKind::Between
        } else {
            return None;
        };
        Some(Holiday { on: day, name: "休日".into(), kind })
    }

    /// Whether a day is a holiday of any kind.
    pub fn is_holiday(&self, day: Date) -> bool {
        self.is_named(day) || self.is_substitute(day) || self.is_between(day)
    }

    /// Every holiday of a calendar year, in order.
    pub fn of_year(&self, year: i16) -> Vec<Holiday> {
        let Ok(first) = Date::new(year, 1, 1) else { return Vec::new() };
        first.series(jiff::Span::new().days(1)).take_while(|day| day.year() == year).filter_map(|day| self.on(day)).collect()
    }

    fn is_named(&self, day: Date) -> bool {
        self.named(day).is_some()
    }

    fn is_substitute(&self, day: Date) -> bool {
        if day < law::SUBSTITUTES_FROM || day.weekday() == Weekday::Sunday {
            return false;
        }
        // Back over the named days before it, to a Sunday among them. Before 2007 only the Monday itself.
        let mut before = day;
        for _ in 0..6 {
            let Ok(yesterday) = before.yesterday() else { return false };
            if !self.is_named(yesterday) {
                return false;
            }
            if yesterday.weekday() == Weekday::Sunday {
                return yesterday >= law::SUBSTITUTES_FROM;
            }
            if day < law::SUBSTITUTES_PASS_HOLIDAYS_FROM {
                return false;
            }
            before = yesterday;
        }
        false
    }

    fn is_between(&self, day: Date) -> bool {
        if day < law::BETWEEN_FROM || (day < law::SUBSTITUTES_PASS_HOLIDAYS_FROM && day.weekday() == Weekday::Sunday) {
            return false;
        }
        let (Ok(yesterday), Ok(tomorrow)) = (day.yesterday(), day.tomorrow()) else { return false };
        self.is_named(yesterday) && self.is_named(tomorrow)
    }

    /// The name of the holiday that stands on a day by law or notice. Every business day asks this, so it builds no text.
    fn named(&self, day: Date) -> Option<&str> {
        let mut days: Vec<(&str, Date)> = law::named(day.year());
        for notice in &self.notices {
            match notice {
                Notice::Stands { name, on } if on.year() == day.year() => {
                    days.retain(|(known, _)| known != name);
                    days.push((name, *on));
                }
                Notice::None { name, year } if *year == day.year() => days.retain(|(known, _)| known != name),
                Notice::Stands { .. } | Notice::None { .. } => {}
            }
        }
        days.into_iter().find(|(_, on)| *on == day).map(|(name, _)| name)
    }
}
