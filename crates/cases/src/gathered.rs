//! What rooms above this one ask of cases: those of one procedure that came within a time, as they stand, and a person's own copy.

use access::{AccountId, CaseId, SessionId};
use definitions::{
    ids::{ProcedureId, RoundId},
    procedure::{Procedure, Version},
};
use jiff::Timestamp;
use store::{Read, StoreError, keys::Keys};

use crate::{CaseNumber, case::Case, own::OwnCase, rows};

/// Cases of a procedure that were filed from one moment until before another, by number after `after`, at most so many.
///
/// # Errors
/// When the store fails.
pub fn filed_between(
    tx: &Read<'_>,
    keys: &Keys,
    procedure: &ProcedureId,
    (from, until): (Timestamp, Timestamp),
    after: Option<CaseNumber>,
    most: i64,
) -> Result<Vec<Case>, StoreError> {
    rows::desk::filed_between(tx, keys, procedure, (from, until), after, most)
}

/// The definition under which a case was filed.
///
/// # Errors
/// When the store fails.
pub fn definition(tx: &Read<'_>, version: &Version) -> Result<Option<Procedure>, StoreError> {
    rows::procedure(tx, version)
}

/// The case of a number, for what no person does; who looks asks [`crate::verbs::read`].
///
/// # Errors
/// When the store fails.
pub fn by_number(tx: &Read<'_>, keys: &Keys, number: CaseNumber) -> Result<Option<Case>, StoreError> {
    rows::desk::by_number(tx, keys, number)
}

/// A person's own copy, where this account filed it or this session has shown the receipt's two numbers. A number that does not exist and one
/// that is somebody else's are answered alike.
///
/// # Errors
/// When the store fails.
pub fn own_of(
    tx: &Read<'_>,
    keys: &Keys,
    session: &SessionId,
    account: Option<AccountId>,
    number: CaseNumber,
    now: Timestamp,
) -> Result<Option<OwnCase>, StoreError> {
    let Some(case) = rows::portal::own_by_number(tx, keys, number)? else { return Ok(None) };
    let is_theirs = account.is_some_and(|account| case.account.as_deref() == Some(account.to_string().as_str()));
    let may = is_theirs || access::sessions::may_see_case(tx, session, case.id, now)?;
    Ok(may.then_some(case))
}

/// From now on a case is decided with its round: nobody decides it singly before the moment at which the round is announced. Twice is once.
///
/// # Errors
/// When the store fails.
pub fn decided_with(tx: &store::Write<'_>, case: CaseId, round: &RoundId) -> Result<(), StoreError> {
    rows::marks::hold(tx, case, round.as_str())
}

/// Puts a page of another room beside a case on the person's status page: the word on the link, and where it leads below `/status/NUMBER/`.
///
/// # Errors
/// When the store fails.
pub fn put_beside(tx: &store::Write<'_>, case: CaseId, word: &str, page: &str) -> Result<(), StoreError> {
    rows::portal::put_beside(tx, case, word, page)
}
