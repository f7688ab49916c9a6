//! 仕事 Jobs: what is to be done after a transaction, kept in it. Mail, letters, notices, all that takes longer than a page may.
//!
//! The same kind and key are one piece of work, however often it is asked for. A job is *claimed* for some minutes (its lease); a
//! node that dies leaves it to be claimed again, so a handler must bear being run twice. What fails is tried again, later each
//! time; what keeps failing is a dead letter: staff see it, mend the cause and resume it by hand.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};

use crate::{Engine, Read, Row, Store, StoreError, Write, journal::random, keys::hex, params};

pub use crate::runner::{Runner, run};

/// Runs until a job is a dead letter: with pauses that double from 5 s to 1 h, about five hours.
pub const TRIES_MAX: i64 = 14;

/// How long a claimed job is left alone without a sign of life. Mail servers answer within a minute, letters render in seconds.
const LEASE: SignedDuration = SignedDuration::from_mins(5);

/// Work to be done later.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Which handler does it: `mail.receipt`.
    pub kind: &'static str,
    /// What makes it one piece of work: a case's id, an id and a day.
    pub key: String,
    /// What the handler needs to know. No personal value that the record itself can give.
    pub body: serde_json::Value,
    /// Not before.
    pub at: Timestamp,
}

/// A job that is being done.
#[derive(Clone, Debug)]
pub struct Job {
    /// Which handler does it.
    pub kind: String,
    /// What makes it one piece of work.
    pub key: String,
    /// What its asker wrote.
    pub body: serde_json::Value,
    /// The how-manieth run this is, from 1.
    pub tries: i64,
    /// What an earlier run noted by [`Job::progress`]; long work goes on from there.
    pub progress: Option<String>,
    owner: String,
}

/// Why a job was not done. The words are for staff and logs: no personal values.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Try again later.
    #[error("{0}")]
    Retry(String),
    /// It is not its turn yet: ask again then. This is no failure and counts as no run.
    #[error("{1}")]
    Later(Timestamp, String),
    /// It can never be done like this; show it to staff.
    #[error("{0}")]
    Dead(String),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> JobError {
        JobError::Retry(error.to_string())
    }
}

/// Does one kind of job. Runs outside any transaction, on a thread of its own.
pub trait JobHandler: Send + Sync {
    /// The kind that it does.
    fn kind(&self) -> &'static str;
    /// Does it. It may have been done before, wholly or half.
    ///
    /// # Errors
    /// When it could not be done now, or can never be.
    fn run(&self, job: &Job) -> Result<(), JobError>;
    /// Runs until it is a dead letter. More than [`TRIES_MAX`] is for what is worth days of waiting.
    fn tries_max(&self) -> i64 {
        TRIES_MAX
    }
}

/// A job as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which handler does it.
    pub kind: String,
    /// What makes it one piece of work.
    pub key: String,
    /// Where it stands.
    pub state: State,
    /// When it is due, or until when it is claimed.
    pub due: Timestamp,
    /// How often it was run.
    pub tries: i64,
    /// What the last failure said.
    pub error: Option<String>,
    /// How far it is.
    pub progress: Option<String>,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waits, or is being done.
    Open,
    /// Done.
    Done,
    /// A dead letter.
    Dead,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Done => "done",
            State::Dead => "dead",
        }
    }
}

const ADD: &str = "insert into store_job (kind, key, body, state, due, tries, created_at) values ($1, $2, $3, 'open', $4, 0, $5) \
    on conflict (kind, key) do nothing";
const END: &str = "update store_job set state = $4, error = $5, ended_at = $6, owner = null where kind = $1 and key = $2 and owner = $3";
const RETRY: &str = "update store_job set due = $4, error = $5, owner = null where kind = $1 and key = $2 and owner = $3";
const LATER: &str =
    "update store_job set due = $4, error = $5, owner = null, tries = tries - 1 where kind = $1 and key = $2 and owner = $3";
const PROGRESS: &str = "update store_job set progress = $4, due = $5 where kind = $1 and key = $2 and owner = $3";
const RESUME: &str =
    "update store_job set state = 'open', due = $3, tries = 0, ended_at = null where kind = $1 and key = $2 and state = 'dead'";
