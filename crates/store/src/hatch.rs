//! 受渡口 The hatch between the two faces: two append-only queues of numbered messages, delivered at least once, done once.
//!
//! A face sends in the transaction that makes the message true. The other face does a message in one transaction with a line in its
//! *inbox*; the same kind and id again does nothing. What keeps failing is set aside as a dead letter, and the queue goes on. What cannot
//! be done *yet* ([`NotYet`]) is set aside too, waits, and is tried again by itself.
//!
//! Numbers belong to an *epoch*, drawn when a store is made and again when it is restored from a backup: a restored face sends
//! its messages anew, the other does those that it does not have. Transport: [`local`] within one process, [`folder`] between two machines.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use jiff::Timestamp;

use crate::{Desk, Portal, Read, Row, Store, StoreError, Write, journal::random, params};

pub use crate::hatch_folder::{FolderSide, Pass, Refused, folder};

/// One message from one face to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// What it says: `filed`, `decided`. Chooses the receiver.
    pub kind: String,
    /// Makes it one message: the same kind and id take effect once, however often they come.
    pub id: String,
    /// The message, as its rooms write and read it.
    pub body: Vec<u8>,
}

/// Why a receiver could not do a message: any error. Its words go to the log and the dead letters, so no personal values.
pub type Failure = Box<dyn Error + Send + Sync>;

/// A receiver's failure that is no fault of the message: something that it rests on is not here yet. The message waits, others pass it,
/// and it is tried again at each start and every [`TRY_WAITING_EVERY`], as often as it takes. The words are shown to staff.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotYet(pub String);

/// Does one kind of message on the other side.
pub trait Receiver: Send + Sync {
    /// The kind that it does.
    fn kind(&self) -> &str;
    /// Does the message in this transaction; it may run again.
    ///
    /// # Errors
    /// When it cannot be done. It is tried some times more and then set aside.
    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure>;
}

/// A message that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadParcel {
    /// What it says.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// When it was set aside.
    pub at: Timestamp,
    /// How often it was tried.
    pub failures: i64,
    /// What the last failure said.
    pub error: Option<String>,
}

/// Tries before a message is set aside: a fault of the message itself shows at once, one of the machine gets half a second.
const TRIES_MAX: i64 = 4;

/// Tries of a message that waits: none was in vain. A dead letter has some, so this tells them apart.
const WAITS: i64 = 0;

/// How often messages that wait are tried again.
pub const TRY_WAITING_EVERY: Duration = Duration::from_secs(60);

/// Of those that wait, so many are tried in one go, the oldest first.
const WAITING_AT_ONCE: i64 = 10_000;

/// Messages looked at in one go.
pub(crate) const WINDOW: i64 = 256;

/// Messages done in one transaction: enough that the disk is not what they wait for, few enough that pages' own writes get in between.
const TOGETHER: usize = 16;

/// Their bodies in memory at once: three attachments of the largest size.
const BYTES_MAX: i64 = 64 * 1024 * 1024;

/// The other node's messages are looked for this often; this process's own ring the bell.
const LOOK_EVERY: Duration = Duration::from_secs(2);

const EPOCH: &str = "epoch";
const ADD: &str = "insert into store_message (at, kind, id, body) values ($1, $2, $3, $4) returning serial";
const LAST: &str = "select number from store_number order by number desc limit 1";
pub(crate) const NUMBER: &str = "insert into store_number (number, message) values ($1, $2)";
const SIZES: &str = "select n.number, length(m.body) from store_number n join store_message m on m.serial = n.message \
    where n.number > $1 order by n.number limit $2";
const BETWEEN: &str = "select n.number, m.kind, m.id, m.body from store_number n join store_message m on m.serial = n.message \
    where n.number > $1 and n.number <= $2 order by n.number";
const FORGET: &str = "delete from store_message where at < $1 and serial in (select n.message from store_number n where n.number <= $2)";
const MARK: &str = "select value from store_mark where name = $1";
const ADD_MARK: &str = "insert into store_mark (name, value) values ($1, $2) on conflict (name) do nothing";
const SET_MARK: &str = "insert into store_mark (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
const DONE: &str = "select body is not null from store_inbox where kind = $1 and id = $2";
const KEEP: &str = "insert into store_inbox (kind, id, number, at, failures, error, body) values ($1, $2, $3, $4, $5, $6, $7)";
const DEAD: &str = "select kind, id, at, failures, error from store_inbox where body is not null and failures > 0 \
    order by number limit $1";
