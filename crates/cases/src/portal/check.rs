//! 確認・申請・受付: check your answers, file once, and the number to keep.

use access::{PageError, Posted};
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use definitions::{
    answer::{Answer, Answers},
    field::{Field, Kind},
    procedure::{Online, Page, Procedure},
};
use maud::{Markup, html};
use store::keys::Face;
use ui::{
    page::csrf_input,
    parts::{self, Tone, Weight},
};

use super::{
    Reader, Sheet,
    door::{self, Door},
    form::{self, Owned},
    prepare, print, refusal, see, status,
};
use crate::{
    CaseNumber, Channel, FilingRefused,
    draft::{Changed, DraftId},
    filing::{self, Candidates},
    own::OwnCase,
};

pub(super) async fn show(sheet: Sheet, Path(draft): Path<String>) -> Result<Response, PageError> {
    let opened = match form::opened(&sheet, &draft).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let procedure = sheet.town.procedures.get(&opened.draft.procedure).ok_or(PageError::NotFound)?;
    Ok(check_page(&sheet, procedure, &opened).into_response())
}

pub(super) fn check_page(sheet: &Reader, procedure: &Procedure, opened: &Owned) -> Markup {
    let say = sheet.say();
    let title = say.text("cases-check-title", &[]);
    let draft = opened.draft.id;
    let warned: Vec<_> = opened.filled.warned.iter().filter_map(|id| procedure.merit.get(id)).collect();
    let pages = opened.filled.pages.iter().filter(|state| state.visible).count() + 1;
    let shown = |page: &Page| opened.filled.pages.iter().any(|state| state.id == page.id && state.visible);
    let body = html! {
        (parts::steps(say, &sheet.plain(&procedure.title), pages, pages))
        (form::changed_notice(sheet, procedure, &opened.changed))
        h1 { (say.html("cases-check-title", &[])) }
        @if opened.filled.may_be_filed() { p.lead { (say.html(if is_prepared(procedure) { "cases-check-prepare-lead" } else { "cases-check-lead" }, &[])) } }
        (to_mend(sheet, procedure, opened))
        @if !warned.is_empty() {
            (parts::notice(Tone::Warn, html! { b { (say.html("cases-form-warned", &[])) } @for rule in warned { (form::said(sheet, rule)) } }))
        }
        @for page in procedure.pages.values().filter(|page| shown(page)) {
            h2 { (sheet.text(&page.title)) }
            (parts::answers(say, &page_answers(sheet, page.fields.values(), opened, &format!("/drafts/{draft}/{}", page.id))))
        }
        (last_step(sheet, procedure, opened))
        (print::way_out(sheet, procedure, opened))
    };
    sheet.page(&title, |page| page.personal(), body)
}

/// What stands between this and filing, each with the way to the page where it is mended.
fn to_mend(sheet: &Reader, procedure: &Procedure, opened: &Owned) -> Markup {
    let say = sheet.say();
    let draft = opened.draft.id;
    let at = |page: &Page| format!("/drafts/{draft}/{}?wrong=1&back=check", page.id);
    let formal = opened.filled.formal.iter().filter_map(|id| procedure.formal.get(id));
    let formal: Vec<_> = formal
        .map(|rule| (rule, procedure.pages.values().find(|page| rule.at.as_ref().is_some_and(|at| page.fields.contains_key(at)))))
        .collect();
    let open = opened.filled.pages.iter().filter(|state| state.visible && !state.complete);
    let incomplete: Vec<&Page> = open.filter_map(|state| procedure.pages.get(&state.id)).collect();
    html! {
        @if !formal.is_empty() {
            (parts::notice(Tone::Error, html! {
                b { (say.html("cases-form-formal", &[])) }
                @for (rule, page) in formal {
                    (form::said(sheet, rule))
                    @if let Some(page) = page { p { a href=(at(page)) { (say.html("cases-check-change-what", &[("what", sheet.plain(&page.title).as_str().into())])) } } }
                }
            }))
        }
        @if !incomplete.is_empty() {
            (parts::notice(Tone::Warn, html! {
                b { (say.html("cases-check-incomplete", &[])) }
                ul { @for page in &incomplete { li { a href=(at(page)) { (sheet.text(&page.title)) } } } }
            }))
        }
    }
}

/// Whether it takes effect at the counter and is only prepared here.
pub(super) fn is_prepared(procedure: &Procedure) -> bool {
    matches!(procedure.channels.online, Online::Prepare(_))
}

