//! The town in which this room's desk is tried: 見本市 as its folder stands, two faces with a hatch between them, a clock that stands until it is moved.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::{cell::Cell, path::Path, sync::Arc};

use access::{CaseId, Post, Staff, StaffId, current::Current, staff};
use cases::{
    Case, CaseNumber, Channel,
    draft::{DraftId, Owner},
    filing::{self, Candidates, DraftIds, Terms},
    own::OwnCase,
    receiving::DeskReceiver,
    told::PortalReceiver,
    verbs::{self, Acting, Refused, StepDone},
};
use definitions::{
    answer::Answers,
    procedure::{Identity, Session},
    round::Round,
    text::Language,
    town::Town,
    typed::Typed,
};
use jiff::{Timestamp, civil::Date};
use letters::Bureau;
use registry::known::PortalFacts;
use rounds::verbs::NotNow;
use serde_json::{Value, json};
use store::{
    Desk, Portal, Read, Write,
    files::Files,
    hatch::Receiver,
    keys::{Face, Keys},
    params,
    testing::Place,
};

pub struct World {
    pub portal: Portal,
    pub desk: Desk,
    pub town: Current<Town>,
    pub keys: Arc<Keys>,
    pub desk_keys: Arc<Keys>,
    files: Files,
    now: Cell<Timestamp>,
    chance: Cell<u64>,
}

/// 24 November 2026, 10:48 in Japan: the April round is open.
pub fn morning() -> Timestamp {
    "2026-11-24T01:48:00Z".parse().unwrap()
}

impl World {
    pub fn new(place: &Place) -> World {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns/mihon");
        let town =
            Town::load(&folder).unwrap_or_else(|problems| panic!("{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>()));
        let (keys, desk_keys) = (store::testing::keys().face(Face::Portal).unwrap(), store::testing::keys().face(Face::Desk).unwrap());
        let portal = [
            access::PORTAL_MIGRATIONS,
            registry::PORTAL_MIGRATIONS,
            letters::PORTAL_MIGRATIONS,
            messages::PORTAL_MIGRATIONS,
            cases::PORTAL_MIGRATIONS,
            rounds::PORTAL_MIGRATIONS,
        ];
        let desk =
            [access::DESK_MIGRATIONS, registry::DESK_MIGRATIONS, letters::DESK_MIGRATIONS, cases::DESK_MIGRATIONS, rounds::DESK_MIGRATIONS];
        let world = World {
            portal: Portal::new(place.open("portal", &portal.concat())),
            desk: Desk::new(place.open("desk", &desk.concat())),
            town: Current::new(town),
            files: Files::open(&place.folder().join("files"), keys.clone()).unwrap(),
            keys: Arc::new(keys),
            desk_keys: Arc::new(desk_keys),
            now: Cell::new(morning()),
            chance: Cell::new(1),
        };
        let town = world.town.current();
        world.desk.write(move |tx| cases::receiving::keep_definitions(tx, &town)).unwrap();
        world
    }

    pub fn round(&self) -> Arc<Round> {
        self.town.current().rounds["nursery_april"].clone()
    }

    pub fn set(&self, now: &str) {
        self.now.set(now.parse().unwrap());
    }

    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    fn today(&self) -> Date {
        cases::clock::day(self.now())
    }

    fn chance(&self) -> u64 {
        self.chance.set(self.chance.get() + 1);
        self.chance.get()
    }

    fn drawn(&self) -> uuid::Uuid {
        uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | u128::from(self.chance()))
    }

    /// Files for places in April and brings it to the desk.
    pub fn filed(&self, answers: Value) -> OwnCase {
        self.filed_for("nursery_admission", answers)
    }

    /// Files under a procedure and brings it to the desk.
    pub fn filed_for(&self, procedure: &'static str, answers: Value) -> OwnCase {
        let (owner, draft, case) = (Owner { session: "a".repeat(64), account: None }, DraftId(self.drawn()), CaseId::new(self.drawn()));
        let candidates = Candidates(std::array::from_fn(|_| {
            let bytes = self.chance().to_be_bytes();
            CaseNumber::draw([bytes[2], bytes[3], bytes[4], bytes[5] + 7, bytes[6], bytes[7]])
        }));
        let answers: Answers = serde_json::from_value(answers).unwrap();
        let typed = Typed::of_answers(&answers);
        let (town, keys, now) = (self.town.current(), self.keys.clone(), self.now());
        let own = self.portal.write(move |tx| {
            let facts = PortalFacts::of(tx, &town, None, None, cases::clock::day(now))?;
            let assurance = access::Assurance { identity: Identity::SelfAsserted, session: Session::Contact };
            let terms = Terms { town: &town, keys: &keys, facts: &facts, assurance, now };
            let id = procedure.parse().unwrap();
            filing::begin(tx, &terms, &id, &owner, Language::Ja, &DraftIds { draft, case }, &Typed::default())?;
            let definition = &town.procedures[procedure];
            for page in definition.pages.keys() {
                filing::save_page(tx, &terms, draft, &owner, page, |draft, page| draft.post_page(&page.fields, &typed))?;
            }
            filing::file(tx, &terms, draft, &owner, &definition.version.clone(), Channel::Online, &candidates)
        });
        let own = own.unwrap_or_else(|refused| panic!("{refused:?}"));
        self.carry();
        own
    }

    /// Works a case up to its proposal, as the clerk does before the round closes.
    pub fn worked(&self, clerk: &Staff, number: CaseNumber) {
        while self.case(number).stage.step().is_some_and(|step| step.as_str() != "propose") {
            let case = self.case(number);
            let mut done = StepDone::default();
            if case.stage.step().unwrap().as_str() == "need" {
                done.noted = serde_json::from_value(json!({ "category": { "choice": "three" } })).unwrap();
            }
            self.act(clerk, move |tx, acting| Ok(verbs::advance(tx, acting, number, case.row, done.clone())?)).unwrap();
        }
    }

    pub fn case(&self, number: CaseNumber) -> Case {
        let keys = self.desk_keys.clone();
        self.desk.read(move |tx| cases::gathered::by_number(tx, &keys, number)).unwrap().unwrap()
    }

    pub fn hire(&self, name: &str, role: &str) -> Staff {
        self.hire_in(name, "childcare", role)
    }

    pub fn hire_in(&self, name: &str, department: &str, role: &str) -> Staff {
        let until = staff::end_of_fiscal_year(self.today());
        let post = Post { department: department.parse().unwrap(), role: role.parse().unwrap(), from: self.today(), until };
        let id = StaffId::new(self.drawn());
        let new = staff::NewStaff { id, login: format!("s{}", id.uuid().simple()), name: name.to_owned(), posts: vec![post] };
        let now = self.now();
        self.desk.write(move |tx| staff::add(tx, &new, "town", now)).unwrap();
        let (town, today) = (self.town.current(), self.today());
        self.desk.read(move |tx| staff::directory::as_of(tx, id, &town, today)).unwrap().unwrap()
    }

    fn bureau(&self) -> Bureau {
        Bureau { town: self.town.current(), keys: self.desk_keys.clone(), portal: "https://mihon.example".to_owned() }
    }

    pub fn act<T: Send + 'static>(
        &self,
        who: &Staff,
        verb: impl Fn(&Write<'_>, &Acting<'_>) -> Result<T, NotNow> + Send + 'static,
    ) -> Result<T, NotNow> {
        let (staff, bureau, now) = (who.clone(), self.bureau(), self.now());
        self.desk.write(move |tx| verb(tx, &Acting::new(&staff, &bureau, now)))
    }

