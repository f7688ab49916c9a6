//! 案件: one matter of one person, from its arrival to its decision, and what may happen to it when.
//!
//! ```text
//!            ┌── 補正の求め ──▶ Correcting ── 補正 ──┐
//!            │                                      ▼
//! filed ─▶ Working ──(steps)──▶ 起案 ──▶ Approving ──▶ Decided
//!            ▲                              │
//!            └────────── 差戻し ─────────────┘        取下げ from every open stage ─▶ Withdrawn
//! ```

mod not_now;

use std::collections::BTreeMap;

use access::{CaseId, StaffId};
use definitions::{
    answer::Answers,
    field::{Field, Kind, Sensitivity},
    ids::{DepartmentId, FieldId, OutcomeId, ProcedureId, RoleId, StepId},
    procedure::{Procedure, Step, StepAct, Version},
    text::Language,
};
use jiff::{Timestamp, civil::Date};
use jp::calendar::BusinessCalendar;
use serde::{Deserialize, Serialize};

use crate::{CaseNumber, Contacts, clock::Clock, decide::consult::Consultation, event::Event};

pub use not_now::NotNow;

/// How a case came in. All arrive in one inbox; the channel is visible, not decisive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// オンライン.
    Online,
    /// 窓口.
    Counter,
    /// 紙・郵送.
    Paper,
    /// 電話: a clerk typed for the person.
    Phone,
    /// ぴったりサービス: the national portal took it in and handed it over.
    NationalPortal,
    /// Another e-application service took it in and handed it over.
    OtherService,
    /// プログラム: a program filed for the person, by the same rules.
    Api,
}

impl Channel {
    /// All of them.
    pub const ALL: [Channel; 7] =
        [Channel::Online, Channel::Counter, Channel::Paper, Channel::Phone, Channel::NationalPortal, Channel::OtherService, Channel::Api];

    /// As it is stored and as word ids end: `online`.
    pub fn code(self) -> &'static str {
        match self {
            Channel::Online => "online",
            Channel::Counter => "counter",
            Channel::Paper => "paper",
            Channel::Phone => "phone",
            Channel::NationalPortal => "national_portal",
            Channel::OtherService => "other_service",
            Channel::Api => "api",
        }
    }

    /// Whether it came through the residents' side, which keeps a copy, and not by a clerk's hand.
    pub fn is_of_portal(self) -> bool {
        matches!(self, Channel::Online | Channel::Api)
    }

    /// The channel that [`Channel::code`] names.
    pub fn from_code(code: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.code() == code)
    }
}

/// Where a case stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// 審査中 at a step.
    Working {
        /// Which.
        step: StepId,
    },
    /// 補正待ち: the person was asked to complete it.
    Correcting {
        /// The step to which it returns.
        step: StepId,
        /// What was asked.
        asked: CorrectionRequest,
    },
    /// 決裁中: proposed, waiting for the chain.
    Approving {
        /// The step with the chain.
        step: StepId,
        /// 起案.
        proposal: Proposal,
        /// Who approved so far, in order.
        approvals: Vec<Approval>,
        /// 合議: the departments that must agree before the chain ends.
        #[serde(default)]
        consulted: Vec<Consultation>,
    },
    /// 決定済.
    Decided {
        /// 起案 as approved.
        proposal: Proposal,
        /// The chain that approved it.
        approvals: Vec<Approval>,
        /// The departments that agreed.
        #[serde(default)]
        consulted: Vec<Consultation>,
        /// The day of the decision.
        on: Date,
    },
    /// 取下げ.
    Withdrawn {
        /// When.
        on: Date,
    },
}

impl Stage {
    /// As it is stored and as word ids end: `working`.
    pub fn code(&self) -> &'static str {
        match self {
            Stage::Working { .. } => "working",
            Stage::Correcting { .. } => "correcting",
            Stage::Approving { .. } => "approving",
            Stage::Decided { .. } => "decided",
            Stage::Withdrawn { .. } => "withdrawn",
        }
    }

    /// Whether somebody still has to do something.
    pub fn is_open(&self) -> bool {
        !matches!(self, Stage::Decided { .. } | Stage::Withdrawn { .. })
    }

    /// 合議先: departments that were asked to agree; they go on seeing what they agreed to.
    pub fn consulted(&self) -> &[Consultation] {
        match self {
            Stage::Approving { consulted, .. } | Stage::Decided { consulted, .. } => consulted,
            _ => &[],
        }
    }

    /// The step at which it stands.
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Stage::Working { step } | Stage::Correcting { step, .. } | Stage::Approving { step, .. } => Some(step),
            Stage::Decided { .. } | Stage::Withdrawn { .. } => None,
        }
    }
}

