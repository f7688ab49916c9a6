//! Who has a case: 担当 within its department, and handing it over to another department.

use access::{
    StaffId,
    grants::{self, Act},
    staff::directory,
};
use definitions::{ids::DepartmentId, procedure::Procedure};
use store::{Read, StoreError, Write};

use super::{Acting, Happened, Refused, attributes, change, read};
use crate::{
    CaseNumber,
    case::{Case, NotNow, Stage, sensitivity},
    event::Event,
    parcel::News,
};

/// 担当する: takes the case, or takes it over. Whoever may work on it may take it.
///
/// # Errors
/// See [`change`].
pub fn claim(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64) -> Result<Case, Refused> {
    hold(tx, acting, number, seen, Act::Work, Ok(Some(acting.staff.id)))
}

/// 担当をはずれる: nobody has it any more.
///
/// # Errors
/// See [`change`].
pub fn release(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64) -> Result<Case, Refused> {
    hold(tx, acting, number, seen, Act::Work, Ok(None))
}

/// 担当を渡す: gives the case to a colleague who holds a post in its department today.
///
/// # Errors
/// See [`change`]; also somebody who does not exist, has left, is of another department, or whose post has ended or not begun.
pub fn give(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64, to: StaffId) -> Result<Case, Refused> {
    let (case, _) = read(tx, acting, number)?;
    let colleagues = directory::in_department(tx, &case.department, acting.today())?;
    let colleague = colleagues.into_iter().find(|colleague| colleague.id == to).ok_or(NotNow::Unknown("colleague"));
    hold(tx, acting, number, seen, Act::Assign, colleague.map(|colleague| Some(colleague.id)))
}

/// `to`: who has it from now on; why it cannot be them is said only to whom the act is granted.
fn hold(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    number: CaseNumber,
    seen: i64,
    act: Act,
    to: Result<Option<StaffId>, NotNow>,
) -> Result<Case, Refused> {
    let now = acting.now;
    change(tx, acting, number, seen, act, |case, _| {
        if !case.stage.is_open() {
            return Err(NotNow::Stage(case.stage.code()));
        }
        let to = to?;
        case.assignee = to;
        case.assigned_at = to.map(|_| now);
        Ok(vec![Happened::inside(to.map_or(Event::Released, |to| Event::Assigned { to }))])
    })
}

/// The departments that can take a case over: somebody there holds a post today that may work on it, sensitive answers included.
///
/// # Errors
/// When the store fails.
pub fn receivers(tx: &Read<'_>, acting: &Acting<'_>, case: &Case, procedure: &Procedure) -> Result<Vec<DepartmentId>, StoreError> {
    let mut found = Vec::new();
    for id in acting.town.departments.keys().filter(|id| **id != case.department) {
        if somebody_works(tx, acting, case, procedure, id)? {
            found.push(id.clone());
        }
    }
    Ok(found)
}

fn somebody_works(
    tx: &Read<'_>,
    acting: &Acting<'_>,
    case: &Case,
    procedure: &Procedure,
    department: &DepartmentId,
) -> Result<bool, StoreError> {
    let mut there = attributes(case, sensitivity(procedure));
    there.department = Some(department.clone());
    there.assignee = None;
    for one in directory::in_department(tx, department, acting.today())? {
        let staff = directory::as_of(tx, one.id, acting.town, acting.today())?;
        if staff.is_some_and(|staff| grants::may(&staff, Act::Work, &there).is_some()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// ほかの課へ渡す: another department's matter. From here on it is theirs alone: the former department neither sees nor works on it, nobody
/// has it until somebody there takes it, and the person reads who has it now. Both clocks go on.
///
/// # Errors
/// See [`change`]; also no reason, an unknown department, one where nobody could work on it, or while it is being decided.
pub fn hand_over(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    number: CaseNumber,
    seen: i64,
    to: DepartmentId,
    reason: &str,
) -> Result<Case, Refused> {
    let (case, procedure) = read(tx, acting, number)?;
    let known = acting.town.departments.contains_key(&to);
    let takes = known && somebody_works(tx, acting, &case, &procedure, &to)?;
    let reason = reason.trim().to_owned();
    change(tx, acting, number, seen, Act::Work, |case, _| {
        if !known || to == case.department {
            return Err(NotNow::Unknown("department"));
        }
        // A proposal is its own department's: it is sent back before another one begins.
        if !matches!(case.stage, Stage::Working { .. } | Stage::Correcting { .. }) {
            return Err(NotNow::Stage(case.stage.code()));
        }
        if !takes {
            return Err(NotNow::NobodyThere);
        }
        if reason.is_empty() {
            return Err(NotNow::ReasonDue);
        }
        case.department = to.clone();
        case.assignee = None;
        case.assigned_at = None;
        Ok(vec![Happened::told(Event::HandedOver { to: to.clone(), reason }, News::HandedOver { department: to })])
    })
}
