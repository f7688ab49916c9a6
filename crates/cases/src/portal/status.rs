//! 申請の状況: a timeline in plain words with the day you will hear. It says nothing without a session that filed it, an account that
//! owns it, or the receipt's two numbers; numbers that exist and numbers that do not are answered alike.

use std::{convert::Infallible, time::Duration};

use access::{PageError, Posted, throttle};
use axum::{
    extract::{Path, Query, RawQuery},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use definitions::procedure::Procedure;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    page::{Crumb, csrf_input},
    parts::{self, Card, Fact, Tone, Weight, icons},
};

use super::{Sheet, check, refusal, see, timeline};
use crate::{
    CaseNumber, FilingRefused, ReceiptSecret, filing,
    own::{OwnCase, OwnLetter, OwnState, Seen},
    rows,
};

/// A person's case with its story.
pub(super) struct Own {
    pub case: OwnCase,
    pub procedure: Procedure,
    pub story: Vec<(Timestamp, Seen)>,
    pub letters: Vec<OwnLetter>,
    /// Pages of other rooms beside it: the word on the link, and where it leads.
    pub beside: Vec<(String, String)>,
    /// Something that they were told of it is unread.
    pub is_unread: bool,
}

/// The case of this number, when this visitor may see it.
pub(super) async fn own(sheet: &Sheet, number: &str) -> Result<Option<Own>, PageError> {
    let Ok(number) = number.parse::<CaseNumber>() else { return Ok(None) };
    let (session, account) = (sheet.visitor.session.clone(), sheet.owner().account);
    let found = sheet
        .read(move |tx, terms| {
            let Some(case) = rows::portal::own_by_number(tx, terms.keys, number)? else { return Ok(None) };
            let is_theirs = case.account.is_some() && case.account == account;
            if !is_theirs && !access::sessions::may_see_case(tx, &session, case.id, terms.now)? {
                return Ok(None);
            }
            let procedure = rows::procedure(tx, &case.version)?.ok_or(FilingRefused::NotFound)?;
            let story = rows::portal::events(tx, terms.keys, case.id)?;
            let letters = rows::portal::letters(tx, case.id)?;
            let beside = rows::portal::beside(tx, case.id)?;
            let is_unread = messages::is_any_unread_of(tx, case.id)?;
            Ok(Some(Own { case, procedure, story, letters, beside, is_unread }))
        })
        .await;
    found.map_err(refusal)
}

pub(super) async fn ask(sheet: Sheet) -> Result<Markup, PageError> {
    Ok(ask_page(&sheet, "", "", None))
}

/// The form for the receipt's two numbers. `wrong` is said above it; what was typed stays.
fn ask_page(sheet: &Sheet, number: &str, secret: &str, wrong: Option<&str>) -> Markup {
    let say = sheet.say();
    let title = say.text("cases-status-form-title", &[]);
    let class = if wrong.is_some() { "q wrong" } else { "q" };
    let line = |name: &str, label: &str, hint: &str, value: &str| {
        html! {
            div class=(class) {
                label.label for=(name) { (say.html(label, &[])) }
                p.help id={ (name) "-help" } { (say.html(hint, &[])) }
                input.in.w-l.nums id=(name) name=(name) value=(value) aria-invalid=[wrong.map(|_| "true")]
                    aria-describedby={ (name) "-help" @if wrong.is_some() { " wrong" } }
                    autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40" required;
            }
        }
    };
    let body = html! {
        h1 { (say.html("cases-status-form-title", &[])) }
        p.lead { (say.html("cases-status-form-lead", &[])) }
        @if let Some(wrong) = wrong { div #wrong role="alert" { (parts::notice(Tone::Error, html! { p { (say.html(wrong, &[])) } })) } }
        form method="post" action="/status" data-guard {
            (csrf_input(&sheet.visitor.csrf))
            (line("number", "cases-status-form-number", "cases-status-form-number-hint", number))
            (line("secret", "cases-status-form-secret", "cases-status-form-secret-hint", secret))
            div.row.actions { (parts::button(Weight::Primary, say.html("cases-status-form-button", &[]))) }
        }
        h2 { (say.html("cases-status-form-no-receipt", &[])) }
        p { (say.html("cases-status-form-sign-in", &[])) " " a href="/my" { (say.html("cases-my-title", &[])) } }
        p { (say.html("cases-person", &[("department", sheet.plain(&sheet.town.name).into()), ("phone", sheet.town.office.phone.as_str().into())])) }
    };
    sheet.page(&title, |page| page.here("/status"), body)
}

/// Twenty tries an hour from one place: enough for a family at one router, and 29⁸ secrets take longer than the sun.
const TRIES: throttle::Rate = throttle::Rate { most: 20, per: Duration::from_secs(3600) };

/// The receipt's numbers, typed into a form, become a right of this session: they never stand in an address.
pub(super) async fn open(sheet: Sheet, Posted(typed): Posted) -> Result<Response, PageError> {
    let (number, secret) = (typed.first("number").unwrap_or_default().to_owned(), typed.first("secret").unwrap_or_default().to_owned());
    let (wanted, given) = (number.parse::<CaseNumber>().ok(), ReceiptSecret::typed(&secret));
    let (session, client) = (sheet.visitor.session.clone(), sheet.visitor.client_key(&sheet.face.keys));
    let opened = sheet
        .write(move |tx, terms| {
            if throttle::take(tx, "status", &client, TRIES, terms.now)?.is_err() {
                return Ok(Err("cases-status-form-throttled"));
            }
            // The same work is done whether or not there is such a case.
            let case = match wanted {
                Some(number) => rows::portal::own_by_number(tx, terms.keys, number)?,
                None => None,
            };
            let id = case.as_ref().map_or(access::CaseId::new(uuid::Uuid::nil()), |case| case.id);
            let right = given.as_ref().is_some_and(|given| given.is(&filing::receipt_secret(terms.keys, id)));
            match case {
                Some(case) if right => {
                    access::sessions::allow_case(tx, &session, case.id, terms.now)?;
                    Ok(Ok(case.number))
                }
                _ => Ok(Err("cases-status-form-wrong")),
            }
        })
        .await
        .map_err(refusal)?;
    match opened {
        Ok(number) => Ok(see(&format!("/status/{}", number.plain()))),
        Err(wrong) => Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, ask_page(&sheet, &number, &secret, Some(wrong))).into_response()),
    }
}

