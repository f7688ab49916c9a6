//! 改訂を書く: the texts with their mistakes, the examples and, beside them, the resident's page in the frame of a telephone. Everything works by
//! 確かめる; a script does the same after a pause in typing.

use access::{Act, PageError, Posted};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use definitions::typed::Typed;
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    page::csrf_input,
    parts::{self, Tone, Weight},
    words::ruby,
};

use super::{Sheet, items, moves, refusal, review, revision_id, see, shown};
use crate::{
    preview::Tryout,
    revision::{File, Refused, Revision, RevisionId},
    rows,
    steps::Ground,
    texts, verbs,
};

/// How the page was reached.
#[derive(Deserialize)]
pub(super) struct Asked {
    example: Option<String>,
    done: Option<String>,
}

/// A revision with its texts, as it is kept.
pub(super) async fn opened(sheet: &Sheet, id: RevisionId) -> Result<(Revision, Vec<File>), PageError> {
    let staff = sheet.staff.clone();
    let read = sheet.face.store.reading(move |tx| Ok::<_, Refused>((verbs::seen(tx, &staff, id)?, rows::files(tx, id)?))).await;
    read.map_err(refusal)
}

/// Looks at texts as they are typed, keeping what was typed into the preview before.
pub(super) async fn looked_at(sheet: &Sheet, revision: &Revision, files: Vec<File>) -> Result<(Tryout, bool), PageError> {
    let sources = sheet.sources().await?;
    let (procedure, today) = (revision.procedure.clone(), sheet.face.clock.today());
    let before = sheet.workshop.tryout((sheet.staff.id, revision.id));
    let (tryout, is_stale) = tokio::task::spawn_blocking(move || {
        let watched = texts::looked_at(&sources, &procedure, &files);
        let is_stale = texts::is_stale(&sources, &files);
        let tryout = match before {
            Some(before) => before.again(files, watched),
            None => Tryout::begin(files, watched, today),
        };
        (tryout, is_stale)
    })
    .await
    .map_err(PageError::internal)?;
    sheet.workshop.keep((sheet.staff.id, revision.id), tryout.clone());
    Ok((tryout, is_stale))
}

pub(super) async fn show(sheet: Sheet, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let (revision, files) = opened(&sheet, revision_id(&id)?).await?;
    let may_write = revision.may_be_written() && verbs::may(&sheet.staff, Act::Work, &revision.department).is_some();
    let (mut tryout, is_stale) = looked_at(&sheet, &revision, files).await?;
    if let Some(example) = &asked.example {
        tryout = tryout.as_example(example);
        sheet.workshop.keep((sheet.staff.id, revision.id), tryout.clone());
    }
    let done = asked.done.as_deref();
    if !may_write {
        return Ok(review::page(&sheet, &revision, &tryout, done).await?.into_response());
    }
    let said = Said { done, is_stale, ..Said::default() };
    Ok(editor_page(&sheet, &revision, &tryout, &said).into_response())
}

/// What is said on top.
#[derive(Default)]
pub(super) struct Said<'s> {
    pub done: Option<&'s str>,
    pub is_stale: bool,
    pub is_unsaved: bool,
    pub wrong: Option<&'s str>,
    /// What a step of the form did.
    pub moved: Option<&'s str>,
    /// What was typed into lines and has no place in the text.
    pub lost: &'s [String],
    /// Who uses what shall be taken away.
    pub uses: Option<&'s moves::Uses>,
    /// The page or question at hand.
    pub opened: items::Opened<'s>,
}

