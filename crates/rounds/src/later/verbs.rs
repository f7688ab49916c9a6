//! What is done with places that became free: entering that one did, offering it to who stands next, taking the answer by telephone, proposing
//! the decision. Each is one transaction; what was cut off is not done, and done twice it does nothing more.

use std::collections::BTreeSet;

use access::{Act, CaseId};
use cases::{CaseNumber, Stage as CaseStage, decide, verbs::Acting};
use definitions::{form::Known, round::Round, text::Language};
use jiff::Timestamp;
use store::{Entry, NewJob, Read, StoreError, Write, keys::Keys};

use super::{BY_FAMILY, BY_TIME, Freed, Later, OfferState, Offered, OfferedPlace, What, job, not_announced, parcels, rows, stand};
use crate::{
    allocation::{Allocation, Contest},
    round::Stage,
    verbs::{Held, NotNow, held, journal, may},
    waiting,
};

/// All that later places follow from.
pub struct Standing {
    /// The round as it was scored.
    pub held: Held,
    /// Its contest.
    pub contest: Contest,
    /// What was announced.
    pub allocation: Allocation,
    /// Offers, in their order.
    pub offers: Vec<Offered>,
    /// What became free, in its order.
    pub freed: Vec<Freed>,
    /// How it stands of these.
    pub later: Later,
}

/// Reads how an announced round stands; `gone`: families that are not asked besides those whose result was not announced.
///
/// # Errors
/// A round that was not announced; and when the store fails.
pub fn standing(tx: &Read<'_>, keys: &Keys, round: &Round, gone: &BTreeSet<String>) -> Result<Standing, NotNow> {
    let held = held(tx, keys, round)?.filter(|held| held.kept.stage == Stage::Announced).ok_or(NotNow::Stage)?;
    let run = held.kept.run.ok_or(NotNow::Stage)?;
    let allocation = crate::rows::allocation(tx, keys, &round.id, run)?.ok_or(NotNow::Stage)?;
    let (offers, freed, contest) = (rows::offers(tx, keys, &round.id)?, rows::freed(tx, keys, &round.id)?, held.contest(round));
    let gone: BTreeSet<String> = not_announced(&held).union(gone).cloned().collect();
    let later = stand(round, &contest, &allocation, &offers, &freed, &gone);
    Ok(Standing { held, contest, allocation, offers, freed, later })
}

impl Standing {
    /// What a case and its wishes are called, for an offer that was reckoned.
    pub fn places_of(&self, offer: &waiting::Offer) -> Vec<OfferedPlace> {
        let Some(entrant) = self.held.entrants.iter().find(|entrant| entrant.number == offer.family) else { return Vec::new() };
        let place = |(child, wish): &(usize, usize)| {
            let of = entrant.children.get(*child)?;
            let facility = &of.wishes.get(*wish)?.facility;
            Some(OfferedPlace {
                child: *child,
                wish: *wish,
                facility: facility.clone(),
                class: of.class.clone()?,
                name: of.name.clone(),
                facility_name: self.facility(facility).to_owned(),
            })
        };
        offer.places.iter().filter_map(place).collect()
    }

    /// A facility's name.
    pub fn facility<'s>(&'s self, key: &'s str) -> &'s str {
        self.held.seats.iter().find(|seats| seats.facility == key).map_or(key, |seats| seats.name.as_str())
    }
}

