//! 紙・窓口・電話: a clerk types what came on paper or is said, into the same questions; it becomes the same case in the same inbox. A person
//! who began on their phone reads a code aloud, and the clerk goes on with their draft.

use access::{Act, CaseId, PageError, Posted, RecordAttributes};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::{form::Filled, procedure::Procedure, text::Language, typed::Typed};
use maud::{Markup, html};
use registry::known::DeskFacts;
use serde::Deserialize;
use store::keys::Face;
use ui::{
    field::{self, FieldView},
    page::csrf_input,
    parts::{self, Card, Mistake, Tone, Weight},
};

use super::{Sheet, Side, refusal, side};
use crate::{CaseNumber, Channel, Contacts, filing::code_mark, parcel::Filed, receiving, rows, verbs::Refused};

async fn at_the_side(sheet: &Sheet) -> Result<Side, PageError> {
    let words = sheet.words.clone();
    sheet.read(move |tx, acting| side(tx, acting, &words, "/desk/paper")).await.map_err(refusal)
}

/// Whether this person may take in filings of a procedure.
fn may_take_in(sheet: &Sheet, procedure: &Procedure) -> bool {
    let attributes = RecordAttributes {
        department: Some(procedure.department.clone()),
        ..RecordAttributes::of_town(access::RecordKind::Case, crate::case::sensitivity(procedure))
    };
    access::may(&sheet.staff, Act::Work, &attributes).is_some()
}

pub(super) async fn choose(sheet: Sheet) -> Result<Markup, PageError> {
    choose_page(&sheet, None).await
}

async fn choose_page(sheet: &Sheet, wrong: Option<&str>) -> Result<Markup, PageError> {
    let side = at_the_side(sheet).await?;
    let title = sheet.word("desk-nav-paper");
    let mine: Vec<(&Procedure, String)> = sheet
        .town
        .procedures
        .values()
        .filter(|procedure| may_take_in(sheet, procedure))
        .map(|procedure| (procedure.as_ref(), format!("/desk/paper/{}", procedure.id)))
        .collect();
    let cards: Vec<Card<'_>> = mine
        .iter()
        .map(|(procedure, href)| Card {
            href: Some(href),
            icon: None,
            title: html! { (sheet.plain(&procedure.title)) },
            text: html! { (sheet.plain(&procedure.summary)) },
        })
        .collect();
    let body = html! {
        @if let Some(wrong) = wrong { (parts::notice(Tone::Error, html! { p role="alert" { (sheet.word(wrong)) } })) }
        form.panel method="post" action="/desk/paper" {
            (csrf_input(&sheet.staff.csrf))
            div.field {
                label for="code" { (sheet.word("desk-take-over-code")) }
                p.help #code-help { (sheet.word("desk-take-over-help")) }
                input.in.m id="code" name="code" autocomplete="off" maxlength="20" aria-describedby="code-help";
            }
            (parts::button(Weight::Second, sheet.say().html("desk-take-over", &[])))
        }
        h2 { (sheet.word("desk-paper-choose")) }
        (parts::cards(&cards))
    };
    Ok(sheet.page(&title, &side, |page| page, body))
}

/// A code that was read aloud opens the draft here; a wrong one says nothing of whether there is such a draft.
pub(super) async fn take_over(sheet: Sheet, Posted(typed): Posted) -> Result<Response, PageError> {
    let code = typed.first("code").unwrap_or_default().parse::<CaseNumber>();
    let lent = match code {
        Ok(code) => sheet
            .write(move |tx, acting| {
                let Some(lent) = rows::desk::lent(tx, acting.keys, &code_mark(acting.keys, code), acting.now)? else { return Ok(None) };
                let authority =
                    access::grants::may_any(acting.staff, access::Act::Work, access::RecordKind::Case).ok_or(Refused::NotFound)?;
                access::looked::looked(tx, acting.staff, &authority, access::RecordKind::Case, &lent.case, "draft")?;
                Ok(Some(lent))
            })
            .await
            .map_err(refusal)?,
        Err(_) => None,
    };
    let found = lent.and_then(|lent| Some((sheet.town.procedures.get(&lent.procedure)?.clone(), lent)));
    match found {
        Some((procedure, lent)) if may_take_in(&sheet, &procedure) => {
            let case = lent.case.parse().map_err(|_| PageError::NotFound)?;
            let input = Input { typed: lent.typed, channel: Channel::Phone, language: lent.language, case, received: None };
            Ok(form_page(&sheet, &procedure, &input, None).await?.into_response())
        }
        _ => Ok((StatusCode::UNPROCESSABLE_ENTITY, choose_page(&sheet, Some("desk-take-over-wrong")).await?).into_response()),
    }
}

/// How a filing came.
#[derive(Deserialize)]
pub(super) struct Came {
    channel: Option<String>,
}

/// What stands in the form.
struct Input {
    typed: Typed,
    channel: Channel,
    language: Language,
    /// The id that the case will have, drawn when the form is shown: of a draft that was taken over, the draft's. So a second tap makes no
    /// second case.
    case: CaseId,
    /// 到達日: the day on which the paper arrived, when it was not today.
    received: Option<jiff::civil::Date>,
}

