//! Ids of what rooms keep. Inside they are UUIDs of version 7, so that rows of one day lie together; what people read aloud
//! are numbers of their own (受付番号). Each noun has its type: two ids swapped in a call do not compile.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is a UUID: 32 hexadecimal digits")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// The id of this UUID.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// A new id, drawn at the edge and never inside a transaction's closure, which may run again.
            pub fn draw(now: Timestamp) -> Self {
                Self(drawn(now))
            }

            /// The UUID inside.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::from_str(text).map(Self).map_err(|_| NotAnId)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    )*};
}

ids! {
    /// 案件: what a resident filed, from the first page of the draft to the end of its retention.
    CaseId;
    /// 住民: a person as the registry knows them.
    ResidentId;
    /// 世帯: people who live together and share a household head.
    HouseholdId;
    /// 職員: a person who works for the town.
    StaffId;
    /// 利用者登録: a resident's account on the portal.
    AccountId;
    /// 文書: a letter that was issued.
    LetterId;
    /// A message sent or received on one channel.
    MessageId;
    /// A file that someone attached.
    AttachmentId;
    /// A record (記録) of a register.
    RecordId;
    /// A note or a line of a conversation.
    NoteId;
    /// 連携するプログラム: a program that somebody lets talk to the town hall.
    ProgramId;
}

/// The moment goes into the leading bits, as the town's clock says it: tests with a fixed clock draw ids of that day.
fn drawn(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_itself_in_text_and_in_json() {
        let id = CaseId::draw(Timestamp::UNIX_EPOCH);
        assert_eq!(id.to_string().parse(), Ok(id));
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(serde_json::from_str::<CaseId>(&json).unwrap(), id);
        assert_eq!(json, format!("\"{id}\""));
    }

    #[test]
    fn what_is_no_uuid_is_refused() {
        for text in ["", "1", "'; drop table case_ --", "0197f3c0-0000-7000-8000-00000000000g"] {
            assert_eq!(text.parse::<StaffId>(), Err(NotAnId), "{text}");
        }
    }

    #[test]
    fn later_ids_sort_behind_earlier_ones_as_text_too() {
        let earlier = CaseId::draw("2026-04-01T00:00:00Z".parse().unwrap());
        let later = CaseId::draw("2026-04-01T00:00:01Z".parse().unwrap());
        assert!(earlier < later);
        assert!(earlier.to_string() < later.to_string());
    }
}
