//! How much of the inventory a town's procedures cover, and how far from home each part is done.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Inventory, InventoryId, Row};
use crate::{
    graph::{self, Alike},
    ids::ProcedureId,
    lower,
    problem::Problem,
    procedure::Reach,
    sources::Sources,
    town::Town,
};

/// Rows of the inventory, and how often they were filed in a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// Rows.
    pub rows: usize,
    /// 総手続件数 of those rows that have one.
    pub filings: u64,
}

impl Sum {
    fn of<'r>(rows: impl Iterator<Item = &'r Row>) -> Sum {
        rows.fold(Sum::default(), |sum, row| Sum { rows: sum.rows + 1, filings: sum.filings.saturating_add(row.filings.unwrap_or(0)) })
    }

    /// Of how many rows of a whole these are, from 0 to 1; of nothing, 0.
    pub fn share_of_rows(&self, whole: &Sum) -> f64 {
        share(self.rows as f64, whole.rows as f64)
    }

    /// Of how many filings of a whole, from 0 to 1; of nothing, 0.
    pub fn share_of_filings(&self, whole: &Sum) -> f64 {
        share(self.filings as f64, whole.filings as f64)
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// What is done over one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfReach {
    /// How far one gets from home.
    pub reach: Reach,
    /// Procedures of the town, whether they cover a row or not.
    pub procedures: usize,
    /// Rows covered.
    pub covered: Sum,
}

/// A row that nothing covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// 手続ID.
    pub id: InventoryId,
    /// 手続名.
    pub name: String,
    /// 総手続件数.
    pub filings: Option<u64>,
}

/// A 手続ID that a definition names and the inventory does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claimed {
    /// Which.
    pub id: InventoryId,
    /// The procedure that says that it covers it; `None`: it stands in `inventory_excluded:`.
    pub procedure: Option<ProcedureId>,
}

/// How a town's procedures stand against the inventory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The town's folder.
    pub town: String,
    /// The rows of the inventory.
    pub inventory: Sum,
    /// Rows of the file that are asked of others than municipalities, or by others than residents.
    pub left_out: usize,
    /// Those that are not the town's (`inventory_excluded:`).
    pub not_ours: Sum,
    /// The others: the whole of every share.
    pub ours: Sum,
    /// Those of ours that a procedure covers.
    pub covered: Sum,
    /// The same by channel, the farthest from the counter first. A row that several procedures cover counts where one gets least far.
    pub by_reach: Vec<OfReach>,
    /// Procedures that the town offers.
    pub procedures: usize,
    /// Those of them that cover no row.
    pub without_row: usize,
    /// Distinct page graphs ([`graph::pages`]).
    pub page_graphs: usize,
    /// Distinct step graphs ([`graph::steps`]).
    pub step_graphs: usize,
    /// Rows of ours that nothing covers, those most filed first.
    pub gaps: Vec<Gap>,
    /// Procedures that share too much ([`graph::alike`]).
    pub alike: Vec<Alike>,
    /// What definitions name and the inventory does not have.
    pub not_in_inventory: Vec<Claimed>,
}

/// Holds a town against the inventory.
///
/// # Errors
/// The mistakes of the folder: of a town that cannot be loaded nothing can be said.
pub fn coverage(sources: &Sources, inventory: &Inventory) -> Result<Coverage, Vec<Problem>> {
    let loaded = lower::load(sources);
    match &loaded.town {
        Some(town) if loaded.problems.is_empty() => {
            let origin = |id: &ProcedureId| loaded.merged.origin(id.as_str()).to_owned();
            let alike = graph::alike(town.procedures.values().map(AsRef::as_ref), origin);
            Ok(of_town(town, inventory, alike))
        }
        _ => Err(loaded.problems),
    }
}

fn of_town(town: &Town, inventory: &Inventory, alike: Vec<Alike>) -> Coverage {
    let procedures = || town.procedures.values();
    let mut reaches: BTreeMap<&InventoryId, Reach> = BTreeMap::new();
    for (id, reach) in procedures().flat_map(|procedure| procedure.inventory.iter().map(|id| (id, procedure.channels.reach()))) {
        reaches.entry(id).and_modify(|known| *known = reach.max(*known)).or_insert(reach);
    }
    let (not_ours, ours): (Vec<&Row>, Vec<&Row>) = inventory.rows.iter().partition(|row| town.inventory_excluded.contains_key(&row.id));
    let covered = || ours.iter().copied().filter(|row| reaches.contains_key(&row.id));
    let by_reach = Reach::ALL.into_iter().map(|reach| OfReach {
        reach,
        procedures: procedures().filter(|procedure| procedure.channels.reach() == reach).count(),
        covered: Sum::of(covered().filter(|row| reaches.get(&row.id) == Some(&reach))),
    });
    let mut gaps: Vec<Gap> = ours
        .iter()
        .filter(|row| !reaches.contains_key(&row.id))
        .map(|row| Gap { id: row.id.clone(), name: row.name.clone(), filings: row.filings })
        .collect();
    gaps.sort_by(|a, b| b.filings.cmp(&a.filings).then_with(|| a.id.cmp(&b.id)));
    Coverage {
        town: town.id.as_str().to_owned(),
        inventory: Sum::of(inventory.rows.iter()),
        left_out: inventory.others.len(),
        not_ours: Sum::of(not_ours.into_iter()),
        ours: Sum::of(ours.iter().copied()),
        covered: Sum::of(covered()),
        by_reach: by_reach.collect(),
        procedures: town.procedures.len(),
        without_row: procedures().filter(|procedure| procedure.inventory.is_empty()).count(),
        page_graphs: procedures().map(|procedure| graph::pages(procedure)).collect::<BTreeSet<_>>().len(),
        step_graphs: procedures().map(|procedure| graph::steps(procedure)).collect::<BTreeSet<_>>().len(),
        gaps,
        alike,
        not_in_inventory: not_in_inventory(town, inventory),
    }
}

fn not_in_inventory(town: &Town, inventory: &Inventory) -> Vec<Claimed> {
    let known: BTreeSet<&InventoryId> = inventory.rows.iter().map(|row| &row.id).chain(&inventory.others).collect();
    let of_procedures = town
        .procedures
        .values()
        .flat_map(|procedure| procedure.inventory.iter().map(|id| Claimed { id: id.clone(), procedure: Some(procedure.id.clone()) }));
    let excluded = town.inventory_excluded.keys().map(|id| Claimed { id: id.clone(), procedure: None });
    of_procedures.chain(excluded).filter(|claimed| !known.contains(&claimed.id)).collect()
}
