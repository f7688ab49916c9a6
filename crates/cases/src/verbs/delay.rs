//! 遅れの知らせ.

use access::grants::Act;
use jiff::civil::Date;
use store::Write;

use super::{Acting, Happened, Refused, change};
use crate::{
    CaseNumber,
    case::{Case, NotNow},
    clock,
    event::Event,
    parcel::News,
};

/// 遅れの知らせ: what is told when the day promised cannot be kept. Where the law has a limit that a written notice may extend
/// (情報公開条例 …), it extends it, once; else it names a new day for the promise.
///
/// # Errors
/// See [`change`]; also no reason, a day that has passed, or a limit that was extended before.
pub fn notify_delay(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    number: CaseNumber,
    seen: i64,
    until: Option<Date>,
    reason: String,
) -> Result<Case, Refused> {
    let (today, calendar) = (acting.today(), acting.town.closed.clone());
    change(tx, acting, number, seen, Act::Work, |case, _| {
        if reason.trim().is_empty() {
            return Err(NotNow::ReasonDue);
        }
        if !case.stage.is_open() {
            return Err(NotNow::Stage(case.stage.code()));
        }
        let (until, statutory) = if case.clock.statutory.is_some() {
            if !case.clock.may_be_extended() {
                return Err(NotNow::NotExtendable);
            }
            case.clock.extended = Some(clock::Extension { on: today, reason: reason.clone() });
            (case.clock.statutory_due(&calendar, today).ok_or(NotNow::NotExtendable)?, true)
        } else {
            let until = until.filter(|day| *day > today).ok_or(NotNow::DayPassed)?;
            case.clock.promised = Some(until);
            (until, false)
        };
        Ok(vec![Happened::told(Event::Delayed { until, reason: reason.clone(), statutory }, News::Delayed { until, reason, statutory })])
    })
}
