//! SQL of registers: facts with two times, and the head of each record.

use access::RecordId;
use definitions::{
    answer::{Answer, Answers},
    field::Sensitivity,
    ids::{FieldId, RegisterId, StateId},
    register::Register,
};
use jiff::{Timestamp, civil::Date};
use store::{Read, Row, StoreError, Write, params};

use crate::{
    history::{Days, Stretch},
    records::{Cause, Doing, key_of, name_key},
    rows,
};

/// No day is later; rows without a last day sort after all others.
const NEVER: &str = "9999-12-31";

const HEAD: &str = "select register, turn from register_record where id = $1";
const TAKE_TURN: &str = "insert into register_record (id, register, turn) values ($1, $2, 1) \
    on conflict (id) do update set turn = register_record.turn + 1";
const FACTS: &str = "record, number, register, state, valid_from, valid_until, known_from, known_until, actor, cause, body";
const NEXT_NUMBER: &str = "select coalesce(max(number), 0) + 1 from register_fact where record = $1";
const FORGET: &str = "update register_fact set known_until = $3 where record = $1 and number = $2 and known_until is null";
const INSERT: &str = "insert into register_fact (record, number, register, key, owner, unique_key, state, valid_from, valid_until, \
    known_from, known_until, actor, cause, body, told) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, null, $11, $12, $13, $14)";
const TAKEN: &str = "select record from register_fact where register = $1 and unique_key = $2 and record <> $3 and known_until is null \
    and valid_from <= $4 and valid_until >= $5 limit 1";
/// Two questions and not one with `or`, which no index of its own would answer.
const HOLDS: &str = "select 1 from register_fact where register = $1 and owner = $2 and known_until is null and valid_from <= $3 \
    and valid_until >= $3 union all select 1 from register_fact where register = $1 and key = $2 and known_until is null \
    and valid_from <= $3 and valid_until >= $3 limit 1";

/// A record's head.
pub(crate) struct Head {
    pub register: RegisterId,
    pub turn: i64,
}

/// One thing that was known of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Of which record.
    pub record: RecordId,
    /// Its place among all that was known of the record, from 1.
    pub number: i64,
    /// In which register.
    pub register: RegisterId,
    /// What held, and on which days.
    pub stretch: Stretch,
    /// Since when we know.
    pub known_from: Timestamp,
    /// Until when we believed it; none: we do.
    pub known_until: Option<Timestamp>,
    /// Who wrote it.
    pub actor: String,
    /// Why.
    pub cause: Cause,
}

fn fact(row: &Row) -> Result<Fact, StoreError> {
    let parse = |index: usize, name: &'static str| row.get::<String>(index).map(|text| (text, name));
    let (record, name) = parse(0, "register_fact.record")?;
    let until: String = row.get(5)?;
    Ok(Fact {
        record: record.parse().map_err(|_| StoreError::damaged(name))?,
        number: row.get(1)?,
        register: row.get::<String>(2)?.parse().map_err(|_| StoreError::damaged("register_fact.register"))?,
        stretch: Stretch {
            days: Days { from: row.get(4)?, until: if until == NEVER { None } else { row.get(5)? } },
            state: state(row.get(3)?)?,
            values: serde_json::from_str::<Answers>(&row.get::<String>(10)?).map_err(|_| StoreError::damaged("register_fact.body"))?,
        },
        known_from: row.get(6)?,
        known_until: row.get(7)?,
        actor: row.get(8)?,
        cause: serde_json::from_str(&row.get::<String>(9)?).map_err(|_| StoreError::damaged("register_fact.cause"))?,
    })
}

fn state(stored: Option<String>) -> Result<Option<StateId>, StoreError> {
    stored.map(|state| state.parse().map_err(|_| StoreError::damaged("register_fact.state"))).transpose()
}

pub(crate) fn exists(tx: &Read<'_>, record: RecordId) -> Result<bool, StoreError> {
    Ok(tx.first(HEAD, params![record.to_string()])?.is_some())
}

pub(crate) fn head(tx: &Read<'_>, record: RecordId) -> Result<Option<Head>, StoreError> {
    let Some(row) = tx.first(HEAD, params![record.to_string()])? else { return Ok(None) };
    let register = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("register_record.register"))?;
    Ok(Some(Head { register, turn: row.get(1)? }))
}

