//! 紙で出す: the blank form on a procedure's first page, and the person's own draft on a sheet that is only to be signed.

use access::{PageError, Posted};
use axum::{
    extract::{Path, Query},
    http::header,
    response::{IntoResponse, Response},
};
use definitions::procedure::Procedure;
use maud::{Markup, html};
use paper::{Prefill, is_offered};
use serde::Deserialize;
use ui::{
    page::csrf_input,
    parts::{self, Tone, Weight},
};

use super::{Reader, Sheet, form, form::Owned, prepare, see};
use crate::{
    clock,
    draft::{Changed, DraftId},
    filing,
    preparation::{PreparationCode, Prepared},
};

/// The blank form, where a procedure may be handed in on paper.
pub(super) fn blank(sheet: &Reader, procedure: &Procedure) -> Markup {
    let say = sheet.say();
    let href = format!("/procedures/{}/paper.pdf", procedure.id);
    html! {
        @if is_offered(procedure) {
            p { a href=(href) { (say.html("cases-print-blank", &[])) } }
            p { a href={ (href) "?large=1" } { (say.html("cases-print-large", &[])) } }
        }
    }
}

/// The way from the check to a printed sheet, finished or not: what is empty is filled in by hand.
pub(super) fn way_out(sheet: &Reader, procedure: &Procedure, opened: &Owned) -> Markup {
    let say = sheet.say();
    let draft = opened.draft.id;
    html! {
        @if is_offered(procedure) && !matches!(opened.changed, Changed::Closed(_)) {
            h2 { (say.html("cases-print-title", &[])) }
            p { (say.html("cases-print-lead", &[])) }
            form method="post" action={ "/drafts/" (draft) "/print" } {
                (csrf_input(&sheet.csrf))
                div.row.actions { (parts::button(Weight::Second, say.html("cases-print-draft", &[]))) }
            }
        }
    }
}

/// Gives the draft its code, which the sheet bears.
pub(super) async fn ask(sheet: Sheet, Path(draft): Path<String>, Posted(_): Posted) -> Result<Response, PageError> {
    let id: DraftId = draft.parse().map_err(|_| PageError::NotFound)?;
    let mut chance = [0; 22];
    getrandom::fill(&mut chance).map_err(|_| PageError::Busy)?;
    let drawn = PreparationCode::draw(chance);
    let owner = sheet.owner();
    let printed = sheet.write(move |tx, terms| filing::print(tx, terms, id, &owner, drawn)).await;
    match printed {
        Ok(_) => Ok(see(&format!("/drafts/{draft}/print"))),
        Err(crate::FilingRefused::AlreadyFiled(number)) => Ok(see(&format!("/status/{}", number.plain()))),
        Err(crate::FilingRefused::SavedMeanwhile) => Ok(see(&format!("/drafts/{draft}/check"))),
        Err(refused) => Err(form::draft_refusal(refused)),
    }
}

fn working<'d>(sheet: &Sheet, opened: &'d Owned) -> Option<&'d Prepared> {
    let today = clock::day(sheet.face.clock.now());
    opened.draft.prepared.as_ref().filter(|prepared| prepared.works_on(today))
}

/// What to do with the sheet.
pub(super) async fn show(sheet: Sheet, Path(draft): Path<String>) -> Result<Response, PageError> {
    let opened = match form::opened(&sheet, &draft).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let procedure = sheet.town.procedures.get(&opened.draft.procedure).ok_or(PageError::NotFound)?;
    let Some(prepared) = working(&sheet, &opened).filter(|_| is_offered(procedure)) else {
        // Never asked for, or its code has ended: the check leads on.
        return Ok(see(&format!("/drafts/{draft}/check")));
    };
    Ok(page(&sheet, procedure, &draft, prepared).into_response())
}

fn page(sheet: &Sheet, procedure: &Procedure, draft: &str, prepared: &Prepared) -> Markup {
    let say = sheet.say();
    let title = say.text("cases-print-title", &[]);
    let until = sheet.words.day(sheet.language(), prepared.until);
    let pdf = format!("/drafts/{draft}/sheet.pdf");
    let body = html! {
        h1 { (say.html("cases-print-title", &[])) }
        p.lead { (sheet.text(&procedure.title)) }
        (parts::notice(Tone::Warn, html! { b { (say.html("cases-print-not-yet", &[])) } p { (say.html("cases-print-not-yet-lead", &[])) } }))
        div.row.actions {
            (parts::link_button(Weight::Primary, &pdf, say.html("cases-print-open", &[])))
            (parts::link_button(Weight::Second, &format!("{pdf}?large=1"), say.html("cases-print-large", &[])))
        }
        ol {
            li { (say.html("cases-print-step-print", &[])) }
            li { (say.html("cases-print-step-sign", &[])) }
            li { (say.html("cases-print-step-hand-in", &[])) }
        }
        (parts::receipt_number(say.html("cases-prepared-code", &[]), &prepared.code.to_string()))
        p { (say.html("cases-print-code", &[("day", until.into())])) }
        h2 { (say.html("cases-prepared-bring", &[])) }
        @if procedure.needs.is_empty() {
            p { (say.html("cases-guide-needs-none", &[])) }
        } @else {
            ul { @for need in &procedure.needs { li { (sheet.text(need)) } } }
        }
        h2 { (say.html("cases-prepared-where", &[])) }
        (prepare::where_and_when(sheet, procedure))
        div.row.actions {
            (parts::link_button(Weight::Second, &format!("/drafts/{draft}/check"), say.html("cases-prepared-change", &[])))
        }
    };
    sheet.page(&title, |page| page.personal(), body)
}

#[derive(Deserialize)]
pub(super) struct Asked {
    large: Option<String>,
}

/// The person's own draft as PDF. It is set when it is asked for and kept nowhere.
pub(super) async fn sheet(sheet: Sheet, Path(draft): Path<String>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let opened = match form::opened(&sheet, &draft).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let procedure = sheet.town.procedures.get(&opened.draft.procedure).filter(|procedure| is_offered(procedure));
    let procedure = procedure.cloned().ok_or(PageError::NotFound)?;
    paper::portal::may_print(&sheet.face, &sheet.visitor).await?;
    let code = working(&sheet, &opened).map(|prepared| prepared.code.plain());
    let prefill = Prefill::of(&procedure, &opened.filled, code);
    let wish = (sheet.language(), asked.large.as_deref() == Some("1"), Some(prefill));
    let on = clock::day(sheet.face.clock.now());
    let printed = paper::portal::set(&sheet.tools.press, &sheet.town, &procedure, wish, on).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"form.pdf\""),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, printed.pdf).into_response())
}
