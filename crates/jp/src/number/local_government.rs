//! 全国地方公共団体コード.

use serde::{Deserialize, Serialize};
use std::fmt;

/// 全国地方公共団体コード: six digits; two of the prefecture (JIS X 0401), three of the municipality (JIS X 0402), one check digit.
///
/// Wards of designated cities have codes and are no municipalities. After a merger the old code stays on old addresses: keep code tables
/// with their days of effect.
///
/// ```
/// use jp::number::LocalGovernmentCode;
/// let code = LocalGovernmentCode::parse("01101").unwrap(); // five digits, as census and postal files write it
/// assert_eq!(code.to_string(), "011011");
/// assert_eq!(code.prefecture(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalGovernmentCode([u8; 6]);

/// What the last three of the five digits say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GovernmentKind {
    /// 000: a prefecture.
    Prefecture,
    /// 100–199: a designated city, one of its wards, or a special ward of Tokyo.
    DesignatedCityOrWard,
    /// 200–299: a city.
    City,
    /// 300–799: a town or village, by district.
    TownOrVillage,
    /// 800 and above: an association of municipalities and others.
    Association,
}

/// Why a text is no such code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalGovernmentCodeError {
    /// Neither five nor six digits.
    #[error("a local government code is 5 or 6 digits")]
    NotSixDigits,
    /// The sixth digit does not fit.
    #[error("the check digit of the local government code does not fit")]
    CheckDigit,
}

impl LocalGovernmentCode {
    /// Reads six digits, or five without the check digit.
    ///
    /// # Errors
    /// When there are neither five nor six digits, or the sixth does not fit.
    pub fn parse(typed: &str) -> Result<Self, LocalGovernmentCodeError> {
        if let Some(body) = crate::digits::exactly::<5>(typed) {
            let [a, b, c, d, e] = body;
            return Ok(Self([a, b, c, d, e, Self::check_digit(body)]));
        }
        let six: [u8; 6] = crate::digits::exactly(typed).ok_or(LocalGovernmentCodeError::NotSixDigits)?;
        let [a, b, c, d, e, check] = six;
        if check != Self::check_digit([a, b, c, d, e]) {
            return Err(LocalGovernmentCodeError::CheckDigit);
        }
        Ok(Self(six))
    }

    /// The last digit of 11 less the remainder by 11: remainder 0 gives 1, remainder 1 gives 0. Not the rule of 個人番号.
    fn check_digit([a, b, c, d, e]: [u8; 5]) -> u8 {
        // At most 9 × 20 = 180, inside a byte.
        let sum = 6 * a + 5 * b + 4 * c + 3 * d + 2 * e;
        (11 - sum % 11) % 10
    }

    /// The two digits of the prefecture, 1 to 47 for real ones.
    pub const fn prefecture(&self) -> u8 {
        self.0[0] * 10 + self.0[1]
    }

    /// What kind of body it names.
    pub const fn kind(&self) -> GovernmentKind {
        match (self.0[2], self.0[3], self.0[4]) {
            (0, 0, 0) => GovernmentKind::Prefecture,
            (0 | 1, _, _) => GovernmentKind::DesignatedCityOrWard,
            (2, _, _) => GovernmentKind::City,
            (3..=7, _, _) => GovernmentKind::TownOrVillage,
            _ => GovernmentKind::Association,
        }
    }

    /// The five digits without the check digit.
    pub fn five_digits(&self) -> String {
        crate::digits::text(&self.0[..5])
    }

    pub(super) const fn six(&self) -> &[u8; 6] {
        &self.0
    }
}

impl fmt::Display for LocalGovernmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::digits::text(&self.0))
    }
}

impl std::str::FromStr for LocalGovernmentCode {
    type Err = LocalGovernmentCodeError;
    fn from_str(typed: &str) -> Result<Self, LocalGovernmentCodeError> {
        Self::parse(typed)
    }
}

impl TryFrom<String> for LocalGovernmentCode {
    type Error = LocalGovernmentCodeError;
    fn try_from(typed: String) -> Result<Self, LocalGovernmentCodeError> {
        Self::parse(&typed)
    }
}

impl From<LocalGovernmentCode> for String {
    fn from(code: LocalGovernmentCode) -> Self {
        code.to_string()
    }
}
