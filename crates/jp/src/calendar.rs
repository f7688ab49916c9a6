//! # 開庁日 The days on which the town hall is open
//!
//! 地方自治法4条の2 leaves the closed days (休日) to each municipality's ordinance: Saturdays and Sundays, the national holidays, the turn
//! of the year, and local days. So they are data of the town, each rule with the days between which it holds; a past limit is counted
//! with the calendar of its day.
//!
//! Banks keep another calendar: they work on 29 and 30 December. Never take one for the other.
//!
//! ```
//! use jiff::civil::date;
//! use jp::calendar::BusinessCalendar;
//!
//! let town = BusinessCalendar::common();
//! assert_eq!(town.next_open(date(2026, 12, 29)), date(2027, 1, 4));
//! assert_eq!(BusinessCalendar::bank().next_open(date(2026, 12, 29)), date(2026, 12, 29));
//! ```

use crate::holiday::Holidays;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

mod rule;
pub use rule::{ClosedDays, ClosedDaysError, MonthDay};

/// Closed days and the days between which that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedRule {
    /// Which days.
    pub days: ClosedDays,
    /// The first day on which the rule holds (施行日); none: always has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last day on which it holds; none: until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl ClosedRule {
    /// A rule without beginning or end.
    pub fn always(days: ClosedDays) -> Self {
        Self { days, from: None, until: None }
    }

    fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// On which days the counter is open.
///
/// There is always a next open day: [`next_open`](Self::next_open) looks [`SEARCH_DAYS_MAX`](Self::SEARCH_DAYS_MAX) days far and takes the
/// day it was given when every one of them is closed, which no ordinance does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessCalendar {
    closed: Vec<ClosedRule>,
    opened: Vec<Date>,
    holidays: Holidays,
}

impl Default for BusinessCalendar {
    fn default() -> Self {
        Self::common()
    }
}

impl BusinessCalendar {
    /// How far ahead an open day is looked for: two years; the longest closure of a real counter is the ten days of May 2019.
    pub const SEARCH_DAYS_MAX: usize = 731;

    /// A town's calendar: its rules, days on which it opens although a rule would close it (a Saturday of 繁忙期), and the holidays.
    pub fn new(closed: Vec<ClosedRule>, opened: Vec<Date>, holidays: Holidays) -> Self {
        Self { closed, opened, holidays }
    }

    /// As most ordinances have it: Saturday, Sunday, national holidays, 29 December to 3 January.
    pub fn common() -> Self {
        Self::weekly_with(MonthDay::DECEMBER_29, MonthDay::JANUARY_3)
    }

    /// As banks have it (銀行法施行令5条): Saturday, Sunday, national holidays, 31 December to 3 January.
    pub fn bank() -> Self {
        Self::weekly_with(MonthDay::DECEMBER_31, MonthDay::JANUARY_3)
    }

    /// Open every day, for periods that no closed day moves.
    pub fn always_open() -> Self {
        Self { closed: Vec::new(), opened: Vec::new(), holidays: Holidays::by_law() }
    }

    fn weekly_with(first: MonthDay, last: MonthDay) -> Self {
        let days = [
            ClosedDays::Weekday(Weekday::Saturday),
            ClosedDays::Weekday(Weekday::Sunday),
            ClosedDays::Holiday,
            ClosedDays::EveryYear { first, last },
        ];
        Self { closed: days.into_iter().map(ClosedRule::always).collect(), opened: Vec::new(), holidays: Holidays::by_law() }
    }

    /// Whether the counter is open on a day.
    pub fn is_open(&self, day: Date) -> bool {
        self.opened.contains(&day) || !self.closed.iter().any(|rule| rule.holds_on(day) && rule.days.hold(day, &self.holidays))
    }

    /// The day itself when it is open, else the next that is.
    pub fn next_open(&self, day: Date) -> Date {
        let mut candidate = day;
        for _ in 0..Self::SEARCH_DAYS_MAX {
            if self.is_open(candidate) {
                return candidate;
            }
            let Ok(tomorrow) = candidate.tomorrow() else { return day };
            candidate = tomorrow;
        }
        day
    }

    /// The day itself when it is open, else the last before it that is: for what must be done *before* a day.
    pub fn previous_open(&self, day: Date) -> Date {
        let mut candidate = day;
        for _ in 0..Self::SEARCH_DAYS_MAX {
            if self.is_open(candidate) {
                return candidate;
            }
            let Ok(yesterday) = candidate.yesterday() else { return day };
            candidate = yesterday;
        }
        day
    }

    /// The n-th open day after a day, that day itself not counted; the day itself for 0.
    pub fn add_business_days(&self, day: Date, count: u16) -> Date {
        let mut last = day;
        for _ in 0..count {
            let Ok(tomorrow) = last.tomorrow() else { return last };
            last = self.next_open(tomorrow);
        }
        last
    }

    /// How many open days lie after `from` up to and including `to`; 0 when `to` is not later. Looks ten years far at most.
    pub fn business_days_between(&self, from: Date, to: Date) -> u16 {
        const DAYS_MAX: usize = 3660;
        let mut count = 0;
        let mut day = from;
        for _ in 0..DAYS_MAX {
            if day >= to {
                break;
            }
            let Ok(tomorrow) = day.tomorrow() else { break };
            day = tomorrow;
            count += u16::from(self.is_open(day));
        }
        count
    }

    /// The holidays it goes by.
    pub fn holidays(&self) -> &Holidays {
        &self.holidays
    }
}
