//! 起案・差戻し: the pages on which a decision is drafted, with its letter before it goes, or sent back with a reason.

use access::{PageError, Posted};
use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use definitions::{
    answer::Answers,
    form::{FieldProblem, Filled},
    ids::OutcomeId,
    procedure::{Outcome, StepAct},
    typed::Typed,
};
use indexmap::IndexMap;
use maud::{Markup, html};
use ui::{
    field,
    parts::{self, Mistake, Tone},
};

use super::{
    Sheet,
    case::{self, Opened},
    refusal,
    verbs::{answer_with_form, number_of, row_of, text_input, verb_page},
};
use crate::{asked::Asking, case::NotNow, decide, effects};

pub(super) async fn propose_page(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    let asked = all_asked(&sheet, &opened, None).await?;
    Ok(propose_form(&sheet, &opened, &asked, &Typed::default(), html! {}))
}

/// What each outcome asks, as it was typed or as staff find it, under the names of the page.
type AllAsked = IndexMap<OutcomeId, (Typed, Filled)>;

/// Reads what may be chosen, such as the clubs with their free places; `typed`: what came in, else what is known beforehand stands there.
async fn all_asked(sheet: &Sheet, opened: &Opened, typed: Option<&Typed>) -> Result<AllAsked, PageError> {
    let (case, procedure, typed) = (opened.case.clone(), opened.procedure.clone(), typed.cloned());
    let asked = sheet.read(move |tx, acting| {
        let mut all = AllAsked::new();
        for outcome in procedure.outcomes.values() {
            let id = &outcome.id;
            let asking = Asking {
                town: acting.town,
                case: &case,
                procedure: &procedure,
                outcome: Some(id),
                ask: &outcome.ask,
                today: acting.today(),
            };
            let (typed, filled) = match &typed {
                None => asking.begin(tx)?,
                Some(typed) => {
                    let own = below(typed, id.as_str());
                    let filled = asking.fill(tx, &own)?;
                    (own, filled)
                }
            };
            all.insert(id.clone(), (typed.under(id.as_str()), filled.under(id.as_str())));
        }
        Ok(all)
    });
    asked.await.map_err(refusal)
}

/// Outcome, reason, and what each outcome asks; a press shows the letter before it goes.
fn propose_form(sheet: &Sheet, opened: &Opened, asked: &AllAsked, typed: &Typed, above: Markup) -> Markup {
    let say = sheet.say();
    let chosen = typed.first("outcome");
    let outcomes = opened.procedure.outcomes.values();
    let inside = html! {
        fieldset {
            legend { (sheet.word("desk-propose-outcome")) }
            @for outcome in outcomes {
                label.pick {
                    input type="radio" name="outcome" value=(outcome.id) checked[chosen == Some(outcome.id.as_str())];
                    span { b { (sheet.plain(&outcome.title)) } @if outcome.reason_required { " " small { (sheet.word("desk-propose-reason-due")) } } }
                }
                @if !outcome.ask.is_empty() { div.indent data-shown-by="outcome" data-when=(outcome.id) { (questions(sheet, outcome, asked)) } }
            }
        }
        (text_input(sheet, "reason", "desk-propose-reason", typed.first("reason").unwrap_or_default()))
        (reminders(sheet, opened))
        p { (say.html("desk-propose-chain", &[("chain", chain(sheet, opened).into())])) }
        button.btn.second type="submit" formaction={ "/desk/cases/" (opened.case.number.plain()) "/preview" } formtarget="_blank" {
            (say.html("desk-propose-preview", &[]))
        }
    };
    verb_page(sheet, opened, "propose", above, inside)
}

/// What the step asks to have been looked at before the decision is drafted.
fn reminders(sheet: &Sheet, opened: &Opened) -> Markup {
    let checks = opened.case.step(&opened.procedure).map(|step| step.checks.values().collect::<Vec<_>>()).unwrap_or_default();
    html! {
        @if !checks.is_empty() {
            h2 { (sheet.say().html("desk-checks", &[("count", checks.len().into())])) }
            ul { @for check in checks { li { (sheet.plain(check)) } } }
        }
    }
}

/// The questions of an outcome, named `OUTCOME.FIELD` so that all outcomes stand on one page.
fn questions(sheet: &Sheet, outcome: &Outcome, asked: &AllAsked) -> Markup {
    html! {
        @if let Some((typed, filled)) = asked.get(&outcome.id) {
            @for field in outcome.ask.values() { (field::render(field, &case::asked_view(sheet, outcome.id.as_str(), typed, filled))) }
        }
    }
}

fn chain(sheet: &Sheet, opened: &Opened) -> String {
    let decide = opened.procedure.steps.values().find(|step| step.act == StepAct::Decide);
    let roles = decide.map(|step| step.role.as_slice()).unwrap_or_default();
    let names: Vec<String> =
        roles.iter().map(|id| sheet.town.roles.get(id).map_or_else(|| id.to_string(), |role| sheet.plain(&role.name))).collect();
    names.join(" → ")
}

/// The inputs below a prefix, under their own names.
pub(super) fn below(typed: &Typed, prefix: &str) -> Typed {
    let mut below = Typed::default();
    for (name, values) in typed.iter() {
        if let Some(own) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')) {
            below.set(own, values);
        }
    }
    below
}

