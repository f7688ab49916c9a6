//! 電話の問合せ: what may be told to a caller who names a reference number. Status and due day, no name and nothing that was filed: whoever
//! rings may have found the number on a desk. The number alone, typed by a clerk, is looked up; the look is recorded.

use access::{PageError, Posted, looked};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use definitions::text::Language;
use maud::{Markup, html};
use ui::{
    page::csrf_input,
    parts::{self, Fact, Tone, Weight},
};

use super::{Sheet, refusal, side};
use crate::{CaseNumber, case::Stage, rows, verbs::Refused};

pub(super) async fn ask(sheet: Sheet) -> Result<Markup, PageError> {
    page(&sheet, "", html! {}).await
}

async fn page(sheet: &Sheet, typed: &str, answer: Markup) -> Result<Markup, PageError> {
    let words = sheet.words.clone();
    let side = sheet.read(move |tx, acting| side(tx, acting, &words, "/desk/caller")).await.map_err(refusal)?;
    let say = sheet.say();
    let body = html! {
        form.panel method="post" action="/desk/caller" {
            (csrf_input(&sheet.staff.csrf))
            div.field {
                label for="number" { (sheet.word("desk-column-number")) }
                p.help #number-help { (sheet.word("desk-caller-help")) }
                div.row {
                    input.in.m id="number" name="number" value=(typed) autocomplete="off" maxlength="20" required aria-describedby="number-help";
                    (parts::button(Weight::Primary, say.html("desk-caller-look", &[])))
                }
            }
        }
        (answer)
        section.panel aria-labelledby="rules" {
            h2 #rules { (say.html("desk-caller-rules", &[])) }
            ul { @for rule in ["may", "may-not", "protected", "back"] { li { (say.html(&format!("desk-caller-rule-{rule}"), &[])) } } }
        }
    };
    Ok(sheet.page(&sheet.word("desk-nav-caller"), &side, |page| page, body))
}

/// What the caller hears. Whose number it is, and in which department, is not asked for: a clerk at any telephone may answer this much.
pub(super) async fn tell(sheet: Sheet, Posted(typed): Posted) -> Result<Response, PageError> {
    let said: String = typed.first("number").unwrap_or_default().chars().take(20).collect();
    let number = said.parse::<CaseNumber>().ok();
    let found = match number {
        Some(number) => sheet
            .write(move |tx, acting| {
                let Some(case) = rows::desk::by_number(tx, acting.keys, number)? else { return Ok(None) };
                let any = access::grants::may_any(acting.staff, access::Act::Read, access::RecordKind::Case);
                let authority = any.ok_or(Refused::NotFound)?;
                looked::looked(tx, acting.staff, &authority, access::RecordKind::Case, &case.id.to_string(), "call")?;
                let hear_by = case.hear_by(&acting.town.closed, acting.today());
                Ok(Some((case, hear_by)))
            })
            .await
            .map_err(refusal)?,
        None => None,
    };
    let say = sheet.say();
    let Some((case, hear_by)) = found else {
        let none = parts::notice(Tone::Error, html! { p role="alert" { (say.html("desk-caller-none", &[])) } });
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&sheet, &said, none).await?).into_response());
    };
    let status = match &case.stage {
        Stage::Correcting { .. } => "desk-caller-correcting",
        Stage::Decided { .. } => "desk-caller-decided",
        Stage::Withdrawn { .. } => "desk-caller-withdrawn",
        Stage::Working { .. } | Stage::Approving { .. } => "desk-caller-working",
    };
    let department = sheet.town.departments.get(&case.department);
    let answer = html! {
        section.panel aria-labelledby="told" {
            h2 #told tabindex="-1" autofocus { (say.html("desk-caller-told", &[])) }
            (parts::facts(&[
                Fact { label: say.html("desk-column-number", &[]), value: parts::grouped_number(&case.number.to_string()) },
                Fact { label: say.html("desk-caller-status", &[]), value: say.html(status, &[]) },
                Fact {
                    label: say.html("desk-caller-hear", &[]),
                    value: html! { @match hear_by { Some(day) => (sheet.words.day_html(Language::Ja, day)), None => "—" } },
                },
            ]))
            @if let Some(department) = department {
                p.sub {
                    (say.html("desk-caller-pass-on", &[("department", sheet.plain(&department.name).into()), ("phone", department.phone.clone().unwrap_or_default().into())]))
                }
            }
        }
    };
    Ok(page(&sheet, &said, answer).await?.into_response())
}
