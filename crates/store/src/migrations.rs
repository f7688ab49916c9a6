//! Tables change by migrations: named, ordered, applied once, never edited after.
//!
//! **Expand now, contract one release later.** While a city upgrades, nodes of two releases run on one schema. So a migration only
//! adds: a table, a column that may be empty or has a default, an index. What an older release still reads is removed in a release
//! after the last one that reads it.

use sha2::{Digest, Sha256};

use crate::{
    Clock, Read, StoreError, Write, params,
    postgres_link::PostgresLink,
    sqlite_link::SqliteLink,
    statement::{self, Dialect},
    tx::Link,
};

/// A step of the schema. Names begin with the room: `cases-0001-cases`.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// What it is called, for ever.
    pub name: &'static str,
    /// Its statements in portable types: `text`, `bigint`, `blob`.
    pub sql: &'static str,
}

const TABLE: &str = "create table if not exists store_migration (name text primary key, digest blob not null, at bigint not null)";
const APPLIED: &str = "select name, digest from store_migration";
const IS_APPLIED: &str = "select 1 from store_migration where name = $1";
const APPLY: &str = "insert into store_migration (name, digest, at) values ($1, $2, $3)";

/// The store's own tables. `{serial}` is a number that the engine gives, `{txid}` the transaction that wrote the row.
const OWN: &[Migration] = &[Migration {
    name: "store-0001-followers",
    sql: "
    create table store_entry (
        serial {serial}, txid {txid}, at bigint not null, actor text not null, what text not null, kind text not null,
        record text not null, authority text not null, why text not null, digest blob not null);
    create index store_entry_record on store_entry (kind, record);
    create index store_entry_txid on store_entry (txid);
    create table store_seal (position bigint primary key, entry bigint not null unique, chain blob not null);
    create table store_salt (kind text not null, record text not null, salt blob not null, primary key (kind, record));
    create table store_message (
        serial {serial}, txid {txid}, at bigint not null, kind text not null, id text not null, body blob not null);
    create index store_message_txid on store_message (txid);
    create table store_number (number bigint primary key, message bigint not null);
    create table store_inbox (
        kind text not null, id text not null, number bigint not null, at bigint not null, failures bigint not null,
        error text, body blob, primary key (kind, id));
    create index store_inbox_dead on store_inbox (number) where body is not null;
    create table store_mark (name text primary key, value bigint not null);
    create table store_job (
        kind text not null, key text not null, body text not null, state text not null, due bigint not null, tries bigint not null,
        owner text, error text, progress text, created_at bigint not null, ended_at bigint, primary key (kind, key));
    create index store_job_due on store_job (due) where state = 'open';
    create index store_job_ended on store_job (ended_at) where state <> 'open';
    ",
}];

/// SHA-256 of a migration as its room wrote it, so that it is one digest on both engines.
fn digest(migration: &Migration) -> Vec<u8> {
    Sha256::digest(migration.sql.as_bytes()).to_vec()
}

fn text(migration: &Migration, dialect: Dialect) -> String {
    let (serial, txid) = match dialect {
        Dialect::Sqlite => ("bigint primary key", "bigint not null default 0"),
        Dialect::Postgres => {
            ("bigint generated always as identity primary key", "bigint not null default (pg_current_xact_id()::text::bigint)")
        }
    };
    statement::migration(&migration.sql.replace("{serial}", serial).replace("{txid}", txid), dialect)
}

/// The mark of a restore that is going on; a store with it does not open.
pub(crate) const RESTORING: &str = "restoring";

/// Those of `ours` that are among the applied ones, names with digests.
///
/// # Errors
/// When one was applied that this release does not know, or knows by another text.
pub(crate) fn known(applied: &[(String, Vec<u8>)], ours: &[Migration]) -> Result<Vec<Migration>, StoreError> {
    for (name, applied) in applied {
        match OWN.iter().chain(ours).find(|known| known.name == name) {
            None => {
                let why = "this release does not know it: the backup is of a newer release; restore it with that";
                return Err(StoreError::Migration { name: name.clone(), why: why.to_owned() });
            }
            Some(known) if digest(known) != *applied => return Err(edited(name)),
            Some(_) => {}
        }
    }
    Ok(ours.iter().filter(|migration| applied.iter().any(|(name, _)| name == migration.name)).copied().collect())
}

fn edited(name: &str) -> StoreError {
    let why = "was applied with another text; put the old text back and write the change as a new migration";
    StoreError::Migration { name: name.to_owned(), why: why.to_owned() }
}

