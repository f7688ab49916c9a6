//! 受付番号 and 確認番号: what a person reads aloud on the telephone.
//!
//! Both use 29 symbols without look-alikes (no 0, 1, B, I, O, S, Z). The last symbol of a [`CaseNumber`] is a check: with weights that
//! differ and a prime number of symbols, every single wrong symbol and every swap of two symbols is noticed.

use std::{fmt, str::FromStr};

use store::keys::Face;
use unicode_normalization::UnicodeNormalization;

/// 29 symbols: a prime, so that distinct weights catch all swaps.
pub(crate) const SYMBOLS: &[u8; 29] = b"23456789ACDEFGHJKLMNPQRTUVWXY";

/// Six drawn symbols and one check: 29⁶ = 594,823,321 numbers, nearly half of them for each face of a town, with a unique index and a few candidates a filing.
const DRAWN: usize = 6;

/// Why a typed number cannot be one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotANumber {
    /// It has more or fewer symbols than ours.
    #[error("a case number has 7 symbols")]
    Length,
    /// It has a symbol that we never use.
    #[error("a symbol that case numbers do not use")]
    Symbol,
    /// Its last symbol does not fit the others: misread or mistyped.
    #[error("the check symbol does not fit")]
    Check,
}

/// 受付番号, such as `K7P-4M2-9`: how a case is called outside. It reveals nothing by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseNumber([u8; DRAWN + 1]);

impl CaseNumber {
    /// A number out of six bytes of chance, drawn before the transaction.
    pub fn draw(chance: [u8; 6]) -> CaseNumber {
        // 256 is not a multiple of 29, so some symbols come up a little more often; a number is a name and no secret.
        let mut symbols = [0; DRAWN + 1];
        for (symbol, byte) in symbols.iter_mut().zip(chance) {
            *symbol = SYMBOLS[usize::from(byte) % SYMBOLS.len()];
        }
        symbols[DRAWN] = check_symbol(&symbols[..DRAWN]);
        CaseNumber(symbols)
    }

    /// As [`CaseNumber::draw`], from the half that belongs to this face: what residents file and what clerks take in get numbers without asking
    /// each other, and must never meet. The first symbol tells the halves apart.
    pub fn draw_for(face: Face, chance: [u8; 6]) -> CaseNumber {
        let odd = match face {
            Face::Portal => 0,
            Face::Desk => 1,
        };
        let first = usize::from(chance[0]) % (SYMBOLS.len() / 2) * 2 + odd;
        CaseNumber::draw([u8::try_from(first).unwrap_or(0), chance[1], chance[2], chance[3], chance[4], chance[5]])
    }

    /// As it is stored and stands in links: `K7P4M29`.
    pub fn plain(&self) -> String {
        self.0.iter().map(|b| char::from(*b)).collect()
    }
}

fn index_of(symbol: u8) -> Option<usize> {
    SYMBOLS.iter().position(|s| *s == symbol)
}

pub(crate) fn check_symbol(symbols: &[u8]) -> u8 {
    let sum: usize = symbols.iter().enumerate().map(|(at, symbol)| (at + 1) * index_of(*symbol).unwrap_or(0)).sum();
    SYMBOLS[sum % SYMBOLS.len()]
}

/// What a person typed, folded: width, case, hyphens and spaces do not matter, look-alikes become the symbol that we use.
pub(crate) fn folded(typed: &str) -> impl Iterator<Item = Option<u8>> {
    typed.nfkc().take(64).filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '‑' | '–' | '—' | '−' | 'ー' | '・')).map(|c| {
        let symbol = match c.to_ascii_uppercase() {
            '0' | 'O' => 'Q',
            '1' | 'I' => 'L',
            'B' => '8',
            'S' => '5',
            'Z' => '2',
            other => other,
        };
        u8::try_from(symbol).ok().filter(|symbol| index_of(*symbol).is_some())
    })
}

impl FromStr for CaseNumber {
    type Err = NotANumber;

    fn from_str(typed: &str) -> Result<CaseNumber, NotANumber> {
        let symbols: Vec<u8> = folded(typed).collect::<Option<_>>().ok_or(NotANumber::Symbol)?;
        let symbols: [u8; DRAWN + 1] = symbols.try_into().map_err(|_| NotANumber::Length)?;
        if check_symbol(&symbols[..DRAWN]) == symbols[DRAWN] { Ok(CaseNumber(symbols)) } else { Err(NotANumber::Check) }
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        write!(f, "{}-{}-{}", &plain[..3], &plain[3..6], &plain[6..])
    }
}

