//! # 確認コード Verify codes
//!
//! Printed on every letter, as text and as a QR code: whoever holds the letter can ask whether this office issued it. 20 symbols out of 29
//! without look-alikes are 29²⁰ ≈ 2⁹⁷ possibilities: nobody finds one by trying. The portal keeps only digests, so that a stolen copy of its store
//! makes no codes.

use std::fmt;

use qrcode::{EcLevel, QrCode, render::svg};
use sha2::{Digest, Sha256};

/// The symbols of case numbers: no 0, 1, B, I, O, S, Z.
const SYMBOLS: &[u8; 29] = b"23456789ACDEFGHJKLMNPQRTUVWXY";

/// How many symbols a code has.
const LENGTH: usize = 20;

/// A verify code, such as `K7P4-M2QX-9RTU-3ACD-EFGH`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyCode([u8; LENGTH]);

impl VerifyCode {
    /// A code out of chance, drawn before the transaction.
    pub fn draw(chance: [u8; 40]) -> VerifyCode {
        // Two bytes a symbol: the symbols come up equally often to within 1 in 2,000.
        let mut symbols = [0; LENGTH];
        for (symbol, pair) in symbols.iter_mut().zip(chance.chunks_exact(2)) {
            *symbol = SYMBOLS[usize::from(u16::from_be_bytes([pair[0], pair[1]])) % SYMBOLS.len()];
        }
        VerifyCode(symbols)
    }

    /// What a person typed or a QR code said: case, width of hyphens and spaces do not matter, look-alikes become the symbol we use.
    pub fn typed(text: &str) -> Option<VerifyCode> {
        let mut symbols = [0; LENGTH];
        let mut read = 0;
        for c in text.chars().take(64).filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '‑' | '–' | '—' | '−' | 'ー' | 'ｰ' | '－'))
        {
            let narrow = match c {
                '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
                c => c,
            };
            let symbol = match narrow.to_ascii_uppercase() {
                '0' | 'O' => 'Q',
                '1' | 'I' => 'L',
                'B' => '8',
                'S' => '5',
                'Z' => '2',
                other => other,
            };
            let symbol = u8::try_from(symbol).ok().filter(|symbol| SYMBOLS.contains(symbol))?;
            *symbols.get_mut(read)? = symbol;
            read += 1;
        }
        (read == LENGTH).then_some(VerifyCode(symbols))
    }

    /// As it is kept and stands in links.
    pub fn plain(&self) -> String {
        self.0.iter().map(|b| char::from(*b)).collect()
    }

    /// What the portal keeps instead of the code.
    pub fn mark(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(b"letter.verify\0");
        digest.update(self.0);
        crate::hex(&digest.finalize())
    }
}

impl fmt::Display for VerifyCode {
    /// In groups of four, as it is printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        let groups: Vec<&str> = (0..LENGTH).step_by(4).filter_map(|at| plain.get(at..at + 4)).collect();
        f.write_str(&groups.join("-"))
    }
}

impl fmt::Debug for VerifyCode {
    /// Never the code: whoever reads a log could verify letters they do not hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifyCode(…)")
    }
}

/// A QR code as SVG, with the quiet zone that readers need. `None` when the text is longer than a QR code holds.
pub fn qr_svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    Some(code.render::<svg::Color<'_>>().quiet_zone(true).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> VerifyCode {
        VerifyCode::draw(std::array::from_fn(|at| u8::try_from(at * 7 % 251).unwrap()))
    }

    #[test]
    fn a_code_typed_carelessly_is_still_read() {
        let printed = code().to_string();
        assert_eq!(printed.len(), 24);
        let wide: String = printed.chars().map(|c| if c == '-' { 'ー' } else { char::from_u32(c as u32 + 0xFEE0).unwrap() }).collect();
        for typed in [printed.clone(), printed.to_lowercase(), printed.replace('-', " "), wide, code().plain()] {
            assert_eq!(VerifyCode::typed(&typed), Some(code()), "{typed}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let long = format!("{}A", code().plain());
        for typed in ["", "K7P4", "市役所", long.as_str(), "!!!!!!!!!!!!!!!!!!!!"] {
            assert_eq!(VerifyCode::typed(typed), None, "{typed}");
        }
        assert_eq!(VerifyCode::typed(&"A".repeat(100_000)), None);
    }

    #[test]
    fn the_portal_keeps_a_mark_from_which_no_code_is_read() {
        assert_ne!(code().mark(), VerifyCode::draw([9; 40]).mark());
        assert!(!code().mark().contains(&code().plain()));
        assert_eq!(format!("{:?}", code()), "VerifyCode(…)");
    }

    #[test]
    fn the_qr_code_is_a_drawing() {
        let svg = qr_svg("https://mihon.example/verify/K7P4M2QX9RTU3ACDEFGH").unwrap();
        assert!(svg.contains("<svg") && svg.contains("path"));
        assert_eq!(qr_svg(&"x".repeat(10_000)), None);
    }
}
