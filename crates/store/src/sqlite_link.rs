//! One connection to a SQLite file: statements, values and errors.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    path::Path,
    sync::Arc,
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, types::ToSqlOutput, types::ValueRef};

use crate::{Cell as Value, Param, Row, StoreError, error::Rule, journal::Head, statement, tx::Failure};

/// Statements kept ready on a connection. All rooms together have some hundreds; a list's filters make a few texts each.
const STATEMENTS_MAX: usize = 512;

/// Another process (a backup, `verify-journal`) may hold the file for a moment; longer than this is a fault.
const BUSY_WAIT: Duration = Duration::from_secs(10);

/// A connection with its ready statements.
pub(crate) struct SqliteLink {
    pub(crate) connection: Connection,
    texts: RefCell<HashMap<String, Arc<str>>>,
    /// Where the journal ends within the open transaction; forgotten with each new one.
    pub(crate) head: Cell<Option<Head>>,
    /// The last number given to a message of the hatch within the open transaction.
    pub(crate) last_number: Cell<Option<i64>>,
}

impl SqliteLink {
    /// Opens the file for the writer, and makes it when it is not there.
    pub(crate) fn writer(file: &Path) -> Result<SqliteLink, StoreError> {
        let link = SqliteLink::open(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        link.log_ahead()?;
        // Each commit is on the disk before it is answered (FULL). Pages of 16 MiB spare reads, the system keeps the rest;
        // the log is cut back to 64 MiB after a rush.
        link.batch(
            "pragma synchronous = full; pragma cache_size = -16384; pragma journal_size_limit = 67108864;
             pragma wal_autocheckpoint = 2000; pragma temp_store = memory; pragma foreign_keys = on;",
        )?;
        Ok(link)
    }

    /// Readers beside the writer. SQLite does not wait by itself when two open a new file at once, so this does, a second at most.
    fn log_ahead(&self) -> Result<(), StoreError> {
        for _ in 0..50 {
            match self.batch("pragma journal_mode = wal") {
                Err(StoreError::Busy) => std::thread::sleep(Duration::from_millis(20)),
                other => return other,
            }
        }
        self.batch("pragma journal_mode = wal")
    }

    /// Opens the file for a reader.
    pub(crate) fn reader(file: &Path) -> Result<SqliteLink, StoreError> {
        let link = SqliteLink::open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        link.batch("pragma query_only = on; pragma cache_size = -4096; pragma temp_store = memory;")?;
        Ok(link)
    }

    fn open(file: &Path, flags: OpenFlags) -> Result<SqliteLink, StoreError> {
        let connection =
            Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(|error| read_error(&error, "open").1)?;
        connection.busy_timeout(BUSY_WAIT).map_err(|error| read_error(&error, "busy_timeout").1)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        Ok(SqliteLink { connection, texts: RefCell::default(), head: Cell::new(None), last_number: Cell::new(None) })
    }

    /// Lets go of ready statements and of pages that can be read again.
    pub(crate) fn put_away(&self) {
        self.connection.flush_prepared_statement_cache();
        self.texts.borrow_mut().clear();
        // It is only memory: when it cannot be had back, nothing is lost.
        let _ = self.batch("pragma shrink_memory");
    }

    /// Statements without values, such as `begin immediate`.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(|error| read_error(&error, sql).1)
    }

    /// One short statement that is used for every batch, kept ready.
    pub(crate) fn control(&self, sql: &str) -> Result<(), StoreError> {
        let run = || self.connection.prepare_cached(sql)?.raw_execute();
        run().map(|_| ()).map_err(|error| read_error(&error, sql).1)
    }

    fn text(&self, sql: &str) -> Arc<str> {
        if let Some(text) = self.texts.borrow().get(sql) {
            return text.clone();
        }
        let text: Arc<str> = statement::for_sqlite(sql).into();
        let mut texts = self.texts.borrow_mut();
        if texts.len() >= STATEMENTS_MAX {
            texts.clear();
        }
        texts.insert(sql.to_owned(), text.clone());
        text
    }

