//! Brothers and sisters, case by case; rounds in which families stand in each other's way; lots; offers by rank.

use rounds::{
    allocation::{Allocation, Child, Contest, Family, GivenUp, Grievance, Place, Standing, Together, Why, Wish, allocate, grievances},
    lots::Seed,
    waiting::{Offer, Waiting, next, ranked},
};

/// Places `a`, `b`, … with these capacities, without classes.
fn places(capacities: &[u32]) -> Vec<Place> {
    let name = |number: usize| char::from(b'a' + u8::try_from(number).unwrap()).to_string();
    capacities
        .iter()
        .enumerate()
        .map(|(number, capacity)| Place { facility: name(number), class: String::new(), capacity: *capacity })
        .collect()
}

/// A child with points at each place that it wishes for, the dearest first: `"a30 b20"`.
fn child(wishes: &str) -> Child {
    let wish = |text: &str| {
        let (facility, points) = text.split_at(1);
        let place = usize::from(facility.as_bytes()[0] - b'a');
        Wish {
            facility: facility.to_owned(),
            place: Some(place),
            standing: Standing { points: points.parse().unwrap(), ..Standing::default() },
        }
    };
    Child { wishes: wishes.split(' ').map(wish).collect() }
}

fn family(key: &str, together: Together, children: &[&str]) -> Family {
    Family { key: key.to_owned(), together, children: children.iter().map(|wishes| child(wishes)).collect() }
}

fn got(contest: &Contest, allocation: &Allocation, key: &str) -> String {
    let family = contest.families.iter().find(|family| family.key == key).unwrap();
    let one = |(number, child): (usize, &Child)| {
        allocation.of(key, number).unwrap().wish.map_or("-".to_owned(), |wish| child.wishes[wish].facility.clone())
    };
    family.children.iter().enumerate().map(one).collect()
}

#[test]
fn the_three_wishes_for_brothers_and_sisters_differ() {
    // One place at `a`, one at `b`: two children cannot be at one facility.
    let round = |together| Contest { places: places(&[1, 1]), families: vec![family("f", together, &["a10 b10", "a10 b10"])] };
    let result = |together| got(&round(together), &allocate(&round(together)), "f");
    assert_eq!(result(Together::Same), "--", "not together at one facility: none");
    assert_eq!(result(Together::SameTime), "ab", "both, at two facilities, the elder at the dearer");
    assert_eq!(result(Together::Any), "ab");
    let one_place = |together| Contest { places: places(&[1, 0]), families: vec![family("f", together, &["a10 b10", "a10 b10"])] };
    assert_eq!(got(&one_place(Together::SameTime), &allocate(&one_place(Together::SameTime)), "f"), "--", "one place is not for both");
    assert_eq!(got(&one_place(Together::Any), &allocate(&one_place(Together::Any)), "f"), "a-");
    let allocation = allocate(&one_place(Together::SameTime));
    assert_eq!(allocation.of("f", 0).unwrap().passed[0].why, Why::Sibling, "for this child alone there was a place");
}

#[test]
fn two_places_at_one_facility_go_to_both() {
    let contest = Contest {
        places: places(&[2, 1]),
        families: vec![family("f", Together::Same, &["b20 a20", "a20 b20"]), family("s", Together::Any, &["a25 b25"])],
    };
    let allocation = allocate(&contest);
    assert_eq!(got(&contest, &allocation, "s"), "a", "who stands higher goes first");
    assert_eq!(got(&contest, &allocation, "f"), "--");
    assert!(grievances(&contest, &allocation).is_empty());
}

#[test]
fn who_must_leave_asks_on() {
    let contest = Contest {
        places: places(&[2, 1]),
        families: vec![
            family("f", Together::Same, &["a30 b30", "a30 b30"]),
            family("s", Together::Any, &["a20 b20"]),
            family("t", Together::Any, &["b10"]),
        ],
    };
    let allocation = allocate(&contest);
    assert_eq!((got(&contest, &allocation, "f").as_str(), got(&contest, &allocation, "s").as_str()), ("aa", "b"));
    assert_eq!(allocation.of("t", 0).unwrap().passed[0].why, Why::Full { taken: 1, lowest: Some(20) });
}

#[test]
fn an_order_that_was_wrong_is_turned_round() {
    // `f` comes in first (its weakest child stands higher), and is pushed by the strong child of `g`: `g` must come in before.
    let contest = Contest {
        places: places(&[1, 1, 1]),
        families: vec![family("f", Together::SameTime, &["a20", "b20"]), family("g", Together::SameTime, &["a30", "c10"])],
    };
    let allocation = allocate(&contest);
    assert_eq!((got(&contest, &allocation, "g").as_str(), got(&contest, &allocation, "f").as_str()), ("ac", "--"));
    assert!(allocation.rounds > 1 && allocation.given_up.is_empty());
    assert!(grievances(&contest, &allocation).is_empty());
}

