//! 文書の取消しと再発行: the page on which a letter is declared void for a reason and, if wanted, ordered again to a corrected addressee.

use access::{CaseId, LetterId, PageError, Posted};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::{text::Language, typed::Typed};
use letters::{Addressee, Listed, State};
use maud::{Markup, html};
use ui::{
    page::{Crumb, csrf_input},
    parts::{self, Fact, Tone, Weight},
};

use super::{
    Sheet,
    case::{self, Opened},
    refusal,
    verbs::{number_of, text_input, why},
};
use crate::{
    case::NotNow,
    effects,
    verbs::Refused,
    voiding::{self, Mistake, Voiding},
};

/// The letter, for who may void it; for everybody else there is no such page.
fn wanted<'o>(sheet: &Sheet, opened: &'o Opened, letter: &str) -> Result<&'o Listed, PageError> {
    voiding::may_void(&sheet.staff, &opened.case).ok_or(PageError::NotFound)?;
    opened.letters.iter().find(|listed| listed.id.to_string() == letter).ok_or(PageError::NotFound)
}

pub(super) async fn ask(sheet: Sheet, Path((number, letter)): Path<(String, String)>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    page(&sheet, &opened, &letter, &Typed::default(), html! {})
}

fn page(sheet: &Sheet, opened: &Opened, letter: &str, typed: &Typed, above: Markup) -> Result<Markup, PageError> {
    let (say, case) = (sheet.say(), &opened.case);
    let letter = wanted(sheet, opened, letter)?;
    let at = format!("/desk/cases/{}", case.number.plain());
    let (title, number) = (sheet.word("desk-void-title"), case.number.to_string());
    let trail = [Crumb { label: &number, href: Some(&at) }, Crumb { label: &title, href: None }];
    let chosen = typed.first("mistake").unwrap_or_default();
    let facts = [
        Fact { label: say.html("desk-letters", &[]), value: html! { (letter.title.as_deref().unwrap_or(&letter.template)) } },
        Fact { label: say.html("desk-document-number", &[]), value: html! { (letter.document_number) } },
        Fact { label: say.html("desk-void-date", &[]), value: sheet.words.day_html(Language::Ja, letter.date) },
    ];
    let body = html! {
        (above)
        (parts::facts(&facts))
        @if letter.state != State::Issued {
            (parts::notice(Tone::Info, html! { p { (say.html("desk-void-not-issued", &[])) } }))
        } @else {
            form.panel method="post" action={ (at) "/letters/" (letter.id) "/void" } data-guard novalidate {
                (csrf_input(&sheet.staff.csrf))
                p { (say.html("desk-void-lead", &[])) }
                fieldset.q {
                    legend.label { (say.html("desk-void-what", &[])) }
                    div.picks {
                        @for mistake in Mistake::ALL {
                            label.pick {
                                input type="radio" name="mistake" value=(mistake.code()) checked[chosen == mistake.code()] required;
                                span { (sheet.word(&format!("desk-void-{}", mistake.code()))) }
                            }
                        }
                    }
                }
                (text_input(sheet, "reason", "desk-void-reason", typed.first("reason").unwrap_or_default()))
                @if voiding::can_be_made_again(case, &opened.procedure, letter.id) { (again(sheet, opened, typed)) }
                div.row.actions {
                    (parts::button(Weight::Primary, say.html("desk-void-do", &[])))
                    (parts::back_link(&at, say.html("desk-back-to-case", &[])))
                }
            }
        }
    };
    Ok(sheet.page_with(&title, &opened.side, &trail, &[], |page| page, body))
}

/// 再発行: to whom. The name and address are those of the case until they are mended here.
fn again(sheet: &Sheet, opened: &Opened, typed: &Typed) -> Markup {
    let to = effects::addressee(&opened.case);
    let is_first = typed.first("reason").is_none();
    let held = |name: &str, first: String| typed.first(name).map_or(first, ToOwned::to_owned);
    let input = |name: &str, value: String| {
        html! { div.field { label for=(name) { (sheet.word(&format!("desk-void-{name}"))) } input.in id=(name) name=(name) value=(value) maxlength="200"; } }
    };
    html! {
        label.pick {
            input type="checkbox" name="again" value="yes" checked[is_first || typed.first("again").is_some()];
            span { (sheet.word("desk-void-again")) }
        }
        (input("to-name", held("to-name", to.name)))
        (input("to-post", held("to-post", to.post.unwrap_or_default())))
        (input("to-address", held("to-address", to.address.join(" "))))
    }
}

/// What the person reads: the letter that they hold is no longer true, and what comes instead.
fn told(sheet: &Sheet, letter: &Listed, reason: &str, again: bool) -> String {
    let title = letter.title.as_deref().unwrap_or(&letter.template);
    let said = if again { "desk-void-told-again" } else { "desk-void-told" };
    let said = sheet.say().text(said, &[("title", title.into()), ("number", letter.document_number.as_str().into())]);
    format!("{said}\n{reason}")
}

pub(super) async fn void(
    sheet: Sheet,
    Path((number, letter)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, PageError> {
    let number = number_of(&number)?;
    let id: LetterId = letter.parse().map_err(|_| PageError::NotFound)?;
    let opened = case::open(&sheet, &number.plain()).await?;
    let listed = wanted(&sheet, &opened, &letter)?;
    let text = |name: &str| typed.first(name).unwrap_or_default().trim().to_owned();
    let done = match typed.first("mistake").and_then(Mistake::from_code) {
        None => Err(NotNow::Unknown("mistake").into()),
        Some(_) if typed.first("again").is_some() && text("to-name").is_empty() => Err(NotNow::Unknown("to-name").into()),
        Some(mistake) => {
            let (name, post, address) = (text("to-name"), text("to-post"), text("to-address"));
            let lines: Vec<&str> = address.split_whitespace().collect();
            let to = Addressee::person(&name, Some(post.as_str()).filter(|post| !post.is_empty()), &lines);
            let voiding = Voiding {
                letter: id,
                mistake,
                reason: text("reason"),
                again_to: typed.first("again").map(|_| to),
                told: told(&sheet, listed, &text("reason"), typed.first("again").is_some()),
                message: CaseId::draw(sheet.clock.now()).to_string(),
            };
            sheet.write(move |tx, acting| voiding::void(tx, acting, number, &voiding)).await
        }
    };
    let (status, said) = match done {
        Ok(case) => return Ok(Redirect::to(&format!("/desk/cases/{}?done=void", case.number.plain())).into_response()),
        Err(Refused::NotNow(NotNow::ReasonDue)) => (StatusCode::UNPROCESSABLE_ENTITY, sheet.word(why(&NotNow::ReasonDue))),
        Err(Refused::NotNow(NotNow::Stage(_))) => (StatusCode::CONFLICT, sheet.word("desk-void-not-issued")),
        Err(Refused::NotNow(_)) => (StatusCode::UNPROCESSABLE_ENTITY, sheet.word("desk-why-unknown")),
        Err(Refused::Letter(problem)) => (StatusCode::UNPROCESSABLE_ENTITY, problem.to_string()),
        // As with the page itself: whoever may not is told that there is none.
        Err(Refused::NotPermitted(_)) => return Err(PageError::NotFound),
        Err(other) => return Err(refusal(other)),
    };
    let opened = case::open(&sheet, &number.plain()).await?;
    let above = parts::notice(Tone::Error, html! { p role="alert" { (said) } });
    Ok((status, page(&sheet, &opened, &letter, &typed, above)?).into_response())
}
