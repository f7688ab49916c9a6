//! The page that says whether this office issued a letter: as the portal serves it, from a request to the words on it.

mod cast;

use std::{net::IpAddr, sync::Arc};

use access::{ClientAddress, Clock, PortalFace, TownHandle, WordsHandle};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use cast::trial_town;
use http_body_util::BodyExt;
use letters::{VerifyCode, VerifyReceiver, verify::Notice};
use store::{Portal, StoreError, files::Files, hatch::Receiver, keys::Keys, testing::Place};
use tower::ServiceExt;
use ui::words::Words;

struct Office {
    pages: Router,
    portal: Portal,
    // Last, so that the store is closed before its folder goes.
    _place: Place,
}

fn office() -> Office {
    let place = Place::sqlite();
    let migrations = [access::PORTAL_MIGRATIONS, letters::PORTAL_MIGRATIONS].concat();
    let portal = Portal::new(place.open("portal", &migrations));
    let (keys, _) = Keys::init(&place.folder().join("keys")).unwrap();
    let town = trial_town(place.folder());
    let words = [ui::words::words(), access::words(), letters::words()].concat();
    let face = PortalFace {
        store: portal.clone(),
        town: TownHandle::new(town),
        words: WordsHandle::new(Words::new(words, []).unwrap()),
        files: Files::open(&place.folder().join("files"), keys.clone()).unwrap(),
        keys: Arc::new(keys),
        clock: Clock::fixed("2026-11-24T01:00:00Z".parse().unwrap()),
        demo: false,
        https: false,
        on_sign_in: Arc::from([]),
    };
    Office { pages: access::portal::serve(letters::portal::router(), face), portal, _place: place }
}

impl Office {
    async fn get(&self, path: &str) -> (StatusCode, String) {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ClientAddress(IpAddr::from([192, 0, 2, 1])));
        let answer = self.pages.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let location = answer.headers().get("location").map(|place| place.to_str().unwrap().to_owned());
        let body = String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
        (status, location.unwrap_or(body))
    }

    /// What comes through the hatch of a letter with this code.
    fn hear(&self, code: &VerifyCode, voided_on: Option<&str>) {
        let notice: Notice = serde_json::from_value(serde_json::json!({
            "mark": code.mark(), "document_number": "8見総第123号", "sender": "見本市", "bears": "2026-11-24", "voided_on": voided_on,
        }))
        .unwrap();
        let parcel =
            store::Parcel { kind: "letter.verify".into(), id: format!("{voided_on:?}"), body: serde_json::to_vec(&notice).unwrap() };
        let received = self.portal.write(move |tx| -> Result<(), StoreError> {
            VerifyReceiver.receive(tx, &parcel).map_err(|error| StoreError::Other(error.to_string()))
        });
        received.unwrap();
    }
}

fn code() -> VerifyCode {
    VerifyCode::draw([7; 40])
}

/// The page without what differs from one rendering to the next and without the words: what kinds of elements, in which order.
fn shape(page: &str) -> Vec<&str> {
    let (_, main) = page.split_once("<h1").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    main.split('<').filter_map(|piece| piece.split([' ', '>']).next()).filter(|tag| !["path", "circle", "line"].contains(tag)).collect()
}

#[tokio::test]
async fn a_letter_that_was_issued_is_known_by_number_and_day_and_nothing_else() {
    let office = office();
    office.hear(&code(), None);
    let (status, page) = office.get(&format!("/verify/{}", code().plain())).await;
    assert_eq!(status, StatusCode::OK);
    for expected in ["発行したものです", "8見総第123号", "令和8年11月24日", "見本市"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
}

#[tokio::test]
async fn a_voided_letter_says_since_when() {
    let office = office();
    office.hear(&code(), None);
    office.hear(&code(), Some("2026-12-01"));
    let (_, page) = office.get(&format!("/verify/{}", code())).await;
    assert!(page.contains("令和8年12月1日") && page.contains("取り消されました") && !page.contains("発行したものです"), "{page}");
}

#[tokio::test]
async fn codes_that_are_none_of_ours_answer_alike_and_in_the_same_shape() {
    let office = office();
    office.hear(&code(), None);
    let (_, known) = office.get(&format!("/verify/{}", code().plain())).await;
    let (status, unknown) = office.get(&format!("/verify/{}", VerifyCode::draw([8; 40]).plain())).await;
    let (_, nonsense) = office.get("/verify/%E3%81%82").await;
    assert_eq!(status, StatusCode::OK);
    assert!(unknown.contains("発行の記録にありません") && nonsense.contains("発行の記録にありません"), "{unknown}");
    assert!(!unknown.contains("8見総第123号"));
    assert_eq!(shape(&unknown), shape(&known));
    assert_eq!(shape(&unknown), shape(&nonsense));
}

#[tokio::test]
async fn who_tries_codes_is_slowed_down_and_holders_of_letters_are_not() {
    let office = office();
    office.hear(&code(), None);
    let mut statuses = Vec::new();
    for n in 0..25 {
        statuses.push(
            office.get(&format!("/verify/{}", VerifyCode::draw(std::array::from_fn(|at| u8::try_from(at).unwrap() + n)).plain())).await.0,
        );
    }
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count(), 5, "{statuses:?}");
    assert_eq!(office.get(&format!("/verify/{}", code().plain())).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_code_that_is_typed_leads_to_the_page_of_the_qr_code() {
    let office = office();
    let (_, form) = office.get("/verify").await;
    assert!(form.contains("name=\"code\"") && form.contains("<label for=\"code\""), "{form}");
    let typed = code().to_string().to_lowercase();
    assert_eq!(office.get(&format!("/verify?code={typed}")).await.1, format!("/verify/{}", code().plain()));
    assert!(office.get("/verify?code=123").await.1.contains("発行の記録にありません"));
}

#[tokio::test]
async fn whoever_holds_several_letters_is_told_which_of_them_are_void() {
    let office = office();
    let [first, second, third] = [1, 2, 3].map(|seed| VerifyCode::draw([seed; 40]));
    office.hear(&first, None);
    office.hear(&second, Some("2026-12-01"));
    // Sent anew, the issuing undoes no voiding.
    office.hear(&second, None);
    let texts = [first.plain(), second.to_string(), third.plain(), "no code".to_owned()];
    let shown = second.to_string();
    let voided = office.portal.read(move |tx| letters::verify::voided(tx, texts.iter().map(String::as_str))).unwrap();
    assert_eq!(voided.into_iter().collect::<Vec<_>>(), [(shown, jiff::civil::date(2026, 12, 1))]);
    assert!(office.portal.read(|tx| letters::verify::voided(tx, [])).unwrap().is_empty());
}
