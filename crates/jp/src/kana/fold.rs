//! Keys made of a text, for finding and for sorting. Never stored in its place.

use super::to_katakana;
use unicode_normalization::{UnicodeNormalization, char::decompose_canonical};

/// The search key: two texts that a clerk would call the same have the same key.
///
/// Width, case, hiragana and katakana, small and large kana, the long mark, spaces and dots between parts, kinds of dash, variation
/// selectors, accents of European letters and the variant kanji of [`crate::variant`] make no difference. Voicing does: カキ and カギ are two words.
///
/// The key of a part is a part of the key, so that a part of a name finds it; only marks that lean on their neighbour (a long mark
/// between digits is a dash) see more than one character.
///
/// ```
/// use jp::kana::fold;
/// assert_eq!(fold("わたなべ　ﾊﾅｺ"), fold("ワタナベハナコ"));
/// assert_eq!(fold("髙𣘺"), fold("高橋"));
/// assert_eq!(fold("１ー２"), "1-2");
/// assert_eq!(fold("Ｍａｒｙ"), "mary");
/// ```
pub fn fold(text: &str) -> String {
    // NFKC is for the key alone: on a stored name it would change a legal spelling. Spaces go before it, so that a mark joins its letter, and
    // after it, since it writes a lone mark as one on a space.
    let visible = text.chars().filter(|c| !(crate::variant::is_selector(*c) || c.is_whitespace() || c.is_control()));
    let plain: String = visible.map(crate::variant::standard).nfkc().filter(|c| !c.is_whitespace()).collect();
    let mut key = String::with_capacity(plain.len());
    let letters: Vec<char> = to_katakana(&plain).chars().collect();
    for (at, c) in letters.iter().copied().enumerate() {
        let is_digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
        match c {
            'ー' if is_digit(at.checked_sub(1)) && is_digit(at.checked_add(1)) => key.push('-'),
            'ー' | '・' | '゛' | '゜' | '\u{3099}' | '\u{309A}' => {}
            c if crate::digits::is_dash(c) => key.push('-'),
            c => key.extend(without_accent(large(crate::variant::standard(c))).flat_map(char::to_lowercase)),
        }
    }
    key.nfc().collect()
}

/// Müller is looked for as Muller: the marks of European letters fall away, those of kana do not.
fn without_accent(c: char) -> impl Iterator<Item = char> {
    const KANA_AND_KANJI: char = '\u{2E80}';
    let parts: Vec<char> = if c < KANA_AND_KANJI { std::iter::once(c).nfd().collect() } else { vec![c] };
    parts.into_iter().filter(|part| !matches!(part, '\u{300}'..='\u{36F}'))
}

/// The grams under which a text can be found: each character and each pair of neighbours of [`fold`]'s key, each once, in the order in
/// which they first stand there.
///
/// A text of any length is found by any part of it: the search asks for the grams of what was typed ([`query_grams`]) and then looks at
/// the few that hold them all.
///
/// ```
/// assert_eq!(jp::kana::grams("さとう"), ["サ", "ト", "ウ", "サト", "トウ"]);
/// ```
pub fn grams(text: &str) -> Vec<String> {
    let key: Vec<char> = fold(text).chars().collect();
    let mut seen = std::collections::HashSet::new();
    let single = key.iter().map(|c| c.to_string());
    let pairs = key.windows(2).map(|pair| pair.iter().collect::<String>());
    single.chain(pairs).filter(|gram| seen.insert(gram.clone())).collect()
}

/// The grams to ask for: the pairs, or the one character when no more was typed. Every one of them is among [`grams`] of each text that
/// holds what was typed.
///
/// ```
/// assert_eq!(jp::kana::query_grams("さとう"), ["サト", "トウ"]);
/// assert_eq!(jp::kana::query_grams("林"), ["林"]);
/// ```
pub fn query_grams(typed: &str) -> Vec<String> {
    let all = grams(typed);
    let pairs: Vec<String> = all.iter().filter(|gram| gram.chars().count() == 2).cloned().collect();
    if pairs.is_empty() { all } else { pairs }
}

/// The 清音化 key: voicing dropped, small letters made large, the long mark and spaces left out. By it ガッコウ sorts beside カツコウ, as
/// in a paper card index.
///
/// ```
/// assert_eq!(jp::kana::sort_key("ｶﾞｯｺｰ"), "カツコ");
/// ```
pub fn sort_key(reading: &str) -> String {
    let mut key = String::with_capacity(reading.len());
    for c in to_katakana(reading).chars() {
        if c == 'ー' || c == '・' || c.is_whitespace() {
            continue;
        }
        // The first part of the decomposition is the letter without its mark.
        let mut base = None;
        if matches!(c, 'ァ'..='ヺ' | 'ヽ' | 'ヾ') {
            decompose_canonical(c, |part| {
                base.get_or_insert(part);
            });
        }
        key.push(large(base.unwrap_or(c)));
    }
    key
}

/// Small kana to large.
pub(crate) fn large(c: char) -> char {
    match c {
        'ァ' => 'ア',
        'ィ' => 'イ',
        'ゥ' => 'ウ',
        'ェ' => 'エ',
        'ォ' => 'オ',
        'ッ' => 'ツ',
        'ャ' => 'ヤ',
        'ュ' => 'ユ',
        'ョ' => 'ヨ',
        'ヮ' => 'ワ',
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        other => other,
    }
}
