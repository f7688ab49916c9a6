//! A case with its whole story, for rooms that reckon with what happened: figures, logs. No names of people are needed there; whoever asks
//! takes what it counts and leaves the rest.

use access::{CaseId, ResidentId};
use definitions::{
    ids::{DepartmentId, ProcedureId},
    procedure::{Procedure, Version},
};
use jiff::civil::Date;
use store::{Read, Row, StoreError, keys::Keys, params};

use crate::{case::Case, event::Told, rows, sealed::column};

/// The case of this id and its story, oldest first.
///
/// # Errors
/// When the store fails.
pub fn of(tx: &Read<'_>, keys: &Keys, id: CaseId) -> Result<Option<(Case, Vec<Told>)>, StoreError> {
    let Some(case) = rows::desk::by_id(tx, keys, id)? else { return Ok(None) };
    let story = rows::desk::story(tx, keys, id)?;
    Ok(Some((case, story)))
}

/// The definition of a version, as the desk kept it.
///
/// # Errors
/// When the store fails.
pub fn procedure(tx: &Read<'_>, version: &Version) -> Result<Option<Procedure>, StoreError> {
    rows::procedure(tx, version)
}

/// The resident who filed a case, where the town knows it: by the linked account, else as staff found them.
///
/// # Errors
/// When the store fails.
pub fn applicant(tx: &Read<'_>, case: &Case) -> Result<Option<ResidentId>, StoreError> {
    rows::marks::resident_of(tx, case)
}

const AFTER: &str = "select id from case_ where id > $1 order by id limit $2";

/// The ids of all cases after one, in the order of their ids: for who goes through all of them piece by piece.
///
/// # Errors
/// When the store fails.
pub fn ids_after(tx: &Read<'_>, after: &str, limit: i64) -> Result<Vec<CaseId>, StoreError> {
    tx.all(AFTER, params![after, limit])?.iter().map(|row| column(row, 0, "case_.id")).collect()
}

/// How many cases of a procedure wait in a department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCases {
    /// Whose.
    pub department: DepartmentId,
    /// Of what.
    pub procedure: ProcedureId,
    /// How many are open.
    pub open: i64,
    /// Of these, how many are past the day by which the person hears.
    pub late: i64,
}

/// Reads `case_inbox_procedure` from end to end and no row: it costs as much as there are open cases, however many have ended.
const OPEN: &str = "select department, procedure, count(*), sum(case when due < $1 then 1 else 0 end) from case_ where open = 1 \
    group by department, procedure";

/// What is open today, by department and procedure.
///
/// # Errors
/// When the store fails.
pub fn open_cases(tx: &Read<'_>, today: Date) -> Result<Vec<OpenCases>, StoreError> {
    let found = |row: &Row| {
        Ok(OpenCases {
            department: column(row, 0, "case_.department")?,
            procedure: column(row, 1, "case_.procedure")?,
            open: row.get(2)?,
            late: row.get(3)?,
        })
    };
    tx.all(OPEN, params![today])?.iter().map(found).collect()
}
