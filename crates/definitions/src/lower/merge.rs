//! From the files of several folders to one tree.

use std::{collections::BTreeMap, sync::Arc};

use indexmap::IndexMap;

use super::{
    reading::{Reading, Readings},
    translated::TranslationFile,
};
use crate::{
    ids::TownId,
    keys::{DOCUMENTS, Document, nearest},
    overlay,
    problem::{Place, Problem},
    read::{Entry, Node, Value, read},
    sources::Sources,
    text::Language,
};

/// The merged tree of a town: `town`, `procedures.<id>…`, `departments.<id>…`, by the same paths as the texts in it.
pub(crate) struct Merged {
    root: IndexMap<String, Node>,
    /// Letter templates: name without `.typ` → (file, source).
    pub(crate) letters: IndexMap<String, (Arc<str>, Arc<str>)>,
    /// The town's own wording of pages.
    pub(crate) words: IndexMap<Language, IndexMap<String, Vec<Arc<str>>>>,
    /// Files of translations, base first.
    pub(crate) translations: Vec<TranslationFile>,
    /// Every other file, by path: seals and marks. The uppermost folder's wins.
    pub(crate) pictures: BTreeMap<String, Arc<[u8]>>,
    /// The folders, the nation's first.
    pub(crate) chain: Vec<String>,
}

impl Merged {
    /// Reads and lays over each other all folders of a town.
    pub(crate) fn of(sources: &Sources, problems: &mut Vec<Problem>) -> Merged {
        let chain = chain(sources, problems);
        let mut merged = Merged {
            root: IndexMap::new(),
            letters: IndexMap::new(),
            words: IndexMap::new(),
            translations: Vec::new(),
            pictures: BTreeMap::new(),
            chain: chain.clone(),
        };
        let mut read = Readings::of(sources, &chain);
        for folder in &chain {
            let mut own = Folder { root: &sources.root, town: None, sections: IndexMap::new(), problems };
            for (path, bytes) in sources.folders.get(folder).into_iter().flatten() {
                merged.take(folder, path, bytes, &mut read, &mut own);
            }
            let Folder { root, town, sections, .. } = own;
            merged.lay(&format!("{root}{folder}"), town, sections, problems);
        }
        merged.resolve_likes(problems);
        for node in merged.root.values_mut() {
            overlay::place(node, problems);
        }
        merged
    }

    /// One tree of all documents of a kind.
    pub(crate) fn section(&self, name: &str) -> Option<&Node> {
        self.root.get(name)
    }