pub(super) fn editor_page(sheet: &Sheet, revision: &Revision, tryout: &Tryout, said: &Said<'_>) -> Markup {
    let say = sheet.say();
    let here = format!("/desk/revisions/{}", revision.id);
    let body = html! {
        p { a href={ "/desk/revisions/of/" (revision.procedure) } { (say.html("desk-revisions-to-history", &[])) } }
        (done(sheet, said.done))
        @if let Some(wrong) = said.wrong { (parts::notice(Tone::Error, html! { p role="alert" { (say.html(wrong, &[])) } })) }
        @if let Some(moved) = said.moved {
            div role="status" tabindex="-1" autofocus { (parts::notice(Tone::Good, html! { p { (say.html(moved, &[])) } })) }
        }
        @if !said.lost.is_empty() {
            (parts::notice(Tone::Error, html! {
                div role="alert" { b { (say.html("desk-revisions-items-lost", &[])) } ul { @for line in said.lost { li { (line) } } } }
            }))
        }
        @if said.is_stale { (stale(sheet, revision)) }
        div.revise {
            form #writing method="post" action=(here) data-revise={ (here) "/preview/start" } data-unsaved[said.is_unsaved] {
                (csrf_input(&sheet.staff.csrf))
                input type="hidden" name="turn" value=(revision.turn);
                // Return anywhere in the form looks again, and loses nothing.
                button.sr type="submit" name="do" value="try" tabindex="-1" aria-hidden="true" {}
                div #found aria-live="polite" { (shown::mistakes(sheet, &tryout.watched, &tryout.files)) }
                @if let Some(uses) = said.uses { (moves::told(sheet, uses)) }
                (items::show(sheet, tryout, revision.procedure.as_str(), &said.opened))
                @for (at, file) in tryout.files.iter().enumerate() { (text(sheet, at, file)) }
                @if said.is_unsaved { p { b { (say.html("desk-revisions-unsaved", &[])) } } }
                div.row.actions {
                    (parts::submit(Weight::Second, "do", "try", say.html("desk-revisions-try", &[])))
                    (parts::submit(Weight::Primary, "do", "save", say.html("desk-revisions-save", &[])))
                }
                section.panel aria-labelledby="hand-in" {
                    h2 #hand-in { (say.html("desk-revisions-hand-in", &[])) }
                    div.field {
                        label.label for="why" { (say.html("desk-revisions-why", &[])) }
                        p.help #why-help { (say.html("desk-revisions-why-help", &[])) }
                        textarea.in #why name="why" rows="2" maxlength="500" aria-describedby="why-help" { (revision.why) }
                    }
                    div.row.actions {
                        (parts::submit(Weight::Second, "do", "submit", say.html("desk-revisions-submit", &[])))
                        (parts::submit(Weight::Quiet, "do", "withdraw", say.html("desk-revisions-withdraw", &[])))
                    }
                }
            }
            aside aria-labelledby="preview" {
                h2 #preview { (say.html("desk-revisions-preview", &[])) }
                (phone(sheet, &here))
                div #walked { (shown::examples(sheet, &tryout.watched, &here)) }
            }
        }
    };
    let title = say.text("desk-revisions-editing", &[("title", revision.title.as_str().into())]);
    sheet.page(&title, body)
}

/// The resident's page in the frame of a telephone.
pub(super) fn phone(sheet: &Sheet, here: &str) -> Markup {
    let say = sheet.say();
    html! {
        nav.row aria-label=(sheet.word("desk-revisions-preview-pages")) {
            @for (page, word) in [("start", "desk-revisions-preview-start"), ("check", "desk-revisions-preview-check"), ("after", "desk-revisions-preview-after")] {
                a href={ (here) "/preview/" (page) } target="phone" { (say.html(word, &[])) }
            }
        }
        iframe.phone name="phone" src={ (here) "/preview/start" } title=(sheet.word("desk-revisions-preview-frame")) {}
    }
}

fn text(sheet: &Sheet, at: usize, file: &File) -> Markup {
    let rows = file.text.lines().count().clamp(8, 34);
    let area = html! {
        label.label for={ "text-" (at) } { code { (file.path) } @if file.base.is_none() { " " (sheet.say().html("desk-revisions-new-file", &[])) } }
        textarea.in.yaml #{ "text-" (at) } name={ "text-" (at) } rows=(rows) spellcheck="false" autocapitalize="none" autocomplete="off" wrap="off" { "\n" (file.text) }
    };
    html! {
        @if at == 0 { div.field { (area) } } @else { details open[file.base.as_deref() != Some(file.text.as_str())] { summary { code { (file.path) } } div.field { (area) } } }
    }
}

fn done(sheet: &Sheet, done: Option<&str>) -> Markup {
    const SAID: [&str; 7] = ["saved", "submitted", "withdrawn", "rebased", "approved", "sent-back", "begun"];
    let said = SAID.iter().find(|known| Some(**known) == done);
    html! {
        @if let Some(said) = said {
            div role="status" tabindex="-1" autofocus { (parts::notice(Tone::Good, html! { p { (sheet.word(&format!("desk-revisions-done-{said}"))) } })) }
        }
    }
}

pub(super) fn said_done(sheet: &Sheet, word: Option<&str>) -> Markup {
    done(sheet, word)
}

