//! 見本市 with a desk, its staff and cases that were typed at the counter, decided along the chain; on both engines.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::{
    cell::Cell,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use access::{CaseId, Post, Staff, StaffId, staff};
use cases::{
    Case, CaseNumber, Channel, Contacts,
    case::Stage,
    decide::{self, Draft},
    handing,
    parcel::Filed,
    receiving,
    verbs::{self, Acting, Refused, StepDone},
};
use definitions::{
    answer::{Answer, Answers},
    facts::NoFacts,
    form,
    mapping::Mapping,
    text::Language,
    town::Town,
    typed::Typed,
};
use exchange::{
    batch::{self, Batch, NotHanded},
    import::{self, Import, State, Way},
    office::{By, Office},
    work,
};
use jiff::Timestamp;
use letters::Bureau;
use store::{
    Desk, Write,
    keys::{Face, Keys},
    params,
    testing::Place,
};
use ui::words::Words;

/// 24 November 2026, a Tuesday, 10:48 in Japan.
pub fn morning() -> Timestamp {
    "2026-11-24T01:48:00Z".parse().unwrap()
}

pub struct World {
    pub desk: Desk,
    pub office: Office,
    now: Cell<Timestamp>,
    chance: AtomicU64,
}

pub const WATER: &[(&str, &str)] = &[
    ("place.postal", "100-0001"),
    ("place.text", "見本県見本市中央1-2-3"),
    ("use", "home"),
    ("start", "2026-12-01"),
    ("part_of_day", "any"),
    ("name", "佐藤 花子"),
    ("phone", "090-1234-5678"),
    ("pay", "slip"),
    ("bill_elsewhere", "no"),
];

/// The town is read once for all tests of a file: it has some four hundred procedures.
static MIHON: std::sync::LazyLock<Arc<Town>> = std::sync::LazyLock::new(|| Arc::new(mihon()));

