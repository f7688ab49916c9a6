//! # 抽選 Lots
//!
//! What stands at the end of every order: a lot for each filing. It follows from a seed that is drawn once, after the round has closed and before
//! anything is allocated, and is published and journalled: anybody can reckon every lot again. A lot is the first eight bytes of
//! `SHA-256(seed in hex ‖ "/" ‖ round ‖ "/" ‖ case number ‖ "/" ‖ draw)`; the smallest comes first. Who has several draws (当選率の優遇) keeps the best.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

/// The seed of a round: 32 hexadecimal digits, drawn by the program, once, and by nobody else.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Seed(String);

/// A text that is no seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a seed has 32 hexadecimal digits")]
pub struct NoSeed;

impl Seed {
    /// Draws a seed from the system's source of chance.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn draw() -> Result<Seed, getrandom::Error> {
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Seed(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The lot of a filing with so many draws; no draws count as one.
    pub fn lot(&self, round: &str, key: &str, draws: u32) -> u64 {
        self.best(round, key, draws).0
    }

    /// The lot of a filing, and which of its draws it was, from 0.
    pub fn best(&self, round: &str, key: &str, draws: u32) -> (u64, u32) {
        (0..draws.max(1)).map(|draw| (self.one(round, key, draw), draw)).min().unwrap_or((u64::MAX, 0))
    }

    /// SHA-256 of its digits, by which everybody can hold the seed that is told against the one that was sealed.
    pub fn digest(&self) -> String {
        Sha256::digest(&self.0).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn one(&self, round: &str, key: &str, draw: u32) -> u64 {
        let digest = Sha256::digest(format!("{}/{round}/{key}/{draw}", self.0));
        digest.iter().take(8).fold(0, |lot, byte| (lot << 8) | u64::from(*byte))
    }
}

impl FromStr for Seed {
    type Err = NoSeed;

    fn from_str(text: &str) -> Result<Seed, NoSeed> {
        let text = text.trim().to_ascii_lowercase();
        if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) { Ok(Seed(text)) } else { Err(NoSeed) }
    }
}

impl TryFrom<String> for Seed {
    type Error = NoSeed;

    fn try_from(text: String) -> Result<Seed, NoSeed> {
        text.parse()
    }
}

impl From<Seed> for String {
    fn from(seed: Seed) -> String {
        seed.0
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
