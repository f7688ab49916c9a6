//! # 書庫 Library
//!
//! Towns that lie over the same folders hold the same procedures. In a library what one of them has read and made is there for the next:
//! a hundred towns over one nation's folder read it once and keep one copy of each procedure that they leave as it is; a town of which one
//! file was changed makes that procedure anew and no other. Everything is found by what stands in it and where, never by its name alone.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use indexmap::IndexMap;

use crate::{
    lower::{self, Folder, Purpose},
    problem::{Place, Problem},
    procedure::Procedure,
    read::{Entry, Node, Value},
    sources::{self, Sources},
    text::Text,
    town::Town,
    words::Layer,
};

/// How long the mark of a folder is taken for what it is.
const MARKS_LAST: Duration = Duration::from_secs(1);

/// What several towns hold in common. Clones are the same library.
#[derive(Clone, Default)]
pub struct Library {
    /// None: nothing is kept, as for a town that is read once.
    shelves: Option<Arc<Shelves>>,
}

/// By what a thing is found: two hashes of its content under keys of this process, so that nobody can write two things that look the same.
pub(crate) type Print = (u64, u64);

/// The texts of a procedure, each with its place.
pub(crate) type Texts = Arc<[(Text, Place)]>;

/// What is written of a procedure.
#[derive(Clone)]
pub(crate) struct Written {
    /// All of it: words, lines and columns.
    print: Print,
    /// The registers and facts of people that it may mean: whatever it says that is called as one of them.
    names: Vec<String>,
}

/// A procedure that was made without a mistake.
#[derive(Clone)]
pub(crate) struct Kept {
    /// The procedure.
    pub(crate) procedure: Arc<Procedure>,
    /// Its texts, each with its place.
    pub(crate) texts: Texts,
}

/// By what a made procedure is found.
#[derive(Clone, Copy)]
pub(crate) struct MadeOf {
    written: Print,
    with: Print,
}

/// The tree of a procedure.
type Tree = Arc<IndexMap<String, Entry>>;

/// Texts and the folder that says all of them; held, so that nothing else comes to lie where they are.
struct Translated {
    _texts: Texts,
    _layer: Arc<Layer>,
}

#[derive(Default)]
struct Shelves {
    keys: (RandomState, RandomState),
    /// Folders as they were read; until the library closes.
    folders: Mutex<HashMap<Print, Arc<Folder>>>,
    /// What is written in the trees of these folders, by tree and by the names that it may mean; the trees are held, so that nothing else comes
    /// to lie where they are.
    written: Mutex<HashMap<(usize, Print), (Tree, Written)>>,
    /// Texts of which a folder says everything in all languages, by the places of both.
    translated: Mutex<HashMap<(usize, usize), Translated>>,
    /// The mark of each folder as it was a moment ago: a hundred towns look at one nation's folder.
    marks: Mutex<HashMap<PathBuf, (Instant, String)>>,
    /// By what was written, then by what it was made with.
    procedures: Mutex<HashMap<Print, HashMap<Print, Kept>>>,
}

impl Library {
    /// A library that keeps what it reads.
    pub fn open() -> Library {
        Library { shelves: Some(Arc::default()) }
    }

    /// Reads a town's folder and those that it lies over, and gives the merged result.
    ///
    /// # Errors
    /// As [`Town::load`].
    pub fn load(&self, folder: &Path) -> Result<Town, Vec<Problem>> {
        self.town(&Sources::read(folder)?)
    }

    /// The same from what was read before.
    ///
    /// # Errors
    /// As [`Town::load`].
    pub fn town(&self, sources: &Sources) -> Result<Town, Vec<Problem>> {
        let loaded = lower::load_to_serve(sources, self);
        match loaded.town {
            Some(town) if loaded.problems.is_empty() => Ok(town),
            _ => Err(loaded.problems),
        }
    }

