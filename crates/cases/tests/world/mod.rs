//! The town in which this room's tests play: 見本市 with two faces and a hatch between them, a clock that stands until it is moved, residents
//! who type and staff who hold posts. Chance is a counter, so that each run is the same.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::{
    cell::Cell,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use access::{CaseId, Post, Staff, StaffId, current::Current, staff};
use cases::{
    Case, CaseNumber, Channel, FilingRefused,
    draft::{Draft, DraftId, Owner},
    event::{Event, Told, Who},
    filing::{self, Candidates, Corrected, DraftIds, Terms},
    own::{OwnCase, Seen},
    parcel::{self, Down, Up},
    receiving::DeskReceiver,
    told::PortalReceiver,
    verbs::{self, Acting, Refused},
};
use definitions::{
    answer::{Answer, Answers},
    procedure::{Identity, Procedure, Session, Version},
    text::Language,
    town::Town,
    typed::Typed,
};
use jiff::{Timestamp, ToSpan, civil::Date};
use letters::Bureau;
use registry::known::PortalFacts;
use serde::de::DeserializeOwned;
use store::{
    Desk, Parcel, Portal, Read, Row, Write,
    files::Files,
    hatch::Receiver,
    keys::{Face, Keys},
    params,
    testing::Place,
};

/// 24 November 2026, a Tuesday, 10:48 in Japan.
pub fn morning() -> Timestamp {
    "2026-11-24T01:48:00Z".parse().unwrap()
}

pub fn town() -> Town {
    Town::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../cases/tests/town")))
        .unwrap_or_else(|problems| panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// What somebody does at the desk.
pub type Verb = Box<dyn Fn(&Write<'_>, &Acting<'_>) -> Result<Case, Refused> + Send>;

pub struct World {
    pub portal: Portal,
    pub desk: Desk,
    pub town: Current<Town>,
    /// The portal's keys.
    /// Each face has its own keys: what one seals for itself, the other does not open.
    pub keys: Arc<Keys>,
    pub desk_keys: Arc<Keys>,
    pub files: Files,
    now: Cell<Timestamp>,
    chance: AtomicU64,
}

/// What 佐藤花子 types to see a contract.
pub const HANAKO: &[(&str, &str)] = &[
    ("requester", "person"),
    ("name", "佐藤 花子"),
    ("kana", "サトウ ハナコ"),
    ("address.postal", "100-0001"),
    ("address.text", "見本県見本市中央1-2-3"),
    ("phone", "090-0000-0001"),
    ("mail", "hanako@example.jp"),
    ("documents", "中央公園の改修工事の契約書"),
    ("items.0.title", "工事請負契約書"),
    ("way", "view"),
];

/// What 田中太郎, who has neither telephone nor mail, types.
pub const TARO: &[(&str, &str)] =
    &[("requester", "person"), ("name", "田中 太郎"), ("documents", "議会の議事録の全部"), ("items.0.title", "議事録"), ("way", "view")];

pub fn hanako() -> Owner {
    Owner { session: "a".repeat(64), account: None }
}

pub fn another() -> Owner {
    Owner { session: "b".repeat(64), account: None }
}

/// See [`World::window`].
pub struct Window {
    portal: Portal,
    town: Arc<Town>,
    keys: Arc<Keys>,
    now: Timestamp,
}

impl Window {
    /// In a writing transaction, as pages run their verbs.
    pub fn act<T: Send + 'static>(
        &self,
        act: impl Fn(&Write<'_>, &Terms<'_>) -> Result<T, FilingRefused> + Send + 'static,
    ) -> Result<T, FilingRefused> {
        let (town, keys, now) = (self.town.clone(), self.keys.clone(), self.now);
        self.portal.write(move |tx| in_a_transaction(tx, &town, &keys, now, &act))
    }

    /// As 申請する alone is run.
    pub fn act_relaxed<T: Send + 'static>(
        &self,
        act: impl Fn(&Write<'_>, &Terms<'_>) -> Result<T, FilingRefused> + Send + 'static,
    ) -> Result<T, FilingRefused> {
        let (town, keys, now) = (self.town.clone(), self.keys.clone(), self.now);
        self.portal.write_relaxed(move |tx| in_a_transaction(tx, &town, &keys, now, &act))
    }

    /// Posts one page of the form.
    pub fn save(&self, draft: DraftId, owner: &Owner, page: &'static str, typed: Typed) -> Result<(), FilingRefused> {
        let owner = owner.clone();
        self.act(move |tx, terms| {
            filing::save_page(tx, terms, draft, &owner, &page.parse().unwrap(), |draft, page| draft.post_page(&page.fields, &typed))?;
            Ok(())
        })
    }

    /// The last tap.
    pub fn file(&self, draft: DraftId, seen: Version, candidates: Candidates) -> Result<OwnCase, FilingRefused> {
        self.act_relaxed(move |tx, terms| filing::file(tx, terms, draft, &hanako(), &seen, Channel::Online, &candidates))
    }
}

