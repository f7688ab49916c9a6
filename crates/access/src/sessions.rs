//! Residents' sessions as they are kept, and what hangs on one without an account: the right to see single cases.

use std::time::Duration;

use jiff::Timestamp;
use store::{Read, StoreError, Write, params};

use crate::{
    AccountId, CaseId,
    session::SessionId,
    staff::session::{earlier, later},
};

/// Without an account: a week at most. A draft lives longer and is found again by signing in.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// With an account: a day at most.
const ACCOUNT_LONGEST: Duration = Duration::from_secs(24 * 3600);

/// An ended session's name is remembered longer than any draft (30 days), so that its secret never opens one again.
const REMEMBERED: Duration = Duration::from_secs(40 * 24 * 3600);

const INSERT: &str = "insert into portal_session (id, account, created_at, seen_at, ends_at, ended_at) values ($1, $2, $3, $3, $4, null) \
    on conflict (id) do nothing";
const END: &str = "update portal_session set ended_at = $2 where id = $1 and ended_at is null";
const END_ALL: &str = "update portal_session set ended_at = $2 where account = $1 and ended_at is null";
const SWEEP: &str = "delete from portal_session where ends_at < $1";
const SWEEP_CASES: &str = "delete from session_case where created_at < $1";
const ALLOW: &str = "insert into session_case (session, case_id, created_at) values ($1, $2, $3) on conflict (session, case_id) do update set created_at = $3";
const ALLOWED: &str = "select 1 from session_case where session = $1 and case_id = $2 and created_at > $3";
const CASES: &str = "select case_id from session_case where session = $1 order by created_at desc limit 50";
const CARRY_CASES: &str = "insert into session_case (session, case_id, created_at) \
    select cast($2 as text), case_id, created_at from session_case where session = $1 on conflict (session, case_id) do nothing";

pub(crate) fn insert(tx: &Write<'_>, session: &SessionId, account: Option<AccountId>, now: Timestamp) -> Result<(), StoreError> {
    let longest = if account.is_some() { ACCOUNT_LONGEST } else { LONGEST };
    tx.run(INSERT, params![session, account.map(|id| id.to_string()), now, later(now, longest)])?;
    Ok(())
}

/// Ends a session. It is entered first if it was never stored, so that its secret is dead from now on either way.
pub(crate) fn end(tx: &Write<'_>, session: &SessionId, now: Timestamp) -> Result<(), StoreError> {
    insert(tx, session, None, now)?;
    tx.run(END, params![session, now])?;
    Ok(())
}

pub(crate) fn end_all(tx: &Write<'_>, account: AccountId, now: Timestamp) -> Result<u64, StoreError> {
    tx.run(END_ALL, params![account.to_string(), now])
}

pub(crate) fn carry_cases(tx: &Write<'_>, from: &SessionId, to: &SessionId) -> Result<(), StoreError> {
    tx.run(CARRY_CASES, params![from, to])?;
    Ok(())
}

/// Lets a session see one case: the receipt's secret was shown, or the case was filed in it.
///
/// # Errors
/// When the store fails.
pub fn allow_case(tx: &Write<'_>, session: &SessionId, case: CaseId, now: Timestamp) -> Result<(), StoreError> {
    tx.run(ALLOW, params![session, case.to_string(), now])?;
    Ok(())
}

/// Whether a session was let see this case. The session is a live one, since it comes from a [`Visitor`](crate::Visitor); the right lasts no
/// longer than a session may.
///
/// # Errors
/// When the store fails.
pub fn may_see_case(tx: &Read<'_>, session: &SessionId, case: CaseId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.first(ALLOWED, params![session, case.to_string(), earlier(now, LONGEST)])?.is_some())
}

/// The cases that a session was let see, newest first.
///
/// # Errors
/// When the store fails.
pub fn cases_of_session(tx: &Read<'_>, session: &SessionId) -> Result<Vec<CaseId>, StoreError> {
    let rows = tx.all(CASES, params![session])?;
    rows.iter().map(|row| row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("session_case.case_id"))).collect()
}

/// Forgets sessions that nothing hangs on any more; a daily job calls it.
///
/// # Errors
/// When the store fails.
pub fn sweep(tx: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let before = earlier(now, REMEMBERED);
    tx.run(SWEEP_CASES, params![before])?;
    tx.run(SWEEP, params![before])
}
