//! The town in which programs ask: both faces with their routes, a hatch between them, and programs with tokens.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::{collections::BTreeSet, path::Path, sync::Arc};

use access::{
    Clock, DeskFace, PortalFace, ProgramId,
    current::Current,
    program::{self, Program, Scope, Secret},
};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request},
};
use cases::{
    CaseNumber,
    parcel::{self, Down, News},
    told::PortalReceiver,
};
use definitions::town::Town;
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{
    Desk, Parcel, Portal,
    files::Files,
    hatch::{self, Receiver},
    keys::Face,
    params,
    testing::Place,
};
use tower::ServiceExt;
use ui::words::Words;

/// 24 November 2026, a Tuesday, 10:48 in Japan.
pub fn morning() -> Timestamp {
    "2026-11-24T01:48:00Z".parse().unwrap()
}

pub fn town() -> Town {
    Town::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../cases/tests/town")))
        .unwrap_or_else(|problems| panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

pub struct World {
    pub portal: PortalFace,
    pub desk: DeskFace,
    pub clock: Clock,
    pub runtime: tokio::runtime::Runtime,
    routes: Router,
}

/// What came back.
#[derive(Debug)]
pub struct Came {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Came {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// It is this, or the test ends with what it was.
    #[track_caller]
    pub fn is(self, status: u16) -> Came {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// It is this problem, as problem details.
    #[track_caller]
    pub fn problem(self, status: u16, name: &str) -> Value {
        let came = self.is(status);
        assert_eq!(came.header("content-type"), "application/problem+json");
        let body = came.json();
        assert_eq!(body["type"], format!("/api#problem-{name}"));
        assert_eq!(body["status"], status);
        assert!(body["title"].as_str().is_some_and(|title| !title.is_empty() && !title.contains("api-problem")), "{body}");
        body
    }
}

/// The pointers of a problem's errors.
pub fn pointers(problem: &Value) -> Vec<String> {
    problem["errors"].as_array().into_iter().flatten().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
}

/// A request that is being put together.
pub struct Asking {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

pub fn ask(method: &str, path: &str) -> Asking {
    Asking { method: method.parse().unwrap(), path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
}

impl Asking {
    pub fn with(mut self, name: &str, value: &str) -> Asking {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn token(self, token: &str) -> Asking {
        self.with("authorization", &format!("Bearer {token}"))
    }

    pub fn json(mut self, body: &Value) -> Asking {
        self.body = serde_json::to_vec(body).unwrap();
        self.with("content-type", "application/json")
    }

    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Asking {
        self.body = body.into();
        self
    }

    fn request(self) -> Request<Body> {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(Body::from(self.body)).unwrap()
    }
}

impl World {
    pub fn new(place: &Place) -> World {
        World::opened(place, false)
    }

    /// A demonstration: receivers may be on this machine.
    pub fn in_demo(place: &Place) -> World {
        World::opened(place, true)
    }

    fn opened(place: &Place, demo: bool) -> World {
        let clock = Clock::fixed(morning());
        let keys = |face| Arc::new(store::testing::keys().face(face).unwrap());
        let (portal_keys, desk_keys) = (keys(Face::Portal), keys(Face::Desk));
        let rooms = [ui::words::words(), access::words(), cases::words(), api::words()];
        let words = Current::new(Words::new(rooms.into_iter().flatten().copied(), []).unwrap());
        let town = Current::new(town());
        let files = |name: &str, keys: &Arc<store::keys::Keys>| Files::open(&place.folder().join(name), (**keys).clone()).unwrap();
        let of_portal = [
            access::PORTAL_MIGRATIONS,
            registry::PORTAL_MIGRATIONS,
            letters::PORTAL_MIGRATIONS,
            messages::PORTAL_MIGRATIONS,
            cases::PORTAL_MIGRATIONS,
            api::PORTAL_MIGRATIONS,
        ];
        let of_desk =
            [access::DESK_MIGRATIONS, registry::DESK_MIGRATIONS, letters::DESK_MIGRATIONS, cases::DESK_MIGRATIONS, api::DESK_MIGRATIONS];
        let portal = PortalFace {
            store: Portal::new(place.open("portal", &of_portal.concat())),
            town: town.clone(),
            words: words.clone(),
            files: files("portal-files", &portal_keys),
            keys: portal_keys,
            clock: clock.clone(),
            demo,
            https: false,
            on_sign_in: Arc::new([]),
        };
        let desk = DeskFace {
            store: Desk::new(place.open("desk", &of_desk.concat())),
            town,
            words,
            files: files("desk-files", &desk_keys),
            keys: desk_keys,
            clock: clock.clone(),
            demo: false,
            https: false,
            passwords: Default::default(),
            doors: Arc::new([]),
            on_link: Arc::new([]),
            on_unlink: Arc::new([]),
            on_leave: Arc::new([]),
            receivers: Arc::new([]),
        };
        let current = desk.town.current();
        desk.store.write(move |tx| cases::receiving::keep_definitions(tx, &current)).unwrap();
        let routes =
            access::portal::serve(api::portal_router(), portal.clone()).merge(access::desk::serve(api::desk_router(), desk.clone()));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        World { portal, desk, clock, runtime, routes }
    }

    pub fn send(&self, asking: Asking) -> Came {
        self.runtime.block_on(Self::sent(self.routes.clone(), asking))
    }

    async fn sent(routes: Router, asking: Asking) -> Came {
        let response = routes.oneshot(asking.request()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Came { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// All of them at the same time.
    pub fn send_together(&self, asking: Vec<Asking>) -> Vec<Came> {
        let routes = self.routes.clone();
        self.runtime.block_on(async move {
            let tasks: Vec<_> = asking.into_iter().map(|one| tokio::spawn(Self::sent(routes.clone(), one))).collect();
            let mut came = Vec::new();
            for task in tasks {
                came.push(task.await.unwrap());
            }
            came
        })
    }

    /// A program with these scopes; its token is known on both sides.
    pub fn program(&self, scopes: &[Scope], procedures: &[&str]) -> (ProgramId, String) {
        let program = Program {
            id: ProgramId::draw(self.clock.now()),
            name: "試しのプログラム".into(),
            department: "general_affairs".parse().unwrap(),
            scopes: scopes.iter().copied().collect::<BTreeSet<_>>(),
            procedures: procedures.iter().map(|id| id.parse().unwrap()).collect(),
            ends_on: "2027-03-31".parse().unwrap(),
            issued_by: "staff:test".into(),
            issued_at: self.clock.now(),
            revoked_at: None,
            used_at: None,
        };
        let (id, secret) = (program.id, Secret::draw(program.id).unwrap());
        let shown = secret.shown();
        self.desk.store.write(move |tx| program::issue(tx, &program, &secret, "grant:test@x")).unwrap();
        self.carry();
        (id, shown)
    }

    /// One with every scope of the residents' side.
    pub fn able(&self) -> String {
        self.program(&[Scope::DraftsWrite, Scope::CasesFile, Scope::CasesReadOwn, Scope::CorrespondenceWrite], &[]).1
    }

    pub fn revoke(&self, id: ProgramId) {
        let now = self.clock.now();
        assert!(self.desk.store.write(move |tx| program::revoke(tx, id, "staff:test", "grant:test@x", now)).unwrap());
        self.carry();
    }

    /// Carries everything through the hatch.
    pub fn carry(&self) {
        let mut up = cases::receiving::desk_receivers(&self.desk.town, &self.desk.keys, &self.desk.files, &self.clock);
        up.extend(program::desk_receivers());
        let mut down = program::portal_receivers();
        down.push(self.receiver());
        store::testing::until("all parcels came through", || {
            hatch::carry_all(&self.portal.store, &self.desk.store, &up, &down).unwrap();
            let waits = |store: &store::Store| -> bool {
                let heads = "select count(*) from store_entry e left join store_seal s on s.entry = e.serial where s.entry is null";
                store.read(move |tx| tx.first(heads, params![])).unwrap().unwrap().get::<i64>(0).unwrap() > 0
            };
            !waits(&self.portal.store)
                && !waits(&self.desk.store)
                && hatch::carry_all(&self.portal.store, &self.desk.store, &up, &down).unwrap() == 0
        });
    }

    fn receiver(&self) -> Arc<dyn Receiver> {
        let inner =
            Arc::new(PortalReceiver { town: self.portal.town.clone(), keys: self.portal.keys.clone(), files: self.portal.files.clone() });
        Arc::new(api::webhook::TellPrograms { inner, keys: self.portal.keys.clone() })
    }

    /// The desk tells of a case.
    pub fn told(&self, number: &str, turn: i64, news: News) {
        let case = self.own(number).id;
        let down = Down { case: case.to_string(), turn, at: self.clock.now(), hear_by: None, news };
        let body = parcel::sealed(&self.desk.keys, Face::Portal, &down).unwrap();
        let (receiver, parcel) = (self.receiver(), Parcel { kind: parcel::DOWN.into(), id: format!("{case}:{turn}"), body });
        self.portal
            .store
            .write(move |tx| receiver.receive(tx, &parcel).map_err(|error| store::StoreError::Other(error.to_string())))
            .unwrap();
    }

    pub fn own(&self, number: &str) -> cases::own::OwnCase {
        let (number, keys): (CaseNumber, _) = (number.parse().unwrap(), self.portal.keys.clone());
        self.portal.store.read(move |tx| cases::own::by_number(tx, &keys, number)).unwrap().unwrap()
    }

    pub fn count(&self, table: &'static str) -> i64 {
        let sql = format!("select count(*) from {table}");
        self.portal.store.read(move |tx| tx.first(&sql, params![])).unwrap().unwrap().get(0).unwrap()
    }

    /// What the desk has of a case: its columns that do not depend on chance, and its body.
    pub fn at_desk(&self, number: &str) -> (Vec<String>, Value) {
        let sql = "select procedure, version, department, stage, applicant, kana, due, channel, body from case_ where number = $1";
        let number = number.to_owned();
        let row = self.desk.store.read(move |tx| tx.first(sql, params![&number])).unwrap().expect("the desk has the case");
        let columns = (0..8).map(|at| row.get::<String>(at).unwrap()).collect();
        let body = self.desk.keys.unseal("case_.body", &row.get::<Vec<u8>>(8).unwrap()).unwrap();
        (columns, serde_json::from_slice(&body).unwrap())
    }
}

/// What 佐藤花子 answers to see a contract.
pub fn hanako() -> Value {
    json!({
        "requester": "person",
        "name": "佐藤 花子",
        "kana": "サトウ ハナコ",
        "address": { "postal_code": "100-0001", "line": "見本県見本市中央1-2-3" },
        "phone": "090-0000-0001",
        "mail": "hanako@example.jp",
        "documents": "中央公園の改修工事の契約書",
        "items": [{ "title": "工事請負契約書", "year": 2025 }],
        "way": "view",
    })
}

pub fn filing(token: &str, key: &str, answers: &Value) -> Asking {
    let body = json!({ "procedure": "paper_request", "answers": answers });
    ask("POST", "/api/v1/cases").token(token).with("idempotency-key", key).json(&body)
}
