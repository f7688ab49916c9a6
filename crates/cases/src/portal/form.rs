//! 入力: one topic per page. A page is saved as it was typed, right or wrong; what is wrong is said beside its question and summed up on
//! top, and stays until it is mended.

use access::{CaseId, PageError, Posted};
use axum::{
    extract::{Path, Query, Request},
    response::{IntoResponse, Response},
};
use definitions::{
    form::FieldProblem,
    ids::PageId,
    procedure::{Page, Procedure},
    typed::Typed,
};
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    field::{self, FieldView},
    page::csrf_input,
    parts::{self, Mistake, Tone, Weight},
};

use super::{Sheet, refusal, see, upload};
use crate::{
    FilingRefused,
    draft::{Changed, DraftId},
    filing::{self, DraftIds, Opened},
};

pub(super) async fn begin(sheet: Sheet, Path(procedure): Path<String>, Posted(_): Posted) -> Result<Response, PageError> {
    let procedure = procedure.parse().map_err(|_| PageError::NotFound)?;
    let now = sheet.clock.now();
    let ids = DraftIds { draft: DraftId(CaseId::draw(now).uuid()), case: CaseId::draw(now) };
    let (owner, language) = (sheet.owner(), sheet.language());
    let draft = sheet.write(move |tx, terms| filing::begin(tx, terms, &procedure, &owner, language, &ids)).await.map_err(refusal)?;
    Ok(see(&format!("/drafts/{}", draft.id)))
}

/// The person's own draft, opened; a filed one leads to its case.
pub(super) async fn opened(sheet: &Sheet, draft: &str) -> Result<Result<Owned, Response>, PageError> {
    let id: DraftId = draft.parse().map_err(|_| PageError::NotFound)?;
    let owner = sheet.owner();
    let opened = sheet.read(move |tx, terms| Ok(Owned::of(filing::open(tx, terms, id, &owner)?))).await;
    match opened {
        Ok(opened) => Ok(Ok(opened)),
        Err(FilingRefused::AlreadyFiled(number)) => Ok(Err(see(&format!("/status/{}", number.plain())))),
        Err(other) => Err(refusal(other)),
    }
}

/// What [`filing::open`] found, without the transaction's town.
pub(super) struct Owned {
    pub draft: crate::draft::Draft,
    pub filled: definitions::form::Filled,
    pub changed: Changed,
}

impl Owned {
    pub fn of(opened: Opened<'_>) -> Owned {
        let Opened { draft, filled, changed, .. } = opened;
        Owned { draft, filled, changed }
    }
}

/// `/drafts/…`: goes to the first page with something to do, or to the check.
pub(super) async fn go_on(sheet: Sheet, Path(draft): Path<String>) -> Result<Response, PageError> {
    let opened = match opened(&sheet, &draft).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    Ok(see(&match opened.filled.first_incomplete_page() {
        Some(page) => format!("/drafts/{draft}/{page}"),
        None => format!("/drafts/{draft}/check"),
    }))
}

/// How a page is shown again.
#[derive(Deserialize)]
pub(super) struct Shown {
    /// After a post with something wrong on it.
    wrong: Option<String>,
    /// When it was reached from the check, so that it leads back there.
    back: Option<String>,
}

pub(super) async fn show(
    sheet: Sheet,
    Path((draft, page)): Path<(String, String)>,
    Query(shown): Query<Shown>,
) -> Result<Response, PageError> {
    let opened = match opened(&sheet, &draft).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let procedure = sheet.town.procedures.get(&opened.draft.procedure).ok_or(PageError::NotFound)?;
    let page = procedure.pages.get(page.as_str()).ok_or(PageError::NotFound)?;
    if !opened.filled.pages.iter().any(|state| state.id == page.id && state.visible) {
        // A hidden page was asked for, such as by an old bookmark: go where the form goes on.
        return Ok(see(&format!("/drafts/{draft}")));
    }
    Ok(question_page(&sheet, procedure, page, &opened, &shown).into_response())
}