/// The folder changed under the revision: what was written stays, and is held against what is there now.
fn stale(sheet: &Sheet, revision: &Revision) -> Markup {
    let say = sheet.say();
    parts::notice(
        Tone::Warn,
        html! {
            b { (say.html("desk-revisions-stale", &[])) }
            p { (say.html("desk-revisions-stale-next", &[])) }
            form method="post" action={ "/desk/revisions/" (revision.id) } {
                (csrf_input(&sheet.staff.csrf))
                input type="hidden" name="turn" value=(revision.turn);
                (parts::submit(Weight::Second, "do", "rebase", say.html("desk-revisions-rebase", &[])))
            }
        },
    )
}

/// The texts as they were typed. Browsers send lines with CR LF; a text of ours has none.
fn typed_files(files: &[File], typed: &Typed) -> Vec<File> {
    let text = |at: usize, file: &File| {
        let typed = typed.first(&format!("text-{at}")).map(|text| text.replace("\r\n", "\n"));
        typed.map(|text| if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" }).unwrap_or_else(|| file.text.clone())
    };
    files.iter().enumerate().map(|(at, file)| File { text: text(at, file), ..file.clone() }).collect()
}

/// The texts with what was changed in the lines of the form, and what had no place in them.
async fn written(sheet: &Sheet, revision: &Revision, files: Vec<File>, typed: &Typed) -> Result<(Vec<File>, Vec<String>), PageError> {
    let changed = items::changed(typed);
    let Some(file) = files.first().filter(|_| !changed.is_empty()) else { return Ok((files, Vec::new())) };
    let ground = Ground::of(&sheet.sources().await?, &revision.procedure, &file.text);
    Ok(items::put(files, &changed, &ground))
}

pub(super) async fn change(sheet: Sheet, Path(id): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let id = revision_id(&id)?;
    let (revision, kept) = opened(&sheet, id).await?;
    if verbs::may(&sheet.staff, Act::Work, &revision.department).is_none() {
        return Err(PageError::Refused);
    }
    let turn: i64 = typed.first("turn").and_then(|turn| turn.parse().ok()).ok_or(PageError::BadInput("no turn"))?;
    let (files, lost) = written(&sheet, &revision, typed_files(&kept, &typed), &typed).await?;
    let here = format!("/desk/revisions/{id}");
    let (staff, now) = (sheet.staff.clone(), sheet.face.clock.now());
    let pressed = typed.first("do").unwrap_or("try");
    // What has no place in the texts is told before anything is kept.
    if !lost.is_empty() && matches!(pressed, "save" | "submit") {
        let (tryout, is_stale) = looked_at(&sheet, &revision, files).await?;
        let said = Said { is_stale, is_unsaved: true, lost: &lost, ..Said::default() };
        let seen = Revision { turn, ..revision };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, editor_page(&sheet, &seen, &tryout, &said)).into_response());
    }
    match pressed {
        "save" => save(&sheet, &revision, kept, files, turn).await,
        "submit" => submit(&sheet, revision, kept, files, turn, typed.first("why").unwrap_or_default().trim()).await,
        "withdraw" => {
            let done = sheet.face.store.writing(move |tx| verbs::withdraw(tx, &staff, id, turn, now)).await;
            done.map(|_| see(&format!("{here}?done=withdrawn"))).map_err(refusal)
        }
        "rebase" => {
            let sources = sheet.sources().await?;
            let bases = texts::of(&sources, &revision.procedure, &sheet.town);
            let done = sheet.face.store.writing(move |tx| verbs::rebase(tx, &staff, id, turn, &bases, now)).await;
            done.map(|_| see(&format!("{here}?done=rebased"))).map_err(refusal)
        }
        other => {
            let is_unsaved = files != kept;
            // The turn that this person saw: who saved meanwhile is found when this is saved.
            let why = typed.first("why").map_or_else(|| revision.why.clone(), str::to_owned);
            let seen = Revision { turn, why, ..revision };
            let said = Said { is_unsaved, lost: &lost, ..Said::default() };
            if let Some(step) = moves::Step::of(other).filter(|_| seen.may_be_written()) {
                return moves::take(&sheet, seen, files, &typed, step, said).await;
            }
            let (tryout, is_stale) = looked_at(&sheet, &seen, files).await?;
            Ok(editor_page(&sheet, &seen, &tryout, &Said { is_stale, ..said }).into_response())
        }
    }
}

/// The title as the texts say it now.
fn title(tryout: &Tryout, revision: &Revision) -> String {
    let town = tryout.watched.town.as_ref();
    let procedure = town.and_then(|town| town.procedures.get(revision.procedure.as_str()));
    procedure.map(|procedure| ruby::plain(&procedure.title.ja)).unwrap_or_default()
}

