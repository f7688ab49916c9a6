//! 控え Backups, taken while the town is served, restored into an empty place on either engine.
//!
//! A backup is a folder: the rows of the faces as of one moment of the town, sealed with the town's key; the files, sealed as they are; and a
//! `manifest` with the digest of everything under a MAC. The key itself is never in it: to restore one needs the key file, or the
//! recovery sheet. It is written under another name and gets its own when it is whole, so half a backup never looks like one.
//!
//! The rows are the same for both engines, so this is also how a village that grows moves from SQLite to PostgreSQL.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{
    Store, StoreError,
    backup_cut::cut,
    backup_rows::{RowsWriter, read_rows},
    durable,
    files::Files,
    keys::{Face, Keys, from_hex, hex},
    postgres_link::PostgresLink,
    sqlite_link::SqliteLink,
};

pub use crate::restore::{restore, restore_files};

const MANIFEST: &str = "manifest";

/// What is to be kept.
pub struct Backup<'t> {
    /// Each face's word and its store.
    pub faces: Vec<(&'t str, &'t Store)>,
    /// Folders of files, by a word of their own.
    pub files: Vec<(&'t str, &'t Files)>,
    /// The town's keys: they seal the rows and are not in the backup.
    pub keys: &'t Keys,
}

/// How far a backup or a restore is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many rows of this face's table are done.
    Rows {
        /// The face's word.
        face: String,
        /// The table.
        table: String,
        /// Rows of it so far.
        rows: u64,
    },
    /// So many files are done.
    Files {
        /// Files so far.
        done: u64,
        /// Of so many.
        all: u64,
    },
}

/// What a backup holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// When it was begun; the rows are as of a moment right after.
    pub at: Timestamp,
    /// Rows and digest by face.
    pub(crate) faces: BTreeMap<String, (u64, [u8; 32])>,
    /// Addresses by folder of files.
    pub(crate) files: BTreeMap<String, Vec<String>>,
}

impl Summary {
    /// Rows of a face.
    pub fn rows(&self, face: &str) -> u64 {
        self.faces.get(face).map_or(0, |(rows, _)| *rows)
    }

    /// Files of a folder.
    pub fn files(&self, name: &str) -> usize {
        self.files.get(name).map_or(0, Vec::len)
    }

    fn text(&self) -> String {
        let mut text = format!("yakuba backup 1\nat {}\n", self.at);
        for (face, (rows, digest)) in &self.faces {
            text.push_str(&format!("face {face} {rows} {}\n", hex(digest)));
        }
        for (name, addresses) in &self.files {
            text.push_str(&format!("folder {name}\n"));
            addresses.iter().for_each(|address| text.push_str(&format!("file {name} {address}\n")));
        }
        text
    }

    fn parse(text: &str) -> Option<Summary> {
        let mut lines = text.lines();
        if lines.next()? != "yakuba backup 1" {
            return None;
        }
        let mut summary = Summary { at: lines.next()?.strip_prefix("at ")?.parse().ok()?, ..Summary::default() };
        for line in lines {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["face", face, rows, digest] => {
                    let digest = from_hex(digest)?.try_into().ok()?;
                    summary.faces.insert(face.to_owned(), (rows.parse().ok()?, digest));
                }
                ["folder", name] => drop(summary.files.insert(name.to_owned(), Vec::new())),
                ["file", name, address] => summary.files.get_mut(name)?.push(address.to_owned()),
                _ => return None,
            }
        }
        Some(summary)
    }
}

impl Backup<'_> {
    /// Takes a backup into the folder `to`, which must not be there yet.
    ///
    /// # Errors
    /// When there is something at `to`, or a store or the disk fails; then nothing is at `to`.
    pub fn take(&self, to: &Path, progress: &mut dyn FnMut(Progress)) -> Result<Summary, StoreError> {
        if to.exists() {
            return Err(StoreError::Other(format!("there is something at {} already; a backup is never overwritten", to.display())));
        }
        let unfinished = beside(to)?;
        if unfinished.exists() {
            // A backup that was interrupted: it can never become whole.
            fs::remove_dir_all(&unfinished).map_err(StoreError::at("removing an interrupted backup", &unfinished))?;
        }
        fs::create_dir_all(&unfinished).map_err(StoreError::at("making", &unfinished))?;
        let taken = self.take_into(&unfinished, progress).and_then(|summary| {
            fs::rename(&unfinished, to).map_err(StoreError::at("naming", to))?;
            let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            durable::sync_folder(folder).map_err(StoreError::at("naming", to))?;
            Ok(summary)
        });
        if taken.is_err() {
            let _ = fs::remove_dir_all(&unfinished);
        }
        taken
    }

    fn take_into(&self, folder: &Path, progress: &mut dyn FnMut(Progress)) -> Result<Summary, StoreError> {
        let mut summary = Summary { at: self.faces.first().map_or(Timestamp::default(), |(_, store)| store.now()), ..Summary::default() };
        for (face, moment) in cut(&self.faces)? {
            let mut writer = RowsWriter::create(&rows_file(folder, face), self.keys, face)?;
            moment.copy_rows(face, &mut writer, progress)?;
            summary.faces.insert(face.to_owned(), writer.end()?);
        }
        // After the rows: a file is put before its row is written, so every file that a row of this moment names is there.
        for (name, files) in &self.files {
            let target = folder.join(files_folder(name));
            summary.files.insert((*name).to_owned(), copy_files(&files.paths()?, &target, progress)?);
        }
        let mut manifest = summary.text();
        manifest.push_str(&format!("mac {}\n", hex(&self.keys.mac("backup manifest", manifest.as_bytes()))));
        durable::write(&folder.join(MANIFEST), manifest.as_bytes())?;
        Ok(summary)
    }
}