/// 補正の求め (行政手続法7条): which fields, what is wrong, until when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CorrectionRequest {
    /// The fields to mend.
    pub fields: Vec<FieldId>,
    /// In the clerk's words.
    pub say: String,
    /// A reasonable day (相当の期間).
    pub until: Date,
    /// When it was asked.
    pub asked_on: Date,
}

/// 起案: what the clerk proposes to decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The outcome.
    pub outcome: OutcomeId,
    /// 理由 (行政手続法8条): facts and the norm applied.
    pub reason: String,
    /// What the outcome asks staff to add.
    pub details: Answers,
    /// Who drafted it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

/// One approval in the chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: StaffId,
    /// In which role of the chain.
    pub role: RoleId,
    /// 代決: in the absent one's place, who looks afterwards (後閲).
    pub stands_in: bool,
    /// 自動決定 that is looked at afterwards (抜取り).
    #[serde(default)]
    pub sampled: bool,
    /// When.
    pub at: Timestamp,
    /// 後閲: when the absent one, or the one who stands for what was decided without a person, looked at it.
    #[serde(default)]
    pub looked_at: Option<Timestamp>,
}

/// 案件.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its id inside.
    pub id: CaseId,
    /// 受付番号, its name outside.
    pub number: CaseNumber,
    /// Other numbers that the person was given for it: their own filing of a draft that a clerk had filed for them.
    pub also: Vec<CaseNumber>,
    /// 収受番号.
    pub receipt_number: String,
    /// What is asked for.
    pub procedure: ProcedureId,
    /// Under which version it was filed.
    pub version: Version,
    /// Who has it.
    pub department: DepartmentId,
    /// The account that filed it, if any.
    pub account: Option<String>,
    /// How it came.
    pub channel: Channel,
    /// When it arrived.
    pub filed_at: Timestamp,
    /// The language of notices.
    pub language: Language,
    /// How to reach the applicant.
    pub contacts: Contacts,
    /// What they answered, as corrected.
    pub answers: Answers,
    /// Merit rules that do not hold, marked for staff.
    pub warned: Vec<String>,
    /// What staff wrote down in steps (`ask:`), such as the day of an interview.
    pub noted: BTreeMap<StepId, Answers>,
    /// Where it stands.
    pub stage: Stage,
    /// What the law counts.
    pub clock: Clock,
    /// Who works on it.
    pub assignee: Option<StaffId>,
    /// Since when.
    pub assigned_at: Option<Timestamp>,
    /// Counts every change: a form shown at row 3 cannot act on row 4.
    pub row: i64,
}

/// How closely a case of this procedure is guarded: as its most guarded question. An individual number is kept apart and guarded for itself.
pub fn sensitivity(procedure: &Procedure) -> Sensitivity {
    fn highest<'f>(fields: impl Iterator<Item = &'f Field>) -> Sensitivity {
        fields
            .filter(|field| !matches!(field.kind, Kind::IndividualNumber { .. }))
            .map(|field| field.kind.group_fields().map_or(Sensitivity::Ordinary, |fields| highest(fields.values())).max(field.sensitivity))
            .max()
            .unwrap_or_default()
    }
    highest(procedure.pages.values().flat_map(|page| page.fields.values()))
}

impl Approval {
    /// Whether its holder has yet to look at it.
    pub fn waits_for_a_look(&self) -> bool {
        (self.stands_in || self.sampled) && self.looked_at.is_none()
    }
}

/// How far an approval reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To the next role of the chain.
    Chain,
    /// 専決: the case is decided by it.
    Alone,
}

/// What follows when somebody in the chain approves.
#[derive(Clone, Debug, PartialEq)]
pub enum Approved {
    /// The next role's turn.
    Next(Stage),
    /// The chain is complete: it is decided.
    Decided(Stage),
}

impl Case {
    /// The stage at which a case begins: the first step of its procedure.
    ///
    /// # Errors
    /// When the procedure has no step; `check` refuses such a procedure.
    pub fn first_stage(procedure: &Procedure) -> Result<Stage, NotNow> {
        let step = procedure.steps.keys().next().ok_or(NotNow::Unknown("step"))?;
        Ok(Stage::Working { step: step.clone() })
    }

    /// By which texts staff find it: name, kana, number, telephone, address, mail, and what the answers themselves give.
    pub fn search_texts(&self) -> Vec<String> {
        let contacts = &self.contacts;
        let mut texts = vec![contacts.name.clone(), contacts.kana.clone(), self.number.plain(), self.receipt_number.clone()];
        texts.extend(self.also.iter().map(|number| number.plain()));
        texts.extend([&contacts.address, &contacts.mail, &contacts.phone].into_iter().flatten().cloned());
        texts.extend(self.answers.iter().flat_map(|(_, answer)| answer.search_texts()));
        texts
    }