/// What came in of the chosen outcome's own questions: its answers, and what is wrong with them.
fn details(sheet: &Sheet, asked: &AllAsked, typed: &Typed) -> (Answers, Vec<Mistake>) {
    let chosen = typed.first("outcome").and_then(|id| asked.get(id));
    let Some((_, filled)) = chosen else { return Default::default() };
    let mistake =
        |problem: &FieldProblem| Mistake { anchor: field::anchor(&problem.path), text: field::problem_text(sheet.say(), problem) };
    (filled.answers.clone(), filled.problems.iter().map(mistake).collect())
}

pub(super) async fn propose(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let opened = case::open(&sheet, &number).await?;
    let number = number_of(&number)?;
    let asked = all_asked(&sheet, &opened, Some(&typed)).await?;
    let (answers, mistakes) = details(&sheet, &asked, &typed);
    let outcome = typed.first("outcome").and_then(|id| opened.procedure.outcomes.get(id));
    let missing = outcome.map(|outcome| missing_characters(&sheet, &opened, outcome, &typed, &answers)).unwrap_or_default();
    let above = html! {
        (parts::error_summary(sheet.say(), &mistakes))
        @if outcome.is_none() { (parts::notice(Tone::Error, html! { p role="alert" { (sheet.word("desk-propose-choose")) } })) }
        @if !missing.is_empty() {
            (parts::notice(Tone::Error, html! { p role="alert" { (sheet.say().html("desk-propose-missing", &[("characters", missing.as_str().into())])) } }))
        }
    };
    if outcome.is_none() || !mistakes.is_empty() || !missing.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, propose_form(&sheet, &opened, &asked, &typed, above)).into_response());
    }
    let (outcome, reason, row) =
        (outcome.map(|outcome| outcome.id.clone()), typed.first("reason").unwrap_or_default().to_owned(), row_of(&typed));
    let done = sheet
        .write(move |tx, acting| {
            let outcome = outcome.clone().ok_or(NotNow::Unknown("outcome"))?;
            decide::propose(tx, acting, number, row, decide::Draft { outcome, reason: reason.clone(), details: answers.clone() })
        })
        .await;
    answer_with_form(&sheet, number, "propose", done, |opened, above| propose_form(&sheet, opened, &asked, &typed, above)).await
}

/// Characters of the letter that no font has, before anything is proposed.
fn missing_characters(sheet: &Sheet, opened: &Opened, outcome: &Outcome, typed: &Typed, details: &Answers) -> String {
    let reason = typed.first("reason").unwrap_or_default();
    let content = effects::first_content(&sheet.town, &opened.case, &opened.procedure, outcome, reason, details, sheet.today());
    let missing = content.map(|content| letters::missing_characters(&content)).unwrap_or_default();
    missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// The letter as it would go, marked as a draft. By POST: reasons never stand in an address.
pub(super) async fn preview(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let opened = case::open(&sheet, &number).await?;
    let outcome = typed.first("outcome").and_then(|id| opened.procedure.outcomes.get(id)).cloned().ok_or(PageError::NotFound)?;
    let (answers, _) = details(&sheet, &all_asked(&sheet, &opened, Some(&typed)).await?, &typed);
    let reason = typed.first("reason").unwrap_or_default().to_owned();
    let today = sheet.today();
    let content = effects::first_content(&sheet.town, &opened.case, &opened.procedure, &outcome, &reason, &answers, today);
    draft_of(&sheet, content.ok_or(PageError::NotFound)?).await
}

/// A letter as it would go, marked as a draft.
pub(super) async fn draft_of(sheet: &Sheet, content: letters::Content) -> Result<Response, PageError> {
    let today = sheet.today();
    let (bureau, press) = (sheet.bureau(), sheet.tools.press.clone());
    let pdf = tokio::task::spawn_blocking(move || letters::preview(&bureau, &press, &content, today)).await.map_err(PageError::internal)?;
    let pdf = pdf.map_err(|problem| {
        tracing::info!(%problem, "a letter cannot be shown");
        PageError::say(StatusCode::UNPROCESSABLE_ENTITY, "desk-preview-failed")
    })?;
    Ok(([(header::CONTENT_TYPE, "application/pdf"), (header::CACHE_CONTROL, "private, no-store")], pdf.pdf).into_response())
}

/// 差戻し needs its reason: the clerk who drafted it reads it first.
pub(super) async fn send_back_page(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    Ok(send_back_form(&sheet, &opened, html! {}))
}

fn send_back_form(sheet: &Sheet, opened: &Opened, above: Markup) -> Markup {
    let inside = html! {
        p { (sheet.say().html("desk-send-back-lead", &[])) }
        (text_input(sheet, "text", "desk-send-back-reason", ""))
    };
    verb_page(sheet, opened, "send-back", above, inside)
}

pub(super) async fn send_back(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let number = number_of(&number)?;
    let (reason, row) = (typed.first("text").unwrap_or_default().to_owned(), row_of(&typed));
    let done = sheet.write(move |tx, acting| decide::send_back(tx, acting, number, row, reason.clone())).await;
    answer_with_form(&sheet, number, "send-back", done, |opened, above| send_back_form(&sheet, opened, above)).await
}
