//! 改訂の履歴: what was changed of a procedure, by whom, when and why; from here a revision is begun, and an older text brought back.

use access::{Act, PageError};
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use definitions::ids::ProcedureId;
use maud::{Markup, html};
use store::StoreError;
use ui::{
    page::csrf_input,
    parts::{self, Weight},
};

use super::{Sheet, begin::department_of, refusal, revision_id, shown};
use crate::{
    revision::{Refused, Revision, State},
    rows, texts, verbs,
};

pub(super) async fn show(sheet: Sheet, Path(id): Path<String>) -> Result<Markup, PageError> {
    let id: ProcedureId = id.parse().map_err(|_| PageError::NotFound)?;
    let wanted = id.clone();
    let all = sheet
        .face
        .store
        .reading(move |tx| {
            let all = rows::of_procedure(tx, &wanted)?;
            all.into_iter().map(|one| Ok((rows::events(tx, one.id)?, one))).collect::<Result<Vec<_>, StoreError>>()
        })
        .await?;
    let department = department_of(&sheet, &id, all.first().map(|(_, one)| &one.department))?;
    let sources = sheet.sources().await?;
    let title = sheet.town.procedures.get(&id).map_or_else(|| id.to_string(), |procedure| ui::words::ruby::plain(&procedure.title.ja));
    let may_write = verbs::may(&sheet.staff, Act::Work, &department).is_some();
    let is_open = all.iter().any(|(_, one)| one.state.is_open());
    let below = texts::below(&sources, &id);
    let say = sheet.say();
    let first = all.iter().filter(|(_, one)| one.state == State::Published).min_by_key(|(_, one)| one.published);
    let body = html! {
        p { a href="/desk/revisions" { (say.html("desk-revisions-back", &[])) } }
        @if may_write && !is_open && sheet.town.procedures.contains_key(&id) {
            form method="post" action="/desk/revisions/begin" data-guard {
                (csrf_input(&sheet.staff.csrf))
                input type="hidden" name="procedure" value=(id);
                div.row.actions { (parts::button(Weight::Primary, say.html("desk-revisions-begin", &[]))) }
            }
        }
        h2 { (say.html("desk-revisions-history", &[])) }
        @if all.is_empty() { p { (say.html("desk-revisions-history-none", &[])) } }
        @for (events, one) in &all {
            section.panel {
                h3 {
                    a href={ "/desk/revisions/" (one.id) } { (if one.why.is_empty() { &one.title } else { &one.why }) } " " (shown::chip(&sheet, one.state))
                }
                (shown::story(&sheet, events))
                @if may_write && !is_open && one.state == State::Published {
                    (again(&sheet, &id, one, false))
                    // Before the first of all revisions stood what the folder said by itself.
                    @if first.is_some_and(|(_, first)| first.id == one.id) { (again(&sheet, &id, one, true)) }
                }
            }
        }
        @for (name, text) in &below {
            details { summary { (say.html("desk-revisions-below", &[("file", name.as_str().into())])) } pre.yaml tabindex="0" { (text) } }
        }
    };
    Ok(sheet.page(&title, body))
}

fn again(sheet: &Sheet, procedure: &ProcedureId, one: &Revision, is_before: bool) -> Markup {
    html! {
        form method="post" action="/desk/revisions/begin" data-guard {
            (csrf_input(&sheet.staff.csrf))
            input type="hidden" name="procedure" value=(procedure);
            input type="hidden" name="restores" value=(one.id);
            @if is_before { input type="hidden" name="before" value="1"; }
            (parts::button(Weight::Quiet, sheet.say().html(if is_before { "desk-revisions-restore-before" } else { "desk-revisions-restore" }, &[])))
        }
    }
}

/// A text to be taken into the town's folder.
pub(super) async fn file(sheet: Sheet, Path((id, number)): Path<(String, usize)>) -> Result<Response, PageError> {
    let (id, staff) = (revision_id(&id)?, sheet.staff.clone());
    let files = sheet
        .face
        .store
        .reading(move |tx| Ok::<_, Refused>((verbs::seen(tx, &staff, id)?, rows::files(tx, id)?).1))
        .await
        .map_err(refusal)?;
    let file = files.into_iter().nth(number).ok_or(PageError::NotFound)?;
    let name: String =
        file.path.rsplit('/').next().unwrap_or("text.yaml").chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, file.text).into_response())
}
