//! What a family is told on the day: the result, its own points and how they came about, why a wish did not come true, its own rank among those who
//! wait. Nothing of anybody else: how many were taken and the points of the last of them are told only where they were several.

use std::sync::Arc;

use access::CaseId;
use cases::Case;
use definitions::round::{Line, Round};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Parcel, Read, StoreError, Write,
    hatch::{Failure, Receiver},
    keys::{Face, Keys},
    params,
};

use crate::{
    allocation::{Allocation, Why},
    round::Entrant,
    verbs::Held,
    waiting::{self, Ranks},
};

/// The kind of parcel that brings a result to the portal.
const KIND: &str = "round.result";
/// The fewest who were taken for their last one's points to be told.
const TOLD_FROM: u32 = 5;

/// What is told of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Announced {
    /// The case.
    pub case: String,
    /// The round.
    pub round: String,
    /// When.
    pub at: Timestamp,
    /// Each child.
    pub children: Vec<AnnouncedChild>,
}

/// What is told of a child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnnouncedChild {
    /// Its name.
    pub name: String,
    /// The facility that it got.
    pub got: Option<String>,
    /// Its points, with what staff added.
    pub points: i64,
    /// How they came about: what counted.
    pub lines: Vec<Line>,
    /// What staff added.
    pub added: i64,
    /// Its wishes in order.
    pub wishes: Vec<AnnouncedWish>,
}

/// What is told of a wish.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnnouncedWish {
    /// The facility's name.
    pub facility: String,
    /// Why it did not come true; none: it did, or a dearer one did.
    pub why: Option<Why>,
    /// The place in the list of those who wait there, from 1.
    pub rank: Option<usize>,
}

/// What announcing a round needs, reckoned once for all cases.
pub struct Announcing {
    round: Arc<Round>,
    held: Held,
    allocation: Allocation,
    ranks: Ranks,
    at: Timestamp,
}

impl Announcing {
    /// Reckons who waits where, and at which rank.
    pub fn of(round: Arc<Round>, held: Held, allocation: Allocation, at: Timestamp) -> Announcing {
        let ranks = waiting::ranks(&held.contest(&round), &allocation);
        Announcing { round, held, allocation, ranks, at }
    }

    /// The allocation.
    pub fn allocation(&self) -> &Allocation {
        &self.allocation
    }

    fn name<'s>(&'s self, facility: &'s str) -> &'s str {
        self.held.seats.iter().find(|seats| seats.facility == facility).map_or(facility, |seats| seats.name.as_str())
    }

    /// What is told of a case.
    pub fn told(&self, case: CaseId, entrant: &Entrant) -> Announced {
        let added = crate::round::added(&self.held.overrides);
        let child = |(number, child): (usize, &crate::round::Entering)| {
            let result = self.allocation.of(&entrant.number, number);
            let got = result.and_then(|result| result.wish);
            let score = got.map_or(child.wishes.first(), |wish| child.wishes.get(wish)).map(|wish| &wish.score);
            let added = added.get(&(entrant.number.as_str(), number)).copied().unwrap_or(0);
            let wish = |(at, wish): (usize, &crate::round::Wished)| {
                let why = result.and_then(|result| result.passed.iter().find(|passed| passed.wish == at)).map(|passed| passed.why.clone());
                let rank = self.ranks.get(&(wish.facility.clone(), entrant.number.clone(), number)).copied();
                AnnouncedWish {
                    facility: self.name(&wish.facility).to_owned(),
                    why: why.map(discreet),
                    rank: rank.filter(|_| got.is_none()),
                }
            };
            AnnouncedChild {
                name: child.name.clone(),
                got: got.and_then(|wish| child.wishes.get(wish)).map(|wish| self.name(&wish.facility).to_owned()),
                points: score.map_or(0, definitions::round::Score::total) + added,
                lines: score.map(|score| score.counting().cloned().collect()).unwrap_or_default(),
                added,
                wishes: child.wishes.iter().enumerate().map(wish).collect(),
            }
        };
        Announced {
            case: case.to_string(),
            round: self.round.id.to_string(),
            at: self.at,
            children: entrant.children.iter().enumerate().map(child).collect(),
        }
    }
}

/// The points of one among few would be somebody's points.
fn discreet(why: Why) -> Why {
    match why {
        Why::Full { taken, .. } if taken < TOLD_FROM => Why::Full { taken: 0, lowest: None },
        other => other,
    }
}

/// Sends a case's result to the portal. Twice is once.
pub(crate) fn send(tx: &Write<'_>, keys: &Keys, case: &Case, entrant: &Entrant, news: &Announcing) -> Result<(), StoreError> {
    let body = cases::parcel::sealed(keys, Face::Portal, &news.told(case.id, entrant))?;
    tx.send(&Parcel { kind: KIND.to_owned(), id: format!("{}:{}", news.round.id, case.id), body })
}

/// What the portal does with results.
pub struct PortalReceiver {
    /// The portal's keys.
    pub keys: Arc<Keys>,
}

impl Receiver for PortalReceiver {
    fn kind(&self) -> &str {
        KIND
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let announced: Announced = cases::parcel::opened(&self.keys, &parcel.body)?;
        let case: CaseId = announced.case.parse().map_err(|_| StoreError::damaged("round.result"))?;
        let plain = serde_json::to_vec(&announced).map_err(|_| StoreError::damaged("round.result"))?;
        let sql = "insert into round_result (case_id, announced_at, body) values ($1, $2, $3) \
            on conflict (case_id) do update set announced_at = excluded.announced_at, body = excluded.body";
        tx.run(sql, params![case.to_string(), announced.at, self.keys.seal("round_result.body", &plain)?])?;
        cases::gathered::put_beside(tx, case, "rounds-result-open", "round")?;
        Ok(())
    }
}

/// The result of a case, once it was announced.
///
/// # Errors
/// When the store fails.
pub fn of_case(tx: &Read<'_>, keys: &Keys, case: CaseId) -> Result<Option<Announced>, StoreError> {
    let row = tx.first("select body from round_result where case_id = $1", params![case.to_string()])?;
    row.map(|row| crate::rows::unseal(keys, "round_result.body", &row.get::<Vec<u8>>(0)?)).transpose()
}
