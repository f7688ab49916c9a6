//! まとめて: one verb on several cases, each with its own result.

use access::{PageError, Posted};
use definitions::{text::Language, typed::Typed};
use maud::{Markup, html};
use ui::parts::{self, Tone};

use super::{
    Sheet, refusal, side,
    verbs::{one, register_why, why},
};
use crate::{CaseNumber, case::Case, clock, verbs::Refused};

/// Most cases of one press: a page of the inbox.
const BULK_MOST: usize = 40;

/// One verb on several cases: each in a transaction of its own, each with its own result.
pub(super) async fn bulk(sheet: Sheet, Posted(typed): Posted) -> Result<Markup, PageError> {
    let verb = typed.first("verb").unwrap_or_default().to_owned();
    let back = typed.first("back").filter(|back| back.starts_with("/desk/cases?")).unwrap_or("/desk/cases?queue=all").to_owned();
    let mut results: Vec<(String, Result<Case, Refused>)> = Vec::new();
    for chosen in typed.all("chosen").iter().take(BULK_MOST) {
        let Some((number, row)) =
            chosen.split_once(':').and_then(|(number, row)| Some((number.parse::<CaseNumber>().ok()?, row.parse::<i64>().ok()?)))
        else {
            continue;
        };
        let (verb, nothing) = (verb.clone(), Typed::default());
        let done = sheet.write(move |tx, acting| one(tx, acting, number, row, &verb, &nothing, "")).await;
        results.push((number.to_string(), done));
    }
    bulk_page(&sheet, &back, &results).await
}

async fn bulk_page(sheet: &Sheet, back: &str, results: &[(String, Result<Case, Refused>)]) -> Result<Markup, PageError> {
    let words = sheet.words.clone();
    let side = sheet.read(move |tx, acting| side(tx, acting, &words, "")).await.map_err(refusal)?;
    let title = sheet.word("desk-bulk-title");
    let done = results.iter().filter(|(_, result)| result.is_ok()).count();
    let rows: Vec<Vec<Markup>> = results
        .iter()
        .map(|(number, result)| {
            let said = match result {
                Ok(_) => parts::chip(parts::ChipTone::Good, &sheet.word("desk-bulk-done")),
                Err(Refused::Changed(clash)) => html! {
                    (sheet.say().html("desk-bulk-clash", &[
                        ("who", clash.by_name.as_str().into()),
                        ("at", sheet.words.moment(Language::Ja, clock::local(clash.at)).into()),
                        ("what", sheet.word(&format!("desk-event-{}", clash.what)).into()),
                    ]))
                },
                Err(Refused::NotNow(reason)) => html! { (sheet.word(why(reason))) },
                Err(Refused::Register(refused)) => html! { (sheet.word(register_why(refused))) },
                Err(Refused::Letter(problem)) => html! { (problem) },
                Err(Refused::NotPermitted(_)) => html! { (sheet.word("desk-why-not-permitted")) },
                Err(_) => html! { (sheet.word("desk-why-unknown")) },
            };
            vec![html! { a href={ "/desk/cases/" (number.replace('-', "")) } { (number) } }, said]
        })
        .collect();
    let labels = [sheet.word("desk-column-number"), sheet.word("desk-bulk-result")];
    let columns = labels.each_ref().map(|label| parts::Column { label, numeric: false });
    let body = html! {
        @if results.is_empty() {
            (parts::notice(Tone::Info, html! { p { (sheet.say().html("desk-bulk-none", &[])) } }))
        } @else {
            p role="status" tabindex="-1" autofocus { (sheet.say().html("desk-bulk-count", &[("done", done.into()), ("count", results.len().into())])) }
            (parts::table(Some(&title), &columns, &rows))
        }
        p { (parts::back_link(back, sheet.say().html("desk-bulk-back", &[]))) }
    };
    Ok(sheet.page(&title, &side, |page| page, body))
}
