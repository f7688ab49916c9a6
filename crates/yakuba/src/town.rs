//! The town's folder, loaded, with the words of all rooms and of the town over them, and watched: a change takes effect without a restart,
//! unless it has mistakes; then the old version stays and staff read why.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::Duration,
};

use access::{Clock, TownHandle, WordsHandle};
use definitions::{library::Library, problem::Problem, sources::Sources, text::Language, town::Town};
use revisions::layer::{Layer, Shelf};
use ui::words::{RoomWords, Words};

use crate::Failure;

/// The town and its words, as all pages see them.
#[derive(Clone)]
pub struct Loaded {
    /// The definitions.
    pub town: TownHandle,
    /// The words.
    pub words: WordsHandle,
    folder: PathBuf,
    /// What it shares with other towns in this process.
    library: Library,
    /// From where what was published at the desk is read, once the stores are open.
    shelf: Arc<OnceLock<Shelf>>,
}

impl Loaded {
    /// The town's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Loads a folder.
    ///
    /// # Errors
    /// All mistakes of the folder, a line each.
    pub fn open(folder: &Path) -> Result<Loaded, Failure> {
        Loaded::open_in(folder, &Library::open())
    }

    /// The same beside other towns, with which it shares what is the same.
    ///
    /// # Errors
    /// As [`Loaded::open`].
    pub fn open_in(folder: &Path, library: &Library) -> Result<Loaded, Failure> {
        let (words, town) = make(&Sources::read(folder).map_err(said)?, library)?;
        let (town, words) = (TownHandle::new(town), WordsHandle::new(words));
        Ok(Loaded { town, words, folder: folder.to_owned(), library: library.clone(), shelf: Arc::default() })
    }

    /// Lays what was published at the desk over the folder, now and from now on. Called once, before anybody comes in. What does not fit the
    /// folder any more stays out, and staff read why: a town hall that opens with one text too old is better than one that stays shut.
    ///
    /// # Errors
    /// When the store fails.
    pub fn lie_under(&self, shelf: Shelf) -> Result<(), Failure> {
        let folder = Sources::read(&self.folder).map_err(said)?;
        let layer = shelf.layer(&folder, Clock::Real.today(), Clock::Real.now())?;
        let _ = self.shelf.set(shelf);
        if layer.is_empty() {
            return Ok(());
        }
        let mut fits = Layer::default();
        let mut refused = None;
        match make(&layer.over(folder.clone()), &self.library) {
            Ok((words, town)) => self.take(words, town),
            Err(failure) => {
                refused = Some(failure.to_string());
                for publication in layer.published {
                    fits.published.push(publication);
                    if make(&fits.over(folder.clone()), &self.library).is_err() {
                        fits.published.pop();
                    }
                }
                let (words, town) = make(&fits.over(folder), &self.library)?;
                self.take(words, town);
            }
        }
        if let Some(refused) = refused {
            tracing::warn!(mistakes = refused.lines().count(), "what was published at the desk does not fit the town's folder any more");
            self.town.refuse(refused.as_str());
        }
        Ok(())
    }

    /// Forgets what was read on the way: once all towns of a process are open, nobody asks for it until a file is changed.
    pub fn all_are_open(&self) {
        self.library.close();
    }

    fn take(&self, words: Words, town: Town) {
        self.words.replace(words);
        self.town.replace(town);
    }

    /// Looks for changes for ever, every two seconds. A folder half written is looked at again. The files are read when one of them was written
    /// to or something was published, and made into a town when anything changed. `takes` is told of a new one before anybody sees it.
    pub async fn watch(self, takes: impl Fn(&Town) + Send + Clone + 'static) {
        let mut last = Looked { digest: self.town.current().digest.clone(), folders: None, marks: None };
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let (folder, shelf, library) = (self.folder.clone(), Arc::clone(&self.shelf), self.library.clone());
            let takes = takes.clone();
            let look = move || {
                let changed = last.again(&folder, shelf.get(), &library);
                if let Some(Ok((_, town))) = &changed {
                    takes(town);
                }
                (last, changed)
            };
            let Ok((looked, changed)) = tokio::task::spawn_blocking(look).await else { return };
            last = looked;
            if changed.is_some() {
                self.library.close();
            }
            match changed {
                None => {}
                Some(Ok((words, town))) => {
                    self.take(words, town);
                    tracing::info!("the town's folder changed and was taken");
                }
                Some(Err(failure)) => {
                    let said = failure.to_string();
                    tracing::warn!(mistakes = said.lines().count(), "the town's folder changed and has mistakes; the old version stays");
                    self.town.refuse(said.as_str());
                }
            }
        }
    }
}

