//! # 電話番号 Phone numbers
//!
//! Stored as E.164 (`+81…`, the leading 0 dropped) beside what was typed, since where the hyphens stand tells a clerk something that no
//! rule can restore. The area code never tells the municipality.
//!
//! Source: 電気通信番号計画 (令和元年総務省告示第6号); ITU-T E.164.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A phone number that can be called from anywhere.
///
/// ```
/// use jp::phone::{Phone, PhoneKind};
/// let phone = Phone::parse("０９０ー１２３４ー５６７８").unwrap();
/// assert_eq!(phone.e164(), "+819012345678");
/// assert_eq!(phone.national(), "09012345678");
/// assert_eq!(phone.kind(), PhoneKind::Mobile);
/// assert!(Phone::parse("119").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Phone {
    e164: String,
    typed: String,
}

/// What kind of line a number is, by its first digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneKind {
    /// A house or an office, ten digits.
    Geographic,
    /// 060, 070, 080, 090.
    Mobile,
    /// 050.
    Ip,
    /// 0120, 0800.
    FreeOfCharge,
    /// 0570 and other services.
    Service,
    /// 020, 0200: machines; nobody answers.
    Machine,
    /// Outside Japan.
    Abroad,
}

/// Why a text is no phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing was typed.
    #[error("no phone number")]
    Empty,
    /// Something else than digits, spaces, dashes and brackets.
    #[error("a phone number holds digits only")]
    NotDigits,
    /// 110, 119, #7119 and other short numbers reach a service, not a person.
    #[error("a short number reaches no person")]
    Short,
    /// Without the area code, or from abroad without +.
    #[error("a phone number in Japan begins with 0, area code included")]
    NoAreaCode,
    /// Too few or too many digits for its kind.
    #[error("the number of digits is wrong")]
    Length,
}

impl Phone {
    /// Most digits of E.164.
    const E164_DIGITS_MAX: usize = 15;
    /// Most characters of what was typed that are read and kept: fifteen digits with a mark between each two.
    const TYPED_MAX: usize = 40;

    /// Reads a number as people write it: any width, hyphens, spaces, brackets; +81 with or without (0).
    ///
    /// # Errors
    /// See [`PhoneError`].
    pub fn parse(typed: &str) -> Result<Self, PhoneError> {
        let typed = typed.trim();
        if typed.chars().nth(Self::TYPED_MAX).is_some() {
            return Err(PhoneError::Length);
        }
        let (from_abroad, digits) = digits_of(typed)?;
        let e164 = match (from_abroad, digits.strip_prefix("81")) {
            (true, Some(national)) => format!("+81{}", national_part(&format!("0{}", national.trim_start_matches('0')))?),
            (true, None) if (7..=Self::E164_DIGITS_MAX).contains(&digits.len()) && !digits.starts_with('0') => format!("+{digits}"),
            (true, None) => return Err(PhoneError::Length),
            (false, _) => format!("+81{}", national_part(&digits)?),
        };
        Ok(Self { e164, typed: typed.to_string() })
    }

    /// +81 and the number without its leading 0: to store, compare and send by.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// As it was typed, to show.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The digits to dial within Japan; from abroad with 010.
    pub fn national(&self) -> String {
        match self.e164.strip_prefix("+81") {
            Some(rest) => format!("0{rest}"),
            None => format!("010{}", self.e164.trim_start_matches('+')),
        }
    }

    /// The kind of line.
    pub fn kind(&self) -> PhoneKind {
        match self.e164.strip_prefix("+81") {
            None => PhoneKind::Abroad,
            Some(rest) => kind_of(&format!("0{rest}")),
        }
    }

    /// Whether a short message can reach it.
    pub fn takes_messages(&self) -> bool {
        self.kind() == PhoneKind::Mobile
    }
}

