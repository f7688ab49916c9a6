//! One moment of the town: the rows of all faces as they were when nothing was between two of them that only one knows of.
//!
//! Were the faces read one after the other, a case that is filed meanwhile would be with the desk and unknown to the portal, or a
//! decision with the resident and unknown to the desk; after a restore nothing would ever mend that. So all faces are held still,
//! for the few milliseconds that it takes to begin reading each of them; the rows themselves are read afterwards, while they go on.

use crate::{
    Engine, Row, Store, StoreError,
    backup::{Progress, postgres_columns, sqlite_columns},
    backup_rows::{Record, RowsWriter},
    postgres_link::PostgresLink,
    sqlite,
    sqlite_link::SqliteLink,
};

/// How often a lock is asked for: in a rush the writer of a SQLite file may be before us again and again (ten seconds each time).
const TRIES_MAX: usize = 6;

/// A store that is being read as of one moment, with its tables and their columns.
pub(crate) enum Moment {
    Sqlite(SqliteLink, Vec<(String, Vec<String>)>),
    Postgres(PostgresLink, Vec<(String, Vec<String>)>),
}

/// A store in which no message of the hatch is sent or taken while this is held.
enum Still {
    Sqlite(SqliteLink),
    Postgres(PostgresLink),
}

/// Begins to read all these faces, as of one moment of the town.
///
/// # Errors
/// When a store fails, or is so busy that it does not hold still within a minute.
pub(crate) fn cut<'t>(faces: &[(&'t str, &Store)]) -> Result<Vec<(&'t str, Moment)>, StoreError> {
    let held = faces.iter().map(|(_, store)| Still::hold(store.engine())).collect::<Result<Vec<_>, StoreError>>()?;
    let moments = faces.iter().map(|(face, store)| Ok((*face, Moment::begin(store.engine())?))).collect();
    held.into_iter().try_for_each(Still::release)?;
    moments
}

impl Still {
    fn hold(engine: &Engine) -> Result<Still, StoreError> {
        match engine {
            Engine::Sqlite { folder } => {
                let link = SqliteLink::writer(&folder.join(sqlite::FILE))?;
                for _ in 1..TRIES_MAX {
                    match link.batch("begin immediate") {
                        Err(StoreError::Busy) => {}
                        other => return other.map(|()| Still::Sqlite(link)),
                    }
                }
                link.batch("begin immediate")?;
                Ok(Still::Sqlite(link))
            }
            Engine::Postgres { url, schema } => {
                let mut link = PostgresLink::connect(url, schema)?;
                // Waits for who is sending or taking a message now, and keeps the next ones waiting; other writes go on.
                link.batch("set lock_timeout = '60s'; begin; lock table store_message, store_inbox in share row exclusive mode")?;
                Ok(Still::Postgres(link))
            }
        }
    }

    fn release(self) -> Result<(), StoreError> {
        match self {
            Still::Sqlite(link) => link.batch("rollback"),
            Still::Postgres(mut link) => link.batch("rollback"),
        }
    }
}

impl Moment {
    fn begin(engine: &Engine) -> Result<Moment, StoreError> {
        match engine {
            Engine::Sqlite { folder } => {
                let link = SqliteLink::reader(&folder.join(sqlite::FILE))?;
                link.batch("begin")?;
                // The first read, not `begin`, is what fixes the moment, on either engine.
                let tables = sqlite_columns(&link)?;
                Ok(Moment::Sqlite(link, tables))
            }
            Engine::Postgres { url, schema } => {
                let mut link = PostgresLink::connect(url, schema)?;
                // A large town takes longer than a page may.
                link.batch(
                    "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; begin isolation level repeatable read read only",
                )?;
                let tables = postgres_columns(&mut link)?;
                Ok(Moment::Postgres(link, tables))
            }
        }
    }

    /// All tables of the store, the applied migrations first, then by name.
    pub(crate) fn copy_rows(self, face: &str, out: &mut RowsWriter<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), StoreError> {
        match self {
            Moment::Sqlite(link, tables) => copy_tables(tables, face, out, progress, &mut |sql, _, take| link.each(sql, take)),
            Moment::Postgres(mut link, tables) => {
                copy_tables(tables, face, out, progress, &mut |sql, cursor, take| link.each(sql, cursor, take))
            }
        }
    }
}

/// Hands each row of a statement on; the number names a cursor.
type Each<'l> = dyn FnMut(&str, usize, &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> + 'l;

fn copy_tables(
    mut tables: Vec<(String, Vec<String>)>,
    face: &str,
    out: &mut RowsWriter<'_>,
    progress: &mut dyn FnMut(Progress),
    each: &mut Each<'_>,
) -> Result<(), StoreError> {
    tables.sort_by_key(|(name, _)| (name != "store_migration", name.clone()));
    for (cursor, (table, mut columns)) in tables.into_iter().enumerate() {
        // A transaction's number means something within its own server only.
        columns.retain(|column| column != "txid");
        columns.sort();
        let quoted: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let sql = format!("select {} from \"{table}\"", quoted.join(", "));
        out.write(&Record::Table { name: table.clone(), columns })?;
        let mut rows = 0;
        each(&sql, cursor, &mut |row| {
            rows += 1;
            if rows % 1_000 == 0 {
                progress(Progress::Rows { face: face.to_owned(), table: table.clone(), rows });
            }
            out.write(&Record::Row(row.cells))
        })?;
        progress(Progress::Rows { face: face.to_owned(), table, rows });
    }
    Ok(())
}
