//! The pages and posts of staff's verbs. Each post acts on the row that was seen; what came between is said by name.

use access::{CaseId, PageError, Posted};
use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use definitions::{
    answer::Answers,
    facts::NoFacts,
    form,
    ids::FieldId,
    procedure::{Outcome, Procedure},
    text::Language,
    typed::Typed,
};
use jiff::civil::Date;
use maud::{Markup, html};
use store::Write;
use ui::{
    field::{self, FieldView},
    page::csrf_input,
    parts::{self, Mistake, Tone, Weight},
};

use super::{
    Sheet,
    case::{self, Opened},
    refusal, side,
};
use crate::{
    CaseNumber,
    case::{Case, NotNow},
    clock, decide, effects,
    verbs::{self, Acting, Clash, Correction, Refused},
};

fn number_of(number: &str) -> Result<CaseNumber, PageError> {
    number.parse().map_err(|_| PageError::NotFound)
}

fn row_of(typed: &Typed) -> i64 {
    // A form without its row acts on no case: no row is negative.
    typed.first("row").and_then(|row| row.parse().ok()).unwrap_or(-1)
}

/// Goes back to the case, or shows it with what stood in the way.
async fn answer(sheet: &Sheet, number: CaseNumber, done: Result<Case, Refused>) -> Result<Response, PageError> {
    let above = match done {
        Ok(case) => return Ok(Redirect::to(&format!("/desk/cases/{}", case.number.plain())).into_response()),
        Err(Refused::Changed(clash)) => clashed(sheet, &clash),
        Err(Refused::NotNow(reason)) => parts::notice(Tone::Error, html! { p role="alert" { (sheet.word(why(&reason))) } }),
        Err(Refused::Register(refused)) => parts::notice(Tone::Error, html! { p role="alert" { (sheet.word(register_why(&refused))) } }),
        Err(Refused::Letter(problem)) => parts::notice(Tone::Error, html! { p role="alert" { (problem) } }),
        Err(Refused::NotPermitted(_)) => parts::notice(Tone::Error, html! { p role="alert" { (sheet.word("desk-why-not-permitted")) } }),
        Err(other) => return Err(refusal(other)),
    };
    let opened = case::open(sheet, &number.plain()).await?;
    Ok((StatusCode::CONFLICT, case::case_page(sheet, &opened, above)).into_response())
}

/// Who has the case, since when, what they did, what to do: never "conflict".
fn clashed(sheet: &Sheet, clash: &Clash) -> Markup {
    let say = sheet.say();
    let what = sheet.word(&format!("desk-event-{}", clash.what));
    let at = sheet.words.moment(Language::Ja, clock::local(clash.at));
    parts::notice(
        Tone::Warn,
        html! {
            b role="alert" { (say.html("desk-clash-title", &[])) }
            p { (say.html("desk-clash-what", &[("who", clash.by_name.as_str().into()), ("at", at.into()), ("what", what.into())])) }
            @if let Some(holder) = &clash.assignee_name {
                p { (say.html("desk-clash-holder", &[("who", holder.as_str().into())])) }
            }
            p { (say.html("desk-clash-next", &[])) }
        },
    )
}

/// The words of a reason.
pub(super) fn why(reason: &NotNow) -> &'static str {
    match reason {
        NotNow::Changed => "desk-error-changed",
        NotNow::Stage(_) => "desk-why-stage",
        NotNow::NotNext => "desk-why-not-next",
        NotNow::OwnDraft => "desk-why-own-draft",
        NotNow::Unknown(_) => "desk-why-unknown",
        NotNow::ReasonDue => "desk-why-reason-due",
        NotNow::DetailsDue => "desk-why-details-due",
        NotNow::DayPassed => "desk-why-day-passed",
        NotNow::NotExtendable => "desk-why-not-extendable",
    }
}

/// The words of a register's reason.
fn register_why(refused: &registry::records::Refused) -> &'static str {
    use registry::records::Refused as Register;
    match refused {
        Register::Full { .. } => "desk-why-register-full",
        Register::Taken { .. } => "desk-why-register-taken",
        Register::NothingToChange | Register::Several => "desk-why-register-none",
        _ => "desk-why-register",
    }
}

