//! 町字: the town's name, its 丁目, the 字 within it, and the streets of Kyoto before it.

use super::block::Numbers;
use super::{Municipality, Prefecture};
use crate::digits::{kanji_digit, kanji_number, kanji_text};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The part between municipality and block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Town {
    /// 通り名 of Kyoto: 寺町通御池上る. Allowed in an address, and no part of the town's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub street: String,
    /// 大字・町 as written, 大字 included.
    pub name: String,
    /// 丁目.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chome: Option<Chome>,
    /// 字 within the town, 字 included: 字宮根.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub koaza: String,
}

/// A 丁目 of a town, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Chome {
    number: u16,
    /// 堺市 writes 二丁 where others write 二丁目.
    word: ChomeWord,
    /// Taken from the first of three numbers.
    inferred: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChomeWord {
    Chome,
    Cho,
}

impl Town {
    /// The highest number that is taken for a 丁目 where nobody wrote 丁目. Few towns count further.
    const CHOME_MAX: u16 = 20;
    /// In the grids of Hokkaido (条丁目) they do: 帯広市 counts to 42.
    const CHOME_AFTER_JO_MAX: u16 = 42;

    /// The number of the 丁目.
    pub fn chome(&self) -> Option<u16> {
        self.chome.map(|chome| chome.number)
    }

    /// Whether the 丁目 was only inferred from three numbers in a row. A town's own list decides.
    pub fn chome_is_inferred(&self) -> bool {
        self.chome.is_some_and(|chome| chome.inferred)
    }

    /// Whether nothing is known of it.
    pub fn is_empty(&self) -> bool {
        self.name.is_empty() && self.chome.is_none() && self.koaza.is_empty()
    }

    /// Streets and name as one line writes them before the numbers.
    pub(super) fn before_chome(&self) -> String {
        format!("{}{}{}", self.street, self.name, self.koaza)
    }

    /// Takes the first of three numbers for the 丁目, when none was written.
    pub(super) fn take_chome(&mut self, numbers: &mut Numbers) {
        if self.chome.is_some() || self.name.is_empty() || !self.koaza.is_empty() || self.name.ends_with("丁目") {
            return;
        }
        // 北24条西6-1: after 条 the next number is always the 丁目.
        let after_jo = self.name.trim_end_matches(['東', '西', '南', '北', '中']).ends_with('条');
        let (enough, most) = if after_jo { (2, Self::CHOME_AFTER_JO_MAX) } else { (3, Self::CHOME_MAX) };
        if let Some(number) = numbers.take_first(enough, most) {
            self.chome = Some(Chome { number, word: ChomeWord::Chome, inferred: true });
        }
    }

    fn named(name: &str) -> Self {
        let (name, koaza) = split_koaza(name);
        Self { name: name.to_string(), koaza: koaza.to_string(), ..Self::default() }
    }
}

impl fmt::Display for Town {
    /// As registers write it: 大字・町, 丁目 in kanji, 字. Streets left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(chome) = self.chome {
            let word = match chome.word {
                ChomeWord::Chome => "丁目",
                ChomeWord::Cho => "丁",
            };
            write!(f, "{}{word}", kanji_text(chome.number))?;
        }
        f.write_str(&self.koaza)
    }
}

/// The town, what is surely block, and what follows.
pub(super) struct Split<'a> {
    pub town: Town,
    /// Begins with the first number or the sign before it; empty when there is none.
    pub block: &'a str,
    /// What follows a town without block.
    pub rest: &'a str,
}

pub(super) fn split<'a>(text: &'a str, municipality: Option<&Municipality>) -> Split<'a> {
    let (street, text) = split_street(text, municipality);
    let Split { mut town, block, rest } = split_name(text, municipality);
    town.street = street.to_string();
    Split { town, block, rest }
}

/// Words that end a direction in Kyoto.
const DIRECTIONS: [&str; 15] = [
    "上る",
    "上ル",
    "上がる",
    "上ガル",
    "下る",
    "下ル",
    "下がる",
    "下ガル",
    "東入る",
    "東入ル",
    "西入る",
    "西入ル",
    "東入",
    "西入",
    "まで",
];

