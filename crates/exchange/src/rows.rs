//! SQL of this room: batches, files that came, and what became of their lines. Every statement is the same on both engines.

use access::{CaseId, StaffId};
use definitions::{ids::MappingId, mapping::Mapping};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use store::{Param, Read, Row, StoreError, Write, keys::Keys, params};

use crate::{batch::Batch, import::Import, problem::LineProblem};

const BATCH: &str = "id, mapping, number, state, by_whom, staff, made_at, phase, place_at, place_id, cases, lines, held, digest, form";

fn parsed<T: std::str::FromStr>(row: &Row, at: usize, name: &'static str) -> Result<T, StoreError> {
    row.get::<String>(at)?.parse().map_err(|_| StoreError::damaged(name))
}

fn staff_at(row: &Row, at: usize) -> Result<Option<StaffId>, StoreError> {
    row.get::<Option<String>>(at)?.map(|id| id.parse().map_err(|_| StoreError::damaged("exchange.staff"))).transpose()
}

pub(crate) fn seal<T: Serialize>(keys: &Keys, purpose: &'static str, value: &T) -> Result<Vec<u8>, StoreError> {
    keys.seal(purpose, &serde_json::to_vec(value).map_err(|_| StoreError::damaged(purpose))?)
}

pub(crate) fn unseal<T: DeserializeOwned>(keys: &Keys, purpose: &'static str, sealed: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(&keys.unseal(purpose, sealed)?).map_err(|_| StoreError::damaged(purpose))
}

fn batch(row: &Row) -> Result<Batch, StoreError> {
    Ok(Batch {
        id: row.get(0)?,
        mapping: parsed(row, 1, "exchange_batch.mapping")?,
        number: row.get(2)?,
        is_ready: row.get::<String>(3)? == "ready",
        by: row.get(4)?,
        staff: staff_at(row, 5)?,
        made_at: row.get(6)?,
        phase: row.get(7)?,
        place: (row.get(8)?, row.get(9)?),
        cases: row.get(10)?,
        lines: row.get(11)?,
        held: row.get(12)?,
        digest: row.get(13)?,
        form: row.get(14)?,
    })
}

pub(crate) fn batch_by_id(tx: &Read<'_>, id: &str) -> Result<Option<Batch>, StoreError> {
    tx.first(&format!("select {BATCH} from exchange_batch where id = $1"), params![id])?.map(|row| batch(&row)).transpose()
}

/// Newest first.
pub(crate) fn batches(tx: &Read<'_>, mapping: &MappingId, limit: i64) -> Result<Vec<Batch>, StoreError> {
    let sql = format!("select {BATCH} from exchange_batch where mapping = $1 order by number desc limit $2");
    tx.all(&sql, params![mapping.to_string(), limit])?.iter().map(batch).collect()
}

pub(crate) fn batch_by_number(tx: &Read<'_>, mapping: &MappingId, number: i64) -> Result<Option<Batch>, StoreError> {
    let sql = format!("select {BATCH} from exchange_batch where mapping = $1 and number = $2");
    tx.first(&sql, params![mapping.to_string(), number])?.map(|row| batch(&row)).transpose()
}

pub(crate) fn insert_batch(tx: &Write<'_>, new: &Batch) -> Result<(), StoreError> {
    let sql = format!(
        "insert into exchange_batch ({BATCH}, stopping) values ($1, $2, $3, 'making', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0)"
    );
    let values: Vec<Param> = vec![
        new.id.as_str().into(),
        new.mapping.to_string().into(),
        new.number.into(),
        new.by.as_str().into(),
        new.staff.map(|id| id.to_string()).into(),
        new.made_at.into(),
        new.phase.into(),
        new.place.0.into(),
        new.place.1.as_str().into(),
        new.cases.into(),
        new.lines.into(),
        new.held.into(),
        new.digest.as_str().into(),
        new.form.as_str().into(),
    ];
    tx.run(&sql, &values).map(drop)
}

const GO_ON: &str = "update exchange_batch set state = $2, phase = $3, place_at = $4, place_id = $5, cases = $6, lines = $7, held = $8, \
    digest = $9 where id = $1";

