//! What the town knows of the person of an example, out of the cast and the registers of the folder.

use indexmap::IndexMap;

use crate::{
    answer::{Answer, PostalAddress},
    cast::CastResident,
    facts::{FactsSheet, Held, Listed, Listing, Person},
    field::Kind,
    ids::*,
    procedure::Procedure,
    register::{ColumnKind, Register},
    town::Town,
};

/// What may be chosen from the town's registers.
pub(super) type Chosen = IndexMap<RegisterId, Listing>;

/// What the folder's registers offer for choosing: the same for every example.
pub(super) fn options(town: &Town) -> Chosen {
    town.registers.iter().filter(|(_, register)| register.key.is_some()).map(|(id, register)| (id.clone(), listing(register))).collect()
}

/// The facts at hand: options always; the family and its records where the account is linked.
pub(super) fn facts(town: &Town, procedure: &Procedure, who: Option<&CastId>, options: &Chosen) -> FactsSheet {
    let calendar = Some(std::sync::Arc::new(town.closed.clone()));
    let mut sheet = FactsSheet { options: options.clone(), calendar, ..FactsSheet::default() };
    let Some(applicant) = who.and_then(|who| town.cast.residents.get(who)).filter(|_| procedure.applicant.is_linked()) else {
        return sheet;
    };
    sheet.applicant = Some(person(town, applicant));
    let together = town.cast.residents.values().filter(|other| match &applicant.household {
        Some(household) => other.household.as_ref() == Some(household),
        None => other.id == applicant.id,
    });
    let together: Vec<&CastResident> = together.collect();
    sheet.household = Some(together.iter().map(|member| person(town, member)).collect());
    sheet.records = town.registers.keys().map(|id| (id.clone(), held(id, &together))).collect();
    sheet
}

fn listing(register: &Register) -> Listing {
    let name = register.fields.keys().find(|column| register.key.as_ref() != Some(*column));
    let listed = register.records.iter().map(|(key, values)| {
        let shown = name.and_then(|name| values.get(name)).cloned().unwrap_or_else(|| key.as_str().to_owned());
        Listed { key: key.as_str().to_owned(), shown: vec![shown] }
    });
    listed.collect::<Vec<_>>().into()
}

fn held(register: &RegisterId, people: &[&CastResident]) -> Vec<Held> {
    let records = people.iter().filter_map(|person| Some((person, person.records.get(register)?)));
    let day = |values: &IndexMap<String, String>, key: &str| values.get(key).and_then(|day| day.parse().ok());
    records
        .map(|(person, values)| Held { owner: person.id.as_str().to_owned(), from: day(values, "from"), until: day(values, "until") })
        .collect()
}

fn person(town: &Town, resident: &CastResident) -> Person {
    let mut more: IndexMap<String, Answer> = IndexMap::new();
    if let Some(line) = &resident.address {
        let address =
            PostalAddress { postal_code: resident.post.as_ref().map(|post| post.replace('-', "")), line: line.clone(), building: None };
        more.insert("address".to_owned(), Answer::Address(address));
    }
    more.extend(resident.phone.as_ref().map(|phone| ("phone".to_owned(), Answer::Phone(phone.replace('-', "")))));
    more.extend(resident.mail.as_ref().map(|mail| ("mail".to_owned(), Answer::Mail(mail.clone()))));
    for (id, value) in &resident.facts {
        let answer = town.person_facts.get(id).and_then(|column| fact(&column.kind, value));
        more.extend(answer.map(|answer| (id.as_str().to_owned(), answer)));
    }
    Person {
        id: Some(resident.id.as_str().to_owned()),
        name: resident.name.clone(),
        kana: resident.kana.clone(),
        born: Some(resident.born),
        relation: Some(resident.relation.clone()),
        more,
    }
}

fn fact(kind: &ColumnKind, value: &str) -> Option<Answer> {
    match kind {
        ColumnKind::Answer(Kind::YesNo) => Some(Answer::YesNo(value == "yes")),
        ColumnKind::Answer(Kind::Number { .. }) => value.parse().ok().map(Answer::Number),
        ColumnKind::Answer(Kind::Decimal { .. }) => value.parse().ok().map(Answer::Decimal),
        ColumnKind::Answer(Kind::Money) => value.parse().ok().map(Answer::Money),
        ColumnKind::Answer(Kind::Date) => value.parse().ok().map(Answer::Date),
        ColumnKind::Answer(Kind::Choice { .. }) => Some(Answer::Choice(value.to_owned())),
        _ => Some(Answer::Text(value.to_owned())),
    }
}
