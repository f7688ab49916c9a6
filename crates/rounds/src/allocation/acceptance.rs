//! Deferred acceptance: who wants a place holds it until somebody who stands higher wants it.

use std::collections::BTreeSet;

use super::{Contest, Family, Standing, Together};

/// A contest, made ready: families by key, children numbered through, and at each place everybody who wishes for it by rank.
pub(super) struct Table<'a> {
    pub(super) contest: &'a Contest,
    /// Families in the order of their keys, so that the order in which they were handed in does not matter.
    pub(super) families: Vec<&'a Family>,
    /// The children of each family: first and one past the last.
    pub(super) spans: Vec<(usize, usize)>,
    pub(super) children: Vec<Seeker>,
}

/// A child on its way.
pub(super) struct Seeker {
    pub(super) family: usize,
    /// Whether it is placed for itself.
    pub(super) alone: bool,
    /// Its wishes that can come true at all.
    pub(super) wishes: Vec<Aim>,
}

/// A wish for a place that exists.
#[derive(Clone, Copy)]
pub(super) struct Aim {
    /// Which wish of the child's list.
    pub(super) wish: usize,
    pub(super) place: usize,
    /// The child's rank among all who wish for this place; 0 is the first.
    pub(super) rank: u32,
}

impl<'a> Table<'a> {
    pub(super) fn of(contest: &'a Contest) -> Table<'a> {
        let mut families: Vec<&Family> = contest.families.iter().collect();
        families.sort_by(|a, b| a.key.cmp(&b.key));
        let mut table = Table { contest, families, spans: Vec::new(), children: Vec::new() };
        let mut seekers: Vec<Vec<(&Standing, usize, usize)>> = vec![Vec::new(); contest.places.len()];
        for (number, family) in table.families.iter().enumerate() {
            let first = table.children.len();
            let able = family.children.iter().filter(|child| child.wishes.iter().any(|wish| wish.place.is_some())).count();
            let alone = family.together == Together::Any || family.children.len() < 2 || able == 0;
            for child in &family.children {
                let seeker = table.children.len();
                let mut wishes: Vec<Aim> = Vec::with_capacity(child.wishes.len());
                for (wish, said) in child.wishes.iter().enumerate() {
                    let Some(place) = said.place.filter(|place| *place < contest.places.len()) else { continue };
                    // A place that is wished for twice counts where it is dearest.
                    if wishes.iter().any(|aim| aim.place == place) {
                        continue;
                    }
                    seekers[place].push((&said.standing, seeker, wishes.len()));
                    wishes.push(Aim { wish, place, rank: 0 });
                }
                table.children.push(Seeker { family: number, alone, wishes });
            }
            table.spans.push((first, table.children.len()));
        }
        for at_place in &mut seekers {
            // Two who stand quite the same, lot and all, go by the order of their keys: numbers of seekers follow it.
            at_place.sort_by(|a, b| a.0.cmp(b.0).then(a.1.cmp(&b.1)));
            for (rank, (_, seeker, aim)) in at_place.iter().enumerate() {
                if let Some(aim) = table.children.get_mut(*seeker).and_then(|child| child.wishes.get_mut(*aim)) {
                    aim.rank = u32::try_from(rank).unwrap_or(u32::MAX);
                }
            }
        }
        table
    }

    pub(super) fn capacity(&self, place: usize) -> usize {
        self.contest.places.get(place).map_or(0, |place| place.capacity as usize)
    }

    /// The children of a family, by number.
    pub(super) fn members(&self, family: usize) -> std::ops::Range<usize> {
        self.spans.get(family).map_or(0..0, |(first, end)| *first..*end)
    }

    pub(super) fn aim(&self, seeker: usize, aim: usize) -> Option<Aim> {
        self.children.get(seeker)?.wishes.get(aim).copied()
    }
}

/// Who holds what at some moment.
#[derive(Clone)]
pub(super) struct Held {
    /// At each place those who hold it, by rank; the last goes first.
    pub(super) at: Vec<BTreeSet<(u32, usize)>>,
    /// For each child the aim that it holds.
    pub(super) by: Vec<Option<usize>>,
    /// For each child that is placed for itself the aim that it asks next.
    next: Vec<usize>,
}

/// A member of a family that must be placed together lost its place.
pub(super) struct Lost {
    pub(super) family: usize,
}

impl Held {
    pub(super) fn nothing(table: &Table<'_>) -> Held {
        Held {
            at: vec![BTreeSet::new(); table.contest.places.len()],
            by: vec![None; table.children.len()],
            next: vec![0; table.children.len()],
        }
    }

    /// Those who are placed for themselves ask, place by place down their wishes, until each holds one or has none left to ask.
    pub(super) fn ask(&mut self, table: &Table<'_>, mut waiting: Vec<usize>) -> Result<(), Lost> {
        while let Some(seeker) = waiting.pop() {
            let Some(aim) = self.next.get(seeker).and_then(|next| table.aim(seeker, *next)) else { continue };
            self.enter(seeker, aim);
            if let Some(out) = self.drop_last(table, aim.place) {
                if !table.children.get(out).is_some_and(|child| child.alone) {
                    return Err(Lost { family: table.children.get(out).map_or(0, |child| child.family) });
                }
                if let Some(next) = self.next.get_mut(out) {
                    *next += 1;
                }
                waiting.push(out);
            }
        }
        Ok(())
    }

    fn enter(&mut self, seeker: usize, aim: Aim) {
        let number = self.next.get(seeker).copied().unwrap_or(0);
        self.put(seeker, number, aim);
    }

    fn put(&mut self, seeker: usize, number: usize, aim: Aim) {
        if let (Some(at), Some(by)) = (self.at.get_mut(aim.place), self.by.get_mut(seeker)) {
            at.insert((aim.rank, seeker));
            *by = Some(number);
        }
    }

    /// Who must go where a place holds more than it takes in.
    fn drop_last(&mut self, table: &Table<'_>, place: usize) -> Option<usize> {
        let capacity = table.capacity(place);
        let at = self.at.get_mut(place).filter(|at| at.len() > capacity)?;
        let (_, out) = at.pop_last()?;
        if let Some(by) = self.by.get_mut(out) {
            *by = None;
        }
        Some(out)
    }

    /// Whether these children of one family, none of whom holds anything, would all be kept where they want to go.
    pub(super) fn takes(&self, table: &Table<'_>, wanted: &[(usize, Aim)]) -> bool {
        wanted.iter().all(|(_, aim)| {
            let same = || wanted.iter().filter(|(_, other)| other.place == aim.place);
            let (Some(at), Some(worst)) = (self.at.get(aim.place), same().map(|(_, other)| other.rank).max()) else { return false };
            at.range(..(worst, 0)).count() + same().count() <= table.capacity(aim.place)
        })
    }

    /// Puts the children of a family where they want to go; who must leave asks on.
    pub(super) fn put_together(&mut self, table: &Table<'_>, wanted: &[(usize, usize, Aim)]) -> Result<(), Lost> {
        for (seeker, number, aim) in wanted {
            self.put(*seeker, *number, *aim);
        }
        let mut waiting = Vec::new();
        for (_, _, aim) in wanted {
            while let Some(out) = self.drop_last(table, aim.place) {
                let Some(child) = table.children.get(out) else { continue };
                if !child.alone {
                    return Err(Lost { family: child.family });
                }
                if let Some(next) = self.next.get_mut(out) {
                    *next += 1;
                }
                waiting.push(out);
            }
        }
        self.ask(table, waiting)
    }
}