impl fmt::Debug for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// 確認番号, printed on the receipt, such as `7KQP-M3XA`: who types it beside the case number may see the case. It is derived from the
/// town's key and the case, so it is stored nowhere. 29⁸ ≈ 5 × 10¹¹ possibilities, and tries are limited.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiptSecret([u8; 8]);

impl ReceiptSecret {
    /// The secret of a case out of a keyed digest of its id.
    pub fn derive(mac: &[u8; 32]) -> ReceiptSecret {
        let mut secret = [0; 8];
        for (symbol, bytes) in secret.iter_mut().zip(mac.chunks_exact(4)) {
            let word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            *symbol = SYMBOLS[(word % SYMBOLS.len() as u32) as usize];
        }
        ReceiptSecret(secret)
    }

    /// What a person typed, or nothing when it cannot be a secret.
    pub fn typed(typed: &str) -> Option<ReceiptSecret> {
        let symbols: Vec<u8> = folded(typed).collect::<Option<_>>()?;
        Some(ReceiptSecret(symbols.try_into().ok()?))
    }

    /// Whether both are the same, in a time that tells nothing.
    pub fn is(&self, other: &ReceiptSecret) -> bool {
        self.0.iter().zip(other.0).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
    }

    /// As it is printed: `7KQP-M3XA`.
    pub fn grouped(&self) -> String {
        let plain: String = self.0.iter().map(|b| char::from(*b)).collect();
        format!("{}-{}", &plain[..4], &plain[4..])
    }
}

impl fmt::Debug for ReceiptSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number() -> CaseNumber {
        CaseNumber::draw([18, 5, 20, 2, 18, 0])
    }

    #[test]
    fn the_two_faces_never_draw_the_same_number() {
        let firsts = |face| -> std::collections::BTreeSet<char> {
            (0..=255).filter_map(|byte| CaseNumber::draw_for(face, [byte, 1, 2, 3, 4, 5]).plain().chars().next()).collect()
        };
        let (portal, desk) = (firsts(Face::Portal), firsts(Face::Desk));
        assert_eq!((portal.len(), desk.len()), (14, 14));
        assert!(portal.is_disjoint(&desk));
    }

    #[test]
    fn a_number_is_read_back_however_it_is_typed() {
        let plain = number().plain();
        let wide: String = plain.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
        for typed in [plain.clone(), number().to_string(), plain.to_lowercase(), format!(" {} ", number()), wide] {
            assert_eq!(typed.parse(), Ok(number()), "{typed}");
        }
    }

    #[test]
    fn every_single_wrong_symbol_and_every_swap_is_noticed() {
        let plain = number().plain().into_bytes();
        for at in 0..plain.len() {
            for symbol in SYMBOLS {
                let mut wrong = plain.clone();
                wrong[at] = *symbol;
                if wrong != plain {
                    assert_eq!(String::from_utf8(wrong).unwrap().parse::<CaseNumber>(), Err(NotANumber::Check));
                }
            }
            for other in 0..at {
                let mut swapped = plain.clone();
                swapped.swap(at, other);
                if swapped != plain {
                    assert!(String::from_utf8(swapped).unwrap().parse::<CaseNumber>().is_err());
                }
            }
        }
    }

    #[test]
    fn look_alikes_become_the_symbol_that_is_used() {
        let drawn = CaseNumber::draw([0, 3, 6, 0, 0, 0]);
        assert_eq!(drawn.plain().replace('2', "Z").replace('5', "s").replace('8', "b").parse(), Ok(drawn));
    }

    #[test]
    fn nonsense_is_refused_with_its_reason() {
        assert_eq!("".parse::<CaseNumber>(), Err(NotANumber::Length));
        assert_eq!("K7P-4M2".parse::<CaseNumber>(), Err(NotANumber::Length));
        assert_eq!("市役所".parse::<CaseNumber>(), Err(NotANumber::Symbol));
        assert_eq!("9".repeat(10_000).parse::<CaseNumber>(), Err(NotANumber::Length));
    }

    #[test]
    fn a_secret_is_compared_as_typed() {
        let secret = ReceiptSecret::derive(&[7; 32]);
        assert!(ReceiptSecret::typed(&secret.grouped().to_lowercase()).is_some_and(|typed| typed.is(&secret)));
        assert!(!ReceiptSecret::derive(&[8; 32]).is(&secret));
        assert!(ReceiptSecret::typed("まちがい").is_none());
    }
}