    pub fn look<T: Send + 'static>(&self, look: impl Fn(&Read<'_>, &Keys) -> T + Send + 'static) -> T {
        let keys = self.desk_keys.clone();
        self.desk.read(move |tx| Ok::<_, store::StoreError>(look(tx, &keys))).unwrap()
    }

    /// Carries both ways until nothing is left.
    pub fn carry(&self) {
        let numbered = |store: &store::Store| {
            let sql = "select count(*) from store_message m where not exists (select 1 from store_number n where n.message = m.serial)";
            store.read(move |tx| tx.first(sql, params![])).unwrap().unwrap().get::<i64>(0).unwrap() == 0
        };
        let clock = access::Clock::fixed(self.now());
        let mut up: Vec<Arc<dyn Receiver>> =
            vec![Arc::new(DeskReceiver { town: self.town.clone(), keys: self.desk_keys.clone(), clock: clock.clone() })];
        up.extend(rounds::desk_receivers(&self.town, &self.desk_keys, &clock));
        let mut down: Vec<Arc<dyn Receiver>> =
            vec![Arc::new(PortalReceiver { town: self.town.clone(), keys: self.keys.clone(), files: self.files.clone() })];
        down.extend(rounds::portal_receivers(&self.keys));
        store::testing::until("the hatch is empty", || {
            let all_numbered = numbered(&self.portal) && numbered(&self.desk);
            store::hatch::carry_all(&self.portal, &self.desk, &up, &down).unwrap() == 0 && all_numbered
        });
    }

    /// Takes a round from its closing to its announcement: scored, allocated, looked through, proposed, approved.
    pub fn announced(&self, round: &Arc<Round>, clerk: &Staff, chief: &Staff, (closed, day): (&str, &str), seed: &str) {
        use rounds::{result::Announcing, rows, verbs as steps};
        self.set(closed);
        let (of, seed) = (Arc::clone(round), seed.parse::<rounds::lots::Seed>().unwrap());
        self.act(clerk, move |tx, acting| {
            steps::begin_scoring(tx, acting, &of, &seed)?;
            let mut after = None;
            while let Some(next) = steps::score_some(tx, acting, &of, after)? {
                after = Some(next);
            }
            Ok(())
        })
        .unwrap();
        let held = || {
            let of = Arc::clone(round);
            self.look(move |tx, keys| steps::held(tx, keys, &of).unwrap()).expect("it was scored")
        };
        let (of, scored) = (Arc::clone(round), held());
        let allocation = steps::reckon(round, &scored);
        let ranks = rounds::waiting::ranks(&scored.contest(round), &allocation);
        let given = allocation.clone();
        let run = self.act(clerk, move |tx, acting| steps::keep_run(tx, acting, &of, &scored, &given)).unwrap();
        let of = Arc::clone(round);
        self.act(chief, move |tx, acting| steps::review(tx, acting, &of, run)).unwrap();
        let of = Arc::clone(round);
        let reckoned = allocation.clone();
        self.act(clerk, move |tx, acting| {
            for number in rows::next_of(tx, &of.id, rounds::round::Fate::Scored, 1_000)? {
                steps::propose_one(tx, acting, &of, (&reckoned, &ranks), &number)?;
            }
            steps::go_on(tx, acting, &of, rounds::round::Stage::Decided)
        })
        .unwrap();
        self.set(day);
        let news = Arc::new(Announcing::of(Arc::clone(round), held(), allocation, self.now()));
        let of = Arc::clone(round);
        self.act(chief, move |tx, acting| {
            for number in rows::next_of(tx, &of.id, rounds::round::Fate::Proposed, 1_000)? {
                steps::announce_one(tx, acting, &of, &news, &number)?;
            }
            steps::go_on(tx, acting, &of, rounds::round::Stage::Announced)
        })
        .unwrap();
        self.carry();
    }

    /// What looks after offers.
    pub fn after_offers(&self) -> rounds::later::job::AfterOffer {
        let rooms =
            [ui::words::words(), access::words(), registry::words(), letters::words(), messages::words(), cases::words(), rounds::words()];
        rounds::later::job::AfterOffer {
            desk: self.desk.clone(),
            town: self.town.clone(),
            words: Current::new(ui::words::Words::new(rooms.into_iter().flatten().copied(), []).unwrap_or_else(|bad| panic!("{bad:?}"))),
            keys: self.desk_keys.clone(),
            portal: "https://mihon.example".to_owned(),
            clock: access::Clock::fixed(self.now()),
        }
    }

    pub fn count(&self, sql: &'static str) -> i64 {
        self.desk.read(move |tx| tx.first(sql, params![])).unwrap().unwrap().get(0).unwrap()
    }
}