#[test]
fn a_ring_without_a_right_answer_is_cut_openly() {
    // Roth's example with one couple: the couple pushes the single from `a`, who pushes the couple's second child from `b`.
    let contest = Contest {
        places: places(&[1, 1]),
        families: vec![family("f", Together::SameTime, &["a20", "b10"]), family("s", Together::Any, &["a10 b30"])],
    };
    let allocation = allocate(&contest);
    assert_eq!((got(&contest, &allocation, "f").as_str(), got(&contest, &allocation, "s").as_str()), ("--", "a"));
    // The single would be content at `b` and stand higher there: the couple has no right to both places; had the single wished for `b` first, neither.
    assert_eq!(allocation.given_up, [GivenUp { family: "f".to_owned(), facilities: vec!["a".to_owned(), "b".to_owned()] }]);
    let left = grievances(&contest, &allocation);
    assert!(left.iter().all(|one| matches!(one, Grievance::FamilyEnvy { known: true, .. })), "{left:?}");
    assert_eq!(allocation, allocate(&contest), "and the same each time");
}

#[test]
fn nothing_and_nonsense_are_taken() {
    assert_eq!(allocate(&Contest::default()), Allocation { rounds: 1, ..Allocation::default() });
    let nowhere =
        Contest { places: places(&[1]), families: vec![family("f", Together::Same, &["a1", "z1"]), family("g", Together::Any, &["z9"])] };
    let allocation = allocate(&nowhere);
    assert_eq!(allocation.placed(), 0, "a place that does not exist is nobody's");
    let no_wishes = Contest {
        places: places(&[1]),
        families: vec![Family { key: "f".into(), together: Together::Same, children: vec![Child { wishes: vec![] }; 2] }],
    };
    assert_eq!(allocate(&no_wishes).placed(), 0);
}

#[test]
fn the_same_seed_gives_the_same_lot_and_draws_help() {
    let seed: Seed = "00112233445566778899aabbccddeeff".parse().unwrap();
    assert_eq!(seed.lot("r", "2700001", 1), seed.lot("r", "2700001", 0), "no draws are one");
    assert_ne!(seed.lot("r", "2700001", 1), seed.lot("r", "2700002", 1));
    assert_ne!(seed.lot("r", "2700001", 1), seed.lot("q", "2700001", 1));
    assert!(seed.lot("r", "2700001", 2) <= seed.lot("r", "2700001", 1));
    // As `printf 00112233445566778899aabbccddeeff/r/2700001/0 | sha256sum` says, so that anybody can reckon it again.
    assert_eq!(format!("{:016x}", seed.lot("r", "2700001", 1)), LOT);
    for wrong in ["", "xyz", "00112233445566778899aabbccddeef", "００112233445566778899aabbccddeeff"] {
        assert!(wrong.parse::<Seed>().is_err(), "{wrong}");
    }
    let better = (0..2_000).filter(|n| seed.lot("r", &format!("a{n}"), 2) < seed.lot("r", &format!("b{n}"), 1)).count();
    assert!((1_230..1_440).contains(&better), "two draws against one win two times in three: {better} of 2000");
}

const LOT: &str = "1e4ba9963641ac33";

#[test]
fn a_place_that_became_free_is_offered_by_rank() {
    let contest = Contest {
        places: places(&[1, 1]),
        families: vec![
            family("f", Together::Any, &["a30 b30"]),
            family("g", Together::Any, &["a20 b20"]),
            family("h", Together::Same, &["a25", "a25"]),
            family("i", Together::Any, &["b10 a10"]),
        ],
    };
    let mut waiting = Waiting { free: [(0, 1)].into(), provided: [("f".to_owned(), 0)].into(), ..Waiting::default() };
    assert_eq!(ranked(&contest, &waiting, 0).iter().map(|one| one.0).collect::<Vec<_>>(), ["h", "h", "g", "i"]);
    let to_g = Offer { family: "g".to_owned(), places: vec![(0, 0)] };
    assert_eq!(next(&contest, &waiting), Some(to_g.clone()), "one place is not for two who go together");
    waiting.declined.insert(("g".to_owned(), "a".to_owned()));
    assert_eq!(next(&contest, &waiting), Some(Offer { family: "i".to_owned(), places: vec![(0, 1)] }), "who declined is not asked again");
    waiting.out.insert("i".to_owned());
    assert_eq!(next(&contest, &waiting), None);
    waiting.free.insert(0, 2);
    assert_eq!(next(&contest, &waiting), Some(Offer { family: "h".to_owned(), places: vec![(0, 0), (1, 0)] }));
}
