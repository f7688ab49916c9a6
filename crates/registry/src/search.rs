//! One box for finding people: a name or its reading in any width and drawing, a birth day in any calendar, an address, a telephone
//! number, a 宛名番号, or several of these side by side.

use jiff::civil::Date;
use jp::kana::{fold, query_grams};

/// Longer than anything that a caller reads out.
const TYPED_LETTERS_MAX: usize = 100;
/// 佐藤 花子 昭和5年1月1日 緑町3丁目: each part narrows what was found.
const PARTS_MAX: usize = 6;
/// Shorter runs of digits are house numbers, not telephone numbers.
const DIGITS_MIN: usize = 4;

/// What was typed, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    pub(crate) parts: Vec<Part>,
}

/// One part: what it may be. All parts must fit a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// A birth day.
    pub(crate) born: Option<Date>,
    /// Digits of a telephone number or a 宛名番号.
    pub(crate) digits: Option<String>,
    /// A folded text: part of a name or the beginning of an address.
    pub(crate) text: Option<Folded>,
}

/// A folded text with the grams to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) key: String,
    pub(crate) grams: Vec<String>,
    pub(crate) address: String,
}

/// Nothing to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NothingSought {
    /// Nothing was typed.
    #[error("nothing was typed")]
    Empty,
    /// More than anybody reads out.
    #[error("more than {TYPED_LETTERS_MAX} letters")]
    TooLong,
}

impl Sought {
    /// Understands what was typed.
    ///
    /// # Errors
    /// When nothing is left of it, or it is too long.
    pub fn read(typed: &str) -> Result<Sought, NothingSought> {
        if typed.chars().nth(TYPED_LETTERS_MAX).is_some() {
            return Err(NothingSought::TooLong);
        }
        let parts: Vec<Part> = typed.split(char::is_whitespace).take(PARTS_MAX).filter_map(Part::read).collect();
        if parts.is_empty() { Err(NothingSought::Empty) } else { Ok(Sought { parts }) }
    }
}

impl Part {
    fn read(typed: &str) -> Option<Part> {
        let key = fold(typed);
        if key.is_empty() {
            return None;
        }
        let digits: String = key.chars().filter(|c| !matches!(c, '-' | '(' | ')' | '+')).collect();
        let all_digits = digits.len() >= DIGITS_MIN && digits.bytes().all(|b| b.is_ascii_digit());
        let born = seven_digits(&digits).filter(|_| all_digits).or_else(|| jp::era::parse_date(typed).ok());
        if all_digits {
            return Some(Part { born, digits: Some(digits), text: None });
        }
        if born.is_some() {
            return Some(Part { born, digits: None, text: None });
        }
        let address = address_key(typed);
        Some(Part { born: None, digits: None, text: Some(Folded { grams: query_grams(typed), key, address }) })
    }
}

/// A birth day as terminals of town halls have taken it for fifty years: one digit for the era (1 明治, 2 大正, 3 昭和, 4 平成, 5 令和), two
/// each for year, month and day. `4050101` is 平成5年1月1日.
pub fn seven_digits(typed: &str) -> Option<Date> {
    let is_seven = typed.len() == 7 && typed.bytes().all(|byte| byte.is_ascii_digit());
    is_seven.then(|| jp::era::parse_date(typed).ok()).flatten()
}

/// The key by which addresses are found from their beginning below the municipality: 緑町3丁目12番5号, 緑町3-12-5 and 見本県見本市緑町３－１２－５ have
/// the same.
pub fn address_key(address: &str) -> String {
    numbers_joined(&fold(below_municipality(address)))
}

/// Drops 都道府県 and 市区町村 from the beginning, if both stand there.
fn below_municipality(address: &str) -> &str {
    let trimmed = address.trim_start();
    let after_prefecture = trimmed
        .char_indices()
        .take(5)
        .find(|(_, c)| matches!(c, '都' | '道' | '府' | '県' | '縣'))
        .map(|(at, c)| &trimmed[at + c.len_utf8()..]);
    let Some(rest) = after_prefecture else { return trimmed };
    // 市 and 区 both in designated cities; the first is enough to find within one town.
    let below = rest.char_indices().take(12).find(|(at, c)| *at > 0 && matches!(c, '市' | '区' | '町' | '村'));
    below.map_or(rest, |(at, c)| &rest[at + c.len_utf8()..])
}

/// 3丁目12番5号 → 3-12-5, in folded text.
fn numbers_joined(folded: &str) -> String {
    let mut key = String::with_capacity(folded.len());
    let mut rest = folded;
    while let Some(c) = rest.chars().next() {
        let after_digit = key.ends_with(|c: char| c.is_ascii_digit());
        let word = after_digit
            .then(|| ["丁目", "番地ノ", "番地の", "番地", "番", "号", "ノ", "の"].into_iter().find(|word| rest.starts_with(word)))
            .flatten();
        match word {
            Some(word) => {
                key.push('-');
                rest = &rest[word.len()..];
            }
            None => {
                key.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    key.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn seven_digits_are_a_birth_day_in_the_era_of_their_first() {
        let check = |typed, expect| assert_eq!(seven_digits(typed), expect, "{typed}");
        check("4050101", Some(date(1993, 1, 1)));
        check("3640107", Some(date(1989, 1, 7)));
        check("5010501", Some(date(2019, 5, 1)));
        check("1450729", Some(date(1912, 7, 29)));
        check("3640108", None);
        check("4051301", None);
        check("6010101", None);
        check("0010101", None);
        check("405010", None);
    }

    #[test]
    fn addresses_have_one_key_however_they_are_written() {
        for written in
            ["見本県見本市緑町3丁目12番5号", "見本県見本市緑町３－１２－５", "緑町3丁目12番地の5", "緑町3-12-5", "緑町 ３丁目１２番５号"]
        {
            assert_eq!(address_key(written), "緑町3-12-5", "{written}");
        }
        assert_eq!(address_key("見本県見本市緑町3丁目"), "緑町3");
        assert_eq!(address_key("大字上見本120番地"), "大字上見本120");
        assert_eq!(address_key("市営中央団地"), address_key("市営中央団地"));
        assert!(!address_key("市川町1番").is_empty());
    }

    #[test]
    fn one_box_tells_names_days_and_numbers_apart() {
        let part = |typed: &str| Sought::read(typed).unwrap().parts.remove(0);
        assert_eq!(part("令和2年5月3日").born, Some(date(2020, 5, 3)));
        assert_eq!(part("2020-05-03").born, Some(date(2020, 5, 3)));
        assert_eq!((part("4050101").born, part("4050101").digits), (Some(date(1993, 1, 1)), Some("4050101".into())));
        assert_eq!((part("0000-12-3456").born, part("0000-12-3456").digits), (None, Some("0000123456".into())));
        assert_eq!(part("ｻﾄｳ").text.unwrap().key, "サトウ");
        assert_eq!(part("髙橋").text.unwrap().key, "高橋");
        assert_eq!(Sought::read("佐藤　花子 4050101").unwrap().parts.len(), 3);
    }

    #[test]
    fn nothing_and_too_much_find_nothing() {
        assert_eq!(Sought::read(" 　 "), Err(NothingSought::Empty));
        assert_eq!(Sought::read("ー・"), Err(NothingSought::Empty));
        assert_eq!(Sought::read(&"あ".repeat(101)), Err(NothingSought::TooLong));
        assert_eq!(Sought::read("a b c d e f g h i j").unwrap().parts.len(), PARTS_MAX);
    }
}
