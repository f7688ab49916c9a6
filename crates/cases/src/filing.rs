//! 申請 on the residents' side: saving a page, filing once, correcting, writing, withdrawing. All in the person's own name: what is not
//! theirs is not found.

mod correcting;
mod prepare;
mod typing;

pub use crate::portal::drawn;
pub use correcting::{Corrected, broken, correct, corrected};
pub use prepare::{CODE_MINUTES, lend, prepare, print};
pub use typing::{DraftIds, Opened, begin, change_files, drop_draft, files_in, kind_at, open, own_draft, save_page};

use access::{Assurance, CaseId};
use definitions::{
    facts::Facts,
    form::{self, FieldProblem, Filled},
    ids::{FieldId, PageId},
    procedure::{self, Procedure, Rule, Version},
    text::Text,
    town::Town,
    typed::{TooMuch, Typed},
};
use jiff::{Timestamp, civil::DateTime};
use store::{Entry, Read, StoreError, Write, keys::Keys};

use crate::{
    CaseNumber, Channel, Contacts, ReceiptSecret, apart, attachments,
    clock::{self, Clock},
    draft::{Changed, DraftId, Owner},
    own::{OwnCase, OwnState, Seen},
    parcel::{self, FILED, Filed, Up},
    rows, told, walked,
};

/// On which terms a resident acts: the town of today, its keys, what is known of them, and when.
pub struct Terms<'a> {
    /// The town as it is defined today.
    pub town: &'a Town,
    /// The town's keys.
    pub keys: &'a Keys,
    /// What the portal knows of the person.
    pub facts: &'a dyn Facts,
    /// How surely they are known.
    pub assurance: Assurance,
    /// Now, read at the edge.
    pub now: Timestamp,
}

