//! 台帳の記録: records of the town's registers, entered and changed by decisions, corrected by staff with a reason.
//!
//! Every verb takes the whole way: read what is known, lay the change over it ([`crate::history`]), ask whether the register allows it,
//! write what is newly known and end what was believed before, bring the totals along ([`crate::totals`]), journal it, tell those who may read it.

use access::{CaseId, RecordId};
use definitions::{
    answer::{Answer, Answers, Member},
    condition::{Condition, Names, Value},
    ids::{CounterId, FieldId, RegisterId, StateId},
    kinds,
    procedure::Effect,
    register::{Column, ColumnKind, Register},
    town::Town,
};
use indexmap::IndexMap;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use store::{Entry, Read, StoreError, Write};

use crate::{
    history::{self, Amend, Days, Stretch},
    publish, record_rows as rows, totals,
};

/// Who does it, on what authority and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Doing {
    /// `staff:…`, or `town` for what nobody pressed.
    pub actor: String,
    /// The grant or the delegation.
    pub authority: String,
    /// Why.
    pub cause: Cause,
    /// The day of the decision in Japan.
    pub today: Date,
    /// The moment.
    pub now: Timestamp,
}

/// Why a register came to know something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    /// A case was decided.
    Decision {
        /// Which.
        case: CaseId,
    },
    /// Staff corrected what was wrong.
    Correction {
        /// Their reason, in words.
        reason: String,
    },
    /// It came with a load or a folder.
    Load,
}

/// Why a register does not take it. Staff read it on the case; nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The town has no such register (any more).
    #[error("no register {0}")]
    NoRegister(RegisterId),
    /// The register has no such column.
    #[error("no column {0}")]
    NoColumn(FieldId),
    /// The register has no such state.
    #[error("no state {0}")]
    NoState(StateId),
    /// A value does not fit its column.
    #[error("a value does not fit column {0}")]
    Misfit(FieldId),
    /// The record has no key although its register names records by one.
    #[error("the key is missing")]
    NoKey,
    /// Nobody knows whose record it is: who applied has not been found in the registry.
    #[error("the owner is missing")]
    NoOwner,
    /// Another valid record holds the same on a day of these.
    #[error("record {record} holds the same")]
    Taken {
        /// That record.
        record: RecordId,
    },
    /// No place is left.
    #[error("{counter} of {register} {key} would fall below nought")]
    Full {
        /// The register that counts.
        register: RegisterId,
        /// Which of its records.
        key: String,
        /// Which total.
        counter: CounterId,
    },
    /// There is no record of this owner or key that is valid on that day or later.
    #[error("no record to change")]
    NothingToChange,
    /// There are several, and the definition does not say which.
    #[error("several records to change")]
    Several,
    /// The last day lies before the first.
    #[error("the last day lies before the first")]
    NoDays,
    /// Somebody changed it after it was shown.
    #[error("changed since it was shown")]
    Changed,
    /// A correction says why.
    #[error("a reason is due")]
    ReasonDue,
}

/// A verb on a register failed.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The register does not take it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a record is to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct New {
    /// Its id, drawn before the transaction; the same id again enters nothing.
    pub id: RecordId,
    /// The register.
    pub register: RegisterId,
    /// The state in which it begins.
    pub state: Option<StateId>,
    /// Its columns.
    pub values: Answers,
    /// On which days it is valid.
    pub days: Days,
}

/// 記録する: enters a record. Twice is once.
///
/// # Errors
/// See [`Refused`].
pub fn enter(tx: &Write<'_>, town: &Town, doing: &Doing, new: &New) -> Result<RecordId, RegisterError> {
    if rows::exists(tx, new.id)? {
        return Ok(new.id);
    }
    let register = register_of(town, &new.register)?;
    let stretch = Stretch { days: new.days, state: new.state.clone(), values: new.values.clone() };
    store_history(tx, town, doing, register, new.id, &[], vec![stretch])?;
    Ok(new.id)
}

/// Which record is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// By its id.
    Id(RecordId),
    /// The one that is valid for this owner, or has this key, on the day of the change; where there is none, the one that begins later.
    Of(String),
}

/// What is to change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The new state and values.
    pub amend: Amend,
    /// From which day.
    pub from: Date,
    /// The record's last day, when it is to end.
    pub until: Option<Date>,
}

