//! SQL of what stands beside a case without being part of it: that the applicant answered, that somebody must ring them up, whose turn it
//! is, which departments were asked, saved filters. None of it counts as a change: a clerk's open page stays good.

use access::{CaseId, ResidentId, StaffId};
use definitions::{ids::RoleId, procedure::Procedure};
use store::{Read, StoreError, Write, params};

use crate::{
    case::{Approval, Case, Stage},
    decide::consult::{Answered, Consultation, Said},
};

const REPLIED: &str = "update case_ set replied = 1 where id = $1";
const SEEN: &str = "update case_ set replied = 0 where id = $1 and replied = 1";
const REACH: &str = "update case_ set reach = $2 where id = $1";
const TOLD: &str = "select 1 from case_event where case_id = $1 and what in \
    ('correction-requested', 'decided', 'letter-issued', 'wrote-to-applicant', 'delayed', 'advanced') limit 1";
const CHAIN: &str = "update case_ set next_role = $2, look_after = $3 where id = $1";
const FORGET_CONSULTED: &str = "delete from case_consult where case_id = $1";
const CONSULT: &str = "insert into case_consult (case_id, department, answered) values ($1, $2, $3)";
const SIDE: &str = "select replied, reach, resident from case_ where id = $1";
const IDENTIFY: &str = "update case_ set resident = $2 where id = $1";
const HOLD: &str = "insert into case_round (case_id, round) values ($1, $2) on conflict (case_id) do update set round = excluded.round";
const HELD: &str = "select round from case_round where case_id = $1";
const FILTERS: &str = "select id, name, asked from case_filter where staff = $1 order by name, id limit 30";
const KEEP_FILTER: &str = "insert into case_filter (id, staff, name, asked) values ($1, $2, $3, $4)";
const DROP_FILTER: &str = "delete from case_filter where id = $1 and staff = $2";

/// The applicant did something that staff should look at.
pub(crate) fn replied(tx: &Write<'_>, case: CaseId) -> Result<(), StoreError> {
    tx.run(REPLIED, params![case.to_string()]).map(drop)
}

/// Somebody who works on it has looked. Says whether there was something new.
pub(crate) fn seen(tx: &Write<'_>, case: CaseId) -> Result<bool, StoreError> {
    Ok(tx.run(SEEN, params![case.to_string()])? == 1)
}

/// Whether the person was told anything but that their filing arrived.
pub(crate) fn was_told_more(tx: &Read<'_>, case: CaseId) -> Result<bool, StoreError> {
    Ok(tx.first(TOLD, params![case.to_string()])?.is_some())
}

/// How staff must reach the person by hand; none: nobody needs to.
pub(crate) fn reach(tx: &Write<'_>, case: CaseId, how: Option<&str>) -> Result<(), StoreError> {
    tx.run(REACH, params![case.to_string(), how]).map(drop)
}

/// Whose turn it is in the chain, who has to look afterwards, which departments were asked: what the queues of deciders find a case by.
pub(crate) fn chain(tx: &Write<'_>, case: &Case, procedure: &Procedure) -> Result<(), StoreError> {
    let next = case.next_role(procedure).map(RoleId::to_string);
    let not_looked =
        |approvals: &[Approval]| approvals.iter().find(|approval| approval.waits_for_a_look()).map(|approval| approval.role.to_string());
    let look_after = match &case.stage {
        Stage::Decided { approvals, .. } => not_looked(approvals),
        _ => None,
    };
    tx.run(CHAIN, params![case.id.to_string(), next, look_after])?;
    tx.run(FORGET_CONSULTED, params![case.id.to_string()])?;
    for Consultation { department, answer } in case.stage.consulted() {
        let answered: i64 = match answer {
            None => 0,
            Some(Answered { said: Said::Agreed, .. }) => 1,
            Some(Answered { said: Said::Objected, .. }) => 2,
            Some(Answered { said: Said::AsksChange, .. }) => 3,
        };
        tx.run(CONSULT, params![case.id.to_string(), department.to_string(), answered])?;
    }
    Ok(())
}

/// What stands beside a case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Side {
    /// The applicant did something since staff last looked.
    pub replied: bool,
    /// How staff must reach the person by hand.
    pub reach: Option<String>,
    /// The resident whom staff found the applicant to be.
    pub resident: Option<ResidentId>,
}

/// What stands beside a case.
pub(crate) fn side(tx: &Read<'_>, case: CaseId) -> Result<Side, StoreError> {
    let Some(row) = tx.first(SIDE, params![case.to_string()])? else { return Ok(Side::default()) };
    Ok(Side { replied: row.get(0)?, reach: row.get(1)?, resident: row.get::<Option<String>>(2)?.and_then(|id| id.parse().ok()) })
}

/// Staff found the applicant in the registry, or took that back.
pub(crate) fn identify(tx: &Write<'_>, case: CaseId, resident: Option<ResidentId>) -> Result<(), StoreError> {
    tx.run(IDENTIFY, params![case.to_string(), resident.map(|id| id.to_string())]).map(drop)
}

/// A case is decided with this round.
pub(crate) fn hold(tx: &Write<'_>, case: CaseId, round: &str) -> Result<(), StoreError> {
    tx.run(HOLD, params![case.to_string(), round]).map(drop)
}

/// The round with which a case is decided.
pub(crate) fn round_of(tx: &Read<'_>, case: CaseId) -> Result<Option<String>, StoreError> {
    tx.first(HELD, params![case.to_string()])?.map(|row| row.get(0)).transpose()
}

/// A filter that somebody keeps: only choices from closed lists, no word about a person.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// Its id.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// The address of the list behind `?`.
    pub asked: String,
}

/// The filters of somebody.
pub(crate) fn filters(tx: &Read<'_>, staff: StaffId) -> Result<Vec<Kept>, StoreError> {
    let kept = |row: &store::Row| Ok(Kept { id: row.get(0)?, name: row.get(1)?, asked: row.get(2)? });
    tx.all(FILTERS, params![staff.to_string()])?.iter().map(kept).collect()
}

/// Keeps a filter.
pub(crate) fn keep_filter(tx: &Write<'_>, staff: StaffId, kept: &Kept) -> Result<(), StoreError> {
    tx.run(KEEP_FILTER, params![kept.id.as_str(), staff.to_string(), kept.name.as_str(), kept.asked.as_str()]).map(drop)
}

/// Throws a filter of one's own away.
pub(crate) fn drop_filter(tx: &Write<'_>, staff: StaffId, id: &str) -> Result<(), StoreError> {
    tx.run(DROP_FILTER, params![id, staff.to_string()]).map(drop)
}

/// The resident who filed a case: by the account that a clerk linked, else as staff found them.
pub(crate) fn resident_of(tx: &Read<'_>, case: &Case) -> Result<Option<ResidentId>, StoreError> {
    let account = case.account.as_deref().and_then(|account| account.parse().ok());
    match account.map(|account| access::link::resident_of(tx, account)).transpose()?.flatten() {
        Some(resident) => Ok(Some(resident)),
        None => Ok(side(tx, case.id)?.resident),
    }
}
