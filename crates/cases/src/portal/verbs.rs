//! What a person does on their own case: correct what was asked for, write, withdraw.

use access::{CaseId, PageError, Posted};
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use definitions::{
    answer::FileAnswer,
    field::{Field, Kind},
    form::FieldProblem,
    ids::FieldId,
    typed::Typed,
};
use indexmap::IndexMap;
use maud::{Markup, html};
use ui::{
    field::{self, FieldView},
    page::csrf_input,
    parts::{self, Weight},
};

use super::{
    Sheet, refusal, see,
    status::{self, Own, Writing},
    upload,
};
use crate::{
    FilingRefused,
    filing::{self, Corrected},
    own::OwnState,
};

pub(super) async fn correct_page(sheet: Sheet, Path(number): Path<String>) -> Result<Response, PageError> {
    let own = status::own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    if !matches!(own.case.state, OwnState::Correct { .. }) {
        return Ok(see(&format!("/status/{}", own.case.number.plain())));
    }
    let typed = filing::corrected_typed(&own.procedure, &own.case, &Corrected::default()).map_err(|much| refusal(much.into()))?;
    Ok(correction(&sheet, &own, typed, &Told::Nothing).await?.into_response())
}

/// What the page of a correction says is wrong.
enum Told {
    /// Nothing yet: it was only opened, or a row was added.
    Nothing,
    /// Everything that is, and these files that were not taken.
    All(Vec<FieldProblem>),
}

/// Just the fields that were asked for, filled as they were filed, or as they were typed just now.
async fn correction(sheet: &Sheet, own: &Own, typed: Typed, told: &Told) -> Result<Markup, PageError> {
    let OwnState::Correct { asked } = &own.case.state else { return Err(PageError::NotFound) };
    let say = sheet.say();
    let title = say.text("cases-correct-title", &[]);
    let (procedure, evaluated) = (own.procedure.clone(), typed.clone());
    let filled = sheet.read(move |_, terms| Ok(terms.fill(&procedure, &evaluated))).await.map_err(refusal)?;
    let problems: Vec<FieldProblem> = match told {
        Told::All(refused) => {
            let of_fields = asked.fields.iter().flat_map(|id| filled.problems_of(id.as_str())).cloned();
            let broken = filing::broken_at(&own.procedure, &filled, |at| asked.fields.contains(at));
            let of_rules = filing::problems_of_rules(broken, |say| sheet.plain(say));
            // What cannot be read yet is said first; whether it fits comes after.
            let mut problems: Vec<FieldProblem> = refused.iter().cloned().chain(of_fields).collect();
            problems.extend(of_rules.into_iter().filter(|rule| filled.problems_of(&rule.path).next().is_none()));
            problems
        }
        Told::Nothing => Vec::new(),
    };
    let fields: IndexMap<FieldId, Field> =
        asked.fields.iter().filter_map(|id| Some((id.clone(), own.procedure.field(id.as_str())?.clone()))).collect();
    // Files that were filed are named in words: choosing others replaces them, and a button to take one out would file nothing.
    let without_files = without_files(&typed, &fields);
    let view = FieldView {
        say,
        town: &sheet.town,
        typed: &without_files,
        filled: &filled,
        prefix: "",
        problems: &problems,
        upload: None,
        papers: field::Papers::NotAsked,
        postal: None,
    };
    let number = own.case.number.plain();
    let body = html! {
        (parts::error_summary(say, &field::mistakes(&fields, &view)))
        h1 { (say.html("cases-correct-title", &[])) }
        p.lead { (say.html("cases-correct-lead", &[])) }
        (parts::notice(parts::Tone::Warn, html! {
            p.written { (asked.say) }
            p { (say.html("cases-correct-until", &[("until", sheet.words.day(sheet.language(), asked.until).into())])) }
        }))
        form method="post" action={ "/status/" (number) "/correct" } enctype="multipart/form-data" data-guard novalidate {
            (csrf_input(&sheet.visitor.csrf))
            button.sr type="submit" tabindex="-1" aria-hidden="true" {}
            @for field in fields.values() {
                @if let Some(names) = filed_names(&typed, field) {
                    p.rest { (say.html("cases-correct-files", &[("names", names.as_str().into())])) }
                }
                (field::render(field, &view))
            }
            div.row.actions {
                (parts::button(Weight::Primary, say.html("cases-correct-send", &[])))
                (parts::back_link(&format!("/status/{number}"), say.html("cases-form-back", &[])))
            }
        }
    };
    Ok(sheet.page(&title, |page| page.personal(), body))
}