/// What a family answers: the hours of its guardians, its children with their birth days, its wishes, and how brothers and sisters are to be placed.
pub fn family(name: &str, hours: &[i64], born: &[&str], wishes: &[&str], siblings: Option<&str>) -> Value {
    let guardian = |hours: &i64| json!({ "guardian": { "person_name": { "family": name } }, "reason": { "choice": "work" }, "hours_a_month": { "number": hours } });
    let child = |(at, born): (usize, &&str)| json!({ "child": { "member": { "name": format!("{name} 子{at}"), "born": born } }, "now": { "choice": "home" }, "allergy": { "yes_no": false } });
    let mut answers = json!({
        "name": { "person_name": { "family": name } },
        "kana": { "kana": "サトウ" },
        "address": { "address": { "postal_code": "1000001", "line": "見本県見本市中央1-2-3" } },
        "children": { "group": born.iter().enumerate().map(child).collect::<Vec<_>>() },
        "start": { "date": "2027-04-01" },
        "hours": { "choice": "standard" },
        "guardians": { "group": hours.iter().map(guardian).collect::<Vec<_>>() },
        "wishes": { "ranked": wishes },
        "if_none": { "choice": "wait" },
        "tax_consent": "consent",
        "share_consent": "consent",
    });
    if let Some(siblings) = siblings {
        answers["siblings"] = json!({ "choice": siblings });
    }
    answers
}

/// A refusal of `cases` within one of rounds.
pub fn is_not_permitted(refused: &NotNow) -> bool {
    matches!(refused, NotNow::Refused(Refused::NotPermitted(_)))
}