pub(super) async fn form(sheet: Sheet, Path(procedure): Path<String>, Query(came): Query<Came>) -> Result<Markup, PageError> {
    let procedure = sheet.town.procedures.get(procedure.as_str()).cloned().ok_or(PageError::NotFound)?;
    if !may_take_in(&sheet, &procedure) {
        return Err(PageError::NotFound);
    }
    let channel = came.channel.as_deref().and_then(Channel::from_code).unwrap_or(Channel::Paper);
    let input = Input { typed: Typed::default(), channel, language: Language::Ja, case: CaseId::draw(sheet.clock.now()), received: None };
    form_page(&sheet, &procedure, &input, None).await
}

/// All questions on one page: a clerk with a sheet of paper does not page.
async fn form_page(sheet: &Sheet, procedure: &Procedure, input: &Input, wrong: Option<&Filled>) -> Result<Markup, PageError> {
    let side = at_the_side(sheet).await?;
    let (town, typed, asked) = (sheet.town.clone(), input.typed.clone(), procedure.clone());
    let today = sheet.today();
    let filled = sheet
        .read(move |tx, _| {
            let facts = DeskFacts::of(tx, &town, None, today)?;
            Ok(definitions::form::fill(&asked, &typed, &facts, today))
        })
        .await
        .map_err(refusal)?;
    let say = sheet.say();
    let problems = wrong.map(|wrong| wrong.problems.clone()).unwrap_or_default();
    let mistakes: Vec<Mistake> =
        problems.iter().map(|problem| Mistake { anchor: field::anchor(&problem.path), text: field::problem_text(say, problem) }).collect();
    let title = format!("{}　{}", sheet.word("desk-nav-paper"), sheet.plain(&procedure.title));
    let channels = [Channel::Paper, Channel::Counter, Channel::Phone];
    let body = html! {
        (parts::error_summary(say, &mistakes))
        form method="post" action={ "/desk/paper/" (procedure.id) } data-guard novalidate {
            (csrf_input(&sheet.staff.csrf))
            input type="hidden" name="draft-case" value=(input.case);
            input type="hidden" name="draft-language" value=(input.language.code());
            div.row {
                div.field {
                    label for="channel" { (sheet.word("desk-paper-channel")) }
                    select.in.m id="channel" name="came-channel" {
                        @for channel in channels {
                            option value=(channel.code()) selected[channel == input.channel] { (sheet.word(&format!("cases-channel-{}", channel.code()))) }
                        }
                    }
                }
                div.field {
                    label for="received" { (sheet.word("desk-paper-received")) }
                    input.in.m id="received" type="date" name="came-on" value=(input.received.unwrap_or(today)) max=(today);
                }
            }
            @for page in procedure.pages.values() {
                section.panel {
                    h2 { (sheet.plain(&page.title)) }
                    @for field in page.fields.values() {
                        (field::render(field, &FieldView { say, town: &sheet.town, typed: &input.typed, filled: &filled, prefix: "", problems: &problems, upload: None, postal: None }))
                    }
                }
            }
            div.row.actions {
                (parts::submit(Weight::Primary, "verb", "file", say.html("desk-paper-file", &[])))
                (parts::back_link("/desk/paper", say.html("desk-bulk-back", &[])))
            }
        }
    };
    Ok(sheet.page(&title, &side, |page| page, body))
}

pub(super) async fn file(sheet: Sheet, Path(procedure): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let procedure = sheet.town.procedures.get(procedure.as_str()).cloned().ok_or(PageError::NotFound)?;
    if !may_take_in(&sheet, &procedure) {
        return Err(PageError::NotFound);
    }
    let today = sheet.today();
    let case: CaseId = typed.first("draft-case").and_then(|id| id.parse().ok()).unwrap_or_else(|| CaseId::draw(sheet.clock.now()));
    let input = Input {
        channel: typed.first("came-channel").and_then(Channel::from_code).unwrap_or(Channel::Paper),
        received: typed.first("came-on").and_then(|day| day.parse().ok()).filter(|day| *day <= today),
        language: typed.first("draft-language").and_then(Language::from_code).unwrap_or_default(),
        case,
        typed,
    };
    let candidates = crate::portal::drawn(Face::Desk)?;
    let (town, typed, definition) = (sheet.town.clone(), input.typed.clone(), procedure.clone());
    let (channel, received, language) = (input.channel, input.received.unwrap_or(today), input.language);
    let filed = sheet
        .write(move |tx, acting| {
            let facts = DeskFacts::of(tx, &town, None, today)?;
            let filled = definitions::form::fill(&definition, &typed, &facts, received);
            if !filled.may_be_filed() {
                return Ok(Err(filled));
            }
            let number = rows::desk::free_number(tx, &candidates)?;
            let contacts = Contacts::of(&definition, &filled.answers);
            let filed = Filed {
                case: case.to_string(),
                number: number.plain(),
                account: None,
                procedure: definition.id.clone(),
                version: definition.version.clone(),
                answers: filled.answers,
                warned: filled.warned.iter().map(ToString::to_string).collect(),
                channel,
                at: if received == today { acting.now } else { crate::clock::noon(received) },
                language,
                contacts,
            };
            Ok(Ok(receiving::taken_in(tx, acting, filed)?))
        })
        .await;
    match filed {
        Ok(Ok(number)) => Ok(Redirect::to(&format!("/desk/cases/{}?done=paper", number.plain())).into_response()),
        Ok(Err(filled)) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, form_page(&sheet, &procedure, &input, Some(&filled)).await?).into_response())
        }
        Err(Refused::NotFound) => Err(PageError::NotFound),
        Err(other) => Err(refusal(other)),
    }
}
