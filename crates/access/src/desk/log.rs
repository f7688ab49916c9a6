//! 閲覧記録 Who looked at what, for the person in charge of it.

use axum::extract::{Query, State};
use definitions::text::Language;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use store::StoreError;
use ui::parts::{self, Column, Say, icons};

use crate::{
    clock::time_in_japan,
    error::PageError,
    face::DeskFace,
    looked::{self, Asked, Line},
    shell,
    staff::Staff,
    token::percent,
};

/// By whom, at what, older than which line. Ids only: no name stands in an address.
#[derive(Deserialize)]
pub(super) struct Wanted {
    staff: Option<String>,
    record: Option<String>,
    at: Option<i64>,
    id: Option<String>,
}

impl Wanted {
    fn asked(&self) -> Asked {
        let given = |text: &Option<String>| text.as_ref().filter(|text| !text.is_empty()).cloned();
        let at = self.at.and_then(|at| Timestamp::from_microsecond(at).ok());
        Asked { staff: self.staff.as_ref().and_then(|id| id.parse().ok()), record: given(&self.record), before: at.zip(given(&self.id)) }
    }

    fn href(&self, last: Option<&Line>) -> String {
        let mut href = "/desk/access-log?".to_owned();
        for (name, value) in [("staff", &self.staff), ("record", &self.record)] {
            if let Some(value) = value {
                href.push_str(&format!("{name}={}&", percent(value)));
            }
        }
        if let Some(line) = last {
            href.push_str(&format!("at={}&id={}", line.at.as_microsecond(), percent(&line.id)));
        }
        href
    }
}

pub(super) async fn show(State(face): State<DeskFace>, staff: Staff, Query(wanted): Query<Wanted>) -> Result<Markup, PageError> {
    looked::may_read_log(&staff).ok_or(PageError::NotFound)?;
    let asked = wanted.asked();
    let is_first = asked.before.is_none();
    let (lines, more) = face.store.reading(move |tx| -> Result<_, StoreError> { looked::list(tx, &asked) }).await?;
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text("access-log-title", &[]);
    let next = more.then(|| wanted.href(lines.last()));
    let first = (!is_first).then(|| wanted.href(None));
    let body = html! {
        p { (say.html("access-log-lead", &[])) }
        @if wanted.staff.is_some() || wanted.record.is_some() { p { a href="/desk/access-log" { (say.html("access-log-all", &[])) } } }
        @if lines.is_empty() {
            (parts::empty(icons::SEARCH, say.html("access-log-none", &[]), say.html("access-log-none-help", &[])))
        } @else {
            (table(say, &title, &lines))
        }
        (parts::next_page(say, lines.len(), next.as_deref(), first.as_deref()))
    };
    Ok(shell::desk_page_at(&face, Some(&staff), &title, "/desk/access-log", |page| page, body))
}

fn table(say: Say<'_>, title: &str, lines: &[Line]) -> Markup {
    let headings: Vec<String> = ["access-log-when", "access-log-who", "access-log-what", "access-log-why", "access-log-authority"]
        .map(|id| say.text(id, &[]))
        .to_vec();
    let columns: Vec<Column<'_>> = headings.iter().map(|label| Column { label, numeric: false }).collect();
    let body: Vec<Vec<Markup>> = lines
        .iter()
        .map(|line| {
            let name = line.name.clone().unwrap_or_else(|| line.staff.to_string());
            vec![
                say.words.moment_html(Language::Ja, time_in_japan(line.at)),
                html! { a href={ "/desk/access-log?staff=" (line.staff) } { (name) } },
                html! { a href={ "/desk/access-log?record=" (percent(&line.record)) } { (line.kind) " " (line.record) } },
                html! { (line.why) },
                html! { (line.authority) },
            ]
        })
        .collect();
    parts::table(Some(title), &columns, &body)
}
