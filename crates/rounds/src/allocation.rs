//! # 割当て Allocation
//!
//! Who gets which place, out of ranked wishes, capacities and a strict order. Pure: no clock, no chance, no store; the same applicants give the
//! same result, in whatever order they are handed in.
//!
//! Children who are placed for themselves go through deferred acceptance, in which they propose (Gale, Shapley 1962): nobody with a higher
//! standing is left without a place that someone with a lower one got, and each gets the best place for which that is true. Families whose
//! children must be placed together come in one after the other (`families`), after Ashlagi, Braverman and Hassidim's sorted deferred acceptance and
//! its refinement for day nurseries by Sun, Yokoyama and Yokoo. Such families can be so entangled that no allocation is free of grievances; then
//! one combination of places is given up, and it is said which ([`Allocation::given_up`]). [`grievances`] checks an allocation by its definition
//! alone. `docs/rounds.md` says what is guaranteed, and why this and no other way was taken.

mod acceptance;
mod families;
mod grievance;
mod told;

use std::{cmp::Ordering, collections::BTreeMap};

pub use definitions::round::Together;
pub use grievance::{Grievance, grievances};

/// What is to be allocated: places, and families with their wishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contest {
    /// The places.
    pub places: Vec<Place>,
    /// Who applies. One key stands for one family.
    pub families: Vec<Family>,
}

/// Places of one kind: a class of a facility, a kind of flat, a slot of a hall.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The facility's key in its register.
    pub facility: String,
    /// The class in it, such as the age on 1 April; empty where there are none.
    pub class: String,
    /// How many it takes in.
    pub capacity: u32,
}

/// Those who apply with one filing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// By which they are known: the number of the case.
    pub key: String,
    /// What they wish for brothers and sisters.
    pub together: Together,
    /// Each child, or the one applicant.
    pub children: Vec<Child>,
}

/// One to be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// Its wishes, the dearest first.
    pub wishes: Vec<Wish>,
}

/// A wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The facility wished for.
    pub facility: String,
    /// The place there for this child, in [`Contest::places`]; none when the facility has no class for it.
    pub place: Option<usize>,
    /// How the child stands there.
    pub standing: Standing,
}

/// How a child stands: points, then the tie rules in their order, then the lot. The better is the smaller in [`Ord`], as in a list by rank.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Standing {
    /// 指数.
    pub points: i64,
    /// What each tie rule gives; more stands before less.
    pub ties: Vec<i64>,
    /// The lot (抽選); less stands before more.
    pub lot: u64,
}

impl Ord for Standing {
    fn cmp(&self, other: &Standing) -> Ordering {
        other.points.cmp(&self.points).then_with(|| other.ties.cmp(&self.ties)).then_with(|| self.lot.cmp(&other.lot))
    }
}

impl PartialOrd for Standing {
    fn partial_cmp(&self, other: &Standing) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// One child of a contest: the family's key, and which of its children, from 0.
pub type ChildKey = (String, usize);

/// Who got what.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Allocation {
    /// Each child, by family and place in it.
    pub results: BTreeMap<String, Vec<ChildResult>>,
    /// Combinations of places that were given up because families stood in each other's way in a ring: family and what each child would have
    /// had. Only towards these may a grievance be left; staff look at each.
    pub given_up: Vec<GivenUp>,
    /// How often the families were gone through from the beginning.
    pub rounds: u32,
}

/// A combination that was given up for a family.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct GivenUp {
    /// The family.
    pub family: String,
    /// The facility of each child.
    pub facilities: Vec<String>,
}

/// How it came out for one child.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ChildResult {
    /// The wish that came true, from 0.
    pub wish: Option<usize>,
    /// Why each wish before that one (or each, when none came true) did not.
    pub passed: Vec<Passed>,
}

/// A wish that did not come true.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Passed {
    /// Which wish, from 0.
    pub wish: usize,
    /// Why.
    pub why: Why,
}

/// Why a wish did not come true.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The facility has no class for this child.
    NoClass,
    /// No place was to be had, or those who got one stand higher.
    Full {
        /// How many got a place.
        taken: u32,
        /// The points of the last of them.
        lowest: Option<i64>,
    },
    /// For this child there would have been a place; for a brother or sister, with whom it must be placed, there was none.
    Sibling,
    /// The combination was given up: see [`Allocation::given_up`].
    GivenUp,
}

impl Family {
    /// Whether its children are placed together or not at all.
    pub fn goes_together(&self) -> bool {
        self.together != Together::Any && self.children.len() > 1
    }
}

impl Allocation {
    /// How it came out for a child.
    pub fn of(&self, family: &str, child: usize) -> Option<&ChildResult> {
        self.results.get(family)?.get(child)
    }

    /// How many children got a place.
    pub fn placed(&self) -> usize {
        self.results.values().flatten().filter(|result| result.wish.is_some()).count()
    }
}

/// Allocates.
pub fn allocate(contest: &Contest) -> Allocation {
    let table = acceptance::Table::of(contest);
    let settled = families::settle(&table);
    told::tell(&table, settled)
}
