//! The notices of my page as a browser asks for them.

mod town;

use std::sync::Arc;

use access::{AccountId, Clock, PortalFace, Visitor, accounts, current::Current, mail::MailAddress};
use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{Request, StatusCode, header},
    routing::get,
};
use definitions::text::Language;
use http_body_util::BodyExt;
use messages::{Content, Notice};
use store::{Portal, StoreError, files::Files, keys::Keys, testing::Place};
use tower::ServiceExt;
use town::notice;

struct Portals {
    app: Router,
    store: Portal,
}

fn account(number: u128) -> AccountId {
    AccountId::new(uuid::Uuid::from_u128(number))
}

fn open(place: &Place) -> Portals {
    let store = Portal::new(place.open("portal", &[access::PORTAL_MIGRATIONS, messages::PORTAL_MIGRATIONS].concat()));
    let (keys, _) = Keys::init(&place.folder().join("key")).unwrap();
    let now = "2026-11-24T00:00:00Z".parse().unwrap();
    for number in [1, 2] {
        let address = MailAddress::parse(&format!("resident{number}@example.jp")).unwrap();
        let keys = Keys::open(&place.folder().join("key")).unwrap();
        store.write(move |tx| accounts::ensure(tx, &keys, account(number), &address, Language::Ja, now)).unwrap();
    }
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mihon"));
    let town = definitions::town::Town::load(folder).unwrap_or_else(|problems| panic!("{problems:?}"));
    let words = ui::words::Words::new([ui::words::words(), access::words(), messages::words()].concat(), []).unwrap();
    let face = PortalFace {
        store: store.clone(),
        town: Current::new(town),
        words: Current::new(words),
        files: Files::open(&place.folder().join("files"), Keys::open(&place.folder().join("key")).unwrap()).unwrap(),
        keys: Arc::new(keys),
        clock: Clock::fixed(now),
        demo: true,
        https: false,
        on_sign_in: Arc::new([]),
    };
    let as_resident = |State(face): State<PortalFace>, visitor: Visitor, Path(number): Path<u128>| async move {
        access::portal::sign_in_as(&face, &visitor, account(number), "/my").await
    };
    let routes = messages::portal::router().route("/as/{number}", get(as_resident));
    Portals { app: access::portal::serve(routes, face), store }
}

impl Portals {
    fn tell(&self, of: u128, id: &str, procedure: &str) {
        let args = vec![("procedure".to_owned(), procedure.to_owned())];
        let content = Content::Words { id: "messages-notice-decided".into(), args };
        let notice = Notice { account: Some(account(of)), content, ..notice(id, "") };
        let now = "2026-11-24T00:00:00Z".parse().unwrap();
        self.store.write::<_, StoreError>(move |tx| messages::tell(tx, &notice, now)).unwrap();
    }

    async fn sign_in(&self, number: u128) -> String {
        let answer = self.app.clone().oneshot(Request::get(format!("/as/{number}")).body(Body::empty()).unwrap()).await.unwrap();
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        cookies.map(|cookie| cookie.split(';').next().unwrap().to_owned()).next_back().expect("a cookie")
    }

    async fn ask(&self, cookie: &str, mut request: Request<Body>) -> (StatusCode, String, String) {
        request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        let answer = self.app.clone().oneshot(request).await.unwrap();
        let (status, to) = (answer.status(), answer.headers().get(header::LOCATION).map_or("", |to| to.to_str().unwrap()).to_owned());
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, to, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn get(&self, cookie: &str, path: &str) -> (StatusCode, String) {
        let (status, _, page) = self.ask(cookie, Request::get(path).body(Body::empty()).unwrap()).await;
        (status, page)
    }

    async fn post(&self, cookie: &str, path: &str, token: &str, body: &str) -> (StatusCode, String) {
        let body = Body::from(format!("csrf={token}&{body}"));
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body).unwrap();
        let (status, to, _) = self.ask(cookie, request).await;
        (status, to)
    }

    async fn token(&self, cookie: &str) -> String {
        let page = self.get(cookie, "/my/notices").await.1;
        page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    }
}

fn on<T>(act: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(act)
}

#[test]
fn a_resident_reads_their_notices_in_their_language_and_opening_one_leads_to_the_case() {
    let place = Place::sqlite();
    let portals = open(&place);
    portals.tell(1, "case:1:2", "情報公開請求");
    on(async {
        let cookie = portals.sign_in(1).await;
        let (status, page) = portals.get(&cookie, "/my/notices").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("「情報公開請求」の結果が出ました") && page.contains("未読が 1 件"), "{page}");
        let (_, english) = portals.get(&cookie, "/my/notices?lang=en").await;
        assert!(english.contains("has been decided"), "{english}");
        let token = portals.token(&cookie).await;
        assert_eq!(
            portals.post(&cookie, "/my/notices/open", &token, "id=case%3A1%3A2").await,
            (StatusCode::SEE_OTHER, "/status/K7P4M29".into())
        );
        assert!(!portals.get(&cookie, "/my/notices").await.1.contains("未読が"));
    });
}

#[test]
fn nobody_sees_opens_or_marks_what_is_anothers() {
    let place = Place::sqlite();
    let portals = open(&place);
    portals.tell(1, "case:1:2", "情報公開請求");
    portals.tell(2, "case:2:2", "住民票の写し");
    on(async {
        let cookie = portals.sign_in(2).await;
        let page = portals.get(&cookie, "/my/notices").await.1;
        assert!(page.contains("住民票の写し") && !page.contains("情報公開請求"), "{page}");
        let token = portals.token(&cookie).await;
        assert_eq!(portals.post(&cookie, "/my/notices/open", &token, "id=case%3A1%3A2").await.0, StatusCode::NOT_FOUND);
        assert_eq!(portals.post(&cookie, "/my/notices/open", &token, "id=case%3A9%3A9").await.0, StatusCode::NOT_FOUND);
        assert_eq!(portals.post(&cookie, "/my/notices/open", "forged", "id=case%3A2%3A2").await.0, StatusCode::FORBIDDEN);
        assert_eq!(portals.post(&cookie, "/my/notices/read-all", &token, "").await.0, StatusCode::SEE_OTHER);
        let other = portals.sign_in(1).await;
        assert!(portals.get(&other, "/my/notices").await.1.contains("未読が 1 件"));
        let (status, page) = portals.get("x=y", "/my/notices").await;
        assert!(status != StatusCode::OK && !page.contains("情報公開請求"), "{status}");
    });
}
