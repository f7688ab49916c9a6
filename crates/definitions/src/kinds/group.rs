//! くり返し: the same questions for each of several. Its rows are read by [`crate::form`], which knows what is asked in each.

use indexmap::IndexMap;
use std::sync::Arc;

use super::{Asked, Nature, Parsed, Shape, record, shown, type_back, type_of};
use crate::{
    answer::Answer,
    condition::{Record, Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::{Typed, rows_name},
};

/// くり返し.
pub(super) struct Group;

impl Nature for Group {
    fn shape(&self) -> Shape {
        Shape::Rows
    }

    /// The number of rows alone is no answer.
    fn is_blank(&self, typed: &Typed, path: &str) -> bool {
        let rows = rows_name(path);
        typed.below(path).all(|(name, values)| name == rows || values.iter().all(|value| value.trim().is_empty()))
    }

    fn parse(&self, _: &Asked<'_>) -> Parsed {
        Ok(None)
    }

    fn when_missing(&self) -> &'static str {
        "kind-group-too-few"
    }

    fn type_of(&self, kind: &Kind) -> Option<Type> {
        let fields = kind.group_fields()?;
        let fields: IndexMap<String, Type> =
            fields.iter().filter_map(|(id, field)| Some((id.as_str().to_owned(), type_of(&field.kind)?))).collect();
        Some(Type::list(Type::Record(Arc::new(Record { name: "row".to_owned(), fields }))))
    }

    fn value(&self, answer: &Answer) -> Value {
        if let Answer::Group(rows) = answer { Value::list(rows.iter().map(|row| record(row, &[]))) } else { Value::Absent }
    }

    fn no_value(&self) -> Value {
        Value::list([])
    }

    fn prefilled(&self, _: &Value) -> Option<Answer> {
        None
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        let Answer::Group(rows) = answer else { return };
        into.set(rows_name(path), [rows.len().to_string()]);
        for (row, answers) in rows.iter().enumerate() {
            for (id, answer) in answers.iter() {
                type_back(answer, &format!("{path}.{row}.{id}"), into);
            }
        }
    }

    fn shown(&self, answer: &Answer, field: &Field, town: &Town, language: Language) -> String {
        let (Answer::Group(rows), Kind::Group { each, fields, .. }) = (answer, &field.kind) else { return String::new() };
        let mut lines = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            lines.push(format!("{} {}", town.say_plainly(each, language), place + 1));
            for (id, answer) in row.iter() {
                let Some(field) = fields.get(id) else { continue };
                lines.push(format!("{}: {}", town.say_plainly(&field.label, language), shown(answer, field, town, language)));
            }
        }
        lines.join("\n")
    }

    fn search_texts(&self, answer: &Answer) -> Vec<String> {
        let Answer::Group(rows) = answer else { return Vec::new() };
        rows.iter().flat_map(|row| row.iter()).flat_map(|(_, answer)| super::search_texts(answer)).collect()
    }
}
