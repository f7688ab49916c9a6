//! ログイン The door: login id, password, code, on one page. Whatever is wrong, it says the same.

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use definitions::text::Language;
use maud::{Markup, html};
use serde::Deserialize;
use store::StoreError;
use ui::{
    page::csrf_input,
    parts::{self, Say, Tone, Weight},
};

use super::agent;
use crate::{
    around::place_below,
    error::PageError,
    face::{ClientAddress, DeskFace},
    line::{Line, Takes},
    posted::Posted,
    shell,
    staff::{
        Refused, SignInForm,
        directory::entry,
        session::{self, Guest},
    },
    token::Token,
};

/// Where to go on to.
#[derive(Deserialize)]
pub(super) struct Then {
    #[serde(default)]
    then: String,
}

pub(super) async fn show(State(face): State<DeskFace>, guest: Guest, Query(query): Query<Then>) -> Response {
    if guest.staff.is_some() {
        return Redirect::to(place_below(&query.then, "/desk", "/desk")).into_response();
    }
    form(&face, &guest, &query.then, "", None).into_response()
}

fn form(face: &DeskFace, guest: &Guest, then: &str, login: &str, wrong: Option<&str>) -> Markup {
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text("access-desk-sign-in-title", &[]);
    let line = |name, label, value, takes| Line { name, label, help: None, value, wrong: None, takes }.show(say);
    let body = html! {
        @if let Some(wrong) = wrong { (parts::notice(Tone::Error, html! { p role="alert" { (say.html(wrong, &[])) } })) }
        form method="post" action="/desk/sign-in" data-guard {
            (csrf_input(&guest.csrf))
            input type="hidden" name="then" value=(then);
            (line("login", "access-desk-login", login, Takes::Login))
            (line("password", "access-desk-password", "", Takes::Password))
            (line("code", "access-desk-code", "", Takes::Code))
            div.row.actions { (parts::button(Weight::Primary, say.html("access-desk-sign-in", &[]))) }
        }
        p { (say.html("access-desk-first-time", &[])) " " a href="/desk/set-up" { (say.html("access-set-up-title", &[])) } }
        p { (say.html("access-desk-lost", &[])) }
    };
    shell::desk_page(face, None, &title, |page| page, body)
}

pub(super) async fn enter(
    State(face): State<DeskFace>,
    guest: Guest,
    address: ClientAddress,
    headers: HeaderMap,
    Posted(typed): Posted,
) -> Result<Response, PageError> {
    let text = |name: &str| typed.first(name).unwrap_or_default().to_owned();
    let (login, then) = (text("login"), text("then"));
    let sign_in = SignInForm { login: login.clone(), password: text("password"), code: text("code"), agent: agent(&headers), address };
    match sign_in.sign_in(&face, &guest).await? {
        Ok(token) => {
            guest.hand_out(&token, face.https);
            Ok(Redirect::to(place_below(&then, "/desk", "/desk")).into_response())
        }
        Err(Refused::Wait(wait)) => Err(PageError::TooMany(wait)),
        Err(Refused::Wrong) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, form(&face, &guest, &then, &login, Some("access-desk-wrong"))).into_response())
        }
    }
}

pub(super) async fn leave(State(face): State<DeskFace>, guest: Guest, _: Posted) -> Result<Redirect, PageError> {
    if let Some(staff) = guest.staff.clone() {
        let now = face.clock.now();
        face.store
            .writing(move |tx| -> Result<_, StoreError> {
                session::end(tx, &staff.session, "signed-out", now)?;
                tx.journal(&entry(&staff.actor(), "signed-out", staff.id))
            })
            .await?;
        guest.hand_out(&Token::draw()?, face.https);
    }
    Ok(Redirect::to("/desk/sign-in"))
}
