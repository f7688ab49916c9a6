//! What the demo's residents leave behind besides cases: forms that they began and did not finish, and answers to the two questions after
//! filing. Through the same functions as the pages; the figures are of these.

use access::CaseId;
use cases::{
    draft::{DraftId, Owner},
    filing::{self, DraftIds, FilingRefused, Terms},
};
use definitions::{procedure::Procedure, text::Language, typed::Typed};
use figures::voice::{self, Voice};
use jiff::Timestamp;

use super::{
    cases::{WITHOUT_ACCOUNT, facts, id},
    fill::{self, Person},
};
use crate::{Failure, open_town::OpenTown};

/// One in so many begins a form and leaves it.
const LEFT: usize = 4;

/// One in so many answers after filing.
const ANSWERED: usize = 3;

/// Somebody begins the form and leaves it after some pages.
pub(super) fn leave(open: &OpenTown, procedure: &Procedure, person: &Person, at: Timestamp, number: usize) -> Result<(), Failure> {
    let Some(portal) = open.portal.as_ref().filter(|_| number.is_multiple_of(LEFT)) else { return Ok(()) };
    let facts = facts(open, at)?;
    let Some(typed) = fill::fill(procedure, person, &facts, access::day_in_japan(at)) else { return Ok(()) };
    let ids = DraftIds { draft: DraftId(id("left", number, at)), case: CaseId::new(id("left-case", number, at)) };
    let owner = Owner { session: format!("{:064x}", number + (1 << 40)), account: None };
    let (definition, keys, town) = (procedure.id.clone(), portal.keys.clone(), portal.town.current());
    portal.store.write(move |tx| {
        let terms = Terms { town: &town, keys: &keys, facts: &facts, assurance: WITHOUT_ACCOUNT, now: at };
        let draft = filing::begin(tx, &terms, &definition, &owner, Language::Ja, &ids, &Typed::default())?;
        let pages: Vec<_> = town.procedures[&definition].pages.keys().collect();
        let walked = pages.len() * (number / LEFT % 4) / 4;
        for page in pages.into_iter().take(walked) {
            let typed: &Typed = &typed;
            filing::save_page(tx, &terms, draft.id, &owner, page, |draft, page| draft.post_page(&page.fields, typed))?;
        }
        Ok::<_, FilingRefused>(())
    })?;
    Ok(())
}

/// The person answers the two questions on the day on which they filed.
pub(super) fn answer(open: &OpenTown, case: &cases::own::OwnCase, at: Timestamp, number: usize) -> Result<(), Failure> {
    let Some(portal) = open.portal.as_ref().filter(|_| number.is_multiple_of(ANSWERED)) else { return Ok(()) };
    let turn = number / ANSWERED;
    let said = if turn.is_multiple_of(40) {
        "添付する書類の撮り方の例があると助かります。".to_owned()
    } else {
        String::new()
    };
    let marks = [5, 4, 4, 5, 3, 4, 2, 5, 4, 1];
    let voice = Voice { ease: Some(marks[turn % marks.len()]), got: Some([5, 5, 5, 3, 5, 5, 1][turn % 7]), said };
    let (keys, case) = (portal.keys.clone(), case.clone());
    portal.store.write(move |tx| voice::answer(tx, &keys, &case, &voice, at))?;
    Ok(())
}
