//! 架空の住民: a town's people for demonstrations and benches. The same seed gives the same people each time and on each machine.
//!
//! Nobody in here exists: postal codes begin with 0000, telephone numbers with 0000. What registers are full of is here too: names with
//! variation selectors and beyond the basic plane, single Latin names, names longer than a form, 旧氏, 通称, people who died or moved out,
//! people under 支援措置.

mod cast;
mod chance;
mod family;
mod names;
mod places;

use access::HouseholdId;
use definitions::cast::Cast;
use jiff::civil::{Date, date};
use uuid::Uuid;

use crate::resident::Resident;

pub use self::cast::{cast_records, cast_resident};
use self::chance::Chance;

/// The day on which the generated ages are counted: the same each time means that today plays no part.
pub const AS_OF: Date = date(2026, 4, 1);

/// People who live together, in the order of the register (記載順位).
#[derive(Clone, Debug, PartialEq)]
pub struct Household {
    /// Its id.
    pub id: HouseholdId,
    /// 世帯番号.
    pub number: String,
    /// Its members, the head first.
    pub members: Vec<Resident>,
}

/// Households of `count` people in all, the same for the same `seed`.
pub fn households(seed: u64, count: usize) -> impl Iterator<Item = Household> {
    let mut chance = Chance::new(seed);
    let mut serial = 0_u64;
    let mut left = count;
    std::iter::from_fn(move || {
        if left == 0 {
            return None;
        }
        serial += 1;
        let mut household = family::draw(&mut chance, seed, serial);
        household.members.truncate(left);
        left -= household.members.len();
        Some(household)
    })
}

/// The people of a town for `yakuba demo`: the cast of its examples first, then others until there are `count`.
pub fn town(seed: u64, count: usize, cast: &Cast) -> Vec<Household> {
    let mut all = cast::households(cast);
    let cast_count: usize = all.iter().map(|household| household.members.len()).sum();
    all.extend(households(seed, count.saturating_sub(cast_count)));
    all
}

/// An id made of a name: FNV-1a over its bytes, twice with different beginnings, marked as version 8 (RFC 9562 5.8).
fn named(kind: u8, name: &str) -> Uuid {
    let hash = |begin: u64| {
        std::iter::once(kind).chain(name.bytes()).fold(begin, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    };
    version_8(u128::from(hash(0xcbf2_9ce4_8422_2325)) << 64 | u128::from(hash(0x8422_2325_cbf2_9ce4)))
}

/// An id of the `serial`th thing of a kind under a seed.
fn numbered(kind: u8, seed: u64, serial: u64) -> Uuid {
    version_8(u128::from(seed) << 72 | u128::from(kind) << 64 | u128::from(serial))
}

fn version_8(value: u128) -> Uuid {
    uuid::Builder::from_u128(value).with_version(uuid::Version::Custom).with_variant(uuid::Variant::RFC4122).into_uuid()
}

#[cfg(test)]
mod tests;
