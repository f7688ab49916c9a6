//! The lottery of public housing: the digest before, the seed on the day, more chances for households in need, numbers for those who come next; and
//! reckoned again from what was published alone, by somebody else's program.

mod world;

use std::{process::Command, sync::Arc};

use cases::own::OwnCase;
use definitions::answer::Answer;
use rounds::{
    lots::Seed,
    lottery::{self, Public},
    round::Stage,
};
use serde_json::json;
use store::testing::Place;
use world::World;

const TIMES: (&str, &str) = ("2026-12-14T00:00:00Z", "2027-01-20T01:00:30Z");
const SEED: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
const OTHER: &str = "ffffffffffffffffffffffffffffffff";

fn household(name: &str, flat: &str, special: &[&str]) -> serde_json::Value {
    json!({
        "floor": { "yes_no": false },
        "flat": { "choice": flat },
        "members": { "group": [{
            "member": { "person_name": { "family": name } }, "member_born": { "date": "1990-08-02" },
            "member_relation": { "text": "本人" }, "member_income": { "money": 1_800_000 },
        }] },
        "special": { "choices": special },
        "present": { "choice": "rented" },
        "trouble": { "choice": "rent" },
        "arrears": { "yes_no": false },
        "gang": "consent",
        "name": { "person_name": { "family": name } },
        "kana": { "kana": "サトウ" },
        "address": { "address": { "postal_code": "1000001", "line": "見本県見本市中央1-2-3" } },
    })
}

/// What `printf TEXT | sha256sum` says.
fn sha256sum(text: &str) -> String {
    let said = Command::new("sh").args(["-c", "printf %s \"$1\" | sha256sum", "-", text]).output().expect("sha256sum runs");
    String::from_utf8(said.stdout).unwrap().split_whitespace().next().unwrap().to_owned()
}

fn public(world: &World) -> Option<Public> {
    world.carry();
    let keys = world.keys.clone();
    world.portal.read(move |tx| lottery::of_round(tx, &keys, &"housing_winter".parse().unwrap())).unwrap()
}

fn drawn(place: &Place) {
    let world = World::new(place);
    let (clerk, chief) = (world.hire_in("大野", "construction", "clerk"), world.hire_in("谷", "construction", "chief"));
    let round = world.town.current().rounds["housing_winter"].clone();
    let specials: [&[&str]; 8] = [&[], &["single", "child"], &[], &["old"], &["welfare"], &["disabled", "old", "single"], &[], &[]];
    let households: Vec<OwnCase> = specials
        .iter()
        .enumerate()
        .map(|(number, special)| world.filed_for("public_housing_application", household(&format!("申込{number}"), "chuo_family", special)))
        .collect();
    let alone = world.filed_for("public_housing_application", household("ひとり", "chuo_single", &[]));
    for case in households.iter().chain([&alone]) {
        world.worked(&clerk, case.number);
    }
    let (of, seed) = (Arc::clone(&round), SEED.parse::<Seed>().unwrap());
    world.act(&clerk, move |tx, acting| lottery::commit(tx, acting, &of, &seed)).unwrap();
    let before = public(&world).expect("the digest is published at once");
    assert_eq!((before.digest.clone(), before.seed), (sha256sum(SEED), None));

    // Whatever is drawn when the round is scored, the sealed seed counts.
    world.announced(&round, &clerk, &chief, TIMES, OTHER);
    let told = public(&world).unwrap();
    assert_eq!((told.seed.as_deref(), &told.digest), (Some(SEED), &before.digest));

    // Anybody reckons it again of the seed, the numbers and their own chances.
    let table = told.places.iter().find(|place| place.name.starts_with("中央団地 家族")).expect("the place is published");
    let mut reckoned: Vec<(String, String)> = households
        .iter()
        .zip(specials)
        .map(|(case, special)| {
            let draws = 1 + special.iter().filter(|one| **one != "welfare").count();
            let lot = |draw: usize| sha256sum(&format!("{SEED}/housing_winter/{}/{draw}", case.number.plain()))[..16].to_owned();
            ((0..draws).map(lot).min().unwrap(), case.number.plain())
        })
        .collect();
    reckoned.sort();
    let published: Vec<(String, String)> = table.numbers.iter().map(|number| (number.lot.clone(), number.number.clone())).collect();
    assert_eq!(published, reckoned);
    let got: Vec<bool> = table.numbers.iter().map(|number| number.got).collect();
    assert_eq!(got, [true, true, false, false, false, false, false, false], "two homes go to the first two lots");
    assert_eq!(told.places.iter().filter(|place| place.numbers.is_empty()).count(), 1, "nobody wished for the third");

    // 補欠 1 to 3 have their number; the others lost.
    for (rank, (_, number)) in reckoned.iter().enumerate() {
        let case = world.case(number.parse().unwrap());
        let cases::Stage::Decided { proposal, .. } = case.stage else { panic!("each is decided") };
        let reserve = proposal.details.get("number").cloned();
        match rank {
            0 | 1 => assert_eq!((proposal.outcome.as_str(), reserve), ("admit", None)),
            2..=4 => assert_eq!((proposal.outcome.as_str(), reserve), ("reserve", Some(Answer::Number(rank as i64 - 1)))),
            _ => assert_eq!((proposal.outcome.as_str(), reserve), ("refuse", None)),
        }
    }
    let id = round.id.clone();
    assert_eq!(world.look(move |tx, _| rounds::rows::kept(tx, &id).unwrap().unwrap().stage), Stage::Announced);
}

#[test]
fn a_lottery_is_reckoned_again_from_what_was_published_on_sqlite() {
    drawn(&Place::sqlite());
}

#[test]
fn a_lottery_is_reckoned_again_from_what_was_published_on_postgres() {
    drawn(&Place::postgres());
}
