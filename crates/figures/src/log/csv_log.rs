//! Logs as CSV: a line of names, then one event a line.

use std::io::{Read, Seek, Write};

use csv::{ErrorKind, Position, ReaderBuilder, StringRecord};

use super::{LogEvent, LogProblem, moment};

/// How the columns are called, where they are not called as usual.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The case's name.
    pub case: Option<String>,
    /// What was done.
    pub activity: Option<String>,
    /// When.
    pub at: Option<String>,
    /// By whom.
    pub resource: Option<String>,
    /// The order among events of one moment.
    pub order: Option<String>,
}

const CASE: &[&str] = &["case_id", "case", "caseid", "case id", "case:concept:name"];
const ACTIVITY: &[&str] = &["activity", "event", "concept:name"];
const AT: &[&str] = &["timestamp", "time", "time:timestamp", "at"];
const RESOURCE: &[&str] = &["resource", "org:resource"];
const ORDER: &[&str] = &["order", ".order"];

/// Where each thing stands in a line.
struct Places {
    case: usize,
    activity: usize,
    at: usize,
    resource: Option<usize>,
    order: Option<usize>,
    more: Vec<(usize, String)>,
}

impl Places {
    fn of(names: &StringRecord, columns: &Columns) -> Result<Places, LogProblem> {
        let find = |given: &Option<String>, usual: &[&str]| match given {
            Some(given) => names.iter().position(|name| name == given),
            None => usual.iter().find_map(|usual| names.iter().position(|name| name.eq_ignore_ascii_case(usual))),
        };
        let needed = |given: &Option<String>, usual: &[&str], what: &str| {
            find(given, usual).ok_or_else(|| {
                let wanted = given.as_deref().map_or_else(|| usual.join(", "), str::to_owned);
                LogProblem::at(1, format!("no column says {what}: one of [{wanted}] is needed; name yours with --{what}"))
            })
        };
        let (case, activity, at) =
            (needed(&columns.case, CASE, "case")?, needed(&columns.activity, ACTIVITY, "activity")?, needed(&columns.at, AT, "time")?);
        let (resource, order) = (find(&columns.resource, RESOURCE), find(&columns.order, ORDER));
        let known = [Some(case), Some(activity), Some(at), resource, order];
        let more =
            names.iter().enumerate().filter(|(place, _)| !known.contains(&Some(*place))).map(|(place, name)| (place, name.to_owned()));
        Ok(Places { case, activity, at, resource, order, more: more.collect() })
    }
}

/// A log that is being read.
pub struct CsvLog<R> {
    reader: csv::Reader<R>,
    places: Places,
    line: StringRecord,
}

impl<R: Read> CsvLog<R> {
    /// Begins to read: UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    /// When a column that is needed is not there.
    pub fn open(source: R, columns: &Columns) -> Result<CsvLog<R>, LogProblem> {
        let mut reader = ReaderBuilder::new().from_reader(source);
        let places = Places::of(reader.headers().map_err(problem)?, columns)?;
        Ok(CsvLog { reader, places, line: StringRecord::new() })
    }

    /// What the columns beyond the known ones are called.
    pub fn more(&self) -> impl Iterator<Item = &str> {
        self.places.more.iter().map(|(_, name)| name.as_str())
    }

    /// Where the next event stands.
    pub fn position(&self) -> Position {
        self.reader.position().clone()
    }

    /// The next event; none at the end.
    ///
    /// # Errors
    /// What is wrong with its line.
    pub fn next_event(&mut self) -> Result<Option<LogEvent>, LogProblem> {
        if !self.reader.read_record(&mut self.line).map_err(problem)? {
            return Ok(None);
        }
        let line = self.line.position().map_or(0, Position::line);
        let cell = |place: usize| self.line.get(place).unwrap_or_default();
        let filled = |place: Option<usize>| place.map(cell).filter(|text| !text.is_empty());
        let needed = |place: usize, what: &str| match cell(place) {
            "" => Err(LogProblem::at(line, format!("{what} is empty"))),
            text => Ok(text.to_owned()),
        };
        let order = filled(self.places.order)
            .map(|text| text.parse().map_err(|_| LogProblem::at(line, format!("the order {text:?} is no whole number"))))
            .transpose()?;
        let at = cell(self.places.at);
        Ok(Some(LogEvent {
            case: needed(self.places.case, "the case")?,
            activity: needed(self.places.activity, "the activity")?,
            at: moment::read(at)
                .ok_or_else(|| LogProblem::at(line, format!("{at:?} is no moment: write 2026-11-24, or 2026-11-24T10:15:00+09:00")))?,
            order,
            resource: filled(self.places.resource).map(str::to_owned),
            more: self.places.more.iter().filter_map(|(place, name)| Some((name.clone(), filled(Some(*place))?.to_owned()))).collect(),
        }))
    }
}

impl<R: Read + Seek> CsvLog<R> {
    /// Goes to an event whose place was noted.
    ///
    /// # Errors
    /// When the file cannot be read there.
    pub fn go_to(&mut self, position: Position) -> Result<(), LogProblem> {
        self.reader.seek(position).map_err(problem)
    }
}

fn problem(error: csv::Error) -> LogProblem {
    let line = error.position().map(Position::line);
    let what = match error.kind() {
        ErrorKind::Utf8 { .. } => "this line is not UTF-8: save the file as UTF-8".to_owned(),
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("this line has {len} cells where the first line names {expected_len}; a quote may be open or missing")
        }
        _ => error.to_string(),
    };
    LogProblem { file: None, line, what }
}

/// Writes a log line by line.
pub struct CsvSink<W: Write> {
    writer: csv::Writer<W>,
    more: Vec<String>,
}

impl<W: Write> CsvSink<W> {
    /// Begins with the line of names; `more` are those beyond the known ones.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(target: W, more: Vec<String>) -> Result<CsvSink<W>, LogProblem> {
        let mut writer = csv::Writer::from_writer(target);
        let names = ["case_id", "activity", "timestamp", "resource", "order"].into_iter().chain(more.iter().map(String::as_str));
        writer.write_record(names).map_err(problem)?;
        Ok(CsvSink { writer, more })
    }

    /// Writes an event.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn event(&mut self, event: &LogEvent) -> Result<(), LogProblem> {
        let order = event.order.map(|order| order.to_string()).unwrap_or_default();
        let at = moment::short(event.at);
        let known = [event.case.as_str(), &event.activity, &at, event.resource.as_deref().unwrap_or_default(), &order];
        let said = |name: &String| event.more.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
        self.writer.write_record(known.into_iter().chain(self.more.iter().map(said))).map_err(problem)
    }

    /// Ends it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(mut self) -> Result<(), LogProblem> {
        Ok(self.writer.flush()?)
    }
}