/// Verbs that need no page of their own.
pub(super) async fn act(sheet: Sheet, Path((number, verb)): Path<(String, String)>, Posted(typed): Posted) -> Result<Response, PageError> {
    let number = number_of(&number)?;
    let id = CaseId::draw(sheet.clock.now()).to_string();
    let done = sheet.write(move |tx, acting| one(tx, acting, number, row_of(&typed), &verb, &typed, &id)).await;
    answer(&sheet, number, done).await
}

fn one(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, row: i64, verb: &str, typed: &Typed, id: &str) -> Result<Case, Refused> {
    let text = || typed.first("text").unwrap_or_default().to_owned();
    match verb {
        "claim" => verbs::claim(tx, acting, number, row),
        "release" => verbs::assign(tx, acting, number, row, None),
        "advance" => verbs::advance(
            tx,
            acting,
            number,
            row,
            verbs::StepDone { checks: typed.all("check").to_vec(), noted: noted(tx, acting, number, typed)? },
        ),
        "end-correction" => verbs::end_correction(tx, acting, number, row),
        "approve" => decide::approve(tx, acting, number, row),
        "send-back" => decide::send_back(tx, acting, number, row, text()),
        "look-afterwards" => decide::look_afterwards(tx, acting, number, row),
        "write" => verbs::write_to_applicant(tx, acting, number, row, id.to_owned(), text()),
        "note" => verbs::note(tx, acting, number, row, text()),
        _ => Err(Refused::NotFound),
    }
}

/// What was written down in the step that ends (`ask:`), named `step.FIELD` in the form. What is wrong in it is missing, and the verb says so.
fn noted(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, typed: &Typed) -> Result<Answers, Refused> {
    let (case, procedure) = verbs::read(tx, acting, number)?;
    let Some(step) = case.step(&procedure).filter(|step| !step.ask.is_empty()) else { return Ok(Answers::default()) };
    let facts = NoFacts;
    let known = form::Known::new(&procedure, &case.answers, &facts, acting.today());
    Ok(form::fill_fields(&step.ask, &below(typed, "step"), &facts, acting.today(), &known).answers)
}

/// Most cases of one press: a page of the inbox.
const BULK_MOST: usize = 40;

/// One verb on several cases: each in a transaction of its own, each with its own result.
pub(super) async fn bulk(sheet: Sheet, Posted(typed): Posted) -> Result<Markup, PageError> {
    let verb = typed.first("verb").unwrap_or_default().to_owned();
    let back = typed.first("back").filter(|back| back.starts_with("/desk/cases?")).unwrap_or("/desk/cases?queue=all").to_owned();
    let mut results: Vec<(String, Result<Case, Refused>)> = Vec::new();
    for chosen in typed.all("chosen").iter().take(BULK_MOST) {
        let Some((number, row)) =
            chosen.split_once(':').and_then(|(number, row)| Some((number.parse::<CaseNumber>().ok()?, row.parse::<i64>().ok()?)))
        else {
            continue;
        };
        let (verb, nothing) = (verb.clone(), Typed::default());
        let done = sheet.write(move |tx, acting| one(tx, acting, number, row, &verb, &nothing, "")).await;
        results.push((number.to_string(), done));
    }
    bulk_page(&sheet, &back, &results).await
}

