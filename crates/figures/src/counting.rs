//! What one case counts as: pure, of the case and its story alone, so that it can be counted anew whenever something happens to it.

use std::collections::{BTreeMap, BTreeSet};

use access::StaffId;
use cases::{
    Case, Stage,
    clock::{self, Clock, days_between},
    event::{Event, Told, Who},
};
use definitions::{
    condition::Value,
    facts::Person,
    field::Field,
    ids::{FieldId, StepId},
    kinds,
    procedure::{Procedure, StepAct},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use jp::calendar::BusinessCalendar;

use crate::counted::{Counted, CountedCase, Measure, Place, short_version};

/// For whom a case waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wait {
    /// Nobody has taken it up.
    Unclaimed,
    /// A clerk has it.
    Clerk,
    /// The applicant was asked to complete it.
    Applicant,
    /// It was proposed, and the chain of decision has it.
    Chain,
}

impl Wait {
    /// All of them, in the order of a case.
    pub const ALL: [Wait; 4] = [Wait::Unclaimed, Wait::Clerk, Wait::Applicant, Wait::Chain];

    /// As it is stored and as words end.
    pub fn code(self) -> &'static str {
        match self {
            Wait::Unclaimed => "unclaimed",
            Wait::Clerk => "clerk",
            Wait::Applicant => "applicant",
            Wait::Chain => "chain",
        }
    }
}

/// A look of staff at a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

/// All that a case is counted by.
pub struct Counting<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its story, oldest first.
    pub story: &'a [Told],
    /// The definition under which it was filed.
    pub procedure: &'a Procedure,
    /// The applicant as the registry knows them, where it is known who they are.
    pub applicant: Option<&'a Person>,
    /// Looks of staff at it, in any order.
    pub looks: &'a [Look],
    /// On which days the town hall is open.
    pub calendar: &'a BusinessCalendar,
}

/// Longer than this between opening a case and acting on it is no work on it.
pub const WORK_AT_ONCE: SignedDuration = SignedDuration::from_mins(30);