fn in_a_transaction<T>(
    tx: &Write<'_>,
    town: &Arc<Town>,
    keys: &Keys,
    now: Timestamp,
    act: &impl Fn(&Write<'_>, &Terms<'_>) -> Result<T, FilingRefused>,
) -> Result<T, FilingRefused> {
    let facts = PortalFacts::of(tx, town, None, None, cases::clock::day(now))?;
    let assurance = access::Assurance { identity: Identity::SelfAsserted, session: Session::None };
    act(tx, &Terms { town, keys, facts: &facts, assurance, now })
}

impl World {
    pub fn new(place: &Place) -> World {
        World::with(place, &[], &[])
    }

    /// The same with the tables of rooms above this one, at the portal and at the desk.
    pub fn with(place: &Place, more_portal: &[store::Migration], more_desk: &[store::Migration]) -> World {
        let (keys, desk_keys) = (store::testing::keys().face(Face::Portal).unwrap(), store::testing::keys().face(Face::Desk).unwrap());
        let portal = [
            access::PORTAL_MIGRATIONS,
            registry::PORTAL_MIGRATIONS,
            letters::PORTAL_MIGRATIONS,
            messages::PORTAL_MIGRATIONS,
            cases::PORTAL_MIGRATIONS,
            more_portal,
        ];
        let desk = [access::DESK_MIGRATIONS, registry::DESK_MIGRATIONS, letters::DESK_MIGRATIONS, cases::DESK_MIGRATIONS, more_desk];
        World {
            portal: Portal::new(place.open("portal", &portal.concat())),
            desk: Desk::new(place.open("desk", &desk.concat())),
            town: Current::new(town()),
            files: Files::open(&place.folder().join("files"), keys.clone()).unwrap(),
            keys: Arc::new(keys),
            desk_keys: Arc::new(desk_keys),
            now: Cell::new(morning()),
            chance: AtomicU64::new(1),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    pub fn today(&self) -> Date {
        cases::clock::day(self.now())
    }

    pub fn minutes_later(&self, minutes: i64) {
        self.now.set(self.now() + minutes.minutes());
    }

    pub fn days_later(&self, days: i64) {
        self.minutes_later(days * 24 * 60);
    }

    fn drawn(&self) -> uuid::Uuid {
        let next = self.chance.fetch_add(1, Ordering::Relaxed);
        uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | u128::from(next))
    }

    pub fn candidates(&self) -> Candidates {
        Candidates(std::array::from_fn(|_| self.number()))
    }

    pub fn number(&self) -> CaseNumber {
        let bytes = self.chance.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        CaseNumber::draw([bytes[2], bytes[3], bytes[4], bytes[5] + 7, bytes[6], bytes[7]])
    }

    // ─── Residents ───

    /// Runs something in a resident's writing transaction.
    pub fn resident<T: Send + 'static>(
        &self,
        act: impl Fn(&Write<'_>, &Terms<'_>) -> Result<T, FilingRefused> + Send + 'static,
    ) -> Result<T, FilingRefused> {
        self.window().act(act)
    }

