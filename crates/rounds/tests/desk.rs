//! A round from closing to announcement: points, corrections by two people, a run that a second person looks through, cases proposed in one go, nothing
//! seen before the day, everybody told on it, each their own.

mod world;

use std::sync::Arc;

use access::Staff;
use cases::{CaseNumber, own::OwnCase};
use rounds::{
    lots::Seed,
    result::Announcing,
    round::{Fate, Override, Stage},
    rows,
    verbs::{self, Held, NotNow},
};
use store::testing::Place;
use world::{World, family, is_not_permitted};

const CLOSED: &str = "2027-01-05T00:00:00Z";
const DAY: &str = "2027-02-01T00:00:30Z";
/// えきまえ保育室 takes in one of two years.
const AGE_2: &str = "2024-06-01";

struct Played {
    world: World,
    clerk: Staff,
    other: Staff,
    chief: Staff,
    first: OwnCase,
    second: OwnCase,
    third: OwnCase,
}

/// Three families want one place: 40, 36 and, with one parent, 46 points; and two brothers together.
fn played(place: &Place) -> Played {
    let world = World::new(place);
    let (clerk, other, chief) = (world.hire("森 恵", "clerk"), world.hire("林 一", "clerk"), world.hire("課長", "chief"));
    let first = world.filed(family("佐藤", &[160, 160], &[AGE_2], &["ekimae_small"], None));
    let second = world.filed(family("鈴木", &[160, 120], &[AGE_2], &["ekimae_small", "chuo_hoiku"], None));
    let third = world.filed(family("田中", &[160], &[AGE_2, "2026-06-01"], &["ekimae_small", "chuo_hoiku"], Some("same")));
    for case in [&first, &second, &third] {
        world.worked(&clerk, case.number);
    }
    Played { world, clerk, other, chief, first, second, third }
}

impl Played {
    fn score(&self) -> Result<(), NotNow> {
        let (round, seed) = (self.world.round(), "00112233445566778899aabbccddeeff".parse::<Seed>().unwrap());
        self.world.act(&self.clerk, move |tx, acting| {
            verbs::begin_scoring(tx, acting, &round, &seed)?;
            verbs::score_some(tx, acting, &round, None).map(|more| assert!(more.is_none()))
        })
    }

    fn held(&self) -> Held {
        let round = self.world.round();
        self.world.look(move |tx, keys| verbs::held(tx, keys, &round).unwrap()).expect("it was scored")
    }

    fn allocate(&self, who: &Staff) -> Result<i64, NotNow> {
        let (round, held) = (self.world.round(), self.held());
        let allocation = verbs::reckon(&round, &held);
        self.world.act(who, move |tx, acting| verbs::keep_run(tx, acting, &round, &held, &allocation))
    }

    fn review(&self, who: &Staff, run: i64) -> Result<(), NotNow> {
        let round = self.world.round();
        self.world.act(who, move |tx, acting| verbs::review(tx, acting, &round, run))
    }

    fn propose(&self, number: CaseNumber) -> Result<Fate, NotNow> {
        let (round, number) = (self.world.round(), number.plain());
        self.world.act(&self.clerk, move |tx, acting| {
            let run = rows::kept(tx, &round.id)?.unwrap().run.unwrap();
            let allocation = rows::allocation(tx, acting.keys, &round.id, run)?.unwrap();
            let ranks = rounds::waiting::ranks(&verbs::held(tx, acting.keys, &round)?.unwrap().contest(&round), &allocation);
            let fate = verbs::propose_one(tx, acting, &round, (&allocation, &ranks), &number)?;
            verbs::go_on(tx, acting, &round, Stage::Decided)?;
            Ok(fate)
        })
    }

    fn announce(&self, who: &Staff, number: CaseNumber) -> Result<Fate, NotNow> {
        let (round, number, held) = (self.world.round(), number.plain(), self.held());
        let (of, run) = (Arc::clone(&round), held.kept.run.unwrap());
        let allocation = self.world.look(move |tx, keys| rows::allocation(tx, keys, &of.id, run).unwrap().unwrap());
        let news = Announcing::of(Arc::clone(&round), held, allocation, self.world.now());
        self.world.act(who, move |tx, acting| {
            let fate = verbs::announce_one(tx, acting, &round, &news, &number)?;
            verbs::go_on(tx, acting, &round, Stage::Announced)?;
            Ok(fate)
        })
    }

    fn result(&self, case: &OwnCase) -> Option<rounds::result::Announced> {
        let (keys, id) = (self.world.keys.clone(), case.id);
        self.world.portal.read(move |tx| rounds::result::of_case(tx, &keys, id)).unwrap()
    }

    fn stage(&self) -> Stage {
        self.held().kept.stage
    }
}

