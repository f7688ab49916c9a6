//! What came out, in the terms of those who asked: for each wish that did not come true, why.

use std::collections::BTreeMap;

use super::{
    Allocation, ChildResult, GivenUp, Passed, Why,
    acceptance::{Aim, Table},
    families::{Settled, wanted},
};

/// Says what came out.
pub(super) fn tell(table: &Table<'_>, settled: Settled) -> Allocation {
    let mut results = BTreeMap::new();
    for (number, family) in table.families.iter().enumerate() {
        let children = table.members(number).map(|seeker| result(table, &settled, seeker)).collect();
        results.insert(family.key.clone(), children);
    }
    let facility = |aim: Aim| table.contest.places.get(aim.place).map(|place| place.facility.clone()).unwrap_or_default();
    let given_up = settled.given_up.iter().filter_map(|(family, combination)| {
        let facilities = wanted(table, *family, combination).into_iter().map(|(_, aim)| facility(aim)).collect();
        Some(GivenUp { family: table.families.get(*family)?.key.clone(), facilities })
    });
    Allocation { results, given_up: given_up.collect(), rounds: settled.beginnings }
}

fn result(table: &Table<'_>, settled: &Settled, seeker: usize) -> ChildResult {
    let Some(child) = table.children.get(seeker) else { return ChildResult::default() };
    let own = seeker - table.spans.get(child.family).map_or(0, |(first, _)| *first);
    let wishes = table.families.get(child.family).and_then(|family| family.children.get(own)).map_or(0, |child| child.wishes.len());
    let got = settled.held.by.get(seeker).copied().flatten().and_then(|aim| table.aim(seeker, aim)).map(|aim| aim.wish);
    let passed = (0..got.unwrap_or(wishes)).map(|wish| Passed { wish, why: why(table, settled, seeker, wish) });
    ChildResult { wish: got, passed: passed.collect() }
}

fn why(table: &Table<'_>, settled: &Settled, seeker: usize, wish: usize) -> Why {
    let Some(child) = table.children.get(seeker) else { return Why::NoClass };
    let Some((number, aim)) = child.wishes.iter().enumerate().find(|(_, aim)| aim.wish == wish) else { return Why::NoClass };
    let Some(at) = settled.held.at.get(aim.place) else { return Why::NoClass };
    let others = at.iter().filter(|(_, other)| table.children.get(*other).is_none_or(|other| other.family != child.family));
    let above = others.filter(|(rank, _)| *rank < aim.rank).count();
    if child.alone || above >= table.capacity(aim.place) {
        let last = at.iter().next_back().and_then(|(_, last)| points(table, *last, aim.place));
        return Why::Full { taken: u32::try_from(at.len()).unwrap_or(u32::MAX), lowest: last };
    }
    let own = seeker - table.spans.get(child.family).map_or(0, |(first, _)| *first);
    let is_given_up = settled.given_up.iter().any(|(family, combination)| *family == child.family && combination.get(own) == Some(&number));
    if is_given_up { Why::GivenUp } else { Why::Sibling }
}

fn points(table: &Table<'_>, seeker: usize, place: usize) -> Option<i64> {
    let child = table.children.get(seeker)?;
    let own = seeker - table.spans.get(child.family)?.0;
    let wishes = &table.families.get(child.family)?.children.get(own)?.wishes;
    wishes.iter().find(|wish| wish.place == Some(place)).map(|wish| wish.standing.points)
}
