//! Many things of which none knows of another, made several at a time.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Most workers at a time: a town hall's server has other work.
const WORKERS_MAX: usize = 4;

/// Makes something of each, in the order given. Below `each_min` things for each worker, another costs more than it saves.
pub(super) fn several_at_a_time<T: Sync, R: Send>(things: &[T], each_min: usize, make: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(thing) = things.get(at) else { return done };
            done.push((at, make(thing)));
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX).min(things.len() / each_min);
    let mut all = thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            // A worker that panicked has done so by a mistake of ours: it goes on here.
            all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    });
    all.sort_unstable_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, made)| made).collect()
}
