//! 式: a cell that a spreadsheet would reckon instead of showing (CSV injection) gets an apostrophe before it, and loses it again on the way in.
//! What is guarded and read is the same text again, even one that begins with such an apostrophe by itself.

/// With what a formula begins. A Japanese spreadsheet takes the full-width signs for the others.
const SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Guarded, where it needs to be. A number with its sign is no formula.
pub(super) fn guarded(cell: &str) -> String {
    let is_formula = cell.starts_with(SIGNS) && !is_number(cell);
    if is_formula || is_guarded(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// Without the apostrophe that guards it.
pub(super) fn unguarded(text: String) -> String {
    if is_guarded(&text) { text.chars().skip(1).collect() } else { text }
}

fn is_guarded(text: &str) -> bool {
    text.strip_prefix('\'').is_some_and(|rest| rest.trim_start_matches('\'').starts_with(SIGNS))
}

/// `-5`, `+0.25`: nothing but digits and one point between them.
fn is_number(cell: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let bare = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    match bare.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(bare),
    }
}
