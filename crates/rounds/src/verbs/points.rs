//! 点の補正: what papers showed and the registers do not say, in points, by two people.

use access::Act;
use cases::verbs::{Acting, Refused};
use definitions::round::Round;
use store::{Read, Write};

use super::{NotNow, change, journal, may, rank};
use crate::{
    round::{Override, Stage},
    rows::{self, Kept},
};

/// 点の補正: points on top, or below zero, for a reason. They count once a second person agreed.
///
/// # Errors
/// See [`NotNow`].
pub fn add_points(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, one: &Override) -> Result<(), NotNow> {
    may(acting.staff, acting.town, round, Act::Work)?;
    open_for_points(tx, round)?;
    if one.reason.trim().is_empty() || one.reason.chars().count() > 500 || one.points == 0 || one.points.abs() > 200 {
        return Err(NotNow::ReasonDue);
    }
    let entrant = rows::one(tx, acting.keys, &round.id, &one.number)?.ok_or(Refused::NotFound)?;
    if one.child >= entrant.children.len() {
        return Err(Refused::NotFound.into());
    }
    rows::add_override(tx, acting.keys, &round.id, one, acting.now)?;
    journal(tx, acting, round, Act::Work, "round-points", format!("case:{} by:{}", one.number, one.points))
}

/// A second person agrees to a correction of points.
///
/// # Errors
/// See [`NotNow`].
pub fn agree_points(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, id: &str) -> Result<(), NotNow> {
    may(acting.staff, acting.town, round, Act::Work)?;
    let mut kept = open_for_points(tx, round)?;
    if !rows::agree(tx, &round.id, id, &acting.staff.id.to_string(), acting.now)? {
        return Err(NotNow::SecondPerson);
    }
    rank(tx, acting.keys, round)?;
    // What was allocated before follows from other points.
    (kept.stage, kept.run, kept.chosen_by) = (Stage::Scored, None, None);
    change(tx, round, &kept)?;
    journal(tx, acting, round, Act::Work, "round-points-agreed", format!("correction:{id}"))
}

fn open_for_points(tx: &Read<'_>, round: &Round) -> Result<Kept, NotNow> {
    let kept = rows::kept(tx, &round.id)?.ok_or(NotNow::Stage)?;
    if matches!(kept.stage, Stage::Scored | Stage::Allocated) { Ok(kept) } else { Err(NotNow::Stage) }
}
