//! Examples, read from the merged tree.

use indexmap::IndexMap;
use jiff::civil::Date;

use super::typing;
use crate::{
    ids::*,
    keys::{EXAMPLE, nearest},
    lower::{At, Loaded},
    problem::{Place, Problem},
    procedure::Procedure,
    read::Node,
    town::Town,
    typed::Typed,
};

/// An example.
pub(super) struct Example {
    pub(super) id: String,
    pub(super) path: String,
    pub(super) on: Date,
    /// As whom; `None`: as someone of whom nothing is known.
    pub(super) who: Option<CastId>,
    pub(super) typed: Typed,
    /// Questions that it answers.
    pub(super) answered: Vec<String>,
    pub(super) decision: Option<Decision>,
    pub(super) gives: Gives,
}

/// What staff decide in it.
pub(super) struct Decision {
    pub(super) outcome: OutcomeId,
    pub(super) typed: Typed,
}

/// What it should come to; what it does not say is not compared.
#[derive(Default)]
pub(super) struct Gives {
    pub(super) accepted: Option<bool>,
    pub(super) lists: IndexMap<&'static str, Vec<String>>,
    pub(super) due: Option<Date>,
    pub(super) fee: Option<i64>,
    pub(super) entered: Vec<(String, String, String)>,
    pub(super) sole_decision: Option<String>,
}

/// Lists that `gives:` may compare.
const LISTS: &[&str] = &["asks", "skips", "wrong", "formal", "warned", "at_desk", "later", "steps", "letters", "told"];

/// The examples of a procedure.
pub(super) fn examples(procedure: &Procedure, town: &Town, loaded: &Loaded, problems: &mut Vec<Problem>) -> Vec<Example> {
    let base = format!("procedures.{}.examples", procedure.id);
    let members = loaded.merged.find(&base).and_then(Node::map).into_iter().flatten();
    let mut found = Vec::new();
    for (id, entry) in members {
        let at = At::new(&loaded.gathered, &entry.node, &EXAMPLE, format!("{base}.{id}"));
        let mut reading = Reading { at: &at, procedure, town, problems };
        if let Some(example) = reading.example(id) {
            found.push(example);
        }
    }
    found
}

struct Reading<'a, 'n> {
    at: &'a At<'n>,
    procedure: &'a Procedure,
    town: &'a Town,
    problems: &'a mut Vec<Problem>,
}

impl Reading<'_, '_> {
    fn problem(&mut self, place: &Place, what: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::new(place, what, hint));
    }

    fn example(&mut self, id: &str) -> Option<Example> {
        let at = self.at;
        at.line("like");
        let Some(on) = at.day("on") else {
            // Of one that is like another the other tells.
            if at.key("like").is_none() {
                self.problem(at.place(), format!("例 `{id}` に申請する日がない"), "`on: 2026-11-24` のように書く");
            }
            return None;
        };
        let who = self.who();
        let answers = at.key("answers");
        let fields = self.procedure.pages.values().flat_map(|page| &page.fields).map(|(id, field)| (id.clone(), field.clone())).collect();
        let typed = self.typed(answers, &fields, who.as_ref());
        let answered = answers.and_then(Node::map).into_iter().flatten();
        Some(Example {
            id: id.to_owned(),
            path: at.path.clone(),
            on,
            who,
            typed,
            answered: answered.filter(|(_, entry)| !entry.node.is_nothing()).map(|(id, _)| id.clone()).collect(),
            decision: self.decision(),
            gives: self.gives(),
        })
    }

    fn who(&mut self) -> Option<CastId> {
        let id: CastId = self.at.id("as")?;
        if !self.town.cast.residents.contains_key(&id) {
            let names = self.town.cast.residents.keys().map(|id| id.as_str());
            let hint = match nearest(id.as_str(), names.clone()) {
                Some(near) => format!("`{near}` のことか"),
                None => format!("examples/residents.yaml にいる人：{}", names.collect::<Vec<_>>().join("、")),
            };
            let place = self.at.key("as").map_or_else(|| self.at.place().clone(), |node| node.place.clone());
            self.problem(&place, format!("`{id}` という人はいない"), hint);
            return None;
        }
        Some(id)
    }

    fn typed(&mut self, answers: Option<&Node>, fields: &IndexMap<FieldId, crate::field::Field>, who: Option<&CastId>) -> Typed {
        let Some(answers) = answers else { return Typed::default() };
        let linked = self.procedure.applicant.is_linked() && who.is_some();
        let mut typing = typing::Typing { cast: &self.town.cast, linked, pairs: Vec::new(), problems: self.problems };
        typing.fields(answers, fields, "");
        let pairs = std::mem::take(&mut typing.pairs);
        match Typed::from_pairs(pairs) {
            Ok(typed) => typed,
            Err(error) => {
                self.problem(&answers.place, format!("例の答えが多すぎる：{error}"), "短くする");
                Typed::default()
            }
        }
    }

    fn decision(&mut self) -> Option<Decision> {
        let at = self.at.below("decide")?;
        let id: OutcomeId = at.id("outcome")?;
        let Some(outcome) = self.procedure.outcomes.get(&id) else {
            let names = self.procedure.outcomes.keys().map(|id| id.as_str());
            let hint = match nearest(id.as_str(), names.clone()) {
                Some(near) => format!("`{near}` のことか"),
                None => format!("どれかを書く：{}", names.collect::<Vec<_>>().join("、")),
            };
            let place = at.key("outcome").map_or_else(|| at.place().clone(), |node| node.place.clone());
            self.problem(&place, format!("`{id}` という結論はない"), hint);
            return None;
        };
        let typed = self.typed(at.key("answers"), &outcome.ask.clone(), None);
        Some(Decision { outcome: id, typed })
    }

    fn gives(&mut self) -> Gives {
        let Some(at) = self.at.below("gives") else { return Gives::default() };
        let lists = LISTS.iter().filter(|name| at.key(name).is_some());
        let entered = at.map("entered").flat_map(|(effect, node)| {
            let values = node.map().into_iter().flatten();
            values
                .filter_map(|(column, entry)| Some((effect.to_owned(), column.clone(), entry.node.text()?.to_owned())))
                .collect::<Vec<_>>()
        });
        Gives {
            accepted: at.yes("accepted"),
            lists: lists.map(|name| (*name, at.lines(name).into_iter().map(str::to_owned).collect())).collect(),
            due: at.day("due"),
            fee: at.number("fee"),
            entered: entered.collect(),
            sole_decision: at.line("sole_decision"),
        }
    }
}
