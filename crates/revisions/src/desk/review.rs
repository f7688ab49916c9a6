//! 改訂を確認する: what changes, in words and line by line, whom it concerns, and the day from which it is in force.

use access::{Act, PageError, Posted};
use axum::{extract::Path, http::StatusCode, response::Response};
use jiff::civil::Date;
use maud::{Markup, html};
use store::StoreError;
use ui::{
    page::csrf_input,
    parts::{self, Tone, Weight},
};

use super::{Sheet, editor, refusal, revision_id, see, shown};
use crate::{
    preview::Tryout,
    revision::{Revision, State},
    rows, texts, verbs,
};

/// Everything about a revision that this person does not write.
pub(super) async fn page(sheet: &Sheet, revision: &Revision, tryout: &Tryout, done: Option<&str>) -> Result<Markup, PageError> {
    let say = sheet.say();
    let here = format!("/desk/revisions/{}", revision.id);
    let (id, procedure) = (revision.id, revision.procedure.clone());
    let (events, concerned) = sheet
        .face
        .store
        .reading(move |tx| Ok::<_, StoreError>((rows::events(tx, id)?, cases::desk_lists::open_by_version(tx, &procedure)?)))
        .await?;
    let sources = sheet.sources().await?;
    let files = tryout.files.clone();
    let things = tokio::task::spawn_blocking(move || texts::changed(&sources, &files)).await.map_err(PageError::internal)?;
    let body = html! {
        p { a href={ "/desk/revisions/of/" (revision.procedure) } { (say.html("desk-revisions-to-history", &[])) } }
        (editor::said_done(sheet, done))
        p { (shown::chip(sheet, revision.state)) " " (revision.why) }
        @if let (State::Scheduled, Some(day)) = (revision.state, revision.publish_on) {
            (parts::notice(Tone::Info, html! { p { (say.html("desk-revisions-scheduled", &[("day", shown::day(sheet, day).into())])) } }))
        }
        @if let Some(refused) = &revision.refused {
            (parts::notice(Tone::Error, html! {
                b { (say.html("desk-revisions-refused", &[])) }
                ol { @for line in refused.lines() { li { code { (line) } } } }
            }))
        }
        div.revise {
            div {
                @if revision.state.is_open() {
                    (shown::mistakes(sheet, &tryout.watched, &tryout.files))
                    h2 { (say.html("desk-revisions-changes", &[])) }
                    @match &things {
                        Ok(things) => (shown::changes(sheet, things)),
                        Err(_) => p { (say.html("desk-revisions-changes-unreadable", &[])) },
                    }
                    (concerns(sheet, revision, tryout, &concerned))
                }
                h2 { (say.html("desk-revisions-lines", &[])) }
                @for file in &tryout.files { (shown::lines(sheet, file)) }
                h2 { (say.html("desk-revisions-story", &[])) }
                (shown::story(sheet, &events))
                h2 { (say.html("desk-revisions-texts", &[])) }
                ul { @for (at, file) in tryout.files.iter().enumerate() { li { a href={ (here) "/files/" (at) } download { (file.path) } } } }
            }
            aside aria-labelledby="preview" {
                (decision(sheet, revision, tryout))
                h2 #preview { (say.html("desk-revisions-preview", &[])) }
                (editor::phone(sheet, &here))
                (shown::examples(sheet, &tryout.watched, &here))
            }
        }
    };
    let title = say.text("desk-revisions-reviewing", &[("title", revision.title.as_str().into())]);
    Ok(sheet.page(&title, body))
}

/// Cases and drafts that are on their way, and what they will see of it.
fn concerns(sheet: &Sheet, revision: &Revision, tryout: &Tryout, concerned: &[(String, i64)]) -> Markup {
    let say = sheet.say();
    let now = sheet.town.procedures.get(&revision.procedure).map(|procedure| procedure.version.clone());
    let then =
        tryout.watched.town.as_ref().and_then(|town| town.procedures.get(&revision.procedure)).map(|procedure| procedure.version.clone());
    let open: i64 = concerned.iter().map(|(_, count)| count).sum();
    html! {
        h2 { (say.html("desk-revisions-concerned", &[])) }
        @if now == then {
            p { (say.html("desk-revisions-same-version", &[])) }
        } @else {
            p { (say.html("desk-revisions-cases-stay", &[("count", open.into())])) }
            p { (say.html("desk-revisions-drafts", &[])) }
        }
    }
}

