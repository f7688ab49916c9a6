//! 金額: yen, whole and not below zero.

use super::{Asked, Nature, Parsed, Shape, Wrong, in_language, number, with_commas};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 金額.
pub(super) struct Money;

impl Nature for Money {
    fn shape(&self) -> Shape {
        Shape::Line
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let typed = asked.whole();
        if typed.is_empty() {
            return Ok(None);
        }
        let typed = typed.trim_end_matches(['円', '-', '－']).trim_start_matches(['¥', '￥']);
        let yen = number::read(typed).ok_or_else(|| vec![Wrong::whole("kind-money-unreadable")])?;
        number::within(yen, Some(0), None)?;
        Ok(Some(Answer::Money(yen)))
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Int)
    }

    fn value(&self, answer: &Answer) -> Value {
        if let Answer::Money(yen) = answer { Value::Int(*yen) } else { Value::Absent }
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        if let Value::Int(yen) = value { Some(Answer::Money(*yen)) } else { None }
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        if let Answer::Money(yen) = answer {
            into.set(path, [yen.to_string()]);
        }
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, language: Language) -> String {
        if let Answer::Money(yen) = answer {
            format!("{}{}", with_commas(*yen), in_language(language, "円", "円", " yen"))
        } else {
            String::new()
        }
    }
}
