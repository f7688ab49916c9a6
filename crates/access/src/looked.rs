//! 閲覧記録 Who looked at what.
//!
//! Each look of staff at a person's data is a line: who, at which record, on what authority, why. It stands in the journal, whose chain
//! nobody can change, and in a table that finds it by person and by record. The reason is taken from where the look began: the open case, a
//! call, a counter ticket; it is asked only out of context.

use definitions::field::Sensitivity;
use jiff::Timestamp;
use store::{Entry, Param, Read, Row, StoreError, Write};

use crate::{
    StaffId,
    grants::{Act, Authority, RecordAttributes, RecordKind, may},
    staff::Staff,
};

/// Lines on a page of the list.
pub const LOOKS_PER_PAGE: i64 = 50;

const INSERT: &str = "insert into looked (id, at, staff, kind, record, authority, why) values";
const COLUMNS: &str =
    "select l.id, l.at, l.staff, s.name, l.kind, l.record, l.authority, l.why from looked l left join staff s on s.id = l.staff";

/// Writes that someone looked at a record, on which authority ([`may`] or [`Permitted::authority`] of the very reading) and why: `search`,
/// `list`, `household`, `call`, `counter`, `audit`, or the record from which the look came (`case:…`). In the same transaction as the
/// reading that it speaks of, or before its page goes out.
///
/// [`Permitted::authority`]: crate::Permitted::authority
///
/// # Errors
/// When the store fails: then the page must not go out.
pub fn looked(tx: &Write<'_>, who: &Staff, authority: &Authority, kind: RecordKind, record: &str, why: &str) -> Result<(), StoreError> {
    looked_at(tx, who, kind, &[(record.to_owned(), authority.clone())], why)
}

/// Lines of one statement.
const LINES_TOGETHER: usize = 50;

/// [`looked`] at several records, each on its own authority, in one statement: a list shows as many people as it has lines, and each of them
/// may ask who looked.
///
/// # Errors
/// As [`looked`].
pub fn looked_at(tx: &Write<'_>, who: &Staff, kind: RecordKind, records: &[(String, Authority)], why: &str) -> Result<(), StoreError> {
    for some in records.chunks(LINES_TOGETHER) {
        let mut values: Vec<Param> = Vec::with_capacity(some.len() * 7);
        for (record, authority) in some {
            // Another id when the closure runs again is no harm: what the first run wrote is gone.
            let id = crate::NoteId::draw(tx.now()).to_string();
            values.extend([id.into(), tx.now().into(), who.id.to_string().into(), kind.word().into(), record.into()]);
            values.extend([Param::from(authority.to_string()), Param::from(why)]);
        }
        let lines: Vec<String> = (0..some.len()).map(|line| row_of(line * 7)).collect();
        tx.run(&format!("{INSERT} {}", lines.join(", ")), &values)?;
    }
    for (record, authority) in records {
        tx.journal(&Entry {
            actor: who.actor(),
            what: "looked-at",
            kind: kind.word(),
            record: record.clone(),
            authority: authority.to_string(),
            why: why.to_owned(),
        })?;
    }
    Ok(())
}

/// `($1, …, $7)`, counted on from what is bound already.
fn row_of(bound: usize) -> String {
    let places: Vec<String> = (1..=7).map(|place| format!("${}", bound + place)).collect();
    format!("({})", places.join(", "))
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id, by which the next page begins.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub staff: StaffId,
    /// Their name, if they are still in the directory.
    pub name: Option<String>,
    /// At which kind of record.
    pub kind: String,
    /// At which record.
    pub record: String,
    /// On what authority.
    pub authority: String,
    /// Why.
    pub why: String,
}

/// What to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Only by this person.
    pub staff: Option<StaffId>,
    /// Only at this record.
    pub record: Option<String>,
    /// Only lines older than this one.
    pub before: Option<(Timestamp, String)>,
}

/// Whether someone may read the access log: a grant to read the journal, over the whole town.
pub fn may_read_log(who: &Staff) -> Option<Authority> {
    may(who, Act::Read, &RecordAttributes::of_town(RecordKind::Journal, Sensitivity::Ordinary))
}

/// A page of the list, newest first, and whether there is more. Uses `looked_at`, `looked_staff` or `looked_record`.
///
/// # Errors
/// When the store fails.
pub fn list(tx: &Read<'_>, asked: &Asked) -> Result<(Vec<Line>, bool), StoreError> {
    let mut values: Vec<Param> = Vec::new();
    let mut conditions = vec!["1 = 1".to_owned()];
    let mut bind = |value: Param| {
        values.push(value);
        format!("${}", values.len())
    };
    if let Some(staff) = asked.staff {
        conditions.push(format!("l.staff = {}", bind(staff.to_string().into())));
    }
    if let Some(record) = &asked.record {
        conditions.push(format!("l.record = {}", bind(record.into())));
    }
    if let Some((at, id)) = &asked.before {
        let (at, id) = (bind((*at).into()), bind(id.into()));
        conditions.push(format!("(l.at < {at} or (l.at = {at} and l.id < {id}))"));
    }
    let limit = bind((LOOKS_PER_PAGE + 1).into());
    let sql = format!("{COLUMNS} where {} order by l.at desc, l.id desc limit {limit}", conditions.join(" and "));
    let mut lines: Vec<Line> = tx.all(&sql, &values)?.iter().map(line).collect::<Result<_, _>>()?;
    let page = usize::try_from(LOOKS_PER_PAGE).unwrap_or(usize::MAX);
    let more = lines.len() > page;
    lines.truncate(page);
    Ok((lines, more))
}

fn line(row: &Row) -> Result<Line, StoreError> {
    let staff = row.get::<String>(2)?.parse().map_err(|_| StoreError::damaged("looked.staff"))?;
    Ok(Line {
        id: row.get(0)?,
        at: row.get(1)?,
        staff,
        name: row.get(3)?,
        kind: row.get(4)?,
        record: row.get(5)?,
        authority: row.get(6)?,
        why: row.get(7)?,
    })
}
