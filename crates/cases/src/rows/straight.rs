//! SQL of 自動決定: who gave the standing approval, and what was decided under it.

use access::{CaseId, StaffId};
use definitions::ids::ProcedureId;
use jiff::{Timestamp, civil::Date};
use store::{Read, Row, StoreError, Write, params};

const SWITCH: &str = "select staff, at, why from straight_switch where procedure = $1";
const ON: &str = "insert into straight_switch (procedure, staff, at, why) values ($1, $2, $3, $4) \
    on conflict (procedure) do update set staff = excluded.staff, at = excluded.at, why = excluded.why";
const OFF: &str = "delete from straight_switch where procedure = $1";
const DECIDED: &str =
    "insert into straight_decision (case_id, procedure, day, sampled) values ($1, $2, $3, $4) on conflict (case_id) do nothing";
const ANY_TODAY: &str = "select 1 from straight_decision where procedure = $1 and day = $2 limit 1";
const SINCE: &str = "select count(*), coalesce(sum(sampled), 0) from straight_decision where procedure = $1 and day >= $2";

/// A standing approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose.
    pub staff: StaffId,
    /// Since when.
    pub at: Timestamp,
    /// Why, in their words.
    pub why: String,
}

/// The standing approval for a procedure; none: its cases wait for people.
pub(crate) fn standing(tx: &Read<'_>, procedure: &ProcedureId) -> Result<Option<Standing>, StoreError> {
    let of = |row: &Row| {
        let staff: String = row.get(0)?;
        let staff = staff.parse().map_err(|_| StoreError::damaged("straight_switch.staff"))?;
        Ok(Standing { staff, at: row.get(1)?, why: row.get(2)? })
    };
    tx.first(SWITCH, params![procedure.as_str()])?.as_ref().map(of).transpose()
}

/// Gives it.
pub(crate) fn give(tx: &Write<'_>, procedure: &ProcedureId, standing: &Standing) -> Result<(), StoreError> {
    tx.run(ON, params![procedure.as_str(), standing.staff.to_string(), standing.at, standing.why.as_str()]).map(drop)
}

/// Takes it back. Says whether there was one.
pub(crate) fn take_back(tx: &Write<'_>, procedure: &ProcedureId) -> Result<bool, StoreError> {
    Ok(tx.run(OFF, params![procedure.as_str()])? == 1)
}

/// Whether anything was decided under it on a day.
pub(crate) fn any_on(tx: &Read<'_>, procedure: &ProcedureId, day: Date) -> Result<bool, StoreError> {
    Ok(tx.first(ANY_TODAY, params![procedure.as_str(), day.to_string()])?.is_some())
}

/// A case was decided under it.
pub(crate) fn decided(tx: &Write<'_>, case: CaseId, procedure: &ProcedureId, day: Date, sampled: bool) -> Result<(), StoreError> {
    tx.run(DECIDED, params![case.to_string(), procedure.as_str(), day.to_string(), i64::from(sampled)]).map(drop)
}

/// How many were decided since a day, and how many of them somebody looks at.
pub(crate) fn since(tx: &Read<'_>, procedure: &ProcedureId, day: Date) -> Result<(i64, i64), StoreError> {
    let row = tx.first(SINCE, params![procedure.as_str(), day.to_string()])?.ok_or(StoreError::damaged("straight_decision"))?;
    Ok((row.get(0)?, row.get(1)?))
}
