//! What is counted: one thing on one day, of a kind. A case is counted as a handful of these; figures are sums of them.

use std::collections::BTreeMap;

use definitions::ids::{DepartmentId, ProcedureId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

macro_rules! measures {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// A kind of what is counted; `docs/figures.md` says exactly what each means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Measure { $($(#[$doc])* #[serde(rename = $code)] $name,)* }

        impl Measure {
            /// As it is stored.
            pub fn code(self) -> &'static str { match self { $(Measure::$name => $code,)* } }

            /// What a code stands for.
            pub fn from_code(code: &str) -> Option<Measure> { match code { $($code => Some(Measure::$name),)* _ => None } }
        }
    };
}

measures! {
    /// 受付: a case that arrived, on the day of its arrival. Detail: the channel.
    Filed = "filed",
    /// Of those, cases that were asked for a correction at least once; on the day of arrival.
    Corrected = "corrected",
    /// Of those, cases that were asked to correct a question. Detail: the question.
    CorrectedField = "corrected-field",
    /// Of those, questions that were answered by hand with what the registry held already. Detail: the question.
    KnownTyped = "known-typed",
    /// 決定: on the day of the decision. Detail: the outcome. Value: days since the arrival.
    Decided = "decided",
    /// 取下げ: on its day. Value: days since the arrival.
    Withdrawn = "withdrawn",
    /// Whether a decision kept the promise; on the day of the decision. Detail: `kept`, `moved`, `broken`.
    Promise = "promise",
    /// Minutes that decided cases stood somewhere; on the day of the decision. Detail: `step|wait`.
    Spent = "spent",
    /// Decided cases of which reviewers' time is known.
    WorkedCases = "worked-cases",
    /// Seconds that reviewers worked on those.
    WorkedSeconds = "worked-seconds",
    /// Forms that were begun, on the day on which they were.
    FormBegun = "form-begun",
    /// Of those, how many completed a page. Detail: the page.
    FormPage = "form-page",
    /// Of those, how many typed something into a question that it does not take. Detail: the question.
    FormWrong = "form-wrong",
    /// Of those, how many were filed.
    FormFiled = "form-filed",
    /// 満足度: an answer after filing, on its day. Detail: `ease` or `got`. Value: the answer.
    Voice = "voice",
}

impl Measure {
    /// What is left of the detail where procedures are added up; nothing when it means something only within one.
    fn wider(self, detail: &str) -> Option<&str> {
        match self {
            Measure::CorrectedField | Measure::FormPage | Measure::FormWrong => None,
            Measure::Decided | Measure::KnownTyped => Some(""),
            Measure::Spent => Some(detail.rsplit_once('|').map_or(detail, |(_, wait)| wait)),
            _ => Some(detail),
        }
    }
}

/// One thing counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Counted {
    /// On which day.
    pub day: Date,
    /// What.
    pub measure: Measure,
    /// Which of its kind.
    pub detail: String,
    /// A size, where it has one.
    pub value: i64,
    /// How many.
    pub n: i64,
}

impl Counted {
    /// One on a day.
    pub fn one(day: Date, measure: Measure, detail: impl Into<String>) -> Counted {
        Counted { day, measure, detail: detail.into(), value: 0, n: 1 }
    }
}

/// Where something is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Of which procedure.
    pub procedure: ProcedureId,
    /// Under which version: the first twelve letters of it.
    pub version: String,
    /// Which department has it.
    pub department: DepartmentId,
}

/// Letters of a version that tell it from all others of its procedure.
pub const VERSION_LETTERS: usize = 12;

/// The letters by which a version is known here.
pub fn short_version(version: &definitions::procedure::Version) -> String {
    version.0.chars().filter(char::is_ascii_hexdigit).take(VERSION_LETTERS).collect()
}

/// All that one case was counted as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedCase {
    /// Where.
    pub place: Place,
    /// As what.
    pub counted: Vec<Counted>,
}

/// Of what figures are asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The whole town.
    Town,
    /// A department's own cases, without those of departments under it.
    Department(DepartmentId),
    /// A procedure.
    Procedure(ProcedureId),
}

impl Scope {
    /// As it is stored and as it stands in an address.
    pub fn code(&self) -> String {
        match self {
            Scope::Town => "town".to_owned(),
            Scope::Department(id) => format!("department:{id}"),
            Scope::Procedure(id) => format!("procedure:{id}"),
        }
    }

    /// What a code stands for.
    pub fn from_code(code: &str) -> Option<Scope> {
        match code.split_once(':') {
            None if code == "town" => Some(Scope::Town),
            Some(("department", id)) => id.parse().ok().map(Scope::Department),
            Some(("procedure", id)) => id.parse().ok().map(Scope::Procedure),
            _ => None,
        }
    }
}

/// A row of the counts by month: scope, month, measure, detail, value.
pub(crate) type MonthKey = (String, String, Measure, String, i64);
/// A row of the counts by day: procedure, day, version, measure, detail, value.
pub(crate) type DayKey = (String, String, String, Measure, String, i64);

/// What is to be added to the counts, each row once.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub(crate) months: BTreeMap<MonthKey, i64>,
    pub(crate) days: BTreeMap<DayKey, i64>,
}

impl Change {
    /// Adds what was counted somewhere; `times` is 1, or −1 to take it back.
    pub fn add(&mut self, place: &Place, counted: &Counted, times: i64) {
        let Counted { day, measure, detail, value, n } = counted;
        let n = n * times;
        let month = month_of(*day);
        let narrow = Scope::Procedure(place.procedure.clone());
        let mut add = |scope: &Scope, detail: &str| {
            *self.months.entry((scope.code(), month.clone(), *measure, detail.to_owned(), *value)).or_default() += n;
        };
        add(&narrow, detail);
        if let Some(wider) = measure.wider(detail) {
            add(&Scope::Department(place.department.clone()), wider);
            add(&Scope::Town, wider);
        }
        let key = (place.procedure.to_string(), day.to_string(), place.version.clone(), *measure, detail.clone(), *value);
        *self.days.entry(key).or_default() += n;
    }

    /// Takes back what a case was counted as and counts it as it is now.
    pub fn recount(&mut self, before: Option<&CountedCase>, now: Option<&CountedCase>) {
        for (counted, times) in [(before, -1), (now, 1)] {
            for one in counted.iter().flat_map(|case| &case.counted) {
                if let Some(case) = counted {
                    self.add(&case.place, one, times);
                }
            }
        }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.months.values().chain(self.days.values()).all(|n| *n == 0)
    }
}

/// `2026-11`.
pub(crate) fn month_of(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}
