//! A package as it lies in a folder: its lines and its files. Nothing of a name is used as a path but its last part.

use std::{
    fs::{self, File},
    io::{self, BufReader, Cursor, Read, Seek},
    path::{Path, PathBuf},
};

use definitions::mapping::{Encoding, Format, Mapping};
use unicode_normalization::UnicodeNormalization;
use zip::ZipArchive;

use crate::{
    file::{self, Row, encoding},
    problem::LineProblem,
};

/// Most bytes of an archive.
const ARCHIVE_BYTES_MAX: u64 = 256 << 20;
/// Most bytes of one file in it: as an upload.
const FILE_BYTES_MAX: u64 = (10 << 20) + 1;
/// Most bytes of its table of answers.
const TABLE_BYTES_MAX: u64 = 64 << 20;
/// Most files of an archive.
const ENTRIES_MAX: usize = 1_000;
/// How the names of detached signatures end.
const SIGNATURES: [&str; 3] = [".p7s", ".p7m", ".sig"];

/// One package.
pub enum Package {
    /// A table with files beside it.
    Folder {
        /// The table.
        table: PathBuf,
        /// Where its files lie.
        folder: PathBuf,
    },
    /// An archive.
    Archive {
        /// Its file name.
        name: String,
        /// What it holds.
        zip: Box<ZipArchive<File>>,
    },
    /// One that cannot be opened.
    Broken {
        /// Its file name.
        name: String,
        /// Why.
        why: String,
    },
}

/// The packages of a folder, in the order of their names. A status file of our own is none. Each is opened when it is its turn: a folder may hold
/// more archives than a process may hold open.
///
/// # Errors
/// When the folder cannot be read.
pub fn packages(mapping: &Mapping, folder: &Path) -> io::Result<impl Iterator<Item = Package> + use<>> {
    let ending = match mapping.file.format {
        Format::Csv => "csv",
        Format::Xlsx => "xlsx",
        Format::Json => "json",
    };
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    let is = |path: &Path, ending: &str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
    let folder = folder.to_owned();
    let own = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("status-"));
    Ok(paths
        .into_iter()
        .filter(move |path| !own(path) && (is(path, ending) || is(path, "zip")))
        .map(move |path| if is(&path, "zip") { archive(&path) } else { Package::Folder { folder: folder.clone(), table: path } }))
}

fn archive(path: &Path) -> Package {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let open = || -> Result<ZipArchive<File>, String> {
        let mut file = File::open(path).map_err(|error| error.to_string())?;
        let bytes = file.seek(io::SeekFrom::End(0)).map_err(|error| error.to_string())?;
        if bytes > ARCHIVE_BYTES_MAX {
            return Err("大きすぎます（256MBまで）".to_owned());
        }
        let zip = ZipArchive::new(file).map_err(|error| error.to_string())?;
        if zip.len() > ENTRIES_MAX { Err(format!("ファイルが多すぎます（{ENTRIES_MAX} まで）")) } else { Ok(zip) }
    };
    match open() {
        Ok(zip) => Package::Archive { name, zip: Box::new(zip) },
        Err(why) => Package::Broken { name, why },
    }
}

/// A file's name as it is shown: its last part, without control characters.
pub(super) fn shown(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(80).collect();
    if clean.trim().is_empty() { "file".to_owned() } else { clean }
}

/// The last part of a name, when it is one and leads nowhere else.
fn plain(name: &str) -> Option<&str> {
    let last = name.rsplit(['/', '\\']).next()?;
    (!last.is_empty() && last != "." && last != ".." && !last.contains('\0') && last == name).then_some(last)
}

/// What is in an archive, with its place. Archives made by Windows in Japan have names in CP932 and do not say so.
fn names(zip: &ZipArchive<File>) -> Vec<(usize, String)> {
    let text = |name: &[u8]| encoding::decode(name, Encoding::Utf8).or_else(|| encoding::decode(name, Encoding::Cp932));
    zip.file_names_raw().enumerate().filter_map(|(place, name)| Some((place, text(name)?))).collect()
}

