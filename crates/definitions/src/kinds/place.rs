//! 場所: words, a position on a map, or both. The words are what a crew drives to; the position is what a map shows.

use std::{collections::BTreeMap, sync::Arc};

use super::{Asked, Nature, Parsed, Shape, Wrong, half_width, in_language};
use crate::{
    answer::{Answer, Spot},
    condition::{RecordValue, Type, Value},
    field::{Field, Kind},
    place::{NoPosition, Position},
    text::Language,
    town::Town,
    typed::Typed,
};

/// The longest description of a place.
const LETTERS_MAX: usize = 200;

/// 場所.
pub(super) struct Place;

impl Nature for Place {
    fn shape(&self) -> Shape {
        Shape::Parts
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let words = asked.part("words").replace('\n', " ");
        let written = half_width(asked.part("position")).replace('、', ",");
        if words.is_empty() && written.trim().is_empty() {
            return Ok(None);
        }
        let mut wrongs = Vec::new();
        let letters = jp::name::letters(&words);
        if letters > LETTERS_MAX {
            wrongs.push(Wrong::part("words", "kind-text-too-long").with("count", letters).with("most", LETTERS_MAX));
        }
        let position = match written.trim() {
            "" => None,
            written => written
                .parse::<Position>()
                .map_err(|why| {
                    wrongs.push(Wrong::part(
                        "position",
                        match why {
                            NoPosition::Unreadable => "kind-place-unreadable",
                            NoPosition::Outside => "kind-place-outside",
                        },
                    ));
                })
                .ok(),
        };
        if wrongs.is_empty() { Ok(Some(Answer::Place(Spot { words, position }))) } else { Err(wrongs) }
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::record("place", [("words", Type::Text), ("latitude", Type::Decimal), ("longitude", Type::Decimal)]))
    }

    fn value(&self, answer: &Answer) -> Value {
        let Answer::Place(spot) = answer else { return Value::Absent };
        let mut fields = BTreeMap::new();
        if !spot.words.is_empty() {
            fields.insert("words".to_owned(), Value::text(&spot.words));
        }
        if let Some(position) = spot.position {
            fields.insert("latitude".to_owned(), Value::Decimal(position.latitude));
            fields.insert("longitude".to_owned(), Value::Decimal(position.longitude));
        }
        Value::Record(Arc::new(RecordValue { id: None, fields, missing: Value::Absent }))
    }

    fn prefilled(&self, _: &Value) -> Option<Answer> {
        None
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        let Answer::Place(spot) = answer else { return };
        into.set(format!("{path}.words"), [&spot.words]);
        into.set(format!("{path}.position"), [spot.position.map_or_else(String::new, |position| position.to_string())]);
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, language: Language) -> String {
        let Answer::Place(spot) = answer else { return String::new() };
        let position = spot.position.map(|Position { latitude, longitude }| {
            let (north, east) = (in_language(language, "北緯", "北緯", "N "), in_language(language, "東経", "東経", "E "));
            format!("{north}{latitude} {east}{longitude}")
        });
        match (spot.words.as_str(), position) {
            ("", Some(position)) => position,
            (words, Some(position)) => format!("{words}（{position}）"),
            (words, None) => words.to_owned(),
        }
    }

    fn search_texts(&self, answer: &Answer) -> Vec<String> {
        if let Answer::Place(spot) = answer { vec![spot.words.clone()] } else { Vec::new() }
    }
}