    /// One window of a resident's browser, for a thread of its own.
    pub fn window(&self) -> Window {
        Window { portal: self.portal.clone(), town: self.town.current(), keys: self.keys.clone(), now: self.now() }
    }

    /// What a draft holds now.
    pub fn typed_in(&self, draft: DraftId) -> Typed {
        self.resident(move |tx, terms| filing::own_draft(tx, terms.keys, draft, &hanako()).map(|draft| draft.typed)).unwrap()
    }

    pub fn begin(&self, procedure: &'static str, owner: &Owner) -> Result<Draft, FilingRefused> {
        let (owner, draft, case) = (owner.clone(), DraftId(self.drawn()), CaseId::new(self.drawn()));
        self.resident(move |tx, terms| {
            let ids = DraftIds { draft, case };
            filing::begin(tx, terms, &procedure.parse().unwrap(), &owner, Language::Ja, &ids, &Typed::default())
        })
    }

    /// Posts one page of the form.
    pub fn save(&self, draft: DraftId, owner: &Owner, page: &'static str, typed: Typed) -> Result<(), FilingRefused> {
        self.window().save(draft, owner, page, typed)
    }

    /// Begins a draft and types into every page.
    pub fn typed(&self, procedure: &'static str, owner: &Owner, pairs: &[(&str, &str)]) -> Draft {
        let draft = self.begin(procedure, owner).unwrap();
        let typed = self::typed(pairs);
        let (id, of) = (draft.id, owner.clone());
        self.resident(move |tx, terms| {
            let pages: Vec<_> = terms.town.procedures[procedure].pages.keys().cloned().collect();
            for page in pages {
                filing::save_page(tx, terms, id, &of, &page, |draft, page| draft.post_page(&page.fields, &typed))?;
            }
            Ok(())
        })
        .unwrap();
        draft
    }

    pub fn version(&self, procedure: &str) -> Version {
        self.town.current().procedures[procedure].version.clone()
    }

    pub fn file(&self, draft: &Draft, owner: &Owner) -> Result<OwnCase, FilingRefused> {
        self.file_seen(draft, owner, self.version(draft.procedure.as_str()))
    }

    pub fn file_seen(&self, draft: &Draft, owner: &Owner, seen: Version) -> Result<OwnCase, FilingRefused> {
        let (id, owner, candidates) = (draft.id, owner.clone(), self.candidates());
        self.resident(move |tx, terms| filing::file(tx, terms, id, &owner, &seen, Channel::Online, &candidates))
    }

    /// Types and files, and brings it to the desk.
    pub fn filed(&self, procedure: &'static str, pairs: &[(&str, &str)]) -> OwnCase {
        let draft = self.typed(procedure, &hanako(), pairs);
        let own = self.file(&draft, &hanako()).unwrap_or_else(|refused| panic!("{refused:?}"));
        self.carry();
        own
    }

    pub fn correct(&self, case: CaseId, pairs: &[(&str, &str)]) -> Result<OwnCase, FilingRefused> {
        let typed = self::typed(pairs);
        self.resident(move |tx, terms| {
            filing::correct(tx, terms, &hanako(), case, &Corrected { typed: typed.clone(), ..Corrected::default() })
        })
    }

    pub fn withdraw(&self, case: CaseId) -> Result<OwnCase, FilingRefused> {
        self.resident(move |tx, terms| filing::withdraw(tx, terms, &hanako(), case))
    }

    pub fn write(&self, case: CaseId, id: &'static str, text: &str) -> Result<(), FilingRefused> {
        let (own, text) = (self.own(case), text.to_owned());
        self.resident(move |tx, terms| filing::write(tx, terms, &hanako(), &own, id, &text))
    }

