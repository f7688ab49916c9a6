//! Staff's pages as a browser asks for them: who finds whom, what is masked, what is refused, that each look is recorded.

mod town;

use std::sync::Arc;

use access::current::Current;
use access::{Clock, DeskFace, Post, StaffId, staff};
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, Request, StatusCode, header},
    routing::get,
};
use http_body_util::BodyExt;
use jiff::civil::date;
use registry::{records, resident::Resident};
use store::{Desk, StoreError, files::Files, keys::Keys, testing::Place};
use tower::ServiceExt;
use town::{cast, hanako, mihon, put, resident_id};
use uuid::Uuid;

struct Desks {
    app: Router,
    desk: Desk,
}

fn staff_id(number: u128) -> StaffId {
    StaffId::new(Uuid::from_u128(number))
}

const CLERK: u128 = 1;
const CHIEF: u128 = 2;
const NOBODY: u128 = 3;

fn open(place: &Place) -> Desks {
    let migrations = [access::DESK_MIGRATIONS, registry::DESK_MIGRATIONS].concat();
    let desk = Desk::new(place.open("desk", &migrations));
    let now = "2026-11-24T00:00:00Z".parse().unwrap();
    for (number, login, department, role) in
        [(CLERK, "mori", "childcare", "clerk"), (CHIEF, "kudo", "residents", "chief"), (NOBODY, "ono", "residents", "clerk_of_nothing")]
    {
        let post =
            Post { department: department.parse().unwrap(), role: role.parse().unwrap(), from: date(2026, 4, 1), until: date(2027, 3, 31) };
        let new = staff::NewStaff { id: staff_id(number), login: login.into(), name: "森 恵".into(), posts: vec![post] };
        desk.write(move |tx| staff::add(tx, &new, "town", now)).unwrap();
    }
    let (keys, _) = Keys::init(&place.folder().join("key")).unwrap();
    let words = ui::words::Words::new([ui::words::words(), access::words(), registry::words()].concat(), []).unwrap();
    let face = DeskFace {
        store: desk.clone(),
        town: Current::new((*mihon()).clone()),
        words: Current::new(words),
        files: Files::open(&place.folder().join("files"), Keys::open(&place.folder().join("key")).unwrap()).unwrap(),
        keys: Arc::new(keys),
        clock: Clock::fixed(now),
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
    let routes = registry::desk::router().route("/as/{number}", get(as_staff));
    Desks { app: access::desk::serve(routes, face), desk }
}

struct Browser<'d> {
    desks: &'d Desks,
    cookie: String,
}

impl Desks {
    async fn sign_in(&self, number: u128) -> Browser<'_> {
        let answer = self.app.clone().oneshot(Request::get(format!("/as/{number}")).body(Body::empty()).unwrap()).await.unwrap();
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let cookie = cookies.map(|cookie| cookie.split(';').next().unwrap().to_owned()).next_back().expect("a cookie");
        Browser { desks: self, cookie }
    }
}

