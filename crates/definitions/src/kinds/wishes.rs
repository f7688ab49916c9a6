//! 希望順: wishes in order, the first first; each only once.

use super::{Asked, Nature, Parsed, Shape, Wrong, choice, option_label};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 希望順.
pub(super) struct Ranked;

impl Nature for Ranked {
    fn shape(&self) -> Shape {
        Shape::ManyOf
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let Kind::Ranked { options, at_most } = &asked.field.kind else { return Ok(None) };
        let mut wishes: Vec<String> = Vec::new();
        // A gap between wishes closes up: who leaves the second box empty has two wishes.
        for key in asked.several() {
            match choice::is_offered(asked, options, key) {
                Some(true) if wishes.iter().any(|wish| wish == key) => return Err(vec![Wrong::whole("kind-ranked-twice")]),
                Some(true) => wishes.push(key.to_owned()),
                Some(false) => return Err(choice::not_offered()),
                None => return choice::in_words(asked),
            }
        }
        if wishes.len() > *at_most as usize {
            return Err(vec![Wrong::whole("kind-choices-too-many").with("most", at_most)]);
        }
        Ok((!wishes.is_empty()).then_some(Answer::Ranked(wishes)))
    }

    fn when_missing(&self) -> &'static str {
        "kind-choice-required"
    }

    fn type_of(&self, kind: &Kind) -> Option<Type> {
        if let Kind::Ranked { options, .. } = kind { Some(Type::list(choice::option_type(options))) } else { None }
    }

    fn value(&self, answer: &Answer) -> Value {
        if let Answer::Ranked(wishes) = answer { Value::list(wishes.iter().map(Value::text)) } else { Value::Absent }
    }

    fn no_value(&self) -> Value {
        Value::list([])
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        choice::keys_of(value).map(Answer::Ranked)
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        if let Answer::Ranked(wishes) = answer {
            into.set(path, wishes);
        }
    }

    fn shown(&self, answer: &Answer, field: &Field, town: &Town, language: Language) -> String {
        let Answer::Ranked(wishes) = answer else { return String::new() };
        let line = |(place, key): (usize, &String)| format!("{}. {}", place + 1, option_label(key, field, town, language));
        wishes.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
    }
}
