//! # 試す A procedure tried
//!
//! What would come of somebody's answers: which questions they meet, what they are told, what it costs, by when it is answered, what staff
//! do, which letters and messages follow. It is an example that expects nothing, walked as the others are.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Serialize;

use super::{
    example::{Decision, Example, Gives},
    facts,
    run::{self, Ran, Walk},
    typing::Typing,
};
use crate::{
    field::{Field, Kind},
    form::{FieldProblem, Filled},
    ids::*,
    keys::nearest,
    kinds, lower,
    problem::{Place, Problem},
    procedure::{Procedure, Rule},
    read::{self, Node, Value},
    sources::Sources,
    text::Language,
    town::Town,
    typed::Typed,
};

/// What is tried.
#[derive(Clone, Debug)]
pub struct Trying<'a> {
    /// The procedure's id.
    pub procedure: &'a str,
    /// The answers, as an example writes them: JSON or YAML, with the name of their file.
    pub answers: (&'a str, &'a [u8]),
    /// The day of filing.
    pub on: Date,
    /// As whom: one of the folder's cast. `None`: as someone of whom nothing is known.
    pub who: Option<&'a str>,
    /// How it ends; `None`: it is not decided.
    pub outcome: Option<&'a str>,
    /// What staff write down with that, as the answers.
    pub outcome_answers: Option<(&'a str, &'a [u8])>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// The procedure.
    pub procedure: ProcedureId,
    /// Its title.
    pub title: String,
    /// The day of filing.
    pub on: Date,
    /// Whether it may be filed.
    pub accepted: bool,
    /// The pages in order.
    pub pages: Vec<TriedPage>,
    /// What is missing or wrong.
    pub wrong: Vec<WrongAnswer>,
    /// Formal rules that are broken: without these it is not yet an application.
    pub formal: Vec<Said>,
    /// Merit rules that are broken: said to the person, who may file all the same.
    pub warned: Vec<Said>,
    /// Merit rules that the desk judges.
    pub at_desk: Vec<Said>,
    /// Documents that may follow later, by path.
    pub later: Vec<String>,
    /// What it costs, in yen.
    pub fee: i64,
    /// The day by which it is answered.
    pub due: Option<Date>,
    /// What staff do.
    pub steps: Vec<Named>,
    /// The role that decides alone.
    pub sole_decision: Option<String>,
    /// Letters that are issued.
    pub letters: Vec<Named>,
    /// Messages that are sent.
    pub told: Vec<String>,
    /// What is entered in registers: effect, column, value.
    pub entered: Vec<(String, String, String)>,
    /// Conditions that could not be reckoned.
    pub faults: Vec<String>,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TriedPage {
    /// Its id.
    pub id: PageId,
    /// Its title.
    pub title: String,
    /// Whether it is shown.
    pub shown: bool,
    /// Its questions.
    pub fields: Vec<TriedField>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TriedField {
    /// Its id.
    pub id: FieldId,
    /// What is asked.
    pub label: String,
    /// Whether it is asked.
    pub asked: bool,
    /// The answer, as it reads.
    pub answer: Option<String>,
}

/// An answer that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WrongAnswer {
    /// The question by its path: `start`, `guardians.0.name`, `outcome.facility`.
    pub path: String,
    /// What is asked.
    pub label: String,
    /// The id of the words that say what is wrong.
    pub says: &'static str,
    /// What those words fill in.
    pub args: Vec<(&'static str, String)>,
}

/// A rule with what it says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Said {
    /// Its id.
    pub id: RuleId,
    /// What is said.
    pub say: String,
    /// The procedure that fits better.
    pub instead: Option<ProcedureId>,
}

/// Something with its title.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
}

/// Tries a procedure of a town.
///
/// # Errors
/// The mistakes of the folder, an id that is nobody's, answers that no question asks for.
pub fn try_out(sources: &Sources, trying: &Trying<'_>) -> Result<Trial, Vec<Problem>> {
    let loaded = lower::load(sources);
    let town = match loaded.town {
        Some(town) if loaded.problems.is_empty() => town,
        _ => return Err(loaded.problems),
    };
    let known = town.procedures.keys().map(|id| id.as_str());
    let procedure = town.procedures.get(trying.procedure).ok_or_else(|| vec![nobodys("手続", trying.procedure, known)])?;
    let example = example(trying, procedure, &town)?;
    let walk = Walk::of(procedure, &example, &town, &facts::options(&town));
    let filled = walk.fill(procedure);
    let ran = run::follow(procedure, &walk, &filled);
    Ok(trial(trying, procedure, &town, &filled, ran))
}

