//! 見つからなかった言葉: what people looked for in the catalogue and did not find, so that authors add it to a procedure's `words:`.
//!
//! People type anything into a box. What could name a person (an address, a number, a sentence) is not kept at all; who looked is kept as a
//! keyed digest of the session; and the desk hears of words only when several people looked for them.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use store::{
    Parcel, Read, Row, StoreError, Write,
    hatch::{Failure, Receiver},
    keys::Keys,
    params,
};

/// The kind of parcel that carries them.
pub const UNFOUND: &str = "cases.unfound";

/// Words are kept for so long.
const DAYS_KEPT: i64 = 30;
/// From so many people on they are told.
const PEOPLE_MIN: i64 = 3;
/// The portal tells once a day while there is anything to tell.
const LIST_HOLDS: SignedDuration = SignedDuration::from_hours(72);
/// So many are told.
const TOLD_MOST: i64 = 200;
/// Longer is a sentence, in which somebody tells of themselves.
const CHARACTERS_MAX: usize = 20;
/// As many digits as no year has: a number of a person or a telephone.
const DIGITS_MAX: usize = 4;

const NOTE: &str = "insert into case_unfound (words, who, day) values ($1, $2, $3) on conflict (words, who, day) do nothing";
const SWEEP: &str = "delete from case_unfound where day < $1";
const MOST: &str = "select words, count(distinct who) as people from case_unfound where day >= $1 \
    group by words having count(distinct who) >= $2 order by people desc, words limit $3";
const NEWEST: &str = "select coalesce(max(told), 0) from case_unfound";
const FORGET: &str = "delete from case_unfound";
const KEEP: &str = "insert into case_unfound (words, people, told) values ($1, $2, $3)";
const ALL: &str = "select words, people from case_unfound where told >= $1 order by people desc, words";

/// Words that people looked for in vain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfound {
    /// As they are compared: folded.
    pub words: String,
    /// How many people.
    pub people: i64,
}

/// What is kept of something typed; none when it could name a person.
pub fn worth_noting(typed: &str) -> Option<String> {
    let words = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = jp::kana::fold(&words);
    let digits = words.chars().filter(|c| c.is_numeric()).count();
    let length = words.chars().count();
    let is_harmless = (2..=CHARACTERS_MAX).contains(&length) && digits <= DIGITS_MAX && !words.contains(['@', '/', '<']);
    is_harmless.then_some(words)
}

/// Somebody looked for something in vain.
///
/// # Errors
/// When the store fails.
pub fn note(tx: &Write<'_>, keys: &Keys, session: &str, typed: &str, day: Date) -> Result<(), StoreError> {
    let Some(words) = worth_noting(typed) else { return Ok(()) };
    let who = keys.mac("who looked in vain", session.as_bytes());
    let who: String = who.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    tx.run(NOTE, params![words, who, day]).map(drop)
}

/// Forgets what is old and tells the desk the rest; a daily job of the portal calls it.
///
/// # Errors
/// When the store fails.
pub fn tell(tx: &Write<'_>, today: Date, at: Timestamp) -> Result<usize, StoreError> {
    let from = today.saturating_sub(DAYS_KEPT.days());
    tx.run(SWEEP, params![from])?;
    let list = read(&tx.all(MOST, params![from, PEOPLE_MIN, TOLD_MOST])?)?;
    if list.is_empty() {
        return Ok(0);
    }
    let body = serde_json::to_vec(&Told { at, list: list.clone() }).map_err(|_| StoreError::damaged("a parcel of words"))?;
    tx.send(&Parcel { kind: UNFOUND.to_owned(), id: at.as_microsecond().to_string(), body })?;
    Ok(list.len())
}

#[derive(Serialize, Deserialize)]
struct Told {
    at: Timestamp,
    list: Vec<Unfound>,
}

/// Takes them in at the desk: the newest list takes the place of the one before.
pub struct UnfoundReceiver;

impl Receiver for UnfoundReceiver {
    fn kind(&self) -> &str {
        UNFOUND
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let Told { at, list } = serde_json::from_slice(&parcel.body)?;
        let newest: Timestamp = tx.first(NEWEST, &[])?.ok_or(StoreError::damaged("case_unfound"))?.get(0)?;
        // A list of tomorrow would never be replaced.
        if at < newest || at > tx.now() + SignedDuration::from_hours(1) {
            return Ok(());
        }
        tx.run(FORGET, &[])?;
        for Unfound { words, people } in list.iter().take(TOLD_MOST as usize) {
            if let Some(words) = worth_noting(words) {
                tx.run(KEEP, params![words, *people, at])?;
            }
        }
        Ok(())
    }
}

/// What the desk knows, the most asked for first. A list that no newer one followed for days is of words that nobody looks for any more.
///
/// # Errors
/// When the store fails.
pub fn all(tx: &Read<'_>, now: Timestamp) -> Result<Vec<Unfound>, StoreError> {
    read(&tx.all(ALL, params![now - LIST_HOLDS])?)
}

fn read(rows: &[Row]) -> Result<Vec<Unfound>, StoreError> {
    rows.iter().map(|row| Ok(Unfound { words: row.get(0)?, people: row.get(1)? })).collect()
}
