//! What was read of a town's folders: files as bytes, folder by folder. Kept by digest, it is the published definition.

use std::{collections::BTreeMap, fs::Metadata, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    postal::{POSTAL_FILE, PostalFile},
    problem::{Place, Problem},
    version::hex_digest,
};

/// Most bytes of one file. The longest definition is below 100 kB; a seal as SVG or a photograph of the mark below 1 MB.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// Most files of one folder: 300 procedures with words in five languages, letters and messages are about 3,000.
const FILES_MAX: usize = 20_000;
/// Deepest folder below a town's.
const DEPTH_MAX: usize = 8;

/// The files of a town's folder and of those below it, by folder name and path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    /// The folder that is the town.
    pub town: String,
    /// What stands before the folders' names when a problem names a file: `towns/`.
    #[serde(skip)]
    pub root: String,
    /// The postal codes of the nearest folder that has them. They are no definitions: what was published is not kept with them.
    #[serde(skip)]
    pub postal: Option<PostalFile>,
    /// Folder name → relative path with `/` → bytes.
    pub folders: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
}

impl Sources {
    /// Reads a town's folder and its siblings that it may lie over.
    ///
    /// # Errors
    /// When the folder cannot be read, or holds more or larger files than a town's folder can.
    pub fn read(folder: &Path) -> Result<Sources, Vec<Problem>> {
        let root = folder.parent().map(|parent| parent.display().to_string()).filter(|parent| !parent.is_empty());
        let root = root.map(|parent| format!("{}/", parent.trim_end_matches('/'))).unwrap_or_default();
        let folder = folder.canonicalize().map_err(|error| vec![unreadable(&folder.display().to_string(), &error.to_string())])?;
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut sources = Sources { town: name.clone(), root, postal: PostalFile::of(&folder), folders: BTreeMap::new() };
        let mut problems = Vec::new();
        sources.folders.insert(name, read_folder(&folder, &mut problems));
        let siblings = folder.parent().and_then(|parent| std::fs::read_dir(parent).ok());
        for entry in siblings.into_iter().flatten().flatten() {
            let path = entry.path();
            let sibling = entry.file_name().to_string_lossy().into_owned();
            if path.join("town.yaml").is_file() && !sources.folders.contains_key(&sibling) {
                sources.folders.insert(sibling, BTreeMap::new());
            }
        }
        sources.read_what_is_lain_over(&folder, &mut problems);
        if problems.is_empty() { Ok(sources) } else { Err(problems) }
    }

    /// Siblings are read only where an `over:` names them: a broken neighbour is no fault of this town.
    fn read_what_is_lain_over(&mut self, folder: &Path, problems: &mut Vec<Problem>) {
        let mut current = self.town.clone();
        let mut seen = vec![current.clone()];
        while let Some(over) = self.over(&current) {
            if seen.contains(&over) || !self.folders.contains_key(&over) {
                break;
            }
            if let Some(parent) = folder.parent() {
                let files = read_folder(&parent.join(&over), problems);
                self.postal = self.postal.take().or_else(|| PostalFile::of(&parent.join(&over)));
                self.folders.insert(over.clone(), files);
            }
            seen.push(over.clone());
            current = over;
        }
        self.folders.retain(|name, _| seen.contains(name));
    }

    /// The folder that a folder's `town.yaml` names in `over:`, as far as it can be read.
    pub(crate) fn over(&self, folder: &str) -> Option<String> {
        let bytes = self.folders.get(folder)?.get("town.yaml")?;
        let file = format!("{folder}/town.yaml");
        let (documents, _) = crate::read::read(&file, bytes);
        documents.iter().find_map(|document| document.get("over")?.text().map(|text| text.to_owned()))
    }

    /// What lies below the town: the folder that it lies over with those further down. `None`: it lies over nothing.
    pub fn below(&self) -> Option<Sources> {
        let over = self.over(&self.town).filter(|over| self.folders.contains_key(over))?;
        let folders = self.folders.iter().filter(|(name, _)| **name != self.town);
        let folders = folders.map(|(name, files)| (name.clone(), files.clone())).collect();
        Some(Sources { town: over, root: self.root.clone(), postal: None, folders })
    }

