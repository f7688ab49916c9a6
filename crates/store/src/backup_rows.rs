//! The rows of a backup on disk: tables one after the other, in sealed blocks, the same for both engines.
//!
//! ```text
//! file   = block*                       block = length 4, sealed (town's key; bound to the face and the block's number)
//! opened = record*                      record = 'T' table, columns | 'R' cells | 'E' number of rows in all
//! ```

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::Path,
};

use sha2::{Digest, Sha256};

use crate::{Cell, StoreError, keys::Keys};

/// A block is sealed when it has grown to this; a row with a large attachment makes a larger one.
const BLOCK_BYTES: usize = 1024 * 1024;

/// No block of ours is larger: a row of some attachments, and room.
const BLOCK_BYTES_MAX: usize = 512 * 1024 * 1024;

/// What a backup of one face says, in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    /// A table begins.
    Table { name: String, columns: Vec<String> },
    /// A row of it.
    Row(Vec<Cell>),
    /// All rows were written; how many.
    End(u64),
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend((bytes.len() as u64).to_be_bytes());
    out.extend(bytes);
}

impl Record {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Record::Table { name, columns } => {
                out.push(b'T');
                put(out, name.as_bytes());
                out.extend((columns.len() as u64).to_be_bytes());
                columns.iter().for_each(|column| put(out, column.as_bytes()));
            }
            Record::Row(cells) => {
                out.push(b'R');
                out.extend((cells.len() as u64).to_be_bytes());
                for cell in cells {
                    match cell {
                        Cell::Null => out.push(b'n'),
                        Cell::Int(value) => {
                            out.push(b'i');
                            out.extend(value.to_be_bytes());
                        }
                        Cell::Text(value) => {
                            out.push(b't');
                            put(out, value.as_bytes());
                        }
                        Cell::Bytes(value) => {
                            out.push(b'b');
                            put(out, value);
                        }
                    }
                }
            }
            Record::End(rows) => {
                out.push(b'E');
                out.extend(rows.to_be_bytes());
            }
        }
    }

    fn read(from: &mut &[u8]) -> Option<Record> {
        match tag(from)? {
            b'T' => {
                let name = text(from)?;
                let columns = (0..number(from)?).map(|_| text(from)).collect::<Option<Vec<String>>>()?;
                Some(Record::Table { name, columns })
            }
            b'R' => (0..number(from)?).map(|_| cell(from)).collect::<Option<Vec<Cell>>>().map(Record::Row),
            b'E' => number(from).map(Record::End),
            _ => None,
        }
    }
}

fn tag(from: &mut &[u8]) -> Option<u8> {
    let (tag, rest) = from.split_first()?;
    *from = rest;
    Some(*tag)
}

fn number(from: &mut &[u8]) -> Option<u64> {
    let (bytes, rest) = from.split_first_chunk::<8>()?;
    *from = rest;
    Some(u64::from_be_bytes(*bytes))
}

fn bytes(from: &mut &[u8]) -> Option<Vec<u8>> {
    let length = usize::try_from(number(from)?).ok()?;
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(bytes.to_vec())
}

fn text(from: &mut &[u8]) -> Option<String> {
    String::from_utf8(bytes(from)?).ok()
}

fn cell(from: &mut &[u8]) -> Option<Cell> {
    match tag(from)? {
        b'n' => Some(Cell::Null),
        b'i' => number(from).map(|value| Cell::Int(value.cast_signed())),
        b't' => text(from).map(Cell::Text),
        b'b' => bytes(from).map(Cell::Bytes),
        _ => None,
    }
}

fn purpose(face: &str, block: u64) -> String {
    format!("backup {face} {block}")
}

/// Writes the rows of one face.
pub(crate) struct RowsWriter<'k> {
    out: BufWriter<File>,
    keys: &'k Keys,
    face: String,
    block: Vec<u8>,
    blocks: u64,
    rows: u64,
    digest: Sha256,
}

