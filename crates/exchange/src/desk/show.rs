//! Parts that several pages of this room show.

use access::{DeskFace, Staff};
use definitions::{
    mapping::{Format, Mapping},
    text::Language,
};
use maud::{Markup, html};
use ui::parts::{self, Column, Say};

use crate::{file::encoding, problem::LineProblem};

/// CSV・Shift_JIS（CP932）・12列.
pub(super) fn form_in_words(say: Say<'_>, mapping: &Mapping) -> String {
    let format = match mapping.file.format {
        Format::Csv => format!("CSV・{}", encoding::name(mapping.file.encoding)),
        Format::Xlsx => "Excel（xlsx）".to_owned(),
        Format::Json => "JSON".to_owned(),
    };
    format!("{format}・{}", say.text("desk-exchange-columns", &[("count", mapping.columns.len().into())]))
}

/// The columns of the file, to be looked up while a report is mended.
pub(super) fn columns(say: Say<'_>, mapping: &Mapping) -> Markup {
    html! {
        details {
            summary { (say.html("desk-exchange-columns-title", &[])) }
            ol { @for header in mapping.headers() { li { (header) } } }
        }
    }
}

/// What is to be mended, a line each.
pub(super) fn problems(say: Say<'_>, caption: &str, problems: &[LineProblem]) -> Markup {
    let labels = ["desk-exchange-line", "desk-exchange-column", "desk-exchange-mend"].map(|id| say.text(id, &[]));
    let columns = [
        Column { label: &labels[0], numeric: true },
        Column { label: &labels[1], numeric: false },
        Column { label: &labels[2], numeric: false },
    ];
    let rows: Vec<Vec<Markup>> = problems
        .iter()
        .map(|problem| {
            let column = match problem.column {
                Some(column) => format!("{column} {}", problem.header),
                None => String::new(),
            };
            vec![html! { (problem.line) }, html! { (column) }, html! { (problem.say) }]
        })
        .collect();
    parts::table(Some(caption), &columns, &rows)
}

/// A moment as staff read it.
pub(super) fn moment(face: &DeskFace, at: jiff::Timestamp) -> String {
    face.words().moment(Language::Ja, cases::clock::local(at))
}

/// Name of who acts, for the row.
pub(super) fn name(staff: &Staff) -> String {
    staff.name.clone()
}