fn question_page(sheet: &Sheet, procedure: &Procedure, page: &Page, opened: &Owned, shown: &Shown) -> Markup {
    let say = sheet.say();
    let title = sheet.plain(&page.title);
    let draft = opened.draft.id;
    let problems: Vec<FieldProblem> = if shown.wrong.is_some() { problems_on(page, opened) } else { Vec::new() };
    let mistakes: Vec<Mistake> =
        problems.iter().map(|problem| Mistake { anchor: field::anchor(&problem.path), text: field::problem_text(say, problem) }).collect();
    let visible: Vec<&PageId> = opened.filled.pages.iter().filter(|state| state.visible).map(|state| &state.id).collect();
    let at = visible.iter().position(|id| **id == page.id).map_or(1, |at| at + 1);
    let back = match opened.filled.page_before(&page.id) {
        Some(before) => format!("/drafts/{draft}/{before}"),
        None => format!("/procedures/{}", procedure.id),
    };
    let (department, phone) = sheet.department(&procedure.department);
    let has_files = page.fields.values().any(|field| matches!(field.kind, definitions::field::Kind::Files { .. }));
    let body = html! {
        (parts::steps(say, &sheet.plain(&procedure.title), at, visible.len()))
        (changed_notice(sheet, procedure, &opened.changed))
        (parts::error_summary(say, &mistakes))
        h1 { (sheet.text(&page.title)) }
        @if let Some(lead) = &page.lead { p.lead { (sheet.text(lead)) } }
        form method="post" action={ "/drafts/" (draft) "/" (page.id) @if shown.back.is_some() { "?back=check" } }
            enctype=[has_files.then_some("multipart/form-data")] data-guard novalidate {
            (csrf_input(&sheet.visitor.csrf))
            @for field in page.fields.values().filter(|field| opened.filled.is_asked(field.id.as_str())) {
                (field::render(field, &FieldView {
                    say,
                    town: &sheet.town,
                    typed: &opened.draft.typed,
                    filled: &opened.filled,
                    prefix: "",
                    problems: &problems,
                    upload: Some(&format!("/drafts/{draft}/files")), postal: None,
                }))
            }
            (warnings(sheet, procedure, page, opened))
            div.row.actions {
                (parts::button(Weight::Primary, say.html("cases-form-next", &[])))
                (parts::back_link(&back, say.html("cases-form-back", &[])))
            }
        }
        (parts::saved(html! {
            (say.html("cases-form-saved", &[("time", sheet.words.time(sheet.language(), crate::clock::local(opened.draft.touched_at)).into())]))
            "　" a href="/my" { (say.html("cases-form-later", &[])) }
        }))
        p { (say.html("cases-form-person", &[("department", department.as_str().into()), ("phone", phone.as_str().into())])) }
        form method="post" action={ "/drafts/" (draft) "/code" } {
            (csrf_input(&sheet.visitor.csrf))
            (parts::button(Weight::Quiet, say.html("cases-takeover-make", &[])))
        }
    };
    let heading = if mistakes.is_empty() { title.clone() } else { say.text("cases-form-title-wrong", &[("title", title.as_str().into())]) };
    sheet.page(&heading, |page| page.personal(), body)
}

/// What is wrong on this page, in its order; what belongs to other pages is said there.
fn problems_on(page: &Page, opened: &Owned) -> Vec<FieldProblem> {
    page.fields.keys().flat_map(|id| opened.filled.problems_of(id.as_str())).cloned().collect()
}

/// Merit rules that do not hold, beside the page whose field they name (行政手続法7条: they stop nobody).
fn warnings(sheet: &Sheet, procedure: &Procedure, page: &Page, opened: &Owned) -> Markup {
    let here: Vec<_> = opened
        .filled
        .warned
        .iter()
        .filter_map(|id| procedure.merit.get(id))
        .filter(|rule| rule.at.as_ref().is_some_and(|at| page.fields.contains_key(at) && opened.draft.typed.is_touched(at.as_str())))
        .collect();
    html! {
        @if !here.is_empty() {
            (parts::notice(Tone::Warn, html! {
                b { (sheet.say().html("cases-form-warned", &[])) }
                @for rule in here { (said(sheet, rule)) }
            }))
        }
    }
}

/// What a rule says, with the procedure that fits better.
pub(super) fn said(sheet: &Sheet, rule: &definitions::procedure::Rule) -> Markup {
    html! {
        p {
            (sheet.text(&rule.say))
            @if let Some(instead) = rule.instead.as_ref().and_then(|id| sheet.town.procedures.get(id)) {
                " " a href={ "/procedures/" (instead.id) } {
                    (sheet.say().html("cases-form-instead", &[("procedure", sheet.plain(&instead.title).as_str().into())]))
                }
            }
        }
    }
}

