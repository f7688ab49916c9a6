//! Two clocks run over a case.
//!
//! 標準処理期間 (行政手続法6条) is the town's promise: it stops while the person is asked to complete something. 法定期限 is the law's
//! limit: it goes on, unless the law itself leaves the days of the correction out (情報公開条例 do), and only a written notice extends it,
//! once. What the person reads as "the day you will hear" is the earlier of the two.

use definitions::procedure::{Law, Period};
use jiff::{Timestamp, civil::Date};
use jp::calendar::BusinessCalendar;
use serde::{Deserialize, Serialize};

/// What the law counts on one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// 到達日: the day it arrived; it is not counted itself (民法140条).
    pub arrived_on: Date,
    /// 標準処理期間 of the definition under which it was filed.
    pub standard: Option<Period>,
    /// 法定期限 likewise.
    pub statutory: Option<Period>,
    /// How far it may be extended.
    pub extension: Option<Period>,
    /// Whether the law leaves a correction's days out of its limit.
    pub correction_excluded: bool,
    /// Days on which a correction was awaited: from the day after it was asked to the day it came.
    pub pauses: Vec<Pause>,
    /// 決定期間の延長, once.
    pub extended: Option<Extension>,
    /// The new day that was told when the promise could not be kept.
    #[serde(default)]
    pub promised: Option<Date>,
}

/// The offset of Japan, which has known no summer time since 1951.
const JAPAN: jiff::tz::Offset = jiff::tz::offset(9);

/// A period of a definition as `jp` counts it.
fn counted(period: Period) -> jp::period::Period {
    match period {
        Period::Days(days) => jp::period::Period::Days(days),
        Period::BusinessDays(days) => jp::period::Period::BusinessDays(days),
        Period::Months(months) => jp::period::Period::Months(months),
    }
}

/// The day in Japan on which a moment falls.
pub fn day(at: Timestamp) -> Date {
    JAPAN.to_datetime(at).date()
}

/// Noon of a day in Japan: when only the day of an arrival is known.
pub fn noon(day: Date) -> Timestamp {
    JAPAN.to_timestamp(day.at(12, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The time of day and the day in Japan.
pub fn local(at: Timestamp) -> jiff::civil::DateTime {
    JAPAN.to_datetime(at)
}

/// A correction that was awaited.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pause {
    /// The day it was asked for.
    pub from: Date,
    /// The day it came; none while it is awaited.
    pub until: Option<Date>,
}

/// An extension of the statutory limit by written notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    /// The day of the notice.
    pub on: Date,
    /// Why, as written on the notice.
    pub reason: String,
}

/// How a limit stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// So many days are left, this one not counted.
    Left(i32),
    /// It stands still while a correction is awaited.
    Stopped,
    /// It passed so many days ago.
    Late(i32),
}

impl Clock {
    /// Starts both clocks on the day of arrival.
    pub fn start(law: &Law, arrived_on: Date) -> Clock {
        Clock {
            arrived_on,
            standard: law.standard_period,
            statutory: law.statutory_limit,
            extension: law.extension,
            correction_excluded: law.correction_excluded,
            pauses: Vec::new(),
            extended: None,
            promised: None,
        }
    }

    /// The clocks stop as far as they may: a correction was asked for.
    pub fn pause(&mut self, today: Date) {
        if !self.is_paused() {
            self.pauses.push(Pause { from: today, until: None });
        }
    }

    /// The correction came, or is not awaited any more.
    pub fn go_on(&mut self, today: Date) {
        if let Some(pause) = self.pauses.last_mut().filter(|pause| pause.until.is_none()) {
            pause.until = Some(today.max(pause.from));
        }
    }

    /// Whether a correction is awaited.
    pub fn is_paused(&self) -> bool {
        self.pauses.last().is_some_and(|pause| pause.until.is_none())
    }

    /// The last day of 標準処理期間. While a correction is awaited it is counted as if it came today.
    pub fn standard_due(&self, calendar: &BusinessCalendar, today: Date) -> Option<Date> {
        if let Some(promised) = self.promised {
            return Some(promised);
        }
        Some(end(self.arrived_on, &[self.standard?], &self.pauses, calendar, today))
    }

    /// The last day of the statutory limit, with its extension.
    pub fn statutory_due(&self, calendar: &BusinessCalendar, today: Date) -> Option<Date> {
        let pauses: &[Pause] = if self.correction_excluded { &self.pauses } else { &[] };
        let limit = self.statutory?;
        let periods = match (&self.extended, self.extension) {
            (Some(_), Some(more)) => vec![limit, more],
            _ => vec![limit],
        };
        Some(end(self.arrived_on, &periods, pauses, calendar, today))
    }

    /// The day by which the person hears: the earlier of the two; none when neither is set or while it stands still.
    pub fn hear_by(&self, calendar: &BusinessCalendar, today: Date) -> Option<Date> {
        let standard = if self.is_paused() { None } else { self.standard_due(calendar, today) };
        let statutory = if self.is_paused() && self.correction_excluded { None } else { self.statutory_due(calendar, today) };
        match (standard, statutory) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// How the nearer limit stands today; none when the procedure has no limit.
    pub fn standing(&self, calendar: &BusinessCalendar, today: Date) -> Option<Standing> {
        if self.standard.is_none() && self.statutory.is_none() {
            return None;
        }
        Some(match self.hear_by(calendar, today) {
            None => Standing::Stopped,
            Some(due) => {
                let days = days_between(today, due);
                if days < 0 { Standing::Late(-days) } else { Standing::Left(days) }
            }
        })
    }

    /// Whether the statutory limit may still be extended by notice.
    pub fn may_be_extended(&self) -> bool {
        self.statutory.is_some() && self.extension.is_some() && self.extended.is_none()
    }
}

/// Days from one to the other; negative when the other lies before.
pub fn days_between(from: Date, to: Date) -> i32 {
    // Both lie within jiff's years −9999 to 9999, so the difference fits.
    (to - from).get_days()
}

/// The end of one or more periods one after another, the days of each pause left out, moved on from a closed day at the very end.
fn end(arrived_on: Date, periods: &[Period], pauses: &[Pause], calendar: &BusinessCalendar, today: Date) -> Date {
    let mut last = arrived_on;
    for period in periods {
        last = jp::period::last_day_before_extension(last, counted(*period), calendar);
    }
    // A pause counts only as far as it lies before the end that it moves: each is added in order.
    for pause in pauses {
        let until = pause.until.unwrap_or(today).max(pause.from);
        if pause.from <= last {
            let days = days_between(pause.from, until);
            last = last.saturating_add(jiff::Span::new().days(days));
        }
    }
    calendar.next_open(last)
}
