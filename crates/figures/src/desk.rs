//! 統計 at the desk: a town, a department, a procedure in a month, a quarter or a year; each table as CSV besides.

mod chart;
mod found;
mod page;
mod report;
mod sheet;
mod tables;

use std::sync::Arc;

use access::{DeskFace, PageError, Staff};
use axum::{
    Extension, Router,
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use definitions::text::Language;
use jiff::civil::Date;
use letters::Press;
use maud::Markup;
use serde::Deserialize;
use ui::parts::Say;

pub use found::{Found, Part, Since, Wanted, home, sees};
pub use report::report;
pub use sheet::{Cell, Sheet};
pub use tables::all as tables;

use crate::{
    counted::Scope,
    period::{Length, Month, Period},
};

/// `/desk/figures`.
pub fn router(press: Arc<Press>) -> Router<DeskFace> {
    Router::new()
        .route("/desk/figures", get(show))
        .route("/desk/figures.csv", get(csv))
        .route("/desk/figures.pdf", get(pdf))
        .layer(Extension(press))
}

/// What stands in an address. Ids and periods only: nothing of a person.
#[derive(Deserialize)]
struct Asked {
    of: Option<String>,
    period: Option<String>,
    against: Option<String>,
    since: Option<String>,
    table: Option<String>,
}

/// The words of the desk with the town whose procedures and departments they name.
pub struct Names<'a> {
    /// The words.
    pub say: Say<'a>,
    /// The town.
    pub town: &'a definitions::town::Town,
}

impl Names<'_> {
    /// What a scope is called.
    pub fn of(&self, scope: &Scope) -> String {
        let plain = |text: &definitions::text::Text| ui::words::ruby::plain(&text.ja);
        match scope {
            Scope::Town => plain(&self.town.name),
            Scope::Department(id) => self.town.departments.get(id).map_or_else(|| id.to_string(), |department| plain(&department.name)),
            Scope::Procedure(id) => self.town.procedures.get(id).map_or_else(|| id.to_string(), |procedure| plain(&procedure.title)),
        }
    }

    /// What a period is called: 2026年11月, 令和8年度 第3四半期, 令和8年度.
    pub fn period(&self, period: Period) -> String {
        let year = jp::fiscal::FiscalYear::starting_in(i16::try_from(period.fiscal_year()).unwrap_or(i16::MAX)).to_string();
        match period.length {
            Length::Month => self.month(period.first),
            Length::Quarter => {
                self.say.text("desk-figures-quarter", &[("year", year.as_str().into()), ("quarter", i64::from(period.quarter()).into())])
            }
            Length::Year => year,
        }
    }

    /// 2026年11月.
    pub fn month(&self, month: Month) -> String {
        // The year as text: as a number it would be grouped.
        let year = month.year().to_string();
        self.say.text("desk-figures-month", &[("year", year.as_str().into()), ("month", i64::from(month.month()).into())])
    }

    fn word(&self, id: &str) -> String {
        self.say.text(id, &[])
    }
}

/// What was asked, where this person may see it.
fn wanted(asked: &Asked, staff: &Staff, town: &definitions::town::Town, today: Date) -> Result<Wanted, PageError> {
    let scope = match &asked.of {
        Some(code) => Scope::from_code(code).ok_or(PageError::NotFound)?,
        None => home(staff, town).ok_or(PageError::NotFound)?,
    };
    if !sees(staff, town, &scope) {
        return Err(PageError::NotFound);
    }
    let read = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(str::parse::<Period>).transpose();
    let period = read(&asked.period).map_err(|_| PageError::NotFound)?;
    let period = period.unwrap_or_else(|| Period::around(Month::of(today), Length::Month));
    let against = if asked.against.as_deref() == Some("year") { period.a_year_before() } else { period.before() };
    let since = asked.since.as_deref().filter(|text| !text.is_empty()).and_then(|text| text.parse().ok());
    Ok(Wanted { scope, period, against, since })
}

async fn find(face: &DeskFace, staff: &Staff, asked: &Asked) -> Result<Found, PageError> {
    let (town, today) = (face.town.current(), face.clock.today());
    let wanted = wanted(asked, staff, &town, today)?;
    Ok(face.store.reading(move |tx| wanted.find(tx, &town, today)).await?)
}

async fn show(State(face): State<DeskFace>, staff: Staff, Query(asked): Query<Asked>) -> Result<Markup, PageError> {
    let found = find(&face, &staff, &asked).await?;
    let (words, town) = (face.words(), face.town.current());
    let names = Names { say: Say { words: &words, language: Language::Ja }, town: &town };
    let said = said(&face, &staff, &found.scope).await?;
    Ok(page::page(&face, &staff, &names, &found, asked.against.as_deref() == Some("year"), &said))
}

async fn pdf(
    State(face): State<DeskFace>,
    staff: Staff,
    Extension(press): Extension<Arc<Press>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let found = find(&face, &staff, &asked).await?;
    let file = format!("inline; filename=\"figures-{}-{}.pdf\"", found.scope.code().replace(':', "-"), found.period);
    let (words, town, now) = (face.words(), face.town.current(), face.clock.now());
    // Setting takes a moment and a thread: not one of those that answer pages.
    let set = move || report(&Names { say: Say { words: &words, language: Language::Ja }, town: &town }, &found, &press, now);
    let bytes = tokio::task::spawn_blocking(set).await.map_err(PageError::internal)?.map_err(PageError::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, file)], bytes).into_response())
}

/// What people wrote in their own words is for the department that reads their cases, also where others may see the figures.
async fn said(face: &DeskFace, staff: &Staff, scope: &Scope) -> Result<Vec<(String, String)>, PageError> {
    let town = face.town.current();
    let Scope::Procedure(id) = scope else { return Ok(Vec::new()) };
    let Some(procedure) = town.procedures.get(id) else { return Ok(Vec::new()) };
    let cases = access::RecordAttributes {
        department: Some(procedure.department.clone()),
        ..access::RecordAttributes::of_town(access::RecordKind::Case, definitions::field::Sensitivity::Ordinary)
    };
    if access::may(staff, access::Act::Read, &cases).is_none() {
        return Ok(Vec::new());
    }
    let (id, keys) = (id.clone(), face.keys.clone());
    Ok(face.store.reading(move |tx| crate::telling::said_of(tx, &keys, &id, SAID_SHOWN)).await?)
}

/// So much of what people wrote stands on a page.
const SAID_SHOWN: i64 = 20;

async fn csv(State(face): State<DeskFace>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let found = find(&face, &staff, &asked).await?;
    let (words, town) = (face.words(), face.town.current());
    let names = Names { say: Say { words: &words, language: Language::Ja }, town: &town };
    let wanted = asked.table.as_deref().unwrap_or("months");
    let table = tables::all(&names, &found).into_iter().find(|table| table.name == wanted).ok_or(PageError::NotFound)?;
    let bytes = table.csv().map_err(PageError::internal)?;
    // ASCII, since old browsers read nothing else there.
    let file = format!("attachment; filename=\"figures-{}-{}-{}.csv\"", found.scope.code().replace(':', "-"), found.period, table.name);
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, file)], bytes).into_response())
}