pub(crate) fn keep_batch(tx: &Write<'_>, batch: &Batch) -> Result<(), StoreError> {
    let state = if batch.is_ready { "ready" } else { "making" };
    let values: Vec<Param> = vec![
        batch.id.as_str().into(),
        state.into(),
        batch.phase.into(),
        batch.place.0.into(),
        batch.place.1.as_str().into(),
        batch.cases.into(),
        batch.lines.into(),
        batch.held.into(),
        batch.digest.as_str().into(),
    ];
    tx.run(GO_ON, &values).map(drop)
}

/// Whether a case was handed over by a mapping.
pub(crate) fn is_handed(tx: &Read<'_>, mapping: &MappingId, case: CaseId) -> Result<Option<bool>, StoreError> {
    let row =
        tx.first("select batch from exchange_case where mapping = $1 and case_id = $2", params![mapping.to_string(), case.to_string()])?;
    row.map(|row| Ok(row.get::<Option<String>>(0)?.is_some())).transpose()
}

const KEEP_CASE: &str = "insert into exchange_case (mapping, case_id, batch, place, why) values ($1, $2, $3, $4, $5) \
    on conflict (mapping, case_id) do update set batch = excluded.batch, place = excluded.place, why = excluded.why";

pub(crate) fn handed(tx: &Write<'_>, mapping: &MappingId, case: CaseId, batch: &str, place: i64) -> Result<(), StoreError> {
    tx.run(KEEP_CASE, params![mapping.to_string(), case.to_string(), Some(batch.to_owned()), Some(place), None::<Vec<u8>>]).map(drop)
}

pub(crate) fn held(tx: &Write<'_>, keys: &Keys, mapping: &MappingId, case: CaseId, why: &[LineProblem]) -> Result<(), StoreError> {
    let why = seal(keys, "exchange_case.why", &why)?;
    tx.run(KEEP_CASE, params![mapping.to_string(), case.to_string(), None::<String>, None::<i64>, Some(why)]).map(drop)
}

/// Cases that are held back, after one, with what is to be mended.
pub(crate) fn held_after(
    tx: &Read<'_>,
    keys: &Keys,
    mapping: &MappingId,
    after: &str,
    limit: i64,
) -> Result<Vec<(CaseId, Vec<LineProblem>)>, StoreError> {
    let sql = "select case_id, why from exchange_case where mapping = $1 and batch is null and case_id > $2 order by case_id limit $3";
    tx.all(sql, params![mapping.to_string(), after, limit])?
        .iter()
        .map(|row| {
            let why: Option<Vec<u8>> = row.get(1)?;
            let why = why.map(|why| unseal(keys, "exchange_case.why", &why)).transpose()?.unwrap_or_default();
            Ok((parsed(row, 0, "exchange_case.case_id")?, why))
        })
        .collect()
}

/// The cases of a batch after a place.
pub(crate) fn in_batch(tx: &Read<'_>, batch: &str, after: i64, limit: i64) -> Result<Vec<(i64, CaseId)>, StoreError> {
    let sql = "select place, case_id from exchange_case where batch = $1 and place > $2 order by place limit $3";
    tx.all(sql, params![batch, after, limit])?.iter().map(|row| Ok((row.get(0)?, parsed(row, 1, "exchange_case.case_id")?))).collect()
}

const IMPORT: &str = "id, mapping, digest, name, by_whom, staff, made_at, state, next_row, taken, same, wrong, bytes";

fn import(row: &Row) -> Result<Import, StoreError> {
    Ok(Import {
        id: row.get(0)?,
        mapping: parsed(row, 1, "exchange_import.mapping")?,
        digest: row.get(2)?,
        name: row.get(3)?,
        by: row.get(4)?,
        staff: staff_at(row, 5)?,
        made_at: row.get(6)?,
        state: crate::import::State::from_word(&row.get::<String>(7)?).ok_or(StoreError::damaged("exchange_import.state"))?,
        next_row: row.get(8)?,
        taken: row.get(9)?,
        same: row.get(10)?,
        wrong: row.get(11)?,
        bytes: row.get(12)?,
    })
}

pub(crate) fn import_by_id(tx: &Read<'_>, id: &str) -> Result<Option<Import>, StoreError> {
    tx.first(&format!("select {IMPORT} from exchange_import where id = $1"), params![id])?.map(|row| import(&row)).transpose()
}

