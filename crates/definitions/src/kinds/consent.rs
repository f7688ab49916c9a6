//! 同意: a box to tick, always given anew.

use super::{Asked, Nature, Parsed, Shape, Wrong, in_language};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 同意.
pub(super) struct Consent;

impl Nature for Consent {
    fn shape(&self) -> Shape {
        Shape::OneOf
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        match asked.whole() {
            "" => Ok(None),
            "yes" => Ok(Some(Answer::Consent)),
            _ => Err(vec![Wrong::whole("kind-choice-not-offered")]),
        }
    }

    fn when_missing(&self) -> &'static str {
        "kind-consent-required"
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Bool)
    }

    fn value(&self, _: &Answer) -> Value {
        Value::Bool(true)
    }

    fn no_value(&self) -> Value {
        Value::Bool(false)
    }

    fn prefilled(&self, _: &Value) -> Option<Answer> {
        None
    }

    fn type_back(&self, _: &Answer, path: &str, into: &mut Typed) {
        into.set(path, ["yes"]);
    }

    fn shown(&self, _: &Answer, _: &Field, _: &Town, language: Language) -> String {
        in_language(language, "同意する", "同意する（いいと 言う）", "Agreed").to_owned()
    }
}
