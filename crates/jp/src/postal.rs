//! # 郵便番号 Postal codes
//!
//! Seven digits, written `NNN-NNNN`. A code names an area of delivery, often several: it *suggests* addresses and never decides one. It is
//! kept as text, for leading zeros matter. A デジタルアドレス is also seven long, but letters and digits, and personal: it is no postal code.

mod table;

use serde::{Deserialize, Serialize};
use std::fmt;

pub use table::{NotARow, PostalPlace, PostalTable, RowFault, in_common};

/// A postal code of seven digits. Whether it is in use, only a dated table of Japan Post can say.
///
/// ```
/// use jp::postal::PostalCode;
/// let code = PostalCode::parse("〒１００ー８９１８").unwrap();
/// assert_eq!(code.to_string(), "100-8918");
/// assert_eq!(code.digits(), "1008918");
/// assert!(PostalCode::parse("100-891").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostalCode([u8; 7]);

/// A text that is no postal code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a postal code is 7 digits")]
pub struct PostalCodeError;

impl PostalCode {
    /// Reads seven digits, full width or half, with 〒, spaces and dashes wherever they stand.
    ///
    /// # Errors
    /// When there are not exactly seven digits, or other characters.
    pub fn parse(typed: &str) -> Result<Self, PostalCodeError> {
        let typed = typed.trim_start_matches(|c: char| c == '〒' || c == '〠' || c.is_whitespace());
        crate::digits::exactly(typed).map(Self).ok_or(PostalCodeError)
    }

    /// The seven digits.
    pub fn digits(&self) -> String {
        crate::digits::text(&self.0)
    }
}

impl fmt::Display for PostalCode {
    /// NNN-NNNN.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (area, rest) = self.0.split_at(3);
        write!(f, "{}-{}", crate::digits::text(area), crate::digits::text(rest))
    }
}

impl std::str::FromStr for PostalCode {
    type Err = PostalCodeError;
    fn from_str(typed: &str) -> Result<Self, PostalCodeError> {
        Self::parse(typed)
    }
}

impl TryFrom<String> for PostalCode {
    type Error = PostalCodeError;
    fn try_from(typed: String) -> Result<Self, PostalCodeError> {
        Self::parse(&typed)
    }
}

impl From<PostalCode> for String {
    fn from(code: PostalCode) -> Self {
        code.to_string()
    }
}
