//! A file of translations. Most of what a town's folder holds are such files, and most of them are written line by line as `yakuba new`
//! writes them: those are read as they stand, without a tree. Whatever else is YAML is read as YAML, with the same result.

use std::sync::Arc;

use crate::{
    keys::{self, Shape, TRANSLATION_FILE},
    problem::{Place, Problem},
    read::Node,
    text::Language,
    words::{Piece, Translation},
};

/// What a file says in another language.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct TranslationFile {
    /// The language and what is said in it; none when the file does not tell.
    pub(crate) said: Option<(Language, Vec<Said>)>,
    /// What is wrong with it.
    pub(crate) problems: Vec<Problem>,
}

/// One text.
#[derive(Debug, PartialEq)]
pub(crate) struct Said {
    /// The path of the text that it translates.
    pub(crate) path: String,
    /// Where it stands.
    pub(crate) place: Place,
    /// What is said; none where a place for it was kept but nothing is written yet.
    pub(crate) translation: Option<Translation>,
}

impl TranslationFile {
    /// Of a file that is written line by line; none when any line of it is written otherwise.
    pub(crate) fn of_lines(file: &str, bytes: &[u8]) -> Option<TranslationFile> {
        let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains(|c: char| c.is_control() && c != '\n'))?;
        let text: Arc<str> = text.into();
        let file: Arc<str> = file.into();
        let mut lines = (1..).zip(text.split('\n'));
        let language = Language::from_code(lines.next()?.1.strip_prefix("words: ")?)?;
        let (mut at, mut line) = (None, lines.next()?.1);
        if let Some(path) = line.strip_prefix("at: ") {
            at = Some(is_path(path).then_some(path)?);
            line = lines.next()?.1;
        }
        (line == "texts:").then_some(())?;
        let mut said: Vec<Said> = Vec::new();
        for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
            let (key, rest) = line.strip_prefix("  ")?.split_once(": { of: \"").filter(|(key, _)| is_path(key))?;
            let (of, say) = rest.strip_suffix("\" }")?.split_once("\", say: \"")?;
            // An escape, a quote that ends earlier, or nothing to say.
            if of.contains(['"', '\\']) || say.contains(['"', '\\']) || say.trim().is_empty() {
                return None;
            }
            said.push(Said {
                path: at.map_or_else(|| key.to_owned(), |at| format!("{at}.{key}")),
                place: Place::new(&file, number, u32::try_from(key.len() + "  : {".len()).ok()?),
                translation: Some(Translation { of: Piece::of(&text, of.trim_end())?, say: Piece::of(&text, say.trim_end())? }),
            });
        }
        let mut paths: Vec<&str> = said.iter().map(|said| said.path.as_str()).collect();
        paths.sort_unstable();
        let is_each_once = !paths.is_empty() && paths.windows(2).all(|pair| pair.first() != pair.last());
        is_each_once.then_some(TranslationFile { said: Some((language, said)), problems: Vec::new() })
    }

    /// Of a document in YAML.
    pub(crate) fn of(node: &Node) -> TranslationFile {
        let mut problems = Vec::new();
        keys::validate(node, Shape::Form(&TRANSLATION_FILE), &mut problems);
        let language = node.get("words").and_then(|words| Language::from_code(words.text()?));
        let (Some(language), Some(texts)) = (language, node.get("texts").and_then(Node::map)) else {
            if problems.is_empty() {
                problems.push(Problem::new(&node.place, "訳がない", "`texts:` の下に 道 → { of: 日本語, say: 訳 } を書く"));
            }
            return TranslationFile { said: None, problems };
        };
        let at = node.get("at").and_then(Node::text);
        let mut said = Vec::new();
        for (path, entry) in texts {
            let (Some(of), Some(say)) = (entry.node.get("of").and_then(Node::text), entry.node.get("say").and_then(Node::text)) else {
                problems.push(Problem::new(&entry.node.place, "訳になっていない", "`{ of: もとの日本語, say: 訳 }` と書く"));
                continue;
            };
            let is_written = !say.trim().is_empty();
            if !is_written {
                let place = entry.node.get("say").map_or(&entry.node.place, |say| &say.place);
                problems.push(Problem::new(place, format!("「{}」の訳が書かれていない", of.trim_end()), "`say:` に訳を書く"));
            }
            said.push(Said {
                path: at.map_or_else(|| path.clone(), |at| format!("{at}.{path}")),
                place: entry.node.place.clone(),
                translation: is_written.then(|| Translation { of: Piece::whole(of.trim_end()), say: Piece::whole(say.trim_end()) }),
            });
        }
        TranslationFile { said: Some((language, said)), problems }
    }
}

/// Dots between ids: nothing that YAML would take for anything else than text.
fn is_path(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{read::read, sources::Sources};

    fn as_yaml(file: &str, bytes: &[u8]) -> Vec<TranslationFile> {
        read(file, bytes).0.iter().map(TranslationFile::of).collect()
    }

    #[test]
    fn what_is_written_line_by_line_is_read_as_the_yaml_that_it_is() {
        let sources = Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns/mihon")).unwrap();
        let (mut lines, mut all) = (0, 0);
        for (folder, files) in &sources.folders {
            for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with("words/") && path.ends_with(".yaml")) {
                let file = format!("{folder}/{path}");
                all += 1;
                if let Some(read) = TranslationFile::of_lines(&file, bytes) {
                    lines += 1;
                    assert_eq!(vec![read], as_yaml(&file, bytes), "{file}");
                }
            }
        }
        assert!(lines * 10 > all * 9, "{lines} of {all} files are written line by line");
    }

    #[test]
    fn anything_out_of_line_is_left_to_the_reader_of_yaml() {
        let good = "words: en\nat: procedures.a\ntexts:\n  title: { of: \"あ\", say: \"A\" }\n";
        assert!(TranslationFile::of_lines("f", good.as_bytes()).is_some());
        for bad in [
            good.replace("\"A\"", "\"A \\\" B\""),
            good.replace("\"A\"", "A"),
            good.replace("\"A\"", "\" \""),
            good.replace("\"A\"", "\"A\", say: \"B\""),
            good.replace("title", "Title"),
            good.replace("title", "2"),
            good.replace("words: en", "words: xx"),
            good.replace("at: ", "above: "),
            good.replace('\n', "\r\n"),
            good.replace(" }", " } # so"),
            good.replace("  title", " title"),
            format!("{good}  title: {{ of: \"い\", say: \"B\" }}\n"),
            format!("{good}---\nwords: en\n"),
            good.replace("\"A\"", "\"A\u{0}\""),
            "words: en\ntexts:\n".to_owned(),
            "words: en".to_owned(),
            String::new(),
        ] {
            assert_eq!(TranslationFile::of_lines("f", bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(TranslationFile::of_lines("f", b"words: en\xff"), None);
    }
}
