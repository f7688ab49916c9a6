//! # 空きと繰上げ Later places
//!
//! After the announcement: places that became free, offers of them one after the other, and what became of each. Who holds which place and who waits
//! follows of what happened in its order, and is never kept beside it: so no place is offered twice, whatever was cut off in between.
//!
//! Staff offer ([`verbs`]); the family answers on its own page, or by telephone through staff ([`parcels`]); when it declines or its time has passed, the
//! next one is asked by itself ([`job`]), in the name of whoever made the offer.

pub mod job;
pub mod parcels;
pub(crate) mod rows;
pub mod verbs;

use std::collections::{BTreeMap, BTreeSet};

use definitions::{
    ids::ClassId,
    round::{Declined, Round, Silent},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    allocation::{Allocation, Contest},
    round::Fate,
    verbs::Held,
    waiting::Waiting,
};

/// An offer of places that became free.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    /// Its id.
    pub id: String,
    /// Its place among the offers of the round, from 1.
    pub turn: i64,
    /// The case.
    pub number: String,
    /// Where it stands.
    pub state: OfferState,
    /// When it was made.
    pub at: Timestamp,
    /// By whom: a member of staff's id.
    pub by: String,
    /// The last day to answer.
    pub until: Date,
    /// When it was answered, or lapsed.
    pub answered_at: Option<Timestamp>,
    /// Who answered: [`BY_FAMILY`], [`BY_TIME`], or the id of who took the call.
    pub answered_by: Option<String>,
    /// Whether what follows was done: the next one was asked, or the decision was proposed.
    pub followed: bool,
    /// What is offered.
    pub places: Vec<OfferedPlace>,
}

/// Who answered: the family on its own page.
pub const BY_FAMILY: &str = "family";
/// Nobody answered in time.
pub const BY_TIME: &str = "time";

/// A place in an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedPlace {
    /// Which child of the case, from 0.
    pub child: usize,
    /// Which of its wishes, from 0.
    pub wish: usize,
    /// The facility's key.
    pub facility: String,
    /// The class.
    pub class: ClassId,
    /// The child's name.
    pub name: String,
    /// The facility's name.
    pub facility_name: String,
}

/// Where an offer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// It waits for an answer.
    Open,
    /// 承諾.
    Accepted,
    /// 辞退.
    Declined,
    /// Nobody answered in time.
    Lapsed,
}

impl OfferState {
    /// As it is stored, and in the words of pages.
    pub fn code(self) -> &'static str {
        match self {
            OfferState::Open => "open",
            OfferState::Accepted => "accepted",
            OfferState::Declined => "declined",
            OfferState::Lapsed => "lapsed",
        }
    }

    /// The state of a code.
    pub fn from_code(code: &str) -> Option<OfferState> {
        [OfferState::Open, OfferState::Accepted, OfferState::Declined, OfferState::Lapsed].into_iter().find(|state| state.code() == code)
    }
}

/// How a place became free.
#[derive(Clone, Debug, PartialEq)]
pub struct Freed {
    /// Its id: the same twice is once.
    pub id: String,
    /// What happened.
    pub what: What,
    /// Why, in staff's words.
    pub reason: String,
    /// By whom it was entered.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What made a place free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// 辞退: a family gave up the place that a child had.
    GaveUp {
        /// The case.
        number: String,
        /// Which child.
        child: usize,
    },
    /// 退所・転出: the child left, and wants no other place.
    Left {
        /// The case.
        number: String,
        /// Which child.
        child: usize,
    },
    /// 定員を増やした.
    More {
        /// The facility's key.
        facility: String,
        /// The class.
        class: ClassId,
        /// How many more.
        count: u32,
    },
}

/// How a round stands after what happened later.
#[derive(Clone, Debug, Default)]
pub struct Later {
    /// Who waits for what.
    pub waiting: Waiting,
    /// Who has which place: family and child, with the wish that came true.
    pub holders: BTreeMap<(String, usize), usize>,
    /// How many each place takes in by now.
    pub capacity: Vec<u32>,
}

impl Later {
    /// The places of a family's children in their order, as it has them now.
    pub fn wishes_of(&self, family: &str) -> Vec<(usize, usize)> {
        self.holders.iter().filter(|((key, _), _)| key == family).map(|((_, child), wish)| (*child, *wish)).collect()
    }
}

