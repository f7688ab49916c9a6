//! # かな Kana: one reading, many ways to type it
//!
//! A reading is stored as full-width katakana, the form of the register's フリガナ. What people type is anything: ひらがな, ｶﾀｶﾅ, small
//! letters where large ones stood on a form. This module folds; it never guesses the reading of a kanji.
//!
//! Three keys, each for one purpose and never stored in place of what it was made from:
//!
//! | key | made by | used for |
//! |---|---|---|
//! | reading | [`to_katakana`], [`Kana::parse`] | to store and print |
//! | search | [`fold`], [`grams`] | to find by part of a name, word or address |
//! | sort (清音化) | [`sort_key`] | to put lists in あいうえお order |
//!
//! Sources: 住民記録システム標準仕様書 (清音化 columns); JIS X 0201/0208; Unicode NFKC for the width of letters.

mod fold;
mod width;

pub(crate) use fold::large;
pub use fold::{fold, grams, query_grams, sort_key};
use serde::{Deserialize, Serialize};
pub use width::{to_half_width, to_katakana};

/// Katakana to hiragana; everything else stays. For やさしい日本語 and ruby.
///
/// ```
/// assert_eq!(jp::kana::to_hiragana("ヤクバ ヴ"), "やくば ゔ");
/// ```
pub fn to_hiragana(text: &str) -> String {
    to_katakana(text)
        .chars()
        .map(|c| match c {
            'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// A reading (フリガナ): full-width katakana, ー, ・ and one full-width space between its parts; never empty.
///
/// A reading is what the register carries since 26 May 2025 (戸籍法13条, 住民基本台帳法7条). Small letters stay small: キャ and キヤ are two
/// readings to the register, and the same to [`fold`].
///
/// ```
/// use jp::kana::Kana;
/// assert_eq!(Kana::parse("さとう ﾊﾅｺ").unwrap().as_str(), "サトウ　ハナコ");
/// assert!(Kana::parse("佐藤").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Kana(String);

impl Kana {
    /// The most letters a reading may have. The longest known names of foreign residents stay below it.
    pub const LETTERS_MAX: usize = 200;

    /// Reads hiragana, katakana or half-width kana.
    ///
    /// # Errors
    /// When nothing is left, when a character is no kana (with the character, so that the page can show it), or when it is longer than
    /// [`Kana::LETTERS_MAX`].
    pub fn parse(typed: &str) -> Result<Self, KanaError> {
        // Bounded before it is copied; half-width letters with marks take two each.
        if typed.chars().nth(Self::LETTERS_MAX * 2).is_some() {
            return Err(KanaError::TooLong);
        }
        let mut reading = String::with_capacity(typed.len());
        let mut gap = false;
        for c in to_katakana(typed).chars() {
            match c {
                c if c.is_whitespace() => gap = !reading.is_empty(),
                'ァ'..='ヺ' | 'ー' | '・' | 'ヽ' | 'ヾ' => {
                    if gap {
                        reading.push('　');
                        gap = false;
                    }
                    reading.push(c);
                }
                // A dash within a reading is the long mark that the keyboard lacked.
                c if crate::digits::is_dash(c) && !reading.is_empty() && !gap => reading.push('ー'),
                other => return Err(KanaError::NotKana(other)),
            }
        }
        if reading.is_empty() {
            return Err(KanaError::Empty);
        }
        if reading.chars().count() > Self::LETTERS_MAX {
            return Err(KanaError::TooLong);
        }
        Ok(Self(reading))
    }

    /// The reading, full width.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 清音化 key by which lists are sorted.
    pub fn sort_key(&self) -> String {
        sort_key(&self.0)
    }
}

impl std::fmt::Display for Kana {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Kana {
    type Err = KanaError;
    fn from_str(typed: &str) -> Result<Self, KanaError> {
        Self::parse(typed)
    }
}

impl TryFrom<String> for Kana {
    type Error = KanaError;
    fn try_from(typed: String) -> Result<Self, KanaError> {
        Self::parse(&typed)
    }
}

impl From<Kana> for String {
    fn from(kana: Kana) -> Self {
        kana.0
    }
}

/// Why a text is no reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KanaError {
    /// Nothing was typed.
    #[error("no kana")]
    Empty,
    /// A character that is no kana; a kanji is never read for the person.
    #[error("{0:?} is not kana")]
    NotKana(char),
    /// Longer than any name.
    #[error("longer than {} letters", Kana::LETTERS_MAX)]
    TooLong,
}
