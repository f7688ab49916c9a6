//! 抽選 in the open: the seed of the lots is drawn and sealed while the round is open, its digest is published at once; on the day of the
//! announcement the seed itself is published, and where the round says so the numbers of the cases in the order of their lots. Nobody who
//! files, and nobody in the office, knows the seed before the round has closed, and nobody can put another in its place afterwards.

use std::sync::Arc;

use access::Act;
use cases::verbs::Acting;
use definitions::{
    ids::{ClassId, RoundId},
    round::{Publish, Round},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Parcel, Read, StoreError, Write,
    hatch::{Failure, Receiver},
    keys::{Face, Keys},
    params,
};

use crate::{
    allocation::{Allocation, Contest},
    lots::Seed,
    round::{self, moment},
    rows::{seal, unseal},
    verbs::{Held, NotNow, journal, may},
};

/// The kind of parcel that brings what everybody may read.
const KIND: &str = "round.public";

/// A seed that was sealed.
#[derive(Clone, Debug, PartialEq)]
pub struct SealedSeed {
    /// SHA-256 of the seed's 32 digits, in hexadecimal digits.
    pub digest: String,
    /// When it was drawn.
    pub at: Timestamp,
    seed: Seed,
}

/// What everybody may read of a round's lots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Public {
    /// The round.
    pub round: RoundId,
    /// The digest of the seed.
    pub digest: String,
    /// When the seed was drawn.
    pub sealed_at: Timestamp,
    /// The seed, once the round was announced.
    pub seed: Option<String>,
    /// The numbers at each place in the order of their lots, where the round publishes them.
    #[serde(default)]
    pub places: Vec<PublicPlace>,
}

/// A place with the numbers that wished for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublicPlace {
    /// The facility's name.
    pub name: String,
    /// The class.
    pub class: ClassId,
    /// How many it takes in.
    pub capacity: u32,
    /// The numbers, the first lot first.
    pub numbers: Vec<PublicNumber>,
}

/// A number in a lottery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublicNumber {
    /// The case's number, digits only.
    pub number: String,
    /// Which of its draws was the best, from 0.
    pub draw: u32,
    /// The lot: 16 hexadecimal digits.
    pub lot: String,
    /// Whether it got the place.
    pub got: bool,
}

/// Draws and seals the seed, once, while the round has not closed.
///
/// # Errors
/// See [`NotNow`]: a round that has closed.
pub fn commit(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, drawn: &Seed) -> Result<(), NotNow> {
    may(acting.staff, acting.town, round, Act::Work)?;
    if acting.now >= moment(round.closes) {
        return Err(NotNow::Stage);
    }
    sealed_or(tx, acting, round, drawn).map(drop)
}

/// The seed that was sealed; where none was, `drawn` is now.
pub(crate) fn sealed_or(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, drawn: &Seed) -> Result<Seed, NotNow> {
    if let Some(sealed) = sealed(tx, acting.keys, &round.id)? {
        return Ok(sealed.seed);
    }
    let sql = "insert into round_lots (round, digest, seed, at, by_staff) values ($1, $2, $3, $4, $5)";
    let body = seal(acting.keys, "round_lots.seed", drawn)?;
    tx.run(sql, params![round.id.to_string(), drawn.digest(), body, acting.now, acting.staff.id.to_string()])?;
    let public = Public { round: round.id.clone(), digest: drawn.digest(), sealed_at: acting.now, seed: None, places: Vec::new() };
    send(tx, acting.keys, &public, "sealed")?;
    journal(tx, acting, round, Act::Work, "round-lots-sealed", format!("digest:{}", drawn.digest()))?;
    Ok(drawn.clone())
}

