//! Answers that were already given, as conditions see them: for rules judged at the desk, for what an outcome enters in a register,
//! for who decides.

use jiff::civil::Date;

use crate::{
    answer::Answers,
    condition::{Names, Truth, Value},
    facts::{Facts, Person},
    field::Field,
    ids::RuleId,
    kinds,
    procedure::Procedure,
};

/// The names of a filed case: its answers, the facts at hand, the day, and whatever else the place adds (`outcome`, `it`).
pub struct Known<'a> {
    procedure: &'a Procedure,
    answers: &'a Answers,
    facts: &'a dyn Facts,
    today: Date,
    household: Option<Vec<Person>>,
    more: Vec<(&'a str, Value)>,
}

impl<'a> Known<'a> {
    /// The names of a case on a day.
    pub fn new(procedure: &'a Procedure, answers: &'a Answers, facts: &'a dyn Facts, today: Date) -> Known<'a> {
        Known { procedure, answers, facts, today, household: facts.household(), more: Vec::new() }
    }

    /// With one more name: `outcome` as [`kinds::record`] of what staff added.
    pub fn with(mut self, name: &'a str, value: Value) -> Known<'a> {
        self.more.push((name, value));
        self
    }

    fn household(&self) -> &[Person] {
        self.household.as_deref().unwrap_or(&[])
    }

    fn field(&self, id: &str) -> Option<&'a Field> {
        self.procedure.pages.values().find_map(|page| page.fields.get(id))
    }
}

impl Names for Known<'_> {
    fn value(&self, name: &str) -> Value {
        if let Some((_, value)) = self.more.iter().rev().find(|(more, _)| *more == name) {
            return value.clone();
        }
        if let Some(field) = self.field(name) {
            return match self.answers.get(name) {
                Some(answer) => kinds::value_of(&field.kind, answer, self.household()),
                None => kinds::no_value(&field.kind),
            };
        }
        match name {
            "today" => Value::Date(self.today),
            "applicant" => self.facts.applicant().map_or(Value::Unknown, |person| kinds::person_value(&person)),
            "household" => household_value(self.household.as_deref()),
            _ => Value::Absent,
        }
    }

    fn holds(&self, register: &str, owner: &str, on: Date) -> Value {
        holds(self.facts, register, owner, on)
    }

    fn next_open(&self, day: Date) -> Option<Date> {
        self.facts.calendar().map(|calendar| calendar.next_open(day))
    }
}

/// The merit rules of a filed case in the light of facts that the portal did not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// Those that are broken.
    pub warned: Vec<RuleId>,
    /// Those that still rest on something not known: a person looks.
    pub unknown: Vec<RuleId>,
}

/// Judges the merit rules of a case from its answers: on receipt at the desk.
pub fn judge(procedure: &Procedure, answers: &Answers, facts: &dyn Facts, today: Date) -> Judged {
    let known = Known::new(procedure, answers, facts, today);
    let mut judged = Judged::default();
    for rule in procedure.merit.values() {
        match rule.holds.holds(&known) {
            Truth::No => judged.warned.push(rule.id.clone()),
            Truth::Unknown | Truth::Fault(_) => judged.unknown.push(rule.id.clone()),
            Truth::Yes | Truth::Absent => {}
        }
    }
    judged
}

pub(super) fn household_value(household: Option<&[Person]>) -> Value {
    household.map_or(Value::Unknown, |people| Value::list(people.iter().map(kinds::person_value)))
}

pub(super) fn holds(facts: &dyn Facts, register: &str, owner: &str, on: Date) -> Value {
    let known = register.parse().ok().and_then(|register| facts.holds(&register, owner, on));
    known.map_or(Value::Unknown, Value::Bool)
}
