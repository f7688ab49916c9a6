//! Places that became free after the announcement: offered by rank, one at a time, with time to answer; on the family's page, by telephone, by silence.

mod world;

use std::sync::Arc;

use access::Staff;
use cases::own::OwnCase;
use definitions::{ids::OutcomeId, text::Language};
use rounds::{
    later::{
        Freed, OfferState, Offered, What,
        parcels::{self, OwnOffer},
        verbs::{self, Answer, Standing},
    },
    round::Stage,
    verbs::NotNow,
};
use store::testing::Place;
use world::{World, family};

const TIMES: (&str, &str) = ("2027-01-05T00:00:00Z", "2027-02-01T00:00:30Z");
const SEED: &str = "00112233445566778899aabbccddeeff";
/// えきまえ保育室 takes in one of two years.
const AGE_2: &str = "2024-06-01";

struct Waits {
    world: World,
    clerk: Staff,
    chief: Staff,
    families: Vec<OwnCase>,
}

/// Four families want the one place, with 40, 36, 34 and 32 points; the round was announced.
fn waits(place: &Place) -> Waits {
    let world = World::new(place);
    let (clerk, chief) = (world.hire("森 恵", "clerk"), world.hire("課長", "chief"));
    let names = [("佐藤", 160), ("鈴木", 120), ("高橋", 100), ("田中", 80)];
    let families: Vec<OwnCase> =
        names.iter().map(|(name, hours)| world.filed(family(name, &[160, *hours], &[AGE_2], &["ekimae_small"], None))).collect();
    for case in &families {
        world.worked(&clerk, case.number);
    }
    world.announced(&world.round(), &clerk, &chief, TIMES, SEED);
    Waits { world, clerk, chief, families }
}

impl Waits {
    fn number(&self, family: usize) -> String {
        self.families[family].number.plain()
    }

    fn free(&self, id: &str, what: What) -> Result<(), NotNow> {
        let (round, freed) = (
            self.world.round(),
            Freed { id: id.to_owned(), what, reason: "転出のため".to_owned(), by: self.clerk.id.to_string(), at: self.world.now() },
        );
        self.world.act(&self.clerk, move |tx, acting| verbs::free(tx, acting, &round, &freed))
    }

    fn gives_up(&self, family: usize) -> Result<(), NotNow> {
        self.free(&format!("f{family}"), What::GaveUp { number: self.number(family), child: 0 })
    }

    fn offer(&self, shown: Option<String>) -> Result<Option<Offered>, NotNow> {
        let round = self.world.round();
        let offered = self.world.act(&self.clerk, move |tx, acting| {
            verbs::offer_next(tx, acting, &round, shown.as_deref(), &|_: Language, offered: &Offered| {
                format!("{}が空きました", offered.places[0].facility_name)
            })
        });
        self.world.carry();
        offered
    }

    fn standing(&self) -> Standing {
        let round = self.world.round();
        self.world.look(move |tx, keys| verbs::standing(tx, keys, &round, &Default::default()).unwrap())
    }

    fn state(&self, turn: usize) -> OfferState {
        self.standing().offers[turn - 1].state
    }

    fn own(&self, family: usize) -> Vec<(OwnOffer, bool)> {
        let (keys, case) = (self.world.keys.clone(), self.families[family].id);
        self.world.portal.read(move |tx| parcels::of_case(tx, &keys, case)).unwrap()
    }

    /// The family answers its newest offer on its own page.
    fn answers(&self, family: usize, accepts: bool) -> bool {
        let (keys, offer, now) = (self.world.keys.clone(), self.own(family)[0].0.clone(), self.world.now());
        let taken = self.world.portal.write(move |tx| parcels::answer(tx, &keys, &offer, accepts, now)).unwrap();
        self.world.carry();
        taken
    }

    fn look_after(&self, turn: usize) {
        self.world.after_offers().look_after(&format!("nursery_april:{turn}")).unwrap();
        self.world.carry();
    }