/// Enters that a place became free.
///
/// # Errors
/// See [`NotNow`]: no reason, a child that has no place, a place that is not the round's.
pub fn free(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, freed: &Freed) -> Result<(), NotNow> {
    may(acting.staff, acting.town, round, Act::Work)?;
    let is_written = !freed.reason.trim().is_empty() && freed.reason.chars().count() <= 500;
    if !is_written || matches!(freed.what, What::More { count, .. } if count == 0 || count > 200) {
        return Err(NotNow::ReasonDue);
    }
    let standing = standing(tx, acting.keys, round, &BTreeSet::new())?;
    match &freed.what {
        What::GaveUp { number, child } | What::Left { number, child } => {
            if !standing.later.holders.contains_key(&(number.clone(), *child)) {
                return Err(NotNow::Changed);
            }
        }
        What::More { facility, class, .. } => {
            if !standing.held.seats.iter().any(|seats| seats.facility == *facility && seats.class == *class) {
                return Err(NotNow::ReasonDue);
            }
        }
    }
    if !rows::add_freed(tx, acting.keys, &round.id, freed)? {
        return Ok(());
    }
    touch(tx, round)?;
    journal(tx, acting, round, Act::Work, "round-place-freed", format!("freed:{}", freed.id))
}

/// Two who read the same free place do not both give it away: whoever is second finds the round changed, and looks anew.
fn touch(tx: &Write<'_>, round: &Round) -> Result<(), NotNow> {
    let kept = crate::rows::kept(tx, &round.id)?.ok_or(NotNow::Stage)?;
    if crate::rows::update(tx, &round.id, &kept)? { Ok(()) } else { Err(NotNow::Changed) }
}

/// What a family is written, in its language.
pub type Letter<'l> = &'l dyn Fn(Language, &Offered) -> String;

/// Offers what is free to who stands next. None: nobody waits for it. `shown`: whom the page named as next; if that is somebody else by now, nothing
/// is offered.
///
/// # Errors
/// See [`NotNow`].
pub fn offer_next(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    round: &Round,
    shown: Option<&str>,
    letter: Letter<'_>,
) -> Result<Option<Offered>, NotNow> {
    may(acting.staff, acting.town, round, Act::Work)?;
    let Some((standing, offer, case)) = next(tx, acting, round)? else { return Ok(None) };
    if shown.is_some_and(|shown| shown != offer.family) {
        return Err(NotNow::Changed);
    }
    let turn = standing.offers.last().map_or(1, |last| last.turn + 1);
    let until = round.offer.last_day(acting.today(), &acting.town.closed);
    let offered = Offered {
        id: format!("{}:{turn}", round.id),
        turn,
        number: offer.family.clone(),
        state: OfferState::Open,
        at: acting.now,
        by: acting.staff.id.to_string(),
        until,
        answered_at: None,
        answered_by: None,
        followed: false,
        places: standing.places_of(&offer),
    };
    touch(tx, round)?;
    rows::add_offer(tx, acting.keys, &round.id, &offered)?;
    let text = letter(case.language, &offered);
    cases::verbs::write_to_applicant(tx, acting, case.number, case.row, format!("offer:{}", offered.id), text)?;
    parcels::send_down(tx, acting.keys, round, case.id, &offered)?;
    let body = serde_json::json!({ "offer": offered.id });
    tx.enqueue(&NewJob { kind: job::KIND, key: format!("{}:end", offered.id), body, at: job::morning_after(until) })?;
    journal(tx, acting, round, Act::Work, "round-offered", format!("offer:{}", offered.id))?;
    Ok(Some(offered))
}

/// Who stands next, whose case is decided and was not withdrawn.
fn next(tx: &Read<'_>, acting: &Acting<'_>, round: &Round) -> Result<Option<(Standing, waiting::Offer, cases::Case)>, NotNow> {
    let mut gone = BTreeSet::new();
    loop {
        let standing = standing(tx, acting.keys, round, &gone)?;
        let Some(offer) = waiting::next(&standing.contest, &standing.later.waiting) else { return Ok(None) };
        let number = offer.family.parse::<CaseNumber>().ok();
        let case = number.map(|number| cases::gathered::by_number(tx, acting.keys, number)).transpose()?.flatten();
        match case {
            Some(case) if matches!(case.stage, CaseStage::Decided { .. }) => return Ok(Some((standing, offer, case))),
            _ => drop(gone.insert(offer.family)),
        }
    }
}

