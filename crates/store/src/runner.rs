//! Threads that do jobs. Several nodes may run them on one database.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use crate::{
    Store, StoreError,
    jobs::{JobHandler, LOOK_EVERY, claim, perform},
};

/// Running job threads. Stops when dropped: what is being done is finished, what waits stays in the store.
pub struct Runner {
    store: Store,
    stopping: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// Starts `threads` threads that do the jobs of these kinds.
///
/// # Errors
/// When the system gives no thread.
pub fn run(store: &Store, handlers: Vec<Arc<dyn JobHandler>>, threads: usize) -> Result<Runner, StoreError> {
    let mut runner = Runner { store: store.clone(), stopping: Arc::new(AtomicBool::new(false)), threads: Vec::new() };
    let handlers = Arc::new(handlers);
    for number in 0..threads {
        let (store, handlers, stopping) = (store.clone(), handlers.clone(), runner.stopping.clone());
        let thread = thread::Builder::new()
            .name(format!("jobs-{number}"))
            .spawn(move || work(&store, &handlers, &stopping))
            .map_err(|error| StoreError::file("starting a thread for jobs", error))?;
        runner.threads.push(thread);
    }
    Ok(runner)
}

fn work(store: &Store, handlers: &[Arc<dyn JobHandler>], stopping: &AtomicBool) {
    let mut seen = 0;
    while !stopping.load(Ordering::Acquire) {
        let done = claim(store, handlers).and_then(|job| match &job {
            Some(job) => perform(store, handlers, job).map(|()| true),
            None => Ok(false),
        });
        match done {
            Ok(true) => {}
            Ok(false) => store.inner.followers.jobs.wait(&mut seen, LOOK_EVERY),
            Err(error) => {
                tracing::warn!(%error, "jobs could not be claimed or ended; looking again soon");
                thread::sleep(LOOK_EVERY);
            }
        }
    }
}

impl Runner {
    /// Ends after the jobs that are being done.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        self.store.inner.followers.jobs.ring();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
