//! What staff do by hand beside the steps: tell the person by telephone or post, find out who they are.

use access::grants::{self, Act, RecordAttributes};
use store::Write;

use super::{Acting, Happened, Refused, WRITTEN_CHARACTERS_MAX, change};
use crate::{
    CaseNumber,
    case::{Case, NotNow},
    event::Event,
    rows,
};

/// 知らせた: the person was rung up or written to, where no message reaches them by itself.
///
/// # Errors
/// See [`change`].
pub fn reached(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64, how: &str, note: String) -> Result<Case, Refused> {
    let how = ["call", "post", "counter"].into_iter().find(|known| *known == how).ok_or(NotNow::Unknown("way"))?;
    let messages = super::attributes_beside(access::RecordKind::Message, &super::read(tx, acting, number)?.0);
    grants::may(acting.staff, Act::Work, &messages).ok_or(Refused::NotPermitted(Act::Work))?;
    let case = change(tx, acting, number, seen, Act::Work, |_, _| {
        let note: String = note.trim().chars().take(WRITTEN_CHARACTERS_MAX).collect();
        Ok(vec![Happened::inside(Event::Reached { how: how.to_owned(), note })])
    })?;
    rows::marks::reach(tx, case.id, None)?;
    Ok(case)
}

/// 本人の特定: staff found the applicant in the registry, or take that back.
///
/// # Errors
/// See [`change`]; also a person of whom this member of staff may not know.
pub fn identify(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    number: CaseNumber,
    seen: i64,
    resident: Option<access::ResidentId>,
) -> Result<Case, Refused> {
    if let Some(id) = resident {
        let found = registry::rows::by_id(tx, id)?.ok_or(Refused::NotFound)?;
        let whose = RecordAttributes::of_town(access::RecordKind::Resident, found.sensitivity());
        let authority = grants::may(acting.staff, Act::Read, &whose).ok_or(Refused::NotFound)?;
        access::looked::looked(tx, acting.staff, &authority, access::RecordKind::Resident, &id.to_string(), &format!("case:{number}"))?;
    }
    let case = change(tx, acting, number, seen, Act::Work, |_, _| Ok(vec![Happened::inside(Event::Identified)]))?;
    rows::marks::identify(tx, case.id, resident)?;
    Ok(case)
}
