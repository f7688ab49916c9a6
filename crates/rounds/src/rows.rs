//! SQL of the desk. Every statement is the same on both engines.

pub(crate) mod ranks;

use access::CaseId;
use definitions::ids::{ClassId, RoundId};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use store::{Read, Row, StoreError, Write, keys::Keys, params};

use crate::{
    allocation::Allocation,
    lots::Seed,
    round::{Entrant, Fate, Override, Seats, Stage},
};

/// What is kept of a round.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Where it stands.
    pub stage: Stage,
    /// The seed of the lots.
    pub seed: Seed,
    /// When points were reckoned last.
    pub scored_at: Option<Timestamp>,
    /// The run that is to be decided.
    pub run: Option<i64>,
    /// Who chose it: a member of staff's id.
    pub chosen_by: Option<String>,
    /// Who looked it through.
    pub reviewed_by: Option<String>,
    /// Counts changes.
    pub row: i64,
}

/// A run of the allocation.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its number within the round, from 1.
    pub run: i64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// How many got a place.
    pub placed: i64,
    /// Digest of what went in: the same digest gives the same result.
    pub digest: String,
}

pub(crate) fn seal<T: Serialize>(keys: &Keys, purpose: &'static str, value: &T) -> Result<Vec<u8>, StoreError> {
    let plain = serde_json::to_vec(value).map_err(|_| StoreError::damaged("a value that has no JSON"))?;
    keys.seal(purpose, &plain)
}

pub(crate) fn unseal<T: DeserializeOwned>(keys: &Keys, purpose: &'static str, sealed: &[u8]) -> Result<T, StoreError> {
    let plain = keys.unseal(purpose, sealed).map_err(|_| StoreError::damaged(purpose))?;
    serde_json::from_slice(&plain).map_err(|_| StoreError::damaged(purpose))
}

/// What is kept of a round, once it was scored.
pub fn kept(tx: &Read<'_>, round: &RoundId) -> Result<Option<Kept>, StoreError> {
    let sql = "select stage, seed, scored_at, run, chosen_by, reviewed_by, row_count from round_ where id = $1";
    let Some(row) = tx.first(sql, params![round.to_string()])? else { return Ok(None) };
    Ok(Some(Kept {
        stage: Stage::from_code(&row.get::<String>(0)?).ok_or(StoreError::damaged("round_.stage"))?,
        seed: row.get::<String>(1)?.parse().map_err(|_| StoreError::damaged("round_.seed"))?,
        scored_at: row.get(2)?,
        run: row.get(3)?,
        chosen_by: row.get(4)?,
        reviewed_by: row.get(5)?,
        row: row.get(6)?,
    }))
}

/// Begins to keep a round, with its seed; one that is kept stays as it is.
pub(crate) fn begin(tx: &Write<'_>, round: &RoundId, seed: &Seed) -> Result<bool, StoreError> {
    let sql = "insert into round_ (id, stage, seed, row_count) values ($1, 'scored', $2, 0) on conflict (id) do nothing";
    Ok(tx.run(sql, params![round.to_string(), seed.to_string()])? == 1)
}

/// Keeps a changed round. Says no when it changed meanwhile.
pub(crate) fn update(tx: &Write<'_>, round: &RoundId, kept: &Kept) -> Result<bool, StoreError> {
    let sql = "update round_ set stage = $2, scored_at = $3, run = $4, chosen_by = $5, reviewed_by = $6, row_count = row_count + 1 \
        where id = $1 and row_count = $7";
    let rows = tx.run(
        sql,
        params![round.to_string(), kept.stage.code(), kept.scored_at, kept.run, kept.chosen_by.clone(), kept.reviewed_by.clone(), kept.row],
    )?;
    Ok(rows == 1)
}

/// Puts a place in; what stood there goes.
pub(crate) fn put_seats(tx: &Write<'_>, round: &RoundId, seats: &Seats, seq: i64) -> Result<(), StoreError> {
    let sql = "insert into round_place (round, facility, class, name, capacity, seq) values ($1, $2, $3, $4, $5, $6) \
        on conflict (round, facility, class) do update set name = excluded.name, capacity = excluded.capacity, seq = excluded.seq";
    let capacity = i64::from(seats.capacity);
    tx.run(sql, params![round.to_string(), seats.facility.clone(), seats.class.to_string(), seats.name.clone(), capacity, seq]).map(drop)
}

