//! The YAML of a town's folders, read several files at a time: half of what loading takes, and no file knows of another.

use std::{borrow::Cow, collections::HashMap};

use super::{translated::TranslationFile, workers::several_at_a_time};
use crate::{
    problem::Problem,
    read::{Node, read},
    sources::Sources,
};

/// What a town is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    /// To find every mistake.
    Check,
    /// To be served. Examples, half of what is written of a procedure, are not read: only a check walks them, and one that is wrong keeps no
    /// procedure from anybody.
    Serve,
}

/// What one file holds, as far as it can be read, and what is wrong with it.
pub(super) struct Reading {
    /// Documents in YAML.
    pub(super) documents: Vec<Node>,
    /// What it says in other languages. Of these no tree is kept.
    pub(super) translations: Vec<TranslationFile>,
    /// What is wrong.
    pub(super) problems: Vec<Problem>,
}

impl Reading {
    fn of(file: &str, path: &str, bytes: &[u8], purpose: Purpose) -> Reading {
        let is_translation = path.starts_with("words/");
        if let Some(translation) = is_translation.then(|| TranslationFile::of_lines(file, bytes)).flatten() {
            return Reading { documents: Vec::new(), translations: vec![translation], problems: Vec::new() };
        }
        let bytes = if purpose == Purpose::Serve { without_examples(bytes) } else { Cow::Borrowed(bytes) };
        let (documents, problems) = read(file, &bytes);
        if is_translation {
            let translations = documents.iter().map(TranslationFile::of).collect();
            return Reading { documents: Vec::new(), translations, problems };
        }
        Reading { documents, translations: Vec::new(), problems }
    }
}

/// Below so many files for each, a second worker costs more than it saves.
const FILES_MIN: usize = 16;

/// The files that were read, by their name in problems.
pub(super) struct Readings(HashMap<String, Reading>);

impl Readings {
    /// Reads the YAML of a folder.
    pub(super) fn of(sources: &Sources, folder: &str, purpose: Purpose) -> Readings {
        let files = sources.folders.get(folder).into_iter().flatten();
        let files: Vec<_> = files.filter(|(path, _)| path.ends_with(".yaml") || path.ends_with(".yml")).collect();
        Readings(
            several_at_a_time(&files, FILES_MIN, |(path, bytes)| {
                let file = format!("{}{folder}/{path}", sources.root);
                let reading = Reading::of(&file, path, bytes, purpose);
                (file, reading)
            })
            .into_iter()
            .collect(),
        )
    }

    /// What a file holds; of one that is no YAML, nothing.
    pub(super) fn take(&mut self, file: &str) -> Option<Reading> {
        self.0.remove(file)
    }
}

/// The file without the lines below a key `examples:` of a document; what follows stays on its lines.
fn without_examples(bytes: &[u8]) -> Cow<'_, [u8]> {
    const KEY: &[u8] = b"examples:";
    if !bytes.windows(KEY.len()).any(|window| window == KEY) {
        return Cow::Borrowed(bytes);
    }
    let mut kept = Vec::with_capacity(bytes.len());
    let mut is_below = false;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.first() {
            Some(b' ' | b'\r' | b'\n' | b'#') if is_below => kept.push(b'\n'),
            // A list below a key may stand at the beginning of a line: such a file is read whole.
            Some(b'-') if is_below && !line.starts_with(b"---") => return Cow::Borrowed(bytes),
            _ => {
                is_below = line.trim_ascii_end() == KEY;
                match is_below {
                    true => kept.push(b'\n'),
                    false => kept.extend_from_slice(line),
                }
            }
        }
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str) -> String {
        String::from_utf8(without_examples(text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn examples_are_left_out_and_all_else_stays_on_its_line() {
        let text = "procedure: dog\nexamples:\n  one:\n    on: 2026-10-01\n\n# words\nkeep: 5\n---\nexamples:\n  two: {}\n";
        assert_eq!(without(text), "procedure: dog\n\n\n\n\n\nkeep: 5\n---\n\n\n");
    }

    #[test]
    fn what_only_looks_like_examples_is_read() {
        for text in [
            "procedure: dog\nexamples: { one: {} }\nkeep: 5\n",
            "procedure: dog\npages:\n  examples:\n    title: 例\n",
            "examples:\n- one\n- two\n",
            "lead: |\n  examples:\n  one\n",
            "",
        ] {
            assert_eq!(without(text), text);
        }
    }
}
