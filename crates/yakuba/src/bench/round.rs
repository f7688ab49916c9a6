//! `yakuba bench round`: how long the allocation of a round takes, for a city: so many children, facilities with six ages, one family in seven with
//! brothers and sisters who are to be placed together; and how long it takes to hold the result against the definition of what is fair.

use std::time::Instant;

use rounds::allocation::{Child, Contest, Family, Place, Standing, Together, Wish, allocate, grievances};
use serde_json::{Value, json};

use super::{millis, spread};
use crate::Failure;

/// How often it is reckoned.
const TIMES: usize = 5;
/// Ages, each a class.
const AGES: usize = 6;
/// Wishes of each child.
const WISHES: usize = 5;

/// A number that seems drawn and is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % most.max(1) as u64).unwrap_or(0)
    }
}

/// Measures a round with so many children and facilities.
///
/// # Errors
/// When an allocation leaves a grievance that was not told.
pub fn run(children: usize, facilities: usize) -> Result<Value, Failure> {
    let contest = contest(children, facilities);
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..TIMES {
        let began = Instant::now();
        let allocation = allocate(&contest);
        times.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        if last.as_ref().is_some_and(|last| *last != allocation) {
            return Err("the same round gave two results".into());
        }
        last = Some(allocation);
    }
    let allocation = last.unwrap_or_default();
    let began = Instant::now();
    let left = grievances(&contest, &allocation);
    let checked = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    let known = left.iter().filter(|one| matches!(one, rounds::allocation::Grievance::FamilyEnvy { known: true, .. })).count();
    if known != left.len() {
        return Err(format!("{} grievances that were not told", left.len() - known).into());
    }
    Ok(json!({
        "round": {
            "children": contest.families.iter().map(|family| family.children.len()).sum::<usize>(),
            "families": contest.families.len(),
            "places": contest.places.len(),
            "seats": contest.places.iter().map(|place| u64::from(place.capacity)).sum::<u64>(),
            "placed": allocation.placed(),
            "combinations_given_up": allocation.given_up.len(),
            "beginnings": allocation.rounds,
            "grievances": left.len(),
            "allocate": spread(times),
            "check_ms": millis(checked),
        }
    }))
}

fn contest(children: usize, facilities: usize) -> Contest {
    let mut chance = Chance(2_027);
    let places = (0..facilities * AGES)
        .map(|number| Place {
            facility: format!("f{:04}", number / AGES),
            class: (number % AGES).to_string(),
            capacity: u32::try_from(1 + chance.below(5)).unwrap_or(1),
        })
        .collect();
    let (mut families, mut made) = (Vec::new(), 0);
    while made < children {
        let siblings = if chance.below(7) == 0 { 2 } else { 1 };
        let together = [Together::Same, Together::SameTime, Together::Any][chance.below(3)];
        // Families wish for what is near: a neighbourhood of twenty facilities.
        let home = chance.below(facilities);
        let near: Vec<usize> = (0..WISHES).map(|_| (home + chance.below(20)) % facilities).collect();
        let points = 20 + i64::try_from(chance.below(30)).unwrap_or(0);
        let lot = chance.below(usize::MAX) as u64;
        let child = |age: usize| Child {
            wishes: near
                .iter()
                .map(|facility| Wish {
                    facility: format!("f{facility:04}"),
                    place: Some(facility * AGES + age),
                    standing: Standing { points, ties: vec![points % 7], lot },
                })
                .collect(),
        };
        let ages: Vec<usize> = (0..siblings).map(|_| chance.below(AGES)).collect();
        families.push(Family { key: format!("c{made:06}"), together, children: ages.into_iter().map(child).collect() });
        made += siblings;
    }
    Contest { places, families }
}
