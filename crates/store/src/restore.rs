//! A backup becomes a store again: in an empty place, on either engine, all of it or nothing that opens.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

use crate::{
    Cell, Engine, Migration, Options, Param, Store, StoreError, Write,
    backup::{self, Progress, files_folder, rows_file},
    backup_rows::{Record, read_rows},
    journal,
    keys::Keys,
    migrations, params,
    postgres_link::PostgresLink,
    sqlite,
    sqlite_link::SqliteLink,
    tx::Link,
};

const MARK: &str = "insert into store_mark (name, value) values ($1, 1)";
const UNMARK: &str = "delete from store_mark where name = $1";
const UNSEALED: &str = "select e.serial, e.digest from store_entry e \
    where not exists (select 1 from store_seal s where s.entry = e.serial) order by e.serial";
const SEAL: &str = "insert into store_seal (position, entry, chain) values ($1, $2, $3)";
const UNNUMBERED: &str = "select m.serial from store_message m \
    where not exists (select 1 from store_number n where n.message = m.serial) order by m.serial";
const LAST_NUMBER: &str = "select coalesce(max(number), 0) from store_number";
const NUMBER: &str = "insert into store_number (number, message) values ($1, $2)";

/// Restores one face of a backup into the empty place that `options` name, and opens it. Rows come back under the migrations that
/// they were written under; newer ones of this release are applied after.
///
/// # Errors
/// When the place is not empty, the backup is damaged or of another town, or it is of a newer release. Then the place does not open.
pub fn restore(from: &Path, keys: &Keys, face: &str, options: Options, progress: &mut dyn FnMut(Progress)) -> Result<Store, StoreError> {
    let summary = backup::manifest(from, keys)?;
    let known = summary.faces.get(face).copied().ok_or_else(|| StoreError::Other(format!("the backup holds no face {face:?}")))?;
    let rows = rows_file(from, face);
    let migrations = migrations_of(&rows, keys, face, &options.migrations)?;
    let mut load = |tx: &Write<'_>| {
        let mut loader = Loader { tx, face, insert: None, rows: 0, progress: &mut *progress };
        let read = read_rows(&rows, keys, face, |record| loader.take(record))?;
        if read != known { Err(StoreError::Damaged("the backup: its rows")) } else { settle(tx) }
    };
    match &options.engine {
        Engine::Sqlite { folder } => into_sqlite(folder, &migrations, &options, &mut load)?,
        Engine::Postgres { url, schema } => into_postgres(url, schema, &migrations, &options, &mut load)?,
    }
    Store::open(options)
}

/// Restores a folder of files into an empty one. Says how many there were.
///
/// # Errors
/// When the folder is not empty, or the backup is damaged.
pub fn restore_files(from: &Path, keys: &Keys, name: &str, to: &Path, progress: &mut dyn FnMut(Progress)) -> Result<usize, StoreError> {
    let summary = backup::manifest(from, keys)?;
    let addresses = summary.files.get(name).ok_or_else(|| StoreError::Other(format!("the backup holds no files {name:?}")))?;
    if fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(not_empty());
    }
    let folder = from.join(files_folder(name));
    let paths = addresses.iter().map(|address| backup::spread(&folder, address)).collect::<Result<Vec<_>, StoreError>>()?;
    for path in &paths {
        let bytes = fs::read(path).map_err(StoreError::at("reading a file of the backup", path))?;
        let is_whole = path.file_name().and_then(|name| name.to_str()) == Some(crate::keys::hex(&Sha256::digest(bytes)).as_str());
        if !is_whole {
            return Err(StoreError::Damaged("the backup: a file"));
        }
    }
    Ok(backup::copy_files(&paths, to, progress)?.len())
}

fn not_empty() -> StoreError {
    StoreError::Other("there is a store or there are files already; a backup is restored into an empty place only".to_owned())
}

