//! The YAML of a town's folders, read several files at a time: half of what loading takes, and no file knows of another.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::translated::TranslationFile;
use crate::{
    problem::Problem,
    read::{Node, read},
    sources::Sources,
};

/// What one file holds, as far as it can be read, and what is wrong with it.
pub(super) struct Reading {
    /// Documents in YAML.
    pub(super) documents: Vec<Node>,
    /// What it says in other languages. Of these no tree is kept.
    pub(super) translations: Vec<TranslationFile>,
    /// What is wrong.
    pub(super) problems: Vec<Problem>,
}

impl Reading {
    fn of(file: &str, path: &str, bytes: &[u8]) -> Reading {
        let is_translation = path.starts_with("words/");
        if let Some(translation) = is_translation.then(|| TranslationFile::of_lines(file, bytes)).flatten() {
            return Reading { documents: Vec::new(), translations: vec![translation], problems: Vec::new() };
        }
        let (documents, problems) = read(file, bytes);
        if is_translation {
            let translations = documents.iter().map(TranslationFile::of).collect();
            return Reading { documents: Vec::new(), translations, problems };
        }
        Reading { documents, translations: Vec::new(), problems }
    }
}

/// Most files that are read at a time: a town hall's server has other work.
const WORKERS_MAX: usize = 4;
/// Below so many files for each, a second worker costs more than it saves.
const FILES_MIN: usize = 16;

/// The files that were read, by their name in problems.
pub(super) struct Readings(HashMap<String, Reading>);

impl Readings {
    /// Reads the YAML of these folders.
    pub(super) fn of(sources: &Sources, folders: &[String]) -> Readings {
        let there = folders.iter().filter_map(|folder| sources.folders.get_key_value(folder));
        let files = there.flat_map(|(folder, files)| files.iter().map(move |(path, bytes)| (folder.as_str(), path.as_str(), bytes)));
        let files: Vec<_> = files.filter(|(_, path, _)| path.ends_with(".yaml") || path.ends_with(".yml")).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some((folder, path, bytes)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                let file = format!("{}{folder}/{path}", sources.root);
                let reading = Reading::of(&file, path, bytes);
                done.push((file, reading));
            }
            done
        };
        let workers = thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX).min(files.len() / FILES_MIN);
        thread::scope(|scope| {
            let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
            let mut all: HashMap<_, _> = work().into_iter().collect();
            for other in others {
                // A worker that panicked has done so by a mistake of ours: it goes on here.
                all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            Readings(all)
        })
    }

    /// What a file holds; of one that is no YAML, nothing.
    pub(super) fn take(&mut self, file: &str) -> Option<Reading> {
        self.0.remove(file)
    }
}
