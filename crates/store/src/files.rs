//! 添付 Files: photos, certificates, letters. Sealed, each with a key of its own; the address is the digest of what lies on the disk.
//!
//! A file is put first and its [`FileRef`] written in the transaction that needs it; what no row refers to is swept later. The
//! file's key travels in its reference, sealed under the town's key: where the row is destroyed, the file is lost, in all backups.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    str::FromStr,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    StoreError, durable,
    journal::random,
    keys::{Keys, from_hex, hex, seal, unseal},
};

/// A photo of a phone is 3–8 MB, a scan of ten pages 10 MB. Twice that is no document any more.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;

const PURPOSE: &str = "files";

/// How a row refers to a file: its address and its sealed key. Keep it where the file's personal values would be kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileRef(pub String);

impl FileRef {
    /// The digest of the file as it lies on the disk: 64 letters.
    pub fn address(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }

    fn parts(&self) -> Option<(&str, Vec<u8>)> {
        let (address, key) = self.0.split_once('.')?;
        let plain = address.len() == 64 && address.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        Some((address, from_hex(key)?)).filter(|_| plain)
    }
}

impl std::fmt::Display for FileRef {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl FromStr for FileRef {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<FileRef, StoreError> {
        let made = FileRef(text.to_owned());
        if made.parts().is_some() { Ok(made) } else { Err(StoreError::Key("this is no reference to a file")) }
    }
}

/// A folder of sealed files.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
    keys: Keys,
}

impl Files {
    /// Opens the folder, and makes it when it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path, keys: Keys) -> Result<Files, StoreError> {
        fs::create_dir_all(folder).map_err(StoreError::at("making the folder of files", folder))?;
        Ok(Files { folder: folder.to_owned(), keys })
    }

    /// Seals and keeps a file. It is on the disk when this returns.
    ///
    /// # Errors
    /// When it is larger than [`FILE_BYTES_MAX`], or cannot be written.
    pub fn put(&self, content: &[u8]) -> Result<FileRef, StoreError> {
        if content.len() > FILE_BYTES_MAX {
            return Err(StoreError::Unstorable("the file is larger than 20 MB"));
        }
        let key = random::<32>()?;
        let sealed = seal(&key, b"yakuba file 1", content)?;
        let address = hex(&Sha256::digest(&sealed));
        let path = self.path(&address);
        let folder = path.parent().unwrap_or(&self.folder);
        if !folder.exists() {
            fs::create_dir_all(folder).map_err(StoreError::at("making a folder of files", folder))?;
            // Two folders may be new: the one above holds the name of this, and the top one of that.
            for above in folder.ancestors().skip(1).take(2) {
                durable::sync_folder(above).map_err(StoreError::at("making a folder of files", above))?;
            }
        }
        durable::write(&path, &sealed)?;
        Ok(FileRef(format!("{address}.{}", hex(&self.keys.seal(PURPOSE, &key)?))))
    }

    /// Opens a file.
    ///
    /// # Errors
    /// When it is not there, was changed on the disk, or belongs to other keys.
    pub fn get(&self, file: &FileRef) -> Result<Vec<u8>, StoreError> {
        let (address, key) = file.parts().ok_or(StoreError::Key("this is no reference to a file"))?;
        let path = self.path(address);
        let sealed = fs::read(&path).map_err(StoreError::at("reading a file", &path))?;
        if hex(&Sha256::digest(&sealed)) != address {
            return Err(StoreError::Damaged("a file: its content is not what was written"));
        }
        let key: [u8; 32] = self.keys.unseal(PURPOSE, &key)?.try_into().map_err(|_| StoreError::Key("this is no key of a file"))?;
        unseal(&key, b"yakuba file 1", &sealed)
    }

    /// Deletes one file, for good; that it is not there is no failure.
    ///
    /// # Errors
    /// When this is no reference to a file, or it cannot be deleted.
    pub fn remove(&self, file: &FileRef) -> Result<(), StoreError> {
        let (address, _) = file.parts().ok_or(StoreError::Key("this is no reference to a file"))?;
        let path = self.path(address);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::at("deleting a file", &path)(error)),
            _ => Ok(()),
        }
    }

    /// Deletes what nobody refers to and is older than `grace` (a file is put before its row is written). Says how many went.
    /// `referenced` holds addresses, see [`FileRef::address`].
    ///
    /// # Errors
    /// When the folder cannot be read or a file not deleted.
    pub fn sweep(&self, referenced: &HashSet<String>, grace: Duration) -> Result<u64, StoreError> {
        let before = SystemTime::now().checked_sub(grace).unwrap_or(SystemTime::UNIX_EPOCH);
        let mut swept = 0;
        for path in self.paths()? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let changed = fs::metadata(&path).and_then(|data| data.modified()).unwrap_or(SystemTime::now());
            if !referenced.contains(name) && changed <= before {
                fs::remove_file(&path).map_err(StoreError::at("sweeping", &path))?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    /// All files of the folder, whole or unfinished.
    pub(crate) fn paths(&self) -> Result<Vec<PathBuf>, StoreError> {
        files_under(&self.folder, 2).map_err(StoreError::at("reading the folder of files", &self.folder))
    }

    /// Two levels of 256 folders: a million files are 15 in each.
    fn path(&self, address: &str) -> PathBuf {
        self.folder.join(&address[..2]).join(&address[2..4]).join(address)
    }
}

fn files_under(folder: &Path, levels: usize) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_folder = entry.file_type()?.is_dir();
        if is_folder && levels > 0 {
            found.extend(files_under(&entry.path(), levels - 1)?);
        } else if !is_folder && levels == 0 {
            found.push(entry.path());
        }
    }
    Ok(found)
}
