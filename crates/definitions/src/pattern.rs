//! # 書き方 Patterns
//!
//! The shape that a line of text must have, where no kind of question knows it: a number plate, a licence number, the number of a meter.
//! Written as a regular expression that is searched in linear time, with words for people beside it.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use crate::text::Text;

/// The longest expression that an author may write.
const SOURCE_BYTES_MAX: usize = 500;
/// The most memory that an expression may take, so that no definition fills a node.
const COMPILED_BYTES_MAX: usize = 256 * 1024;

/// A shape and what it is called.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pattern {
    /// The expression; it is held against the whole line.
    source: String,
    /// How people are told of it: 「漢字・数字3けた・ひらがな・数字4けた」.
    pub says: Text,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

/// Two patterns are the same when they say the same.
impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        (&self.source, &self.says) == (&other.source, &other.says)
    }
}

impl Pattern {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn new(source: &str, says: Text) -> Result<Pattern, String> {
        let compiled = compile(source)?;
        Ok(Pattern { source: source.to_owned(), says, compiled: OnceLock::from(Some(compiled)) })
    }

    /// As the author wrote it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the whole of a line has the shape.
    pub fn fits(&self, line: &str) -> bool {
        // What was stored has been read once; should it no longer read, it keeps nobody out.
        self.compiled.get_or_init(|| compile(&self.source).ok()).as_ref().is_none_or(|regex| regex.is_match(line))
    }
}

fn compile(source: &str) -> Result<Regex, String> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(format!("長すぎる（{SOURCE_BYTES_MAX}バイトまで）"));
    }
    // By itself first: `)(` around which brackets are put would read.
    RegexBuilder::new(source).size_limit(COMPILED_BYTES_MAX).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "繰り返しが多すぎる".to_owned(),
        error => error.to_string().lines().last().unwrap_or_default().trim().to_owned(),
    })?;
    RegexBuilder::new(&format!("^(?:{source})$")).size_limit(COMPILED_BYTES_MAX).build().map_err(|_| "読めない".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Pattern, Text};

    fn of(source: &str) -> Result<Pattern, String> {
        Pattern::new(source, Text::new("", "形"))
    }

    #[test]
    fn the_whole_line_has_the_shape() {
        let plate = of(r"\p{Han}{1,4}[0-9]{2,3}\p{Hiragana}[0-9]{1,4}").unwrap();
        assert!(plate.fits("見本300あ1234"));
        assert!(!plate.fits("見本300あ12345"));
        assert!(!plate.fits("x見本300あ1234"));
        assert!(of("a|b").unwrap().fits("b") && !of("a|b").unwrap().fits("ab"));
    }

    #[test]
    fn what_does_not_read_or_is_too_large_is_refused() {
        assert!(of("[0-9").is_err());
        assert!(of(")(").is_err());
        assert!(of(r"(\p{Han}{1000}){1000}").is_err());
        assert!(of(&"a".repeat(501)).is_err());
    }

    #[test]
    fn it_is_the_same_when_stored_and_loaded() {
        let plate = of("[A-Z]{2}[0-9]{6}").unwrap();
        let loaded: Pattern = serde_json::from_str(&serde_json::to_string(&plate).unwrap()).unwrap();
        assert_eq!(loaded, plate);
        assert!(loaded.fits("AB123456") && !loaded.fits("AB12345"));
    }
}
