//! The evaluation itself.
//!
//! Each question is settled once, when it is first needed: its page's `when`, its own `when`, then what was typed. A condition that
//! needs another question settles that one first; where conditions go round in a circle, the question at which the circle closes
//! counts as not answered. Settling goes by the order of the form, so the outcome is the same every time.
//!
//! Sketch for 20 questions: 20 look-ups of inputs in a sorted map (5 comparisons of short names each), a parse each (below 1 µs), a
//! dozen conditions of ten nodes: some 20 µs in all when optimised, most of it copying texts (`tests/form_evaluation.rs` prints it).

use std::cell::{Cell, OnceCell, RefCell};

use indexmap::IndexMap;
use jiff::civil::Date;

use super::{
    FieldProblem, Filled, Form, PageState,
    known::{holds, household_value},
};
use crate::{
    answer::{Answer, Answers},
    condition::{Condition, Names, Truth, Value},
    facts::{Facts, Listed, Listing, Person},
    field::{Field, Kind, Options},
    ids::{FieldId, PageId},
    kinds::{self, Asked, Wrong},
    procedure::{Page, Rule},
    typed::Typed,
};

/// How far conditions may lead from question to question, to ones that come later in the form, before we stop. Towards earlier
/// ones they may lead any number of steps, as those are settled already. A test tries that half of a worker's 2 MiB of stack do
/// for the worst form.
const CHAIN_MAX: u16 = 12;

/// Everything that one evaluation rests on.
pub(super) struct Filling<'a> {
    typed: &'a Typed,
    facts: &'a dyn Facts,
    today: Date,
    household: OnceCell<Option<Vec<Person>>>,
    household_value: OnceCell<Value>,
    applicant_value: OnceCell<Value>,
    chain: Cell<u16>,
}

/// The questions of a form, or of one row of a group.
struct Block<'a> {
    filling: &'a Filling<'a>,
    /// Where inputs lie: empty, or `guardians.0.`.
    prefix: String,
    /// Pages, or a single one for a row.
    pages: Vec<Section<'a>>,
    /// Whose names are asked when it has none such: the form around a row, the case around what staff add.
    parent: Option<&'a dyn Names>,
}

struct Section<'a> {
    when: Option<&'a Condition>,
    fields: &'a IndexMap<FieldId, Field>,
    shown: Cell<Shown>,
    settled: Vec<RefCell<State>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Open,
    Busy,
    Known(bool),
}

enum State {
    Open,
    Busy,
    Done(Box<Settled>),
}

/// What became of one question.
#[derive(Default)]
struct Settled {
    is_asked: bool,
    value: Option<Value>,
    found: Found,
}

/// What is told of questions, in the order of the form.
#[derive(Default)]
struct Found {
    answers: Answers,
    problems: Vec<FieldProblem>,
    hidden: Vec<String>,
    later: Vec<String>,
    listed: Vec<(String, Listing)>,
    faults: Vec<String>,
}

impl Found {
    /// Takes everything but the answers.
    fn take_notes(&mut self, other: &mut Found) {
        self.problems.append(&mut other.problems);
        self.hidden.append(&mut other.hidden);
        self.later.append(&mut other.later);
        self.listed.append(&mut other.listed);
        self.faults.append(&mut other.faults);
    }

    fn into_filled(mut self, filled: &mut Filled) {
        for (id, answer) in self.answers {
            filled.answers.insert(id, answer);
        }
        filled.problems.append(&mut self.problems);
        filled.hidden.extend(self.hidden);
        filled.later.append(&mut self.later);
        filled.listed.extend(self.listed);
        filled.faults.append(&mut self.faults);
    }
}

