//! # 口座 Bank accounts
//!
//! Where money is sent: bank (4 digits), branch (3 digits, unique only within its bank), kind, number (7 digits), and the holder's name in
//! kana as the bank has it. All are text of digits; leading zeros matter. Banks merge and branches move: whether an account still exists, only
//! a dated table and the bank itself can say.
//!
//! The holder's name (口座名義カナ) is a name of its own: never overwrite it by the フリガナ of the register, nor that by it.
//!
//! ゆうちょ has 記号 and 番号 instead; [`YuchoNumber::to_account`] gives the account to which other banks transfer.
//!
//! Sources: 全銀協 総合振込 record layout and character set; ゆうちょ銀行 記号番号から振込用の店名・預金種目・口座番号への変換.
//!
//! ```
//! use jp::bank::{AccountKind, YuchoNumber};
//! let account = YuchoNumber::parse("10530", "12345671").unwrap().to_account();
//! assert_eq!(account.bank.to_string(), "9900");
//! assert_eq!(account.branch.to_string(), "058");
//! assert_eq!(account.kind, AccountKind::Ordinary);
//! assert_eq!(account.number.to_string(), "1234567");
//! ```

mod holder;
mod yucho;

pub use holder::{AccountHolder, Change, HolderError};
use serde::{Deserialize, Serialize};
use std::fmt;
pub use yucho::{YuchoError, YuchoNumber};

/// An account to which money can be transferred.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BankAccount {
    /// 統一金融機関コード.
    pub bank: BankCode,
    /// 支店コード.
    pub branch: BranchCode,
    /// 預金種目.
    pub kind: AccountKind,
    /// 口座番号.
    pub number: AccountNumber,
    /// 口座名義カナ.
    pub holder: AccountHolder,
}

/// An account as its numbers alone name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AccountPlace {
    /// 統一金融機関コード.
    pub bank: BankCode,
    /// 支店コード.
    pub branch: BranchCode,
    /// 預金種目.
    pub kind: AccountKind,
    /// 口座番号.
    pub number: AccountNumber,
}

impl AccountPlace {
    /// The account with its holder.
    pub fn held_by(self, holder: AccountHolder) -> BankAccount {
        BankAccount { bank: self.bank, branch: self.branch, kind: self.kind, number: self.number, holder }
    }
}

impl BankAccount {
    /// The number with all but its last three digits hidden, for screens that need only tell accounts apart.
    pub fn masked_number(&self) -> String {
        format!("****{}", &self.number.to_string()[4..])
    }
}

/// 預金種目 of transfers, by its code in the 全銀 layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// 1 普通 (ゆうちょ: 通常貯金).
    Ordinary,
    /// 2 当座 (ゆうちょ: 振替口座).
    Current,
    /// 4 貯蓄.
    Savings,
    /// 9 その他.
    Other,
}

impl AccountKind {
    /// Its code in a transfer file.
    pub const fn code(self) -> u8 {
        match self {
            Self::Ordinary => 1,
            Self::Current => 2,
            Self::Savings => 4,
            Self::Other => 9,
        }
    }

    /// By its code.
    pub const fn of_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Ordinary),
            2 => Some(Self::Current),
            4 => Some(Self::Savings),
            9 => Some(Self::Other),
            _ => None,
        }
    }

    /// As a passbook names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "普通",
            Self::Current => "当座",
            Self::Savings => "貯蓄",
            Self::Other => "その他",
        }
    }
}

/// A text that is no code or number of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// A bank is named by four digits.
    #[error("a bank code is 4 digits")]
    Bank,
    /// A branch is named by three digits.
    #[error("a branch code is 3 digits")]
    Branch,
    /// An account has one to seven digits. Eight are a 番号 of ゆうちょ.
    #[error("an account number has at most 7 digits")]
    Number,
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $digits:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; $digits]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&crate::digits::text(&self.0))
            }
        }

        impl TryFrom<String> for $name {
            type Error = AccountError;
            fn try_from(typed: String) -> Result<Self, AccountError> {
                Self::parse(&typed)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.to_string()
            }
        }
    };
}

code!(
    /// 統一金融機関コード, four digits.
    BankCode, 4
);
code!(
    /// 支店コード, three digits, unique only within its bank.
    BranchCode, 3
);
code!(
    /// 口座番号, seven digits; a shorter one is filled up with zeros at its front.
    AccountNumber, 7
);

impl BankCode {
    /// ゆうちょ銀行.
    pub const YUCHO: Self = Self([9, 9, 0, 0]);

    /// Reads four digits.
    ///
    /// # Errors
    /// When there are not four.
    pub fn parse(typed: &str) -> Result<Self, AccountError> {
        crate::digits::exactly(typed).map(Self).ok_or(AccountError::Bank)
    }
}

impl BranchCode {
    /// Reads three digits.
    ///
    /// # Errors
    /// When there are not three.
    pub fn parse(typed: &str) -> Result<Self, AccountError> {
        crate::digits::exactly(typed).map(Self).ok_or(AccountError::Branch)
    }
}

impl AccountNumber {
    /// Reads one to seven digits.
    ///
    /// # Errors
    /// When there are none or more than seven.
    pub fn parse(typed: &str) -> Result<Self, AccountError> {
        let digits = crate::digits::at_most(typed, 7).ok_or(AccountError::Number)?;
        let mut number = [0; 7];
        number[7 - digits.len()..].copy_from_slice(&digits);
        Ok(Self(number))
    }
}
