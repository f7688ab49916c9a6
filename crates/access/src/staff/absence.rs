//! 不在 Absences: when somebody is not at work. A deputy decides in the place of a role's holder (代決) only while no holder is there:
//! 事務決裁規程 allow it 「決裁権者が不在のとき」. Everybody enters their own absence; for somebody who cannot, whoever stands in for them
//! does, under their own name, and the journal keeps both.

use std::{collections::BTreeSet, str::FromStr};

use definitions::{
    ids::{DepartmentId, RoleId},
    town::Town,
};
use jiff::{Timestamp, civil::Date};
use store::{Entry, Read, Row, StoreError, Write, params};

use super::{
    Staff,
    directory::{self, Listed, entry},
};
use crate::StaffId;

/// Longest absence in one entry: a year. Who is away for longer leaves the post.
pub const ABSENCE_DAYS_MAX: i32 = 366;

const INSERT: &str = "insert into staff_absence (id, staff, from_day, until_day, entered_by, entered_at, ended_at) \
    values ($1, $2, $3, $4, $5, $6, null)";
const END: &str = "update staff_absence set ended_at = $2 where id = $1 and ended_at is null";
const COLUMNS: &str = "select id, staff, from_day, until_day, entered_by from staff_absence";
const ABSENT: &str = "select 1 from staff_absence where staff = $1 and from_day <= $2 and until_day >= $2 and ended_at is null limit 1";
const HOLDERS: &str = "select distinct s.id from staff_post p join staff s on s.id = p.staff \
    where p.department = $1 and p.role = $2 and p.from_day <= $3 and p.until_day >= $3 and s.active = 1 order by s.id";

/// One entry: from a day to a day, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Its id.
    pub id: String,
    /// Who is away.
    pub staff: StaffId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Who entered it.
    pub entered_by: StaffId,
}

/// Why an absence could not be entered or ended.
#[derive(Debug, thiserror::Error)]
pub enum NotEntered {
    /// There is no such person or entry, or it is not this person's to enter.
    #[error("not found")]
    NotFound,
    /// The last day lies before the first or before today, or more than [`ABSENCE_DAYS_MAX`] later.
    #[error("days that are no absence")]
    BadDays,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who holds the role for the department on a day, there or in a department above it, as [`super::holds_role`] counts it.
///
/// # Errors
/// When the store fails.
pub fn holders(tx: &Read<'_>, town: &Town, department: &DepartmentId, role: &RoleId, day: Date) -> Result<Vec<Listed>, StoreError> {
    let mut ids = BTreeSet::new();
    let mut at = Some(department);
    // A folder's departments never run in a circle; were it so, each is asked once.
    let mut asked = BTreeSet::new();
    while let Some(here) = at.filter(|here| asked.insert((*here).clone())) {
        for row in tx.all(HOLDERS, params![here.as_str(), role.as_str(), day])? {
            ids.insert(row.get::<String>(0)?);
        }
        at = town.departments.get(here).and_then(|department| department.under.as_ref());
    }
    let known = ids.iter().filter_map(|id| StaffId::from_str(id).ok());
    known.filter_map(|id| directory::by_id(tx, id).transpose()).collect()
}

/// Those of [`holders`] who are at work. Empty: the post is vacant or everyone who holds it is away, and a deputy may decide.
///
/// # Errors
/// When the store fails.
pub fn present_holders(tx: &Read<'_>, town: &Town, department: &DepartmentId, role: &RoleId, day: Date) -> Result<Vec<Listed>, StoreError> {
    let mut present = Vec::new();
    for who in holders(tx, town, department, role, day)? {
        if !is_absent(tx, who.id, day)? {
            present.push(who);
        }
    }
    Ok(present)
}

/// Whether somebody is away on a day.
///
/// # Errors
/// When the store fails.
pub fn is_absent(tx: &Read<'_>, staff: StaffId, day: Date) -> Result<bool, StoreError> {
    Ok(tx.first(ABSENT, params![staff.to_string(), day])?.is_some())
}

/// Whose absence this person may enter: their own first, then of those for whom they stand in.
///
/// # Errors
/// When the store fails.
pub fn enterable(tx: &Read<'_>, who: &Staff, town: &Town, today: Date) -> Result<Vec<Listed>, StoreError> {
    let mut people: Vec<Listed> = directory::by_id(tx, who.id)?.into_iter().collect();
    for (role, departments) in who.stood_for() {
        for department in departments {
            for holder in holders(tx, town, department, role, today)? {
                if !people.iter().any(|known| known.id == holder.id) {
                    people.push(holder);
                }
            }
        }
    }
    Ok(people)
}

/// The absences of today and later of these people, the nearest first.
///
/// # Errors
/// When the store fails.
pub fn coming(tx: &Read<'_>, people: &[Listed], today: Date) -> Result<Vec<Absence>, StoreError> {
    let mut found = Vec::new();
    for who in people {
        let sql = format!("{COLUMNS} where staff = $1 and until_day >= $2 and ended_at is null order by from_day, id limit 20");
        found.extend(tx.all(&sql, params![who.id.to_string(), today])?.iter().map(absence).collect::<Result<Vec<_>, _>>()?);
    }
    found.sort_by(|a: &Absence, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
    Ok(found)
}

/// Enters an absence.
///
/// # Errors
/// See [`NotEntered`].
pub fn enter(tx: &Write<'_>, who: &Staff, town: &Town, absence: &Absence, today: Date, now: Timestamp) -> Result<(), NotEntered> {
    let days = (absence.until - absence.from).get_days();
    if absence.until < today || !(0..ABSENCE_DAYS_MAX).contains(&days) {
        return Err(NotEntered::BadDays);
    }
    mine_to_enter(tx, who, town, absence.staff, today)?;
    tx.run(INSERT, params![absence.id.as_str(), absence.staff.to_string(), absence.from, absence.until, who.id.to_string(), now])?;
    let why = format!("{}..{}", absence.from, absence.until);
    Ok(tx.journal(&Entry { why, ..entry(&who.actor(), "absence-entered", absence.staff) })?)
}

/// Ends an absence: they are back, or it was entered by mistake. From this moment nobody stands in for them.
///
/// # Errors
/// See [`NotEntered`].
pub fn end(tx: &Write<'_>, who: &Staff, town: &Town, id: &str, today: Date, now: Timestamp) -> Result<(), NotEntered> {
    let row = tx.first(&format!("{COLUMNS} where id = $1 and ended_at is null"), params![id])?.ok_or(NotEntered::NotFound)?;
    let absence = absence(&row)?;
    mine_to_enter(tx, who, town, absence.staff, today)?;
    tx.run(END, params![id, now])?;
    Ok(tx.journal(&entry(&who.actor(), "absence-ended", absence.staff))?)
}

fn mine_to_enter(tx: &Read<'_>, who: &Staff, town: &Town, staff: StaffId, today: Date) -> Result<(), NotEntered> {
    let mine = enterable(tx, who, town, today)?.iter().any(|known| known.id == staff);
    if mine { Ok(()) } else { Err(NotEntered::NotFound) }
}

fn absence(row: &Row) -> Result<Absence, StoreError> {
    let id = |at: usize| row.get::<String>(at)?.parse::<StaffId>().map_err(|_| StoreError::damaged("staff_absence.staff"));
    Ok(Absence { id: row.get(0)?, staff: id(1)?, from: row.get(2)?, until: row.get(3)?, entered_by: id(4)? })
}
