//! 入力: one topic per page. A page is saved as it was typed, right or wrong; what is wrong is said beside its question and summed up on
//! top, and stays until it is mended.

use std::{collections::BTreeSet, sync::Arc};

use access::{CaseId, PageError, Posted};
use axum::{
    extract::{Path, RawQuery, Request},
    response::{IntoResponse, Response},
};
use definitions::{
    field::{Field, Kind},
    form::FieldProblem,
    ids::{PageId, ProcedureId},
    procedure::{Page, Procedure, Rule},
    typed::Typed,
};
use maud::{Markup, html};
use ui::{
    field::{self, FieldView, HalfSent, Uploads},
    page::csrf_input,
    parts::{self, Tone, Weight},
};

use super::{
    Reader, Sheet,
    door::{self, Door},
    held, pieces, postal, refusal, see, upload,
};
use crate::{
    FilingRefused,
    draft::{Changed, DraftId},
    filing::{self, DraftIds, Opened},
};

pub(super) async fn begin(sheet: Sheet, Path(procedure): Path<String>, Posted(posted): Posted) -> Result<Response, PageError> {
    let procedure: ProcedureId = procedure.parse().map_err(|_| PageError::NotFound)?;
    let definition = sheet.town.procedures.get(&procedure).ok_or(PageError::NotFound)?;
    match door::of(definition, sheet.visitor.assurance()) {
        Door::Open => {}
        // What is known of a person fills in the first page, so they sign in before it.
        Door::SignIn => return Ok(see(&door::sign_in(&format!("/procedures/{procedure}")))),
        Door::ProveIdentity => return Ok(see(&format!("/procedures/{procedure}"))),
    }
    let known = held::begun_from(&sheet, definition, &posted).await?;
    let now = sheet.face.clock.now();
    let ids = DraftIds { draft: DraftId(CaseId::draw(now).uuid()), case: CaseId::draw(now) };
    let (owner, language) = (sheet.owner(), sheet.language());
    let draft =
        sheet.write(move |tx, terms| filing::begin(tx, terms, &procedure, &owner, language, &ids, &known)).await.map_err(refusal)?;
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
        Err(other) => Err(draft_refusal(other)),
    }
}

/// What a refusal of somebody's draft becomes. Whether it never was, is another's or was swept is not told apart; where to go on is.
pub(super) fn draft_refusal(refused: FilingRefused) -> PageError {
    match refused {
        FilingRefused::NotFound => PageError::say(axum::http::StatusCode::NOT_FOUND, "cases-error-draft-gone"),
        other => refusal(other),
    }
}

/// What [`filing::open`] found, without the transaction's town.
pub(super) struct Owned {
    pub draft: crate::draft::Draft,
    pub filled: definitions::form::Filled,
    pub changed: Changed,
}

impl Owned {
    /// The first page that a new version asks again.
    pub fn ask_again(&self) -> Option<&PageId> {
        if let Changed::AskAgain(pages) = &self.changed { pages.first() } else { None }
    }

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
    Ok(see(&goes_on_at(&draft, &opened)))
}

/// Where a draft goes on: at the first page with something to do or to look at again, else at the check.
fn goes_on_at(draft: &str, opened: &Owned) -> String {
    match opened.filled.first_incomplete_page().or(opened.ask_again()) {
        Some(page) => format!("/drafts/{draft}/{page}"),
        None => format!("/drafts/{draft}/check"),
    }
}

/// How a page is shown again, from its address.
#[derive(Default)]
pub(super) struct Shown {
    /// After a post with something wrong on it.
    pub is_wrong: bool,
    /// After a post whose answers brought up questions that nobody had seen yet.
    pub has_more: bool,
    /// When it was reached from the check, so that it leads back there.
    pub is_back: bool,
    /// Files that were not taken.
    pub refused: Vec<FieldProblem>,
    /// The address whose postal code was to complete it.
    pub postal: Option<String>,
}

impl Shown {
    fn of(query: Option<String>) -> Shown {
        let query = query.unwrap_or_default();
        let has = |wanted: &str| query.split('&').any(|part| part == wanted);
        Shown {
            is_wrong: has("wrong=1"),
            has_more: has("more=1"),
            is_back: has("back=check"),
            refused: upload::refused_of(&query),
            postal: postal::of_query(&query),
        }
    }
}