pub(crate) fn import_by_digest(tx: &Read<'_>, mapping: &MappingId, digest: &str) -> Result<Option<Import>, StoreError> {
    let sql = format!("select {IMPORT} from exchange_import where mapping = $1 and digest = $2");
    tx.first(&sql, params![mapping.to_string(), digest])?.map(|row| import(&row)).transpose()
}

/// Newest first.
pub(crate) fn imports(tx: &Read<'_>, mapping: &MappingId, limit: i64) -> Result<Vec<Import>, StoreError> {
    let sql = format!("select {IMPORT} from exchange_import where mapping = $1 order by made_at desc, id desc limit $2");
    tx.all(&sql, params![mapping.to_string(), limit])?.iter().map(import).collect()
}

pub(crate) fn insert_import(tx: &Write<'_>, new: &Import) -> Result<(), StoreError> {
    let sql =
        format!("insert into exchange_import ({IMPORT}, stopping) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0)");
    let values: Vec<Param> = vec![
        new.id.as_str().into(),
        new.mapping.to_string().into(),
        new.digest.as_str().into(),
        new.name.as_str().into(),
        new.by.as_str().into(),
        new.staff.map(|id| id.to_string()).into(),
        new.made_at.into(),
        new.state.word().into(),
        new.next_row.into(),
        new.taken.into(),
        new.same.into(),
        new.wrong.into(),
        new.bytes.into(),
    ];
    tx.run(&sql, &values).map(drop)
}

const KEEP_IMPORT: &str = "update exchange_import set state = $2, next_row = $3, taken = $4, same = $5, wrong = $6, \
    by_whom = $7, staff = $8 where id = $1";

pub(crate) fn keep_import(tx: &Write<'_>, import: &Import) -> Result<(), StoreError> {
    let values: Vec<Param> = vec![
        import.id.as_str().into(),
        import.state.word().into(),
        import.next_row.into(),
        import.taken.into(),
        import.same.into(),
        import.wrong.into(),
        import.by.as_str().into(),
        import.staff.map(|id| id.to_string()).into(),
    ];
    tx.run(KEEP_IMPORT, &values).map(drop)
}

/// Problems of lines, after a place.
pub(crate) fn lines_after(tx: &Read<'_>, keys: &Keys, import: &str, after: i64, limit: i64) -> Result<Vec<(i64, LineProblem)>, StoreError> {
    let sql = "select place, why from exchange_import_line where import = $1 and place > $2 order by place limit $3";
    tx.all(sql, params![import, after, limit])?
        .iter()
        .map(|row| Ok((row.get(0)?, unseal(keys, "exchange_import_line.why", &row.get::<Vec<u8>>(1)?)?)))
        .collect()
}

pub(crate) fn add_line(tx: &Write<'_>, keys: &Keys, import: &str, place: i64, problem: &LineProblem) -> Result<(), StoreError> {
    let sql = "insert into exchange_import_line (import, place, line, column_at, why) values ($1, $2, $3, $4, $5) \
        on conflict (import, place) do nothing";
    let (line, column) = (i64::try_from(problem.line).unwrap_or(i64::MAX), i64::try_from(problem.column.unwrap_or(0)).unwrap_or(0));
    tx.run(sql, params![import, place, line, column, seal(keys, "exchange_import_line.why", problem)?]).map(drop)
}

pub(crate) fn forget_lines(tx: &Write<'_>, import: &str) -> Result<(), StoreError> {
    tx.run("delete from exchange_import_line where import = $1", params![import]).map(drop)
}

pub(crate) fn add_piece(tx: &Write<'_>, keys: &Keys, import: &str, place: i64, bytes: &[u8]) -> Result<(), StoreError> {
    let sealed = keys.seal("exchange_piece.sealed", bytes)?;
    let sql = "insert into exchange_piece (import, place, sealed) values ($1, $2, $3) on conflict (import, place) do nothing";
    tx.run(sql, params![import, place, sealed]).map(drop)
}

pub(crate) fn piece(tx: &Read<'_>, keys: &Keys, import: &str, place: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let row = tx.first("select sealed from exchange_piece where import = $1 and place = $2", params![import, place])?;
    row.map(|row| keys.unseal("exchange_piece.sealed", &row.get::<Vec<u8>>(0)?)).transpose()
}

