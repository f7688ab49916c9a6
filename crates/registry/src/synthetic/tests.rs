use std::collections::HashSet;

use super::*;
use crate::resident::State;

#[test]
fn the_same_seed_gives_the_same_people_and_another_seed_others() {
    let a: Vec<Household> = households(7, 500).collect();
    assert_eq!(a, households(7, 500).collect::<Vec<_>>());
    assert_ne!(a, households(8, 500).collect::<Vec<_>>());
}

#[test]
fn twenty_thousand_people_have_ids_and_numbers_of_their_own_and_one_head_in_each_household() {
    let all: Vec<Household> = households(1, 20_000).collect();
    let people: Vec<&Resident> = all.iter().flat_map(|household| &household.members).collect();
    assert_eq!(people.len(), 20_000);
    assert_eq!(people.iter().map(|person| person.id).collect::<HashSet<_>>().len(), 20_000);
    assert_eq!(people.iter().map(|person| &person.number).collect::<HashSet<_>>().len(), 20_000);
    for household in &all {
        assert_eq!(household.members.iter().filter(|member| member.relation == "head").count(), 1);
        assert_eq!(household.members[0].relation, "head");
    }
    assert!((7_500..=10_500).contains(&all.len()), "{} households", all.len());
}

#[test]
fn what_registers_are_full_of_is_here() {
    let people: Vec<Resident> = households(1, 20_000).flat_map(|household| household.members).collect();
    let count = |what: &dyn Fn(&Resident) -> bool| people.iter().filter(|person| what(person)).count();
    assert!(count(&|p| p.name.full().chars().any(jp::variant::is_selector)) > 20);
    assert!(count(&|p| p.name.full().contains('𠮷')) > 10);
    assert!(count(&|p| p.name.is_latin() && p.name.given.is_none()) > 20, "single Latin names");
    assert!(count(&|p| p.name.former_family.is_some()) > 50);
    assert!(count(&|p| p.name.alias.is_some()) > 10);
    assert!(count(&|p| p.protected_until.is_some()) > 20);
    assert!(count(&|p| p.state == State::Dead) > 20);
    assert!(count(&|p| p.state == State::MovedOut) > 100);
    assert!(count(&|p| p.phone.is_none()) > 1_000);
    assert!(count(&|p| p.name.full() == "不詳") == 0);
    assert!(count(&|p| !p.name.is_latin() && p.name.full_kana().is_none()) == 0);
    assert!(people.iter().all(|p| p.born <= AS_OF && p.since >= p.born && p.since <= AS_OF));
}

#[test]
fn a_child_is_younger_than_its_parents_by_fifteen_years() {
    for household in households(3, 5_000) {
        let head = &household.members[0];
        for child in household.members.iter().filter(|member| member.relation == "child") {
            let years = child.born.year() - head.born.year();
            assert!(years >= 15, "{head:?} {child:?}");
        }
    }
}
