//! The cast: the named people by whom a town's examples are told. The demo brings them to life.

use indexmap::IndexMap;
use jiff::civil::Date;

use crate::{ids::*, text::Language};

/// Residents and staff of the examples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cast {
    /// Residents.
    pub residents: IndexMap<CastId, CastResident>,
    /// Staff.
    pub staff: IndexMap<CastId, CastStaff>,
}

/// A resident of the cast.
#[derive(Clone, Debug, PartialEq)]
pub struct CastResident {
    /// The name in examples.
    pub id: CastId,
    /// 氏名.
    pub name: String,
    /// フリガナ; a Latin name may have none.
    pub kana: Option<String>,
    /// 生年月日.
    pub born: Date,
    /// Which household.
    pub household: Option<String>,
    /// 続柄: head, spouse, child …
    pub relation: String,
    /// 住所.
    pub address: Option<String>,
    /// 郵便番号.
    pub post: Option<String>,
    /// 電話.
    pub phone: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// 在留資格.
    pub residence: Option<String>,
    /// Languages that they read best.
    pub languages: Vec<Language>,
    /// The last day of 支援措置, if protected.
    pub protected_until: Option<Date>,
    /// What to know when walking a procedure as them.
    pub note: Option<String>,
    /// Records that registers hold of them: register → column → value, with `state`, `from`, `until`.
    pub records: IndexMap<RegisterId, IndexMap<String, String>>,
    /// Further facts that the town holds of them, by the ids of `person_facts:`.
    pub facts: IndexMap<FieldId, String>,
}

/// A member of staff of the cast.
#[derive(Clone, Debug, PartialEq)]
pub struct CastStaff {
    /// The name in examples.
    pub id: CastId,
    /// 氏名.
    pub name: String,
    /// Department.
    pub department: DepartmentId,
    /// Role.
    pub role: RoleId,
    /// What to know when walking a screen as them.
    pub note: Option<String>,
}
