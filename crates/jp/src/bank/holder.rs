//! 口座名義カナ: the holder's name in the letters that transfer files allow.

use crate::kana::{to_half_width, to_katakana};
use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// The holder's name as a transfer file carries it: half-width katakana without small letters, ｦ or long marks, `A`–`Z`, digits, space and
/// `( ) - .`; at most [`BYTES_MAX`](Self::BYTES_MAX) characters.
///
/// ```
/// use jp::bank::AccountHolder;
/// assert_eq!(AccountHolder::parse("さとう　ようこ").unwrap().as_str(), "ｻﾄｳ ﾖｳｺ");
/// assert_eq!(AccountHolder::parse("キャノン").unwrap().as_str(), "ｷﾔﾉﾝ");
/// assert!(AccountHolder::parse("佐藤").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountHolder(String);

/// What reading changed beyond width and case, to be recorded beside a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// ッ → ツ, ャ → ヤ.
    SmallMadeLarge,
    /// ー → -.
    LongMark,
    /// ヰ → イ, ヱ → エ.
    OldKana,
    /// ・ or , → space.
    Punctuation,
}

/// Why a text is no holder's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HolderError {
    /// Nothing was typed.
    #[error("no account name")]
    Empty,
    /// A character that no transfer file carries; the reading of a kanji is never guessed.
    #[error("{0:?} cannot stand in an account name; type it in kana as the passbook has it")]
    NotAllowed(char),
    /// A voicing mark behind a letter that takes none.
    #[error("a voicing mark stands behind a letter that takes none")]
    Voicing,
    /// Longer than the field of the layout.
    #[error("an account name has at most {} characters, ﾞ and ﾟ counted", AccountHolder::BYTES_MAX)]
    TooLong,
}

impl AccountHolder {
    /// The field of the 総合振込 layout is 30 bytes, one a character.
    pub const BYTES_MAX: usize = 30;

    /// Reads a name in any kana or Latin letters.
    ///
    /// # Errors
    /// See [`HolderError`]. ヲ is refused: banks disagree on it.
    pub fn parse(typed: &str) -> Result<Self, HolderError> {
        Self::parse_noting(typed).map(|(holder, _)| holder)
    }

    /// Reads a name and tells what was changed in it.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_noting(typed: &str) -> Result<(Self, Vec<Change>), HolderError> {
        // No letter becomes fewer than one, ㍿ becomes four: so much typed text is certainly too long.
        if typed.trim().chars().nth(Self::BYTES_MAX * 3).is_some() {
            return Err(HolderError::TooLong);
        }
        let mut changes = Vec::new();
        let wide: String = to_katakana(&typed.nfkc().collect::<String>()).chars().map(|c| plain(c, &mut changes)).collect();
        let words: Vec<&str> = wide.split_whitespace().collect();
        let name = to_half_width(&words.join(" "));
        match name.chars().count() {
            0 => return Err(HolderError::Empty),
            count if count > Self::BYTES_MAX => return Err(HolderError::TooLong),
            _ => {}
        }
        allowed(&name)?;
        changes.sort_by_key(|change| *change as u8);
        changes.dedup();
        Ok((Self(name), changes))
    }

    /// As a transfer file carries it, half width.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it may be the name that a reading gives: spaces, hyphens, dots and small letters make no difference. A mismatch is a question to
    /// the clerk, not a refusal.
    pub fn resembles(&self, reading: &str) -> bool {
        Self::parse(reading).is_ok_and(|other| other.bare() == self.bare())
    }

    fn bare(&self) -> String {
        self.0.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).collect()
    }
}

fn plain(c: char, changes: &mut Vec<Change>) -> char {
    let large = crate::kana::large(c);
    let (to, change) = match c {
        _ if large != c => (large, Change::SmallMadeLarge),
        'ヰ' => ('イ', Change::OldKana),
        'ヱ' => ('エ', Change::OldKana),
        '-' => return c,
        c if crate::digits::is_dash(c) => ('-', Change::LongMark),
        '・' | ',' | '、' => (' ', Change::Punctuation),
        c => return c.to_ascii_uppercase(),
    };
    changes.push(change);
    to
}

fn allowed(name: &str) -> Result<(), HolderError> {
    let mut before = None;
    for c in name.chars() {
        match c {
            'ﾞ' if before.is_some_and(|b| matches!(b, 'ｶ'..='ｺ' | 'ｻ'..='ｿ' | 'ﾀ'..='ﾄ' | 'ﾊ'..='ﾎ' | 'ｳ')) => {}
            'ﾟ' if before.is_some_and(|b| matches!(b, 'ﾊ'..='ﾎ')) => {}
            'ﾞ' | 'ﾟ' => return Err(HolderError::Voicing),
            'ｱ'..='ﾝ' | 'A'..='Z' | '0'..='9' | ' ' | '(' | ')' | '-' | '.' => {}
            other => return Err(HolderError::NotAllowed(other)),
        }
        before = Some(c);
    }
    Ok(())
}

impl fmt::Display for AccountHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AccountHolder {
    type Error = HolderError;
    fn try_from(typed: String) -> Result<Self, HolderError> {
        Self::parse(&typed)
    }
}

impl From<AccountHolder> for String {
    fn from(holder: AccountHolder) -> Self {
        holder.0
    }
}
