//! Half and full width, both ways.

use unicode_normalization::UnicodeNormalization;

/// The full-width forms of U+FF61 to U+FF9F, in the order of JIS X 0201.
const HALF_WIDTH_BLOCK: &str =
    "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";

/// Hiragana and half-width kana to full-width katakana; every other character stays as it is, kanji and their variation selectors too.
/// A voiced letter in two characters (ｶﾞ, カ + U+3099) becomes one.
///
/// ```
/// assert_eq!(jp::kana::to_katakana("さとうﾊﾅｺ ｶﾞｯｺｳ 学校"), "サトウハナコ ガッコウ 学校");
/// ```
pub fn to_katakana(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // The marks combine with the kana before them; alone they stay.
            '\u{3099}' | '\u{FF9E}' | '゛' => compose(&mut out, '\u{3099}', c),
            '\u{309A}' | '\u{FF9F}' | '゜' => compose(&mut out, '\u{309A}', c),
            'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => out.push(char::from_u32(u32::from(c) + 0x60).unwrap_or(c)),
            '\u{FF61}'..='\u{FF9D}' => out.extend(std::iter::once(c).nfkc()),
            _ => out.push(c),
        }
    }
    out
}

fn compose(out: &mut String, mark: char, typed: char) {
    let before = out.chars().next_back();
    let is_kana = before.is_some_and(|c| matches!(c, 'ァ'..='ヺ' | 'ヽ'));
    match before.filter(|_| is_kana).and_then(|base| unicode_normalization::char::compose(base, mark)) {
        Some(voiced) => {
            out.pop();
            out.push(voiced);
        }
        None => out.push(typed),
    }
}

/// Full-width kana, letters, digits and marks to half width, as bank files want them; what has no half-width form stays.
///
/// ```
/// assert_eq!(jp::kana::to_half_width("ガッコウ　Ａ１"), "ｶﾞｯｺｳ A1");
/// ```
pub fn to_half_width(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '！'..='～' => out.push(char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)),
            '　' => out.push(' '),
            // A voiced letter is its base and a mark.
            'ァ'..='ー' => std::iter::once(c).nfd().for_each(|part| out.push(narrow(part))),
            _ => out.push(narrow(c)),
        }
    }
    out
}

fn narrow(c: char) -> char {
    match c {
        '\u{3099}' => 'ﾞ',
        '\u{309A}' => 'ﾟ',
        _ => {
            let at = HALF_WIDTH_BLOCK.chars().position(|full| full == c);
            at.and_then(|at| u32::try_from(at).ok()).and_then(|at| char::from_u32(0xFF61 + at)).unwrap_or(c)
        }
    }
}
