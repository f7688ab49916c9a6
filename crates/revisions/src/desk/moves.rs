//! 足す・動かす・消す: what the buttons of the form do to the texts. Who uses a question is found by taking it away and looking at the whole
//! folder: what is wrong then uses it.

use access::PageError;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use definitions::{
    check::watched::Watched,
    ids::{FieldId, PageId},
    keys::KINDS,
    problem::Problem,
    typed::Typed,
};
use maud::{Markup, html};
use ui::parts::{self, Tone, Weight};

use super::{
    Sheet,
    editor::{self, Said},
    items::Opened,
    shown,
};
use crate::{
    revision::{File, Revision},
    spot::quoted,
    steps::{self, Ground, Way},
};

/// What a button says: `up:pages.what.fields.place`.
pub(super) enum Step {
    Shift(Way, String),
    Into(String),
    /// Taking away; whether who uses it was told before.
    Out(String, bool),
    Add,
}

impl Step {
    /// What was pressed; none: something else.
    pub fn of(pressed: &str) -> Option<Step> {
        let (name, path) = pressed.split_once(':').unwrap_or((pressed, ""));
        let path = || path.to_owned();
        Some(match name {
            "up" => Step::Shift(Way::Up, path()),
            "down" => Step::Shift(Way::Down, path()),
            "into" => Step::Into(path()),
            "out" => Step::Out(path(), false),
            "out!" => Step::Out(path(), true),
            "add" => Step::Add,
            _ => return None,
        })
    }
}

/// Who uses what shall be taken away.
pub(super) struct Uses {
    path: String,
    label: String,
    problems: Vec<Problem>,
    examples: Vec<String>,
    after: Vec<File>,
}

/// Takes the step and shows the editor with it: nothing is kept before it is saved.
pub(super) async fn take(
    sheet: &Sheet,
    revision: Revision,
    files: Vec<File>,
    typed: &Typed,
    step: Step,
    said: Said<'_>,
) -> Result<Response, PageError> {
    let (before, is_stale) = editor::looked_at(sheet, &revision, files.clone()).await?;
    let said = Said { is_stale, ..said };
    let key = (sheet.staff.id, revision.id);
    let stay = |said: Said<'_>| {
        sheet.workshop.keep(key, before.clone());
        (StatusCode::UNPROCESSABLE_ENTITY, editor::editor_page(sheet, &revision, &before, &said)).into_response()
    };
    let town = before.watched.town.as_ref();
    let (Some(procedure), Some(file)) = (town.and_then(|town| town.procedures.get(revision.procedure.as_str())), files.first()) else {
        return Ok(stay(Said { wrong: Some("desk-revisions-step-cannot"), ..said }));
    };
    let ground = Ground::of(&sheet.sources().await?, &revision.procedure, &file.text);
    let order = |path: &str| path.rsplit_once('.').map(|(map, _)| steps::order(procedure, &map.split('.').collect::<Vec<_>>()));
    let (path, text) = match &step {
        Step::Shift(way, path) => {
            let text = ground.shift(&file.text, &parts_of(path), &order(path).unwrap_or_default(), *way);
            (path.clone(), text.ok_or("desk-revisions-step-cannot"))
        }
        Step::Into(path) => {
            let page = typed.first(&format!("page-of-{path}")).unwrap_or_default();
            let text = ground.put_into(&file.text, &parts_of(path), &[parts_of(page), vec!["fields"]].concat());
            let id = path.rsplit('.').next().unwrap_or_default();
            (format!("{page}.fields.{id}"), text.ok_or("desk-revisions-step-cannot"))
        }
        Step::Out(path, _) => {
            let is_there = order(path).is_some_and(|ids| ids.iter().any(|id| path.rsplit('.').next() == Some(id)));
            let text = is_there.then(|| ground.remove(&file.text, &parts_of(path))).flatten();
            (path.clone(), text.ok_or("desk-revisions-step-cannot"))
        }
        Step::Add => match added(&ground, &file.text, typed) {
            Ok((path, text)) => (path, Ok(text)),
            Err(wrong) => (String::new(), Err(wrong)),
        },
    };
    let opened = Opened { path: Some(&path), typed: matches!(step, Step::Add).then_some(typed) };
    let text = match text {
        Ok(text) => text,
        Err(wrong) => return Ok(stay(Said { wrong: Some(wrong), opened, ..said })),
    };
    let changed: Vec<File> =
        files.iter().enumerate().map(|(at, one)| if at == 0 { File { text: text.clone(), ..one.clone() } } else { one.clone() }).collect();
    let (after, _) = editor::looked_at(sheet, &revision, changed.clone()).await?;
    if let Step::Shift(..) = &step {
        // A wish that another one undoes, or that the text below cannot follow, is no move.
        let now = after.watched.town.as_ref().and_then(|town| town.procedures.get(revision.procedure.as_str()));
        let map = path.rsplit_once('.').map(|(map, _)| map.split('.').collect::<Vec<_>>()).unwrap_or_default();
        if now.is_none_or(|now| steps::order(now, &map) == steps::order(procedure, &map)) {
            return Ok(stay(Said { wrong: Some("desk-revisions-step-cannot"), opened, ..said }));
        }
    }
    if let Step::Out(_, false) = &step {
        let (problems, examples) = new_ones(&before.watched, &after.watched);
        if !problems.is_empty() || !examples.is_empty() {
            let uses = Uses { label: label(procedure, &path), path: path.clone(), problems, examples, after: changed };
            return Ok(stay(Said { uses: Some(&uses), opened, ..said }));
        }
    }
    let moved = match step {
        Step::Shift(..) | Step::Into(_) => "desk-revisions-step-moved",
        Step::Out(..) => "desk-revisions-step-gone",
        Step::Add => "desk-revisions-step-added",
    };
    let opened = Opened { path: Some(&path), typed: None };
    let said = Said { moved: Some(moved), is_unsaved: true, opened, ..said };
    Ok(editor::editor_page(sheet, &revision, &after, &said).into_response())
}