impl Browser<'_> {
    async fn get(&self, path: &str) -> (StatusCode, String) {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Posts with the token that the page at `form` carries.
    async fn post(&self, form: &str, path: &str, body: &str) -> (StatusCode, String) {
        let page = self.get(form).await.1;
        let token = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        self.post_with(token, path, body).await
    }

    async fn post_with(&self, token: &str, path: &str, body: &str) -> (StatusCode, String) {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={token}&{body}")))
            .unwrap();
        self.ask(request).await
    }

    async fn ask(&self, mut request: Request<Body>) -> (StatusCode, String) {
        request.headers_mut().insert(header::COOKIE, self.cookie.parse().unwrap());
        let answer = self.desks.app.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

fn looks(desk: &Desk) -> Vec<String> {
    let sql = "select record, why from looked order by at, id";
    let rows = desk.read::<_, StoreError>(move |tx| tx.all(sql, store::params![])).unwrap();
    rows.iter().map(|row| format!("{} {}", row.get::<String>(0).unwrap(), row.get::<String>(1).unwrap())).collect()
}

fn count(desk: &Desk, sql: &'static str) -> i64 {
    desk.read::<_, StoreError>(move |tx| tx.first(sql, store::params![])?.unwrap().get(0)).unwrap()
}

fn protected() -> Resident {
    Resident { protected_until: Some(date(2027, 6, 30)), ..hanako("山田 秋子", "ヤマダ アキコ", 7) }
}

fn on<T>(act: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(act)
}

#[test]
fn a_clerk_finds_a_resident_by_a_posted_name_and_each_look_is_recorded() {
    let place = Place::sqlite();
    let desks = open(&place);
    put(&desks.desk, &cast());
    on(async {
        let clerk = desks.sign_in(CLERK).await;
        let (status, page) = clerk.post("/desk/residents", "/desk/residents", "sought=%E3%81%95%E3%81%A8%E3%81%86").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("佐藤　花子") && page.contains("緑町3丁目12番5号"), "{page}");
        let path = format!("/desk/residents/{}", resident_id(1));
        assert!(page.contains(&path));
        let (status, page) = clerk.get(&path).await;
        assert_eq!(status, StatusCode::OK);
        for shown in ["36歳", "世帯主", "佐藤　さくら", "サトウ　ハナコ"] {
            assert!(page.contains(shown), "{shown} in {page}");
        }
    });
    // Each person shown may ask who looked: both of the list, and the daughter beside her mother.
    let mut seen = looks(&desks.desk);
    seen.sort();
    let of = |number: u128, why: &str| format!("{} {why}", resident_id(number));
    assert_eq!(seen, [of(1, "page"), of(1, "search"), of(2, "household"), of(2, "search")]);
    let authority = "select count(*) from looked where authority = 'grant:clerk_at_the_counter@childcare'";
    assert_eq!(count(&desks.desk, authority), 4, "on the authority that let them see");
}

#[test]
fn lists_records_and_the_form_of_a_correction_are_looks_at_the_people_whom_they_name() {
    let place = Place::sqlite();
    let desks = open(&place);
    put(&desks.desk, &cast());
    let id = town::joined(&desks.desk, 2, "chuo");
    let form = format!("/desk/records/{id}/correct");
    on(async {
        let clerk = desks.sign_in(CLERK).await;
        assert_eq!(clerk.get("/desk/registers/afterschool_membership").await.0, StatusCode::OK);
        assert_eq!(clerk.get(&format!("/desk/records/{id}")).await.0, StatusCode::OK);
        assert_eq!(clerk.get(&form).await.0, StatusCode::OK);
        let nobody = desks.sign_in(NOBODY).await;
        assert_eq!(nobody.get(&form).await.0, StatusCode::NOT_FOUND);
    });
    let mut seen = looks(&desks.desk);
    seen.sort();
    let mut expected: Vec<String> =
        ["list", "page", "correct"].iter().flat_map(|why| [format!("{id} {why}"), format!("{} {why}", resident_id(2))]).collect();
    expected.sort();
    assert_eq!(seen, expected);
}

#[test]
fn a_protected_person_does_not_exist_for_a_clerk_and_is_masked_for_the_chief() {
    let place = Place::sqlite();
    let desks = open(&place);
    put(&desks.desk, &[protected()]);
    let path = format!("/desk/residents/{}", resident_id(7));
    on(async {
        let clerk = desks.sign_in(CLERK).await;
        assert_eq!(clerk.get(&path).await.0, StatusCode::NOT_FOUND);
        let (_, page) = clerk.post("/desk/residents", "/desk/residents", "sought=%E5%B1%B1%E7%94%B0").await;
        assert!(!page.contains("秋子") && page.contains("見つかりません"));
        assert_eq!(clerk.post("/desk/residents", &format!("{path}/address"), "reason=post").await.0, StatusCode::NOT_FOUND);
        let chief = desks.sign_in(CHIEF).await;
        let (_, page) = chief.post("/desk/residents", "/desk/residents", "sought=%E5%B1%B1%E7%94%B0").await;
        assert!(page.contains("秋子") && !page.contains("緑町"), "{page}");
        let (status, page) = chief.get(&path).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("支援措置") && !page.contains("緑町"), "{page}");
        let (_, page) = chief.post(&path, &format!("{path}/address"), "reason=").await;
        assert!(!page.contains("緑町") && page.contains("理由を選んでください"), "{page}");
        let (_, page) = chief.post(&path, &format!("{path}/address"), "reason=post").await;
        assert!(page.contains("緑町3丁目12番5号"), "{page}");
    });
    assert!(looks(&desks.desk).contains(&format!("{} address:post", resident_id(7))));
}