/// The digits to dial in the groups in which people read them aloud: 090-1234-5678, 0120-123-456, 03-1234-5678. Where other area codes end
/// (two to five digits) only a dated table of the numbering plan can say: those, and what is no number of Japan, stay as they are.
///
/// ```
/// use jp::phone::grouped;
/// assert_eq!(grouped("09012345678"), "090-1234-5678");
/// assert_eq!(grouped("0312345678"), "03-1234-5678");
/// assert_eq!(grouped("0120123456"), "0120-123-456");
/// assert_eq!(grouped("08001234567"), "0800-123-4567");
/// assert_eq!(grouped("0123456789"), "0123456789");
/// assert_eq!(grouped("+15551234567"), "+15551234567");
/// ```
pub fn grouped(national: &str) -> String {
    let groups = match (national.len(), kind_of(national)) {
        _ if !national.bytes().all(|byte| byte.is_ascii_digit()) => return national.to_owned(),
        (11, PhoneKind::Mobile | PhoneKind::Ip) => (3, 7),
        (11, PhoneKind::FreeOfCharge) => (4, 7),
        (10, PhoneKind::FreeOfCharge | PhoneKind::Service) => (4, 7),
        (10, PhoneKind::Geographic) if national.starts_with("03") || national.starts_with("06") => (2, 6),
        _ => return national.to_owned(),
    };
    let part = |from: usize, to: usize| national.get(from..to).unwrap_or_default();
    format!("{}-{}-{}", part(0, groups.0), part(groups.0, groups.1), part(groups.1, national.len()))
}

/// Whether the number begins with + or an international prefix, and its digits after that.
fn digits_of(typed: &str) -> Result<(bool, String), PhoneError> {
    let mut digits = String::new();
    let mut plus = false;
    for c in typed.chars() {
        if let Some(digit) = crate::digits::digit(c) {
            digits.push(char::from(b'0' + digit));
        } else if matches!(c, '+' | '＋') && digits.is_empty() && !plus {
            plus = true;
        } else if matches!(c, '#' | '＃') && digits.is_empty() {
            return Err(PhoneError::Short);
        } else if !(c.is_whitespace() || crate::digits::is_dash(c) || matches!(c, '(' | ')' | '（' | '）' | '.' | '．' | '・')) {
            return Err(PhoneError::NotDigits);
        }
    }
    if digits.is_empty() {
        return Err(PhoneError::Empty);
    }
    match digits.strip_prefix("010").filter(|_| !plus) {
        Some(rest) if rest.len() >= 7 => Ok((true, rest.to_string())),
        _ => Ok((plus, digits)),
    }
}

/// The digits after the leading 0, when their count fits their kind.
fn national_part(digits: &str) -> Result<&str, PhoneError> {
    let Some(rest) = digits.strip_prefix('0') else {
        return Err(if digits.len() <= 4 { PhoneError::Short } else { PhoneError::NoAreaCode });
    };
    let length = match kind_of(digits) {
        PhoneKind::Mobile | PhoneKind::Ip => 11,
        PhoneKind::FreeOfCharge if digits.starts_with("0800") => 11,
        PhoneKind::Machine if digits.starts_with("0200") => 14,
        PhoneKind::Machine => 11,
        _ => 10,
    };
    // 00… is a carrier's prefix or another country, never a line here.
    if rest.starts_with('0') || digits.len() != length { Err(PhoneError::Length) } else { Ok(rest) }
}

fn kind_of(digits: &str) -> PhoneKind {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| digits.starts_with(prefix));
    if starts(&["0120", "0800"]) {
        PhoneKind::FreeOfCharge
    } else if starts(&["0570", "0180", "0990"]) {
        PhoneKind::Service
    } else if starts(&["060", "070", "080", "090"]) {
        PhoneKind::Mobile
    } else if starts(&["050"]) {
        PhoneKind::Ip
    } else if starts(&["020"]) {
        PhoneKind::Machine
    } else {
        PhoneKind::Geographic
    }
}

impl fmt::Display for Phone {
    /// As it was typed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    e164: String,
    typed: String,
}

impl TryFrom<Stored> for Phone {
    type Error = PhoneError;
    fn try_from(stored: Stored) -> Result<Self, PhoneError> {
        let phone = Self::parse(&stored.e164)?;
        Ok(Self { typed: stored.typed, ..phone })
    }
}

impl From<Phone> for Stored {
    fn from(phone: Phone) -> Self {
        Self { e164: phone.e164, typed: phone.typed }
    }
}
