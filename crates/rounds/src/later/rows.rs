//! SQL of later places at the desk. Every statement is the same on both engines.

use definitions::ids::{ClassId, RoundId};
use jiff::Timestamp;
use store::{Read, Row, StoreError, Write, keys::Keys, params};

use super::{Freed, OfferState, Offered, What};
use crate::rows::{seal, unseal};

const OFFERS: &str = "select id, turn, number, state, at, by_staff, until_day, answered_at, answered_by, followed, body from round_offer";
/// More offers than any round makes: one a working day for years.
const MOST: i64 = 20_000;

fn offered(keys: &Keys, row: &Row) -> Result<Offered, StoreError> {
    Ok(Offered {
        id: row.get(0)?,
        turn: row.get(1)?,
        number: row.get(2)?,
        state: OfferState::from_code(&row.get::<String>(3)?).ok_or(StoreError::damaged("round_offer.state"))?,
        at: row.get(4)?,
        by: row.get(5)?,
        until: row.get(6)?,
        answered_at: row.get(7)?,
        answered_by: row.get(8)?,
        followed: row.get::<i64>(9)? != 0,
        places: unseal(keys, "round_offer.body", &row.get::<Vec<u8>>(10)?)?,
    })
}

/// The offers of a round, in their order.
pub(crate) fn offers(tx: &Read<'_>, keys: &Keys, round: &RoundId) -> Result<Vec<Offered>, StoreError> {
    let sql = format!("{OFFERS} where round = $1 order by turn limit {MOST}");
    tx.all(&sql, params![round.to_string()])?.iter().map(|row| offered(keys, row)).collect()
}

/// One offer, with the round that it is of.
pub(crate) fn offer(tx: &Read<'_>, keys: &Keys, id: &str) -> Result<Option<(RoundId, Offered)>, StoreError> {
    let Some(row) = tx.first("select round from round_offer where id = $1", params![id])? else { return Ok(None) };
    let round = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("round_offer.round"))?;
    let row = tx.first(&format!("{OFFERS} where id = $1"), params![id])?;
    row.map(|row| Ok((round, offered(keys, &row)?))).transpose()
}

/// Puts an offer in.
pub(crate) fn add_offer(tx: &Write<'_>, keys: &Keys, round: &RoundId, of: &Offered) -> Result<(), StoreError> {
    let sql = "insert into round_offer (id, round, turn, number, state, at, by_staff, until_day, followed, body) \
        values ($1, $2, $3, $4, 'open', $5, $6, $7, 0, $8)";
    let body = seal(keys, "round_offer.body", &of.places)?;
    tx.run(sql, params![of.id.clone(), round.to_string(), of.turn, of.number.clone(), of.at, of.by.clone(), of.until, body]).map(drop)
}

/// Notes what became of an offer, where it stands as it was read. Says no when somebody was before.
pub(crate) fn settle(tx: &Write<'_>, id: &str, from: OfferState, to: OfferState, by: &str, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "update round_offer set state = $3, answered_by = $4, answered_at = $5 where id = $1 and state = $2";
    Ok(tx.run(sql, params![id, from.code(), to.code(), by, at])? == 1)
}

/// Notes that what follows an offer was done. Says no when it was done before.
pub(crate) fn follow(tx: &Write<'_>, id: &str) -> Result<bool, StoreError> {
    Ok(tx.run("update round_offer set followed = 1 where id = $1 and followed = 0", params![id])? == 1)
}

/// Enters that a place became free; the same id twice is one.
pub(crate) fn add_freed(tx: &Write<'_>, keys: &Keys, round: &RoundId, freed: &Freed) -> Result<bool, StoreError> {
    let (what, number, child, facility, class, count) = match &freed.what {
        What::GaveUp { number, child } => ("declined", Some(number.clone()), Some(*child), None, None, None),
        What::Left { number, child } => ("left", Some(number.clone()), Some(*child), None, None, None),
        What::More { facility, class, count } => {
            ("more", None, None, Some(facility.clone()), Some(class.to_string()), Some(i64::from(*count)))
        }
    };
    let child = child.map(|child| i64::try_from(child).unwrap_or(i64::MAX));
    let sql = "insert into round_freed (id, round, what, number, child, facility, class, count, reason, by_staff, at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing";
    let reason = seal(keys, "round_freed.reason", &freed.reason)?;
    let (id, by) = (freed.id.clone(), freed.by.clone());
    Ok(tx.run(sql, params![id, round.to_string(), what, number, child, facility, class, count, reason, by, freed.at])? == 1)
}

/// What became free, in its order.
pub(crate) fn freed(tx: &Read<'_>, keys: &Keys, round: &RoundId) -> Result<Vec<Freed>, StoreError> {
    let sql = "select id, what, number, child, facility, class, count, reason, by_staff, at from round_freed where round = $1 \
        order by at, id limit 20000";
    tx.all(sql, params![round.to_string()])?.iter().map(|row| one_freed(keys, row)).collect()
}

fn one_freed(keys: &Keys, row: &Row) -> Result<Freed, StoreError> {
    let damaged = || StoreError::damaged("round_freed");
    let child =
        || -> Result<(String, usize), StoreError> { Ok((row.get(2)?, usize::try_from(row.get::<i64>(3)?).map_err(|_| damaged())?)) };
    let what = match row.get::<String>(1)?.as_str() {
        "declined" => child().map(|(number, child)| What::GaveUp { number, child })?,
        "left" => child().map(|(number, child)| What::Left { number, child })?,
        _ => What::More {
            facility: row.get(4)?,
            class: row.get::<String>(5)?.parse::<ClassId>().map_err(|_| damaged())?,
            count: u32::try_from(row.get::<i64>(6)?).map_err(|_| damaged())?,
        },
    };
    Ok(Freed {
        id: row.get(0)?,
        what,
        reason: unseal(keys, "round_freed.reason", &row.get::<Vec<u8>>(7)?)?,
        by: row.get(8)?,
        at: row.get(9)?,
    })
}
