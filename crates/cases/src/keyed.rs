//! 用紙の入力: what a clerk made a case of. The scans show the sheet as a whole, whatever its questions ask for; they are read with the case.

use access::{CaseId, StaffId};
use definitions::answer::FileAnswer;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::{Read, StoreError, Write, keys::Keys, params};

use crate::sealed::{seal, unseal};

/// Scans of one sheet: a form of five leaves, both sides.
pub const SCANS_MAX: usize = 10;

const KEEP: &str = "insert into case_keyed (case_id, staff, day, body) values ($1, $2, $3, $4) on conflict (case_id) do nothing";
const COUNT: &str = "select count(*) from case_keyed where staff = $1 and day = $2";
const SCANS: &str = "select body from case_keyed where case_id = $1";

/// A sheet of paper that became a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Keyed {
    /// Pictures or documents of the sheet, in their order.
    pub scans: Vec<FileAnswer>,
}

/// Notes that a clerk made a case of a sheet. What was noted first stays.
///
/// # Errors
/// When the store fails.
pub fn keep(tx: &Write<'_>, keys: &Keys, case: CaseId, staff: StaffId, day: Date, sheet: &Keyed) -> Result<(), StoreError> {
    let sealed = seal(keys, "case_keyed.body", sheet)?;
    tx.run(KEEP, params![case.to_string(), staff.to_string(), day.to_string(), sealed]).map(drop)
}

/// How many sheets a clerk made cases of on a day.
///
/// # Errors
/// When the store fails.
pub fn count(tx: &Read<'_>, staff: StaffId, day: Date) -> Result<i64, StoreError> {
    tx.first(COUNT, params![staff.to_string(), day.to_string()])?.map_or(Ok(0), |row| row.get(0))
}

/// The scans of the sheet that a case was made of; none of a case that came another way.
///
/// # Errors
/// When the store fails.
pub fn scans(tx: &Read<'_>, keys: &Keys, case: CaseId) -> Result<Vec<FileAnswer>, StoreError> {
    let row = tx.first(SCANS, params![case.to_string()])?;
    let keyed: Option<Keyed> = row.map(|row| unseal(keys, "case_keyed.body", &row.get::<Vec<u8>>(0)?)).transpose()?;
    Ok(keyed.unwrap_or_default().scans)
}
