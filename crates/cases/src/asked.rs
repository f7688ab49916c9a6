//! What a step or an outcome asks staff (`ask:`): which of it is asked in this case at all, as its `when:` says, what may be chosen, what is
//! known beforehand, and whether it was given.

use std::collections::BTreeMap;

use definitions::{
    answer::{Answer, Answers},
    condition::{RecordValue, Value},
    facts::Facts,
    field::{Field, Kind, Options},
    form::{self, Filled, Known},
    ids::{FieldId, OutcomeId},
    kinds,
    procedure::Procedure,
    town::Town,
    typed::Typed,
};
use indexmap::IndexMap;
use jiff::civil::Date;
use store::{Read, StoreError};

use crate::{case::Case, clock, registers};

/// What a step or an outcome of a case asks, in the light of the registry and of what the case says: the child's club with its free places.
pub(crate) struct Asking<'a> {
    /// The town.
    pub town: &'a Town,
    /// The case.
    pub case: &'a Case,
    /// Its definition.
    pub procedure: &'a Procedure,
    /// The outcome that asks; none: a step.
    pub outcome: Option<&'a OutcomeId>,
    /// The questions.
    pub ask: &'a IndexMap<FieldId, Field>,
    /// Today.
    pub today: Date,
}

impl Asking<'_> {
    /// What staff find before they typed anything.
    ///
    /// # Errors
    /// When the registry cannot be asked.
    pub(crate) fn begin(&self, tx: &Read<'_>) -> Result<(Typed, Filled), StoreError> {
        let typed = self.around(tx, |facts, names| form::begin_fields(self.ask, facts, self.today, names))?;
        let filled = self.fill(tx, &typed)?;
        Ok((typed, filled))
    }

    /// What is to be made of what they typed.
    ///
    /// # Errors
    /// As [`Asking::begin`].
    pub(crate) fn fill(&self, tx: &Read<'_>, typed: &Typed) -> Result<Filled, StoreError> {
        self.around(tx, |facts, names| form::fill_fields(self.ask, typed, facts, self.today, names))
    }

    fn around<T>(&self, tx: &Read<'_>, with: impl FnOnce(&dyn Facts, &Known<'_>) -> T) -> Result<T, StoreError> {
        let facts = registers::facts(tx, self.town, self.case, self.today)?;
        let nothing = Answers::default();
        let names = names(self.case, self.procedure, &facts, self.today, self.outcome.map(|id| (id, &nothing)));
        Ok(with(&facts, &names))
    }
}

/// What conditions about a case see at the desk: its answers, how it came, and the outcome that is proposed, as far as it is.
pub(crate) fn names<'a>(
    case: &'a Case,
    procedure: &'a Procedure,
    facts: &'a dyn Facts,
    today: Date,
    outcome: Option<(&OutcomeId, &Answers)>,
) -> Known<'a> {
    let known = Known::new(procedure, &case.answers, facts, today).with("case", of_case(case, None, today));
    match outcome {
        Some((id, details)) => known.with("outcome", of_outcome(id, details)),
        None => known,
    }
}

/// `case` as conditions see it; what is due as a fee where it is known.
pub(crate) fn of_case(case: &Case, fee: Option<i64>, today: Date) -> Value {
    let mut fields = BTreeMap::from([
        ("channel".to_owned(), Value::text(case.channel.code())),
        ("filed_on".to_owned(), Value::Date(clock::day(case.filed_at))),
        ("decided_on".to_owned(), Value::Date(today)),
        ("warned".to_owned(), Value::Int(i64::try_from(case.warned.len()).unwrap_or(i64::MAX))),
    ]);
    fields.extend(fee.map(|yen| ("fee".to_owned(), Value::Int(yen))));
    record(fields)
}

/// `outcome` as conditions see it: which, and what staff added.
pub(crate) fn of_outcome(id: &OutcomeId, details: &Answers) -> Value {
    let mut fields = match kinds::record(details, &[]) {
        Value::Record(details) => details.fields.clone(),
        _ => BTreeMap::new(),
    };
    fields.insert("id".to_owned(), Value::text(id.as_str()));
    record(fields)
}

fn record(fields: BTreeMap<String, Value>) -> Value {
    Value::Record(RecordValue { id: None, fields, missing: Value::Absent }.into())
}

/// Whether all that is asked and required was given. A question that `when:` hides is not asked: nobody could have answered it. A choice from a
/// register is one of its records: staff, who have the register before them, do not tell it in words.
pub(crate) fn is_complete(ask: &IndexMap<FieldId, Field>, given: &Answers, around: Known<'_>) -> bool {
    let own = ask.values().map(|field| {
        let value = given.get(field.id.as_str()).map(|answer| kinds::value_of(&field.kind, answer, &[]));
        (field.id.as_str(), value.unwrap_or_else(|| kinds::no_value(&field.kind)))
    });
    let names = own.fold(around, |names, (id, value)| names.with(id, value));
    let is_asked = |field: &Field| field.when.as_ref().is_none_or(|when| when.holds(&names).is_yes());
    let is_given = |field: &Field| match given.get(field.id.as_str()) {
        None => !field.required || !is_asked(field),
        Some(Answer::Text(_)) => !is_chosen_from_register(&field.kind),
        Some(_) => true,
    };
    ask.values().all(is_given)
}

fn is_chosen_from_register(kind: &Kind) -> bool {
    let (Kind::Choice { options, .. } | Kind::Choices { options, .. } | Kind::Ranked { options, .. }) = kind else { return false };
    matches!(options, Options::Register { .. })
}