/// Where a backup is written until it is whole.
fn beside(to: &Path) -> Result<PathBuf, StoreError> {
    let name = to.file_name().and_then(|name| name.to_str()).ok_or(StoreError::Unstorable("a backup's folder needs a name"))?;
    Ok(to.with_file_name(format!("{name}{}", durable::UNFINISHED)))
}

pub(crate) fn rows_file(folder: &Path, face: &str) -> PathBuf {
    folder.join(format!("{face}.rows"))
}

pub(crate) fn files_folder(name: &str) -> String {
    format!("files-{name}")
}

/// Reads the manifest of a backup.
pub(crate) fn manifest(folder: &Path, keys: &Keys) -> Result<Summary, StoreError> {
    let path = folder.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(StoreError::at("reading the manifest of the backup", &path))?;
    let (said, mac) = text.trim_end().rsplit_once("\nmac ").ok_or(StoreError::Damaged("the backup: its manifest"))?;
    let said = format!("{said}\n");
    let fits = from_hex(mac).is_some_and(|mac| keys.mac_fits("backup manifest", said.as_bytes(), &mac));
    if !fits {
        return Err(StoreError::Key("this backup is not of this town, or its manifest was changed"));
    }
    Summary::parse(&said).ok_or(StoreError::Damaged("the backup: its manifest"))
}

/// The faces whose rows a backup holds.
///
/// # Errors
/// When it does not open with these keys, or is none.
pub fn faces(folder: &Path, keys: &Keys) -> Result<Vec<Face>, StoreError> {
    let summary = manifest(folder, keys)?;
    Ok([Face::Portal, Face::Desk].into_iter().filter(|face| summary.faces.contains_key(face.word())).collect())
}

/// Whether a backup is whole and opens with these keys: every row and every file is read.
///
/// # Errors
/// What is wrong with it.
pub fn verify(folder: &Path, keys: &Keys) -> Result<Summary, StoreError> {
    let summary = manifest(folder, keys)?;
    for (face, known) in &summary.faces {
        if read_rows(&rows_file(folder, face), keys, face, |_| Ok(()))? != *known {
            return Err(StoreError::Damaged("the backup: its rows"));
        }
    }
    for (name, addresses) in &summary.files {
        for address in addresses {
            let path = spread(&folder.join(files_folder(name)), address)?;
            let bytes = fs::read(&path).map_err(StoreError::at("reading a file of the backup", &path))?;
            if hex(&Sha256::digest(&bytes)) != *address {
                return Err(StoreError::Damaged("the backup: a file"));
            }
        }
    }
    Ok(summary)
}

/// The place of a file under its folder, as [`Files`] spreads them.
pub(crate) fn spread(folder: &Path, address: &str) -> Result<PathBuf, StoreError> {
    if address.len() != 64 || from_hex(address).is_none() {
        return Err(StoreError::Damaged("the backup: an address of a file"));
    }
    Ok(folder.join(&address[..2]).join(&address[2..4]).join(address))
}

/// Copies sealed files and gives their addresses. What is not one of ours (an unfinished upload) is left out.
pub(crate) fn copy_files(from: &[PathBuf], to: &Path, progress: &mut dyn FnMut(Progress)) -> Result<Vec<String>, StoreError> {
    fs::create_dir_all(to).map_err(StoreError::at("making", to))?;
    let mut addresses = Vec::new();
    for (done, path) in from.iter().enumerate() {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Ok(target) = spread(to, name) else {
            continue;
        };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            // Swept since the folder was read: no row names it any more.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(StoreError::at("reading", path)(error)),
        };
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(StoreError::at("making", folder))?;
        }
        durable::write(&target, &bytes)?;
        addresses.push(name.to_owned());
        progress(Progress::Files { done: done as u64 + 1, all: from.len() as u64 });
    }
    addresses.sort();
    Ok(addresses)
}

/// Tables and columns of a SQLite file.
pub(crate) fn sqlite_columns(link: &SqliteLink) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    let mut rows = Vec::new();
    let sql =
        "select t.name, c.name from sqlite_schema t join pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite%'";
    link.each(sql, &mut |row| {
        rows.push((row.get(0)?, row.get(1)?));
        Ok(())
    })?;
    Ok(by_table(rows))
}

/// Tables and columns of a schema.
pub(crate) fn postgres_columns(link: &mut PostgresLink) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    let sql = "select c.table_name::text, c.column_name::text from information_schema.columns c \
        join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name \
        where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'";
    let rows = link.query(sql, &[]).map_err(|(_, error)| error)?;
    Ok(by_table(rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<Vec<_>, StoreError>>()?))
}

fn by_table(rows: Vec<(String, String)>) -> Vec<(String, Vec<String>)> {
    let mut tables = BTreeMap::<String, Vec<String>>::new();
    rows.into_iter().for_each(|(table, column)| tables.entry(table).or_default().push(column));
    tables.into_iter().collect()
}
