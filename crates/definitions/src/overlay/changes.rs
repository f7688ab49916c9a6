//! What a folder changes of what lies below it, thing by thing and key by key, in words.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Serialize;

use crate::{
    keys::{DOCUMENTS, Form, Shape, kind_form, verb_form},
    lower::Merged,
    problem::{Place, Problem},
    read::{Entry, Node, Value},
    sources::Sources,
};

/// What happened to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is there now.
    Added,
    /// It is there no more.
    Removed,
    /// It says something else.
    Changed,
    /// What is below it comes in another order.
    Reordered,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happened.
    pub what: What,
    /// The keys from the thing on, dot by dot: `pages.who.fields.fax`. Empty: the thing itself.
    pub path: String,
    /// The same in words: 画面 who › 質問 fax.
    pub words: String,
    /// What was there.
    pub before: Option<String>,
    /// What is there now.
    pub after: Option<String>,
    /// Where that stands: `towns/mihon/procedures/dog.yaml:3:1`.
    pub place: Option<String>,
    /// Where that stood.
    pub place_before: Option<String>,
}

/// A thing of the folder with its changes: a procedure, a department, the town itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedThing {
    /// Its path: `procedures.dog`.
    pub path: String,
    /// What it is, with its title: 手続 dog（犬の登録）.
    pub words: String,
    /// What changes of it.
    pub changes: Vec<Change>,
}

/// What a town's folder changes of the folders below it, or of another town.
///
/// # Errors
/// When a folder cannot be read as far as its trees.
pub fn changes(upper: &Sources, lower: &Sources) -> Result<Vec<ChangedThing>, Vec<Problem>> {
    let mut problems = Vec::new();
    let (upper, lower) = (Merged::of(upper, &mut problems), Merged::of(lower, &mut problems));
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut found = Vec::new();
    for document in DOCUMENTS {
        let (name, word) = match document.form.key(document.key).filter(|_| !document.single) {
            Some(key) => (document.key, first_words(key.says)),
            None if document.key == "town" => ("town", first_words(document.form.says)),
            None => (document.path, first_words(document.form.says)),
        };
        let (after, before) = (upper.section(name), lower.section(name));
        if name == "town" {
            thing("town", word, Shape::Form(document.form), before, after, &mut found);
            continue;
        }
        let shape = match document.form.key(document.key).map(|key| key.shape) {
            Some(Shape::Map(inner) | Shape::InventoryMap(inner)) if !document.single => *inner,
            _ => Shape::Form(document.form),
        };
        for id in ids(before, after) {
            let of = |node: Option<&'_ Node>| node.and_then(|node| node.get(id)).cloned();
            thing(&format!("{name}.{id}"), &format!("{word} {id}"), shape, of(before).as_ref(), of(after).as_ref(), &mut found);
        }
    }
    letters(&upper, &lower, &mut found);
    Ok(found)
}

/// The keys of both maps, those of the upper one first.
fn ids<'n>(before: Option<&'n Node>, after: Option<&'n Node>) -> Vec<&'n str> {
    let keys = |node: Option<&'n Node>| node.and_then(Node::map).into_iter().flat_map(IndexMap::keys).map(String::as_str);
    let mut seen = BTreeSet::new();
    keys(after).chain(keys(before)).filter(|id| seen.insert(*id)).collect()
}

fn thing(path: &str, words: &str, shape: Shape, before: Option<&Node>, after: Option<&Node>, found: &mut Vec<ChangedThing>) {
    let titled = |node: &Node| ["title", "name"].iter().find_map(|key| node.get(key)?.text().map(str::to_owned));
    let title = after.or(before).and_then(titled);
    let words = title.map_or_else(|| words.to_owned(), |title| format!("{words}（{title}）"));
    let mut changes = Vec::new();
    let mut way = Way { changes: &mut changes, path: Vec::new(), words: Vec::new() };
    way.compare(before, after, Some(shape));
    // What is there as a whole is told by its title.
    if let [Change { path, before, after, .. }] = changes.as_mut_slice()
        && path.is_empty()
    {
        (*before, *after) = (None, None);
    }
    if !changes.is_empty() {
        found.push(ChangedThing { path: path.to_owned(), words, changes });
    }
}

fn letters(upper: &Merged, lower: &Merged, found: &mut Vec<ChangedThing>) {
    let names: BTreeSet<&String> = upper.letters.keys().chain(lower.letters.keys()).collect();
    for name in names {
        let (after, before) = (upper.letters.get(name), lower.letters.get(name));
        let what = match (before, after) {
            (None, Some(_)) => What::Added,
            (Some(_), None) => What::Removed,
            (Some((_, before)), Some((_, after))) if before != after => What::Changed,
            _ => continue,
        };
        let place = |letter: Option<&(std::sync::Arc<str>, std::sync::Arc<str>)>| letter.map(|(file, _)| file.to_string());
        let change = Change {
            what,
            path: String::new(),
            words: String::new(),
            before: None,
            after: None,
            place: place(after),
            place_before: place(before),
        };
        found.push(ChangedThing { path: format!("letters/{name}.typ"), words: format!("文書の本文 {name}"), changes: vec![change] });
    }
}

