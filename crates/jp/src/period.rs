//! # 期間 Legal periods: when a limit ends
//!
//! A *period* is a length (14 days, 3 months). Together with the day of the event it has one last day:
//!
//! 1. The day of the event is not counted (民法140条), unless a law counts it: 戸籍法43条 does ([`FirstDay::Counted`]).
//! 2. Days are counted one by one; months and years by the calendar, up to the day *before* the corresponding day, or to the month's last
//!    day when the month lacks it (民法143条).
//! 3. A last day on which the town hall is shut moves to the next open day (地方自治法4条の2第4項, 民法142条), unless the period is not one
//!    for doing something at the town hall ([`ClosedEnd::Stays`]).
//!
//! Periods one after another are counted from the end *before* rule 3: [`last_day_before_extension`] gives that day, and the move to an
//! open day comes once, at the very end.
//!
//! ```
//! use jiff::civil::date;
//! use jp::calendar::BusinessCalendar;
//! use jp::period::{ClosedEnd, FirstDay, Limit, Period, last_day};
//!
//! let town = BusinessCalendar::common();
//! // 転居届: within 14 days of the move, which is not counted.
//! assert_eq!(last_day(date(2023, 2, 21), Period::Days(14), &town), date(2023, 3, 7));
//! // 出生届: the day of birth is the first of the 14; 14 January 2023 is a Saturday.
//! let birth = Limit { period: Period::Days(14), first_day: FirstDay::Counted, closed_end: ClosedEnd::MovesOn };
//! assert_eq!(birth.last_day(date(2023, 1, 1), &town), date(2023, 1, 16));
//! ```

use crate::calendar::BusinessCalendar;
use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};

/// A length of time as law counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Calendar days.
    Days(u16),
    /// 開庁日: days on which the town hall is open.
    BusinessDays(u16),
    /// Calendar months (民法143条).
    Months(u16),
    /// Years, likewise.
    Years(u16),
}

/// Whether the day of the event counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstDay {
    /// 初日不算入 (民法140条): the rule.
    NotCounted,
    /// 初日算入: reports under 戸籍法 (43条), ages, and periods that begin at midnight (民法140条ただし書).
    Counted,
}

/// What happens when the last day is a closed day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedEnd {
    /// It moves to the next open day (地方自治法4条の2第4項).
    MovesOn,
    /// It stays: how long something is valid or kept.
    Stays,
}

/// A period with the rules under which it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Limit {
    /// How long.
    pub period: Period,
    /// Whether the day of the event counts.
    pub first_day: FirstDay,
    /// What happens on a closed day.
    pub closed_end: ClosedEnd,
}

impl Limit {
    /// The last day on which it can still be done.
    pub fn last_day(&self, event: Date, calendar: &BusinessCalendar) -> Date {
        let last = self.last_day_before_extension(event, calendar);
        match self.closed_end {
            ClosedEnd::MovesOn => calendar.next_open(last),
            ClosedEnd::Stays => last,
        }
    }

    /// The last day before a closed day moves it.
    pub fn last_day_before_extension(&self, event: Date, calendar: &BusinessCalendar) -> Date {
        // 起算日, the first day that is counted. Past the end of the calendar (the year 9999) every day is the last one.
        let first = match self.first_day {
            FirstDay::NotCounted => event.tomorrow().unwrap_or(Date::MAX),
            FirstDay::Counted => event,
        };
        match self.period {
            Period::Days(count) => days_after(first, i64::from(count) - 1),
            // The n-th open day from the first on; with none to wait for, the day before.
            Period::BusinessDays(count) => calendar.add_business_days(days_after(first, -1), count),
            Period::Months(count) => months_end(first, i64::from(count)),
            Period::Years(count) => months_end(first, 12 * i64::from(count)),
        }
    }
}

/// The last day of a period, the day it starts from not counted, moved on from a closed day.
pub fn last_day(start: Date, period: Period, calendar: &BusinessCalendar) -> Date {
    calendar.next_open(last_day_before_extension(start, period, calendar))
}

/// The same before a closed day moves it: the day from which a following period is counted on.
pub fn last_day_before_extension(start: Date, period: Period, calendar: &BusinessCalendar) -> Date {
    Limit { period, first_day: FirstDay::NotCounted, closed_end: ClosedEnd::Stays }.last_day_before_extension(start, calendar)
}

/// The last day on which something can be done that must be done so many days *before* another ("開催日の7日前まで"): that day is not
/// counted (民法140条 by analogy: 大判昭和6年5月2日), and a closed day moves it earlier.
pub fn last_day_ahead_of(day: Date, days: u16, calendar: &BusinessCalendar) -> Date {
    calendar.previous_open(days_after(day, -i64::from(days)))
}

fn days_after(day: Date, days: i64) -> Date {
    // The longest period, 65,535 days, is far inside a span's bounds.
    day.saturating_add(Span::new().days(days))
}

/// 民法143条2項: the day before the day that corresponds to the first day counted, or the month's last day where none corresponds.
fn months_end(first: Date, months: i64) -> Date {
    let corresponding = first.saturating_add(Span::new().months(months));
    if corresponding.day() < first.day() { corresponding } else { corresponding.yesterday().unwrap_or(corresponding) }
}
