//! 合議と専決: departments that must agree before the chain of decision ends, and roles that end it alone.

use access::{StaffId, grants::Act};
use definitions::{
    condition::{RecordValue, Value},
    form::Known,
    ids::{DepartmentId, RoleId},
    kinds,
    procedure::Procedure,
};
use jiff::{Timestamp, civil::Date};
use registry::known::DeskFacts;
use serde::{Deserialize, Serialize};
use store::{Read, StoreError, Write, params};

use crate::{
    CaseNumber,
    case::{Case, NotNow, Stage},
    clock,
    event::Event,
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

/// What a department that was asked said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// 同意 or 異議.
    pub agreed: bool,
    /// Why, where it objects.
    pub say: String,
    /// Who answered for it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

/// The department for which this person may answer now, if any.
pub fn asked_of(staff: &access::Staff, case: &Case) -> Option<DepartmentId> {
    let Stage::Approving { consulted, .. } = &case.stage else { return None };
    let departments = staff.departments();
    consulted.iter().find(|asked| asked.answer.is_none() && departments.contains(&asked.department)).map(|asked| asked.department.clone())
}

/// 合議に答える: agrees or objects for one's department.
///
/// # Errors
/// See [`change`]; also not asked, or no reason for an objection.
pub fn answer(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, seen: i64, agreed: bool, say: String) -> Result<Case, Refused> {
    let (by, at) = (acting.staff.id, acting.now);
    change(tx, acting, number, seen, Act::Decide, |case, _| {
        let department = asked_of(acting.staff, case).ok_or(NotNow::NotNext)?;
        if !agreed && say.trim().is_empty() {
            return Err(NotNow::ReasonDue);
        }
        let Stage::Approving { proposal, consulted, .. } = &mut case.stage else { return Err(NotNow::Stage(case.stage.code())) };
        if proposal.by == by {
            return Err(NotNow::OwnDraft);
        }
        for asked in consulted.iter_mut().filter(|asked| asked.department == department) {
            asked.answer = Some(Answered { agreed, say: say.trim().to_owned(), by, at });
        }
        Ok(vec![Happened::inside(Event::Consulted { department, agreed, say: say.trim().to_owned() })])
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
    let Value::Record(details) = kinds::record(&proposal.details, &[]) else { return Ok(false) };
    let mut outcome = details.fields.clone();
    outcome.insert("id".to_owned(), Value::text(proposal.outcome.as_str()));
    let names = Known::new(procedure, &case.answers, &facts, today)
        .with("outcome", record(outcome))
        .with("case", record(facts_of_case(case, due_so_far(tx, case)?, today)));
    // What is not known lets nobody decide alone.
    Ok(only.holds(&names).is_yes())
}

fn record(fields: std::collections::BTreeMap<String, Value>) -> Value {
    Value::Record(RecordValue { id: None, fields, missing: Value::Absent }.into())
}

fn facts_of_case(case: &Case, fee: i64, today: Date) -> std::collections::BTreeMap<String, Value> {
    std::collections::BTreeMap::from([
        ("channel".to_owned(), Value::text(case.channel.code())),
        ("filed_on".to_owned(), Value::Date(clock::day(case.filed_at))),
        ("decided_on".to_owned(), Value::Date(today)),
        ("fee".to_owned(), Value::Int(fee)),
    ])
}

fn due_so_far(tx: &Read<'_>, case: &Case) -> Result<i64, StoreError> {
    let row = tx.first("select cast(coalesce(sum(yen), 0) as bigint) from case_charge where case_id = $1", params![case.id.to_string()])?;
    row.map_or(Ok(0), |row| row.get(0))
}
