//! 改訂 as staff do it, on both engines: written, tried, handed in, approved by somebody else, in force on its day, brought back; and everything
//! that is refused on the way.

use std::{path::PathBuf, sync::Arc};

use access::{Clock, DeskFace, Post, StaffId, current::Current, staff};
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, Request, StatusCode, header},
    routing::get,
};
use definitions::{sources::Sources, town::Town};
use http_body_util::BodyExt;
use jiff::{ToSpan, civil::date};
use revisions::{
    Workshop,
    layer::{self, Shelf},
};
use store::{
    Desk, Portal, StoreError,
    files::Files,
    hatch::{self, Receiver},
    keys::Keys,
    testing::Place,
};
use tower::ServiceExt;
use uuid::Uuid;

const CLERK: u128 = 1;
const OTHER: u128 = 2;
const CHIEF: u128 = 3;
const GUEST: u128 = 4;
const WELFARE: u128 = 5;

/// The procedures' list at the desk.
const OF: &str = "/desk/revisions/of/tree_request";
const FILE: &str = "mihon/procedures/tree_request.yaml";

struct World {
    app: Router,
    desk: Desk,
    portal: Portal,
    clock: Clock,
    folder: tempfile::TempDir,
}

fn staff_id(number: u128) -> StaffId {
    StaffId::new(Uuid::from_u128(number))
}

fn copied() -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    let from = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mihon"));
    std::fs::create_dir_all(to.path().join("mihon/procedures")).unwrap();
    for name in ["town.yaml", "departments.yaml", "messages.yaml", "procedures/tree_request.yaml", "procedures/hedge_request.yaml"] {
        std::fs::copy(from.join(name), to.path().join("mihon").join(name)).unwrap();
    }
    to
}

fn open(place: &Place) -> World {
    let folder = copied();
    let migrations = [access::DESK_MIGRATIONS, cases::DESK_MIGRATIONS, revisions::DESK_MIGRATIONS].concat();
    let desk = Desk::new(place.open("desk", &migrations));
    let portal = Portal::new(place.open("portal", revisions::PORTAL_MIGRATIONS));
    let now = "2026-11-24T00:00:00Z".parse().unwrap();
    let people = [
        (CLERK, "ueda", "上田 里奈", "environment", "clerk"),
        (OTHER, "mori", "森 恵", "environment", "clerk"),
        (CHIEF, "noguchi", "野口 隆", "environment", "chief"),
        (GUEST, "guest", "見学 者", "environment", "guest"),
        (WELFARE, "nagai", "永井 遥", "welfare", "chief"),
    ];
    for (number, login, name, department, role) in people {
        let post =
            Post { department: department.parse().unwrap(), role: role.parse().unwrap(), from: date(2026, 4, 1), until: date(2027, 3, 31) };
        let new = staff::NewStaff { id: staff_id(number), login: login.into(), name: name.into(), posts: vec![post] };
        desk.write(move |tx| staff::add(tx, &new, "town", now)).unwrap();
    }
    let (keys, _) = Keys::init(&place.folder().join("key")).unwrap();
    let words = ui::words::Words::new([ui::words::words(), access::words(), cases::words(), revisions::words()].concat(), []).unwrap();
    let clock = Clock::fixed(now);
    let town_folder = folder.path().join("mihon");
    let town = Town::load(&town_folder)
        .unwrap_or_else(|problems| panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")));
    let face = DeskFace {
        store: desk.clone(),
        town: Current::new(town),
        words: Current::new(words),
        files: Files::open(&place.folder().join("files"), Keys::open(&place.folder().join("key")).unwrap()).unwrap(),
        keys: Arc::new(keys),
        clock: clock.clone(),
        demo: true,
        https: false,
        passwords: Default::default(),
        doors: Arc::new([]),
        on_link: Arc::new([]),
        on_unlink: Arc::new([]),
        on_leave: Arc::new([]),
        receivers: Arc::new([]),
    };
    let as_staff = |State(face): State<DeskFace>,
                    guest: staff::session::Guest,
                    headers: HeaderMap,
                    axum::extract::Path(number): axum::extract::Path<u128>| async move {
        access::desk::sign_in_as(&face, &guest, staff_id(number), &headers, "/desk").await
    };
    let routes = revisions::desk_router(Workshop::new(town_folder)).route("/as/{number}", get(as_staff));
    World { app: access::desk::serve(routes, face), desk, portal, clock, folder }
}

struct Browser<'w> {
    world: &'w World,
    cookie: String,
}

