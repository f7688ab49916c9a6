//! Files that are there whole or not at all, also after the power failed.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

use crate::{StoreError, journal::random, keys::hex};

/// What files on their way are called; whoever finds an old one may delete it.
pub(crate) const UNFINISHED: &str = ".unfinished";

/// Writes beside the place, waits for the disk, moves into place, waits for the folder.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let failed = || StoreError::at("writing", path);
    let folder = path.parent().unwrap_or(Path::new("."));
    let beside = folder.join(format!("{}{UNFINISHED}", hex(&random::<8>()?)));
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| fs::rename(&beside, path)).and_then(|()| sync_folder(folder));
    placed.map_err(|error| {
        let _ = fs::remove_file(&beside);
        failed()(error)
    })
}

/// A new name in a folder is durable only when the folder is.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}
