//! The SQLite engine: one writer commits many requests together, some readers each see one snapshot.
//!
//! A commit costs one fsync, 0.3–2 ms; a filing's statements cost 0.03 ms. So the writer takes what waits, gives each closure a
//! savepoint, and commits once for all: with 64 clients that is thirty times a commit each. Nobody is answered before the commit.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{
    Clock, Options, StoreError, Write,
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
    /// Readers whose connection is open.
    awake: Arc<AtomicUsize>,
}

impl Sqlite {
    /// Starts the writer on `link` (migrated already) and its readers.
    pub(crate) fn start(file: &Path, link: SqliteLink, options: &Options, followers: &Arc<Followers>) -> Result<Sqlite, StoreError> {
        let mut engine = Sqlite {
            writes: Arc::new(Queue::new(options.waiting_max)),
            reads: Arc::new(Queue::new(options.waiting_max)),
            threads: Vec::new(),
            awake: Arc::default(),
        };
        let quiet = options.quiet;
        for number in 0..options.connections {
            let link = SqliteLink::reader(file)?;
            let (queue, clock, file, awake) = (engine.reads.clone(), options.clock.clone(), file.to_owned(), engine.awake.clone());
            engine.spawn(format!("store-reader-{number}"), move || {
                Reader::awake(link, &awake).read_on(&queue, &file, quiet, &clock);
            })?;
        }
        let (queue, clock, followers) = (engine.writes.clone(), options.clock.clone(), followers.clone());
        engine.spawn("store-writer".to_owned(), move || {
            let mut stretch = Stretch::begin();
            loop {
                match queue.take_within(BATCH_MAX, quiet) {
                    Some(tasks) if tasks.is_empty() => break,
                    Some(tasks) => {
                        stretch.tasks += tasks.len();
                        commit_together(&link, tasks, &clock, &followers);
                    }
                    None => {}
                }
                stretch.end(&link, quiet);
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

/// A reader. A connection with the tables of a town takes a megabyte: it closes when nothing came for a while, and opens again for the next task.
struct Reader<'a> {
    link: Option<SqliteLink>,
    awake: &'a AtomicUsize,
}

impl Reader<'_> {
    fn awake(link: SqliteLink, awake: &AtomicUsize) -> Reader<'_> {
        awake.fetch_add(1, Ordering::Relaxed);
        Reader { link: Some(link), awake }
    }

    fn read_on(&mut self, queue: &Queue<Box<dyn ReadTask>>, file: &Path, quiet: Duration, clock: &Clock) {
        loop {
            let taken = if self.link.is_some() { queue.take_within(1, quiet) } else { Some(queue.take_at_last(1)) };
            let Some(mut tasks) = taken else {
                self.sleep();
                continue;
            };
            let Some(task) = tasks.pop() else { return };
            match self.wake(file) {
                Ok(link) => read(link, task, clock),
                Err(error) => task.answer(Err(error)),
            }
        }
    }

    fn sleep(&mut self) {
        if self.link.take().is_some() {
            self.awake.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn wake(&mut self, file: &Path) -> Result<&SqliteLink, StoreError> {
        let link = match self.link.take() {
            Some(link) => link,
            None => {
                let link = SqliteLink::reader(file)?;
                self.awake.fetch_add(1, Ordering::Relaxed);
                link
            }
        };
        Ok(self.link.insert(link))
    }
}

/// So few closures within a quiet stretch are jobs that look whether there is anything to do.
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
    fn end(&mut self, link: &SqliteLink, quiet: Duration) {
        if self.since.elapsed() < quiet {
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
        let options = Options { connections: 1, waiting_max: 100, ..Options::new(engine.clone(), vec![]) };
        let running = Sqlite::start(&file, link, &options, &followers).expect("starts");
        Store { inner: Arc::new(crate::Inner { options, followers, engine: Running::Sqlite(running) }) }
    }

    fn note(store: &Store, text: String) -> Result<u64, StoreError> {
        store.write(move |tx| tx.run("insert into note (text) values ($1)", params![&text]))
    }

    fn count(store: &Store) -> i64 {
        store.read(|tx| tx.first("select count(*) from note", params![])?.expect("a row").get(0)).expect("reading still works")
    }

    #[test]
    fn in_quiet_hours_readers_close_and_open_again_for_what_comes() {
        let place = Place::sqlite();
        let notes = crate::Migration { name: "notes", sql: "create table note (id bigint not null primary key, text text not null)" };
        let options = Options { quiet: Duration::from_millis(50), ..place.options("desk", &[notes]) };
        let store = Store::open(options).expect("opens");
        let Running::Sqlite(engine) = &store.inner.engine else { unreachable!("the place is for SQLite") };
        let awake = || engine.awake.load(Ordering::Relaxed);
        let write = |id: i64| store.write(move |tx| tx.run("insert into note (id, text) values ($1, 'x')", params![id])).expect("written");
        write(1);
        crate::testing::until("all readers closed", || awake() == 0);
        assert_eq!(count(&store), 1);
        assert!(awake() <= 1, "one reader for what one thread does");
        for _ in 0..30 {
            assert_eq!(count(&store), 1);
            assert!(awake() <= 1, "who closed sleeps on while another does what there is");
            std::thread::sleep(Duration::from_millis(10));
        }
        // What the writer put away meanwhile is made ready again.
        for id in [2, 3] {
            std::thread::sleep(Duration::from_millis(120));
            write(id);
        }
        std::thread::scope(|scope| {
            for _ in 0..40 {
                scope.spawn(|| assert_eq!(count(&store), 3));
            }
        });
        crate::testing::until("all readers closed again", || awake() == 0);
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