/// What a new version of the definition means for this draft.
pub(super) fn changed_notice(sheet: &Sheet, procedure: &Procedure, changed: &Changed) -> Markup {
    let say = sheet.say();
    let more = match changed {
        Changed::No => return html! {},
        Changed::Carried => html! { p { (say.html("cases-form-changed", &[])) } },
        Changed::AskAgain(pages) => {
            let titles: Vec<String> = pages.iter().filter_map(|id| procedure.pages.get(id)).map(|page| sheet.plain(&page.title)).collect();
            html! {
                p { (say.html("cases-form-changed", &[])) }
                p { (say.html("cases-form-ask-again", &[("pages", titles.join("、").into())])) }
            }
        }
        Changed::Closed(moment) => {
            html! { p { (say.html("cases-form-closed", &[("moment", sheet.words.moment(sheet.language(), *moment).into())])) } }
        }
    };
    parts::notice(Tone::Warn, html! { b { (say.html("cases-form-changed-title", &[])) } (more) })
}

pub(super) async fn save(
    sheet: Sheet,
    Path((draft, page)): Path<(String, String)>,
    Query(shown): Query<Shown>,
    request: Request,
) -> Result<Response, PageError> {
    let came = upload::read(&sheet, request).await?;
    let id: DraftId = draft.parse().map_err(|_| PageError::NotFound)?;
    let page: PageId = page.parse().map_err(|_| PageError::NotFound)?;
    let (owner, asked) = (sheet.owner(), page.clone());
    let files = upload::keep(&sheet, came.files).await?;
    let typed = came.typed;
    let pressed = field::pressed(&typed);
    let turn = pressed.clone();
    let opened = sheet
        .write(move |tx, terms| {
            let change = |draft: &mut Typed, page: &Page| {
                draft.post_page(&page.fields, &typed)?;
                upload::put(draft, page, &files)?;
                if let Some(pressed) = &turn {
                    pressed.apply(draft, &page.fields);
                }
                Ok(())
            };
            Ok(Owned::of(filing::save_page(tx, terms, id, &owner, &asked, change)?))
        })
        .await;
    let opened = match opened {
        Ok(opened) => opened,
        Err(FilingRefused::AlreadyFiled(number)) => return Ok(see(&format!("/status/{}", number.plain()))),
        Err(other) => return Err(refusal(other)),
    };
    let here = format!("/drafts/{draft}/{page}");
    if let Some(pressed) = &pressed {
        return Ok(see(&format!("{here}#{}", pressed.anchor())));
    }
    let complete = opened.filled.pages.iter().any(|state| state.id == page && (state.complete || !state.visible));
    Ok(see(&match (complete, opened.filled.next_page_after(&page)) {
        (false, _) => format!("{here}?wrong=1{}", if shown.back.is_some() { "&back=check" } else { "" }),
        (true, _) if shown.back.is_some() => match opened.filled.first_incomplete_page() {
            Some(page) => format!("/drafts/{draft}/{page}"),
            None => format!("/drafts/{draft}/check"),
        },
        (true, Some(next)) => format!("/drafts/{draft}/{next}"),
        (true, None) => format!("/drafts/{draft}/check"),
    }))
}

/// 電話で続きを入力してもらう: a code to read aloud, with which a clerk takes over this draft.
pub(super) async fn read_aloud(sheet: Sheet, Path(draft): Path<String>, Posted(_): Posted) -> Result<Response, PageError> {
    let opened = match opened(&sheet, &draft).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut chance = [0; 6];
    getrandom::fill(&mut chance).map_err(|_| PageError::Busy)?;
    let code = crate::CaseNumber::draw(chance);
    let (owner, id) = (sheet.owner(), opened.draft.id);
    sheet.write(move |tx, terms| filing::lend(tx, terms, id, &owner, code)).await.map_err(refusal)?;
    let procedure = sheet.town.procedures.get(&opened.draft.procedure).ok_or(PageError::NotFound)?;
    let (department, phone) = sheet.department(&procedure.department);
    let say = sheet.say();
    let title = say.text("cases-takeover-title", &[]);
    let body = html! {
        h1 { (title) }
        p { (say.html("cases-takeover-lead", &[])) }
        (parts::receipt_number(say.html("cases-takeover-code", &[]), &code.to_string()))
        p { (say.html("cases-person", &[("department", department.as_str().into()), ("phone", phone.as_str().into())])) }
        (parts::back_link(&format!("/drafts/{draft}"), say.html("cases-check-go", &[])))
    };
    Ok(sheet.page(&title, |page| page.personal(), body).into_response())
}