    /// What stands at a path.
    pub(crate) fn find(&self, path: &str) -> Option<&Node> {
        let mut parts = path.split('.');
        let mut node = self.root.get(parts.next()?)?;
        for part in parts {
            node = match &node.value {
                Value::Map(map) => &map.get(part)?.node,
                Value::List(list) => list.get(part.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// Where a path stands, or the nearest part of it that exists.
    pub(crate) fn place(&self, path: &str) -> Place {
        let mut path = path;
        loop {
            if let Some(node) = self.find(path) {
                return node.place.clone();
            }
            match path.rsplit_once('.') {
                Some((shorter, _)) => path = shorter,
                None => return Place::file(self.chain.last().map_or("", String::as_str)),
            }
        }
    }

    /// The procedure at the end of the `like:`s of one. A ring of them was reported when they were laid over each other.
    pub(crate) fn origin<'a>(&'a self, procedure: &'a str) -> &'a str {
        let mut seen = vec![procedure];
        let mut origin = procedure;
        while let Some(next) = self.find(&format!("procedures.{origin}.like")).and_then(Node::text).filter(|next| !seen.contains(next)) {
            seen.push(next);
            origin = next;
        }
        origin
    }

    fn take(&mut self, folder: &str, path: &str, bytes: &[u8], read: &mut Readings, own: &mut Folder<'_>) {
        let file = format!("{}{folder}/{path}", own.root);
        if let Some(Reading { documents, translations, problems }) = read.take(&file) {
            own.problems.extend(problems);
            self.translations.extend(translations);
            documents.into_iter().for_each(|document| own.add(folder, &file, document));
        } else if let Some(name) = path.strip_prefix("letters/").and_then(|name| name.strip_suffix(".typ")) {
            match std::str::from_utf8(bytes) {
                Ok(source) => {
                    self.letters.insert(name.to_owned(), (file.as_str().into(), source.into()));
                }
                Err(_) => {
                    own.problems.push(Problem::new(&Place::file(&file), "UTF-8 ではない", "UTF-8 で保存する"));
                    // It is there all the same.
                    self.letters.insert(name.to_owned(), (file.as_str().into(), "".into()));
                }
            }
        } else if let Some(rest) = path.strip_prefix("words/").filter(|rest| rest.ends_with(".ftl")) {
            self.take_words(&file, rest, bytes, own.problems);
        } else {
            self.pictures.insert(path.to_owned(), bytes.into());
        }
    }

    fn take_words(&mut self, file: &str, rest: &str, bytes: &[u8], problems: &mut Vec<Problem>) {
        let place = Place::file(file);
        let Some((language, room)) = rest.split_once('/').and_then(|(code, room)| Some((Language::from_code(code)?, room))) else {
            problems.push(Problem::new(&place, "どの言葉の文か分からない", "words/ja/、words/easy/、words/en/ のどれかに置く"));
            return;
        };
        let Ok(source) = std::str::from_utf8(bytes) else {
            problems.push(Problem::new(&place, "UTF-8 ではない", "UTF-8 で保存する"));
            return;
        };
        if let Err((_, errors)) = fluent_syntax::parser::parse(source) {
            for error in errors {
                let line = source.get(..error.pos.start).unwrap_or_default().matches('\n').count() + 1;
                let place = Place { line: u32::try_from(line).unwrap_or(0), ..place.clone() };
                problems.push(Problem::new(&place, format!("Fluent の文ではない：{error}"), "`id = 文` の形で書く"));
            }
        }
        let room = room.trim_end_matches(".ftl").to_owned();
        self.words.entry(language).or_default().entry(room).or_default().push(source.into());
    }

    fn lay(&mut self, folder: &str, town: Option<Node>, sections: IndexMap<String, IndexMap<String, Entry>>, problems: &mut Vec<Problem>) {
        let place = Place::file(&format!("{folder}/town.yaml"));
        if town.is_none() {
            problems.push(Problem::new(&place, "town.yaml がない", "`town:` と `name:` を書いた town.yaml を置く"));
        }
        let sections = sections.into_iter().map(|(name, map)| (name, Node { place: place.clone(), value: Value::Map(Box::new(map)) }));
        for (section, upper) in town.map(|town| ("town".to_owned(), town)).into_iter().chain(sections) {
            let laid = match self.root.shift_remove(&section) {
                Some(lower) => overlay::lay(lower, upper),
                None => upper,
            };
            self.root.insert(section, laid);
        }
    }

    /// Forgets the examples, which only `check` walks: they are half of what stands in the procedures.
    pub(crate) fn let_go_of_examples(&mut self) {
        let Some(Node { value: Value::Map(procedures), .. }) = self.root.get_mut("procedures") else { return };
        for entry in procedures.values_mut() {
            if let Value::Map(keys) = &mut entry.node.value {
                keys.shift_remove("examples");
            }
        }
    }

    /// `like:` lays a procedure over a sibling, which may itself be like another; the same for examples within a procedure.
    fn resolve_likes(&mut self, problems: &mut Vec<Problem>) {
        let Some(Node { value: Value::Map(procedures), .. }) = self.root.get_mut("procedures") else { return };
        resolve(procedures, "手続", problems);
        for entry in procedures.values_mut() {
            if let Value::Map(keys) = &mut entry.node.value
                && let Some(Entry { node: Node { value: Value::Map(examples), .. }, .. }) = keys.get_mut("examples")
            {
                resolve(examples, "例", problems);
            }
        }
    }
}

/// Lays every member that is `like:` another over that one.
fn resolve(members: &mut IndexMap<String, Entry>, what: &str, problems: &mut Vec<Problem>) {
    let all = &*members;
    let alike = all.iter().filter(|(_, entry)| entry.node.get("like").is_some_and(|other| other.text().is_some()));
    let laid: Vec<(String, Option<Node>)> =
        alike.map(|(id, _)| (id.clone(), like(id, all, &mut vec![id.clone()], what, problems))).collect();
    // What cannot be laid over anything is left out: that so much of it is missing is no second mistake.
    for (id, node) in laid {
        match (node, members.get_mut(&id)) {
            (Some(node), Some(entry)) => entry.node = node,
            _ => {
                members.shift_remove(&id);
            }
        }
    }
}

fn like(id: &str, all: &IndexMap<String, Entry>, seen: &mut Vec<String>, what: &str, problems: &mut Vec<Problem>) -> Option<Node> {
    let node = &all.get(id)?.node;
    let Some(like_node) = node.get("like") else { return Some(node.clone()) };
    let mut other = like_node.text()?.to_owned();
    if seen.contains(&other) {
        let wrong = format!("`like` が輪になっている：{} → {other}", seen.join(" → "));
        problems.push(Problem::new(&like_node.place, wrong, format!("土台にする{what}を一つ決め、それには `like` を書かない")));
        return None;
    }
    if !all.contains_key(&other) {
        let near = nearest(&other, all.keys().filter(|near| !seen.contains(near)).map(String::as_str));
        let hint = near.map_or_else(|| format!("土台にする{what}の id を書く"), |near| format!("`{near}` のことか"));
        problems.push(Problem::new(&like_node.place, format!("`{other}` という{what}はない"), hint));
        // With what was meant, its other mistakes are found at once.
        other = near?.to_owned();
    }
    seen.push(other.clone());
    let mut under = like(&other, all, seen, what, problems)?;
    if let Value::Map(map) = &mut under.value {
        map.shift_remove("like");
    }
    Some(overlay::lay(under, node.clone()))
}

/// One folder's documents, not yet laid over anything. Within a folder nothing is overlaid: what is there twice is a mistake.
struct Folder<'a> {
    root: &'a str,
    town: Option<Node>,
    sections: IndexMap<String, IndexMap<String, Entry>>,
    problems: &'a mut Vec<Problem>,
}

impl Folder<'_> {
    fn add(&mut self, folder: &str, file: &str, document: Node) {
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
        if kind.single { self.add_single(folder, file, kind, document) } else { self.add_collections(document) }
    }

    fn add_single(&mut self, folder: &str, file: &str, kind: &Document, document: Node) {
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
            if id != folder {
                let hint = format!("`town: {folder}` と書くか、フォルダの名を `{id}` に変える");
                self.problems.push(Problem::new(&place, format!("`{id}` はフォルダの名と違う"), hint));
            }
            if file != format!("{}{folder}/town.yaml", self.root) || self.town.is_some() {
                self.problems.push(Problem::new(&place, "`town` は一つの town.yaml にだけ書く", "ここから消す"));
                return;
            }
            self.town = Some(document);
            return;
        }
        let members = self.sections.entry(kind.path.to_owned()).or_default();
        put_once(members, id, Entry { key: place, node: document }, self.problems);
    }

    fn add_collections(&mut self, document: Node) {
        let Value::Map(map) = document.value else { return };
        for (key, entry) in *map {
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
            for (id, member) in *members {
                put_once(section, id, member, self.problems);
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

/// The folders of a town, the nation's first.
fn chain(sources: &Sources, problems: &mut Vec<Problem>) -> Vec<String> {
    let mut chain = vec![sources.town.clone()];
    let mut current = sources.town.clone();
    while let Some((over, place)) = over(sources, &current) {
        if chain.contains(&over) {
            let what = format!("`over` が輪になっている：{} → {over}", chain.join(" → "));
            chain.reverse();
            problems.push(Problem::new(&place, what, "いちばん下のフォルダ（全国の共通定義）には `over` を書かない"));
            return chain;
        }
        if !sources.folders.contains_key(&over) {
            let what = format!("`{over}` というフォルダが となりにない");
            problems.push(Problem::new(&place, what, "town.yaml のあるフォルダを となりに置き、その名を書く"));
            break;
        }
        chain.push(over.clone());
        current = over;
    }
    chain.reverse();
    chain
}

fn over(sources: &Sources, folder: &str) -> Option<(String, Place)> {
    let bytes = sources.folders.get(folder)?.get("town.yaml")?;
    let (documents, _) = read(&format!("{}{folder}/town.yaml", sources.root), bytes);
    documents.iter().find_map(|document| {
        let node = document.get("over")?;
        Some((node.text()?.to_owned(), node.place.clone()))
    })
}