/// What was answered.
pub struct Answer<'a> {
    /// The offer.
    pub offer: &'a str,
    /// Whether the place is taken.
    pub accepts: bool,
    /// When the answer was given.
    pub at: Timestamp,
}

/// The answer of a family by telephone or at the counter, written down by staff on its case.
///
/// # Errors
/// See [`NotNow`]; [`NotNow::Changed`] when it was answered before, or its time has passed.
pub fn answer_for(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, answer: &Answer<'_>, note: String) -> Result<(), NotNow> {
    may(acting.staff, acting.town, round, Act::Work)?;
    let (_, offer) =
        rows::offer(tx, acting.keys, answer.offer)?.filter(|(of, _)| *of == round.id).ok_or(cases::verbs::Refused::NotFound)?;
    if offer.state != OfferState::Open || acting.today() > offer.until {
        return Err(NotNow::Changed);
    }
    let case = case_of(tx, acting.keys, &offer)?;
    let by = acting.staff.id.to_string();
    settle(tx, acting.keys, round, &offer, case.id, answer, &by)?;
    touch(tx, round)?;
    cases::verbs::note(tx, acting, case.number, case.row, note)?;
    let what = if answer.accepts { "round-offer-accepted" } else { "round-offer-declined" };
    journal(tx, acting, round, Act::Work, what, format!("offer:{} by:telephone", offer.id))
}

fn case_of(tx: &Read<'_>, keys: &Keys, offer: &Offered) -> Result<cases::Case, NotNow> {
    let number: CaseNumber = offer.number.parse().map_err(|_| cases::verbs::Refused::NotFound)?;
    Ok(cases::gathered::by_number(tx, keys, number)?.ok_or(cases::verbs::Refused::NotFound)?)
}

/// Notes an answer, tells the portal, and has the next one asked where the place is free again.
fn settle(
    tx: &Write<'_>,
    keys: &Keys,
    round: &Round,
    offer: &Offered,
    case: CaseId,
    answer: &Answer<'_>,
    by: &str,
) -> Result<bool, StoreError> {
    let state = match (by, answer.accepts) {
        (BY_TIME, _) => OfferState::Lapsed,
        (_, true) => OfferState::Accepted,
        (_, false) => OfferState::Declined,
    };
    if !rows::settle(tx, &offer.id, offer.state, state, by, answer.at)? {
        return Ok(false);
    }
    let settled = Offered { state, answered_at: Some(answer.at), answered_by: Some(by.to_owned()), ..offer.clone() };
    parcels::send_down(tx, keys, round, case, &settled)?;
    if state != OfferState::Accepted {
        let body = serde_json::json!({ "offer": offer.id });
        tx.enqueue(&NewJob { kind: job::KIND, key: format!("{}:next", offer.id), body, at: tx.now() })?;
    }
    Ok(true)
}

/// The answer that a family gave on its own page. What came too late, or after a call, changes nothing; the page is told how it stands. An answer that
/// was given in time and came when the time had passed counts, as long as the place was not offered on.
///
/// # Errors
/// When the store fails.
pub(crate) fn answered(
    tx: &Write<'_>,
    keys: &Keys,
    round: &Round,
    offer: &Offered,
    case: CaseId,
    answer: &Answer<'_>,
) -> Result<(), StoreError> {
    let in_time = access::day_in_japan(answer.at) <= offer.until;
    let counts = match offer.state {
        OfferState::Open => in_time,
        OfferState::Lapsed => in_time && answer.accepts && is_still_free(tx, keys, round, offer)?,
        OfferState::Accepted | OfferState::Declined => false,
    };
    let what = match (counts, answer.accepts) {
        (true, true) => "round-offer-accepted",
        (true, false) => "round-offer-declined",
        (false, _) => "round-offer-answered-late",
    };
    if !counts || !settle(tx, keys, round, offer, case, answer, BY_FAMILY)? {
        parcels::send_down(tx, keys, round, case, offer)?;
    }
    let (actor, record, authority) = ("applicant".to_owned(), round.id.to_string(), "hatch".to_owned());
    tx.journal(&Entry { actor, what, kind: "round", record, authority, why: format!("offer:{}", offer.id) }).map(drop)
}

