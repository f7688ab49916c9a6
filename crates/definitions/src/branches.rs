//! # 区役所・支所 Branches: which office takes a filing in
//!
//! A designated city decides in its wards. The procedure is one; an answer (お住まいの区) says whose inbox a filing comes to, who stands in letters as
//! the office to ask, and in whose name (区長) it is decided. As with the department itself, today's town holds, whatever the version of a case.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{
    answer::{Answer, Answers},
    ids::{AuthorityId, DepartmentId, FieldId},
    procedure::Procedure,
};

/// By which question, and to whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branches {
    /// A question with one choice: お住まいの区.
    pub by: FieldId,
    /// The department of each choice. A choice that is not named is the procedure's own department's.
    pub to: IndexMap<String, DepartmentId>,
    /// Who decides in law for each choice (区長, 福祉事務所長), where that differs: the others are the procedure's own authority's.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub authorities: IndexMap<String, AuthorityId>,
}

impl Procedure {
    /// The department that takes in what was answered so.
    pub fn department_for(&self, answers: &Answers) -> &DepartmentId {
        let branch = self.branches.as_ref().and_then(|branches| match answers.get(branches.by.as_str()) {
            Some(Answer::Choice(choice)) => branches.to.get(choice),
            _ => None,
        });
        branch.unwrap_or(&self.department)
    }

    /// Who decides in law what a department holds: the name and the 教示 of its letters. After a case was handed over to another ward it is that
    /// ward's.
    pub fn authority_of(&self, department: &DepartmentId) -> &AuthorityId {
        let branch = self.branches.as_ref().and_then(|branches| {
            let (choice, _) = branches.to.iter().find(|(_, held)| *held == department)?;
            branches.authorities.get(choice)
        });
        branch.unwrap_or(&self.authority)
    }

    /// Everybody who decides it, the procedure's own authority first.
    pub fn authorities(&self) -> impl Iterator<Item = &AuthorityId> {
        std::iter::once(&self.authority).chain(self.branches.iter().flat_map(|branches| branches.authorities.values()))
    }

    /// Every department that takes it in, the procedure's own first.
    pub fn departments(&self) -> impl Iterator<Item = &DepartmentId> {
        std::iter::once(&self.department).chain(self.branches.iter().flat_map(|branches| branches.to.values()))
    }
}
