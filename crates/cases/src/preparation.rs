//! 準備: a form that is filled in at home and takes effect at the counter, where the law asks for presence (転入届 and the like, 住民基本台帳法
//! 27条). The person gets a code (準備番号) for weeks; the clerk types it, sees all answers, and files them with the person there. Until then
//! nothing was filed: a 準備番号 is no 受付番号, and nobody is told that anything was received.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::keys::Keys;

use crate::{
    CaseNumber,
    number::{NotANumber, SYMBOLS, check_symbol, folded},
};

/// Days for which a code works, counted from the day on which the preparation was finished: four weeks, so that the 14 days of a moving-in
/// and a holiday fit in. Fewer than a draft is kept ([`crate::draft::DRAFT_KEPT_DAYS`]).
pub const PREPARED_DAYS: i64 = 28;

/// Eleven drawn symbols and one check: 29¹¹ ≈ 10¹⁶ codes. With a hundred thousand outstanding and a member of staff who tries twenty an hour
/// ([`WRONG_CODES`]) all year long, one in 10⁶ such years hits one.
const DRAWN: usize = 11;

/// How many wrong codes a member of staff may type.
pub(crate) const WRONG_CODES: access::throttle::Rate = access::throttle::Rate { most: 20, per: std::time::Duration::from_secs(3600) };

/// 準備番号, such as `K7P4-M29A-CDEX`: long enough to be valid for weeks.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PreparationCode([u8; DRAWN + 1]);

impl PreparationCode {
    /// A code out of chance, two bytes a symbol: then none comes up noticeably more often.
    pub fn draw(chance: [u8; 2 * DRAWN]) -> PreparationCode {
        let mut symbols = [0; DRAWN + 1];
        for (symbol, bytes) in symbols.iter_mut().zip(chance.chunks_exact(2)) {
            *symbol = SYMBOLS[usize::from(u16::from_be_bytes([bytes[0], bytes[1]])) % SYMBOLS.len()];
        }
        symbols[DRAWN] = check_symbol(&symbols[..DRAWN]);
        PreparationCode(symbols)
    }

    /// Without hyphens, as it stands in the QR code.
    pub fn plain(&self) -> String {
        self.0.iter().map(|b| char::from(*b)).collect()
    }
}

impl FromStr for PreparationCode {
    type Err = NotANumber;

    fn from_str(typed: &str) -> Result<PreparationCode, NotANumber> {
        let symbols: Vec<u8> = folded(typed).collect::<Option<_>>().ok_or(NotANumber::Symbol)?;
        let symbols: [u8; DRAWN + 1] = symbols.try_into().map_err(|_| NotANumber::Length)?;
        if check_symbol(&symbols[..DRAWN]) == symbols[DRAWN] { Ok(PreparationCode(symbols)) } else { Err(NotANumber::Check) }
    }
}

impl TryFrom<String> for PreparationCode {
    type Error = NotANumber;

    fn try_from(text: String) -> Result<PreparationCode, NotANumber> {
        text.parse()
    }
}

impl From<PreparationCode> for String {
    fn from(code: PreparationCode) -> String {
        code.plain()
    }
}

impl fmt::Display for PreparationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        write!(f, "{}-{}-{}", &plain[..4], &plain[4..8], &plain[8..])
    }
}

impl fmt::Debug for PreparationCode {
    /// Never the code: whoever reads a log could open drafts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreparationCode(…)")
    }
}

/// What a prepared draft knows of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// The code, as the person has it.
    pub code: PreparationCode,
    /// The last day on which it works.
    pub until: Date,
}

impl Prepared {
    /// Whether the code still works.
    pub fn works_on(&self, today: Date) -> bool {
        today <= self.until
    }
}

/// A code that a clerk types to go on with somebody's draft.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DraftCode {
    /// 電話で読み上げる番号: works for half an hour.
    ReadAloud(CaseNumber),
    /// 準備番号: works for weeks.
    Prepared(PreparationCode),
}

impl DraftCode {
    /// Without hyphens.
    pub fn plain(&self) -> String {
        match self {
            DraftCode::ReadAloud(code) => code.plain(),
            DraftCode::Prepared(code) => code.plain(),
        }
    }

    /// The keyed digest by which a face finds the draft of a code.
    pub fn mark(&self, keys: &Keys) -> String {
        keys.mac("draft code", self.plain().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl FromStr for DraftCode {
    type Err = NotANumber;

    fn from_str(typed: &str) -> Result<DraftCode, NotANumber> {
        match typed.parse() {
            Ok(code) => Ok(DraftCode::Prepared(code)),
            Err(NotANumber::Length) => typed.parse().map(DraftCode::ReadAloud),
            Err(other) => Err(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> PreparationCode {
        PreparationCode::draw(std::array::from_fn(|at| u8::try_from(at * 37 % 256).unwrap()))
    }

    #[test]
    fn a_code_is_read_back_however_it_is_typed_and_every_slip_is_noticed() {
        let plain = code().plain();
        for typed in [plain.clone(), code().to_string(), code().to_string().to_lowercase(), format!(" {} ", plain.replace('5', "s"))] {
            assert!(typed.parse::<DraftCode>() == Ok(DraftCode::Prepared(code())), "{typed}");
        }
        let bytes = plain.into_bytes();
        for at in 0..bytes.len() {
            for symbol in SYMBOLS {
                let mut wrong = bytes.clone();
                wrong[at] = *symbol;
                let read = String::from_utf8(wrong.clone()).unwrap().parse::<DraftCode>();
                assert_eq!(read.is_ok(), wrong == bytes);
            }
            for other in 0..at {
                let mut swapped = bytes.clone();
                swapped.swap(at, other);
                assert_eq!(String::from_utf8(swapped.clone()).unwrap().parse::<DraftCode>().is_ok(), swapped == bytes);
            }
        }
    }

    #[test]
    fn a_code_is_no_case_number_and_a_case_number_is_no_preparation() {
        assert!(code().plain().parse::<CaseNumber>().is_err());
        let number = CaseNumber::draw([1, 2, 3, 4, 5, 6]);
        assert!(number.plain().parse::<DraftCode>() == Ok(DraftCode::ReadAloud(number)));
        assert!("".parse::<DraftCode>().is_err() && "市役所".parse::<DraftCode>().is_err());
        assert_eq!(format!("{:?}", code()), "PreparationCode(…)");
    }

    #[test]
    fn a_code_works_through_its_last_day() {
        let prepared = Prepared { code: code(), until: jiff::civil::date(2026, 12, 22) };
        assert!(prepared.works_on(jiff::civil::date(2026, 12, 22)));
        assert!(!prepared.works_on(jiff::civil::date(2026, 12, 23)));
    }
}
