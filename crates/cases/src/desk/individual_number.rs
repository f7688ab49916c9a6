//! 個人番号を開く: the individual numbers of one case, for those alone whose grant reaches them. They never stand on the case's page: whoever
//! needs one says what for and sees it once, on a page that is not kept, not printed and has no address of its own. Everybody else is told
//! that there is no such page, whether the case has a number or not.

use access::{PageError, Posted};
use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use definitions::{
    field::{Field, Kind},
    procedure::Procedure,
    text::Language,
};
use jiff::Timestamp;
use maud::{Markup, html};
use ui::{
    page::{Crumb, csrf_input},
    parts::{self, Fact, Tone, Weight},
};

use super::{Sheet, case::Opened, refusal, side, verbs::number_of};
use crate::{
    apart::{self, Lies, Purpose},
    case::Case,
    clock,
};

/// Twelve digits that nobody sees.
const MASKED: &str = "●●●● ●●●● ●●●●";

pub(super) async fn ask(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    question(&sheet, &number, html! {}).await
}

async fn question(sheet: &Sheet, number: &str, above: Markup) -> Result<Markup, PageError> {
    let (number, words) = (number_of(number)?, sheet.words.clone());
    let (case, procedure, lies, side) = sheet
        .read(move |tx, acting| {
            let (case, procedure, lies) = apart::asked(tx, acting, number)?;
            Ok((case, procedure, lies, side(tx, acting, &words, "")?))
        })
        .await
        .map_err(refusal)?;
    let say = sheet.say();
    let at = format!("/desk/cases/{}/individual-number", case.number.plain());
    let facts: Vec<Fact> = lies.iter().map(|lies| fact(sheet, &procedure, lies, html! { (MASKED) })).collect();
    let body = html! {
        (above)
        p { (say.html("desk-apart-lead", &[("name", case.contacts.name.as_str().into())])) }
        (parts::facts(&facts))
        form.panel method="post" action=(at) {
            (csrf_input(&sheet.staff.csrf))
            fieldset.q {
                legend.label { (say.html("desk-apart-what-for", &[])) }
                div.picks {
                    @for purpose in Purpose::ALL {
                        label.pick {
                            input type="radio" name="purpose" value=(purpose.code()) required;
                            span { (said(sheet, purpose)) }
                        }
                    }
                }
            }
            p.sub { (say.html("desk-apart-recorded", &[])) }
            div.row.actions {
                (parts::button(Weight::Primary, say.html("desk-apart-open", &[])))
                (parts::back_link(&format!("/desk/cases/{}", case.number.plain()), say.html("desk-back-to-case", &[])))
            }
        }
    };
    Ok(framed(sheet, &case, &side, body))
}

pub(super) async fn open(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let Some(purpose) = typed.first("purpose").and_then(Purpose::from_code) else {
        let above = parts::notice(Tone::Error, html! { p role="alert" { (sheet.word("desk-apart-purpose-due")) } });
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, question(&sheet, &number, above).await?).into_response());
    };
    let (number, words) = (number_of(&number)?, sheet.words.clone());
    let (case, procedure, opened, side) = sheet
        .write(move |tx, acting| {
            let (case, procedure, opened) = apart::open(tx, acting, number, purpose)?;
            Ok((case, procedure, opened, side(tx, acting, &words, "")?))
        })
        .await
        .map_err(refusal)?;
    let say = sheet.say();
    let facts: Vec<Fact> = opened
        .iter()
        .map(|one| {
            fact(&sheet, &procedure, &one.lies, html! { span.number.unprinted { (in_fours(&one.number)) } span.printed { (MASKED) } })
        })
        .collect();
    let body = html! {
        div role="status" tabindex="-1" autofocus {
            (parts::notice(Tone::Warn, html! { p { (say.html("desk-apart-shown-once", &[("purpose", said(&sheet, purpose).into())])) } }))
        }
        (parts::facts(&facts))
        p.sub { (say.html("desk-apart-only-for", &[])) }
        p.actions { a.btn href={ "/desk/cases/" (case.number.plain()) } { (say.html("desk-apart-close", &[])) } }
    };
    // Neither the browser nor anything on the way keeps it: going back asks for the purpose again.
    Ok(([(header::CACHE_CONTROL, "no-store")], framed(&sheet, &case, &side, body)).into_response())
}

fn framed(sheet: &Sheet, case: &Case, side: &super::Side, body: Markup) -> Markup {
    let (title, number) = (sheet.word("desk-apart-title"), case.number.to_string());
    let at = format!("/desk/cases/{}", case.number.plain());
    let trail = [Crumb { label: &number, href: Some(&at) }, Crumb { label: &title, href: None }];
    sheet.page_with(&title, side, &trail, &[], |page| page, body)
}

/// One number with the question that it answers and the law that lets the town ask it.
fn fact(sheet: &Sheet, procedure: &Procedure, lies: &Lies, number: Markup) -> Fact {
    let field = procedure.field(&lies.field);
    let basis = field.and_then(|field| match &field.kind {
        Kind::IndividualNumber { number_use } => Some(sheet.plain(number_use)),
        _ => None,
    });
    Fact {
        label: html! {
            (label(sheet, field, &lies.field))
            @if let Some(at) = lies.too_late { " " (parts::chip(parts::ChipTone::Late, &too_late(sheet, at))) }
        },
        value: html! { (number) @if let Some(basis) = basis { br; small { (sheet.say().html("desk-apart-basis", &[("basis", basis.into())])) } } },
    }
}

/// The question, with the row that it stands in where there are several.
fn label(sheet: &Sheet, field: Option<&Field>, path: &str) -> String {
    let row = path.split('.').find_map(|part| part.parse::<usize>().ok());
    let label = field.map_or_else(|| path.to_owned(), |field| sheet.plain(&field.label));
    row.map_or_else(|| label.clone(), |row| format!("{label}（{}）", row + 1))
}

fn too_late(sheet: &Sheet, at: Timestamp) -> String {
    sheet.say().text("desk-apart-too-late", &[("on", sheet.words.short_day(Language::Ja, clock::day(at)).into())])
}

fn said(sheet: &Sheet, purpose: Purpose) -> String {
    sheet.word(&format!("desk-apart-for-{}", purpose.code()))
}

fn in_fours(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    digits.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Below the answers: that a number lies apart, masked, and the way to it for whoever may go.
pub(super) fn beside(sheet: &Sheet, opened: &Opened) -> Markup {
    let may_open = apart::may_open(&sheet.staff, &opened.case).is_some();
    let facts: Vec<Fact> = opened
        .apart
        .iter()
        .map(|lies| Fact {
            label: html! { (label(sheet, opened.procedure.field(&lies.field), &lies.field)) },
            value: html! { (MASKED) @if let Some(at) = lies.too_late { " " (parts::chip(parts::ChipTone::Late, &too_late(sheet, at))) } },
        })
        .collect();
    html! {
        @if !facts.is_empty() {
            (parts::facts(&facts))
            @if may_open {
                (parts::link_button(Weight::Quiet, &format!("/desk/cases/{}/individual-number", opened.case.number.plain()), sheet.say().html("desk-apart-title", &[])))
            } @else { p.sub { (sheet.say().html("desk-apart-not-yours", &[])) } }
        }
    }
}