fn got(played: &Played, case: &OwnCase) -> Vec<Option<usize>> {
    let (round, held) = (played.world.round(), played.held());
    let allocation = verbs::reckon(&round, &held);
    allocation.results[&case.number.plain()].iter().map(|result| result.wish).collect()
}

fn through(place: &Place) {
    let played = played(place);
    let Played { world, clerk, other, chief, first, second, third } = &played;
    assert!(matches!(played.score(), Err(NotNow::TooSoon)), "while the round is open nothing is reckoned");
    world.set(CLOSED);
    played.score().unwrap();
    let points: Vec<i64> = played.held().entrants.iter().map(|entrant| entrant.children[0].wishes[0].score.total()).collect();
    let mut sorted = points.clone();
    sorted.sort();
    assert_eq!(sorted, [36, 40, 48], "base of both parents; one parent 20 + 26 + 2 for two children");
    // The brothers must be at one facility, where the younger finds a place as well.
    assert_eq!((got(&played, third), got(&played, first), got(&played, second)), (vec![Some(0), Some(0)], vec![None], vec![Some(1)]));

    // Points are set right by two people.
    let one = Override {
        id: "o1".into(),
        number: first.number.plain(),
        child: 0,
        points: 10,
        reason: "夜勤の証明".into(),
        by: clerk.id.to_string(),
        approved_by: None,
    };
    let add = |one: Override| {
        let round = world.round();
        world.act(clerk, move |tx, acting| verbs::add_points(tx, acting, &round, &one))
    };
    assert!(matches!(add(Override { reason: " ".into(), ..one.clone() }), Err(NotNow::ReasonDue)));
    assert!(add(Override { child: 7, ..one.clone() }).is_err() && add(Override { number: "nobody".into(), ..one.clone() }).is_err());
    add(one.clone()).unwrap();
    assert_eq!(got(&played, first), [None], "one person's word does not count");
    let agree = |who: &Staff| {
        let round = world.round();
        world.act(who, move |tx, acting| verbs::agree_points(tx, acting, &round, "o1"))
    };
    assert!(matches!(agree(clerk), Err(NotNow::SecondPerson)));
    agree(other).unwrap();
    assert!(matches!(agree(chief), Err(NotNow::SecondPerson)), "it was agreed to already");
    // 50 points now: the brothers, who need the one place at えきまえ保育室, go to 中央保育所 together.
    assert_eq!((got(&played, first), got(&played, third)), (vec![Some(0)], vec![Some(1), Some(1)]));

    let run = played.allocate(clerk).unwrap();
    assert!(is_not_permitted(&played.review(other, run).unwrap_err()), "a clerk does not look it through");
    assert!(matches!(played.review(chief, run + 1), Err(NotNow::Changed)));
    played.review(chief, run).unwrap();
    assert!(matches!(played.score(), Err(NotNow::Stage)), "what was looked through stands");
    assert!(matches!(add(one), Err(NotNow::Stage)));

    // Cut off after the first, and begun again: each is proposed once.
    played.propose(first.number).unwrap();
    for case in [first, second, third] {
        assert_eq!(played.propose(case.number).unwrap(), Fate::Proposed);
    }
    assert_eq!(world.count("select count(*) from case_event where what = 'proposed'"), 3);
    assert_eq!(played.stage(), Stage::Decided);

    // Nothing is decided, and so nothing is seen, before the day.
    assert!(matches!(played.announce(chief, first.number), Err(NotNow::TooSoon)));
    world.carry();
    assert!(played.result(first).is_none());
    world.set(DAY);
    assert!(is_not_permitted(&played.announce(clerk, first.number).unwrap_err()));
    for _ in 0..2 {
        for case in [first, second, third] {
            assert_eq!(played.announce(chief, case.number).unwrap(), Fate::Announced);
        }
    }
    assert_eq!(world.count("select count(*) from case_event where what = 'decided'"), 3);
    assert_eq!(world.count("select count(*) from store_entry where what = 'round-announced'"), 1);
    assert_eq!(played.stage(), Stage::Announced);
    world.carry();
    let told = played.result(first).expect("the family is told");
    assert_eq!((told.children[0].got.as_deref(), told.children[0].points, told.children[0].added), (Some("えきまえ保育室"), 50, 10));
    assert_eq!(told.children[0].lines.iter().map(|line| line.points).sum::<i64>() + 10, 50, "the points add up");
    let brothers = played.result(third).unwrap();
    assert_eq!(brothers.children.iter().map(|child| child.got.as_deref()).collect::<Vec<_>>(), [Some("中央保育所"); 2]);
    assert!(brothers.children[0].wishes[0].why.is_some());
    // The one place was given to one family: its points are nobody else's to read.
    let told = serde_json::to_string(&brothers).unwrap();
    assert!(!told.contains("佐藤") && !told.contains("\"lowest\":50"), "{told}");
    let (keys, number, now) = (world.keys.clone(), first.number, world.now());
    let stranger = "b".repeat(64).parse().unwrap();
    let found = world.portal.read(move |tx| cases::gathered::own_of(tx, &keys, &stranger, None, number, now)).unwrap();
    assert!(found.is_none(), "somebody else's case does not exist");
}

