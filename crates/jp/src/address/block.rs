//! 番地以下 and what follows it.

use crate::digits::{kanji_digit, kanji_number};
use std::fmt;

/// Numbers joined by hyphens, and the sign before them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    sign: String,
    numbers: Vec<String>,
    /// Whether a word (番地, 番) told that the first number is a block, so that it is no 丁目.
    first_is_block: bool,
}

impl Numbers {
    /// Takes the first number away when there are at least `enough`, hyphens alone join them, and it is at most `max`.
    pub(super) fn take_first(&mut self, enough: usize, max: u16) -> Option<u16> {
        if self.first_is_block || !self.sign.is_empty() || self.numbers.len() < enough {
            return None;
        }
        let first = self.numbers.first()?.parse::<u16>().ok().filter(|number| (1..=max).contains(number))?;
        self.numbers.remove(0);
        Some(first)
    }
}

impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.sign, self.numbers.join("-"))
    }
}

pub(super) struct Split {
    pub numbers: Numbers,
    pub building: String,
}

/// What a number belongs to when it stands right before one of these: a room, a floor, a building.
const OF_BUILDINGS: [&str; 11] = ["号室", "号棟", "号館", "番館", "棟", "階", "F", "f", "室", "丁目", "街区"];

/// More numbers than 番, 号, 枝番 and room are none of an address.
const NUMBERS_MAX: usize = 6;

/// Reads numbers until something else stands there.
pub(super) fn split(text: &str, rest: &str) -> Split {
    let mut numbers = Numbers::default();
    let mut at = 0;
    let sign = text.find(|c: char| c.is_ascii_digit()).filter(|end| is_sign(&text[..*end]));
    if let Some(end) = sign {
        numbers.sign = text[..end].trim_end_matches('-').to_string();
        if text[..end].ends_with('-') {
            numbers.numbers.push(std::mem::take(&mut numbers.sign));
            numbers.first_is_block = true;
        }
        at = end;
    }
    while numbers.numbers.len() < NUMBERS_MAX {
        let Some((number, word, next)) = number(&text[at..]) else { break };
        numbers.first_is_block |= numbers.numbers.is_empty() && word == Word::Block;
        numbers.numbers.push(number);
        at += next;
        if word == Word::Last {
            break;
        }
    }
    let after = text[at..].trim_start();
    let building = if rest.is_empty() { after.to_string() } else { format!("{after}{rest}") };
    Split { numbers, building: building.trim().to_string() }
}

/// 甲, A-, 南 between the town and the number.
fn is_sign(text: &str) -> bool {
    matches!(text.trim_end_matches('-').chars().count(), 1 | 2) && !text.contains([' ', '(', ',', '、']) && !text.starts_with("以")
}

/// What joined a number to the next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// A hyphen, の.
    Joined,
    /// 番地, 番: so it is a block.
    Block,
    /// Nothing, or 号: the last one.
    Last,
}

/// The number that a text begins with, what followed it, and how many bytes both took; none when it is a room's, or no number.
fn number(text: &str) -> Option<(String, Word, usize)> {
    let lead = text.len() - text.trim_start_matches([' ', '-']).len();
    let body = &text[lead..];
    let digits = body.find(|c: char| !c.is_ascii_digit()).unwrap_or(body.len());
    let (value, length) = if digits > 0 {
        (body[..digits].trim_start_matches('0').to_string(), digits)
    } else {
        let end = super::town::end_of_kanji(body);
        (kanji_number(&body[..end])?.to_string(), end)
    };
    let after = &body[length..];
    let of_building = OF_BUILDINGS.iter().any(|word| after.starts_with(word)) || after.starts_with(|c: char| c.is_ascii_alphabetic());
    if value.is_empty() || of_building {
        return None;
    }
    let (word, taken) = word(after, digits > 0);
    Some((value, word, lead + length + taken))
}

fn word(after: &str, in_digits: bool) -> (Word, usize) {
    // More goes on only when a number follows: 1番館 and 15番5十五番館 end where they end.
    let number_follows = |rest: &str| {
        rest.trim_start_matches([' ', '-', 'の', 'ノ', '之']).chars().next().is_some_and(|c| c.is_ascii_digit() || kanji_digit(c).is_some())
    };
    for marker in ["番地", "番"] {
        if let Some(rest) = after.strip_prefix(marker) {
            let joined = rest.len() - rest.trim_start_matches(['の', 'ノ', '之', '-']).len();
            return if number_follows(rest) { (Word::Block, marker.len() + joined) } else { (Word::Last, marker.len()) };
        }
    }
    if let Some(rest) = after.strip_prefix('号') {
        let joined = rest.len() - rest.trim_start_matches(['の', '-']).len();
        let goes_on = joined > 0 && number_follows(rest);
        return if goes_on { (Word::Joined, '号'.len_utf8() + joined) } else { (Word::Last, '号'.len_utf8()) };
    }
    let joiners: &[char] = if in_digits { &['-', 'の', 'ノ'] } else { &['-', 'の', 'ノ', '之', '丿'] };
    match after.chars().next() {
        Some(c) if joiners.contains(&c) && number_follows(&after[c.len_utf8()..]) => (Word::Joined, c.len_utf8()),
        _ => (Word::Last, 0),
    }
}
