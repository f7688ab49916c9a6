//! The table of keys, lowering, the schema and the fixture of all landed shapes hold the same keys.

use std::{collections::BTreeSet, path::Path};

use super::{Loaded, load};
use crate::{
    keys::{self, DOCUMENTS, Form, Shape, TRANSLATION_FILE, kind_form, verb_form},
    read::Node,
    sources::Sources,
};

type Keys = BTreeSet<(&'static str, &'static str)>;

fn landed() -> Loaded {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/landed_1/town");
    load(&Sources::read(&folder).unwrap())
}

fn table() -> Keys {
    keys::forms().into_iter().flat_map(|form| form.all().map(|key| named(form, key.name))).collect()
}

/// A key that all kinds of field share counts once.
fn named(form: &'static Form, key: &'static str) -> (&'static str, &'static str) {
    let shared = keys::FIELD_COMMON.iter().any(|common| common.name == key) || ["options", "from", "show"].contains(&key);
    match form.name.split_once('_') {
        Some(("field", _)) if shared => ("field", key),
        Some(("column", _)) => ("column", key),
        _ => (form.name, key),
    }
}

#[test]
fn lowering_asks_for_every_key_of_the_table() {
    let loaded = landed();
    // The walk of the examples belongs to lowering too: it reads `examples:`.
    let town = loaded.town.as_ref().unwrap();
    let mut problems = Vec::new();
    for procedure in town.procedures.values() {
        crate::check::read_examples(procedure, town, &loaded, &mut problems);
    }
    crate::check::read_mapping_examples(town, &loaded, &mut problems);
    // `kind:` chooses the form of a field, a verb's own key the form of the verb, a document's own key the document.
    let chooses = |key: &&(&str, &str)| key.1 == "kind" || (key.0 == "translations");
    let asked = loaded.gathered.asked.borrow();
    // A nation's folder holds what the town took away.
    let nation = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/landed_1/nation");
    let nation = load(&Sources::read(&nation).unwrap());
    let asked = asked.iter().chain(nation.gathered.asked.borrow().iter()).copied().collect::<Keys>();
    let asked: Keys = keys::forms()
        .into_iter()
        .flat_map(|form| form.all().filter(|key| asked.contains(&(form.name, key.name))).map(|key| named(form, key.name)))
        .collect();
    let table = table();
    let unasked: Vec<_> = table.difference(&asked).filter(|key| !chooses(key)).collect();
    assert!(unasked.is_empty(), "the table holds keys that nothing reads: {unasked:?}");
}

#[test]
fn the_schema_holds_exactly_the_keys_of_the_table() {
    let schema: serde_json::Value = serde_json::from_str(&crate::schema::schema()).unwrap();
    let defs = schema["$defs"].as_object().unwrap();
    for form in keys::forms() {
        let properties = defs[form.name]["properties"].as_object().unwrap_or_else(|| panic!("{}", form.name));
        let published: BTreeSet<&str> = properties.keys().map(String::as_str).filter(|key| *key != "after").collect();
        let known: BTreeSet<&str> = form.all().map(|key| key.name).collect();
        assert_eq!(published, known, "{}", form.name);
    }
    let named: BTreeSet<&str> = defs.keys().map(String::as_str).filter(|name| !["field", "column", "verb"].contains(name)).collect();
    assert_eq!(named, keys::forms().into_iter().map(|form| form.name).collect());
}

#[test]
fn the_fixture_holds_every_key_of_the_table() {
    let mut used = Keys::new();
    for town in ["town", "nation"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/landed_1").join(town);
        let sources = Sources::read(&folder).unwrap();
        let loaded = load(&sources);
        for document in DOCUMENTS {
            match loaded.merged.section(if document.single { document.path } else { document.key }) {
                Some(node) if document.key == "town" => walk(node, Shape::Form(document.form), &mut used),
                Some(node) if document.single => {
                    node.map().unwrap().values().for_each(|entry| walk(&entry.node, Shape::Form(document.form), &mut used));
                }
                Some(node) => {
                    let key = document.form.key(document.key).unwrap();
                    used.insert((document.form.name, key.name));
                    walk(node, key.shape, &mut used);
                }
                None => {}
            }
        }
        let files = sources.folders.values().flatten().filter(|(path, _)| path.starts_with("words/") && path.ends_with(".yaml"));
        let documents = files.flat_map(|(path, bytes)| crate::read::read(path, bytes).0);
        documents.for_each(|node| walk(&node, Shape::Form(&TRANSLATION_FILE), &mut used));
    }
    let table = table();
    // `like` of examples is resolved away.
    let unused: Vec<_> = table.difference(&used).collect();
    assert!(unused.is_empty(), "add these to tests/fixtures/landed_1: {unused:?}");
}

fn walk(node: &Node, shape: Shape, used: &mut Keys) {
    let mut keyed = |form: &'static Form| {
        for (name, entry) in node.map().into_iter().flatten() {
            if let Some(key) = form.key(name) {
                used.insert(named(form, key.name));
                walk(&entry.node, key.shape, used);
            }
        }
    };
    match shape {
        Shape::Form(form) | Shape::WordOrForm(_, form) | Shape::YesWhyNotOrForm(form) => keyed(form),
        Shape::Field | Shape::Column => {
            if let Some(form) = node.get("kind").and_then(Node::text).and_then(|kind| kind_form(kind, matches!(shape, Shape::Column))) {
                keyed(form);
            }
        }
        Shape::Verb => {
            if let Some(form) = node.map().and_then(|map| map.keys().find_map(|key| verb_form(key))) {
                keyed(form);
            }
        }
        Shape::Map(inner) | Shape::DayMap(inner) | Shape::InventoryMap(inner) => {
            node.map().into_iter().flatten().for_each(|(_, entry)| walk(&entry.node, *inner, used));
        }
        Shape::List(inner) | Shape::OneOrList(inner) => node.list().into_iter().flatten().for_each(|member| walk(member, *inner, used)),
        _ => {}
    }
}

#[test]
fn the_manual_for_authors_names_every_key() {
    let manual = include_str!("../../../../docs/language.md");
    let unnamed: BTreeSet<&str> = table().into_iter().map(|(_, key)| key).filter(|key| !manual.contains(key)).collect();
    assert!(unnamed.is_empty(), "docs/language.md says nothing of {unnamed:?}");
}