pub(crate) fn take_turn(tx: &Write<'_>, register: &Register, record: RecordId) -> Result<(), StoreError> {
    tx.run(TAKE_TURN, params![record.to_string(), register.id.as_str()]).map(drop)
}

/// What is believed of a record now, in the order of its days.
pub(crate) fn known(tx: &Read<'_>, record: RecordId) -> Result<Vec<Fact>, StoreError> {
    let sql = format!("select {FACTS} from register_fact where record = $1 and known_until is null order by valid_from");
    tx.all(&sql, params![record.to_string()])?.iter().map(fact).collect()
}

/// Everything that was ever known of a record, the newest knowledge first; at most 500.
///
/// # Errors
/// As [`Read::all`].
pub fn history(tx: &Read<'_>, record: RecordId) -> Result<Vec<Fact>, StoreError> {
    let sql = format!("select {FACTS} from register_fact where record = $1 order by known_from desc, number desc limit 500");
    tx.all(&sql, params![record.to_string()])?.iter().map(fact).collect()
}

/// What was believed at a moment to hold on a day.
///
/// # Errors
/// As [`Read::first`].
pub fn as_known(tx: &Read<'_>, record: RecordId, day: Date, at: Timestamp) -> Result<Option<Fact>, StoreError> {
    let sql = format!(
        "select {FACTS} from register_fact where record = $1 and valid_from <= $2 and valid_until >= $2 and known_from <= $3 \
         and (known_until is null or known_until > $3) order by number desc limit 1"
    );
    tx.first(&sql, params![record.to_string(), day, at])?.as_ref().map(fact).transpose()
}

/// Ends what is believed no more and writes what is newly known; what stays the same is not touched.
pub(crate) fn replace(tx: &Write<'_>, register: &Register, record: RecordId, after: &[Stretch], doing: &Doing) -> Result<(), StoreError> {
    let before = known(tx, record)?;
    for old in before.iter().filter(|old| !after.contains(&old.stretch)) {
        tx.run(FORGET, params![record.to_string(), old.number, doing.now])?;
    }
    let next: i64 = tx.first(NEXT_NUMBER, params![record.to_string()])?.ok_or(StoreError::damaged("register_fact"))?.get(0)?;
    let new = after.iter().filter(|new| !before.iter().any(|old| old.stretch == **new));
    (next..).zip(new).try_for_each(|(number, stretch)| insert(tx, register, record, number, stretch, doing))
}

fn insert(tx: &Write<'_>, register: &Register, record: RecordId, number: i64, stretch: &Stretch, doing: &Doing) -> Result<(), StoreError> {
    let column = |id: Option<&FieldId>| id.and_then(|id| stretch.values.get(id.as_str())).and_then(key_of);
    let json = |value: serde_json::Result<String>| value.map_err(|_| StoreError::damaged("a value that has no JSON"));
    tx.run(
        INSERT,
        params![
            record.to_string(),
            number,
            register.id.as_str(),
            column(register.key.as_ref()),
            column(register.whose()),
            unique_key(register, stretch),
            stretch.state.as_ref().map(|state| state.as_str().to_owned()),
            stretch.days.from,
            stretch.days.until.map_or_else(|| NEVER.to_owned(), |day| day.to_string()),
            doing.now,
            &doing.actor,
            json(serde_json::to_string(&doing.cause))?,
            json(serde_json::to_string(&stretch.values))?,
            json(serde_json::to_string(&ordinary(register, &stretch.values)))?
        ],
    )
    .map(drop)
}

/// The values that only one record may hold on a day; the key always is.
fn unique_key(register: &Register, stretch: &Stretch) -> Option<String> {
    let columns = unique_columns(register);
    let values: Vec<String> = columns.iter().filter_map(|id| stretch.values.get(id.as_str()).and_then(key_of)).collect();
    // A column that is empty is like no other.
    (!columns.is_empty() && values.len() == columns.len()).then(|| values.join(BETWEEN))
}

fn unique_columns(register: &Register) -> &[FieldId] {
    if register.unique.is_empty() { register.key.as_slice() } else { &register.unique }
}

/// Between the values of a unique key.
const BETWEEN: &str = "\u{1f}";

