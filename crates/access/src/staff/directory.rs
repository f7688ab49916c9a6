//! 職員名簿 The directory: who works here, which posts they hold, and how someone new gets in.

use definitions::{
    field::Sensitivity,
    ids::{DepartmentId, RoleId},
};
use jiff::{Timestamp, civil::Date};
use sha2::{Digest as _, Sha256};
use store::{Entry, Read, Row, StoreError, Write, params};

use super::{Post, Staff};
use crate::{
    StaffId,
    grants::{Act, Authority, RecordAttributes, RecordKind, may},
    token::{NoChance, hex},
};

/// Digits and capital letters without those that look alike (0 O, 1 I L, 2 Z, 5 S, 8 B): it is read off paper.
const CODE_LETTERS: &[u8; 25] = b"34679ACDEFGHJKMNPQRTUVWXY";

/// 16 characters of 25 are 74 bits; with ten tries a quarter of an hour nobody gets through three days of them.
const CODE_CHARACTERS: usize = 16;

/// Long enough to carry a sheet of paper to another building on Monday.
const SET_UP_HOURS: i64 = 72;

const INSERT: &str = "insert into staff (id, login, name, password, totp_sealed, totp_step, set_up_digest, set_up_until, active, created_at) \
    values ($1, $2, $3, null, null, 0, null, null, 1, $4)";
const ADD_POST: &str = "insert into staff_post (staff, department, role, from_day, until_day) values ($1, $2, $3, $4, $5) \
    on conflict (staff, department, role, from_day) do update set until_day = $5";
const COLUMNS: &str = "select id, login, name, active, case when password is null then 0 else 1 end, last_day from staff";
const POSTS: &str = "select department, role, from_day, until_day from staff_post where staff = $1 order by from_day, department, role";
const POSTS_ON: &str = "select department, role, from_day, until_day from staff_post where staff = $1 and from_day <= $2 and until_day >= $2 \
    order by department, role";
/// Uses `staff_post_department`.
const HOLDERS: &str = "select distinct s.id, s.login, s.name, s.active, case when s.password is null then 0 else 1 end, s.last_day from staff_post p \
    join staff s on s.id = p.staff where p.department = $1 and p.from_day <= $2 and p.until_day >= $2 and s.active = 1 order by s.name, s.id";
const SET_CODE: &str = "update staff set set_up_digest = $2, set_up_until = $3 where id = $1 and active = 1";
const SET_CREDENTIALS: &str = "update staff set password = $2, totp_sealed = $3, totp_step = $4, set_up_digest = null, set_up_until = null \
    where id = $1 and active = 1";

/// A line of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Their id.
    pub id: StaffId,
    /// ログインID.
    pub login: String,
    /// 氏名.
    pub name: String,
    /// Whether they may sign in at all.
    pub active: bool,
    /// Whether they have chosen a password and a second factor.
    pub is_set_up: bool,
    /// Their last day, when they left or are to leave.
    pub last: Option<Date>,
}

/// A new member of staff.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// Drawn before the transaction.
    pub id: StaffId,
    /// ログインID: ASCII, folded to lower case.
    pub login: String,
    /// 氏名.
    pub name: String,
    /// Their first posts.
    pub posts: Vec<Post>,
}

/// Why someone could not be entered.
#[derive(Debug, thiserror::Error)]
pub enum NotAdded {
    /// Another person has this login id.
    #[error("another person has this login id")]
    LoginTaken,
    /// A login id has 1 to 64 of a–z, 0–9, `.`, `_` and `-`.
    #[error("a login id has 1 to 64 of a-z, 0-9, '.', '_' and '-'")]
    BadLogin,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether this person looks after the directory: a grant to administer staff, over the whole town.
pub fn may_administer(who: &Staff) -> Option<Authority> {
    may(who, Act::Administer, &RecordAttributes::of_town(RecordKind::Staff, Sensitivity::Ordinary))
}

/// Enters someone in the directory. They cannot sign in until they have used a [`set_up_code`].
///
/// # Errors
/// When the login id is taken or no login id, and when the store fails.
pub fn add(tx: &Write<'_>, new: &NewStaff, by: &str, now: Timestamp) -> Result<(), NotAdded> {
    let login = folded_login(&new.login).ok_or(NotAdded::BadLogin)?;
    if by_login(tx, &login)?.is_some() {
        return Err(NotAdded::LoginTaken);
    }
    tx.run(INSERT, params![new.id.to_string(), login, &new.name, now])?;
    for post in &new.posts {
        insert_post(tx, new.id, post)?;
    }
    tx.journal(&entry(by, "staff-added", new.id))?;
    Ok(())
}

/// Gives someone a post, or another last day to one they hold.
///
/// # Errors
/// When the store fails.
pub fn add_post(tx: &Write<'_>, staff: StaffId, post: &Post, by: &str) -> Result<(), StoreError> {
    insert_post(tx, staff, post)?;
    tx.journal(&Entry { why: format!("{}.{}", post.department, post.role), ..entry(by, "post-given", staff) })
}

/// A one-time code with which someone chooses a password and a second factor at `/desk/set-up`. Printed once, kept as a digest. A code
/// given later makes an earlier one void; the old password counts until the new one is chosen.
///
/// # Errors
/// When the store fails.
pub fn set_up_code(tx: &Write<'_>, staff: StaffId, code: &SetUpCode, by: &str, now: Timestamp) -> Result<bool, StoreError> {
    let until = now.as_microsecond() + SET_UP_HOURS * 3_600_000_000;
    let given = tx.run(SET_CODE, params![staff.to_string(), code.digest(), until])? == 1;
    if given {
        tx.journal(&entry(by, "set-up-code-given", staff))?;
    }
    Ok(given)
}

/// The one-time code itself.
#[derive(Clone, PartialEq, Eq)]
pub struct SetUpCode(String);

impl SetUpCode {
    /// A new one.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn draw() -> Result<SetUpCode, NoChance> {
        let mut code = String::with_capacity(CODE_CHARACTERS);
        while code.len() < CODE_CHARACTERS {
            let mut byte = [0];
            getrandom::fill(&mut byte).map_err(|_| NoChance)?;
            // 250 is ten times 25: each letter is as likely as any other.
            if byte[0] < 250 {
                code.push(char::from(CODE_LETTERS[usize::from(byte[0] % 25)]));
            }
        }
        Ok(SetUpCode(code))
    }

