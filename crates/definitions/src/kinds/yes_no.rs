//! はい or いいえ.

use super::{Asked, Nature, Parsed, Shape, Wrong, in_language};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// はい・いいえ.
pub(super) struct YesNo;

impl Nature for YesNo {
    fn shape(&self) -> Shape {
        Shape::OneOf
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        match asked.whole() {
            "" => Ok(None),
            "yes" => Ok(Some(Answer::YesNo(true))),
            "no" => Ok(Some(Answer::YesNo(false))),
            _ => Err(vec![Wrong::whole("kind-choice-not-offered")]),
        }
    }

    fn when_missing(&self) -> &'static str {
        "kind-choice-required"
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Bool)
    }

    fn value(&self, answer: &Answer) -> Value {
        if let Answer::YesNo(is_yes) = answer { Value::Bool(*is_yes) } else { Value::Absent }
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        if let Value::Bool(is_yes) = value { Some(Answer::YesNo(*is_yes)) } else { None }
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        if let Answer::YesNo(is_yes) = answer {
            into.set(path, [if *is_yes { "yes" } else { "no" }]);
        }
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, language: Language) -> String {
        match answer {
            Answer::YesNo(true) => in_language(language, "はい", "はい", "Yes").to_owned(),
            Answer::YesNo(false) => in_language(language, "いいえ", "いいえ", "No").to_owned(),
            _ => String::new(),
        }
    }
}
