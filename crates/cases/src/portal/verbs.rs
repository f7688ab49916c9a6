//! What a person does on their own case: write, withdraw.

use access::{CaseId, PageError, Posted};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::html;
use ui::parts::{self, Weight};

use super::{
    Sheet, refusal, see,
    status::{self, Writing},
};
use crate::{FilingRefused, filing};

pub(super) async fn write(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let own = status::own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    let text = typed.first("text").unwrap_or_default().to_owned();
    let id = CaseId::draw(sheet.face.clock.now()).to_string();
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
