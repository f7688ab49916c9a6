//! A mistake in a town's folder, said so that whoever wrote the line can mend it.

use std::{fmt, sync::Arc};

/// Where something stands: the file as it is named below the towns' folder, line and column from one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// `mihon/procedures/disclosure_request.yaml`.
    pub file: Arc<str>,
    /// From one; zero when the whole file is meant.
    pub line: u32,
    /// In characters, from one; zero when the whole line is meant.
    pub column: u32,
}

impl Place {
    /// A place in a file.
    pub fn new(file: &Arc<str>, line: u32, column: u32) -> Place {
        Place { file: Arc::clone(file), line, column }
    }

    /// The whole file.
    pub fn file(file: &str) -> Place {
        Place { file: file.into(), line: 0, column: 0 }
    }

    /// So many characters further on in the same line.
    pub fn right_by(&self, characters: u32) -> Place {
        Place { column: self.column.saturating_add(characters), ..self.clone() }
    }
}

/// One mistake. Shown as `file:line:column: what is wrong; how to mend it`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub hint: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new(place: &Place, what: impl Into<String>, hint: impl Into<String>) -> Problem {
        Problem { place: place.clone(), what: what.into(), hint: hint.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { file, line, column } = &self.place;
        write!(f, "{file}:{line}:{column}: {}; {}", self.what, self.hint)
    }
}

impl std::error::Error for Problem {}
