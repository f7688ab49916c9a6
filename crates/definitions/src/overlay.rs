//! # Overlay
//!
//! Nation → prefecture → municipality, merged key by key. Order is kept: what is new goes to the end, or where `after:` says.
//! `~` removes. Lists and scalars are replaced as a whole. Each leaf remembers the file and line from which it came, since a
//! node carries its place with it.

mod changes;

use std::sync::Arc;

use indexmap::IndexMap;

pub use changes::{Change, ChangedThing, What, changes};

use crate::{
    problem::Problem,
    read::{Entry, Node, Value},
};

/// Lays `upper` over `lower`.
pub fn lay(lower: Node, upper: Node) -> Node {
    match (lower, upper) {
        (Node { value: Value::Map(lower), .. }, Node { place, value: Value::Map(upper) }) => {
            let mut merged = lower;
            let below = Arc::make_mut(&mut merged);
            for (key, entry) in Arc::unwrap_or_clone(upper) {
                lay_entry(below, key, entry);
            }
            Node { place, value: Value::Map(merged) }
        }
        (_, upper) => upper,
    }
}

fn lay_entry(merged: &mut IndexMap<String, Entry>, key: String, entry: Entry) {
    match merged.get_mut(&key) {
        Some(_) if entry.node.is_nothing() => {
            merged.shift_remove(&key);
        }
        Some(below) => {
            let lower = std::mem::replace(&mut below.node, Node { place: entry.key.clone(), value: Value::Nothing });
            below.node = lay(lower, entry.node);
            below.key = entry.key;
        }
        // An empty value over nothing stays, and is reported where its key is known.
        None => {
            merged.insert(key, entry);
        }
    }
}

/// Puts every entry that says `after: sibling` behind that sibling, everywhere below a node, and takes the word away.
pub fn place(node: &mut Node, problems: &mut Vec<Problem>) {
    match &mut node.value {
        Value::List(list) => list.iter_mut().for_each(|member| place(member, problems)),
        Value::Map(map) => {
            if map.values().any(has_wish) {
                move_behind_siblings(Arc::make_mut(map), problems);
            }
            // What has no wish is shared with others as it is.
            let unsettled: Vec<usize> = (0..).zip(map.values()).filter(|(_, entry)| !is_settled(&entry.node)).map(|(at, _)| at).collect();
            if unsettled.is_empty() {
                return;
            }
            let map = Arc::make_mut(map);
            for at in unsettled {
                if let Some((_, entry)) = map.get_index_mut(at) {
                    place(&mut entry.node, problems);
                }
            }
        }
        Value::Nothing | Value::Text { .. } => {}
    }
}

fn has_wish(entry: &Entry) -> bool {
    entry.node.get("after").is_some_and(|wish| wish.text().is_some())
}

/// Whether nothing below a node wishes to stand elsewhere.
fn is_settled(node: &Node) -> bool {
    match &node.value {
        Value::List(list) => list.iter().all(is_settled),
        Value::Map(map) => map.values().all(|entry| !has_wish(entry) && is_settled(&entry.node)),
        Value::Nothing | Value::Text { .. } => true,
    }
}

fn move_behind_siblings(map: &mut IndexMap<String, Entry>, problems: &mut Vec<Problem>) {
    let wishes: Vec<(String, String)> =
        map.iter().filter_map(|(key, entry)| Some((key.clone(), entry.node.get("after")?.text()?.to_owned()))).collect();
    for (key, after) in wishes {
        if let Some(entry) = map.get_mut(&key)
            && let Value::Map(inner) = &mut entry.node.value
            && let Some(wish) = Arc::make_mut(inner).shift_remove("after")
            && (after == key || !map.contains_key(&after))
        {
            let near = crate::keys::nearest(&after, map.keys().map(String::as_str));
            let hint = near.map_or_else(|| "同じ組の中の id を書く".to_owned(), |near| format!("`{near}` のことか"));
            problems.push(Problem::new(&wish.node.place, format!("`{after}` が同じ組の中にない"), hint));
            continue;
        }
        if let Some((from, _, entry)) = map.shift_remove_full(&key) {
            let to = map.get_index_of(&after).map_or(from, |at| at + 1);
            map.shift_insert(to.min(map.len()), key, entry);
        }
    }
}