pub(super) async fn show(sheet: Sheet, Path(number): Path<String>, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let Some(own) = own(&sheet, &number).await? else {
        // The number stands in the address already, so it is filled in; whether it exists is not said.
        let number: String = number.chars().take(40).collect();
        return Ok(ask_page(&sheet, &number, "", None).into_response());
    };
    if own.is_unread {
        let case = own.case.id;
        sheet.write(move |tx, terms| Ok(messages::read_of(tx, case, terms.now)?)).await.map_err(refusal)?;
    }
    let sent = query.as_deref() == Some("sent");
    Ok(status_page(&sheet, &own, &Writing { sent, ..Writing::default() }).into_response())
}

/// The box for a message to the office.
#[derive(Default)]
pub(super) struct Writing<'w> {
    /// A message was sent just now.
    pub sent: bool,
    /// What was typed and could not be sent: empty, or too long.
    pub unsent: Option<&'w str>,
}

pub(super) fn status_page(sheet: &Sheet, own: &Own, writing: &Writing<'_>) -> Markup {
    let say = sheet.say();
    let title = say.text(&format!("cases-state-{}", own.case.state.code()), &[]);
    let name = sheet.plain(&own.procedure.title);
    let my = say.text("cases-my-title", &[]);
    let trail = [Crumb { label: &my, href: Some("/my") }, Crumb { label: &name, href: None }];
    let plain = own.case.number.plain();
    let body = html! {
        div #live data-live={ "/status/" (plain) "/live?seen=" (own.story.len()) "&state=" (own.case.state.code()) } aria-live="polite" { (region(sheet, own)) }
        p.row.update {
            a.btn.second.small href={ "/status/" (plain) } { (icons::REFRESH_CW) (say.html("cases-status-update", &[])) }
            // The script that makes it true shows it.
            small data-live-note hidden { (say.html("cases-status-live", &[])) }
        }
        (thread(sheet, own, writing))
        h2 { (say.html("cases-status-more", &[])) }
        ul {
            li { a href={ "/status/" (plain) "/answers" } { (say.html("cases-answers-see", &[])) } }
            li { a href={ "/status/" (plain) "/receipt.pdf" } { (say.html("cases-filed-receipt", &[])) } }
            li { a href={ "/voice/" (plain) } { (say.html("cases-status-voice", &[])) } }
            @if own.case.state.is_open() { li { a href={ "/status/" (plain) "/withdraw" } { (say.html("cases-withdraw", &[])) } } }
        }
    };
    sheet.page_below(&title, &trail, |page| page.personal().here("/status"), body)
}