pub(super) async fn show(
    sheet: Sheet,
    Path((draft, page)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let opened = match opened(&sheet, &draft).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let procedure = sheet.town.procedures.get(&opened.draft.procedure).ok_or(PageError::NotFound)?;
    if !opened.filled.pages.iter().any(|state| state.id.as_str() == page && state.visible) {
        // A hidden page was asked for, such as by an old bookmark, or one that a new version no longer has: go where the form goes on.
        return Ok(see(&format!("/drafts/{draft}")));
    }
    let page = procedure.pages.get(page.as_str()).ok_or(PageError::NotFound)?;
    let shown = Shown::of(query);
    let said = match &shown.postal {
        Some(path) => Some((path.clone(), postal::said(&sheet.town, sheet.say(), &opened.draft.typed, path).await?)),
        None => None,
    };
    let half_sent = if has_files(page.fields.values()) { pieces::half_sent(&sheet, opened.draft.id).await? } else { Vec::new() };
    Ok(question_page(&sheet, procedure, page, &opened, &shown, said.as_ref(), &half_sent).into_response())
}

pub(super) fn question_page(
    sheet: &Reader,
    procedure: &Procedure,
    page: &Page,
    opened: &Owned,
    shown: &Shown,
    said: Option<&(String, String)>,
    half_sent: &[HalfSent],
) -> Markup {
    let say = sheet.say();
    let title = sheet.plain(&page.title);
    let draft = opened.draft.id;
    let mut problems: Vec<FieldProblem> = shown.refused.clone();
    if shown.is_wrong {
        problems.extend(problems_on(sheet, procedure, page, opened));
    }
    let upload = format!("/drafts/{draft}/files");
    let view = FieldView {
        say,
        town: &sheet.town,
        typed: &opened.draft.typed,
        filled: &opened.filled,
        prefix: "",
        problems: &problems,
        upload: Some(Uploads { url: &upload, half_sent }),
        papers: field::Papers::NotAsked,
        postal: postal::view(sheet, said),
        keying: None,
    };
    let mistakes = field::mistakes(&page.fields, &view);
    let back = match opened.filled.page_before(&page.id) {
        Some(before) => format!("/drafts/{draft}/{before}"),
        None => format!("/procedures/{}", procedure.id),
    };
    let body = html! {
        (progress(sheet, procedure, opened, &page.id))
        (changed_notice(sheet, procedure, &opened.changed))
        (parts::error_summary(say, &mistakes))
        @if shown.has_more { div role="status" { (parts::notice(Tone::Info, html! { p { (say.html("cases-form-more", &[])) } })) } }
        h1 { (sheet.text(&page.title)) }
        @if let Some(lead) = &page.lead { p.lead { (sheet.text(lead)) } }
        form method="post" action={ "/drafts/" (draft) "/" (page.id) @if shown.is_back { "?back=check" } }
            enctype=[has_files(page.fields.values()).then_some("multipart/form-data")] data-guard novalidate {
            (csrf_input(&sheet.csrf))
            // Return in a line of text means "next", not the first button that happens to stand above it.
            button.sr type="submit" tabindex="-1" aria-hidden="true" {}
            @for field in page.fields.values() { (field::render(field, &view)) }
            (warnings(sheet, procedure, page, opened))
            div.row.actions {
                (parts::button(Weight::Primary, say.html("cases-form-next", &[])))
                (parts::back_link(&back, say.html("cases-form-back", &[])))
            }
        }
        (below_the_form(sheet, procedure, opened))
    };
    let heading = if mistakes.is_empty() { title.clone() } else { say.text("cases-form-title-wrong", &[("title", title.as_str().into())]) };
    sheet.page(&heading, |page| page.personal(), body)
}

/// Page n of m. A page that is no longer shown counts as the first.
fn progress(sheet: &Reader, procedure: &Procedure, opened: &Owned, page: &PageId) -> Markup {
    let visible: Vec<&PageId> = opened.filled.pages.iter().filter(|state| state.visible).map(|state| &state.id).collect();
    let at = visible.iter().position(|id| *id == page).map_or(1, |at| at + 1);
    // The check is a page too: nobody should think that the last question files it.
    parts::steps(sheet.say(), &sheet.plain(&procedure.title), at, visible.len() + 1)
}

/// Whether a page takes files, in a group too: then it is sent as multipart.
pub(super) fn has_files<'f>(mut fields: impl Iterator<Item = &'f Field>) -> bool {
    fields.any(|field| match &field.kind {
        Kind::Files { .. } => true,
        Kind::Group { fields, .. } => has_files(fields.values()),
        _ => false,
    })
}

