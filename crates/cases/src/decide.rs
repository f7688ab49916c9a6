//! 起案から決定まで: a clerk drafts the decision, the chain approves it, and what the outcome says follows by itself.

pub mod consult;

use access::{grants::Act, staff::absence};
use definitions::{
    answer::Answers,
    ids::{OutcomeId, RoleId},
    procedure::{Outcome, Procedure, StepAct},
};
use store::{Read, StoreError, Write};

use crate::{
    CaseNumber, asked,
    case::{Approval, Approved, Case, NotNow, Proposal, Reach, Stage},
    effects,
    event::Event,
    parcel::News,
    rows,
    verbs::{Acting, Happened, Refused, change},
};

/// What a clerk proposes.
pub struct Draft {
    /// How it should end.
    pub outcome: OutcomeId,
    /// 理由: facts and the norm applied (行政手続法8条).
    pub reason: String,
    /// What the outcome asks staff to add.
    pub details: Answers,
}

/// 起案する.
///
/// # Errors
/// See [`change`]; also a reason or details missing where they are due.
pub fn propose(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64, draft: Draft) -> Result<Case, Refused> {
    let (by, at) = (acting.staff.id, acting.now);
    let (there, _) = crate::verbs::read(tx, acting, number)?;
    let facts = crate::registers::facts(tx, acting.town, &there, acting.today())?;
    change(tx, acting, number, seen, Act::Work, |case, procedure| {
        let outcome = draft.outcome.clone();
        let ask = &procedure.outcomes.get(&outcome).ok_or(NotNow::Unknown("outcome"))?.ask;
        let names = asked::names(case, procedure, &facts, acting.today(), Some((&outcome, &draft.details)));
        if !asked::is_complete(ask, &draft.details, names) {
            return Err(NotNow::DetailsDue);
        }
        let proposal = Proposal { outcome: draft.outcome, reason: draft.reason, details: draft.details, by, at };
        case.stage = case.propose(procedure, proposal)?;
        Ok(vec![Happened::told(Event::Proposed { outcome }, News::Deciding)])
    })
}

/// 改めて起案する: a case that was decided is decided again in the person's favour, such as a place that became free later. What was decided before
/// stays in its story and its letters; the chain approves as it did the first time.
///
/// # Errors
/// See [`change`]; also a case that is not decided, the same outcome again, or details missing.
pub fn propose_anew(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64, draft: Draft) -> Result<Case, Refused> {
    let (by, at) = (acting.staff.id, acting.now);
    let (there, _) = crate::verbs::read(tx, acting, number)?;
    let facts = crate::registers::facts(tx, acting.town, &there, acting.today())?;
    change(tx, acting, number, seen, Act::Work, |case, procedure| {
        let Stage::Decided { proposal: before, .. } = &case.stage else { return Err(NotNow::Stage(case.stage.code())) };
        if before.outcome == draft.outcome {
            return Err(NotNow::Stage(case.stage.code()));
        }
        let outcome = draft.outcome.clone();
        let ask = &procedure.outcomes.get(&outcome).ok_or(NotNow::Unknown("outcome"))?.ask;
        let names = asked::names(case, procedure, &facts, acting.today(), Some((&outcome, &draft.details)));
        if !asked::is_complete(ask, &draft.details, names) {
            return Err(NotNow::DetailsDue);
        }
        let step = procedure.steps.values().find(|step| step.act == StepAct::Propose).ok_or(NotNow::Unknown("step"))?;
        case.stage = Stage::Working { step: step.id.clone() };
        let proposal = Proposal { outcome: draft.outcome, reason: draft.reason, details: draft.details, by, at };
        case.stage = case.propose(procedure, proposal)?;
        Ok(vec![Happened::told(Event::Proposed { outcome }, News::Deciding)])
    })
}

/// What an outcome asks staff, as they find it before they typed anything: the club of the first wish, the first day.
///
/// # Errors
/// See [`read`](crate::verbs::read); also no such outcome.
pub fn beforehand(tx: &Read<'_>, acting: &Acting<'_>, number: CaseNumber, outcome: &OutcomeId) -> Result<Answers, Refused> {
    let (case, procedure) = crate::verbs::read(tx, acting, number)?;
    let ask = &procedure.outcomes.get(outcome).ok_or(NotNow::Unknown("outcome"))?.ask;
    let (town, today) = (acting.town, acting.today());
    let asking = asked::Asking { town, case: &case, procedure: &procedure, outcome: Some(outcome), ask, today };
    Ok(asking.begin(tx)?.1.answers)
}

/// Somebody's place in the chain of decision at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is not their turn.
    Elsewhere,
    /// They hold the role whose turn it is.
    Holder(RoleId),
    /// 代決: its holder is away, or the post is vacant, and they stand in.
    StandIn(RoleId),
    /// They would stand in, but a holder is at work: 代決 is for absence only.
    HolderPresent(RoleId),
}

impl Place {
    /// The role in which they approve, and whether they stand in for it; none when they may not.
    pub fn capacity(&self) -> Option<(RoleId, bool)> {
        match self {
            Place::Holder(role) => Some((role.clone(), false)),
            Place::StandIn(role) => Some((role.clone(), true)),
            Place::Elsewhere | Place::HolderPresent(_) => None,
        }
    }

    fn must_act(&self) -> Result<(RoleId, bool), NotNow> {
        match self {
            Place::HolderPresent(_) => Err(NotNow::HolderPresent),
            place => place.capacity().ok_or(NotNow::NotNext),
        }
    }
}

