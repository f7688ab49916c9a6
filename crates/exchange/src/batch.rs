//! 一回分 (batch): a numbered set of decided cases that were not yet handed over.
//!
//! It is made a few cases in a transaction, and each transaction says how far it came: after a power cut it goes on with the next case. A case
//! whose line cannot be written is held back with what is to be mended, and comes with the first batch after that. What was handed over is
//! never handed over again by the same mapping; the file of a batch can be had again as often as it gets lost.

use std::{collections::HashMap, sync::Arc};

use access::{Act, CaseId, RecordKind, StaffId, looked};
use cases::{Case, case::Stage, handing};
use definitions::{
    ids::MappingId,
    mapping::{Direction, Lacking, Mapping, lines},
    procedure::{Procedure, Version},
};
use jiff::{Timestamp, civil::Date};
use sha2::{Digest, Sha256};
use store::{Desk, Entry, Read, StoreError, Write};

use crate::{
    file::{Out, encoding},
    office::{By, Office, cases_of},
    problem::LineProblem,
    rows,
};

/// Cases looked at in one transaction.
const TOGETHER: i64 = 100;
/// Pages of cases that were handed over already, passed by in one transaction.
const PAGES_PASSED: usize = 20;
/// Cases of one snapshot while the file is written.
const READ_TOGETHER: i64 = 500;