/// All unique keys under which the same may stand already: someone of the registry may have been entered by name and birth day, and the
/// other way round.
fn unique_keys(tx: &Read<'_>, register: &Register, stretch: &Stretch) -> Result<Vec<String>, StoreError> {
    let Some(key) = unique_key(register, stretch) else { return Ok(Vec::new()) };
    let mut keys = vec![String::new()];
    for (at, id) in unique_columns(register).iter().enumerate() {
        let Some(answer) = stretch.values.get(id.as_str()) else { return Ok(vec![key]) };
        let names = names_of(tx, answer)?;
        let between = if at == 0 { "" } else { BETWEEN };
        keys = keys.iter().flat_map(|begun| names.iter().map(move |name| format!("{begun}{between}{name}"))).collect();
    }
    Ok(keys)
}

/// The texts by which a value names something: a person by their id and by name and birth day.
fn names_of(tx: &Read<'_>, answer: &Answer) -> Result<Vec<String>, StoreError> {
    let mut names: Vec<String> = key_of(answer).into_iter().collect();
    if let Answer::Member(member) = answer {
        match member.id.as_deref().map(str::parse) {
            Some(Ok(id)) => names.extend(rows::by_id(tx, id)?.map(|person| name_key(&person.name.full(), Some(person.born)))),
            Some(Err(_)) => {}
            None => names.extend(rows::named(tx, &member.name, member.born)?.iter().map(ToString::to_string)),
        }
    }
    Ok(names)
}

/// Another record that holds the same on one of these days.
pub(crate) fn taken(tx: &Read<'_>, register: &Register, record: RecordId, stretch: &Stretch) -> Result<Option<RecordId>, StoreError> {
    let until = stretch.days.until.map_or_else(|| NEVER.to_owned(), |day| day.to_string());
    for key in unique_keys(tx, register, stretch)? {
        if let Some(row) = tx.first(TAKEN, params![register.id.as_str(), key, record.to_string(), &until, stretch.days.from])? {
            return row.get::<String>(0)?.parse().map(Some).map_err(|_| StoreError::damaged("register_fact.record"));
        }
    }
    Ok(None)
}

/// Whether there is a record of an owner or a key that is valid on a day or later.
pub(crate) fn knows(tx: &Read<'_>, register: &Register, of: &str, day: Date) -> Result<bool, StoreError> {
    Ok(!records_where(tx, register, of, day, "valid_until >= $3")?.is_empty())
}

/// Records of an owner or a key that are valid on a day.
pub(crate) fn records_on(tx: &Read<'_>, register: &Register, of: &str, day: Date) -> Result<Vec<RecordId>, StoreError> {
    records_where(tx, register, of, day, "valid_from <= $3 and valid_until >= $3")
}

/// Records of an owner or a key that are valid only after a day.
pub(crate) fn records_after(tx: &Read<'_>, register: &Register, of: &str, day: Date) -> Result<Vec<RecordId>, StoreError> {
    records_where(tx, register, of, day, "valid_from > $3")
}

fn records_where(tx: &Read<'_>, register: &Register, of: &str, day: Date, days: &str) -> Result<Vec<RecordId>, StoreError> {
    let named = if register.owner.is_some() { "owner" } else { "key" };
    tx.all(&where_sql(named, days), params![register.id.as_str(), of, day])?
        .iter()
        .map(|row| row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("register_fact.record")))
        .collect()
}

fn where_sql(named: &str, days: &str) -> String {
    format!(
        "select distinct record from register_fact where register = $1 and {named} = $2 and known_until is null and {days} \
         order by record limit 20"
    )
}

fn keyed_sql() -> String {
    format!(
        "select {FACTS} from register_fact where register = $1 and key = $2 and known_until is null and valid_from <= $3 \
         and valid_until >= $3 limit 1"
    )
}

/// What the record of a key holds on a day.
pub(crate) fn keyed(tx: &Read<'_>, register: &Register, key: &str, day: Date) -> Result<Option<Stretch>, StoreError> {
    Ok(tx.first(&keyed_sql(), params![register.id.as_str(), key, day])?.as_ref().map(fact).transpose()?.map(|fact| fact.stretch))
}

