//! What must be true of every allocation, on generated rounds.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rounds::allocation::{Allocation, Child, Contest, Family, Grievance, Place, Standing, Together, Why, Wish, allocate, grievances};
use rounds::waiting::{Waiting, next, ranked};

/// How many rounds each property is tried on.
const ROUNDS: u32 = 10_000;

fn config() -> ProptestConfig {
    ProptestConfig { cases: ROUNDS, failure_persistence: None, ..ProptestConfig::default() }
}

/// How a generated child stands: points, one tie rule, its wishes (facilities), and points on top at each facility.
#[derive(Clone, Debug)]
struct Drawn {
    points: i64,
    tie: i64,
    class: usize,
    wishes: Vec<usize>,
    on_top: Vec<i64>,
}

const FACILITIES: usize = 5;
const CLASSES: usize = 2;

fn child() -> impl Strategy<Value = Drawn> {
    let wishes = proptest::sample::subsequence((0..FACILITIES).collect::<Vec<_>>(), 1..=4).prop_shuffle();
    (0..8i64, 0..3i64, 0..CLASSES, wishes, proptest::collection::vec(prop_oneof![4 => Just(0i64), 1 => Just(3i64)], FACILITIES))
        .prop_map(|(points, tie, class, wishes, on_top)| Drawn { points, tie, class, wishes, on_top })
}

fn together() -> impl Strategy<Value = Together> {
    prop_oneof![Just(Together::Same), Just(Together::SameTime), Just(Together::Any)]
}

fn contest(families: Vec<(Together, Vec<Drawn>)>, capacities: &[u32]) -> Contest {
    let places = (0..FACILITIES * CLASSES)
        .map(|number| Place {
            facility: format!("f{}", number / CLASSES),
            class: (number % CLASSES).to_string(),
            // The last class of the last facility does not exist; it is never named.
            capacity: capacities[number],
        })
        .collect();
    let families = families
        .into_iter()
        .enumerate()
        .map(|(number, (together, children))| Family {
            key: format!("c{number:03}"),
            together,
            children: children.iter().map(|drawn| wishes(drawn, number)).collect(),
        })
        .collect();
    Contest { places, families }
}

fn wishes(drawn: &Drawn, number: usize) -> Child {
    let wish = |facility: &usize| {
        let place = facility * CLASSES + drawn.class;
        Wish {
            facility: format!("f{facility}"),
            place: (place + 1 < FACILITIES * CLASSES).then_some(place),
            standing: Standing {
                points: drawn.points + drawn.on_top[*facility],
                ties: vec![drawn.tie],
                // Some lots are the same, to try the last tie of all.
                lot: (number as u64 * 7_919) % 11,
            },
        }
    };
    Child { wishes: drawn.wishes.iter().map(wish).collect() }
}

fn mixed() -> impl Strategy<Value = Contest> {
    let families = proptest::collection::vec((together(), proptest::collection::vec(child(), 1..=3)), 1..12);
    (families, proptest::collection::vec(0..3u32, FACILITIES * CLASSES)).prop_map(|(families, capacities)| contest(families, &capacities))
}

fn single() -> impl Strategy<Value = Contest> {
    let families = proptest::collection::vec(child().prop_map(|child| (Together::Any, vec![child])), 1..25);
    (families, proptest::collection::vec(0..4u32, FACILITIES * CLASSES)).prop_map(|(families, capacities)| contest(families, &capacities))
}

fn got(allocation: &Allocation, family: &Family, child: usize) -> usize {
    allocation.of(&family.key, child).unwrap().wish.unwrap_or(usize::MAX)
}

