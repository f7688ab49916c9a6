//! Who may see whom: the attributes of residents and of registers' records that grants look at, and the permitted ways to them.

use access::{Act, Authority, Clause, KindSql, Permitted, Record, RecordAttributes, RecordKind, ResidentId, Staff, filter, may, permit};
use definitions::{
    field::Sensitivity,
    register::{Column, Register},
};
use store::{Read, StoreError, Write};

use crate::{
    resident::Resident,
    rows::{self, Found},
    search::Sought,
};

/// What grants look at in `person p`. Nobody's department has a resident; how closely they are guarded decides.
pub const RESIDENTS: KindSql = KindSql {
    kind: RecordKind::Resident,
    department: KindSql::NOTHING,
    consulted: None,
    assignee: KindSql::NOTHING,
    sensitivity: "p.sensitivity",
    attributes: &[("state", "p.state")],
};

impl Record for Resident {
    fn attributes(&self) -> RecordAttributes {
        RecordAttributes {
            kind: RecordKind::Resident,
            department: None,
            consulted: Vec::new(),
            assignee: None,
            sensitivity: self.sensitivity(),
            attributes: vec![("state", Some(self.state.code().to_owned()))],
        }
    }
}

/// The person, if this member of staff may see them; otherwise they do not exist.
///
/// # Errors
/// As [`Read::first`].
pub fn resident(tx: &Read<'_>, who: &Staff, id: ResidentId) -> Result<Option<Permitted<Resident>>, StoreError> {
    Ok(rows::by_id(tx, id)?.and_then(|person| permit(who, Act::Read, person)))
}

/// Those who live with a person, as far as this member of staff may see them.
///
/// # Errors
/// As [`Read::all`].
pub fn household(tx: &Read<'_>, who: &Staff, person: &Resident) -> Result<Vec<Permitted<Resident>>, StoreError> {
    let Some(id) = person.household else { return Ok(Vec::new()) };
    Ok(rows::members(tx, id)?.into_iter().filter_map(|member| permit(who, Act::Read, member)).collect())
}

/// Finds people by what was typed, within what this member of staff may see.
///
/// # Errors
/// As [`Read::all`].
pub fn search(tx: &Read<'_>, who: &Staff, sought: &Sought, limit: usize) -> Result<Found, StoreError> {
    let allowed: Clause = filter(who, Act::Read, &RESIDENTS, 1);
    rows::search(tx, allowed, sought, limit)
}

/// A line in the log of looks for each person shown, on the authority that lets this member of staff see them, in one statement.
///
/// # Errors
/// As [`Write::run`]: then the page must not go out.
pub fn looked_at(tx: &Write<'_>, who: &Staff, people: &[Resident], why: &str) -> Result<(), StoreError> {
    let seen: Vec<(String, Authority)> =
        people.iter().filter_map(|person| Some((person.id.to_string(), may(who, Act::Read, &person.attributes())?))).collect();
    access::looked::looked_at(tx, who, RecordKind::Resident, &seen, why)
}

/// What grants look at in a record of a register.
pub fn register_attributes(register: &Register, state: Option<&str>, sensitivity: Sensitivity) -> RecordAttributes {
    RecordAttributes {
        kind: RecordKind::Register,
        department: register.department.clone(),
        consulted: Vec::new(),
        assignee: None,
        sensitivity,
        attributes: vec![("register", Some(register.id.as_str().to_owned())), ("state", state.map(str::to_owned))],
    }
}

/// Whether this member of staff may do this to records of a register that stand in a state.
pub fn may_on_register(who: &Staff, act: Act, register: &Register, state: Option<&str>) -> Option<access::Authority> {
    may(who, act, &register_attributes(register, state, Sensitivity::Ordinary))
}

/// The columns that they may see: each has its own sensitivity.
pub fn columns<'r>(who: &Staff, register: &'r Register, state: Option<&str>) -> Vec<&'r Column> {
    let sees = |column: &&Column| may(who, Act::Read, &register_attributes(register, state, column.sensitivity)).is_some();
    register.fields.values().filter(sees).collect()
}
