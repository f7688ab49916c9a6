//! # 保管庫 The store
//!
//! A town keeps two stores, one for each face: the *portal* (residents' side) and the *desk* (staff's side). A room asks with one
//! closure in one transaction: [`Store::read`] sees one snapshot, [`Store::write`] changes state, writes its line in the
//! [`journal`], asks for [`jobs`] and hands messages through the [`hatch`], all of it or nothing. Nobody is answered before it is
//! on the disk.
//!
//! Two engines with the same SQL: SQLite files for a village, PostgreSQL for a city. Statements bind `$1`, `$2`, …; tables are
//! written in `text`, `bigint` and `blob`. Moments are `bigint` microseconds, days are text, money is `bigint` yen, yes and no are
//! 1 and 0. No JSON functions, no arrays, no reals, no `for update`: `tests/sql.rs` lists what may be used, and runs it on both.
//!
//! A closure is pure but for its transaction (it may run again), bounded in rows, and done within 20 ms. What decides is read in
//! the write closure that acts on it. After a failed statement the transaction takes no more and nothing of it is kept.

mod error;
mod tx;
mod value;

pub mod hatch;
mod hatch_folder;
pub mod jobs;
pub mod journal;
mod migrations;
mod parcel;

pub mod backup;
pub mod bench;
pub mod testing;

mod backup_cut;
mod backup_rows;
mod restore;

pub mod files;
pub mod keys;

mod durable;
mod followers;
mod postgres_engine;
mod postgres_link;
mod queue;
mod recovery;
mod runner;
mod sealer;
mod sqlite;
mod sqlite_link;
mod statement;
mod task;
mod verify;

use std::{
    ops::Deref,
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use jiff::Timestamp;

pub use error::{Rule, StoreError};
pub use hatch::Parcel;
pub use jobs::NewJob;
pub use journal::{Entry, Sealed};
pub use migrations::Migration;
pub use tx::{Read, Statement, Write};
pub use value::{Cell, FromCell, Param, Row};
pub use verify::{Problem, Report, SignedHead};

use followers::Followers;
use postgres_engine::{Place, Postgres, Work};
use postgres_link::PostgresLink;
use queue::Refused;
use sqlite::Sqlite;
use sqlite_link::SqliteLink;
use task::{Closure, ReadTask, WriteTask};

/// Where the moment of a journal line comes from. Tests give their own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock(Arc::new(Timestamp::now))
    }

    /// A clock of one's own.
    pub fn of(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(now))
    }

    /// The moment it shows.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// Where a store keeps its rows.
#[derive(Clone, Debug)]
pub enum Engine {
    /// A file in a folder of its own.
    Sqlite {
        /// The folder; made when it is not there.
        folder: PathBuf,
    },
    /// A schema in a database; made when it is not there.
    Postgres {
        /// `postgres://user@host/database`.
        url: String,
        /// One schema for one face: lower-case letters, digits, `_`.
        schema: String,
    },
}

/// How a store is opened.
#[derive(Clone)]
pub struct Options {
    /// Where the rows are.
    pub engine: Engine,
    /// The rooms' migrations, in the order of the rooms.
    pub migrations: Vec<Migration>,
    /// Where moments come from.
    pub clock: Clock,
    /// Closures that may wait before the store says [`StoreError::Busy`]. At 1,000 commits/s, 2,000 wait two seconds.
    pub waiting_max: usize,
    /// Readers beside the writer on SQLite; connections for everything on PostgreSQL.
    pub connections: usize,
    /// After so long without work a reader on SQLite closes, and the writer puts away what it holds: a hundred quiet towns keep two hundred
    /// connections and not a thousand.
    pub quiet: Duration,
}

/// The usual [`Options::quiet`].
const QUIET: Duration = Duration::from_secs(10);

impl Options {
    /// The usual options: the machine's clock, 2,000 waiting, 4 readers on SQLite or 16 connections on PostgreSQL.
    pub fn new(engine: Engine, migrations: Vec<Migration>) -> Options {
        let connections = match engine {
            Engine::Sqlite { .. } => 4,
            Engine::Postgres { .. } => 16,
        };
        Options { engine, migrations, clock: Clock::system(), waiting_max: 2_000, connections, quiet: QUIET }
    }
}

/// One face's store. Clones are the same store; the last one closes it after what waits is done.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    options: Options,
    followers: Arc<Followers>,
    engine: Running,
}

enum Running {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// The residents' side.
#[derive(Clone)]
pub struct Portal(Store);

/// The staff's side.
#[derive(Clone)]
pub struct Desk(Store);

impl Store {
    /// Opens a store and brings its tables up to date.
    ///
    /// # Errors
    /// When the folder or database cannot be reached, or a migration fails or has another text than the one applied.
    pub fn open(options: Options) -> Result<Store, StoreError> {
        let followers = Arc::new(Followers::new());
        let engine = match &options.engine {
            Engine::Sqlite { folder } => {
                std::fs::create_dir_all(folder).map_err(StoreError::at("making the folder", folder))?;
                let file = folder.join(sqlite::FILE);
                let link = SqliteLink::writer(&file)?;
                migrations::apply_sqlite(&link, &options.migrations, &options.clock)?;
                Running::Sqlite(Sqlite::start(&file, link, &options, &followers)?)
            }
            Engine::Postgres { url, schema } => {
                let plain = schema.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
                if !plain || schema.is_empty() {
                    return Err(StoreError::Other(format!("a schema is called by lower-case letters, digits and _: {schema:?} is not")));
                }
                let place = Place { url: url.clone(), schema: schema.clone(), clock: options.clock.clone(), followers: followers.clone() };
                let mut link = PostgresLink::connect(url, schema)?;
                migrations::apply_postgres(&mut link, schema, &options.migrations, &options.clock)?;
                Running::Postgres(Postgres::start(&place, options.connections, options.waiting_max)?)
            }
        };
        let store = Store { inner: Arc::new(Inner { options, followers, engine }) };
        store.read(migrations::refuse_half_restored)?;
        let head = store.read(journal::head)?;
        store.inner.followers.announce(head.position);
        Ok(store)
    }

