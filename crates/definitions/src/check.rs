//! # Everything that can be found wrong with a town's folder
//!
//! Loading finds what is misspelt, contradictory or unlawful. A check goes on: it walks every example as the person it names,
//! and bends every condition a little (`>=` becomes `>`, seven days become eight) to see whether an example would notice.
//! A condition that no example would miss is a warning: nobody would see it break.

mod bend;
mod coverage;
mod example;
mod facts;
mod outcome;
mod run;
mod typing;

use std::path::Path;

use crate::{
    lower::{self, Loaded},
    problem::Problem,
    procedure::Procedure,
    sources::Sources,
    text::{Language, Text},
    town::Town,
};

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
    for procedure in town.procedures.values() {
        check_examples(&town, procedure, &loaded, &mut report);
    }
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

/// The texts that residents read and that have no fresh translation, in the order of the files: what a translator works through.
pub fn untranslated(sources: &Sources, language: Language) -> Vec<Text> {
    let loaded = lower::load(sources);
    let texts = loaded.gathered.texts.borrow();
    let Some(town) = &loaded.town else { return Vec::new() };
    let missing = texts.iter().map(|(text, _)| text).filter(|text| lower::is_for_residents(&text.path));
    missing.filter(|text| town.translations.find(text, language).is_none()).cloned().collect()
}

fn check_examples(town: &Town, procedure: &Procedure, loaded: &Loaded, report: &mut Report) {
    let examples = example::examples(procedure, town, loaded, &mut report.problems);
    report.examples += examples.len();
    let before = report.problems.len();
    for example in &examples {
        let ran = run::run(procedure, example, town);
        run::compare(example, &ran, loaded, &mut report.problems);
    }
    coverage::check(procedure, &examples, town, loaded, report);
    // Bending tells nothing as long as an example fails unbent, or the procedure could not be understood.
    if report.problems.len() == before && !examples.is_empty() {
        bend::check(procedure, &examples, town, loaded, report);
    }
}

/// Reads the examples alone, for the test that every key of the language is read.
#[cfg(test)]
pub(crate) fn read_examples(procedure: &Procedure, town: &Town, loaded: &Loaded, problems: &mut Vec<Problem>) {
    example::examples(procedure, town, loaded, problems);
}
