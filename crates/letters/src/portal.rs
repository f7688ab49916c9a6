//! Residents' pages of this room: whether this office issued a letter. Anyone may ask, without an account and without a script.

use std::time::Duration;

use access::{PageError, PortalFace, Visitor, shell::portal_page, throttle};
use axum::{
    Router,
    extract::{Path, Query, State},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use jp::era::wareki;
use maud::{Markup, html};
use store::StoreError;
use ui::parts::{self, Fact, Say, Tone, Weight};

use crate::{
    code::VerifyCode,
    verify::{Known, find},
};

/// Codes that are none of ours, from one address: someone mistypes a few times; a program that guesses is slowed down.
const GUESSES: throttle::Rate = throttle::Rate { most: 20, per: Duration::from_secs(600) };

/// `/verify` and `/verify/CODE`.
pub fn router() -> Router<PortalFace> {
    Router::new().route("/verify", get(ask)).route("/verify/{code}", get(answer))
}

#[derive(serde::Deserialize)]
struct Typed {
    code: Option<String>,
}

/// A form for those who type the code; it leads to the page that the QR code leads to.
async fn ask(State(face): State<PortalFace>, visitor: Visitor, Query(typed): Query<Typed>) -> Response {
    match typed.code.as_deref().map(VerifyCode::typed) {
        Some(Some(code)) => Redirect::to(&format!("/verify/{}", code.plain())).into_response(),
        Some(None) => shown(&face, &visitor, None).into_response(),
        None => {
            let words = face.words();
            let say = Say { words: &words, language: visitor.language };
            let body = html! {
                h1 { (say.html("letters-verify-title", &[])) }
                p.lead { (say.html("letters-verify-lead", &[])) }
                (form(say))
            };
            page(&face, &visitor, body).into_response()
        }
    }
}

async fn answer(State(face): State<PortalFace>, visitor: Visitor, Path(code): Path<String>) -> Result<Html<String>, PageError> {
    let known = match VerifyCode::typed(&code) {
        None => None,
        Some(code) => face.store.reading(move |tx| find(tx, &code)).await?,
    };
    if known.is_none() {
        let (key, now) = (visitor.client_key(&face.keys), face.clock.now());
        let taken = face.store.writing(move |tx| throttle::take(tx, "letter.verify", &key, GUESSES, now)).await;
        taken.map_err(|error: StoreError| PageError::from(error))?.map_err(PageError::TooMany)?;
    }
    Ok(shown(&face, &visitor, known.as_ref()))
}

/// The same page for letters that were issued and for those that were not: heading, one notice, three facts, the form.
fn shown(face: &PortalFace, visitor: &Visitor, known: Option<&Known>) -> Html<String> {
    let words = face.words();
    let say = Say { words: &words, language: visitor.language };
    let (tone, verdict) = match known {
        Some(Known { voided_on: None, .. }) => (Tone::Good, "letters-verify-issued"),
        Some(Known { voided_on: Some(_), .. }) => (Tone::Warn, "letters-verify-voided"),
        None => (Tone::Error, "letters-verify-unknown"),
    };
    let fact =
        |label: &str, value: Option<String>| Fact { label: say.html(label, &[]), value: html! { (value.unwrap_or_else(|| "―".into())) } };
    let facts = [
        fact("letters-verify-number", known.map(|known| known.document_number.clone())),
        fact("letters-verify-date", known.map(|known| wareki(known.bears))),
        fact("letters-verify-sender", known.map(|known| known.sender.clone())),
    ];
    let voided_on = known.and_then(|known| known.voided_on).map(wareki).unwrap_or_default();
    let body = html! {
        h1 { (say.html("letters-verify-title", &[])) }
        (parts::notice(tone, say.html(verdict, &[("date", voided_on.as_str().into())])))
        (parts::facts(&facts))
        p { (say.html(if known.is_some() { "letters-verify-compare" } else { "letters-verify-doubt" }, &[])) }
        (form(say))
    };
    page(face, visitor, body)
}

fn form(say: Say<'_>) -> Markup {
    html! {
        form method="get" action="/verify" {
            div.field {
                label for="code" { (say.html("letters-verify-code", &[])) }
                input #code name="code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="64" required;
            }
            (parts::button(Weight::Second, say.html("letters-verify-ask", &[])))
        }
    }
}

fn page(face: &PortalFace, visitor: &Visitor, body: Markup) -> Html<String> {
    let title = face.words().say(visitor.language, "letters-verify-title", &[]);
    Html(portal_page(face, visitor, &title, |page| page, body).into_string())
}