const WAITING: &str = "select kind, id, at, failures, error from store_inbox where body is not null and failures = 0 \
    order by number limit $1";
const ANY_SET_ASIDE: &str = "select 1 from store_inbox where kind = $1 and id like $2 and body is not null limit 1";
const DEAD_BODY: &str = "select body from store_inbox where kind = $1 and id = $2 and body is not null";
const RESUMED: &str = "update store_inbox set body = null, error = null, at = $3 where kind = $1 and id = $2";
const STILL_DEAD: &str = "update store_inbox set failures = failures + 1, error = $3 where kind = $1 and id = $2";
const NOW: &str = "update store_inbox set failures = $4, error = $3 where kind = $1 and id = $2 and body is not null";

impl Write<'_> {
    /// Hands a message through the hatch, in the same transaction as the change that it tells of.
    ///
    /// # Errors
    /// As [`Write::run`].
    pub fn send(&self, parcel: &Parcel) -> Result<(), StoreError> {
        let added = self.first(ADD, params![self.now(), &parcel.kind, &parcel.id, &parcel.body])?;
        let serial: i64 = added.ok_or(StoreError::damaged("store_message"))?.get(0)?;
        self.notes.sent.set(true);
        if let Some(link) = self.sqlite() {
            let last = match link.last_number.get() {
                Some(last) => last,
                None => self.first(LAST, params![])?.map_or(Ok(0), |row| row.get(0))?,
            };
            self.run(NUMBER, params![last + 1, serial])?;
            link.last_number.set(Some(last + 1));
        }
        Ok(())
    }
}

impl Read<'_> {
    /// Messages that were set aside, the oldest first.
    ///
    /// # Errors
    /// As [`Read::all`].
    pub fn dead_parcels(&self, limit: i64) -> Result<Vec<DeadParcel>, StoreError> {
        self.all(DEAD, params![limit])?.iter().map(set_aside_row).collect()
    }

    /// Messages that wait for something that is not here yet, the oldest first.
    ///
    /// # Errors
    /// As [`Read::all`].
    pub fn waiting_parcels(&self, limit: i64) -> Result<Vec<DeadParcel>, StoreError> {
        self.all(WAITING, params![limit])?.iter().map(set_aside_row).collect()
    }

    /// Whether this very message was set aside, to wait or as a dead letter.
    ///
    /// # Errors
    /// As [`Read::first`].
    pub fn is_stopped(&self, kind: &str, id: &str) -> Result<bool, StoreError> {
        Ok(self.first(DEAD_BODY, params![kind, id])?.is_some())
    }

    /// Whether a message whose id begins so came and was set aside, to wait or as a dead letter: what builds on it waits for it. The
    /// beginning is ours and holds no `%` and no `_`.
    ///
    /// # Errors
    /// As [`Read::first`].
    pub fn is_set_aside(&self, kind: &str, id_begins: &str) -> Result<bool, StoreError> {
        Ok(self.first(ANY_SET_ASIDE, params![kind, format!("{id_begins}%")])?.is_some())
    }

    /// Numbers and sizes of this face's own messages after `number`.
    pub(crate) fn message_sizes_after(&self, number: i64, limit: i64) -> Result<Vec<(i64, i64)>, StoreError> {
        self.all(SIZES, params![number, limit])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }

    /// This face's own messages after `after` up to `until`, with their numbers.
    pub(crate) fn messages_between(&self, after: i64, until: i64) -> Result<Vec<(i64, Parcel)>, StoreError> {
        let message = |row: &Row| Ok((row.get(0)?, Parcel { kind: row.get(1)?, id: row.get(2)?, body: row.get(3)? }));
        self.all(BETWEEN, params![after, until])?.iter().map(message).collect()
    }

    /// The next messages after `number`, as many as may be in memory at once, at least one.
    fn messages_after(&self, number: i64) -> Result<Vec<(i64, Parcel)>, StoreError> {
        let mut bytes = 0;
        let mut until = number;
        for (next, size) in self.message_sizes_after(number, WINDOW)? {
            bytes += size;
            if bytes > BYTES_MAX && until > number {
                break;
            }
            until = next;
        }
        self.messages_between(number, until)
    }
}

fn set_aside_row(row: &Row) -> Result<DeadParcel, StoreError> {
    Ok(DeadParcel { kind: row.get(0)?, id: row.get(1)?, at: row.get(2)?, failures: row.get(3)?, error: row.get(4)? })
}

