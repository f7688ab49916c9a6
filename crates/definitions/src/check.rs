//! # Everything that can be found wrong with a town's folder
//!
//! Loading finds what is misspelt, contradictory or unlawful. A check goes on: it walks every example as the person it names,
//! and bends every condition a little (`>=` becomes `>`, seven days become eight) to see whether an example would notice.
//! A condition that no example would miss is a warning: nobody would see it break.

mod bend;
mod coverage;
mod example;
mod facts;
mod mapping;
mod outcome;
mod rounds;
mod run;
pub mod trial;
mod typing;
pub mod watched;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use self::{
    example::Example,
    run::{Ran, Walk},
};
use crate::{
    graph::{self, Alike},
    ids::ProcedureId,
    lower::{self, Loaded, Merged},
    problem::{Place, Problem},
    procedure::Procedure,
    sources::Sources,
    text::{Language, Text},
    town::Town,
};

/// Most procedures whose examples are walked at a time: a town hall's server has other work.
const WORKERS_MAX: usize = 4;

/// What a check found. Without problems the folder can be used.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What must be mended.
    pub problems: Vec<Problem>,
    /// What should be looked at.
    pub warnings: Vec<Problem>,
    /// The town, when there are no problems.
    pub town: Option<Town>,
    /// How many procedures were looked at.
    pub procedures: usize,
    /// How many examples were walked.
    pub examples: usize,
    /// How many times a condition was bent.
    pub bends: usize,
}

impl Report {
    /// Whether the folder can be used.
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Checks a town's folder with those that it lies over.
pub fn check(folder: &Path) -> Report {
    match Sources::read(folder) {
        Ok(sources) => check_sources(&sources),
        Err(problems) => Report { problems, ..Report::default() },
    }
}

/// The same for what was read before.
pub fn check_sources(sources: &Sources) -> Report {
    let mut loaded = lower::load(sources);
    let mut report =
        Report { problems: std::mem::take(&mut loaded.problems), warnings: std::mem::take(&mut loaded.warnings), ..Report::default() };
    let Some(town) = loaded.town.take() else { return report };
    report.procedures = town.procedures.len();
    check_examples(&town, &loaded, &mut report);
    mapping::check(&town, &loaded, &mut report);
    alike(&town, &loaded, &mut report.warnings);
    rounds::check(&town, &loaded, &mut report);
    outcome::named_too_early(&town, &loaded, &mut report.problems);
    if let Some(postal) = &sources.postal {
        report.problems.extend(postal.read().1);
    }
    for list in [&mut report.problems, &mut report.warnings] {
        list.sort();
        list.dedup();
    }
    if report.problems.is_empty() {
        report.town = Some(town);
    }
    report
}

/// Procedures of which one was copied from the other, so that a change of one would be forgotten in the other.
fn alike(town: &Town, loaded: &Loaded, warnings: &mut Vec<Problem>) {
    let origin = |id: &ProcedureId| loaded.merged.origin(id.as_str()).to_owned();
    for Alike { one, other, shared, of } in graph::alike(town.procedures.values().map(AsRef::as_ref), origin) {
        let place = loaded.merged.place(&format!("procedures.{other}.procedure"));
        let what = format!("手続 `{other}` の質問と仕事 {of} のうち {shared} が、手続 `{one}` と同じ");
        let hint = format!("一つの手続にまとめるか、`like: {one}` と書いて違うところだけを書く");
        warnings.push(Problem::new(&place, what, hint));
    }
}

/// The texts that residents read and that have no fresh translation, in the order of the files: what a translator works through.
pub fn untranslated(sources: &Sources, language: Language) -> Vec<Text> {
    let loaded = lower::load(sources);
    let Some(town) = &loaded.town else { return Vec::new() };
    let mut missing: Vec<(Place, Text)> = loaded.gathered.each_text(|texts| {
        let missing = texts.filter(|(text, _)| lower::is_for_residents(&text.path) && town.translations.find(text, language).is_none());
        missing.map(|(text, place)| (place.clone(), text.clone())).collect()
    });
    missing.sort_by(|(one, _), (other, _)| one.cmp(other));
    missing.into_iter().map(|(_, text)| text).collect()
}

/// What the examples of one procedure showed.
#[derive(Default)]
struct Found {
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
    bends: usize,
}

/// Walks the examples of all procedures in whose files nothing is wrong so far, several procedures at a time: none of them knows of another.
fn check_examples(town: &Town, loaded: &Loaded, report: &mut Report) {
    let mut read = Vec::with_capacity(town.procedures.len());
    let is_unsound = |file: &Arc<str>| loaded.unsound.contains(file);
    for procedure in town.procedures.values() {
        let node = loaded.merged.find(&format!("procedures.{}", procedure.id));
        if !loaded.unsound.is_empty() && node.is_some_and(|node| node.stands_in(&is_unsound)) {
            continue;
        }
        let before = report.problems.len();
        let examples = example::examples(procedure, town, loaded, &mut report.problems);
        report.examples += examples.len();
        read.push((procedure, examples, report.problems.len() == before));
    }
    let (merged, options, next) = (&loaded.merged, facts::options(town), AtomicUsize::new(0));
    let work = || {
        let mut found = Found::default();
        while let Some((procedure, examples, understood)) = read.get(next.fetch_add(1, Ordering::Relaxed)) {
            let walks: Vec<Walk<'_>> = examples.iter().map(|example| Walk::of(procedure, example, town, &options)).collect();
            check_procedure(procedure, examples, &walks, *understood, merged, &mut found);
        }
        found
    };
    let workers = thread::available_parallelism().map_or(1, usize::from).min(read.len()).min(WORKERS_MAX);
    let all: Vec<Found> = thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let own = work();
        // A worker that panicked has done so by a mistake of ours: it goes on here.
        let others = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        std::iter::once(own).chain(others).collect()
    });
    for found in all {
        report.problems.extend(found.problems);
        report.warnings.extend(found.warnings);
        report.bends += found.bends;
    }
}

fn check_procedure(procedure: &Procedure, examples: &[Example], walks: &[Walk<'_>], understood: bool, merged: &Merged, found: &mut Found) {
    let before = found.problems.len();
    let ran: Vec<Ran> = walks.iter().map(|walk| run::run(procedure, walk)).collect();
    for (walk, ran) in walks.iter().zip(&ran) {
        run::compare(walk.example, ran, merged, &mut found.problems);
    }
    // What is missing tells nothing as long as an example could not be read, nor does bending while one fails unbent.
    if !understood {
        return;
    }
    coverage::check(procedure, examples, &ran, merged, found);
    if found.problems.len() == before && !walks.is_empty() {
        bend::check(procedure, walks, merged, found);
    }
}

/// Reads the examples alone, for the test that every key of the language is read.
#[cfg(test)]
pub(crate) fn read_examples(procedure: &Procedure, town: &Town, loaded: &Loaded, problems: &mut Vec<Problem>) {
    example::examples(procedure, town, loaded, problems);
}

/// Reads the examples of mappings alone, likewise.
#[cfg(test)]
pub(crate) fn read_mapping_examples(town: &Town, loaded: &Loaded, problems: &mut Vec<Problem>) {
    let mut report = Report::default();
    mapping::check(town, loaded, &mut report);
    problems.append(&mut report.problems);
}
