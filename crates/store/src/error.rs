//! What can go wrong in the store, in words for the log. Values of rows never appear here.

use thiserror::Error;

/// A rule of a table that a row broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Another row has the same key.
    Unique,
    /// The row it points to does not exist, or rows still point to it.
    ForeignKey,
    /// A column that must be filled is empty.
    NotNull,
    /// A check of the table, or the type of a column.
    Check,
}

/// Why the store did not do what it was asked. Nothing of a failed closure is kept.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// More work waits than the store takes. Answer 503 with Retry-After; what was typed stays in the page.
    #[error("the store has as much waiting work as it takes")]
    Busy,
    /// The store was closed while the closure waited, or before.
    #[error("the store is closed")]
    Closed,
    /// The closure panicked. Its savepoint was rolled back, its neighbours were not touched.
    #[error("a closure panicked: {0}")]
    Panicked(String),
    /// Others kept changing the same rows; every re-run lost. Trying again later is right.
    #[error("others kept changing the same rows; gave up after {tries} tries")]
    Conflict {
        /// How often it was run.
        tries: u32,
    },
    /// The disk is full. Reading still works.
    #[error("the disk of the store is full")]
    DiskFull,
    /// The store's files or the database may not be written.
    #[error("the store cannot be written: it is read-only")]
    ReadOnly,
    /// A rule of a table refused a row.
    #[error("a table's rule refused the row: {0:?}")]
    Refused(Rule),
    /// What was read back is not what was once written. Names `table.column`.
    #[error("what is stored in {0} cannot be read")]
    Damaged(&'static str),
    /// A column was asked for as a type that it does not hold.
    #[error("column {index} holds {found}, not {wanted}")]
    Column {
        /// Counted from 0.
        index: usize,
        /// The type asked for.
        wanted: &'static str,
        /// The type that is there.
        found: &'static str,
    },
    /// A value that cannot be stored on both engines, such as text with a NUL.
    #[error("a value cannot be stored: {0}")]
    Unstorable(&'static str),
    /// The engine refused a statement: the statement's own fault.
    #[error("the engine refused a statement: {why}: {sql}")]
    Statement {
        /// The text as the room wrote it.
        sql: String,
        /// What the engine said.
        why: String,
    },
    /// The database cannot be reached, or was lost on the way.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// A migration that was applied has another text now, or one failed.
    #[error("migration {name}: {why}")]
    Migration {
        /// The migration's name.
        name: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// A key, a signature or a seal does not fit.
    #[error("{0}")]
    Key(&'static str),
    /// A file of the store could not be read or written.
    #[error("{what}: {source}")]
    File {
        /// What was being done, without personal values.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Anything else, said in one sentence.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    /// What is stored in `column` (`table.column`) cannot be read back into its type.
    pub fn damaged(column: &'static str) -> StoreError {
        StoreError::Damaged(column)
    }

    /// More work waits than the store takes.
    pub fn busy() -> StoreError {
        StoreError::Busy
    }

    /// Whether trying again later is the right answer (503), rather than a fault to be looked into (500).
    pub fn is_busy(&self) -> bool {
        matches!(self, StoreError::Busy | StoreError::Conflict { .. } | StoreError::Closed | StoreError::Unreachable(_))
    }

    /// Whether a row with the same key was there already.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, StoreError::Refused(Rule::Unique))
    }

    pub(crate) fn file(what: impl Into<String>, source: std::io::Error) -> StoreError {
        match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
            std::io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
            _ => StoreError::File { what: what.into(), source },
        }
    }

    /// Says of which file a failure speaks.
    pub(crate) fn at(what: &str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> StoreError {
        let what = format!("{what} {}", path.display());
        move |source| StoreError::file(what, source)
    }
}
