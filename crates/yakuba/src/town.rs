//! The town's folder, loaded, with the words of all rooms and of the town over them, and watched: a change takes effect without a restart,
//! unless it has mistakes; then the old version stays and staff read why.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use access::{TownHandle, WordsHandle};
use definitions::{problem::Problem, sources::Sources, text::Language, town::Town};
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
}

impl Loaded {
    /// Loads a folder.
    ///
    /// # Errors
    /// All mistakes of the folder, a line each.
    pub fn open(folder: &Path) -> Result<Loaded, Failure> {
        let town = load(folder)?;
        let words = words(&town)?;
        Ok(Loaded { town: TownHandle::new(town), words: WordsHandle::new(words), folder: folder.to_owned() })
    }

    /// Looks for changes for ever, every two seconds. A folder half written is looked at again. The files are read when one of them was written
    /// to, and made into a town when one of them changed. `takes` is told of a new one before anybody sees it.
    pub async fn watch(self, takes: impl Fn(&Town) + Send + Clone + 'static) {
        let mut last = Looked { digest: self.town.current().digest.clone(), folders: None, mark: None };
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let folder = self.folder.clone();
            let takes = takes.clone();
            let look = move || {
                let changed = last.again(&folder);
                if let Some(Ok((_, town))) = &changed {
                    takes(town);
                }
                (last, changed)
            };
            let Ok((looked, changed)) = tokio::task::spawn_blocking(look).await else { return };
            last = looked;
            match changed {
                None => {}
                Some(Ok((words, town))) => {
                    self.words.replace(words);
                    self.town.replace(town);
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
    /// The digest of what was read.
    digest: String,
    /// The folders that it consisted of, without their files.
    folders: Option<Sources>,
    /// Their mark before they were read: what is written while they are read is seen the next time.
    mark: Option<String>,
}

impl Looked {
    /// What the folder makes now, when it is not what it was.
    fn again(&mut self, folder: &Path) -> Option<Made> {
        let mark = self.folders.as_ref().map(|folders| folders.mark(folder));
        if mark.is_some() && mark == self.mark {
            return None;
        }
        let said = |problems: Vec<Problem>| -> Failure { problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n").into() };
        match Sources::read(folder) {
            Ok(mut sources) => {
                let digest = sources.digest();
                let make = || Town::from_sources(&sources).map_err(said).and_then(|town| Ok((words(&town)?, town)));
                let made = (digest != self.digest).then(make);
                self.digest = digest;
                sources.folders.values_mut().for_each(BTreeMap::clear);
                let are_the_same = self.folders.as_ref().is_some_and(|folders| folders.folders == sources.folders);
                self.mark = mark.filter(|_| are_the_same);
                self.folders = Some(sources);
                made
            }
            Err(problems) => {
                let unreadable = said(problems);
                let digest = unreadable.to_string();
                let is_news = digest != self.digest;
                *self = Looked { digest, folders: None, mark: None };
                is_news.then_some(Err(unreadable))
            }
        }
    }
}

/// How soon a change is seen.
const LOOK_EVERY: Duration = Duration::from_secs(2);

fn load(folder: &Path) -> Result<Town, Failure> {
    Town::load(folder).map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n").into())
}

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

/// The words of all rooms with the town's own over them.
///
/// # Errors
/// When a file of words cannot be read.
pub fn words(town: &Town) -> Result<Words, Failure> {
    let own: Vec<(Language, &str)> =
        town.words.iter().flat_map(|(language, rooms)| rooms.values().flatten().map(|text| (*language, text.as_ref()))).collect();
    Words::new(rooms(), own).map_err(|bad| bad.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n").into())
}