fn is_still_free(tx: &Read<'_>, keys: &Keys, round: &Round, offer: &Offered) -> Result<bool, StoreError> {
    let standing = match standing(tx, keys, round, &BTreeSet::new()) {
        Ok(standing) => standing,
        Err(NotNow::Refused(cases::verbs::Refused::Store(error))) => return Err(error),
        Err(_) => return Ok(false),
    };
    let free = |place: &OfferedPlace| {
        let at = standing.contest.places.iter().position(|of| of.facility == place.facility && of.class == place.class.as_str());
        let needed = offer.places.iter().filter(|other| other.facility == place.facility && other.class == place.class).count();
        at.and_then(|at| standing.later.waiting.free.get(&at)).is_some_and(|free| *free as usize >= needed)
    };
    let waits = !standing.later.waiting.offered.contains(&offer.number)
        && offer.places.iter().all(|place| !standing.later.holders.contains_key(&(offer.number.clone(), place.child)));
    Ok(waits && offer.places.iter().all(free))
}

/// The time of an open offer has passed: it counts as the round says. Says whether it lapsed by this.
///
/// # Errors
/// When the store fails, or the case is gone.
pub(crate) fn lapse(tx: &Write<'_>, keys: &Keys, round: &Round, offer: &Offered, now: Timestamp) -> Result<bool, NotNow> {
    if offer.state != OfferState::Open || access::day_in_japan(now) <= offer.until {
        return Ok(false);
    }
    let case = case_of(tx, keys, offer)?;
    let lapsed = settle(tx, keys, round, offer, case.id, &Answer { offer: &offer.id, accepts: false, at: now }, BY_TIME)?;
    let (actor, record, authority) = ("town".to_owned(), round.id.to_string(), "definition".to_owned());
    tx.journal(&Entry { actor, what: "round-offer-lapsed", kind: "round", record, authority, why: format!("offer:{}", offer.id) })?;
    Ok(lapsed)
}

/// 起案 of a place that was accepted: the case is decided anew, by its chain, as the round's decisions say of what the family has now.
///
/// # Errors
/// See [`NotNow`]; [`NotNow::NoDecision`] when the round has no decision for it, such as one place of two.
pub fn propose(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, id: &str) -> Result<CaseNumber, NotNow> {
    may(acting.staff, acting.town, round, Act::Work)?;
    let (_, offer) = rows::offer(tx, acting.keys, id)?.filter(|(of, _)| *of == round.id).ok_or(cases::verbs::Refused::NotFound)?;
    if offer.state != OfferState::Accepted || offer.followed {
        return Err(NotNow::Changed);
    }
    let standing = standing(tx, acting.keys, round, &BTreeSet::new())?;
    let number: CaseNumber = offer.number.parse().map_err(|_| cases::verbs::Refused::NotFound)?;
    let (case, procedure) = cases::verbs::read(tx, acting, number)?;
    let facts = cases::registers::facts(tx, acting.town, &case, acting.today())?;
    let names = Known::new(&procedure, &case.answers, &facts, acting.today());
    let given: Vec<usize> = standing.later.wishes_of(&offer.number).into_iter().map(|(_, wish)| wish).collect();
    let asked = standing.allocation.results.get(&offer.number).map_or(0, Vec::len);
    let draft = crate::verbs::drafted(round, &procedure, &case, &names, &given, (asked, 0)).ok_or(NotNow::NoDecision)?;
    decide::propose_anew(tx, acting, number, case.row, draft)?;
    rows::follow(tx, id)?;
    journal(tx, acting, round, Act::Work, "round-offer-proposed", format!("offer:{id}"))?;
    Ok(number)
}