    fn call(&self, who: &Staff, turn: usize, accepts: bool) -> Result<(), NotNow> {
        let (round, offer, at) = (self.world.round(), format!("nursery_april:{turn}"), self.world.now());
        self.world.act(who, move |tx, acting| {
            verbs::answer_for(tx, acting, &round, &Answer { offer: &offer, accepts, at }, "電話で聞いた".to_owned())
        })
    }

    fn propose(&self, turn: usize) -> Result<cases::CaseNumber, NotNow> {
        let (round, offer) = (self.world.round(), format!("nursery_april:{turn}"));
        self.world.act(&self.clerk, move |tx, acting| verbs::propose(tx, acting, &round, &offer))
    }
}

fn one_after_the_other(place: &Place) {
    let waits = waits(place);
    let Waits { world, clerk, chief, .. } = &waits;
    assert!(waits.offer(None).unwrap().is_none(), "nothing is free");
    assert!(matches!(waits.gives_up(1), Err(NotNow::Changed)), "who has no place gives none up");
    waits.gives_up(0).unwrap();
    assert!(matches!(waits.gives_up(0), Err(NotNow::Changed)), "twice is refused, and frees nothing more");

    // By rank, to one; who is shown as next must still be.
    assert!(matches!(waits.offer(Some(waits.number(2))), Err(NotNow::Changed)));
    let offered = waits.offer(Some(waits.number(1))).unwrap().expect("36 points stand next");
    assert_eq!(
        (offered.number.clone(), offered.until.to_string().as_str()),
        (waits.number(1), "2027-02-08"),
        "seven days, the last not counted in"
    );
    assert!(waits.offer(None).unwrap().is_none(), "a place that is offered is not free");
    let shown = waits.own(1);
    assert_eq!((shown.len(), shown[0].0.state, shown[0].0.places[0].facility_name.as_str()), (1, OfferState::Open, "えきまえ保育室"));
    assert!(waits.own(2).is_empty(), "nobody else is told");
    assert_eq!(world.count("select count(*) from case_event where what = 'wrote-to-applicant'"), 1, "the case says what was written");

    // It declines on its page, once; the next one is asked by itself, once.
    assert!(waits.answers(1, false));
    assert!(!waits.answers(1, true), "an answer counts once");
    assert_eq!(waits.state(1), OfferState::Declined);
    for _ in 0..2 {
        waits.look_after(1);
    }
    assert_eq!(waits.standing().offers.len(), 2);
    assert_eq!((waits.own(1)[0].0.state, waits.own(2)[0].0.state), (OfferState::Declined, OfferState::Open));

    // Its time has not passed on the last day, and has on the next.
    world.set("2027-02-08T12:00:00Z");
    waits.look_after(2);
    assert_eq!(waits.state(2), OfferState::Open);
    world.set("2027-02-09T00:00:00Z");
    assert!(!waits.answers(2, true), "the day has passed");
    assert!(matches!(waits.call(clerk, 2, true), Err(NotNow::Changed)), "also by telephone");
    waits.look_after(2);
    assert_eq!((waits.state(2), waits.own(2)[0].0.state), (OfferState::Lapsed, OfferState::Lapsed));
    let third = waits.standing().offers[2].clone();
    assert_eq!((third.number.clone(), third.by), (waits.number(3), clerk.id.to_string()), "in the name of who offered");

    // By telephone; then the case is decided anew, by its chain.
    let stranger = world.hire_in("水道 太郎", "general_affairs", "clerk");
    assert!(waits.call(&stranger, 3, true).is_err());
    assert!(matches!(waits.propose(3), Err(NotNow::Changed)), "before it was accepted nothing is proposed");
    waits.call(clerk, 3, true).unwrap();
    assert!(matches!(waits.call(clerk, 3, false), Err(NotNow::Changed)));
    assert_eq!(world.count("select count(*) from case_event where what = 'note'"), 1, "who heard it stands on the case");
    waits.propose(3).unwrap();
    assert!(matches!(waits.propose(3), Err(NotNow::Changed)));
    let number = waits.families[3].number;
    let case = world.case(number);
    world.act(chief, move |tx, acting| Ok(cases::decide::approve(tx, acting, number, case.row)?)).unwrap();
    let cases::Stage::Decided { proposal, .. } = world.case(number).stage else { panic!("it is decided") };
    assert_eq!(proposal.outcome, "admit".parse::<OutcomeId>().unwrap());
    world.carry();
    assert_eq!((waits.own(3)[0].0.state, waits.own(3)[0].0.by_staff), (OfferState::Accepted, true));
    assert!(waits.offer(None).unwrap().is_none(), "the place is taken");
}

