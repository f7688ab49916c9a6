//! The line in front of the engine: bounded, first come first served. Full means "come back later", never "wait for ever".

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A bounded queue between requests and the threads that serve them. Who fell asleep last is woken first: in quiet hours one thread does
/// what there is, and the others can put away what they hold.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    length_max: usize,
}

struct State<T> {
    waiting: VecDeque<T>,
    open: bool,
    asleep: Vec<Arc<Condvar>>,
}

/// Why something was not taken into the queue.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Full,
    Closed,
}

impl<T> Queue<T> {
    pub(crate) fn new(length_max: usize) -> Queue<T> {
        Queue { state: Mutex::new(State { waiting: VecDeque::new(), open: true, asleep: Vec::new() }), length_max }
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
        let woken = state.asleep.pop();
        drop(state);
        if let Some(woken) = woken {
            woken.notify_one();
        }
        Ok(())
    }

    /// Waits for work and takes up to `most` pieces; empty means that the queue is closed and drained.
    pub(crate) fn take(&self, most: usize) -> Vec<T> {
        loop {
            if let Some(taken) = self.take_within(most, LONG) {
                return taken;
            }
        }
    }

    /// As [`Queue::take`]; none: nothing came within this time.
    pub(crate) fn take_within(&self, most: usize, patience: Duration) -> Option<Vec<T>> {
        self.wait(most, patience, Sleep::Light)
    }

    /// As [`Queue::take`], for who has put everything away: woken only when all others are at work.
    pub(crate) fn take_at_last(&self, most: usize) -> Vec<T> {
        loop {
            if let Some(taken) = self.wait(most, LONG, Sleep::Deep) {
                return taken;
            }
        }
    }

    fn wait(&self, most: usize, patience: Duration, sleep: Sleep) -> Option<Vec<T>> {
        let until = Instant::now() + patience;
        let mut state = self.lock();
        let mut bell: Option<Arc<Condvar>> = None;
        while state.waiting.is_empty() && state.open {
            let bell = bell.get_or_insert_with(Arc::default);
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.asleep.retain(|other| !Arc::ptr_eq(other, bell));
                return None;
            }
            // Woken for what another has taken meanwhile: asleep again.
            if !state.asleep.iter().any(|other| Arc::ptr_eq(other, bell)) {
                match sleep {
                    Sleep::Light => state.asleep.push(bell.clone()),
                    Sleep::Deep => state.asleep.insert(0, bell.clone()),
                }
            }
            state = bell.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        if let Some(bell) = &bell {
            state.asleep.retain(|other| !Arc::ptr_eq(other, bell));
        }
        let count = state.waiting.len().min(most);
        Some(state.waiting.drain(..count).collect())
    }

    /// What waits is still served; nothing new is taken.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.open = false;
        state.asleep.drain(..).for_each(|bell| bell.notify_one());
    }
}

/// Who is woken first: light sleepers, the last to fall asleep before the others; deep ones only when no other is left.
#[derive(Clone, Copy)]
enum Sleep {
    Light,
    Deep,
}

/// Somebody who waits without end looks up so often.
const LONG: Duration = Duration::from_secs(3600);

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

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        thread,
        time::Duration,
    };

    use super::Queue;

    #[test]
    fn who_fell_asleep_last_is_woken_first() {
        let queue = Arc::new(Queue::new(10));
        let served: Arc<[AtomicUsize; 2]> = Arc::default();
        let begin = |who: usize| {
            let (queue, served) = (queue.clone(), served.clone());
            let before = queue.lock().asleep.len();
            let thread = thread::spawn({
                let queue = queue.clone();
                move || {
                    while !queue.take(1).is_empty() {
                        served[who].fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
            while queue.lock().asleep.len() == before {
                thread::yield_now();
            }
            thread
        };
        let threads = [begin(0), begin(1)];
        for n in 0..20 {
            queue.push(n).unwrap();
            while served[1].load(Ordering::SeqCst) <= n || queue.lock().asleep.len() < 2 {
                thread::yield_now();
            }
        }
        queue.close();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(served[0].load(Ordering::SeqCst), 0, "the first to fall asleep slept on");
    }

    #[test]
    fn nothing_is_lost_between_many_who_fall_asleep_and_wake() {
        let queue = Arc::new(Queue::new(100_000));
        let served = Arc::new(AtomicUsize::new(0));
        let takers: Vec<_> = (0..8)
            .map(|_| {
                let (queue, served) = (queue.clone(), served.clone());
                thread::spawn(move || {
                    loop {
                        match queue.take_within(3, Duration::from_micros(50)) {
                            Some(taken) if taken.is_empty() => break,
                            Some(taken) => drop(served.fetch_add(taken.len(), Ordering::SeqCst)),
                            None => {}
                        }
                    }
                })
            })
            .collect();
        let givers: Vec<_> = (0..4)
            .map(|_| {
                let queue = queue.clone();
                thread::spawn(move || (0..5_000).for_each(|n| queue.push(n).unwrap()))
            })
            .collect();
        givers.into_iter().for_each(|thread| thread.join().unwrap());
        queue.close();
        takers.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(served.load(Ordering::SeqCst), 20_000);
    }
}