/// Refuses a place whose restore was interrupted: it looks like a town and is half of one.
pub(crate) fn refuse_half_restored(tx: &Read<'_>) -> Result<(), StoreError> {
    match tx.first("select value from store_mark where name = $1", params![RESTORING])? {
        Some(_) => Err(StoreError::Other("a restore did not end here; empty the place and restore again".to_owned())),
        None => Ok(()),
    }
}

/// Which of `migrations` are still to be applied.
fn missing<'m>(tx: &Read<'_>, migrations: &'m [Migration]) -> Result<Vec<&'m Migration>, StoreError> {
    let mut applied = std::collections::HashMap::new();
    for row in tx.all(APPLIED, params![])? {
        applied.insert(row.get::<String>(0)?, row.get::<Vec<u8>>(1)?);
    }
    let mut missing = Vec::new();
    for migration in OWN.iter().chain(migrations) {
        match applied.get(migration.name) {
            None => missing.push(migration),
            Some(known) if *known == digest(migration) => {}
            Some(_) => return Err(edited(migration.name)),
        }
    }
    Ok(missing)
}

fn names_are_unique(migrations: &[Migration]) -> Result<(), StoreError> {
    let mut names = std::collections::HashSet::new();
    match OWN.iter().chain(migrations).find(|migration| !names.insert(migration.name)) {
        Some(twice) => Err(StoreError::Migration { name: twice.name.to_owned(), why: "has the name of another migration".to_owned() }),
        None => Ok(()),
    }
}

fn failed(migration: &Migration, error: &StoreError) -> StoreError {
    StoreError::Migration { name: migration.name.to_owned(), why: error.to_string() }
}

/// Brings a SQLite file to the newest schema, each migration in its own transaction.
pub(crate) fn apply_sqlite(link: &SqliteLink, migrations: &[Migration], clock: &Clock) -> Result<(), StoreError> {
    names_are_unique(migrations)?;
    link.batch("begin immediate")?;
    link.batch(&statement::migration(TABLE, Dialect::Sqlite))?;
    let missing = missing(&Read::new(Link::Sqlite(link), clock.now()), migrations);
    link.batch("commit")?;
    for migration in missing? {
        link.batch("begin immediate")?;
        if let Err(error) = apply_one(link, migration, clock) {
            let _ = link.batch("rollback");
            return Err(failed(migration, &error));
        }
    }
    Ok(())
}

/// Another program (a backup, `verify-journal`) may have opened the same new folder meanwhile, and applied it.
fn apply_one(link: &SqliteLink, migration: &Migration, clock: &Clock) -> Result<(), StoreError> {
    let tx = Write::new(Link::Sqlite(link), clock.now());
    if tx.first(IS_APPLIED, params![migration.name])?.is_none() {
        link.batch(&text(migration, Dialect::Sqlite))?;
        tx.run(APPLY, params![migration.name, digest(migration), clock.now()])?;
    }
    link.batch("commit")
}

/// Brings a schema to its newest state. Several nodes may start at once: one applies, the others wait and find it done.
pub(crate) fn apply_postgres(link: &mut PostgresLink, schema: &str, migrations: &[Migration], clock: &Clock) -> Result<(), StoreError> {
    names_are_unique(migrations)?;
    link.batch(&format!("set lock_timeout = '60s'; select pg_advisory_lock({})", advisory_key(schema, "migrations")))?;
    let done = apply_locked(link, schema, migrations, clock);
    let unlocked = link.batch(&format!("select pg_advisory_unlock({}); set lock_timeout = '10s'", advisory_key(schema, "migrations")));
    done.and(unlocked)
}

fn apply_locked(link: &mut PostgresLink, schema: &str, migrations: &[Migration], clock: &Clock) -> Result<(), StoreError> {
    link.batch(&format!("create schema if not exists \"{schema}\""))?;
    link.batch(&statement::migration(TABLE, Dialect::Postgres))?;
    let missing = missing(&Read::new(Link::Postgres(link.into()), clock.now()), migrations)?;
    for migration in missing {
        link.batch("begin")?;
        let done = link.batch(&text(migration, Dialect::Postgres)).and_then(|()| {
            let tx = Write::new(Link::Postgres((&mut *link).into()), clock.now());
            tx.run(APPLY, params![migration.name, digest(migration), clock.now()])
        });
        let done = done.and_then(|_| link.batch("commit"));
        if let Err(error) = done {
            let _ = link.batch("rollback");
            return Err(failed(migration, &error));
        }
    }
    Ok(())
}

/// A number for an advisory lock of one face and one purpose; locks are shared by a whole database.
pub(crate) fn advisory_key(schema: &str, purpose: &str) -> i64 {
    let digest = Sha256::digest(format!("yakuba {purpose} {schema}").as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(bytes)
}