/// The seed that was sealed. It is told to nobody before the points were reckoned.
///
/// # Errors
/// When the store fails.
pub fn sealed(tx: &Read<'_>, keys: &Keys, round: &RoundId) -> Result<Option<SealedSeed>, StoreError> {
    let row = tx.first("select digest, seed, at from round_lots where round = $1", params![round.to_string()])?;
    let sealed = |row: store::Row| {
        Ok(SealedSeed { digest: row.get(0)?, seed: unseal(keys, "round_lots.seed", &row.get::<Vec<u8>>(1)?)?, at: row.get(2)? })
    };
    row.map(sealed).transpose()
}

/// Publishes the seed on the day.
pub(crate) fn reveal(tx: &Write<'_>, keys: &Keys, round: &Round, held: &Held, allocation: &Allocation) -> Result<(), StoreError> {
    let at = sealed(tx, keys, &round.id)?.map(|sealed| sealed.at).or(held.kept.scored_at).unwrap_or(Timestamp::UNIX_EPOCH);
    let seed = &held.kept.seed;
    let places = if round.publish == Publish::Numbers { numbers(round, held, allocation) } else { Vec::new() };
    let public = Public { round: round.id.clone(), digest: seed.digest(), sealed_at: at, seed: Some(seed.to_string()), places };
    send(tx, keys, &public, "told")
}

/// The numbers at each place in the order of their lots.
fn numbers(round: &Round, held: &Held, allocation: &Allocation) -> Vec<PublicPlace> {
    let contest: Contest = round::contest(round, &held.kept.seed, &held.seats, &held.entrants, &held.overrides);
    let place = |(at, seats): (usize, &round::Seats)| {
        let mut numbers: Vec<PublicNumber> = Vec::new();
        for (family, entrant) in contest.families.iter().zip(&held.entrants) {
            for (child, of) in family.children.iter().enumerate() {
                let Some(wish) = of.wishes.iter().position(|wish| wish.place == Some(at)) else { continue };
                let (lot, draw) = held.kept.seed.best(round.id.as_str(), &family.key, entrant.draws);
                let got = allocation.of(&family.key, child).and_then(|result| result.wish) == Some(wish);
                numbers.push(PublicNumber { number: family.key.clone(), draw, lot: format!("{lot:016x}"), got });
            }
        }
        numbers.sort_by(|a, b| (&a.lot, &a.number).cmp(&(&b.lot, &b.number)));
        PublicPlace { name: seats.name.clone(), class: seats.class.clone(), capacity: seats.capacity, numbers }
    };
    held.seats.iter().enumerate().map(place).collect()
}

fn send(tx: &Write<'_>, keys: &Keys, public: &Public, what: &str) -> Result<(), StoreError> {
    let body = cases::parcel::sealed(keys, Face::Portal, public)?;
    tx.send(&Parcel { kind: KIND.to_owned(), id: format!("{}:{what}", public.round), body })
}

/// What the portal does with what everybody may read.
pub struct PublicReceiver {
    /// The portal's keys.
    pub keys: Arc<Keys>,
}

impl Receiver for PublicReceiver {
    fn kind(&self) -> &str {
        KIND
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let public: Public = cases::parcel::opened(&self.keys, &parcel.body)?;
        // A seed that was told stays told, and a digest that was published stays what it was: what differs from it is seen by everybody.
        let before = of_round(tx, &self.keys, &public.round)?;
        let kept = match before {
            Some(before) if public.seed.is_none() || before.seed.is_some() => before,
            Some(before) => Public { digest: before.digest, sealed_at: before.sealed_at, ..public },
            None => public,
        };
        let sql = "insert into round_public (round, body) values ($1, $2) on conflict (round) do update set body = excluded.body";
        tx.run(sql, params![kept.round.to_string(), seal(&self.keys, "round_public.body", &kept)?])?;
        Ok(())
    }
}

/// What everybody may read of a round.
///
/// # Errors
/// When the store fails.
pub fn of_round(tx: &Read<'_>, keys: &Keys, round: &RoundId) -> Result<Option<Public>, StoreError> {
    let row = tx.first("select body from round_public where round = $1", params![round.to_string()])?;
    row.map(|row| unseal(keys, "round_public.body", &row.get::<Vec<u8>>(0)?)).transpose()
}