/// The migrations that were applied when the backup was taken.
fn migrations_of(rows: &Path, keys: &Keys, face: &str, ours: &[Migration]) -> Result<Vec<Migration>, StoreError> {
    let mut columns_of_migrations = None;
    let mut applied = Vec::new();
    read_rows(rows, keys, face, |record| {
        match (record, &columns_of_migrations) {
            (Record::Table { name, columns }, _) => columns_of_migrations = (name == "store_migration").then_some(columns),
            (Record::Row(cells), Some(columns)) => {
                let cell = |name: &str| columns.iter().position(|column| column == name).and_then(|at| cells.get(at));
                if let (Some(Cell::Text(name)), Some(Cell::Bytes(digest))) = (cell("name"), cell("digest")) {
                    applied.push((name.clone(), digest.clone()));
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    migrations::known(&applied, ours)
}

fn into_sqlite(
    folder: &Path,
    migrations: &[Migration],
    options: &Options,
    load: &mut dyn FnMut(&Write<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let file = folder.join(sqlite::FILE);
    if file.exists() {
        return Err(not_empty());
    }
    fs::create_dir_all(folder).map_err(StoreError::at("making", folder))?;
    let link = SqliteLink::writer(&file)?;
    migrations::apply_sqlite(&link, migrations, &options.clock)?;
    link.batch("pragma foreign_keys = off")?;
    let tx = Write::new(Link::Sqlite(&link), options.clock.now());
    tx.run(MARK, params![migrations::RESTORING])?;
    link.batch("begin immediate")?;
    load(&tx)?;
    if !tx.all("select 1 from pragma_foreign_key_check limit 1", params![])?.is_empty() {
        return Err(StoreError::Damaged("the backup: a row points to none"));
    }
    seal_tail(&tx)?;
    link.batch("commit")
}

fn into_postgres(
    url: &str,
    schema: &str,
    migrations: &[Migration],
    options: &Options,
    load: &mut dyn FnMut(&Write<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut link = PostgresLink::connect(url, schema)?;
    if !backup::postgres_columns(&mut link)?.is_empty() {
        return Err(not_empty());
    }
    migrations::apply_postgres(&mut link, schema, migrations, &options.clock)?;
    link.batch("set statement_timeout = 0; set idle_in_transaction_session_timeout = 0")?;
    let now = options.clock.now();
    Write::new(Link::Postgres((&mut link).into()), now).run(MARK, params![migrations::RESTORING])?;
    link.batch("begin")?;
    let keys = {
        let tx = Write::new(Link::Postgres((&mut link).into()), now);
        // Rows come table by table: what points to what is checked at the end, all at once.
        let keys = tx.all(FOREIGN_KEYS, params![])?;
        let keys = keys
            .iter()
            .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .collect::<Result<Vec<(String, String, String)>, StoreError>>()?;
        for (table, name, _) in &keys {
            tx.run(&format!("alter table {table} drop constraint \"{name}\""), params![])?;
        }
        load(&tx)?;
        for table in ["store_entry", "store_message"] {
            let next = format!(
                "select setval(pg_get_serial_sequence('{table}', 'serial'), (select coalesce(max(serial), 0) + 1 from {table}), false)"
            );
            tx.all(&next, params![])?;
        }
        keys
    };
    for (table, name, definition) in keys {
        link.batch(&format!("alter table {table} add constraint \"{name}\" {definition}"))?;
    }
    link.batch("commit; analyze")
}

const FOREIGN_KEYS: &str = "select c.conrelid::regclass::text, c.conname::text, pg_get_constraintdef(c.oid) from pg_constraint c \
    where c.contype = 'f' and c.connamespace = current_schema()::regnamespace";

/// Puts rows into the tables that they came from.
struct Loader<'l, 'c> {
    tx: &'l Write<'c>,
    face: &'l str,
    /// The table that is being filled, and its statement; none while rows are passed over.
    insert: Option<(String, String)>,
    rows: u64,
    progress: &'l mut dyn FnMut(Progress),
}

impl Loader<'_, '_> {
    fn take(&mut self, record: Record) -> Result<(), StoreError> {
        match record {
            Record::Table { name, columns } => {
                self.tell();
                self.rows = 0;
                // Its rows are there already: they were written by applying the migrations.
                self.insert = (name != "store_migration").then(|| (name.clone(), self.statement(&name, &columns)));
            }
            Record::Row(cells) => {
                let Some((_, sql)) = &self.insert else {
                    return Ok(());
                };
                let params: Vec<Param> = cells.iter().map(Param::from).collect();
                self.tx.run(sql, &params)?;
                self.rows += 1;
                if self.rows.is_multiple_of(1_000) {
                    self.tell();
                }
            }
            Record::End(_) => self.tell(),
        }
        Ok(())
    }

    fn statement(&self, table: &str, columns: &[String]) -> String {
        // Names come from the manifest's own file, under the town's seal.
        let quoted: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let places: Vec<String> = (1..=columns.len()).map(|at| format!("${at}")).collect();
        let numbered = self.tx.sqlite().is_none() && columns.iter().any(|column| column == "serial");
        let overriding = if numbered { " overriding system value" } else { "" };
        // The mark of this restore is the one row that is there before.
        let conflict = if table == "store_mark" { " on conflict (name) do nothing" } else { "" };
        format!("insert into \"{table}\" ({}){overriding} values ({}){conflict}", quoted.join(", "), places.join(", "))
    }

    fn tell(&mut self) {
        if let Some((table, _)) = &self.insert {
            (self.progress)(Progress::Rows { face: self.face.to_owned(), table: table.clone(), rows: self.rows });
        }
    }
}

/// What belongs to the place and not to the rows: a new epoch for the hatch, the sealer begins from the first line.
fn settle(tx: &Write<'_>) -> Result<(), StoreError> {
    for name in ["epoch", "sealed-below", migrations::RESTORING] {
        tx.run(UNMARK, params![name])?;
    }
    Ok(())
}

/// SQLite seals in the commit that writes; lines that PostgreSQL's sealer had not reached yet are sealed here.
fn seal_tail(tx: &Write<'_>) -> Result<(), StoreError> {
    let mut head = journal::head(tx)?;
    for row in tx.all(UNSEALED, params![])? {
        head = head.link(&row.get::<Vec<u8>>(1)?);
        tx.run(SEAL, params![head.position, row.get::<i64>(0)?, head.chain])?;
    }
    let last: i64 = tx.first(LAST_NUMBER, params![])?.map_or(Ok(0), |row| row.get(0))?;
    for (row, number) in tx.all(UNNUMBERED, params![])?.iter().zip(last + 1..) {
        tx.run(NUMBER, params![number, row.get::<i64>(0)?])?;
    }
    Ok(())
}
