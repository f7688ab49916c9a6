//! 署名: drawn, or the name typed, which counts the same. Always given anew.

use std::{collections::BTreeMap, sync::Arc};

use super::{Asked, Nature, Parsed, Shape, Wrong, in_language, name};
use crate::{
    answer::{self, Answer, Strokes},
    condition::{RecordValue, Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 署名.
pub(super) struct Signature;

/// The most strokes: 鬱 has 29, a name of four such letters 116.
const STROKES_MAX: usize = 300;
/// The most points: a stroke of two seconds at 60 points a second has 120.
const POINTS_MAX: usize = 20_000;
/// The box in which strokes are drawn.
const WIDTH: u16 = 1_000;
const HEIGHT: u16 = 400;

impl Nature for Signature {
    fn shape(&self) -> Shape {
        Shape::Strokes
    }

    fn is_blank(&self, typed: &Typed, path: &str) -> bool {
        let is_empty = |name: &str| typed.first(name).is_none_or(|value| matches!(value.trim(), "" | "[]"));
        is_empty(path) && is_empty(&format!("{path}.typed"))
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        match (asked.whole(), asked.part("typed")) {
            ("" | "[]", "") => Ok(None),
            ("" | "[]", typed) => {
                let name = name::read(typed, "").map_err(|_| vec![Wrong::part("typed", "kind-name-unreadable")])?;
                Ok(Some(Answer::Signature(answer::Signature::Typed(name.whole()))))
            }
            (drawn, _) => {
                let unreadable = || vec![Wrong::whole("kind-signature-unreadable")];
                let strokes: Strokes = serde_json::from_str(drawn).map_err(|_| unreadable())?;
                let points: usize = strokes.0.iter().map(Vec::len).sum();
                let is_inside = strokes.0.iter().flatten().all(|(x, y)| *x <= WIDTH && *y <= HEIGHT);
                if points == 0 || points > POINTS_MAX || strokes.0.len() > STROKES_MAX || !is_inside {
                    return Err(unreadable());
                }
                Ok(Some(Answer::Signature(answer::Signature::Drawn(strokes))))
            }
        }
    }

    fn when_missing(&self) -> &'static str {
        "kind-signature-required"
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Sealed)
    }

    fn value(&self, _: &Answer) -> Value {
        sealed()
    }

    fn prefilled(&self, _: &Value) -> Option<Answer> {
        None
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        let Answer::Signature(signature) = answer else { return };
        match signature {
            answer::Signature::Drawn(strokes) => into.set(path, serde_json::to_string(strokes)),
            answer::Signature::Typed(name) => into.set(format!("{path}.typed"), [name]),
        }
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, language: Language) -> String {
        match answer {
            Answer::Signature(answer::Signature::Typed(name)) => name.clone(),
            _ => in_language(language, "署名済み", "名前を 書きました", "Signed").to_owned(),
        }
    }
}

/// What conditions see of a sealed answer: that it was given, nothing of what it says.
pub(super) fn sealed() -> Value {
    Value::Record(Arc::new(RecordValue { id: None, fields: BTreeMap::new(), missing: Value::Absent }))
}