struct Answer {
    status: StatusCode,
    body: String,
    to: String,
}

impl World {
    async fn sign_in(&self, number: u128) -> Browser<'_> {
        let answer = self.app.clone().oneshot(Request::get(format!("/as/{number}")).body(Body::empty()).unwrap()).await.unwrap();
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let cookie = cookies.map(|cookie| cookie.split(';').next().unwrap().to_owned()).next_back().expect("a cookie");
        Browser { world: self, cookie }
    }

    /// What the server's two-second look does.
    fn tick(&self) -> Result<Town, String> {
        tokio::task::block_in_place(|| self.looked())
    }

    fn looked(&self) -> Result<Town, String> {
        let folder = Sources::read(&self.folder.path().join("mihon")).map_err(|problems| format!("{problems:?}"))?;
        let shelf = Shelf::Desk(self.desk.clone());
        let layer = shelf.layer(&folder, self.clock.today(), self.clock.now()).map_err(|error| error.to_string())?;
        Town::from_sources(&layer.over(folder)).map_err(|problems| format!("{problems:?}"))
    }

    fn minutes(&self) -> u16 {
        self.tick().unwrap().procedures.get("tree_request").unwrap().minutes
    }

    fn forward_to(&self, days: i64) {
        self.clock.set(self.clock.now() + (24 * days).hours());
    }

    fn write(&self, text: &str) {
        std::fs::write(self.folder.path().join(FILE), text).unwrap();
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(FILE)).unwrap()
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

impl Browser<'_> {
    async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, inputs: &[(&str, &str)]) -> Answer {
        let page = self.get("/desk/revisions").await.body;
        let token = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let body: Vec<String> = inputs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={token}&{}", body.join("&"))))
            .unwrap();
        self.ask(request).await
    }

    async fn ask(&self, mut request: Request<Body>) -> Answer {
        request.headers_mut().insert(header::COOKIE, self.cookie.parse().unwrap());
        let answer = self.world.app.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        Answer { status, body: String::from_utf8(body.to_vec()).unwrap(), to }
    }

    /// Begins a revision of the trees; where it is.
    async fn begin(&self) -> String {
        self.post("/desk/revisions/begin", &[("procedure", "tree_request")]).await.to
    }
}

/// Opens and closes stores outside of the runtime, as the program does.
fn on_both(test: impl AsyncFn(&World)) {
    for place in [Place::sqlite(), Place::postgres()] {
        let world = open(&place);
        tokio::runtime::Runtime::new().unwrap().block_on(test(&world));
    }
}

