//! What a closure sees of its transaction: [`Read`] and, with more verbs, [`Write`].

use std::{
    cell::{Cell, RefCell},
    ops::Deref,
};

use jiff::Timestamp;

use crate::{Param, Row, StoreError, postgres_link::PostgresLink, sqlite_link::SqliteLink, value::storable};

/// One snapshot of the store. All statements of a closure see the same state.
pub struct Read<'c> {
    link: Link<'c>,
    failure: Cell<Option<Failure>>,
    now: Timestamp,
    /// What was run, when somebody taps the store to measure it.
    tapped: Option<RefCell<Vec<Statement>>>,
}

/// A statement and its values.
pub type Statement = (String, Vec<Param>);

/// The connection under a transaction.
pub(crate) enum Link<'c> {
    Sqlite(&'c SqliteLink),
    Postgres(RefCell<&'c mut PostgresLink>),
}

/// A statement failed: whatever the closure makes of it, nothing of this run can be kept.
/// PostgreSQL demands that; SQLite would go on, and the same code would mean two things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The closure's own fault, or the engine's.
    Statement,
    /// Another transaction was in the way: run again.
    Conflict,
    /// The connection is gone.
    Lost,
}

impl<'c> Read<'c> {
    pub(crate) fn new(link: Link<'c>, now: Timestamp) -> Read<'c> {
        Read { link, failure: Cell::new(None), now, tapped: None }
    }

    /// All rows that a query finds, in its order.
    ///
    /// # Errors
    /// When the engine refuses the statement. From then on the transaction takes no more and nothing of it is kept.
    pub fn all(&self, sql: &str, params: &[Param]) -> Result<Vec<Row>, StoreError> {
        self.guarded(sql, params, |link| match link {
            Link::Sqlite(link) => link.query(sql, params, usize::MAX),
            Link::Postgres(link) => link.borrow_mut().query(sql, params),
        })
    }

    /// The first row that a query finds.
    ///
    /// # Errors
    /// As [`Read::all`].
    pub fn first(&self, sql: &str, params: &[Param]) -> Result<Option<Row>, StoreError> {
        self.guarded(sql, params, |link| match link {
            // A statement that writes (`… returning`) must run to its end, or SQLite would stop it half way.
            Link::Sqlite(link) => link.query(sql, params, 1),
            Link::Postgres(link) => link.borrow_mut().query(sql, params),
        })
        .map(|rows| rows.into_iter().next())
    }

    /// When this transaction began, by the store's clock.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn failure(&self) -> Option<Failure> {
        self.failure.get()
    }

    pub(crate) fn sqlite(&self) -> Option<&SqliteLink> {
        match &self.link {
            Link::Sqlite(link) => Some(link),
            Link::Postgres(_) => None,
        }
    }

    fn guarded<T>(
        &self,
        sql: &str,
        params: &[Param],
        act: impl FnOnce(&Link<'c>) -> Result<T, (Failure, StoreError)>,
    ) -> Result<T, StoreError> {
        if self.failure.get().is_some() {
            return Err(StoreError::Other("a statement of this transaction failed before; it takes no more".to_owned()));
        }
        storable(params)?;
        if let Some(tapped) = &self.tapped {
            tapped.borrow_mut().push((sql.to_owned(), params.to_vec()));
        }
        act(&self.link).map_err(|(failure, error)| {
            self.failure.set(Some(failure));
            error
        })
    }
}

/// A transaction that may change the store. State, journal entry, jobs and messages commit together or not at all.
pub struct Write<'c> {
    read: Read<'c>,
    /// What followers are to be woken for once this is committed.
    pub(crate) notes: Notes,
}

/// What a transaction did that others wait for.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) journalled: Cell<bool>,
    pub(crate) queued: Cell<bool>,
    pub(crate) sent: Cell<bool>,
}

impl Notes {
    /// Takes over what a closure noted, when its work is kept.
    pub(crate) fn add(&self, other: &Notes) {
        self.journalled.set(self.journalled.get() | other.journalled.get());
        self.queued.set(self.queued.get() | other.queued.get());
        self.sent.set(self.sent.get() | other.sent.get());
    }
}

impl<'c> Write<'c> {
    pub(crate) fn new(link: Link<'c>, now: Timestamp) -> Write<'c> {
        Write { read: Read::new(link, now), notes: Notes::default() }
    }

    pub(crate) fn tapped(mut self, is_tapped: bool) -> Write<'c> {
        self.read.tapped = is_tapped.then(RefCell::default);
        self
    }

    /// What followers are to be woken for, and what was run if anybody wants to know.
    pub(crate) fn end(self) -> (Notes, Vec<Statement>) {
        (self.notes, self.read.tapped.map(RefCell::into_inner).unwrap_or_default())
    }

    /// Runs a statement and says how many rows it changed.
    ///
    /// # Errors
    /// When the engine refuses the statement. From then on the transaction takes no more and nothing of it is kept.
    pub fn run(&self, sql: &str, params: &[Param]) -> Result<u64, StoreError> {
        self.read.guarded(sql, params, |link| match link {
            Link::Sqlite(link) => link.execute(sql, params),
            Link::Postgres(link) => link.borrow_mut().execute(sql, params),
        })
    }
}

impl<'c> Deref for Write<'c> {
    type Target = Read<'c>;

    fn deref(&self) -> &Read<'c> {
        &self.read
    }
}
