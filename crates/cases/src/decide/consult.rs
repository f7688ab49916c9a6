//! 合議と専決: departments that must agree before the chain of decision ends, and roles that end it alone.

use access::{StaffId, grants::Act};
use definitions::{
    form::Known,
    ids::{DepartmentId, RoleId},
    procedure::Procedure,
};
use jiff::Timestamp;
use registry::known::DeskFacts;
use serde::{Deserialize, Serialize};
use store::{Read, StoreError, Write, params};

use crate::{
    CaseNumber, asked,
    case::{Case, NotNow, Stage},
    event::Event,
    parcel::News,
    rows,
    verbs::{Acting, Happened, Refused, change},
};

/// 合議先: a department that was asked to agree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Consultation {
    /// Which.
    pub department: DepartmentId,
    /// What it said; none while it is awaited.
    #[serde(default)]
    pub answer: Option<Answered>,
}

/// What a department says to a draft on which it was consulted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "Stored")]
pub enum Said {
    /// 同意.
    Agreed,
    /// 異議: the chain does not end; the department may agree after all, or the draft is sent back.
    Objected,
    /// 修正の求め: the draft goes back to its clerk with what should be otherwise.
    AsksChange,
}

/// What may stand in a row: an earlier build kept yes or no.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    YesNo(bool),
    Word(Word),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Agreed,
    Objected,
    AsksChange,
}

impl From<Stored> for Said {
    fn from(stored: Stored) -> Said {
        match stored {
            Stored::YesNo(true) | Stored::Word(Word::Agreed) => Said::Agreed,
            Stored::YesNo(false) | Stored::Word(Word::Objected) => Said::Objected,
            Stored::Word(Word::AsksChange) => Said::AsksChange,
        }
    }
}

impl Said {
    /// As word ids end: `agreed`.
    pub fn code(self) -> &'static str {
        match self {
            Said::Agreed => "agreed",
            Said::Objected => "objected",
            Said::AsksChange => "asks-change",
        }
    }
}

/// What a department that was asked said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// 同意, 異議 or 修正の求め.
    #[serde(alias = "agreed")]
    pub said: Said,
    /// Why, where it does not simply agree.
    pub say: String,
    /// Who answered for it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

impl Consultation {
    /// Whether it agrees.
    pub fn agrees(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.said == Said::Agreed)
    }
}

/// The department for which this person may answer now, if any. Who objected may agree after all, once it was talked over.
pub fn asked_of(staff: &access::Staff, case: &Case) -> Option<DepartmentId> {
    let Stage::Approving { consulted, .. } = &case.stage else { return None };
    let departments = staff.departments();
    consulted.iter().find(|asked| !asked.agrees() && departments.contains(&asked.department)).map(|asked| asked.department.clone())
}

/// 合議に答える: agrees, objects or asks for a change for one's department. A change that is asked for brings the draft back to its clerk.
///
/// # Errors
/// See [`change`]; also not asked, one's own draft, or no reason for anything but agreement.
pub fn answer(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64, said: Said, say: &str) -> Result<Case, Refused> {
    let (by, at, say) = (acting.staff.id, acting.now, say.trim().to_owned());
    change(tx, acting, number, seen, Act::Decide, |case, procedure| {
        let department = asked_of(acting.staff, case).ok_or(NotNow::NotNext)?;
        if said != Said::Agreed && say.is_empty() {
            return Err(NotNow::ReasonDue);
        }
        let Stage::Approving { proposal, consulted, .. } = &mut case.stage else { return Err(NotNow::Stage(case.stage.code())) };
        if proposal.by == by {
            return Err(NotNow::OwnDraft);
        }
        for asked in consulted.iter_mut().filter(|asked| asked.department == department) {
            asked.answer = Some(Answered { said, say: say.clone(), by, at });
        }
        let told = Event::Consulted { department, said, say: say.clone() };
        if said == Said::AsksChange {
            case.stage = case.send_back(procedure, &say)?;
            return Ok(vec![Happened::told(told, News::BackToReview)]);
        }
        Ok(vec![Happened::inside(told)])
    })
}

/// 専決: whether this role's approval ends the chain, by its condition over the outcome, the case and the answers.
///
/// # Errors
/// When the registers cannot be asked.
pub fn decides_alone(tx: &Read<'_>, acting: &Acting<'_>, case: &Case, procedure: &Procedure, role: &RoleId) -> Result<bool, StoreError> {
    let Stage::Approving { proposal, .. } = &case.stage else { return Ok(false) };
    let Some(only) = case.step(procedure).and_then(|step| step.sole_decision.get(role)) else { return Ok(false) };
    let today = acting.today();
    let resident = rows::marks::resident_of(tx, case)?;
    let facts = DeskFacts::of(tx, acting.town, resident, today)?;
    let names = Known::new(procedure, &case.answers, &facts, today)
        .with("outcome", asked::of_outcome(&proposal.outcome, &proposal.details))
        .with("case", asked::of_case(case, Some(due_so_far(tx, case)?), today));
    // What is not known lets nobody decide alone.
    Ok(only.holds(&names).is_yes())
}

/// What is due on a case so far, in yen.
pub(crate) fn due_so_far(tx: &Read<'_>, case: &Case) -> Result<i64, StoreError> {
    let row = tx.first("select cast(coalesce(sum(yen), 0) as bigint) from case_charge where case_id = $1", params![case.id.to_string()])?;
    row.map_or(Ok(0), |row| row.get(0))
}
