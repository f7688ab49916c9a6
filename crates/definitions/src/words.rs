//! # 言葉 Other languages
//!
//! Definitions hold Japanese. Other languages stand in `words/<language>/`, named by the path of the text, with the Japanese
//! that they translate beside them: when the Japanese changes, the translation is stale and `check` says so.

use std::{borrow::Borrow, fmt, hash::Hash, ops::Deref, sync::Arc};

use foldhash::HashMap;

use crate::{
    lower::Said,
    problem::Place,
    text::{Language, Text},
};

/// Translations of a town's definitions: what each of its folders says, the nation's first. A later folder's replaces an earlier one's.
#[derive(Clone, Debug, Default)]
pub struct Translations {
    layers: Vec<Arc<Layer>>,
}

/// What one folder says in other languages. Towns that lie over the same folder share it.
#[derive(Debug, Default)]
pub struct Layer {
    by_path: HashMap<Language, HashMap<Box<str>, Standing>>,
    by_japanese: HashMap<Language, HashMap<Piece, Piece>>,
}

/// A translation at its place in a folder; none where a place for it was kept but nothing is written yet.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Where it stands.
    pub(crate) place: Place,
    /// What is said.
    pub(crate) translation: Option<Translation>,
}

/// A piece of a text that is kept once: the files of translations are half of what a town holds in memory.
#[derive(Clone)]
pub struct Piece {
    text: Arc<str>,
    from: u32,
    to: u32,
}

impl Piece {
    /// The whole of a text of its own.
    pub fn whole(text: &str) -> Piece {
        // A file has four megabytes at most.
        Piece { to: u32::try_from(text.len()).unwrap_or(0), text: text.into(), from: 0 }
    }

    /// `part` of `text`; none when it lies elsewhere.
    pub fn of(text: &Arc<str>, part: &str) -> Option<Piece> {
        let from = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        let to = from.checked_add(part.len())?;
        text.get(from..to)?;
        Some(Piece { text: Arc::clone(text), from: u32::try_from(from).ok()?, to: u32::try_from(to).ok()? })
    }
}

impl Deref for Piece {
    type Target = str;
    fn deref(&self) -> &str {
        self.text.get(self.from as usize..self.to as usize).unwrap_or_default()
    }
}

impl Borrow<str> for Piece {
    fn borrow(&self) -> &str {
        self
    }
}

impl PartialEq for Piece {
    fn eq(&self, other: &Piece) -> bool {
        **self == **other
    }
}

impl Eq for Piece {}

impl Hash for Piece {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// A translation and what it translates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The Japanese, or `sha256:` and the first 16 hex digits of its digest.
    pub of: Piece,
    /// The translation.
    pub say: Piece,
}

impl Translation {
    /// Whether it translates this Japanese.
    pub fn is_fresh(&self, ja: &str) -> bool {
        match self.of.strip_prefix("sha256:") {
            Some(digest) => digest == short_digest(ja),
            None => *self.of == *ja,
        }
    }
}

/// The first 16 hex digits of the SHA-256 of a text: how a translation names a long Japanese text.
pub fn short_digest(ja: &str) -> String {
    let mut digest = crate::version::hex_digest(ja.as_bytes());
    digest.truncate(16);
    digest
}

impl Layer {
    /// Adds a text. What is said later in the folder replaces what was said before.
    pub(crate) fn insert(&mut self, language: Language, said: Said) {
        let Said { path, place, translation } = said;
        if let Some(translation) = translation.as_ref().filter(|translation| !translation.of.starts_with("sha256:")) {
            self.by_japanese.entry(language).or_default().insert(translation.of.clone(), translation.say.clone());
        }
        self.by_path.entry(language).or_default().insert(path.into(), Standing { place, translation });
    }

    /// Gives back what was kept for more.
    pub(crate) fn shrink(&mut self) {
        self.by_path.values_mut().for_each(HashMap::shrink_to_fit);
        self.by_japanese.values_mut().for_each(HashMap::shrink_to_fit);
    }

    fn standing(&self, path: &str, language: Language) -> Option<&Standing> {
        self.by_path.get(&language)?.get(path)
    }
}

impl Translations {
    /// Of the folders of a town, the nation's first.
    pub(crate) fn of(layers: Vec<Arc<Layer>>) -> Translations {
        Translations { layers }
    }

    /// The fresh translation of a text: by its path, else the one that another path gives for the very same Japanese.
    pub fn find(&self, text: &Text, language: Language) -> Option<&str> {
        if let Some(translation) = self.at(&text.path, language)
            && translation.is_fresh(&text.ja)
        {
            return Some(&translation.say);
        }
        let mut layers = self.layers.iter().rev();
        layers.find_map(|layer| layer.by_japanese.get(&language)?.get(text.ja.as_str())).map(|say| &**say)
    }

    /// What a path says, fresh or stale.
    pub fn at(&self, path: &str, language: Language) -> Option<&Translation> {
        self.layers.iter().rev().find_map(|layer| layer.standing(path, language)?.translation.as_ref())
    }

    /// Where a path says it, in the uppermost folder.
    pub(crate) fn place(&self, path: &str, language: Language) -> Option<&Place> {
        self.layers.iter().rev().find_map(|layer| layer.standing(path, language)).map(|standing| &standing.place)
    }

    /// The lowest folder's part, which most towns share, and the paths of which those above it say something.
    pub(crate) fn lowest(&self) -> Option<(&Arc<Layer>, impl Iterator<Item = &str>)> {
        let (lowest, above) = self.layers.split_first()?;
        let paths = above.iter().flat_map(|layer| layer.by_path.values()).flat_map(HashMap::keys);
        Some((lowest, paths.map(|path| &**path)))
    }

    /// All that is said, each path once: language, path, and what the uppermost folder has there.
    pub(crate) fn each(&self) -> impl Iterator<Item = (Language, &str, &Standing)> {
        let layers = (1..).zip(&self.layers);
        layers.flat_map(move |(above, layer)| {
            let above = self.layers.get(above..).unwrap_or_default();
            let all =
                layer.by_path.iter().flat_map(|(language, paths)| paths.iter().map(|(path, standing)| (*language, &**path, standing)));
            all.filter(move |(language, path, _)| above.iter().all(|upper| upper.standing(path, *language).is_none()))
        })
    }
}

/// The names between braces: what a text leaves to be filled in.
pub fn braces(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, further)) = after.split_once('}') else { break };
        names.push(name.trim());
        rest = further;
    }
    names
}
