//! The line in front of the engine: bounded, first come first served. Full means "come back later", never "wait for ever".

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A bounded queue between requests and the threads that serve them.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    length_max: usize,
}

struct State<T> {
    waiting: VecDeque<T>,
    open: bool,
}

/// Why something was not taken into the queue.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Full,
    Closed,
}

impl<T> Queue<T> {
    pub(crate) fn new(length_max: usize) -> Queue<T> {
        Queue { state: Mutex::new(State { waiting: VecDeque::new(), open: true }), filled: Condvar::new(), length_max }
    }

    /// No code that could panic runs under this lock, so a poisoned one is still sound.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn push(&self, item: T) -> Result<(), (T, Refused)> {
        let mut state = self.lock();
        if !state.open {
            return Err((item, Refused::Closed));
        }
        if state.waiting.len() >= self.length_max {
            return Err((item, Refused::Full));
        }
        state.waiting.push_back(item);
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for work and takes up to `most` pieces; empty means that the queue is closed and drained.
    pub(crate) fn take(&self, most: usize) -> Vec<T> {
        let mut state = self.lock();
        while state.waiting.is_empty() && state.open {
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let count = state.waiting.len().min(most);
        state.waiting.drain(..count).collect()
    }

    /// What waits is still served; nothing new is taken.
    pub(crate) fn close(&self) {
        self.lock().open = false;
        self.filled.notify_all();
    }
}

/// A bell that wakes followers; several rings count as one, and none is lost on one who works just then.
#[derive(Default)]
pub(crate) struct Bell {
    rings: Mutex<u64>,
    heard: Condvar,
}

impl Bell {
    pub(crate) fn ring(&self) {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.heard.notify_all();
    }

    /// Waits for a ring after those `seen`, at most this long.
    pub(crate) fn wait(&self, seen: &mut u64, at_most: Duration) {
        let rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        let (rings, _) = self.heard.wait_timeout_while(rings, at_most, |rings| *rings == *seen).unwrap_or_else(PoisonError::into_inner);
        *seen = *rings;
    }
}