    /// [`Sources::mark`]; a folder that another town looked at within this second is not looked at again.
    pub fn mark(&self, sources: &Sources, folder: &Path) -> String {
        let Some(shelves) = &self.shelves else { return sources.mark(folder) };
        sources.mark_by(folder, &|folder| {
            let mut marks = unpoisoned(&shelves.marks);
            if let Some((_, mark)) = marks.get(folder).filter(|(looked, _)| looked.elapsed() < MARKS_LAST) {
                return mark.clone();
            }
            let mark = sources::mark_of(folder);
            marks.insert(folder.to_owned(), (Instant::now(), mark.clone()));
            mark
        })
    }

    /// Forgets the folders and the procedures that no town holds: once all towns are there, nobody asks for them until a file is changed.
    pub fn close(&self) {
        let Some(shelves) = &self.shelves else { return };
        unpoisoned(&shelves.folders).clear();
        unpoisoned(&shelves.written).clear();
        unpoisoned(&shelves.translated).clear();
        let mut procedures = unpoisoned(&shelves.procedures);
        procedures.values_mut().for_each(|kept| kept.retain(|_, kept| Arc::strong_count(&kept.procedure) > 1));
        procedures.retain(|_, kept| !kept.is_empty());
        procedures.shrink_to_fit();
    }

    /// How many procedures are kept.
    pub fn procedures(&self) -> usize {
        self.shelves.as_ref().map_or(0, |shelves| unpoisoned(&shelves.procedures).values().map(HashMap::len).sum())
    }

    /// The folders of a chain, read if they are not there.
    pub(crate) fn folders(&self, sources: &Sources, chain: &[String], purpose: Purpose) -> Vec<Arc<Folder>> {
        let read = |name: &String| match &self.shelves {
            Some(shelves) => shelves.folder(sources, name, purpose),
            None => Arc::new(Folder::read(sources, name, purpose)),
        };
        chain.iter().map(read).collect()
    }

    /// What is written of each of these procedures in a town with registers and facts of people of these names; nothing where nothing is kept.
    pub(crate) fn written<'n>(
        &self,
        procedures: impl Iterator<Item = (&'n str, &'n Node)>,
        names: &HashSet<&str>,
    ) -> HashMap<String, Written> {
        let Some(shelves) = &self.shelves else { return HashMap::new() };
        let mut sorted: Vec<&&str> = names.iter().collect();
        sorted.sort_unstable();
        let mut hasher = shelves.hasher();
        sorted.hash(&mut hasher);
        let among = hasher.print();
        let mut known = unpoisoned(&shelves.written);
        procedures
            .filter_map(|(id, node)| {
                let Value::Map(tree) = &node.value else { return None };
                let key = (Arc::as_ptr(tree) as usize, among);
                if let Some((_, written)) = known.get(&key) {
                    return Some((id.to_owned(), written.clone()));
                }
                let mut reading = Reading { hasher: shelves.hasher(), names, mentioned: BTreeSet::new() };
                id.hash(&mut reading.hasher);
                reading.node(node, None);
                let names = reading.mentioned.into_iter().map(str::to_owned).collect();
                let written = Written { print: reading.hasher.print(), names };
                // Only what lies in a folder comes again as the same tree.
                if Arc::strong_count(tree) > 1 {
                    known.insert(key, (Arc::clone(tree), written.clone()));
                }
                Some((id.to_owned(), written))
            })
            .collect()
    }

    /// By what something is found that can be shown.
    pub(crate) fn print_of(&self, shown: &str) -> Option<Print> {
        let mut hasher = self.shelves.as_ref()?.hasher();
        shown.hash(&mut hasher);
        Some(hasher.print())
    }

    /// By what a procedure is found that was made of this, with what stands behind the names that it may mean.
    pub(crate) fn made_of(&self, written: &Written, behind: &HashMap<&str, Vec<Print>>) -> Option<MadeOf> {
        let mut hasher = self.shelves.as_ref()?.hasher();
        for name in &written.names {
            (name, behind.get(name.as_str())).hash(&mut hasher);
        }
        Some(MadeOf { written: written.print, with: hasher.print() })
    }

    /// Whether a procedure was once made of what is written there without a mistake.
    pub(crate) fn is_sound(&self, written: &Written) -> bool {
        self.shelves.as_ref().is_some_and(|shelves| unpoisoned(&shelves.procedures).contains_key(&written.print))
    }

    /// The procedure that was made of this.
    pub(crate) fn find(&self, of: MadeOf) -> Option<Kept> {
        unpoisoned(&self.shelves.as_ref()?.procedures).get(&of.written)?.get(&of.with).cloned()
    }

    /// Whether a folder says everything of these texts in all languages: once found, not looked for again.
    pub(crate) fn says_all(&self, texts: &Texts, layer: &Arc<Layer>, look: impl FnOnce() -> bool) -> bool {
        let Some(shelves) = &self.shelves else { return look() };
        let key = (texts.as_ptr() as usize, Arc::as_ptr(layer) as usize);
        if unpoisoned(&shelves.translated).contains_key(&key) {
            return true;
        }
        let says_all = look();
        if says_all {
            let held = Translated { _texts: Arc::clone(texts), _layer: Arc::clone(layer) };
            unpoisoned(&shelves.translated).insert(key, held);
        }
        says_all
    }

    /// Keeps a procedure.
    pub(crate) fn keep(&self, of: MadeOf, kept: Kept) {
        if let Some(shelves) = &self.shelves {
            unpoisoned(&shelves.procedures).entry(of.written).or_default().insert(of.with, kept);
        }
    }
}

