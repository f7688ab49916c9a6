//! SQL of the residents' side: which program filed which case, under which key.

use access::ProgramId;
use cases::{CaseNumber, own::OwnCase};
use jiff::Timestamp;
use store::{Read, StoreError, Write, params};

const CLAIM: &str = "insert into program_case (program, key, mark, case_id, number, filed_at) values ($1, $2, $3, '', '', $4) \
    on conflict (program, key) do nothing";
const CLAIMED: &str = "select mark, number from program_case where program = $1 and key = $2";
const FILED: &str = "update program_case set case_id = $3, number = $4, procedure = $5 where program = $1 and key = $2";
const FILED_BY: &str = "select 1 from program_case where program = $1 and number = $2";

/// What became of a key.
pub(crate) enum Claim {
    /// It is new: file under it.
    New,
    /// The same body was filed under it.
    Filed(CaseNumber),
    /// Another body was filed under it.
    Other,
}

/// Takes a key for a filing, once. Two at the same moment: the second waits for the first and finds its case.
pub(crate) fn claim(tx: &Write<'_>, program: ProgramId, key: &str, mark: &str, now: Timestamp) -> Result<Claim, StoreError> {
    if tx.run(CLAIM, params![program.to_string(), key, mark, now])? == 1 {
        return Ok(Claim::New);
    }
    claimed(tx, program, key, mark)?.ok_or(StoreError::Busy)
}

/// What was filed under a key before; nothing where it is new.
pub(crate) fn claimed(tx: &Read<'_>, program: ProgramId, key: &str, mark: &str) -> Result<Option<Claim>, StoreError> {
    let Some(row) = tx.first(CLAIMED, params![program.to_string(), key])? else { return Ok(None) };
    if row.get::<String>(0)? != mark {
        return Ok(Some(Claim::Other));
    }
    let number = row.get::<String>(1)?.parse().map_err(|_| StoreError::damaged("program_case.number"))?;
    Ok(Some(Claim::Filed(number)))
}

/// The case that was filed under a key.
pub(crate) fn filed(tx: &Write<'_>, program: ProgramId, key: &str, case: &OwnCase) -> Result<(), StoreError> {
    let OwnCase { id, number, procedure, .. } = case;
    tx.run(FILED, params![program.to_string(), key, id.to_string(), number.plain(), procedure.as_str()]).map(drop)
}

/// Whether a program filed a case.
pub(crate) fn is_filed_by(tx: &Read<'_>, program: ProgramId, number: CaseNumber) -> Result<bool, StoreError> {
    Ok(tx.first(FILED_BY, params![program.to_string(), number.plain()])?.is_some())
}
