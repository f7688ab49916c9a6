//! The pages and posts of staff's verbs. Each post acts on the row that was seen; what came between is said by name.

use access::{CaseId, PageError, Posted};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::{
    answer::Answers,
    ids::{DepartmentId, FieldId},
    text::Language,
    typed::Typed,
};
use jiff::civil::Date;
use maud::{Markup, html};
use store::Write;
use ui::{
    page::{Crumb, csrf_input},
    parts::{self, Tone, Weight},
};

use super::{
    Sheet,
    case::{self, Opened},
    decision::below,
    refusal,
};
use crate::{
    CaseNumber,
    asked::Asking,
    case::{Case, NotNow, Stage},
    clock,
    decide::{self, consult::Said},
    verbs::{self, Acting, Clash, Correction, Refused},
};

pub(super) fn number_of(number: &str) -> Result<CaseNumber, PageError> {
    number.parse().map_err(|_| PageError::NotFound)
}

pub(super) fn row_of(typed: &Typed) -> i64 {
    // A form without its row acts on no case: no row is negative.
    typed.first("row").and_then(|row| row.parse().ok()).unwrap_or(-1)
}

/// Goes back to the case and says what was done, or shows it with what stood in the way.
pub(super) async fn answer(sheet: &Sheet, number: CaseNumber, verb: &str, done: Result<Case, Refused>) -> Result<Response, PageError> {
    let above = match done {
        Ok(case) => {
            let said = if verb == "approve" && matches!(case.stage, Stage::Decided { .. }) { "decided" } else { verb };
            // Whoever asked for a change sees the case again when it comes back.
            let to = if verb == "ask-change" { "?queue=consulted&".to_owned() } else { format!("/{}?", case.number.plain()) };
            return Ok(Redirect::to(&format!("/desk/cases{to}done={said}")).into_response());
        }
        Err(Refused::Changed(clash)) => clashed(sheet, &clash),
        Err(Refused::NotNow(reason)) => said_why(sheet, &reason),
        Err(Refused::Register(refused)) => parts::notice(Tone::Error, html! { p role="alert" { (sheet.word(register_why(&refused))) } }),
        Err(Refused::Letter(problem)) => parts::notice(Tone::Error, html! { p role="alert" { (problem) } }),
        Err(Refused::NotPermitted(_)) => parts::notice(Tone::Error, html! { p role="alert" { (sheet.word("desk-why-not-permitted")) } }),
        Err(other) => return Err(refusal(other)),
    };
    let opened = case::open(sheet, &number.plain()).await?;
    Ok((StatusCode::CONFLICT, case::case_page(sheet, &opened, above)).into_response())
}

/// The same for a verb with a form of its own: what is missing or wrong in it is said above the form, which keeps all that was typed.
pub(super) async fn answer_with_form(
    sheet: &Sheet,
    number: CaseNumber,
    verb: &str,
    done: Result<Case, Refused>,
    form: impl FnOnce(&Opened, Markup) -> Markup + Send,
) -> Result<Response, PageError> {
    match done {
        Err(Refused::NotNow(reason)) if reason.is_about_input() => {
            let opened = case::open(sheet, &number.plain()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, form(&opened, said_why(sheet, &reason))).into_response())
        }
        done => answer(sheet, number, verb, done).await,
    }
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
        NotNow::HolderPresent => "desk-why-holder-present",
        NotNow::OwnDraft => "desk-why-own-draft",
        NotNow::RoundsDay => "desk-why-rounds-day",
        NotNow::Unknown(_) => "desk-why-unknown",
        NotNow::ReasonDue => "desk-why-reason-due",
        NotNow::DetailsDue => "desk-why-details-due",
        NotNow::ConsultDue => "desk-why-consult-due",
        NotNow::NobodyThere => "desk-why-nobody-there",
        NotNow::DayPassed => "desk-why-day-passed",
        NotNow::NotLater => "desk-why-not-later",
        NotNow::LimitPassed => "desk-why-limit-passed",
        NotNow::NoticeMissing => "desk-why-notice-missing",
        NotNow::NotExtendable => "desk-why-not-extendable",
        NotNow::Channel => "desk-why-channel",
    }
}

