//! ゆうちょ: 記号 and 番号.

use super::{AccountKind, AccountNumber, AccountPlace, BankCode, BranchCode};
use serde::{Deserialize, Serialize};
use std::fmt;

/// 記号番号 of ゆうちょ, as the passbook prints it. It has a transfer account ([`to_account`](Self::to_account)); the way back needs the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Printed", into = "Printed")]
pub struct YuchoNumber {
    symbol: [u8; 5],
    /// 番号, at most eight digits.
    number: u32,
}

/// Why 記号 and 番号 are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum YuchoError {
    /// 記号 is five digits, the first 0 or 1; a sixth behind it is dropped.
    #[error("記号 is 5 digits beginning with 0 or 1")]
    Symbol,
    /// 番号 has two to eight digits (通常貯金) or one to seven (振替口座).
    #[error("番号 has at most 8 digits, that of a 振替口座 at most 7")]
    Number,
    /// 番号 of a savings account ends in 1.
    #[error("番号 of a 通常貯金 ends in 1")]
    NotEndingInOne,
}

impl YuchoNumber {
    /// Reads 記号 (a single digit printed between the two, as in 00530-0-123456, may be typed behind it) and 番号.
    ///
    /// # Errors
    /// See [`YuchoError`].
    pub fn parse(symbol: &str, number: &str) -> Result<Self, YuchoError> {
        let typed = crate::digits::at_most(symbol, 6).ok_or(YuchoError::Symbol)?;
        let symbol: [u8; 5] = typed.get(..5).and_then(|five| five.try_into().ok()).ok_or(YuchoError::Symbol)?;
        let is_transfer = match symbol[0] {
            0 => true,
            1 => false,
            _ => return Err(YuchoError::Symbol),
        };
        let digits = crate::digits::at_most(number, if is_transfer { 7 } else { 8 }).ok_or(YuchoError::Number)?;
        // At most eight digits, so that the value fits.
        let value = digits.iter().fold(0_u32, |value, digit| value * 10 + u32::from(*digit));
        if !is_transfer && digits.len() < 2 {
            return Err(YuchoError::Number);
        }
        if !is_transfer && value % 10 != 1 {
            return Err(YuchoError::NotEndingInOne);
        }
        Ok(Self { symbol, number: value })
    }

    /// The account to which other banks transfer: bank 9900; the branch is 記号's second and third digit and 8 (通常貯金) or 9 (振替口座); the
    /// number is 番号, of a 通常貯金 without its last digit.
    pub fn to_account(&self) -> AccountPlace {
        let is_transfer = self.symbol[0] == 0;
        let last = if is_transfer { 9 } else { 8 };
        let mut value = if is_transfer { self.number } else { self.number / 10 };
        let mut number = [0; 7];
        for digit in number.iter_mut().rev() {
            // A remainder by 10 is one digit.
            *digit = u8::try_from(value % 10).unwrap_or(0);
            value /= 10;
        }
        AccountPlace {
            bank: BankCode::YUCHO,
            branch: BranchCode([self.symbol[1], self.symbol[2], last]),
            kind: if is_transfer { AccountKind::Current } else { AccountKind::Ordinary },
            number: AccountNumber(number),
        }
    }

    /// The branch's name: 〇五八.
    pub fn branch_name(&self) -> String {
        self.to_account()
            .branch
            .0
            .iter()
            .map(|digit| if *digit == 0 { "〇".into() } else { crate::digits::kanji_text(u16::from(*digit)) })
            .collect()
    }
}

impl fmt::Display for YuchoNumber {
    /// As printed: 10530-12345671.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", crate::digits::text(&self.symbol), self.number)
    }
}

#[derive(Serialize, Deserialize)]
struct Printed {
    symbol: String,
    number: String,
}

impl TryFrom<Printed> for YuchoNumber {
    type Error = YuchoError;
    fn try_from(printed: Printed) -> Result<Self, YuchoError> {
        Self::parse(&printed.symbol, &printed.number)
    }
}

impl From<YuchoNumber> for Printed {
    fn from(number: YuchoNumber) -> Self {
        Self { symbol: crate::digits::text(&number.symbol), number: number.number.to_string() }
    }
}
