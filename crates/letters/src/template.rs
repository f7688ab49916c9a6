//! # ひな形 Templates
//!
//! The Typst files of a town: `letters/*.typ` and the drawings beside them (`.svg`, `.png`), the municipality's over the prefecture's over the
//! base's, file by file. A letter is typeset from the set of files as it was when it was ordered.

use std::{collections::BTreeMap, fs, io, path::Path};

use definitions::town::Town;
use sha2::{Digest, Sha256};

/// The files of a town's templates by name (`parts.typ`), merged over its base.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates {
    files: BTreeMap<String, Vec<u8>>,
}

/// A drawing or template larger than this is a mistake: a page's text has 4 kB, a seal as SVG some 50 kB.
const FILE_BYTES_MAX: u64 = 1_000_000;

/// What templates may consist of.
const ENDINGS: [&str; 3] = [".typ", ".svg", ".png"];

impl Templates {
    /// Reads the `letters` folders of a town and of what it lies over, lowest first: base, prefecture, municipality. A missing folder is empty.
    ///
    /// # Errors
    /// When a file cannot be read, or is larger than a template may be.
    pub fn load<'a>(folders: impl IntoIterator<Item = &'a Path>) -> io::Result<Templates> {
        let mut files = BTreeMap::new();
        for folder in folders {
            let entries = match fs::read_dir(folder.join("letters")) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            for entry in entries {
                let entry = entry?;
                let Ok(name) = entry.file_name().into_string() else { continue };
                if !ENDINGS.iter().any(|ending| name.ends_with(ending)) || !entry.file_type()?.is_file() {
                    continue;
                }
                if entry.metadata()?.len() > FILE_BYTES_MAX {
                    return Err(io::Error::new(
                        io::ErrorKind::FileTooLarge,
                        format!("{}: larger than a template may be", entry.path().display()),
                    ));
                }
                files.insert(name, fs::read(entry.path())?);
            }
        }
        Ok(Templates { files })
    }

    /// The templates of a loaded town.
    pub fn of_town(town: &Town) -> Templates {
        let templates = town.letters.values().map(|template| (format!("{}.typ", template.id), template.source.as_bytes().to_vec()));
        let parts = town.letter_parts.iter().map(|(name, source)| (name.clone(), source.as_bytes().to_vec()));
        let drawings = town.pictures.iter().filter_map(|(path, bytes)| {
            let name = path.strip_prefix("letters/").unwrap_or(path);
            (!name.contains('/') && ENDINGS.iter().any(|ending| name.ends_with(ending))).then(|| (name.to_owned(), bytes.to_vec()))
        });
        Templates { files: templates.chain(parts).chain(drawings).collect() }
    }

    /// Templates out of what was read elsewhere.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Templates {
        Templates { files: files.into_iter().collect() }
    }

    /// Each file with its name, in order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// Whether there is a template of this id.
    pub fn has(&self, template: &str) -> bool {
        self.files.contains_key(&format!("{template}.typ"))
    }

    /// The ids of all templates. `parts.typ` is what they share.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.files.keys().filter_map(|name| name.strip_suffix(".typ")).filter(|id| *id != "parts")
    }

    /// The digest of all files: two towns with the same files have the same.
    pub fn digest(&self) -> String {
        crate::hex(&Sha256::digest(self.to_bytes()))
    }

    /// All files in one piece, as it is kept with the letters ordered from them.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, content) in &self.files {
            for part in [name.as_bytes(), content] {
                bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
                bytes.extend_from_slice(part);
            }
        }
        bytes
    }

    /// What [`Templates::to_bytes`] made. `None` when the bytes are damaged.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Templates> {
        let mut files = BTreeMap::new();
        while !bytes.is_empty() {
            let name = String::from_utf8(part(&mut bytes)?.to_vec()).ok()?;
            files.insert(name, part(&mut bytes)?.to_vec());
        }
        Some(Templates { files })
    }
}

/// One length-prefixed part off the front.
fn part<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let (part, rest) = rest.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
    *bytes = rest;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &Path, name: &str, text: &str) {
        fs::create_dir_all(folder.join("letters")).unwrap();
        fs::write(folder.join("letters").join(name), text).unwrap();
    }

    #[test]
    fn the_town_replaces_files_of_its_base_and_keeps_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let (base, town) = (folder.path().join("base"), folder.path().join("mihon"));
        file(&base, "parts.typ", "base");
        file(&base, "notice.typ", "base");
        file(&town, "notice.typ", "town");
        file(&town, "notes.txt", "no template");
        let templates = Templates::load([base.as_path(), folder.path().join("prefecture").as_path(), town.as_path()]).unwrap();
        assert_eq!(templates.iter().collect::<Vec<_>>(), [("notice.typ", b"town".as_slice()), ("parts.typ", b"base".as_slice())]);
        assert_eq!(templates.ids().collect::<Vec<_>>(), ["notice"]);
    }

    #[test]
    fn a_kept_set_of_files_comes_back_and_a_cut_one_does_not() {
        let templates = Templates::from_files([("a.typ".into(), b"1".to_vec()), ("b.svg".into(), vec![])]);
        let bytes = templates.to_bytes();
        assert_eq!(Templates::from_bytes(&bytes), Some(templates));
        for cut in 1..bytes.len() {
            assert_ne!(Templates::from_bytes(&bytes[..cut]).map(|t| t.files.len()), Some(2), "{cut}");
        }
    }
}