/// The epoch of a store's numbers; drawn now when it has none yet.
pub(crate) fn epoch(store: &Store) -> Result<i64, StoreError> {
    let drawn = i64::from_be_bytes(random::<8>()?) & i64::MAX;
    store.write(move |tx| {
        tx.run(ADD_MARK, params![EPOCH, drawn])?;
        tx.first(MARK, params![EPOCH])?.ok_or(StoreError::damaged("store_mark.value"))?.get(0)
    })
}

fn received_mark(epoch: i64) -> String {
    format!("received {epoch:016x}")
}

/// Up to which number of the other face's epoch this face has taken all messages.
pub(crate) fn received(store: &Store, epoch: i64) -> Result<i64, StoreError> {
    store.read(move |tx| tx.first(MARK, params![received_mark(epoch)])?.map_or(Ok(0), |row| row.get(0)))
}

/// The receivers of a face.
pub(crate) type Receivers = Arc<Vec<Arc<dyn Receiver>>>;

/// Does a message on this side, or sets it aside after some tries. Returns only when it is taken, or the store itself fails.
pub(crate) fn take(store: &Store, receivers: &Receivers, epoch: i64, number: i64, parcel: &Parcel) -> Result<(), StoreError> {
    let mut failures = 0;
    loop {
        let failure = match attempt(store, receivers, epoch, number, parcel) {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        if let Some(NotYet(why)) = failure.downcast_ref() {
            tracing::warn!(kind = %parcel.kind, number, %why, "a message waits for what is not here yet");
            return set_aside(store, (epoch, number), parcel, WAITS, why);
        }
        let why = match failure.downcast::<StoreError>() {
            // The store has no room just now: that is no fault of the message.
            Ok(error) if error.is_busy() || matches!(*error, StoreError::DiskFull | StoreError::ReadOnly) => return Err(*error),
            Ok(error) => error.to_string(),
            Err(failure) => failure.to_string(),
        };
        failures += 1;
        if failures < TRIES_MAX {
            thread::sleep(Duration::from_millis(20 << (2 * failures)));
            continue;
        }
        tracing::error!(kind = %parcel.kind, number, %why, "a message is set aside as a dead letter");
        return set_aside(store, (epoch, number), parcel, failures, &why);
    }
}

/// Keeps a message that was not done, with its reason, and moves the mark behind it: others pass it.
fn set_aside(store: &Store, (epoch, number): (i64, i64), parcel: &Parcel, failures: i64, why: &str) -> Result<(), StoreError> {
    let (parcel, why) = (parcel.clone(), why.to_owned());
    store.write(move |tx| {
        if tx.first(DONE, params![&parcel.kind, &parcel.id])?.is_none() {
            tx.run(KEEP, params![&parcel.kind, &parcel.id, number, tx.now(), failures, &why, &parcel.body])?;
        }
        tx.run(SET_MARK, params![received_mark(epoch), number]).map(drop)
    })
}

fn attempt(store: &Store, receivers: &Receivers, epoch: i64, number: i64, parcel: &Parcel) -> Result<(), Failure> {
    let (receivers, parcel) = (receivers.clone(), parcel.clone());
    store.write(move |tx| receive(tx, &receivers, epoch, number, &parcel))
}

/// Does several messages in one transaction, so that they wait for the disk once. When one of them fails, nothing is kept.
fn attempt_together(store: &Store, receivers: &Receivers, epoch: i64, messages: &[(i64, Parcel)]) -> Result<(), Failure> {
    let (receivers, messages) = (receivers.clone(), messages.to_vec());
    store.write(move |tx| messages.iter().try_for_each(|(number, parcel)| receive(tx, &receivers, epoch, *number, parcel)))
}

/// Does a message unless it was done before, and moves the mark behind it.
fn receive(tx: &Write<'_>, receivers: &Receivers, epoch: i64, number: i64, parcel: &Parcel) -> Result<(), Failure> {
    if tx.first(DONE, params![&parcel.kind, &parcel.id])?.is_none() {
        receiver(receivers, &parcel.kind)?.receive(tx, parcel)?;
        tx.run(KEEP, params![&parcel.kind, &parcel.id, number, tx.now(), 0_i64, None::<String>, None::<Vec<u8>>])?;
    }
    Ok(tx.run(SET_MARK, params![received_mark(epoch), number]).map(drop)?)
}

fn receiver<'r>(receivers: &'r Receivers, kind: &str) -> Result<&'r Arc<dyn Receiver>, Failure> {
    receivers.iter().find(|receiver| receiver.kind() == kind).ok_or_else(|| format!("nobody here receives {kind:?}").into())
}