/// 申請する or 準備を終える; or what has to be done first.
fn last_step(sheet: &Reader, procedure: &Procedure, opened: &Owned) -> Markup {
    let say = sheet.say();
    let draft = opened.draft.id;
    if matches!(opened.changed, Changed::Closed(_)) {
        return html! {};
    }
    if let Some(page) = opened.filled.first_incomplete_page() {
        return html! {
            div.row.actions {
                (parts::link_button(Weight::Primary, &format!("/drafts/{draft}/{page}?wrong=1"), say.html("cases-check-go", &[])))
            }
        };
    }
    if let Some(page) = opened.ask_again() {
        let back = format!("/drafts/{draft}/{page}?back=check");
        return html! { div.row.actions { (parts::link_button(Weight::Primary, &back, say.html("cases-check-again", &[]))) } };
    }
    if !opened.filled.may_be_filed() {
        return html! {};
    }
    match door::of(procedure, sheet.assurance) {
        Door::Open if is_prepared(procedure) => html! {
            (parts::notice(Tone::Info, html! { b { (say.html("cases-prepared-not-yet", &[])) } (prepare::sentence(sheet, procedure)) }))
            form method="post" action={ "/drafts/" (draft) "/prepare" } data-guard {
                (csrf_input(&sheet.csrf))
                input type="hidden" name="version" value=(procedure.version.0);
                p { (say.html("cases-check-prepare-note", &[])) }
                div.row.actions { (parts::button(Weight::Primary, say.html("cases-check-prepare", &[]))) }
            }
        },
        Door::Open => html! {
            form method="post" action={ "/drafts/" (draft) "/file" } data-guard {
                (csrf_input(&sheet.csrf))
                input type="hidden" name="version" value=(procedure.version.0);
                p { (say.html("cases-check-file-note", &[])) }
                div.row.actions { (parts::button(Weight::Primary, say.html("cases-check-file", &[]))) }
            }
        },
        // The session ran out, or the procedure asks for more since: what was typed waits here.
        Door::SignIn => html! {
            (parts::notice(Tone::Info, html! { p { (say.html("cases-need-sign-in", &[])) } }))
            div.row.actions {
                (parts::link_button(Weight::Primary, &door::sign_in(&format!("/drafts/{draft}/check")), say.html("cases-my-sign-in", &[])))
            }
        },
        Door::ProveIdentity => door::way_in(sheet, procedure),
    }
}

fn page_answers<'f>(sheet: &Reader, fields: impl Iterator<Item = &'f Field>, opened: &Owned, at: &str) -> Vec<parts::Answer> {
    fields
        .filter(|field| opened.filled.is_asked(field.id.as_str()) && !matches!(field.kind, Kind::Note))
        .map(|field| parts::Answer {
            label: sheet.text(&field.label),
            value: opened.filled.answers.get(field.id.as_str()).map(|answer| shown(sheet, field, answer)),
            change: Some(format!("{at}?back=check#{}", ui::field::anchor(field.id.as_str()))),
        })
        .collect()
}

/// An answer as it reads; lines stay lines.
pub(super) fn shown(sheet: &Reader, field: &Field, answer: &Answer) -> Markup {
    let text = answer.shown(field, &sheet.town, sheet.language());
    html! { @for (at, line) in text.lines().enumerate() { @if at > 0 { br; } (line) } }
}

/// All answers of a filed case, as they were asked.
pub(super) fn filed_answers(sheet: &Sheet, procedure: &Procedure, answers: &Answers) -> Vec<parts::Answer> {
    let fields = procedure.pages.values().flat_map(|page| page.fields.values());
    fields
        .filter_map(|field| {
            let answer = answers.get(field.id.as_str())?;
            Some(parts::Answer { label: sheet.text(&field.label), value: Some(shown(sheet, field, answer)), change: None })
        })
        .collect()
}

pub(super) async fn file(sheet: Sheet, Path(draft): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let id: DraftId = draft.parse().map_err(|_| PageError::NotFound)?;
    let candidates = drawn(Face::Portal)?;
    let seen = definitions::procedure::Version(typed.first("version").unwrap_or_default().to_owned());
    let (owner, session) = (sheet.owner(), sheet.visitor.session.clone());
    let filed = sheet
        .write_filing(move |tx, terms| {
            let case = filing::file(tx, terms, id, &owner, &seen, Channel::Online, &candidates)?;
            access::sessions::allow_case(tx, &session, case.id, terms.now)?;
            Ok(case.number)
        })
        .await;
    match filed {
        Ok(number) | Err(FilingRefused::AlreadyFiled(number)) => Ok(see(&format!("/status/{}/filed", number.plain()))),
        Err(refused) => back_to_the_draft(&draft, refused),
    }
}