async fn bulk_page(sheet: &Sheet, back: &str, results: &[(String, Result<Case, Refused>)]) -> Result<Markup, PageError> {
    let words = sheet.words.clone();
    let side = sheet.read(move |tx, acting| side(tx, acting, &words, "")).await.map_err(refusal)?;
    let title = sheet.word("desk-bulk-title");
    let done = results.iter().filter(|(_, result)| result.is_ok()).count();
    let rows: Vec<Vec<Markup>> = results
        .iter()
        .map(|(number, result)| {
            let said = match result {
                Ok(_) => parts::chip(parts::ChipTone::Good, &sheet.word("desk-bulk-done")),
                Err(Refused::Changed(_)) => html! { (sheet.word("desk-error-changed")) },
                Err(Refused::NotNow(reason)) => html! { (sheet.word(why(reason))) },
                Err(Refused::Register(refused)) => html! { (sheet.word(register_why(refused))) },
                Err(Refused::Letter(problem)) => html! { (problem) },
                Err(Refused::NotPermitted(_)) => html! { (sheet.word("desk-why-not-permitted")) },
                Err(_) => html! { (sheet.word("desk-why-unknown")) },
            };
            vec![html! { a href={ "/desk/cases/" (number.replace('-', "")) } { (number) } }, said]
        })
        .collect();
    let labels = [sheet.word("desk-column-number"), sheet.word("desk-bulk-result")];
    let columns = labels.each_ref().map(|label| parts::Column { label, numeric: false });
    let body = html! {
        @if results.is_empty() {
            (parts::notice(Tone::Info, html! { p { (sheet.say().html("desk-bulk-none", &[])) } }))
        } @else {
            p { (sheet.say().html("desk-bulk-count", &[("done", done.into()), ("count", results.len().into())])) }
            (parts::table(Some(&title), &columns, &rows))
        }
        (parts::back_link(back, sheet.say().html("desk-bulk-back", &[])))
    };
    Ok(sheet.page(&title, &side, |page| page, body))
}

/// A form page of a verb on one case.
fn verb_page(sheet: &Sheet, opened: &Opened, verb: &str, above: Markup, inside: Markup) -> Markup {
    let say = sheet.say();
    let case = &opened.case;
    let at = format!("/desk/cases/{}", case.number.plain());
    let title = format!("{}　{}", sheet.word(&format!("desk-verb-{verb}")), case.contacts.name);
    let body = html! {
        (above)
        form.panel method="post" action={ (at) "/" (verb) } data-guard novalidate {
            (csrf_input(&sheet.staff.csrf))
            input type="hidden" name="row" value=(case.row);
            (inside)
            div.row.actions {
                (parts::button(Weight::Primary, say.html(&format!("desk-verb-{verb}"), &[])))
                (parts::back_link(&at, say.html("desk-back-to-case", &[])))
            }
        }
    };
    sheet.page(&title, &opened.side, |page| page, body)
}

fn day_input(sheet: &Sheet, value: Date, label: &str) -> Markup {
    html! { div.field { label for="until" { (sheet.word(label)) } input.in.m id="until" type="date" name="until" value=(value) required; } }
}

fn text_input(sheet: &Sheet, name: &str, label: &str, value: &str) -> Markup {
    html! {
        div.field {
            label for=(name) { (sheet.word(label)) }
            textarea.in id=(name) name=(name) rows="4" maxlength=(verbs::WRITTEN_CHARACTERS_MAX) { (value) }
        }
    }
}

pub(super) async fn correction_page(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    let fields = opened.procedure.pages.values().flat_map(|page| page.fields.values());
    let two_weeks = sheet.town.closed.add_business_days(sheet.today(), 10);
    let inside = html! {
        p { (sheet.say().html("desk-correction-lead", &[])) }
        fieldset {
            legend { (sheet.word("desk-correction-fields")) }
            @for field in fields.filter(|field| !matches!(field.kind, definitions::field::Kind::Note)) {
                label.check { input type="checkbox" name="field" value=(field.id); " " (sheet.plain(&field.label)) }
            }
        }
        (text_input(&sheet, "say", "desk-correction-say", ""))
        (day_input(&sheet, two_weeks, "desk-correction-until"))
    };
    Ok(verb_page(&sheet, &opened, "correction", html! {}, inside))
}

pub(super) async fn correction(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let number = number_of(&number)?;
    let fields: Vec<FieldId> = typed.all("field").iter().filter_map(|id| id.parse().ok()).collect();
    let say = typed.first("say").unwrap_or_default().to_owned();
    let until: Date = typed.first("until").and_then(|day| day.parse().ok()).unwrap_or(sheet.today());
    let row = row_of(&typed);
    let done = sheet
        .write(move |tx, acting| {
            verbs::request_correction(tx, acting, number, row, Correction { fields: fields.clone(), say: say.clone(), until })
        })
        .await;
    answer(&sheet, number, done).await
}

