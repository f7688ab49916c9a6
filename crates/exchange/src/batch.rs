//! 一回分 (batch): a numbered set of decided cases that were not yet handed over.
//!
//! It is made a few cases in a transaction, and each transaction says how far it came: after a power cut it goes on with the next case. A case
//! whose line cannot be written is held back with what is to be mended, and comes with the first batch after that. What was handed over is
//! never handed over again by the same mapping; the file of a batch can be had again as often as it gets lost.

use std::{collections::HashMap, sync::Arc};

use access::{Act, CaseId, RecordKind, Staff, StaffId, looked};
use cases::{Case, case::Stage, handing};
use definitions::{
    ids::MappingId,
    mapping::{Direction, Format, Mapping},
    procedure::{Procedure, Version},
};
use jiff::{Timestamp, civil::Date};
use sha2::{Digest, Sha256};
use store::{Entry, Read, StoreError, Write};

use crate::{
    file::BOOK_LINES_MAX,
    office::{By, Office, cases_of},
    problem::LineProblem,
    rows,
};

/// Cases looked at in one transaction.
const TOGETHER: i64 = 100;
/// Pages of cases that were handed over already, passed by in one transaction.
const PAGES_PASSED: usize = 20;

mod writing;

pub use writing::{Written, may_have, write};

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

