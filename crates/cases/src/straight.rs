//! 自動決定 Straight through: what a procedure lets be decided by named criteria, without a person.
//!
//! In law somebody decides all the same. A chief of the chain gives a standing approval for a procedure ([`give`]); what fits the criteria is
//! then decided in their name by a job ([`DecideStraight`]), and a sample of it (抜取り: the first of each day, then so many of a hundred) comes
//! to their 後閲. When their post ends or the approval is taken back, cases wait for people again. What does not fit waits for people as ever,
//! and nothing in it says that it was looked at.

use std::sync::Arc;

use access::{CaseId, DeskFace, Staff, TownHandle, grants::Act, staff::directory};
use definitions::{
    answer::Answers,
    condition::{RecordValue, Value},
    ids::{DepartmentId, ProcedureId, RoleId},
    procedure::{Procedure, StepAct, StraightThrough},
    town::Town,
};
use jiff::{Timestamp, civil::Date};
use letters::Bureau;
use serde_json::json;
use store::{
    Desk, Entry, NewJob, Read, StoreError, Write,
    jobs::{Job, JobError, JobHandler},
    keys::Keys,
};

use crate::{
    asked,
    case::{Approval, Case, NotNow, Proposal, Stage},
    clock, decide, effects,
    event::{Event, Who},
    likeness::{Compared, Of},
    registers, rows,
    rows::straight::Standing,
    verbs::{self, Acting, Happened, Refused},
};

/// The job that decides a case.
pub const DECIDE: &str = "case.straight-through";

/// Why a standing approval was not given or taken back.
#[derive(Debug, thiserror::Error)]
pub enum NotGiven {
    /// No such procedure for this person, or none that may be decided so.
    #[error("no such procedure for this person")]
    NotFound,
    /// A reason must be written.
    #[error("no reason")]
    ReasonDue,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The role that ends the chain of a procedure: whoever holds it may give the standing approval.
pub(crate) fn last_role(procedure: &Procedure) -> Option<&RoleId> {
    procedure.steps.values().find(|step| step.act == StepAct::Decide)?.role.last()
}

/// Whether this person may give the standing approval for cases of a department: they hold the last role of the chain there and a grant to
/// decide. A ward's cases need its own.
pub(crate) fn may_give(staff: &Staff, department: &DepartmentId, procedure: &Procedure) -> bool {
    let attributes = access::RecordAttributes {
        department: Some(department.clone()),
        ..access::RecordAttributes::of_town(access::RecordKind::Case, crate::case::sensitivity(procedure))
    };
    let is_last = last_role(procedure).is_some_and(|role| access::holds_role(staff, department, role));
    is_last && access::may(staff, Act::Decide, &attributes).is_some()
}

/// Gives the standing approval, or takes it back.
///
/// # Errors
/// See [`NotGiven`].
pub fn switch(tx: &Write<'_>, acting: &Acting<'_>, id: &ProcedureId, on: bool, why: &str) -> Result<(), NotGiven> {
    let procedure = acting.town.procedures.get(id).filter(|procedure| procedure.straight_through.is_some()).ok_or(NotGiven::NotFound)?;
    if !may_give(acting.staff, &procedure.department, procedure) {
        return Err(NotGiven::NotFound);
    }
    let why = why.trim();
    if why.is_empty() || why.chars().count() > verbs::WRITTEN_CHARACTERS_MAX {
        return Err(NotGiven::ReasonDue);
    }
    let is_change = if on {
        let standing = Standing { staff: acting.staff.id, at: acting.now, why: why.to_owned() };
        rows::straight::give(tx, id, &standing)?;
        true
    } else {
        rows::straight::take_back(tx, id)?
    };
    if is_change {
        tx.journal(&Entry {
            actor: acting.staff.actor(),
            what: if on { "straight-through-on" } else { "straight-through-off" },
            kind: "procedure",
            record: id.to_string(),
            authority: last_role(procedure).map(ToString::to_string).unwrap_or_default(),
            why: why.to_owned(),
        })?;
    }
    Ok(())
}

/// A case has arrived: where its procedure may be decided without a person and somebody stands for it, a job looks at it.
pub(crate) fn ask(tx: &Write<'_>, town: &Town, case: &Case) -> Result<(), StoreError> {
    if rule(town, case).is_some() && rows::straight::standing(tx, &case.procedure)?.is_some() {
        let case = case.id.to_string();
        tx.enqueue(&NewJob { kind: DECIDE, body: json!({ "case": case }), key: case, at: tx.now() })?;
    }
    Ok(())
}

/// The rule by which a case may be decided: today's, for a case of today's version.
fn rule<'t>(town: &'t Town, case: &Case) -> Option<&'t StraightThrough> {
    town.procedures.get(&case.procedure).filter(|procedure| procedure.version == case.version)?.straight_through.as_ref()
}

/// The handler of [`DECIDE`].
pub struct DecideStraight {
    /// Staff's store.
    pub desk: Desk,
    /// The town as it is now.
    pub town: TownHandle,
    /// The desk's keys.
    pub keys: Arc<Keys>,
    /// Where people reach the portal: letters lead there.
    pub portal: Arc<str>,
    /// The time.
    pub clock: access::Clock,
}

impl DecideStraight {
    /// Of a face.
    pub fn of(face: &DeskFace, portal: &Arc<str>) -> DecideStraight {
        DecideStraight {
            desk: face.store.clone(),
            town: face.town.clone(),
            keys: Arc::clone(&face.keys),
            portal: Arc::clone(portal),
            clock: face.clock.clone(),
        }
    }
}

