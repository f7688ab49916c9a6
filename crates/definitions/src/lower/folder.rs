//! One folder's files, read and not yet laid over anything.

use std::sync::Arc;

use indexmap::IndexMap;

use super::reading::{Purpose, Reading, Readings};
use crate::{
    ids::TownId,
    keys::{DOCUMENTS, Document, nearest},
    problem::{Place, Problem},
    read::{Entry, Node, Value},
    sources::Sources,
    text::Language,
    words::Layer,
};

/// The file of a letter's template and its source.
pub(super) type Template = (Arc<str>, Arc<str>);

/// What a folder holds. Within it nothing is overlaid: what is there twice is a mistake.
#[derive(Clone, Default)]
pub(crate) struct Folder {
    /// The document of its `town.yaml`.
    pub(super) town: Option<Node>,
    /// All other documents, by kind and id.
    pub(super) sections: IndexMap<String, IndexMap<String, Entry>>,
    /// Letter templates: name without `.typ`, and the template.
    pub(super) letters: Vec<(String, Template)>,
    /// Its own wording of pages: language, room, text.
    pub(super) words: Vec<(Language, String, Arc<str>)>,
    /// What it says in other languages.
    pub(super) translations: Arc<Layer>,
    /// Every other file, by path.
    pub(super) pictures: Vec<(String, Arc<[u8]>)>,
    /// What is wrong with its files.
    pub(super) problems: Vec<Problem>,
}

/// The folder that is read.
struct Here<'a> {
    root: &'a str,
    name: &'a str,
    purpose: Purpose,
}

impl Folder {
    /// Makes one of a folder's files, several at a time.
    pub(crate) fn read(sources: &Sources, name: &str, purpose: Purpose) -> Folder {
        let here = Here { root: &sources.root, name, purpose };
        let mut readings = Readings::of(sources, name, purpose);
        let mut folder = Folder::default();
        let mut layer = Layer::default();
        for (path, bytes) in sources.folders.get(name).into_iter().flatten() {
            folder.take(&here, path, bytes, &mut readings, &mut layer);
        }
        layer.shrink();
        folder.translations = Arc::new(layer);
        folder
    }

    fn take(&mut self, at: &Here<'_>, path: &str, bytes: &[u8], readings: &mut Readings, layer: &mut Layer) {
        let file = format!("{}{}/{path}", at.root, at.name);
        if let Some(Reading { documents, translations, problems }) = readings.take(&file) {
            self.problems.extend(problems);
            for translation in translations {
                self.problems.extend(translation.problems);
                let (language, said) = translation.said.map_or((Language::Ja, Vec::new()), |said| said);
                said.into_iter().for_each(|said| layer.insert(language, said));
            }
            documents.into_iter().for_each(|document| self.add(at, &file, document));
        } else if let Some(name) = path.strip_prefix("letters/").and_then(|name| name.strip_suffix(".typ")) {
            // What is no text is there all the same.
            let source = std::str::from_utf8(bytes).unwrap_or_else(|_| {
                self.problems.push(Problem::new(&Place::file(&file), "UTF-8 ではない", "UTF-8 で保存する"));
                ""
            });
            self.letters.push((name.to_owned(), (file.as_str().into(), source.into())));
        } else if let Some(rest) = path.strip_prefix("words/").filter(|rest| rest.ends_with(".ftl")) {
            self.take_words(&file, rest, bytes);
        } else {
            self.pictures.push((path.to_owned(), bytes.into()));
        }
    }

    fn take_words(&mut self, file: &str, rest: &str, bytes: &[u8]) {
        let place = Place::file(file);
        let Some((language, room)) = rest.split_once('/').and_then(|(code, room)| Some((Language::from_code(code)?, room))) else {
            self.problems.push(Problem::new(&place, "どの言葉の文か分からない", "words/ja/、words/easy/、words/en/ のどれかに置く"));
            return;
        };
        let Ok(source) = std::str::from_utf8(bytes) else {
            self.problems.push(Problem::new(&place, "UTF-8 ではない", "UTF-8 で保存する"));
            return;
        };
        if let Err((_, errors)) = fluent_syntax::parser::parse(source) {
            for error in errors {
                let line = source.get(..error.pos.start).unwrap_or_default().matches('\n').count() + 1;
                let place = Place { line: u32::try_from(line).unwrap_or(0), ..place.clone() };
                self.problems.push(Problem::new(&place, format!("Fluent の文ではない：{error}"), "`id = 文` の形で書く"));
            }
        }
        let room = room.trim_end_matches(".ftl").to_owned();
        self.words.push((language, room, source.into()));
    }

