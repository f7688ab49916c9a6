//! 電話番号: as people write it; kept as digits, a foreign one with +.

use jp::phone::{PhoneError, PhoneKind};

use super::{Asked, Nature, Parsed, Shape, Wrong};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 電話番号.
pub(super) struct Phone;

impl Nature for Phone {
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
        if let Answer::Phone(phone) = answer { Value::text(phone) } else { Value::Absent }
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        if let Value::Text(text) = value { read(text).ok().flatten() } else { None }
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        if let Answer::Phone(phone) = answer {
            into.set(path, [phone]);
        }
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, _: Language) -> String {
        if let Answer::Phone(phone) = answer { phone.clone() } else { String::new() }
    }

    fn search_texts(&self, answer: &Answer) -> Vec<String> {
        if let Answer::Phone(phone) = answer { vec![phone.clone()] } else { Vec::new() }
    }
}

fn read(typed: &str) -> Parsed {
    let id = match jp::phone::Phone::parse(typed) {
        Ok(phone) if phone.kind() == PhoneKind::Abroad => return Ok(Some(Answer::Phone(phone.e164().to_owned()))),
        Ok(phone) => return Ok(Some(Answer::Phone(phone.national()))),
        Err(PhoneError::Empty) => return Ok(None),
        Err(PhoneError::NotDigits) => "kind-phone-not-digits",
        Err(PhoneError::Short) => "kind-phone-short",
        Err(PhoneError::NoAreaCode) => "kind-phone-area-code",
        Err(PhoneError::Length) => "kind-phone-length",
    };
    Err(vec![Wrong::whole(id)])
}