/// A town and its words, or what is wrong with its folder.
type Made = Result<(Words, Town), Failure>;

/// A folder as it was last looked at.
struct Looked {
    /// The digest of what was read, with what was published over it.
    digest: String,
    /// The folders that it consisted of, without their files.
    folders: Option<Sources>,
    /// Their mark, and that of what was published, before anything was read: what is written meanwhile is seen the next time.
    marks: Option<(String, String)>,
}

impl Looked {
    /// What the folder makes now, when it is not what it was.
    fn again(&mut self, folder: &Path, shelf: Option<&Shelf>, library: &Library) -> Option<Made> {
        let published = match shelf.map(|shelf| shelf.mark(Clock::Real.today())).transpose() {
            Ok(mark) => mark.unwrap_or_default(),
            // A store that is away for a moment: what is in force stays, and the next look is in two seconds.
            Err(error) => {
                tracing::warn!(%error, "what was published at the desk could not be read");
                return None;
            }
        };
        let marks = self.folders.as_ref().map(|folders| (library.mark(folders, folder), published));
        if marks.is_some() && marks == self.marks {
            return None;
        }
        let sources = match Sources::read(folder) {
            Ok(sources) => sources,
            Err(problems) => {
                let unreadable = said(problems);
                let digest = unreadable.to_string();
                let is_news = digest != self.digest;
                *self = Looked { digest, folders: None, marks: None };
                return is_news.then_some(Err(unreadable));
            }
        };
        let mut folders = sources.clone();
        folders.folders.values_mut().for_each(BTreeMap::clear);
        let are_the_same = self.folders.as_ref().is_some_and(|known| known.folders == folders.folders);
        let laid = match laid(sources, shelf) {
            Ok(laid) => laid,
            Err(error) => {
                tracing::warn!(%error, "what was published at the desk could not be read");
                return None;
            }
        };
        let digest = laid.digest();
        let made = (digest != self.digest).then(|| make(&laid, library));
        *self = Looked { digest, folders: Some(folders), marks: marks.filter(|_| are_the_same) };
        made
    }
}

fn laid(folder: Sources, shelf: Option<&Shelf>) -> Result<Sources, revisions::revision::Refused> {
    let Some(shelf) = shelf else { return Ok(folder) };
    Ok(shelf.layer(&folder, Clock::Real.today(), Clock::Real.now())?.over(folder))
}

fn make(sources: &Sources, library: &Library) -> Made {
    let town = library.town(sources).map_err(said)?;
    Ok((words(&town)?, town))
}

fn said(problems: Vec<Problem>) -> Failure {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n").into()
}

/// How soon a change is seen.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The words of every room.
pub fn rooms() -> impl Iterator<Item = RoomWords> {
    [
        ui::words::words(),
        access::words(),
        registry::words(),
        letters::words(),
        paper::words(),
        messages::words(),
        cases::words(),
        rounds::words(),
        exchange::words(),
        figures::words(),
        api::words(),
        revisions::words(),
        crate::demo::words(),
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The words of all rooms with the town's own over them; towns without words of their own share one copy.
///
/// # Errors
/// When a file of words cannot be read.
pub fn words(town: &Town) -> Result<Words, Failure> {
    static PLAIN: OnceLock<Words> = OnceLock::new();
    if town.words.is_empty() {
        if let Some(plain) = PLAIN.get() {
            return Ok(plain.shared());
        }
        let plain = words_with(&[])?;
        return Ok(PLAIN.get_or_init(|| plain).shared());
    }
    let own: Vec<(Language, &str)> =
        town.words.iter().flat_map(|(language, rooms)| rooms.values().flatten().map(|text| (*language, text.as_ref()))).collect();
    words_with(&own)
}

fn words_with(own: &[(Language, &str)]) -> Result<Words, Failure> {
    Words::new(rooms(), own.iter().copied()).map_err(|bad| bad.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n").into())
}