fn decision(sheet: &Sheet, revision: &Revision, tryout: &Tryout) -> Markup {
    let say = sheet.say();
    let may_decide = verbs::may(&sheet.staff, Act::Decide, &revision.department).is_some();
    let may_write = verbs::may(&sheet.staff, Act::Work, &revision.department).is_some();
    let is_own = revision.author == sheet.staff.id;
    let action = format!("/desk/revisions/{}/review", revision.id);
    let today = sheet.face.clock.today();
    html! {
        @if revision.state == State::Review && is_own { (parts::notice(Tone::Info, html! { p { (say.html("desk-revisions-waits", &[])) } })) }
        @if may_decide && !is_own && matches!(revision.state, State::Review | State::Scheduled) {
            form.panel method="post" action=(action) data-guard {
                (csrf_input(&sheet.staff.csrf))
                input type="hidden" name="turn" value=(revision.turn);
                h2 { (say.html("desk-revisions-decide", &[])) }
                div.field {
                    label.label for="note" { (say.html("desk-revisions-note", &[])) }
                    textarea.in #note name="note" rows="2" maxlength="500" {}
                }
                @if revision.state == State::Review {
                    div.field {
                        label.label for="day" { (say.html("desk-revisions-day", &[])) }
                        input.in #day name="day" type="date" value=(today) min=(today) required;
                    }
                }
                div.row.actions {
                    @if revision.state == State::Review && tryout.watched.report.is_good() { (parts::submit(Weight::Primary, "do", "approve", say.html("desk-revisions-approve", &[]))) }
                    (parts::submit(Weight::Second, "do", "send-back", say.html("desk-revisions-send-back", &[])))
                }
            }
        }
        @if may_write && revision.state.is_open() && revision.state != State::Draft {
            form method="post" action=(action) data-guard {
                (csrf_input(&sheet.staff.csrf))
                input type="hidden" name="turn" value=(revision.turn);
                (parts::submit(Weight::Quiet, "do", "withdraw", say.html("desk-revisions-withdraw", &[])))
            }
        }
    }
}

pub(super) async fn decide(sheet: Sheet, Path(id): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let id = revision_id(&id)?;
    let (revision, files) = editor::opened(&sheet, id).await?;
    let turn: i64 = typed.first("turn").and_then(|turn| turn.parse().ok()).ok_or(PageError::BadInput("no turn"))?;
    let note = typed.first("note").unwrap_or_default().trim().to_owned();
    let (staff, now, today) = (sheet.staff.clone(), sheet.face.clock.now(), sheet.face.clock.today());
    let (word, done) = match typed.first("do") {
        Some("approve") => {
            let day: Date = typed.first("day").and_then(|day| day.parse().ok()).ok_or(PageError::BadInput("no day"))?;
            // What was right when it was handed in may rest on something that went since.
            let (tryout, is_stale) = editor::looked_at(&sheet, &revision, files).await?;
            if !tryout.watched.report.is_good() || is_stale {
                return Err(PageError::say(StatusCode::CONFLICT, "desk-revisions-error-mistakes"));
            }
            let approve = move |tx: &store::Write<'_>| verbs::approve(tx, &staff, id, turn, (day, today), &note, now);
            ("approved", sheet.face.store.writing(approve).await)
        }
        Some("send-back") => ("sent-back", sheet.face.store.writing(move |tx| verbs::send_back(tx, &staff, id, turn, &note, now)).await),
        Some("withdraw") => ("withdrawn", sheet.face.store.writing(move |tx| verbs::withdraw(tx, &staff, id, turn, now)).await),
        _ => return Err(PageError::BadInput("no verb")),
    };
    done.map(|_| see(&format!("/desk/revisions/{id}?done={word}"))).map_err(refusal)
}
