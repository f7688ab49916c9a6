//! What the engine itself can do with the statements of a request, so that a bench can say how much of that the program reaches.
//!
//! [`Tap`] notes what kept closures really ran, on the ordinary route; [`limit`] runs the same again, varied, with nothing around
//! it: savepoints in shared commits on SQLite, sixteen connections at SERIALIZABLE on PostgreSQL.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    Engine, Isolation, Param, Statement, Store, StoreError, Write, journal,
    postgres_link::PostgresLink,
    sqlite,
    sqlite_link::SqliteLink,
    tx::{Failure, Link},
};

/// Connections on PostgreSQL; as many as a store uses.
const CONNECTIONS: usize = 16;

/// What one kept closure ran, in order.
pub type Unit = Vec<Statement>;

/// Notes the statements of kept closures while somebody listens; one look at a flag otherwise.
#[derive(Default)]
pub(crate) struct Recorder {
    is_on: AtomicBool,
    kept: Mutex<Vec<Unit>>,
}

impl Recorder {
    pub(crate) fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }

    pub(crate) fn keep(&self, statements: Unit) {
        if !statements.is_empty() {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(statements);
        }
    }
}

/// Listens to a store. For benches on synthetic towns only: what it hears are the rows themselves.
pub struct Tap {
    store: Store,
}

impl Tap {
    /// Begins to listen.
    pub fn on(store: &Store) -> Tap {
        store.inner.followers.recorder.is_on.store(true, Ordering::Relaxed);
        Tap { store: store.clone() }
    }

    /// Ends and gives what each kept closure ran.
    pub fn take(self) -> Vec<Unit> {
        std::mem::take(&mut *self.store.inner.followers.recorder.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.store.inner.followers.recorder.is_on.store(false, Ordering::Relaxed);
    }
}

/// The same unit for another filing: each of the `names` (ids, numbers, tokens that tell the filing from others) becomes another of
/// the same length wherever a text holds it, and positions of the journal and the hatch move on.
pub fn vary(unit: &Unit, names: &[&str], number: u64) -> Unit {
    let varied = |text: &str| {
        names.iter().filter(|name| !name.is_empty()).fold(text.to_owned(), |text, name| text.replace(name, &another(name, number)))
    };
    let mut place = 1_i64 << 40 | (number as i64) << 6;
    unit.iter()
        .map(|(sql, params)| {
            let moves = journal::moves_on(sql);
            let params = params.iter().map(|param| match param {
                Param::Text(text) => Param::Text(varied(text)),
                Param::Int(_) if moves => {
                    place += 1;
                    Param::Int(place)
                }
                other => other.clone(),
            });
            (sql.clone(), params.collect())
        })
        .collect()
}

/// Another name of the same length: its last letters count.
fn another(name: &str, number: u64) -> String {
    let letters = name.chars().count();
    let digits = format!("{number:x}");
    let kept = letters.saturating_sub(digits.len().max(8));
    let counted = format!("{number:0width$x}", width = letters - kept);
    name.chars().take(kept).chain(counted.chars().skip(counted.chars().count().saturating_sub(letters - kept))).collect()
}

/// How fast the engine is.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Units committed durably.
    pub commits: u64,
    /// In this time.
    pub seconds: f64,
}

impl Limit {
    /// Units a second.
    pub fn per_second(&self) -> f64 {
        self.commits as f64 / self.seconds.max(f64::EPSILON)
    }
}

/// Runs `unit(0)`, `unit(1)`, … for `time` and counts commits. `batch` units share a commit on SQLite: give the number of clients.
/// The store at `engine` should be idle, and its rows are not to be kept.
///
/// # Errors
/// When the engine refuses a statement: the units are not varied enough, or the place is not migrated.
pub fn limit(engine: &Engine, unit: &(dyn Fn(u64) -> Unit + Sync), batch: usize, time: Duration) -> Result<Limit, StoreError> {
    let next = AtomicU64::new(0);
    let start = Instant::now();
    let commits = match engine {
        Engine::Sqlite { folder } => {
            let link = SqliteLink::writer(&folder.join(sqlite::FILE))?;
            let mut commits = 0;
            while start.elapsed() < time {
                commits += batch_on_sqlite(&link, unit, &next, batch)?;
            }
            commits
        }
        Engine::Postgres { url, schema } => thread::scope(|scope| {
            let threads: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(|| on_postgres(url, schema, unit, &next, start, time))).collect();
            let counts = threads.into_iter().map(|thread| thread.join().unwrap_or(Err(StoreError::Closed)));
            counts.sum::<Result<u64, StoreError>>()
        })?,
    };
    Ok(Limit { commits, seconds: start.elapsed().as_secs_f64() })
}

fn run(tx: &Write<'_>, unit: &Unit) -> Result<(), StoreError> {
    unit.iter().try_for_each(|(sql, params)| tx.all(sql, params).map(drop))
}

fn batch_on_sqlite(link: &SqliteLink, unit: &(dyn Fn(u64) -> Unit + Sync), next: &AtomicU64, batch: usize) -> Result<u64, StoreError> {
    let units: Vec<Unit> = (0..batch).map(|_| unit(next.fetch_add(1, Ordering::Relaxed))).collect();
    link.control("begin immediate")?;
    for unit in &units {
        link.control("savepoint one")?;
        run(&Write::new(Link::Sqlite(link), jiff::Timestamp::UNIX_EPOCH), unit)?;
        link.control("release one")?;
    }
    link.control("commit")?;
    Ok(units.len() as u64)
}

fn on_postgres(
    url: &str,
    schema: &str,
    unit: &(dyn Fn(u64) -> Unit + Sync),
    next: &AtomicU64,
    start: Instant,
    time: Duration,
) -> Result<u64, StoreError> {
    let mut link = PostgresLink::connect(url, schema)?;
    let mut commits = 0;
    while start.elapsed() < time {
        let unit = unit(next.fetch_add(1, Ordering::Relaxed));
        loop {
            link.batch(Isolation::Serializable.begin())?;
            let (ran, failure) = {
                let tx = Write::new(Link::Postgres((&mut link).into()), jiff::Timestamp::UNIX_EPOCH);
                (run(&tx, &unit), tx.failure())
            };
            let ended = match failure {
                None => link.control("commit"),
                Some(failure) => {
                    link.batch("rollback")?;
                    Err((failure, ran.err().unwrap_or(StoreError::Closed)))
                }
            };
            match ended {
                Ok(()) => break,
                Err((Failure::Conflict, _)) => {}
                Err((_, error)) => return Err(error),
            }
        }
        commits += 1;
    }
    Ok(commits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_name_has_the_same_length_and_is_another() {
        for name in ["K7P4M29", "01938f6e-7b1c-7def-8a90-1234567890ab", "受付番号", "x"] {
            let (one, two) = (another(name, 1), another(name, 2));
            assert_eq!(one.chars().count(), name.chars().count());
            assert_ne!(one, two);
        }
    }
}