/// 変更する: changes the record that is valid for someone, from a day on. The same change twice changes nothing more.
///
/// # Errors
/// See [`Refused`].
pub fn change(
    tx: &Write<'_>,
    town: &Town,
    doing: &Doing,
    register: &RegisterId,
    which: &Which,
    change: &Change,
) -> Result<RecordId, RegisterError> {
    let register = register_of(town, register)?;
    let id = found(tx, register, which, change.from)?;
    let known = stretches(tx, id)?;
    let mut laid = history::amend(&known, Days::since(change.from), &change.amend);
    if let Some(until) = change.until {
        if until < change.from {
            return Err(Refused::NoDays.into());
        }
        laid = history::end(&laid, until);
    }
    store_history(tx, town, doing, register, id, &known, laid)?;
    Ok(id)
}

/// 訂正する: what stood there was wrong for these days. `turn` is the record's as it was shown.
///
/// # Errors
/// See [`Refused`]; a correction without a reason is refused.
pub fn correct(
    tx: &Write<'_>,
    town: &Town,
    doing: &Doing,
    record: RecordId,
    turn: i64,
    days: Days,
    amend: &Amend,
) -> Result<(), RegisterError> {
    if !matches!(&doing.cause, Cause::Correction { reason } if !reason.trim().is_empty()) {
        return Err(Refused::ReasonDue.into());
    }
    if !days.is_sound() {
        return Err(Refused::NoDays.into());
    }
    let head = rows::head(tx, record)?.ok_or(Refused::NothingToChange)?;
    if head.turn != turn {
        return Err(Refused::Changed.into());
    }
    let register = register_of(town, &head.register)?;
    let known = stretches(tx, record)?;
    let laid = history::amend(&known, days, amend);
    if laid == known {
        return Err(Refused::NothingToChange.into());
    }
    store_history(tx, town, doing, register, record, &known, laid)
}

/// Carries out what an outcome does to a register: `enter:` and `change:` of a definition. Other verbs are other rooms'. `id` is that of a
/// record that may be entered, drawn before the transaction and the same in each run.
///
/// # Errors
/// See [`Refused`]: the decision is then not taken, and staff read why.
pub fn carry_out(
    tx: &Write<'_>,
    town: &Town,
    doing: &Doing,
    effect: &Effect,
    names: &dyn Names,
    id: RecordId,
) -> Result<Option<RecordId>, RegisterError> {
    match effect {
        Effect::Enter { register, values, state, from, until } => {
            let def = register_of(town, register)?;
            let days = Days { from: day(from.as_ref(), names)?.unwrap_or(doing.today), until: day(until.as_ref(), names)? };
            let new = New { id, register: register.clone(), state: state.clone(), values: evaluated(def, values, names)?, days };
            enter(tx, town, doing, &new).map(Some)
        }
        Effect::Change { register, of, values, state, from, until } => {
            let def = register_of(town, register)?;
            let of = of.value(names);
            if matches!(of, Value::Unknown) {
                return Err(Refused::NoOwner.into());
            }
            let keys = keys_of_value(&of);
            let amend = Amend { state: state.clone(), values: evaluated(def, values, names)?, emptied: emptied(values, names) };
            let until = day(until.as_ref(), names)?;
            // A change that says only a last day ends the record there: it holds from that day.
            let from = day(from.as_ref(), names)?.or(until).unwrap_or(doing.today);
            // Who is known by id now may have been entered by name, when nobody had found them yet.
            let known = keys.iter().find_map(|key| rows::knows(tx, def, key, from).map(|knows| knows.then_some(key)).transpose());
            let which = known.transpose()?.or(keys.first()).ok_or(Refused::NothingToChange)?.clone();
            change(tx, town, doing, register, &Which::Of(which), &Change { amend, from, until }).map(Some)
        }
        _ => Ok(None),
    }
}

fn register_of<'t>(town: &'t Town, id: &RegisterId) -> Result<&'t Register, Refused> {
    town.registers.get(id).ok_or_else(|| Refused::NoRegister(id.clone()))
}

fn evaluated(register: &Register, values: &IndexMap<FieldId, Condition>, names: &dyn Names) -> Result<Answers, Refused> {
    let mut answers = Answers::default();
    for (id, expression) in values {
        let column = register.fields.get(id).ok_or_else(|| Refused::NoColumn(id.clone()))?;
        let value = expression.value(names);
        if matches!(value, Value::Absent | Value::Unknown | Value::Null) {
            continue;
        }
        answers.insert(id.clone(), answer_for(column, &value).ok_or_else(|| Refused::Misfit(id.clone()))?);
    }
    Ok(answers)
}

