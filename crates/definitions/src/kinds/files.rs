//! 書類・写真: uploaded before; here stand only the references that the upload left among what was typed.

use super::{Asked, Nature, Parsed, Shape, Wrong};
use crate::{
    answer::{Answer, FileAnswer},
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 書類・写真.
pub(super) struct Files;

impl Nature for Files {
    fn shape(&self) -> Shape {
        Shape::Files
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let Kind::Files { at_most, .. } = &asked.field.kind else { return Ok(None) };
        let read: Result<Vec<FileAnswer>, _> = asked.several().map(serde_json::from_str).collect();
        let files = read.map_err(|_| vec![Wrong::whole("kind-files-unreadable")])?;
        if files.len() > *at_most as usize {
            return Err(vec![Wrong::whole("kind-files-too-many").with("most", at_most)]);
        }
        Ok((!files.is_empty()).then_some(Answer::Files(files)))
    }

    fn when_missing(&self) -> &'static str {
        "kind-files-required"
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::list(Type::Text))
    }

    /// The names of the files: conditions ask how many there are.
    fn value(&self, answer: &Answer) -> Value {
        if let Answer::Files(files) = answer { Value::list(files.iter().map(|file| Value::text(&file.name))) } else { Value::Absent }
    }

    fn no_value(&self) -> Value {
        Value::list([])
    }

    fn prefilled(&self, _: &Value) -> Option<Answer> {
        None
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        let Answer::Files(files) = answer else { return };
        into.set(path, files.iter().filter_map(|file| serde_json::to_string(file).ok()));
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, _: Language) -> String {
        let Answer::Files(files) = answer else { return String::new() };
        files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join("\n")
    }
}
