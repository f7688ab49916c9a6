//! 数: a whole number; full-width digits, commas and the unit behind it are understood.

use super::{Asked, Nature, Parsed, Shape, Wrong, half_width, with_commas};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 数.
pub(super) struct Number;

impl Nature for Number {
    fn shape(&self) -> Shape {
        Shape::Line
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let Kind::Number { at_least, at_most, unit } = &asked.field.kind else { return Ok(None) };
        let typed = asked.whole();
        if typed.is_empty() {
            return Ok(None);
        }
        let typed = unit.as_ref().map_or(typed, |unit| typed.trim_end_matches(unit.ja.as_str()));
        let number = read(typed).ok_or_else(|| vec![Wrong::whole("kind-number-unreadable")])?;
        within(number, *at_least, *at_most)?;
        Ok(Some(Answer::Number(number)))
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Int)
    }

    fn value(&self, answer: &Answer) -> Value {
        if let Answer::Number(number) = answer { Value::Int(*number) } else { Value::Absent }
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        if let Value::Int(number) = value { Some(Answer::Number(*number)) } else { None }
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        if let Answer::Number(number) = answer {
            into.set(path, [number.to_string()]);
        }
    }

    fn shown(&self, answer: &Answer, field: &Field, town: &Town, language: Language) -> String {
        let Answer::Number(number) = answer else { return String::new() };
        let space = if language == Language::En { " " } else { "" };
        match &field.kind {
            Kind::Number { unit: Some(unit), .. } => {
                format!("{}{space}{}", with_commas(*number), town.say_plainly(unit, language))
            }
            _ => with_commas(*number),
        }
    }
}

/// Digits of any width with commas between; nothing else. Also for money.
pub(super) fn read(typed: &str) -> Option<i64> {
    let plain: String = half_width(typed).chars().filter(|c| !matches!(c, ',' | '，' | '、' | ' ')).collect();
    let digits = plain.strip_prefix(['-', '△', '▲']).unwrap_or(&plain);
    // Longer than any count or amount; `parse` would refuse it too, but this says why the bound is here.
    if digits.is_empty() || digits.len() > 18 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    Some(if digits.len() == plain.len() { number } else { -number })
}

pub(super) fn within(number: i64, at_least: Option<i64>, at_most: Option<i64>) -> Result<(), Vec<Wrong>> {
    if let Some(least) = at_least.filter(|least| number < *least) {
        return Err(vec![Wrong::whole("kind-number-too-small").with("least", with_commas(least))]);
    }
    if let Some(most) = at_most.filter(|most| number > *most) {
        return Err(vec![Wrong::whole("kind-number-too-large").with("most", with_commas(most))]);
    }
    Ok(())
}