impl<'k> RowsWriter<'k> {
    pub(crate) fn create(path: &Path, keys: &'k Keys, face: &str) -> Result<RowsWriter<'k>, StoreError> {
        let file = File::create_new(path).map_err(StoreError::at("writing", path))?;
        Ok(RowsWriter {
            out: BufWriter::new(file),
            keys,
            face: face.to_owned(),
            block: Vec::new(),
            blocks: 0,
            rows: 0,
            digest: Sha256::new(),
        })
    }

    pub(crate) fn write(&mut self, record: &Record) -> Result<(), StoreError> {
        self.rows += u64::from(matches!(record, Record::Row(_)));
        record.write(&mut self.block);
        if self.block.len() >= BLOCK_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let sealed = self.keys.seal(&purpose(&self.face, self.blocks), &self.block)?;
        let length = u32::try_from(sealed.len()).map_err(|_| StoreError::Unstorable("a row is too large for a backup"))?;
        let written = self.out.write_all(&length.to_be_bytes()).and_then(|()| self.out.write_all(&sealed));
        written.map_err(|error| StoreError::file("writing the backup", error))?;
        self.digest.update(length.to_be_bytes());
        self.digest.update(&sealed);
        self.block.clear();
        self.blocks += 1;
        Ok(())
    }

    /// Ends the file on the disk. Gives its rows and its digest.
    pub(crate) fn end(mut self) -> Result<(u64, [u8; 32]), StoreError> {
        let rows = self.rows;
        self.write(&Record::End(rows))?;
        self.flush()?;
        let failed = |error| StoreError::file("writing the backup", error);
        self.out.flush().map_err(failed)?;
        self.out.get_ref().sync_all().map_err(failed)?;
        Ok((rows, self.digest.finalize().into()))
    }
}

/// Reads all records of one face in their order. Gives the number of rows and the digest of the file.
pub(crate) fn read_rows(
    path: &Path,
    keys: &Keys,
    face: &str,
    mut take: impl FnMut(Record) -> Result<(), StoreError>,
) -> Result<(u64, [u8; 32]), StoreError> {
    const DAMAGED: StoreError = StoreError::Damaged("the backup: its rows");
    let mut file = BufReader::new(File::open(path).map_err(StoreError::at("reading", path))?);
    let mut digest = Sha256::new();
    let (mut blocks, mut rows, mut end) = (0, 0, None);
    loop {
        let mut length = [0; 4];
        match file.read(&mut length[..1]) {
            Ok(0) => break,
            Ok(_) => file.read_exact(&mut length[1..]).map_err(|_| DAMAGED)?,
            Err(error) => return Err(StoreError::at("reading", path)(error)),
        }
        let size = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if size > BLOCK_BYTES_MAX {
            return Err(DAMAGED);
        }
        let mut sealed = vec![0; size];
        file.read_exact(&mut sealed).map_err(|_| DAMAGED)?;
        digest.update(length);
        digest.update(&sealed);
        let plain = keys.unseal(&purpose(face, blocks), &sealed)?;
        blocks += 1;
        let mut rest = &plain[..];
        while !rest.is_empty() {
            match Record::read(&mut rest).filter(|_| end.is_none()).ok_or(DAMAGED)? {
                Record::End(count) => end = Some(count),
                record => {
                    rows += u64::from(matches!(record, Record::Row(_)));
                    take(record)?;
                }
            }
        }
    }
    if end == Some(rows) { Ok((rows, digest.finalize().into())) } else { Err(DAMAGED) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells() -> impl Strategy<Value = Vec<Cell>> {
        let cell = prop_oneof![
            Just(Cell::Null),
            any::<i64>().prop_map(Cell::Int),
            any::<String>().prop_map(Cell::Text),
            any::<Vec<u8>>().prop_map(Cell::Bytes),
        ];
        proptest::collection::vec(cell, 0..6)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(cells in cells(), name in "[a-z_]{1,9}", rows in any::<u64>()) {
            let records = [Record::Table { name: name.clone(), columns: vec![name] }, Record::Row(cells), Record::End(rows)];
            let mut bytes = Vec::new();
            records.iter().for_each(|record| record.write(&mut bytes));
            let mut rest = &bytes[..];
            for record in records {
                prop_assert_eq!(Record::read(&mut rest), Some(record));
            }
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn no_bytes_make_the_reader_stumble(bytes in any::<Vec<u8>>()) {
            let mut rest = &bytes[..];
            while Record::read(&mut rest).is_some() && !rest.is_empty() {}
        }
    }
}
