//! 統計 at the desk: a town, a department, a procedure in a month, a quarter or a year; each table as CSV besides.

mod chart;
mod found;
mod page;
mod sheet;
mod tables;

use access::{DeskFace, PageError, Staff};
use axum::{
    Router,
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use definitions::text::Language;
use jiff::civil::Date;
use maud::Markup;
use serde::Deserialize;
use ui::parts::Say;

pub use found::{Found, Part, Since, Wanted, home, sees};
pub use sheet::{Cell, Sheet};
pub use tables::all as tables;

use crate::{
    counted::Scope,
    period::{Length, Month, Period},
};

/// `/desk/figures`.
pub fn router() -> Router<DeskFace> {
    Router::new().route("/desk/figures", get(show)).route("/desk/figures.csv", get(csv))
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
    Ok(page::page(&face, &staff, &names, &found, asked.against.as_deref() == Some("year")))
}

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