#[test]
fn written_handed_in_approved_by_another_in_force_on_its_day_and_brought_back() {
    on_both(async |world| {
        let (ueda, chief) = (world.sign_in(CLERK).await, world.sign_in(CHIEF).await);
        let before = world.text();
        let changed = before.replace("minutes: 3", "minutes: 8");
        let here = ueda.begin().await;
        let tried = ueda.post(&here, &[("turn", "0"), ("text-0", &changed), ("do", "try")]).await;
        assert_eq!(tried.status, StatusCode::OK);
        assert!(tried.body.contains("まちがいはありません") && tried.body.contains("まだ保存していません"), "{}", tried.body);
        assert!(tried.body.contains("例（2 / 2"), "both examples hold");

        // The same by a line of the form: written into the text where it stands, comments and all.
        let line = [("turn", "0"), ("text-0", &before), ("at-1", "minutes|3"), ("item-1", "8"), ("do", "items")];
        assert!(ueda.post(&here, &line).await.body.contains("minutes: 8\nkeep: 3 fiscal years"));

        let handed_in = ueda.post(&here, &[("turn", "0"), ("text-0", &changed), ("why", "時間を合わせる"), ("do", "submit")]).await;
        assert!(handed_in.to.ends_with("?done=submitted"));
        let review = chief.get(&here).await.body;
        assert!(review.contains("<ins>8</ins>") && review.contains("<del>3</del>") && review.contains("時間を合わせる"), "{review}");
        let own = ueda.post(&format!("{here}/review"), &[("turn", "2"), ("do", "approve"), ("day", "2026-12-01")]).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN, "a clerk has no grant to decide");
        let approved =
            chief.post(&format!("{here}/review"), &[("turn", "2"), ("do", "approve"), ("day", "2026-11-26"), ("note", "よい")]).await;
        assert!(approved.to.ends_with("?done=approved"), "{} {}", approved.status, approved.body);
        assert_eq!(world.minutes(), 3, "its day has not come");
        world.forward_to(2);
        assert_eq!(world.minutes(), 8, "it is in force without a restart");
        assert_eq!(world.minutes(), 8, "and is published once");
        assert_eq!(world.text(), before, "the folder itself was not written");

        // Two days later everybody has signed in again.
        let (ueda, chief) = (world.sign_in(CLERK).await, world.sign_in(CHIEF).await);

        // The portal behind the wall gets it through the hatch.
        let none: &[Arc<dyn Receiver>] = &[];
        let there = tokio::task::block_in_place(|| {
            hatch::carry_all(&world.portal, &world.desk, none, &layer::portal_receivers()).unwrap();
            world.portal.read::<_, StoreError>(layer::at_portal).unwrap()
        });
        assert!(there.published[0].1[0].1.contains("minutes: 8"));

        // The way back is a revision too, and needs a second person as well.
        let id = here.rsplit('/').next().unwrap();
        let back = ueda.post("/desk/revisions/begin", &[("procedure", "tree_request"), ("restores", id), ("before", "1")]).await.to;
        assert_ne!(back, here);
        let handed_in = ueda.post(&back, &[("turn", "0"), ("why", "もどす"), ("do", "submit")]).await;
        assert!(handed_in.to.ends_with("?done=submitted"), "{} {}", handed_in.status, handed_in.body);
        assert_eq!(world.minutes(), 8);
        chief.post(&format!("{back}/review"), &[("turn", "1"), ("do", "approve"), ("day", "2026-11-26")]).await;
        assert_eq!(world.minutes(), 3);
        let history = ueda.get(OF).await.body;
        for word in ["上田 里奈", "野口 隆", "時間を合わせる", "もどす", "公開された"] {
            assert!(history.contains(word), "the history tells {word}");
        }
        let all = "select what from store_entry where kind = 'definition' order by serial";
        let lines = tokio::task::block_in_place(|| world.desk.read::<_, StoreError>(move |tx| tx.all(all, &[])).unwrap());
        let said: Vec<String> = lines.iter().map(|row| row.get(0).unwrap()).collect();
        assert_eq!(said[..5], ["revision-begun", "revision-saved", "revision-submitted", "revision-approved", "revision-published"]);
    });
}

