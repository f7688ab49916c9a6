//! Families whose children must be placed together. They come in one after the other, those who stand higher first, each at the best combination of
//! places that holds. Whoever must leave asks on, as long as they are placed for themselves. Where another family would lose its place, the order
//! was wrong: the one that pushed goes before the one that was pushed, and all begin again. When two orders contradict each other, there may be
//! none that is right, and the pushed family's combination is given up. Each new beginning has an order forbidden or a combination less, so there
//! is an end.

use std::collections::{BTreeSet, HashSet};

use super::{
    Together,
    acceptance::{Aim, Held, Table},
};

/// Most combinations of places that are looked at for one family: five wishes of each of four children are 625.
const COMBINATIONS_MAX: usize = 4_096;
/// Most new beginnings by a change of the order alone, for each family and on top; afterwards combinations are given up at once.
const ORDERS_PER_FAMILY: usize = 4;
const ORDERS_MORE: usize = 32;

/// A combination: the aim of each child of the family, in their order.
pub(super) type Combination = Vec<usize>;

/// What came out.
pub(super) struct Settled {
    pub(super) held: Held,
    /// Combinations given up, by family.
    pub(super) given_up: BTreeSet<(usize, Combination)>,
    pub(super) beginnings: u32,
}

/// Settles who holds what.
pub(super) fn settle(table: &Table<'_>) -> Settled {
    let mut alone = Held::nothing(table);
    let seekers = (0..table.children.len()).filter(|seeker| table.children.get(*seeker).is_some_and(|child| child.alone)).collect();
    // No family is in yet, so that none can lose its place.
    let _ = alone.ask(table, seekers);
    let together: Vec<usize> = (0..table.families.len())
        .filter(|family| table.members(*family).any(|m| table.children.get(m).is_some_and(|c| !c.alone)))
        .collect();
    let mut going = Going::new(table, together);
    loop {
        going.beginnings += 1;
        match going.once(alone.clone()) {
            Ok(held) => return Settled { held, given_up: going.given_up, beginnings: going.beginnings },
            Err(clash) => going.mend(clash),
        }
    }
}

/// A family pushed another, or itself, out of its place.
struct Clash {
    pushing: usize,
    pushed: usize,
}

struct Going<'a> {
    table: &'a Table<'a>,
    /// Families in the order in which they come in.
    order: Vec<usize>,
    combinations: Vec<Vec<Combination>>,
    /// For each family the combination at which it came in last.
    came_in: Vec<Option<Combination>>,
    /// "This one before that one" was tried.
    tried: HashSet<(usize, usize)>,
    orders_left: usize,
    given_up: BTreeSet<(usize, Combination)>,
    beginnings: u32,
}