/// The places of a round.
pub fn seats(tx: &Read<'_>, round: &RoundId) -> Result<Vec<Seats>, StoreError> {
    let sql = "select facility, class, name, capacity from round_place where round = $1 order by seq limit 10000";
    tx.all(sql, params![round.to_string()])?
        .iter()
        .map(|row| {
            Ok(Seats {
                facility: row.get(0)?,
                class: row.get::<String>(1)?.parse::<ClassId>().map_err(|_| StoreError::damaged("round_place.class"))?,
                name: row.get(2)?,
                capacity: u32::try_from(row.get::<i64>(3)?).unwrap_or(0),
            })
        })
        .collect()
}

/// Takes out all entrants, before they are scored anew.
pub(crate) fn forget_entrants(tx: &Write<'_>, round: &RoundId) -> Result<(), StoreError> {
    tx.run("delete from round_entrant where round = $1", params![round.to_string()])?;
    tx.run("delete from round_rank where round = $1", params![round.to_string()])?;
    tx.run("delete from round_place where round = $1", params![round.to_string()]).map(drop)
}

/// Puts an entrant in.
pub(crate) fn put_entrant(tx: &Write<'_>, keys: &Keys, round: &RoundId, entrant: &Entrant) -> Result<(), StoreError> {
    let sql = "insert into round_entrant (round, number, case_id, stage, trouble, body) values ($1, $2, $3, $4, $5, $6) \
        on conflict (round, number) do update set stage = excluded.stage, trouble = excluded.trouble, tries = 0, body = excluded.body";
    let case = entrant.case.map(|case| case.to_string()).unwrap_or_default();
    let body = seal(keys, "round_entrant.body", entrant)?;
    let (number, fate, trouble) = (entrant.number.clone(), entrant.fate.code(), entrant.trouble.clone());
    tx.run(sql, params![round.to_string(), number, case, fate, trouble, body]).map(drop)
}

/// Notes what became of an entrant; how often it was tried is counted, so that what is stuck stands behind the others.
pub(crate) fn set_fate(tx: &Write<'_>, round: &RoundId, number: &str, fate: Fate, trouble: Option<&str>) -> Result<(), StoreError> {
    let sql = "update round_entrant set stage = $3, trouble = $4, tries = tries + 1 where round = $1 and number = $2";
    tx.run(sql, params![round.to_string(), number, fate.code(), trouble.map(str::to_owned)]).map(drop)
}

fn entrant(keys: &Keys, row: &Row) -> Result<Entrant, StoreError> {
    let mut entrant: Entrant = unseal(keys, "round_entrant.body", &row.get::<Vec<u8>>(4)?)?;
    entrant.number = row.get(0)?;
    entrant.case = row.get::<String>(1)?.parse::<CaseId>().ok();
    entrant.fate = Fate::from_code(&row.get::<String>(2)?).ok_or(StoreError::damaged("round_entrant.stage"))?;
    entrant.trouble = row.get(3)?;
    Ok(entrant)
}

const ENTRANTS: &str = "select number, case_id, stage, trouble, body from round_entrant where round = $1";

/// Entrants read in one statement.
const A_READING: i64 = 1_000;

/// All entrants, by number.
pub fn entrants(tx: &Read<'_>, keys: &Keys, round: &RoundId) -> Result<Vec<Entrant>, StoreError> {
    let sql = format!("{ENTRANTS} and number > $2 order by number limit {A_READING}");
    let mut found: Vec<Entrant> = Vec::new();
    loop {
        let after = found.last().map(|last| last.number.clone()).unwrap_or_default();
        let rows = tx.all(&sql, params![round.to_string(), after])?;
        for row in &rows {
            found.push(entrant(keys, row)?);
        }
        if (rows.len() as i64) < A_READING {
            return Ok(found);
        }
    }
}

/// One entrant.
pub fn one(tx: &Read<'_>, keys: &Keys, round: &RoundId, number: &str) -> Result<Option<Entrant>, StoreError> {
    let row = tx.first(&format!("{ENTRANTS} and number = $2"), params![round.to_string(), number])?;
    row.map(|row| entrant(keys, &row)).transpose()
}

