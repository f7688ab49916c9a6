//! # 対応表 Mappings
//!
//! What a base system (基幹システム) asks for in its own key order, and what it gives back, written down once: so nobody retypes a case and
//! no robot taps through a screen. A mapping *out* makes lines of decided cases; a mapping *in* makes results of cases, or records of a
//! register, of lines; an *intake* makes cases of what another e-application service hands over.
//!
//! Here stands what a line says, cell by cell, as text. How cells become a CSV file in CP932 or a workbook is the room `exchange`'s.

mod cell;
mod come;
mod go;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{condition::Condition, field::Field, ids::*, procedure::Procedure, text::Text};

pub use cell::{As, CellWrong};
pub use come::{Answered, Brought, read_answers, read_line};
pub use go::{CaseFacts, lines, raw_shown};

/// A mapping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mapping {
    /// Its id.
    pub id: MappingId,
    /// What staff call it: 児童手当 → 基幹システム.
    pub title: Text,
    /// Which way.
    pub direction: Direction,
    /// The procedure whose cases it is about; a list for a register has none.
    pub procedure: Option<ProcedureId>,
    /// Only cases that ended so; none named: every outcome.
    pub outcomes: Vec<OutcomeId>,
    /// The repeating group of which each row is a line; none: a line for each case.
    pub rows: Option<FieldId>,
    /// The file.
    pub file: FileForm,
    /// The columns in their order.
    pub columns: IndexMap<FieldId, Column>,
    /// In: how a line names its case; none: it is a list for a register.
    pub find: Option<Find>,
    /// In: what follows from a line.
    pub does: Does,
    /// Intake: whose packages these are.
    pub source: Option<Source>,
}

/// Which way a mapping goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Decided cases go out.
    Out,
    /// Results or a list come in.
    In,
    /// Another service's applications come in.
    Intake,
}

/// How the file is written and read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileForm {
    /// CSV, a workbook, JSON.
    pub format: Format,
    /// Of CSV.
    pub encoding: Encoding,
    /// Of CSV.
    pub line_end: LineEnd,
    /// Of CSV.
    pub quote: Quote,
    /// Of CSV: a comma or a tab.
    pub separator: Separator,
    /// Whether the first line names the columns.
    pub header: bool,
    /// Of a workbook: the sheet; none: the first.
    pub sheet: Option<String>,
    /// What becomes of a character that the encoding lacks. Never a silent `?`.
    pub lacking: Lacking,
    /// What becomes of a text that a spreadsheet would reckon.
    pub formulas: Formulas,
}

macro_rules! closed_words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// All of them with their words in a folder.
            pub const ALL: &'static [(&'static str, $name)] = &[$(($word, $name::$variant),)*];
            /// The words alone.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];
            /// The word in a folder.
            pub fn word(self) -> &'static str { match self { $($name::$variant => $word,)* } }
        }
    };
}
pub(crate) use closed_words;

