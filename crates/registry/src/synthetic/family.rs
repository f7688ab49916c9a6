//! Families as the census knows them: old people alone, young people alone, couples, parents with children, three generations.

use access::{HouseholdId, ResidentId};
use jiff::{ToSpan, civil::Date};
use jp::{
    kana::Kana,
    name::{PersonName, Reading, WrittenName},
};

use super::{AS_OF, Chance, Household, names, numbered, places};
use crate::resident::{Resident, Sex, State};

/// One member before ids and numbers are given out.
struct Member {
    relation: &'static str,
    sex: Sex,
    age: u64,
}

/// Of a thousand households: 2020年国勢調査, rounded.
pub(super) fn draw(chance: &mut Chance, seed: u64, serial: u64) -> Household {
    let members = match chance.below(1_000) {
        0..160 => vec![alone(chance, 66, 97)],
        160..380 => vec![alone(chance, 19, 64)],
        380..590 => couple(chance, 28, 88),
        590..860 => parents_and_children(chance),
        860..940 => single_parent(chance),
        _ => three_generations(chance),
    };
    let id = HouseholdId::new(numbered(b'h', seed, serial));
    let household = Household { id, number: format!("{serial:010}"), members: Vec::new() };
    if chance.in_thousand(30) { from_abroad(chance, seed, household, &members) } else { native(chance, seed, household, &members) }
}

fn alone(chance: &mut Chance, youngest: u64, oldest: u64) -> Member {
    Member { relation: "head", sex: either(chance), age: chance.between(youngest, oldest) }
}

fn either(chance: &mut Chance) -> Sex {
    if chance.in_thousand(510) { Sex::Female } else { Sex::Male }
}

fn couple(chance: &mut Chance, youngest: u64, oldest: u64) -> Vec<Member> {
    let age = chance.between(youngest, oldest);
    let other = age.saturating_sub(chance.below(7)).max(20);
    // The head is whom the household names; one in nine is a woman.
    let (head, spouse) = if chance.in_thousand(110) { (Sex::Female, Sex::Male) } else { (Sex::Male, Sex::Female) };
    vec![Member { relation: "head", sex: head, age }, Member { relation: "spouse", sex: spouse, age: other }]
}

fn parents_and_children(chance: &mut Chance) -> Vec<Member> {
    let mut members = couple(chance, 27, 56);
    add_children(chance, &mut members);
    members
}

fn single_parent(chance: &mut Chance) -> Vec<Member> {
    let sex = if chance.in_thousand(860) { Sex::Female } else { Sex::Male };
    let mut members = vec![Member { relation: "head", sex, age: chance.between(24, 52) }];
    add_children(chance, &mut members);
    members
}

fn three_generations(chance: &mut Chance) -> Vec<Member> {
    let mut members = parents_and_children(chance);
    let age = members[0].age + chance.between(24, 34);
    members.push(Member { relation: "parent", sex: Sex::Female, age: age.min(99) });
    members
}

fn add_children(chance: &mut Chance, members: &mut Vec<Member>) {
    let youngest_parent = members.iter().map(|member| member.age).min().unwrap_or(30);
    let count = match chance.below(100) {
        0..45 => 1,
        45..87 => 2,
        87..98 => 3,
        _ => 4,
    };
    let mut age = youngest_parent.saturating_sub(chance.between(22, 34)).min(22);
    for _ in 0..count {
        members.push(Member { relation: "child", sex: either(chance), age });
        age = age.saturating_sub(chance.between(1, 4));
    }
}

fn native(chance: &mut Chance, seed: u64, mut household: Household, members: &[Member]) -> Household {
    let family = if chance.in_thousand(25) { pick(chance, names::DRAWN) } else { pick_common(chance, names::FAMILY) };
    let address = places::draw(chance);
    let phone = places::phone(chance);
    for (place, member) in members.iter().enumerate() {
        let given = given_name(chance, member);
        let Some(mut name) = person_name(family, given) else { continue };
        if member.relation == "spouse" && chance.in_thousand(40) {
            let (written, kana) = pick_common(chance, names::FAMILY);
            name.former_family = reading(written, kana);
        }
        let resident = resident(chance, seed, &household, place, member, name, None);
        household.members.push(Resident { address: address.clone(), phone: phone_of(chance, &phone, member), ..resident });
    }
    fates(chance, &mut household);
    household
}

fn from_abroad(chance: &mut Chance, seed: u64, mut household: Household, members: &[Member]) -> Household {
    let address = places::draw(chance);
    let phone = places::phone(chance);
    let residence = (*chance.one(names::RESIDENCE)).to_owned();
    for (place, member) in members.iter().enumerate() {
        let Some(name) = abroad_name(chance) else { continue };
        let resident = resident(chance, seed, &household, place, member, name, Some(residence.clone()));
        household.members.push(Resident { address: address.clone(), phone: phone_of(chance, &phone, member), ..resident });
    }
    fates(chance, &mut household);
    household
}