pub(super) async fn hand_over_page(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    let inside = html! {
        div.field {
            label for="to" { (sheet.word("desk-hand-over-to")) }
            select.in id="to" name="to" {
                @for (id, department) in sheet.town.departments.iter().filter(|(id, _)| **id != opened.case.department) {
                    option value=(id) { (sheet.plain(&department.name)) }
                }
            }
        }
        (text_input(&sheet, "reason", "desk-hand-over-reason", ""))
    };
    Ok(verb_page(&sheet, &opened, "hand-over", html! {}, inside))
}

pub(super) async fn hand_over(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let number = number_of(&number)?;
    let to = typed.first("to").unwrap_or_default().parse().map_err(|_| PageError::BadInput("no such department"))?;
    let (reason, row) = (typed.first("reason").unwrap_or_default().to_owned(), row_of(&typed));
    let to: definitions::ids::DepartmentId = to;
    let done = sheet.write(move |tx, acting| verbs::hand_over(tx, acting, number, row, to.clone(), reason.clone())).await;
    // The case may now be another department's, and no longer ours to see.
    match done {
        Ok(_) => Ok(Redirect::to("/desk/cases?queue=all").into_response()),
        refused => answer(&sheet, number, refused).await,
    }
}

pub(super) async fn delay_page(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    let statutory = opened.case.clock.statutory.is_some();
    let week = sheet.town.closed.add_business_days(sheet.today(), 5);
    let inside = html! {
        p { (sheet.say().html(if statutory { "desk-delay-statutory" } else { "desk-delay-promise" }, &[])) }
        @if !statutory { (day_input(&sheet, week, "desk-delay-until")) }
        (text_input(&sheet, "reason", "desk-delay-reason", ""))
    };
    Ok(verb_page(&sheet, &opened, "delay", html! {}, inside))
}

pub(super) async fn delay(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let number = number_of(&number)?;
    let until: Option<Date> = typed.first("until").and_then(|day| day.parse().ok());
    let (reason, row) = (typed.first("reason").unwrap_or_default().to_owned(), row_of(&typed));
    let done = sheet.write(move |tx, acting| verbs::notify_delay(tx, acting, number, row, until, reason.clone())).await;
    answer(&sheet, number, done).await
}

pub(super) async fn propose_page(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    Ok(propose_form(&sheet, &opened, &Typed::default(), html! {}))
}

/// Outcome, reason, and what each outcome asks; a press shows the letter before it goes.
fn propose_form(sheet: &Sheet, opened: &Opened, typed: &Typed, above: Markup) -> Markup {
    let say = sheet.say();
    let chosen = typed.first("outcome");
    let outcomes = opened.procedure.outcomes.values();
    let inside = html! {
        fieldset {
            legend { (sheet.word("desk-propose-outcome")) }
            @for outcome in outcomes {
                label.pick {
                    input type="radio" name="outcome" value=(outcome.id) checked[chosen == Some(outcome.id.as_str())];
                    span { b { (sheet.plain(&outcome.title)) } @if outcome.reason_required { span { (sheet.word("desk-propose-reason-due")) } } }
                }
                @if !outcome.ask.is_empty() { div.indent { (asked(sheet, outcome, typed)) } }
            }
        }
        (text_input(sheet, "reason", "desk-propose-reason", typed.first("reason").unwrap_or_default()))
        p { (say.html("desk-propose-chain", &[("chain", chain(sheet, opened).into())])) }
        button.btn.second type="submit" formaction={ "/desk/cases/" (opened.case.number.plain()) "/preview" } formtarget="_blank" {
            (say.html("desk-propose-preview", &[]))
        }
    };
    verb_page(sheet, opened, "propose", above, inside)
}

/// The questions of an outcome, named `OUTCOME.FIELD` so that all outcomes stand on one page.
fn asked(sheet: &Sheet, outcome: &Outcome, typed: &Typed) -> Markup {
    let filled = form::Filled::default();
    html! {
        @for field in outcome.ask.values() {
            (field::render(field, &FieldView {
                say: sheet.say(),
                town: &sheet.town,
                typed,
                filled: &filled,
                prefix: outcome.id.as_str(),
                problems: &[],
                upload: None, postal: None,
            }))
        }
    }
}