/// Whether the bytes of an import lie here: those that were brought at the terminal never did.
pub(crate) fn has_pieces(tx: &Read<'_>, import: &str) -> Result<bool, StoreError> {
    Ok(tx.first("select 1 from exchange_piece where import = $1 limit 1", params![import])?.is_some())
}

/// The bytes that came once more take the place of those of an import.
pub(crate) fn move_pieces(tx: &Write<'_>, from: &str, to: &str) -> Result<(), StoreError> {
    forget_pieces(tx, to)?;
    tx.run("update exchange_piece set import = $2 where import = $1", params![from, to]).map(drop)
}

pub(crate) fn forget_pieces(tx: &Write<'_>, import: &str) -> Result<(), StoreError> {
    tx.run("delete from exchange_piece where import = $1", params![import]).map(drop)
}

/// Notes that a line about a case is taken. No: it was before.
pub(crate) fn take(tx: &Write<'_>, mapping: &Mapping, mark: &str, import: &str) -> Result<bool, StoreError> {
    let sql = "insert into exchange_taken (mapping, mark, import) values ($1, $2, $3) on conflict (mapping, mark) do nothing";
    Ok(tx.run(sql, params![mapping.id.to_string(), mark, import])? == 1)
}

/// What is known of an application that came from elsewhere.
pub(crate) struct Arrived {
    pub source_number: String,
    pub case: CaseId,
    pub at: Timestamp,
    pub signature: String,
    pub told: String,
}

pub(crate) fn arrived(tx: &Read<'_>, mapping: &MappingId, source_number: &str) -> Result<Option<CaseId>, StoreError> {
    let sql = "select case_id from exchange_arrived where mapping = $1 and source_number = $2";
    tx.first(sql, params![mapping.to_string(), source_number])?.map(|row| parsed(&row, 0, "exchange_arrived.case_id")).transpose()
}

pub(crate) fn add_arrived(tx: &Write<'_>, mapping: &MappingId, new: &Arrived) -> Result<bool, StoreError> {
    let sql = "insert into exchange_arrived (mapping, source_number, case_id, at, signature, told) values ($1, $2, $3, $4, $5, $6) \
        on conflict (mapping, source_number) do nothing";
    let Arrived { source_number, case, at, signature, told } = new;
    Ok(tx.run(sql, params![mapping.to_string(), source_number.as_str(), case.to_string(), *at, signature.as_str(), told.as_str()])? == 1)
}

pub(crate) fn arrived_after(tx: &Read<'_>, mapping: &MappingId, after: &str, limit: i64) -> Result<Vec<Arrived>, StoreError> {
    let sql = "select source_number, case_id, at, signature, told from exchange_arrived where mapping = $1 and source_number > $2 \
        order by source_number limit $3";
    tx.all(sql, params![mapping.to_string(), after, limit])?.iter().map(arrived_of).collect()
}

/// The newest first, before a case or from the last on: ids of cases are in the order of time.
pub(crate) fn arrived_before(tx: &Read<'_>, mapping: &MappingId, before: Option<CaseId>, limit: i64) -> Result<Vec<Arrived>, StoreError> {
    // No id begins with a letter behind f.
    let before = before.map_or_else(|| "g".to_owned(), |case| case.to_string());
    tx.all(ARRIVED_BEFORE, params![mapping.to_string(), before, limit])?.iter().map(arrived_of).collect()
}

/// An index of its own answers it, however many came.
pub(crate) const ARRIVED_BEFORE: &str = "select source_number, case_id, at, signature, told from exchange_arrived \
    where mapping = $1 and case_id < $2 order by case_id desc limit $3";

fn arrived_of(row: &Row) -> Result<Arrived, StoreError> {
    Ok(Arrived {
        source_number: row.get(0)?,
        case: parsed(row, 1, "exchange_arrived.case_id")?,
        at: row.get(2)?,
        signature: row.get(3)?,
        told: row.get(4)?,
    })
}

pub(crate) fn told(tx: &Write<'_>, mapping: &MappingId, source_number: &str, told: &str) -> Result<(), StoreError> {
    let sql = "update exchange_arrived set told = $3 where mapping = $1 and source_number = $2";
    tx.run(sql, params![mapping.to_string(), source_number, told]).map(drop)
}
