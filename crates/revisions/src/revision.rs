//! 改訂 A revision: the texts of one procedure, changed, on their way to being in force. The rules are here; who may is asked in `verbs`.

use std::{fmt, str::FromStr};

use access::StaffId;
use definitions::ids::{DepartmentId, ProcedureId};
use jiff::{Timestamp, civil::Date};
use store::StoreError;
use uuid::Uuid;

/// A revision's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RevisionId(pub Uuid);

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

impl FromStr for RevisionId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<RevisionId, uuid::Error> {
        text.parse().map(RevisionId)
    }
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// 下書き: it is being written.
    Draft,
    /// 確認待ち: a second person looks at it.
    Review,
    /// 公開予定: approved, and waiting for its day.
    Scheduled,
    /// 公開済み.
    Published,
    /// 取りやめ.
    Withdrawn,
}

impl State {
    const ALL: [(State, &'static str); 5] = [
        (State::Draft, "draft"),
        (State::Review, "review"),
        (State::Scheduled, "scheduled"),
        (State::Published, "published"),
        (State::Withdrawn, "withdrawn"),
    ];

    /// Its word in rows and in the ids of words.
    pub fn code(self) -> &'static str {
        State::ALL.iter().find(|(state, _)| *state == self).map_or("draft", |(_, code)| code)
    }

    /// The state of a word.
    pub fn of_code(code: &str) -> Option<State> {
        State::ALL.iter().find(|(_, known)| *known == code).map(|(state, _)| *state)
    }

    /// Whether it is still on its way.
    pub fn is_open(self) -> bool {
        matches!(self, State::Draft | State::Review | State::Scheduled)
    }
}

/// A file of the town's own folder as a revision has it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct File {
    /// Below the town's folder, with `/`: `procedures/dog.yaml`.
    pub path: String,
    /// What stood there when the revision was begun; none: the file is new.
    pub base: Option<String>,
    /// What shall stand there.
    pub text: String,
}

/// A revision without its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its id.
    pub id: RevisionId,
    /// Of which procedure.
    pub procedure: ProcedureId,
    /// The department whose procedure it is.
    pub department: DepartmentId,
    /// 手続名, as it was when the revision was last saved.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// Who began it.
    pub author: StaffId,
    /// Their name then.
    pub author_name: String,
    /// Who approved it.
    pub reviewer: Option<StaffId>,
    /// Their name then.
    pub reviewer_name: Option<String>,
    /// Why it is made: what the reviewer and the history read.
    pub why: String,
    /// From which day it shall be in force.
    pub publish_on: Option<Date>,
    /// Its place in the order of publication.
    pub published: Option<i64>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// The revision whose texts it brings back.
    pub restores: Option<RevisionId>,
    /// Why it could not be published on its day: what `check` said.
    pub refused: Option<String>,
    /// Whether the town's folder has taken it in.
    pub folded: bool,
    /// How often it was changed: who changes it says what they have seen.
    pub turn: i64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// What happened to a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// By whom; none: on its day, by itself.
    pub staff: Option<StaffId>,
    /// Their name then.
    pub name: String,
    /// The verb's code: `begun`, `saved`, `submitted`, `approved`, `sent-back`, `withdrawn`, `published`, `refused`, `folded`.
    pub what: String,
    /// What they wrote to it.
    pub note: String,
}

/// Why something cannot be done with a revision.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is none, or this person may not know of it.
    #[error("no such revision")]
    NotFound,
    /// No grant.
    #[error("not granted")]
    NotPermitted,
    /// Whoever wrote a text cannot approve it.
    #[error("one's own work")]
    OwnWork,
    /// The procedure has a revision on its way already.
    #[error("another revision of the procedure is on its way")]
    Open(RevisionId),
    /// Somebody changed it since this person looked.
    #[error("changed meanwhile")]
    Clash,
    /// It stands elsewhere: published, withdrawn, not yet handed in.
    #[error("not possible in this state")]
    NotNow,
    /// A day in the past.
    #[error("the day has passed")]
    Past,
    /// Nothing differs from what is in force.
    #[error("nothing is changed")]
    Nothing,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Revision {
    /// Whether its texts may be written now.
    pub fn may_be_written(&self) -> bool {
        self.state == State::Draft
    }

    /// Moves on, when it is in one of these states and nobody changed it since `turn`.
    pub(crate) fn moved(mut self, from: &[State], to: State, turn: i64, now: Timestamp) -> Result<Revision, Refused> {
        if self.turn != turn {
            return Err(Refused::Clash);
        }
        if !from.contains(&self.state) {
            return Err(Refused::NotNow);
        }
        self.state = to;
        self.turn += 1;
        self.changed_at = now;
        Ok(self)
    }
}