/// What answers make of a procedure's form, with the town: for a sheet that is printed with them.
///
/// # Errors
/// As [`try_out`].
pub fn fill_in(sources: &Sources, trying: &Trying<'_>) -> Result<(Town, Filled), Vec<Problem>> {
    let town = Town::from_sources(sources)?;
    let known = town.procedures.keys().map(|id| id.as_str());
    let procedure = town.procedures.get(trying.procedure).ok_or_else(|| vec![nobodys("手続", trying.procedure, known)])?;
    let example = example(trying, procedure, &town)?;
    let filled = Walk::of(procedure, &example, &town, &facts::options(&town)).fill(procedure);
    Ok((town, filled))
}

fn nobodys<'k>(what: &str, id: &str, known: impl Iterator<Item = &'k str> + Clone) -> Problem {
    let hint = match nearest(id, known.clone()) {
        Some(near) => format!("`{near}` のことか"),
        None => format!("どれかを書く：{}", known.collect::<Vec<_>>().join("、")),
    };
    Problem::new(&Place::file("—"), format!("`{id}` という{what}はない"), hint)
}

fn example(trying: &Trying<'_>, procedure: &Procedure, town: &Town) -> Result<Example, Vec<Problem>> {
    let mut problems = Vec::new();
    let who = trying.who.and_then(|who| {
        let known = town.cast.residents.get_key_value(who).map(|(id, _)| id.clone());
        if known.is_none() {
            problems.push(nobodys("人", who, town.cast.residents.keys().map(CastId::as_str)));
        }
        known
    });
    let fields = procedure.pages.values().flat_map(|page| &page.fields).map(|(id, field)| (id.clone(), field.clone())).collect();
    let linked = procedure.applicant.is_linked() && who.is_some();
    let (typed, answered) = typed(trying.answers, &fields, linked, town, &mut problems);
    let outcome = trying.outcome.and_then(|id| {
        let known = procedure.outcomes.get(id);
        if known.is_none() {
            problems.push(nobodys("結論", id, procedure.outcomes.keys().map(OutcomeId::as_str)));
        }
        known
    });
    let decision = outcome.map(|outcome| {
        let typed = trying.outcome_answers.map(|answers| self::typed(answers, &outcome.ask, false, town, &mut problems).0);
        Decision { outcome: outcome.id.clone(), typed: typed.unwrap_or_default() }
    });
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Example { id: "try".to_owned(), path: String::new(), on: trying.on, who, typed, answered, decision, gives: Gives::default() })
}

/// What a file of answers types, and the questions that it answers.
fn typed(
    (file, bytes): (&str, &[u8]),
    fields: &IndexMap<FieldId, Field>,
    linked: bool,
    town: &Town,
    problems: &mut Vec<Problem>,
) -> (Typed, Vec<String>) {
    let (documents, found) = read::read(file, bytes);
    problems.extend(found);
    let Some(mut answers) = documents.into_iter().next() else { return Default::default() };
    as_an_author_writes(&mut answers);
    let mut typing = Typing { cast: &town.cast, linked, pairs: Vec::new(), problems };
    typing.fields(&answers, fields, "");
    let pairs = std::mem::take(&mut typing.pairs);
    let answered = answers.map().into_iter().flatten().filter(|(_, entry)| !entry.node.is_nothing());
    let answered = answered.map(|(id, _)| id.clone()).collect();
    match Typed::from_pairs(pairs) {
        Ok(typed) => (typed, answered),
        Err(error) => {
            problems.push(Problem::new(&answers.place, format!("答えが多すぎる：{error}"), "短くする"));
            (Typed::default(), answered)
        }
    }
}