    /// The person's own copy as it is stored.
    pub fn own(&self, case: CaseId) -> OwnCase {
        self.find_own(case).expect("the person has a copy")
    }

    pub fn find_own(&self, case: CaseId) -> Option<OwnCase> {
        let sql = "select id, number, account, procedure, version, language, filed_at, step, department, hear_by, turn, answers, contacts, \
            state from own_case where id = $1";
        let row = self.portal.read(move |tx| tx.first(sql, params![case.to_string()])).unwrap()?;
        let text = |at: usize| row.get::<String>(at).unwrap();
        Some(OwnCase {
            id: text(0).parse().unwrap(),
            number: text(1).parse().unwrap(),
            account: row.get(2).unwrap(),
            procedure: text(3).parse().unwrap(),
            version: Version(text(4)),
            language: Language::from_code(&text(5)).unwrap(),
            filed_at: row.get(6).unwrap(),
            step: row.get::<Option<String>>(7).unwrap().map(|step| step.parse().unwrap()),
            department: text(8).parse().unwrap(),
            hear_by: row.get::<Option<String>>(9).unwrap().map(|day| day.parse().unwrap()),
            turn: row.get(10).unwrap(),
            answers: self.opened(&row, 11, "own_case.answers"),
            contacts: self.opened(&row, 12, "own_case.contacts"),
            state: self.opened(&row, 13, "own_case.state"),
        })
    }

    /// What the person reads on the case's page, oldest first.
    pub fn seen(&self, case: CaseId) -> Vec<Seen> {
        let sql = "select news from own_event where case_id = $1 order by seq";
        let rows = self.portal.read(move |tx| tx.all(sql, params![case.to_string()])).unwrap();
        rows.iter().map(|row| self.opened(row, 0, "own_event.news")).collect()
    }

    fn opened<T: DeserializeOwned>(&self, row: &Row, at: usize, purpose: &'static str) -> T {
        let keys = if purpose.starts_with("own") { &self.keys } else { &self.desk_keys };
        serde_json::from_slice(&keys.unseal(purpose, &row.get::<Vec<u8>>(at).unwrap()).unwrap()).unwrap()
    }

    // ─── Staff ───

    /// Enters someone in the directory with one post until the fiscal year's end.
    pub fn hire(&self, name: &str, department: &str, role: &str) -> Staff {
        self.hire_until(name, department, role, staff::end_of_fiscal_year(self.today()))
    }

    pub fn hire_until(&self, name: &str, department: &str, role: &str, until: Date) -> Staff {
        let post = Post { department: department.parse().unwrap(), role: role.parse().unwrap(), from: self.today(), until };
        let id = StaffId::new(self.drawn());
        let new = staff::NewStaff { id, login: format!("s{}", id.uuid().simple()), name: name.to_owned(), posts: vec![post] };
        let now = self.now();
        self.desk.write(move |tx| staff::add(tx, &new, "town", now)).unwrap();
        self.as_of_today(id)
    }

    /// Somebody is away from today for so many further days.
    pub fn away(&self, who: &Staff, days: i64) {
        let (who, town, today, now, id) = (who.clone(), self.town.current(), self.today(), self.now(), self.drawn().to_string());
        let absence = staff::absence::Absence { id, staff: who.id, from: today, until: today + days.days(), entered_by: who.id };
        self.desk.write(move |tx| staff::absence::enter(tx, &who, &town, &absence, today, now)).unwrap();
    }

    /// The same person as they are today.
    pub fn as_of_today(&self, id: StaffId) -> Staff {
        let (town, today) = (self.town.current(), self.today());
        self.desk.read(move |tx| staff::directory::as_of(tx, id, &town, today)).unwrap().expect("they work here")
    }

    fn bureau(&self) -> Bureau {
        Bureau { town: self.town.current(), keys: self.desk_keys.clone(), portal: "https://mihon.example".to_owned() }
    }

