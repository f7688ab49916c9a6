//! 送信の途中 Uploads: a file that comes in pieces, so that a lost connection loses one piece and not the file.
//!
//! The browser says first what it is going to send ([`open`]), then sends piece after piece, each with the place where it begins ([`append`]). What
//! was acknowledged is on the disk. Who comes back asks how much has arrived and goes on from there; a piece for any other place is not taken,
//! and the answer says the true one (the manner of the IETF's *Resumable Uploads for HTTP* and of tus). When all is there the file goes through
//! the check of every file and becomes the draft's, once ([`finish`]).
//!
//! A piece is 256 kB: at 1 Mbit/s two seconds, which is what a lost connection costs. It is a row of its own, so that a file of 10 MB writes
//! 10 MB and not, with each of its 40 pieces, everything before again.

use std::{fmt, str::FromStr, time::Duration};

use access::throttle::{self, Rate, Wait};
use definitions::{answer::FileAnswer, field::Kind};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Read, StoreError, Write, keys::Keys};

use crate::{
    attachments::{self, FileRefused},
    draft::{Draft, DraftId, Owner},
    filing::{self, FilingRefused, Terms},
    rows,
};

/// How many bytes a piece has; only the last may have fewer.
pub const PIECE_BYTES: u32 = 256 << 10;

/// So many files may one session have begun and not ended: a form's photographs go one after the other.
pub const OPEN_MAX: u32 = 10;

/// And so many bytes together: five whole files, as many as one form may carry.
pub const OPEN_BYTES_MAX: u64 = 5 * attachments::FILE_BYTES_MAX as u64;

/// How long what was half sent waits for the rest.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Files of one session: three forms with twenty photographs of a damaged house.
pub const BY_SESSION: Rate = Rate { most: 60, per: Duration::from_secs(3600) };

/// Files from one network address: thirty families in an evacuation centre, each with twenty photographs.
pub const BY_ADDRESS: Rate = Rate { most: 600, per: Duration::from_secs(3600) };

/// An upload's id: unguessable, and useless without the draft's owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UploadId(pub uuid::Uuid);

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

impl FromStr for UploadId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<UploadId, uuid::Error> {
        text.parse().map(UploadId)
    }
}

/// A file on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// The draft that it is for.
    pub draft: DraftId,
    /// The path of its question.
    pub field: String,
    /// How large it will be.
    pub size: u32,
    /// How much of it is here.
    pub received: u32,
    /// What is sealed of it.
    pub label: Label,
    /// Whether the file is the draft's.
    pub done: bool,
}

/// What an upload says of its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its name, as it will be shown.
    pub name: String,
    /// The mark of what is here, in hexadecimal digits: see [`Upload::grown`].
    pub mark: String,
}

impl Upload {
    /// How many bytes the next piece has; none when all is here.
    pub fn next_piece(&self) -> u32 {
        (self.size - self.received).min(PIECE_BYTES)
    }

    /// The same with a piece more. The mark is the SHA-256 of the mark before and the piece, so that the browser can tell whether a file that was
    /// chosen again is the one of which something is here, and nobody reads all of it to say so.
    fn grown(&self, piece: &[u8]) -> Upload {
        let before = unhex(&self.label.mark);
        let mark = Sha256::new().chain_update(before).chain_update(piece).finalize();
        let label = Label { name: self.label.name.clone(), mark: mark.iter().map(|byte| format!("{byte:02x}")).collect() };
        Upload { label, received: self.received + u32::try_from(piece.len()).unwrap_or(u32::MAX), ..self.clone() }
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = |at: usize| text.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
    (0..text.len()).step_by(2).filter_map(digits).collect()
}

/// Who sends: what files are counted by.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The session.
    pub session: String,
    /// The key of the network address ([`throttle::of_address`]).
    pub address: String,
}

/// What a browser is going to send.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What the browser calls this attempt, so that one whose answer was lost is not begun twice.
    pub offered: String,
    /// The file's name, as it will be shown.
    pub name: String,
    /// Its size.
    pub size: u64,
}

/// Why an upload does not go on, where what was counted stays counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The file is none that is taken.
    File(FileRefused),
    /// Too many files in a short time.
    Wait(Wait),
    /// It goes on elsewhere than the piece said.
    Elsewhere(Box<Upload>),
}

