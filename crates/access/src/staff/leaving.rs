//! 離職・停止: somebody works here no more, or must not for now.

use jiff::{Timestamp, civil::Date};
use store::{Entry, StoreError, Write, params};

use super::directory::{by_id, entry};
use crate::{
    StaffId,
    face::{Left, OnLeave},
};

const SET_ACTIVE: &str = "update staff set active = $2, set_up_digest = null, set_up_until = null where id = $1";
const SET_LAST_DAY: &str = "update staff set last_day = $2 where id = $1";
const DROP_LATER_POSTS: &str = "delete from staff_post where staff = $1 and from_day > $2";
const END_POSTS: &str = "update staff_post set until_day = $2 where staff = $1 and until_day > $2";
const DUE_TO_LEAVE: &str = "select id from staff where active = 1 and last_day < $1 order by id limit 200";

/// Why somebody works here no more: codes, since the journal holds no words of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// 退職・異動.
    Left,
    /// 利用の停止: a telephone was lost, something is amiss.
    Suspended,
}

impl Leaving {
    /// As journalled and as word ids end.
    pub fn code(self) -> &'static str {
        match self {
            Leaving::Left => "left",
            Leaving::Suspended => "suspended",
        }
    }

    /// What [`Leaving::code`] stands for.
    pub fn from_code(code: &str) -> Option<Leaving> {
        [Leaving::Left, Leaving::Suspended].into_iter().find(|why| why.code() == code)
    }
}

/// Who lets somebody go, on what authority and why.
#[derive(Clone, Debug)]
pub struct Farewell {
    /// As the journal names them.
    pub by: String,
    /// The grant, or nothing at the terminal.
    pub authority: String,
    /// Why.
    pub why: Leaving,
    /// Today in Japan.
    pub today: Date,
    /// The moment.
    pub now: Timestamp,
}

/// Somebody leaves. Without a later last day at once: their sessions end, their posts end today, they cannot sign in, and their cases wait
/// for everybody again (`then`). With one, their posts end on it, and from the day after all of this holds: [`leave_who_is_due`]. What they did
/// stays under their name.
///
/// # Errors
/// When the store fails. `false`: nobody who works here has this id.
pub fn leave(tx: &Write<'_>, staff: StaffId, last: Date, farewell: &Farewell, then: &[OnLeave]) -> Result<bool, StoreError> {
    if !by_id(tx, staff)?.is_some_and(|who| who.active) {
        return Ok(false);
    }
    let id = staff.to_string();
    tx.run(DROP_LATER_POSTS, params![&id, last])?;
    tx.run(END_POSTS, params![&id, last])?;
    let entry =
        Entry { authority: farewell.authority.clone(), why: farewell.why.code().to_owned(), ..entry(&farewell.by, "staff-left", staff) };
    if last > farewell.today {
        tx.run(SET_LAST_DAY, params![&id, last])?;
        tx.journal(&Entry { what: "staff-to-leave", ..entry })?;
        return Ok(true);
    }
    tx.run(SET_LAST_DAY, params![&id, last])?;
    gone(tx, staff, entry, farewell.now, then)?;
    Ok(true)
}

/// Lets those go whose last day is over; a daily job calls it. Says how many.
///
/// # Errors
/// When the store fails.
pub fn leave_who_is_due(tx: &Write<'_>, today: Date, now: Timestamp, then: &[OnLeave]) -> Result<usize, StoreError> {
    let due = tx.all(DUE_TO_LEAVE, params![today])?;
    for row in &due {
        let staff = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("staff.id"))?;
        gone(tx, staff, Entry { why: "last-day".to_owned(), ..entry("town", "staff-left", staff) }, now, then)?;
    }
    Ok(due.len())
}

fn gone(tx: &Write<'_>, staff: StaffId, entry: Entry, now: Timestamp, then: &[OnLeave]) -> Result<(), StoreError> {
    tx.run(SET_ACTIVE, params![staff.to_string(), false])?;
    super::session::end_all(tx, staff, "left", now)?;
    for room in then {
        room(tx, &Left { staff, at: now })?;
    }
    tx.journal(&entry)
}
