//! 起案から決定まで: a clerk drafts the decision, the chain approves it, and what the outcome says follows by itself.

pub mod consult;

use access::{Staff, grants::Act};
use definitions::{
    answer::Answers,
    ids::{OutcomeId, RoleId},
    procedure::{Outcome, Procedure},
};
use store::Write;

use crate::{
    CaseNumber,
    case::{Approval, Approved, Case, NotNow, Proposal, Reach, Stage},
    effects,
    event::Event,
    parcel::News,
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
    change(tx, acting, number, seen, Act::Work, |case, procedure| {
        let outcome = draft.outcome.clone();
        let proposal = Proposal { outcome: draft.outcome, reason: draft.reason, details: draft.details, by, at };
        case.stage = case.propose(procedure, proposal)?;
        Ok(vec![Happened::told(Event::Proposed { outcome }, News::Deciding)])
    })
}

/// In which capacity somebody may approve: the role whose turn it is, or standing in for it (代決).
pub fn capacity(staff: &Staff, case: &Case, procedure: &Procedure) -> Option<(RoleId, bool)> {
    let role = case.next_role(procedure)?;
    if access::holds_role(staff, &case.department, role) {
        return Some((role.clone(), false));
    }
    access::stands_in_for(staff, &case.department, role).then(|| (role.clone(), true))
}

/// 承認する: approves in one's turn. When the chain is complete the case is decided and its effects are ordered, all in one transaction.
///
/// # Errors
/// See [`change`]; also not one's turn, or one's own draft.
pub fn approve(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64) -> Result<Case, Refused> {
    let today = acting.today();
    let mut decided = None;
    let reach = reach(tx, acting, number)?;
    let case = change(tx, acting, number, seen, Act::Decide, |case, procedure| {
        let (role, stands_in) = capacity(acting.staff, case, procedure).ok_or(NotNow::NotNext)?;
        let approval = Approval { by: acting.staff.id, role: role.clone(), stands_in, at: acting.now, looked_at: None };
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

/// Whether this person's approval ends the chain (専決). Read in the same transaction as the approval itself.
fn reach(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber) -> Result<Reach, Refused> {
    let (case, procedure) = crate::verbs::read(tx, acting, number)?;
    let Some((role, _)) = capacity(acting.staff, &case, &procedure) else { return Ok(Reach::Chain) };
    let alone = consult::decides_alone(tx, acting, &case, &procedure, &role)?;
    Ok(if alone { Reach::Alone } else { Reach::Chain })
}

fn decision<'p>(case: &Case, procedure: &'p Procedure) -> Result<(&'p Outcome, News), NotNow> {
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
    change(tx, acting, number, seen, Act::Decide, |case, procedure| {
        capacity(acting.staff, case, procedure).ok_or(NotNow::NotNext)?;
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
        for approval in approvals.iter_mut().filter(|a| a.stands_in && a.looked_at.is_none()) {
            if access::holds_role(acting.staff, &department, &approval.role) {
                approval.looked_at = Some(acting.now);
                looked = true;
            }
        }
        if looked { Ok(vec![Happened::inside(Event::LookedAfterwards)]) } else { Err(NotNow::NotNext) }
    })
}
