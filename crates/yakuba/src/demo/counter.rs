//! The demo's cases that came over the counter: a clerk typed them, as on the page for paper and telephone.

use std::collections::BTreeMap;

use access::{CaseId, Staff, StaffId};
use cases::{
    CaseNumber, Channel, Contacts,
    parcel::Filed,
    receiving,
    verbs::{Acting, Refused},
};
use definitions::{form, procedure::Procedure, text::Language};
use jiff::Timestamp;
use letters::Bureau;
use store::keys::Face;

use super::{
    cases::{facts, id},
    fill::{self, Person},
};
use crate::{Failure, open_town::OpenTown};

/// Files at the counter, where the person has all that is asked for and somebody works there who may take it in.
pub fn take_in(
    open: &OpenTown,
    bureau: &Bureau,
    staff: &BTreeMap<StaffId, Staff>,
    procedure: &Procedure,
    person: &Person,
    (at, number): (Timestamp, usize),
) -> Result<Option<CaseNumber>, Failure> {
    let Some(desk) = &open.desk else { return Ok(None) };
    let (facts, today) = (facts(open, at)?, access::day_in_japan(at));
    let Some(typed) = fill::fill(procedure, person, &facts, today) else { return Ok(None) };
    let filled = form::fill(procedure, &typed, &facts, today);
    if !filled.may_be_filed() {
        return Ok(None);
    }
    let mut chance = [0; 6];
    chance.copy_from_slice(&id("number", number * 4, at).into_bytes()[10..]);
    let filed = Filed {
        case: CaseId::new(id("case", number, at)).to_string(),
        account: None,
        number: CaseNumber::draw_for(Face::Desk, chance).plain(),
        procedure: procedure.id.clone(),
        version: procedure.version.clone(),
        contacts: Contacts::of(procedure, &filled.answers),
        warned: filled.warned.iter().map(ToString::to_string).collect(),
        answers: filled.answers,
        channel: Channel::Counter,
        at,
        language: Language::Ja,
    };
    let (bureau, staff) = (bureau.clone(), staff.clone());
    Ok(desk.store.write(move |tx| {
        for clerk in staff.values() {
            match receiving::taken_in(tx, &Acting::new(clerk, &bureau, at), filed.clone(), None) {
                Ok(number) => return Ok(Some(number)),
                Err(Refused::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(None)
    })?)
}