impl From<FileRefused> for NotTaken {
    fn from(refused: FileRefused) -> NotTaken {
        NotTaken::File(refused)
    }
}

/// Counts a file for its session and its network address.
///
/// # Errors
/// When the store fails. Too many is the inner error.
pub fn count(tx: &Write<'_>, sender: &Sender, now: Timestamp) -> Result<Result<(), Wait>, StoreError> {
    if let Err(wait) = throttle::peek(tx, "upload-address", &sender.address, BY_ADDRESS, now)? {
        return Ok(Err(wait));
    }
    if let Err(wait) = throttle::take(tx, "upload-session", &sender.session, BY_SESSION, now)? {
        return Ok(Err(wait));
    }
    throttle::take(tx, "upload-address", &sender.address, BY_ADDRESS, now)
}

/// What is asked for in this place of the person's own draft: how many files may still come.
fn room(terms: &Terms<'_>, draft: &Draft, field: &str) -> Result<usize, FilingRefused> {
    let procedure = terms.town.procedures.get(&draft.procedure).ok_or(FilingRefused::NotOffered)?;
    let at_most = procedure.pages.values().find_map(|page| match filing::kind_at(&draft.typed, &page.fields, field) {
        Some(Kind::Files { at_most, .. }) => Some(*at_most as usize),
        _ => None,
    });
    Ok(at_most.ok_or(FilingRefused::NotFound)?.saturating_sub(draft.typed.all(field).len()))
}

/// Begins an upload for a question of the person's own draft. The same offer again finds the same upload.
///
/// # Errors
/// When the draft is not theirs or has no such question. What is too large, too many or too often is the inner error: then nothing has begun.
pub fn open(
    tx: &Write<'_>,
    terms: &Terms<'_>,
    owner: &Owner,
    (draft, field): (DraftId, &str),
    sender: &Sender,
    offer: &Offer,
    id: UploadId,
) -> Result<Result<Upload, NotTaken>, FilingRefused> {
    let own = filing::own_draft(tx, terms.keys, draft, owner)?;
    let room = room(terms, &own, field)?;
    if let Some(begun) = rows::uploads::offered(tx, terms.keys, draft, &offer.offered)? {
        return if begun.field == field { Ok(Ok(begun)) } else { Err(FilingRefused::NotFound) };
    }
    if let Err(refused) = attachments::may_be_so_large(usize::try_from(offer.size).unwrap_or(usize::MAX)) {
        return Ok(Err(refused.into()));
    }
    if room == 0 {
        return Ok(Err(FileRefused::Full.into()));
    }
    let begun = rows::uploads::open_sizes(tx, &sender.session, terms.now)?;
    if begun.len() >= OPEN_MAX as usize || begun.iter().map(|size| u64::from(*size)).sum::<u64>() + offer.size > OPEN_BYTES_MAX {
        return Ok(Err(FileRefused::TooMany.into()));
    }
    if let Err(wait) = count(tx, sender, terms.now)? {
        return Ok(Err(NotTaken::Wait(wait)));
    }
    let label = Label { name: offer.name.clone(), mark: String::new() };
    let size = u32::try_from(offer.size).unwrap_or(u32::MAX);
    let upload = Upload { id, draft, field: field.to_owned(), size, received: 0, label, done: false };
    rows::uploads::insert(tx, terms.keys, &upload, &offer.offered, &sender.session, terms.now)?;
    Ok(Ok(upload))
}

/// The upload of the person's own draft.
///
/// # Errors
/// [`FilingRefused::NotFound`] when there is none, it is another's or has run out.
pub fn own(tx: &Read<'_>, terms: &Terms<'_>, owner: &Owner, place: (DraftId, &str), id: UploadId) -> Result<Upload, FilingRefused> {
    let (draft, field) = place;
    filing::own_draft(tx, terms.keys, draft, owner)?;
    rows::uploads::find(tx, terms.keys, draft, field, id, terms.now)?.ok_or(FilingRefused::NotFound)
}