impl Batch {
    /// Whether the mapping is still the one by which the batch was made: else the file may become another.
    pub fn is_of(&self, mapping: &Mapping) -> bool {
        self.form == form_digest(mapping)
    }
}

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub enum NotHanded {
    /// There is no such mapping out, or not for this person.
    #[error("no such mapping for this person")]
    NotFound,
    /// A case of the batch is beyond this person's grants.
    #[error("a case of the batch is beyond this person's grants")]
    Beyond,
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

/// Ends a batch where it is: what is in it is handed over, the rest comes with the next.
///
/// # Errors
/// Not for this person, or the store failed.
pub fn stop(tx: &Write<'_>, office: &Office, mapping: &Mapping, by: &By, id: &str) -> Result<(), NotHanded> {
    let (_, authority) = allowed(office, mapping, by)?;
    let Some(mut batch) = rows::batch_by_id(tx, id)?.filter(|batch| batch.mapping == mapping.id && !batch.is_ready) else { return Ok(()) };
    batch.is_ready = true;
    rows::keep_batch(tx, &batch)?;
    Ok(journal(tx, by, &authority, &batch, "batch-ready", "stopped")?)
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
    let Candidates { cases: found, ended, behind } = candidates(tx, office, mapping, &batch, procedure)?;
    let mut definitions = Definitions::default();
    let mut looks = Vec::new();
    for Candidate { id, before } in found {
        let Some(case) = handing::case(tx, &office.keys, id)? else { continue };
        let definition = definitions.of(tx, &case)?;
        match wanted(mapping, by, &case, &definition) {
            Wanted::No => continue,
            Wanted::Beyond => {
                batch.held += 1;
                rows::held(tx, &office.keys, &mapping.id, case.id, &[beyond()])?;
                continue;
            }
            Wanted::Yes(authority) => {
                if !take(tx, office, mapping, &mut batch, &case, &definition)? {
                    // It comes first in the next batch.
                    (batch.is_ready, batch.place) = (true, before);
                    break;
                }
                looks.extend(authority.map(|authority| (case.id.to_string(), authority)));
            }
        }
    }
    if !batch.is_ready {
        batch.place = behind;
        batch.is_ready = ended && batch.phase == 1;
        if ended && batch.phase == 0 {
            batch.phase = 1;
            batch.place.1 = String::new();
        }
    }
    if let By::Staff(staff) = by {
        looked::looked_at(tx, staff, RecordKind::Case, &looks, &format!("exchange:{}", batch.mapping))?;
    }
    rows::keep_batch(tx, &batch)?;
    if batch.is_ready {
        journal(tx, by, &authority, &batch, "batch-ready", "")?;
    }
    Ok(batch)
}

/// What is told of a case that whoever made the batch may not take out. It waits for somebody who may.
fn beyond() -> LineProblem {
    let say = "この回を作った人の権限の外にある案件です。権限のある人が、次の回を作ってください".to_owned();
    LineProblem { line: 1, column: None, header: String::new(), say, goes: false }
}

/// A case to look at.
struct Candidate {
    id: CaseId,
    /// Where the walk stood before it.
    before: (Timestamp, String),
}

/// The next cases to look at.
struct Candidates {
    cases: Vec<Candidate>,
    /// Whether there are no more of this phase.
    ended: bool,
    /// Where the walk stands behind them.
    behind: (Timestamp, String),
}

/// The next cases to look at.
fn candidates(tx: &Read<'_>, office: &Office, mapping: &Mapping, batch: &Batch, procedure: &Procedure) -> Result<Candidates, StoreError> {
    let mut found = Candidates { cases: Vec::new(), ended: false, behind: batch.place.clone() };
    if batch.phase == 0 {
        let held = rows::held_after(tx, &office.keys, &mapping.id, &batch.place.1, TOGETHER)?;
        found.ended = held.is_empty();
        for (id, _) in held {
            let before = std::mem::replace(&mut found.behind.1, id.to_string());
            found.cases.push(Candidate { id, before: (batch.place.0, before) });
        }
        return Ok(found);
    }
    // What was handed over already is passed by quickly, some pages of it in one transaction.
    for _ in 0..PAGES_PASSED {
        let decided = handing::decided(tx, &procedure.id, &found.behind, TOGETHER)?;
        if decided.is_empty() {
            found.ended = true;
            break;
        }
        for (at, id) in decided {
            let before = std::mem::replace(&mut found.behind, (at, id.to_string()));
            if rows::is_handed(tx, &mapping.id, id)?.is_none() {
                found.cases.push(Candidate { id, before });
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

/// Whether a case belongs into a batch of this mapping that somebody makes.
enum Wanted {
    /// It was decided otherwise, or not at all.
    No,
    /// It does, and is beyond their grants.
    Beyond,
    /// It does; on what authority it is looked at, by whom has grants.
    Yes(Option<access::Authority>),
}

fn wanted(mapping: &Mapping, by: &By, case: &Case, procedure: &Procedure) -> Wanted {
    match &case.stage {
        Stage::Decided { proposal, .. } if mapping.outcomes.is_empty() || mapping.outcomes.contains(&proposal.outcome) => {}
        _ => return Wanted::No,
    }
    match by {
        By::Terminal => Wanted::Yes(None),
        By::Staff(staff) => may_take_out(staff, case, procedure).map_or(Wanted::Beyond, |authority| Wanted::Yes(Some(authority))),
    }
}

fn may_take_out(staff: &Staff, case: &Case, procedure: &Procedure) -> Option<access::Authority> {
    access::may(staff, Act::Export, &cases::verbs::attributes(case, cases::case::sensitivity(procedure)))
}

/// Most lines of a file, where its form has such a number.
fn lines_max(mapping: &Mapping) -> Option<i64> {
    (mapping.file.format == Format::Xlsx).then(|| i64::try_from(BOOK_LINES_MAX).unwrap_or(i64::MAX))
}

/// No: the file would hold no more; the case comes with the next batch.
fn take(
    tx: &Write<'_>,
    office: &Office,
    mapping: &Mapping,
    batch: &mut Batch,
    case: &Case,
    procedure: &Procedure,
) -> Result<bool, StoreError> {
    let (written, problems) = writing::written(tx, mapping, procedure, case)?;
    match written {
        None => {
            batch.held += 1;
            rows::held(tx, &office.keys, &mapping.id, case.id, &problems)?;
        }
        Some(written) => {
            let count = i64::try_from(written.len()).unwrap_or(i64::MAX);
            if batch.cases > 0 && lines_max(mapping).is_some_and(|most| batch.lines + count > most) {
                return Ok(false);
            }
            batch.cases += 1;
            for line in &written {
                batch.lines += 1;
                batch.digest = chained(&batch.digest, line);
            }
            rows::handed(tx, &mapping.id, case.id, &batch.id, batch.cases)?;
        }
    }
    Ok(true)
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

/// What is held back of a mapping, as far as this person may take it out: the case's number, and what is to be mended. Staff's looks are logged.
///
/// # Errors
/// Not for this person, or the store failed.
pub fn held(tx: &Write<'_>, office: &Office, mapping: &Mapping, by: &By, limit: usize) -> Result<Vec<HeldBack>, NotHanded> {
    allowed(office, mapping, by)?;
    let mut definitions = Definitions::default();
    let (mut found, mut looks, mut after) = (Vec::new(), Vec::new(), String::new());
    while found.len() < limit {
        let some = rows::held_after(tx, &office.keys, &mapping.id, &after, TOGETHER)?;
        let Some((last, _)) = some.last() else { break };
        after = last.to_string();
        for (id, problems) in some {
            let Some(case) = handing::case(tx, &office.keys, id)? else { continue };
            if let By::Staff(staff) = by {
                let Some(authority) = may_take_out(staff, &case, &*definitions.of(tx, &case)?) else { continue };
                looks.push((id.to_string(), authority));
            }
            found.push(HeldBack { number: case.number, problems });
        }
    }
    if let By::Staff(staff) = by {
        looked::looked_at(tx, staff, RecordKind::Case, &looks, &format!("exchange-held:{}", mapping.id))?;
    }
    Ok(found)
}

/// A case that is held back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// Its number.
    pub number: cases::CaseNumber,
    /// What is to be mended.
    pub problems: Vec<LineProblem>,
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