impl Shelves {
    fn hasher(&self) -> TwoHashers {
        TwoHashers(self.keys.0.build_hasher(), self.keys.1.build_hasher())
    }

    fn folder(&self, sources: &Sources, name: &str, purpose: Purpose) -> Arc<Folder> {
        let mut hasher = self.hasher();
        (&sources.root, name, purpose, sources.folders.get(name)).hash(&mut hasher);
        let print = hasher.print();
        if let Some(folder) = unpoisoned(&self.folders).get(&print) {
            return Arc::clone(folder);
        }
        // Two towns that open at once may both read it; the result is the same.
        let folder = Arc::new(Folder::read(sources, name, purpose));
        unpoisoned(&self.folders).insert(print, Arc::clone(&folder));
        folder
    }
}

/// What a reader left half done on a panic is whole all the same: every shelf is changed by one call.
fn unpoisoned<T>(shelf: &Mutex<T>) -> MutexGuard<'_, T> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

struct TwoHashers(DefaultHasher, DefaultHasher);

impl TwoHashers {
    fn print(&self) -> Print {
        (self.0.finish(), self.1.finish())
    }
}

impl Hasher for TwoHashers {
    fn finish(&self) -> u64 {
        self.0.finish()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
        self.1.write(bytes);
    }
}

/// A walk through everything of a node: its words, and where they stand, since problems name their lines.
struct Reading<'r> {
    hasher: TwoHashers,
    names: &'r HashSet<&'r str>,
    mentioned: BTreeSet<&'r str>,
}

impl Reading<'_> {
    fn node(&mut self, node: &Node, file: Option<&Arc<str>>) {
        self.place(&node.place, file);
        let file = Some(&node.place.file);
        match &node.value {
            Value::Nothing => self.hasher.write_u8(0),
            Value::Text { text, inset } => {
                (1_u8, text, inset).hash(&mut self.hasher);
                self.mentions(text);
            }
            Value::List(list) => {
                (2_u8, list.len()).hash(&mut self.hasher);
                list.iter().for_each(|member| self.node(member, file));
            }
            Value::Map(map) => {
                (3_u8, map.len()).hash(&mut self.hasher);
                for (key, entry) in map.iter() {
                    key.hash(&mut self.hasher);
                    self.mentions(key);
                    self.place(&entry.key, file);
                    self.node(&entry.node, file);
                }
            }
        }
    }

    /// The file is told once for all that stands in it.
    fn place(&mut self, place: &Place, file: Option<&Arc<str>>) {
        if file.is_none_or(|file| !Arc::ptr_eq(file, &place.file)) {
            place.file.hash(&mut self.hasher);
        }
        (place.line, place.column).hash(&mut self.hasher);
    }

    fn mentions(&mut self, text: &str) {
        let words = text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')).filter(|word| !word.is_empty());
        self.mentioned.extend(words.filter_map(|word| self.names.get(word).copied()));
    }
}