impl<'a> Filling<'a> {
    pub(super) fn new(typed: &'a Typed, facts: &'a dyn Facts, today: Date) -> Filling<'a> {
        Filling {
            typed,
            facts,
            today,
            household: OnceCell::new(),
            household_value: OnceCell::new(),
            applicant_value: OnceCell::new(),
            chain: Cell::new(0),
        }
    }

    fn household(&self) -> Option<&[Person]> {
        self.household.get_or_init(|| self.facts.household()).as_deref()
    }

    /// The names that are the same for all questions.
    fn surroundings(&self, name: &str) -> Value {
        match name {
            "today" => Value::Date(self.today),
            "applicant" => self
                .applicant_value
                .get_or_init(|| self.facts.applicant().map_or(Value::Unknown, |person| kinds::person_value(&person)))
                .clone(),
            "household" => self.household_value.get_or_init(|| household_value(self.household())).clone(),
            _ => Value::Absent,
        }
    }

    pub(super) fn fill(&self, form: Form<'_>) -> Filled {
        let block = Block::of_form(self, form.pages);
        let mut filled = Filled::default();
        for (place, page) in form.pages.values().enumerate() {
            self.fill_page(&block, place, page, &mut filled);
        }
        for rule in form.formal.values() {
            match rule.holds.holds(&block) {
                Truth::No => filled.formal.push(rule.id.clone()),
                outcome => note_fault(outcome, rule, &mut filled),
            }
        }
        for rule in form.merit.values() {
            match rule.holds.holds(&block) {
                Truth::No => filled.warned.push(rule.id.clone()),
                Truth::Unknown => filled.unknown.push(rule.id.clone()),
                outcome => note_fault(outcome, rule, &mut filled),
            }
        }
        filled
    }

    fn fill_page(&self, block: &Block<'_>, place: usize, page: &Page, filled: &mut Filled) {
        let (visible, fault) = block.is_shown(place);
        if fault {
            filled.faults.push(page.id.to_string());
        }
        let found = block.gather(place);
        filled.pages.push(PageState {
            id: page.id.clone(),
            visible,
            complete: found.problems.is_empty(),
            visited: page.fields.keys().any(|id| self.typed.is_touched(id.as_str())),
        });
        found.into_filled(filled);
    }

    /// Questions that staff answer while they work on a case; names that they do not have are asked around them.
    pub(super) fn fill_fields(&self, fields: &IndexMap<FieldId, Field>, around: &dyn Names) -> Filled {
        let mut filled = Filled::default();
        Block::of_fields(self, fields, around).gather(0).into_filled(&mut filled);
        filled
    }
}

fn note_fault(outcome: Truth, rule: &Rule, filled: &mut Filled) {
    if let Truth::Fault(_) = outcome {
        filled.faults.push(rule.id.to_string());
    }
}

impl<'a> Section<'a> {
    fn new(when: Option<&'a Condition>, fields: &'a IndexMap<FieldId, Field>) -> Section<'a> {
        let settled = fields.iter().map(|_| RefCell::new(State::Open)).collect();
        Section { when, fields, shown: Cell::new(Shown::Open), settled }
    }
}

impl<'a> Block<'a> {
    fn of_form(filling: &'a Filling<'a>, pages: &'a IndexMap<PageId, Page>) -> Block<'a> {
        let pages = pages.values().map(|page| Section::new(page.when.as_ref(), &page.fields)).collect();
        Block { filling, prefix: String::new(), pages, parent: None }
    }

    fn of_fields(filling: &'a Filling<'a>, fields: &'a IndexMap<FieldId, Field>, around: &'a dyn Names) -> Block<'a> {
        Block { filling, prefix: String::new(), pages: vec![Section::new(None, fields)], parent: Some(around) }
    }

