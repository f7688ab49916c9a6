//! How often something may be tried: a bucket that holds `most` tries and fills again evenly over `per`. Stored, so that it holds
//! over restarts and for all nodes together. One row a key: the moment at which the bucket would be full again (the *generic cell
//! rate algorithm* of ATM networks), one read and one write a try.

use std::{net::IpAddr, time::Duration};

use jiff::Timestamp;
use store::{Read, StoreError, Write, keys::Keys, params};

use crate::token::hex;

const FREE_AT: &str = "select free_at from throttle where kind = $1 and key = $2";
const SET_FREE_AT: &str =
    "insert into throttle (kind, key, free_at) values ($1, $2, $3) on conflict (kind, key) do update set free_at = $3";
const FORGET: &str = "delete from throttle where kind = $1 and key = $2";
const SWEEP: &str = "delete from throttle where free_at < $1";

/// How many tries in which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Tries at once, and again after each `per`.
    pub most: u32,
    /// The time in which an empty bucket fills.
    pub per: Duration,
}

/// The bucket is empty: come again after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

/// Takes one try out of the bucket of `key`. The key is a digest or an id, never an address or a name: see [`of_address`] and [`of_text`].
///
/// # Errors
/// When the store fails. An empty bucket is the inner error.
pub fn take(tx: &Write<'_>, kind: &'static str, key: &str, rate: Rate, now: Timestamp) -> Result<Result<(), Wait>, StoreError> {
    let free_at = free_at(tx, kind, key)?;
    match after_one_more(free_at, rate, now.as_microsecond()) {
        Ok(next) => {
            tx.run(SET_FREE_AT, params![kind, key, next])?;
            Ok(Ok(()))
        }
        Err(wait) => Ok(Err(wait)),
    }
}

/// Whether a try would be let through, without taking it.
///
/// # Errors
/// When the store fails.
pub fn peek(tx: &Read<'_>, kind: &'static str, key: &str, rate: Rate, now: Timestamp) -> Result<Result<(), Wait>, StoreError> {
    Ok(after_one_more(free_at(tx, kind, key)?, rate, now.as_microsecond()).map(|_| ()))
}

/// Fills the bucket: after a success nobody waits for the tries before it.
///
/// # Errors
/// When the store fails.
pub fn forget(tx: &Write<'_>, kind: &'static str, key: &str) -> Result<(), StoreError> {
    tx.run(FORGET, params![kind, key])?;
    Ok(())
}

/// Puts one try back: it was no guess. A town hall's staff come in at half past eight from one address, and nobody waits for the others.
///
/// # Errors
/// When the store fails.
pub fn give_back(tx: &Write<'_>, kind: &'static str, key: &str, rate: Rate) -> Result<(), StoreError> {
    let before = free_at(tx, kind, key)?.saturating_sub(one_try(rate));
    tx.run(SET_FREE_AT, params![kind, key, before]).map(drop)
}

/// Drops full buckets; a daily job calls it.
///
/// # Errors
/// When the store fails.
pub fn sweep(tx: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    tx.run(SWEEP, params![now.as_microsecond()])
}

/// The key for a network address. A household has one IPv4 address or one /64 of IPv6, so the last 64 bits do not count.
pub fn of_address(keys: &Keys, address: IpAddr) -> String {
    let bytes = match address.to_canonical() {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
    };
    hex(&keys.mac("throttle", &bytes)[..16])
}

/// The key for anything that people type: a mail address, a login name, a case number.
pub fn of_text(keys: &Keys, text: &str) -> String {
    hex(&keys.mac("throttle", text.as_bytes())[..16])
}

fn free_at(tx: &Read<'_>, kind: &'static str, key: &str) -> Result<i64, StoreError> {
    tx.first(FREE_AT, params![kind, key])?.map_or(Ok(0), |row| row.get(0))
}

/// When the bucket would be full again after one more try, all in microseconds.
fn after_one_more(free_at: i64, rate: Rate, now: i64) -> Result<i64, Wait> {
    let per = in_microseconds(rate.per);
    let next = free_at.max(now) + one_try(rate);
    if next - now <= per { Ok(next) } else { Err(Wait(Duration::from_micros(u64::try_from(next - now - per).unwrap_or(0)))) }
}

/// The time in which one try comes back.
fn one_try(rate: Rate) -> i64 {
    in_microseconds(rate.per) / i64::from(rate.most.max(1))
}

fn in_microseconds(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE_AN_HOUR: Rate = Rate { most: 5, per: Duration::from_secs(3600) };
    const MINUTE: i64 = 60_000_000;

    #[test]
    fn five_at_once_the_sixth_waits_for_a_fifth_of_the_hour() {
        let mut free_at = 0;
        for _ in 0..5 {
            free_at = after_one_more(free_at, FIVE_AN_HOUR, 1000 * MINUTE).unwrap();
        }
        assert_eq!(after_one_more(free_at, FIVE_AN_HOUR, 1000 * MINUTE), Err(Wait(Duration::from_secs(12 * 60))));
        assert!(after_one_more(free_at, FIVE_AN_HOUR, 1012 * MINUTE).is_ok());
        assert!(after_one_more(free_at, FIVE_AN_HOUR, 1011 * MINUTE).is_err());
    }

    #[test]
    fn a_bucket_left_alone_holds_no_more_than_its_count() {
        let mut free_at = after_one_more(0, FIVE_AN_HOUR, MINUTE).unwrap();
        for _ in 0..5 {
            free_at = after_one_more(free_at, FIVE_AN_HOUR, 1_000_000 * MINUTE).unwrap();
        }
        assert!(after_one_more(free_at, FIVE_AN_HOUR, 1_000_000 * MINUTE).is_err());
    }

    #[test]
    fn who_gives_each_try_back_never_waits_and_gives_nothing_to_others() {
        let mut free_at = 0;
        for minute in 0..600 {
            free_at = after_one_more(free_at, FIVE_AN_HOUR, minute * MINUTE / 60).unwrap() - one_try(FIVE_AN_HOUR);
        }
        let now = 10 * MINUTE;
        for _ in 0..5 {
            free_at = after_one_more(free_at, FIVE_AN_HOUR, now).unwrap();
        }
        assert!(after_one_more(free_at, FIVE_AN_HOUR, now).is_err(), "given back tries never pile up");
    }
}
