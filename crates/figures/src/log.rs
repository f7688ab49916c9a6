//! # 案件の記録 Process logs
//!
//! A log is a table of events: in which case, what was done, when, by whom. The town's own cases can be given away as one
//! and other offices' logs can be read, as CSV ([`csv_log`]) and as XES (IEEE 1849, [`xes`]). [`analysis`] says of either how many cases
//! there are, which ways they took, and how many days lie between one activity and the next; [`convert`] turns one form into the other.
//!
//! Everything streams: a log of a million events is read line by line, and what is kept of an event to reckon with is 24 bytes.

pub mod analysis;
pub mod convert;
pub mod csv_log;
pub mod moment;
pub mod xes;

use std::{fmt, path::Path};

use jiff::Timestamp;

/// One event of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    /// Which case, by the name that the log gives it.
    pub case: String,
    /// What was done.
    pub activity: String,
    /// When. A day without a time is its midnight in Japan.
    pub at: Timestamp,
    /// Its place among events of the same moment, where the log says one.
    pub order: Option<i64>,
    /// Who or what did it.
    pub resource: Option<String>,
    /// Everything else by its name; what begins with `case:` says something of the whole case.
    pub more: Vec<(String, String)>,
}

/// What a column beyond the known ones holds, all its values taken together: XES writes it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Whole numbers.
    Int,
    /// Numbers.
    Float,
    /// Anything else.
    Text,
}

impl Kind {
    /// What this one value is. A number with leading zeros is a name, such as a postal code.
    pub fn of(value: &str) -> Kind {
        let digits = value.strip_prefix('-').unwrap_or(value);
        let is_padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match () {
            () if is_padded || !is_plain => Kind::Text,
            () if value.parse::<i64>().is_ok() => Kind::Int,
            () if value.parse::<f64>().is_ok() => Kind::Float,
            () => Kind::Text,
        }
    }
}

/// Why a log could not be read or written: where, and what is wrong there.
#[derive(Debug, thiserror::Error)]
pub struct LogProblem {
    /// The file, when it is known.
    pub file: Option<String>,
    /// The line, counted from 1; none for the file as a whole.
    pub line: Option<u64>,
    /// What is wrong, and how to mend it.
    pub what: String,
}

impl fmt::Display for LogProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}:")?;
        }
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        if self.file.is_some() || self.line.is_some() {
            f.write_str(" ")?;
        }
        f.write_str(&self.what)
    }
}

impl LogProblem {
    /// Something wrong in a line.
    pub fn at(line: u64, what: impl Into<String>) -> LogProblem {
        LogProblem { file: None, line: Some(line), what: what.into() }
    }

    /// Something wrong with the whole.
    pub fn whole(what: impl Into<String>) -> LogProblem {
        LogProblem { file: None, line: None, what: what.into() }
    }

    /// The same, told with the name of its file.
    pub fn of_file(mut self, path: &Path) -> LogProblem {
        self.file.get_or_insert_with(|| path.display().to_string());
        self
    }
}

impl From<std::io::Error> for LogProblem {
    fn from(error: std::io::Error) -> LogProblem {
        LogProblem::whole(error.to_string())
    }
}

/// Which of the two forms a file has, by the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `.csv`
    Csv,
    /// `.xes`
    Xes,
}

impl Form {
    /// The form of a file.
    ///
    /// # Errors
    /// When its name ends in neither.
    pub fn of(path: &Path) -> Result<Form, LogProblem> {
        match path.extension().and_then(|end| end.to_str()) {
            Some(end) if end.eq_ignore_ascii_case("csv") => Ok(Form::Csv),
            Some(end) if end.eq_ignore_ascii_case("xes") => Ok(Form::Xes),
            _ => Err(LogProblem::whole("a log is a file whose name ends in .csv or .xes").of_file(path)),
        }
    }
}

/// Reads every event of a file, in the order of the file.
///
/// # Errors
/// What is wrong with it, by line, or what `each` says.
pub fn each_of(
    path: &Path,
    columns: &csv_log::Columns,
    mut each: impl FnMut(LogEvent) -> Result<(), LogProblem>,
) -> Result<(), LogProblem> {
    let read = || {
        let file = std::fs::File::open(path)?;
        match Form::of(path)? {
            Form::Csv => {
                let mut log = csv_log::CsvLog::open(file, columns)?;
                while let Some(event) = log.next_event()? {
                    each(event)?;
                }
                Ok(())
            }
            Form::Xes => xes::read(std::io::BufReader::new(file), each),
        }
    };
    read().map_err(|problem: LogProblem| problem.of_file(path))
}
