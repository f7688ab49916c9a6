//! SQL of what lies at the counter before it is a case: drafts that their owners let the desk go on with, and sheets that a clerk is typing.

use access::{CaseId, StaffId};
use jiff::Timestamp;
use store::{Read, StoreError, Write, keys::Keys, params};

use crate::{
    attachments,
    desk::OpenSheet,
    parcel::{self, FILED, Lent},
    sealed::{seal, unseal},
};

const KEEP_LENT: &str = "insert into lent_draft (code, at, body, case_id, ends) values ($1, $2, $3, $4, $5) \
    on conflict (code) do update set at = excluded.at, body = excluded.body, case_id = excluded.case_id, ends = excluded.ends \
    where lent_draft.at < excluded.at and (lent_draft.case_id = excluded.case_id or lent_draft.ends < excluded.at)";
const KEEP_SHEET: &str = "insert into desk_sheet (case_id, staff, at, body) values ($1, $2, $3, $4) \
    on conflict (case_id, staff) do update set at = excluded.at, body = excluded.body";
const SHEET: &str = "select body from desk_sheet where case_id = $1 and staff = $2";
const SHEETS: &str = "select at, body from desk_sheet where staff = $1 order by at desc limit 20";
const OVER: &str = "select case_id from lent_draft where ends < $1 union select case_id from desk_sheet where at < $2";
const IS_WANTED: &str = "select 1 from case_ where id = $1 union all select 1 from lent_draft where case_id = $1 \
    union all select 1 from desk_sheet where case_id = $1 limit 1";

/// Days that a sheet which nobody files is kept: as long as a draft.
const SHEET_KEPT: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * crate::draft::DRAFT_KEPT_DAYS);

/// Keeps a draft that its owner let the desk go on with. Its code is by now a digest by the desk's own key: the portal's is another. A newer
/// state of the same draft takes its place, and so does another draft once the code has ended; one of a case that is here already is of no use.
pub(crate) fn keep_lent(tx: &Write<'_>, keys: &Keys, lent: &Lent) -> Result<(), StoreError> {
    if tx.first("select 1 from case_ where id = $1", params![&lent.case])?.is_some() {
        return Ok(());
    }
    let sealed = seal(keys, "lent_draft.body", lent)?;
    tx.run(KEEP_LENT, params![lent.code.as_str(), lent.at, sealed, &lent.case, lent.ends()]).map(drop)
}

/// The draft of a code, while it works.
pub(crate) fn lent(tx: &Read<'_>, keys: &Keys, code: &str, now: Timestamp) -> Result<Option<Lent>, StoreError> {
    let row = tx.first("select body from lent_draft where code = $1", params![code])?;
    let lent: Option<Lent> = row.map(|row| unseal(keys, "lent_draft.body", &row.get::<Vec<u8>>(0)?)).transpose()?;
    Ok(lent.filter(|lent| lent.still_works(now)))
}

/// A draft goes back to its owner or was thrown away by them: the desk knows it no more, unless it was lent again since.
pub(crate) fn give_back(tx: &Write<'_>, case: CaseId, at: Timestamp) -> Result<(), StoreError> {
    tx.run("delete from lent_draft where case_id = $1 and at <= $2", params![case.to_string(), at])?;
    forget_files(tx, &case.to_string())
}

/// Keeps a sheet as its clerk has it.
pub(crate) fn keep_sheet(tx: &Write<'_>, keys: &Keys, staff: StaffId, sheet: &OpenSheet, now: Timestamp) -> Result<(), StoreError> {
    let sealed = seal(keys, "desk_sheet.body", sheet)?;
    tx.run(KEEP_SHEET, params![sheet.case.to_string(), staff.to_string(), now, sealed]).map(drop)
}

/// Keeps a sheet of a draft that was taken over, unless this clerk went on with it already and its owner has changed nothing since.
pub(crate) fn keep_newer_sheet(tx: &Write<'_>, keys: &Keys, staff: StaffId, taken: &OpenSheet, now: Timestamp) -> Result<(), StoreError> {
    let begun = sheet(tx, keys, staff, taken.case)?;
    if begun.is_some_and(|begun| begun.procedure == taken.procedure && begun.lent_at >= taken.lent_at) {
        return Ok(());
    }
    keep_sheet(tx, keys, staff, taken, now)
}

/// A clerk's own sheet.
pub(crate) fn sheet(tx: &Read<'_>, keys: &Keys, staff: StaffId, case: CaseId) -> Result<Option<OpenSheet>, StoreError> {
    let row = tx.first(SHEET, params![case.to_string(), staff.to_string()])?;
    row.map(|row| unseal(keys, "desk_sheet.body", &row.get::<Vec<u8>>(0)?)).transpose()
}

/// A clerk's own sheets, the newest first, each with its moment.
pub(crate) fn sheets_of(tx: &Read<'_>, keys: &Keys, staff: StaffId) -> Result<Vec<(Timestamp, OpenSheet)>, StoreError> {
    let rows = tx.all(SHEETS, params![staff.to_string()])?;
    rows.iter().map(|row| Ok((row.get(0)?, unseal(keys, "desk_sheet.body", &row.get::<Vec<u8>>(1)?)?))).collect()
}

/// Throws a clerk's own sheet away.
pub(crate) fn drop_sheet(tx: &Write<'_>, staff: StaffId, case: CaseId) -> Result<(), StoreError> {
    tx.run("delete from desk_sheet where case_id = $1 and staff = $2", params![case.to_string(), staff.to_string()])?;
    forget_files(tx, &case.to_string())
}

/// It became a case: nobody begins with the draft any more.
pub(crate) fn is_lent_no_more(tx: &Write<'_>, case: CaseId) -> Result<(), StoreError> {
    tx.run("delete from lent_draft where case_id = $1", params![case.to_string()]).map(drop)
}

/// It became a case by a clerk's hand: nobody goes on with the draft or with a sheet of it.
pub(crate) fn is_filed(tx: &Write<'_>, case: CaseId) -> Result<(), StoreError> {
    is_lent_no_more(tx, case)?;
    tx.run("delete from desk_sheet where case_id = $1", params![case.to_string()]).map(drop)
}

/// Deletes lent drafts whose codes have ended, sheets that nobody filed, and what came or was put for them. Says how many cases they would
/// have become.
pub(crate) fn sweep(tx: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let before = now.checked_sub(SHEET_KEPT).unwrap_or(Timestamp::UNIX_EPOCH);
    let over: Vec<String> = tx.all(OVER, params![now, before])?.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    tx.run("delete from lent_draft where ends < $1", params![now])?;
    tx.run("delete from desk_sheet where at < $1", params![before])?;
    over.iter().try_for_each(|case| forget_files(tx, case))?;
    Ok(over.len() as u64)
}

/// Files of a case that is none, for which nobody holds a draft or a sheet, and of which no filing waits.
fn forget_files(tx: &Write<'_>, case: &str) -> Result<(), StoreError> {
    let Ok(id) = case.parse::<CaseId>() else { return Ok(()) };
    let is_wanted = tx.first(IS_WANTED, params![case])?.is_some() || tx.is_set_aside(parcel::UP, &format!("{case}:{FILED}"))?;
    if is_wanted { Ok(()) } else { attachments::forget(tx, id) }
}
