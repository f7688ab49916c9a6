//! Why a letter could not be made, in two voices: the sentence for staff and the chain for the log.

use serde::{Deserialize, Serialize};

use crate::fonts::Character;

/// Why a letter could not be made. The text is for staff; it names characters but no other part of the letter's contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum LetterProblem {
    /// No font has these characters. Never printed as a box.
    #[error("書体にない文字があります：{}", shown(.0))]
    MissingCharacters(Vec<Character>),
    /// The town's folder has no such template.
    #[error("文書のひな形「{0}」が見つかりません")]
    NoTemplate(String),
    /// The template does not fit what it is given.
    #[error("文書のひな形に誤りがあります：{0}")]
    Template(TemplateFault),
    /// A disposition whose authority has no data for the 教示, or a template that leaves it out (行政不服審査法82条).
    #[error("処分の通知ですが教示がありません：{0}")]
    NoInstruction(String),
    /// It took longer than a letter may.
    #[error("文書の作成が{limit_s}秒で終わらなかったため止めました")]
    TooLong {
        /// The limit.
        limit_s: u64,
    },
    /// More pages than a letter may have.
    #[error("文書が{pages}ページになりました（{limit}ページまで）")]
    TooManyPages {
        /// How many it came to.
        pages: usize,
        /// The limit.
        limit: usize,
    },
    /// The fonts of this version of the program are not those that were frozen with the letter.
    #[error("書体が起案のときから変わりました。文書を作り直してください")]
    FontsChanged,
    /// The child process that typesets did not come up or fell over.
    #[error("文書を作る処理が動きませんでした：{0}")]
    Press(String),
}

impl LetterProblem {
    /// As it is stored and as word ids end.
    pub fn code(&self) -> &'static str {
        match self {
            LetterProblem::MissingCharacters(_) => "missing-characters",
            LetterProblem::NoTemplate(_) => "no-template",
            LetterProblem::Template(_) => "template",
            LetterProblem::NoInstruction(_) => "no-instruction",
            LetterProblem::TooLong { .. } => "too-long",
            LetterProblem::TooManyPages { .. } => "too-many-pages",
            LetterProblem::FontsChanged => "fonts-changed",
            LetterProblem::Press(_) => "press",
        }
    }

    /// Whether trying again may help. Everything else needs a person.
    pub fn may_pass(&self) -> bool {
        matches!(self, LetterProblem::Press(_) | LetterProblem::TooLong { .. })
    }
}

/// Where a template is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}{}", hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default())]
pub struct TemplateFault {
    /// The file below the town's folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong, in Typst's words.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
}

fn shown(characters: &[Character]) -> String {
    characters.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
}