#[test]
fn a_round_goes_through_on_sqlite() {
    through(&Place::sqlite());
}

#[test]
fn a_round_goes_through_on_postgres() {
    through(&Place::postgres());
}

#[test]
fn what_the_round_cannot_decide_is_for_a_person() {
    let world = World::new(&Place::sqlite());
    let clerk = world.hire("森 恵", "clerk");
    let chief = world.hire("課長", "chief");
    // Each for itself: えきまえ保育室 has a place for the elder alone; the definition has no outcome for one of two.
    let one_of_two = world.filed(family("高橋", &[160, 160], &[AGE_2, "2023-06-01"], &["ekimae_small"], Some("any")));
    let unread = world.filed(family("伊藤", &[64], &["2025-06-01"], &["chuo_hoiku"], None));
    world.worked(&clerk, one_of_two.number);
    let played =
        Played { first: one_of_two.clone(), second: unread.clone(), third: unread.clone(), other: clerk.clone(), world, clerk, chief };
    played.world.set(CLOSED);
    played.score().unwrap();
    assert_eq!(got(&played, &one_of_two), [Some(0), None]);
    let run = played.allocate(&played.clerk).unwrap();
    played.review(&played.chief, run).unwrap();
    assert_eq!(played.propose(one_of_two.number).unwrap(), Fate::ByHand);
    assert_eq!(played.propose(unread.number).unwrap(), Fate::ByHand, "its papers were not looked at yet");
    assert_eq!(played.stage(), Stage::Decided);
    // The clerk does what was left, and tries again.
    played.world.worked(&played.clerk, unread.number);
    assert_eq!(played.propose(unread.number).unwrap(), Fate::Proposed);
    let troubles: Vec<_> = played.held().entrants.into_iter().filter_map(|entrant| entrant.trouble).collect();
    assert_eq!(troubles, ["desk-rounds-trouble-no-decision"]);
}

#[test]
fn another_department_sees_nothing_and_the_seed_stays() {
    let played = played(&Place::sqlite());
    let stranger = played.world.hire_in("水道 太郎", "general_affairs", "clerk");
    let round = played.world.round();
    let refused = played.world.act(&stranger, move |_, acting| Ok(verbs::may(acting.staff, acting.town, &round, access::Act::Read)?));
    assert!(matches!(refused, Err(NotNow::Refused(cases::verbs::Refused::NotFound))));
    played.world.set(CLOSED);
    played.score().unwrap();
    let seed = played.held().kept.seed;
    let (round, other) = (played.world.round(), "ffffffffffffffffffffffffffffffff".parse::<Seed>().unwrap());
    played.world.act(&played.clerk, move |tx, acting| verbs::begin_scoring(tx, acting, &round, &other)).unwrap();
    assert_eq!(played.held().kept.seed, seed, "a seed is drawn once");
    // A run reckoned from what was read before does not pass.
    played.score().unwrap();
    let held = played.held();
    let run = played.allocate(&played.clerk).unwrap();
    let (round, stale) = (played.world.round(), held.clone());
    let allocation = verbs::reckon(&round, &held);
    let refused = played.world.act(&played.clerk, move |tx, acting| verbs::keep_run(tx, acting, &round, &stale, &allocation));
    assert!(matches!(refused, Err(NotNow::Changed)));
    assert_eq!(played.allocate(&played.clerk).unwrap(), run + 1);
    let id = played.world.round().id.clone();
    let runs = played.world.look(move |tx, _| rows::runs(tx, &id).unwrap());
    assert_eq!(runs[0].digest, runs[1].digest, "the same goes in, the same comes out");
}

#[test]
fn nobody_decides_a_case_of_a_round_singly_before_its_day() {
    let played = played(&Place::sqlite());
    let Played { world, clerk, chief, first, .. } = &played;
    world.set(CLOSED);
    played.score().unwrap();
    let run = played.allocate(clerk).unwrap();
    played.review(chief, run).unwrap();
    played.propose(first.number).unwrap();
    let approve = || {
        let (number, row) = (first.number, world.case(first.number).row);
        world.act(chief, move |tx, acting| Ok(cases::decide::approve(tx, acting, number, row)?))
    };
    let refused = approve().unwrap_err();
    assert!(matches!(refused, NotNow::Refused(cases::verbs::Refused::NotNow(cases::case::NotNow::RoundsDay))), "{refused:?}");
    assert!(matches!(world.case(first.number).stage, cases::Stage::Approving { .. }), "nothing has changed");
    world.set(DAY);
    approve().unwrap();
    // What was decided singly on the day is told with the round all the same.
    for case in [&played.second, &played.third] {
        played.propose(case.number).unwrap();
    }
    assert_eq!(played.announce(chief, first.number).unwrap(), Fate::Announced);
}