    /// A mark that changes when any file of these folders, or the codes beside them, is written, added or taken away: by names, lengths and
    /// times of writing, without reading a file. Who watches a folder reads it when its mark has changed.
    pub fn mark(&self, folder: &Path) -> String {
        self.mark_by(folder, &mark_of)
    }

    /// The same by the marks of single folders.
    pub(crate) fn mark_by(&self, folder: &Path, mark_of: &dyn Fn(&Path) -> String) -> String {
        let mut marks = String::new();
        for name in self.folders.keys() {
            let place = if *name == self.town { Some(folder.to_owned()) } else { folder.parent().map(|parent| parent.join(name)) };
            marks.push_str(&format!("{name} {}\n", place.as_deref().map(mark_of).unwrap_or_default()));
        }
        hex_digest(marks.as_bytes())
    }

    /// Digest of all files.
    pub fn digest(&self) -> String {
        let mut all = String::new();
        for (folder, files) in &self.folders {
            for (path, bytes) in files {
                all.push_str(&format!("{folder}/{path} {}\n", hex_digest(bytes)));
            }
        }
        all.extend(self.postal.iter().map(PostalFile::mark));
        hex_digest(all.as_bytes())
    }
}

/// The mark of one folder.
pub(crate) fn mark_of(folder: &Path) -> String {
    let (mut marks, mut problems) = (Vec::new(), Vec::new());
    walk(folder, &mut problems, &mut |relative, _, metadata| {
        marks.push(format!("{relative} {} {:?}", metadata.len(), metadata.modified().ok()));
    });
    marks.extend(PostalFile::of(folder).map(|postal| postal.mark()));
    marks.extend(problems.iter().map(ToString::to_string));
    marks.sort_unstable();
    hex_digest(marks.join("\n").as_bytes())
}

fn unreadable(what: &str, why: &str) -> Problem {
    Problem::new(&Place::file(what), format!("読めない：{why}"), "まちのフォルダ（town.yaml のあるところ）を指す")
}

fn read_folder(folder: &Path, problems: &mut Vec<Problem>) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut broken = Vec::new();
    walk(folder, problems, &mut |relative, path, metadata| {
        if metadata.len() > FILE_BYTES_MAX || files.len() >= FILES_MAX {
            broken.push(Problem::new(
                &Place::file(&path.display().to_string()),
                "まちのフォルダには多すぎる（1 ファイル 4 MB、20,000 ファイルまで）",
                "写真やデータは別の場所に置く",
            ));
            return;
        }
        match std::fs::read(path) {
            Ok(bytes) => {
                files.insert(relative, bytes);
            }
            Err(error) => broken.push(unreadable(&path.display().to_string(), &error.to_string())),
        }
    });
    problems.append(&mut broken);
    files
}

/// Every file below a folder that is the town's.
fn walk(folder: &Path, problems: &mut Vec<Problem>, take: &mut dyn FnMut(String, &Path, &Metadata)) {
    let mut waiting = vec![(folder.to_owned(), String::new(), 0_usize)];
    while let Some((path, prefix, depth)) = waiting.pop() {
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                problems.push(unreadable(&path.display().to_string(), &error.to_string()));
                continue;
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            // Editors and version control leave hidden files and backups behind: none of them is the town's.
            // The nation's postal codes are read by themselves.
            if name.starts_with('.') || name.ends_with('~') || (depth == 0 && name == POSTAL_FILE) {
                continue;
            }
            let relative = format!("{prefix}{name}");
            let Ok(metadata) = entry.metadata() else { continue };
            if !metadata.is_dir() {
                take(relative, &entry.path(), &metadata);
            } else if depth < DEPTH_MAX {
                waiting.push((entry.path(), format!("{relative}/"), depth + 1));
            }
        }
    }
}