/// The streets before the town: 寺町通御池上る. Where no town follows them, the town stood before them and all is left together.
fn split_street<'a>(text: &'a str, municipality: Option<&Municipality>) -> (&'a str, &'a str) {
    let in_kyoto =
        municipality.is_some_and(|m| m.certain_prefecture() == Some(Prefecture::KYOTO) || (m.ward.is_none() && m.city.ends_with('区')));
    if !in_kyoto {
        return ("", text);
    }
    let end = DIRECTIONS.iter().filter_map(|word| text.rfind(word).map(|at| at + word.len())).max().unwrap_or(0);
    let end = end + if end > 0 { behind_direction(&text[end..]) } else { 0 };
    let (street, rest) = text.split_at(end);
    let town_follows = rest.chars().next().is_some_and(|c| !c.is_ascii_digit() && c != ' ' && !rest.starts_with("以下"));
    if town_follows { (street, rest) } else { ("", text) }
}

/// What still tells the way behind a direction: 下る西側, 上る2丁目.
fn behind_direction(text: &str) -> usize {
    let mut letters = text.chars();
    if matches!(letters.next(), Some('東' | '西' | '南' | '北')) && letters.next() == Some('側') {
        return "東側".len();
    }
    let number = if text.starts_with(|c: char| c.is_ascii_digit()) { end_of_number(text, 0) } else { end_of_kanji(text) };
    if number > 0 && text[number..].starts_with("丁目") { number + "丁目".len() } else { 0 }
}

/// What a number belongs to when it stands before one of these: a name, not a block.
const UNITS_OF_NAMES: [&str; 15] =
    ["号東", "号西", "号南", "号北", "番町", "番丁", "番通", "条", "軒", "線", "号線", "の通り", "通り", "町", "区"];

fn split_name<'a>(text: &'a str, municipality: Option<&Municipality>) -> Split<'a> {
    let mut name = String::new();
    let mut at = 0;
    while let Some(start) = next_number(text, at) {
        push_name(&mut name, &text[at..start]);
        let number_end = end_of_number(text, start);
        let (number, after) = (&text[start..number_end], &text[number_end..]);
        let value = number.parse::<u16>().ok().or_else(|| kanji_number(number).and_then(|value| u16::try_from(value).ok()));
        if let Some((chome, rest)) = value.and_then(|number| chome(number, after, municipality)) {
            return Split { town: Town { chome: Some(chome), ..Town::named(&name) }, block: rest.trim_start(), rest: "" };
        }
        let unit = UNITS_OF_NAMES.iter().find(|unit| after.starts_with(**unit));
        match (value, unit) {
            (Some(value), Some(unit)) => {
                name.push_str(&kanji_text(value));
                name.push_str(unit);
                at = number_end + unit.len();
            }
            _ if after.starts_with("地割") => {
                name.push_str(number);
                at = number_end;
            }
            _ => {
                let (name, block) = split_sign(name, text, start);
                return Split { town: Town::named(&name), block, rest: "" };
            }
        }
    }
    unnumbered(name, &text[at..])
}

/// A town without block: what follows the first space is no part of its name.
fn unnumbered(mut name: String, text: &str) -> Split<'_> {
    let undecided = ["以下", "番地未定", "番外地", "無番地", "番地なし"].iter().filter_map(|word| text.find(word)).min();
    let space = text.char_indices().find(|(at, c)| *c == ' ' && (*at > 0 || !name.is_empty())).map(|(at, _)| at);
    let bracket = text.find('(').filter(|at| *at > 0 || !name.is_empty());
    let end = [undecided, space, bracket].into_iter().flatten().min().unwrap_or(text.len());
    push_name(&mut name, &text[..end]);
    Split { town: Town::named(name.trim()), block: "", rest: text[end..].trim_start() }
}

fn push_name(name: &mut String, part: &str) {
    // A note in brackets is no part of the name: 字裏ノ(南栄町)8.
    let mut depth = 0_u32;
    for c in part.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ' ' => {}
            c if depth == 0 => name.push(c),
            _ => {}
        }
    }
}

