//! 住民票コード.

use serde::{Deserialize, Serialize};
use std::fmt;

/// 住民票コード: eleven digits. Nobody outside the offices that 住民基本台帳法 lists may ask for it (30条の37, 30条の38).
///
/// Its last digit is a check digit whose formula (総務大臣告示) is not public enough to refuse by: see
/// [`looks_mistyped`](Self::looks_mistyped). No `Display`, and no digit in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResidentCode([u8; 11]);

/// A text that is no 住民票コード. Never holds what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a resident code is 11 digits")]
pub struct ResidentCodeError;

impl ResidentCode {
    /// Reads eleven digits.
    ///
    /// # Errors
    /// When there are not eleven digits. The check digit refuses nothing.
    pub fn parse(typed: &str) -> Result<Self, ResidentCodeError> {
        crate::digits::exactly(typed).map(Self).ok_or(ResidentCodeError)
    }

    /// Whether the check digit differs from what the rule of 個人番号 would give. Worth a second look at what was typed, never a refusal.
    pub fn looks_mistyped(&self) -> bool {
        const WEIGHTS: [u16; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
        let sum: u16 = self.0.iter().zip(WEIGHTS).map(|(digit, weight)| u16::from(*digit) * weight).sum();
        let expected = match sum % 11 {
            0 | 1 => 0,
            remainder => 11 - remainder,
        };
        u16::from(self.0[10]) != expected
    }

    /// The eleven digits.
    pub fn digits(&self) -> String {
        crate::digits::text(&self.0)
    }
}

impl fmt::Debug for ResidentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResidentCode(***********)")
    }
}

impl TryFrom<String> for ResidentCode {
    type Error = ResidentCodeError;
    fn try_from(typed: String) -> Result<Self, ResidentCodeError> {
        Self::parse(&typed)
    }
}

impl From<ResidentCode> for String {
    fn from(code: ResidentCode) -> Self {
        code.digits()
    }
}
