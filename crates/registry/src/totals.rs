//! Totals of a register's record, such as used and free places: kept in the transaction that changes them.
//!
//! A total is a row of steps: from 1 April three more, from 1 September one less. Whoever changes a step first takes the key's turn (a
//! conditional update), so that two decisions at once come one after the other, and both see what the first did. A formula such as
//! `capacity - used` may not fall below nought on any day from the change on: then there is no place, whatever a page had shown.

use std::collections::BTreeMap;

use definitions::{
    condition::{Names, RecordValue, Value},
    ids::{CounterId, RegisterId},
    kinds,
    register::{Counter, Register},
    town::Town,
};
use indexmap::IndexMap;
use jiff::{ToSpan, civil::Date};
use store::{Read, StoreError, Write, params};

use crate::{
    history::Stretch,
    records::{self, Refused, RegisterError},
};

/// Whose total a step belongs to, and from which day it counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    register: RegisterId,
    key: String,
    counter: CounterId,
    day: Date,
}

type Steps = BTreeMap<Place, i64>;

const TAKE_TURN: &str = "insert into register_total_turn (register, key, turn) values ($1, $2, 1) \
    on conflict (register, key) do update set turn = register_total_turn.turn + 1 returning turn";
const ADD_STEP: &str = "insert into register_total (register, key, counter, day, step) values ($1, $2, $3, $4, $5) \
    on conflict (register, key, counter, day) do update set step = register_total.step + excluded.step";
const STEPS: &str = "select counter, day, step from register_total where register = $1 and key = $2 order by day";

/// Brings the totals from what a record counted before to what it counts after.
pub(crate) fn change(tx: &Write<'_>, town: &Town, of: &Register, before: &[Stretch], after: &[Stretch]) -> Result<(), RegisterError> {
    let mut steps = steps_of(town, of, after);
    for (place, step) in steps_of(town, of, before) {
        *steps.entry(place).or_default() -= step;
    }
    steps.retain(|_, step| *step != 0);
    let mut touched: BTreeMap<(RegisterId, String), Date> = BTreeMap::new();
    for place in steps.keys() {
        let first = touched.entry((place.register.clone(), place.key.clone())).or_insert(place.day);
        *first = (*first).min(place.day);
    }
    for (register, key) in touched.keys() {
        tx.first(TAKE_TURN, params![register.as_str(), key])?;
    }
    let free_before = lowest(tx, town, &touched)?;
    for (place, step) in &steps {
        tx.run(ADD_STEP, params![place.register.as_str(), &place.key, place.counter.as_str(), place.day, *step])?;
    }
    let free_after = lowest(tx, town, &touched)?;
    for (formula, after) in free_after {
        // What was too little before and did not get less is not this change's doing: a smaller capacity turns nobody out.
        if after < 0 && free_before.get(&formula).is_none_or(|before| after < *before) {
            return Err(Refused::Full { register: formula.0, key: formula.1, counter: formula.2 }.into());
        }
    }
    Ok(())
}

/// Of each formula of a touched key, the least that it comes to on any day from the change on.
fn lowest(
    tx: &Read<'_>,
    town: &Town,
    touched: &BTreeMap<(RegisterId, String), Date>,
) -> Result<BTreeMap<(RegisterId, String, CounterId), i64>, RegisterError> {
    let mut lowest = BTreeMap::new();
    for ((id, key), from) in touched {
        let Some(register) = town.registers.get(id) else { continue };
        let all = steps_of_key(tx, id, key)?;
        let days: Vec<Date> = std::iter::once(*from).chain(all.iter().map(|(_, day, _)| *day).filter(|day| day > from)).collect();
        for day in days {
            for (counter, value) in totals_on(tx, register, key, &all, day)? {
                if matches!(register.counters.get(&counter), Some(Counter::Formula(_))) {
                    let least = lowest.entry((id.clone(), key.clone(), counter)).or_insert(value);
                    *least = (*least).min(value);
                }
            }
        }
    }
    Ok(lowest)
}

