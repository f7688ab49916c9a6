//! # Lowering
//!
//! From the merged tree to typed values. First the tree is held against the table of keys, so that everything misspelt is
//! found at once; then what could be understood is made into values; then everything that names something else is looked up.

mod at;
mod authority;
mod field;
mod folder;
mod mapping;
mod merge;
mod message;
mod procedure;
mod reading;
mod references;
mod register;
mod round;
mod steps;
#[cfg(test)]
mod tests;
mod town;
mod translated;
mod words;
mod workers;

pub(crate) use at::{At, Gathered, NOT_GIVEN};
pub(crate) use folder::Folder;
pub(crate) use merge::Merged;
pub(crate) use reading::Purpose;
pub(crate) use translated::Said;
pub(crate) use words::is_for_residents;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    keys::{self, DOCUMENTS},
    library::{Library, Written},
    problem::{Place, Problem},
    sources::Sources,
    town::Town,
};

/// The section of the tree that holds procedures.
const PROCEDURES: &str = "procedures";

/// What loading gave: the town as far as it could be made, and where everything stands.
pub(crate) struct Loaded {
    /// The town; with problems it may lack what could not be understood.
    pub(crate) town: Option<Town>,
    /// What must be mended.
    pub(crate) problems: Vec<Problem>,
    /// What should be looked at.
    pub(crate) warnings: Vec<Problem>,
    /// Files in which something else than a translation is wrong: what else their procedures seem to do wrong may follow from that.
    pub(crate) unsound: BTreeSet<Arc<str>>,
    /// The merged tree.
    pub(crate) merged: Merged,
    /// What was noted on the way.
    pub(crate) gathered: Gathered,
}

/// Loads a town from its files.
pub(crate) fn load(sources: &Sources) -> Loaded {
    load_for(Purpose::Check, sources, &Library::default())
}

/// The same to serve it.
pub(crate) fn load_to_serve(sources: &Sources, library: &Library) -> Loaded {
    load_for(Purpose::Serve, sources, library)
}

fn load_for(purpose: Purpose, sources: &Sources, library: &Library) -> Loaded {
    let mut problems = Vec::new();
    let mut warnings = Vec::new();
    let merged = Merged::from(sources, library, purpose, &mut problems);
    let known = Known { library, written: merged.written(library) };
    validate(&merged, &known, &mut problems);
    let gathered = Gathered::default();
    let mut town = town::town(&merged, &gathered, sources, &known);
    if let Some(town) = &mut town {
        references::check(town, &merged, &mut problems);
        town::keep_offered(town, &merged, &gathered);
        mapping::keep_offered(town);
    }
    problems.append(&mut gathered.problems.borrow_mut());
    let unsound = problems.iter().map(|problem| Arc::clone(&problem.place.file)).collect();
    if let Some(town) = &town {
        match purpose {
            Purpose::Check => words::check(&gathered, town, &mut problems, &mut warnings),
            Purpose::Serve => words::serve(&gathered, town, library, &mut problems),
        }
    }
    if town.is_none() && problems.is_empty() {
        let place = Place::file(&format!("{}{}/town.yaml", sources.root, sources.town));
        problems.push(Problem::new(&place, "まちを読み込めない", "town.yaml に `town`・`name`・`office`・`languages` を書く"));
    }
    for list in [&mut problems, &mut warnings] {
        list.sort();
        list.dedup();
    }
    Loaded { town, problems, warnings, unsound, merged, gathered }
}

/// What a library may know of the town's procedures: by id, what is written of each.
pub(crate) struct Known<'a> {
    library: &'a Library,
    written: HashMap<String, Written>,
}

/// The whole tree against the table of keys; what was once found without a mistake is not read again.
fn validate(merged: &Merged, known: &Known<'_>, problems: &mut Vec<Problem>) {
    for document in DOCUMENTS {
        if document.key == "town" {
            if let Some(node) = merged.section("town") {
                keys::validate(node, keys::Shape::Form(document.form), problems);
            }
        } else if document.single {
            for (id, entry) in merged.section(document.path).and_then(|node| node.map()).into_iter().flatten() {
                if document.path == PROCEDURES && known.written.get(id).is_some_and(|written| known.library.is_sound(written)) {
                    continue;
                }
                keys::validate(&entry.node, keys::Shape::Form(document.form), problems);
            }
        } else if let (Some(node), Some(key)) = (merged.section(document.key), document.form.key(document.key)) {
            keys::validate(node, key.shape, problems);
        }
    }
}
