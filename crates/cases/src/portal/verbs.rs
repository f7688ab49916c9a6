//! What a person does on their own case: correct what was asked for, write, withdraw.

use access::{CaseId, PageError, Posted};
use axum::{
    extract::{Path, Request},
    response::{IntoResponse, Response},
};
use definitions::{form::FieldProblem, typed::Typed};
use maud::{Markup, html};
use ui::{
    field::{self, FieldView},
    page::csrf_input,
    parts::{self, Mistake, Weight},
};

use super::{
    Sheet, refusal, see,
    status::{self, Own},
    upload,
};
use crate::{FilingRefused, filing, own::OwnState};

pub(super) async fn correct_page(sheet: Sheet, Path(number): Path<String>) -> Result<Response, PageError> {
    let own = status::own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    if !matches!(own.case.state, OwnState::Correct { .. }) {
        return Ok(see(&format!("/status/{}", own.case.number.plain())));
    }
    Ok(correction(&sheet, &own, &Typed::default(), false).await?.into_response())
}

/// Just the fields that were asked for, filled as they were filed, or as they were typed just now.
async fn correction(sheet: &Sheet, own: &Own, input: &Typed, wrong: bool) -> Result<Markup, PageError> {
    let OwnState::Correct { asked } = &own.case.state else { return Err(PageError::NotFound) };
    let say = sheet.say();
    let title = say.text("cases-correct-title", &[]);
    let typed = filing::corrected_typed(&own.procedure, &own.case, input);
    let (procedure, evaluated) = (own.procedure.clone(), typed.clone());
    let filled = sheet.read(move |_, terms| Ok(terms.fill(&procedure, &evaluated))).await.map_err(refusal)?;
    let problems: Vec<FieldProblem> = match wrong {
        true => asked.fields.iter().flat_map(|id| filled.problems_of(id.as_str())).cloned().collect(),
        false => Vec::new(),
    };
    let mistakes: Vec<Mistake> =
        problems.iter().map(|problem| Mistake { anchor: field::anchor(&problem.path), text: field::problem_text(say, problem) }).collect();
    let number = own.case.number.plain();
    let body = html! {
        (parts::error_summary(say, &mistakes))
        h1 { (say.html("cases-correct-title", &[])) }
        p.lead { (say.html("cases-correct-lead", &[])) }
        (parts::notice(parts::Tone::Warn, html! {
            p.written { (asked.say) }
            p { (say.html("cases-correct-until", &[("until", sheet.words.day(sheet.language(), asked.until).into())])) }
        }))
        form method="post" action={ "/status/" (number) "/correct" } enctype="multipart/form-data" data-guard novalidate {
            (csrf_input(&sheet.visitor.csrf))
            @for field in asked.fields.iter().filter_map(|id| own.procedure.field(id.as_str())) {
                (field::render(field, &FieldView {
                    say,
                    town: &sheet.town,
                    typed: &typed,
                    filled: &filled,
                    prefix: "",
                    problems: &problems,
                    upload: None, postal: None,
                }))
            }
            div.row.actions {
                (parts::button(Weight::Primary, say.html("cases-correct-send", &[])))
                (parts::back_link(&format!("/status/{number}"), say.html("cases-form-back", &[])))
            }
        }
    };
    Ok(sheet.page(&title, |page| page.personal(), body))
}

pub(super) async fn correct(sheet: Sheet, Path(number): Path<String>, request: Request) -> Result<Response, PageError> {
    let came = upload::read(&sheet, request).await?;
    let own = status::own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    let mut input = came.typed;
    for (field, answer) in upload::keep(&sheet, came.files).await? {
        let json = serde_json::to_string(&answer).map_err(PageError::internal)?;
        input.push(field, json).map_err(|_| PageError::TooLarge)?;
    }
    let (owner, case, sent) = (sheet.owner(), own.case.clone(), input.clone());
    let corrected = sheet.write(move |tx, terms| filing::correct(tx, terms, &owner, case.clone(), &sent).map(drop)).await;
    match corrected {
        Ok(()) | Err(FilingRefused::NotNow(_)) => Ok(see(&format!("/status/{}", own.case.number.plain()))),
        Err(FilingRefused::Incomplete(_)) => {
            let page = correction(&sheet, &own, &input, true).await?;
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(refusal(other)),
    }
}

pub(super) async fn write(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let own = status::own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    let text = typed.first("text").unwrap_or_default().to_owned();
    let id = CaseId::draw(sheet.clock.now()).to_string();
    let (owner, case) = (sheet.owner(), own.case.clone());
    match sheet.write(move |tx, terms| filing::write(tx, terms, &owner, &case, &id, &text)).await {
        // Nothing or too much was written: the browser's own bounds say so before; without them the page comes back as it was.
        Ok(()) | Err(FilingRefused::Incomplete(_)) => Ok(see(&format!("/status/{}#messages", own.case.number.plain()))),
        Err(other) => Err(refusal(other)),
    }
}

pub(super) async fn withdraw_page(sheet: Sheet, Path(number): Path<String>) -> Result<Response, PageError> {
    let own = status::own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    let number = own.case.number.plain();
    if !own.case.state.is_open() {
        return Ok(see(&format!("/status/{number}")));
    }
    let say = sheet.say();
    let title = say.text("cases-withdraw-title", &[]);
    let verb = say.text("cases-withdraw-do", &[]);
    let body = html! {
        h1 { (say.html("cases-withdraw-title", &[])) }
        (parts::confirm(
            say,
            &format!("/status/{number}/withdraw"),
            &sheet.visitor.csrf,
            html! { p { b { (sheet.text(&own.procedure.title)) } } p { (say.html("cases-withdraw-lead", &[])) } },
            &verb,
            Weight::Danger,
            &format!("/status/{number}"),
        ))
    };
    Ok(sheet.page(&title, |page| page.personal(), body).into_response())
}

pub(super) async fn withdraw(sheet: Sheet, Path(number): Path<String>, Posted(_): Posted) -> Result<Response, PageError> {
    let own = status::own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    let (owner, case) = (sheet.owner(), own.case.clone());
    match sheet.write(move |tx, terms| filing::withdraw(tx, terms, &owner, case.clone()).map(drop)).await {
        Ok(()) | Err(FilingRefused::NotNow(_)) => Ok(see(&format!("/status/{}", own.case.number.plain()))),
        Err(other) => Err(refusal(other)),
    }
}