/// `true`, `false` and `null` of JSON are `yes`, `no` and nothing here.
fn as_an_author_writes(node: &mut Node) {
    match &mut node.value {
        // A quoted text begins one character to the right: what is quoted stays a text.
        Value::Text { text, inset: Some(0) } => match text.as_str() {
            "true" => *text = "yes".to_owned(),
            "false" => *text = "no".to_owned(),
            "null" => node.value = Value::Nothing,
            _ => {}
        },
        Value::Text { .. } | Value::Nothing => {}
        Value::List(list) => list.iter_mut().for_each(as_an_author_writes),
        Value::Map(map) => Arc::make_mut(map).values_mut().for_each(|entry| as_an_author_writes(&mut entry.node)),
    }
}

fn trial(trying: &Trying<'_>, procedure: &Procedure, town: &Town, filled: &Filled, ran: Ran) -> Trial {
    let mut wrong: Vec<WrongAnswer> =
        filled.problems.iter().map(|problem| wrong_answer(problem, question(procedure, &problem.path), "")).collect();
    let ask = trying.outcome.and_then(|id| procedure.outcomes.get(id)).map(|outcome| &outcome.ask);
    wrong.extend(ran.in_outcome.iter().map(|problem| {
        let field = ask.and_then(|ask| ask.get(problem.path.split('.').next().unwrap_or_default()));
        wrong_answer(problem, field, "outcome.")
    }));
    let said = |ids: &[String], rules: &IndexMap<RuleId, Rule>| ids.iter().filter_map(|id| rules.get(id.as_str())).map(said).collect();
    let named = |id: String, title: Option<&crate::text::Text>| Named { title: title.map_or(String::new(), |title| title.ja.clone()), id };
    Trial {
        procedure: procedure.id.clone(),
        title: procedure.title.ja.clone(),
        on: trying.on,
        accepted: ran.accepted,
        pages: pages(procedure, town, filled),
        wrong,
        formal: said(&ran.formal, &procedure.formal),
        warned: said(&ran.warned, &procedure.merit),
        at_desk: said(&ran.at_desk, &procedure.merit),
        later: ran.later,
        fee: ran.fee,
        due: ran.due,
        steps: ran
            .steps
            .into_iter()
            .map(|id| {
                let title = procedure.steps.get(id.as_str()).map(|step| &step.title);
                named(id, title)
            })
            .collect(),
        sole_decision: ran.sole_decision,
        letters: ran
            .letters
            .into_iter()
            .map(|id| {
                let title = town.letters.get(id.as_str()).map(|letter| &letter.title);
                named(id, title)
            })
            .collect(),
        told: ran.told,
        entered: ran.entered,
        faults: ran.faults,
    }
}

fn said(rule: &Rule) -> Said {
    Said { id: rule.id.clone(), say: rule.say.ja.clone(), instead: rule.instead.clone() }
}

/// The question that a problem is about; the last part of its path may be a part of an input, such as `born.month`.
fn question<'p>(procedure: &'p Procedure, path: &str) -> Option<&'p Field> {
    procedure.field(path).or_else(|| procedure.field(path.rsplit_once('.')?.0))
}

fn wrong_answer(problem: &FieldProblem, field: Option<&Field>, prefix: &str) -> WrongAnswer {
    WrongAnswer {
        path: format!("{prefix}{}", problem.path),
        label: field.map_or_else(|| problem.path.clone(), |field| field.label.ja.clone()),
        says: problem.id,
        args: problem.args.clone(),
    }
}

fn pages(procedure: &Procedure, town: &Town, filled: &Filled) -> Vec<TriedPage> {
    let pages = procedure.pages.values().map(|page| {
        let shown = filled.pages.iter().find(|state| state.id == page.id).is_none_or(|state| state.visible);
        let fields = page.fields.values().filter(|field| !matches!(field.kind, Kind::Note)).map(|field| TriedField {
            id: field.id.clone(),
            label: field.label.ja.clone(),
            asked: shown && filled.is_asked(field.id.as_str()),
            answer: filled.answers.get(field.id.as_str()).map(|answer| kinds::shown(answer, field, town, Language::Ja)),
        });
        TriedPage { id: page.id.clone(), title: page.title.ja.clone(), shown, fields: fields.collect() }
    });
    pages.collect()
}
