//! What is written on one line and kept as that line once it is read: フリガナ, 電話番号, メールアドレス. They differ in how they are read.

use super::{Asked, Nature, Parsed, Shape};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// A kind of such a line.
pub(super) struct Written {
    /// Makes the answer out of what was typed.
    pub read: fn(&str) -> Parsed,
    /// The line of an answer of this kind.
    pub line: fn(&Answer) -> Option<&String>,
    /// How the line reads.
    pub shown: fn(&str) -> String,
}

impl Nature for Written {
    fn shape(&self) -> Shape {
        Shape::Line
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        (self.read)(asked.whole())
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Text)
    }

    fn value(&self, answer: &Answer) -> Value {
        (self.line)(answer).map_or(Value::Absent, Value::text)
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        if let Value::Text(text) = value { (self.read)(text).ok().flatten() } else { None }
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        if let Some(line) = (self.line)(answer) {
            into.set(path, [(self.shown)(line)]);
        }
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, _: Language) -> String {
        (self.line)(answer).map(|line| (self.shown)(line)).unwrap_or_default()
    }

    fn search_texts(&self, answer: &Answer) -> Vec<String> {
        (self.line)(answer).cloned().into_iter().collect()
    }
}