    /// The code as it was typed: blanks, hyphens and small letters do not matter.
    pub fn typed(text: &str) -> SetUpCode {
        SetUpCode(text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect())
    }

    /// In groups of four, to be printed.
    pub fn shown(&self) -> String {
        let groups: Vec<&str> = self.0.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
        groups.join("-")
    }

    pub(crate) fn digest(&self) -> String {
        hex(&Sha256::digest(self.0.as_bytes()))
    }
}

/// Everyone, by login id.
///
/// # Errors
/// When the store fails.
pub fn all(tx: &Read<'_>, after: &str, limit: i64) -> Result<Vec<Listed>, StoreError> {
    tx.all(&format!("{COLUMNS} where login > $1 order by login limit $2"), params![after, limit])?.iter().map(listed).collect()
}

/// Someone by id: for the name beside what they did.
///
/// # Errors
/// When the store fails.
pub fn by_id(tx: &Read<'_>, id: StaffId) -> Result<Option<Listed>, StoreError> {
    tx.first(&format!("{COLUMNS} where id = $1"), params![id.to_string()])?.as_ref().map(listed).transpose()
}

/// Someone by login id.
///
/// # Errors
/// When the store fails.
pub fn by_login(tx: &Read<'_>, login: &str) -> Result<Option<Listed>, StoreError> {
    tx.first(&format!("{COLUMNS} where login = $1"), params![login])?.as_ref().map(listed).transpose()
}

/// Who holds a post in a department on a day: to whom a case can be given.
///
/// # Errors
/// When the store fails.
pub fn in_department(tx: &Read<'_>, department: &DepartmentId, day: Date) -> Result<Vec<Listed>, StoreError> {
    tx.all(HOLDERS, params![department.as_str(), day])?.iter().map(listed).collect()
}

/// All posts of someone, past and coming ones too.
///
/// # Errors
/// When the store fails.
pub fn posts(tx: &Read<'_>, staff: StaffId) -> Result<Vec<Post>, StoreError> {
    tx.all(POSTS, params![staff.to_string()])?.iter().map(post).collect()
}

/// The posts that someone holds on a day.
///
/// # Errors
/// When the store fails.
pub fn posts_on(tx: &Read<'_>, staff: StaffId, day: Date) -> Result<Vec<Post>, StoreError> {
    tx.all(POSTS_ON, params![staff.to_string(), day])?.iter().map(post).collect()
}

/// A login id as it is kept; `None` when it cannot be one.
pub fn folded_login(typed: &str) -> Option<String> {
    let login = typed.trim().to_ascii_lowercase();
    let is_login = (1..=64).contains(&login.len()) && login.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    is_login.then_some(login)
}

pub(crate) fn set_credentials(tx: &Write<'_>, staff: StaffId, password: &str, totp_sealed: &[u8], step: i64) -> Result<bool, StoreError> {
    Ok(tx.run(SET_CREDENTIALS, params![staff.to_string(), password, totp_sealed, step])? == 1)
}

pub(crate) fn entry(by: &str, what: &'static str, staff: StaffId) -> Entry {
    Entry { actor: by.to_owned(), what, kind: "staff", record: staff.to_string(), authority: String::new(), why: String::new() }
}

fn insert_post(tx: &Write<'_>, staff: StaffId, post: &Post) -> Result<(), StoreError> {
    tx.run(ADD_POST, params![staff.to_string(), post.department.as_str(), post.role.as_str(), post.from, post.until])?;
    Ok(())
}

fn listed(row: &Row) -> Result<Listed, StoreError> {
    let id = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("staff.id"))?;
    let (last, active): (Option<Date>, bool) = (row.get(5)?, row.get(3)?);
    Ok(Listed { id, login: row.get(1)?, name: row.get(2)?, active, is_set_up: row.get(4)?, last })
}

fn post(row: &Row) -> Result<Post, StoreError> {
    let department = row.get::<String>(0)?.parse::<DepartmentId>().map_err(|_| StoreError::damaged("staff_post.department"))?;
    let role = row.get::<String>(1)?.parse::<RoleId>().map_err(|_| StoreError::damaged("staff_post.role"))?;
    Ok(Post { department, role, from: row.get(2)?, until: row.get(3)? })
}

/// A member of staff as they are today, without a session: for jobs and the demo, which act in someone's name.
///
/// # Errors
/// When the store fails.
pub fn as_of(tx: &Read<'_>, id: StaffId, town: &definitions::town::Town, today: Date) -> Result<Option<Staff>, StoreError> {
    let Some(who) = by_id(tx, id)?.filter(|who| who.active) else { return Ok(None) };
    let posts = posts_on(tx, id, today)?;
    Ok(Some(Staff::new(&who, &posts, town, today, crate::session::SessionId::none(), String::new())))
}
