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
    AccountId, RecordKind, ResidentId,
    clock::day_in_japan,
    error::PageError,
    face::DeskFace,
    line::{Line, Takes},
    link::{self, Document, LinkForm, LinkedAccount, NotLinked, NotUnlinked, UnlinkReason},
    looked::looked,
    posted::Posted,
    shell,
    staff::Staff,
    token::percent,
};

/// Whom the clerk has before them: the registry's page of the resident links here.
#[derive(Deserialize)]
pub(super) struct Whom {
    #[serde(default)]
    resident: String,
}

pub(super) async fn show(State(face): State<DeskFace>, staff: Staff, Query(whom): Query<Whom>) -> Result<Markup, PageError> {
    link::may_link(&staff).ok_or(PageError::NotFound)?;
    page(&face, &staff, &whom.resident, None, Shown::Asking).await
}

/// What is said above the form.
enum Shown {
    Asking,
    Wrong(&'static str),
    Done,
    Ended,
    NotEnded(&'static str),
}

/// Which accounts a resident has is itself a fact about them: the look is a line.
async fn linked_to(face: &DeskFace, staff: &Staff, resident: &str) -> Result<Vec<LinkedAccount>, PageError> {
    let Ok(resident) = resident.parse::<ResidentId>() else { return Ok(Vec::new()) };
    let authority = link::may_link(staff).ok_or(PageError::NotFound)?;
    let who = staff.clone();
    let found = face
        .store
        .writing(move |tx| -> Result<_, StoreError> {
            let found = link::linked_to(tx, resident)?;
            if !found.is_empty() {
                looked(tx, &who, &authority, RecordKind::Resident, &resident.to_string(), "link")?;
            }
            Ok(found)
        })
        .await?;
    Ok(found)
}

async fn page(face: &DeskFace, staff: &Staff, resident: &str, seen: Option<Document>, state: Shown) -> Result<Markup, PageError> {
    let linked = linked_to(face, staff, resident).await?;
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text("access-linking-title", &[]);
    let done = match state {
        Shown::Done => Some("access-linking-done"),
        Shown::Ended => Some("access-unlinking-done"),
        Shown::Asking | Shown::Wrong(_) | Shown::NotEnded(_) => None,
    };
    let body = html! {
        @if let Shown::NotEnded(id) = state { (parts::notice(Tone::Warn, html! { p role="alert" { (say.html(id, &[])) } })) }
        @if let Some(done) = done {
            div role="status" { (parts::notice(Tone::Good, html! { p { (say.html(done, &[])) } })) }
        } @else {
            section.panel { (form(say, staff, resident, seen, &state)) }
        }
        @if !linked.is_empty() { (linked_panel(say, staff, resident, &linked)) }
        @if !resident.is_empty() { (parts::back_link(&format!("/desk/residents/{}", percent(resident)), say.html("access-linking-back", &[]))) }
    };
    Ok(shell::desk_page_at(face, Some(staff), &title, "/desk/link-account", |page| page, body))
}

fn form(say: Say<'_>, staff: &Staff, resident: &str, seen: Option<Document>, state: &Shown) -> Markup {
    let wrong = if let Shown::Wrong(id) = state { Some(*id) } else { None };
    html! {
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
}

/// The accounts that are linked, each with the way to take the link back.
fn linked_panel(say: Say<'_>, staff: &Staff, resident: &str, linked: &[LinkedAccount]) -> Markup {
    html! {
        section.panel aria-labelledby="linked" {
            h2 #linked { (say.html("access-unlinking-title", &[])) }
            p { (say.html("access-unlinking-lead", &[])) }
            @for one in linked {
                p {
                    b { (say.words.day_html(Language::Ja, day_in_japan(one.at))) }
                    @if let Some(seen) = one.seen { "　" (say.html(document_words(seen), &[])) }
                    @if let Some(by) = &one.by { "　" (by) }
                }
                form method="post" action="/desk/link-account/end" data-guard {
                    (csrf_input(&staff.csrf))
                    input type="hidden" name="resident" value=(resident);
                    input type="hidden" name="account" value=(one.account);
                    fieldset.q {
                        legend.label { (say.html("access-unlinking-why", &[])) }
                        div.picks {
                            @for reason in UnlinkReason::ALL {
                                label.pick {
                                    input type="radio" name="reason" value=(reason.code()) required;
                                    span { (say.html(reason_words(reason), &[])) }
                                }
                            }
                        }
                    }
                    div.row.actions { (parts::button(Weight::Second, say.html("access-unlinking-do", &[]))) }
                }
            }
        }
    }
}

fn reason_words(reason: UnlinkReason) -> &'static str {
    match reason {
        UnlinkReason::WrongPerson => "access-unlinking-wrong-person",
        UnlinkReason::WrongHands => "access-unlinking-wrong-hands",
        UnlinkReason::Asked => "access-unlinking-asked",
    }
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
    let (Ok(id), Some(document)) = (resident.parse(), seen) else {
        return refused(&face, &staff, &resident, seen, Shown::Wrong("access-linking-incomplete")).await;
    };
    let form = LinkForm { code: typed.first("link-code").unwrap_or_default().to_owned(), resident: id, seen: document };
    let (who, rooms, now) = (staff.clone(), face.on_link.clone(), face.clock.now());
    let linked = face.store.writing(move |tx| -> Result<_, StoreError> { link::link(tx, &who, &form, &rooms, now) }).await?;
    match linked {
        Ok(_) => Ok(page(&face, &staff, &resident, seen, Shown::Done).await?.into_response()),
        Err(NotLinked::NotGranted) => Err(PageError::NotFound),
        Err(NotLinked::Wait(wait)) => Err(PageError::TooMany(wait)),
        Err(NotLinked::NoSuchCode) => refused(&face, &staff, &resident, seen, Shown::Wrong("access-linking-no-such-code")).await,
    }
}

async fn refused(face: &DeskFace, staff: &Staff, resident: &str, seen: Option<Document>, state: Shown) -> Result<Response, PageError> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(face, staff, resident, seen, state).await?).into_response())
}

/// 結び付けをやめる: takes a link back, for a reason.
pub(super) async fn unlink(State(face): State<DeskFace>, staff: Staff, Posted(typed): Posted) -> Result<Response, PageError> {
    link::may_link(&staff).ok_or(PageError::NotFound)?;
    let resident = typed.first("resident").unwrap_or_default().trim().to_owned();
    let account = typed.first("account").unwrap_or_default().parse::<AccountId>().map_err(|_| PageError::NotFound)?;
    let whose = resident.parse::<ResidentId>().map_err(|_| PageError::NotFound)?;
    let Some(reason) = typed.first("reason").and_then(UnlinkReason::from_code) else {
        return refused(&face, &staff, &resident, None, Shown::NotEnded("access-unlinking-reason-due")).await;
    };
    let (who, rooms, now) = (staff.clone(), face.on_unlink.clone(), face.clock.now());
    let ended =
        face.store.writing(move |tx| -> Result<_, StoreError> { link::unlink(tx, &who, (account, whose), reason, &rooms, now) }).await?;
    match ended {
        Ok(()) => Ok(page(&face, &staff, &resident, None, Shown::Ended).await?.into_response()),
        Err(NotUnlinked::NotGranted) => Err(PageError::NotFound),
        Err(NotUnlinked::NoSuchLink) => refused(&face, &staff, &resident, None, Shown::NotEnded("access-unlinking-none")).await,
    }
}