impl<'a> Going<'a> {
    fn new(table: &'a Table<'a>, mut order: Vec<usize>) -> Going<'a> {
        // By the weakest child at its first wish; equal ones by key, which is the order of their numbers.
        let weakest = |family: &usize| {
            let children = table.families.get(*family).map_or(&[][..], |family| &family.children);
            children.iter().filter_map(|child| child.wishes.first()).map(|wish| wish.standing.clone()).max()
        };
        order.sort_by_cached_key(|family| (weakest(family), *family));
        let mut combinations = vec![Vec::new(); table.families.len()];
        for family in &order {
            if let Some(slot) = combinations.get_mut(*family) {
                *slot = combinations_of(table, *family);
            }
        }
        let orders_left = order.len() * ORDERS_PER_FAMILY + ORDERS_MORE;
        let came_in = vec![None; table.families.len()];
        Going { table, order, combinations, came_in, tried: HashSet::new(), orders_left, given_up: BTreeSet::new(), beginnings: 0 }
    }

    /// All families come in, one after the other.
    fn once(&mut self, mut held: Held) -> Result<Held, Clash> {
        for family in self.order.clone() {
            if let Some(slot) = self.came_in.get_mut(family) {
                *slot = None;
            }
            let Some(combination) = self.best(&held, family) else { continue };
            let wanted: Vec<(usize, usize, Aim)> = self
                .table
                .members(family)
                .zip(&combination)
                .filter_map(|(seeker, aim)| Some((seeker, *aim, self.table.aim(seeker, *aim)?)))
                .collect();
            if let Some(slot) = self.came_in.get_mut(family) {
                *slot = Some(combination);
            }
            held.put_together(self.table, &wanted).map_err(|lost| Clash { pushing: family, pushed: lost.family })?;
        }
        Ok(held)
    }

    fn best(&self, held: &Held, family: usize) -> Option<Combination> {
        let fits = |combination: &&Combination| {
            let wanted = wanted(self.table, family, combination);
            !self.given_up.contains(&(family, (*combination).clone())) && held.takes(self.table, &wanted)
        };
        self.combinations.get(family)?.iter().find(fits).cloned()
    }

    fn mend(&mut self, Clash { pushing, pushed }: Clash) {
        if pushing != pushed && self.orders_left > 0 && self.tried.insert((pushing, pushed)) {
            self.orders_left -= 1;
            self.order.retain(|family| *family != pushing);
            let at = self.order.iter().position(|family| *family == pushed).unwrap_or(0);
            self.order.insert(at, pushing);
            return;
        }
        let combination = self.came_in.get(pushed).cloned().flatten();
        if let Some(combination) = combination {
            self.given_up.insert((pushed, combination));
        }
    }
}

/// The children of a family with where a combination puts them.
pub(super) fn wanted(table: &Table<'_>, family: usize, combination: &[usize]) -> Vec<(usize, Aim)> {
    table.members(family).zip(combination).filter_map(|(seeker, aim)| Some((seeker, table.aim(seeker, *aim)?))).collect()
}

/// The combinations that a family wants, the dearest first: by the sum of the places in the children's lists, then by the least dear of them, then
/// those at one facility, then as the elder wishes.
pub(super) fn combinations_of(table: &Table<'_>, family: usize) -> Vec<Combination> {
    let members: Vec<usize> = table.members(family).collect();
    let Some(together) = table.families.get(family).map(|family| family.together) else { return Vec::new() };
    let many = u32::try_from(members.len()).unwrap_or(u32::MAX);
    // As many wishes of each child as can be looked at together.
    let most = (1..=64usize).rev().find(|most| most.checked_pow(many).is_some_and(|all| all <= COMBINATIONS_MAX)).unwrap_or(1);
    let mut all: Vec<Combination> = vec![Vec::new()];
    for seeker in &members {
        let wishes = table.children.get(*seeker).map_or(0, |child| child.wishes.len());
        // At one facility there is no more than one combination for each wish of the eldest.
        let wishes = if together == Together::Same { wishes } else { wishes.min(most) };
        all = all.iter().flat_map(|begun| (0..wishes).map(move |aim| [begun.as_slice(), &[aim]].concat())).collect();
        if together == Together::Same {
            all.retain(|begun| is_at_one_facility(table, &members, begun));
        }
    }
    let wish = |seeker: &usize, aim: &usize| table.aim(*seeker, *aim).map_or(usize::MAX, |aim| aim.wish);
    all.sort_by_cached_key(|combination| {
        let wishes: Vec<usize> = members.iter().zip(combination).map(|(seeker, aim)| wish(seeker, aim)).collect();
        let apart = !is_at_one_facility(table, &members, combination);
        (wishes.iter().sum::<usize>(), wishes.iter().max().copied(), apart, wishes)
    });
    all
}

fn is_at_one_facility(table: &Table<'_>, members: &[usize], combination: &[usize]) -> bool {
    let facility = |(seeker, aim): (&usize, &usize)| {
        let place = table.aim(*seeker, *aim)?.place;
        table.contest.places.get(place).map(|place| place.facility.as_str())
    };
    let mut facilities = members.iter().zip(combination).map(facility);
    let Some(first) = facilities.next() else { return true };
    facilities.all(|other| other == first)
}
