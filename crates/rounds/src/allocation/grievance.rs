//! Whether anybody could rightly complain of an allocation. It is written from the definition alone and knows nothing of how the allocation was
//! made, so that the one checks the other.

use std::collections::BTreeMap;

use super::{Allocation, ChildKey, Contest, Family, Standing, Together, Wish};

/// Something that somebody could rightly complain of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grievance {
    /// A place holds more than it takes in.
    TooMany {
        /// Which place of the contest.
        place: usize,
    },
    /// A child has a place that it did not wish for, or a family's wish for brothers and sisters was not kept.
    NotWished {
        /// Whose.
        family: String,
    },
    /// A child that is placed for itself would rather have a place that is free or that somebody who stands lower got.
    Envy {
        /// Which child.
        child: ChildKey,
        /// Which of its wishes.
        wish: usize,
    },
    /// The same for the children of a family together. Towards a combination that was given up this can be.
    FamilyEnvy {
        /// Whose.
        family: String,
        /// Which wish of each child.
        wishes: Vec<usize>,
        /// Whether the combination was given up, and so staff know of it.
        known: bool,
    },
}

/// All grievances of an allocation.
pub fn grievances(contest: &Contest, allocation: &Allocation) -> Vec<Grievance> {
    let mut found = Vec::new();
    let hall = Hall::of(contest, allocation);
    for (place, said) in contest.places.iter().enumerate() {
        if hall.holders(place).count() > said.capacity as usize {
            found.push(Grievance::TooMany { place });
        }
    }
    for family in &contest.families {
        let got = hall.got(family);
        if !is_as_wished(contest, family, &got) {
            found.push(Grievance::NotWished { family: family.key.clone() });
        }
        if is_together(family) { hall.family(family, &got, &mut found) } else { hall.alone(family, &got, &mut found) }
    }
    found
}

fn is_together(family: &Family) -> bool {
    family.together != Together::Any && family.children.len() > 1
}

fn is_as_wished(contest: &Contest, family: &Family, got: &[Option<usize>]) -> bool {
    let wish = |(child, wish): (usize, &Option<usize>)| family.children.get(child)?.wishes.get((*wish)?);
    let places: Vec<Option<&Wish>> = got.iter().enumerate().map(wish).collect();
    if got.iter().zip(&places).any(|(got, wish)| got.is_some() && wish.and_then(|wish| wish.place).is_none()) {
        return false;
    }
    let placed: Vec<&Wish> = places.into_iter().flatten().collect();
    let whole = placed.is_empty() || placed.len() == family.children.len();
    let facility = |wish: &&Wish| wish.place.and_then(|place| contest.places.get(place)).map(|place| place.facility.as_str());
    match family.together {
        _ if !is_together(family) => true,
        Together::Any => true,
        Together::SameTime => whole,
        Together::Same => whole && placed.iter().all(|wish| facility(wish) == placed.first().and_then(facility)),
    }
}

/// Who has what, and who would rather have what, seen from the places.
struct Hall<'a> {
    contest: &'a Contest,
    allocation: &'a Allocation,
    /// For each place everybody who holds it, or is placed for itself and would rather have it: how they stand, who, whether they hold it.
    at: BTreeMap<usize, Vec<(&'a Standing, &'a str, bool)>>,
}