const SWEEP: &str = "delete from store_job where state = 'done' and ended_at < $1";
const LISTED: &str = "select kind, key, state, due, tries, error, progress from store_job";
const COUNT: &str = "select count(*), min(due) from store_job where state = $1";

impl Write<'_> {
    /// Asks for work, in the same transaction as what makes it needed. Says whether it is new.
    ///
    /// # Errors
    /// As [`Write::run`].
    pub fn enqueue(&self, job: &NewJob) -> Result<bool, StoreError> {
        let added = self.run(ADD, params![job.kind, &job.key, job.body.to_string(), job.at, self.now()])?;
        self.notes.queued.set(true);
        Ok(added == 1)
    }

    /// Brings a dead letter back, due now, as if it had never been tried. Says no when there is none.
    ///
    /// # Errors
    /// As [`Write::run`].
    pub fn resume_job(&self, kind: &str, key: &str) -> Result<bool, StoreError> {
        self.notes.queued.set(true);
        Ok(self.run(RESUME, params![kind, key, self.now()])? == 1)
    }

    /// Drops done jobs that ended before. Until then, asking for one again does nothing.
    ///
    /// # Errors
    /// As [`Write::run`].
    pub fn sweep_jobs(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.run(SWEEP, params![before])
    }
}

impl Read<'_> {
    /// Dead letters, the oldest first.
    ///
    /// # Errors
    /// As [`Read::all`].
    pub fn dead_jobs(&self, limit: i64) -> Result<Vec<Listed>, StoreError> {
        let sql = format!("{LISTED} where state = 'dead' order by ended_at, kind, key limit $1");
        self.all(&sql, params![limit])?.iter().map(listed).collect()
    }

    /// One job, wherever it stands.
    ///
    /// # Errors
    /// As [`Read::all`].
    pub fn job(&self, kind: &str, key: &str) -> Result<Option<Listed>, StoreError> {
        self.first(&format!("{LISTED} where kind = $1 and key = $2"), params![kind, key])?.as_ref().map(listed).transpose()
    }

    /// How many jobs stand there, and when the first of them is or was due.
    ///
    /// # Errors
    /// As [`Read::all`].
    pub fn count_jobs(&self, state: State) -> Result<(i64, Option<Timestamp>), StoreError> {
        let row = self.first(COUNT, params![state.word()])?.ok_or(StoreError::damaged("store_job"))?;
        Ok((row.get(0)?, row.get(1)?))
    }
}

impl Job {
    /// Notes how far the work is and keeps the claim. No: the claim was lost, another node has the job; stop.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn progress(&self, store: &Store, done: &str) -> Result<bool, StoreError> {
        let (job, done) = (self.clone(), done.to_owned());
        store.write_relaxed(move |tx| {
            let until = later(tx.now(), LEASE);
            Ok(tx.run(PROGRESS, params![&job.kind, &job.key, &job.owner, &done, until])? == 1)
        })
    }

    /// Ends the job in the handler's own transaction, so that its effect and its end are one. No: the claim was lost.
    ///
    /// # Errors
    /// As [`Write::run`].
    pub fn end(&self, tx: &Write<'_>) -> Result<bool, StoreError> {
        let ended = params![&self.kind, &self.key, &self.owner, State::Done.word(), None::<String>, tx.now()];
        Ok(tx.run(END, ended)? == 1)
    }
}

fn listed(row: &Row) -> Result<Listed, StoreError> {
    let state = match row.get::<String>(2)?.as_str() {
        "open" => State::Open,
        "done" => State::Done,
        "dead" => State::Dead,
        _ => return Err(StoreError::damaged("store_job.state")),
    };
    Ok(Listed {
        kind: row.get(0)?,
        key: row.get(1)?,
        state,
        due: row.get(3)?,
        tries: row.get(4)?,
        error: row.get(5)?,
        progress: row.get(6)?,
    })
}

/// Does all jobs that are due now, one after the other, on the calling thread. Says how many were run.
///
/// # Errors
/// When the store fails; a job's own failure is noted on the job.
pub fn run_due(store: &Store, handlers: &[Arc<dyn JobHandler>]) -> Result<u64, StoreError> {
    let mut count = 0;
    while let Some(job) = claim(store, handlers)? {
        perform(store, handlers, &job)?;
        count += 1;
    }
    Ok(count)
}

