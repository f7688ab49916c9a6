//! 受け取る: what one line says, before anything is looked up.

use indexmap::IndexMap;

use super::{CellWrong, Column, Direction, Holds, Mapping, cell, question};
use crate::{
    field::Kind,
    ids::FieldId,
    procedure::Procedure,
    typed::{TooMuch, Typed},
};

/// What a line brings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Brought {
    /// The number by which its case is found; empty for lists.
    pub find: String,
    /// What would be typed for the step's questions.
    pub ask: Typed,
    /// What would be typed for the columns of the register.
    pub values: IndexMap<FieldId, String>,
    /// The record's first day, as text that a day is read from.
    pub from: Option<String>,
    /// The note.
    pub note: Option<String>,
    /// The message to the person.
    pub write: Option<String>,
}

/// What is wrong with a line: the column, and why.
pub type Wrongs = Vec<(FieldId, CellWrong)>;

/// Reads a line of a mapping in: its cells in the order of the columns.
///
/// # Errors
/// All cells that cannot be read.
pub fn read_line(mapping: &Mapping, cells: &[&str]) -> Result<Brought, Wrongs> {
    let read = cells_read(mapping, cells)?;
    let value = |column: &FieldId| read.get(column.as_str()).cloned().unwrap_or_default();
    let filled =
        |text: &String| mapping.columns.keys().fold(text.clone(), |text, column| text.replace(&format!("{{{column}}}"), &value(column)));
    let mut brought = Brought {
        find: mapping.find.as_ref().map(|find| value(&find.column)).unwrap_or_default(),
        note: mapping.does.note.as_ref().map(filled),
        write: mapping.does.write.as_ref().map(filled),
        ..Brought::default()
    };
    if let Some(find) = mapping.find.as_ref().filter(|_| brought.find.is_empty()) {
        return Err(vec![(find.column.clone(), CellWrong::Empty)]);
    }
    if let Some(step) = &mapping.does.step {
        for (question, column) in &step.ask {
            let text = value(column);
            let too_long = |_| vec![(column.clone(), too_long(&text))];
            type_in(&mut brought.ask, question.as_str(), &text, is_several(mapping, column)).map_err(too_long)?;
        }
    }
    if let Some(record) = &mapping.does.record {
        brought.values = record.values.iter().map(|(of, column)| (of.clone(), value(column))).collect();
        brought.from = record.from.as_ref().map(value).filter(|day| !day.is_empty());
    }
    Ok(brought)
}

/// What a line of an intake would have typed into the form.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// What was typed.
    pub typed: Typed,
    /// The number by which the other service knows it.
    pub number: String,
    /// When the person sent it, as it stands there.
    pub sent: String,
    /// Names of files by the path of their question.
    pub files: Vec<(String, String)>,
}

/// Reads a line of an intake.
///
/// # Errors
/// All cells that cannot be read.
pub fn read_answers(mapping: &Mapping, procedure: &Procedure, cells: &[&str]) -> Result<Answered, Wrongs> {
    debug_assert_eq!(mapping.direction, Direction::Intake);
    let read = cells_read(mapping, cells)?;
    let mut answered = Answered::default();
    for (id, column) in &mapping.columns {
        let text = read.get(id.as_str()).map(String::as_str).unwrap_or_default();
        match &column.holds {
            Some(Holds::SourceNumber) => answered.number = text.to_owned(),
            Some(Holds::SourceMoment) => answered.sent = text.to_owned(),
            Some(Holds::Files(path)) => {
                let names = text.split(cell::BETWEEN).map(str::trim).filter(|name| !name.is_empty());
                answered.files.extend(names.map(|name| (path.clone(), name.to_owned())));
            }
            Some(Holds::Answer(path)) if !text.is_empty() => {
                let path = as_typed(procedure, path);
                let too_long = |_| vec![(id.clone(), too_long(text))];
                type_in(&mut answered.typed, &path, text, is_several(mapping, id)).map_err(too_long)?;
            }
            _ => {}
        }
    }
    Ok(answered)
}

/// Parts have one name in answers and another in the form's inputs.
fn as_typed(procedure: &Procedure, path: &str) -> String {
    let Some((field, part)) = question(procedure, None, path) else { return path.to_owned() };
    let part = match (&field.kind, part) {
        (Kind::Address, "line" | "") => "text",
        (Kind::Address, "postal_code") => "postal",
        (Kind::HouseholdMember { .. }, "") => "name",
        (_, part) => part,
    };
    if part.is_empty() { field.id.to_string() } else { format!("{}.{part}", field.id) }
}

fn too_long(text: &str) -> CellWrong {
    CellWrong::TooLong { count: text.chars().count(), most: crate::typed::VALUE_BYTES_MAX }
}

/// Whether a cell of this column may hold several ids: one with a table of codes.
fn is_several(mapping: &Mapping, column: &FieldId) -> bool {
    mapping.columns.get(column).is_some_and(|column| !column.write.codes.is_empty())
}

/// Several ids in one cell are typed one by one.
fn type_in(typed: &mut Typed, path: &str, text: &str, several: bool) -> Result<(), TooMuch> {
    if text.is_empty() {
        return Ok(());
    }
    if !several {
        return typed.push(path, text);
    }
    text.split(cell::BETWEEN).try_for_each(|one| typed.push(path, one.trim()))
}

fn cells_read<'m>(mapping: &'m Mapping, cells: &[&str]) -> Result<IndexMap<&'m str, String>, Wrongs> {
    let mut read = IndexMap::with_capacity(mapping.columns.len());
    let mut wrong = Vec::new();
    for (place, (id, column)) in mapping.columns.iter().enumerate() {
        match one(column, cells.get(place).copied().unwrap_or_default()) {
            Ok(text) => drop(read.insert(id.as_str(), text)),
            Err(why) => wrong.push((id.clone(), why)),
        }
    }
    if wrong.is_empty() { Ok(read) } else { Err(wrong) }
}

fn one(column: &Column, text: &str) -> Result<String, CellWrong> {
    cell::read(text, &column.write)
}
