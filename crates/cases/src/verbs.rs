//! Staff's verbs on a case. Each has one order: *may they → still possible → change → story → journal → what follows*.
//! It is written once, in [`change`]; a verb says only what it changes.

mod by_hand;
mod delay;
mod holding;

use access::{
    CaseId, Staff,
    grants::{self, Act, RecordAttributes},
};
use definitions::{
    answer::Answers,
    condition::Truth,
    ids::{FieldId, StepId},
    procedure::{Procedure, Step},
    town::Town,
};
use jiff::{Timestamp, civil::Date};
use letters::Bureau;
use store::{Entry, Read, StoreError, Write, keys::Keys};

use crate::{
    CaseNumber, asked,
    case::{Case, CorrectionRequest, NotNow, Stage},
    clock, effects,
    event::{Event, Who},
    parcel::News,
    registers, rows,
};

pub use by_hand::{identify, reached};
pub use delay::{Delay, Moved, moved, notify_delay};
pub(crate) use delay::{law, notice};
pub use holding::{claim, give, hand_over, receivers, release};

/// Who acts, on which town's terms, when.
pub struct Acting<'a> {
    /// The member of staff.
    pub staff: &'a Staff,
    /// The town as it is defined today.
    pub town: &'a Town,
    /// The town's keys.
    pub keys: &'a Keys,
    /// The town as letters know it.
    pub bureau: &'a Bureau,
    /// Now, read at the edge.
    pub now: Timestamp,
}

impl<'a> Acting<'a> {
    /// This person, on the terms of this town, now.
    pub fn new(staff: &'a Staff, bureau: &'a Bureau, now: Timestamp) -> Acting<'a> {
        Acting { staff, town: &bureau.town, keys: &bureau.keys, bureau, now }
    }

    /// Today in Japan.
    pub fn today(&self) -> Date {
        clock::day(self.now)
    }
}

/// What happened in a verb: a line of the story, and what the person is told of it.
pub struct Happened {
    /// The line.
    pub event: Event,
    /// The news, if any.
    pub news: Option<News>,
}

impl Happened {
    /// A line that stays inside.
    pub fn inside(event: Event) -> Happened {
        Happened { event, news: None }
    }

    /// A line that the person is told.
    pub fn told(event: Event, news: News) -> Happened {
        Happened { event, news: Some(news) }
    }
}