    fn add(&mut self, at: &Here<'_>, file: &str, document: Node) {
        if document.is_nothing() {
            return;
        }
        let Some(map) = document.map() else {
            self.problems.push(Problem::new(&document.place, "キーのない文書", "`procedure: id` のように、何の文書かを先頭に書く"));
            return;
        };
        let Some(kind) = DOCUMENTS.iter().find(|kind| map.contains_key(kind.key)) else {
            let keys = DOCUMENTS.iter().map(|kind| kind.key).collect::<Vec<_>>().join("、");
            let first = map.keys().next().cloned().unwrap_or_default();
            let hint = match nearest(&first, DOCUMENTS.iter().map(|kind| kind.key)) {
                Some(near) => format!("`{near}` のことか"),
                None => format!("先頭に どれかを書く：{keys}"),
            };
            let place = map.values().next().map_or(&document.place, |entry| &entry.key);
            self.problems.push(Problem::new(place, format!("`{first}` では何の文書か分からない"), hint));
            return;
        };
        if kind.single { self.add_single(at, file, kind, document) } else { self.add_collections(document) }
    }

    fn add_single(&mut self, at: &Here<'_>, file: &str, kind: &Document, document: Node) {
        let Some(id) = document.get(kind.key).filter(|id| id.text().is_some_and(|id| id.parse::<TownId>().is_ok())) else {
            self.problems.push(Problem::new(
                &document.place,
                format!("`{}` の id がない", kind.key),
                "英小文字で始め、英小文字・数字・_ で書く",
            ));
            return;
        };
        let (place, id) = (id.place.clone(), id.text().unwrap_or_default().to_owned());
        if kind.key == "town" {
            if id != at.name {
                let hint = format!("`town: {}` と書くか、フォルダの名を `{id}` に変える", at.name);
                self.problems.push(Problem::new(&place, format!("`{id}` はフォルダの名と違う"), hint));
            }
            if file != format!("{}{}/town.yaml", at.root, at.name) || self.town.is_some() {
                self.problems.push(Problem::new(&place, "`town` は一つの town.yaml にだけ書く", "ここから消す"));
                return;
            }
            self.town = Some(document);
            return;
        }
        let mut document = document;
        if at.purpose == Purpose::Serve
            && let Value::Map(keys) = &mut document.value
        {
            // Those that are written on one line, or taken away.
            Arc::make_mut(keys).shift_remove("examples");
        }
        let members = self.sections.entry(kind.path.to_owned()).or_default();
        put_once(members, id, Entry { key: place, node: document }, &mut self.problems);
    }

    fn add_collections(&mut self, document: Node) {
        let Value::Map(map) = document.value else { return };
        for (key, entry) in Arc::unwrap_or_clone(map) {
            let known = DOCUMENTS.iter().find(|kind| kind.key == key && !kind.single);
            if known.is_none() {
                let collections = DOCUMENTS.iter().filter(|kind| !kind.single).map(|kind| kind.key);
                let hint = match nearest(&key, collections.clone()) {
                    Some(near) => format!("`{near}` のことか"),
                    None => format!("書けるキー：{}（ほかのものは `---` で文書を分ける）", collections.collect::<Vec<_>>().join("、")),
                };
                self.problems.push(Problem::new(&entry.key, format!("`{key}` というキーはここにない"), hint));
                continue;
            }
            let Value::Map(members) = entry.node.value else {
                self.problems.push(Problem::new(&entry.node.place, "id と中身の組ではない", "`id: 中身` を一行ずつ字下げして書く"));
                continue;
            };
            let section = self.sections.entry(key).or_default();
            for (id, member) in Arc::unwrap_or_clone(members) {
                put_once(section, id, member, &mut self.problems);
            }
        }
    }
}

fn put_once(section: &mut IndexMap<String, Entry>, id: String, entry: Entry, problems: &mut Vec<Problem>) {
    if let Some(earlier) = section.get(&id) {
        let hint = format!("片方を消す。もう一つは {}:{}", earlier.key.file, earlier.key.line);
        problems.push(Problem::new(&entry.key, format!("`{id}` がこのフォルダに二度ある"), hint));
    } else {
        section.insert(id, entry);
    }
}
