//! Which texts of the town's own folder make a procedure, and what a revision may change of them.

use std::collections::BTreeSet;

use definitions::{
    check::watched::{Watched, watch},
    ids::ProcedureId,
    overlay::{self, ChangedThing},
    problem::{Place, Problem},
    read,
    sources::Sources,
    text::Language,
    town::Town,
};

use crate::{layer, revision::File, spot::Written};

/// The texts that make a procedure in the town's own folder: its file and the words of each language. What is not there yet is offered: a file
/// that lies over what is below, words that are empty.
pub fn of(sources: &Sources, procedure: &ProcedureId, town: &Town) -> Vec<File> {
    let own = sources.folders.get(&sources.town);
    let text = |path: &str| own.and_then(|files| files.get(path)).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let path = path_of(sources, procedure).unwrap_or_else(|| format!("procedures/{procedure}.yaml"));
    let there = text(&path);
    let begun = || format!("# 下のフォルダの定義に重ねる。変えるキーだけを書き、消すものは `キー: ~` と書く。\nprocedure: {procedure}\n");
    let mut files = vec![File { text: there.clone().unwrap_or_else(begun), base: there, path }];
    for language in town.languages.keys().filter(|language| **language != Language::Ja) {
        let path = format!("words/{}/{procedure}.yaml", language.code());
        if let Some(there) = text(&path) {
            files.push(File { text: there.clone(), base: Some(there), path });
        }
    }
    files
}

/// The file of the own folder in which a procedure stands.
fn path_of(sources: &Sources, procedure: &ProcedureId) -> Option<String> {
    let own = sources.folders.get(&sources.town)?;
    let wanted = format!("procedure: {procedure}");
    let may_hold = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok_and(|text| text.contains(&wanted));
    own.iter()
        .filter(|(path, bytes)| path.ends_with(".yaml") && !path.starts_with("words/") && may_hold(bytes))
        .find(|(path, bytes)| {
            let (documents, _) = read::read(path, bytes);
            documents.iter().any(|document| document.get("procedure").and_then(read::Node::text) == Some(procedure.as_str()))
        })
        .map(|(path, _)| path.clone())
}

/// What stands below: the definition of a procedure in the folders under the town's, with the folder's name, the uppermost first.
pub fn below(sources: &Sources, procedure: &ProcedureId) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut at = sources.below();
    while let Some(lower) = at {
        let text = path_of(&lower, procedure).and_then(|path| {
            let bytes = lower.folders.get(&lower.town)?.get(&path)?;
            Some((format!("{}/{path}", lower.town), String::from_utf8_lossy(bytes).into_owned()))
        });
        found.extend(text);
        at = lower.below();
    }
    found
}

/// What lies under a procedure's own text: the definitions in the folders below, then those of whatever it is `like:`, and so on.
pub fn under(sources: &Sources, procedure: &ProcedureId, text: &str) -> Vec<(ProcedureId, String)> {
    let (mut found, mut seen, mut at) = (Vec::new(), vec![procedure.clone()], procedure.clone());
    let mut own = Some(text.to_owned());
    loop {
        let is_first = found.is_empty() && seen.len() == 1;
        let texts: Vec<String> = own.into_iter().chain(below(sources, &at).into_iter().map(|(_, text)| text)).collect();
        let like = texts.iter().find_map(|text| Written::of(text, at.as_str())?.word(&["like"]).map(str::to_owned));
        found.extend(texts.into_iter().skip(usize::from(is_first)).map(|text| (at.clone(), text)));
        let Some(next) = like.and_then(|like| like.parse::<ProcedureId>().ok()).filter(|next| !seen.contains(next)) else { return found };
        own = path_of(sources, &next)
            .and_then(|path| Some(String::from_utf8_lossy(sources.folders.get(&sources.town)?.get(&path)?).into_owned()));
        seen.push(next.clone());
        at = next;
    }
}

/// The folder with a revision's texts over it.
pub fn laid(sources: &Sources, files: &[File]) -> Sources {
    let mut laid = sources.clone();
    layer::lay(&mut laid, files.iter().map(|file| (file.path.as_str(), file.text.as_str())));
    laid
}

