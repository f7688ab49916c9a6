//! 見つからなかった言葉: what several people looked for in the catalogue in vain in the last thirty days.

use access::{PageError, RecordKind};
use maud::{Markup, html};
use ui::parts::{self, Column, icons};

use super::{Sheet, refusal, side};
use crate::unfound;

pub(super) async fn show(sheet: Sheet) -> Result<Markup, PageError> {
    if !sheet.may_administer(RecordKind::Definition) {
        return Err(PageError::NotFound);
    }
    let words = sheet.words.clone();
    let (found, side) = sheet
        .read(move |tx, acting| Ok((unfound::all(tx, acting.now)?, side(tx, acting, &words, "/desk/unfound")?)))
        .await
        .map_err(refusal)?;
    let say = sheet.say();
    let labels = ["desk-unfound-words", "desk-unfound-people", "desk-unfound-now"].map(|id| sheet.word(id));
    let columns = [
        Column { label: &labels[0], numeric: false },
        Column { label: &labels[1], numeric: true },
        Column { label: &labels[2], numeric: false },
    ];
    let finder = sheet.tools.finders.of(&sheet.town);
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|one| {
            // Somebody may have mended it since.
            let now = finder.search(&one.words).first().map(|procedure| sheet.plain(&procedure.title));
            vec![html! { (one.words) }, html! { (one.people) }, html! { (now.unwrap_or_else(|| "—".to_owned())) }]
        })
        .collect();
    let body = html! {
        p { (say.html("desk-unfound-lead", &[])) }
        @if rows.is_empty() {
            (parts::empty(icons::CIRCLE_CHECK, say.html("desk-unfound-none", &[]), html! { p { (say.html("desk-unfound-none-next", &[])) } }))
        } @else {
            (parts::table(Some(&sheet.word("desk-unfound-title")), &columns, &rows))
        }
    };
    Ok(sheet.page(&sheet.word("desk-unfound-title"), &side, |page| page, body))
}
