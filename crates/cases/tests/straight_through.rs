//! 自動決定: what fits the criteria is decided in the name of who stands for it, a sample of it is looked at; all else waits for people.

mod world;

use access::{HouseholdId, ResidentId, Staff};
use cases::{
    Case, CaseNumber, Queue,
    case::Stage,
    decide,
    desk_lists::{Narrow, page},
    event::Event,
    own::OwnState,
    straight::{self, DECIDE, NotGiven},
    verbs::{self, Refused},
};
use jiff::civil::date;
use jp::name::PersonName;
use registry::resident::{Address, Resident, Sex, State};
use store::{StoreError, jobs::State as JobState, testing::Place};
use uuid::Uuid;
use world::*;

const BINS: &[(&str, &str)] = &[("name", "佐藤 花子"), ("phone", "090-0000-0001"), ("bins", "2"), ("known", "no")];

struct Cast {
    world: World,
    clerk: Staff,
    chief: Staff,
}

fn cast(place: &Place) -> Cast {
    let world = World::new(place);
    let (clerk, chief) = (world.hire("小野 直子", "environment", "clerk"), world.hire("工藤 明", "environment", "chief"));
    Cast { world, clerk, chief }
}

impl Cast {
    fn switch(&self, who: &Staff, on: bool, why: &'static str) -> Result<(), NotGiven> {
        let done = self.world.act(who, move |tx, acting| Ok(straight::switch(tx, acting, &"bin_request".parse().unwrap(), on, why)));
        done.unwrap()
    }

    fn file(&self, pairs: &[(&str, &str)]) -> CaseNumber {
        self.world.filed("bin_request", pairs).number
    }

    /// What the job does with a case.
    fn decide(&self, number: CaseNumber) -> Result<bool, Refused> {
        let id = self.world.case(number).id;
        self.world.act(&self.clerk, move |tx, acting| straight::decide_alone(tx, acting.bureau, acting.now, id))
    }

    fn is_asked(&self, number: CaseNumber) -> bool {
        let key = self.world.case(number).id.to_string();
        let job = self.world.desk.read::<_, StoreError>(move |tx| tx.job(DECIDE, &key)).unwrap();
        job.is_some_and(|job| job.state == JobState::Open)
    }

    fn decided(&self, number: CaseNumber) -> Option<Case> {
        Some(self.world.case(number)).filter(|case| matches!(case.stage, Stage::Decided { .. }))
    }

    fn sampled(&self, number: CaseNumber) -> bool {
        let story = self.world.story(self.world.case(number).id);
        story.iter().any(|told| matches!(told.event, Event::StraightThrough { sampled: true, .. }))
    }

    /// What happened, but for what became of messages.
    fn story(&self, number: CaseNumber) -> Vec<&'static str> {
        let mut codes = self.world.story_codes(self.world.case(number).id);
        codes.retain(|code| *code != "message-fate");
        codes
    }

    fn looks_after(&self) -> Vec<CaseNumber> {
        let turns = vec![("environment".parse().unwrap(), "chief".parse().unwrap())];
        let lines = self.world.look(&self.chief, move |tx, acting| {
            Ok(page(tx, acting.staff, &Queue::LookAfter(Clone::clone(&turns)), &Narrow::default(), None, 40)?)
        });
        lines.unwrap().iter().map(|line| line.number).collect()
    }
}