/// Columns to which a definition says `null`. What was not answered, or is not known, changes nothing.
fn emptied(values: &IndexMap<FieldId, Condition>, names: &dyn Names) -> Vec<FieldId> {
    values.iter().filter(|(_, expression)| expression.value(names) == Value::Null).map(|(id, _)| id.clone()).collect()
}

/// A value as its column keeps it.
pub fn answer_for(column: &Column, value: &Value) -> Option<Answer> {
    match &column.kind {
        ColumnKind::Code | ColumnKind::Household => key_of_value(value).map(Answer::Text),
        ColumnKind::Resident => match value {
            Value::Record(record) => {
                let text = |name: &str| match record.fields.get(name) {
                    Some(Value::Text(text)) => Some(text.to_string()),
                    _ => None,
                };
                let born = match record.fields.get("born") {
                    Some(Value::Date(born)) => Some(*born),
                    _ => None,
                };
                let id = record.id.as_deref().map(str::to_owned);
                Some(Answer::Member(Member { id, name: text("name").unwrap_or_default(), kana: text("kana"), born }))
            }
            other => key_of_value(other).map(|id| Answer::Member(Member { id: Some(id), name: String::new(), kana: None, born: None })),
        },
        ColumnKind::Answer(kind) => kinds::prefilled(kind, value),
    }
}

fn day(expression: Option<&Condition>, names: &dyn Names) -> Result<Option<Date>, Refused> {
    match expression.map(|expression| expression.value(names)) {
        None | Some(Value::Absent | Value::Unknown | Value::Null) => Ok(None),
        Some(Value::Date(day)) => Ok(Some(day)),
        Some(_) => Err(Refused::NoDays),
    }
}

fn key_of_value(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Decimal(number) => Some(number.to_string()),
        Value::Date(day) => Some(day.to_string()),
        Value::Record(record) => record.id.as_deref().map(str::to_owned).or_else(|| name_key_of_value(value)),
        _ => None,
    }
}

/// All texts by which a value may name a record, the surest first: a person's id, then their name and birth day.
fn keys_of_value(value: &Value) -> Vec<String> {
    let mut keys: Vec<String> = key_of_value(value).into_iter().chain(name_key_of_value(value)).collect();
    keys.dedup();
    keys
}

fn name_key_of_value(value: &Value) -> Option<String> {
    let Value::Record(record) = value else { return None };
    match (record.fields.get("name"), record.fields.get("born")) {
        (Some(Value::Text(name)), Some(Value::Date(born))) => Some(name_key(name, Some(*born))),
        (Some(Value::Text(name)), _) => Some(name_key(name, None)),
        _ => None,
    }
}

/// Someone typed by hand is the same person when name and birth day are.
pub(crate) fn name_key(name: &str, born: Option<Date>) -> String {
    format!("{}/{}", jp::kana::fold(name), born.map_or_else(String::new, |born| born.to_string()))
}

/// The text by which a value names a record, an owner, or is compared for `unique:`.
pub fn key_of(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Member(member) => Some(member.id.clone().unwrap_or_else(|| name_key(&member.name, member.born))),
        Answer::Text(text) | Answer::Kana(text) | Answer::Choice(text) | Answer::Phone(text) | Answer::Mail(text) => Some(text.clone()),
        Answer::PersonName(name) => Some(name.whole()),
        Answer::Date(day) => Some(day.to_string()),
        Answer::Number(number) | Answer::Money(number) => Some(number.to_string()),
        Answer::Decimal(number) => Some(number.to_string()),
        Answer::YesNo(yes) => Some(yes.to_string()),
        Answer::Address(address) => Some(crate::search::address_key(&address.line)),
        _ => None,
    }
}

/// The record's stretches as they are known now.
///
/// # Errors
/// As [`Read::all`].
pub fn stretches(tx: &Read<'_>, record: RecordId) -> Result<Vec<Stretch>, StoreError> {
    Ok(rows::known(tx, record)?.into_iter().map(|fact| fact.stretch).collect())
}

