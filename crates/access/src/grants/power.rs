//! A grant as one person holds it today.

use std::{collections::BTreeSet, fmt};

use definitions::{
    field::Sensitivity,
    grant::{Act, Grant, RecordKind, Scope},
    ids::{DepartmentId, GrantId},
    town::Town,
};
use jiff::civil::Date;

use crate::staff::Post;

/// On what authority something was done: the grant, and through which post it was held. It stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// The grant in the town's folder.
    pub grant: GrantId,
    /// The department of the post.
    pub department: DepartmentId,
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "grant:{}@{}", self.grant, self.department)
    }
}

/// A grant as it is held today: only its department list is worked out, everything else is as the folder says.
#[derive(Clone, Debug, PartialEq)]
pub struct Power {
    /// For the journal.
    pub authority: Authority,
    /// What may be done.
    pub acts: BTreeSet<Act>,
    /// With which kind of record.
    pub kind: RecordKind,
    /// How far.
    pub scope: Scope,
    /// The departments of the post: its own and those under it.
    pub departments: BTreeSet<DepartmentId>,
    /// Up to which sensitivity.
    pub sensitivity: Sensitivity,
    /// All must hold.
    pub only_if: Vec<Condition>,
}

impl Power {
    /// What a grant gives through a post today. `None`: another role, another department, past its last day, or a condition that no
    /// query can carry.
    pub fn held(grant: &Grant, post: &Post, town: &Town, today: Date) -> Option<Power> {
        let is_for_post = grant.role == post.role && grant.department.as_ref().is_none_or(|department| *department == post.department);
        let is_in_time = grant.until.is_none_or(|until| today <= until);
        if !is_for_post || !is_in_time {
            return None;
        }
        Some(Power {
            authority: Authority { grant: grant.id.clone(), department: post.department.clone() },
            acts: grant.may.iter().copied().collect(),
            kind: grant.record,
            scope: grant.scope,
            departments: town.departments_below(&post.department).into_iter().cloned().collect(),
            sensitivity: grant.sensitivity,
            only_if: grant.only_if.as_ref().map_or(Some(Vec::new()), |condition| Condition::read(&condition.source))?,
        })
    }

    /// Whether it speaks of this act on this kind.
    pub fn covers(&self, act: Act, kind: RecordKind) -> bool {
        self.kind == kind && self.acts.contains(&act)
    }
}

/// All that a person holds today.
pub type Powers = Vec<Power>;

/// `only_if:` of a grant: one attribute of the record is, or is not, one of some values. Anything that cannot be said so cannot be a
/// filter in a query, and a grant that carries it grants nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    attribute: String,
    negated: bool,
    values: Vec<String>,
}

impl Condition {
    /// A condition on `attribute`.
    pub fn new(attribute: &str, negated: bool, values: Vec<String>) -> Option<Condition> {
        (!values.is_empty()).then(|| Condition { attribute: attribute.to_owned(), negated, values })
    }

    /// Reads `it.step == 'interview' && it.procedure in ['a', 'b']`. `None` when it says anything else.
    pub fn read(source: &str) -> Option<Vec<Condition>> {
        source.split("&&").map(one).collect()
    }

    /// What is compared.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// Whether it must be none of the values.
    pub fn is_negated(&self) -> bool {
        self.negated
    }

    /// The values.
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Whether it holds for this value. What is not known holds in neither sense, as in SQL.
    pub fn holds(&self, value: Option<&str>) -> bool {
        value.is_some_and(|value| self.values.iter().any(|known| known == value) != self.negated)
    }
}

fn one(source: &str) -> Option<Condition> {
    let rest = source.trim().strip_prefix("it.")?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
    let (attribute, rest) = rest.split_at(end);
    let rest = rest.trim();
    if let Some(value) = rest.strip_prefix("==") {
        Condition::new(attribute, false, vec![quoted(value)?])
    } else if let Some(value) = rest.strip_prefix("!=") {
        Condition::new(attribute, true, vec![quoted(value)?])
    } else {
        let list = rest.strip_prefix("in")?.trim().strip_prefix('[')?.strip_suffix(']')?;
        Condition::new(attribute, false, list.split(',').map(quoted).collect::<Option<_>>()?)
    }
}

/// A text in single or double quotes that needs no escapes: attributes are ids.
fn quoted(text: &str) -> Option<String> {
    let text = text.trim();
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let plain = inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    (plain && !inner.is_empty()).then(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_that_a_query_can_carry_are_read() {
        let read = Condition::read("it.step == 'interview' && it.procedure in ['join', \"leave\"] && it.stage != 'decided'").unwrap();
        assert_eq!(read.len(), 3);
        assert!(read[0].holds(Some("interview")) && !read[0].holds(Some("check")) && !read[0].holds(None));
        assert!(read[1].holds(Some("leave")) && !read[1].holds(Some("change")));
        assert!(read[2].holds(Some("filed")) && !read[2].holds(Some("decided")) && !read[2].holds(None));
    }

    #[test]
    fn a_condition_that_a_query_cannot_carry_is_not_read_so_that_its_grant_grants_nothing() {
        for source in [
            "",
            "true",
            "it.step == 'a' || it.step == 'b'",
            "it.count > 3",
            "it.step",
            "it.step == interview",
            "it.step in []",
            "it.step == 'a'' or 1=1'",
        ] {
            assert_eq!(Condition::read(source), None, "{source}");
        }
    }
}
