//! Why somebody may, or may not: each grant of their roles, with what it says to the question. It asks what
//! [`may`](super::may) asks, by the same piece; `tests/grants.rs` compares the two over random towns.

use std::fmt;

use definitions::{
    field::Sensitivity,
    grant::{Act, Grant, RecordKind},
    ids::{DepartmentId, GrantId, RoleId},
    town::Town,
};
use jiff::civil::Date;

use super::{Against, Power, RecordAttributes, against};
use crate::staff::{Post, Staff};

/// A grant of one of somebody's roles, held against a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Considered {
    /// The grant in the town's folder.
    pub grant: GrantId,
    /// The post through which it would be held.
    pub role: RoleId,
    /// Likewise.
    pub department: DepartmentId,
    /// What it says.
    pub says: Says,
}

/// What a grant says to a question: yes, or the first thing that stands against it.
#[derive(Clone, Debug, PartialEq)]
pub enum Says {
    /// Yes.
    Gives,
    /// It is for the role in another department.
    OtherDepartment(DepartmentId),
    /// It ended.
    Ended(Date),
    /// Its condition is none that a query can carry, so it grants nothing.
    Unreadable(String),
    /// It is about records of another kind.
    OtherKind(RecordKind),
    /// It gives other acts.
    OtherActs(Vec<Act>),
    /// It is for what is assigned to them, and this is not.
    NotTheirs,
    /// It is for their departments, and the record is another's.
    OtherDepartments(Option<DepartmentId>),
    /// It does not reach so closely guarded a record.
    TooGuarded {
        /// How far it reaches.
        reaches: Sensitivity,
        /// How the record is guarded.
        is: Sensitivity,
    },
    /// Its condition does not hold.
    OnlyIf(String),
}

/// Every grant of the roles that they hold today, with what it says. [`may`](super::may) takes the first that gives.
pub fn explain(who: &Staff, town: &Town, today: Date, act: Act, record: &RecordAttributes) -> Vec<Considered> {
    let of_post = |post: &Post| -> Vec<Considered> {
        let grants = town.grants.iter().filter(|grant| grant.role == post.role);
        let considered = |grant: &Grant| Considered {
            grant: grant.id.clone(),
            role: post.role.clone(),
            department: post.department.clone(),
            says: says(who, grant, post, town, today, act, record),
        };
        grants.map(considered).collect()
    };
    who.posts.iter().flat_map(of_post).collect()
}

fn says(who: &Staff, grant: &Grant, post: &Post, town: &Town, today: Date, act: Act, record: &RecordAttributes) -> Says {
    if let Some(department) = grant.department.as_ref().filter(|department| **department != post.department) {
        return Says::OtherDepartment(department.clone());
    }
    if let Some(until) = grant.until.filter(|until| today > *until) {
        return Says::Ended(until);
    }
    let written = || grant.only_if.as_ref().map_or_else(String::new, |condition| condition.source.clone());
    let Some(power) = Power::held(grant, post, town, today) else { return Says::Unreadable(written()) };
    match against(&power, act, who.id, record) {
        None => Says::Gives,
        Some(Against::Kind) => Says::OtherKind(power.kind),
        Some(Against::Acts) => Says::OtherActs(power.acts.into_iter().collect()),
        Some(Against::NotTheirs) => Says::NotTheirs,
        Some(Against::OtherDepartments) => Says::OtherDepartments(record.department.clone()),
        Some(Against::TooGuarded) => Says::TooGuarded { reaches: power.sensitivity, is: record.sensitivity },
        Some(Against::OnlyIf) => Says::OnlyIf(written()),
    }
}

/// In one line, for the terminal.
impl fmt::Display for Considered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (as {} in {}): ", self.grant, self.role, self.department)?;
        match &self.says {
            Says::Gives => f.write_str("gives it"),
            Says::OtherDepartment(department) => write!(f, "only for this role in {department}"),
            Says::Ended(day) => write!(f, "ended on {day}"),
            Says::Unreadable(source) => write!(f, "grants nothing: its condition `{source}` is none that a list could carry"),
            Says::OtherKind(kind) => write!(f, "about records of kind {}", kind.word()),
            Says::OtherActs(acts) => write!(f, "gives {} only", acts.iter().map(|act| act.word()).collect::<Vec<_>>().join(", ")),
            Says::NotTheirs => f.write_str("only what is assigned to them"),
            Says::OtherDepartments(Some(department)) => write!(f, "only their own departments' records; this is of {department}"),
            Says::OtherDepartments(None) => f.write_str("only their own departments' records; this is of the whole town"),
            Says::TooGuarded { reaches, is } => write!(f, "reaches {reaches:?} data; this is {is:?}"),
            Says::OnlyIf(source) => write!(f, "only where `{source}`"),
        }
    }
}
