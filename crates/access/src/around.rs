//! Around every route: the request's memory, its cookies, and pages in place of bare errors.
//!
//! What a person typed is not lost when a page cannot be shown: the inputs come back, hidden, behind a button that sends them again. They
//! come back only to a request that the browser vouches came from one of our own pages; else a stranger's page could borrow the button.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, BodyDataStream, Bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use definitions::text::Language;
use futures_util::StreamExt;
use maud::{Markup, html};
use ui::{
    page::{DeskPage, PortalPage, csrf_input},
    parts::{self, Say, Tone, Weight},
    words::Words,
};

use crate::{
    error::{Failed, PageError},
    face::{DeskFace, PortalFace},
    posted::{FORM_BYTES_MAX, Form, is_form},
    request::Memory,
    shell,
};

pub(crate) async fn portal(State(face): State<PortalFace>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let mut response = asked.answer(request, next).await;
    if let Some(failed) = failure(&mut response) {
        if matches!(*failed.error, PageError::NoAccount) && asked.is_page() {
            response = Redirect::to(&sign_in_address("/sign-in", &asked.memory.path())).into_response();
        } else if !asked.wants_stream {
            let page = portal_page(&face, &asked, &failed);
            put_page(&mut response, page);
        }
    }
    asked.finish(&mut response);
    response
}

pub(crate) async fn desk(State(face): State<DeskFace>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let mut response = asked.answer(request, next).await;
    if let Some(failed) = failure(&mut response) {
        if matches!(*failed.error, PageError::SignedOut) && asked.is_page() {
            response = Redirect::to(&sign_in_address("/desk/sign-in", &asked.memory.path())).into_response();
        } else if !asked.wants_stream {
            let page = desk_page(&face, &asked, &failed);
            put_page(&mut response, page);
        }
    }
    asked.finish(&mut response);
    response
}

/// What is remembered of the request after it was handed on.
struct Asked {
    memory: Memory,
    method: Method,
    wants_stream: bool,
}

impl Asked {
    fn of(request: &Request) -> Asked {
        Asked {
            memory: Memory::of(request.headers(), request.uri()),
            method: request.method().clone(),
            wants_stream: request.headers().get(header::ACCEPT).is_some_and(|accept| accept == "text/event-stream"),
        }
    }

    /// Hands the request on. A form is read here, whole, so that it can be given back whichever handler or extractor refuses it.
    async fn answer(&self, request: Request, next: Next) -> Response {
        let (mut parts, mut body) = request.into_parts();
        if self.method == Method::POST && is_form(&parts.headers) {
            match whole_form(body).await {
                Some(bytes) => {
                    self.memory.keep_typed(bytes.clone());
                    body = bytes.into();
                }
                None => return PageError::TooLarge.into_response(),
            }
        }
        parts.extensions.insert(self.memory.clone());
        next.run(Request::from_parts(parts, body)).await
    }

    fn is_page(&self) -> bool {
        self.method == Method::GET && !self.wants_stream
    }

    /// Pages differ by person and language: no proxy may keep them, unless a route says otherwise.
    fn finish(&self, response: &mut Response) {
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
        self.memory.answer(response.headers_mut());
    }

    /// The inputs of a form that could not be taken, to be sent again.
    fn typed_again(&self, csrf: &str, say: Say<'_>) -> Option<Markup> {
        if self.method != Method::POST || !self.memory.is_same_origin() {
            return None;
        }
        let inputs = Form::decode(&self.memory.typed()?).ok()?.worth_keeping();
        Some(html! {
            form method="post" action=(self.memory.path()) data-guard {
                (csrf_input(csrf))
                @for (name, value) in &inputs { input type="hidden" name=(name) value=(value); }
                p { (say.html("access-error-kept", &[("count", inputs.len().into())])) }
                div.row.actions { (parts::button(Weight::Primary, say.html("access-error-again", &[]))) }
            }
        })
    }
}

/// Of a form that is too large, this much more is still read and thrown away: a browser that cannot send to the end shows an error of its
/// own in place of our page.
const DRAINED_BYTES_MAX: usize = 32 << 20;

/// And for this long: a sender who trickles gets no page.
const DRAINED_FOR: Duration = Duration::from_secs(10);

/// The bytes of a form; none when it is too large or breaks off.
async fn whole_form(body: Body) -> Option<Bytes> {
    let mut rest = body.into_data_stream();
    let mut form = Vec::new();
    while let Some(chunk) = rest.next().await {
        let chunk = chunk.ok()?;
        if form.len() + chunk.len() > FORM_BYTES_MAX {
            drop(form);
            let _ = tokio::time::timeout(DRAINED_FOR, drain(rest)).await;
            return None;
        }
        form.extend_from_slice(&chunk);
    }
    Some(form.into())
}

async fn drain(mut rest: BodyDataStream) {
    let mut drained = 0;
    while let Some(Ok(chunk)) = rest.next().await {
        drained += chunk.len();
        if drained > DRAINED_BYTES_MAX {
            return;
        }
    }
}

