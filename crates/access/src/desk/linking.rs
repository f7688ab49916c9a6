//! 利用者登録との結び付け Linking an account: the clerk has seen who the person is and types the code that they read aloud.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use definitions::text::Language;
use maud::{Markup, html};
use serde::Deserialize;
use store::StoreError;
use ui::{
    page::csrf_input,
    parts::{self, Say, Tone, Weight},
};

use crate::{
    error::PageError,
    face::DeskFace,
    line::{Line, Takes},
    link::{self, Document, LinkForm, NotLinked},
    posted::Posted,
    shell,
    staff::Staff,
};

/// Whom the clerk has before them: the registry's page of the resident links here.
#[derive(Deserialize)]
pub(super) struct Whom {
    #[serde(default)]
    resident: String,
}

pub(super) async fn show(State(face): State<DeskFace>, staff: Staff, Query(whom): Query<Whom>) -> Result<Markup, PageError> {
    link::may_link(&staff).ok_or(PageError::NotFound)?;
    Ok(page(&face, &staff, &whom.resident, None, Shown::Asking))
}

/// What is said above the form.
enum Shown {
    Asking,
    Wrong(&'static str),
    Done,
}

fn page(face: &DeskFace, staff: &Staff, resident: &str, seen: Option<Document>, state: Shown) -> Markup {
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text("access-linking-title", &[]);
    let wrong = match state {
        Shown::Wrong(id) => Some(id),
        Shown::Asking | Shown::Done => None,
    };
    let body = html! {
        @if matches!(state, Shown::Done) {
            div role="status" { (parts::notice(Tone::Good, html! { p { (say.html("access-linking-done", &[])) } })) }
        } @else {
            p { (say.html("access-linking-lead", &[])) }
            form method="post" action="/desk/link-account" data-guard {
                (csrf_input(&staff.csrf))
                @if resident.is_empty() {
                    (Line { name: "resident", label: "access-linking-resident", help: Some("access-linking-resident-help"), value: "", wrong: None, takes: Takes::PaperCode }.show(say))
                } @else {
                    input type="hidden" name="resident" value=(resident);
                }
                fieldset.q {
                    legend.label { (say.html("access-linking-seen", &[])) }
                    div.picks {
                        @for document in Document::ALL {
                            label.pick {
                                input type="radio" name="seen" value=(document.code()) required checked[seen == Some(document)];
                                span { (say.html(document_words(document), &[])) }
                            }
                        }
                    }
                }
                (Line { name: "link-code", label: "access-linking-code", help: Some("access-linking-code-help"), value: "", wrong, takes: Takes::Code }.show(say))
                div.row.actions { (parts::button(Weight::Primary, say.html("access-linking-do", &[]))) }
            }
        }
    };
    shell::desk_page_at(face, Some(staff), &title, "/desk/link-account", |page| page, body)
}

fn document_words(document: Document) -> &'static str {
    match document {
        Document::MyNumberCard => "access-document-my-number-card",
        Document::DrivingLicence => "access-document-driving-licence",
        Document::Passport => "access-document-passport",
        Document::ResidenceCard => "access-document-residence-card",
        Document::TwoWithoutPhoto => "access-document-two-without-photo",
    }
}

pub(super) async fn link(State(face): State<DeskFace>, staff: Staff, Posted(typed): Posted) -> Result<Response, PageError> {
    link::may_link(&staff).ok_or(PageError::NotFound)?;
    let resident = typed.first("resident").unwrap_or_default().trim().to_owned();
    let seen = typed.first("seen").and_then(Document::from_code);
    let refused = |id| (StatusCode::UNPROCESSABLE_ENTITY, page(&face, &staff, &resident, seen, Shown::Wrong(id))).into_response();
    let (Ok(id), Some(document)) = (resident.parse(), seen) else { return Ok(refused("access-linking-incomplete")) };
    let form = LinkForm { code: typed.first("link-code").unwrap_or_default().to_owned(), resident: id, seen: document };
    let (who, rooms, now) = (staff.clone(), face.on_link.clone(), face.clock.now());
    let linked = face.store.writing(move |tx| -> Result<_, StoreError> { link::link(tx, &who, &form, &rooms, now) }).await?;
    match linked {
        Ok(_) => Ok(page(&face, &staff, &resident, seen, Shown::Done).into_response()),
        Err(NotLinked::NotGranted) => Err(PageError::NotFound),
        Err(NotLinked::Wait(wait)) => Err(PageError::TooMany(wait)),
        Err(NotLinked::NoSuchCode) => Ok(refused("access-linking-no-such-code")),
    }
}