/// Tries a message that was set aside once more, by hand. Says no when there is none.
///
/// # Errors
/// What the receiver said; the message stays set aside.
pub fn resume(store: &Store, receivers: &[Arc<dyn Receiver>], kind: &str, id: &str) -> Result<bool, Failure> {
    let result = once_more(store, receivers, kind, id);
    if let Err(failure) = &result {
        let (kind, id, why, waits) = (kind.to_owned(), id.to_owned(), failure.to_string(), failure.is::<NotYet>());
        let note = move |tx: &Write<'_>| match waits {
            true => tx.run(NOW, params![&kind, &id, &why, WAITS]),
            false => tx.run(STILL_DEAD, params![&kind, &id, &why]),
        };
        store.write(note)?;
    }
    result
}

/// Tries all messages that wait, the oldest first. Those whose time has come are done; those that now fail for another reason are dead
/// letters. Says how many were done.
///
/// # Errors
/// When the store fails, or has no room just now.
pub fn try_waiting(store: &Store, receivers: &[Arc<dyn Receiver>]) -> Result<u64, StoreError> {
    let mut done = 0;
    for DeadParcel { kind, id, error, .. } in store.read(|tx| tx.waiting_parcels(WAITING_AT_ONCE))? {
        let failure = match once_more(store, receivers, &kind, &id) {
            Ok(is_done) => {
                done += u64::from(is_done);
                continue;
            }
            Err(failure) => failure,
        };
        let (why, failures) = match failure.downcast::<StoreError>() {
            Ok(error) if error.is_busy() || matches!(*error, StoreError::DiskFull | StoreError::ReadOnly) => return Err(*error),
            Ok(error) => (error.to_string(), TRIES_MAX),
            Err(failure) => (failure.to_string(), if failure.is::<NotYet>() { WAITS } else { TRIES_MAX }),
        };
        if failures != WAITS {
            tracing::error!(%kind, %why, "a message that waited is set aside as a dead letter");
        }
        if failures != WAITS || error.as_ref() != Some(&why) {
            store.write(move |tx| tx.run(NOW, params![&kind, &id, &why, failures]))?;
        }
    }
    Ok(done)
}

/// Does a message that was set aside.
fn once_more(store: &Store, receivers: &[Arc<dyn Receiver>], kind: &str, id: &str) -> Result<bool, Failure> {
    let receivers: Receivers = Arc::new(receivers.to_vec());
    let (kind, id) = (kind.to_owned(), id.to_owned());
    store.write(move |tx| -> Result<bool, Failure> {
        let Some(row) = tx.first(DEAD_BODY, params![&kind, &id])? else {
            return Ok(false);
        };
        let parcel = Parcel { kind: kind.clone(), id: id.clone(), body: row.get(0)? };
        receiver(&receivers, &kind)?.receive(tx, &parcel)?;
        tx.run(RESUMED, params![&kind, &id, tx.now()])?;
        Ok(true)
    })
}

/// Tries what waits at the start and then from time to time, between other messages.
#[derive(Default)]
pub(crate) struct Patience {
    tried: Option<Instant>,
}

impl Patience {
    pub(crate) fn look(&mut self, store: &Store, receivers: &Receivers) {
        if self.tried.is_some_and(|tried| tried.elapsed() < TRY_WAITING_EVERY) {
            return;
        }
        self.tried = Some(Instant::now());
        match try_waiting(store, receivers) {
            Ok(0) => {}
            Ok(done) => tracing::info!(done, "messages that waited were done"),
            Err(error) => tracing::warn!(%error, "messages that wait could not be tried"),
        }
    }
}

/// Goes through all messages of the other face again from `number`: those that this face has do nothing, those it lacks are done.
///
/// # Errors
/// As [`Store::write`].
pub fn replay_from(from: &Store, to: &Store, number: i64) -> Result<(), StoreError> {
    let mark = received_mark(epoch(from)?);
    to.write(move |tx| tx.run(SET_MARK, params![&mark, number - 1]).map(drop))?;
    from.inner.followers.hatch.ring();
    Ok(())
}

