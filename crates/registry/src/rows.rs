//! What is stored of residents, and how they are found.

use std::sync::LazyLock;

use access::{Clause, HouseholdId, ResidentId};
use jiff::{Timestamp, civil::Date};
use jp::kana::fold;
use store::{Entry, Param, Read, Row, StoreError, Write, params};

use crate::{
    publish,
    records::name_key,
    resident::{Resident, State},
    search::{Part, Sought, address_key},
};

const FIND_SERIAL: &str = "select serial, find_key, household from person where id = $1";
const NEXT_SERIAL: &str = "insert into registry_serial (name, last) values ('person', 1) \
    on conflict (name) do update set last = registry_serial.last + 1 returning last";
const INSERT: &str = "insert into person (serial, id, number, household, place, state, born, sort_key, find_key, address_key, phone, \
    phone_tail, sensitivity, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const UPDATE: &str = "update person set number = $2, household = $3, place = $4, state = $5, born = $6, sort_key = $7, find_key = $8, \
    address_key = $9, phone = $10, phone_tail = $11, sensitivity = $12, body = $13 where serial = $1";
const DROP_GRAMS: &str = "delete from person_gram where person = $1";
const BY_ID: &str = "select body from person where id = $1";
const MEMBERS: &str = "select body from person where household = $1 order by place, serial limit 100";
const ADDRESSES: &str = "select id from person where state = 'resident' and sensitivity = 0 limit 1";

/// Grams go in by so many rows a statement: one statement text, few round trips.
const GRAM_ROWS: usize = 32;

/// What came of storing a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// A person whom the registry did not know.
    New,
    /// The person changed.
    Changed,
    /// Nothing differed.
    Same,
}

/// Stores a person as the base system says they are. The same person twice changes nothing.
///
/// # Errors
/// As [`Write::run`]; a 宛名番号 that another person has is refused by its table.
pub fn put(tx: &Write<'_>, resident: &Resident) -> Result<Stored, StoreError> {
    let body = serde_json::to_string(resident).map_err(|_| StoreError::damaged("person.body"))?;
    let names: Vec<String> = resident.names_to_find().iter().map(|text| fold(text)).collect();
    let find_key = names.join("\n");
    let household = resident.household.map(|id| id.to_string());
    let known = tx.first(FIND_SERIAL, params![resident.id.to_string()])?;
    let Some(known) = known else {
        let serial: i64 = tx.first(NEXT_SERIAL, params![])?.ok_or(StoreError::damaged("registry_serial"))?.get(0)?;
        let mut values = vec![Param::from(serial), Param::from(resident.id.to_string())];
        values.extend(columns(resident, &find_key, body));
        tx.run(INSERT, &values)?;
        add_grams(tx, serial, resident)?;
        publish::resident_changed(tx, household.as_slice(), resident.id)?;
        return Ok(Stored::New);
    };
    let (serial, known_key): (i64, String) = (known.get(0)?, known.get(1)?);
    let before: Option<String> = tx.first(BY_ID, params![resident.id.to_string()])?.map(|row| row.get(0)).transpose()?;
    if before.as_deref() == Some(body.as_str()) {
        return Ok(Stored::Same);
    }
    let mut values = vec![Param::from(serial)];
    values.extend(columns(resident, &find_key, body));
    tx.run(UPDATE, &values)?;
    if known_key != find_key {
        tx.run(DROP_GRAMS, params![serial])?;
        add_grams(tx, serial, resident)?;
    }
    // Who moved out of a household is told of no more there.
    let left = known.get::<Option<String>>(2)?;
    let households: Vec<String> = household.into_iter().chain(left).collect();
    publish::resident_changed(tx, &households, resident.id)?;
    Ok(Stored::Changed)
}

/// The columns from `number` to `body`, in the order of both statements.
fn columns(resident: &Resident, find_key: &str, body: String) -> Vec<Param> {
    let phone = resident.phone.clone();
    let phone_tail = phone.as_ref().map(|phone| phone[phone.len().saturating_sub(4)..].to_owned());
    vec![
        Param::from(&resident.number),
        Param::from(resident.household.map(|id| id.to_string())),
        Param::from(i64::from(resident.place)),
        Param::from(resident.state.code()),
        Param::from(resident.born),
        Param::from(resident.name.sort_key()),
        Param::from(find_key),
        Param::from(address_key(&resident.address.whole())),
        Param::from(phone),
        Param::from(phone_tail),
        Param::from(access::grants::sensitivity_code(resident.sensitivity())),
        Param::from(body),
    ]
}

