//! The text that is read: one width, one kind of dash, no selectors. What was typed stays beside it.

use unicode_normalization::UnicodeNormalization;

/// NFKC, half-width digits, hyphens for whatever joins two numbers, single spaces; a postal code before the address falls away.
pub(super) fn plain(typed: &str) -> String {
    let wide: Vec<char> = typed
        .chars()
        .take(super::Address::LETTERS_MAX)
        .filter(|c| !crate::variant::is_selector(*c))
        .nfkc()
        // 巿 (ふつ) is drawn like 市 and typed for it.
        .map(|c| if c == '巿' { '市' } else { c })
        .filter(|c| c.is_whitespace() || !c.is_control())
        .collect();
    let mut plain = String::with_capacity(wide.len() * 3);
    for (at, c) in wide.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|at| wide.get(at)).copied();
        let after = wide.get(at + 1).copied();
        let after_number = before.is_some_and(|c| c.is_ascii_digit());
        let before_number = after.is_some_and(|c| c.is_ascii_alphanumeric());
        let after_mark = before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '目' | '番' | '地' | '号'));
        if c.is_whitespace() {
            if !plain.ends_with(' ') && !plain.is_empty() {
                plain.push(' ');
            }
        } else if (crate::digits::is_dash(c) && after_mark && before_number) || (joins_numbers(c) && after_number && before_number) {
            plain.push('-');
        } else {
            plain.push(c);
        }
    }
    without_note(without_postal_code(plain.trim())).to_string()
}

/// Besides dashes: 1の3, 1ノ3, and a kanji 一 that was taken for a dash.
fn joins_numbers(c: char) -> bool {
    matches!(c, 'の' | 'ノ' | '之' | '丿' | '一')
}

fn without_postal_code(plain: &str) -> &str {
    let marked = plain.strip_prefix('〒').map(str::trim_start);
    let candidate = marked.unwrap_or(plain);
    let end = candidate.find(|c: char| !(c.is_ascii_digit() || c == '-')).unwrap_or(candidate.len());
    let (code, rest) = candidate.split_at(end);
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    // Seven digits at the very beginning are no part of an address, whether a mark stands before them or not.
    if digits == 7 && !rest.is_empty() { rest.trim_start() } else { marked.unwrap_or(plain) }
}

/// A note in brackets before the address: (現住所), (前期).
fn without_note(plain: &str) -> &str {
    let rest = plain.strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(_, rest)| rest.trim_start());
    rest.filter(|rest| !rest.is_empty()).unwrap_or(plain)
}
