//! 受け渡し: what a system behind needs of a decided case, and what it brings back. For the room of exchange; who may is asked there and, for
//! every change, here again.

use access::{CaseId, RecordAttributes};
use definitions::{
    answer::Answers,
    ids::ProcedureId,
    mapping::CaseFacts,
    procedure::{Procedure, Version},
    typed::Typed,
};
use jiff::Timestamp;
use store::{Read, StoreError, Write, keys::Keys, params};

use crate::{
    CaseNumber,
    asked::Asking,
    case::{Case, Stage},
    clock, rows,
    sealed::column,
    verbs::{self, Acting, Refused, StepDone},
};

const ENDED: &str = "select ended_at, id from case_ where procedure = $1 and stage = 'decided' and (ended_at > $2 or (ended_at = $2 and id > $3)) \
    order by ended_at, id limit $4";
const BY_RECEIPT: &str = "select number from case_ where receipt_number = $1";

/// Where a walk through decided cases stands: after this moment and this case.
pub type Place = (Timestamp, String);

/// The decided cases of a procedure after a place, in the order in which they were decided. An index of its own answers it.
///
/// # Errors
/// When the store fails.
pub fn decided(tx: &Read<'_>, procedure: &ProcedureId, after: &Place, limit: i64) -> Result<Vec<(Timestamp, CaseId)>, StoreError> {
    tx.all(ENDED, params![procedure.to_string(), after.0, after.1.as_str(), limit])?
        .iter()
        .map(|row| Ok((row.get(0)?, column(row, 1, "case_.id")?)))
        .collect()
}

/// A case as it stands, whoever asks: the one who asks must have been asked for their grant before.
///
/// # Errors
/// When the store fails.
pub fn case(tx: &Read<'_>, keys: &Keys, id: CaseId) -> Result<Option<Case>, StoreError> {
    rows::desk::by_id(tx, keys, id)
}

/// What grants look at in a case, without opening what it says; none: there is no such case (any more).
///
/// # Errors
/// When the store fails.
pub fn attributes(tx: &Read<'_>, id: CaseId) -> Result<Option<RecordAttributes>, StoreError> {
    rows::inbox::attributes(tx, id)
}

/// The definition under which cases of a version were filed.
///
/// # Errors
/// When the store fails.
pub fn procedure(tx: &Read<'_>, version: &Version) -> Result<Procedure, StoreError> {
    rows::procedure(tx, version)?.ok_or(StoreError::damaged("case_procedure"))
}

/// The number of the case that has this 収受番号.
///
/// # Errors
/// When the store fails.
pub fn by_receipt_number(tx: &Read<'_>, receipt: &str) -> Result<Option<CaseNumber>, StoreError> {
    tx.first(BY_RECEIPT, params![receipt])?.map(|row| column(&row, 0, "case_.number")).transpose()
}

/// The first of these numbers that no case has.
///
/// # Errors
/// When all are taken, or the store fails.
pub fn free_number(tx: &Read<'_>, candidates: &[CaseNumber]) -> Result<CaseNumber, StoreError> {
    for number in candidates {
        if tx.first("select 1 from case_ where number = $1", params![number.plain()])?.is_none() {
            return Ok(*number);
        }
    }
    Err(StoreError::Busy)
}

/// What a line about a case is made of. Whose 宛名番号 it is: the resident whose account filed, else whom staff found the applicant to be.
///
/// # Errors
/// When the store fails.
pub fn facts(tx: &Read<'_>, case: &Case) -> Result<CaseFacts, StoreError> {
    let resident = rows::marks::resident_of(tx, case)?;
    let number = resident.map(|id| registry::rows::by_id(tx, id)).transpose()?.flatten().map(|resident| resident.number);
    let (outcome, details, reason, decided_on) = match &case.stage {
        Stage::Decided { proposal, on, .. } => {
            (Some(proposal.outcome.clone()), proposal.details.clone(), proposal.reason.clone(), Some(*on))
        }
        _ => (None, Answers::default(), String::new(), None),
    };
    Ok(CaseFacts {
        number: case.number.plain(),
        receipt_number: case.receipt_number.clone(),
        filed_on: Some(clock::day(case.filed_at)),
        decided_on,
        outcome,
        details,
        noted: case.noted.values().flat_map(|noted| noted.clone()).collect(),
        reason,
        resident_number: number,
        channel: case.channel.code().to_owned(),
        department: Some(case.department.clone()),
        answers: case.answers.clone(),
    })
}

/// Why a result could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// What was brought does not answer the step's questions: what is wrong, by question.
    #[error("the step's questions are not answered")]
    Wrong(Vec<definitions::form::FieldProblem>),
    /// As for any verb.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// Ends the work of the step at which a case stands with what a system behind brought, by the same evaluation as a clerk's own page.
///
/// # Errors
/// See [`verbs::advance`]; also what is missing or wrong in what was brought.
pub fn done(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64, typed: &Typed) -> Result<Case, NotTaken> {
    let (case, procedure) = verbs::read(tx, acting, number)?;
    let step = case.step(&procedure).ok_or(Refused::NotNow(crate::case::NotNow::Stage(case.stage.code())))?;
    let asking = Asking { town: acting.town, case: &case, procedure: &procedure, outcome: None, ask: &step.ask, today: acting.today() };
    let filled = asking.fill(tx, typed).map_err(Refused::Store)?;
    if !filled.problems.is_empty() {
        return Err(NotTaken::Wrong(filled.problems));
    }
    Ok(verbs::advance(tx, acting, number, seen, StepDone { checks: Vec::new(), noted: filled.answers })?)
}
