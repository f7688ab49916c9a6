//! 本人の特定: who of the registry filed a case that no linked account filed. Staff choose; the choice is a line in the story.

use access::{PageError, Posted};
use axum::{extract::Path, response::Response};
use definitions::text::Language;
use maud::{Markup, html};
use registry::search::Sought;
use ui::page::csrf_input;
use ui::parts::{self, Column, Weight, icons};

use super::{
    Sheet, case, compare, refusal,
    verbs::{answer, number_of, row_of},
};
use crate::verbs;

/// People shown: whoever has more of one name and day adds a birth date on the residents' page.
const MOST: usize = 20;

pub(super) async fn choose(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    let wanted = compare::sought(&opened.case, &opened.procedure);
    let reason = format!("case:{}", opened.case.number);
    let found = sheet
        .write(move |tx, acting| {
            let Ok(sought) = Sought::read(&wanted) else { return Ok(Vec::new()) };
            let found = registry::permitted::search(tx, acting.staff, &sought, MOST)?.residents;
            registry::permitted::looked_at(tx, acting.staff, &found, &reason)?;
            Ok(found)
        })
        .await
        .map_err(refusal)?;
    let say = sheet.say();
    let at = format!("/desk/cases/{}", opened.case.number.plain());
    let labels = ["desk-column-applicant", "desk-person-born", "desk-person-address", "desk-dead-do"].map(|id| sheet.word(id));
    let columns: Vec<Column<'_>> = labels.iter().map(|label| Column { label, numeric: false }).collect();
    let button = |resident: &str, weight, label: &str| {
        html! {
            form method="post" action={ (at) "/person" } {
                (csrf_input(&sheet.staff.csrf))
                input type="hidden" name="row" value=(opened.case.row);
                input type="hidden" name="resident" value=(resident);
                (parts::button(weight, say.html(label, &[])))
            }
        }
    };
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|person| {
            vec![
                html! { b { (person.name.full()) } " " small { (person.name.full_kana().unwrap_or_default()) } },
                sheet.words.day_html(Language::Ja, person.born),
                html! { (person.address_shown().unwrap_or_else(|| sheet.word("desk-person-masked"))) },
                button(&person.id.to_string(), Weight::Second, "desk-person-this"),
            ]
        })
        .collect();
    let body = html! {
        p { (say.html("desk-person-lead", &[("name", opened.case.contacts.name.as_str().into()), ("address", opened.case.contacts.address.clone().unwrap_or_default().into())])) }
        @if rows.is_empty() {
            (parts::empty(icons::SEARCH, say.html("desk-person-none", &[]), html! { p { (say.html("desk-person-none-next", &[])) } }))
        } @else {
            (parts::table(Some(&sheet.word("desk-person-candidates")), &columns, &rows))
        }
        @if opened.known.is_known() && opened.case.account.is_none() { (button("", Weight::Quiet, "desk-person-not")) }
        (parts::back_link(&at, say.html("desk-back-to-case", &[])))
    };
    Ok(sheet.page(&sheet.word("desk-person-find"), &opened.side, |page| page, body))
}

pub(super) async fn identify(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let number = number_of(&number)?;
    let row = row_of(&typed);
    let chosen = typed.first("resident").filter(|id| !id.is_empty()).map(str::parse).transpose();
    let chosen: Option<access::ResidentId> = chosen.map_err(|_| PageError::BadInput("no such resident"))?;
    let done = sheet.write(move |tx, acting| verbs::identify(tx, acting, number, row, chosen)).await;
    answer(&sheet, number, "identify", done).await
}