/// Where somebody stands in the chain of a case now.
///
/// # Errors
/// When the store fails.
pub fn place(tx: &Read<'_>, acting: &Acting<'_>, case: &Case, procedure: &Procedure) -> Result<Place, StoreError> {
    let Some(role) = case.next_role(procedure) else { return Ok(Place::Elsewhere) };
    if access::holds_role(acting.staff, &case.department, role) {
        return Ok(Place::Holder(role.clone()));
    }
    if !access::stands_in_for(acting.staff, &case.department, role) {
        return Ok(Place::Elsewhere);
    }
    let present = absence::present_holders(tx, acting.town, &case.department, role, acting.today())?;
    Ok(if present.is_empty() { Place::StandIn(role.clone()) } else { Place::HolderPresent(role.clone()) })
}

/// 承認する: approves in one's turn. When the chain is complete the case is decided and its effects are ordered, all in one transaction.
///
/// # Errors
/// See [`change`]; also not one's turn, a deputy whose chief is at work, or one's own draft.
pub fn approve(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64) -> Result<Case, Refused> {
    let today = acting.today();
    let mut decided = None;
    let (place, reach) = turn(tx, acting, number)?;
    let waits = waits_for_its_round(tx, acting, number)?;
    let case = change(tx, acting, number, seen, Act::Decide, |case, procedure| {
        let (role, stands_in) = place.must_act()?;
        if waits {
            return Err(NotNow::RoundsDay);
        }
        let approval = Approval { by: acting.staff.id, role: role.clone(), stands_in, sampled: false, at: acting.now, looked_at: None };
        let mut happened = vec![Happened::inside(Event::Approved { role, stands_in })];
        match case.approve(procedure, approval, reach, today)? {
            Approved::Next(stage) => case.stage = stage,
            Approved::Decided(stage) => {
                case.stage = stage;
                let (outcome, news) = decision(case, procedure)?;
                happened.push(Happened::told(Event::Decided { outcome: outcome.id.clone() }, news));
                decided = Some((procedure.clone(), outcome.clone()));
            }
        }
        Ok(happened)
    })?;
    if let Some((procedure, outcome)) = decided {
        effects::order(tx, acting, &case, &procedure, &outcome)?;
    }
    Ok(case)
}

/// Whether a case is decided with a round whose day has not come. A round that the folder does not know any more holds nothing.
fn waits_for_its_round(tx: &Read<'_>, acting: &Acting<'_>, number: CaseNumber) -> Result<bool, Refused> {
    let (case, _) = crate::verbs::read(tx, acting, number)?;
    let round = rows::marks::round_of(tx, case.id)?.and_then(|round| acting.town.rounds.get(round.as_str()));
    Ok(round.is_some_and(|round| crate::clock::local(acting.now) < round.announce))
}

/// This person's place in the chain, and whether their approval ends it (専決). Read in the same transaction as the approval itself.
fn turn(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber) -> Result<(Place, Reach), Refused> {
    let (case, procedure) = crate::verbs::read(tx, acting, number)?;
    let place = place(tx, acting, &case, &procedure)?;
    let Some((role, _)) = place.capacity() else { return Ok((place, Reach::Chain)) };
    let alone = consult::decides_alone(tx, acting, &case, &procedure, &role)?;
    Ok((place, if alone { Reach::Alone } else { Reach::Chain }))
}

pub(crate) fn decision<'p>(case: &Case, procedure: &'p Procedure) -> Result<(&'p Outcome, News), NotNow> {
    let Stage::Decided { proposal, .. } = &case.stage else { return Err(NotNow::Stage(case.stage.code())) };
    let outcome = procedure.outcomes.get(&proposal.outcome).ok_or(NotNow::Unknown("outcome"))?;
    let message = effects::told_by(outcome.effects.values());
    let news = News::Decided {
        outcome: outcome.id.clone(),
        sense: outcome.sense,
        reason: proposal.reason.clone(),
        details: proposal.details.clone(),
        message,
    };
    Ok((outcome, news))
}

/// 差戻し: back to the clerk, with the reason.
///
/// # Errors
/// See [`change`]; also no reason, or not one's turn.
pub fn send_back(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64, reason: String) -> Result<Case, Refused> {
    let (place, _) = turn(tx, acting, number)?;
    change(tx, acting, number, seen, Act::Decide, |case, procedure| {
        place.must_act()?;
        case.stage = case.send_back(procedure, &reason)?;
        Ok(vec![Happened::told(Event::SentBack { reason }, News::BackToReview)])
    })
}

/// 後閲: the one in whose place somebody approved has looked at it.
///
/// # Errors
/// See [`change`]; also when nobody stood in for this person.
pub fn look_afterwards(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64) -> Result<Case, Refused> {
    change(tx, acting, number, seen, Act::Decide, |case, _| {
        let Stage::Decided { approvals, .. } = &mut case.stage else { return Err(NotNow::Stage(case.stage.code())) };
        let department = case.department.clone();
        let mut looked = false;
        for approval in approvals.iter_mut().filter(|approval| approval.waits_for_a_look()) {
            if access::holds_role(acting.staff, &department, &approval.role) {
                approval.looked_at = Some(acting.now);
                looked = true;
            }
        }
        if looked { Ok(vec![Happened::inside(Event::LookedAfterwards)]) } else { Err(NotNow::NotNext) }
    })
}
