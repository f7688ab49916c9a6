//! Following the journal: whatever happens to a case, it is counted anew. The counts move with the journal's sealed position, in one
//! transaction with it; so they can stop anywhere, go on, and come twice to the same.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use access::{CaseId, TownHandle, looked};
use cases::history;
use definitions::{facts::Facts, procedure::Procedure};
use registry::known::DeskFacts;
use store::{Desk, Read, StoreError, keys::Keys};

use crate::{
    counted::{Change, CountedCase},
    counting::{Counting, Look},
    rows,
};

/// What is needed to count cases.
#[derive(Clone)]
pub struct Follower {
    /// The desk's store.
    pub desk: Desk,
    /// The town's definitions.
    pub town: TownHandle,
    /// The desk's keys.
    pub keys: Arc<Keys>,
    kept: Arc<Mutex<HashMap<String, Arc<Procedure>>>>,
}

/// Journal lines that are followed in one go: some hundred milliseconds of reading, some milliseconds of writing.
const TOGETHER: i64 = 200;

/// Definitions kept in memory at once.
const KEPT_MOST: usize = 500;

const JOURNAL: &str = "journal";

/// What one go found.
struct Found {
    from: i64,
    to: i64,
    change: Change,
    counted: Vec<(CaseId, CountedCase)>,
}

impl Follower {
    /// Ready to follow.
    pub fn new(desk: Desk, town: TownHandle, keys: Arc<Keys>) -> Follower {
        Follower { desk, town, keys, kept: Arc::default() }
    }

    /// Follows the journal to its sealed end. Says how many cases were counted.
    ///
    /// # Errors
    /// When the store fails; what was counted until then stays.
    pub fn catch_up(&self) -> Result<usize, StoreError> {
        let mut counted = 0;
        while let Some(cases) = self.go_on()? {
            counted += cases;
        }
        Ok(counted)
    }

    /// One go: none when there is nothing more.
    fn go_on(&self) -> Result<Option<usize>, StoreError> {
        let this = self.clone();
        // Reading is long and holds up nobody; what it found is kept only if the mark still stands where it began.
        let found = self.desk.read(move |tx| this.look(tx))?;
        let Some(found) = found else { return Ok(None) };
        let cases = found.counted.len();
        let kept = self.desk.write(move |tx| {
            if !rows::move_mark(tx, JOURNAL, found.from, found.to)? {
                return Ok::<_, StoreError>(false);
            }
            rows::add(tx, &found.change)?;
            found.counted.iter().try_for_each(|(case, counted)| rows::keep_counted(tx, &case.to_string(), counted))?;
            Ok(true)
        })?;
        Ok(Some(if kept { cases } else { 0 }))
    }

    fn look(&self, tx: &Read<'_>) -> Result<Option<Found>, StoreError> {
        let from = rows::mark(tx, JOURNAL)?;
        let entries = tx.entries_after(from, TOGETHER)?;
        let Some(last) = entries.last() else { return Ok(None) };
        let touched: BTreeSet<CaseId> = entries
            .iter()
            .filter(|entry| entry.kind == "case" && entry.what != "looked-at")
            .filter_map(|entry| entry.record.parse().ok())
            .collect();
        let (mut change, mut counted) = (Change::default(), Vec::new());
        for case in touched {
            // A case that was destroyed when its time had come stays in the figures.
            let Some(now) = self.count(tx, case)? else { continue };
            let before = rows::counted(tx, &case.to_string())?;
            if before.as_ref() != Some(&now) {
                change.recount(before.as_ref(), Some(&now));
                counted.push((case, now));
            }
        }
        Ok(Some(Found { from, to: last.position, change, counted }))
    }

    /// What a case counts as now.
    fn count(&self, tx: &Read<'_>, id: CaseId) -> Result<Option<CountedCase>, StoreError> {
        let Some((case, story)) = history::of(tx, &self.keys, id)? else { return Ok(None) };
        let town = self.town.current();
        let procedure = self.procedure(tx, &case)?;
        let applicant = match history::applicant(tx, &case)? {
            Some(resident) => DeskFacts::of(tx, &town, Some(resident), case.clock.arrived_on)?.applicant(),
            None => None,
        };
        let asked = looked::Asked { record: Some(id.to_string()), ..looked::Asked::default() };
        let looks: Vec<Look> = if case.stage.is_open() {
            Vec::new()
        } else {
            looked::list(tx, &asked)?.0.iter().map(|line| Look { by: line.staff, at: line.at }).collect()
        };
        let counting = Counting {
            case: &case,
            story: &story,
            procedure: &procedure,
            applicant: applicant.as_ref(),
            looks: &looks,
            calendar: &town.closed,
        };
        Ok(Some(counting.counted()))
    }

    fn procedure(&self, tx: &Read<'_>, case: &cases::Case) -> Result<Arc<Procedure>, StoreError> {
        let known = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&case.version.0).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let procedure = history::procedure(tx, &case.version)?.ok_or(StoreError::damaged("case_procedure"))?;
        let procedure = Arc::new(procedure);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MOST {
            kept.clear();
        }
        kept.insert(case.version.0.clone(), Arc::clone(&procedure));
        Ok(procedure)
    }

    /// Follows for ever, on a thread of its own, until what is given back is dropped.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn run(self) -> Result<Following, std::io::Error> {
        let stop = Arc::new(Stop::default());
        let seen = Arc::clone(&stop);
        let thread = thread::Builder::new().name("figures".to_owned()).spawn(move || {
            let sealed = self.desk.sealed();
            let mut followed = None;
            while !seen.is_set() {
                let end = *sealed.borrow();
                if followed != Some(end) {
                    match self.catch_up() {
                        Ok(_) => followed = Some(end),
                        Err(error) => tracing::warn!(%error, "the figures could not be brought up to date; they are tried again"),
                    }
                }
                seen.wait(LOOK_EVERY);
            }
        })?;
        Ok(Following { stop, thread: Some(thread) })
    }
}

/// Figures need not be of this second; a page never waits for them.
const LOOK_EVERY: Duration = Duration::from_secs(2);

#[derive(Default)]
struct Stop {
    set: AtomicBool,
    lock: Mutex<()>,
    bell: Condvar,
}

impl Stop {
    fn is_set(&self) -> bool {
        self.set.load(Ordering::Relaxed)
    }

    fn wait(&self, most: Duration) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_set() {
            drop(self.bell.wait_timeout(guard, most));
        }
    }
}

/// A thread that follows; it ends when this is dropped.
pub struct Following {
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Following {
    fn drop(&mut self) {
        {
            let _guard = self.stop.lock.lock().unwrap_or_else(PoisonError::into_inner);
            self.stop.set.store(true, Ordering::Relaxed);
        }
        self.stop.bell.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