/// Why a resident's verb was refused. What they typed is kept in every case.
#[derive(Debug, thiserror::Error)]
pub enum FilingRefused {
    /// No such draft or case, or not theirs.
    #[error("no such draft or case for this person")]
    NotFound,
    /// It has been filed already: here is where it stands.
    #[error("filed already")]
    AlreadyFiled(CaseNumber),
    /// A page is incomplete, or a formal rule does not hold: go there.
    #[error("incomplete at page {0:?}")]
    Incomplete(Option<PageId>),
    /// The definition changed since the last page was saved: look again before filing.
    #[error("the definition changed")]
    DefinitionChanged,
    /// The correction opens questions that the person has not seen yet: they are answered before it is sent.
    #[error("the correction opens further questions")]
    MoreAsked,
    /// Filing has closed.
    #[error("closed since {0}")]
    Closed(DateTime),
    /// The procedure asks that the person be known more surely: to sign in, or to be linked at the counter.
    #[error("not known surely enough")]
    NotSure,
    /// Another window or device saved a page between the look and the tap: look again before filing.
    #[error("saved again meanwhile")]
    SavedMeanwhile,
    /// The procedure cannot be filed here.
    #[error("not offered")]
    NotOffered,
    /// The case stands where this is not possible.
    #[error(transparent)]
    NotNow(#[from] crate::case::NotNow),
    /// More was typed than a draft may hold.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Terms<'_> {
    /// Whether this person may fill in the form of this procedure here, to file or to prepare it: it is offered online, and they are known as
    /// surely as it asks.
    ///
    /// # Errors
    /// [`FilingRefused::NotOffered`] and [`FilingRefused::NotSure`].
    pub fn may_begin(&self, procedure: &Procedure) -> Result<(), FilingRefused> {
        if !procedure.channels.online.has_form() {
            return Err(FilingRefused::NotOffered);
        }
        let asked = &procedure.applicant;
        if self.assurance.suffices(asked.identity, asked.session) { Ok(()) } else { Err(FilingRefused::NotSure) }
    }

    /// What a definition makes of what was typed, today.
    pub fn fill(&self, procedure: &Procedure, typed: &Typed) -> Filled {
        form::fill(procedure, typed, self.facts, clock::day(self.now))
    }
}

/// The person's own draft, when nothing stands in the way of filing it or of finishing its preparation.
fn ready<'t>(tx: &Read<'_>, terms: &Terms<'t>, id: DraftId, owner: &Owner, seen: &Version) -> Result<Opened<'t>, FilingRefused> {
    let opened = open(tx, terms, id, owner)?;
    terms.may_begin(opened.procedure)?;
    match opened.changed {
        Changed::Closed(moment) => return Err(FilingRefused::Closed(moment)),
        // Pages that must be asked again are those of a draft that was not saved since.
        Changed::AskAgain(_) => return Err(FilingRefused::DefinitionChanged),
        // Carried over: what the person checked just now was this very version.
        Changed::No | Changed::Carried if *seen == opened.procedure.version => {}
        Changed::No | Changed::Carried => return Err(FilingRefused::DefinitionChanged),
    }
    if !opened.filled.may_be_filed() {
        return Err(FilingRefused::Incomplete(opened.filled.first_incomplete_page().cloned()));
    }
    Ok(opened)
}

/// What is drawn before the transaction: candidates for the number, of which the first free one is taken. With 29⁶ numbers and a
/// million cases a single candidate is taken in one of 600 filings, all four in one of 10¹¹.
pub struct Candidates(pub [CaseNumber; 4]);

/// 申請する: files the person's own draft. Once: a second tap finds the case of the first. `seen` is the version whose answers the person
/// checked: a definition that changed meanwhile is shown before anything is filed.
///
/// # Errors
/// See [`FilingRefused`].
pub fn file(
    tx: &Write<'_>,
    terms: &Terms<'_>,
    id: DraftId,
    owner: &Owner,
    seen: &Version,
    channel: Channel,
    candidates: &Candidates,
) -> Result<OwnCase, FilingRefused> {
    let Opened { draft, procedure, filled, .. } = ready(tx, terms, id, owner, seen)?;
    // What is only prepared here is received at the counter.
    if procedure.channels.online != procedure::Online::Open {
        return Err(FilingRefused::NotOffered);
    }
    if !rows::portal::mark_filed(tx, &draft, terms.now)? {
        return Err(typing::taken_meanwhile(tx, terms, &draft));
    }
    walked::filed(tx, draft.id)?;
    let number = free_number(tx, candidates)?;
    let contacts = Contacts::of(procedure, &filled.answers);
    let today = clock::day(terms.now);
    let case = OwnCase {
        id: draft.case,
        number,
        account: owner.account.clone(),
        procedure: procedure.id.clone(),
        version: procedure.version.clone(),
        language: draft.language,
        filed_at: terms.now,
        step: None,
        department: procedure.department_for(&filled.answers).clone(),
        hear_by: Clock::start(&procedure.law, today).hear_by(&terms.town.closed, today),
        turn: 0,
        // The person's copy keeps no individual number: it goes up sealed and lies apart.
        answers: apart::taken_out(filled.answers.clone()).0,
        contacts: contacts.clone(),
        state: OwnState::Filed,
    };
    rows::keep_procedure(tx, procedure)?;
    rows::portal::insert_own(tx, terms.keys, &case)?;
    rows::portal::add_event(tx, terms.keys, case.id, terms.now, &Seen::Filed)?;
    journal(tx, owner, "filed", case.id)?;
    // By its number: after this side was restored from a backup a draft may be filed anew, which is another filing (`receiving` makes of it
    // no second case). The desk would take it for the first one, come once more, and drop it unseen.
    let what = format!("{FILED}-{}", number.plain());
    parcel::send_up(
        tx,
        terms.keys,
        case.id,
        &what,
        &Up::Filed(Box::new(Filed {
            case: case.id.to_string(),
            account: owner.account.clone(),
            number: number.plain(),
            procedure: procedure.id.clone(),
            version: procedure.version.clone(),
            answers: filled.answers,
            warned: filled.warned.iter().map(ToString::to_string).collect(),
            channel,
            at: terms.now,
            language: draft.language,
            contacts,
        })),
    )?;
    attachments::hand_up(tx, case.id, &what, &case.answers)?;
    // After the parcel: what becomes of the receipt goes up to a case that is there.
    told::tell_filed(tx, terms.town, terms.keys, &case)?;
    Ok(case)
}

fn free_number(tx: &Read<'_>, candidates: &Candidates) -> Result<CaseNumber, StoreError> {
    for number in candidates.0 {
        if !rows::portal::number_taken(tx, number)? {
            return Ok(number);
        }
    }
    Err(StoreError::Busy)
}

fn journal(tx: &Write<'_>, owner: &Owner, what: &'static str, case: CaseId) -> Result<(), StoreError> {
    tx.journal(&Entry {
        actor: owner.actor(),
        what,
        kind: "case",
        record: case.to_string(),
        authority: "own".to_owned(),
        why: String::new(),
    })
}

/// The person's case within the transaction that changes it: since their page was made the desk may have said more.
fn as_it_is(tx: &Read<'_>, terms: &Terms<'_>, case: CaseId) -> Result<OwnCase, FilingRefused> {
    rows::portal::own_by_id(tx, terms.keys, case)?.ok_or(FilingRefused::NotFound)
}

/// Formal rules that do not hold and are said beside one of these questions, where it is asked now.
pub(crate) fn broken_at<'p>(
    procedure: &'p Procedure,
    filled: &'p Filled,
    here: impl Fn(&FieldId) -> bool + 'p,
) -> impl Iterator<Item = &'p Rule> {
    let rules = filled.formal.iter().filter_map(|id| procedure.formal.get(id));
    rules.filter(move |rule| rule.at.as_ref().is_some_and(|at| here(at) && filled.is_asked(at.as_str())))
}

