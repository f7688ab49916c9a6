//! The story of a case as the desk keeps it: one line for each thing that happened, appended, never changed.

use access::StaffId;
use definitions::{
    answer::Answers,
    ids::{DepartmentId, FieldId, OutcomeId, RoleId, RuleId, StepId},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{decide::consult::Said, identity::Identified};

/// One line of a case's story.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its place in the story of this case.
    pub turn: i64,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub who: Who,
    /// What happened.
    pub event: Event,
}

/// Who did something on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A member of staff.
    Staff(StaffId),
    /// The applicant.
    Applicant,
    /// Yakuba itself, such as a timer or a job.
    System,
}

impl Who {
    /// As it is stored.
    pub fn code(&self) -> String {
        match self {
            Who::Staff(id) => id.to_string(),
            Who::Applicant => "applicant".into(),
            Who::System => "system".into(),
        }
    }

    /// What [`Who::code`] stands for.
    pub fn from_code(code: &str) -> Who {
        match code {
            "applicant" => Who::Applicant,
            "system" => Who::System,
            id => id.parse().map_or(Who::System, Who::Staff),
        }
    }
}

/// What happened on a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Event {
    /// 収受.
    Received,
    /// 担当になった, or was made 担当.
    Assigned {
        /// Whom.
        to: StaffId,
    },
    /// Nobody has it any more.
    Released,
    /// A step's work was done and the next began.
    Advanced {
        /// The step that began.
        to: StepId,
        /// What was ticked off.
        checks: Vec<String>,
        /// What was written down in the step that ended.
        #[serde(default)]
        noted: Answers,
    },
    /// 補正の求め.
    CorrectionRequested {
        /// Which fields.
        fields: Vec<FieldId>,
        /// In the clerk's words.
        say: String,
        /// Until when.
        until: Date,
    },
    /// 補正.
    Corrected {
        /// What they had answered before, for comparison.
        before: Answers,
        /// Questions that the form asked because of the correction.
        #[serde(default)]
        opened: Vec<FieldId>,
        /// Questions that it does not ask any more; what was answered stands in `before`.
        #[serde(default)]
        dropped: Vec<FieldId>,
    },
    /// 調定の変更: a correction changed the fee.
    FeeChanged {
        /// What was due before.
        before: i64,
        /// What is due now.
        yen: i64,
    },
    /// The clerk took the case up again without waiting for the correction.
    CorrectionEnded,
    /// 起案.
    Proposed {
        /// The outcome.
        outcome: OutcomeId,
    },
    /// 承認 in the chain.
    Approved {
        /// In which role.
        role: RoleId,
        /// 代決.
        stands_in: bool,
    },
    /// 合議: a department that was asked answered.
    Consulted {
        /// Which.
        department: DepartmentId,
        /// 同意, 異議 or 修正の求め.
        #[serde(alias = "agreed")]
        said: Said,
        /// Why.
        say: String,
    },
    /// 電話・郵便で知らせた: staff reached the person by hand.
    Reached {
        /// `call`, `post`, `counter`.
        how: String,
        /// What was said or sent.
        note: String,
    },
    /// The applicant was found in the registry.
    Identified,
    /// 自動決定: decided by named criteria, on the standing approval of a chief.
    StraightThrough {
        /// The criteria that held, as they were named.
        criteria: Vec<String>,
        /// Whether the chief looks at it afterwards (抜取り).
        sampled: bool,
    },
    /// 後閲 of what was approved in one's place.
    LookedAfterwards,
    /// 差戻し.
    SentBack {
        /// Why.
        reason: String,
    },
    /// 決定.
    Decided {
        /// How it ended.
        outcome: OutcomeId,
    },
    /// A letter was issued.
    LetterIssued {
        /// Its title.
        title: String,
        /// 文書番号.
        document_number: String,
        /// Its id.
        letter: String,
    },
    /// A letter is no longer true.
    LetterVoided {
        /// Its title.
        title: String,
        /// 文書番号.
        document_number: String,
        /// Its id.
        letter: String,
        /// Why, in words.
        reason: String,
        /// The number under which it was ordered again.
        again: Option<String>,
    },
    /// A letter could not be made; what to do stands on the case.
    LetterFailed {
        /// Why, in words for staff.
        why: String,
    },
    /// Staff wrote to the person.
    WroteToApplicant {
        /// What.
        text: String,
    },
    /// The person wrote.
    ApplicantWrote {
        /// What.
        text: String,
    },
    /// An internal note.
    Note {
        /// What.
        text: String,
    },
    /// 期間の延長, or a notice of delay.
    Delayed {
        /// The new day.
        until: Date,
        /// Why.
        reason: String,
        /// By statutory notice.
        statutory: bool,
        /// 特例延長: the day by which a fair part is decided.
        #[serde(default)]
        part: Option<Date>,
    },
    /// The department changed.
    HandedOver {
        /// To whom.
        to: DepartmentId,
        /// Why.
        reason: String,
    },
    /// The person sent something that was no longer possible, such as a withdrawal after the decision.
    CameTooLate {
        /// What a correction said that came too late: staff read it and use it by hand. Empty for anything else.
        #[serde(default)]
        sent: Answers,
    },
    /// The desk took in what the residents' side sent, and something of it does not fit what the desk knows: staff look.
    Doubted {
        /// What.
        doubts: Vec<Doubt>,
    },
    /// The same draft was filed a second time: by a clerk whom it was lent to, and by its owner before they heard of it.
    FiledAgain {
        /// The number that the person was given; staff find the case by it too.
        number: String,
        /// What they sent: staff read it and use it by hand.
        sent: Answers,
    },
    /// 本人確認: a clerk saw who came.
    Identity {
        /// Who, and what they showed.
        identified: Identified,
    },
    /// 取下げ.
    Withdrawn,
    /// What became of a message to the person.
    MessageFate {
        /// `mail`, `post` …
        channel: String,
        /// A word id that ends in what to do next.
        fate: String,
    },
}

