//! 手続の定義: which procedures are in force, and, when a changed folder was not taken, every line that stands in its way.

use access::{PageError, RecordKind};
use maud::{Markup, html};
use ui::parts::{self, Column, Tone};

use super::{Sheet, refusal, side};

pub(super) async fn show(sheet: Sheet) -> Result<Markup, PageError> {
    let words = sheet.words.clone();
    let side = sheet.read(move |tx, acting| side(tx, acting, &words, "/desk/definitions")).await.map_err(refusal)?;
    let say = sheet.say();
    // What is wrong with a folder is for those who can mend it; that the older version is in force concerns everybody.
    let problem = sheet.face.town.problem();
    let lines: Vec<&str> =
        problem.as_deref().map(|problem| problem.lines().filter(|line| !line.trim().is_empty()).collect()).unwrap_or_default();
    let labels = ["procedure", "department", "version"].map(|id| sheet.word(&format!("desk-definitions-{id}")));
    let columns: Vec<Column<'_>> = labels.iter().map(|label| Column { label, numeric: false }).collect();
    let rows: Vec<Vec<Markup>> = sheet
        .town
        .procedures
        .values()
        .map(|procedure| {
            let department = sheet.town.departments.get(&procedure.department);
            let version: String = procedure.version.0.chars().take(10).collect();
            vec![
                html! { (sheet.plain(&procedure.title)) " " small { (procedure.id) } },
                html! { (department.map(|department| sheet.plain(&department.name)).unwrap_or_default()) },
                html! { code { (version) } },
            ]
        })
        .collect();
    let body = html! {
        @if problem.is_some() {
            (parts::notice(Tone::Warn, html! { p role="status" { (say.html("desk-definitions-old", &[])) } }))
            @if sheet.may_administer(RecordKind::Definition) {
                section.panel aria-labelledby="problems" {
                    h2 #problems { (say.html("desk-definitions-problems", &[("count", lines.len().into())])) }
                    ol { @for line in &lines { li { code { (line) } } } }
                }
            }
        } @else {
            (parts::notice(Tone::Good, html! { p { (say.html("desk-definitions-good", &[])) } }))
        }
        (parts::table(Some(&sheet.word("desk-definitions-in-force")), &columns, &rows))
    };
    Ok(sheet.page(&sheet.word("desk-nav-definitions"), &side, |page| page, body))
}
