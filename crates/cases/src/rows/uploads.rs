//! SQL of files on their way in pieces, on the residents' side.

use jiff::Timestamp;
use store::{Read, Row, StoreError, Write, keys::Keys, params};

use crate::{
    draft::DraftId,
    sealed::{column, seal, unseal},
    uploads::{KEPT, OPEN_MAX, Upload, UploadId},
};

const INSERT: &str = "insert into case_upload (id, draft, field, offered, session, size, received, label, done, created_at) \
    values ($1, $2, $3, $4, $5, $6, 0, $7, 0, $8)";
const COLUMNS: &str = "select id, draft, field, size, received, label, done from case_upload";
const OPEN_SIZES: &str = "select size from case_upload where session = $1 and done = 0 and created_at > $2 limit $3";
const ADD_PIECE: &str = "insert into case_upload_piece (upload, at, sealed) values ($1, $2, $3)";
const GROW: &str = "update case_upload set received = $3, label = $4 where id = $1 and received = $2 and done = 0";
const PIECE: &str = "select sealed from case_upload_piece where upload = $1 and at = $2";
const END: &str = "update case_upload set done = 1 where id = $1 and done = 0";
const DROP_PIECES: &str = "delete from case_upload_piece where upload = $1";
const DROP: &str = "delete from case_upload where id = $1";
const OF_DRAFT: &str = "select id from case_upload where draft = $1";
const OLD: &str = "select id from case_upload where created_at <= $1 order by created_at limit $2";

/// What came before this is not there any more, swept or not.
fn since(now: Timestamp) -> Timestamp {
    now.checked_sub(KEPT).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn upload(keys: &Keys, row: &Row) -> Result<Upload, StoreError> {
    Ok(Upload {
        id: column(row, 0, "case_upload.id")?,
        draft: column(row, 1, "case_upload.draft")?,
        field: row.get(2)?,
        size: row.get(3)?,
        received: row.get(4)?,
        label: unseal(keys, "case_upload.label", &row.get::<Vec<u8>>(5)?)?,
        done: row.get(6)?,
    })
}

/// Begins one. `offered` is the browser's name for it, `session` pays for it.
pub(crate) fn insert(tx: &Write<'_>, keys: &Keys, new: &Upload, offered: &str, session: &str, now: Timestamp) -> Result<(), StoreError> {
    let label = seal(keys, "case_upload.label", &new.label)?;
    tx.run(INSERT, params![new.id.to_string(), new.draft.to_string(), &new.field, offered, session, new.size, label, now]).map(drop)
}

/// The one with this id, of this draft and question.
pub(crate) fn find(
    tx: &Read<'_>,
    keys: &Keys,
    draft: DraftId,
    field: &str,
    id: UploadId,
    now: Timestamp,
) -> Result<Option<Upload>, StoreError> {
    let sql = format!("{COLUMNS} where id = $1 and draft = $2 and field = $3 and created_at > $4");
    tx.first(&sql, params![id.to_string(), draft.to_string(), field, since(now)])?.map(|row| upload(keys, &row)).transpose()
}

/// The one that the browser calls so.
pub(crate) fn offered(tx: &Read<'_>, keys: &Keys, draft: DraftId, offered: &str) -> Result<Option<Upload>, StoreError> {
    let sql = format!("{COLUMNS} where draft = $1 and offered = $2");
    tx.first(&sql, params![draft.to_string(), offered])?.map(|row| upload(keys, &row)).transpose()
}

/// Those of a draft that something has arrived of and something is missing.
pub(crate) fn half_sent(tx: &Read<'_>, keys: &Keys, draft: DraftId, now: Timestamp) -> Result<Vec<Upload>, StoreError> {
    let sql = format!("{COLUMNS} where draft = $1 and done = 0 and received > 0 and created_at > $2 order by created_at limit $3");
    tx.all(&sql, params![draft.to_string(), since(now), OPEN_MAX])?.iter().map(|row| upload(keys, row)).collect()
}

/// The sizes of what a session has begun and not ended, at most [`OPEN_MAX`] of them.
pub(crate) fn open_sizes(tx: &Read<'_>, session: &str, now: Timestamp) -> Result<Vec<u32>, StoreError> {
    tx.all(OPEN_SIZES, params![session, since(now), OPEN_MAX])?.iter().map(|row| row.get(0)).collect()
}

/// Where a piece lies: one that is moved elsewhere does not open.
fn purpose(id: UploadId, at: u32) -> String {
    format!("case_upload_piece {id} {at}")
}

/// Seals a piece for its place.
pub(crate) fn sealed_piece(keys: &Keys, id: UploadId, at: u32, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    keys.seal(&purpose(id, at), bytes)
}

/// Adds a sealed piece behind what is there. Says no, and has changed nothing, when something else was added first.
pub(crate) fn add_piece(tx: &Write<'_>, keys: &Keys, before: u32, grown: &Upload, sealed: &[u8]) -> Result<bool, StoreError> {
    let (id, label) = (grown.id.to_string(), seal(keys, "case_upload.label", &grown.label)?);
    if tx.run(GROW, params![&id, before, grown.received, label])? == 0 {
        return Ok(false);
    }
    tx.run(ADD_PIECE, params![&id, before, sealed])?;
    Ok(true)
}

/// A piece by where it begins.
pub(crate) fn piece(tx: &Read<'_>, keys: &Keys, id: UploadId, at: u32) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(row) = tx.first(PIECE, params![id.to_string(), at])? else { return Ok(None) };
    keys.unseal(&purpose(id, at), &row.get::<Vec<u8>>(0)?).map(Some).map_err(|_| StoreError::damaged("case_upload_piece.sealed"))
}

/// Marks one as whole and drops its pieces: the file is kept elsewhere. Says no when another request has done so.
pub(crate) fn end(tx: &Write<'_>, id: UploadId) -> Result<bool, StoreError> {
    let ended = tx.run(END, params![id.to_string()])? == 1;
    tx.run(DROP_PIECES, params![id.to_string()])?;
    Ok(ended)
}

/// Throws one away with its pieces.
pub(crate) fn discard(tx: &Write<'_>, id: &str) -> Result<(), StoreError> {
    tx.run(DROP_PIECES, params![id])?;
    tx.run(DROP, params![id]).map(drop)
}

/// Throws away what belongs to a draft.
pub(crate) fn discard_of(tx: &Write<'_>, draft: DraftId) -> Result<(), StoreError> {
    tx.all(OF_DRAFT, params![draft.to_string()])?.iter().try_for_each(|row| discard(tx, &row.get::<String>(0)?))
}

/// Throws away at most so many that have run out. Says how many went.
pub(crate) fn sweep(tx: &Write<'_>, now: Timestamp, at_most: u32) -> Result<u64, StoreError> {
    let old = tx.all(OLD, params![since(now), at_most])?;
    old.iter().try_for_each(|row| discard(tx, &row.get::<String>(0)?))?;
    Ok(old.len() as u64)
}