    /// Runs a closure that reads, and waits for its answer. For threads; pages use [`Store::reading`].
    ///
    /// # Errors
    /// The closure's own, or the store's turned into it.
    pub fn read<T, E>(&self, closure: impl Fn(&Read<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = mpsc::sync_channel(1);
        self.push_read(Closure::new(closure, move |result| drop(reply.send(result))));
        answer.recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Runs a closure that writes, and waits until it is on the disk. For threads; pages use [`Store::writing`].
    ///
    /// # Errors
    /// The closure's own, or the store's turned into it. Then nothing of it is kept.
    pub fn write<T, E>(&self, closure: impl Fn(&Write<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = mpsc::sync_channel(1);
        self.push_write(Closure::new(closure, move |result| drop(reply.send(result))), Isolation::Serializable);
        answer.recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// As [`Store::write`], at READ COMMITTED on PostgreSQL: for a hot path whose invariants are held by constraints or by
    /// conditional updates alone, shown by a contention test on both engines.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_relaxed<T, E>(&self, closure: impl Fn(&Write<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = mpsc::sync_channel(1);
        self.push_write(Closure::new(closure, move |result| drop(reply.send(result))), Isolation::ReadCommitted);
        answer.recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// [`Store::read`] for pages: a future that holds no thread.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn reading<T, E>(&self, closure: impl Fn(&Read<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.push_read(Closure::new(closure, move |result| drop(reply.send(result))));
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// [`Store::write`] for pages. When the page is gone before the answer, the work is still done.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn writing<T, E>(&self, closure: impl Fn(&Write<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.push_write(Closure::new(closure, move |result| drop(reply.send(result))), Isolation::Serializable);
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// [`Store::write_relaxed`] for pages.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn writing_relaxed<T, E>(&self, closure: impl Fn(&Write<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.push_write(Closure::new(closure, move |result| drop(reply.send(result))), Isolation::ReadCommitted);
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// The last sealed position of the journal; changes wake those who watch. Live pages, jobs and the hatch follow it.
    pub fn sealed(&self) -> tokio::sync::watch::Receiver<i64> {
        self.inner.followers.sealed.subscribe()
    }

    /// The moment by the store's clock.
    pub fn now(&self) -> Timestamp {
        self.inner.options.clock.now()
    }

    /// Where this store's rows are.
    pub fn engine(&self) -> &Engine {
        &self.inner.options.engine
    }

    fn push_read(&self, task: impl ReadTask + 'static) {
        let refused = match &self.inner.engine {
            Running::Sqlite(engine) => engine.reads.push(Box::new(task)).err(),
            Running::Postgres(engine) => engine.work.push(Work::Read(Box::new(task))).err().and_then(|(work, refused)| match work {
                Work::Read(task) => Some((task, refused)),
                Work::Write(..) => None,
            }),
        };
        if let Some((task, refused)) = refused {
            task.answer(Err(refused.into()));
        }
    }

    fn push_write(&self, task: impl WriteTask + 'static, isolation: Isolation) {
        let refused = match &self.inner.engine {
            Running::Sqlite(engine) => engine.writes.push(Box::new(task)).err(),
            Running::Postgres(engine) => {
                engine.work.push(Work::Write(Box::new(task), isolation)).err().and_then(|(work, refused)| match work {
                    Work::Write(task, _) => Some((task, refused)),
                    Work::Read(_) => None,
                })
            }
        };
        if let Some((task, refused)) = refused {
            task.answer(Err(refused.into()));
        }
    }
}

/// How much of others' work a writing closure may notice on PostgreSQL. SQLite has one writer and is always serial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Isolation {
    Serializable,
    ReadCommitted,
}

impl Isolation {
    /// How PostgreSQL begins it.
    pub(crate) fn begin(self) -> &'static str {
        match self {
            Isolation::Serializable => "begin isolation level serializable",
            Isolation::ReadCommitted => "begin isolation level read committed",
        }
    }
}

impl From<Refused> for StoreError {
    fn from(refused: Refused) -> StoreError {
        match refused {
            Refused::Full => StoreError::Busy,
            Refused::Closed => StoreError::Closed,
        }
    }
}

impl Drop for Inner {
    /// What waits is still done; then the threads end. The last handle may die on one of them, which must not wait for itself.
    fn drop(&mut self) {
        let threads = match &mut self.engine {
            Running::Sqlite(engine) => {
                engine.reads.close();
                engine.writes.close();
                &mut engine.threads
            }
            Running::Postgres(engine) => {
                engine.close(&self.followers);
                &mut engine.threads
            }
        };
        for thread in threads.drain(..).filter(|thread| thread.thread().id() != thread::current().id()) {
            let _ = thread.join();
        }
    }
}

macro_rules! face {
    ($face:ident, $made:literal) => {
        impl $face {
            #[doc = $made]
            pub fn new(store: Store) -> $face {
                $face(store)
            }

            /// The store under this face.
            pub fn store(&self) -> &Store {
                &self.0
            }
        }

        impl Deref for $face {
            type Target = Store;

            fn deref(&self) -> &Store {
                &self.0
            }
        }
    };
}
face!(Portal, "Says that this store is the residents' side. Only start-up may say so.");
face!(Desk, "Says that this store is the staff's side. Only start-up may say so.");
