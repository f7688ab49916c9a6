//! # 氏名 Names of people
//!
//! A name is stored as the register writes it, every stroke and variation selector kept; it is never normalised (no NFC, no NFKC), for that
//! would change a legal name. Only keys for searching are folded.
//!
//! Nothing is assumed: a name can be one word, Latin, longer than a form, without kana. What counts as one letter is what the eye sees as one
//! ([`letters`]): 𠮷 and 辻󠄀 are one each.

use crate::kana::Kana;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most letters a name may have. Names above thirty letters occur; the resident register's fields end at 100.
pub const NAME_LETTERS_MAX: usize = 100;
/// One letter can carry a selector and combining marks; more code points than this are no letter of a name.
const CODE_POINTS_MAX: usize = NAME_LETTERS_MAX * 4;

/// A written name or part of one: not empty, no control characters, no spaces at its ends, otherwise exactly as typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WrittenName(String);

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was typed.
    #[error("no name")]
    Empty,
    /// Longer than any register has room for.
    #[error("a name has at most {NAME_LETTERS_MAX} letters")]
    TooLong,
    /// A line break or another control character.
    #[error("a name is one line")]
    Control,
}

impl WrittenName {
    /// Takes a name as typed; spaces at its ends fall away, and every run of spaces within it becomes one full-width space between
    /// Japanese letters and one half-width space otherwise.
    ///
    /// # Errors
    /// When nothing is left, when it is too long, or when it holds control characters.
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        let typed = typed.trim();
        if typed.chars().nth(CODE_POINTS_MAX).is_some() {
            return Err(NameError::TooLong);
        }
        if typed.chars().any(char::is_control) {
            return Err(NameError::Control);
        }
        let space = if typed.chars().all(|c| c.is_whitespace() || is_latin(c)) { " " } else { "　" };
        let name = typed.split_whitespace().collect::<Vec<_>>().join(space);
        match letters(&name) {
            0 => Err(NameError::Empty),
            count if count > NAME_LETTERS_MAX => Err(NameError::TooLong),
            _ => Ok(Self(name)),
        }
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many letters the eye sees.
    pub fn letters(&self) -> usize {
        letters(&self.0)
    }

    /// Whether it is written in Latin letters. That says nothing of anybody's nationality.
    pub fn is_latin(&self) -> bool {
        self.0.chars().all(|c| c.is_whitespace() || is_latin(c))
    }
}

fn is_latin(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{A0}'..='\u{24F}' | '\u{300}'..='\u{36F}' | '\u{1E00}'..='\u{1EFF}' | '\u{2019}')
}

/// How many letters of a text the eye sees as one: a selector, a combining mark or a joined part belongs to the letter before it.
///
/// ```
/// use jp::name::letters;
/// assert_eq!(letters("辻\u{E0100}田"), 2);
/// assert_eq!(letters("𠮷野家"), 3);
/// assert_eq!(letters("か\u{3099}"), 1);
/// ```
pub fn letters(text: &str) -> usize {
    let mut count = 0;
    let mut joined = false;
    for c in text.chars() {
        let leans = crate::variant::is_selector(c) || unicode_normalization::char::is_combining_mark(c) || c == '\u{200D}';
        // The very first letter counts even when it leans on nothing.
        if count == 0 || !(leans || joined) {
            count += 1;
        }
        joined = c == '\u{200D}';
    }
    count
}

impl fmt::Display for WrittenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for WrittenName {
    type Error = NameError;
    fn try_from(typed: String) -> Result<Self, NameError> {
        Self::parse(&typed)
    }
}

impl From<WrittenName> for String {
    fn from(name: WrittenName) -> Self {
        name.0
    }
}

/// What a person is called, and how that is read.
///
/// `family` and `given` are parts of one 氏名. A person with one name alone has it in `family` and no `given`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// 氏, or the one name.
    pub family: WrittenName,
    /// 名.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<WrittenName>,
    /// The reading of `family`; none where the register holds none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_kana: Option<Kana>,
    /// The reading of `given`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_kana: Option<Kana>,
    /// 旧氏 (住民基本台帳法施行令30条の13): an earlier family name that is printed beside the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_family: Option<Reading>,
    /// 通称 (同令30条の16): the name by which a foreign resident is known, in one piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Reading>,
}

/// A name in one piece with its reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// As written.
    pub written: WrittenName,
    /// How it is read, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kana: Option<Kana>,
}

impl PersonName {
    /// A name in two parts without readings.
    pub fn new(family: WrittenName, given: Option<WrittenName>) -> Self {
        Self { family, given, family_kana: None, given_kana: None, former_family: None, alias: None }
    }

    /// A name typed in one piece: family and given name apart at the first space, otherwise one name alone.
    ///
    /// # Errors
    /// As [`WrittenName::parse`].
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        let whole = WrittenName::parse(typed)?;
        match whole.as_str().split_once(char::is_whitespace) {
            Some((family, given)) => Ok(Self::new(WrittenName::parse(family)?, Some(WrittenName::parse(given)?))),
            None => Ok(Self::new(whole, None)),
        }
    }

    /// The whole 氏名, parts one full-width space apart (Latin names: one half-width space).
    pub fn full(&self) -> String {
        joined(Some(&self.family), self.given.as_ref(), if self.is_latin() { " " } else { "　" })
    }

    /// The whole reading; none when no part has one.
    pub fn full_kana(&self) -> Option<String> {
        let full = joined(self.family_kana.as_ref(), self.given_kana.as_ref(), "　");
        (!full.is_empty()).then_some(full)
    }

    /// As one addresses the person: the 通称 where there is one.
    pub fn called(&self) -> String {
        self.alias.as_ref().map_or_else(|| self.full(), |alias| alias.written.to_string())
    }

    /// Whether both parts are Latin letters.
    pub fn is_latin(&self) -> bool {
        self.family.is_latin() && self.given.as_ref().is_none_or(WrittenName::is_latin)
    }

    /// The 清音化 key to sort by: the reading, else the name itself, so that nobody without kana falls out of a list.
    pub fn sort_key(&self) -> String {
        crate::kana::sort_key(&self.full_kana().unwrap_or_else(|| crate::kana::fold(&self.full())))
    }

    /// Every text under which the person is looked for: names and readings, the former family name with the given name, the 通称.
    pub fn search_texts(&self) -> Vec<String> {
        let mut texts = vec![self.full()];
        texts.extend(self.full_kana());
        for reading in [&self.former_family, &self.alias].into_iter().flatten() {
            texts.push(reading.written.to_string());
            texts.extend(reading.kana.as_ref().map(Kana::to_string));
        }
        if let (Some(former), Some(given)) = (&self.former_family, &self.given) {
            texts.push(format!("{}{given}", former.written));
        }
        texts
    }
}

fn joined<T: fmt::Display>(first: Option<&T>, second: Option<&T>, space: &str) -> String {
    let parts: Vec<String> = [first, second].into_iter().flatten().map(T::to_string).collect();
    parts.join(space)
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full())
    }
}