/// A batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Its id.
    pub id: String,
    /// Of which mapping.
    pub mapping: MappingId,
    /// 第n回, counted for each mapping.
    pub number: i64,
    /// Whether it is whole.
    pub is_ready: bool,
    /// Whether somebody asked it to end where it is.
    pub stopping: bool,
    /// Who began it, by name.
    pub by: String,
    /// Likewise, where they are staff.
    pub staff: Option<StaffId>,
    /// When.
    pub made_at: Timestamp,
    pub(crate) phase: i64,
    pub(crate) place: (Timestamp, String),
    /// Cases in it.
    pub cases: i64,
    /// Lines in it.
    pub lines: i64,
    /// Cases that were held back.
    pub held: i64,
    /// Of its lines, each after the other.
    pub digest: String,
    /// Digest of the mapping by which it was made.
    pub form: String,
}

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub enum NotHanded {
    /// There is no such mapping out, or not for this person.
    #[error("no such mapping for this person")]
    NotFound,
    /// The file could not be written.
    #[error("the file could not be written: {0}")]
    File(#[from] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A mapping out and its procedure, for somebody who may take its cases out.
pub(crate) fn allowed<'o>(office: &'o Office, mapping: &Mapping, by: &By) -> Result<(&'o Arc<Procedure>, String), NotHanded> {
    let procedure = office.procedure(mapping).filter(|_| mapping.direction == Direction::Out).ok_or(NotHanded::NotFound)?;
    let authority = by.may(Act::Export, &cases_of(procedure)).ok_or(NotHanded::NotFound)?;
    Ok((procedure, authority))
}

/// Begins a batch, or gives back the one of the mapping that is being made. `since` passes over what was decided before that day.
///
/// # Errors
/// Not for this person, or the store failed.
pub fn begin(
    tx: &Write<'_>,
    office: &Office,
    mapping: &Mapping,
    by: &By,
    name: &str,
    since: Option<Date>,
    id: &str,
) -> Result<Batch, NotHanded> {
    let (_, authority) = allowed(office, mapping, by)?;
    let before = rows::batches(tx, &mapping.id, 1)?.into_iter().next();
    if let Some(making) = before.as_ref().filter(|batch| !batch.is_ready) {
        return Ok(making.clone());
    }
    // What was decided by another node in the hour before may have been written after the last batch had passed.
    let earlier = before.as_ref().and_then(|batch| batch.place.0.checked_sub(jiff::SignedDuration::from_hours(1)).ok());
    let from = since.map(cases::clock::noon).and_then(|noon| noon.checked_sub(jiff::SignedDuration::from_hours(12)).ok());
    let batch = Batch {
        id: id.to_owned(),
        mapping: mapping.id.clone(),
        number: before.as_ref().map_or(0, |batch| batch.number) + 1,
        is_ready: false,
        stopping: false,
        by: name.to_owned(),
        staff: by.staff(),
        made_at: tx.now(),
        phase: 0,
        place: (from.into_iter().chain(earlier).max().unwrap_or(Timestamp::UNIX_EPOCH), String::new()),
        cases: 0,
        lines: 0,
        held: 0,
        digest: String::new(),
        form: form_digest(mapping),
    };
    rows::insert_batch(tx, &batch)?;
    journal(tx, by, &authority, &batch, "batch-begun", "")?;
    Ok(batch)
}

fn journal(tx: &Write<'_>, by: &By, authority: &str, batch: &Batch, what: &'static str, why: &str) -> Result<(), StoreError> {
    let (actor, record) = (by.actor(), format!("{}-{}", batch.mapping, batch.number));
    tx.journal(&Entry { actor, what, kind: "batch", record, authority: authority.to_owned(), why: why.to_owned() })
}

fn form_digest(mapping: &Mapping) -> String {
    let json = serde_json::to_vec(mapping).unwrap_or_default();
    hex(&Sha256::digest(&json))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Asks a batch to end where it is: what is in it is handed over, the rest comes with the next.
///
/// # Errors
/// Not for this person, or the store failed.
pub fn stop(tx: &Write<'_>, office: &Office, mapping: &Mapping, by: &By, id: &str) -> Result<(), NotHanded> {
    allowed(office, mapping, by)?;
    Ok(rows::stop_batch(tx, id)?)
}

/// Goes on with a batch by some cases. Done again after a power cut, it goes on where the last transaction ended.
///
/// # Errors
/// Not for this person (any more), or the store failed.
pub fn go_on(tx: &Write<'_>, office: &Office, mapping: &Mapping, by: &By, id: &str) -> Result<Batch, NotHanded> {
    let (procedure, authority) = allowed(office, mapping, by)?;
    let mut batch = rows::batch_by_id(tx, id)?.filter(|batch| batch.mapping == mapping.id).ok_or(NotHanded::NotFound)?;
    if batch.is_ready {
        return Ok(batch);
    }
    let Candidates { cases: found, ended } = candidates(tx, office, mapping, &mut batch, procedure)?;
    batch.is_ready = batch.stopping || (ended && batch.phase == 1);
    if ended && batch.phase == 0 {
        batch.phase = 1;
        batch.place.1 = String::new();
    }
    let mut definitions = Definitions::default();
    let mut looks = Vec::new();
    if !batch.stopping {
        for case in found {
            let Some(case) = handing::case(tx, &office.keys, case)? else { continue };
            let definition = definitions.of(tx, &case)?;
            let Some(authority) = wanted(mapping, by, &case, &definition) else { continue };
            looks.push((case.id.to_string(), authority));
            take(tx, office, mapping, &mut batch, &case, &definition)?;
        }
    }
    if let By::Staff(staff) = by {
        let looks: Vec<_> = looks.into_iter().filter_map(|(id, authority)| Some((id, authority?))).collect();
        looked::looked_at(tx, staff, RecordKind::Case, &looks, &format!("exchange:{}", batch.mapping))?;
    }
    rows::keep_batch(tx, &batch)?;
    if batch.is_ready {
        journal(tx, by, &authority, &batch, "batch-ready", "")?;
    }
    Ok(batch)
}

/// The next cases to look at.
#[derive(Default)]
struct Candidates {
    cases: Vec<CaseId>,
    /// Whether there are no more of this phase.
    ended: bool,
}

/// The next cases to look at; the batch's place goes on behind them.
fn candidates(
    tx: &Read<'_>,
    office: &Office,
    mapping: &Mapping,
    batch: &mut Batch,
    procedure: &Procedure,
) -> Result<Candidates, StoreError> {
    if batch.stopping {
        return Ok(Candidates::default());
    }
    if batch.phase == 0 {
        let held = rows::held_after(tx, &office.keys, &mapping.id, &batch.place.1, TOGETHER)?;
        if let Some((last, _)) = held.last() {
            batch.place.1 = last.to_string();
        }
        return Ok(Candidates { ended: held.is_empty(), cases: held.into_iter().map(|(case, _)| case).collect() });
    }
    let mut found = Candidates::default();
    // What was handed over already is passed by quickly, some pages of it in one transaction.
    for _ in 0..PAGES_PASSED {
        let decided = handing::decided(tx, &procedure.id, &batch.place, TOGETHER)?;
        let Some((at, last)) = decided.last() else {
            found.ended = true;
            break;
        };
        batch.place = (*at, last.to_string());
        for (_, case) in decided {
            if rows::is_handed(tx, &mapping.id, case)?.is_none() {
                found.cases.push(case);
            }
        }
        if !found.cases.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// Definitions by their versions: most cases of a batch were filed under one.
#[derive(Default)]
struct Definitions(HashMap<Version, Arc<Procedure>>);

impl Definitions {
    fn of(&mut self, tx: &Read<'_>, case: &Case) -> Result<Arc<Procedure>, StoreError> {
        if let Some(known) = self.0.get(&case.version) {
            return Ok(Arc::clone(known));
        }
        let procedure = Arc::new(handing::procedure(tx, &case.version)?);
        self.0.insert(case.version.clone(), Arc::clone(&procedure));
        Ok(procedure)
    }
}

/// Whether a case belongs into batches of this mapping, and on what authority it is looked at: none in it for the terminal.
fn wanted(mapping: &Mapping, by: &By, case: &Case, procedure: &Procedure) -> Option<Option<access::Authority>> {
    let Stage::Decided { proposal, .. } = &case.stage else { return None };
    if !mapping.outcomes.is_empty() && !mapping.outcomes.contains(&proposal.outcome) {
        return None;
    }
    match by {
        By::Terminal => Some(None),
        By::Staff(staff) => {
            let seen = cases::verbs::attributes(case, cases::case::sensitivity(procedure));
            access::may(staff, Act::Export, &seen).map(Some)
        }
    }
}

fn take(
    tx: &Write<'_>,
    office: &Office,
    mapping: &Mapping,
    batch: &mut Batch,
    case: &Case,
    procedure: &Procedure,
) -> Result<(), StoreError> {
    let (written, problems) = written(tx, mapping, procedure, case)?;
    match written {
        None => {
            batch.held += 1;
            rows::held(tx, &office.keys, &mapping.id, case.id, &problems)
        }
        Some(written) => {
            batch.cases += 1;
            for line in &written {
                batch.lines += 1;
                batch.digest = chained(&batch.digest, line);
            }
            rows::handed(tx, &mapping.id, case.id, &batch.id, batch.cases)
        }
    }
}

/// The digest of all lines up to this one.
fn chained(before: &str, line: &[String]) -> String {
    let mut digest = Sha256::new().chain_update(before);
    for cell in line {
        digest.update(cell);
        digest.update([0]);
    }
    hex(&digest.finalize())
}

/// Lines of a file, cell by cell.
type Cells = Vec<Vec<String>>;

/// The lines of a case as they stand in the file; none when something cannot be written. What was replaced is among the problems too.
fn written(tx: &Read<'_>, mapping: &Mapping, procedure: &Procedure, case: &Case) -> Result<(Option<Cells>, Vec<LineProblem>), StoreError> {
    let facts = handing::facts(tx, case)?;
    let (mut good, mut problems) = (Vec::new(), Vec::new());
    for (place, line) in lines(mapping, procedure, &facts).into_iter().enumerate() {
        let mut cells = Vec::with_capacity(line.len());
        for ((column, definition), cell) in mapping.columns.values().enumerate().zip(line) {
            let mut tell = |say: String, goes: bool| {
                let header = definition.header.clone();
                problems.push(LineProblem { line: place as u64 + 1, column: Some(column + 1), header, say, goes });
            };
            match cell {
                Err(wrong) => tell(wrong.to_string(), false),
                Ok(text) => {
                    let (replaced, lacks) = encoding::with_geta(&text, mapping.file.encoding);
                    if let Some(character) = lacks {
                        let say = definitions::mapping::CellWrong::Lacks { character }.to_string();
                        tell(say, mapping.file.lacking == Lacking::Geta);
                    }
                    cells.push(replaced);
                }
            }
        }
        good.push(cells);
    }
    let goes = problems.iter().all(|problem| problem.goes);
    Ok((goes.then_some(good), problems))
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Lines.
    pub lines: i64,
    /// Whether the lines are those of the day on which the batch was made.
    pub same: bool,
}

/// Writes the file of a batch, as often as it is asked for. Runs outside of any transaction: some cases of one snapshot at a time.
///
/// # Errors
/// Not for this person, it cannot be written, or the store failed.
pub fn write(
    desk: &Desk,
    office: &Office,
    mapping: &Mapping,
    by: &By,
    batch: &Batch,
    to: impl std::io::Write,
) -> Result<Written, NotHanded> {
    let (_, authority) = allowed(office, mapping, by)?;
    let mut out = Out::begin(mapping, to)?;
    let (mut after, mut count, mut digest) = (0, 0, String::new());
    loop {
        let (id, keys, mapping_of) = (batch.id.clone(), Arc::clone(&office.keys), mapping.clone());
        let some = desk.read(move |tx| -> Result<Vec<(i64, Cells)>, StoreError> {
            let mut definitions = Definitions::default();
            let mut found = Vec::new();
            for (place, case) in rows::in_batch(tx, &id, after, READ_TOGETHER)? {
                let Some(case) = handing::case(tx, &keys, case)? else { continue };
                let procedure = definitions.of(tx, &case)?;
                found.push((place, written(tx, &mapping_of, &procedure, &case)?.0.unwrap_or_default()));
            }
            Ok(found)
        })?;
        let Some((last, _)) = some.last() else { break };
        after = *last;
        for line in some.iter().flat_map(|(_, lines)| lines) {
            count += 1;
            digest = chained(&digest, line);
            out.line(line)?;
        }
    }
    out.end()?.flush()?;
    let same = digest == batch.digest;
    let (by, batch) = (by.clone(), batch.clone());
    desk.write(move |tx| {
        if let By::Staff(staff) = &by {
            let record = format!("{}-{}", batch.mapping, batch.number);
            if let Some(authority) = access::grants::may_any(staff, Act::Export, RecordKind::Case) {
                looked::looked(tx, staff, &authority, RecordKind::Case, &record, "exchange-file")?;
            }
        }
        journal(tx, &by, &authority, &batch, "batch-handed-over", if same { "same" } else { "differs" })
    })?;
    Ok(Written { lines: count, same })
}

/// What is held back of a mapping: the case's number, and what is to be mended.
///
/// # Errors
/// When the store failed.
pub fn held(
    tx: &Read<'_>,
    office: &Office,
    mapping: &MappingId,
    limit: i64,
) -> Result<Vec<(cases::CaseNumber, Vec<LineProblem>)>, StoreError> {
    let mut found = Vec::new();
    for (case, why) in rows::held_after(tx, &office.keys, mapping, "", limit)? {
        if let Some(case) = handing::case(tx, &office.keys, case)? {
            found.push((case.number, why));
        }
    }
    Ok(found)
}

/// The batches of a mapping, newest first.
///
/// # Errors
/// When the store failed.
pub fn of(tx: &Read<'_>, mapping: &MappingId, limit: i64) -> Result<Vec<Batch>, StoreError> {
    rows::batches(tx, mapping, limit)
}

/// A batch by its number.
///
/// # Errors
/// When the store failed.
pub fn numbered(tx: &Read<'_>, mapping: &MappingId, number: i64) -> Result<Option<Batch>, StoreError> {
    rows::batch_by_number(tx, mapping, number)
}
