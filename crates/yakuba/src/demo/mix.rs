//! Which procedures the demo's cases are of. A town has hundreds, and most cases are of a few: those that the town made its own.

use std::{collections::BTreeSet, path::Path};

use definitions::{
    overlay::changes,
    procedure::{Online, Procedure},
    sources::Sources,
    town::Town,
};

/// Of so many cases all but one are of the town's own procedures.
const OWN: usize = 4;

/// The procedures that the demo files, its own first.
pub(super) struct Mix<'t> {
    own: Vec<&'t Procedure>,
    all: Vec<&'t Procedure>,
}

impl<'t> Mix<'t> {
    /// Those of a town that can be filed online, with the ones that its folder says something about. A folder that lies over nothing has made
    /// all of them its own.
    pub(super) fn of(town: &'t Town, folder: &Path) -> Mix<'t> {
        let own = own(folder).unwrap_or_default();
        // What is only prepared online is left to who tries the demo.
        let is_filed = |procedure: &&Procedure| matches!(procedure.channels.online, Online::Open);
        let all: Vec<&Procedure> = town.procedures.values().map(AsRef::as_ref).filter(is_filed).collect();
        let own = all.iter().copied().filter(|procedure| own.contains(procedure.id.as_str())).collect();
        Mix { own, all }
    }

    /// The procedures to try for the case of this number, one after the other: an invented person does not have the papers for each.
    pub(super) fn for_case(&self, number: usize) -> impl Iterator<Item = &'t Procedure> + '_ {
        let own = if number.is_multiple_of(OWN) { &[][..] } else { &self.own };
        let turned = |of: &[&'t Procedure], by: usize| -> Vec<&'t Procedure> {
            if of.is_empty() { Vec::new() } else { of.iter().copied().cycle().skip(by % of.len()).take(of.len()).collect() }
        };
        turned(own, number).into_iter().chain(turned(&self.all, number / OWN))
    }
}

/// What the folder itself says something about.
fn own(folder: &Path) -> Option<BTreeSet<String>> {
    let upper = Sources::read(folder).ok()?;
    let changed = changes(&upper, &upper.below()?).ok()?;
    Some(changed.iter().filter_map(|thing| thing.path.strip_prefix("procedures.").map(str::to_owned)).collect())
}