/// What changes while one looks: state, facts, decision, timeline.
fn region(sheet: &Sheet, own: &Own) -> Markup {
    let say = sheet.say();
    let case = &own.case;
    let code = case.state.code();
    let plain = case.number.plain();
    html! {
        p.kicker { (sheet.text(&own.procedure.title)) }
        h1 { (say.html(&format!("cases-state-{code}"), &[])) " " (parts::chip(tone(&case.state), &say.text(&format!("cases-chip-{code}"), &[]))) }
        @if let OwnState::Correct { asked } = &case.state {
            (parts::notice(Tone::Warn, html! {
                b { (say.html("cases-correct-until", &[("until", sheet.words.day(sheet.language(), asked.until).into())])) }
                p { (asked.say) }
                (parts::link_button(Weight::Primary, &format!("/status/{plain}/correct"), say.html("cases-correct-do", &[])))
            }))
        }
        (parts::facts(&[
            Fact { label: say.html("cases-status-number", &[]), value: parts::grouped_number(&case.number.to_string()) },
            Fact { label: say.html("cases-status-filed-on", &[]), value: html! { (sheet.words.short_day(sheet.language(), crate::clock::day(case.filed_at))) } },
            Fact { label: say.html("cases-status-hear-by", &[]), value: hear_by(sheet, case) },
            Fact { label: say.html("cases-status-department", &[]), value: html! { (sheet.department(&case.department).0) } },
        ]))
        (decision(sheet, own))
        @for (word, page) in &own.beside {
            p.row.actions { (parts::link_button(Weight::Second, &format!("/status/{plain}/{page}"), say.html(word, &[]))) }
        }
        (parts::timeline(say, &timeline::steps(sheet, case, &own.procedure, &own.story)))
    }
}

fn tone(state: &OwnState) -> parts::ChipTone {
    match state {
        OwnState::Filed | OwnState::InReview | OwnState::Corrected | OwnState::Deciding => parts::ChipTone::Wait,
        OwnState::Correct { .. } => parts::ChipTone::Act,
        OwnState::Decided { .. } => parts::ChipTone::Good,
        OwnState::Withdrawn => parts::ChipTone::Still,
    }
}

fn hear_by(sheet: &Sheet, case: &OwnCase) -> Markup {
    let say = sheet.say();
    match (&case.state, case.hear_by) {
        (OwnState::Decided { .. } | OwnState::Withdrawn, _) => say.html(&format!("cases-chip-{}", case.state.code()), &[]),
        (_, Some(day)) => say.html("cases-status-hear-by-day", &[("day", sheet.words.short_day(sheet.language(), day).into())]),
        (OwnState::Correct { .. }, None) => say.html("cases-status-hear-by-stopped", &[]),
        (_, None) => say.html("cases-status-hear-by-none", &[]),
    }
}

fn decision(sheet: &Sheet, own: &Own) -> Markup {
    let OwnState::Decided { outcome, reason, details, .. } = &own.case.state else { return html! {} };
    let say = sheet.say();
    let Some(outcome) = own.procedure.outcomes.get(outcome) else { return html! {} };
    let plain = own.case.number.plain();
    let hrefs: Vec<String> = own.letters.iter().map(|letter| format!("/status/{plain}/letters/{}", letter.id)).collect();
    let letters: Vec<Card<'_>> = own
        .letters
        .iter()
        .zip(&hrefs)
        .map(|(letter, href)| Card {
            href: Some(href),
            icon: Some(icons::FILE_TEXT),
            title: say.html("cases-decision-letter-open", &[("title", letter.title.as_str().into())]),
            text: html! {
                (letter.document_number) " " (sheet.words.short_day(sheet.language(), letter.issued_on))
                @if let Some(on) = letter.voided_on {
                    br; b { (say.html("cases-decision-letter-void", &[("day", sheet.words.short_day(sheet.language(), on).into())])) }
                }
            },
        })
        .collect();
    html! {
        section.panel aria-labelledby="decision" {
            h2 #decision { (say.html("cases-decision-title", &[])) }
            p { b { (sheet.text(&outcome.resident)) } }
            @for (id, field) in &outcome.ask {
                @if let Some(answer) = details.get(id.as_str()) { p { (sheet.text(&field.label)) "：" (check::shown(sheet, field, answer)) } }
            }
            @if !reason.trim().is_empty() { h3 { (say.html("cases-decision-reason", &[])) } p.written { (reason) } }
            @if !letters.is_empty() { h3 { (say.html("cases-decision-letters", &[])) } (parts::cards(&letters)) }
            @if own.procedure.law.disposition && !letters.is_empty() { p { (say.html("cases-decision-appeal", &[])) } }
        }
    }
}