    fn of_row<'b>(parent: &'b Block<'b>, path: &str, fields: &'b IndexMap<FieldId, Field>) -> Block<'b> {
        Block { filling: parent.filling, prefix: format!("{path}."), pages: vec![Section::new(None, fields)], parent: Some(parent) }
    }

    /// Where a question lies.
    fn find(&self, name: &str) -> Option<(usize, usize)> {
        self.pages.iter().enumerate().find_map(|(page, section)| section.fields.get_index_of(name).map(|place| (page, place)))
    }

    /// Whether a page is shown, and whether its condition could not be reckoned.
    fn is_shown(&self, page: usize) -> (bool, bool) {
        let section = &self.pages[page];
        match section.shown.get() {
            Shown::Known(shown) => return (shown, false),
            Shown::Busy => return (false, false),
            Shown::Open => {}
        }
        let Some(when) = section.when else {
            section.shown.set(Shown::Known(true));
            return (true, false);
        };
        section.shown.set(Shown::Busy);
        let truth = when.holds(self);
        section.shown.set(Shown::Known(truth.is_yes()));
        (truth.is_yes(), matches!(truth, Truth::Fault(_)))
    }

    /// All that is told of a page's questions.
    fn gather(&self, page: usize) -> Found {
        let mut gathered = Found::default();
        for (place, id) in self.pages[page].fields.keys().enumerate() {
            self.settle(page, place);
            let mut state = self.pages[page].settled[place].borrow_mut();
            if let State::Done(settled) = &mut *state {
                gathered.take_notes(&mut settled.found);
                if let Some(answer) = settled.found.answers.replace(id, None) {
                    gathered.answers.insert(id.clone(), answer);
                }
            }
        }
        gathered
    }

    /// Settles a question unless that was done, or is being done further up: there the circle is cut.
    fn settle(&self, page: usize, place: usize) {
        let section = &self.pages[page];
        let chain = self.filling.chain.get();
        if !matches!(&*section.settled[place].borrow(), State::Open) || chain >= CHAIN_MAX {
            return;
        }
        *section.settled[place].borrow_mut() = State::Busy;
        self.filling.chain.set(chain + 1);
        let settled = self.settle_field(page, &section.fields[place]);
        self.filling.chain.set(chain);
        *section.settled[place].borrow_mut() = State::Done(Box::new(settled));
    }

    fn settle_field(&self, page: usize, field: &Field) -> Settled {
        let path = format!("{}{}", self.prefix, field.id);
        let mut settled = Settled::default();
        let truth = match (&field.when, self.is_shown(page).0) {
            (_, false) => Truth::No,
            (None, true) => Truth::Yes,
            (Some(when), true) => when.holds(self),
        };
        settled.is_asked = truth.is_yes();
        if let Truth::Fault(_) = truth {
            settled.found.faults.push(path.clone());
        }
        if !settled.is_asked {
            settled.found.hidden.push(path);
            return settled;
        }
        match &field.kind {
            Kind::Group { fields, at_least, at_most, .. } => self.rows(field, fields, (*at_least, *at_most), &path, &mut settled),
            _ => self.single(field, path, &mut settled),
        }
        settled
    }

    fn single(&self, field: &Field, path: String, settled: &mut Settled) {
        let listed = self.listing(field);
        let household = self.filling.household().unwrap_or(&[]);
        let asked = Asked { field, path: &path, typed: self.filling.typed, listed: listed.as_ref(), household };
        match kinds::parse(&asked) {
            Ok(Some(answer)) => {
                settled.value = Some(kinds::value_of(&field.kind, &answer, household));
                settled.found.answers.insert(field.id.clone(), answer);
            }
            Ok(None) => self.nothing(field, &path, settled),
            Err(wrongs) => settled.found.problems.extend(wrongs.into_iter().map(|wrong| problem(&path, wrong))),
        }
        settled.found.listed.extend(listed.map(|listing| (path, listing)));
    }

    fn nothing(&self, field: &Field, path: &str, settled: &mut Settled) {
        match &field.kind {
            Kind::Note => {}
            Kind::Files { later_days: Some(_), .. } if field.required => settled.found.later.push(path.to_owned()),
            kind if field.required => {
                let wrong = Wrong { part: "", id: kinds::when_missing(kind), args: Vec::new() };
                settled.found.problems.push(problem(path, wrong));
            }
            _ => {}
        }
    }

    /// What may be chosen, where that is not written in the definition.
    fn listing(&self, field: &Field) -> Option<Listing> {
        match &field.kind {
            Kind::Choice { options: Options::Register { register, .. }, .. }
            | Kind::Choices { options: Options::Register { register, .. }, .. }
            | Kind::Ranked { options: Options::Register { register, .. }, .. } => self.filling.facts.options(register),
            Kind::HouseholdMember { when_listed } => {
                let people = self.filling.household()?.iter();
                Some(people.filter(|person| self.is_listed(person, when_listed.as_ref())).filter_map(listed).collect::<Vec<_>>().into())
            }
            _ => None,
        }
    }

    /// Someone is left out only when it is certain: while 利用を始める日 is not typed, all are listed.
    fn is_listed(&self, person: &Person, when: Option<&Condition>) -> bool {
        let names = WithIt { it: kinds::person_value(person), block: self };
        when.is_none_or(|when| !when.holds(&names).is_no())
    }

    fn rows(&self, field: &Field, fields: &IndexMap<FieldId, Field>, (at_least, at_most): (u32, u32), path: &str, settled: &mut Settled) {
        let typed = self.filling.typed;
        let drawn = typed.rows(path, at_least, at_most);
        let mut count = drawn;
        let is_blank = |row: u32| fields.iter().all(|(id, field)| kinds::is_blank(&field.kind, typed, &format!("{path}.{row}.{id}")));
        // Rows at the end that someone added and left empty are no rows.
        while count > at_least && is_blank(count - 1) {
            count -= 1;
        }
        if typed.is_touched(&format!("{path}.{at_most}")) && !is_blank(at_most) {
            let wrong = Wrong { part: "", id: "kind-group-too-many", args: vec![("most", at_most.to_string())] };
            settled.found.problems.push(problem(path, wrong));
        }
        if !field.required && (0..count).all(is_blank) {
            return self.without_rows(fields, 0..drawn, path, settled);
        }
        self.without_rows(fields, count..drawn, path, settled);
        if count == 0 {
            let wrong = Wrong { part: "", id: kinds::when_missing(&field.kind), args: vec![("least", at_least.max(1).to_string())] };
            settled.found.problems.push(problem(path, wrong));
            return;
        }
        let mut rows = Vec::with_capacity(count as usize);
        for row in 0..count {
            let block = Block::of_row(self, &format!("{path}.{row}"), fields);
            let mut found = block.gather(0);
            rows.push(std::mem::take(&mut found.answers));
            settled.found.take_notes(&mut found);
        }
        let answer = Answer::Group(rows);
        settled.value = Some(kinds::value_of(&field.kind, &answer, self.filling.household().unwrap_or(&[])));
        // A group is an answer once something of it is.
        if matches!(&answer, Answer::Group(rows) if rows.iter().any(|row| !row.is_empty())) {
            settled.found.answers.insert(field.id.clone(), answer);
        }
    }

    /// Rows that were left empty: nothing is missing, but their boxes are drawn, so what they hide and list is told.
    fn without_rows(&self, fields: &IndexMap<FieldId, Field>, rows: std::ops::Range<u32>, path: &str, settled: &mut Settled) {
        for row in rows {
            let mut found = Block::of_row(self, &format!("{path}.{row}"), fields).gather(0);
            found.problems.clear();
            found.later.clear();
            settled.found.take_notes(&mut found);
        }
    }
}