fn add_grams(tx: &Write<'_>, serial: i64, resident: &Resident) -> Result<(), StoreError> {
    let mut grams: Vec<String> = resident.names_to_find().iter().flat_map(|text| jp::kana::grams(text)).collect();
    grams.sort();
    grams.dedup();
    for some in grams.chunks(GRAM_ROWS) {
        // The last statement is filled up with its first row, so that all have one text.
        let filled = some.iter().chain(std::iter::repeat(&some[0])).take(GRAM_ROWS);
        let values: Vec<Param> = filled.flat_map(|gram| [Param::from(gram), Param::from(serial)]).collect();
        tx.run(&ADD_GRAMS, &values)?;
    }
    Ok(())
}

/// One text for all of them, made once: 20,000 people are 40,000 such statements.
static ADD_GRAMS: LazyLock<String> = LazyLock::new(|| {
    let rows: Vec<String> = (0..GRAM_ROWS).map(|row| format!("(${}, ${})", row * 2 + 1, row * 2 + 2)).collect();
    format!("insert into person_gram (gram, person) values {} on conflict (gram, person) do nothing", rows.join(", "))
});

fn resident(row: &Row, at: usize) -> Result<Resident, StoreError> {
    serde_json::from_str(&row.get::<String>(at)?).map_err(|_| StoreError::damaged("person.body"))
}

/// The person of this id, whoever asks. Pages ask [`crate::permitted`]; rules and jobs ask here.
///
/// # Errors
/// As [`Read::first`].
pub fn by_id(tx: &Read<'_>, id: ResidentId) -> Result<Option<Resident>, StoreError> {
    tx.first(BY_ID, params![id.to_string()])?.map(|row| resident(&row, 0)).transpose()
}

/// People of the registry who were born on a day and bear a name, however it is spaced.
pub(crate) fn named(tx: &Read<'_>, name: &str, born: Option<Date>) -> Result<Vec<ResidentId>, StoreError> {
    let Some(day) = born else { return Ok(Vec::new()) };
    let sought = name_key(name, born);
    let born: Vec<Resident> =
        tx.all("select body from person where born = $1", params![day])?.iter().map(|row| resident(row, 0)).collect::<Result<_, _>>()?;
    Ok(born.into_iter().filter(|person| name_key(&person.name.full(), Some(person.born)) == sought).map(|person| person.id).collect())
}

/// The members of a household in the order of the register.
///
/// # Errors
/// As [`Read::all`].
pub fn members(tx: &Read<'_>, household: HouseholdId) -> Result<Vec<Resident>, StoreError> {
    tx.all(MEMBERS, params![household.to_string()])?.iter().map(|row| resident(row, 0)).collect()
}

/// The person and those who live with them, themself first.
///
/// # Errors
/// As [`Read::all`].
pub fn with_household(tx: &Read<'_>, id: ResidentId) -> Result<Vec<Resident>, StoreError> {
    let Some(person) = by_id(tx, id)? else { return Ok(Vec::new()) };
    let mut all = vec![person];
    if let Some(household) = all[0].household {
        all.extend(members(tx, household)?.into_iter().filter(|member| member.id != id));
    }
    Ok(all)
}

/// Whether anybody is in the registry at all: a town may begin without.
///
/// # Errors
/// As [`Read::first`].
pub fn is_empty(tx: &Read<'_>) -> Result<bool, StoreError> {
    Ok(tx.first(ADDRESSES, params![])?.is_none())
}

/// What was found: at most `limit`, and whether there is more.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// In あいうえお order.
    pub residents: Vec<Resident>,
    /// Whether something was left out: the clerk types more.
    pub more: bool,
}

