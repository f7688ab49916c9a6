//! # 権限 Grants
//!
//! Role × action × kind of record × scope × sensitivity, ending by date. Whatever no grant gives is refused.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{condition::Condition, field::Sensitivity, ids::*};

/// A grant. All of its words come from closed lists, so that one grant yields a decision on a record and a filter for a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// Its id: the authority named in the journal.
    pub id: GrantId,
    /// To whom.
    pub role: RoleId,
    /// Only staff of this department; without it, the role in any department.
    pub department: Option<DepartmentId>,
    /// What they may do.
    pub may: Vec<Act>,
    /// On which kind of record.
    pub record: RecordKind,
    /// On which of them.
    pub scope: Scope,
    /// Up to which sensitivity.
    pub sensitivity: Sensitivity,
    /// Only where this holds of the record (`it`).
    pub only_if: Option<Condition>,
    /// The last day; without it, the end of the fiscal year in which the staff member was placed.
    pub until: Option<Date>,
}

macro_rules! words_of_grants {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// All of them with the word that stands for each in a town's folder.
            pub const ALL: &'static [($name, &'static str)] = &[$(($name::$variant, $word),)*];

            /// The words alone.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];

            /// The word in a town's folder.
            pub fn word(self) -> &'static str { match self { $($name::$variant => $word,)* } }

            /// What a word stands for.
            pub fn from_word(word: &str) -> Option<$name> {
                $name::ALL.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
            }
        }
    };
}
pub(crate) use words_of_grants;

words_of_grants! {
    /// What may be done.
    Act {
        /// See it.
        Read = "read",
        /// Carry it on: claim, check, ask for a correction, write, propose.
        Work = "work",
        /// Approve or send back along the chain.
        Decide = "decide",
        /// Give it to someone else.
        Assign = "assign",
        /// Correct data that was entered, with a reason.
        Correct = "correct",
        /// Take data out: lists, files, figures of persons.
        Export = "export",
        /// Print a certificate or letter again.
        Print = "print",
        /// Look after the system itself: staff, dead letters, definitions.
        Administer = "administer",
    }
}

words_of_grants! {
    /// A kind of record.
    RecordKind {
        /// 申請・届出.
        Case = "case",
        /// 住民 and their household.
        Resident = "resident",
        /// A record of one of the town's registers.
        Register = "register",
        /// 発出した文書.
        Letter = "letter",
        /// お知らせ and what became of it.
        Message = "message",
        /// Staff and their placements.
        Staff = "staff",
        /// A person's account at the portal.
        Account = "account",
        /// The town's definitions.
        Definition = "definition",
        /// Jobs and dead letters.
        Job = "job",
        /// The journal.
        Journal = "journal",
    }
}

words_of_grants! {
    /// Which records.
    Scope {
        /// Assigned to me.
        Mine = "mine",
        /// My department's.
        Department = "department",
        /// The whole town's.
        Town = "town",
    }
}
