//! Who is woken after a commit: the sealer, readers of sealed positions, the job runner, the hatch.

use tokio::sync::watch;

use crate::{bench::Recorder, queue::Bell, tx::Notes};

/// The bells of one store.
pub(crate) struct Followers {
    pub(crate) sealed: watch::Sender<i64>,
    pub(crate) sealer: Bell,
    pub(crate) jobs: Bell,
    pub(crate) hatch: Bell,
    pub(crate) recorder: Recorder,
}

impl Followers {
    pub(crate) fn new() -> Followers {
        Followers {
            sealed: watch::Sender::new(0),
            sealer: Bell::default(),
            jobs: Bell::default(),
            hatch: Bell::default(),
            recorder: Recorder::default(),
        }
    }

    /// After a commit that also sealed and numbered what it wrote (SQLite). `end` is the journal's end, when it moved.
    pub(crate) fn wake_sealed(&self, notes: &Notes, end: Option<i64>) {
        if let Some(position) = end {
            self.announce(position);
        }
        if notes.sent.get() {
            self.hatch.ring();
        }
        if notes.queued.get() {
            self.jobs.ring();
        }
    }

    /// After a commit whose lines and messages the sealer still has to number (PostgreSQL).
    pub(crate) fn wake_unsealed(&self, notes: &Notes) {
        if notes.journalled.get() || notes.sent.get() {
            self.sealer.ring();
        }
        if notes.queued.get() {
            self.jobs.ring();
        }
    }

    /// Positions only grow: a late announcement never takes one back.
    pub(crate) fn announce(&self, position: i64) {
        self.sealed.send_if_modified(|known| {
            let newer = position > *known;
            if newer {
                *known = position;
            }
            newer
        });
    }
}
