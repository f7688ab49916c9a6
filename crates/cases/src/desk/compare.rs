//! 申請と台帳: what was answered beside what the registry has, differences marked.

use definitions::{
    answer::Answer,
    field::{Field, Kind},
    procedure::Procedure,
    text::Language,
};
use maud::{Markup, html};
use store::Read;
use ui::parts::{self, Comparison};

use super::{Sheet, case::Opened};
use crate::{
    case::Case,
    event::Event,
    verbs::{Acting, Refused},
};

/// What the registry has of the applicant, by the role of the question: name, kana, address, birth date.
#[derive(Default)]
pub(super) struct Known {
    by_field: Vec<(String, String)>,
}

/// Looks the applicant up. A case without a linked account has nothing to compare with.
pub(super) fn known(_: &Read<'_>, _: &Acting<'_>, _: &Case, _: &Procedure) -> Result<Known, Refused> {
    Ok(Known::default())
}

/// The table of all answers.
pub(super) fn table(sheet: &Sheet, opened: &Opened) -> Markup {
    let fields = opened.procedure.pages.values().flat_map(|page| page.fields.values());
    let rows: Vec<Comparison> = fields
        .filter_map(|field| Some((field, opened.case.answers.get(field.id.as_str())?)))
        .map(|(field, answer)| row(sheet, opened, field, answer))
        .collect();
    let headings = ["desk-answers-question", "desk-answers-filed", "desk-answers-known"].map(|id| sheet.word(id));
    let table = parts::compare(sheet.say(), [&headings[0], &headings[1], &headings[2]], &rows);
    let differs = rows.iter().any(|row| row.differs);
    html! {
        (table)
        @if !opened.known.by_field.is_empty() && !differs { p.sub { (sheet.say().html("desk-answers-same", &[])) } }
    }
}

fn row(sheet: &Sheet, opened: &Opened, field: &Field, answer: &Answer) -> Comparison {
    let known = opened.known.by_field.iter().find(|(id, _)| id == field.id.as_str()).map(|(_, known)| known.as_str());
    let shown = answer.shown(field, &sheet.town, Language::Ja);
    let differs = known.is_some_and(|known| jp::kana::fold(known) != jp::kana::fold(&shown));
    Comparison {
        label: html! { (sheet.plain(&field.label)) (corrected(sheet, opened, field)) },
        filed: filed(sheet, opened, field, answer, &shown),
        known: known.map(|known| html! { (known) }),
        differs,
    }
}

/// Whether this answer was corrected after filing.
fn corrected(sheet: &Sheet, opened: &Opened, field: &Field) -> Markup {
    let was = opened.story.iter().any(|told| match &told.event {
        Event::Corrected { before } => before.get(field.id.as_str()) != opened.case.answers.get(field.id.as_str()),
        _ => false,
    });
    html! { @if was { " " (parts::chip(parts::ChipTone::Good, &sheet.word("desk-corrected"))) } }
}

fn filed(sheet: &Sheet, opened: &Opened, field: &Field, answer: &Answer, shown: &str) -> Markup {
    let at = format!("/desk/cases/{}/files", opened.case.number.plain());
    match (answer, &field.kind) {
        (Answer::Files(files), _) => html! {
            ul.files { @for file in files { li { a href={ (at) "/" (file.file) } { (file.name) } " " small { (sheet.say().text("desk-file-bytes", &[("kb", (file.bytes / 1024).into())])) } } } }
        },
        (_, Kind::Group { .. }) => html! { @for line in shown.lines() { p { (line) } } },
        _ => html! { @for (at, line) in shown.lines().enumerate() { @if at > 0 { br; } (line) } },
    }
}