fn found(tx: &Read<'_>, register: &Register, which: &Which, from: Date) -> Result<RecordId, RegisterError> {
    match which {
        Which::Id(id) => Ok(*id),
        Which::Of(of) => {
            // Next year's record may be entered already; what holds on the day is meant.
            let holding = rows::records_on(tx, register, of, from)?;
            let ids = if holding.is_empty() { rows::records_after(tx, register, of, from)? } else { holding };
            match ids.as_slice() {
                [id] => Ok(*id),
                [] => Err(Refused::NothingToChange.into()),
                _ => Err(Refused::Several.into()),
            }
        }
    }
}

/// May they → still possible → change → totals → journal → who is told.
fn store_history(
    tx: &Write<'_>,
    town: &Town,
    doing: &Doing,
    register: &Register,
    record: RecordId,
    before: &[Stretch],
    after: Vec<Stretch>,
) -> Result<(), RegisterError> {
    if after == before {
        return Ok(());
    }
    for stretch in &after {
        fits(register, stretch)?;
        if let Some(taken) = rows::taken(tx, register, record, stretch)? {
            return Err(Refused::Taken { record: taken }.into());
        }
    }
    rows::take_turn(tx, register, record)?;
    rows::replace(tx, register, record, &after, doing)?;
    totals::change(tx, town, register, before, &after)?;
    tx.journal(&entry(doing, record, if before.is_empty() { "entered" } else { "changed" }))?;
    publish::record_changed(tx, town, register, before, &after)?;
    Ok(())
}

fn entry(doing: &Doing, record: RecordId, what: &'static str) -> Entry {
    let (what, why) = match &doing.cause {
        Cause::Decision { case } => (what, format!("case:{case}")),
        Cause::Correction { .. } => ("corrected", "correction".to_owned()),
        Cause::Load => (what, "load".to_owned()),
    };
    let (actor, authority) = (doing.actor.clone(), doing.authority.clone());
    Entry { actor, what, kind: "register", record: record.to_string(), authority, why }
}

fn fits(register: &Register, stretch: &Stretch) -> Result<(), Refused> {
    if !stretch.days.is_sound() {
        return Err(Refused::NoDays);
    }
    if let Some((id, _)) = stretch.values.iter().find(|(id, _)| !register.fields.contains_key(*id)) {
        return Err(Refused::NoColumn(id.clone()));
    }
    if let Some(state) = stretch.state.as_ref().filter(|state| !register.states.contains_key(*state)) {
        return Err(Refused::NoState(state.clone()));
    }
    let is_empty = |id: &Option<FieldId>| id.as_ref().is_some_and(|id| stretch.values.get(id.as_str()).and_then(key_of).is_none());
    if is_empty(&register.key) {
        return Err(Refused::NoKey);
    }
    if is_empty(&register.owner) { Err(Refused::NoOwner) } else { Ok(()) }
}

/// The record that a key names on a day: from the rows, else from the town's folder.
///
/// # Errors
/// As [`Read::all`].
pub fn keyed_on(tx: &Read<'_>, register: &Register, key: &str, day: Date) -> Result<Option<Stretch>, StoreError> {
    if let Some(stretch) = rows::keyed(tx, register, key, day)? {
        return Ok(Some(stretch));
    }
    Ok(register.records.get(key).map(|columns| of_folder(register, columns)))
}

/// A record that the folder itself holds: valid always.
pub(crate) fn of_folder(register: &Register, columns: &IndexMap<FieldId, String>) -> Stretch {
    let values = columns.iter().filter_map(|(id, text)| Some((id.clone(), read_column(register.fields.get(id)?, text)?))).collect();
    Stretch { days: Days::since(Date::MIN), state: register.states.keys().next().cloned(), values }
}

/// Reads a column's text as it stands in a folder or in the cast.
pub(crate) fn read_column(column: &Column, text: &str) -> Option<Answer> {
    let typed_value = |text: &str| match text.parse::<i64>() {
        Ok(number) => Value::Int(number),
        Err(_) => text.parse::<Date>().map_or_else(|_| Value::text(text), Value::Date),
    };
    match &column.kind {
        ColumnKind::Code | ColumnKind::Household | ColumnKind::Resident => answer_for(column, &Value::text(text)),
        ColumnKind::Answer(kind) => {
            kinds::prefilled(kind, &typed_value(text)).or_else(|| kinds::prefilled(kind, &Value::text(text))).or_else(|| {
                let several = text.trim_matches(['[', ']']).split([',', ' ', '、']).filter(|one| !one.is_empty()).map(Value::text);
                kinds::prefilled(kind, &Value::list(several))
            })
        }
    }
}
