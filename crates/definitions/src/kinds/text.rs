//! 文字: one line, or several.

use super::{Asked, Nature, Parsed, Shape, Wrong, half_width};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// One line.
pub(super) struct Line;
/// Several lines.
pub(super) struct Lines;

/// Reads a text of at most so many letters as the eye counts them: a kanji with its selector is one.
fn read(text: String, at_most: u32) -> Parsed {
    if text.is_empty() {
        return Ok(None);
    }
    let letters = jp::name::letters(&text);
    if letters > at_most as usize {
        return Err(vec![Wrong::whole("kind-text-too-long").with("count", letters).with("most", at_most)]);
    }
    Ok(Some(Answer::Text(text)))
}

/// What conditions see of a text, and how a text makes an answer: the same for both.
fn value(answer: &Answer) -> Value {
    if let Answer::Text(text) = answer { Value::text(text) } else { Value::Absent }
}

fn prefilled(value: &Value) -> Option<Answer> {
    match value {
        Value::Text(text) if !text.is_empty() => Some(Answer::Text(text.to_string())),
        Value::Int(number) => Some(Answer::Text(number.to_string())),
        Value::Decimal(number) => Some(Answer::Text(number.to_string())),
        _ => None,
    }
}

fn plain(answer: &Answer) -> String {
    if let Answer::Text(text) = answer { text.clone() } else { String::new() }
}

impl Nature for Line {
    fn shape(&self) -> Shape {
        Shape::Line
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let Kind::Text { at_most, pattern } = &asked.field.kind else { return Ok(None) };
        let line = asked.whole().replace('\n', " ");
        match pattern {
            Some(pattern) if !line.is_empty() && !pattern.fits(&line) => {
                // What a Japanese keyboard writes in full width.
                let half = half_width(&line);
                if !pattern.fits(&half) {
                    return Err(vec![Wrong::whole("kind-text-pattern")]);
                }
                read(half, *at_most)
            }
            _ => read(line, *at_most),
        }
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Text)
    }

    fn value(&self, answer: &Answer) -> Value {
        value(answer)
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        prefilled(value)
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        into.set(path, [plain(answer)]);
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, _: Language) -> String {
        plain(answer)
    }
}

impl Nature for Lines {
    fn shape(&self) -> Shape {
        Shape::Lines
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let Kind::LongText { at_most } = &asked.field.kind else { return Ok(None) };
        read(asked.whole().to_owned(), *at_most)
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Text)
    }

    fn value(&self, answer: &Answer) -> Value {
        value(answer)
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        prefilled(value)
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        into.set(path, [plain(answer)]);
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, _: Language) -> String {
        plain(answer)
    }
}
