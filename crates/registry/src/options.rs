//! What may be chosen from a register: its records by key, shown by the columns and totals that forms ask for.

use std::collections::BTreeSet;

use access::RecordId;
use definitions::{
    answer::Answer,
    facts::{Listed, Listing},
    field::{Field, Kind, Options},
    ids::{FieldId, RegisterId},
    register::{ColumnKind, Counter, Register},
    town::Town,
};
use jiff::civil::Date;
use store::{Read, StoreError};

use crate::{
    history::Stretch,
    record_rows,
    records::{self, RegisterError},
    totals,
};

/// More than a form can list; a register of streets is searched, not listed.
const LISTED_MAX: i64 = 500;

/// The register itself when forms list it, and every register that counts its records.
pub(crate) fn touched_by(town: &Town, register: &Register) -> BTreeSet<RegisterId> {
    let counts =
        |other: &&Register| other.counters.values().any(|counter| matches!(counter, Counter::Count { of, .. } if *of == register.id));
    let own = register.key.is_some().then(|| register.id.clone());
    own.into_iter().chain(town.registers.values().filter(counts).map(|other| other.id.clone())).collect()
}

/// The records that may be chosen on a day: those of the town's folder in their order, then those entered since.
///
/// # Errors
/// As [`Read::all`].
pub fn listing(tx: &Read<'_>, town: &Town, register: &Register, today: Date) -> Result<Listing, StoreError> {
    let show = columns_shown(town, register);
    let mut listed: Vec<Listed> = Vec::new();
    let mut add = |key: &str, stretch: &Stretch| -> Result<(), StoreError> {
        let shown = show.iter().map(|column| shown(tx, register, key, stretch, column, today)).collect::<Result<_, _>>()?;
        listed.push(Listed { key: key.to_owned(), shown });
        Ok(())
    };
    for (key, columns) in &register.records {
        // A record entered under the key of the folder's stands in its place.
        let stretch = record_rows::keyed(tx, register, key.as_str(), today)?.unwrap_or_else(|| records::of_folder(register, columns));
        add(key.as_str(), &stretch)?;
    }
    for fact in record_rows::listed(tx, &register.id, today, None::<(Date, RecordId)>, LISTED_MAX)? {
        let key = register.key.as_ref().and_then(|key| fact.stretch.values.get(key.as_str())).and_then(records::key_of);
        if let Some(key) = key.filter(|key| fact.stretch.days.holds(today) && !register.records.contains_key(key.as_str())) {
            add(&key, &fact.stretch)?;
        }
    }
    Ok(listed.into())
}

/// What may be chosen as far as the folder alone says: before the desk has published anything.
pub(crate) fn listing_of_folder(town: &Town, register: &Register) -> Option<Listing> {
    if register.records.is_empty() {
        return None;
    }
    let show = columns_shown(town, register);
    let listed: Vec<Listed> = register
        .records
        .iter()
        .map(|(key, columns)| {
            let stretch = records::of_folder(register, columns);
            let shown = show.iter().map(|column| stretch.values.get(column.as_str()).map(text).unwrap_or_default()).collect();
            Listed { key: key.as_str().to_owned(), shown }
        })
        .collect();
    Some(listed.into())
}

fn shown(tx: &Read<'_>, register: &Register, key: &str, stretch: &Stretch, column: &FieldId, today: Date) -> Result<String, StoreError> {
    if let Some(answer) = stretch.values.get(column.as_str()) {
        return Ok(text(answer));
    }
    if !register.counters.contains_key(column.as_str()) {
        return Ok(String::new());
    }
    let totals = totals::on(tx, register, key, today).map_err(|error| match error {
        RegisterError::Store(error) => error,
        RegisterError::Refused(refused) => StoreError::Other(refused.to_string()),
    })?;
    let total = totals.get(column.as_str()).copied();
    // The one total that people look for has a word; others are numbers beside what the question says of them.
    Ok(total.map_or_else(String::new, |total| if column.as_str() == "free" { format!("空き {}", total.max(0)) } else { total.to_string() }))
}

/// A short text of an answer, for a line of a list.
pub(crate) fn text(answer: &Answer) -> String {
    match answer {
        Answer::Text(text) | Answer::Kana(text) | Answer::Choice(text) | Answer::Phone(text) | Answer::Mail(text) => text.clone(),
        Answer::PersonName(name) => name.whole(),
        Answer::Date(day) => jp::era::wareki(*day),
        Answer::Number(number) => number.to_string(),
        Answer::Decimal(number) => number.to_string(),
        Answer::Money(yen) => format!("{yen}円"),
        Answer::Choices(several) | Answer::Ranked(several) => several.join("、"),
        Answer::YesNo(yes) => (if *yes { "はい" } else { "いいえ" }).to_owned(),
        Answer::Address(address) => address.line.clone(),
        Answer::Place(spot) => spot.words.clone(),
        Answer::Member(member) => member.name.clone(),
        _ => String::new(),
    }
}

/// The columns that the first question over this register shows, else its columns of text.
fn columns_shown(town: &Town, register: &Register) -> Vec<FieldId> {
    let fields = town.procedures.values().flat_map(|procedure| procedure.pages.values()).flat_map(|page| page.fields.values());
    let asked = fields.filter_map(|field| show_of(field, &register.id)).find(|show| !show.is_empty());
    asked.unwrap_or_else(|| {
        let is_text = |kind: &ColumnKind| matches!(kind, ColumnKind::Answer(Kind::Text { .. }));
        register.fields.values().filter(|column| is_text(&column.kind)).map(|column| column.id.clone()).collect()
    })
}

fn show_of(field: &Field, register: &RegisterId) -> Option<Vec<FieldId>> {
    if let Kind::Group { fields, .. } = &field.kind {
        return fields.values().find_map(|field| show_of(field, register));
    }
    chosen_from(&field.kind).filter(|(from, _)| *from == register).map(|(_, show)| show.to_vec())
}

/// The register that a kind of question chooses from.
pub(crate) fn register_of(kind: &Kind) -> Option<&RegisterId> {
    chosen_from(kind).map(|(register, _)| register)
}

fn chosen_from(kind: &Kind) -> Option<(&RegisterId, &[FieldId])> {
    match kind {
        Kind::Choice { options: Options::Register { register, show }, .. }
        | Kind::Choices { options: Options::Register { register, show }, .. }
        | Kind::Ranked { options: Options::Register { register, show }, .. } => Some((register, show)),
        _ => None,
    }
}
