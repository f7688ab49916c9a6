//! SQL of the list by rank: who stands where, a page at a time, and what needs a look, counted without opening what is sealed.

use definitions::ids::{ClassId, RoundId};
use store::{Read, StoreError, Write, params};

/// One to be placed, as the list keeps them.
pub(crate) struct Ranked {
    /// The case.
    pub number: String,
    /// Which child.
    pub child: usize,
    /// The class; none where they are of none.
    pub class: Option<ClassId>,
}

/// Keeps the list of a round anew, the first first.
pub(crate) fn put(tx: &Write<'_>, round: &RoundId, ranked: &[Ranked]) -> Result<(), StoreError> {
    tx.run("delete from round_rank where round = $1", params![round.to_string()])?;
    for (rank, one) in (1i64..).zip(ranked) {
        let child = i64::try_from(one.child).unwrap_or(i64::MAX);
        let class = one.class.as_ref().map(|class| class.to_string());
        let sql = "insert into round_rank (round, number, child, rank, class) values ($1, $2, $3, $4, $5)";
        tx.run(sql, params![round.to_string(), one.number.clone(), child, rank, class])?;
    }
    Ok(())
}

/// A page of the list: case and child.
pub(crate) fn page(tx: &Read<'_>, round: &RoundId, from: usize, most: i64) -> Result<Vec<(String, usize)>, StoreError> {
    let sql = "select number, child from round_rank where round = $1 and rank > $2 order by rank limit $3";
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let rows = tx.all(sql, params![round.to_string(), from, most])?;
    rows.iter().map(|row| Ok((row.get(0)?, usize::try_from(row.get::<i64>(1)?).unwrap_or(usize::MAX)))).collect()
}

/// How many are to be placed.
pub(crate) fn children(tx: &Read<'_>, round: &RoundId) -> Result<i64, StoreError> {
    let row = tx.first("select count(*) from round_rank where round = $1", params![round.to_string()])?;
    row.map_or(Ok(0), |row| row.get(0))
}

/// Cases with somebody of no class, at most so many.
pub(crate) fn classless(tx: &Read<'_>, round: &RoundId, most: i64) -> Result<Vec<String>, StoreError> {
    let sql = "select distinct number from round_rank where round = $1 and class is null order by number limit $2";
    tx.all(sql, params![round.to_string(), most])?.iter().map(|row| row.get(0)).collect()
}

/// Cases that a person must see to, at most so many.
pub(crate) fn troubled(tx: &Read<'_>, round: &RoundId, most: i64) -> Result<Vec<String>, StoreError> {
    let sql = "select number from round_entrant where round = $1 and trouble is not null order by number limit $2";
    tx.all(sql, params![round.to_string(), most])?.iter().map(|row| row.get(0)).collect()
}

/// Cases with points that wait for a second person, at most so many.
pub(crate) fn points_waiting(tx: &Read<'_>, round: &RoundId, most: i64) -> Result<Vec<String>, StoreError> {
    let sql = "select distinct number from round_override where round = $1 and approved_by is null order by number limit $2";
    tx.all(sql, params![round.to_string(), most])?.iter().map(|row| row.get(0)).collect()
}

/// The points that staff added to a child, those that a second person agreed to.
pub(crate) fn added(tx: &Read<'_>, round: &RoundId, number: &str, child: usize) -> Result<i64, StoreError> {
    let sql = "select coalesce(sum(points), 0) from round_override \
        where round = $1 and number = $2 and child = $3 and approved_by is not null";
    let child = i64::try_from(child).unwrap_or(i64::MAX);
    let row = tx.first(sql, params![round.to_string(), number, child])?;
    row.map_or(Ok(0), |row| row.get(0))
}
