//! The hatch through a folder between two machines: a share, a one-way copy, a stick. Whoever carries it need not be trusted.
//!
//! ```text
//! to-desk/     parcels of the portal, and the desk's receipts for them
//! to-portal/   parcels of the desk, and the portal's receipts
//! …/refused/   what was tampered with, kept to be looked at
//! ```
//! A sender keeps a file for each message that is not receipted, and writes it anew when it is gone. So a file that was lost,
//! refused or swallowed delays the queue and never breaks it.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    Store, StoreError, durable,
    hatch::{Hatch, Patience, Receiver, Receivers, WINDOW, epoch, forget_taken, received, take},
    keys::{Face, Keys},
    parcel::{self, Place},
};

/// The folder is looked at this often; a share has no bell.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A message with some attachments of 20 MB; nothing larger is read into memory.
const PARCEL_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// A file that this side did not take.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Refused {
    /// Its name in the folder.
    pub file: String,
    /// Why.
    pub why: String,
}

/// What one look at the folder did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// Parcels written.
    pub sent: u64,
    /// Messages taken.
    pub received: u64,
    /// Files not taken, in the order of their names.
    pub refused: Vec<Refused>,
    /// The number that is waited for while later ones are there already.
    pub missing: Option<i64>,
}

/// One face's end of the folder.
pub struct FolderSide {
    store: Store,
    face: Face,
    keys: Keys,
    outward: PathBuf,
    inward: PathBuf,
    receivers: Receivers,
    epoch: i64,
    acknowledged: AtomicI64,
    last: Mutex<Pass>,
}

/// Runs one face's end of the folder on a thread of its own.
///
/// # Errors
/// When the folder cannot be made, the keys are not this face's, or the system gives no thread.
pub fn folder(
    store: &Store,
    face: Face,
    keys: &Keys,
    folder: &Path,
    receivers: Vec<Arc<dyn Receiver>>,
) -> Result<(Hatch, Arc<FolderSide>), StoreError> {
    let side = Arc::new(FolderSide::open(store, face, keys, folder, receivers)?);
    let mut hatch = Hatch::new();
    hatch.bells.push(store.clone());
    let (looking, stopping) = (side.clone(), hatch.stopping.clone());
    hatch.spawn("hatch-folder", move || {
        let (mut seen, mut patience) = (0, Patience::default());
        let mut known = HashSet::new();
        while !stopping.load(Ordering::Acquire) {
            patience.look(&looking.store, &looking.receivers);
            match looking.pass() {
                Ok(pass) => {
                    for refused in pass.refused.into_iter().filter(|refused| known.insert(refused.clone())) {
                        tracing::warn!(file = %refused.file, why = %refused.why, "a file in the hatch's folder was refused");
                    }
                }
                Err(error) => tracing::warn!(%error, "the hatch's folder or store cannot be used; looking again soon"),
            }
            looking.store.inner.followers.hatch.wait(&mut seen, LOOK_EVERY);
        }
    })?;
    Ok((hatch, side))
}

impl FolderSide {
    /// Opens this face's end, and makes the folder when it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made or the keys are not this face's.
    pub fn open(
        store: &Store,
        face: Face,
        keys: &Keys,
        folder: &Path,
        receivers: Vec<Arc<dyn Receiver>>,
    ) -> Result<FolderSide, StoreError> {
        let path = |to: Face| folder.join(format!("to-{}", to.word()));
        for to in [Face::Desk, Face::Portal] {
            let refused = path(to).join("refused");
            fs::create_dir_all(&refused).map_err(StoreError::at("making the hatch's folder", &refused))?;
        }
        Ok(FolderSide {
            store: store.clone(),
            face,
            keys: keys.face(face)?,
            outward: path(face.other()),
            inward: path(face),
            receivers: Arc::new(receivers),
            epoch: epoch(store)?,
            acknowledged: AtomicI64::new(0),
            last: Mutex::default(),
        })
    }

    /// What the last look did, for the page of the operator.
    pub fn last_pass(&self) -> Pass {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Up to which number the other face has taken this face's messages, as far as its receipts say.
    pub fn taken(&self) -> i64 {
        self.acknowledged.load(Ordering::Acquire)
    }

    /// Drops bodies of this face's messages that the other face has receipted and that are older than `before`. Says how many went.
    ///
    /// # Errors
    /// When the folder or the store cannot be used.
    pub fn forget_taken(&self, before: Timestamp) -> Result<u64, StoreError> {
        // Read now: just after the start nobody has looked at the folder yet.
        if let Some(Err(why)) = self.read_receipt()? {
            tracing::warn!(%why, "the other face's receipt cannot be read; nothing is forgotten that it would have named");
        }
        forget_taken(&self.store, self.taken(), before)
    }

    /// Takes note of the other face's receipt, when there is one and it is genuine.
    fn read_receipt(&self) -> Result<Option<Result<(), &'static str>>, StoreError> {
        let Some(file) = read(&self.outward.join(Place::ack_name(self.epoch)))? else { return Ok(None) };
        let number = parcel::acknowledged(&self.keys, self.face.other(), self.epoch, &file);
        Ok(Some(number.map(|number| self.acknowledged.store(number, Ordering::Release))))
    }