/// The error that a handler answered, or what axum itself answered in bare text: no such route, a body that is no form.
fn failure(response: &mut Response) -> Option<Failed> {
    if let Some(failed) = response.extensions_mut().remove::<Failed>() {
        return Some(failed);
    }
    let is_bare = response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let error = match response.status() {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => PageError::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
        StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::UNPROCESSABLE_ENTITY => {
            PageError::BadInput("the request cannot be read")
        }
        _ => return None,
    };
    is_bare.then(|| Failed { error: Arc::new(error), reference: None })
}

fn put_page(response: &mut Response, page: Markup) {
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    *response.body_mut() = page.into_string().into();
}

fn portal_page(face: &PortalFace, asked: &Asked, failed: &Failed) -> Markup {
    let (town, words, language) = (face.town.current(), face.words(), asked.memory.language());
    let say = Say { words: &words, language };
    let title = say.text(&title_id(&words, &failed.error), &[]);
    let csrf = asked.memory.session().map(|session| session.csrf(&face.keys));
    let body = html! {
        h1 { (title) }
        (what_happened(say, failed))
        @if let Some(again) = csrf.and_then(|csrf| asked.typed_again(&csrf, say)) { (again) }
        @if matches!(*failed.error, PageError::NoAccount) { p { a href="/sign-in" target="_blank" { (say.html("access-error-sign-in", &[])) } } }
        p { (say.html("access-error-person", &[("phone", town.office.phone.as_str().into())])) }
        p { a href="/" { (say.html("access-error-home", &[])) } }
    };
    shell::with_look(&town, language, face.demo, |look| PortalPage::new(&words, language, look, &title).personal().show(body))
}

fn desk_page(face: &DeskFace, asked: &Asked, failed: &Failed) -> Markup {
    let (town, words) = (face.town.current(), face.words());
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text(&title_id(&words, &failed.error), &[]);
    let csrf = asked.memory.session().map(|session| session.csrf(&face.keys));
    let body = html! {
        (what_happened(say, failed))
        @if let Some(again) = csrf.and_then(|csrf| asked.typed_again(&csrf, say)) { (again) }
        @if matches!(*failed.error, PageError::SignedOut) {
            p { a href="/desk/sign-in" target="_blank" { (say.html("access-error-sign-in", &[])) } }
        }
        p { (say.html("access-error-desk-person", &[])) }
        p { a href="/desk" { (say.html("access-error-desk-home", &[])) } }
    };
    shell::with_look(&town, Language::Ja, face.demo, |look| DeskPage::new(&words, look, &title).show(body))
}

fn what_happened(say: Say<'_>, failed: &Failed) -> Markup {
    let args: Vec<(&str, ui::words::Value<'_>)> = match &*failed.error {
        PageError::Say { args, .. } => args.iter().map(|(name, value)| (*name, value.as_str().into())).collect(),
        error => error.retry_after().map(|wait| ("minutes", wait.as_secs().div_ceil(60).into())).into_iter().collect(),
    };
    html! {
        (parts::notice(Tone::Error, html! { p role="alert" { (say.html(&failed.error.words(), &args)) } }))
        @if let Some(reference) = &failed.reference { p { (say.html("access-error-reference", &[("reference", reference.as_str().into())])) } }
    }
}

/// A message of a room may bring a heading of its own: its id with `-title`.
fn title_id(words: &Words, error: &PageError) -> String {
    let own = format!("{}-title", error.words());
    if words.knows(&own) { own } else { "access-error-title".to_owned() }
}

/// Where to sign in, and where to come back to.
fn sign_in_address(door: &str, then: &str) -> String {
    format!("{door}?then={}", crate::token::percent(then))
}

/// A place of our own to go on to; anything else is `otherwise`. Never another host: `//evil.example` and `/\evil.example` are read as
/// hosts by browsers.
pub(crate) fn place_below<'t>(then: &'t str, root: &str, otherwise: &'t str) -> &'t str {
    let is_path = then.starts_with('/') && !then.starts_with("//") && !then.contains('\\') && !then.chars().any(char::is_control);
    let is_below = root == "/" || then == root || then.strip_prefix(root).is_some_and(|rest| rest.starts_with(['/', '?']));
    if is_path && is_below { then } else { otherwise }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_one_goes_on_within_this_town_hall_only() {
        for (then, root, expect) in [
            ("/my", "/", "/my"),
            ("/drafts/1/check?x=1", "/", "/drafts/1/check?x=1"),
            ("/desk/cases/A", "/desk", "/desk/cases/A"),
            ("/desk?queue=mine", "/desk", "/desk?queue=mine"),
            ("/deskx", "/desk", "otherwise"),
            ("/my", "/desk", "otherwise"),
            ("//evil.example", "/", "otherwise"),
            ("/\\evil.example", "/", "otherwise"),
            ("https://evil.example", "/", "otherwise"),
            ("/a\r\nSet-Cookie: x", "/", "otherwise"),
            ("", "/", "otherwise"),
        ] {
            assert_eq!(place_below(then, root, "otherwise"), expect, "{then}");
        }
    }
}