fn resident(
    chance: &mut Chance,
    seed: u64,
    household: &Household,
    place: usize,
    member: &Member,
    name: PersonName,
    residence: Option<String>,
) -> Resident {
    let serial = household.number.parse::<u64>().unwrap_or(0) * 16 + place as u64;
    let born = birthday(chance, member.age);
    Resident {
        id: ResidentId::new(numbered(b'r', seed, serial)),
        number: format!("{serial:010}"),
        household: Some(household.id),
        place: u16::try_from(place + 1).unwrap_or(u16::MAX),
        relation: member.relation.to_owned(),
        name,
        born,
        sex: member.sex,
        address: places::of_cast(1),
        phone: None,
        mail: None,
        state: State::Resident,
        since: born,
        protected_until: None,
        residence,
    }
}

/// A few have died or moved out (除票), a few are protected; protection reaches the whole household.
fn fates(chance: &mut Chance, household: &mut Household) {
    if chance.in_thousand(4) {
        let until = AS_OF.checked_add((i64::try_from(chance.between(1, 11)).unwrap_or(6)).months()).unwrap_or(AS_OF);
        household.members.iter_mut().for_each(|member| member.protected_until = Some(until));
        return;
    }
    if chance.in_thousand(12) {
        let moved = days_before(chance, 700);
        household.members.iter_mut().for_each(|member| (member.state, member.since) = (State::MovedOut, moved.max(member.born)));
        return;
    }
    // The oldest of a large household, so that a head remains.
    if household.members.len() > 2 && chance.in_thousand(20) {
        let died = days_before(chance, 900);
        if let Some(last) = household.members.iter_mut().skip(1).min_by_key(|member| member.born) {
            (last.state, last.since, last.household) = (State::Dead, died.max(last.born), None);
        }
    }
}

fn days_before(chance: &mut Chance, at_most: u64) -> Date {
    let days = i64::try_from(chance.between(1, at_most)).unwrap_or(1);
    AS_OF.checked_sub(days.days()).unwrap_or(AS_OF)
}

fn birthday(chance: &mut Chance, age: u64) -> Date {
    let years = i64::try_from(age).unwrap_or(0);
    let days = i64::try_from(chance.below(365)).unwrap_or(0);
    AS_OF.checked_sub(years.years()).and_then(|day| day.checked_sub(days.days())).unwrap_or(AS_OF)
}

fn phone_of(chance: &mut Chance, of_household: &str, member: &Member) -> Option<String> {
    match member.age {
        0..13 => None,
        13..75 if chance.in_thousand(700) => Some(places::phone(chance)),
        _ if chance.in_thousand(850) => Some(of_household.to_owned()),
        _ => None,
    }
}

fn given_name(chance: &mut Chance, member: &Member) -> (&'static str, &'static str) {
    let generation = match member.age {
        76.. => 0,
        36..76 => 1,
        _ => 2,
    };
    match member.sex {
        Sex::Male => pick(chance, names::MEN[generation]),
        _ => pick(chance, names::WOMEN[generation]),
    }
}

fn pick(chance: &mut Chance, list: &'static str) -> (&'static str, &'static str) {
    let entries: Vec<&'static str> = list.split_whitespace().collect();
    let drawn: &&'static str = chance.one(&entries);
    split(drawn)
}

fn pick_common(chance: &mut Chance, list: &'static str) -> (&'static str, &'static str) {
    let entries: Vec<&'static str> = list.split_whitespace().collect();
    let drawn: &&'static str = chance.one_of_the_first(&entries);
    split(drawn)
}

fn split(entry: &'static str) -> (&'static str, &'static str) {
    entry.split_once('=').unwrap_or((entry, ""))
}

fn person_name(family: (&str, &str), given: (&str, &str)) -> Option<PersonName> {
    let mut name = PersonName::parse(&format!("{} {}", family.0, given.0)).ok()?;
    name.family_kana = Kana::parse(family.1).ok();
    name.given_kana = Kana::parse(given.1).ok();
    Some(name)
}

fn reading(written: &str, kana: &str) -> Option<Reading> {
    Some(Reading { written: WrittenName::parse(written).ok()?, kana: Kana::parse(kana).ok() })
}

/// Entries of [`names::ABROAD`] hold spaces: they end at `=-` or at `=通称=ヨミ`.
fn abroad_name(chance: &mut Chance) -> Option<PersonName> {
    let mut entries: Vec<(String, Option<Reading>)> = Vec::new();
    let mut latin = String::new();
    let mut words = names::ABROAD.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let Some((last, rest)) = word.split_once('=') else {
            latin.push_str(word);
            latin.push(' ');
            continue;
        };
        latin.push_str(last);
        let mut alias = None;
        if rest != "-" {
            // 金山 明=カナヤマ アキラ
            let rest_of_alias = words.next().unwrap_or_default();
            let (second, first_kana) = rest_of_alias.split_once('=').unwrap_or((rest_of_alias, ""));
            let second_kana = words.next().unwrap_or_default();
            alias = reading(&format!("{rest} {second}"), &format!("{first_kana} {second_kana}"));
        }
        entries.push((std::mem::take(&mut latin), alias));
    }
    let (latin, alias) = chance.one(&entries).clone();
    let mut name = PersonName::parse(&latin).ok()?;
    name.alias = alias;
    Some(name)
}
