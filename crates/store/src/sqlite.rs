//! The SQLite engine: one writer commits many requests together, some readers each see one snapshot.
//!
//! A commit costs one fsync, 0.3–2 ms; a filing's statements cost 0.03 ms. So the writer takes what waits, gives each closure a
//! savepoint, and commits once for all: with 64 clients that is thirty times a commit each. Nobody is answered before the commit.

use std::{
    path::Path,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{
    Clock, StoreError, Write,
    followers::Followers,
    queue::Queue,
    sqlite_link::SqliteLink,
    task::{ReadTask, WriteTask},
    tx::{Link, Notes, Read},
};

/// Closures in one commit. 256 × ≤ 1 ms keeps the last of them under a quarter second.
const BATCH_MAX: usize = 256;

/// The name of the store's file in its folder.
pub(crate) const FILE: &str = "store.sqlite";

/// The threads over one SQLite file and the lines in front of them.
pub(crate) struct Sqlite {
    pub(crate) writes: Arc<Queue<Box<dyn WriteTask>>>,
    pub(crate) reads: Arc<Queue<Box<dyn ReadTask>>>,
    pub(crate) threads: Vec<JoinHandle<()>>,
}

impl Sqlite {
    /// Starts the writer on `link` (migrated already) and its readers.
    pub(crate) fn start(
        file: &Path,
        link: SqliteLink,
        readers: usize,
        waiting_max: usize,
        clock: &Clock,
        followers: &Arc<Followers>,
    ) -> Result<Sqlite, StoreError> {
        let mut engine =
            Sqlite { writes: Arc::new(Queue::new(waiting_max)), reads: Arc::new(Queue::new(waiting_max)), threads: Vec::new() };
        for number in 0..readers {
            let (queue, clock, file) = (engine.reads.clone(), clock.clone(), file.to_owned());
            engine.spawn(format!("store-reader-{number}"), move || read_on(&queue, &file, &clock))?;
        }
        let (queue, clock, followers) = (engine.writes.clone(), clock.clone(), followers.clone());
        engine.spawn("store-writer".to_owned(), move || {
            let mut stretch = Stretch::begin();
            loop {
                match queue.take_within(BATCH_MAX, QUIET) {
                    Some(tasks) if tasks.is_empty() => break,
                    Some(tasks) => {
                        stretch.tasks += tasks.len();
                        commit_together(&link, tasks, &clock, &followers);
                    }
                    None => {}
                }
                stretch.end(&link);
            }
        })?;
        Ok(engine)
    }

    fn spawn(&mut self, name: String, run: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
        let thread =
            thread::Builder::new().name(name).spawn(run).map_err(|error| StoreError::file("starting a thread of the store", error))?;
        self.threads.push(thread);
        Ok(())
    }
}

/// A reader's thread. A connection with the tables of a town takes a megabyte: it is opened for the first task and closed when nothing came
/// for a while, so that a hundred quiet towns keep two hundred of them and not a thousand.
fn read_on(queue: &Queue<Box<dyn ReadTask>>, file: &Path, clock: &Clock) {
    let mut link = None;
    loop {
        let Some(mut tasks) = queue.take_within(1, QUIET) else {
            link = None;
            continue;
        };
        let Some(task) = tasks.pop() else { return };
        let opened = match link.take() {
            Some(link) => Ok(link),
            None => SqliteLink::reader(file),
        };
        match opened {
            Ok(opened) => read(link.insert(opened), task, clock),
            Err(error) => task.answer(Err(error)),
        }
    }
}

/// After so long without work a reader closes, and the writer puts away what it holds.
const QUIET: Duration = Duration::from_secs(10);
/// So few closures within [`QUIET`] are jobs that look whether there is anything to do.
const QUIET_TASKS: usize = 50;

/// What the writer has done of late.
struct Stretch {
    since: Instant,
    tasks: usize,
    is_put_away: bool,
}

impl Stretch {
    fn begin() -> Stretch {
        Stretch { since: Instant::now(), tasks: 0, is_put_away: false }
    }

    /// Once a quiet stretch is over, the pages and statements of the rush before go. The system keeps the pages that are read again.
    fn end(&mut self, link: &SqliteLink) {
        if self.since.elapsed() < QUIET {
            return;
        }
        let is_quiet = self.tasks < QUIET_TASKS;
        if is_quiet && !self.is_put_away {
            link.put_away();
        }
        *self = Stretch { is_put_away: is_quiet, ..Stretch::begin() };
    }
}

fn read(link: &SqliteLink, mut task: Box<dyn ReadTask>, clock: &Clock) {
    let outcome = link.control("begin").map(|()| {
        task.attempt(&Read::new(Link::Sqlite(link), clock.now()));
    });
    // Nothing was written: ending the snapshot cannot lose anything.
    let _ = link.control("commit");
    task.answer(outcome);
}

/// One commit for all; when that fails, each alone, so that one closure's fault is nobody else's.
fn commit_together(link: &SqliteLink, mut tasks: Vec<Box<dyn WriteTask>>, clock: &Clock, followers: &Followers) {
    match attempt(link, &mut tasks, clock, followers) {
        Ok(()) => tasks.into_iter().for_each(|task| task.answer(Ok(()))),
        // Another process holds the file; waiting once more for each of them would hold everybody up.
        Err(StoreError::Busy) => tasks.into_iter().for_each(|task| task.answer(Err(StoreError::Busy))),
        Err(error) if tasks.len() == 1 => {
            if let Some(task) = tasks.pop() {
                task.answer(Err(error));
            }
        }
        Err(error) => {
            tracing::warn!(%error, closures = tasks.len(), "a shared commit failed; each closure runs alone");
            for task in tasks {
                commit_together(link, vec![task], clock, followers);
            }
        }
    }
}

fn attempt(link: &SqliteLink, tasks: &mut [Box<dyn WriteTask>], clock: &Clock, followers: &Followers) -> Result<(), StoreError> {
    link.head.set(None);
    link.last_number.set(None);
    link.control("begin immediate")?;
    let result = savepoints(link, tasks, clock, followers).and_then(|notes| {
        if notes.is_some() {
            link.control("commit")?;
        }
        Ok(notes)
    });
    if !link.connection.is_autocommit() {
        let _ = link.control("rollback");
    }
    match result {
        Ok(Some(notes)) => {
            followers.wake_sealed(&notes, link.head.get().map(|head| head.position));
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Runs each closure under its own savepoint. None: nobody wants anything kept.
fn savepoints(
    link: &SqliteLink,
    tasks: &mut [Box<dyn WriteTask>],
    clock: &Clock,
    followers: &Followers,
) -> Result<Option<Notes>, StoreError> {
    let all = Notes::default();
    let mut any = false;
    let alone = tasks.len() == 1;
    for task in tasks {
        let before = (link.head.get(), link.last_number.get());
        link.control("savepoint one")?;
        let tx = Write::new(Link::Sqlite(link), clock.now()).tapped(followers.recorder.is_on());
        let wanted = task.attempt(&tx);
        if link.connection.is_autocommit() {
            // A full disk ends the whole transaction, savepoints and all. One closure alone says so itself.
            if alone && !wanted {
                return Ok(None);
            }
            return Err(StoreError::Other("the engine ended the shared transaction".to_owned()));
        }
        if wanted && tx.failure().is_none() {
            link.control("release one")?;
            let (notes, statements) = tx.end();
            all.add(&notes);
            followers.recorder.keep(statements);
            any = true;
        } else {
            link.control("rollback to one")?;
            link.control("release one")?;
            link.head.set(before.0);
            link.last_number.set(before.1);
            if wanted {
                task.refuse(StoreError::Other("a statement failed and the closure went on; nothing of it was kept".to_owned()));
            }
        }
    }
    Ok(any.then_some(all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, Options, Running, Store, params, testing::Place};

    /// A store whose disk holds `pages` pages more than it has now.
    fn nearly_full(place: &Place, pages: i64) -> Store {
        let engine = place.engine("desk");
        let Engine::Sqlite { folder } = &engine else { unreachable!("the place is for SQLite") };
        std::fs::create_dir_all(folder).expect("made");
        let (file, clock, followers) = (folder.join(FILE), Clock::system(), Arc::new(Followers::new()));
        let link = SqliteLink::writer(&file).expect("opens");
        crate::migrations::apply_sqlite(&link, &[], &clock).expect("migrated");
        link.batch("create table note (id integer primary key, text text not null) strict").expect("made");
        let now: i64 = link.query("pragma page_count", &[], 1).expect("counted")[0].get(0).expect("a number");
        link.batch(&format!("pragma max_page_count = {}", now + pages)).expect("bounded");
        let running = Sqlite::start(&file, link, 1, 100, &clock, &followers).expect("starts");
        Store {
            inner: Arc::new(crate::Inner { options: Options::new(engine.clone(), vec![]), followers, engine: Running::Sqlite(running) }),
        }
    }

    fn note(store: &Store, text: String) -> Result<u64, StoreError> {
        store.write(move |tx| tx.run("insert into note (text) values ($1)", params![&text]))
    }

    fn count(store: &Store) -> i64 {
        store.read(|tx| tx.first("select count(*) from note", params![])?.expect("a row").get(0)).expect("reading still works")
    }

    #[test]
    fn on_a_full_disk_what_does_not_fit_is_refused_clearly_and_the_rest_goes_on() {
        let place = Place::sqlite();
        let store = nearly_full(&place, 20);
        assert_eq!(note(&store, "small".to_owned()).expect("fits"), 1);
        assert!(matches!(note(&store, "x".repeat(1_000_000)), Err(StoreError::DiskFull)));
        assert_eq!(count(&store), 1);
        let windows: Vec<_> = (0..12)
            .map(|number| {
                let store = store.clone();
                std::thread::spawn(move || note(&store, if number % 3 == 0 { "x".repeat(1_000_000) } else { "small".to_owned() }))
            })
            .collect();
        for (number, window) in windows.into_iter().enumerate() {
            let result = window.join().expect("no panic");
            match number % 3 {
                0 => assert!(matches!(result, Err(StoreError::DiskFull)), "{result:?}"),
                _ => assert_eq!(result.expect("fits beside those that do not"), 1),
            }
        }
        assert_eq!(count(&store), 9);
    }
}
