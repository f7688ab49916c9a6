//! 遅れの知らせと期間の延長: what is told when a day cannot be kept. A promise gets a new day; a limit set by law is extended by a notice
//! in writing, before it passes, once (情報公開条例 …).

use access::grants::Act;
use definitions::{
    ids::LetterId,
    procedure::{Law, Procedure},
    town::Town,
};
use jiff::civil::Date;
use letters::Content;
use store::Write;

use super::{Acting, Happened, Refused, change, read};
use crate::{
    CaseNumber,
    case::{Case, NotNow},
    clock::{Clock, Extension, Special},
    effects,
    event::Event,
    parcel::News,
};

/// How a day is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// A new day for the promise (標準処理期間).
    Promise {
        /// The new day.
        until: Date,
    },
    /// 延長: the statutory limit by as much as the law allows.
    Extension,
    /// 延長 of which the notice itself names the day (子ども・子育て支援法20条6項: 処理見込期間).
    Named {
        /// The new day.
        until: Date,
    },
    /// 特例延長: a fair part by the extended limit, the rest by a day that the notice names.
    Special {
        /// The day for the rest.
        until: Date,
    },
}

/// What a delay would make of a case's clocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The clocks afterwards.
    pub clock: Clock,
    /// The limit that counted before.
    pub before: Option<Date>,
    /// The new day.
    pub until: Date,
    /// 特例延長: the day for a fair part.
    pub part: Option<Date>,
    /// The notice to be sent: none for a promise.
    pub letter: Option<LetterId>,
}

/// The law as the town's folder has it today: it names the notices, also for cases that were filed before it did.
pub(crate) fn law<'l>(town: &'l Town, procedure: &'l Procedure) -> &'l Law {
    town.procedures.get(&procedure.id).map_or(&procedure.law, |today| &today.law)
}

/// What a delay would make of a case, without doing it: for the page, the draft of the notice and the verb itself.
///
/// # Errors
/// It has ended, the day is not later than the one that counts, the limit has passed or was extended before, or no notice is named.
pub fn moved(town: &Town, case: &Case, procedure: &Procedure, delay: Delay, reason: &str, today: Date) -> Result<Moved, NotNow> {
    if !case.stage.is_open() {
        return Err(NotNow::Stage(case.stage.code()));
    }
    let (calendar, law) = (&town.closed, law(town, procedure));
    let (mut clock, reason) = (case.clock.clone(), reason.trim().to_owned());
    let before = clock.hear_by(calendar, today).or(clock.statutory_due(calendar, today));
    let (until, part, letter) = match delay {
        Delay::Promise { until } => {
            if until <= today {
                return Err(NotNow::DayPassed);
            }
            let promised = clock.standard_due(calendar, today).filter(|_| !clock.is_paused());
            if promised.is_some_and(|promised| until <= promised) {
                return Err(NotNow::NotLater);
            }
            // No promise reaches beyond the law's limit.
            if clock.statutory_due(calendar, today).is_some_and(|limit| until > limit) {
                return Err(NotNow::NotExtendable);
            }
            clock.promised = Some(until);
            (until, None, None)
        }
        Delay::Extension => {
            let (first, until) = (clock.first_due(calendar, today), clock.extended_due(calendar, today));
            let (Some(first), Some(until), true) = (first, until, clock.may_be_extended()) else { return Err(NotNow::NotExtendable) };
            in_time(first, today)?;
            clock.extended = Some(Extension { on: today, reason, until: None });
            (until, None, Some(law.extension_letter.clone().ok_or(NotNow::NoticeMissing)?))
        }
        Delay::Named { until } => {
            let is_named = clock.extension_named && clock.may_be_extended();
            let (Some(first), true) = (clock.first_due(calendar, today), is_named) else { return Err(NotNow::NotExtendable) };
            in_time(first, today)?;
            if until <= first {
                return Err(NotNow::NotLater);
            }
            clock.extended = Some(Extension { on: today, reason, until: Some(until) });
            (until, None, Some(law.extension_letter.clone().ok_or(NotNow::NoticeMissing)?))
        }
        Delay::Special { until } => {
            let (first, part) = (clock.first_due(calendar, today), clock.extended_due(calendar, today));
            let (Some(first), Some(part), None) = (first, part, &clock.special) else { return Err(NotNow::NotExtendable) };
            let letter = law.special_extension_letter.clone().ok_or(NotNow::NotExtendable)?;
            // The notice goes within the first limit, also when that was extended already (情報公開法11条).
            in_time(first, today)?;
            if until <= part {
                return Err(NotNow::NotLater);
            }
            clock.special = Some(Special { on: today, reason, until });
            (until, Some(part), Some(letter))
        }
    };
    Ok(Moved { clock, before, until, part, letter })
}

/// On its last day a notice is still in time; when the limit has passed there is nothing left to extend.
fn in_time(limit: Date, today: Date) -> Result<(), NotNow> {
    if today <= limit { Ok(()) } else { Err(NotNow::LimitPassed) }
}

/// The notice as it would go; none where nothing goes by letter.
pub(crate) fn notice(town: &Town, case: &Case, procedure: &Procedure, moved: &Moved, reason: &str, today: Date) -> Option<Content> {
    let letter = moved.letter.as_ref()?;
    let days = [("due_before", moved.before), ("due", Some(moved.until)), ("part_due", moved.part)];
    Some(effects::notice(town, case, procedure, letter, &days, reason, today))
}

/// 遅れを知らせる: moves the day, orders the notice that the definition names, and tells the person, all in one transaction.
///
/// # Errors
/// See [`change`] and [`moved`]; also no reason, or a notice that cannot be set.
pub fn notify_delay(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    number: CaseNumber,
    seen: i64,
    delay: Delay,
    reason: &str,
) -> Result<Case, Refused> {
    let (today, reason) = (acting.today(), reason.trim());
    let (_, procedure) = read(tx, acting, number)?;
    let mut ordered = None;
    let case = change(tx, acting, number, seen, Act::Work, |case, procedure| {
        if reason.is_empty() {
            return Err(NotNow::ReasonDue);
        }
        let moved = moved(acting.town, case, procedure, delay, reason, today)?;
        let (until, part, statutory) = (moved.until, moved.part, moved.letter.is_some());
        case.clock = moved.clock.clone();
        ordered = Some(moved);
        let event = Event::Delayed { until, reason: reason.to_owned(), statutory, part };
        Ok(vec![Happened::told(event, News::Delayed { until, reason: reason.to_owned(), statutory, part })])
    })?;
    if let Some(content) = ordered.and_then(|moved| notice(acting.town, &case, &procedure, &moved, reason, today)) {
        let effect = if matches!(delay, Delay::Special { .. }) { "special-extension" } else { "extension" };
        effects::order_letter(tx, acting, &case, effect, content, today)?;
    }
    Ok(case)
}