closed_words! {
    /// What kind of file.
    Format {
        /// Lines of cells.
        Csv = "csv",
        /// An Excel workbook.
        Xlsx = "xlsx",
        /// An array of objects, a line each.
        Json = "json",
    }
}
closed_words! {
    /// How letters are written.
    Encoding {
        /// UTF-8 without a mark.
        Utf8 = "utf8",
        /// UTF-8 with the mark by which Excel knows it.
        Utf8Bom = "utf8_bom",
        /// Windows' Shift_JIS (CP932): with 髙, 﨑, ①, without 𠮷.
        Cp932 = "cp932",
    }
}
closed_words! {
    /// How a line ends.
    LineEnd {
        /// As Windows does.
        Crlf = "crlf",
        /// As Unix does.
        Lf = "lf",
    }
}
closed_words! {
    /// Which cells stand in quotes.
    Quote {
        /// Those that need it.
        Needed = "needed",
        /// All.
        Always = "always",
    }
}
closed_words! {
    /// What stands between cells.
    Separator {
        /// `,`
        Comma = "comma",
        /// A tab.
        Tab = "tab",
    }
}
closed_words! {
    /// What becomes of a character that the encoding lacks.
    Lacking {
        /// The case stays here, and staff read which character of which column it is.
        Stop = "stop",
        /// 〓 stands in its place, and staff read which character of which column it is.
        Geta = "geta",
    }
}
closed_words! {
    /// What becomes of a text that begins as a formula does.
    Formulas {
        /// An apostrophe stands before it: for files that people open.
        Guard = "guard",
        /// It stays as it is: for files that only a program reads.
        Keep = "keep",
    }
}
closed_words! {
    /// What a line names a case by.
    FindBy {
        /// 受付番号.
        Number = "number",
        /// 収受番号.
        ReceiptNumber = "receipt_number",
    }
}
closed_words! {
    /// What of the case itself a column holds.
    CaseAttribute {
        /// 受付番号, without hyphens.
        Number = "number",
        /// 収受番号.
        ReceiptNumber = "receipt_number",
        /// The day on which it was filed.
        FiledOn = "filed_on",
        /// The day of the decision.
        DecidedOn = "decided_on",
        /// How it ended.
        Outcome = "outcome",
        /// 宛名番号 of the applicant; empty while nobody has found them in the registry.
        ResidentNumber = "resident_number",
        /// How it came.
        Channel = "channel",
        /// 所管課.
        Department = "department",
        /// 理由 of the decision.
        Reason = "reason",
    }
}
closed_words! {
    /// Who hands applications over, as far as the channel of the case says.
    SourceKind {
        /// ぴったりサービス.
        NationalPortal = "national_portal",
        /// Another e-application service.
        OtherService = "other_service",
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its id within the mapping.
    pub id: FieldId,
    /// As it stands in the file's first line.
    pub header: String,
    /// What it holds; in a mapping in, none: what stands there is used by `do:`.
    pub holds: Option<Holds>,
    /// How it is written.
    pub write: Write,
}

/// Where a column's value comes from, or goes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// An answer, or a part of it: `address.line`, `account.branch`; within `rows:` the row's: `children.child.born`.
    Answer(String),
    /// What staff added with the outcome.
    Outcome(String),
    /// What staff wrote down in a step.
    Noted(String),
    /// Something of the case itself.
    Case(CaseAttribute),
    /// Always the same.
    Constant(String),
    /// Reckoned.
    Value(Condition),
    /// Nothing: the other system asks for the column and leaves it empty.
    Blank,
    /// Intake: the number by which the other service knows it.
    SourceNumber,
    /// Intake: when the person sent it.
    SourceMoment,
    /// Intake: names of files that belong to this question.
    Files(String),
}

/// How a value is written, and how it is read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// The form of the text.
    pub form: As,
    /// Fills up with zeros from the left to so many characters.
    pub zero_pad: Option<u16>,
    /// Ids → the other system's codes. What is not in the table is told.
    pub codes: IndexMap<String, String>,
    /// What stands for nothing.
    pub empty: String,
    /// Most characters. What is longer is told, never cut.
    pub at_most: Option<u16>,
    /// Whether nothing is a mistake.
    pub required: bool,
}

/// How a line names its case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Find {
    /// By what.
    pub what: FindBy,
    /// The column that holds it.
    pub column: FieldId,
}

/// What follows from a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Does {
    /// The step whose work is done by it, with what staff would have written down: question → column.
    pub step: Option<StepDone>,
    /// A note on the case; `{column}` is filled in.
    pub note: Option<String>,
    /// A message to the person; likewise.
    pub write: Option<String>,
    /// A record of a register.
    pub record: Option<RecordDone>,
}

/// A step that a result ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDone {
    /// Which.
    pub step: StepId,
    /// Question → column.
    pub ask: IndexMap<FieldId, FieldId>,
}

/// A record that a line enters or changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordDone {
    /// The register; it names its records by a key, so that the same line finds the same record.
    pub register: RegisterId,
    /// Column of the register → column of the file.
    pub values: IndexMap<FieldId, FieldId>,
    /// The state in which it begins.
    pub state: Option<StateId>,
    /// The column with the first day; none: the day on which the file is taken.
    pub from: Option<FieldId>,
}

/// Whose packages an intake takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What the case's channel says.
    pub kind: SourceKind,
    /// What the service is called.
    pub name: Text,
    /// Stage → what the status file says of it: `received`, `correcting`, `decided`, `withdrawn`, `refused`.
    pub status: IndexMap<String, String>,
}

/// The stages that a status file knows.
pub const STATUSES: &[&str] = &["received", "correcting", "decided", "withdrawn"];

impl Mapping {
    /// The headers in order.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.columns.values().map(|column| column.header.as_str())
    }
}

/// The question that a path leads to, and the part of its answer that is meant: `children.child.born` is the part `born` of `child`.
pub fn question<'p>(procedure: &'p Procedure, rows: Option<&FieldId>, path: &'p str) -> Option<(&'p Field, &'p str)> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let field = procedure.pages.values().find_map(|page| page.fields.get(first))?;
    match field.kind.group_fields() {
        Some(fields) if rows.is_some_and(|rows| rows.as_str() == first) => {
            let (inner, part) = rest.split_once('.').unwrap_or((rest, ""));
            Some((fields.get(inner)?, part))
        }
        Some(_) => None,
        None => Some((field, rest)),
    }
}