enum Step<'a> {
    Took(&'a Offered),
    Freed(&'a Freed),
}

/// How a round stands: of the allocation, the offers and what became free, in the order in which it happened. `gone`: families that are not
/// asked, since their case was withdrawn or is still to be decided.
pub fn stand(
    round: &Round,
    contest: &Contest,
    allocation: &Allocation,
    offers: &[Offered],
    freed: &[Freed],
    gone: &BTreeSet<String>,
) -> Later {
    let mut later = Later { capacity: contest.places.iter().map(|place| place.capacity).collect(), ..Later::default() };
    for (family, results) in &allocation.results {
        for (child, result) in results.iter().enumerate() {
            later.holders.extend(result.wish.map(|wish| ((family.clone(), child), wish)));
        }
    }
    let families: BTreeMap<&str, &crate::allocation::Family> =
        contest.families.iter().map(|family| (family.key.as_str(), family)).collect();
    let wish_at = |family: &str, child: usize, wish: usize| families.get(family)?.children.get(child)?.wishes.get(wish);
    later.waiting.out.clone_from(gone);
    let taken = offers.iter().filter(|offer| offer.state == OfferState::Accepted).map(|offer| (offer.answered_at, Step::Took(offer)));
    let mut steps: Vec<_> = taken.chain(freed.iter().map(|freed| (Some(freed.at), Step::Freed(freed)))).collect();
    steps.sort_by_key(|(at, _)| *at);
    for (_, step) in steps {
        match step {
            Step::Took(offer) => {
                later.holders.extend(offer.places.iter().map(|place| ((offer.number.clone(), place.child), place.wish)));
            }
            Step::Freed(Freed { what: What::More { facility, class, count }, .. }) => {
                let at = contest.places.iter().position(|place| place.facility == *facility && place.class == class.as_str());
                if let Some(capacity) = at.and_then(|at| later.capacity.get_mut(at)) {
                    *capacity = capacity.saturating_add(*count);
                }
            }
            Step::Freed(Freed { what: What::GaveUp { number, child }, .. }) => {
                if let Some(wish) = later.holders.remove(&(number.clone(), *child))
                    && let Some(wish) = wish_at(number, *child, wish)
                {
                    declined(round.declined, number, &wish.facility, &mut later.waiting);
                }
            }
            Step::Freed(Freed { what: What::Left { number, child }, .. }) => {
                later.holders.remove(&(number.clone(), *child));
                later.waiting.provided.insert((number.clone(), *child));
            }
        }
    }
    let mut used: BTreeMap<usize, u32> = BTreeMap::new();
    for ((family, child), wish) in &later.holders {
        later.waiting.provided.insert((family.clone(), *child));
        if let Some(place) = wish_at(family, *child, *wish).and_then(|wish| wish.place) {
            *used.entry(place).or_default() += 1;
        }
    }
    for offer in offers {
        for place in &offer.places {
            match offer.state {
                OfferState::Accepted => {}
                OfferState::Open => {
                    later.waiting.offered.insert(offer.number.clone());
                    later.waiting.provided.insert((offer.number.clone(), place.child));
                    if let Some(at) = wish_at(&offer.number, place.child, place.wish).and_then(|wish| wish.place) {
                        *used.entry(at).or_default() += 1;
                    }
                }
                OfferState::Declined => declined(round.declined, &offer.number, &place.facility, &mut later.waiting),
                OfferState::Lapsed => {
                    let as_if = if round.silent == Silent::Stays { Declined::Keeps } else { round.declined };
                    declined(as_if, &offer.number, &place.facility, &mut later.waiting);
                }
            }
        }
    }
    let free = later.capacity.iter().enumerate();
    later.waiting.free = free.map(|(at, capacity)| (at, capacity.saturating_sub(used.get(&at).copied().unwrap_or(0)))).collect();
    later
}

/// Nobody is asked twice for the same facility; whether they keep their rank elsewhere the round says.
fn declined(rule: Declined, family: &str, facility: &str, waiting: &mut Waiting) {
    waiting.declined.insert((family.to_owned(), facility.to_owned()));
    if rule == Declined::Leaves {
        waiting.out.insert(family.to_owned());
    }
}

/// Families that are not asked: their result was not announced, so that a person sees to their case.
pub fn not_announced(held: &Held) -> BTreeSet<String> {
    held.entrants.iter().filter(|entrant| entrant.fate != Fate::Announced).map(|entrant| entrant.number.clone()).collect()
}
