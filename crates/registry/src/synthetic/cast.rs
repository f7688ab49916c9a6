//! The cast of the town's examples, brought to life.

use access::{HouseholdId, RecordId, ResidentId};
use definitions::{
    answer::{Answer, Answers},
    cast::{Cast, CastResident},
    ids::{CastId, FieldId, RegisterId, StateId},
    register::{Column, ColumnKind, Register},
    town::Town,
};
use indexmap::IndexMap;
use jiff::civil::Date;

use super::{Household, named, places};
use crate::{
    history::Days,
    records::{self, New},
    resident::{Address, Resident, Sex, State},
};

/// The resident that a name in the examples stands for.
pub fn cast_resident(cast_id: &str) -> ResidentId {
    ResidentId::new(named(b'r', cast_id))
}

pub(super) fn households(cast: &Cast) -> Vec<Household> {
    let mut households: Vec<Household> = Vec::new();
    for (index, person) in cast.residents.values().enumerate() {
        let Some(written) = name_of(&person.name, person.kana.as_deref()) else { continue };
        let name = person.household.clone().unwrap_or_else(|| person.id.to_string());
        let id = HouseholdId::new(named(b'h', &name));
        let at = households.iter().position(|household| household.id == id).unwrap_or_else(|| {
            households.push(Household { id, number: format!("9{:09}", households.len() + 1), members: Vec::new() });
            households.len() - 1
        });
        let first_address = households[at].members.first().map(|member| member.address.clone());
        let address = person.address.as_ref().map(|line| Address {
            postal_code: person.post.as_deref().map(|post| post.chars().filter(char::is_ascii_digit).collect()),
            line: line.clone(),
            building: None,
        });
        let resident = Resident {
            id: cast_resident(person.id.as_str()),
            number: format!("9{:09}", index + 1),
            household: Some(id),
            place: u16::try_from(households[at].members.len() + 1).unwrap_or(u16::MAX),
            relation: person.relation.clone(),
            name: written,
            born: person.born,
            sex: Sex::NotStated,
            address: address.or(first_address).unwrap_or_else(|| places::of_cast(households.len())),
            phone: person.phone.as_deref().map(digits),
            mail: person.mail.clone(),
            state: State::Resident,
            since: person.born,
            protected_until: person.protected_until,
            residence: person.residence.clone(),
        };
        households[at].members.push(resident);
    }
    // The head stands first whatever order the examples are written in.
    for household in &mut households {
        household.members.sort_by_key(|member| (member.relation != "head", member.place));
    }
    households
}

fn name_of(name: &str, kana: Option<&str>) -> Option<jp::name::PersonName> {
    let mut parsed = jp::name::PersonName::parse(name).ok()?;
    let mut readings = kana.unwrap_or_default().split_whitespace().map(|part| jp::kana::Kana::parse(part).ok());
    parsed.family_kana = readings.next().flatten();
    parsed.given_kana = readings.next().flatten();
    Some(parsed)
}

fn digits(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_digit).collect()
}

/// What the examples say that registers hold of the cast.
pub fn cast_records(town: &Town) -> Vec<New> {
    let all = town.cast.residents.values();
    all.flat_map(|person| person.records.iter().filter_map(|(register, columns)| record(town, person, register, columns))).collect()
}

/// `afterschool_membership: { facility: chuo, state: member, from: 2026-04-01 }`; the owner is the person under whom it stands.
fn record(town: &Town, person: &CastResident, id: &RegisterId, columns: &IndexMap<String, String>) -> Option<New> {
    let register = town.registers.get(id)?;
    let day = |name: &str| columns.get(name).and_then(|text| text.parse::<Date>().ok());
    let state: Option<StateId> =
        columns.get("state").and_then(|state| state.parse().ok()).or_else(|| register.states.keys().next().cloned());
    let mut values = Answers::default();
    for (id, column) in &register.fields {
        if let Some(answer) = value(town, register, person, id, column, columns.get(id.as_str())) {
            values.insert(id.clone(), answer);
        }
    }
    let days = Days { from: day("from").unwrap_or(super::AS_OF), until: day("until") };
    let record = RecordId::new(named(b'c', &format!("{}:{id}", person.id)));
    Some(New { id: record, register: id.clone(), state, values, days })
}

fn value(town: &Town, register: &Register, person: &CastResident, id: &FieldId, column: &Column, text: Option<&String>) -> Option<Answer> {
    if !matches!(column.kind, ColumnKind::Resident) {
        return records::read_column(column, text?);
    }
    // A resident is named as in the examples; the owner need not be named at all.
    let named = text.and_then(|text| text.parse::<CastId>().ok()).and_then(|id| town.cast.residents.get(&id));
    let who = named.or_else(|| (register.whose() == Some(id)).then_some(person))?;
    let id = Some(cast_resident(who.id.as_str()).to_string());
    Some(Answer::Member(definitions::answer::Member { id, name: who.name.clone(), kana: who.kana.clone(), born: Some(who.born) }))
}
