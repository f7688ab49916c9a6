//! 小数: a number with decimals; full-width digits, commas and the unit behind it are understood.

use super::{Asked, Nature, Parsed, Shape, Wrong, half_width};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    decimal::Decimal as Exact,
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 小数.
pub(super) struct Decimal;

impl Nature for Decimal {
    fn shape(&self) -> Shape {
        Shape::Line
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let Kind::Decimal { places, at_least, at_most, unit } = &asked.field.kind else { return Ok(None) };
        let typed = asked.whole();
        if typed.is_empty() {
            return Ok(None);
        }
        let typed = unit.as_ref().map_or(typed, |unit| typed.trim_end_matches(unit.ja.as_str()));
        let wrong = |id, name, value: String| Err(vec![Wrong::whole(id).with(name, value)]);
        let Some(number) = read(typed) else { return Err(vec![Wrong::whole("kind-number-unreadable")]) };
        if number.places() > u32::from(*places) {
            return wrong("kind-decimal-places", "places", places.to_string());
        }
        if let Some(least) = at_least.filter(|least| number < *least) {
            return wrong("kind-number-too-small", "least", least.with_commas());
        }
        if let Some(most) = at_most.filter(|most| number > *most) {
            return wrong("kind-number-too-large", "most", most.with_commas());
        }
        Ok(Some(Answer::Decimal(number)))
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Decimal)
    }

    fn value(&self, answer: &Answer) -> Value {
        if let Answer::Decimal(number) = answer { Value::Decimal(*number) } else { Value::Absent }
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        match value {
            Value::Decimal(number) => Some(Answer::Decimal(*number)),
            Value::Int(number) => Some(Answer::Decimal((*number).into())),
            // As it stands in a folder.
            Value::Text(text) => text.parse().ok().map(Answer::Decimal),
            _ => None,
        }
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        if let Answer::Decimal(number) = answer {
            into.set(path, [number.to_string()]);
        }
    }

    fn shown(&self, answer: &Answer, field: &Field, town: &Town, language: Language) -> String {
        let Answer::Decimal(number) = answer else { return String::new() };
        let space = if language == Language::En { " " } else { "" };
        match &field.kind {
            Kind::Decimal { unit: Some(unit), .. } => format!("{}{space}{}", number.with_commas(), town.say_plainly(unit, language)),
            _ => number.with_commas(),
        }
    }
}

/// Digits of any width with commas between and one point; nothing else.
fn read(typed: &str) -> Option<Exact> {
    let plain: String = half_width(typed)
        .chars()
        .filter(|c| !matches!(c, ',' | '、' | ' '))
        .map(|c| match c {
            '△' | '▲' => '-',
            '．' | '。' => '.',
            c => c,
        })
        .collect();
    plain.parse().ok()
}