#[test]
fn what_is_not_granted_is_refused() {
    on_both(async |world| {
        let (ueda, chief) = (world.sign_in(CLERK).await, world.sign_in(CHIEF).await);
        let (guest, welfare) = (world.sign_in(GUEST).await, world.sign_in(WELFARE).await);
        let here = ueda.begin().await;
        for (who, path, status) in [
            (&guest, here.clone(), StatusCode::OK),
            (&welfare, here.clone(), StatusCode::NOT_FOUND),
            (&welfare, OF.to_owned(), StatusCode::NOT_FOUND),
            (&welfare, format!("{here}/preview/start"), StatusCode::NOT_FOUND),
            (&welfare, format!("{here}/files/0"), StatusCode::NOT_FOUND),
        ] {
            assert_eq!(who.get(&path).await.status, status, "{path}");
        }
        let text = world.text();
        assert_eq!(guest.post("/desk/revisions/begin", &[("procedure", "hedge_request")]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(guest.post(&here, &[("turn", "0"), ("text-0", &text), ("do", "save")]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(welfare.post("/desk/revisions/begin", &[("procedure", "tree_request")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(welfare.post(&format!("{here}/review"), &[("turn", "0"), ("do", "send-back")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            chief.post(&format!("{here}/review"), &[("turn", "0"), ("do", "approve"), ("day", "2026-12-01")]).await.status,
            StatusCode::CONFLICT,
            "it was not handed in"
        );
        assert_eq!(ueda.get("/desk/revisions/nonsense").await.status, StatusCode::NOT_FOUND);
        assert_eq!(ueda.get("/desk/revisions/00000000000000000000000000000000").await.status, StatusCode::NOT_FOUND);
        // A chief who wrote a word of it is no second person.
        let changed = text.replace("minutes: 3", "minutes: 4");
        assert!(chief.post(&here, &[("turn", "0"), ("text-0", &changed), ("do", "save")]).await.to.contains("done=saved"));
        ueda.post(&here, &[("turn", "1"), ("text-0", &changed), ("why", "試す"), ("do", "submit")]).await;
        let own = chief.post(&format!("{here}/review"), &[("turn", "2"), ("do", "approve"), ("day", "2026-12-01")]).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN);
        assert!(own.body.contains("自分では承認できません"), "{}", own.body);
        assert_eq!(
            chief.post(&format!("{here}/review"), &[("turn", "2"), ("do", "send-back"), ("note", "直す")]).await.to,
            format!("{here}?done=sent-back")
        );
    });
}

#[test]
fn mistakes_clashes_and_days_in_the_past_are_told_and_nothing_typed_is_lost() {
    on_both(async |world| {
        let (ueda, mori, chief) = (world.sign_in(CLERK).await, world.sign_in(OTHER).await, world.sign_in(CHIEF).await);
        let here = ueda.begin().await;
        assert_eq!(mori.begin().await, here, "a procedure has one revision on its way");
        let text = world.text();
        let why = ("why", "試す");
        // A mistake, another procedure touched, another's example broken, the procedure gone, nothing changed, no reason.
        let gone = text.replace("place:", "spot:").replace("wrong: [place]", "wrong: [spot]");
        for (typed, told) in [
            (text.replace("kind: text", "kind: txet"), "txet"),
            (format!("{text}---\nprocedure: second\nlike: tree_request\ntitle: 別の手続\nsummary: 別\n"), "も変わる"),
            (text.replace("required: no", "required: yes"), "例"),
            (gone, "hedge_request"),
            ("# なし\n".to_owned(), "`tree_request` という手続はない"),
            ("procedure: [\n".to_owned(), "YAML"),
        ] {
            let answer = ueda.post(&here, &[("turn", "0"), ("text-0", &typed), why, ("do", "submit")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
            assert!(answer.body.contains(told), "{told}: {}", answer.body);
        }
        let nothing = ueda.post(&here, &[("turn", "0"), ("text-0", &text), why, ("do", "submit")]).await;
        assert!(nothing.body.contains("変えたところがありません"));
        let changed = text.replace("minutes: 3", "minutes: 5");
        let silent = ueda.post(&here, &[("turn", "0"), ("text-0", &changed), ("why", " "), ("do", "submit")]).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(silent.body.contains("改訂の理由を書いてください") && silent.body.contains("minutes: 5"));

        // Two who write at the same time.
        assert!(mori.post(&here, &[("turn", "0"), ("text-0", &format!("{text}# 森\n")), ("do", "save")]).await.to.contains("done=saved"));
        let clash = ueda.post(&here, &[("turn", "0"), ("text-0", &format!("{text}# 上田\n")), ("do", "save")]).await;
        assert_eq!(clash.status, StatusCode::CONFLICT);
        assert!(clash.body.contains("# 森") && clash.body.contains("# 上田") && clash.body.contains("森 恵"), "{}", clash.body);

        let handed_in = ueda.post(&here, &[("turn", "1"), ("text-0", &changed), why, ("do", "submit")]).await;
        assert!(handed_in.to.contains("done=submitted"), "{}", handed_in.body);
        let past = chief.post(&format!("{here}/review"), &[("turn", "3"), ("do", "approve"), ("day", "2026-11-23")]).await;
        assert_eq!(past.status, StatusCode::CONFLICT);
        let review = format!("{here}/review");
        let approve = [("turn", "3"), ("do", "approve"), ("day", "2026-11-24")];
        assert!(chief.post(&review, &approve).await.to.contains("done=approved"));
        assert_eq!(chief.post(&review, &approve).await.status, StatusCode::CONFLICT, "twice");
    });
}

#[test]
fn a_folder_that_changed_meanwhile_is_told_refused_and_taken_in() {
    on_both(async |world| {
        let (ueda, chief) = (world.sign_in(CLERK).await, world.sign_in(CHIEF).await);
        let text = world.text();
        let here = ueda.begin().await;
        world.write(&text.replace("keep: 3", "keep: 5"));
        let changed = text.replace("minutes: 3", "minutes: 7");
        let stale = ueda.post(&here, &[("turn", "0"), ("text-0", &changed), ("why", "試す"), ("do", "submit")]).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stale.body.contains("もとの内容が変わりました"));
        assert!(ueda.post(&here, &[("turn", "0"), ("text-0", &changed), ("do", "save")]).await.to.contains("saved"));
        assert!(ueda.post(&here, &[("turn", "1"), ("do", "rebase")]).await.to.contains("rebased"));
        let both = changed.replace("keep: 3", "keep: 5");
        let handed_in = ueda.post(&here, &[("turn", "2"), ("text-0", &both), ("why", "試す"), ("do", "submit")]).await;
        assert!(handed_in.to.contains("submitted"), "{}", handed_in.body);
        chief.post(&format!("{here}/review"), &[("turn", "4"), ("do", "approve"), ("day", "2026-11-25")]).await;

        // On its day it does not fit: the message that it tells went from the folder. What is in force stays, and staff read why.
        let town = world.folder.path().join("mihon/messages.yaml");
        let whole = std::fs::read_to_string(&town).unwrap();
        std::fs::write(&town, whole.replace("message: decided", "message: told")).unwrap();
        world.forward_to(1);
        assert!(world.tick().is_err());
        let chief = world.sign_in(CHIEF).await;
        assert!(chief.get(&here).await.body.contains("公開できませんでした"));
        std::fs::write(&town, &whole).unwrap();
        assert_eq!(world.minutes(), 7, "mended, it is published at the next look");

        // The folder takes it in: from then on the folder is in force by itself.
        world.write(&both);
        assert_eq!(world.minutes(), 7);
        world.write(&both.replace("minutes: 7", "minutes: 9"));
        assert_eq!(world.minutes(), 9);
    });
}

#[test]
fn the_preview_is_the_residents_own_page_and_leads_nowhere_else() {
    on_both(async |world| {
        let ueda = world.sign_in(CLERK).await;
        let here = ueda.begin().await;
        let base = format!("{here}/preview");
        ueda.get(&here).await;
        let start = ueda.get(&format!("{base}/start")).await.body;
        assert!(start.contains("街路樹の伐採") && start.contains(&format!("action=\"{base}/begin\"")), "{start}");
        let out: Vec<&str> =
            start.split("href=\"/").skip(1).filter(|href| !href.starts_with("assets/") && !format!("/{href}").starts_with(&base)).collect();
        assert!(out.is_empty(), "{out:?}");
        assert_eq!(ueda.post(&format!("{base}/begin"), &[]).await.to, format!("{base}/pages/what"));
        assert_eq!(ueda.post(&format!("{base}/pages/what"), &[("place", "")]).await.to, format!("{base}/pages/what?wrong=1"));
        assert!(ueda.get(&format!("{base}/pages/what?wrong=1")).await.body.contains("summary"));
        assert_eq!(ueda.post(&format!("{base}/pages/what"), &[("place", "駅前")]).await.to, format!("{base}/pages/who"));
        assert_eq!(ueda.post(&format!("{base}/pages/who"), &[("name", "佐藤 花子")]).await.to, format!("{base}/check"));
        let check = ueda.get(&format!("{base}/check")).await.body;
        assert!(check.contains("駅前") && check.contains(&format!("action=\"{base}/after\"")), "{check}");
        assert!(ueda.post(&format!("{base}/after"), &[]).await.body.contains("決裁"));
        // An example fills it in; texts that cannot be read give no page and no error.
        ueda.get(&format!("{here}?example=a_tree")).await;
        assert!(ueda.get(&format!("{base}/check")).await.body.contains("佐藤 花子"));
        ueda.post(&here, &[("turn", "0"), ("text-0", "procedure: [\n"), ("do", "try")]).await;
        assert_eq!(ueda.get(&format!("{base}/start")).await.status, StatusCode::OK);
        // A procedure that is not there yet begins as an outline.
        let new = ueda.post("/desk/revisions/new", &[("id", "bench_request"), ("title", "ベンチの設置"), ("like", "tree_request")]).await;
        assert!(ueda.get(&new.to).await.body.contains("bench_request"), "{}", new.body);
        let taken = ueda.post("/desk/revisions/new", &[("id", "tree_request"), ("title", ""), ("like", "")]).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

/// The text of the procedure as the page holds it.
fn text_of(answer: &Answer) -> String {
    let area = answer.body.split("name=\"text-0\"").nth(1).and_then(|rest| rest.split_once('>')).map(|(_, rest)| rest).unwrap_or_default();
    let text = area.split("</textarea>").next().unwrap_or_default().trim_start_matches('\n');
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[test]
fn questions_are_added_moved_and_taken_away_by_the_form_and_who_uses_them_is_told_before() {
    on_both(async |world| {
        let (ueda, guest, welfare) = (world.sign_in(CLERK).await, world.sign_in(GUEST).await, world.sign_in(WELFARE).await);
        let here = ueda.begin().await;
        let text = world.text();
        let form = async |more: &[(&str, &str)]| ueda.post(&here, &[&[("turn", "0"), ("text-0", text.as_str())], more].concat()).await;

        // Added, with whatever else was typed written in on the way.
        let new =
            [("add-page", "pages.who"), ("add-label", "電話番号"), ("add-id", "phone"), ("add-kind", "phone"), ("add-required", "no")];
        let added = form(&[&new[..], &[("at-1", "minutes|3"), ("item-1", "4"), ("why", "電話も聞く"), ("do", "add")]].concat()).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.body);
        let mail = "      mail: { kind: mail, label: メールアドレス, required: no }\n";
        let with_phone = format!("{mail}      phone: {{ kind: phone, label: 電話番号, required: no }}\n");
        assert_eq!(text_of(&added), text.replace(mail, &with_phone).replace("minutes: 3", "minutes: 4"));
        assert!(
            added.body.contains("質問を足しました") && added.body.contains("電話も聞く") && added.body.contains("まちがいはありません")
        );
        let page = [("add-page", "new"), ("add-page-title", "希望"), ("add-page-id", "wish"), ("add-options", "cut: 切る\nleave: 残す")];
        let page =
            form(&[&page[..], &[("add-label", "どうするか"), ("add-id", "how"), ("add-kind", "choice"), ("do", "add")]].concat()).await;
        let wish = "wish: { title: 希望, fields: { how: { kind: choice, label: どうするか, required: no, options: { cut: 切る, leave: 残す } } } }";
        assert!(text_of(&page).contains(wish), "{}", text_of(&page));

        // Refused with what was typed.
        for (name, value, told) in [
            ("add-id", "Phone", "英小文字で始めて"),
            ("add-id", "mail", "同じ id がもうあります"),
            ("add-label", " ", "見出しを書いてください"),
            ("add-options", "赤", "一行に一つ"),
            ("add-page", "new", "新しい画面の見出しと id"),
            ("add-kind", "nonsense", "ここからはできません"),
        ] {
            let typed: Vec<(&str, &str)> =
                new.iter().copied().filter(|(known, _)| *known != name).chain([(name, value), ("do", "add")]).collect();
            let refused = form(&typed).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {value}");
            assert!(refused.body.contains(told), "{told}");
            assert!(refused.body.contains(if name == "add-label" { "value=\"phone\"" } else { "value=\"電話番号\"" }), "{name} is kept");
            assert_eq!(text_of(&refused), text);
        }

        // Moved: within its page, and to another.
        let name = "      name: { kind: text, label: 氏名, at_most: 100 }\n";
        let up = form(&[("do", "up:pages.who.fields.mail")]).await;
        assert_eq!(text_of(&up), text.replace(&format!("{name}{mail}"), &format!("{mail}{name}")));
        assert_eq!(form(&[("do", "up:pages.who.fields.name")]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "it is the first");
        let into = form(&[("page-of-pages.who.fields.mail", "pages.what"), ("do", "into:pages.who.fields.mail")]).await;
        let place = "      place: { kind: text, label: 木のある場所, at_most: 100 }\n";
        assert_eq!(text_of(&into), text.replace(mail, "").replace(place, &format!("{place}{mail}")));
        let pages = form(&[("do", "down:pages.what")]).await;
        assert!(text_of(&pages).find("  who:").unwrap() < text_of(&pages).find("  what:").unwrap());

        // Who uses it is told first: the examples, the applicant, what is like it. Nothing is gone yet.
        let asked = form(&[("do", "out:pages.what.fields.place")]).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.body.contains("「木のある場所」は、ほかのところで使われています"), "{}", asked.body);
        assert!(asked.body.contains("a_tree") || asked.body.contains("place"), "{}", asked.body);
        assert!(asked.body.contains("hedge_request.yaml") && asked.body.contains("out!:pages.what.fields.place"), "{}", asked.body);
        assert_eq!(text_of(&asked), text);
        let gone = form(&[("do", "out!:pages.what.fields.place")]).await;
        assert_eq!(text_of(&gone), text.replace(&format!("fields:\n{place}"), "fields: {}\n"));
        let nobodys = ueda.post(&here, &[("turn", "0"), ("text-0", &text_of(&added)), ("do", "out:pages.who.fields.phone")]).await;
        assert_eq!(text_of(&nobodys), text.replace("minutes: 3", "minutes: 4"), "nobody uses it: it goes at once");
        assert_eq!(form(&[("do", "out:pages.who.fields.nobody")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);

        // A kind that is chosen from options begins them; what has no place is told and not kept.
        let choice = form(&[("at-1", "pages.who.fields.mail.kind|mail"), ("item-1", "choice"), ("do", "items")]).await;
        assert!(
            text_of(&choice).contains("kind: choice, label: メールアドレス, required: no, options: { one: \"〔一つ目〕\""),
            "{}",
            text_of(&choice)
        );
        let lost = form(&[("at-1", "title|街路樹の伐採"), ("item-1", ""), ("do", "save")]).await;
        assert_eq!(lost.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(lost.body.contains("書き入れられなかった"));

        // Over another definition it is moved by `after:`, and said anew on its other page.
        let hedge = ueda.post("/desk/revisions/begin", &[("procedure", "hedge_request")]).await.to;
        let over = std::fs::read_to_string(world.folder.path().join("mihon/procedures/hedge_request.yaml")).unwrap();
        let laid = async |more: &[(&str, &str)]| ueda.post(&hedge, &[&[("turn", "0"), ("text-0", over.as_str())], more].concat()).await;
        let down = laid(&[("do", "down:pages.who.fields.name")]).await;
        assert_eq!(down.status, StatusCode::OK, "{}", down.body);
        assert_eq!(text_of(&down), format!("{over}  who: {{ fields: {{ name: {{ after: mail }} }} }}\n"));
        let into = laid(&[("page-of-pages.who.fields.mail", "pages.what"), ("do", "into:pages.who.fields.mail")]).await;
        assert!(
            text_of(&into).contains(", mail: { kind: mail,") && text_of(&into).contains("who: { fields: { mail: ~ } }"),
            "{}",
            text_of(&into)
        );

        // Who may not write takes no step either; nothing of all this was kept.
        let step = [("turn", "0"), ("text-0", text.as_str()), ("do", "out!:pages.what.fields.place")];
        assert_eq!(guest.post(&here, &step).await.status, StatusCode::FORBIDDEN);
        assert_eq!(welfare.post(&here, &step).await.status, StatusCode::NOT_FOUND);
        assert_eq!(text_of(&ueda.get(&here).await), text);
    });
}
