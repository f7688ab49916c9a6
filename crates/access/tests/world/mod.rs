//! The town in which this room's tests play: 見本市 with two sections and a division over them, its two faces, a clock that stands until it
//! is moved, and browsers that keep cookies and send the token of the page they were shown.
#![allow(dead_code)]

use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

use access::{
    AccountId, ClientAddress, Clock, DeskFace, PortalFace, Post, StaffId,
    accounts::{MAIL_CODE_JOB, MailCode},
    current::Current,
    staff::{self, NewStaff, factor::Factor, password},
};
use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use definitions::town::Town;
use jiff::{Timestamp, civil::Date};
use store::{Desk, Portal, files::Files, keys::Keys, params, testing::Place};
use tower::ServiceExt as _;
use ui::words::Words;

pub const PASSWORD: &str = "役場の朝は早いので八時半";

const TOWN: &str = r#"
town: mihon
name: 見本市
kana: みほんし
code: "990019"
office: { post: 000-0000, address: 見本県見本市中央1-1, phone: 0000-00-0000, hours: 平日 8:30〜17:15 }
languages: { ja: complete, easy: partial, en: partial }
closed: [saturday, sunday, holiday, 12-29..01-03]
"#;

const DEPARTMENTS: &str = r#"
departments:
  welfare: { name: 福祉部 }
  childcare: { name: 子育て支援課, under: welfare }
  tax: { name: 税務課 }
roles:
  clerk: { name: 担当 }
  chief: { name: 課長, stand_in: deputy }
  deputy: { name: 課長補佐 }
  auditor: { name: 監査 }
  keeper: { name: 名簿担当 }
grants:
  clerk_cases: { role: clerk, may: [read, work], record: case, scope: department }
  chief_cases: { role: chief, may: [read, decide], record: case, scope: department, sensitivity: tax }
  clerk_links: { role: clerk, may: [work], record: account, scope: town }
  audit: { role: auditor, may: [read], record: journal, scope: town }
  directory: { role: keeper, may: [administer], record: staff, scope: town }
"#;

pub struct World {
    pub clock: Clock,
    pub portal: PortalFace,
    pub desk: DeskFace,
    pub runtime: tokio::runtime::Runtime,
}

/// 24 November 2026, a Tuesday, 10:48 in Japan.
pub fn morning() -> Timestamp {
    "2026-11-24T01:48:00Z".parse().unwrap()
}

pub fn town(place: &Place) -> Town {
    let folder = place.folder().join("mihon");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("town.yaml"), TOWN).unwrap();
    fs::write(folder.join("departments.yaml"), DEPARTMENTS).unwrap();
    Town::load(&folder).unwrap_or_else(|problems| panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

impl World {
    pub fn new(place: &Place) -> World {
        let clock = Clock::fixed(morning());
        let (keys, _) = Keys::init(&place.folder().join("keys")).unwrap();
        let keys = Arc::new(keys);
        let words = Words::new(ui::words::words().iter().chain(access::words()).copied(), []).unwrap();
        let (town, words) = (Current::new(town(place)), Current::new(words));
        let files = Files::open(&place.folder().join("files"), (*keys).clone()).unwrap();
        let portal = PortalFace {
            store: Portal::new(place.open("portal", access::PORTAL_MIGRATIONS)),
            town: town.clone(),
            words: words.clone(),
            keys: keys.clone(),
            files: files.clone(),
            clock: clock.clone(),
            demo: false,
            https: false,
            on_sign_in: Arc::new([]),
        };
        let desk = DeskFace {
            store: Desk::new(place.open("desk", access::DESK_MIGRATIONS)),
            town,
            words,
            keys,
            files,
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
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        World { clock, portal, desk, runtime }
    }

    /// A browser at the residents' pages.
    pub fn resident(&self) -> Browser<'_> {
        Browser::new(self, access::portal::serve(access::portal::router(), self.portal.clone()))
    }

    /// A browser at the desk.
    pub fn clerk(&self) -> Browser<'_> {
        Browser::new(self, access::desk::serve(access::desk::router(), self.desk.clone()))
    }

    /// A browser at routes of the test's own.
    pub fn browser(&self, app: Router) -> Browser<'_> {
        Browser::new(self, app)
    }

    /// Enters someone in the directory with one post, until the fiscal year's end, and the test's own authenticator app.
    pub fn hire(&self, login: &str, department: &str, role: &str) -> Hired {
        self.hire_for(login, department, role, self.clock.today(), staff::end_of_fiscal_year(self.clock.today()))
    }

    pub fn hire_for(&self, login: &str, department: &str, role: &str, from: Date, until: Date) -> Hired {
        let post = Post { department: department.parse().unwrap(), role: role.parse().unwrap(), from, until };
        let new =
            NewStaff { id: StaffId::draw(self.clock.now()), login: login.to_owned(), name: format!("{login} さん"), posts: vec![post] };
        let (id, login, factor) = (new.id, new.login.clone(), Factor::draw().unwrap());
        let (hash, keys, now) = (password::hash(PASSWORD).unwrap(), self.desk.keys.clone(), self.clock.now());
        let app = factor.clone();
        self.desk
            .store
            .write(move |tx| -> Result<(), staff::directory::NotAdded> {
                staff::add(tx, &new, "town", now)?;
                staff::set_credentials(tx, &keys, id, &hash, &app)?;
                Ok(())
            })
            .unwrap();
        Hired { id, login, factor }
    }

    /// The code of the newest mail, as the person reads it.
    pub fn newest_code(&self) -> String {
        let sql = "select body from store_job where kind = $1 order by created_at desc, due desc limit 1";
        let row = self.portal.store.read(move |tx| tx.first(sql, params![MAIL_CODE_JOB])).unwrap().expect("a mail was asked for");
        let mail: MailCode = serde_json::from_str(&row.get::<String>(0).unwrap()).unwrap();
        mail.open(&self.portal.keys).unwrap().1
    }

    pub fn count(&self, sql: &'static str) -> i64 {
        self.portal.store.read(move |tx| tx.first(sql, params![])).unwrap().unwrap().get(0).unwrap()
    }

    pub fn count_at_desk(&self, sql: &'static str) -> i64 {
        self.desk.store.read(move |tx| tx.first(sql, params![])).unwrap().unwrap().get(0).unwrap()
    }

    pub fn later(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Carries what was put into the hatch to the other side; on PostgreSQL it gets its number a moment after the commit.
    pub fn carry(&self) {
        let (desk, portal) = (access::link::desk_receivers(), access::link::portal_receivers());
        store::testing::until("a parcel came through", || {
            store::hatch::carry_all(&self.portal.store, &self.desk.store, &desk, &portal).unwrap() > 0
        });
    }

    /// An account with this address, signed in in this browser.
    pub fn signed_in(&self, mail: &str) -> Browser<'_> {
        let mut browser = self.resident();
        browser.ask_code(mail);
        let code = self.newest_code();
        browser.enter_code(&code).goes_to("/my");
        browser
    }

    pub fn account_of(&self, mail: &str) -> AccountId {
        let (keys, mail, now) = (self.portal.keys.clone(), access::mail::MailAddress::parse(mail).unwrap(), self.clock.now());
        let id = AccountId::draw(now);
        self.portal.store.write(move |tx| access::accounts::ensure(tx, &keys, id, &mail, Default::default(), now)).unwrap()
    }
}

