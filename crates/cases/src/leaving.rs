//! 離職: what a member of staff who works here no more was working on waits for everybody again.

use std::sync::Arc;

use access::{CaseId, OnLeave, TownHandle};
use store::{StoreError, Write, keys::Keys, params};

use crate::{
    event::{Event, Who},
    rows,
    verbs::{self, Happened, Refused},
};

/// Uses `case_mine`.
const OPEN_OF: &str = "select id from case_ where assignee = $1 and open = 1 order by id";

/// What this room does when somebody leaves: their open cases are nobody's, which each case's story says.
pub fn release(town: TownHandle, keys: Arc<Keys>) -> OnLeave {
    Arc::new(move |tx, left| {
        for row in tx.all(OPEN_OF, params![left.staff.to_string()])? {
            let case: CaseId = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("case_.id"))?;
            release_one(tx, &town, &keys, case, left.at)?;
        }
        Ok(())
    })
}

fn release_one(tx: &Write<'_>, town: &TownHandle, keys: &Keys, case: CaseId, now: jiff::Timestamp) -> Result<(), StoreError> {
    let mut case = rows::desk::by_id(tx, keys, case)?.ok_or(StoreError::damaged("case_.id"))?;
    case.assignee = None;
    case.assigned_at = None;
    match verbs::keep(tx, &town.current(), keys, &mut case, &Who::System, "staff-left", vec![Happened::inside(Event::Released)], now) {
        Ok(()) => Ok(()),
        Err(Refused::Store(error)) => Err(error),
        Err(_) => Err(StoreError::Busy),
    }
}