/// Everything wrong with a folder under a revision, and what its examples came to. `sources` is the folder with what is in force. A revision
/// that touches more than its procedure is wrong too: others would be changed without their people.
pub fn looked_at(sources: &Sources, procedure: &ProcedureId, files: &[File]) -> Watched {
    let laid = laid(sources, files);
    let mut watched = watch(&laid, procedure.as_str());
    let place = Place::file(&format!("{}{}/{}", sources.root, sources.town, files.first().map_or("", |file| file.path.as_str())));
    let has_it = watched.town.as_ref().is_none_or(|town| town.procedures.contains_key(procedure.as_str()));
    if !has_it && watched.report.problems.is_empty() {
        let what = format!("手続 `{procedure}` がなくなる");
        watched.report.problems.push(Problem::new(
            &place,
            what,
            format!("`procedure: {procedure}` を残す。受け付けをやめるなら town.yaml の `offers:` から外す"),
        ));
    }
    if let Ok(things) = changed(sources, files) {
        let own = format!("procedures.{procedure}");
        let alike: BTreeSet<String> = watched.touched.iter().map(|id| format!("procedures.{id}")).collect();
        for thing in things.iter().filter(|thing| thing.path != own && !follows(thing, &alike)) {
            let what = format!("{} も変わる", thing.words);
            watched.report.problems.push(Problem::new(
                &place,
                what,
                "この改訂で変えられるのは、一つの手続だけ。ほかのものは別の改訂にする",
            ));
        }
    }
    if !watched.report.problems.is_empty() {
        watched.report.town = None;
    }
    watched
}

/// Whether a thing changes only because it is `like:` the procedure. One that comes or goes does so by itself.
fn follows(thing: &ChangedThing, alike: &BTreeSet<String>) -> bool {
    alike.contains(&thing.path) && thing.changes.iter().all(|change| !change.path.is_empty())
}

/// What a revision changes, thing by thing, in words.
///
/// # Errors
/// When the texts cannot be read as far as their trees.
pub fn changed(sources: &Sources, files: &[File]) -> Result<Vec<ChangedThing>, Vec<Problem>> {
    let laid = laid(sources, files);
    overlay::changes(&laid, sources)
}

/// Whether what the revision was begun from is still what is there.
pub fn is_stale(sources: &Sources, files: &[File]) -> bool {
    let own = sources.folders.get(&sources.town);
    files.iter().any(|file| own.and_then(|own| own.get(&file.path)).map(Vec::as_slice) != file.base.as_ref().map(String::as_bytes))
}

/// A line of a text as it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'t> {
    /// It stays.
    Same(&'t str),
    /// It is there no more.
    Gone(&'t str),
    /// It is new.
    New(&'t str),
}

/// Longest side of the part that differs: beyond it the whole part is told as replaced. A procedure has some hundred lines.
const COMPARED_MAX: usize = 3_000;

/// The difference of two texts, line by line: the fewest lines gone and new.
pub fn difference<'t>(before: &'t str, after: &'t str) -> Vec<Line<'t>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(one, other)| one == other).count();
    let (middle_old, middle_new) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut lines: Vec<Line<'t>> = old[..head].iter().map(|line| Line::Same(line)).collect();
    if middle_old.len() > COMPARED_MAX || middle_new.len() > COMPARED_MAX {
        lines.extend(middle_old.iter().map(|line| Line::Gone(line)));
        lines.extend(middle_new.iter().map(|line| Line::New(line)));
    } else {
        compare(middle_old, middle_new, &mut lines);
    }
    lines.extend(old[old.len() - tail..].iter().map(|line| Line::Same(line)));
    lines
}

/// The longest common subsequence, by its table.
fn compare<'t>(old: &[&'t str], new: &[&'t str], lines: &mut Vec<Line<'t>>) {
    let width = new.len() + 1;
    let mut longest = vec![0_u16; (old.len() + 1) * width];
    for at in (0..old.len()).rev() {
        for to in (0..new.len()).rev() {
            longest[at * width + to] = if old[at] == new[to] {
                longest[(at + 1) * width + to + 1] + 1
            } else {
                longest[(at + 1) * width + to].max(longest[at * width + to + 1])
            };
        }
    }
    let (mut at, mut to) = (0, 0);
    while at < old.len() || to < new.len() {
        if at < old.len() && to < new.len() && old[at] == new[to] {
            lines.push(Line::Same(old[at]));
            (at, to) = (at + 1, to + 1);
        } else if at < old.len() && (to == new.len() || longest[(at + 1) * width + to] >= longest[at * width + to + 1]) {
            lines.push(Line::Gone(old[at]));
            at += 1;
        } else {
            lines.push(Line::New(new[to]));
            to += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &str, after: &str) -> String {
        let sign = |line: &Line<'_>| match line {
            Line::Same(line) => format!(" {line}"),
            Line::Gone(line) => format!("-{line}"),
            Line::New(line) => format!("+{line}"),
        };
        difference(before, after).iter().map(sign).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_difference_keeps_what_stays() {
        assert_eq!(told("a\nb\nc", "a\nB\nc\nd"), " a|-b|+B| c|+d");
        assert_eq!(told("", "a"), "+a");
        assert_eq!(told("a", ""), "-a");
        assert_eq!(told("a\nb", "a\nb"), " a| b");
        assert_eq!(told("x\na\nb\ny", "a\nb"), "-x| a| b|-y");
    }
}
