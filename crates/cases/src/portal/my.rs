//! マイページ: what I filed, what I have not finished, what I was told.

use std::collections::HashSet;

use access::{PageError, Posted};
use axum::{extract::Path, response::Response};
use maud::{Markup, html};
use ui::{
    page::csrf_input,
    parts::{self, Card, Weight, icons},
};

use super::{Sheet, held, refusal, see};
use crate::{
    clock,
    draft::{DRAFT_KEPT_DAYS, Draft, DraftId},
    filing,
    own::OwnCase,
    rows,
};

pub(super) async fn show(sheet: Sheet) -> Result<Markup, PageError> {
    let owner = sheet.owner();
    let (cases, voided, drafts) = sheet
        .read(move |tx, terms| {
            let (cases, voided) = match &owner.account {
                Some(account) => (rows::portal::own_of_account(tx, terms.keys, account)?, rows::portal::with_void_letter(tx, account)?),
                None => (Vec::new(), HashSet::new()),
            };
            Ok((cases, voided, rows::portal::drafts_of(tx, terms.keys, &owner)?))
        })
        .await
        .map_err(refusal)?;
    let held = held::of(&sheet).await?;
    let say = sheet.say();
    let title = say.text("cases-my-title", &[]);
    let body = html! {
        h1 { (say.html("cases-my-title", &[])) }
        @if let Some(account) = &sheet.visitor.account { (access::portal::unlinked(say, account)) }
        @if sheet.visitor.account.is_none() {
            (parts::notice(parts::Tone::Info, html! {
                p { (say.html("cases-my-signed-out", &[])) }
                (parts::link_button(Weight::Second, "/sign-in?then=/my", say.html("cases-my-sign-in", &[])))
            }))
        } @else {
            h2 { (say.html("cases-my-cases", &[])) }
            (filed(&sheet, &cases, &voided))
            ul.tags {
                li { a.tag href="/my/notices" { (say.html("cases-my-notices", &[])) } }
                li { a.tag href="/my/account" { (say.html("cases-my-account", &[])) } }
            }
        }
        h2 { (say.html("cases-my-drafts", &[])) }
        (unfinished(&sheet, &drafts))
        @if let Some(held) = &held {
            h2 { (say.html("cases-my-held", &[])) }
            (held::list(&sheet, held))
        }
        div.row.actions { (parts::link_button(Weight::Second, "/procedures", say.html("cases-my-find", &[]))) }
    };
    Ok(sheet.page(&title, |page| page.personal().here("/my"), body))
}

fn filed(sheet: &Sheet, cases: &[OwnCase], voided: &HashSet<String>) -> Markup {
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
                @if voided.contains(&case.id.to_string()) { br; b { (say.html("cases-my-letter-void", &[])) } }
            },
        })
        .collect();
    parts::cards(&cards)
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
                    (prepared(sheet, draft))
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

/// The code of a prepared one and its end. It is no receipt: nothing was filed.
fn prepared(sheet: &Sheet, draft: &Draft) -> Markup {
    let (say, today) = (sheet.say(), clock::day(sheet.face.clock.now()));
    html! {
        @if let Some(prepared) = &draft.prepared {
            @let day = sheet.words.short_day(sheet.language(), prepared.until);
            @if prepared.works_on(today) {
                p { (say.html("cases-my-prepared", &[("day", day.into())])) br; (parts::grouped_number(&prepared.code.to_string())) }
                p { a href={ "/drafts/" (draft.id) "/prepared" } { (say.html("cases-my-prepared-show", &[])) } }
            } @else {
                p { (say.html("cases-my-prepared-over", &[("day", day.into())])) }
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
