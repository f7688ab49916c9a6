//! 文字コード: UTF-8 and CP932, Windows' Shift_JIS.
//!
//! CP932 holds 髙 and 﨑 and lacks 𠮷 and whatever JIS X 0213 added. Seven signs of JIS X 0208 have two code points in Unicode; the one that
//! CP932 knows is written for the other (〜 as ～, − as －, ‖ as ∥, — as ―, ¢ £ ¬ full-width): the same character of the standard, not another.
//! ¥ (U+00A5) and ‾ (U+203E) would become a backslash and a tilde: they count as lacking.

use definitions::mapping::Encoding;

/// The bytes of a text, or the first character that the encoding lacks.
///
/// # Errors
/// The character.
pub fn encode(text: &str, encoding: Encoding) -> Result<Vec<u8>, char> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => Ok(text.as_bytes().to_vec()),
        Encoding::Cp932 => {
            if text.is_ascii() {
                return Ok(text.as_bytes().to_vec());
            }
            if let Some(lacks) = text.chars().find(|c| lacks(*c, encoding)) {
                return Err(lacks);
            }
            let same: String = text.chars().map(the_same).collect();
            Ok(encoding_rs::SHIFT_JIS.encode(&same).0.into_owned())
        }
    }
}

/// Whether an encoding has no bytes for a character.
pub fn lacks(character: char, encoding: Encoding) -> bool {
    if encoding != Encoding::Cp932 || character.is_ascii() {
        return false;
    }
    if matches!(character, '\u{a5}' | '\u{203e}' | '\u{80}') {
        return true;
    }
    let mut buffer = [0; 4];
    encoding_rs::SHIFT_JIS.encode(the_same(character).encode_utf8(&mut buffer)).2
}

/// A text with 〓 for each character that the encoding lacks, and the first of these.
pub fn with_geta(text: &str, encoding: Encoding) -> (String, Option<char>) {
    let first = text.chars().find(|c| lacks(*c, encoding));
    (text.chars().map(|c| if lacks(c, encoding) { '〓' } else { c }).collect(), first)
}

fn the_same(c: char) -> char {
    match c {
        '\u{301c}' => '\u{ff5e}',
        '\u{2212}' => '\u{ff0d}',
        '\u{2016}' => '\u{2225}',
        '\u{2014}' => '\u{2015}',
        '\u{a2}' => '\u{ffe0}',
        '\u{a3}' => '\u{ffe1}',
        '\u{ac}' => '\u{ffe2}',
        c => c,
    }
}

/// The text of bytes; none where they are no text of the encoding.
pub fn decode(bytes: &[u8], encoding: Encoding) -> Option<String> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => std::str::from_utf8(bytes).ok().map(str::to_owned),
        Encoding::Cp932 => encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned()),
    }
}

/// 外字: the first character of an area that means something on one machine alone. CP932 has one (F040 to F9FC), in which base systems keep names.
pub fn private(text: &str) -> Option<char> {
    text.chars().find(|c| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}'))
}

/// What staff call an encoding.
pub fn name(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => "UTF-8",
        Encoding::Cp932 => "Shift_JIS（CP932）",
    }
}
