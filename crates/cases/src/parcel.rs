//! What passes the hatch: typed messages between the residents' face and the staff's face. Each is handled once, by its id.

use access::CaseId;
use definitions::{
    answer::Answers,
    ids::{DepartmentId, FieldId, MessageId, OutcomeId, ProcedureId, StepId},
    procedure::{Sense, Version},
    text::Language,
    typed::Typed,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{
    Parcel, StoreError, Write,
    keys::{Face, Keys},
};

use crate::{Channel, Contacts, preparation::PREPARED_DAYS};

/// The hatch's name for [`Up`].
pub const UP: &str = "case.up";
/// How the ids of filings begin, behind the case: what builds on a case waits for them.
pub(crate) const FILED: &str = "filed";
/// The hatch's name for [`Down`].
pub const DOWN: &str = "case.down";

/// From the portal up to the desk.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Up {
    /// 申請: a resident filed.
    Filed(Box<Filed>),
    /// 補正: the fields that were asked for came back.
    Corrected {
        /// The case.
        case: String,
        /// Which fields had been asked for: an answer to an earlier request empties nothing that a later one asks for.
        #[serde(default)]
        asked: Vec<FieldId>,
        /// Only the corrected fields: those that were asked for, and those that the form asked because of them.
        answers: Answers,
        /// Fields that the corrected form does not ask any more, and whose answers were dropped.
        #[serde(default)]
        dropped: Vec<FieldId>,
        /// When it reached us.
        at: Timestamp,
    },
    /// The resident wrote on the case.
    Wrote {
        /// The case.
        case: String,
        /// The letter's own id, so that it is shown once.
        id: String,
        /// What they wrote.
        text: String,
        /// When.
        at: Timestamp,
    },
    /// What became of a message to the person.
    Fate {
        /// The case.
        case: String,
        /// `mail`, `post` …
        channel: String,
        /// The id of the words that say it and end in what to do next.
        fate: String,
        /// When.
        at: Timestamp,
    },
    /// A draft that its owner lets the desk go on with, by a code read aloud.
    Lent(Box<Lent>),
    /// The owner threw away a draft that the desk may have.
    TakenBack {
        /// The case that it would have become.
        case: String,
        /// When.
        at: Timestamp,
    },
    /// 取下げ.
    Withdrew {
        /// The case.
        case: String,
        /// When.
        at: Timestamp,
    },
}

/// A draft that a person began and a clerk goes on with, on the telephone or at the counter. Its files follow it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lent {
    /// The id that the case will have, whoever files it.
    pub case: String,
    /// The code; the desk keeps only a keyed digest of it.
    pub code: String,
    /// What is asked for.
    pub procedure: ProcedureId,
    /// The language of notices.
    pub language: Language,
    /// What was typed so far.
    pub typed: Typed,
    /// When it was lent.
    pub at: Timestamp,
    /// 準備: the last day on which the code works; none for one that was read aloud.
    #[serde(default)]
    pub until: Option<Date>,
}

impl Lent {
    /// Whether its code still works.
    pub fn still_works(&self, now: Timestamp) -> bool {
        now <= self.ends()
    }

    /// The last moment at which its code works. Whatever the portal says, no code is for longer than a preparation.
    pub fn ends(&self) -> Timestamp {
        let latest = crate::clock::day(self.at).saturating_add(jiff::Span::new().days(PREPARED_DAYS));
        let ends = match self.until {
            Some(until) => crate::clock::noon(until.min(latest)).checked_add(SignedDuration::from_secs(12 * 3600 - 1)),
            None => self.at.checked_add(SignedDuration::from_mins(crate::filing::CODE_MINUTES)),
        };
        ends.unwrap_or(self.at)
    }
}

/// What a resident filed. It arrived when the portal recorded it, not when somebody reads it (デジタル手続法6条3項).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Filed {
    /// The case.
    pub case: String,
    /// The account that filed it, if any.
    #[serde(default)]
    pub account: Option<String>,
    /// 受付番号 without hyphens.
    pub number: String,
    /// What is asked for.
    pub procedure: ProcedureId,
    /// Under which version.
    pub version: Version,
    /// What they answered; hidden questions left out.
    pub answers: Answers,
    /// Merit rules that they were warned about.
    pub warned: Vec<String>,
    /// How it came.
    pub channel: Channel,
    /// When it reached us.
    pub at: Timestamp,
    /// The language of notices.
    pub language: Language,
    /// How to reach them.
    pub contacts: Contacts,
}

/// From the desk down to the portal: what the person sees of their case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Down {
    /// The case.
    pub case: String,
    /// The position in this case's own story, so that a late parcel never overwrites a newer one.
    pub turn: i64,
    /// When it happened.
    pub at: Timestamp,
    /// The day by which they hear.
    pub hear_by: Option<Date>,
    /// What happened.
    pub news: News,
}