/// Whether a register holds a record of this owner or key that is valid on a day.
///
/// # Errors
/// As [`Read::first`].
pub fn holds(tx: &Read<'_>, register: &RegisterId, owner: &str, on: Date) -> Result<bool, StoreError> {
    Ok(tx.first(HOLDS, params![register.as_str(), owner, on])?.is_some())
}

/// What is known of the records of one owner, over all registers; at most 200.
///
/// # Errors
/// As [`Read::all`].
pub fn of_owner(tx: &Read<'_>, owner: &str) -> Result<Vec<Fact>, StoreError> {
    let sql = format!("select {FACTS} from register_fact where owner = $1 and known_until is null order by register, valid_from limit 200");
    tx.all(&sql, params![owner])?.iter().map(fact).collect()
}

/// [`of_owner`] with the columns alone that the owner's own page may show.
pub(crate) fn told_of_owner(tx: &Read<'_>, owner: &str) -> Result<Vec<Fact>, StoreError> {
    let columns = FACTS.replace("body", "told");
    let sql =
        format!("select {columns} from register_fact where owner = $1 and known_until is null order by register, valid_from limit 200");
    tx.all(&sql, params![owner])?.iter().map(fact).collect()
}

/// The ordinary columns; what a register guards more closely does not leave the desk.
fn ordinary(register: &Register, values: &Answers) -> Answers {
    let is_ordinary = |id: &FieldId| register.fields.get(id).is_some_and(|column| column.sensitivity == Sensitivity::Ordinary);
    values.iter().filter(|(id, _)| is_ordinary(id)).map(|(id, answer)| (id.clone(), answer.clone())).collect()
}

/// A page of a register: what is valid on a day or will be, in the order of their first day; begins after a record.
///
/// # Errors
/// As [`Read::all`].
pub fn listed(
    tx: &Read<'_>,
    register: &RegisterId,
    on: Date,
    after: Option<(Date, RecordId)>,
    limit: i64,
) -> Result<Vec<Fact>, StoreError> {
    let (from, record) = after.map_or_else(|| (String::new(), String::new()), |(from, record)| (from.to_string(), record.to_string()));
    let sql = format!(
        "select {FACTS} from register_fact where register = $1 and known_until is null and valid_until >= $2 \
         and (valid_from, record) > ($3, $4) order by valid_from, record limit $5"
    );
    tx.all(&sql, params![register.as_str(), on, from, record, limit])?.iter().map(fact).collect()
}

#[cfg(test)]
mod tests {
    use store::testing::Place;

    use super::*;

    /// A list of a million lines asks for each key: what is asked may not cost more the more the register holds.
    #[test]
    fn a_record_is_found_by_name_and_day_without_reading_the_others() {
        let place = Place::sqlite();
        let desk = place.open("desk", &[access::DESK_MIGRATIONS, crate::DESK_MIGRATIONS].concat());
        let holding = "valid_from <= $3 and valid_until >= $3";
        let asked = [
            (keyed_sql(), "register_fact_key (register=? AND key=? AND valid_from<?)"),
            (where_sql("key", holding), "register_fact_key (register=? AND key=? AND valid_from<?)"),
            (where_sql("key", "valid_from > $3"), "register_fact_key (register=? AND key=? AND valid_from>?)"),
            (where_sql("owner", holding), "register_fact_owner (owner=? AND register=? AND valid_from<?)"),
            (where_sql("owner", "valid_until >= $3"), "register_fact_owner (owner=? AND register=?)"),
            (TAKEN.to_owned(), "register_fact_unique (register=? AND unique_key=? AND valid_from<?)"),
            (HOLDS.to_owned(), "register_fact_owner (owner=? AND register=? AND valid_from<?)"),
        ];
        for (sql, index) in asked {
            let explained = format!("explain query plan {sql}");
            let values: Vec<store::Param> =
                (1..=5).filter(|place| sql.contains(&format!("${place}"))).map(|_| "2026-11-24".into()).collect();
            let plan: Vec<String> =
                desk.read::<_, StoreError>(move |tx| tx.all(&explained, &values)?.iter().map(|row| row.get(3)).collect()).unwrap();
            assert!(plan.iter().any(|line| line.ends_with(index)), "{sql}: {plan:?}");
            assert!(!plan.iter().any(|line| line.contains("register_fact_listed") || line.contains("SCAN")), "{sql}: {plan:?}");
        }
    }
}