impl JobHandler for DecideStraight {
    fn kind(&self) -> &'static str {
        DECIDE
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        let named = job.body["case"].as_str().and_then(|id| id.parse().ok());
        let id: CaseId = named.ok_or_else(|| JobError::Dead("no case named".into()))?;
        let bureau = Bureau { town: self.town.current(), keys: Arc::clone(&self.keys), portal: self.portal.to_string() };
        let now = self.clock.now();
        match self.desk.write(move |tx| decide_alone(tx, &bureau, now, id)) {
            Ok(decided) => {
                tracing::debug!(case = %id, decided, "looked at for deciding straight through");
                Ok(())
            }
            Err(Refused::Store(error)) => Err(error.into()),
            // A register is full, a letter cannot be made: nothing has changed, and the case waits for people as any other.
            Err(refused) => {
                tracing::info!(case = %id, %refused, "not decided straight through; it waits for people");
                Ok(())
            }
        }
    }
}

/// Decides a case by its procedure's criteria, in the name of who stands for it. Says whether it did.
///
/// # Errors
/// When something that would follow is refused: then nothing has changed.
pub fn decide_alone(tx: &Write<'_>, bureau: &Bureau, now: Timestamp, id: CaseId) -> Result<bool, Refused> {
    let (town, today) = (&*bureau.town, clock::day(now));
    let Some(mut case) = rows::desk::by_id(tx, &bureau.keys, id)? else { return Ok(false) };
    let Some(straight) = rule(town, &case) else { return Ok(false) };
    let procedure = rows::procedure(tx, &case.version)?.ok_or(StoreError::damaged("case_procedure"))?;
    let is_untouched = Case::first_stage(&procedure).is_ok_and(|first| first == case.stage) && case.assignee.is_none();
    let Some(staff) = stands_for(tx, town, &case, &procedure, today)?.filter(|_| is_untouched) else { return Ok(false) };
    let acting = Acting::new(&staff, bureau, now);
    if !holds(tx, &acting, &case, &procedure, straight)? {
        return Ok(false);
    }
    let sampled = !rows::straight::any_on(tx, &case.procedure, today)? || is_drawn(&bureau.keys, id, straight.sample_percent);
    let role = last_role(&procedure).cloned().ok_or(NotNow::Unknown("role"))?;
    let proposal =
        Proposal { outcome: straight.outcome.clone(), reason: String::new(), details: Answers::default(), by: staff.id, at: now };
    let approval = Approval { by: staff.id, role, stands_in: false, sampled, at: now, looked_at: None };
    case.stage = Stage::Decided { proposal, approvals: vec![approval], consulted: Vec::new(), on: today };
    let (outcome, news) = decide::decision(&case, &procedure)?;
    let criteria = straight.criteria.values().map(|criterion| ui::words::ruby::plain(&criterion.title.ja)).collect();
    let happened = vec![
        Happened::inside(Event::StraightThrough { criteria, sampled }),
        Happened::told(Event::Decided { outcome: outcome.id.clone() }, news),
    ];
    let outcome = outcome.clone();
    verbs::keep(tx, town, &bureau.keys, &mut case, &Who::System, &format!("standing:{}", staff.id), happened, now)?;
    rows::marks::chain(tx, &case, &procedure)?;
    rows::straight::decided(tx, id, &case.procedure, today, sampled)?;
    effects::order(tx, &acting, &case, &procedure, &outcome)?;
    Ok(true)
}

/// Who stands for a case today: they gave the approval, and still hold the role and the grant.
fn stands_for(tx: &Read<'_>, town: &Town, case: &Case, procedure: &Procedure, today: Date) -> Result<Option<Staff>, StoreError> {
    let Some(standing) = rows::straight::standing(tx, &case.procedure)? else { return Ok(None) };
    let staff = directory::as_of(tx, standing.staff, town, today)?;
    Ok(staff.filter(|staff| may_give(staff, &case.department, procedure)))
}

/// Whether every criterion holds. What is not known holds nothing.
fn holds(tx: &Read<'_>, acting: &Acting<'_>, case: &Case, procedure: &Procedure, straight: &StraightThrough) -> Result<bool, StoreError> {
    let today = acting.today();
    let compared = match rows::marks::resident_of(tx, case)? {
        Some(id) => {
            let all = registry::rows::with_household(tx, id)?;
            let (own, household): (Vec<_>, Vec<_>) = all.into_iter().partition(|resident| resident.id == id);
            own.first().map(|person| Of { person, household: &household }.compare(procedure, case))
        }
        None => None,
    };
    let facts = registers::facts(tx, acting.town, case, today)?;
    let names = asked::names(case, procedure, &facts, today, None).with("registry", of_registry(compared));
    Ok(straight.criteria.values().all(|criterion| criterion.holds.holds(&names).is_yes()))
}

/// `registry` as criteria see it.
fn of_registry(compared: Option<Compared>) -> Value {
    let known =
        compared.map(|Compared { same, differs }| [("same".to_owned(), Value::Int(same)), ("differs".to_owned(), Value::Int(differs))]);
    Value::Record(RecordValue { id: None, fields: known.into_iter().flatten().collect(), missing: Value::Unknown }.into())
}

/// Whether a case is among those looked at afterwards: drawn by the town's key, so that nobody can tell beforehand.
fn is_drawn(keys: &Keys, case: CaseId, percent: u8) -> bool {
    let drawn = keys.mac("straight through sample", case.uuid().as_bytes());
    u16::from_be_bytes([drawn[0], drawn[1]]) % 100 < u16::from(percent)
}