/// Why a verb was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// No such case, or not theirs to know of.
    #[error("no such case for this person")]
    NotFound,
    /// They may look, but not do this.
    #[error("not permitted to {0:?}")]
    NotPermitted(Act),
    /// Somebody changed it since the page was shown.
    #[error("changed meanwhile")]
    Changed(Box<Clash>),
    /// The case stands where this is not possible.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// A letter that would follow cannot be made; staff read why.
    #[error(transparent)]
    Letter(#[from] letters::LetterProblem),
    /// A register does not take what the decision would enter: no place is left, or there is one already.
    #[error(transparent)]
    Register(#[from] registry::records::Refused),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who has the case and what they did, for the person whose page was older.
#[derive(Debug)]
pub struct Clash {
    /// Who acted last, by name.
    pub by_name: String,
    /// Who has it, by name.
    pub assignee_name: Option<String>,
    /// Who has it now.
    pub assignee: Option<access::StaffId>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Who acted last.
    pub by: Who,
    /// When.
    pub at: Timestamp,
    /// What they did: an event's code.
    pub what: String,
}

/// What grants see of a case.
pub fn attributes(case: &Case, sensitivity: definitions::field::Sensitivity) -> RecordAttributes {
    RecordAttributes {
        kind: access::RecordKind::Case,
        department: Some(case.department.clone()),
        consulted: case.stage.consulted().iter().map(|asked| asked.department.clone()).collect(),
        assignee: case.assignee,
        sensitivity,
        attributes: vec![
            ("step", case.stage.step().map(ToString::to_string)),
            ("stage", Some(case.stage.code().to_owned())),
            ("procedure", Some(case.procedure.to_string())),
        ],
    }
}

/// What grants look at in the letters and messages of a case. Whoever asks has been let into the case itself, which guards how sensitive it is.
pub fn attributes_beside(kind: access::RecordKind, case: &Case) -> RecordAttributes {
    RecordAttributes { kind, ..attributes(case, definitions::field::Sensitivity::Ordinary) }
}

/// The case of this number as far as this person may know of it.
///
/// # Errors
/// [`Refused::NotFound`] when there is none or it is not theirs to know of.
pub fn read(tx: &Read<'_>, acting: &Acting<'_>, number: CaseNumber) -> Result<(Case, Procedure), Refused> {
    let case = rows::desk::by_number(tx, acting.keys, number)?.ok_or(Refused::NotFound)?;
    let procedure = rows::procedure(tx, &case.version)?.ok_or(StoreError::damaged("case_procedure"))?;
    let seen = attributes(&case, crate::case::sensitivity(&procedure));
    grants::may(acting.staff, Act::Read, &seen).ok_or(Refused::NotFound)?;
    Ok((case, procedure))
}

/// On what authority this person reads a case: for the log of looks.
///
/// # Errors
/// Not found, for whom it does not exist.
pub(crate) fn read_by(acting: &Acting<'_>, case: &Case, procedure: &Procedure) -> Result<grants::Authority, Refused> {
    grants::may(acting.staff, Act::Read, &attributes(case, crate::case::sensitivity(procedure))).ok_or(Refused::NotFound)
}

/// Does a verb: see the module. `seen` is the row count of the page on which the button was pressed.
///
/// # Errors
/// See [`Refused`]; nothing has changed then.
pub fn change(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    number: CaseNumber,
    seen: i64,
    act: Act,
    verb: impl FnOnce(&mut Case, &Procedure) -> Result<Vec<Happened>, NotNow>,
) -> Result<Case, Refused> {
    let (mut case, procedure) = read(tx, acting, number)?;
    let authority =
        grants::may(acting.staff, act, &attributes(&case, crate::case::sensitivity(&procedure))).ok_or(Refused::NotPermitted(act))?;
    if case.unchanged_since(seen).is_err() {
        return Err(Refused::Changed(Box::new(clash(tx, &case)?)));
    }
    let happened = verb(&mut case, &procedure)?;
    keep(tx, acting.town, acting.keys, &mut case, &Who::Staff(acting.staff.id), &authority.to_string(), happened, acting.now)?;
    rows::marks::chain(tx, &case, &procedure)?;
    Ok(case)
}

/// Writes a changed case, its story, the journal and what the person is told. Also for what is no person's verb, such as a parcel.
#[allow(clippy::too_many_arguments)]
pub(crate) fn keep(
    tx: &Write<'_>,
    town: &Town,
    keys: &Keys,
    case: &mut Case,
    who: &Who,
    authority: &str,
    happened: Vec<Happened>,
    now: Timestamp,
) -> Result<(), Refused> {
    let hear_by = case.hear_by(&town.closed, clock::day(now));
    // What became of a message changes nothing that a clerk's open page acts on.
    let is_change = happened.iter().any(|one| !matches!(one.event, Event::MessageFate { .. }));
    if is_change && !rows::desk::update(tx, keys, case, hear_by, now)? {
        return Err(Refused::Changed(Box::new(clash(tx, case)?)));
    }
    for Happened { event, news } in happened {
        let what = event.code();
        mark(tx, case, &event)?;
        let turn = rows::desk::tell(tx, keys, case.id, now, who, &event)?;
        tx.journal(&Entry {
            actor: who.code(),
            what,
            kind: "case",
            record: case.id.to_string(),
            authority: authority.to_owned(),
            why: String::new(),
        })?;
        if let Some(news) = news {
            crate::parcel::send_down(tx, keys, case.id, turn, now, hear_by, news)?;
        }
    }
    Ok(())
}

/// What a line of the story leaves to be done by hand: looking at what the applicant did, ringing them up, posting a letter.
fn mark(tx: &Write<'_>, case: &Case, event: &Event) -> Result<(), StoreError> {
    if matches!(event, Event::Corrected { .. } | Event::ApplicantWrote { .. } | Event::CameTooLate { .. } | Event::FiledAgain { .. }) {
        rows::marks::replied(tx, case.id)?;
    }
    // That a filing arrived is told by its own page; nobody is rung up for it.
    let only_receipt = matches!(event, Event::MessageFate { .. }) && !rows::marks::was_told_more(tx, case.id)?;
    match case.reach_after(event) {
        Some(how) if !only_receipt => rows::marks::reach(tx, case.id, Some(how)),
        _ => Ok(()),
    }
}

fn clash(tx: &Read<'_>, case: &Case) -> Result<Clash, StoreError> {
    let last = rows::desk::last_told(tx, case.id)?;
    let (by, at, what) = last.unwrap_or((Who::Applicant, case.filed_at, "received".to_owned()));
    let named = |id: access::StaffId| access::staff::directory::by_id(tx, id).map(|found| found.map(|person| person.name));
    let by_name = match &by {
        Who::Staff(id) => named(*id)?.unwrap_or_default(),
        Who::Applicant => case.contacts.name.clone(),
        Who::System => String::new(),
    };
    let assignee_name = case.assignee.map(named).transpose()?.flatten();
    Ok(Clash { by_name, assignee_name, assignee: case.assignee, since: case.assigned_at, by, at, what })
}

/// What a clerk did in a step.
#[derive(Clone, Debug, Default)]
pub struct StepDone {
    /// What was ticked off.
    pub checks: Vec<String>,
    /// What was written down (`ask:`).
    pub noted: Answers,
}

/// Ends this step's work, does what the step's `do:` says, and begins the next step that this case takes.
///
/// # Errors
/// See [`change`]; also something missing that the step asks staff.
pub fn advance(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64, done: StepDone) -> Result<Case, Refused> {
    let mut left = None;
    let case = change(tx, acting, number, seen, Act::Work, |case, procedure| {
        let StepDone { checks, noted } = done;
        let here = case.stage.step().cloned().ok_or(NotNow::Stage(case.stage.code()))?;
        let facts = registers::facts(tx, acting.town, case, acting.today()).map_err(|_| NotNow::Unknown("facts"))?;
        let names = || asked::names(case, procedure, &facts, acting.today(), None);
        let step = procedure.steps.get(&here).ok_or(NotNow::Unknown("step"))?;
        if !asked::is_complete(&step.ask, &noted, names()) {
            return Err(NotNow::DetailsDue);
        }
        let names = names();
        let takes = |step: &Step| step.when.as_ref().is_none_or(|when| when.holds(&names) == Truth::Yes);
        let stage = case.advance(procedure, takes)?;
        let to = stage.step().cloned().ok_or(NotNow::Unknown("step"))?;
        let message = procedure.steps.get(&here).and_then(|step| effects::told_by(step.effects.values()));
        // What staff write down stays inside unless the step tells the person of it.
        let told = if message.is_some() { noted.clone() } else { Answers::default() };
        let news = News::Step { step: to.clone(), done: Some(here.clone()), noted: told, message };
        if !noted.is_empty() {
            case.noted.insert(here.clone(), noted.clone());
        }
        case.stage = stage;
        left = procedure.steps.get(&here).cloned().map(|step| (procedure.clone(), step, noted.clone()));
        Ok(vec![Happened::told(Event::Advanced { to, checks, noted }, news)])
    })?;
    if let Some((procedure, step, noted)) = left {
        effects::of_step(tx, acting, &case, &procedure, &step, &noted)?;
    }
    Ok(case)
}

/// What a clerk asks the person to mend.
pub struct Correction {
    /// The fields.
    pub fields: Vec<FieldId>,
    /// What is wrong, in the clerk's words.
    pub say: String,
    /// A reasonable day (相当の期間, 行政手続法7条).
    pub until: Date,
}

/// 補正を求める: the person mends just these fields; the standard period stops.
///
/// # Errors
/// See [`change`]; also a day that has passed.
pub fn request_correction(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    number: CaseNumber,
    seen: i64,
    correction: Correction,
) -> Result<Case, Refused> {
    let today = acting.today();
    change(tx, acting, number, seen, Act::Work, |case, procedure| {
        let Correction { fields, say, until } = correction;
        if until < today {
            return Err(NotNow::DayPassed);
        }
        let asked = CorrectionRequest { fields: fields.clone(), say: say.clone(), until, asked_on: today };
        case.stage = case.request_correction(procedure, asked)?;
        case.clock.pause(today);
        Ok(vec![Happened::told(
            Event::CorrectionRequested { fields: fields.clone(), say: say.clone(), until },
            News::CorrectionRequested { fields, say, until },
        )])
    })
}

/// Takes the case up again without waiting for the correction.
///
/// # Errors
/// See [`change`].
pub fn end_correction(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64) -> Result<Case, Refused> {
    let today = acting.today();
    change(tx, acting, number, seen, Act::Work, |case, _| {
        let Stage::Correcting { step, .. } = &case.stage else { return Err(NotNow::Stage(case.stage.code())) };
        case.stage = Stage::Working { step: step.clone() };
        case.clock.go_on(today);
        Ok(vec![Happened::told(Event::CorrectionEnded, News::BackToReview)])
    })
}

/// 連絡する: writes to the person on the case.
///
/// # Errors
/// See [`change`]; also nothing written.
pub fn write_to_applicant(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    number: CaseNumber,
    seen: i64,
    id: String,
    text: String,
) -> Result<Case, Refused> {
    change(tx, acting, number, seen, Act::Work, |case, _| {
        let text = written(&text)?;
        let news = News::Wrote { id, text: text.clone(), department: case.department.clone() };
        Ok(vec![Happened::told(Event::WroteToApplicant { text }, news)])
    })
}

/// メモ: a note that stays inside.
///
/// # Errors
/// See [`change`]; also nothing written.
pub fn note(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64, text: String) -> Result<Case, Refused> {
    change(tx, acting, number, seen, Act::Work, |_, _| Ok(vec![Happened::inside(Event::Note { text: written(&text)? })]))
}

/// A note that a system behind leaves on a case: inside, in the story, whatever the stage. Look first whether it may.
///
/// # Errors
/// When nothing or too much was written, and when the store fails.
pub fn noted_by_program(tx: &Write<'_>, keys: &Keys, case: CaseId, program: &str, text: &str, now: Timestamp) -> Result<(), Refused> {
    let event = Event::Note { text: written(text)? };
    rows::desk::tell(tx, keys, case, now, &Who::System, &event)?;
    tx.journal(&Entry {
        actor: program.to_owned(),
        what: event.code(),
        kind: "case",
        record: case.to_string(),
        authority: "program".to_owned(),
        why: String::new(),
    })?;
    Ok(())
}

/// Most characters of a note or a letter on the case: four A4 pages.
pub const WRITTEN_CHARACTERS_MAX: usize = 6_000;

fn written(text: &str) -> Result<String, NotNow> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > WRITTEN_CHARACTERS_MAX {
        return Err(NotNow::Unknown("text"));
    }
    Ok(text.to_owned())
}

/// The steps of a procedure that still lie ahead of a case, for the timeline.
pub fn steps_ahead<'p>(case_step: Option<&StepId>, procedure: &'p Procedure) -> impl Iterator<Item = &'p definitions::procedure::Step> {
    let here = case_step.and_then(|step| procedure.steps.get_index_of(step));
    procedure.steps.values().skip(here.map_or(procedure.steps.len(), |at| at + 1))
}