fn problem(path: &str, wrong: Wrong) -> FieldProblem {
    let path = if wrong.part.is_empty() { path.to_owned() } else { format!("{path}.{}", wrong.part) };
    FieldProblem { path, id: wrong.id, args: wrong.args }
}

/// How a person of the household is listed: name and birth date.
fn listed(person: &Person) -> Option<Listed> {
    let born = person.born.map(jp::era::wareki);
    Some(Listed { key: person.id.clone()?, shown: [Some(person.name.clone()), born].into_iter().flatten().collect() })
}

impl Names for Block<'_> {
    fn value(&self, name: &str) -> Value {
        let Some((page, place)) = self.find(name) else {
            return match self.parent {
                Some(parent) => parent.value(name),
                None => self.filling.surroundings(name),
            };
        };
        self.settle(page, place);
        let section = &self.pages[page];
        match &*section.settled[place].borrow() {
            State::Done(settled) => settled.value.clone().unwrap_or_else(|| kinds::no_value(&section.fields[place].kind)),
            State::Open | State::Busy => Value::Absent,
        }
    }

    fn holds(&self, register: &str, owner: &str, on: Date) -> Value {
        holds(self.filling.facts, register, owner, on)
    }

    fn next_open(&self, day: Date) -> Option<Date> {
        self.filling.facts.calendar().map(|calendar| calendar.next_open(day))
    }
}

