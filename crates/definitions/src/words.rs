//! # 言葉 Other languages
//!
//! Definitions hold Japanese. Other languages stand in `words/<language>/`, named by the path of the text, with the Japanese
//! that they translate beside them: when the Japanese changes, the translation is stale and `check` says so.

use std::{borrow::Borrow, collections::HashMap, fmt, hash::Hash, ops::Deref, sync::Arc};

use crate::text::{Language, Text};

/// Translations of a town's definitions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Translations {
    by_path: HashMap<Language, HashMap<Box<str>, Translation>>,
    by_japanese: HashMap<Language, HashMap<Piece, Piece>>,
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

impl Translations {
    /// The fresh translation of a text: by its path, else the one that another path gives for the very same Japanese.
    pub fn find(&self, text: &Text, language: Language) -> Option<&str> {
        if let Some(translation) = self.at(&text.path, language)
            && translation.is_fresh(&text.ja)
        {
            return Some(&translation.say);
        }
        self.by_japanese.get(&language)?.get(text.ja.as_str()).map(|say| &**say)
    }

    /// What a path says, fresh or stale.
    pub fn at(&self, path: &str, language: Language) -> Option<&Translation> {
        self.by_path.get(&language)?.get(path)
    }

    /// Adds a translation. A later folder's replaces an earlier one's.
    pub fn insert(&mut self, language: Language, path: &str, translation: Translation) {
        if !translation.of.starts_with("sha256:") {
            self.by_japanese.entry(language).or_default().insert(translation.of.clone(), translation.say.clone());
        }
        self.by_path.entry(language).or_default().insert(path.into(), translation);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_path.values().map(HashMap::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
