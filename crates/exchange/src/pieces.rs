//! 届いたファイル: its pieces lie sealed in rows until it is taken, so that a file of many megabytes needs little memory, on each node alike.

use std::{
    io::{self, Read},
    sync::Arc,
};

use jiff::Timestamp;
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

const OLD: &str =
    "delete from exchange_piece where import < $1 and not exists (select 1 from exchange_import i where i.id = exchange_piece.import)";

/// Ids are in the order of time: what is below the id of yesterday came before yesterday.
pub(crate) fn sweep(tx: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let before = now.checked_sub(jiff::SignedDuration::from_hours(24)).unwrap_or(Timestamp::UNIX_EPOCH);
    let millis = u64::try_from(before.as_millisecond()).unwrap_or(0);
    let first = uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid();
    tx.run(OLD, params![first.to_string()])
}
