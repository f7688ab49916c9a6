//! Who is in a round and how they stand: entrants, corrections of points by staff, the places; and the contest that follows of them.

use std::collections::BTreeMap;

use access::CaseId;
use definitions::{
    answer::Answer,
    condition::{Names, Value},
    ids::ClassId,
    round::{Round, Score, Together},
};
use jiff::{Timestamp, civil::DateTime, tz::Offset};
use serde::{Deserialize, Serialize};

use crate::{
    allocation::{Child, Contest, Family, Place, Standing, Wish},
    lots::Seed,
};

/// Where a round stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// 受付前.
    Before,
    /// 受付中.
    Open,
    /// 締切り済み: nothing was reckoned yet.
    Closed,
    /// 採点済み: points are there, and the seed of the lots.
    Scored,
    /// 割当て済み: a run was chosen.
    Allocated,
    /// 確認済み: a second person has looked it through.
    Reviewed,
    /// 起案済み: every case that it decides is proposed, and waits for the day.
    Decided,
    /// 公表済み.
    Announced,
}

impl Stage {
    /// All of them in order.
    pub const ALL: [Stage; 8] =
        [Stage::Before, Stage::Open, Stage::Closed, Stage::Scored, Stage::Allocated, Stage::Reviewed, Stage::Decided, Stage::Announced];

    /// As it is stored, and in the words of pages.
    pub fn code(self) -> &'static str {
        match self {
            Stage::Before => "before",
            Stage::Open => "open",
            Stage::Closed => "closed",
            Stage::Scored => "scored",
            Stage::Allocated => "allocated",
            Stage::Reviewed => "reviewed",
            Stage::Decided => "decided",
            Stage::Announced => "announced",
        }
    }

    /// The stage of a code.
    pub fn from_code(code: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// Where a round stands by the clock alone.
    pub fn by_clock(round: &Round, now: Timestamp) -> Stage {
        if now < moment(round.opens) {
            Stage::Before
        } else if now < moment(round.closes) {
            Stage::Open
        } else {
            Stage::Closed
        }
    }
}

/// A moment that a definition gives in Japan's time.
pub fn moment(at: DateTime) -> Timestamp {
    Offset::constant(9).to_timestamp(at).unwrap_or(Timestamp::MAX)
}

/// A case in a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entrant {
    /// 受付番号, digits only.
    #[serde(skip)]
    pub number: String,
    /// The case.
    #[serde(skip)]
    pub case: Option<CaseId>,
    /// Where it stands in the round.
    #[serde(skip)]
    pub fate: Fate,
    /// Why a person must see to it: an id of words.
    #[serde(skip)]
    pub trouble: Option<String>,
    /// The applicant's name.
    pub name: String,
    /// What is wished for brothers and sisters.
    pub together: Together,
    /// How many draws of the lot it has.
    pub draws: u32,
    /// Those to be placed.
    pub children: Vec<Entering>,
}

/// Where a case stands in its round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Fate {
    /// 採点済み.
    #[default]
    Scored,
    /// 起案済み.
    Proposed,
    /// 公表済み.
    Announced,
    /// 一件ずつ: the round does not decide it.
    ByHand,
}

impl Fate {
    /// As it is stored, and in the words of pages.
    pub fn code(self) -> &'static str {
        match self {
            Fate::Scored => "scored",
            Fate::Proposed => "proposed",
            Fate::Announced => "announced",
            Fate::ByHand => "by_hand",
        }
    }

    /// The fate of a code.
    pub fn from_code(code: &str) -> Option<Fate> {
        [Fate::Scored, Fate::Proposed, Fate::Announced, Fate::ByHand].into_iter().find(|fate| fate.code() == code)
    }
}

/// One to be placed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entering {
    /// Their name.
    pub name: String,
    /// Their class; none where they are of none.
    pub class: Option<ClassId>,
    /// What they wish for, the dearest first, with the points there.
    pub wishes: Vec<Wished>,
}