/// The words of a register's reason.
pub(super) fn register_why(refused: &registry::records::Refused) -> &'static str {
    use registry::records::Refused as Register;
    match refused {
        Register::Full { .. } => "desk-why-register-full",
        Register::Taken { .. } => "desk-why-register-taken",
        Register::NothingToChange | Register::Several => "desk-why-register-none",
        Register::NoOwner => "desk-why-register-owner",
        _ => "desk-why-register",
    }
}

/// Verbs that need no page of their own.
pub(super) async fn act(sheet: Sheet, Path((number, verb)): Path<(String, String)>, Posted(typed): Posted) -> Result<Response, PageError> {
    let number = number_of(&number)?;
    let id = CaseId::draw(sheet.clock.now()).to_string();
    let said = verb.clone();
    let done = sheet.write(move |tx, acting| one(tx, acting, number, row_of(&typed), &verb, &typed, &id)).await;
    answer(&sheet, number, &said, done).await
}

/// One verb on one case.
pub(super) fn one(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    number: CaseNumber,
    row: i64,
    verb: &str,
    typed: &Typed,
    id: &str,
) -> Result<Case, Refused> {
    let text = || typed.first("text").unwrap_or_default().to_owned();
    match verb {
        "claim" => verbs::claim(tx, acting, number, row),
        "release" => verbs::release(tx, acting, number, row),
        "advance" => verbs::advance(
            tx,
            acting,
            number,
            row,
            verbs::StepDone { checks: typed.all("check").to_vec(), noted: noted(tx, acting, number, typed)? },
        ),
        "end-correction" => verbs::end_correction(tx, acting, number, row),
        "approve" => decide::approve(tx, acting, number, row),
        "give" => {
            let to = typed.first("to").unwrap_or_default().parse().map_err(|_| NotNow::Unknown("colleague"))?;
            verbs::give(tx, acting, number, row, to)
        }
        "agree" => decide::consult::answer(tx, acting, number, row, Said::Agreed, &text()),
        "object" => decide::consult::answer(tx, acting, number, row, Said::Objected, &text()),
        "ask-change" => decide::consult::answer(tx, acting, number, row, Said::AsksChange, &text()),
        "reached" => verbs::reached(tx, acting, number, row, typed.first("how").unwrap_or_default(), text()),
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
    let asking = Asking { town: acting.town, case: &case, procedure: &procedure, outcome: None, ask: &step.ask, today: acting.today() };
    Ok(asking.fill(tx, &below(typed, "step"))?.answers)
}

/// A form page of a verb on one case.
pub(super) fn verb_page(sheet: &Sheet, opened: &Opened, verb: &str, above: Markup, inside: Markup) -> Markup {
    let say = sheet.say();
    let case = &opened.case;
    let at = format!("/desk/cases/{}", case.number.plain());
    let title = format!("{}　{}", sheet.word(&format!("desk-verb-{verb}")), case.contacts.name);
    let number = case.number.to_string();
    let what = sheet.word(&format!("desk-verb-{verb}"));
    let trail = [Crumb { label: &number, href: Some(&at) }, Crumb { label: &what, href: None }];
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
    sheet.page_with(&title, &opened.side, &trail, &[], |page| page, body)
}

pub(super) fn day_input(sheet: &Sheet, name: &str, value: Date, label: &str) -> Markup {
    html! { div.field { label for=(name) { (sheet.word(label)) } input.in.m id=(name) type="date" name=(name) value=(value) required; } }
}

pub(super) fn text_input(sheet: &Sheet, name: &str, label: &str, value: &str) -> Markup {
    html! {
        div.field {
            label for=(name) { (sheet.word(label)) }
            textarea.in id=(name) name=(name) rows="4" maxlength=(verbs::WRITTEN_CHARACTERS_MAX) { (value) }
        }
    }
}

pub(super) async fn correction_page(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    Ok(correction_form(&sheet, &opened, &Typed::default(), html! {}))
}

fn correction_form(sheet: &Sheet, opened: &Opened, typed: &Typed, above: Markup) -> Markup {
    let fields = opened.procedure.pages.values().flat_map(|page| page.fields.values());
    let two_weeks = sheet.town.closed.add_business_days(sheet.today(), 10);
    let until = typed.first("until").and_then(|day| day.parse().ok()).unwrap_or(two_weeks);
    let is_chosen = |field: &definitions::field::Field| typed.all("field").iter().any(|id| id == field.id.as_str());
    let inside = html! {
        p { (sheet.say().html("desk-correction-lead", &[])) }
        fieldset {
            legend { (sheet.word("desk-correction-fields")) }
            @for field in fields.filter(|field| !matches!(field.kind, definitions::field::Kind::Note)) {
                label.pick { input type="checkbox" name="field" value=(field.id) checked[is_chosen(field)]; span { (sheet.plain(&field.label)) } }
            }
        }
        (text_input(sheet, "say", "desk-correction-say", typed.first("say").unwrap_or_default()))
        (day_input(sheet, "until", until, "desk-correction-until"))
    };
    verb_page(sheet, opened, "correction", above, inside)
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
    answer_with_form(&sheet, number, "correction", done, |opened, above| correction_form(&sheet, opened, &typed, above)).await
}

pub(super) async fn hand_over_page(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    let departments = receivers(&sheet, opened.case.number).await?;
    Ok(hand_over_form(&sheet, &opened, &departments, &Typed::default(), html! {}))
}

async fn receivers(sheet: &Sheet, number: CaseNumber) -> Result<Vec<DepartmentId>, PageError> {
    let found = sheet.read(move |tx, acting| {
        let (case, procedure) = verbs::read(tx, acting, number)?;
        Ok(verbs::receivers(tx, acting, &case, &procedure)?)
    });
    found.await.map_err(refusal)
}

fn hand_over_form(sheet: &Sheet, opened: &Opened, departments: &[DepartmentId], typed: &Typed, above: Markup) -> Markup {
    let name = |id: &DepartmentId| sheet.town.departments.get(id).map(|department| sheet.plain(&department.name)).unwrap_or_default();
    let inside = html! {
        p { (sheet.say().html(if departments.is_empty() { "desk-hand-over-none" } else { "desk-hand-over-lead" }, &[])) }
        div.field {
            label for="to" { (sheet.word("desk-hand-over-to")) }
            select.in.m id="to" name="to" {
                @for id in departments { option value=(id) selected[typed.first("to") == Some(id.as_str())] { (name(id)) } }
            }
        }
        (text_input(sheet, "reason", "desk-hand-over-reason", typed.first("reason").unwrap_or_default()))
    };
    verb_page(sheet, opened, "hand-over", above, inside)
}

pub(super) async fn hand_over(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let number = number_of(&number)?;
    let to: DepartmentId = typed.first("to").unwrap_or_default().parse().map_err(|_| PageError::BadInput("no such department"))?;
    let (reason, row) = (typed.first("reason").unwrap_or_default().to_owned(), row_of(&typed));
    let departments = receivers(&sheet, number).await?;
    let done = sheet.write(move |tx, acting| verbs::hand_over(tx, acting, number, row, to.clone(), &reason)).await;
    match done {
        // The case may now be another department's, and no longer ours to see.
        Ok(_) => Ok(Redirect::to("/desk/cases?queue=all&done=hand-over").into_response()),
        done => {
            let form = |opened: &Opened, above| hand_over_form(&sheet, opened, &departments, &typed, above);
            answer_with_form(&sheet, number, "hand-over", done, form).await
        }
    }
}

/// What is missing, above the form where it was missing.
pub(super) fn said_why(sheet: &Sheet, reason: &NotNow) -> Markup {
    parts::notice(Tone::Error, html! { p role="alert" { (sheet.word(why(reason))) } })
}