/// Up to which number `to` has taken all messages of `from`.
///
/// # Errors
/// When a store fails.
pub fn taken(from: &Store, to: &Store) -> Result<i64, StoreError> {
    received(to, epoch(from)?)
}

/// Drops bodies of messages that the other face has taken (see [`taken`], [`FolderSide::taken`]) and that are older than `before`:
/// the portal keeps nothing longer than it needs, and cannot replay what it dropped. Says how many went.
///
/// # Errors
/// As [`Store::write`].
pub fn forget_taken(from: &Store, taken: i64, before: Timestamp) -> Result<u64, StoreError> {
    from.write(move |tx| tx.run(FORGET, params![before, taken]))
}

/// A hatch that runs. Stops when dropped; what is not yet delivered is delivered after the next start.
pub struct Hatch {
    pub(crate) stopping: Arc<AtomicBool>,
    pub(crate) bells: Vec<Store>,
    pub(crate) threads: Vec<JoinHandle<()>>,
}

/// Joins two faces in one process: each message is done on the other side right after it is committed and numbered.
///
/// # Errors
/// When a store fails, or the system gives no thread.
pub fn local(
    portal: &Portal,
    desk: &Desk,
    to_desk: Vec<Arc<dyn Receiver>>,
    to_portal: Vec<Arc<dyn Receiver>>,
) -> Result<Hatch, StoreError> {
    let mut hatch = Hatch::new();
    hatch.carry("hatch-up", portal, desk, to_desk)?;
    hatch.carry("hatch-down", desk, portal, to_portal)?;
    Ok(hatch)
}

/// Carries what waits in both directions now, on the calling thread, until nothing is left. Says how many messages were taken.
///
/// # Errors
/// When a store fails.
pub fn carry_all(portal: &Portal, desk: &Desk, to_desk: &[Arc<dyn Receiver>], to_portal: &[Arc<dyn Receiver>]) -> Result<u64, StoreError> {
    let (up, down) = (Arc::new(to_desk.to_vec()), Arc::new(to_portal.to_vec()));
    let (up_epoch, down_epoch) = (epoch(portal)?, epoch(desk)?);
    let mut all = 0;
    loop {
        let taken = carry_some(portal, desk, &up, up_epoch)? + carry_some(desk, portal, &down, down_epoch)?;
        if taken == 0 {
            return Ok(all);
        }
        all += taken;
    }
}

fn carry_some(from: &Store, to: &Store, receivers: &Receivers, epoch: i64) -> Result<u64, StoreError> {
    let after = received(to, epoch)?;
    let messages = from.read(move |tx| tx.messages_after(after))?;
    for together in messages.chunks(TOGETHER) {
        if together.len() > 1 && attempt_together(to, receivers, epoch, together).is_ok() {
            continue;
        }
        // One alone, or one of them failed: each for itself, so that only the one at fault is set aside.
        for (number, parcel) in together {
            take(to, receivers, epoch, *number, parcel)?;
        }
    }
    Ok(messages.len() as u64)
}

impl Hatch {
    pub(crate) fn new() -> Hatch {
        Hatch { stopping: Arc::new(AtomicBool::new(false)), bells: Vec::new(), threads: Vec::new() }
    }

    fn carry(&mut self, name: &str, from: &Store, to: &Store, receivers: Vec<Arc<dyn Receiver>>) -> Result<(), StoreError> {
        let epoch = epoch(from)?;
        let (from, to, receivers, stopping) = (from.clone(), to.clone(), Arc::new(receivers), self.stopping.clone());
        self.bells.push(from.clone());
        self.spawn(name, move || {
            let (mut seen, mut patience) = (0, Patience::default());
            while !stopping.load(Ordering::Acquire) {
                patience.look(&to, &receivers);
                match carry_some(&from, &to, &receivers, epoch) {
                    Ok(0) => from.inner.followers.hatch.wait(&mut seen, LOOK_EVERY),
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(%error, "the hatch waits for a store");
                        from.inner.followers.hatch.wait(&mut seen, LOOK_EVERY);
                    }
                }
            }
        })
    }

    pub(crate) fn spawn(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
        let thread = thread::Builder::new().name(name.to_owned()).spawn(run);
        self.threads.push(thread.map_err(|error| StoreError::file("starting a thread for the hatch", error))?);
        Ok(())
    }

    /// Ends after the message that is being done.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Hatch {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        self.bells.iter().for_each(|store| store.inner.followers.hatch.ring());
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