/// A wish with how its points come about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wished {
    /// The facility's key.
    pub facility: String,
    /// The points there.
    pub score: Score,
}

/// Points that staff set right, for a reason; they count once a second person has agreed.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// Its id.
    pub id: String,
    /// The case.
    pub number: String,
    /// Which child, from 0.
    pub child: usize,
    /// Points on top, or below zero.
    pub points: i64,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// Who agreed.
    pub approved_by: Option<String>,
}

/// A place as the round holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seats {
    /// The facility's key.
    pub facility: String,
    /// The class.
    pub class: ClassId,
    /// The facility's name.
    pub name: String,
    /// How many it takes in.
    pub capacity: u32,
}

/// Scores a case.
pub fn entrant(round: &Round, names: &dyn Names, answers: &definitions::answer::Answers, applicant: &str) -> Entrant {
    let wishes = round.wishes(answers);
    let children = round.children(names).into_iter().map(|child| {
        let wished = |facility: &String| Wished { facility: facility.clone(), score: round.score(names, child.as_ref(), facility) };
        Entering {
            name: child.as_ref().and_then(name_in).unwrap_or_else(|| applicant.to_owned()),
            class: round.class_of(names, child.as_ref()).cloned(),
            wishes: wishes.iter().map(wished).collect(),
        }
    });
    Entrant {
        number: String::new(),
        case: None,
        fate: Fate::Scored,
        trouble: None,
        name: applicant.to_owned(),
        together: round.together(answers),
        draws: round.draws(names),
        children: children.collect(),
    }
}

/// The name of the person in a row.
fn name_in(row: &Value) -> Option<String> {
    let Value::Record(row) = row else { return None };
    row.fields.values().find_map(|value| match value {
        Value::Record(person) => match person.fields.get("name") {
            Some(Value::Text(name)) => Some(name.to_string()),
            _ => None,
        },
        _ => None,
    })
}

/// Whether somebody of the applicant's household is named as the child of a case without a list of children.
pub fn child_named(answers: &definitions::answer::Answers) -> Option<String> {
    answers.iter().find_map(|(_, answer)| match answer {
        Answer::Member(member) => Some(member.name.clone()),
        _ => None,
    })
}

/// The points that staff added, by case and child: those that a second person agreed to.
pub fn added(overrides: &[Override]) -> BTreeMap<(&str, usize), i64> {
    let mut added = BTreeMap::new();
    for one in overrides.iter().filter(|one| one.approved_by.is_some()) {
        *added.entry((one.number.as_str(), one.child)).or_insert(0) += one.points;
    }
    added
}

/// The contest of a round.
pub fn contest(round: &Round, seed: &Seed, seats: &[Seats], entrants: &[Entrant], overrides: &[Override]) -> Contest {
    let at: BTreeMap<(&str, &ClassId), usize> =
        seats.iter().enumerate().map(|(number, seat)| ((seat.facility.as_str(), &seat.class), number)).collect();
    let added = added(overrides);
    let families = entrants.iter().map(|entrant| {
        let lot = seed.lot(round.id.as_str(), &entrant.number, entrant.draws);
        let child = |(number, child): (usize, &Entering)| {
            let more = added.get(&(entrant.number.as_str(), number)).copied().unwrap_or(0);
            let wish = |wish: &Wished| Wish {
                facility: wish.facility.clone(),
                place: child.class.as_ref().and_then(|class| at.get(&(wish.facility.as_str(), class)).copied()),
                standing: Standing { points: wish.score.total() + more, ties: wish.score.ties.clone(), lot },
            };
            Child { wishes: child.wishes.iter().map(wish).collect() }
        };
        let children = entrant.children.iter().enumerate().map(child).collect();
        Family { key: entrant.number.clone(), together: entrant.together, children }
    });
    Contest {
        places: seats
            .iter()
            .map(|seat| Place { facility: seat.facility.clone(), class: seat.class.to_string(), capacity: seat.capacity })
            .collect(),
        families: families.collect(),
    }
}
