//! The PostgreSQL engine: some blocking connections take closures from one bounded line.
//!
//! The server commits concurrent transactions together by itself, so here nothing is batched: sixteen connections keep its log
//! busy. SERIALIZABLE gives a closure the same promise as SQLite's one writer; what the server cannot order is run again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{
    Clock, Isolation, StoreError, Write,
    followers::Followers,
    journal::random,
    postgres_link::PostgresLink,
    queue::Queue,
    sealer,
    task::{ReadTask, WriteTask},
    tx::{Failure, Link, Read},
};

/// Runs of one closure before it is told that others are in the way. With pauses up to 64 ms that is about two seconds.
const TRIES_MAX: u32 = 40;

/// Work for any of the connections.
pub(crate) enum Work {
    Read(Box<dyn ReadTask>),
    Write(Box<dyn WriteTask>, Isolation),
}

/// The threads over one schema and the line in front of them.
pub(crate) struct Postgres {
    pub(crate) work: Arc<Queue<Work>>,
    pub(crate) threads: Vec<JoinHandle<()>>,
    pub(crate) stopping: Arc<AtomicBool>,
}

/// What each thread knows.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) schema: String,
    pub(crate) clock: Clock,
    pub(crate) followers: Arc<Followers>,
}

impl Postgres {
    /// Connects; the schema is migrated already. All connections are made before anybody is served.
    pub(crate) fn start(place: &Place, connections: usize, waiting_max: usize) -> Result<Postgres, StoreError> {
        let mut engine =
            Postgres { work: Arc::new(Queue::new(waiting_max)), threads: Vec::new(), stopping: Arc::new(AtomicBool::new(false)) };
        for number in 0..connections {
            let link = PostgresLink::connect(&place.url, &place.schema)?;
            let (queue, place) = (engine.work.clone(), place.clone());
            engine.spawn(format!("store-postgres-{number}"), move || serve(Some(link), &queue, &place))?;
        }
        let (place, stopping) = (place.clone(), engine.stopping.clone());
        engine.spawn("store-sealer".to_owned(), move || sealer::follow(&place, &stopping))?;
        Ok(engine)
    }

    fn spawn(&mut self, name: String, run: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
        let thread =
            thread::Builder::new().name(name).spawn(run).map_err(|error| StoreError::file("starting a thread of the store", error))?;
        self.threads.push(thread);
        Ok(())
    }

    /// What waits is still served; the sealer ends after it.
    pub(crate) fn close(&self, followers: &Followers) {
        self.work.close();
        self.stopping.store(true, Ordering::Release);
        followers.sealer.ring();
    }
}

fn serve(mut link: Option<PostgresLink>, queue: &Queue<Work>, place: &Place) {
    while let Some(work) = queue.take(1).pop() {
        match work {
            Work::Read(mut task) => {
                let end = again(&mut link, place, |link| read(link, task.as_mut(), place));
                task.answer(end);
            }
            Work::Write(mut task, isolation) => {
                let end = again(&mut link, place, |link| write(link, task.as_mut(), isolation, place));
                task.answer(end);
            }
        }
    }
}

/// Runs until done, until it fails for good, or until the tries are used up. A lost connection is made anew.
fn again(
    link: &mut Option<PostgresLink>,
    place: &Place,
    mut run: impl FnMut(&mut PostgresLink) -> Result<(), (Failure, StoreError)>,
) -> Result<(), StoreError> {
    let mut reconnected = false;
    let mut tries = 0;
    loop {
        let connected = match link {
            Some(connected) => connected,
            None => link.insert(PostgresLink::connect(&place.url, &place.schema)?),
        };
        tries += 1;
        match run(connected) {
            Ok(()) => return Ok(()),
            Err((Failure::Conflict, _)) if tries < TRIES_MAX => pause(tries),
            Err((Failure::Conflict, _)) => return Err(StoreError::Conflict { tries }),
            Err((Failure::Lost, error)) => {
                *link = None;
                // A connection that died between two requests is no reason to refuse the second; `write` says when it may be tried.
                if reconnected || matches!(error, StoreError::Other(_)) {
                    return Err(error);
                }
                reconnected = true;
            }
            Err((Failure::Statement, error)) => return Err(error),
        }
    }
}

/// Waits a little longer each time, by chance, so that those who met do not meet again.
fn pause(tries: u32) {
    let most = 1_u64 << tries.min(6);
    let chance = random::<8>().map_or(0, u64::from_le_bytes);
    thread::sleep(Duration::from_micros(200 + chance % (most * 1_000)));
}

fn read(link: &mut PostgresLink, task: &mut dyn ReadTask, place: &Place) -> Result<(), (Failure, StoreError)> {
    link.control("begin isolation level repeatable read read only")?;
    let failure = {
        let tx = Read::new(Link::Postgres((&mut *link).into()), place.clock.now());
        task.attempt(&tx);
        tx.failure()
    };
    let ended = link.control("commit");
    match failure {
        Some(failure @ (Failure::Conflict | Failure::Lost)) => Err((failure, StoreError::Unreachable("while reading".to_owned()))),
        Some(Failure::Statement) => Ok(()),
        None => ended,
    }
}

fn write(link: &mut PostgresLink, task: &mut dyn WriteTask, isolation: Isolation, place: &Place) -> Result<(), (Failure, StoreError)> {
    link.control(isolation.begin())?;
    let tx = Write::new(Link::Postgres((&mut *link).into()), place.clock.now()).tapped(place.followers.recorder.is_on());
    let wanted = task.attempt(&tx);
    let failure = tx.failure();
    let (notes, statements) = tx.end();
    if wanted && failure.is_none() {
        return match link.control("commit") {
            Ok(()) => {
                place.followers.recorder.keep(statements);
                place.followers.wake_unsealed(&notes);
                Ok(())
            }
            // Nobody can say whether it was committed, so it is not run again: the person looks and decides.
            Err((Failure::Lost, error)) => Err((Failure::Lost, StoreError::Other(format!("lost the database at the commit: {error}")))),
            Err(other) => Err(other),
        };
    }
    let rolled_back = link.control("rollback");
    match failure {
        Some(failure @ (Failure::Conflict | Failure::Lost)) => Err((failure, StoreError::Unreachable("while writing".to_owned()))),
        Some(Failure::Statement) if wanted => {
            task.refuse(StoreError::Other("a statement failed and the closure went on; nothing of it was kept".to_owned()));
            Ok(())
        }
        // The closure itself said no. A connection lost at the rollback changes nothing for it.
        _ => {
            drop(rolled_back);
            Ok(())
        }
    }
}
