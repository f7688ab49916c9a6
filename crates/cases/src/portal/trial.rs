//! 下見 A trial: the pages that a resident would see of a procedure that nobody can file yet, for those who write it. They are the pages
//! themselves, so that what is tried and what is published cannot differ; nothing is stored, and nothing goes to the desk.

use std::sync::Arc;

use access::{Assurance, CaseId};
use definitions::{
    facts::FactsSheet,
    form::{self, Filled},
    ids::PageId,
    procedure::Procedure,
    text::Language,
    town::Town,
    typed::Typed,
};
use jiff::{Timestamp, civil::Date};
use maud::Markup;
use ui::{field, words::Words};

use super::{
    Reader, catalogue, check,
    form::{Owned, Shown, brought_up, is_wrong, question_page},
};
use crate::draft::{Changed, Draft, DraftId, Owner};

/// A procedure with answers, as one reader would see it.
pub struct Trial {
    reader: Reader,
    procedure: Arc<Procedure>,
    facts: FactsSheet,
    on: Date,
    owned: Owned,
}

/// Where the form goes on after a page was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The page again: something is missing or wrong on it.
    Wrong(PageId),
    /// The page again: its answers brought up further questions, or a button on it was pressed. With the anchor to go to.
    Again(PageId, String),
    /// The next page.
    Page(PageId),
    /// The check.
    Check,
}

impl Trial {
    /// The id of the draft in the addresses of these pages.
    pub const DRAFT: &'static str = "00000000000000000000000000000000";

    /// A trial of a procedure of this town, on a day, with what is known of somebody; `None`: there is no such procedure.
    /// `csrf` goes into the forms.
    #[allow(clippy::too_many_arguments, reason = "each is a thing of its own, named at its only caller")]
    pub fn new(
        town: Arc<Town>,
        words: Arc<Words>,
        language: Language,
        procedure: &str,
        typed: Typed,
        facts: FactsSheet,
        on: Date,
        csrf: &str,
    ) -> Option<Trial> {
        let procedure = Arc::clone(town.procedures.get(procedure)?);
        let applicant = &procedure.applicant;
        // Whoever files it has signed in as surely as it asks.
        let assurance = Assurance { identity: applicant.identity, session: applicant.session };
        let reader = Reader { town, words, language, csrf: csrf.to_owned(), assurance, account: None, demo: false };
        let nobody = uuid::Uuid::nil();
        let draft = Draft {
            id: DraftId(nobody),
            owner: Owner { session: String::new(), account: None },
            procedure: procedure.id.clone(),
            version: procedure.version.clone(),
            ask_again: Vec::new(),
            language,
            typed,
            case: CaseId::new(nobody),
            filed: false,
            touched_at: Timestamp::now(),
            row: 0,
            prepared: None,
        };
        let filled = form::fill(&procedure, &draft.typed, &facts, on);
        Some(Trial { reader, procedure, facts, on, owned: Owned { draft, filled, changed: Changed::No } })
    }

    /// The start page.
    pub fn guide(&self) -> Markup {
        catalogue::guide_page(&self.reader, &self.procedure, None)
    }

    /// A page of questions that is asked now, after a post with something wrong on it or not.
    pub fn page(&self, id: &str, is_wrong: bool) -> Option<Markup> {
        self.owned.filled.pages.iter().find(|state| state.id.as_str() == id && state.visible)?;
        let page = self.procedure.pages.get(id)?;
        let shown = Shown { is_wrong, ..Shown::default() };
        Some(question_page(&self.reader, &self.procedure, page, &self.owned, &shown, None, &[]))
    }

    /// 確認.
    pub fn check(&self) -> Markup {
        check::check_page(&self.reader, &self.procedure, &self.owned)
    }

    /// The form as it is filled in.
    pub fn filled(&self) -> &Filled {
        &self.owned.filled
    }

    /// What was typed.
    pub fn typed(&self) -> &Typed {
        &self.owned.draft.typed
    }

    /// The procedure.
    pub fn procedure(&self) -> &Procedure {
        &self.procedure
    }

    /// Takes in a page as it was sent; `None` when there is no such page or too much came.
    pub fn send(&mut self, page: &str, posted: &Typed) -> Option<Next> {
        let procedure = Arc::clone(&self.procedure);
        let page = procedure.pages.get(page)?;
        let unseen = self.owned.filled.hidden.clone();
        let pressed = field::pressed(posted);
        self.owned.draft.typed.post_shown(&page.fields, &unseen, posted).ok()?;
        if let Some(pressed) = &pressed {
            pressed.apply(&mut self.owned.draft.typed, &page.fields);
        }
        self.owned.filled = form::fill(&procedure, &self.owned.draft.typed, &self.facts, self.on);
        if let Some(pressed) = &pressed {
            return Some(Next::Again(page.id.clone(), pressed.anchor()));
        }
        if let Some(first) = brought_up(&self.reader, &page.id, &self.owned, &unseen) {
            return Some(Next::Again(page.id.clone(), field::anchor(&first)));
        }
        if is_wrong(&self.reader, &page.id, &self.owned) {
            return Some(Next::Wrong(page.id.clone()));
        }
        Some(match self.owned.filled.next_page_after(&page.id) {
            Some(next) => Next::Page(next.clone()),
            None => Next::Check,
        })
    }
}