/// Finds people by what was typed into the one box, within what the grants allow: a condition over `person p`, bound from `$1`.
///
/// # Errors
/// As [`Read::all`].
pub fn search(tx: &Read<'_>, allowed: Clause, sought: &Sought, limit: usize) -> Result<Found, StoreError> {
    let mut binds = Binds { params: allowed.params };
    let mut sql = format!("select p.find_key, p.address_key, p.body from person p where ({})", allowed.sql);
    for part in &sought.parts {
        sql.push_str(" and ");
        sql.push_str(&condition(part, &mut binds));
    }
    // Grams find a little more than what holds the text: what is fetched is looked at again.
    let fetched = i64::try_from(limit * 4 + 1).unwrap_or(i64::MAX);
    sql.push_str(&format!(" order by p.sort_key, p.serial limit {}", binds.bind(fetched)));
    let rows = tx.all(&sql, &binds.params)?;
    let full = rows.len() as i64 >= fetched;
    let mut residents = Vec::new();
    for row in &rows {
        let (names, address): (String, String) = (row.get(0)?, row.get(1)?);
        if sought.parts.iter().all(|part| fits(part, &names, &address)) {
            residents.push(resident(row, 2)?);
        }
    }
    let more = full || residents.len() > limit;
    residents.truncate(limit);
    Ok(Found { residents, more })
}

struct Binds {
    params: Vec<Param>,
}

impl Binds {
    fn bind(&mut self, value: impl Into<Param>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }
}

fn condition(part: &Part, binds: &mut Binds) -> String {
    let mut ways = Vec::new();
    if let Some(born) = part.born {
        ways.push(format!("p.born = {}", binds.bind(born)));
    }
    if let Some(digits) = &part.digits {
        ways.push(format!("p.number = {}", binds.bind(format!("{digits:0>10}"))));
        ways.push(between("p.phone", digits, binds));
        if digits.len() == 4 {
            ways.push(format!("p.phone_tail = {}", binds.bind(digits)));
        }
    }
    if let Some(text) = &part.text {
        let grams: Vec<String> = text
            .grams
            .iter()
            .take(8)
            .map(|gram| format!("p.serial in (select g.person from person_gram g where g.gram = {})", binds.bind(gram)))
            .collect();
        ways.push(format!("({})", grams.join(" and ")));
        ways.push(between("p.address_key", &text.address, binds));
    }
    format!("({})", ways.join(" or "))
}

/// What begins with a text, by the index of the column. The last character there is sorts behind all that texts hold.
fn between(column: &str, beginning: &str, binds: &mut Binds) -> String {
    let from = binds.bind(beginning);
    let to = binds.bind(format!("{beginning}\u{10fffd}"));
    format!("({column} >= {from} and {column} < {to})")
}

fn fits(part: &Part, names: &str, address: &str) -> bool {
    let Some(text) = &part.text else { return true };
    names.split('\n').any(|name| name.contains(&text.key)) || address.starts_with(&text.address)
}

/// Says until when a person is protected, and with them all who live with them; none: no longer. Says whom it reached. Who may do so, and on
/// what ground, is [`crate::protection`]'s matter.
///
/// # Errors
/// As [`Write::run`].
pub fn protect(
    tx: &Write<'_>,
    id: ResidentId,
    until: Option<Date>,
    journal: impl Fn(ResidentId) -> Entry,
) -> Result<Vec<ResidentId>, StoreError> {
    let Some(person) = by_id(tx, id)? else { return Ok(Vec::new()) };
    // 支援措置 reaches all who live with the person: one address protects none of them alone.
    let household = match person.household {
        Some(household) => members(tx, household)?,
        None => vec![person],
    };
    let mut reached = Vec::new();
    for mut member in household.into_iter().filter(|member| member.state == State::Resident || member.id == id) {
        member.protected_until = until;
        put(tx, &member)?;
        tx.journal(&journal(member.id))?;
        reached.push(member.id);
    }
    Ok(reached)
}

/// How far a load has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Households done.
    pub households: i64,
    /// Persons done.
    pub persons: i64,
    /// Whether all are.
    pub finished: bool,
}

pub(crate) fn progress(tx: &Read<'_>, name: &str) -> Result<Progress, StoreError> {
    let sql = "select households, persons, finished_at from registry_load where name = $1";
    let Some(row) = tx.first(sql, params![name])? else { return Ok(Progress::default()) };
    Ok(Progress { households: row.get(0)?, persons: row.get(1)?, finished: row.get::<Option<i64>>(2)?.is_some() })
}

pub(crate) fn note_progress(tx: &Write<'_>, name: &str, progress: Progress, now: Timestamp) -> Result<(), StoreError> {
    let finished = progress.finished.then_some(now);
    tx.run(
        "insert into registry_load (name, households, persons, finished_at) values ($1, $2, $3, $4) on conflict (name) do update set \
         households = excluded.households, persons = excluded.persons, finished_at = excluded.finished_at",
        params![name, progress.households, progress.persons, finished],
    )?;
    Ok(())
}