async fn save(sheet: &Sheet, revision: &Revision, kept: Vec<File>, files: Vec<File>, turn: i64) -> Result<Response, PageError> {
    let (tryout, _) = looked_at(sheet, revision, files.clone()).await?;
    let (id, staff, now, title) = (revision.id, sheet.staff.clone(), sheet.face.clock.now(), title(&tryout, revision));
    let texts: Vec<(String, String)> = files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
    match sheet.face.store.writing(move |tx| verbs::save(tx, &staff, id, turn, &title, &texts, now)).await {
        Ok(_) => Ok(see(&format!("/desk/revisions/{id}?done=saved"))),
        Err(Refused::Clash) => Ok((StatusCode::CONFLICT, clash(sheet, revision, &kept, &files).await?).into_response()),
        Err(refused) => Err(refusal(refused)),
    }
}

/// Somebody saved first: both texts stay, this person's to be saved over theirs or taken along.
async fn clash(sheet: &Sheet, revision: &Revision, kept: &[File], files: &[File]) -> Result<Markup, PageError> {
    let say = sheet.say();
    let who = revision.id;
    let events = sheet.face.store.reading(move |tx| rows::events(tx, who)).await?;
    let last = events.last().map(|event| event.name.clone()).unwrap_or_default();
    let between: Vec<File> = kept.iter().zip(files).map(|(theirs, own)| File { base: Some(theirs.text.clone()), ..own.clone() }).collect();
    let body = html! {
        (parts::notice(Tone::Warn, html! {
            b { (say.html("desk-revisions-clash", &[("name", last.as_str().into())])) }
            p { (say.html("desk-revisions-clash-next", &[])) }
        }))
        h2 { (say.html("desk-revisions-lines", &[])) }
        @for file in &between { (shown::lines(sheet, file)) }
        form method="post" action={ "/desk/revisions/" (revision.id) } {
            (csrf_input(&sheet.staff.csrf))
            input type="hidden" name="turn" value=(revision.turn);
            @for (at, file) in files.iter().enumerate() { (text(sheet, at, file)) }
            div.row.actions {
                (parts::submit(Weight::Primary, "do", "save", say.html("desk-revisions-clash-mine", &[])))
                (parts::link_button(Weight::Second, &format!("/desk/revisions/{}", revision.id), say.html("desk-revisions-clash-theirs", &[])))
            }
        }
    };
    let title = say.text("desk-revisions-editing", &[("title", revision.title.as_str().into())]);
    Ok(sheet.page(&title, body))
}

/// 確認に出す: saved first, then looked at; with a mistake it stays with its author.
async fn submit(sheet: &Sheet, revision: Revision, kept: Vec<File>, files: Vec<File>, turn: i64, why: &str) -> Result<Response, PageError> {
    let (tryout, is_stale) = looked_at(sheet, &revision, files.clone()).await?;
    let wrong = if !tryout.watched.report.is_good() {
        Some("desk-revisions-wrong-mistakes")
    } else if is_stale {
        Some("desk-revisions-stale")
    } else if why.is_empty() {
        Some("desk-revisions-wrong-why")
    } else {
        None
    };
    if wrong.is_some() {
        let said = Said { wrong, is_stale, is_unsaved: files != kept, ..Said::default() };
        let seen = Revision { turn, why: why.to_owned(), ..revision };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, editor_page(sheet, &seen, &tryout, &said)).into_response());
    }
    let (id, staff, now, title, why) =
        (revision.id, sheet.staff.clone(), sheet.face.clock.now(), title(&tryout, &revision), why.to_owned());
    let texts: Vec<(String, String)> = files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
    let is_changed = files != kept;
    let handed_in = sheet
        .face
        .store
        .writing(move |tx| {
            let turn = if is_changed { verbs::save(tx, &staff, id, turn, &title, &texts, now)?.turn } else { turn };
            verbs::submit(tx, &staff, id, turn, &why, now)
        })
        .await;
    match handed_in {
        Ok(_) => Ok(see(&format!("/desk/revisions/{id}?done=submitted"))),
        Err(Refused::Clash) => Ok((StatusCode::CONFLICT, clash(sheet, &revision, &kept, &files).await?).into_response()),
        Err(Refused::Nothing) => {
            let said = Said { wrong: Some("desk-revisions-error-nothing"), ..Said::default() };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, editor_page(sheet, &revision, &tryout, &said)).into_response())
        }
        Err(refused) => Err(refusal(refused)),
    }
}