/// What of a parcel does not fit. An honest portal sends such things when facts changed on the way; one that is broken into may send them too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "doubt", rename_all = "snake_case")]
pub enum Doubt {
    /// It says to be of a moment that cannot well be. One in the future or more than a year back is not counted from.
    Moment {
        /// What it says.
        said: Timestamp,
    },
    /// The procedure asks for a surer identity than the desk knows of this account now.
    Identity,
    /// Answers that the form does not take, does not ask for or misses, as far as the desk knows.
    Answers {
        /// To which questions.
        fields: Vec<FieldId>,
    },
    /// Formal rules that do not hold, as far as the desk knows.
    Rules {
        /// Which.
        rules: Vec<RuleId>,
    },
}

impl Event {
    /// What the person sent that does not stand among the answers.
    pub fn sent(&self) -> Option<&Answers> {
        match self {
            Event::CameTooLate { sent } | Event::FiledAgain { sent, .. } => Some(sent),
            _ => None,
        }
    }

    /// As it is stored beside the data and as word ids end: `received`.
    pub fn code(&self) -> &'static str {
        match self {
            Event::Received => "received",
            Event::Assigned { .. } => "assigned",
            Event::Released => "released",
            Event::Advanced { .. } => "advanced",
            Event::CorrectionRequested { .. } => "correction-requested",
            Event::Corrected { .. } => "corrected",
            Event::FeeChanged { .. } => "fee-changed",
            Event::CorrectionEnded => "correction-ended",
            Event::Proposed { .. } => "proposed",
            Event::Approved { .. } => "approved",
            Event::Consulted { .. } => "consulted",
            Event::Reached { .. } => "reached",
            Event::Identified => "identified",
            Event::StraightThrough { .. } => "straight-through",
            Event::LookedAfterwards => "looked-afterwards",
            Event::SentBack { .. } => "sent-back",
            Event::Decided { .. } => "decided",
            Event::LetterIssued { .. } => "letter-issued",
            Event::LetterVoided { .. } => "letter-voided",
            Event::LetterFailed { .. } => "letter-failed",
            Event::WroteToApplicant { .. } => "wrote-to-applicant",
            Event::ApplicantWrote { .. } => "applicant-wrote",
            Event::Note { .. } => "note",
            Event::Delayed { .. } => "delayed",
            Event::HandedOver { .. } => "handed-over",
            Event::CameTooLate { .. } => "came-too-late",
            Event::Doubted { .. } => "doubted",
            Event::FiledAgain { .. } => "filed-again",
            Event::Identity { .. } => "identity",
            Event::Withdrawn => "withdrawn",
            Event::MessageFate { .. } => "message-fate",
        }
    }
}
