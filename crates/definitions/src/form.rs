//! # 入力の評価 Filling in
//!
//! [`fill`] is *the* evaluation of a form, the same for every channel: the web, the counter, paper read in, the interface for
//! programs. From what was typed it makes answers; it decides which pages and questions are asked, what is missing or wrong,
//! which rules are broken. It is pure, and called at every page, so it is quick.

mod filling;
mod held;
mod known;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use jiff::civil::Date;

use crate::{
    answer::Answers,
    condition::Names,
    facts::{Facts, Listing},
    field::Field,
    ids::{FieldId, PageId, RuleId},
    procedure::{Page, Procedure, Rule},
    typed::Typed,
};

pub use held::of_record;
pub use known::{Judged, Known, judge};

/// What a form is worth with what was typed so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filled {
    /// The answers to questions that are asked; wrong ones are not among them.
    pub answers: Answers,
    /// What is missing or wrong, in the order of the form.
    pub problems: Vec<FieldProblem>,
    /// The pages in order.
    pub pages: Vec<PageState>,
    /// Formal rules that are broken: without these it is not yet an application.
    pub formal: Vec<RuleId>,
    /// Merit rules that are broken: said to the person, who may file all the same.
    pub warned: Vec<RuleId>,
    /// Merit rules that rest on facts not at hand: silent here, judged at the desk on receipt.
    pub unknown: Vec<RuleId>,
    /// Documents that may follow after filing and have not come yet, by path.
    pub later: Vec<String>,
    /// Questions that are not asked now, by path; pages that are not shown hide all theirs.
    pub hidden: BTreeSet<String>,
    /// What may be chosen where that comes from a register or from the household, by path. A path that is not here: not known,
    /// so the question is asked in words.
    pub listed: BTreeMap<String, Listing>,
    /// Conditions that could not be reckoned, by path: a mistake of the definition, never the person's.
    pub faults: Vec<String>,
}

/// Something wrong with one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// Which: `start`, `guardians.0.name`, or with a part `born.month`.
    pub path: String,
    /// The id of the words that say it; one of [`crate::kinds::PROBLEMS`].
    pub id: &'static str,
    /// What those words fill in.
    pub args: Vec<(&'static str, String)>,
}

/// How one page stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageState {
    /// Which.
    pub id: PageId,
    /// Whether it is shown.
    pub visible: bool,
    /// Whether nothing on it is missing or wrong.
    pub complete: bool,
    /// Whether anything was typed on it.
    pub visited: bool,
}

impl Filled {
    /// The same for questions that stand below a name on their page: `admit.facility`, where all outcomes are on one.
    pub fn under(mut self, prefix: &str) -> Filled {
        let under = |path: &str| format!("{prefix}.{path}");
        self.problems.iter_mut().for_each(|problem| problem.path = under(&problem.path));
        self.hidden = self.hidden.iter().map(|path| under(path)).collect();
        self.listed = self.listed.into_iter().map(|(path, listing)| (under(&path), listing)).collect();
        self
    }

    /// Whether it may be filed: nothing missing, nothing wrong, no formal rule broken. Warnings stop nobody (行政手続法7条).
    pub fn may_be_filed(&self) -> bool {
        self.problems.is_empty() && self.formal.is_empty()
    }

    /// The next page that is shown after this one.
    pub fn next_page_after(&self, page: &PageId) -> Option<&PageId> {
        let place = self.pages.iter().position(|state| &state.id == page)?;
        self.pages[place + 1..].iter().find(|state| state.visible).map(|state| &state.id)
    }

    /// The page that is shown before this one.
    pub fn page_before(&self, page: &PageId) -> Option<&PageId> {
        let place = self.pages.iter().position(|state| &state.id == page)?;
        self.pages[..place].iter().rfind(|state| state.visible).map(|state| &state.id)
    }

    /// Where to go on.
    pub fn first_incomplete_page(&self) -> Option<&PageId> {
        self.pages.iter().find(|state| state.visible && !state.complete).map(|state| &state.id)
    }

    /// Whether a question is asked now.
    pub fn is_asked(&self, path: &str) -> bool {
        !self.hidden.contains(path)
    }

    /// What is wrong with one question or its parts and rows.
    pub fn problems_of<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a FieldProblem> {
        self.problems
            .iter()
            .filter(move |problem| problem.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    }
}

/// What is evaluated of a procedure: its pages and its rules.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// The pages in order.
    pub pages: &'a IndexMap<PageId, Page>,
    /// 形式要件.
    pub formal: &'a IndexMap<RuleId, Rule>,
    /// 実体要件.
    pub merit: &'a IndexMap<RuleId, Rule>,
}

impl<'a> Form<'a> {
    /// The form of a procedure.
    pub fn of(procedure: &'a Procedure) -> Form<'a> {
        Form { pages: &procedure.pages, formal: &procedure.formal, merit: &procedure.merit }
    }

    /// See [`fill`].
    pub fn fill(self, typed: &Typed, facts: &dyn Facts, today: Date) -> Filled {
        filling::Filling::new(typed, facts, today).fill(self)
    }

    /// See [`begin`].
    pub fn begin(self, typed: &Typed, facts: &dyn Facts, today: Date) -> Typed {
        filling::begin(self, typed, facts, today)
    }
}

/// Evaluates a form: what was typed, in the light of what is known, on a day.
pub fn fill(procedure: &Procedure, typed: &Typed, facts: &dyn Facts, today: Date) -> Filled {
    Form::of(procedure).fill(typed, facts, today)
}

/// A draft with what is known beforehand: the `default:` of every question that is asked now and was not touched yet. Kinds that
/// must be given anew stay empty.
pub fn begin(procedure: &Procedure, typed: &Typed, facts: &dyn Facts, today: Date) -> Typed {
    Form::of(procedure).begin(typed, facts, today)
}

/// Evaluates questions that staff answer while they work on a case: `ask:` of a step or an outcome. `around` are the names of the
/// case ([`Known`]).
pub fn fill_fields(fields: &IndexMap<FieldId, Field>, typed: &Typed, facts: &dyn Facts, today: Date, around: &dyn Names) -> Filled {
    filling::Filling::new(typed, facts, today).fill_fields(fields, around)
}

/// What staff find in these questions before they typed anything: the `default:` of each that is asked.
pub fn begin_fields(fields: &IndexMap<FieldId, Field>, facts: &dyn Facts, today: Date, around: &dyn Names) -> Typed {
    filling::begin_fields(fields, facts, today, around)
}