pub struct Hired {
    pub id: StaffId,
    pub login: String,
    pub factor: Factor,
}

/// Someone at a screen.
pub struct Browser<'w> {
    pub world: &'w World,
    app: Router,
    pub cookies: BTreeMap<String, String>,
    pub csrf: String,
    pub address: IpAddr,
    pub same_origin: bool,
}

impl<'w> Browser<'w> {
    fn new(world: &'w World, app: Router) -> Browser<'w> {
        let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
        Browser { world, app, cookies: BTreeMap::new(), csrf: String::new(), address, same_origin: true }
    }

    pub fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, None, Body::empty())
    }

    /// Sends a form with the token of the page that was shown last.
    pub fn post(&mut self, path: &str, inputs: &[(&str, &str)]) -> Page {
        let csrf = self.csrf.clone();
        let inputs: Vec<(&str, &str)> = std::iter::once(("csrf", csrf.as_str())).chain(inputs.iter().copied()).collect();
        self.post_bare(path, &inputs)
    }

    /// Sends just these inputs.
    pub fn post_bare(&mut self, path: &str, inputs: &[(&str, &str)]) -> Page {
        let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        let body = inputs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&");
        self.send(Method::POST, path, Some("application/x-www-form-urlencoded"), body.into())
    }

    pub fn send(&mut self, method: Method, path: &str, kind: Option<&str>, body: Body) -> Page {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let mut request =
            Request::builder().method(method).uri(path).header(header::COOKIE, cookies).header(header::USER_AGENT, "Test 1.0");
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if self.same_origin {
            request = request.header("sec-fetch-site", "same-origin");
        }
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ClientAddress(self.address));
        let app = self.app.clone();
        let (parts, bytes) = self.world.runtime.block_on(async move {
            let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
            (parts, axum::body::to_bytes(body, 1 << 22).await.unwrap())
        });
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let html = String::from_utf8(bytes.to_vec()).unwrap();
        if let Some(at) = html.find("name=\"csrf\" value=\"") {
            self.csrf = html[at + 19..].split('"').next().unwrap().to_owned();
        }
        let header = |name| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        Page { status: parts.status, location: header(header::LOCATION), retry_after: header(header::RETRY_AFTER), html }
    }

    /// Asks for a code as far as the page where it is typed.
    pub fn ask_code(&mut self, mail: &str) -> Page {
        self.get("/sign-in");
        self.post("/sign-in", &[("mail", mail), ("then", "")]).goes_to("/sign-in/code?then=");
        // Two askings within one microsecond cannot be told apart by the test.
        self.world.later(Duration::from_millis(1));
        self.get("/sign-in/code")
    }

    pub fn enter_code(&mut self, code: &str) -> Page {
        self.post("/sign-in/code", &[("code", code), ("then", "")])
    }

    /// Signs in at the desk with the app's code of this moment.
    pub fn sign_in(&mut self, who: &Hired) -> Page {
        let code = who.factor.code_at(self.world.clock.now());
        self.sign_in_with(&who.login, PASSWORD, &code)
    }

    pub fn sign_in_with(&mut self, login: &str, password: &str, code: &str) -> Page {
        self.get("/desk/sign-in");
        self.post("/desk/sign-in", &[("login", login), ("password", password), ("code", code), ("then", "")])
    }
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub location: Option<String>,
    pub retry_after: Option<String>,
    pub html: String,
}

impl Page {
    #[track_caller]
    pub fn goes_to(self, path: &str) -> Page {
        assert_eq!((self.status, self.location.as_deref()), (StatusCode::SEE_OTHER, Some(path)), "{}", self.html);
        self
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Page {
        assert_eq!(self.status.as_u16(), status, "{:?} {}", self.location, self.html);
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Page {
        assert!(self.html.contains(text), "the page does not say {text}: {}", self.html);
        self
    }

    #[track_caller]
    pub fn says_not(self, text: &str) -> Page {
        assert!(!self.html.contains(text), "the page says {text}: {}", self.html);
        self
    }
}