/// What a record counts, in all registers that count records of this one.
fn steps_of(town: &Town, of: &Register, stretches: &[Stretch]) -> Steps {
    let mut steps = Steps::new();
    for register in town.registers.values() {
        for (counter, count) in &register.counters {
            let Counter::Count { of: counted, by, only } = count else { continue };
            if *counted != of.id {
                continue;
            }
            for stretch in stretches {
                let Some(key) = stretch.values.get(by.as_str()).and_then(records::key_of) else { continue };
                if only.as_ref().is_some_and(|only| !only.holds(&It(stretch)).is_yes()) {
                    continue;
                }
                let place = |day| Place { register: register.id.clone(), key: key.clone(), counter: counter.clone(), day };
                *steps.entry(place(stretch.days.from)).or_default() += 1;
                if let Some(next) = stretch.days.until.and_then(|until| until.checked_add(1.day()).ok()) {
                    *steps.entry(place(next)).or_default() -= 1;
                }
            }
        }
    }
    steps
}

/// `it` in `where:` of a counter.
struct It<'a>(&'a Stretch);

impl Names for It<'_> {
    fn value(&self, name: &str) -> Value {
        if name == "it" { record_value(self.0) } else { Value::Absent }
    }

    fn holds(&self, _: &str, _: &str, _: Date) -> Value {
        Value::Unknown
    }
}

/// A stretch as conditions see a record: its columns, `state`, `from`, `until`.
pub(crate) fn record_value(stretch: &Stretch) -> Value {
    let mut fields: BTreeMap<String, Value> =
        stretch.values.iter().map(|(id, answer)| (id.as_str().to_owned(), kinds::value(answer, &[]))).collect();
    fields.insert("state".into(), stretch.state.as_ref().map_or(Value::Absent, |state| Value::text(state.as_str())));
    fields.insert("from".into(), Value::Date(stretch.days.from));
    fields.insert("until".into(), stretch.days.until.map_or(Value::Absent, Value::Date));
    Value::Record(std::sync::Arc::new(RecordValue { id: None, fields, missing: Value::Absent }))
}

type StepRow = (CounterId, Date, i64);

fn steps_of_key(tx: &Read<'_>, register: &RegisterId, key: &str) -> Result<Vec<StepRow>, StoreError> {
    tx.all(STEPS, params![register.as_str(), key])?
        .iter()
        .map(|row| {
            let counter = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("register_total.counter"))?;
            Ok((counter, row.get(1)?, row.get(2)?))
        })
        .collect()
}

/// All totals of a key on a day.
///
/// # Errors
/// As [`Read::all`].
pub fn on(tx: &Read<'_>, register: &Register, key: &str, day: Date) -> Result<IndexMap<CounterId, i64>, RegisterError> {
    let steps = steps_of_key(tx, &register.id, key)?;
    totals_on(tx, register, key, &steps, day)
}

fn totals_on(
    tx: &Read<'_>,
    register: &Register,
    key: &str,
    steps: &[StepRow],
    day: Date,
) -> Result<IndexMap<CounterId, i64>, RegisterError> {
    let mut totals = IndexMap::new();
    for (id, counter) in &register.counters {
        if matches!(counter, Counter::Count { .. }) {
            let total = steps.iter().filter(|(of, from, _)| of == id && *from <= day).map(|(_, _, step)| step).sum();
            totals.insert(id.clone(), total);
        }
    }
    if register.counters.values().any(|counter| matches!(counter, Counter::Formula(_))) {
        let record = records::keyed_on(tx, register, key, day)?;
        for (id, counter) in &register.counters {
            let Counter::Formula(formula) = counter else { continue };
            let names = Keyed { record: record.as_ref(), totals: &totals };
            if let Value::Int(value) = formula.value(&names) {
                totals.insert(id.clone(), value);
            }
        }
    }
    Ok(totals)
}

/// The names of a formula: the record's own columns, and the counters before it.
struct Keyed<'a> {
    record: Option<&'a Stretch>,
    totals: &'a IndexMap<CounterId, i64>,
}

impl Names for Keyed<'_> {
    fn value(&self, name: &str) -> Value {
        if let Some(total) = self.totals.get(name) {
            return Value::Int(*total);
        }
        let answer = self.record.and_then(|record| record.values.get(name));
        answer.map_or(Value::Unknown, |answer| kinds::value(answer, &[]))
    }

    fn holds(&self, _: &str, _: &str, _: Date) -> Value {
        Value::Unknown
    }
}
