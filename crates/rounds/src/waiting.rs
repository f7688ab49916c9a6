//! # 繰上げ Waiting
//!
//! After the announcement places become free: somebody declines, or leaves before the first day. They are offered by rank, one offer a family at a
//! time; an offered place counts as taken until it is declined or its time has passed. Who declined a place is not asked for it again.

use std::collections::{BTreeMap, BTreeSet};

use crate::allocation::{Contest, Family, Standing, Together};

/// Who still waits, and what was offered before.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Free seats by place of the contest: capacity less those who hold or are offered one.
    pub free: BTreeMap<usize, u32>,
    /// Children who have a place, or an open offer: family and which child. They wait for nothing.
    pub provided: BTreeSet<(String, usize)>,
    /// Families that have withdrawn, or have an open offer.
    pub out: BTreeSet<String>,
    /// What was offered and not taken: family and facility.
    pub declined: BTreeSet<(String, String)>,
}

/// What is to be offered next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// To whom.
    pub family: String,
    /// For each child that gets one: which child, and which of its wishes.
    pub places: Vec<(usize, usize)>,
}

/// The next offer: of all who wait for a free place, the one who stands highest there. `None`: nobody waits for what is free.
pub fn next(contest: &Contest, waiting: &Waiting) -> Option<Offer> {
    let open = contest.families.iter().filter(|family| !waiting.out.contains(&family.key));
    let offers = open.filter_map(|family| best(contest, family, waiting));
    // By how they stand at the place that is offered; of a family together, its weakest child counts.
    offers.min_by(|a, b| (&a.0, &a.1.family).cmp(&(&b.0, &b.1.family))).map(|(_, offer)| offer)
}

/// Everybody who waits for one place, the highest first, with how they stand: for the list that staff see and the rank that a family sees.
pub fn ranked<'a>(contest: &'a Contest, waiting: &Waiting, place: usize) -> Vec<(&'a str, usize, &'a Standing)> {
    let mut found = Vec::new();
    for family in contest.families.iter().filter(|family| !waiting.out.contains(&family.key)) {
        for (number, child) in family.children.iter().enumerate() {
            let is_provided = waiting.provided.contains(&(family.key.clone(), number));
            for wish in child.wishes.iter().filter(|wish| wish.place == Some(place) && !is_provided) {
                if !waiting.declined.contains(&(family.key.clone(), wish.facility.clone())) {
                    found.push((family.key.as_str(), number, &wish.standing));
                }
            }
        }
    }
    found.sort_by(|a, b| a.2.cmp(b.2).then_with(|| (a.0, a.1).cmp(&(b.0, b.1))));
    found
}

fn best(contest: &Contest, family: &Family, waiting: &Waiting) -> Option<(Standing, Offer)> {
    let is_open = |number: usize, wish: &crate::allocation::Wish| {
        let free = wish.place.and_then(|place| waiting.free.get(&place)).copied().unwrap_or(0);
        free > 0
            && !waiting.provided.contains(&(family.key.clone(), number))
            && !waiting.declined.contains(&(family.key.clone(), wish.facility.clone()))
    };
    let open: Vec<Vec<usize>> = family
        .children
        .iter()
        .enumerate()
        .map(|(number, child)| child.wishes.iter().enumerate().filter(|(_, wish)| is_open(number, wish)).map(|(at, _)| at).collect())
        .collect();
    if family.together == Together::Any || family.children.len() < 2 {
        // One child at a time: the one who stands highest.
        let first = open.iter().enumerate().filter_map(|(number, wishes)| {
            let wish = *wishes.first()?;
            Some((family.children.get(number)?.wishes.get(wish)?.standing.clone(), number, wish))
        });
        let (standing, number, wish) = first.min_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)))?;
        return Some((standing, Offer { family: family.key.clone(), places: vec![(number, wish)] }));
    }
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for wishes in &open {
        all = all.iter().flat_map(|begun| wishes.iter().map(move |wish| [begun.as_slice(), &[*wish]].concat())).collect();
    }
    all.retain(|wishes| has_room(contest, family, wishes, waiting));
    let wishes = all.into_iter().min_by_key(|wishes| (wishes.iter().sum::<usize>(), wishes.iter().max().copied(), wishes.clone()))?;
    let standings = wishes.iter().zip(&family.children).filter_map(|(wish, child)| Some(child.wishes.get(*wish)?.standing.clone()));
    let weakest = standings.max()?;
    Some((weakest, Offer { family: family.key.clone(), places: wishes.into_iter().enumerate().collect() }))
}

fn has_room(contest: &Contest, family: &Family, wishes: &[usize], waiting: &Waiting) -> bool {
    let places: Vec<usize> = wishes.iter().zip(&family.children).filter_map(|(wish, child)| child.wishes.get(*wish)?.place).collect();
    let facility = |place: &usize| contest.places.get(*place).map(|place| place.facility.as_str());
    let together = family.together != Together::Same || places.iter().all(|place| facility(place) == places.first().and_then(facility));
    let room = |place: &usize| {
        let needed = places.iter().filter(|other| *other == place).count();
        waiting.free.get(place).is_some_and(|free| *free as usize >= needed)
    };
    together && places.len() == family.children.len() && places.iter().all(room)
}