impl Counting<'_> {
    /// What it counts as.
    pub fn counted(&self) -> CountedCase {
        let case = self.case;
        let place = Place { procedure: case.procedure.clone(), version: short_version(&case.version), department: case.department.clone() };
        let arrived = case.clock.arrived_on;
        let mut counted = vec![Counted::one(arrived, Measure::Filed, case.channel.code())];
        let asked: BTreeSet<&FieldId> = self.story.iter().filter_map(|told| asked_in(&told.event)).flatten().collect();
        if !asked.is_empty() {
            counted.push(Counted::one(arrived, Measure::Corrected, ""));
            counted.extend(asked.iter().map(|field| Counted::one(arrived, Measure::CorrectedField, field.as_str())));
        }
        counted.extend(self.known_typed().map(|field| Counted::one(arrived, Measure::KnownTyped, field)));
        match &case.stage {
            Stage::Decided { proposal, on, .. } => {
                let days = i64::from(days_between(arrived, *on)).max(0);
                counted.push(Counted { value: days, ..Counted::one(*on, Measure::Decided, proposal.outcome.as_str()) });
                counted.extend(promise(&case.clock, self.calendar, *on).map(|kept| Counted::one(*on, Measure::Promise, kept)));
                let spent = self.spent();
                let minutes = |((step, wait), length): ((StepId, Wait), SignedDuration)| Counted {
                    n: length.as_mins(),
                    ..Counted::one(*on, Measure::Spent, format!("{step}|{}", wait.code()))
                };
                counted.extend(spent.into_iter().map(minutes).filter(|spent| spent.n > 0));
                if let Some(seconds) = self.worked() {
                    counted.push(Counted::one(*on, Measure::WorkedCases, ""));
                    counted.push(Counted { n: seconds, ..Counted::one(*on, Measure::WorkedSeconds, "") });
                }
            }
            Stage::Withdrawn { on } => {
                let days = i64::from(days_between(arrived, *on)).max(0);
                counted.push(Counted { value: days, ..Counted::one(*on, Measure::Withdrawn, "") });
            }
            _ => {}
        }
        CountedCase { place, counted }
    }

    /// How long it stood where, from its arrival to its last step: time by the clock, nights and holidays with it.
    fn spent(&self) -> BTreeMap<(StepId, Wait), SignedDuration> {
        let mut spent = BTreeMap::new();
        let Some(mut step) = self.procedure.steps.keys().next().cloned() else { return spent };
        let step_that = |act: StepAct| self.procedure.steps.values().find(|step| step.act == act).map(|step| step.id.clone());
        let (mut wait, mut since) = (Wait::Unclaimed, self.case.filed_at);
        for told in self.story {
            let next = match &told.event {
                Event::Assigned { .. } if wait == Wait::Unclaimed => (step.clone(), Wait::Clerk),
                Event::Released | Event::HandedOver { .. } if wait == Wait::Clerk => (step.clone(), Wait::Unclaimed),
                Event::Advanced { to, .. } => (to.clone(), Wait::Clerk),
                Event::CorrectionRequested { .. } => (step.clone(), Wait::Applicant),
                Event::Corrected { .. } | Event::CorrectionEnded => (step.clone(), Wait::Clerk),
                Event::Proposed { .. } => (step_that(StepAct::Decide).unwrap_or_else(|| step.clone()), Wait::Chain),
                Event::SentBack { .. } => (step_that(StepAct::Propose).unwrap_or_else(|| step.clone()), Wait::Clerk),
                Event::Decided { .. } | Event::Withdrawn => {
                    *spent.entry((step.clone(), wait)).or_default() += passed(since, told.at);
                    return spent;
                }
                _ => continue,
            };
            *spent.entry((step.clone(), wait)).or_default() += passed(since, told.at);
            ((step, wait), since) = (next, since.max(told.at));
        }
        spent
    }

    /// Seconds that staff worked on it, as far as it shows: from opening the case, or from what the same person did on it before, to what they
    /// did on it. None when no such look was recorded.
    fn worked(&self) -> Option<i64> {
        let mut last: BTreeMap<String, Timestamp> = BTreeMap::new();
        let mut seconds = None;
        for told in self.story {
            let Who::Staff(by) = &told.who else { continue };
            let look = self.looks.iter().filter(|look| look.by == *by && look.at <= told.at).map(|look| look.at).max();
            let before = last.insert(by.to_string(), told.at);
            let Some(look) = look else { continue };
            let worked = passed(before.map_or(look, |before| before.max(look)), told.at);
            *seconds.get_or_insert(0) += worked.min(WORK_AT_ONCE).as_secs();
        }
        seconds
    }

    /// Questions that were answered by hand with what the registry held: those without a value to begin with.
    fn known_typed(&self) -> impl Iterator<Item = &str> {
        let held: Vec<Value> = self.applicant.map(|person| leaves(&kinds::person_value(person))).unwrap_or_default();
        let fields = self.procedure.pages.values().flat_map(|page| page.fields.values());
        fields.filter(move |field| field.default.is_none() && self.is_held(field, &held)).map(|field| field.id.as_str())
    }

    fn is_held(&self, field: &Field, held: &[Value]) -> bool {
        let Some(answer) = self.case.answers.get(field.id.as_str()) else { return false };
        let answered = kinds::value_of(&field.kind, answer, &[]);
        let telling = leaves(&answered);
        !telling.is_empty() && telling.iter().all(|value| held.contains(value))
    }
}

/// Texts and days of a value. Numbers and yes or no are the same for many people and say nothing.
fn leaves(value: &Value) -> Vec<Value> {
    match value {
        Value::Text(text) if !text.trim().is_empty() => vec![Value::text(jp::kana::fold(text))],
        Value::Date(day) => vec![Value::Date(*day)],
        Value::Record(record) => record.fields.values().flat_map(leaves).collect(),
        _ => Vec::new(),
    }
}

fn asked_in(event: &Event) -> Option<&Vec<FieldId>> {
    if let Event::CorrectionRequested { fields, .. } = event { Some(fields) } else { None }
}

fn passed(from: Timestamp, to: Timestamp) -> SignedDuration {
    to.duration_since(from).max(SignedDuration::ZERO)
}

/// Whether a decision came by the day that was promised at first (`kept`), by a later day that was told in time (`moved`), or after it
/// (`broken`). None where the procedure has no limit.
pub fn promise(counted: &Clock, calendar: &BusinessCalendar, on: Date) -> Option<&'static str> {
    let first = Clock { extended: None, special: None, promised: None, ..counted.clone() };
    let due = first.standard_due(calendar, on).or_else(|| first.first_due(calendar, on))?;
    if on <= due {
        return Some("kept");
    }
    let is_moved = counted.extended.is_some() || counted.special.is_some() || counted.promised.is_some();
    Some(if is_moved && counted.hear_by(calendar, on).is_some_and(|told| on <= told) { "moved" } else { "broken" })
}

/// The day of a moment in Japan.
pub fn day(at: Timestamp) -> Date {
    clock::day(at)
}
