//! # 行政手続等の棚卸 The national inventory
//!
//! Every year the ministries count all procedures of the country (デジタル庁「行政手続等の棚卸調査」). A procedure of a town says by
//! `inventory:` which rows of that count it covers; a row that is no municipality's, or not this one's, stands with its reason in a document
//! `inventory_excluded:`.

mod cells;
mod coverage;
mod table;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub use coverage::{Claimed, Coverage, Gap, OfReach, Sum, coverage};
pub use table::{Inventory, Row};

/// 手続ID of the inventory: digits as in `9108`, or with the letters `P` or `DP` and eight digits as in `DP24108216`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InventoryId(Box<str>);

/// Why a text is no [`InventoryId`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id of the inventory is a number of up to seven digits, or P or DP and eight digits")]
pub struct NotAnInventoryId;

/// The count of 令和6年度 has 75,071 rows and numbers of up to six digits: seven leave room.
const DIGITS_MAX: usize = 7;
/// Digits behind `P` and `DP`.
const DIGITS_BEHIND_LETTERS: usize = 8;

impl InventoryId {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InventoryId {
    type Err = NotAnInventoryId;

    fn from_str(text: &str) -> Result<InventoryId, NotAnInventoryId> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let good = match text.strip_prefix("DP").or_else(|| text.strip_prefix('P')) {
            Some(number) => digits(number) && number.len() == DIGITS_BEHIND_LETTERS,
            None => digits(text) && text.len() <= DIGITS_MAX && !text.starts_with('0'),
        };
        if good { Ok(InventoryId(text.into())) } else { Err(NotAnInventoryId) }
    }
}

impl TryFrom<String> for InventoryId {
    type Error = NotAnInventoryId;

    fn try_from(text: String) -> Result<InventoryId, NotAnInventoryId> {
        text.parse()
    }
}

impl From<InventoryId> for String {
    fn from(id: InventoryId) -> String {
        id.0.into()
    }
}

impl fmt::Display for InventoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::InventoryId;

    #[test]
    fn ids_are_numbers_or_letters_and_eight_digits() {
        for good in ["9108", "13190", "749204", "P24108216", "DP24108216"] {
            assert_eq!(good.parse::<InventoryId>().map(|id| id.to_string()), Ok(good.to_owned()));
        }
        for bad in
            ["", "0", "09108", "９１０８", "12345678", "P9108", "DP2410821", "DP241082166", "dp24108216", "DP", "9108 ", "-1", "手続"]
        {
            assert!(bad.parse::<InventoryId>().is_err(), "{bad}");
        }
    }
}