fn without_files(typed: &Typed, fields: &IndexMap<FieldId, Field>) -> Typed {
    let mut shown = typed.clone();
    let names: Vec<String> = typed.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names.iter().filter(|name| matches!(filing::kind_at(typed, fields, name), Some(Kind::Files { .. }))) {
        shown.forget(name);
    }
    shown
}

/// The names of the files that stand under a question now.
fn filed_names(typed: &Typed, field: &Field) -> Option<String> {
    let Kind::Files { .. } = field.kind else { return None };
    let kept = typed.all(field.id.as_str()).iter().filter_map(|json| serde_json::from_str::<FileAnswer>(json).ok());
    let names: Vec<String> = kept.map(|file| file.name).collect();
    (!names.is_empty()).then(|| names.join("、"))
}

pub(super) async fn correct(sheet: Sheet, Path(number): Path<String>, request: Request) -> Result<Response, PageError> {
    let came = upload::read(&sheet, request).await?;
    let own = status::own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    let refused: Vec<FieldProblem> = came.refused.iter().map(|(path, why)| why.problem(path)).collect();
    let sent = Corrected { typed: came.typed, files: crate::incoming::keep(&sheet.face.files, came.files).await? };
    let mut typed = filing::corrected_typed(&own.procedure, &own.case, &sent).map_err(|much| refusal(much.into()))?;
    if let (Some(pressed), OwnState::Correct { asked }) = (field::pressed(&sent.typed), &own.case.state) {
        let fields = asked.fields.iter().filter_map(|id| Some((id.clone(), own.procedure.field(id.as_str())?.clone()))).collect();
        pressed.apply(&mut typed, &fields);
        return Ok(correction(&sheet, &own, typed, &Told::Nothing).await?.into_response());
    }
    if !refused.is_empty() {
        let page = correction(&sheet, &own, typed, &Told::All(refused)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let (owner, case) = (sheet.owner(), own.case.id);
    let corrected = sheet.write(move |tx, terms| filing::correct(tx, terms, &owner, case, &sent).map(drop)).await;
    match corrected {
        Ok(()) | Err(FilingRefused::NotNow(_)) => Ok(see(&format!("/status/{}", own.case.number.plain()))),
        Err(FilingRefused::Incomplete(_)) => {
            let page = correction(&sheet, &own, typed, &Told::All(Vec::new())).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(refusal(other)),
    }
}

pub(super) async fn write(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let own = status::own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    let text = typed.first("text").unwrap_or_default().to_owned();
    let id = CaseId::draw(sheet.clock.now()).to_string();
    let (owner, case, sent) = (sheet.owner(), own.case.clone(), text.clone());
    match sheet.write(move |tx, terms| filing::write(tx, terms, &owner, &case, &id, &sent)).await {
        Ok(()) => Ok(see(&format!("/status/{}?sent#messages", own.case.number.plain()))),
        // Nothing or too much was written: the page comes back with it.
        Err(FilingRefused::Incomplete(_)) => {
            let page = status::status_page(&sheet, &own, &Writing { unsent: Some(&text), ..Writing::default() });
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
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
    let (owner, case) = (sheet.owner(), own.case.id);
    match sheet.write(move |tx, terms| filing::withdraw(tx, terms, &owner, case).map(drop)).await {
        Ok(()) | Err(FilingRefused::NotNow(_)) => Ok(see(&format!("/status/{}", own.case.number.plain()))),
        Err(other) => Err(refusal(other)),
    }
}
