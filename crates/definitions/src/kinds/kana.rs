//! フリガナ: full-width katakana, whatever was typed: hiragana, half-width, spaces of any kind.

use jp::kana::KanaError;

use super::{Asked, Nature, Parsed, Shape, Wrong};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// フリガナ.
pub(super) struct Kana;

impl Nature for Kana {
    fn shape(&self) -> Shape {
        Shape::Line
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        read(asked.whole())
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Text)
    }

    fn value(&self, answer: &Answer) -> Value {
        if let Answer::Kana(kana) = answer { Value::text(kana) } else { Value::Absent }
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        if let Value::Text(text) = value { read(text).ok().flatten() } else { None }
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        if let Answer::Kana(kana) = answer {
            into.set(path, [kana]);
        }
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, _: Language) -> String {
        if let Answer::Kana(kana) = answer { kana.clone() } else { String::new() }
    }

    fn search_texts(&self, answer: &Answer) -> Vec<String> {
        if let Answer::Kana(kana) = answer { vec![kana.clone()] } else { Vec::new() }
    }
}

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
