//! # 版 Versions
//!
//! A version is the digest of the merged procedure without its wording: what a filed case keeps. Departments, roles and words
//! are always today's. The digest is taken over the author's own keys, so that a new key of the language, which nobody has
//! written yet, changes no version.

use std::fmt::Write;

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::{
    keys::{Form, Shape, kind_form, verb_form},
    procedure::Version,
    read::{Node, Value},
};

mod diff;

pub use diff::{Difference, diff, pages_to_look_at};

/// SHA-256 as hex digits.
pub fn hex_digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The version of a merged procedure.
pub(crate) fn of(node: &Node, form: &'static Form) -> Version {
    let canonical = keyed(node, form).to_string();
    Version(hex_digest(canonical.as_bytes()))
}

/// Canonical JSON: keys of the language sorted, ids of the author in their order (order has meaning there), wording left out.
fn canonical(node: &Node, shape: Shape) -> Json {
    match shape {
        Shape::Words => Json::Null,
        Shape::YesOrWhyNot => Json::Bool(node.text() == Some("yes")),
        Shape::List(inner) | Shape::OneOrList(inner) => match node.list() {
            Some(list) => Json::Array(list.iter().map(|member| canonical(member, *inner)).collect()),
            None => Json::Array(vec![canonical(node, *inner)]),
        },
        Shape::Map(inner) | Shape::DayMap(inner) | Shape::InventoryMap(inner) => ordered(node, |member| canonical(member, *inner)),
        Shape::Options => match node.list() {
            Some(_) => as_written(node),
            None => ordered(node, |_| Json::Null),
        },
        Shape::Form(form) | Shape::WordOrForm(_, form) | Shape::YesWhyNotOrForm(form) if node.map().is_some() => keyed(node, form),
        Shape::YesWhyNotOrForm(_) => Json::Bool(node.text() == Some("yes")),
        Shape::Field | Shape::Column => match node.get("kind").and_then(Node::text).and_then(|kind| kind_form(kind, true)) {
            Some(form) => keyed(node, form),
            None => as_written(node),
        },
        Shape::Verb => match node.map().and_then(|map| map.keys().find_map(|key| verb_form(key))) {
            Some(form) => keyed(node, form),
            None => as_written(node),
        },
        _ => as_written(node),
    }
}

fn keyed(node: &Node, form: &'static Form) -> Json {
    let mut sorted: Vec<(&String, Json)> = Vec::new();
    for (name, entry) in node.map().into_iter().flatten() {
        match form.key(name) {
            Some(key) if key.versioned && name != "like" && !matches!(key.shape, Shape::Words) => {
                sorted.push((name, canonical(&entry.node, key.shape)));
            }
            Some(_) => {}
            None => sorted.push((name, as_written(&entry.node))),
        }
    }
    sorted.sort_by(|a, b| a.0.cmp(b.0));
    Json::Object(sorted.into_iter().map(|(name, value)| (name.clone(), value)).collect::<Map<_, _>>())
}

fn ordered(node: &Node, inner: impl Fn(&Node) -> Json) -> Json {
    let entries = node.map().into_iter().flatten();
    Json::Array(entries.map(|(id, entry)| Json::Array(vec![Json::String(id.clone()), inner(&entry.node)])).collect())
}

fn as_written(node: &Node) -> Json {
    match &node.value {
        Value::Nothing => Json::Null,
        Value::Text { text, .. } => Json::String(text.clone()),
        Value::List(list) => Json::Array(list.iter().map(as_written).collect()),
        Value::Map(_) => ordered(node, as_written),
    }
}
