//! はじめてのログイン The first sign-in: a one-time code from paper, then a password and a second factor of one's own.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use definitions::text::Language;
use maud::{Markup, PreEscaped, html};
use qrcode::{QrCode, render::svg};
use ui::{
    page::csrf_input,
    parts::{self, Say, Tone, Weight},
};

use super::agent;
use crate::{
    error::PageError,
    face::{ClientAddress, DeskFace},
    line::{Line, Takes},
    posted::Posted,
    shell,
    staff::{NotSetUp, Refused, SetUp, SettingUp, SignInForm, password::WeakPassword, session::Guest},
};

pub(super) async fn code_page(State(face): State<DeskFace>, guest: Guest) -> Markup {
    code_form(&face, &guest, "", None)
}

fn code_form(face: &DeskFace, guest: &Guest, login: &str, wrong: Option<&str>) -> Markup {
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text("access-set-up-title", &[]);
    let body = html! {
        p.lead { (say.html("access-set-up-lead", &[])) }
        form method="post" action="/desk/set-up" data-guard {
            (csrf_input(&guest.csrf))
            (Line { name: "login", label: "access-desk-login", help: None, value: login, wrong: None, takes: Takes::Login }.show(say))
            (Line { name: "code", label: "access-set-up-code", help: Some("access-set-up-code-help"), value: "", wrong, takes: Takes::PaperCode }.show(say))
            div.row.actions { (parts::button(Weight::Primary, say.html("access-set-up-next", &[]))) }
        }
    };
    shell::desk_page(face, None, &title, |page| page, body)
}

pub(super) async fn enter_code(
    State(face): State<DeskFace>,
    guest: Guest,
    address: ClientAddress,
    headers: HeaderMap,
    Posted(typed): Posted,
) -> Result<Response, PageError> {
    let text = |name: &str| typed.first(name).unwrap_or_default().to_owned();
    let login = text("login");
    let form = SignInForm { login: login.clone(), password: String::new(), code: text("code"), agent: agent(&headers), address };
    match SetUp::begin(&face, &guest, form).await? {
        Ok(token) => {
            guest.hand_out(&token, face.https);
            Ok(Redirect::to("/desk/set-up/factor").into_response())
        }
        Err(Refused::Wait(wait)) => Err(PageError::TooMany(wait)),
        Err(Refused::Wrong) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, code_form(&face, &guest, &login, Some("access-set-up-code-wrong"))).into_response())
        }
    }
}

pub(super) async fn factor_page(State(face): State<DeskFace>, guest: Guest) -> Result<Markup, PageError> {
    let shown = SetUp::shown(&face, &guest).await?;
    Ok(factor_form(&face, &guest, &shown, None))
}

fn factor_form(face: &DeskFace, guest: &Guest, shown: &SettingUp, wrong: Option<NotSetUp>) -> Markup {
    let (words, town) = (face.words(), face.town.current());
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text("access-factor-title", &[]);
    let password_wrong = match wrong {
        Some(NotSetUp::Weak(WeakPassword::Short)) => Some("access-password-short"),
        Some(NotSetUp::Weak(WeakPassword::Long)) => Some("access-password-long"),
        Some(NotSetUp::Weak(WeakPassword::Easy)) => Some("access-password-easy"),
        _ => None,
    };
    let again_wrong = (wrong == Some(NotSetUp::Differ)).then_some("access-password-differ");
    let code_wrong = (wrong == Some(NotSetUp::WrongCode)).then_some("access-factor-wrong");
    let uri = shown.factor.uri(&town.name.ja, &shown.login);
    let body = html! {
        form method="post" action="/desk/set-up/factor" data-guard {
            (csrf_input(&guest.csrf))
            h2 { (say.html("access-factor-password", &[])) }
            // Password managers keep the pair together by this line.
            input type="hidden" name="login" autocomplete="username" value=(shown.login);
            (Line { name: "password", label: "access-factor-new", help: Some("access-factor-new-help"), value: "", wrong: password_wrong, takes: Takes::NewPassword }.show(say))
            (Line { name: "password-again", label: "access-factor-again", help: None, value: "", wrong: again_wrong, takes: Takes::NewPassword }.show(say))
            h2 { (say.html("access-factor-app", &[])) }
            ol {
                li { (say.html("access-factor-app-1", &[])) }
                li { (say.html("access-factor-app-2", &[])) }
            }
            @if let Some(drawing) = qr(&uri) {
                div role="img" aria-label=(say.text("access-factor-qr", &[])) { (drawing) }
            }
            (parts::facts(&[parts::Fact { label: say.html("access-factor-key", &[]), value: html! { span.number { (shown.factor.shown()) } } }]))
            (Line { name: "code", label: "access-factor-code", help: Some("access-factor-code-help"), value: "", wrong: code_wrong, takes: Takes::Code }.show(say))
            (parts::notice(Tone::Info, html! { p { (say.html("access-factor-ends-others", &[])) } }))
            div.row.actions { (parts::button(Weight::Primary, say.html("access-factor-done", &[]))) }
        }
    };
    shell::desk_page(face, None, &title, |page| page, body)
}

pub(super) async fn choose(
    State(face): State<DeskFace>,
    guest: Guest,
    headers: HeaderMap,
    Posted(typed): Posted,
) -> Result<Response, PageError> {
    let text = |name: &str| typed.first(name).unwrap_or_default().to_owned();
    let passwords = (text("password"), text("password-again"));
    match SetUp::finish(&face, &guest, passwords, &text("code"), agent(&headers)).await? {
        Ok(token) => {
            guest.hand_out(&token, face.https);
            Ok(Redirect::to("/desk").into_response())
        }
        Err(NotSetUp::Over) => Ok(Redirect::to("/desk/sign-in").into_response()),
        Err(wrong) => {
            let shown = SetUp::shown(&face, &guest).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, factor_form(&face, &guest, &shown, Some(wrong))).into_response())
        }
    }
}

/// Black on white whatever the page's colours: cameras need it. The prologue of a file has no place inside a page.
fn qr(uri: &str) -> Option<Markup> {
    let code = QrCode::new(uri.as_bytes()).ok()?;
    let drawing = code.render::<svg::Color<'_>>().min_dimensions(220, 220).quiet_zone(true).build();
    let start = drawing.find("<svg")?;
    Some(PreEscaped(drawing[start..].to_owned()))
}
