//! Signing in: an address, a mailed code. What a stranger sees is the same for an address that has an account and one that has none.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;
use store::StoreError;
use ui::{
    page::csrf_input,
    parts::{self, Say, Tone, Weight},
};

use crate::{
    AccountId,
    accounts::{self, CODE_DIGITS, CODE_GOOD_FOR, CodeAsked, CodeTyped, Tried},
    around::place_below,
    error::PageError,
    face::PortalFace,
    line::{Line, Takes},
    mail::MailAddress,
    posted::Posted,
    session::SessionId,
    shell,
    token::{Token, draw_digits, percent},
    visitor::Visitor,
};

/// Where to go on to.
#[derive(Deserialize)]
pub(super) struct Then {
    #[serde(default)]
    then: String,
}

pub(super) async fn address_page(State(face): State<PortalFace>, visitor: Visitor, Query(query): Query<Then>) -> Response {
    if visitor.account.is_some() {
        return Redirect::to(place_below(&query.then, "/", "/my")).into_response();
    }
    address_form(&face, &visitor, &query.then, "", None).into_response()
}

fn address_form(face: &PortalFace, visitor: &Visitor, then: &str, mail: &str, wrong: Option<&str>) -> Markup {
    let words = face.words();
    let say = Say { words: &words, language: visitor.language };
    let title = say.text("access-sign-in-title", &[]);
    let body = html! {
        h1 { (say.html("access-sign-in-title", &[])) }
        p.lead { (say.html("access-sign-in-lead", &[])) }
        form method="post" action="/sign-in" data-guard novalidate {
            (csrf_input(&visitor.csrf))
            input type="hidden" name="then" value=(then);
            (Line { name: "mail", label: "access-sign-in-mail", help: Some("access-sign-in-mail-help"), value: mail, wrong, takes: Takes::Mail }.show(say))
            div.row.actions { (parts::button(Weight::Primary, say.html("access-sign-in-send", &[]))) }
        }
        p { (say.html("access-sign-in-no-account", &[])) }
        p { (say.html("access-sign-in-other-ways", &[])) " " a href="#person" { (say.html("ui-nav-person", &[])) } }
    };
    shell::portal_page(face, visitor, &title, |page| page.personal().here("/my"), body)
}

pub(super) async fn ask(State(face): State<PortalFace>, visitor: Visitor, Posted(typed): Posted) -> Result<Response, PageError> {
    let then = typed.first("then").unwrap_or_default();
    let typed_mail = typed.first("mail").unwrap_or_default();
    let Ok(mail) = MailAddress::parse(typed_mail) else {
        let page = address_form(&face, &visitor, then, typed_mail, Some("access-sign-in-mail-wrong"));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let code = draw_digits(CODE_DIGITS)?;
    let now = face.clock.now();
    let asked = CodeAsked::new(&face.keys, &visitor.session, visitor.address, &mail, &code, visitor.language, now)?;
    face.store.writing(move |tx| accounts::ask_code(tx, &asked)).await?.map_err(PageError::TooMany)?;
    Ok(Redirect::to(&format!("/sign-in/code?then={}", percent(then))).into_response())
}

pub(super) async fn code_page(State(face): State<PortalFace>, visitor: Visitor, Query(query): Query<Then>) -> Result<Response, PageError> {
    if visitor.account.is_some() {
        return Ok(Redirect::to(place_below(&query.then, "/", "/my")).into_response());
    }
    Ok(code_form(&face, &visitor, &query.then, None).await?.into_response())
}

/// Without an open code of this browser the form is the same; only the line that says where it went is missing.
async fn code_form(face: &PortalFace, visitor: &Visitor, then: &str, wrong: Option<(&str, i64)>) -> Result<Markup, PageError> {
    let (session, now) = (visitor.session.clone(), face.clock.now());
    let sealed = face.store.reading(move |tx| -> Result<_, StoreError> { accounts::code_went_to(tx, &session, now) }).await?;
    let mail = sealed.and_then(|sealed| accounts::mail_address(&face.keys, &sealed));
    let words = face.words();
    let say = Say { words: &words, language: visitor.language };
    let title = say.text("access-code-title", &[]);
    let minutes = CODE_GOOD_FOR.as_secs() / 60;
    let again = format!("/sign-in?then={}", percent(then));
    let body = html! {
        h1 { (say.html("access-code-title", &[])) }
        @if let Some(mail) = &mail {
            p.lead { (say.html("access-code-lead", &[("mail", mail.masked().into()), ("minutes", minutes.into())])) }
        }
        @if let Some((_, left)) = wrong.filter(|(_, left)| *left > 0) {
            (parts::notice(Tone::Warn, html! { p { (say.html("access-code-left", &[("left", left.into())])) } }))
        }
        form method="post" action="/sign-in/code" data-guard novalidate {
            (csrf_input(&visitor.csrf))
            input type="hidden" name="then" value=(then);
            (Line { name: "code", label: "access-code-label", help: Some("access-code-help"), value: "", wrong: wrong.map(|(id, _)| id), takes: Takes::Code }.show(say))
            div.row.actions { (parts::button(Weight::Primary, say.html("access-code-enter", &[]))) }
        }
        p { (say.html("access-code-nothing-came", &[])) " " a href=(again) { (say.html("access-code-again", &[])) } }
    };
    Ok(shell::portal_page(face, visitor, &title, |page| page.personal().here("/my"), body))
}

pub(super) async fn enter(State(face): State<PortalFace>, visitor: Visitor, Posted(typed): Posted) -> Result<Response, PageError> {
    let then = typed.first("then").unwrap_or_default();
    let (now, token) = (face.clock.now(), Token::draw()?);
    let code = typed.first("code").unwrap_or_default();
    let tried = CodeTyped::new(&face.keys, &visitor, SessionId::of(&token), code, AccountId::draw(now), now);
    let rooms = face.on_sign_in.clone();
    let wrong = match face.store.writing(move |tx| accounts::try_code(tx, &tried, &rooms)).await? {
        Tried::Right(_) => {
            visitor.hand_out(&token, face.https);
            return Ok(Redirect::to(place_below(then, "/", "/my")).into_response());
        }
        Tried::Wait(wait) => return Err(PageError::TooMany(wait)),
        Tried::Wrong { left } => ("access-code-wrong", left),
        Tried::Spent => ("access-code-spent", 0),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, code_form(&face, &visitor, then, Some(wrong)).await?).into_response())
}

pub(super) async fn out(State(face): State<PortalFace>, visitor: Visitor, _: Posted) -> Result<Redirect, PageError> {
    let (session, now) = (visitor.session.clone(), face.clock.now());
    if let Some(account) = visitor.account.as_ref().map(|account| account.id) {
        face.store.writing(move |tx| accounts::sign_out(tx, &session, account, now)).await?;
        visitor.hand_out(&Token::draw()?, face.https);
    }
    Ok(Redirect::to("/"))
}