fn thread(sheet: &Sheet, own: &Own, writing: &Writing<'_>) -> Markup {
    let say = sheet.say();
    let you = say.text("cases-thread-you", &[]);
    let department = sheet.department(&own.case.department).0;
    let written = timeline::written(sheet, &own.story);
    let messages: Vec<parts::Message<'_>> = written
        .iter()
        .map(|line| parts::Message {
            side: if line.from.is_some() { parts::Side::Theirs } else { parts::Side::Mine },
            from: line.from.as_deref().unwrap_or(&you),
            when: sheet.words.moment_html(sheet.language(), crate::clock::local(line.at)),
            text: line.text,
            fate: None,
        })
        .collect();
    let is_wrong = writing.unsent.is_some();
    html! {
        section #messages aria-labelledby="messages-title" {
            h2 #messages-title { (say.html("cases-thread-title", &[])) }
            @if writing.sent {
                div role="status" {
                    (parts::notice(Tone::Good, html! { p { (say.html("cases-thread-sent", &[("department", department.as_str().into())])) } }))
                }
            }
            @if messages.is_empty() { p { (say.html("cases-thread-none", &[])) } } @else { (parts::thread(&messages)) }
            form method="post" action={ "/status/" (own.case.number.plain()) "/write" } data-guard {
                (csrf_input(&sheet.visitor.csrf))
                div class=(if is_wrong { "q wrong" } else { "q" }) {
                    label.label for="text" { (say.html("cases-thread-write", &[("department", department.as_str().into())])) }
                    @if is_wrong {
                        div #wrong { p.err { (icons::CIRCLE_ALERT) span { (say.html("cases-thread-wrong", &[])) } } }
                    }
                    textarea.in #text name="text" rows="4" aria-invalid=[is_wrong.then_some("true")]
                        aria-describedby=[is_wrong.then_some("wrong")] autofocus[is_wrong] required { (writing.unsent.unwrap_or_default()) }
                }
                (parts::button(Weight::Second, say.html("cases-thread-send", &[])))
            }
        }
    }
}

pub(super) async fn answers(sheet: Sheet, Path(number): Path<String>) -> Result<Response, PageError> {
    let Some(own) = own(&sheet, &number).await? else { return Ok(see(&format!("/status/{number}"))) };
    let say = sheet.say();
    let title = say.text("cases-answers-see", &[]);
    let body = html! {
        h1 { (say.html("cases-answers-see", &[])) }
        p { (sheet.text(&own.procedure.title)) "　" (parts::grouped_number(&own.case.number.to_string())) }
        (parts::answers(say, &check::filed_answers(&sheet, &own.procedure, &own.case.answers)))
        (parts::back_link(&format!("/status/{}", own.case.number.plain()), say.html("cases-form-back", &[])))
    };
    Ok(sheet.page(&title, |page| page.personal(), body).into_response())
}

/// A letter of the person's own case.
pub(super) async fn letter(sheet: Sheet, Path((number, letter)): Path<(String, String)>) -> Result<Response, PageError> {
    let own = own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    let letter = own.letters.iter().find(|own| own.id == letter).ok_or(PageError::NotFound)?;
    let answer = definitions::answer::FileAnswer {
        file: letter.file.clone(),
        name: letter.title.clone(),
        media: "application/pdf".to_owned(),
        bytes: 0,
    };
    super::upload::served(&sheet.face.files, &answer).await
}

/// How long one connection is kept: a phone that sleeps comes back by itself.
const LIVE: Duration = Duration::from_secs(600);

/// What a page shows already: how long its story is, and where its case stands.
#[derive(Deserialize)]
pub(super) struct Shown {
    seen: Option<usize>,
    state: Option<String>,
}

/// The region of the page again, whenever something was sealed on the portal that changes it; at once when that happened between the page and
/// this connection. The position goes along, so that nothing is sent twice after a lost connection.
pub(super) async fn live(sheet: Sheet, Path(number): Path<String>, Query(shown): Query<Shown>) -> Result<Response, PageError> {
    let first = own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    let mut sealed = sheet.face.store.sealed();
    // The first look does not wait.
    sealed.mark_changed();
    let seen = shown.seen.unwrap_or(first.story.len());
    let code = shown.state.unwrap_or_else(|| first.case.state.code().to_owned());
    let events =
        futures_util::stream::unfold((sheet, number, sealed, seen, code), |(mut sheet, number, mut sealed, seen, code)| async move {
            loop {
                sealed.changed().await.ok()?;
                let position = *sealed.borrow_and_update();
                // Signed out meanwhile, here or from elsewhere: nothing more comes.
                sheet.visitor = sheet.visitor.again(&sheet.face).await.ok()?;
                let own = own(&sheet, &number).await.ok()??;
                if own.story.len() != seen || own.case.state.code() != code {
                    let event = Event::default().id(position.to_string()).data(region(&sheet, &own).into_string());
                    let (seen, code) = (own.story.len(), own.case.state.code().to_owned());
                    return Some((Ok::<_, Infallible>(event), (sheet, number, sealed, seen, code)));
                }
            }
        });
    let bounded = futures_util::StreamExt::take_until(events, Box::pin(tokio::time::sleep(LIVE)));
    Ok(Sse::new(bounded).keep_alive(KeepAlive::default()).into_response())
}
