//! Names inside definitions: ASCII with underscores, the same in files and in conditions.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 64 characters, a to z, 0 to 9 and _, and begins with a letter")]
pub struct BadId;

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                if is_id(text) { Ok(Self(text.into())) } else { Err(BadId) }
            }
        }
        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> { text.parse() }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String { id.0.into() }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str { &self.0 }
        }
    )*};
}

ids! {
    /// A town's folder: `mihon`.
    TownId;
    /// A procedure (手続): `disclosure_request`.
    ProcedureId;
    /// A page of a procedure's form.
    PageId;
    /// A question on a page, or inside a repeating group.
    FieldId;
    /// An option of a choice.
    OptionId;
    /// A formal or merit rule.
    RuleId;
    /// A step that staff take (受付, 面談, 起案, 決裁).
    StepId;
    /// An outcome of a decision (全部開示, 不開示 …).
    OutcomeId;
    /// A verb in an ordered `do:` map, such as `notice`.
    EffectId;
    /// A department (課).
    DepartmentId;
    /// A role of staff (担当, 課長).
    RoleId;
    /// A grant.
    GrantId;
    /// Who decides in law (処分庁): 市長, 教育委員会 …
    AuthorityId;
    /// A mapping (対応表) to or from a system behind.
    MappingId;
    /// A register (台帳) that procedures read and change.
    RegisterId;
    /// A letter template.
    LetterId;
    /// A message template.
    MessageId;
    /// A life event by which residents look for procedures.
    LifeEventId;
    /// A round (一斉受付): `nursery_april`.
    RoundId;
    /// A class of a round's places: `age0`.
    ClassId;
    /// A table of points (指数表) of a round.
    PointsId;
    /// An item of a table of points.
    ItemId;
    /// A rule for those with the same points.
    TieId;
    /// From an allocation to an outcome.
    DecisionId;
    /// An example of a procedure.
    ExampleId;
    /// A state of a register's record: `member` 在籍, `left` 退会.
    StateId;
    /// A counter of a register, such as free places.
    CounterId;
    /// One of the cast: the people by whom examples are told.
    CastId;
}