fn chome<'a>(number: u16, after: &'a str, municipality: Option<&Municipality>) -> Option<(Chome, &'a str)> {
    let chome = |word| Chome { number, word, inferred: false };
    if let Some(rest) = after.strip_prefix("丁目") {
        return Some((chome(ChomeWord::Chome), rest.strip_prefix('-').unwrap_or(rest)));
    }
    let rest = after.strip_prefix('丁')?;
    // 3丁1-9: short for 丁目, but 堺市's own word. Before a name (丁田) it is neither.
    if !rest.chars().next().is_none_or(|c| c.is_ascii_digit() || c == ' ' || c == '-' || kanji_digit(c).is_some()) {
        return None;
    }
    let in_sakai = municipality.is_some_and(|m| m.city == "堺市");
    Some((chome(if in_sakai { ChomeWord::Cho } else { ChomeWord::Chome }), rest.strip_prefix('-').unwrap_or(rest)))
}

/// The next place where a number begins: digits, a letter joined to digits, or kanji that cannot be a name.
fn next_number(text: &str, from: usize) -> Option<usize> {
    let mut before = None;
    for (at, c) in text[from..].char_indices().map(|(at, c)| (at + from, c)) {
        let starts_run = kanji_digit(c).is_some() && before.is_none_or(|b: char| kanji_number(&b.to_string()).is_none());
        let letter_block = c.is_ascii_alphabetic() && text[at + 1..].starts_with('-');
        if c.is_ascii_digit() || letter_block || ((starts_run || c == '千' || c == '百') && kanji_block(text, at)) {
            return Some(at);
        }
        before = Some(c);
    }
    None
}

fn end_of_number(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    start + if digits > 0 { digits } else { end_of_kanji(rest) }
}

pub(super) fn end_of_kanji(text: &str) -> usize {
    text.find(|c: char| kanji_number(&c.to_string()).is_none()).unwrap_or(text.len())
}

/// Whether a kanji number at a place is a block: 一番一号, 壱番地, 一の三, 千二百三十四 at the end. 三番町, 二十四軒 and 三田 are names.
fn kanji_block(text: &str, at: usize) -> bool {
    let end = at + end_of_kanji(&text[at..]);
    let (run, after) = (&text[at..end], &text[end..]);
    let Some(value) = kanji_number(run) else { return false };
    let next_is_number = |rest: &str| {
        rest.chars().next().is_none_or(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | 'の' | 'ノ') || kanji_digit(c).is_some())
    };
    if after.starts_with("番地") {
        return true;
    }
    if let Some(rest) = after.strip_prefix('番') {
        return next_is_number(rest);
    }
    if let Some(rest) = after.strip_prefix(['の', 'ノ', '之', '丿']) {
        let number = if rest.starts_with(|c: char| c.is_ascii_digit()) { end_of_number(rest, 0) } else { end_of_kanji(rest) };
        return number > 0 && rest[number..].chars().next().is_none_or(|c| matches!(c, ' ' | '-' | '番' | '号'));
    }
    // 四十九 at the end can be a town's name; a number of hundreds is none.
    after.is_empty() && value >= 100 && run.contains(['百', '千'])
}

/// A sign between the town's name and the number goes with the number (甲1324); a の that only joins them goes away (ハの74), unless it is the
/// name's own letter, as in 字裏の.
fn split_sign(mut name: String, text: &str, start: usize) -> (String, &str) {
    const SIGNS: [char; 9] = ['甲', '乙', '丙', '戊', '己', '庚', '辛', '壬', '癸'];
    let sign = text[..start].chars().next_back().filter(|c| SIGNS.contains(c) && name.chars().nth(1).is_some() && name.ends_with(*c));
    if let Some(sign) = sign {
        name.truncate(name.len() - sign.len_utf8());
        return (name, &text[start - sign.len_utf8()..]);
    }
    if name.chars().nth(1) == Some('の') && name.chars().nth(2).is_none() {
        name.truncate(name.len() - 'の'.len_utf8());
    }
    (name, &text[start..])
}

/// 大字芝字宮根 → 大字芝, 字宮根. The 字 of 大字, of 文字 and of a name that begins with it is none.
fn split_koaza(name: &str) -> (&str, &str) {
    let mut before = None;
    for (at, c) in name.char_indices() {
        if c == '字' && before.is_some_and(|b: char| !matches!(b, '大' | '文' | '小' | '十')) {
            return name.split_at(at);
        }
        before = Some(c);
    }
    (name, "")
}