/// The names of a block and `it`, the person at hand.
struct WithIt<'a> {
    it: Value,
    block: &'a Block<'a>,
}

impl Names for WithIt<'_> {
    fn value(&self, name: &str) -> Value {
        if name == "it" { self.it.clone() } else { self.block.value(name) }
    }

    fn holds(&self, register: &str, owner: &str, on: Date) -> Value {
        self.block.holds(register, owner, on)
    }

    fn next_open(&self, day: Date) -> Option<Date> {
        self.block.next_open(day)
    }
}

/// How often defaults may lead to further defaults.
const ROUNDS: usize = 3;

pub(super) fn begin(form: Form<'_>, typed: &Typed, facts: &dyn Facts, today: Date) -> Typed {
    with_defaults(typed, facts, today, |filling, into| Block::of_form(filling, form.pages).all_defaults(into))
}

pub(super) fn begin_fields(fields: &IndexMap<FieldId, Field>, facts: &dyn Facts, today: Date, around: &dyn Names) -> Typed {
    with_defaults(&Typed::default(), facts, today, |filling, into| Block::of_fields(filling, fields, around).all_defaults(into))
}

/// Fills in defaults until none leads to another.
fn with_defaults(typed: &Typed, facts: &dyn Facts, today: Date, defaults: impl Fn(&Filling<'_>, &mut Typed)) -> Typed {
    let mut draft = typed.clone();
    for _ in 0..ROUNDS {
        let mut filled_in = Typed::default();
        defaults(&Filling::new(&draft, facts, today), &mut filled_in);
        if filled_in.is_empty() {
            break;
        }
        draft = draft.over(filled_in);
    }
    draft
}

impl Block<'_> {
    fn all_defaults(&self, into: &mut Typed) {
        (0..self.pages.len()).for_each(|page| self.defaults(page, into));
    }

    /// The defaults of a page's questions that were not touched and are asked.
    fn defaults(&self, page: usize, into: &mut Typed) {
        for (place, field) in self.pages[page].fields.values().enumerate() {
            self.settle(page, place);
            let is_asked = matches!(&*self.pages[page].settled[place].borrow(), State::Done(settled) if settled.is_asked);
            let path = format!("{}{}", self.prefix, field.id);
            if !is_asked {
                continue;
            }
            if let Kind::Group { fields, at_least, at_most, .. } = &field.kind {
                for row in 0..self.filling.typed.rows(&path, *at_least, *at_most) {
                    Block::of_row(self, &format!("{path}.{row}"), fields).defaults(0, into);
                }
            } else if let Some(default) = field.default.as_ref().filter(|_| !self.filling.typed.is_touched(&path))
                && let Some(answer) = kinds::prefilled(&field.kind, &default.value(self))
            {
                kinds::type_back(&answer, &path, into);
            }
        }
    }
}