/// Adds a piece of [`Upload::next_piece`] bytes where `at` says. It is on the disk once the transaction is.
///
/// # Errors
/// As [`own`]. [`NotTaken::Elsewhere`] when the upload goes on in another place, also when another request has just added this piece.
pub fn append(
    tx: &Write<'_>,
    terms: &Terms<'_>,
    owner: &Owner,
    place: (DraftId, &str),
    id: UploadId,
    at: u32,
    piece: &[u8],
) -> Result<Result<Upload, NotTaken>, FilingRefused> {
    let upload = own(tx, terms, owner, place, id)?;
    if upload.received != at || upload.done || piece.len() != upload.next_piece() as usize {
        return Ok(Err(NotTaken::Elsewhere(Box::new(upload))));
    }
    if piece.is_empty() {
        return Ok(Ok(upload));
    }
    let grown = upload.grown(piece);
    let sealed = rows::uploads::sealed_piece(terms.keys, id, at, piece)?;
    if rows::uploads::add_piece(tx, terms.keys, at, &grown, &sealed)? {
        return Ok(Ok(grown));
    }
    Ok(Err(NotTaken::Elsewhere(Box::new(own(tx, terms, owner, place, id)?))))
}

/// The piece that begins at `at`.
///
/// # Errors
/// When the store fails, or the piece was changed or moved.
pub fn piece(tx: &Read<'_>, keys: &Keys, id: UploadId, at: u32) -> Result<Option<Vec<u8>>, StoreError> {
    rows::uploads::piece(tx, keys, id, at)
}

/// The whole file was looked at and is kept as `file`: it becomes the draft's, once, however often this is asked for.
///
/// # Errors
/// As [`own`]. When its question takes no more files the upload ends with the inner error.
pub fn finish(
    tx: &Write<'_>,
    terms: &Terms<'_>,
    owner: &Owner,
    place: (DraftId, &str),
    id: UploadId,
    file: &FileAnswer,
) -> Result<Result<(), NotTaken>, FilingRefused> {
    let upload = own(tx, terms, owner, place, id)?;
    if upload.done || !rows::uploads::end(tx, id)? {
        return Ok(Ok(()));
    }
    let (draft, field) = place;
    if room(terms, &filing::own_draft(tx, terms.keys, draft, owner)?, field)? == 0 {
        rows::uploads::discard(tx, &id.to_string())?;
        return Ok(Err(FileRefused::Full.into()));
    }
    let json = serde_json::to_string(file).map_err(|_| StoreError::damaged("a file that has no JSON"))?;
    filing::change_files(tx, terms, draft, owner, field, |typed, _| typed.push(field, &json))?;
    Ok(Ok(()))
}

/// Throws an upload away with all that is here of it. A file that is the draft's already stays there.
///
/// # Errors
/// As [`own`].
pub fn discard(tx: &Write<'_>, terms: &Terms<'_>, owner: &Owner, place: (DraftId, &str), id: UploadId) -> Result<(), FilingRefused> {
    own(tx, terms, owner, place, id)?;
    Ok(rows::uploads::discard(tx, &id.to_string())?)
}

/// What is half sent for the person's own draft.
///
/// # Errors
/// When the store fails.
pub fn half_sent(tx: &Read<'_>, terms: &Terms<'_>, draft: DraftId) -> Result<Vec<Upload>, StoreError> {
    rows::uploads::half_sent(tx, terms.keys, draft, terms.now)
}

/// Uploads that one transaction sweeps: 200 MB at the most, a second of a disk's work.
const SWEPT_TOGETHER: u32 = 20;

/// Throws away some of what waited longer than [`KEPT`]. Says how many went; a daily job calls it until none does.
///
/// # Errors
/// When the store fails.
pub fn sweep(tx: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    rows::uploads::sweep(tx, now, SWEPT_TOGETHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_what_a_browser_makes_of_the_same_pieces() {
        let label = Label { name: "a.pdf".into(), mark: String::new() };
        let place = (DraftId(uuid::Uuid::nil()), "papers".to_owned());
        let upload = Upload { id: UploadId(uuid::Uuid::nil()), draft: place.0, field: place.1, size: 7, received: 0, label, done: false };
        let one = upload.grown(b"%PDF");
        let two = one.grown(b"-1.");
        // printf %%PDF | sha256sum; then these 32 bytes and the next piece.
        assert_eq!(one.label.mark, "315d429b7714cedb6ad04ac31240145257692630457f3c88253c5beceac76027");
        let by_hand = Sha256::new().chain_update(Sha256::digest(b"%PDF")).chain_update(b"-1.").finalize();
        assert_eq!(unhex(&two.label.mark), by_hand.as_slice());
        assert_eq!((two.received, two.next_piece()), (7, 0));
    }
}