#[test]
fn protection_is_entered_on_a_page_that_exists_for_nobody_else() {
    let place = Place::sqlite();
    let desks = open(&place);
    put(&desks.desk, &cast());
    let person = format!("/desk/residents/{}", resident_id(1));
    let path = format!("{person}/protection");
    on(async {
        let clerk = desks.sign_in(CLERK).await;
        let body = "act=enter&seen=&from=2026-11-24&until=2027-11-24&ground=dv";
        assert_eq!(clerk.get(&path).await.0, StatusCode::NOT_FOUND);
        assert!(!clerk.get(&person).await.1.contains("支援措置"));
        assert_eq!(clerk.post(&person, &path, body).await.0, StatusCode::NOT_FOUND);
        assert_eq!(clerk.post(&person, &path, "act=").await.0, StatusCode::NOT_FOUND);
        let chief = desks.sign_in(CHIEF).await;
        assert!(chief.get(&person).await.1.contains(&path));
        let (status, page) = chief.post(&path, &path, "act=enter&seen=&from=2026-11-24&until=2027-11-24").await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("事由を選んでください"), "{status} {page}");
        let (status, page) = chief.post(&path, &path, "act=enter&seen=&from=2026-11-24&until=2029-11-24&ground=dv").await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("日付を確かめてください"), "{status} {page}");
        assert_eq!(chief.post_with("forged", &path, body).await.0, StatusCode::FORBIDDEN);
        assert_eq!(clerk.get(&person).await.0, StatusCode::OK, "nothing has changed so far");
        assert_eq!(chief.post(&path, &path, body).await.0, StatusCode::SEE_OTHER);
        let page = chief.get(&path).await.1;
        assert!(page.contains("支援措置中です") && page.contains("配偶者などからの暴力") && page.contains("開始"), "{page}");
        assert_eq!(clerk.get(&person).await.0, StatusCode::NOT_FOUND);
        let (status, page) = chief.post(&path, &path, body).await;
        assert!(status == StatusCode::CONFLICT && page.contains("ほかの人が先に変えました"), "{status} {page}");
        assert!(!chief.get(&person).await.1.contains("緑町"), "the address is masked from now on");
        assert_eq!(chief.post(&path, &path, "act=end&seen=2027-11-24&ground=asked").await.0, StatusCode::SEE_OTHER);
        assert_eq!(clerk.get(&person).await.0, StatusCode::OK);
    });
    assert!(looks(&desks.desk).contains(&format!("{} protection", resident_id(1))));
}

#[test]
fn without_a_grant_without_a_session_and_without_the_token_nothing_is_shown() {
    let place = Place::sqlite();
    let desks = open(&place);
    put(&desks.desk, &cast());
    on(async {
        let nobody = desks.sign_in(NOBODY).await;
        for path in [
            "/desk/residents".to_owned(),
            format!("/desk/residents/{}", resident_id(1)),
            "/desk/registers/afterschool_membership".to_owned(),
            format!("/desk/records/{}", resident_id(1)),
        ] {
            assert_eq!(nobody.get(&path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        let stranger = Browser { desks: &desks, cookie: "x=y".into() };
        let (status, page) = stranger.get(&format!("/desk/residents/{}", resident_id(1))).await;
        assert!(status != StatusCode::OK && !page.contains("佐藤"), "{status}");
        let clerk = desks.sign_in(CLERK).await;
        let (status, page) = clerk.post_with("forged", "/desk/residents", "sought=%E4%BD%90%E8%97%A4").await;
        assert!(status == StatusCode::FORBIDDEN && !page.contains("花子"), "{status}");
    });
    assert!(looks(&desks.desk).is_empty());
}

#[test]
fn a_clerk_corrects_a_record_with_a_reason_and_reads_its_history() {
    let place = Place::sqlite();
    let desks = open(&place);
    put(&desks.desk, &cast());
    let id = town::joined(&desks.desk, 2, "chuo");
    let path = format!("/desk/records/{id}");
    let form = format!("{path}/correct");
    on(async {
        let clerk = desks.sign_in(CLERK).await;
        let (status, page) = clerk.get("/desk/registers/afterschool_membership").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("佐藤　さくら") && page.contains("中央児童会") && page.contains("在籍"), "{page}");
        let (status, page) = clerk.get(&path).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(!page.contains("食物アレルギー"), "what is guarded more closely than the grant is not shown");
        let (status, page) = clerk.get(&form).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("緑町児童会"), "the facilities may be chosen: {page}");
        let days = "correction.from.year=2026&correction.from.month=4&correction.from.day=1&correction.until.year=2027&correction.until.month=3&correction.until.day=31";
        let with = |turn: i64, reason: &str| {
            format!("facility=midori&correction.state=member&correction.turn={turn}&correction.reason={reason}&{days}")
        };
        let (status, page) = clerk.post(&form, &form, &with(1, "")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        let (status, page) = clerk.post(&form, &form, &with(9, "x")).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("ほかの人がこの記録を変えました"), "{status} {page}");
        let (status, page) = clerk.post(&form, &form, &with(1, "%E5%85%A5%E5%8A%9B%E8%AA%A4%E3%82%8A")).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        let page = clerk.get(&path).await.1;
        assert!(page.contains("緑町児童会") && page.contains("訂正：入力誤り") && page.contains("中央児童会"), "{page}");
        let chief = desks.sign_in(CHIEF).await;
        assert_eq!(chief.get(&path).await.0, StatusCode::NOT_FOUND, "another department's register");
        assert_eq!(chief.get(&form).await.0, StatusCode::NOT_FOUND);
    });
    let note = desks.desk.read::<_, StoreError>(move |tx| records::stretches(tx, id)).unwrap().remove(0).values.get("note").cloned();
    assert!(note.is_some(), "what the clerk could not see was not lost by the correction");
}
