//! Departments (部・課) and the roles of staff in them.

use serde::{Deserialize, Serialize};

use crate::{ids::*, text::Text};

/// 部・課・係.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Department {
    /// Its id.
    pub id: DepartmentId,
    /// 子育て支援課.
    pub name: Text,
    /// Its number: where every refusal sends people to.
    pub phone: Option<String>,
    /// Its mail address.
    pub mail: Option<String>,
    /// Where it is: 本庁舎2階.
    pub place: Option<Text>,
    /// The department above it.
    pub under: Option<DepartmentId>,
    /// Its letter in document numbers (文書記号): 見子.
    pub mark: Option<String>,
}

/// A role (職): what grants and chains of decision name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// 課長.
    pub name: Text,
    /// 代決: who decides in their absence; shown to them afterwards (後閲).
    pub stand_in: Option<RoleId>,
    /// One holder for each record of this register, such as the head of each 児童会.
    pub one_for_each: Option<RegisterId>,
}