    pub(crate) fn query(&self, sql: &str, params: &[Param], rows_max: usize) -> Result<Vec<Row>, (Failure, StoreError)> {
        let mut rows_kept = Vec::new();
        let mut run = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare_cached(&self.text(sql))?;
            bind(&mut statement, params)?;
            let columns = statement.column_count();
            let writes = !statement.readonly();
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                if rows_kept.len() < rows_max {
                    let cells = (0..columns).map(|at| row.get_ref(at).map(cell)).collect::<rusqlite::Result<Vec<Value>>>()?;
                    rows_kept.push(Row { cells });
                } else if !writes {
                    break;
                }
            }
            Ok(())
        };
        run().map_err(|error| read_error(&error, sql))?;
        Ok(rows_kept)
    }

    /// Hands each row of a query to `take`, without keeping them.
    pub(crate) fn each(&self, sql: &str, take: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let failed = |error: rusqlite::Error| read_error(&error, sql).1;
        let mut statement = self.connection.prepare(sql).map_err(failed)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(failed)? {
            let cells = (0..columns).map(|at| row.get_ref(at).map(cell)).collect::<rusqlite::Result<Vec<Value>>>().map_err(failed)?;
            take(Row { cells })?;
        }
        Ok(())
    }

    pub(crate) fn execute(&self, sql: &str, params: &[Param]) -> Result<u64, (Failure, StoreError)> {
        let run = || -> rusqlite::Result<usize> {
            let mut statement = self.connection.prepare_cached(&self.text(sql))?;
            bind(&mut statement, params)?;
            if statement.column_count() == 0 {
                return statement.raw_execute();
            }
            // `… returning` whose rows nobody wants: they are counted as they pass.
            let mut rows = statement.raw_query();
            let mut count = 0;
            while rows.next()?.is_some() {
                count += 1;
            }
            Ok(count)
        };
        run().map(|count| count as u64).map_err(|error| read_error(&error, sql))
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Param]) -> rusqlite::Result<()> {
    let wanted = statement.parameter_count();
    if wanted != params.len() {
        return Err(rusqlite::Error::InvalidParameterCount(params.len(), wanted));
    }
    for (at, param) in params.iter().enumerate() {
        let value = match param {
            Param::Null => ValueRef::Null,
            Param::Int(value) => ValueRef::Integer(*value),
            Param::Text(value) => ValueRef::Text(value.as_bytes()),
            Param::Bytes(value) => ValueRef::Blob(value),
        };
        statement.raw_bind_parameter(at + 1, ToSqlOutput::Borrowed(value))?;
    }
    Ok(())
}

fn cell(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        // STRICT tables hold no reals; one can only come of a computation, and nothing here is money with fractions.
        ValueRef::Real(value) => Value::Text(value.to_string()),
        ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
        ValueRef::Blob(value) => Value::Bytes(value.to_vec()),
    }
}

/// SQLite's error in the store's words.
pub(crate) fn read_error(error: &rusqlite::Error, sql: &str) -> (Failure, StoreError) {
    let statement = || StoreError::Statement { sql: sql.to_owned(), why: error.to_string() };
    let rusqlite::Error::SqliteFailure(cause, _) = error else {
        return (Failure::Statement, statement());
    };
    let said = match cause.code {
        ErrorCode::DiskFull => StoreError::DiskFull,
        ErrorCode::ReadOnly => StoreError::ReadOnly,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::CannotOpen | ErrorCode::SystemIoFailure => StoreError::Unreachable(error.to_string()),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged("the file of the store"),
        ErrorCode::ConstraintViolation => match cause.extended_code {
            rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY => StoreError::Refused(Rule::Unique),
            rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY => StoreError::Refused(Rule::ForeignKey),
            rusqlite::ffi::SQLITE_CONSTRAINT_NOTNULL => StoreError::Refused(Rule::NotNull),
            _ => StoreError::Refused(Rule::Check),
        },
        _ => statement(),
    };
    (Failure::Statement, said)
}