#[test]
fn what_is_stuck_keeps_nobody_waiting() {
    let played = played(&Place::sqlite());
    played.world.set(CLOSED);
    played.score().unwrap();
    let run = played.allocate(&played.clerk).unwrap();
    played.review(&played.chief, run).unwrap();
    // The first by number is sent for correction: it cannot be proposed, however often it is tried.
    let mut numbers: Vec<CaseNumber> = [&played.first, &played.second, &played.third].map(|case| case.number).to_vec();
    numbers.sort_by_key(|number| number.plain());
    let (stuck, row) = (numbers[0], played.world.case(numbers[0]).row);
    let asked = || cases::verbs::Correction {
        fields: vec!["kana".parse().unwrap()],
        say: "フリガナを書いてください。".to_owned(),
        until: "2027-01-20".parse().unwrap(),
    };
    played.world.act(&played.clerk, move |tx, acting| Ok(cases::verbs::request_correction(tx, acting, stuck, row, asked())?)).unwrap();
    for number in &numbers {
        played.propose(*number).unwrap();
    }
    let next = |fate: Fate, most: i64| {
        let id = played.world.round().id.clone();
        played.world.look(move |tx, _| rows::next_of(tx, &id, fate, most).unwrap())
    };
    assert_eq!(next(Fate::ByHand, 5), [stuck.plain()]);
    played.propose(stuck).unwrap();
    // Whatever was tried more often stands behind: one more that is left by hand comes before it.
    let other = numbers[1].plain();
    played
        .world
        .desk
        .write(move |tx| tx.run("update round_entrant set stage = 'by_hand' where number = $1", store::params![&other]))
        .unwrap();
    assert_eq!(next(Fate::ByHand, 1), [numbers[1].plain()]);
}

#[test]
fn the_seed_is_sealed_before_the_closing_and_told_on_the_day() {
    let played = played(&Place::sqlite());
    let round = played.world.round();
    let commit = |seed: &str, who: &Staff| {
        let (round, seed) = (Arc::clone(&round), seed.parse::<Seed>().unwrap());
        played.world.act(who, move |tx, acting| rounds::lottery::commit(tx, acting, &round, &seed))
    };
    let public = || {
        played.world.carry();
        let (keys, id) = (played.world.keys.clone(), played.world.round().id.clone());
        played.world.portal.read(move |tx| rounds::lottery::of_round(tx, &keys, &id)).unwrap()
    };
    assert!(public().is_none());
    let sealed = "0123456789abcdef0123456789abcdef";
    let stranger = played.world.hire_in("水道 太郎", "general_affairs", "clerk");
    assert!(commit(sealed, &stranger).is_err());
    commit(sealed, &played.clerk).unwrap();
    // A second one is not drawn.
    commit("ffffffffffffffffffffffffffffffff", &played.clerk).unwrap();
    let before = public().unwrap();
    // As `printf 0123456789abcdef0123456789abcdef | sha256sum` says.
    assert_eq!(before.digest, "3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9");
    assert_eq!((before.seed, before.places.len()), (None, 0), "nobody reads the seed before the day");
    let kept = played.world.desk.read(|tx| tx.first("select seed from round_lots", store::params![])).unwrap().unwrap();
    assert!(!String::from_utf8_lossy(&kept.get::<Vec<u8>>(0).unwrap()).contains(sealed), "nor in the store");
    played.world.set(CLOSED);
    assert!(commit(sealed, &played.clerk).is_err(), "after the closing nothing is sealed");
    played.score().unwrap();
    assert_eq!(played.held().kept.seed.to_string(), sealed, "what was sealed counts, whatever is drawn later");
    let run = played.allocate(&played.clerk).unwrap();
    played.review(&played.chief, run).unwrap();
    for case in [&played.first, &played.second, &played.third] {
        played.propose(case.number).unwrap();
    }
    assert_eq!(public().unwrap().seed, None);
    played.world.set(DAY);
    for case in [&played.first, &played.second, &played.third] {
        played.announce(&played.chief, case.number).unwrap();
    }
    let told = public().unwrap();
    assert_eq!((told.seed.as_deref(), told.digest), (Some(sealed), before.digest));
    assert!(told.places.is_empty(), "where there are points no list of numbers is published");
}
