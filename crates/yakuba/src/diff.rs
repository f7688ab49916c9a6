//! `yakuba diff FOLDER`: what a town's folder changes of what lies below it, by procedure, in words.

use std::process::ExitCode;

use definitions::{
    overlay::{Change, ChangedThing, What, changes},
    problem::{Place, Problem},
    sources::Sources,
};

use crate::{command::Diff, table};

/// Prints the changes; the mistakes of a folder instead, with exit code 1, when it cannot be read.
pub fn run(asked: &Diff) -> ExitCode {
    match found(asked) {
        Ok(things) if asked.json => table::print(&format!("{:#}\n", serde_json::json!(things))),
        Ok(things) => table::print(&as_text(&things)),
        Err(problems) => {
            problems.iter().for_each(|problem| println!("{problem}"));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn found(asked: &Diff) -> Result<Vec<ChangedThing>, Vec<Problem>> {
    let upper = Sources::read(&asked.folder)?;
    let lower = match &asked.against {
        Some(folder) => Sources::read(folder)?,
        None => upper.below().ok_or_else(|| {
            let place = Place::file(&asked.folder.join("town.yaml").display().to_string());
            vec![Problem::new(&place, "何の上にも重なっていない", "`over:` を書くか、`--against` でくらべるフォルダを指す")]
        })?,
    };
    changes(&upper, &lower)
}

fn as_text(things: &[ChangedThing]) -> String {
    let mut text = Vec::new();
    for thing in things {
        text.push(thing.words.clone());
        text.extend(thing.changes.iter().flat_map(change_lines));
        text.push(String::new());
    }
    let count = things.iter().map(|thing| thing.changes.len()).sum::<usize>();
    text.push(format!("{} のものに {count} の違い", things.len()));
    text.iter().map(|line| format!("{line}\n")).collect()
}

fn change_lines(change: &Change) -> Vec<String> {
    let (head, says) = match (change.what, &change.before, &change.after) {
        (What::Added, _, after) => ("足す　", after.clone()),
        (What::Removed, before, _) => ("消す　", before.clone()),
        (What::Changed, Some(before), Some(after)) => ("変える", Some(format!("{before} → {after}"))),
        (What::Reordered, Some(before), Some(after)) => ("並べる", Some(format!("{before} → {after}"))),
        _ => ("変える", None),
    };
    let line = match (change.words.is_empty(), says) {
        (true, None) => head.trim_end_matches('　').to_owned(),
        (true, Some(says)) => format!("{head}  {says}"),
        (false, None) => format!("{head}  {}", change.words),
        (false, Some(says)) => format!("{head}  {}：{says}", change.words),
    };
    let place = match (&change.place, &change.place_before) {
        (Some(place), Some(before)) => format!("{place}（下は {before}）"),
        (Some(place), None) => place.clone(),
        (None, Some(before)) => format!("下は {before}"),
        (None, None) => String::new(),
    };
    vec![format!("  {line}"), format!("          {place}")]
}