fn parts_of(path: &str) -> Vec<&str> {
    path.split('.').collect()
}

/// The heading of a page or question.
fn label(procedure: &definitions::procedure::Procedure, path: &str) -> String {
    let parts = parts_of(path);
    let page = parts.get(1).and_then(|page| procedure.pages.iter().find(|(id, _)| id.as_str() == *page)).map(|(_, page)| page);
    let mut label = page.map(|page| page.title.ja.clone()).unwrap_or_default();
    let mut fields = page.map(|page| &page.fields);
    for id in parts.iter().skip(3).step_by(2) {
        let field = fields.and_then(|fields| fields.iter().find(|(known, _)| known.as_str() == *id)).map(|(_, field)| field);
        label = field.map(|field| field.label.ja.clone()).unwrap_or_default();
        fields = field.and_then(|field| field.kind.group_fields());
    }
    label
}

/// The text with the question that was typed, and its path.
fn added(ground: &Ground, text: &str, typed: &Typed) -> Result<(String, String), &'static str> {
    let part = |name: &str| typed.first(name).unwrap_or_default().trim();
    let (label, kind) = (part("add-label"), part("add-kind"));
    let id: FieldId = part("add-id").parse().map_err(|_| "desk-revisions-add-wrong-id")?;
    if label.is_empty() {
        return Err("desk-revisions-add-wrong-label");
    }
    if !KINDS.iter().any(|(known, _)| *known == kind) {
        return Err("desk-revisions-step-cannot");
    }
    let options = steps::options(part("add-options")).ok_or("desk-revisions-add-wrong-options")?;
    let question = steps::question(kind, label, part("add-required") == "yes", &options);
    if part("add-page") == "new" {
        let page: PageId = part("add-page-id").parse().map_err(|_| "desk-revisions-add-wrong-page")?;
        let title = Some(part("add-page-title")).filter(|title| !title.is_empty()).ok_or("desk-revisions-add-wrong-page")?;
        let value = format!("{{ title: {}, fields: {{ {id}: {question} }} }}", quoted(title));
        let text = ground.add(text, &["pages", page.as_str()], &value).ok_or("desk-revisions-add-wrong-there")?;
        return Ok((format!("pages.{page}.fields.{id}"), text));
    }
    let path = format!("{}.fields.{id}", part("add-page"));
    let text = ground.add(text, &parts_of(&path), &question).ok_or("desk-revisions-add-wrong-there")?;
    Ok((path, text))
}

/// What is wrong now and was not before.
fn new_ones(before: &Watched, after: &Watched) -> (Vec<Problem>, Vec<String>) {
    let known =
        |problem: &Problem| before.report.problems.iter().any(|one| one.what == problem.what && one.place.file == problem.place.file);
    let problems = after.report.problems.iter().filter(|problem| !known(problem)).cloned().collect();
    let held = |id: &str| before.examples.iter().any(|one| one.id == id && one.differences.is_empty());
    let broken = after.examples.iter().filter(|one| !one.differences.is_empty() && held(&one.id));
    (problems, broken.map(|one| one.id.clone()).collect())
}

/// Who uses it, before it is taken away.
pub(super) fn told(sheet: &Sheet, uses: &Uses) -> Markup {
    let say = sheet.say();
    let text = |problem: &Problem| {
        let file = uses.after.iter().find(|file| problem.place.file.ends_with(&format!("/{}", file.path)))?;
        file.text.lines().nth(problem.place.line.saturating_sub(1) as usize).map(|line| line.trim().chars().take(60).collect::<String>())
    };
    parts::notice(
        Tone::Warn,
        html! {
            div role="alert" {
                b { (say.html("desk-revisions-uses", &[("label", uses.label.as_str().into())])) }
                ul.mistakes {
                    @for problem in uses.problems.iter().take(USES_SHOWN) {
                        li { code { (shown::below_the_towns(&problem.place.file)) } @if let Some(text) = text(problem) { " " code { (text) } } br; (problem.what) "。" (problem.hint) }
                    }
                    @for example in &uses.examples { li { (say.html("desk-revisions-uses-example", &[("id", example.as_str().into())])) } }
                }
                p { (say.html("desk-revisions-uses-next", &[])) }
            }
            div.row.actions { (parts::submit(Weight::Danger, "do", &format!("out!:{}", uses.path), say.html("desk-revisions-uses-out", &[]))) }
        },
    )
}

/// Uses beyond these are found again when the first are mended.
const USES_SHOWN: usize = 30;
