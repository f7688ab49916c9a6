//! The account: how one is known, the code to read to a clerk, and the way out of every device.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use definitions::procedure::Identity;
use maud::{Markup, html};
use store::StoreError;
use ui::{
    page::csrf_input,
    parts::{self, Fact, Say, Tone, Weight},
};

use crate::{
    NoteId, accounts,
    clock::day_in_japan,
    error::PageError,
    face::PortalFace,
    link::{self, LINK_CODE_DIGITS, LINK_CODES},
    posted::Posted,
    shell, throttle,
    token::{Token, draw_digits},
    visitor::{Account, Visitor},
};

pub(super) async fn show(State(face): State<PortalFace>, visitor: Visitor) -> Result<Markup, PageError> {
    let account = visitor.signed_in()?.clone();
    Ok(page(&face, &visitor, &account, None))
}

fn page(face: &PortalFace, visitor: &Visitor, account: &Account, code: Option<&str>) -> Markup {
    let words = face.words();
    let say = Say { words: &words, language: visitor.language };
    let title = say.text("access-account-title", &[]);
    let identity = match account.assurance.identity {
        Identity::SelfAsserted => "access-identity-self-asserted",
        Identity::Letter => "access-identity-letter",
        Identity::Seen => "access-identity-seen",
        Identity::Signature => "access-identity-signature",
    };
    let facts = [
        Fact { label: say.html("access-account-mail", &[]), value: html! { (account.mail()) } },
        Fact { label: say.html("access-account-identity", &[]), value: say.html(identity, &[]) },
    ];
    let body = html! {
        h1 { (say.html("access-account-title", &[])) }
        (unlinked(say, account))
        (parts::facts(&facts))
        @if account.resident.is_none() {
            section.panel aria-labelledby="link" {
                h2 #link { (say.html("access-link-title", &[])) }
                p { (say.html("access-link-text", &[])) }
                @match code {
                    Some(code) => {
                        div role="status" { (parts::receipt_number(say.html("access-link-code", &[]), code)) }
                        p { (say.html("access-link-code-help", &[])) }
                    },
                    None => form method="post" action="/my/account/link-code" {
                        (csrf_input(&visitor.csrf))
                        (parts::button(Weight::Second, say.html("access-link-ask", &[])))
                    },
                }
            }
        }
        section.panel aria-labelledby="everywhere" {
            h2 #everywhere { (say.html("access-everywhere-title", &[])) }
            (parts::notice(Tone::Info, html! { p { (say.html("access-everywhere-text", &[])) } }))
            (parts::post_button(Weight::Second, "/my/account/sign-out-everywhere", &visitor.csrf, say.html("access-everywhere-do", &[])))
        }
        p { a href="/my" { (say.html("ui-nav-my", &[])) } }
    };
    shell::portal_page(face, visitor, &title, |page| page.personal().here("/my"), body)
}

/// Told to the owner of an account whose link the town hall took back, until it is linked again; for their pages.
pub fn unlinked(say: Say<'_>, account: &Account) -> Markup {
    let at = account.unlinked_at.map(|at| say.words.day(say.language, day_in_japan(at)));
    html! { @if let Some(at) = at { (parts::notice(Tone::Warn, html! { p { (say.html("access-account-unlinked", &[("at", at.into())])) } })) } }
}

/// The code is shown once, on the answer to the press; the desk keeps its digest.
pub(super) async fn link_code(State(face): State<PortalFace>, visitor: Visitor, _: Posted) -> Result<Response, PageError> {
    let account = visitor.signed_in()?.clone();
    let (code, now) = (draw_digits(LINK_CODE_DIGITS)?, face.clock.now());
    let (parcel, asked, id) = (NoteId::draw(now).to_string(), code.clone(), account.id);
    face.store
        .writing(move |tx| -> Result<_, StoreError> {
            if let Err(wait) = throttle::take(tx, "link-code", &id.to_string(), LINK_CODES, now)? {
                return Ok(Err(wait));
            }
            link::ask(tx, id, &asked, &parcel, now).map(Ok)
        })
        .await?
        .map_err(PageError::TooMany)?;
    let (left, right) = code.split_at(LINK_CODE_DIGITS / 2);
    Ok(page(&face, &visitor, &account, Some(&format!("{left} {right}"))).into_response())
}

pub(super) async fn out_everywhere(State(face): State<PortalFace>, visitor: Visitor, _: Posted) -> Result<Redirect, PageError> {
    let (account, now) = (visitor.signed_in()?.id, face.clock.now());
    face.store.writing(move |tx| accounts::sign_out_everywhere(tx, account, now)).await?;
    visitor.hand_out(&Token::draw()?, face.https);
    Ok(Redirect::to("/sign-in"))
}