/// What is said of those rules, as problems of the questions.
pub(crate) fn problems_of_rules<'p>(rules: impl Iterator<Item = &'p Rule>, say: impl Fn(&Text) -> String) -> Vec<FieldProblem> {
    let problem = |rule: &Rule| {
        Some(FieldProblem { path: rule.at.as_ref()?.to_string(), id: "cases-form-rule", args: vec![("say", say(&rule.say))] })
    };
    rules.filter_map(problem).collect()
}

/// Most characters of a message on the case: one A4 page.
pub const MESSAGE_CHARACTERS_MAX: usize = 2_000;

/// 担当課に書く.
///
/// # Errors
/// When nothing or too much was written.
pub fn write(tx: &Write<'_>, terms: &Terms<'_>, owner: &Owner, case: &OwnCase, id: &str, text: &str) -> Result<(), FilingRefused> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MESSAGE_CHARACTERS_MAX {
        return Err(FilingRefused::Incomplete(None));
    }
    rows::portal::add_event(tx, terms.keys, case.id, terms.now, &Seen::Wrote { text: text.to_owned() })?;
    journal(tx, owner, "wrote", case.id)?;
    let up = Up::Wrote { case: case.id.to_string(), id: id.to_owned(), text: text.to_owned(), at: terms.now };
    parcel::send_up(tx, terms.keys, case.id, &format!("wrote-{id}"), &up)?;
    Ok(())
}

/// 取下げ.
///
/// # Errors
/// When it has ended already.
pub fn withdraw(tx: &Write<'_>, terms: &Terms<'_>, owner: &Owner, case: CaseId) -> Result<OwnCase, FilingRefused> {
    let mut case = as_it_is(tx, terms, case)?;
    if !case.state.is_open() {
        return Err(FilingRefused::NotNow(crate::case::NotNow::Stage(case.state.code())));
    }
    case.state = OwnState::Withdrawn;
    case.hear_by = None;
    rows::portal::update_own(tx, terms.keys, &case)?;
    rows::portal::add_event(tx, terms.keys, case.id, terms.now, &Seen::Withdrew)?;
    journal(tx, owner, "withdrew", case.id)?;
    parcel::send_up(tx, terms.keys, case.id, "withdrew", &Up::Withdrew { case: case.id.to_string(), at: terms.now })?;
    Ok(case)
}

/// 確認番号 of a case: printed on the receipt, derived from the town's key, stored nowhere.
pub fn receipt_secret(keys: &Keys, case: CaseId) -> ReceiptSecret {
    ReceiptSecret::derive(&keys.mac("receipt", case.uuid().as_bytes()))
}