    /// By which a person without an account is known again: their folded name with their telephone or mail. No more than a hint to staff.
    pub fn person_mark(&self) -> String {
        let contacts = &self.contacts;
        let reached = contacts.phone.as_ref().or(contacts.mail.as_ref()).map(String::as_str).unwrap_or_default();
        format!("{}|{reached}", jp::kana::fold(&contacts.name))
    }

    /// How staff must reach the person by hand after this: `call`, `post`, or `counter` when they can only be told when they come. A case
    /// that did not come online has no page of its own: what is sent to it is posted or said.
    pub fn reach_after(&self, event: &Event) -> Option<&'static str> {
        let by_hand = || match (&self.contacts.phone, &self.contacts.address) {
            (Some(_), _) => "call",
            (None, Some(_)) => "post",
            (None, None) => "counter",
        };
        let is_online = self.channel == Channel::Online;
        match event {
            Event::MessageFate { fate, .. } => match fate.strip_prefix("messages-fate-")? {
                "call" => Some("call"),
                "post" => Some("post"),
                "unread-call" => Some(if self.contacts.phone.is_some() { "call" } else { by_hand() }),
                "unread-post" => Some(if self.contacts.address.is_some() { "post" } else { by_hand() }),
                "refused" | "given-up" | "unsure" | "unreachable" => Some(by_hand()),
                _ => None,
            },
            Event::LetterIssued { .. } if !is_online => Some("post"),
            Event::CorrectionRequested { .. } | Event::Delayed { .. } | Event::WroteToApplicant { .. } if !is_online => Some(by_hand()),
            _ => None,
        }
    }

    /// The page was shown at `row`; acting on anything newer would undo what somebody else did meanwhile.
    ///
    /// # Errors
    /// [`NotNow::Changed`].
    pub fn unchanged_since(&self, row: i64) -> Result<&Case, NotNow> {
        if self.row == row { Ok(self) } else { Err(NotNow::Changed) }
    }

    /// The day by which the person hears; none once it has ended.
    pub fn hear_by(&self, calendar: &BusinessCalendar, today: Date) -> Option<Date> {
        if self.stage.is_open() { self.clock.hear_by(calendar, today) } else { None }
    }

    /// The step at which it stands, in the procedure it was filed under.
    pub fn step<'p>(&self, procedure: &'p Procedure) -> Option<&'p Step> {
        procedure.steps.get(self.stage.step()?)
    }

    /// Goes on to the next step once this one's work is done.
    ///
    /// `takes` says whether a step is taken in this case (`when:`); others are gone past.
    ///
    /// # Errors
    /// Not at a working step, or the next step is one that only a proposal reaches.
    pub fn advance(&self, procedure: &Procedure, takes: impl Fn(&Step) -> bool) -> Result<Stage, NotNow> {
        let Stage::Working { step } = &self.stage else { return Err(NotNow::Stage(self.stage.code())) };
        let here = procedure.steps.get_index_of(step).ok_or(NotNow::Unknown("step"))?;
        let next = procedure.steps.values().skip(here + 1).find(|step| step.act != StepAct::Work || takes(step));
        let next = next.ok_or(NotNow::Unknown("step"))?;
        match (procedure.steps[here].act, next.act) {
            (StepAct::Work, StepAct::Work | StepAct::Propose) => Ok(Stage::Working { step: next.id.clone() }),
            _ => Err(NotNow::Stage(self.stage.code())),
        }
    }

    /// 補正を求める: asks the person to mend these fields.
    ///
    /// # Errors
    /// Not at a working step, no field named, or one that the procedure does not have.
    pub fn request_correction(&self, procedure: &Procedure, asked: CorrectionRequest) -> Result<Stage, NotNow> {
        let Stage::Working { step } = &self.stage else { return Err(NotNow::Stage(self.stage.code())) };
        if asked.fields.is_empty() || asked.fields.iter().any(|field| procedure.field(field.as_str()).is_none()) {
            return Err(NotNow::Unknown("field"));
        }
        if asked.say.trim().is_empty() {
            return Err(NotNow::ReasonDue);
        }
        Ok(Stage::Correcting { step: step.clone(), asked })
    }

    /// 補正 came back: where it goes on. `to` names the fields whose request it answers.
    ///
    /// # Errors
    /// Nothing had been asked, or something else meanwhile.
    pub fn corrected(&self, to: &[FieldId]) -> Result<Stage, NotNow> {
        let Stage::Correcting { step, asked } = &self.stage else { return Err(NotNow::Stage(self.stage.code())) };
        if asked.fields != to {
            return Err(NotNow::Changed);
        }
        Ok(Stage::Working { step: step.clone() })
    }

    /// 起案する.
    ///
    /// # Errors
    /// Not at a step that proposes (or before it), an unknown outcome, or a reason missing where one is due.
    pub fn propose(&self, procedure: &Procedure, proposal: Proposal) -> Result<Stage, NotNow> {
        let Stage::Working { step } = &self.stage else { return Err(NotNow::Stage(self.stage.code())) };
        let here = procedure.steps.get(step).ok_or(NotNow::Unknown("step"))?;
        if here.act != StepAct::Propose {
            return Err(NotNow::Stage(self.stage.code()));
        }
        let outcome = procedure.outcomes.get(&proposal.outcome).ok_or(NotNow::Unknown("outcome"))?;
        if outcome.reason_required && proposal.reason.trim().is_empty() {
            return Err(NotNow::ReasonDue);
        }
        let decide = procedure.steps.values().find(|step| step.act == StepAct::Decide).ok_or(NotNow::Unknown("step"))?;
        let others = decide.consult.iter().filter(|department| **department != self.department);
        let consulted = others.map(|department| Consultation { department: department.clone(), answer: None }).collect();
        Ok(Stage::Approving { step: decide.id.clone(), proposal, approvals: Vec::new(), consulted })
    }

    /// The role whose turn it is in the chain.
    pub fn next_role<'p>(&self, procedure: &'p Procedure) -> Option<&'p RoleId> {
        let Stage::Approving { step, approvals, .. } = &self.stage else { return None };
        procedure.steps.get(step)?.role.get(approvals.len())
    }

    /// Whether the next approval ends the chain: it is the last role's, or its holder decides `alone` (専決).
    pub fn ends_next(&self, procedure: &Procedure, alone: bool) -> bool {
        let Stage::Approving { step, approvals, .. } = &self.stage else { return false };
        alone || approvals.len() + 1 >= procedure.steps.get(step).map_or(0, |step| step.role.len())
    }

    /// 決裁する: approves in the role whose turn it is, or stands in for it. `reach` says whether 専決 ends the chain here.
    ///
    /// # Errors
    /// Not being approved, one's own draft, or a department that was asked has not agreed.
    pub fn approve(&self, procedure: &Procedure, approval: Approval, reach: Reach, today: Date) -> Result<Approved, NotNow> {
        let Stage::Approving { step, proposal, approvals, consulted } = &self.stage else {
            return Err(NotNow::Stage(self.stage.code()));
        };
        let next = self.next_role(procedure).ok_or(NotNow::NotNext)?;
        if approval.role != *next {
            return Err(NotNow::NotNext);
        }
        if approval.by == proposal.by {
            return Err(NotNow::OwnDraft);
        }
        let mut approvals = approvals.clone();
        approvals.push(approval);
        let (proposal, consulted) = (proposal.clone(), consulted.clone());
        if !self.ends_next(procedure, reach == Reach::Alone) {
            return Ok(Approved::Next(Stage::Approving { step: step.clone(), proposal, approvals, consulted }));
        }
        if !consulted.iter().all(Consultation::agrees) {
            return Err(NotNow::ConsultDue);
        }
        Ok(Approved::Decided(Stage::Decided { proposal, approvals, consulted, on: today }))
    }

    /// 差戻し: back to the step that proposes.
    ///
    /// # Errors
    /// Not being approved, or no reason.
    pub fn send_back(&self, procedure: &Procedure, reason: &str) -> Result<Stage, NotNow> {
        if !matches!(self.stage, Stage::Approving { .. }) {
            return Err(NotNow::Stage(self.stage.code()));
        }
        if reason.trim().is_empty() {
            return Err(NotNow::ReasonDue);
        }
        let propose = procedure.steps.values().find(|step| step.act == StepAct::Propose).ok_or(NotNow::Unknown("step"))?;
        Ok(Stage::Working { step: propose.id.clone() })
    }

    /// 取下げ: the person withdraws while it is open.
    ///
    /// # Errors
    /// It has ended.
    pub fn withdraw(&self, today: Date) -> Result<Stage, NotNow> {
        if self.stage.is_open() { Ok(Stage::Withdrawn { on: today }) } else { Err(NotNow::Stage(self.stage.code())) }
    }
}

/// The case of this id, whoever asks: look first whether they may.
///
/// # Errors
/// When the store fails.
pub fn by_id(tx: &store::Read<'_>, keys: &store::keys::Keys, id: CaseId) -> Result<Option<Case>, store::StoreError> {
    crate::rows::desk::by_id(tx, keys, id)
}

/// The same by its number.
///
/// # Errors
/// When the store fails.
pub fn by_number(tx: &store::Read<'_>, keys: &store::keys::Keys, number: CaseNumber) -> Result<Option<Case>, store::StoreError> {
    crate::rows::desk::by_number(tx, keys, number)
}