/// Where a draft that could not be sent on is mended: the page that is not complete, or the check, which says why.
pub(super) fn back_to_the_draft(draft: &str, refused: FilingRefused) -> Result<Response, PageError> {
    match refused {
        FilingRefused::Incomplete(Some(page)) => Ok(see(&format!("/drafts/{draft}/{page}?wrong=1"))),
        FilingRefused::Incomplete(None)
        | FilingRefused::DefinitionChanged
        | FilingRefused::SavedMeanwhile
        | FilingRefused::Closed(_)
        | FilingRefused::NotSure => Ok(see(&format!("/drafts/{draft}/check"))),
        other => Err(refusal(other)),
    }
}

/// Numbers to choose from on this face, drawn before the transaction.
///
/// # Errors
/// When the operating system gives no chance.
pub fn drawn(face: Face) -> Result<Candidates, PageError> {
    let mut chance = [[0; 6]; 4];
    for bytes in &mut chance {
        getrandom::fill(bytes).map_err(|_| PageError::Busy)?;
    }
    Ok(Candidates(chance.map(|chance| CaseNumber::draw_for(face, chance))))
}

pub(super) async fn filed(sheet: Sheet, Path(number): Path<String>) -> Result<Response, PageError> {
    let Some(own) = status::own(&sheet, &number).await? else { return Ok(see(&format!("/status/{number}"))) };
    let say = sheet.say();
    let title = say.text("cases-filed-title", &[]);
    let (department, phone) = sheet.department(&own.case.department);
    let secret = filing::receipt_secret(&sheet.face.keys, own.case.id).grouped();
    let number = own.case.number.plain();
    let body = html! {
        h1 { (say.html("cases-filed-title", &[])) }
        (parts::receipt_number(say.html("cases-filed-number", &[]), &own.case.number.to_string()))
        (parts::receipt_number(say.html("cases-filed-secret", &[]), &secret))
        p { (say.html("cases-filed-secret-note", &[])) }
        div.row.actions {
            (parts::link_button(Weight::Primary, &format!("/status/{number}"), say.html("cases-filed-status", &[])))
            (parts::link_button(Weight::Second, &format!("/status/{number}/receipt.pdf"), say.html("cases-filed-receipt", &[])))
        }
        h2 { (say.html("cases-filed-next", &[])) }
        ul {
            li { (say.html("cases-filed-next-review", &[("department", department.as_str().into())])) }
            li {
                @match own.case.hear_by {
                    Some(day) => (say.html("cases-filed-next-hear", &[("day", sheet.words.day(sheet.language(), day).into())])),
                    None => (say.html("cases-filed-next-hear-none", &[])),
                }
            }
            li { (told_by(&sheet, &own.case)) }
        }
        p { (say.html("cases-person", &[("department", department.as_str().into()), ("phone", phone.as_str().into())])) }
    };
    Ok(sheet.page(&title, |page| page.personal(), body).into_response())
}

/// By which way news will come. Telephone only and post only are contacts too.
fn told_by(sheet: &Sheet, case: &OwnCase) -> Markup {
    let say = sheet.say();
    if case.contacts.mail.is_some() {
        return say.html("cases-filed-mail", &[]);
    }
    let way = if case.contacts.address.is_some() { "cases-filed-way-post" } else { "cases-filed-way-phone" };
    say.html("cases-filed-no-mail", &[("way", say.text(way, &[]).into())])
}

/// 受付票 as PDF.
pub(super) async fn receipt(sheet: Sheet, Path(number): Path<String>) -> Result<Response, PageError> {
    let own = status::own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    let secret = filing::receipt_secret(&sheet.face.keys, own.case.id).grouped();
    let (town, tools) = (sheet.town.clone(), sheet.tools.clone());
    let set = move || crate::paper::receipt(&town, &tools.press, &tools.portal, &own.case, &own.procedure, &secret);
    let bytes = tokio::task::spawn_blocking(set).await.map_err(PageError::internal)?.map_err(PageError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"receipt.pdf\""),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, bytes).into_response())
}
