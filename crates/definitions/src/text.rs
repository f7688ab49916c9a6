//! Words that people read: the Japanese a definition holds, and the path under which other languages keep theirs.

use serde::{Deserialize, Serialize};

/// A language of the pages. A town says in `languages:` which of them are complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// 日本語.
    #[default]
    Ja,
    /// やさしい日本語: short sentences, furigana, for children, learners and people with disabilities.
    Easy,
    /// English.
    En,
}

impl Language {
    /// All languages, Japanese first.
    pub const ALL: [Language; 3] = [Language::Ja, Language::Easy, Language::En];

    /// The name of the folder below `words/` and of the value in a cookie or path: `ja`, `easy`, `en`.
    pub fn code(self) -> &'static str {
        match self {
            Language::Ja => "ja",
            Language::Easy => "easy",
            Language::En => "en",
        }
    }

    /// The language that [`Language::code`] names.
    pub fn from_code(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The BCP 47 tag for the `lang` attribute. やさしい日本語 is Japanese.
    pub fn tag(self) -> &'static str {
        match self {
            Language::Ja | Language::Easy => "ja",
            Language::En => "en",
        }
    }
}

/// A text of a definition. It holds the Japanese that the author wrote and the path by which translations name it,
/// such as `procedures.disclosure.pages.what.fields.documents.label`. Ask the town for another language: `town.say(&text, language)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub struct Text {
    /// What the author wrote, in Japanese.
    pub ja: String,
    /// Where it stands in the town's definitions, dot by dot.
    pub path: String,
}

impl Text {
    /// A text at a path.
    pub fn new(path: impl Into<String>, ja: impl Into<String>) -> Text {
        Text { ja: ja.into(), path: path.into() }
    }
}