/// What is kept, how to go on later, and the way to a person who goes on for them.
fn below_the_form(sheet: &Reader, procedure: &Procedure, opened: &Owned) -> Markup {
    let say = sheet.say();
    let (department, phone) = sheet.department(&procedure.department);
    let time = sheet.words.time(sheet.language(), crate::clock::local(opened.draft.touched_at));
    html! {
        (parts::saved(html! {
            (say.html("cases-form-saved", &[("time", time.into())])) "　" a href="/my" { (say.html("cases-form-later", &[])) }
        }))
        section.panel.aside aria-labelledby="person-for-you" {
            h2 #person-for-you { (say.html("cases-form-person-title", &[])) }
            p { (say.html("cases-form-person", &[("department", department.as_str().into()), ("phone", phone.as_str().into())])) }
            p { (say.html("cases-takeover-why", &[])) }
            form method="post" action={ "/drafts/" (opened.draft.id) "/code" } {
                (csrf_input(&sheet.csrf))
                button.btn.second.small type="submit" { (say.html("cases-takeover-make", &[])) }
            }
        }
    }
}

/// What is wrong on this page, in its order, formal rules beside the question that they name; what belongs to other pages is said there.
fn problems_on(sheet: &Reader, procedure: &Procedure, page: &Page, opened: &Owned) -> Vec<FieldProblem> {
    let of_rules = filing::problems_of_rules(broken_at(procedure, page, opened), |say| sheet.plain(say));
    let own = |id: &str| opened.filled.problems_of(id).cloned().collect::<Vec<_>>();
    page.fields
        .keys()
        .flat_map(|id| {
            let mut here = own(id.as_str());
            // What cannot be read yet is said first; whether it fits comes after.
            if here.is_empty() {
                here.extend(of_rules.iter().filter(|problem| problem.path == id.as_str()).cloned());
            }
            here
        })
        .collect()
}

/// Formal rules that do not hold and are said beside a question of this page that is asked now.
fn broken_at<'p>(procedure: &'p Procedure, page: &'p Page, opened: &'p Owned) -> impl Iterator<Item = &'p Rule> {
    filing::broken_at(procedure, &opened.filled, |at| page.fields.contains_key(at))
}