impl<'a> Hall<'a> {
    fn of(contest: &'a Contest, allocation: &'a Allocation) -> Hall<'a> {
        let mut at: BTreeMap<usize, Vec<_>> = BTreeMap::new();
        for family in &contest.families {
            for (number, child) in family.children.iter().enumerate() {
                let got = allocation.of(&family.key, number).and_then(|result| result.wish);
                for (wish, said) in child.wishes.iter().enumerate() {
                    let holds = got == Some(wish);
                    let rather = !is_together(family) && got.is_none_or(|got| wish < got);
                    if let Some(place) = said.place.filter(|_| holds || rather) {
                        at.entry(place).or_default().push((&said.standing, family.key.as_str(), holds));
                    }
                }
            }
        }
        Hall { contest, allocation, at }
    }

    fn holders(&self, place: usize) -> impl Iterator<Item = &(&'a Standing, &'a str, bool)> {
        self.at.get(&place).into_iter().flatten().filter(|(_, _, holds)| *holds)
    }

    fn got(&self, family: &Family) -> Vec<Option<usize>> {
        (0..family.children.len()).map(|child| self.allocation.of(&family.key, child).and_then(|result| result.wish)).collect()
    }

    fn alone(&self, family: &Family, got: &[Option<usize>], found: &mut Vec<Grievance>) {
        for (number, child) in family.children.iter().enumerate() {
            let end = got.get(number).copied().flatten().unwrap_or(child.wishes.len());
            for (wish, said) in child.wishes.iter().enumerate().take(end) {
                let Some(place) = said.place else { continue };
                let capacity = self.contest.places.get(place).map_or(0, |place| place.capacity as usize);
                // Who stands the same to the last goes by their keys.
                let before =
                    self.holders(place).filter(|(standing, key, _)| (*standing, *key) <= (&said.standing, family.key.as_str())).count();
                if before < capacity {
                    found.push(Grievance::Envy { child: (family.key.clone(), number), wish });
                }
            }
        }
    }

    fn family(&self, family: &Family, got: &[Option<usize>], found: &mut Vec<Grievance>) {
        let have: Option<Vec<usize>> = got.iter().copied().collect();
        let dear =
            |wishes: &[usize]| (wishes.iter().sum::<usize>(), wishes.iter().max().copied(), self.is_apart(family, wishes), wishes.to_vec());
        for wishes in combinations(family) {
            let better = have.as_ref().is_none_or(|have| dear(&wishes) < dear(have));
            let kept = family.together == Together::SameTime || !self.is_apart(family, &wishes);
            if better && kept && self.has_room(family, &wishes) {
                let facilities: Vec<String> = wishes
                    .iter()
                    .zip(&family.children)
                    .filter_map(|(wish, child)| Some(child.wishes.get(*wish)?.facility.clone()))
                    .collect();
                let known = self.allocation.given_up.iter().any(|given| given.family == family.key && given.facilities == facilities);
                found.push(Grievance::FamilyEnvy { family: family.key.clone(), wishes, known });
            }
        }
    }

    fn wished<'f>(&self, family: &'f Family, wishes: &[usize]) -> Vec<Option<(usize, &'f Standing)>> {
        let wish = |(wish, child): (&usize, &'f super::Child)| child.wishes.get(*wish).and_then(|wish| Some((wish.place?, &wish.standing)));
        wishes.iter().zip(&family.children).map(wish).collect()
    }

    fn is_apart(&self, family: &Family, wishes: &[usize]) -> bool {
        let facility = |at: &Option<(usize, &Standing)>| at.and_then(|(place, _)| Some(self.contest.places.get(place)?.facility.clone()));
        let facilities: Vec<_> = self.wished(family, wishes).iter().map(facility).collect();
        facilities.windows(2).any(|pair| pair.first() != pair.last())
    }

    /// Whether each place of a combination would take the children in, before all others who hold it or would rather have it and stand lower.
    /// Nobody hands a place on to a brother or sister over the head of one who stands higher.
    fn has_room(&self, family: &Family, wishes: &[usize]) -> bool {
        let wanted: Option<Vec<(usize, &Standing)>> = self.wished(family, wishes).into_iter().collect();
        let Some(wanted) = wanted else { return false };
        wanted.iter().all(|(place, _)| {
            let own: Vec<&Standing> = wanted.iter().filter(|(other, _)| other == place).map(|(_, standing)| *standing).collect();
            let Some(weakest) = own.iter().max() else { return false };
            let others = self.at.get(place).into_iter().flatten().filter(|(_, key, _)| *key != family.key);
            let before = others.filter(|(standing, key, _)| (*standing, *key) < (*weakest, family.key.as_str())).count();
            before + own.len() <= self.contest.places.get(*place).map_or(0, |place| place.capacity as usize)
        })
    }
}

fn combinations(family: &Family) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for child in &family.children {
        all = all.iter().flat_map(|begun| (0..child.wishes.len()).map(move |wish| [begun.as_slice(), &[wish]].concat())).collect();
    }
    all
}
