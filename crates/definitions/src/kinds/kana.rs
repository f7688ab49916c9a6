//! フリガナ: full-width katakana, whatever was typed: hiragana, half-width, spaces of any kind.

use jp::kana::KanaError;

use super::{Parsed, Wrong, written::Written};
use crate::answer::Answer;

/// フリガナ.
pub(super) const KANA: Written =
    Written { read, line: |answer| if let Answer::Kana(kana) = answer { Some(kana) } else { None }, shown: str::to_owned };

fn read(typed: &str) -> Parsed {
    match jp::kana::Kana::parse(typed) {
        Ok(kana) => Ok(Some(Answer::Kana(kana.as_str().to_owned()))),
        Err(KanaError::Empty) => Ok(None),
        Err(KanaError::NotKana(letter)) => Err(vec![Wrong::whole("kind-kana-not-kana").with("letter", letter)]),
        Err(KanaError::TooLong) => Err(vec![too_long(typed)]),
    }
}

fn too_long(typed: &str) -> Wrong {
    let most = jp::kana::Kana::LETTERS_MAX;
    Wrong::whole("kind-text-too-long").with("count", typed.chars().count()).with("most", most)
}