/// A walk down two trees.
struct Way<'w> {
    changes: &'w mut Vec<Change>,
    path: Vec<String>,
    words: Vec<String>,
}

impl Way<'_> {
    fn compare(&mut self, before: Option<&Node>, after: Option<&Node>, shape: Option<Shape>) {
        match (before, after) {
            (None, None) => {}
            (None, Some(_)) => self.note(What::Added, before, after),
            (Some(_), None) => self.note(What::Removed, before, after),
            (Some(lower), Some(upper)) => match (lower.map(), upper.map()) {
                (Some(lower_map), Some(upper_map)) => {
                    self.maps(lower_map, upper_map, upper, shape);
                    if matches!(shape, Some(Shape::Map(_) | Shape::Options)) && order(lower_map, upper_map) != order(upper_map, lower_map) {
                        self.note_order(lower, upper, lower_map, upper_map);
                    }
                }
                _ if is_same(lower, upper) => {}
                _ => self.note(What::Changed, before, after),
            },
        }
    }

    fn maps(&mut self, lower: &IndexMap<String, Entry>, upper: &IndexMap<String, Entry>, node: &Node, shape: Option<Shape>) {
        let form = shape.and_then(|shape| form_of(shape, node));
        let new = upper.keys().filter(|key| !lower.contains_key(*key));
        for key in lower.keys().chain(new) {
            let (words, inner) = match (form.and_then(|form| form.key(key)), shape) {
                (Some(known), _) => (first_words(known.says).to_owned(), Some(known.shape)),
                (None, Some(Shape::Map(inner) | Shape::DayMap(inner) | Shape::InventoryMap(inner))) => (key.clone(), Some(*inner)),
                (None, _) => (key.clone(), None),
            };
            self.path.push(key.clone());
            self.words.push(words);
            self.compare(lower.get(key).map(|entry| &entry.node), upper.get(key).map(|entry| &entry.node), inner);
            self.path.pop();
            self.words.pop();
        }
    }

    fn note(&mut self, what: What, before: Option<&Node>, after: Option<&Node>) {
        self.changes.push(Change {
            what,
            path: self.path.join("."),
            words: self.in_words(),
            before: before.map(flow),
            after: after.map(flow),
            place: after.map(|node| shown(&node.place)),
            place_before: before.map(|node| shown(&node.place)),
        });
    }

    fn note_order(&mut self, lower: &Node, upper: &Node, before: &IndexMap<String, Entry>, after: &IndexMap<String, Entry>) {
        self.changes.push(Change {
            what: What::Reordered,
            path: self.path.join("."),
            words: self.in_words(),
            before: Some(order(before, after).join(", ")),
            after: Some(order(after, before).join(", ")),
            place: Some(shown(&upper.place)),
            place_before: Some(shown(&lower.place)),
        });
    }

    /// 画面 who › 質問 fax: each id behind the word for what it is one of.
    fn in_words(&self) -> String {
        let mut words = String::new();
        for (at, (key, word)) in self.path.iter().zip(&self.words).enumerate() {
            let is_id = key == word;
            words.push_str(if at == 0 {
                ""
            } else if is_id {
                " "
            } else {
                " › "
            });
            words.push_str(word);
        }
        words
    }
}

/// The keys that both have, in the order of the first.
fn order<'n>(of: &'n IndexMap<String, Entry>, other: &IndexMap<String, Entry>) -> Vec<&'n str> {
    of.keys().filter(|key| other.contains_key(*key)).map(String::as_str).collect()
}

fn form_of(shape: Shape, node: &Node) -> Option<&'static Form> {
    match shape {
        Shape::Form(form) | Shape::WordOrForm(_, form) => Some(form),
        Shape::Field | Shape::Column => kind_form(node.get("kind")?.text()?, true),
        Shape::Verb => node.map()?.keys().find_map(|key| verb_form(key)),
        _ => None,
    }
}

/// What a key is, without what is said of it further on.
fn first_words(says: &'static str) -> &'static str {
    says.split(['：', '（', '。', '、']).next().unwrap_or(says)
}

/// Whether two nodes say the same, wherever they stand.
fn is_same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Nothing, Value::Nothing) => true,
        (Value::Text { text: one, .. }, Value::Text { text: other, .. }) => one == other,
        (Value::List(one), Value::List(other)) => one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other)),
        (Value::Map(one), Value::Map(other)) => {
            one.len() == other.len()
                && one.iter().zip(other.iter()).all(|((key, one), (name, other))| key == name && is_same(&one.node, &other.node))
        }
        _ => false,
    }
}

/// A node on one line, as it could be written.
fn flow(node: &Node) -> String {
    match &node.value {
        Value::Nothing => "~".to_owned(),
        Value::Text { text, .. } => text.trim_end().replace('\n', "⏎"),
        Value::List(list) => format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Map(map) => {
            let entries: Vec<String> = map.iter().map(|(key, entry)| format!("{key}: {}", flow(&entry.node))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

fn shown(place: &Place) -> String {
    format!("{}:{}:{}", place.file, place.line, place.column)
}