fn chain(sheet: &Sheet, opened: &Opened) -> String {
    let decide = opened.procedure.steps.values().find(|step| step.act == definitions::procedure::StepAct::Decide);
    let roles = decide.map(|step| step.role.as_slice()).unwrap_or_default();
    let names: Vec<String> =
        roles.iter().map(|id| sheet.town.roles.get(id).map_or_else(|| id.to_string(), |role| sheet.plain(&role.name))).collect();
    names.join(" → ")
}

/// A form of an outcome's own questions, judged like any other.
fn asking(procedure: &Procedure, outcome: &Outcome) -> Procedure {
    let mut asking = procedure.clone();
    asking.formal.clear();
    asking.merit.clear();
    asking.pages.truncate(1);
    for page in asking.pages.values_mut() {
        page.when = None;
        page.fields = outcome.ask.clone();
    }
    asking
}

/// The inputs below a prefix, under their own names.
fn below(typed: &Typed, prefix: &str) -> Typed {
    let mut below = Typed::default();
    for (name, values) in typed.iter() {
        if let Some(own) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')) {
            below.set(own, values);
        }
    }
    below
}

/// What came in of an outcome's own questions, as answers.
fn details(sheet: &Sheet, opened: &Opened, typed: &Typed) -> Result<(Answers, Vec<Mistake>), PageError> {
    let chosen = typed.first("outcome").and_then(|id| opened.procedure.outcomes.get(id));
    let Some(outcome) = chosen else { return Ok((Answers::default(), Vec::new())) };
    let filled = form::fill(&asking(&opened.procedure, outcome), &below(typed, outcome.id.as_str()), &NoFacts, sheet.today());
    let mistakes = filled
        .problems
        .iter()
        .map(|problem| Mistake {
            anchor: field::anchor(&format!("{}.{}", outcome.id, problem.path)),
            text: field::problem_text(sheet.say(), problem),
        })
        .collect();
    Ok((filled.answers, mistakes))
}

pub(super) async fn propose(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let opened = case::open(&sheet, &number).await?;
    let number = number_of(&number)?;
    let (answers, mistakes) = details(&sheet, &opened, &typed)?;
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
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, propose_form(&sheet, &opened, &typed, above)).into_response());
    }
    let (outcome, reason, row) =
        (outcome.map(|outcome| outcome.id.clone()), typed.first("reason").unwrap_or_default().to_owned(), row_of(&typed));
    let done = sheet
        .write(move |tx, acting| {
            let outcome = outcome.clone().ok_or(NotNow::Unknown("outcome"))?;
            decide::propose(tx, acting, number, row, decide::Draft { outcome, reason: reason.clone(), details: answers.clone() })
        })
        .await;
    match done {
        Err(Refused::NotNow(reason @ (NotNow::ReasonDue | NotNow::DetailsDue))) => {
            let above = parts::notice(Tone::Error, html! { p role="alert" { (sheet.word(why(&reason))) } });
            Ok((StatusCode::UNPROCESSABLE_ENTITY, propose_form(&sheet, &opened, &typed, above)).into_response())
        }
        done => answer(&sheet, number, done).await,
    }
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
    let (answers, _) = details(&sheet, &opened, &typed)?;
    let reason = typed.first("reason").unwrap_or_default().to_owned();
    let today = sheet.today();
    let content = effects::first_content(&sheet.town, &opened.case, &opened.procedure, &outcome, &reason, &answers, today);
    let content = content.ok_or(PageError::NotFound)?;
    let (bureau, press) = (sheet.bureau(), sheet.tools.press.clone());
    let pdf = tokio::task::spawn_blocking(move || letters::preview(&bureau, &press, &content, today)).await.map_err(PageError::internal)?;
    let pdf = pdf.map_err(|problem| {
        tracing::info!(%problem, "a letter cannot be shown");
        PageError::say(StatusCode::UNPROCESSABLE_ENTITY, "desk-preview-failed")
    })?;
    Ok(([(header::CONTENT_TYPE, "application/pdf"), (header::CACHE_CONTROL, "private, no-store")], pdf.pdf).into_response())
}