#[test]
fn later_places_go_one_after_the_other_on_sqlite() {
    one_after_the_other(&Place::sqlite());
}

#[test]
fn later_places_go_one_after_the_other_on_postgres() {
    one_after_the_other(&Place::postgres());
}

#[test]
fn more_places_go_to_one_family_each_and_the_same_form_is_once() {
    let waits = waits(&Place::sqlite());
    let more = |id: &str, count: u32| {
        let what = What::More { facility: "ekimae_small".to_owned(), class: "age2".parse().unwrap(), count };
        waits.free(id, what)
    };
    assert!(matches!(more("m0", 0), Err(NotNow::ReasonDue)) && matches!(more("m0", 201), Err(NotNow::ReasonDue)));
    let nowhere = What::More { facility: "nowhere".to_owned(), class: "age2".parse().unwrap(), count: 1 };
    assert!(matches!(waits.free("m1", nowhere), Err(NotNow::ReasonDue)));
    more("m2", 2).unwrap();
    more("m2", 2).unwrap();
    let offered: Vec<String> = std::iter::from_fn(|| waits.offer(None).unwrap()).map(|offer| offer.number).collect();
    assert_eq!(offered, [waits.number(1), waits.number(2)], "two more places, by rank");
    // An answer in time that comes after the place was taken from it counts while the place is free, and not when it was offered on.
    let standing = waits.standing();
    assert!(standing.later.waiting.free.values().filter(|free| **free > 0).count() > 0);
    assert_eq!(standing.held.kept.stage, Stage::Announced);
}

#[test]
fn an_answer_in_time_that_comes_late_counts_while_the_place_is_free() {
    let waits = waits(&Place::sqlite());
    waits.gives_up(0).unwrap();
    waits.offer(None).unwrap().unwrap();
    // Answered on the last evening; the hatch stands still over night, and the office lets the offer lapse.
    waits.world.set("2027-02-08T14:59:00Z");
    let (keys, offer, now) = (waits.world.keys.clone(), waits.own(1)[0].0.clone(), waits.world.now());
    assert!(waits.world.portal.write(move |tx| parcels::answer(tx, &keys, &offer, true, now)).unwrap());
    waits.world.set("2027-02-09T00:00:00Z");
    let leaving = waits.clerk.id;
    // Who offered has left: the next one is not asked by itself.
    let ended = waits.world.now();
    waits
        .world
        .desk
        .write(move |tx| tx.run("update staff set active = 0 where id = $1", store::params![leaving.to_string()]).map(|_| ended))
        .unwrap();
    waits.world.after_offers().look_after("nursery_april:1").unwrap();
    assert_eq!((waits.state(1), waits.standing().offers.len()), (OfferState::Lapsed, 1));
    waits.world.carry();
    assert_eq!((waits.state(1), waits.own(1)[0].0.state), (OfferState::Accepted, OfferState::Accepted));
}

#[test]
fn who_withdrew_or_whose_offer_is_another_s_gets_nothing() {
    let waits = waits(&Place::sqlite());
    waits.gives_up(0).unwrap();
    waits.offer(None).unwrap().unwrap();
    // A forged answer: another family's case in it. The desk knows whose offer it is.
    let (keys, mut offer, now) = (waits.world.keys.clone(), waits.own(1)[0].0.clone(), waits.world.now());
    offer.case = waits.families[2].id.to_string();
    assert!(!waits.world.portal.write(move |tx| parcels::answer(tx, &keys, &offer, true, now)).unwrap(), "not theirs");
    assert_eq!(waits.state(1), OfferState::Open);
    let refused = waits.world.act(&waits.chief, {
        let round: Arc<_> = waits.world.round();
        move |tx, acting| verbs::propose(tx, acting, &round, "nursery_april:9")
    });
    assert!(refused.is_err(), "an offer that does not exist");
}