fn mihon() -> Town {
    Town::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns/mihon"))
        .unwrap_or_else(|problems| panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

pub fn words() -> Words {
    let rooms = [ui::words::words(), access::words(), registry::words(), cases::words(), exchange::words()];
    Words::new(rooms.into_iter().flatten().copied(), []).unwrap_or_else(|bad| panic!("{bad:?}"))
}

impl World {
    pub fn new(place: &Place) -> World {
        let keys = store::testing::keys().face(Face::Desk).unwrap();
        let desk = [
            access::DESK_MIGRATIONS,
            registry::DESK_MIGRATIONS,
            letters::DESK_MIGRATIONS,
            cases::DESK_MIGRATIONS,
            exchange::DESK_MIGRATIONS,
        ];
        World {
            desk: Desk::new(place.open("desk", &desk.concat())),
            office: Office { town: Arc::clone(&MIHON), keys: Arc::new(keys), words: Arc::new(words()), portal: String::new() },
            now: Cell::new(morning()),
            chance: AtomicU64::new(1),
        }
    }

    pub fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.office.keys)
    }

    pub fn mapping(&self, id: &str) -> Mapping {
        self.office.town.mappings[id].clone()
    }

    fn drawn(&self) -> uuid::Uuid {
        let next = self.chance.fetch_add(1, Ordering::Relaxed);
        uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | u128::from(next))
    }

    fn number(&self) -> CaseNumber {
        let bytes = self.chance.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        CaseNumber::draw([bytes[2], bytes[3], bytes[4], bytes[5] + 7, bytes[6], bytes[7]])
    }

    pub fn hire(&self, name: &str, department: &str, role: &str) -> Staff {
        let today = access::day_in_japan(self.now.get());
        let post = Post {
            department: department.parse().unwrap(),
            role: role.parse().unwrap(),
            from: today,
            until: staff::end_of_fiscal_year(today),
        };
        let id = StaffId::new(self.drawn());
        let new = staff::NewStaff { id, login: format!("s{}", id.uuid().simple()), name: name.to_owned(), posts: vec![post] };
        let now = self.now.get();
        self.desk.write(move |tx| staff::add(tx, &new, "town", now)).unwrap();
        let town = Arc::clone(&self.office.town);
        self.desk.read(move |tx| staff::directory::as_of(tx, id, &town, today)).unwrap().unwrap()
    }

    fn bureau(&self) -> Bureau {
        self.office.bureau()
    }

    pub fn act<T: Send + 'static>(
        &self,
        who: &Staff,
        verb: impl Fn(&Write<'_>, &Acting<'_>) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let (staff, bureau, now) = (who.clone(), self.bureau(), self.now.get());
        self.desk.write(move |tx| verb(tx, &Acting::new(&staff, &bureau, now)))
    }

    /// A clerk types a form that came on paper.
    pub fn filed(&self, clerk: &Staff, procedure: &str, pairs: &[(&str, &str)]) -> CaseNumber {
        let definition = Arc::clone(&self.office.town.procedures[procedure]);
        let typed = Typed::from_pairs(pairs.iter().copied()).unwrap();
        let filled = form::fill(&definition, &typed, &NoFacts, access::day_in_japan(self.now.get()));
        assert!(filled.problems.is_empty(), "{:?}", filled.problems);
        let (id, number, at) = (CaseId::new(self.drawn()), self.number(), self.now.get());
        let filing = move || Filed {
            case: id.to_string(),
            account: None,
            number: number.plain(),
            procedure: definition.id.clone(),
            version: definition.version.clone(),
            answers: filled.answers.clone(),
            warned: Vec::new(),
            channel: Channel::Paper,
            at,
            language: Language::Ja,
            contacts: Contacts::of(&definition, &filled.answers),
        };
        self.act(clerk, move |tx, acting| receiving::taken_in(tx, acting, filing(), None)).unwrap();
        number
    }

    pub fn case(&self, number: CaseNumber) -> Case {
        let keys = self.keys();
        self.desk
            .read(move |tx| -> Result<_, store::StoreError> {
                let row = tx.first("select id from case_ where number = $1", params![number.plain()])?.expect("a case");
                handing::case(tx, &keys, row.get::<String>(0)?.parse().unwrap())
            })
            .unwrap()
            .unwrap()
    }

    /// Works a case to its end.
    pub fn decided(&self, clerk: &Staff, chief: &Staff, number: CaseNumber, outcome: &str, details: &[(&str, Answer)]) {
        while self.case(number).stage.step().is_some_and(|step| step.as_str() != "propose") {
            let seen = self.case(number).row;
            self.act(clerk, move |tx, acting| verbs::advance(tx, acting, number, seen, StepDone::default())).unwrap();
        }
        let seen = self.case(number).row;
        let details: Answers = details.iter().map(|(id, answer)| (id.parse().unwrap(), answer.clone())).collect();
        let outcome = outcome.to_owned();
        let draft = move || Draft { outcome: outcome.parse().unwrap(), reason: String::new(), details: details.clone() };
        self.act(clerk, move |tx, acting| decide::propose(tx, acting, number, seen, draft())).unwrap();
        let seen = self.case(number).row;
        self.act(chief, move |tx, acting| decide::approve(tx, acting, number, seen)).unwrap();
        assert!(matches!(self.case(number).stage, Stage::Decided { .. }));
    }

    pub fn water_decided(&self, clerk: &Staff, chief: &Staff, name: &str, customer: &str) -> CaseNumber {
        let pairs: Vec<(&str, &str)> = WATER.iter().map(|(id, value)| (*id, if *id == "name" { name } else { *value })).collect();
        let number = self.filed(clerk, "water_start", &pairs);
        let details = [("number", Answer::Text(customer.to_owned())), ("start_on", Answer::Date(jiff::civil::date(2026, 12, 1)))];
        self.decided(clerk, chief, number, "opened", &details);
        number
    }

    // ─── Out ───

    pub fn begin(&self, mapping: &Mapping, by: &By) -> Result<Batch, NotHanded> {
        let (office, mapping, by, id) = (self.office.clone(), mapping.clone(), by.clone(), self.drawn().to_string());
        self.desk.write(move |tx| batch::begin(tx, &office, &mapping, &by, "係", None, &id))
    }

    pub fn go_on(&self, mapping: &Mapping, by: &By, id: &str) -> Result<Batch, NotHanded> {
        let (office, mapping, by, id) = (self.office.clone(), mapping.clone(), by.clone(), id.to_owned());
        self.desk.write(move |tx| batch::go_on(tx, &office, &mapping, &by, &id))
    }

    pub fn batch(&self, mapping: &Mapping, by: &By) -> Batch {
        let mut batch = self.begin(mapping, by).unwrap();
        while !batch.is_ready {
            batch = self.go_on(mapping, by, &batch.id).unwrap();
        }
        batch
    }

    pub fn file_of(&self, mapping: &Mapping, by: &By, batch: &Batch) -> (Vec<u8>, bool) {
        let mut bytes = Vec::new();
        let written = batch::write(&self.desk, &self.office, mapping, by, batch, &mut bytes).unwrap();
        (bytes, written.same)
    }

    // ─── In ───

    pub fn brought(&self, mapping: &Mapping, by: &By, bytes: &[u8]) -> Import {
        let digest: String =
            sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(bytes)).iter().map(|b| format!("{b:02x}")).collect();
        let new = Import {
            id: self.drawn().to_string(),
            mapping: mapping.id.clone(),
            digest,
            name: "file".to_owned(),
            by: "係".to_owned(),
            staff: by.staff(),
            made_at: self.now.get(),
            state: State::Looking,
            next_row: 0,
            taken: 0,
            same: 0,
            wrong: 0,
            bytes: 0,
        };
        let mapping = mapping.clone();
        self.desk.write(move |tx| import::enter(tx, &mapping, &new)).unwrap()
    }

    pub fn set_out(&self, import: &Import, way: Way, by: &By) {
        let (id, by) = (import.id.clone(), by.clone());
        self.desk
            .write(move |tx| -> Result<(), store::StoreError> {
                let mut import = import::by_id(tx, &id)?.unwrap();
                import::set_out(tx, &mut import, way, &by, "係")
            })
            .unwrap();
    }

    pub fn through(&self, mapping: &Mapping, by: &By, import: &Import, way: Way, bytes: &[u8]) -> Import {
        self.set_out(import, way, by);
        work::go_through(&self.desk, &self.office, mapping, by, &import.id, way, bytes, |_| {}).unwrap()
    }

    pub fn taken(&self, mapping: &Mapping, by: &By, bytes: &[u8]) -> Import {
        let import = self.brought(mapping, by, bytes);
        self.through(mapping, by, &import, Way::Take, bytes)
    }

    pub fn problems(&self, import: &Import) -> Vec<String> {
        let (office, id) = (self.office.clone(), import.id.clone());
        let found = self.desk.read(move |tx| import::problems(tx, &office, &id, 0, 1_000)).unwrap();
        found.into_iter().map(|(_, problem)| problem.to_string()).collect()
    }

    pub fn count(&self, sql: &'static str) -> i64 {
        self.desk.read(move |tx| tx.first(sql, params![])).unwrap().unwrap().get(0).unwrap()
    }
}

pub fn staff(who: &Staff) -> By {
    By::Staff(Box::new(who.clone()))
}
