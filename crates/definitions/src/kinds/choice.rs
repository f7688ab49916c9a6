//! 選択: one of several, or any of several. What is not among the options is refused, however it got into the page.

use super::{Asked, Nature, Parsed, Shape, Wrong, option_label};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind, Options},
    text::Language,
    town::Town,
    typed::Typed,
};

/// One of several.
pub(super) struct One;
/// Any of several.
pub(super) struct Many;

/// Whether a key may be chosen. `None`: the options come from a register that is not at hand; then it is asked in words.
pub(super) fn is_offered(asked: &Asked<'_>, options: &Options, key: &str) -> Option<bool> {
    match options {
        Options::Listed(listed) => Some(listed.contains_key(key)),
        Options::Register { .. } => asked.listed.map(|listing| listing.iter().any(|one| one.key == key)),
    }
}

/// What conditions see of an option.
pub(super) fn option_type(options: &Options) -> Type {
    match options {
        Options::Listed(listed) => Type::OneOf(listed.keys().map(|id| id.as_str().to_owned()).collect()),
        Options::Register { .. } => Type::Text,
    }
}

pub(super) fn not_offered() -> Vec<Wrong> {
    vec![Wrong::whole("kind-choice-not-offered")]
}

/// What a wish in words may have: a facility's name, or several of them.
const WORDS_LETTERS_MAX: usize = 400;

/// An answer in words, where the options are not known here; staff read it.
pub(super) fn in_words(asked: &Asked<'_>) -> Parsed {
    let words = asked.several().collect::<Vec<_>>().join("\n");
    let letters = jp::name::letters(&words);
    match letters {
        0 => Ok(None),
        1..=WORDS_LETTERS_MAX => Ok(Some(Answer::Text(words))),
        count => Err(vec![Wrong::whole("kind-text-too-long").with("count", count).with("most", WORDS_LETTERS_MAX)]),
    }
}

impl Nature for One {
    fn shape(&self) -> Shape {
        Shape::OneOf
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let Kind::Choice { options, .. } = &asked.field.kind else { return Ok(None) };
        let key = asked.whole();
        if key.is_empty() {
            return Ok(None);
        }
        match is_offered(asked, options, key) {
            Some(true) => Ok(Some(Answer::Choice(key.to_owned()))),
            Some(false) => Err(not_offered()),
            None => in_words(asked),
        }
    }

    fn when_missing(&self) -> &'static str {
        "kind-choice-required"
    }

    fn type_of(&self, kind: &Kind) -> Option<Type> {
        if let Kind::Choice { options, .. } = kind { Some(option_type(options)) } else { None }
    }

    fn value(&self, answer: &Answer) -> Value {
        if let Answer::Choice(key) = answer { Value::text(key) } else { Value::Absent }
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        if let Value::Text(key) = value { Some(Answer::Choice(key.to_string())) } else { None }
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        if let Answer::Choice(key) = answer {
            into.set(path, [key]);
        }
    }

    fn shown(&self, answer: &Answer, field: &Field, town: &Town, language: Language) -> String {
        if let Answer::Choice(key) = answer { option_label(key, field, town, language) } else { String::new() }
    }
}

impl Nature for Many {
    fn shape(&self) -> Shape {
        Shape::ManyOf
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let Kind::Choices { options, at_least, at_most } = &asked.field.kind else { return Ok(None) };
        let mut keys: Vec<&str> = Vec::new();
        for key in asked.several() {
            match is_offered(asked, options, key) {
                Some(true) if keys.contains(&key) => {}
                Some(true) => keys.push(key),
                Some(false) => return Err(not_offered()),
                None => return in_words(asked),
            }
        }
        if keys.is_empty() {
            return Ok(None);
        }
        if keys.len() < *at_least as usize {
            return Err(vec![Wrong::whole("kind-choices-too-few").with("least", at_least)]);
        }
        if let Some(most) = at_most.filter(|most| keys.len() > *most as usize) {
            return Err(vec![Wrong::whole("kind-choices-too-many").with("most", most)]);
        }
        Ok(Some(Answer::Choices(in_order(asked, options, &keys))))
    }

    fn when_missing(&self) -> &'static str {
        "kind-choice-required"
    }

    fn type_of(&self, kind: &Kind) -> Option<Type> {
        if let Kind::Choices { options, .. } = kind { Some(Type::list(option_type(options))) } else { None }
    }

    fn value(&self, answer: &Answer) -> Value {
        if let Answer::Choices(keys) = answer { Value::list(keys.iter().map(Value::text)) } else { Value::Absent }
    }

    fn no_value(&self) -> Value {
        Value::list([])
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        keys_of(value).map(Answer::Choices)
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        if let Answer::Choices(keys) = answer {
            into.set(path, keys);
        }
    }

    fn shown(&self, answer: &Answer, field: &Field, town: &Town, language: Language) -> String {
        let Answer::Choices(keys) = answer else { return String::new() };
        let labels: Vec<String> = keys.iter().map(|key| option_label(key, field, town, language)).collect();
        labels.join(if language == Language::En { ", " } else { "、" })
    }
}

/// In the order of the options, so that two people who ticked the same have the same answer.
fn in_order(asked: &Asked<'_>, options: &Options, keys: &[&str]) -> Vec<String> {
    let chosen = |key: &str| keys.contains(&key).then(|| key.to_owned());
    match options {
        Options::Listed(listed) => listed.keys().filter_map(|id| chosen(id.as_str())).collect(),
        Options::Register { .. } => asked.listed.into_iter().flat_map(|all| all.iter()).filter_map(|one| chosen(&one.key)).collect(),
    }
}

/// A list of keys as a value gives it.
pub(super) fn keys_of(value: &Value) -> Option<Vec<String>> {
    let Value::List(values) = value else { return None };
    let keys: Option<Vec<String>> =
        values.iter().map(|value| if let Value::Text(key) = value { Some(key.to_string()) } else { None }).collect();
    keys.filter(|keys| !keys.is_empty())
}