proptest! {
    #![proptest_config(config())]

    /// No place holds more than it takes in, every place was wished for, brothers and sisters are together as asked, and nobody has a grievance but
    /// a family towards a combination that was openly given up.
    #[test]
    fn nobody_can_rightly_complain(contest in mixed()) {
        let allocation = allocate(&contest);
        let left: Vec<Grievance> =
            grievances(&contest, &allocation).into_iter().filter(|one| !matches!(one, Grievance::FamilyEnvy { known: true, .. })).collect();
        prop_assert!(left.is_empty(), "{left:?} of {allocation:?}");
    }

    /// The order in which families and places are handed in does not matter.
    #[test]
    fn the_order_of_arrival_does_not_matter(contest in mixed(), turn in 0usize..40, by in 0usize..10) {
        let mut other = contest.clone();
        let count = other.families.len();
        other.families.rotate_left(turn % count);
        other.families.reverse();
        let places = other.places.len();
        other.places.rotate_left(by % places);
        for wish in other.families.iter_mut().flat_map(|family| &mut family.children).flat_map(|child| &mut child.wishes) {
            wish.place = wish.place.map(|place| (place + places - by % places) % places);
        }
        prop_assert_eq!(allocate(&contest), allocate(&other));
    }

    /// In a round without brothers and sisters an extra place makes nobody worse off, and nothing was given up.
    #[test]
    fn an_extra_place_harms_nobody(contest in single(), which in 0usize..FACILITIES * CLASSES) {
        let before = allocate(&contest);
        let mut more = contest.clone();
        more.places[which].capacity += 1;
        let after = allocate(&more);
        prop_assert!(before.given_up.is_empty());
        for family in &contest.families {
            prop_assert!(got(&after, family, 0) <= got(&before, family, 0), "{} is worse off", family.key);
        }
    }

    /// Nobody gains by telling other wishes than their own: an order of wishes that leaves out the dearest, or turns two round, gives nothing dearer.
    #[test]
    fn nobody_gains_by_other_wishes(contest in single(), who in 0usize..25, swap in 0usize..3) {
        let who = who % contest.families.len();
        let honest = allocate(&contest);
        let own = &contest.families[who];
        let mut other = contest.clone();
        let wishes = &mut other.families[who].children[0].wishes;
        if wishes.len() < 2 { return Ok(()); }
        let at = swap % (wishes.len() - 1);
        if swap == 0 { wishes.remove(0); } else { wishes.swap(at, at + 1); }
        let told = allocate(&other).of(&own.key, 0).unwrap().wish.map(|wish| other.families[who].children[0].wishes[wish].facility.clone());
        let true_rank = told.and_then(|facility| own.children[0].wishes.iter().position(|wish| wish.facility == facility)).unwrap_or(usize::MAX);
        prop_assert!(got(&honest, own, 0) <= true_rank);
    }

    /// Each wish that was passed over has its reason, and nothing else has one.
    #[test]
    fn every_wish_passed_over_has_its_reason(contest in mixed()) {
        let allocation = allocate(&contest);
        for family in &contest.families {
            for (number, child) in family.children.iter().enumerate() {
                let result = allocation.of(&family.key, number).unwrap();
                let passed: Vec<usize> = result.passed.iter().map(|passed| passed.wish).collect();
                let expected: Vec<usize> = (0..result.wish.unwrap_or(child.wishes.len())).collect();
                prop_assert_eq!(passed, expected);
                for passed in &result.passed {
                    let wish = &child.wishes[passed.wish];
                    prop_assert_eq!(wish.place.is_none(), passed.why == Why::NoClass);
                    if let (Why::Full { lowest: Some(lowest), .. }, true) = (&passed.why, family.together == Together::Any) {
                        prop_assert!(*lowest >= wish.standing.points, "somebody with fewer points got {}", wish.facility);
                    }
                }
            }
        }
    }

    /// Where all places rank children alike and none has brothers or sisters, the result is that of letting them choose one after the other.
    #[test]
    fn with_one_list_it_is_choosing_in_turn(mut contest in single()) {
        for (number, family) in contest.families.iter_mut().enumerate() {
            let standing = Standing { lot: number as u64, ..family.children[0].wishes[0].standing.clone() };
            family.children[0].wishes.iter_mut().for_each(|wish| wish.standing = standing.clone());
        }
        let allocation = allocate(&contest);
        let mut free: Vec<u32> = contest.places.iter().map(|place| place.capacity).collect();
        let mut order: Vec<&Family> = contest.families.iter().collect();
        order.sort_by_key(|family| family.children[0].wishes[0].standing.clone());
        for family in order {
            let wishes = &family.children[0].wishes;
            let choice = wishes.iter().position(|wish| wish.place.is_some_and(|place| free[place] > 0));
            if let Some(place) = choice.and_then(|choice| wishes[choice].place) { free[place] -= 1; }
            prop_assert_eq!(allocation.of(&family.key, 0).unwrap().wish, choice);
        }
    }

    /// Whatever becomes free, and whoever declines or does not answer: no later place goes to somebody while another stands higher there, waits for
    /// it and was not asked; no place is offered twice, no family two offers at once.
    #[test]
    fn no_later_place_goes_past_who_stands_higher(contest in single(), events in proptest::collection::vec((0usize..100, 0u8..4), 1..25)) {
        let allocation = allocate(&contest);
        let mut waiting = Waiting::default();
        let mut holders: BTreeMap<String, usize> = BTreeMap::new();
        for family in &contest.families {
            if let Some(wish) = allocation.of(&family.key, 0).unwrap().wish { holders.insert(family.key.clone(), family.children[0].wishes[wish].place.unwrap()); }
        }
        let mut open: BTreeMap<String, (usize, String)> = BTreeMap::new();
        for (pick, what) in events {
            match what {
                // Somebody gives up a place.
                0 if !holders.is_empty() => {
                    let who = holders.keys().nth(pick % holders.len()).unwrap().clone();
                    holders.remove(&who);
                    waiting.out.insert(who);
                }
                // Somebody answers an offer: takes it, or declines it.
                1 | 2 if !open.is_empty() => {
                    let who = open.keys().nth(pick % open.len()).unwrap().clone();
                    let (place, facility) = open.remove(&who).unwrap();
                    if what == 1 { holders.insert(who, place); } else { waiting.declined.insert((who, facility)); }
                }
                _ => {}
            }
            waiting.provided = holders.keys().chain(open.keys()).map(|who| (who.clone(), 0)).collect();
            waiting.offered = open.keys().cloned().collect();
            for (number, place) in contest.places.iter().enumerate() {
                let used = holders.values().filter(|at| **at == number).count() + open.values().filter(|(at, _)| *at == number).count();
                waiting.free.insert(number, place.capacity - u32::try_from(used).unwrap());
            }
            let Some(offer) = next(&contest, &waiting) else { continue };
            prop_assert!(!open.contains_key(&offer.family) && !holders.contains_key(&offer.family));
            prop_assert_eq!(offer.places.len(), 1);
            let family = contest.families.iter().find(|family| family.key == offer.family).unwrap();
            let wish = &family.children[0].wishes[offer.places[0].1];
            let place = wish.place.unwrap();
            prop_assert!(waiting.free[&place] > 0);
            let above = ranked(&contest, &waiting, place).into_iter().take_while(|(key, _, _)| *key != offer.family);
            // Who stands higher there gets, in the same going, a place that is dearer to them: they do not wait for this one.
            for (key, _, standing) in above {
                let other = contest.families.iter().find(|family| family.key == key).unwrap();
                let wishes = &other.children[0].wishes;
                let here = wishes.iter().position(|wish| wish.place == Some(place)).unwrap();
                let open_at = |wish: &Wish| wish.place.is_some_and(|place| waiting.free[&place] > 0) && !waiting.declined.contains(&(key.to_owned(), wish.facility.clone()));
                prop_assert!(standing < &wish.standing || other.key < family.key);
                prop_assert!(wishes[..here].iter().any(open_at), "{key} stands higher at {place}, and nothing dearer is free");
            }
            open.insert(offer.family, (place, wish.facility.clone()));
        }
    }
}
