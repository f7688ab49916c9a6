//! From the files of several folders to one tree.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use indexmap::IndexMap;

use super::{PROCEDURES, Purpose, folder::Folder};
use crate::{
    keys::nearest,
    library::{Library, Written},
    overlay,
    problem::{Place, Problem},
    read::{Entry, Node, Value, read},
    sources::Sources,
    text::Language,
    words::Layer,
};

/// The merged tree of a town: `town`, `procedures.<id>…`, `departments.<id>…`, by the same paths as the texts in it.
pub(crate) struct Merged {
    root: IndexMap<String, Node>,
    /// Letter templates: name without `.typ` → (file, source).
    pub(crate) letters: IndexMap<String, (Arc<str>, Arc<str>)>,
    /// The town's own wording of pages.
    pub(crate) words: IndexMap<Language, IndexMap<String, Vec<Arc<str>>>>,
    /// What each folder says in other languages, the nation's first.
    pub(crate) translations: Vec<Arc<Layer>>,
    /// Every other file, by path: seals and marks. The uppermost folder's wins.
    pub(crate) pictures: BTreeMap<String, Arc<[u8]>>,
    /// The folders, the nation's first.
    pub(crate) chain: Vec<String>,
}

impl Merged {
    /// Reads and lays over each other all folders of a town.
    pub(crate) fn of(sources: &Sources, problems: &mut Vec<Problem>) -> Merged {
        Merged::from(sources, &Library::default(), Purpose::Check, problems)
    }

    /// The same with what a library holds of the folders.
    pub(crate) fn from(sources: &Sources, library: &Library, purpose: Purpose, problems: &mut Vec<Problem>) -> Merged {
        let chain = chain(sources, problems);
        let mut merged = Merged {
            root: IndexMap::new(),
            letters: IndexMap::new(),
            words: IndexMap::new(),
            translations: Vec::new(),
            pictures: BTreeMap::new(),
            chain: chain.clone(),
        };
        for (folder, name) in library.folders(sources, &chain, purpose).into_iter().zip(&chain) {
            merged.lay(&format!("{}{name}", sources.root), folder, problems);
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

    fn lay(&mut self, name: &str, folder: Arc<Folder>, problems: &mut Vec<Problem>) {
        let place = Place::file(&format!("{name}/town.yaml"));
        let folder = Arc::unwrap_or_clone(folder);
        problems.extend(folder.problems);
        if folder.town.is_none() {
            problems.push(Problem::new(&place, "town.yaml がない", "`town:` と `name:` を書いた town.yaml を置く"));
        }
        let sections =
            folder.sections.into_iter().map(|(name, map)| (name, Node { place: place.clone(), value: Value::Map(Arc::new(map)) }));
        for (section, upper) in folder.town.map(|town| ("town".to_owned(), town)).into_iter().chain(sections) {
            let laid = match self.root.shift_remove(&section) {
                Some(lower) => overlay::lay(lower, upper),
                None => upper,
            };
            self.root.insert(section, laid);
        }
        self.letters.extend(folder.letters);
        for (language, room, source) in folder.words {
            self.words.entry(language).or_default().entry(room).or_default().push(source);
        }
        self.translations.push(folder.translations);
        self.pictures.extend(folder.pictures);
    }

    /// What a library may know of the procedures.
    pub(super) fn written(&self, library: &Library) -> HashMap<String, Written> {
        let members = |section: &str| self.section(section).and_then(Node::map).into_iter().flatten();
        let facts = self.find("town.person_facts").and_then(Node::map).into_iter().flatten();
        let names = members("registers").chain(facts).map(|(id, _)| id.as_str()).collect();
        library.written(members(PROCEDURES).map(|(id, entry)| (id.as_str(), &entry.node)), &names)
    }

    /// `like:` lays a procedure over a sibling, which may itself be like another; the same for examples within a procedure.
    fn resolve_likes(&mut self, problems: &mut Vec<Problem>) {
        let Some(Node { value: Value::Map(procedures), .. }) = self.root.get_mut(PROCEDURES) else { return };
        let procedures = Arc::make_mut(procedures);
        resolve(procedures, "手続", problems);
        for entry in procedures.values_mut() {
            // Only what is changed is made one's own.
            let are_alike = entry.node.get("examples").and_then(Node::map).is_some_and(|examples| examples.values().any(is_like));
            if are_alike
                && let Value::Map(keys) = &mut entry.node.value
                && let Some(Entry { node: Node { value: Value::Map(examples), .. }, .. }) = Arc::make_mut(keys).get_mut("examples")
            {
                resolve(Arc::make_mut(examples), "例", problems);
            }
        }
    }
}

/// Lays every member that is `like:` another over that one.
fn resolve(members: &mut IndexMap<String, Entry>, what: &str, problems: &mut Vec<Problem>) {
    let all = &*members;
    let alike = all.iter().filter(|(_, entry)| is_like(entry));
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

fn is_like(entry: &Entry) -> bool {
    entry.node.get("like").is_some_and(|other| other.text().is_some())
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
        Arc::make_mut(map).shift_remove("like");
    }
    Some(overlay::lay(under, node.clone()))
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
