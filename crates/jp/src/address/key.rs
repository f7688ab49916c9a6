//! The key under which two writings of one place meet.

use crate::digits::{kanji_digit, kanji_number};
use unicode_normalization::UnicodeNormalization;

/// Words that are written in two ways.
const WORDS: [(&str, &str); 7] =
    [("埠頭", "フ頭"), ("ふ頭", "フ頭"), ("通り", "通"), ("とおり", "通"), ("番丁", "番町"), ("大字", ""), ("條", "条")];

/// The matching key of an address or a part of one: width, spaces, dashes between numbers, kanji digits, 大字 and 字, 番地, 番 and 号, and the
/// pairs that are written either way (ヶ・ケ・が, ノ・之・の, ツ・ッ, 釜・竈, variants of kanji) make no difference. For finding, never for storing: it
/// throws more together than is one place.
///
/// ```
/// use jp::address::match_key;
/// assert_eq!(match_key("桜ヶ丘一丁目"), match_key("桜ケ丘１丁目"));
/// assert_eq!(match_key("大字鰭ケ崎487番地1"), match_key("鰭ヶ崎４８７－１"));
/// assert_ne!(match_key("一番町"), match_key("二番町"));
/// ```
pub fn match_key(text: &str) -> String {
    let plain: String = text
        .chars()
        .take(super::Address::LETTERS_MAX)
        .filter(|c| !crate::variant::is_selector(*c))
        .nfkc()
        .filter(|c| !c.is_whitespace())
        .collect();
    let words = WORDS.iter().fold(plain, |text, (from, to)| text.replace(from, to));
    let folded: Vec<char> = words.chars().map(one_of_pair).collect();
    let digits = in_digits(&folded);
    let mut key = String::with_capacity(digits.len());
    let mut rest = digits.chars().peekable();
    while let Some(c) = rest.next() {
        let after_digit = key.ends_with(|c: char| c.is_ascii_digit());
        let before_digit = rest.peek().is_some_and(char::is_ascii_digit);
        match c {
            '字' if !key.ends_with('文') => {}
            '番' if after_digit && rest.peek() == Some(&'地') => {
                rest.next();
                // 番地の2.
                rest.next_if_eq(&'ノ');
                if rest.peek().is_some_and(char::is_ascii_digit) {
                    key.push('-');
                }
            }
            '番' if after_digit && before_digit => key.push('-'),
            '番' | '号' if after_digit && rest.peek().is_none_or(|c| !c.is_alphanumeric()) => {}
            c if (crate::digits::is_dash(c) || c == 'ノ') && after_digit && before_digit => key.push('-'),
            c => key.extend(c.to_lowercase()),
        }
    }
    key
}

fn one_of_pair(c: char) -> char {
    match crate::variant::standard(c) {
        'ヶ' | 'が' | 'ガ' => 'ケ',
        'ヵ' | 'か' | '力' => 'カ',
        '之' | 'の' | '丿' => 'ノ',
        'ッ' | 'っ' | 'つ' => 'ツ',
        'ニ' => '二',
        'ハ' => '八',
        'ヱ' | 'え' | 'ゑ' => 'エ',
        '竈' | '竃' => '釜',
        '舟' => '船',
        '巿' => '市',
        '莵' => '兎',
        c => c,
    }
}

/// Every run of kanji digits as digits, names included: a key need not be read.
fn in_digits(text: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let run: String = text[at..].iter().take_while(|c| kanji_digit(**c).is_some() || matches!(c, '十' | '百' | '千')).collect();
        match kanji_number(&run) {
            Some(value) if run.chars().any(|c| kanji_digit(c).is_some() || c == '十') => {
                out.push_str(&value.to_string());
                at += run.chars().count();
            }
            _ => {
                out.push(text[at]);
                at += 1;
            }
        }
    }
    out
}
