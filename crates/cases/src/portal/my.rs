//! マイページ: what I filed, what I have not finished, what I was told.

use access::{PageError, Posted};
use axum::{extract::Path, response::Response};
use definitions::{procedure::Procedure, register::Register};
use maud::{Markup, html};
use registry::{known::PortalFacts, publish::HeldRecord};
use ui::{
    page::csrf_input,
    parts::{self, Card, Weight, icons},
};

use super::{Sheet, refusal, see};
use crate::{
    clock,
    draft::{DRAFT_KEPT_DAYS, Draft, DraftId},
    filing,
    own::OwnCase,
    rows,
};

pub(super) async fn show(sheet: Sheet) -> Result<Markup, PageError> {
    let owner = sheet.owner();
    let (cases, drafts) = sheet
        .read(move |tx, terms| {
            let cases = match &owner.account {
                Some(account) => rows::portal::own_of_account(tx, terms.keys, account)?,
                None => Vec::new(),
            };
            Ok((cases, rows::portal::drafts_of(tx, terms.keys, &owner)?))
        })
        .await
        .map_err(refusal)?;
    let held = held(&sheet).await?;
    let say = sheet.say();
    let title = say.text("cases-my-title", &[]);
    let body = html! {
        h1 { (say.html("cases-my-title", &[])) }
        @if sheet.visitor.account.is_none() {
            (parts::notice(parts::Tone::Info, html! {
                p { (say.html("cases-my-signed-out", &[])) }
                (parts::link_button(Weight::Second, "/sign-in?then=/my", say.html("cases-my-sign-in", &[])))
            }))
        } @else {
            h2 { (say.html("cases-my-cases", &[])) }
            (filed(&sheet, &cases))
            ul.tags {
                li { a.tag href="/my/notices" { (say.html("cases-my-notices", &[])) } }
                li { a.tag href="/my/account" { (say.html("cases-my-account", &[])) } }
            }
        }
        h2 { (say.html("cases-my-drafts", &[])) }
        (unfinished(&sheet, &drafts))
        @if let Some(held) = &held {
            h2 { (say.html("cases-my-held", &[])) }
            (registered(&sheet, held))
        }
        div.row.actions { (parts::link_button(Weight::Second, "/procedures", say.html("cases-my-find", &[]))) }
    };
    Ok(sheet.page(&title, |page| page.personal().here("/my"), body))
}

fn filed(sheet: &Sheet, cases: &[OwnCase]) -> Markup {
    let say = sheet.say();
    if cases.is_empty() {
        return parts::empty(icons::FILE_TEXT, say.html("cases-my-cases-none", &[]), html! {});
    }
    let hrefs: Vec<String> = cases.iter().map(|case| format!("/status/{}", case.number.plain())).collect();
    let cards: Vec<Card<'_>> = cases
        .iter()
        .zip(&hrefs)
        .map(|(case, href)| Card {
            href: Some(href),
            icon: Some(icons::FILE_TEXT),
            title: title_of(sheet, &case.procedure),
            text: html! {
                (say.html(&format!("cases-state-{}", case.state.code()), &[])) br;
                (case.number.to_string()) "　" (sheet.words.short_day(sheet.language(), clock::day(case.filed_at)))
            },
        })
        .collect();
    parts::cards(&cards)
}

/// What the registers hold of this person and of the children they act for; none when a clerk has not linked the account to anyone.
async fn held(sheet: &Sheet) -> Result<Option<Vec<HeldRecord>>, PageError> {
    let Some(account) = &sheet.visitor.account else { return Ok(None) };
    let Some(resident) = account.resident else { return Ok(None) };
    let (account, today) = (account.id, clock::day(sheet.clock.now()));
    let town = sheet.town.clone();
    let known = sheet.store.reading(move |tx| PortalFacts::of(tx, &town, Some(account), Some(resident), today)).await?;
    Ok(Some(known.held().to_vec()))
}

/// Each record with its state and what may be started from it.
fn registered(sheet: &Sheet, held: &[HeldRecord]) -> Markup {
    let say = sheet.say();
    if held.is_empty() {
        return html! { p { (say.html("cases-my-linked-none", &[])) } };
    }
    html! {
        ul.grid.two {
            @for record in held { @if let Some(register) = sheet.town.registers.get(&record.register) { li.panel {
                h3 { (sheet.text(&register.title)) }
                p {
                    b { (record.owner_name) }
                    @if let Some(state) = record.state.as_ref().and_then(|state| register.states.get(state)) { "　" (sheet.text(state)) }
                    br; (period(sheet, record))
                }
                @let may = startable(sheet, register, record);
                @if !may.is_empty() {
                    p.rest { (say.html("cases-my-held-do", &[])) }
                    ul.tags { @for procedure in may { li { a.tag href={ "/procedures/" (procedure.id) } { (sheet.text(&procedure.title)) } } } }
                }
            } } }
        }
    }
}

fn period(sheet: &Sheet, record: &HeldRecord) -> Markup {
    let day = |day| sheet.words.day(sheet.language(), day);
    match record.until {
        Some(until) => sheet.say().html("cases-my-held-until", &[("from", day(record.from).into()), ("until", day(until).into())]),
        None => sheet.say().html("cases-my-held-from", &[("from", day(record.from).into())]),
    }
}

fn startable<'s>(sheet: &'s Sheet, register: &Register, record: &HeldRecord) -> Vec<&'s Procedure> {
    let ids = record.state.as_ref().and_then(|state| register.startable.get(state));
    ids.into_iter().flatten().filter_map(|id| sheet.town.procedures.get(id)).map(AsRef::as_ref).collect()
}

fn title_of(sheet: &Sheet, procedure: &definitions::ids::ProcedureId) -> Markup {
    match sheet.town.procedures.get(procedure) {
        Some(procedure) => sheet.text(&procedure.title),
        None => html! { (procedure.as_str()) },
    }
}

fn unfinished(sheet: &Sheet, drafts: &[Draft]) -> Markup {
    let say = sheet.say();
    if drafts.is_empty() {
        return html! { p { (say.html("cases-my-drafts-none", &[])) } };
    }
    html! {
        ul.grid {
            @for draft in drafts {
                @let until = clock::day(draft.touched_at).saturating_add(jiff::Span::new().days(DRAFT_KEPT_DAYS));
                li.panel {
                    b { (title_of(sheet, &draft.procedure)) }
                    p { (say.html("cases-my-draft-kept", &[("day", sheet.words.short_day(sheet.language(), until).into())])) }
                    div.row {
                        (parts::link_button(Weight::Second, &format!("/drafts/{}", draft.id), say.html("cases-my-draft-continue", &[])))
                        form method="post" action={ "/drafts/" (draft.id) "/drop" } {
                            (csrf_input(&sheet.visitor.csrf))
                            (parts::button(Weight::Quiet, say.html("cases-my-draft-drop", &[])))
                        }
                    }
                }
            }
        }
    }
}

pub(super) async fn drop_draft(sheet: Sheet, Path(draft): Path<String>, Posted(_): Posted) -> Result<Response, PageError> {
    let id: DraftId = draft.parse().map_err(|_| PageError::NotFound)?;
    let owner = sheet.owner();
    sheet.write(move |tx, terms| filing::drop_draft(tx, terms, id, &owner)).await.map_err(refusal)?;
    Ok(see("/my"))
}
