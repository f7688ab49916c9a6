//! The person's own copy of a case on the residents' side: what they may see, in the order in which it happened.

use access::CaseId;
use definitions::{
    answer::Answers,
    ids::{DepartmentId, FieldId, ProcedureId, StepId},
    procedure::{Sense, Version},
    text::Language,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use store::{Read, StoreError, keys::Keys};

use crate::{
    CaseNumber, Contacts,
    case::CorrectionRequest,
    parcel::{Down, News},
    rows,
};

/// The person's copy of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnCase {
    /// Its id.
    pub id: CaseId,
    /// 受付番号.
    pub number: CaseNumber,
    /// The account that filed it.
    pub account: Option<String>,
    /// What was asked for.
    pub procedure: ProcedureId,
    /// Under which version.
    pub version: Version,
    /// The language of notices.
    pub language: Language,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// The desk's step.
    pub step: Option<StepId>,
    /// Who has it.
    pub department: DepartmentId,
    /// The day by which they hear.
    pub hear_by: Option<Date>,
    /// The newest turn of the desk's story that is known here.
    pub turn: i64,
    /// What they answered, as corrected.
    pub answers: Answers,
    /// How to reach them.
    pub contacts: Contacts,
    /// Where it stands, for them.
    pub state: OwnState,
}

/// The case of this number, when a visitor may see it: the account owns it, or the session was let see it. For pages of other rooms that
/// belong to a case.
///
/// # Errors
/// When the store fails.
pub fn seen_by(
    tx: &store::Read<'_>,
    keys: &store::keys::Keys,
    number: CaseNumber,
    who: (&access::SessionId, Option<access::AccountId>),
    now: Timestamp,
) -> Result<Option<OwnCase>, store::StoreError> {
    let Some(case) = crate::rows::portal::own_by_number(tx, keys, number)? else { return Ok(None) };
    let is_theirs = case.account.is_some() && case.account == who.1.map(|account| account.to_string());
    let may_see = is_theirs || access::sessions::may_see_case(tx, who.0, case.id, now)?;
    Ok(may_see.then_some(case))
}

/// Where a case stands, as the person sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OwnState {
    /// 受け取りました: filed, the desk has not fetched it yet.
    Filed,
    /// 審査しています.
    InReview,
    /// 直してください.
    Correct {
        /// What was asked.
        asked: CorrectionRequest,
    },
    /// 直したものを受け取りました: sent, the desk has not answered yet.
    Corrected,
    /// 決裁中.
    Deciding,
    /// 決まりました.
    Decided {
        /// The outcome.
        outcome: definitions::ids::OutcomeId,
        /// What it means.
        sense: Sense,
        /// 理由.
        reason: String,
        /// Day, place, cost and the like.
        details: Answers,
    },
    /// 取り下げました.
    Withdrawn,
}

impl OwnState {
    /// As it is stored and as word ids end: `in-review`.
    pub fn code(&self) -> &'static str {
        match self {
            OwnState::Filed => "filed",
            OwnState::InReview => "in-review",
            OwnState::Correct { .. } => "correct",
            OwnState::Corrected => "corrected",
            OwnState::Deciding => "deciding",
            OwnState::Decided { .. } => "decided",
            OwnState::Withdrawn => "withdrawn",
        }
    }

    /// Whether the person may still write on it or withdraw it.
    pub fn is_open(&self) -> bool {
        !matches!(self, OwnState::Decided { .. } | OwnState::Withdrawn)
    }
}

/// A line of the person's story: what the desk told, or what they did themselves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Seen {
    /// They filed.
    Filed,
    /// They sent the correction.
    Corrected {
        /// Questions that are not asked any more because of it.
        #[serde(default)]
        dropped: Vec<FieldId>,
    },
    /// They wrote.
    Wrote {
        /// What.
        text: String,
    },
    /// They withdrew.
    Withdrew,
    /// The desk.
    Desk {
        /// What it told; a letter's bytes are kept apart.
        news: Box<News>,
    },
}

/// A letter that the person may read.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnLetter {
    /// Its id at the desk.
    pub id: String,
    /// Its title.
    pub title: String,
    /// 文書番号.
    pub document_number: String,
    /// The day it bears.
    pub issued_on: Date,
    /// The code by which anyone verifies it.
    pub verify: String,
    /// Where its bytes are.
    pub file: String,
    /// Since when it is void (取消し): it stays among the letters and says so.
    pub voided_on: Option<Date>,
}

impl OwnCase {
    /// Takes what the desk told. A parcel with an older turn adds its line to the story but turns nothing back.
    pub fn take(&mut self, down: &Down) {
        let newest = down.turn > self.turn;
        if newest {
            self.turn = down.turn;
            self.hear_by = down.hear_by;
        }
        // News that crossed the withdrawal on its way turns it not back; a decision that was made before it came does: it stands.
        let withdrawn = self.state == OwnState::Withdrawn && !matches!(down.news, News::Decided { .. });
        if !newest || withdrawn {
            return;
        }
        match &down.news {
            News::Received { department, .. } | News::HandedOver { department } => {
                self.department = department.clone();
                // Another department received it: what the person was asked for is still asked for.
                if self.state == OwnState::Filed {
                    self.state = OwnState::InReview;
                }
            }
            News::Step { step, .. } => {
                self.step = Some(step.clone());
                self.state = OwnState::InReview;
            }
            News::CorrectionRequested { fields, say, until } => {
                let asked_on = crate::clock::day(down.at);
                let asked = CorrectionRequest { fields: fields.clone(), say: say.clone(), until: *until, asked_on };
                self.state = OwnState::Correct { asked };
            }
            News::BackToReview => self.state = OwnState::InReview,
            News::Deciding => self.state = OwnState::Deciding,
            News::Decided { outcome, sense, reason, details, .. } => {
                self.state =
                    OwnState::Decided { outcome: outcome.clone(), sense: *sense, reason: reason.clone(), details: details.clone() };
            }
            News::Withdrawn => self.state = OwnState::Withdrawn,
            News::CameTooLate { fields, answers } => {
                for field in fields {
                    self.answers.replace(field, answers.get(field.as_str()).cloned());
                }
            }
            News::Letter { .. } | News::Wrote { .. } | News::Delayed { .. } | News::FeeChanged { .. } => {}
        }
    }
}

/// The person's copy of a case, whoever asks: look first whether they may.
///
/// # Errors
/// When the store fails.
pub fn by_number(tx: &Read<'_>, keys: &Keys, number: CaseNumber) -> Result<Option<OwnCase>, StoreError> {
    rows::portal::own_by_number(tx, keys, number)
}

/// Its story, oldest first.
///
/// # Errors
/// When the store fails.
pub fn story(tx: &Read<'_>, keys: &Keys, case: CaseId) -> Result<Vec<(Timestamp, Seen)>, StoreError> {
    rows::portal::events(tx, keys, case)
}

/// Its letters, void ones too.
///
/// # Errors
/// When the store fails.
pub fn letters(tx: &Read<'_>, case: CaseId) -> Result<Vec<OwnLetter>, StoreError> {
    rows::portal::letters(tx, case)
}

/// The definition under which it was filed, whatever the town's folder says by now.
///
/// # Errors
/// When the store fails.
pub fn procedure(tx: &Read<'_>, version: &Version) -> Result<Option<definitions::procedure::Procedure>, StoreError> {
    rows::procedure(tx, version)
}
