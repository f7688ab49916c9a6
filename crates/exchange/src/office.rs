//! だれの名で: on whose behalf files go and come, and with which town, keys and words.

use std::sync::Arc;

use access::{Act, RecordAttributes, RecordKind, Staff, StaffId, staff::directory};
use definitions::{form::FieldProblem, mapping::Mapping, procedure::Procedure, text::Language, town::Town};
use jiff::Timestamp;
use letters::Bureau;
use store::{Read, StoreError, keys::Keys};
use ui::words::{Value, Words};

/// What handing over and taking in need.
#[derive(Clone)]
pub struct Office {
    /// The town of today.
    pub town: Arc<Town>,
    /// The desk's keys.
    pub keys: Arc<Keys>,
    /// What pages say.
    pub words: Arc<Words>,
    /// Where people reach the portal.
    pub portal: String,
}

/// Who does it.
#[derive(Clone, Debug)]
pub enum By {
    /// A member of staff, with what their grants allow today.
    Staff(Box<Staff>),
    /// Whoever sits at the terminal of the server and holds its keys.
    Terminal,
}

impl By {
    /// How the journal names them.
    pub fn actor(&self) -> String {
        match self {
            By::Staff(staff) => staff.actor(),
            By::Terminal => "terminal".to_owned(),
        }
    }

    /// Their id, where they are staff.
    pub fn staff(&self) -> Option<StaffId> {
        match self {
            By::Staff(staff) => Some(staff.id),
            By::Terminal => None,
        }
    }

    /// On what authority they may do this to a record; none: they may not.
    pub fn may(&self, act: Act, record: &RecordAttributes) -> Option<String> {
        match self {
            By::Staff(staff) => access::may(staff, act, record).map(|authority| authority.to_string()),
            By::Terminal => Some("terminal".to_owned()),
        }
    }
}

/// What grants look at in the cases of a procedure as a whole: a door, before any case is opened.
pub fn cases_of(procedure: &Procedure) -> RecordAttributes {
    RecordAttributes {
        department: Some(procedure.department.clone()),
        ..RecordAttributes::of_town(RecordKind::Case, cases::case::sensitivity(procedure))
    }
}

impl Office {
    /// The town as letters know it.
    pub fn bureau(&self) -> Bureau {
        Bureau { town: Arc::clone(&self.town), keys: Arc::clone(&self.keys), portal: self.portal.clone() }
    }

    /// The procedure of a mapping.
    pub fn procedure(&self, mapping: &Mapping) -> Option<&Arc<Procedure>> {
        mapping.procedure.as_ref().and_then(|id| self.town.procedures.get(id))
    }

    /// What is wrong with an answer, in words.
    pub fn says(&self, problem: &FieldProblem) -> String {
        let args: Vec<(&str, Value<'_>)> = problem.args.iter().map(|(name, value)| (*name, Value::from(value.as_str()))).collect();
        self.words.say(Language::Ja, problem.id, &args)
    }

    /// Somebody of the directory with the posts that they hold today; none when they work here no more.
    ///
    /// # Errors
    /// When the store fails.
    pub fn staff(&self, tx: &Read<'_>, who: StaffId, now: Timestamp) -> Result<Option<Staff>, StoreError> {
        directory::as_of(tx, who, &self.town, access::day_in_japan(now))
    }
}