/// Merit rules that do not hold, beside the page whose field they name (行政手続法7条: they stop nobody).
fn warnings(sheet: &Reader, procedure: &Procedure, page: &Page, opened: &Owned) -> Markup {
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
pub(super) fn said(sheet: &Reader, rule: &definitions::procedure::Rule) -> Markup {
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
pub(super) fn changed_notice(sheet: &Reader, procedure: &Procedure, changed: &Changed) -> Markup {
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
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, PageError> {
    let shown = Shown::of(query);
    let mut came = upload::read(&sheet, request).await?;
    let id: DraftId = draft.parse().map_err(|_| PageError::NotFound)?;
    let page: PageId = page.parse().map_err(|_| PageError::NotFound)?;
    let (owner, asked) = (sheet.owner(), page.clone());
    if !came.files.is_empty()
        && let Err(refused) = upload::is_theirs(&sheet, id).await
    {
        return elsewhere(refused);
    }
    upload::count(&sheet, &mut came).await?;
    let files = Arc::new(crate::incoming::keep(&sheet.face.files, came.files).await?);
    let sent = Arc::clone(&files);
    let typed = came.typed;
    let pressed = field::pressed(&typed);
    let turn = pressed.clone();
    let completion = postal::completion(&sheet.town, pressed.as_ref(), &typed).await?;
    let opened = sheet
        .write(move |tx, terms| {
            let unseen = filing::open(tx, terms, id, &owner)?.filled.hidden;
            let change = |draft: &mut Typed, page: &Page| {
                draft.post_shown(&page.fields, &unseen, &typed)?;
                crate::incoming::put(draft, &page.fields, &sent)?;
                if let Some(pressed) = &turn {
                    pressed.apply(draft, &page.fields);
                }
                if let Some(completion) = &completion {
                    completion.apply(draft, &page.fields);
                }
                Ok(())
            };
            Ok((Owned::of(filing::save_page(tx, terms, id, &owner, &asked, change)?), unseen))
        })
        .await;
    let (opened, unseen) = match opened {
        Ok(saved) => saved,
        Err(refused) => return elsewhere(refused),
    };
    came.refused.extend(upload::left_aside(&opened.draft.typed, &files));
    let refused = upload::refused_query(&came.refused);
    let back = if shown.is_back { "&back=check" } else { "" };
    let here = format!("/drafts/{draft}/{page}");
    if let Some(pressed) = &pressed {
        let said = postal::query(pressed);
        return Ok(see(&format!("{here}?{}#{}", format!("{back}{said}{refused}").trim_start_matches('&'), pressed.anchor())));
    }
    if refused.is_empty()
        && let Some(first) = brought_up(&sheet, &page, &opened, &unseen)
    {
        return Ok(see(&format!("{here}?more=1{back}#{}", field::anchor(&first))));
    }
    if !refused.is_empty() || is_wrong(&sheet, &page, &opened) {
        return Ok(see(&format!("{here}?wrong=1{back}{refused}")));
    }
    Ok(see(&match opened.filled.next_page_after(&page) {
        _ if shown.is_back => goes_on_at(&draft, &opened),
        Some(next) => format!("/drafts/{draft}/{next}"),
        None => format!("/drafts/{draft}/check"),
    }))
}

/// Where somebody goes whose page cannot be saved: to the case when it was filed already, else they are told why.
fn elsewhere(refused: FilingRefused) -> Result<Response, PageError> {
    match refused {
        FilingRefused::AlreadyFiled(number) => Ok(see(&format!("/status/{}", number.plain()))),
        other => Err(draft_refusal(other)),
    }
}

/// The first question that the answers of this page brought up, when nothing else is amiss: nobody is told off for a question that they
/// could not see.
pub(super) fn brought_up(sheet: &Reader, page: &PageId, opened: &Owned, unseen: &BTreeSet<String>) -> Option<String> {
    let procedure = sheet.town.procedures.get(&opened.draft.procedure)?;
    let page = procedure.pages.get(page)?;
    let problems = problems_on(sheet, procedure, page, opened);
    let is_new = |path: &str| {
        unseen.iter().any(|hidden| path.strip_prefix(hidden.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    };
    problems.iter().all(|problem| is_new(&problem.path)).then(|| problems.first().map(|problem| problem.path.clone())).flatten()
}

/// Whether the page that was just saved must be shown again: something is missing or wrong on it, or a formal rule of its questions fails.
pub(super) fn is_wrong(sheet: &Reader, page: &PageId, opened: &Owned) -> bool {
    let is_incomplete = opened.filled.pages.iter().any(|state| state.id == *page && state.visible && !state.complete);
    let Some(procedure) = sheet.town.procedures.get(&opened.draft.procedure) else { return is_incomplete };
    is_incomplete || procedure.pages.get(page).is_some_and(|page| broken_at(procedure, page, opened).next().is_some())
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
        p.lead { (say.html("cases-takeover-lead", &[])) }
        (parts::receipt_number(say.html("cases-takeover-code", &[]), &code.to_string()))
        p { (say.html("cases-person", &[("department", department.as_str().into()), ("phone", phone.as_str().into())])) }
        p { (say.html("cases-takeover-kept", &[])) }
        (parts::back_link(&format!("/drafts/{draft}"), say.html("cases-check-go", &[])))
    };
    Ok(sheet.page(&title, |page| page.personal(), body).into_response())
}