impl Package {
    /// Its file name, for the report.
    pub fn name(&self) -> &str {
        match self {
            Package::Folder { table, .. } => table.file_name().and_then(|name| name.to_str()).unwrap_or("?"),
            Package::Archive { name, .. } | Package::Broken { name, .. } => name,
        }
    }

    /// The lines of its table.
    pub(super) fn lines(&mut self, mapping: &Mapping) -> Result<Vec<Result<Row, LineProblem>>, LineProblem> {
        let whole = |say: String| LineProblem { line: 1, column: None, header: String::new(), say, goes: false };
        let headers: Vec<String> = mapping.headers().map(str::to_owned).collect();
        let bytes: Vec<u8> = match self {
            Package::Broken { why, .. } => return Err(whole(format!("開けません（{why}）。送り主に確かめてください"))),
            Package::Folder { table, .. } => read(File::open(&*table), TABLE_BYTES_MAX).map_err(whole)?,
            Package::Archive { zip, .. } => {
                let ending = match mapping.file.format {
                    Format::Csv => ".csv",
                    Format::Xlsx => ".xlsx",
                    Format::Json => ".json",
                };
                let is_table = |name: &str| name.to_lowercase().ends_with(ending) && !shown(name).starts_with('.');
                let table = names(zip).into_iter().find(|(_, name)| is_table(name));
                let (table, _) = table.ok_or_else(|| whole(format!("答えの表（{ending}）が入っていません")))?;
                let entry = zip.by_index(table).map_err(|error| whole(error.to_string()))?;
                read(Ok(entry), TABLE_BYTES_MAX).map_err(whole)?
            }
        };
        let rows = file::rows(mapping, BufReader::new(Cursor::new(bytes))).map_err(|wrong| LineProblem::of_file(&wrong, &headers))?;
        Ok(rows.map(|row| row.map_err(|wrong| LineProblem::of_file(&wrong, &headers))).collect())
    }

    /// A file that a line names: by its plain name, in the package or in the folder of the application's number.
    pub(super) fn file(&mut self, number: &str, name: &str) -> Result<Vec<u8>, String> {
        let name = plain(name).ok_or("名前がファイルの名ではありません")?;
        match self {
            Package::Broken { why, .. } => Err(why.clone()),
            Package::Folder { folder, .. } => {
                let own = plain(number).map(|number| folder.join(number).join(name));
                let path = own.filter(|path| path.is_file()).unwrap_or_else(|| folder.join(name));
                // A link, of the file or of its folder, could lead elsewhere.
                let is_inside = || Some(fs::canonicalize(&path).ok()?.starts_with(fs::canonicalize(&*folder).ok()?));
                let is_plain = fs::symlink_metadata(&path).is_ok_and(|about| about.is_file());
                if !is_plain || is_inside() != Some(true) {
                    return Err("ありません".to_owned());
                }
                read(File::open(&path), FILE_BYTES_MAX)
            }
            Package::Archive { zip, .. } => {
                let (found, _) = names(zip).into_iter().find(|(_, entry)| shown(entry).nfc().eq(name.nfc())).ok_or("ありません")?;
                let entry = zip.by_index(found).map_err(|error| error.to_string())?;
                read(Ok(entry), FILE_BYTES_MAX)
            }
        }
    }

    /// Whether a signature lies beside an application.
    pub(super) fn is_signed(&self, number: &str) -> bool {
        let is_signature = |name: &str| SIGNATURES.iter().any(|ending| name.to_lowercase().ends_with(ending));
        match self {
            Package::Broken { .. } => false,
            Package::Folder { folder, .. } => {
                let own = plain(number).map(|number| folder.join(number));
                let entries = own.and_then(|own| fs::read_dir(own).ok()).into_iter().flatten().flatten();
                entries.into_iter().any(|entry| is_signature(&entry.file_name().to_string_lossy()))
            }
            Package::Archive { zip, .. } => names(zip).iter().any(|(_, name)| is_signature(name)),
        }
    }
}

/// Reads so many bytes and no more: what an archive says of its sizes is not believed.
fn read<R: Read>(from: Result<R, io::Error>, most: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    from.map_err(|error| error.to_string())?.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most { Err("大きすぎます".to_owned()) } else { Ok(bytes) }
}
