//! 下書き: what a person has typed so far. Saved at each page, kept for 30 days after the last touch, continued on another device
//! by signing in.
//!
//! A draft keeps what was *typed*, not what we made of it: a wrong date, an answer to a question that is hidden now, a page of an older
//! version all come back as the person left them. Each request evaluates the whole with the definition of today.

use std::{fmt, str::FromStr};

use access::CaseId;
use definitions::{
    ids::{PageId, ProcedureId},
    procedure::{DraftRule, Procedure, Version},
    text::Language,
    typed::Typed,
};
use jiff::{Timestamp, civil::DateTime};

use crate::preparation::Prepared;

/// Days that an untouched draft is kept.
pub const DRAFT_KEPT_DAYS: i64 = 30;

/// A draft's id: unguessable, and useless without the session that owns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DraftId(pub uuid::Uuid);

impl fmt::Display for DraftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

impl FromStr for DraftId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<DraftId, uuid::Error> {
        text.parse().map(DraftId)
    }
}

/// Whose draft it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The session in which it was begun.
    pub session: String,
    /// The account, once signed in.
    pub account: Option<String>,
}

impl Owner {
    /// The owner of what a program types: nobody's session and nobody's account.
    pub fn of_program(program: access::ProgramId) -> Owner {
        Owner { session: format!("program:{program}"), account: None }
    }

    /// How they are called in the journal.
    pub(crate) fn actor(&self) -> String {
        match &self.account {
            Some(account) => format!("account:{account}"),
            None if self.session.starts_with("program:") => self.session.clone(),
            None => format!("session:{}", self.session),
        }
    }
}

/// A draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// Whose.
    pub owner: Owner,
    /// What is asked for.
    pub procedure: ProcedureId,
    /// The version under which the last page was saved.
    pub version: Version,
    /// Pages that a new version asks again and that were not saved since.
    pub ask_again: Vec<PageId>,
    /// The language of notices.
    pub language: Language,
    /// What was typed, page by page, right or wrong.
    pub typed: Typed,
    /// The id that the case will have: drawn at the beginning, so that filing twice makes one case.
    pub case: CaseId,
    /// Whether it has been filed.
    pub filed: bool,
    /// When it was last saved.
    pub touched_at: Timestamp,
    /// How often it was saved: who saves or files says what they have seen.
    pub row: i64,
    /// Its code at the counter, once it was prepared.
    pub prepared: Option<Prepared>,
}

impl Draft {
    /// Whether this owner may go on with it: the same session, or the same account.
    pub fn belongs_to(&self, owner: &Owner) -> bool {
        self.owner.session == owner.session || (self.owner.account.is_some() && self.owner.account == owner.account)
    }
}

/// What a new version of the definition means for a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Nothing changed.
    No,
    /// It goes on under the new version; the person is told.
    Carried,
    /// It goes on, and these pages are asked again.
    AskAgain(Vec<PageId>),
    /// Filing has closed.
    Closed(DateTime),
}

/// What publishing `current` means for a draft saved under `version`, of which these pages are still to be asked again.
pub fn changed(version: &Version, ask_again: &[PageId], current: &Procedure, now: DateTime) -> Changed {
    if let DraftRule::Close(moment) = &current.drafts
        && now >= *moment
    {
        return Changed::Closed(*moment);
    }
    let is_same = *version == current.version;
    let mut pages: Vec<PageId> = ask_again.iter().filter(|page| current.pages.contains_key(*page)).cloned().collect();
    if let (false, DraftRule::AskAgain(anew)) = (is_same, &current.drafts) {
        pages.extend(anew.iter().filter(|page| !ask_again.contains(page)).cloned());
    }
    match (pages.is_empty(), is_same) {
        (false, _) => Changed::AskAgain(pages),
        (true, true) => Changed::No,
        (true, false) => Changed::Carried,
    }
}
