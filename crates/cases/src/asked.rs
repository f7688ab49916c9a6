//! What a step or an outcome asks staff (`ask:`): which of it is asked in this case at all, as its `when:` says, and whether it was given.

use std::collections::BTreeMap;

use definitions::{
    answer::Answers,
    condition::{RecordValue, Value},
    facts::Facts,
    field::Field,
    form::Known,
    ids::{FieldId, OutcomeId},
    kinds,
    procedure::Procedure,
};
use indexmap::IndexMap;
use jiff::civil::Date;

use crate::{case::Case, clock};

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

/// Whether all that is asked and required was given. A question that `when:` hides is not asked: nobody could have answered it.
pub(crate) fn is_complete(ask: &IndexMap<FieldId, Field>, given: &Answers, around: Known<'_>) -> bool {
    let own = ask.values().map(|field| {
        let value = given.get(field.id.as_str()).map(|answer| kinds::value_of(&field.kind, answer, &[]));
        (field.id.as_str(), value.unwrap_or_else(|| kinds::no_value(&field.kind)))
    });
    let names = own.fold(around, |names, (id, value)| names.with(id, value));
    let is_asked = |field: &Field| field.when.as_ref().is_none_or(|when| when.holds(&names).is_yes());
    ask.values().all(|field| !field.required || given.get(field.id.as_str()).is_some() || !is_asked(field))
}
