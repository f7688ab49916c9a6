//! 準備 on the residents' side: finishing a form that takes effect at the counter, and letting the desk go on with a draft.

use access::CaseId;
use definitions::{
    answer::FileAnswer,
    procedure::{Online, Procedure, Version},
};
use jiff::ToSpan;
use store::Write;

use super::{
    FilingRefused, Terms, journal,
    typing::{files_in, own_draft, taken_meanwhile},
};
use crate::{
    CaseNumber, attachments, clock,
    draft::{Changed, Draft, DraftId, Owner},
    parcel::{self, Up},
    preparation::{DraftCode, PREPARED_DAYS, PreparationCode, Prepared},
    rows,
};

/// 準備を終える: the person's own draft may be taken over at the desk under a code until the day that is given back. Done again, after
/// something was changed, the code stays. `seen` is the version whose answers the person checked, as for filing.
///
/// # Errors
/// As [`super::file`]; [`FilingRefused::NotOffered`] where the procedure is not prepared but filed.
pub fn prepare(
    tx: &Write<'_>,
    terms: &Terms<'_>,
    id: DraftId,
    owner: &Owner,
    seen: &Version,
    drawn: PreparationCode,
) -> Result<Prepared, FilingRefused> {
    let opened = super::ready(tx, terms, id, owner, seen)?;
    if !matches!(opened.procedure.channels.online, Online::Prepare(_)) {
        return Err(FilingRefused::NotOffered);
    }
    under_a_code(tx, terms, owner, (opened.draft, opened.procedure), drawn)
}

/// 印刷して出す: the person prints their own draft, signs it and hands it in on paper; whoever takes the paper in goes on with the draft under
/// the code that is printed on it. It need not be finished: what is empty is filled in by hand. Printed again, the code stays. The draft stays
/// theirs: filed here all the same, it is filed once.
///
/// # Errors
/// [`FilingRefused::NotOffered`] where it may come neither over the counter nor by post; [`FilingRefused::Closed`]; as [`own_draft`].
pub fn print(tx: &Write<'_>, terms: &Terms<'_>, id: DraftId, owner: &Owner, drawn: PreparationCode) -> Result<Prepared, FilingRefused> {
    let opened = super::open(tx, terms, id, owner)?;
    if let Changed::Closed(moment) = opened.changed {
        return Err(FilingRefused::Closed(moment));
    }
    if !paper::is_offered(opened.procedure) {
        return Err(FilingRefused::NotOffered);
    }
    under_a_code(tx, terms, owner, (opened.draft, opened.procedure), drawn)
}

/// Puts a draft under a code for weeks, the one that it has or the one that was drawn, and shows it to the desk.
fn under_a_code(
    tx: &Write<'_>,
    terms: &Terms<'_>,
    owner: &Owner,
    (mut draft, procedure): (Draft, &Procedure),
    drawn: PreparationCode,
) -> Result<Prepared, FilingRefused> {
    let today = clock::day(terms.now);
    let before = draft.prepared.take().filter(|before| before.works_on(today));
    let prepared = Prepared { code: before.map_or(drawn, |before| before.code), until: today.saturating_add(PREPARED_DAYS.days()) };
    draft.prepared = Some(prepared.clone());
    if !rows::portal::prepare_draft(tx, terms.keys, &draft, terms.now)? {
        return Err(taken_meanwhile(tx, terms, &draft));
    }
    journal(tx, owner, "draft-prepared", draft.case)?;
    show_the_desk(tx, terms, &draft, procedure, &[])?;
    Ok(prepared)
}

/// The desk has a prepared draft as it is now, whatever was changed since: the person comes with what they see on their telephone. Of its
/// files it has those of `before` already.
pub(super) fn show_the_desk(
    tx: &Write<'_>,
    terms: &Terms<'_>,
    draft: &Draft,
    procedure: &Procedure,
    before: &[FileAnswer],
) -> Result<(), FilingRefused> {
    match &draft.prepared {
        Some(prepared) if prepared.works_on(clock::day(terms.now)) => {
            send_up(tx, terms, draft, procedure, DraftCode::Prepared(prepared.code), before)
        }
        _ => Ok(()),
    }
}

/// How long a code that was read aloud works.
pub const CODE_MINUTES: i64 = 30;

/// Lends the person's own draft to whoever types `code` at the desk within [`CODE_MINUTES`], with its files. Only a keyed digest of the
/// code is kept. The draft stays the owner's: giving it back is forgetting it at the desk.
///
/// # Errors
/// As [`own_draft`]; also when the procedure is no longer offered.
pub fn lend(tx: &Write<'_>, terms: &Terms<'_>, id: DraftId, owner: &Owner, code: CaseNumber) -> Result<(), FilingRefused> {
    let draft = own_draft(tx, terms.keys, id, owner)?;
    let procedure = terms.town.procedures.get(&draft.procedure).ok_or(FilingRefused::NotOffered)?;
    let code = DraftCode::ReadAloud(code);
    rows::portal::lend_draft(tx, draft.id, &code.mark(terms.keys), terms.now)?;
    journal(tx, owner, "draft-lent", draft.case)?;
    send_up(tx, terms, &draft, procedure, code, &[])
}

fn send_up(
    tx: &Write<'_>,
    terms: &Terms<'_>,
    draft: &Draft,
    procedure: &Procedure,
    code: DraftCode,
    before: &[FileAnswer],
) -> Result<(), FilingRefused> {
    let what = format!("lent-{}", terms.now.as_microsecond());
    if files_in(&draft.typed, procedure).iter().any(|file| !before.contains(file)) {
        rows::keep_procedure(tx, procedure)?;
        attachments::hand_up_draft(tx, draft.case, &what, &procedure.version)?;
    }
    let until = draft.prepared.as_ref().filter(|_| matches!(code, DraftCode::Prepared(_))).map(|prepared| prepared.until);
    let lent = parcel::Lent {
        case: draft.case.to_string(),
        code: code.plain(),
        procedure: draft.procedure.clone(),
        language: draft.language,
        typed: draft.typed.clone(),
        at: terms.now,
        until,
    };
    Ok(parcel::send_up(tx, terms.keys, draft.case, &what, &Up::Lent(Box::new(lent)))?)
}

/// The owner threw away a draft that the desk may have: it goes there too.
pub(super) fn take_back(tx: &Write<'_>, terms: &Terms<'_>, case: CaseId) -> Result<(), FilingRefused> {
    let up = Up::TakenBack { case: case.to_string(), at: terms.now };
    Ok(parcel::send_up(tx, terms.keys, case, &format!("taken-back-{}", terms.now.as_microsecond()), &up)?)
}