    /// Does something at the desk in this person's name.
    pub fn act<T: Send + 'static>(
        &self,
        who: &Staff,
        verb: impl Fn(&Write<'_>, &Acting<'_>) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let (staff, bureau, now) = (who.clone(), self.bureau(), self.now());
        self.desk.write(move |tx| verb(tx, &Acting::new(&staff, &bureau, now)))
    }

    /// The same from another thread: what this person does whenever it is called.
    pub fn actor(&self, who: &Staff) -> impl FnOnce(Verb) -> Result<Case, Refused> + Send + 'static {
        let (staff, bureau, now, desk) = (who.clone(), self.bureau(), self.now(), self.desk.clone());
        move |verb| desk.write(move |tx| verb(tx, &Acting::new(&staff, &bureau, now)))
    }

    pub fn look<T: Send + 'static>(
        &self,
        who: &Staff,
        look: impl Fn(&Read<'_>, &Acting<'_>) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let (staff, bureau, now) = (who.clone(), self.bureau(), self.now());
        self.desk.read(move |tx| look(tx, &Acting::new(&staff, &bureau, now)))
    }

    /// The case as the desk has it.
    pub fn case(&self, number: CaseNumber) -> Case {
        self.find_case(number).expect("the desk has the case").0
    }

    pub fn find_case(&self, number: CaseNumber) -> Option<(Case, Procedure)> {
        let all = self.inspector();
        match self.look(&all, move |tx, acting| verbs::read(tx, acting, number)) {
            Ok(found) => Some(found),
            Err(Refused::NotFound) => None,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// Somebody who may look at everything, not in the directory.
    fn inspector(&self) -> Staff {
        let listed = staff::directory::Listed {
            id: StaffId::new(uuid::Uuid::nil()),
            login: "i".into(),
            name: "監査".into(),
            active: true,
            is_set_up: true,
            last: None,
        };
        let post =
            Post { department: "general_affairs".parse().unwrap(), role: "inspector".parse().unwrap(), from: Date::MIN, until: Date::MAX };
        Staff::new(&listed, &[post], &self.town.current(), self.today(), "0".repeat(64).parse().unwrap(), String::new())
    }

    /// The desk's story of a case.
    pub fn story(&self, case: CaseId) -> Vec<Told> {
        let sql = "select turn, at, who, event from case_event where case_id = $1 order by turn";
        let rows = self.desk.read(move |tx| tx.all(sql, params![case.to_string()])).unwrap();
        let told = |row: &Row| Told {
            turn: row.get(0).unwrap(),
            at: row.get(1).unwrap(),
            who: Who::from_code(&row.get::<String>(2).unwrap()),
            event: opened_with::<Event>(&self.desk_keys, row, 3, "case_event.event"),
        };
        rows.iter().map(told).collect()
    }

    pub fn story_codes(&self, case: CaseId) -> Vec<&'static str> {
        self.story(case).iter().map(|told| told.event.code()).collect()
    }

    // ─── The hatch ───

    pub fn desk_receiver(&self) -> Arc<dyn Receiver> {
        Arc::new(DeskReceiver { town: self.town.clone(), keys: self.desk_keys.clone(), clock: access::Clock::fixed(self.now()) })
    }

    pub fn portal_receiver(&self) -> Arc<dyn Receiver> {
        Arc::new(PortalReceiver { town: self.town.clone(), keys: self.keys.clone(), files: self.files.clone() })
    }

    /// Carries both ways until nothing is left. On PostgreSQL a message gets its number a moment after the commit.
    pub fn carry(&self) {
        let numbered = |store: &store::Store| {
            let sql = "select count(*) from store_message m where not exists (select 1 from store_number n where n.message = m.serial)";
            store.read(move |tx| tx.first(sql, params![])).unwrap().unwrap().get::<i64>(0).unwrap() == 0
        };
        let (up, down) = ([self.desk_receiver()], [self.portal_receiver()]);
        store::testing::until("the hatch is empty", || {
            let all_numbered = numbered(&self.portal) && numbered(&self.desk);
            let moved = store::hatch::carry_all(&self.portal, &self.desk, &up, &down).unwrap();
            moved == 0 && all_numbered
        });
    }

    /// Hands a parcel to the desk past the hatch, as one that was resumed from the dead letters or came twice.
    pub fn hand_up(&self, up: &Up) -> Result<(), store::hatch::Failure> {
        let (receiver, parcel) = (self.desk_receiver(), in_parcel(&self.keys, Face::Desk, parcel::UP, up));
        self.desk.write(move |tx| receiver.receive(tx, &parcel))
    }

    pub fn hand_down(&self, down: &Down) -> Result<(), store::hatch::Failure> {
        let (receiver, parcel) = (self.portal_receiver(), in_parcel(&self.desk_keys, Face::Portal, parcel::DOWN, down));
        self.portal.write(move |tx| receiver.receive(tx, &parcel))
    }

    /// Parcels that are on their way or were, of one kind, oldest first.
    pub fn parcels(&self, store: &store::Store, kind: &'static str) -> Vec<Parcel> {
        let sql = "select kind, id, body from store_message where kind = $1 order by serial";
        let rows = store.read(move |tx| tx.all(sql, params![kind])).unwrap();
        rows.iter().map(|row| Parcel { kind: row.get(0).unwrap(), id: row.get(1).unwrap(), body: row.get(2).unwrap() }).collect()
    }

    /// What the residents' side sent up, oldest first.
    pub fn ups(&self) -> Vec<Up> {
        self.parcels(&self.portal, parcel::UP).iter().map(|parcel| parcel::opened(&self.desk_keys, &parcel.body).unwrap()).collect()
    }

    /// What the desk sent down, oldest first.
    pub fn downs(&self) -> Vec<Down> {
        self.parcels(&self.desk, parcel::DOWN).iter().map(|parcel| parcel::opened(&self.keys, &parcel.body).unwrap()).collect()
    }

    pub fn dead(&self) -> Vec<store::hatch::DeadParcel> {
        self.desk.read(|tx| tx.dead_parcels(100)).unwrap()
    }

    pub fn count(&self, store: &store::Store, sql: &'static str) -> i64 {
        store.read(move |tx| tx.first(sql, params![])).unwrap().unwrap().get(0).unwrap()
    }
}

