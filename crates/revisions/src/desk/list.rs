//! 手続の編集: every procedure that this person may write or approve, with what is on its way.

use access::{Act, PageError};
use axum::extract::Query;
use definitions::{procedure::Procedure, text::Text};
use maud::{Markup, html};
use serde::Deserialize;
use store::StoreError;
use ui::{
    parts::{self, Column, SearchBox, Sought, Weight, icons},
    words::ruby,
};

use super::{Sheet, shown};
use crate::{revision::Revision, rows, verbs};

/// Procedures on the page; the others are found by their words.
const AT_ONCE: usize = 60;

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Find {
    q: Option<String>,
}

pub(super) async fn show(sheet: Sheet, Query(find): Query<Find>) -> Result<Markup, PageError> {
    let open = sheet.face.store.reading(|tx| Ok::<_, StoreError>((rows::open(tx)?, rows::in_force(tx)?))).await?;
    let (open, in_force) = open;
    let wanted: String = find.q.as_deref().unwrap_or_default().trim().chars().take(100).collect();
    let mine: Vec<&Procedure> = sheet
        .town
        .procedures
        .values()
        .map(AsRef::as_ref)
        .filter(|procedure| verbs::may(&sheet.staff, Act::Read, &procedure.department).is_some())
        .collect();
    if !access::grants::may_ever(&sheet.staff, Act::Read, access::RecordKind::Definition) {
        return Err(PageError::Refused);
    }
    let fits = |procedure: &&Procedure| {
        wanted.is_empty() || plain(&procedure.title).contains(&wanted) || procedure.id.as_str().contains(wanted.as_str())
    };
    let found: Vec<&Procedure> = mine.iter().copied().filter(fits).collect();
    let on_its_way: Vec<&Revision> = open.iter().filter(|one| verbs::may(&sheet.staff, Act::Read, &one.department).is_some()).collect();
    let say = sheet.say();
    let columns = ["procedure", "department", "state"].map(|id| sheet.word(&format!("desk-revisions-column-{id}")));
    let columns: Vec<Column<'_>> = columns.iter().map(|label| Column { label, numeric: false }).collect();
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .take(AT_ONCE)
        .map(|procedure| {
            let department = sheet.town.departments.get(&procedure.department).map(|department| plain(&department.name));
            let way = open.iter().find(|one| one.procedure == procedure.id);
            let published = in_force.iter().any(|one| one.procedure == procedure.id);
            vec![
                html! { a href={ "/desk/revisions/of/" (procedure.id) } { (plain(&procedure.title)) } " " small { (procedure.id) } },
                html! { (department.unwrap_or_default()) },
                html! {
                    @match way {
                        Some(way) => { (shown::chip(&sheet, way.state)) " " a href={ "/desk/revisions/" (way.id) } { (say.html("desk-revisions-open", &[])) } },
                        None => (say.html(if published { "desk-revisions-in-force-revised" } else { "desk-revisions-in-force" }, &[])),
                    }
                },
            ]
        })
        .collect();
    let (label, example, button) =
        (sheet.word("desk-revisions-search"), sheet.word("desk-revisions-search-example"), sheet.word("desk-revisions-search-button"));
    let body = html! {
        p { (say.html("desk-revisions-lead", &[])) }
        @if !on_its_way.is_empty() {
            section.panel aria-labelledby="on-its-way" {
                h2 #on-its-way { (say.html("desk-revisions-on-its-way", &[("count", on_its_way.len().into())])) }
                ul.list {
                    @for one in &on_its_way {
                        li {
                            a href={ "/desk/revisions/" (one.id) } { (one.title) }
                            " " (shown::chip(&sheet, one.state)) " " small { (one.author_name) " ・ " (shown::moment(&sheet, one.changed_at)) }
                            @if let Some(day) = one.publish_on { " " small { (say.html("desk-revisions-from-day", &[("day", shown::day(&sheet, day).into())])) } }
                        }
                    }
                }
            }
        }
        div.row {
            (parts::search_box(&SearchBox { action: "/desk/revisions", sought: Sought::Things, name: "q", value: &wanted, label: &label, example: &example, button: &button }))
            @if access::grants::may_ever(&sheet.staff, Act::Work, access::RecordKind::Definition) {
                (parts::link_button(Weight::Second, "/desk/revisions/new", say.html("desk-revisions-new", &[])))
            }
        }
        @if rows.is_empty() {
            (parts::empty(icons::SEARCH, say.html("desk-revisions-none", &[]), say.html("desk-revisions-none-next", &[])))
        } @else {
            (parts::table(Some(&sheet.word("desk-revisions-procedures")), &columns, &rows))
            @if found.len() > AT_ONCE { p { (say.html("desk-revisions-more", &[("count", (found.len() - AT_ONCE).into())])) } }
        }
    };
    Ok(sheet.page(&sheet.word("desk-revisions-title"), body))
}

fn plain(text: &Text) -> String {
    ruby::plain(&text.ja)
}
