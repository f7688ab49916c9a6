//! 書きながら確かめる One procedure, looked at while it is written: what is wrong anywhere in the folder because of it, what its examples came
//! to, and the town as far as it could be understood.

use std::{collections::BTreeSet, sync::Arc};

use jiff::civil::Date;

use super::{
    Found, Report, alike, check_procedure, example,
    example::Example,
    facts, outcome, run,
    run::{Ran, Walk},
};
use crate::{
    facts::FactsSheet,
    ids::{CastId, ProcedureId},
    lower::{self, Loaded},
    problem::Place,
    procedure::Procedure,
    sources::Sources,
    town::Town,
    typed::Typed,
};

/// What an example came to.
#[derive(Clone, Debug)]
pub struct Walked {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub place: Place,
    /// The day on which it is filed.
    pub on: Date,
    /// As whom.
    pub who: Option<CastId>,
    /// What is typed in it.
    pub typed: Typed,
    /// What is known of the person.
    pub facts: FactsSheet,
    /// Whether it can be filed.
    pub accepted: bool,
    /// Where it says something else than what came out, in words. Empty: it holds.
    pub differences: Vec<String>,
}

/// What looking at one procedure found.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// All mistakes of the folder, and what the examples of this procedure and of those like it showed.
    pub report: Report,
    /// The town as far as it could be made, with mistakes or without.
    pub town: Option<Arc<Town>>,
    /// The procedure itself and those that are, directly or not, `like:` it.
    pub touched: Vec<ProcedureId>,
    /// The examples of this procedure that could be read, in their order.
    pub examples: Vec<Walked>,
}

/// Loads the whole folder, since what is taken away may be used anywhere, and walks the examples of one procedure and of those that are
/// like it. What the examples of others showed does not change with it.
pub fn watch(sources: &Sources, procedure: &str) -> Watched {
    let mut loaded = lower::load(sources);
    let mut report =
        Report { problems: std::mem::take(&mut loaded.problems), warnings: std::mem::take(&mut loaded.warnings), ..Report::default() };
    let Some(town) = loaded.town.take() else { return Watched { report, ..Watched::default() } };
    report.procedures = town.procedures.len();
    let mut walked = Vec::new();
    let touched: Vec<&Arc<Procedure>> = town.procedures.values().filter(|one| is_touched(&loaded, one.id.as_str(), procedure)).collect();
    let options = facts::options(&town);
    let mut found = Found::default();
    let ids = touched.iter().map(|one| one.id.clone()).collect();
    for one in touched {
        let before = report.problems.len();
        let examples = example::examples(one, &town, &loaded, &mut report.problems);
        report.examples += examples.len();
        let understood = report.problems.len() == before;
        let walks: Vec<Walk<'_>> = examples.iter().map(|example| Walk::of(one, example, &town, &options)).collect();
        if one.id.as_str() == procedure {
            walked = walks.iter().map(|walk| told(one, walk, &town, &loaded, &options)).collect();
        }
        if !is_unsound(&loaded, &one.id) {
            check_procedure(one, &examples, &walks, understood, &loaded.merged, &mut found);
        }
    }
    report.bends = found.bends;
    report.problems.extend(found.problems);
    report.warnings.extend(found.warnings);
    alike(&town, &loaded, &mut report.warnings);
    outcome::named_too_early(&town, &loaded, &mut report.problems);
    for list in [&mut report.problems, &mut report.warnings] {
        list.sort();
        list.dedup();
    }
    if report.problems.is_empty() {
        report.town = Some(town.clone());
    }
    Watched { report, town: Some(Arc::new(town)), touched: ids, examples: walked }
}

/// The procedure itself and whatever is, directly or not, `like:` it.
fn is_touched(loaded: &Loaded, one: &str, procedure: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut at = one.to_owned();
    loop {
        if at == procedure {
            return true;
        }
        if !seen.insert(at.clone()) {
            return false;
        }
        match loaded.merged.find(&format!("procedures.{at}.like")).and_then(crate::read::Node::text) {
            Some(next) => at = next.to_owned(),
            None => return false,
        }
    }
}

/// Whether something is wrong in the files that a procedure stands in: then what its examples show may follow from that.
fn is_unsound(loaded: &Loaded, procedure: &ProcedureId) -> bool {
    let wrong = |file: &Arc<str>| loaded.unsound.contains(file);
    !loaded.unsound.is_empty() && loaded.merged.find(&format!("procedures.{procedure}")).is_some_and(|node| node.stands_in(&wrong))
}

fn told(procedure: &Procedure, walk: &Walk<'_>, town: &Town, loaded: &Loaded, options: &facts::Chosen) -> Walked {
    let example: &Example = walk.example;
    let ran: Ran = run::run(procedure, walk);
    Walked {
        id: example.id.clone(),
        place: loaded.merged.place(&example.path),
        on: example.on,
        who: example.who.clone(),
        typed: example.typed.clone(),
        facts: facts::facts(town, procedure, example.who.as_ref(), options),
        accepted: ran.accepted,
        differences: run::differences(example, &ran).into_iter().map(|(_, what)| what).collect(),
    }
}
