//! 説明: something to read; takes no answer.

use super::{Asked, Nature, Parsed, Shape};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 説明.
pub(super) struct Note;

impl Nature for Note {
    fn shape(&self) -> Shape {
        Shape::Reading
    }

    fn parse(&self, _: &Asked<'_>) -> Parsed {
        Ok(None)
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        None
    }

    fn value(&self, _: &Answer) -> Value {
        Value::Absent
    }

    fn prefilled(&self, _: &Value) -> Option<Answer> {
        None
    }

    fn type_back(&self, _: &Answer, _: &str, _: &mut Typed) {}

    fn shown(&self, _: &Answer, _: &Field, _: &Town, _: Language) -> String {
        String::new()
    }
}