/// The next entrants of a fate: those that were tried least first, so that what is stuck keeps nobody waiting.
pub fn next_of(tx: &Read<'_>, round: &RoundId, fate: Fate, most: i64) -> Result<Vec<String>, StoreError> {
    let sql = "select number from round_entrant where round = $1 and stage = $2 order by tries, number limit $3";
    tx.all(sql, params![round.to_string(), fate.code(), most])?.iter().map(|row| row.get(0)).collect()
}

/// How many entrants there are of each fate.
pub fn counts(tx: &Read<'_>, round: &RoundId) -> Result<Vec<(Fate, i64)>, StoreError> {
    let sql = "select stage, count(*) from round_entrant where round = $1 group by stage order by stage";
    tx.all(sql, params![round.to_string()])?
        .iter()
        .map(|row| Ok((Fate::from_code(&row.get::<String>(0)?).ok_or(StoreError::damaged("round_entrant.stage"))?, row.get(1)?)))
        .collect()
}

/// Enters a correction of points; the same id twice is one.
pub(crate) fn add_override(tx: &Write<'_>, keys: &Keys, round: &RoundId, one: &Override, at: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into round_override (id, round, number, child, points, reason, by_staff, at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing";
    let child = i64::try_from(one.child).unwrap_or(i64::MAX);
    let reason = seal(keys, "round_override.reason", &one.reason)?;
    tx.run(sql, params![one.id.clone(), round.to_string(), one.number.clone(), child, one.points, reason, one.by.clone(), at]).map(drop)
}

/// A second person agrees to a correction. Says no when it is their own, or somebody agreed already.
pub(crate) fn agree(tx: &Write<'_>, round: &RoundId, id: &str, by: &str, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "update round_override set approved_by = $3, approved_at = $4 \
        where id = $1 and round = $2 and by_staff <> $3 and approved_by is null";
    Ok(tx.run(sql, params![id, round.to_string(), by, at])? == 1)
}

/// All corrections of points.
pub fn overrides(tx: &Read<'_>, keys: &Keys, round: &RoundId) -> Result<Vec<Override>, StoreError> {
    let sql =
        "select id, number, child, points, reason, by_staff, approved_by from round_override where round = $1 order by at, id limit 10000";
    tx.all(sql, params![round.to_string()])?
        .iter()
        .map(|row| {
            Ok(Override {
                id: row.get(0)?,
                number: row.get(1)?,
                child: usize::try_from(row.get::<i64>(2)?).unwrap_or(usize::MAX),
                points: row.get(3)?,
                reason: unseal(keys, "round_override.reason", &row.get::<Vec<u8>>(4)?)?,
                by: row.get(5)?,
                approved_by: row.get(6)?,
            })
        })
        .collect()
}

/// Keeps a run and says its number.
pub(crate) fn add_run(tx: &Write<'_>, keys: &Keys, round: &RoundId, run: &Run, of: &Allocation) -> Result<i64, StoreError> {
    let last = tx.first("select coalesce(max(run), 0) from round_run where round = $1", params![round.to_string()])?;
    let number = last.map(|row| row.get::<i64>(0)).transpose()?.unwrap_or(0) + 1;
    let sql = "insert into round_run (round, run, at, by_staff, placed, digest, body) values ($1, $2, $3, $4, $5, $6, $7)";
    let body = seal(keys, "round_run.body", of)?;
    tx.run(sql, params![round.to_string(), number, run.at, run.by.clone(), run.placed, run.digest.clone(), body])?;
    Ok(number)
}

/// The runs of a round, the newest first.
pub fn runs(tx: &Read<'_>, round: &RoundId) -> Result<Vec<Run>, StoreError> {
    let sql = "select run, at, by_staff, placed, digest from round_run where round = $1 order by run desc limit 50";
    tx.all(sql, params![round.to_string()])?
        .iter()
        .map(|row| Ok(Run { run: row.get(0)?, at: row.get(1)?, by: row.get(2)?, placed: row.get(3)?, digest: row.get(4)? }))
        .collect()
}

/// What a run gave.
pub fn allocation(tx: &Read<'_>, keys: &Keys, round: &RoundId, run: i64) -> Result<Option<Allocation>, StoreError> {
    let row = tx.first("select body from round_run where round = $1 and run = $2", params![round.to_string(), run])?;
    row.map(|row| unseal(keys, "round_run.body", &row.get::<Vec<u8>>(0)?)).transpose()
}
