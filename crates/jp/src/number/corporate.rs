//! 法人番号.

use super::LocalGovernmentCode;
use serde::{Deserialize, Serialize};
use std::fmt;

/// 法人番号: thirteen digits, the *first* a check digit, never 0. Public: anyone may use it for anything.
///
/// A sole proprietor has none. The number of an invoice issuer (適格請求書発行事業者) is `T` and thirteen digits, for a corporation these;
/// the `T` is accepted and dropped.
///
/// ```
/// use jp::number::CorporateNumber;
/// assert_eq!(CorporateNumber::parse("T8000020130001").unwrap().to_string(), "8000020130001");
/// assert!(CorporateNumber::parse("8000020130002").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CorporateNumber([u8; 13]);

/// Why a text is no 法人番号.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorporateNumberError {
    /// Not thirteen digits.
    #[error("a corporate number is 13 digits")]
    NotThirteenDigits,
    /// The first digit does not fit the others.
    #[error("the check digit of the corporate number does not fit")]
    CheckDigit,
}

impl CorporateNumber {
    /// Reads thirteen digits.
    ///
    /// # Errors
    /// When there are not thirteen digits or the first does not fit. 0 and 9 in each other's place go unnoticed: that is how mod 9 is.
    pub fn parse(typed: &str) -> Result<Self, CorporateNumberError> {
        let typed = typed.trim_start();
        let typed = typed.strip_prefix(['T', 't', 'Ｔ', 'ｔ']).unwrap_or(typed);
        let digits: [u8; 13] = crate::digits::exactly(typed).ok_or(CorporateNumberError::NotThirteenDigits)?;
        let (check, base) = digits.split_at(1);
        if check != [Self::check_digit(base)] {
            return Err(CorporateNumberError::CheckDigit);
        }
        Ok(Self(digits))
    }

    /// 9 less the remainder by 9 of the digits weighted 1, 2, 1, 2 … from the right.
    fn check_digit(base: &[u8]) -> u8 {
        let sum: u16 = base.iter().rev().zip([1, 2].into_iter().cycle()).map(|(digit, weight)| u16::from(*digit) * weight).sum();
        u8::try_from(9 - sum % 9).unwrap_or(0)
    }

    /// The number of a prefecture, city, town or village: `000020` and its code.
    pub fn of_local_government(code: &LocalGovernmentCode) -> Self {
        let mut digits = [0; 13];
        digits[5] = 2;
        digits[7..].copy_from_slice(code.six());
        digits[0] = Self::check_digit(&digits[1..]);
        Self(digits)
    }
}

impl fmt::Display for CorporateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::digits::text(&self.0))
    }
}

impl TryFrom<String> for CorporateNumber {
    type Error = CorporateNumberError;
    fn try_from(typed: String) -> Result<Self, CorporateNumberError> {
        Self::parse(&typed)
    }
}

impl From<CorporateNumber> for String {
    fn from(number: CorporateNumber) -> Self {
        number.to_string()
    }
}