/// Claims the job that is due first, of the kinds that there are handlers for.
pub(crate) fn claim(store: &Store, handlers: &[Arc<dyn JobHandler>]) -> Result<Option<Job>, StoreError> {
    if handlers.is_empty() {
        return Ok(None);
    }
    let owner = hex(&random::<8>()?);
    let kinds: Vec<&'static str> = handlers.iter().map(|handler| handler.kind()).collect();
    let places: Vec<String> = (4..4 + kinds.len()).map(|at| format!("${at}")).collect();
    // Nodes on one database pass over what another is just claiming; SQLite's one writer needs no such word. Uses store_job_due.
    let passing = if matches!(store.engine(), Engine::Postgres { .. }) { "for update skip locked" } else { "" };
    let sql = format!(
        "update store_job set owner = $1, due = $2, tries = tries + 1 where (kind, key) in (select kind, key from store_job \
         where state = 'open' and due <= $3 and kind in ({}) order by due limit 1 {passing}) returning kind, key, body, tries, progress",
        places.join(", ")
    );
    store.write_relaxed(move |tx| {
        let mut params = params![&owner, later(tx.now(), LEASE), tx.now()].to_vec();
        params.extend(kinds.iter().map(|kind| (*kind).into()));
        let Some(row) = tx.first(&sql, &params)? else {
            return Ok(None);
        };
        Ok(Some(Job {
            kind: row.get(0)?,
            key: row.get(1)?,
            body: serde_json::from_str(&row.get::<String>(2)?).map_err(|_| StoreError::damaged("store_job.body"))?,
            tries: row.get(3)?,
            progress: row.get(4)?,
            owner: owner.clone(),
        }))
    })
}

/// Runs a claimed job and notes how it ended.
pub(crate) fn perform(store: &Store, handlers: &[Arc<dyn JobHandler>], job: &Job) -> Result<(), StoreError> {
    let handler = handlers.iter().find(|handler| handler.kind() == job.kind);
    let tries_max = handler.map_or(TRIES_MAX, |handler| handler.tries_max());
    let result = match handler {
        // Its claims ran out every time: it takes the whole program with it.
        _ if job.tries > tries_max => Err(JobError::Dead("it was begun many times and never ended".to_owned())),
        Some(handler) => std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| handler.run(job)))
            .unwrap_or_else(|_| Err(JobError::Retry("the handler panicked".to_owned()))),
        None => Err(JobError::Retry("nobody here does this kind".to_owned())),
    };
    let job = job.clone();
    match result {
        Ok(()) => store.write_relaxed(move |tx| job.end(tx).map(drop)),
        Err(JobError::Later(at, why)) => {
            store.write_relaxed(move |tx| tx.run(LATER, params![&job.kind, &job.key, &job.owner, at, &why]).map(drop))
        }
        Err(JobError::Retry(why)) if job.tries < tries_max => {
            tracing::info!(kind = %job.kind, tries = job.tries, %why, "a job failed and is tried again later");
            let spread = spread(pause(job.tries))?;
            store.write_relaxed(move |tx| {
                let due = later(tx.now(), spread);
                tx.run(RETRY, params![&job.kind, &job.key, &job.owner, due, &why]).map(drop)
            })
        }
        Err(JobError::Retry(why) | JobError::Dead(why)) => {
            tracing::error!(kind = %job.kind, tries = job.tries, %why, "a job is a dead letter");
            store.write_relaxed(move |tx| {
                tx.run(END, params![&job.kind, &job.key, &job.owner, State::Dead.word(), &why, tx.now()]).map(drop)
            })
        }
    }
}

/// 5 s, 10 s, 20 s, … at most an hour.
fn pause(tries: i64) -> SignedDuration {
    let doublings = u32::try_from(tries - 1).unwrap_or(0).min(10);
    SignedDuration::from_secs((5_i64 << doublings).min(3600))
}

/// Up to a quarter more, by chance: what failed together does not come back together.
fn spread(pause: SignedDuration) -> Result<SignedDuration, StoreError> {
    let [chance] = random::<1>()?;
    Ok(pause + SignedDuration::from_millis(i64::try_from(pause.as_millis()).unwrap_or(0) * i64::from(chance) / 1020))
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Due jobs of other nodes and jobs for later are looked for this often; a node's own ring the bell.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(1);
