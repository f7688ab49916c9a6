//! 行ごとの報告: what could not be handed over or taken in, with where it stands and what to mend.

use serde::{Deserialize, Serialize};

use crate::file::RowWrong;

/// Something about one line. It is kept sealed: a value of somebody may stand in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineProblem {
    /// The line of the file, from 1; the how-manieth line of a case on the way out.
    pub line: u64,
    /// The column, from 1.
    pub column: Option<usize>,
    /// Its name.
    pub header: String,
    /// What is wrong and how to mend it.
    pub say: String,
    /// Whether the line goes all the same: a character was replaced by 〓.
    #[serde(default)]
    pub goes: bool,
}

impl LineProblem {
    /// Of a file.
    pub fn of_file(wrong: &RowWrong, headers: &[String]) -> LineProblem {
        let header = wrong.column.and_then(|column| headers.get(column.checked_sub(1)?)).cloned().unwrap_or_default();
        LineProblem { line: wrong.line, column: wrong.column, header, say: wrong.why.to_string(), goes: false }
    }
}

impl std::fmt::Display for LineProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}行", self.line)?;
        if let Some(column) = self.column {
            write!(f, " {column}列")?;
        }
        if !self.header.is_empty() {
            write!(f, "「{}」", self.header)?;
        }
        write!(f, "：{}", self.say)
    }
}
