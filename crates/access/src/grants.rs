//! # 権限 Grants
//!
//! What staff may do is data in the town's folder: role × act × kind of record × scope × sensitivity, until a day, rarely on a
//! condition. What is not granted is refused. The model is closed, so that one grant gives a *decision* on a record ([`may`]) and a
//! *filter* in the query of a list ([`filter`]): what a page refuses, no list, count or export shows. `tests/grants.rs` compares the two
//! on both engines over random towns.
//!
//! Grants meet a person where they hold a post (a role in a department, on that day). A post in a department reaches the departments
//! under it (`under:`), as a director's (部長) reaches the sections of the division; it never reaches upward or sideways.

mod explained;
mod filter;
mod permitted;
mod power;

pub use definitions::grant::{Act, RecordKind, Scope};
pub use explained::{Considered, Says, explain};
pub use filter::{Clause, KindSql, filter};
pub use permitted::{Permitted, Record, permit};
pub use power::{Authority, Condition, Power, Powers};

use definitions::{field::Sensitivity, ids::DepartmentId};

use crate::{StaffId, staff::Staff};

/// What grants look at in a record. Each room says it of its own records, and says the same in SQL: [`KindSql`].
#[derive(Clone, Debug, PartialEq)]
pub struct RecordAttributes {
    /// The kind of record, as grants name it.
    pub kind: RecordKind,
    /// 所管課. Without one only grants of the whole town reach it.
    pub department: Option<DepartmentId>,
    /// 合議先: departments that were asked to agree. They may read and decide their part, no more.
    pub consulted: Vec<DepartmentId>,
    /// 担当者.
    pub assignee: Option<StaffId>,
    /// How closely it is guarded: a grant reaches up to its own.
    pub sensitivity: Sensitivity,
    /// Further attributes that a condition may compare, such as `step`.
    pub attributes: Vec<(&'static str, Option<String>)>,
}

impl RecordAttributes {
    /// A record that belongs to nobody in particular, such as the journal: grants of the whole town reach it.
    pub fn of_town(kind: RecordKind, sensitivity: Sensitivity) -> RecordAttributes {
        RecordAttributes { kind, department: None, consulted: Vec::new(), assignee: None, sensitivity, attributes: Vec::new() }
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name)?.1.as_deref()
    }
}

/// Whether this person may do this to this record today, and on what authority. The authority goes into the journal.
pub fn may(who: &Staff, act: Act, record: &RecordAttributes) -> Option<Authority> {
    let power = who.powers.iter().find(|power| against(power, act, who.id, record).is_none())?;
    Some(power.authority.clone())
}

/// Whether this person may do this to any record of the kind at all: shows or hides a door, opens none.
pub fn may_ever(who: &Staff, act: Act, kind: RecordKind) -> bool {
    who.powers.iter().any(|power| power.covers(act, kind))
}

/// On what authority this person reads of such records at all: for what no record stands behind, such as a code that a caller says.
pub fn may_any(who: &Staff, act: Act, kind: RecordKind) -> Option<Authority> {
    who.powers.iter().find(|power| power.covers(act, kind)).map(|power| power.authority.clone())
}

/// What of a power stands against a question first; none: it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Against {
    Kind,
    Acts,
    NotTheirs,
    OtherDepartments,
    TooGuarded,
    OnlyIf,
}

fn against(power: &Power, act: Act, who: StaffId, record: &RecordAttributes) -> Option<Against> {
    let is_of = |department: &DepartmentId| power.departments.contains(department);
    let in_departments = || record.department.as_ref().is_some_and(is_of) || (reaches_consulted(act) && record.consulted.iter().any(is_of));
    let holds = || power.only_if.iter().all(|condition| condition.holds(record.attribute(condition.attribute())));
    match power.scope {
        _ if power.kind != record.kind => Some(Against::Kind),
        _ if !power.acts.contains(&act) => Some(Against::Acts),
        Scope::Mine if record.assignee != Some(who) => Some(Against::NotTheirs),
        Scope::Department if !in_departments() => Some(Against::OtherDepartments),
        _ if record.sensitivity > power.sensitivity => Some(Against::TooGuarded),
        _ if !holds() => Some(Against::OnlyIf),
        _ => None,
    }
}

/// A department that was asked to agree sees the case and answers; working on it stays with its own department.
fn reaches_consulted(act: Act) -> bool {
    matches!(act, Act::Read | Act::Decide)
}

/// Sensitivity as it is stored in a column, lowest first.
pub fn sensitivity_code(sensitivity: Sensitivity) -> i64 {
    match sensitivity {
        Sensitivity::Ordinary => 0,
        Sensitivity::Tax => 1,
        Sensitivity::Health => 2,
        Sensitivity::ChildWelfare => 3,
        Sensitivity::IndividualNumber => 4,
    }
}
