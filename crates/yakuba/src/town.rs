//! The town's folder, loaded, with the words of all rooms and of the town over them, and watched: a change takes effect without a restart,
//! unless it has mistakes; then the old version stays and staff read why.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use access::{TownHandle, WordsHandle};
use definitions::{text::Language, town::Town};
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

    /// Looks for changes for ever, every two seconds. A folder half written is looked at again.
    pub async fn watch(self) {
        let mut known = self.town.current().digest.clone();
        let mut refused = String::new();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let folder = self.folder.clone();
            let Ok(loaded) = tokio::task::spawn_blocking(move || load(&folder).and_then(|town| Ok((words(&town)?, town)))).await else {
                continue;
            };
            match loaded {
                Ok((words, town)) if town.digest != known => {
                    known.clone_from(&town.digest);
                    refused.clear();
                    self.words.replace(words);
                    self.town.replace(town);
                    tracing::info!("the town's folder changed and was taken");
                }
                Ok(_) => {
                    if !refused.is_empty() {
                        // Mended back to what is in force.
                        refused.clear();
                        if let Ok(town) = load(&self.folder) {
                            self.town.replace(town);
                        }
                    }
                }
                Err(failure) => {
                    let said = failure.to_string();
                    if said != refused {
                        tracing::warn!(
                            mistakes = said.lines().count(),
                            "the town's folder changed and has mistakes; the old version stays"
                        );
                        self.town.refuse(said.as_str());
                        refused = said;
                    }
                }
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
    [ui::words::words(), access::words(), registry::words(), letters::words(), messages::words(), cases::words(), crate::demo::words()]
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
