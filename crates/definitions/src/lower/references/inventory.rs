//! 棚卸調査の手続: each row is covered by one procedure and those that are like it.

use std::collections::BTreeMap;

use super::Look;
use crate::{inventory::InventoryId, read::Node};

pub(super) fn check(look: &mut Look<'_>) {
    let town = look.town;
    let mut first: BTreeMap<&InventoryId, &str> = BTreeMap::new();
    for (procedure, id) in town.procedures.values().flat_map(|procedure| procedure.inventory.iter().map(move |id| (procedure, id))) {
        let here = procedure.id.as_str();
        if town.inventory_excluded.contains_key(id) {
            let what = format!("手続ID `{id}` を、手続 `{here}` が扱っている");
            let hint = "ここから消す（下に重ねたフォルダに書かれているなら、`手続ID: ~` と書く）";
            look.problem(&format!("inventory_excluded.{id}"), what, hint);
        }
        let Some(before) = first.get(id).copied() else {
            first.insert(id, here);
            continue;
        };
        let path = place_of(look, here, id);
        if before == here {
            look.problem(&path, format!("手続ID `{id}` が二度書かれている"), "片方を消す");
        } else if look.merged.origin(before) != look.merged.origin(here) {
            let hint = "どちらかから消す。ほとんど同じ手続なら、一方を他方の `like:` にする";
            look.problem(&path, format!("手続ID `{id}` は、手続 `{before}` も扱うと言っている"), hint);
        }
    }
}

fn place_of(look: &Look<'_>, procedure: &str, id: &InventoryId) -> String {
    let path = format!("procedures.{procedure}.inventory");
    let written = look.merged.find(&path).and_then(Node::list).unwrap_or_default();
    match written.iter().rposition(|member| member.text() == Some(id.as_str())) {
        Some(place) => format!("{path}.{place}"),
        None => path,
    }
}