store::on_both_engines! {
    fn without_a_standing_approval_nobody_decides_for_people(place: Place) {
        let c = cast(place);
        let number = c.file(BINS);
        assert!(!c.is_asked(number));
        assert!(!c.decide(number).unwrap(), "also when a job comes all the same");
        assert!(c.decided(number).is_none());
    }

    fn only_the_last_of_the_chain_gives_it_and_only_with_a_reason(place: Place) {
        let c = cast(place);
        let (head, other) = (c.world.hire("係長 一", "environment", "section_head"), c.world.hire("他課 長", "welfare", "chief"));
        for who in [&c.clerk, &head, &other] {
            assert!(matches!(c.switch(who, true, "ふえたため"), Err(NotGiven::NotFound)), "{}", who.name);
        }
        assert!(matches!(c.switch(&c.chief, true, " \n"), Err(NotGiven::ReasonDue)));
        let unknown = c.world.act(&c.chief, |tx, acting| Ok(straight::switch(tx, acting, &"tree_request".parse().unwrap(), true, "なぜなら")));
        assert!(matches!(unknown.unwrap(), Err(NotGiven::NotFound)), "a procedure whose definition says nothing of it");
        c.switch(&c.chief, true, "ふえたため").unwrap();
        let entries = "select count(*) from store_entry where what in ('straight-through-on', 'straight-through-off')";
        assert_eq!(c.world.count(&c.world.desk, entries), 1);
        c.switch(&c.chief, false, "確かめたいため").unwrap();
        c.switch(&c.chief, false, "もう一度").unwrap();
        assert_eq!(c.world.count(&c.world.desk, entries), 2, "what is off already is not turned off");
    }

    fn what_fits_is_decided_in_the_chiefs_name_and_everything_follows(place: Place) {
        let c = cast(place);
        c.switch(&c.chief, true, "ふえたため").unwrap();
        let own = c.world.filed("bin_request", BINS);
        assert!(c.is_asked(own.number));
        assert!(c.decide(own.number).unwrap());
        let case = c.decided(own.number).expect("decided");
        let Stage::Decided { proposal, approvals, on, .. } = &case.stage else { unreachable!() };
        assert_eq!((proposal.outcome.as_str(), proposal.by, *on), ("lend", c.chief.id, c.world.today()));
        assert_eq!((approvals.len(), approvals[0].by, approvals[0].role.as_str()), (1, c.chief.id, "chief"));
        let story = c.world.story(case.id);
        let named = story.iter().find_map(|told| match &told.event {
            Event::StraightThrough { criteria, .. } => Some(criteria.clone()),
            _ => None,
        });
        assert_eq!(named.unwrap(), ["三個まで", "気がかりな点がない", "台帳と違わない"]);
        let id = case.id;
        assert_eq!(c.world.desk.read(move |tx| cases::registers::due(tx, id)).unwrap(), [("ごみ箱の預かり金".to_owned(), 200)]);
        c.world.carry();
        assert!(matches!(c.world.own(own.id).state, OwnState::Decided { .. }), "the person is told");
        assert!(!c.decide(own.number).unwrap(), "a second run of the job changes nothing");
        assert_eq!(c.story(own.number), ["received", "straight-through", "decided"]);
    }

    fn what_does_not_fit_waits_for_people_and_so_does_what_somebody_has_taken(place: Place) {
        let c = cast(place);
        c.switch(&c.chief, true, "ふえたため").unwrap();
        let many = c.file(&with(BINS, &[("bins", "4")]));
        let without_phone: Vec<(&str, &str)> = BINS.iter().copied().filter(|(name, _)| *name != "phone").collect();
        let warned = c.file(&without_phone);
        let unknown = c.file(&with(BINS, &[("known", "yes")]));
        for number in [many, warned, unknown] {
            assert!(!c.decide(number).unwrap());
            let codes = c.story(number);
            assert_eq!(codes, ["received"], "nothing says that it was looked at");
        }
        let taken = c.file(BINS);
        let seen = c.world.case(taken).row;
        c.world.act(&c.clerk, move |tx, acting| verbs::claim(tx, acting, taken, seen)).unwrap();
        assert!(!c.decide(taken).unwrap(), "somebody works on it");
        let withdrawn = c.world.filed("bin_request", BINS);
        c.world.withdraw(withdrawn.id).unwrap();
        c.world.carry();
        assert!(!c.decide(withdrawn.number).unwrap());
    }

    fn the_registry_is_asked_where_the_applicant_is_known(place: Place) {
        let c = cast(place);
        c.switch(&c.chief, true, "ふえたため").unwrap();
        c.world.desk.write::<_, StoreError>(|tx| registry::rows::put(tx, &hanako_registered()).map(drop)).unwrap();
        let identify = |number: CaseNumber| {
            let seen = c.world.case(number).row;
            c.world.act(&c.clerk, move |tx, acting| verbs::identify(tx, acting, number, seen, Some(hanako_registered().id))).unwrap();
        };
        let known = with(BINS, &[("known", "yes"), ("address.text", "見本県見本市緑町3-12-5")]);
        let same = c.file(&known);
        assert!(!c.decide(same).unwrap(), "nobody knows who it is");
        identify(same);
        assert!(c.decide(same).unwrap(), "an address is the same however it is written");
        let moved = c.file(&with(&known, &[("address.text", "見本県見本市中央1-2-3")]));
        identify(moved);
        assert!(!c.decide(moved).unwrap());
    }

    fn the_first_of_each_day_is_looked_at_afterwards(place: Place) {
        let c = cast(place);
        c.switch(&c.chief, true, "ふえたため").unwrap();
        let numbers = [c.file(BINS), c.file(BINS)];
        assert!(numbers.iter().all(|number| c.decide(*number).unwrap()));
        assert_eq!(numbers.map(|number| c.sampled(number)), [true, false], "the folder samples none of a hundred, but always the first");
        assert_eq!(c.looks_after(), [numbers[0]]);
        let (number, seen) = (numbers[0], c.world.case(numbers[0]).row);
        c.world.act(&c.chief, move |tx, acting| decide::look_afterwards(tx, acting, number, seen)).unwrap();
        assert_eq!(c.looks_after(), []);
        c.world.days_later(1);
        let next = c.file(BINS);
        assert!(c.decide(next).unwrap() && c.sampled(next));
    }

    fn it_ends_with_the_post_of_who_stands_for_it(place: Place) {
        let c = cast(place);
        let leaving = c.world.hire_until("後任 なし", "environment", "chief", c.world.today());
        c.switch(&leaving, true, "ふえたため").unwrap();
        assert!(c.decide(c.file(BINS)).unwrap());
        c.world.days_later(1);
        let number = c.file(BINS);
        assert!(!c.decide(number).unwrap(), "another chief is there, but did not approve of it");
        c.switch(&c.chief, true, "引き継いだため").unwrap();
        assert!(c.decide(number).unwrap());
    }
}

fn hanako_registered() -> Resident {
    Resident {
        id: ResidentId::new(Uuid::from_u128(7)),
        number: "0000000007".into(),
        household: Some(HouseholdId::new(Uuid::from_u128(70))),
        place: 1,
        relation: "head".into(),
        name: PersonName::parse("佐藤 花子").unwrap(),
        born: date(1990, 8, 2),
        sex: Sex::NotStated,
        address: Address { postal_code: None, line: "見本県見本市緑町3丁目12番5号".into(), building: None },
        phone: Some("090-0000-0001".into()),
        mail: None,
        state: State::Resident,
        since: date(1990, 8, 2),
        protected_until: None,
        residence: None,
    }
}