    /// Looks at the folder once: writes what is not receipted, takes what came, in order.
    ///
    /// # Errors
    /// When the folder or the store cannot be used. Strange files are no error: they are listed.
    pub fn pass(&self) -> Result<Pass, StoreError> {
        let mut pass = Pass::default();
        self.send(&mut pass)?;
        self.receive(&mut pass)?;
        pass.refused.sort_by(|one, two| one.file.cmp(&two.file));
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = pass.clone();
        Ok(pass)
    }

    fn send(&self, pass: &mut Pass) -> Result<(), StoreError> {
        if let Some(Err(why)) = self.read_receipt()? {
            pass.refused.push(Refused { file: Place::ack_name(self.epoch), why: why.to_owned() });
        }
        let taken = self.acknowledged.load(Ordering::Acquire);
        let mut there = HashSet::new();
        for name in names(&self.outward)? {
            match Place::of_name(&name) {
                // Receipted, or of an epoch that ended with a restored backup: the file is not needed any more.
                Some(place) if place.epoch != self.epoch || place.number <= taken => remove(&self.outward.join(name))?,
                Some(place) => drop(there.insert(place.number)),
                None => {}
            }
        }
        let waiting = self.store.read(move |tx| tx.message_sizes_after(taken, WINDOW))?;
        for (number, _) in waiting.into_iter().filter(|(number, _)| !there.contains(number)) {
            // One at a time: each may be as large as its attachments.
            for (number, parcel) in self.store.read(move |tx| tx.messages_between(number - 1, number))? {
                let place = Place { epoch: self.epoch, number };
                durable::write(&self.outward.join(place.parcel_name()), &parcel::pack(&self.keys, self.face.other(), place, &parcel)?)?;
                pass.sent += 1;
            }
        }
        Ok(())
    }

    fn receive(&self, pass: &mut Pass) -> Result<(), StoreError> {
        let mut places = Vec::new();
        for name in names(&self.inward)? {
            match Place::of_name(&name) {
                Some(place) => places.push(place),
                None if name.ends_with(durable::UNFINISHED) || name.ends_with(".taken") => {}
                None => pass.refused.push(Refused { file: name, why: "nobody of this hatch writes such files".to_owned() }),
            }
        }
        places.sort_by_key(|place| (place.epoch, place.number));
        for of_epoch in places.chunk_by(|one, two| one.epoch == two.epoch) {
            self.receive_epoch(of_epoch, pass)?;
        }
        Ok(())
    }

    fn receive_epoch(&self, places: &[Place], pass: &mut Pass) -> Result<(), StoreError> {
        let Some(epoch) = places.first().map(|place| place.epoch) else {
            return Ok(());
        };
        let before = received(&self.store, epoch)?;
        let mut next = before + 1;
        for place in places.iter().copied().filter(|place| place.number > before) {
            let name = place.parcel_name();
            let path = self.inward.join(&name);
            let Some(file) = read(&path)? else {
                continue;
            };
            let parcel = match parcel::unpack(&self.keys, self.face.other(), place, &file) {
                Ok(parcel) => parcel,
                Err(why) => {
                    // Out of the way, so that its sender writes the true one anew.
                    let _ = fs::rename(&path, self.inward.join("refused").join(&name));
                    pass.refused.push(Refused { file: name, why: why.to_owned() });
                    continue;
                }
            };
            if place.number > next {
                // It waits for the gap to be filled; later ones are looked at all the same, so that a bad one is replaced meanwhile.
                pass.missing.get_or_insert(next);
                continue;
            }
            take(&self.store, &self.receivers, epoch, place.number, &parcel)?;
            pass.received += 1;
            next += 1;
        }
        let receipt = self.inward.join(Place::ack_name(epoch));
        let known = read(&receipt)?.and_then(|file| parcel::acknowledged(&self.keys, self.face, epoch, &file).ok());
        if next > 1 && known != Some(next - 1) {
            durable::write(&receipt, &parcel::acknowledge(&self.keys, Place { epoch, number: next - 1 }))?;
        }
        Ok(())
    }
}

/// Names of the plain files in a folder; a name that is no text is listed as it can be shown.
fn names(folder: &Path) -> Result<Vec<String>, StoreError> {
    let failed = || StoreError::at("reading the hatch's folder", folder);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// A file of the folder; none when it is gone or too large to be one of ours.
fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let failed = || StoreError::at("reading from the hatch's folder", path);
    match fs::metadata(path) {
        Ok(data) if data.len() > PARCEL_BYTES_MAX => Ok(Some(Vec::new())),
        Ok(_) => match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            other => other.map(Some).map_err(failed()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed()(error)),
    }
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::at("tidying the hatch's folder", path)(error)),
        _ => Ok(()),
    }
}
