//! When a page cannot be shown: what the person reads, what is kept, and what the log keeps to itself.

mod world;

use access::{PageError, PortalFace, Posted, Visitor, portal};
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use store::{StoreError, testing::Place};
use world::World;

/// Routes that fail in the ways that routes fail.
fn failing(face: PortalFace) -> Router {
    async fn busy(_: Visitor, Posted(_): Posted) -> PageError {
        StoreError::busy().into()
    }
    async fn full(_: Visitor, Posted(_): Posted) -> PageError {
        StoreError::DiskFull.into()
    }
    async fn broken() -> PageError {
        StoreError::Statement { sql: "select secret_column".to_owned(), why: "no such column".to_owned() }.into()
    }
    async fn number(Path(_): Path<u32>) -> StatusCode {
        StatusCode::NO_CONTENT
    }
    async fn mine(visitor: Visitor, State(_): State<PortalFace>) -> Result<String, PageError> {
        Ok(visitor.signed_in()?.shown().to_owned())
    }
    async fn closed() -> PageError {
        PageError::say(StatusCode::CONFLICT, "access-linking-no-such-code")
    }
    let routes = Router::new()
        .route("/busy", post(busy))
        .route("/full", post(full))
        .route("/broken", get(broken))
        .route("/number/{number}", get(number))
        .route("/mine", get(mine).post(mine))
        .route("/closed", get(closed));
    portal::serve(routes.merge(portal::router()), face)
}

#[test]
fn when_the_town_hall_is_busy_or_its_disk_is_full_what_was_typed_stays_on_the_page() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let mut browser = world.browser(failing(world.portal.clone()));
    browser.get("/sign-in");
    for path in ["/busy?page=2", "/full"] {
        let inputs = [("name", "佐藤 \"花子\" <hanako>"), ("reason", "一行目\n二行目"), ("password", "himitsu")];
        let page = browser.post(path, &inputs).is(503).says("混み合っています").says("0000-00-0000");
        assert_eq!(page.retry_after.as_deref(), Some("5"));
        let page = page.says("value=\"佐藤 &quot;花子&quot; &lt;hanako&gt;\"").says("一行目\n二行目").says_not("himitsu");
        page.says(&format!("action=\"{path}\"")).says(&format!("value=\"{}\"", browser.csrf));
    }
}

#[test]
fn our_own_fault_shows_a_reference_and_nothing_of_the_cause() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let mut browser = world.browser(failing(world.portal.clone()));
    browser.get("/broken").is(500).says("この番号をお伝えください").says_not("secret_column").says_not("no such column");
    browser.get("/broken?lang=en").is(500).says("Something went wrong on our side").says("lang=\"en\"");
}

#[test]
fn what_axum_refuses_by_itself_is_a_page_too() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let mut browser = world.browser(failing(world.portal.clone()));
    browser.get("/number/abc").is(400).says("読み取れませんでした");
    browser.get("/busy").is(405).says("ページが見つかりません");
    browser.get("/number/7").is(204);
}

#[test]
fn a_message_of_a_room_is_said_with_the_town_halls_number_below() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let mut browser = world.browser(failing(world.portal.clone()));
    browser.get("/closed").is(409).says("この番号は使えません").says("うまくいきませんでした").says("0000-00-0000");
}

#[test]
fn who_must_sign_in_is_sent_there_and_back_and_a_form_of_theirs_is_kept() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let mut browser = world.browser(failing(world.portal.clone()));
    browser.get("/mine?x=1").goes_to("/sign-in?then=%2Fmine%3Fx%3D1");
    browser.get("/sign-in");
    browser.post("/mine", &[("text", "書きかけ")]).is(401).says("書きかけ").says("ログインしてください");
}

#[test]
fn over_https_the_session_cookie_is_bound_to_the_host() {
    let place = Place::sqlite();
    let mut world = World::new(&place);
    world.portal.https = true;
    let mut browser = world.resident();
    browser.get("/sign-in").is(200);
    assert!(browser.cookies.contains_key("__Host-yakuba"), "{:?}", browser.cookies);
}

#[test]
fn all_three_languages_say_all_error_pages() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let mut browser = world.browser(failing(world.portal.clone()));
    for (language, says) in [("ja", "ページが見つかりません"), ("easy", "<ruby>"), ("en", "Page not found")] {
        browser.get(&format!("/nowhere?lang={language}")).is(404).says(says);
    }
    let missing = world.portal.words().missing();
    assert_eq!(missing, Vec::new());
}
