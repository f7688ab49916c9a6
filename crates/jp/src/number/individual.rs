//! 個人番号.

use serde::{Deserialize, Serialize};
use std::fmt;

/// 個人番号 (マイナンバー): twelve digits, the last a check digit.
///
/// Only a procedure that a law names may ask for it (番号法9条, 14条), and it is never the key of anything. It has no `Display`, and its
/// `Debug` shows no digit, so that no log, error or page holds one by accident; [`digits`](Self::digits) and
/// [`spaced`](Self::spaced) say what they do. Its serde form holds the digits: seal what it is written to.
///
/// ```
/// use jp::number::IndividualNumber;
/// let number = IndividualNumber::parse("1234 5678 9018").unwrap();
/// assert_eq!(number.spaced(), "1234 5678 9018");
/// assert_eq!(format!("{number:?}"), "IndividualNumber(************)");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IndividualNumber([u8; 12]);

/// Why a text is no 個人番号. Never holds what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndividualNumberError {
    /// Not twelve digits.
    #[error("an individual number is 12 digits")]
    NotTwelveDigits,
    /// The check digit does not fit: a digit was mistyped.
    #[error("the check digit of the individual number does not fit")]
    CheckDigit,
    /// Twelve zeros fit the arithmetic and are what people type to get past a field.
    #[error("twelve zeros are no individual number")]
    Placeholder,
}

impl IndividualNumber {
    /// Reads twelve digits.
    ///
    /// # Errors
    /// When there are not twelve digits, when the check digit does not fit, or when all are zero.
    pub fn parse(typed: &str) -> Result<Self, IndividualNumberError> {
        let digits: [u8; 12] = crate::digits::exactly(typed).ok_or(IndividualNumberError::NotTwelveDigits)?;
        if digits == [0; 12] {
            return Err(IndividualNumberError::Placeholder);
        }
        let (body, check) = digits.split_at(11);
        if check != [Self::check_digit(body)] {
            return Err(IndividualNumberError::CheckDigit);
        }
        Ok(Self(digits))
    }

    /// 11 less the remainder by 11; remainders 0 and 1 both give 0, so a few slips pass.
    fn check_digit(body: &[u8]) -> u8 {
        const WEIGHTS: [u16; 11] = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
        let sum: u16 = body.iter().zip(WEIGHTS).map(|(digit, weight)| u16::from(*digit) * weight).sum();
        match sum % 11 {
            0 | 1 => 0,
            // 2 to 10, so one digit.
            remainder => u8::try_from(11 - remainder).unwrap_or(0),
        }
    }

    /// The twelve digits, to be sealed or sent to those whom the law names.
    pub fn digits(&self) -> String {
        crate::digits::text(&self.0)
    }

    /// As the card shows it, 4-4-4 with spaces.
    pub fn spaced(&self) -> String {
        let parts: Vec<String> = self.0.chunks(4).map(crate::digits::text).collect();
        parts.join(" ")
    }
}

impl fmt::Debug for IndividualNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndividualNumber(************)")
    }
}

impl TryFrom<String> for IndividualNumber {
    type Error = IndividualNumberError;
    fn try_from(typed: String) -> Result<Self, IndividualNumberError> {
        Self::parse(&typed)
    }
}

impl From<IndividualNumber> for String {
    fn from(number: IndividualNumber) -> Self {
        number.digits()
    }
}