fn in_parcel<T: serde::Serialize>(keys: &Keys, to: Face, kind: &str, message: &T) -> Parcel {
    Parcel { kind: kind.to_owned(), id: "by-hand".to_owned(), body: parcel::sealed(keys, to, message).unwrap() }
}

fn opened_with<T: DeserializeOwned>(keys: &Keys, row: &Row, at: usize, purpose: &'static str) -> T {
    serde_json::from_slice(&keys.unseal(purpose, &row.get::<Vec<u8>>(at).unwrap()).unwrap()).unwrap()
}

/// Makes a file look as if it had lain in its folder for two days.
pub fn two_days_old(folder: &Path, file: &store::files::FileRef) {
    let address = file.address();
    let path = folder.join(&address[..2]).join(&address[2..4]).join(address);
    let then = std::time::SystemTime::now() - std::time::Duration::from_secs(2 * 24 * 3600);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
}

pub fn typed(pairs: &[(&str, &str)]) -> Typed {
    Typed::from_pairs(pairs.iter().copied()).unwrap()
}

/// These with some answered otherwise or more.
pub fn with<'a>(pairs: &[(&'a str, &'a str)], others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = pairs.iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    kept.chain(others).copied().collect()
}

pub fn answers(pairs: &[(&str, &str)]) -> Answers {
    let mut answers = Answers::default();
    for (id, text) in pairs {
        answers.insert(id.parse().unwrap(), Answer::Text((*text).to_owned()));
    }
    answers
}
