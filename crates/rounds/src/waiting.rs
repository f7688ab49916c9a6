//! # 繰上げ Waiting
//!
//! After the announcement places become free: somebody declines, or leaves before the first day. They are offered by rank, one offer a family at a
//! time; an offered place counts as taken until it is declined or its time has passed. Who declined a place is not asked for it again.
//!
//! What is free goes to those who wait as the round itself would give it ([`allocate`]): so nobody is passed over by somebody with fewer points, also
//! where points differ from facility to facility, and brothers and sisters who go together get places together. Of what that gives, the offer
//! to the one who stands highest is made next.

use std::collections::{BTreeMap, BTreeSet};

use crate::allocation::{Allocation, ChildResult, Contest, Standing, allocate};

/// Who still waits, and what was offered before.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Free seats by place of the contest: capacity less those who hold or are offered one.
    pub free: BTreeMap<usize, u32>,
    /// Children who have a place, an open offer, or want none any more: family and which child. They wait for nothing.
    pub provided: BTreeSet<(String, usize)>,
    /// Families that are off the list.
    pub out: BTreeSet<String>,
    /// Families with an open offer. What their other children stand next for is kept for them until they answered; they get no second offer.
    pub offered: BTreeSet<String>,
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

/// The next offer. `None`: nobody waits for what is free, or those who stand next have an offer to answer first.
pub fn next(contest: &Contest, waiting: &Waiting) -> Option<Offer> {
    if waiting.free.values().all(|free| *free == 0) {
        return None;
    }
    let rest = remaining(contest, waiting);
    let given = allocate(&rest);
    let mut offers: Vec<(&Standing, Offer)> = Vec::new();
    for family in rest.families.iter().filter(|family| !waiting.offered.contains(&family.key)) {
        let got = family.children.iter().enumerate().filter_map(|(child, of)| {
            let wish = given.of(&family.key, child)?.wish?;
            Some((&of.wishes.get(wish)?.standing, (child, wish)))
        });
        let mut got: Vec<_> = got.collect();
        if !family.goes_together() {
            // One child at a time: the one who stands highest.
            got.sort();
            got.truncate(1);
        }
        // Of a family together the weakest child counts.
        let Some(weakest) = got.iter().map(|(standing, _)| *standing).max() else { continue };
        offers.push((weakest, Offer { family: family.key.clone(), places: got.into_iter().map(|(_, place)| place).collect() }));
    }
    offers.into_iter().min_by(|a, b| (a.0, &a.1.family).cmp(&(b.0, &b.1.family))).map(|(_, offer)| offer)
}

/// The round that is left: what is free, and the wishes of those who wait, under the numbers that they have in the whole.
fn remaining(contest: &Contest, waiting: &Waiting) -> Contest {
    let mut rest = contest.clone();
    for (number, place) in rest.places.iter_mut().enumerate() {
        place.capacity = waiting.free.get(&number).copied().unwrap_or(0);
    }
    rest.families.retain(|family| !waiting.out.contains(&family.key));
    for family in &mut rest.families {
        for (number, child) in family.children.iter_mut().enumerate() {
            let wants_none = waiting.provided.contains(&(family.key.clone(), number));
            for wish in &mut child.wishes {
                if wants_none || waiting.declined.contains(&(family.key.clone(), wish.facility.clone())) {
                    wish.place = None;
                }
            }
        }
    }
    rest
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

/// Who waits at which rank, from 1: by facility, family and child.
pub type Ranks = BTreeMap<(String, String, usize), usize>;

/// Everybody's rank among those who wait after an allocation.
pub fn ranks(contest: &Contest, allocation: &Allocation) -> Ranks {
    let placed = |(family, results): (&String, &Vec<ChildResult>)| {
        let placed = results.iter().enumerate().filter(|(_, result)| result.wish.is_some());
        placed.map(|(child, _)| (family.clone(), child)).collect::<Vec<_>>()
    };
    let waiting = Waiting { provided: allocation.results.iter().flat_map(placed).collect(), ..Waiting::default() };
    let mut ranks = Ranks::new();
    for (number, place) in contest.places.iter().enumerate() {
        for (rank, (family, child, _)) in ranked(contest, &waiting, number).into_iter().enumerate() {
            ranks.insert((place.facility.clone(), family.to_owned(), child), rank + 1);
        }
    }
    ranks
}