/// What happened at the desk, as far as the person is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum News {
    /// 収受.
    Received {
        /// 収受番号.
        receipt_number: String,
        /// Who has it.
        department: DepartmentId,
    },
    /// Another department has it now.
    HandedOver {
        /// Which.
        department: DepartmentId,
    },
    /// A step began.
    Step {
        /// Which.
        step: StepId,
        /// The step that ended.
        #[serde(default)]
        done: Option<StepId>,
        /// What staff wrote down in it, such as the day and place of an interview.
        #[serde(default)]
        noted: Answers,
        /// The message that tells of it, where the definition names one.
        #[serde(default)]
        message: Option<MessageId>,
    },
    /// 補正の求め.
    CorrectionRequested {
        /// Which fields.
        fields: Vec<FieldId>,
        /// What is wrong, in the clerk's words.
        say: String,
        /// Until when.
        until: Date,
    },
    /// 起案 and approval are under way.
    Deciding,
    /// The decision was sent back to review: nothing to do for the person.
    BackToReview,
    /// 決定.
    Decided {
        /// How it ended.
        outcome: OutcomeId,
        /// What it means.
        sense: Sense,
        /// 理由, as on the letter.
        reason: String,
        /// What staff added, such as day and place.
        details: Answers,
        /// The message that tells of it, where the definition names one.
        #[serde(default)]
        message: Option<MessageId>,
    },
    /// A letter may be read.
    Letter {
        /// Its id at the desk.
        letter: String,
        /// Its title.
        title: String,
        /// 文書番号.
        document_number: String,
        /// The code by which anyone verifies it.
        verify: String,
        /// The day it bears.
        issued_on: Date,
        /// The PDF, base64.
        pdf: String,
    },
    /// Staff wrote to the person.
    Wrote {
        /// The letter's own id.
        id: String,
        /// What they wrote.
        text: String,
        /// Which department signs.
        department: DepartmentId,
    },
    /// 決定期間の延長 or a notice of delay.
    Delayed {
        /// The new day.
        until: Date,
        /// Why.
        reason: String,
        /// Whether a statutory limit was extended by written notice, or a promise could not be kept.
        statutory: bool,
        /// 特例延長: the day by which a fair part is decided; `until` is that of the rest.
        #[serde(default)]
        part: Option<Date>,
    },
    /// 手数料: a correction changed what is due.
    FeeChanged {
        /// How many yen are due now.
        yen: i64,
    },
    /// The case ended without a decision.
    Withdrawn,
    /// What the person corrected came when the office had gone on already: it was handed to staff, and the case stands as it stood.
    CameTooLate {
        /// The fields that they sent.
        fields: Vec<FieldId>,
        /// What stands in these fields at the desk.
        answers: Answers,
    },
}

/// Puts news on the way down. The id names the case and the turn, so that a repetition changes nothing.
pub(crate) fn send_down(
    tx: &Write<'_>,
    keys: &Keys,
    case: CaseId,
    turn: i64,
    at: Timestamp,
    hear_by: Option<Date>,
    news: News,
) -> Result<(), StoreError> {
    let down = Down { case: case.to_string(), turn, at, hear_by, news };
    let body = sealed(keys, Face::Portal, &down)?;
    tx.send(&Parcel { kind: DOWN.to_owned(), id: format!("{case}:{turn}"), body })
}

/// Puts what a resident did on the way up. `what` names it once within the case.
pub(crate) fn send_up(tx: &Write<'_>, keys: &Keys, case: CaseId, what: &str, up: &Up) -> Result<(), StoreError> {
    let body = sealed(keys, Face::Desk, up)?;
    tx.send(&Parcel { kind: UP.to_owned(), id: format!("{case}:{what}"), body })
}

/// A message sealed to the face that it goes to: while it waits in a store it shows nothing, not even to the face that sent it.
///
/// # Errors
/// When it cannot be sealed.
pub fn sealed<T: Serialize>(keys: &Keys, to: Face, message: &T) -> Result<Vec<u8>, StoreError> {
    let plain = serde_json::to_vec(message).map_err(|_| StoreError::damaged("a parcel that has no JSON"))?;
    keys.seal_to(to, &plain)
}

/// Opens what was sealed to this face.
///
/// # Errors
/// When it was sealed to somebody else, was changed, or is no such message.
pub fn opened<T: DeserializeOwned>(keys: &Keys, body: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(&keys.unseal_own(body)?).map_err(|_| StoreError::damaged("a parcel of cases"))
}
