//! 届いたファイル: its pieces lie sealed in rows until it is taken, so that a file of many megabytes needs little memory, on each node alike.

use std::{
    io::{self, Read},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use store::{Desk, StoreError, Write, keys::Keys, params};

use crate::rows;

/// Bytes of a piece.
pub(crate) const PIECE_BYTES: usize = 256 << 10;
/// Most bytes of a file that comes over the page; larger ones are taken in at the terminal.
pub(crate) const FILE_BYTES_MAX: usize = 64 << 20;

/// Reads a file out of its pieces.
pub(crate) struct Pieces {
    desk: Desk,
    keys: Arc<Keys>,
    import: String,
    next: i64,
    piece: io::Cursor<Vec<u8>>,
    ended: bool,
}

impl Pieces {
    pub(crate) fn of(desk: &Desk, keys: &Arc<Keys>, import: &str) -> Pieces {
        let (desk, keys, import) = (desk.clone(), Arc::clone(keys), import.to_owned());
        Pieces { desk, keys, import, next: 0, piece: io::Cursor::new(Vec::new()), ended: false }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(buffer)?;
            if read > 0 || self.ended || buffer.is_empty() {
                return Ok(read);
            }
            let (keys, import, place) = (Arc::clone(&self.keys), self.import.clone(), self.next);
            match self.desk.read(move |tx| rows::piece(tx, &keys, &import, place)).map_err(io::Error::other)? {
                Some(piece) => self.piece = io::Cursor::new(piece),
                None => self.ended = true,
            }
            self.next += 1;
        }
    }
}

const CUT_OFF: &str =
    "delete from exchange_piece where import < $1 and not exists (select 1 from exchange_import i where i.id = exchange_piece.import)";
/// What was looked at and never taken: the import stays, and the same file can be brought again.
const LEFT: &str = "delete from exchange_piece where import < $1";
/// How long a file waits for somebody's yes.
const WAITS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Ids are in the order of time: what is below the id of yesterday came before yesterday.
pub(crate) fn sweep(tx: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let first_since = |ago: SignedDuration| {
        let millis = now.checked_sub(ago).map_or(0, |at| u64::try_from(at.as_millisecond()).unwrap_or(0));
        uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid().to_string()
    };
    let cut_off = tx.run(CUT_OFF, params![first_since(SignedDuration::from_hours(24))])?;
    Ok(cut_off + tx.run(LEFT, params![first_since(WAITS)])?)
}
