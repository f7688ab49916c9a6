//! SQL of programs. The columns that let one in are the same on both faces.

use std::{collections::BTreeSet, str::FromStr, time::Duration};

use jiff::{Timestamp, civil::Date};
use store::{Entry, Read, Row, StoreError, Write, keys::Face, params};

use super::{Admitted, Program, Scope, Secret, hatch};
use crate::{ProgramId, clock::day_in_japan, staff::session::later};

const ISSUE: &str = "insert into program (id, name, department, mark, scopes, procedures, ends_on, issued_by, issued_at, revoked_at, used_at) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null, null)";
const COLUMNS: &str =
    "select id, name, department, scopes, procedures, ends_on, issued_by, issued_at, revoked_at, used_at, mark from program";
const REVOKE: &str = "update program set revoked_at = $2 where id = $1 and revoked_at is null";
const KNOWN: &str = "select mark, scopes, procedures, ends_on, revoked_at, used_at from program where id = $1";
const USED: &str = "update program set used_at = $2 where id = $1 and (used_at is null or used_at < $2)";
// A revocation may arrive before the issuing is sent anew: once revoked, it stays so.
const LEARN: &str = "insert into program (id, mark, scopes, procedures, ends_on, revoked_at, used_at) values ($1, $2, $3, $4, $5, $6, null) \
    on conflict (id) do update set revoked_at = coalesce(program.revoked_at, excluded.revoked_at)";

/// How exactly the last use is known.
const NOTED_EVERY: Duration = Duration::from_secs(5 * 60);

/// Programs on one page: no town has more.
const LISTED_MAX: i64 = 500;

/// Issues a program and tells the residents' side. Look at [`Program::check`] before.
///
/// # Errors
/// When the store fails.
pub fn issue(tx: &Write<'_>, program: &Program, secret: &Secret, authority: &str) -> Result<(), StoreError> {
    tx.run(
        ISSUE,
        params![
            program.id.to_string(),
            program.name.trim(),
            program.department.to_string(),
            secret.mark(),
            joined(program.scopes.iter().map(|scope| scope.code())),
            joined(program.procedures.iter().map(|id| id.as_str())),
            program.ends_on,
            program.issued_by.clone(),
            program.issued_at
        ],
    )?;
    journal(tx, &program.issued_by, "issued", program.id, authority)?;
    hatch::send_down(tx, program, &secret.mark())
}

/// Revokes a program: from now on it is let in nowhere. Says no when there is none or it is revoked already.
///
/// # Errors
/// When the store fails.
pub fn revoke(tx: &Write<'_>, id: ProgramId, by: &str, authority: &str, now: Timestamp) -> Result<bool, StoreError> {
    if tx.run(REVOKE, params![id.to_string(), now])? == 0 {
        return Ok(false);
    }
    let row = tx.first(&format!("{COLUMNS} where id = $1"), params![id.to_string()])?.ok_or(StoreError::damaged("program"))?;
    journal(tx, by, "revoked", id, authority)?;
    hatch::send_down(tx, &program(&row)?, &row.get::<String>(10)?)?;
    Ok(true)
}

/// All programs, the newest first.
///
/// # Errors
/// When the store fails.
pub fn all(tx: &Read<'_>) -> Result<Vec<Program>, StoreError> {
    tx.all(&format!("{COLUMNS} order by issued_at desc, id desc limit $1"), params![LISTED_MAX])?.iter().map(program).collect()
}

/// One program.
///
/// # Errors
/// When the store fails.
pub fn by_id(tx: &Read<'_>, id: ProgramId) -> Result<Option<Program>, StoreError> {
    tx.first(&format!("{COLUMNS} where id = $1"), params![id.to_string()])?.as_ref().map(program).transpose()
}

/// What lets a program in.
pub(super) struct Known {
    pub(super) admitted: Admitted,
    pub(super) mark: String,
    pub(super) ends_on: Date,
    pub(super) revoked_at: Option<Timestamp>,
    used_at: Option<Timestamp>,
}

pub(super) fn known(tx: &Read<'_>, id: ProgramId) -> Result<Option<Known>, StoreError> {
    let Some(row) = tx.first(KNOWN, params![id.to_string()])? else { return Ok(None) };
    let admitted = Admitted { id, scopes: scopes(&row.get::<String>(1)?), procedures: split(&row.get::<String>(2)?) };
    Ok(Some(Known { admitted, mark: row.get(0)?, ends_on: row.get(3)?, revoked_at: row.get(4)?, used_at: row.get(5)? }))
}

/// Notes that a program came, now and then; the residents' side tells the desk once a day.
pub(super) fn came(tx: &Write<'_>, face: Face, known: &Known, now: Timestamp) -> Result<(), StoreError> {
    if known.used_at.is_some_and(|used| now <= later(used, NOTED_EVERY)) {
        return Ok(());
    }
    tx.run(USED, params![known.admitted.id.to_string(), now])?;
    let is_new_day = known.used_at.is_none_or(|used| day_in_japan(used) < day_in_japan(now));
    if face == Face::Portal && is_new_day { hatch::send_used(tx, known.admitted.id, now) } else { Ok(()) }
}

/// The desk learns when the residents' side let it in.
pub(super) fn used(tx: &Write<'_>, id: ProgramId, at: Timestamp) -> Result<(), StoreError> {
    tx.run(USED, params![id.to_string(), at]).map(drop)
}

/// The residents' side learns of a program.
pub(super) fn learn(tx: &Write<'_>, told: &hatch::Told) -> Result<(), StoreError> {
    tx.run(LEARN, params![&told.id, &told.mark, &told.scopes, &told.procedures, told.ends_on, told.revoked_at]).map(drop)
}

fn program(row: &Row) -> Result<Program, StoreError> {
    let damaged = || StoreError::damaged("program");
    Ok(Program {
        id: row.get::<String>(0)?.parse().map_err(|_| damaged())?,
        name: row.get(1)?,
        department: row.get::<String>(2)?.parse().map_err(|_| damaged())?,
        scopes: scopes(&row.get::<String>(3)?),
        procedures: split(&row.get::<String>(4)?),
        ends_on: row.get(5)?,
        issued_by: row.get(6)?,
        issued_at: row.get(7)?,
        revoked_at: row.get(8)?,
        used_at: row.get(9)?,
    })
}

pub(super) fn joined<'t>(words: impl Iterator<Item = &'t str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn split<T: FromStr + Ord>(words: &str) -> BTreeSet<T> {
    words.split(' ').filter_map(|word| word.parse().ok()).collect()
}

fn scopes(words: &str) -> BTreeSet<Scope> {
    words.split(' ').filter_map(Scope::from_code).collect()
}

fn journal(tx: &Write<'_>, by: &str, what: &'static str, id: ProgramId, authority: &str) -> Result<(), StoreError> {
    tx.journal(&Entry {
        actor: by.to_owned(),
        what,
        kind: "program",
        record: id.to_string(),
        authority: authority.to_owned(),
        why: String::new(),
    })
}
