//! 未読: what a person was told and did not read in the time that the town's folder gives (`if_unread:`) becomes work for staff. Mail that was
//! handed over may lie in a mailbox that nobody opens; who is to hear of a decision must not depend on that.

use std::sync::Arc;

use access::CaseId;
use definitions::message::Then;
use jiff::{SignedDuration, Timestamp};
use store::{
    NewJob, Read, StoreError, Write,
    jobs::{Job, JobError, JobHandler},
};

use crate::{fate::Fate, mailing::Mailing, rows};

/// The job that looks whether a notice was read.
pub const UNREAD_NOTICE: &str = "notice.unread";

/// A mail that is still being tried is looked at again after so long; by then it is handed over or given up.
const MAIL_STILL_TRIED: SignedDuration = SignedDuration::from_hours(24);

/// What follows when nobody reads a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfUnread {
    /// From when on.
    pub at: Timestamp,
    /// How the person is to be reached then.
    pub then: Then,
}

impl IfUnread {
    pub(crate) fn job(self, notice: &str) -> NewJob {
        let key = format!("{notice}@{}", self.at.as_second());
        let body = serde_json::json!({ "id": notice, "then": self.then.word() });
        NewJob { kind: UNREAD_NOTICE, key, body, at: self.at }
    }
}

/// Whether anything that was told of a case is unread: cheap to ask for each look at where it stands.
///
/// # Errors
/// As [`Read::first`].
pub fn is_any_unread_of(tx: &Read<'_>, case: CaseId) -> Result<bool, StoreError> {
    rows::is_any_unread_of(tx, case)
}

/// The person looked at where their case stands: what they were told of it is read.
///
/// # Errors
/// As [`Write::run`].
pub fn read_of(tx: &Write<'_>, case: CaseId, now: Timestamp) -> Result<u64, StoreError> {
    rows::read_of(tx, case, now)
}

/// Does [`UNREAD_NOTICE`].
pub(crate) struct LookUnread(pub Mailing);

impl JobHandler for LookUnread {
    fn kind(&self) -> &'static str {
        UNREAD_NOTICE
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        let id = job.body["id"].as_str().ok_or_else(|| JobError::Dead("the job names no notice".into()))?;
        let then = job.body["then"].as_str().and_then(Then::from_word);
        let then = then.ok_or_else(|| JobError::Dead("the job does not say what follows".into()))?;
        Ok(self.0.look_whether_read(id, then)?)
    }
}

impl Mailing {
    /// Looks whether a notice was read, and tells who keeps the story of its case when it was not.
    ///
    /// # Errors
    /// As [`Write::run`].
    pub fn look_whether_read(&self, id: &str, then: Then) -> Result<(), StoreError> {
        let (hook, id, now) = (Arc::clone(&self.hook), id.to_owned(), self.clock.now());
        self.store.write(move |tx| look(tx, &*hook, &id, then, now))
    }
}

fn look(tx: &Write<'_>, hook: &dyn crate::mailing::FateHook, id: &str, then: Then, now: Timestamp) -> Result<(), StoreError> {
    let (Some(None), Some(row)) = (rows::read_at(tx, id)?, rows::outgoing(tx, id)?) else { return Ok(()) };
    if row.waits() || row.handing_since.is_some() {
        let later = now.checked_add(MAIL_STILL_TRIED).unwrap_or(now);
        return tx.enqueue(&IfUnread { at: later, then }.job(id)).map(drop);
    }
    let fate = match then {
        Then::PhoneList => Fate::UnreadCall,
        Then::Post => Fate::UnreadPost,
    };
    if rows::unread_after_all(tx, id, &fate, now)?
        && let Some(row) = rows::outgoing(tx, id)?
    {
        hook.told(tx, &row.news())?;
    }
    Ok(())
}
