//! A log from one form into the other. The events of a case come out one after the other, by moment and order, wherever they stood.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{BufReader, BufWriter, Write},
    path::Path,
};

use csv::Position;

use super::{
    Form, Kind, LogEvent, LogProblem,
    csv_log::{Columns, CsvLog, CsvSink},
    xes::{self, XesSink},
};

/// A log that is being written in either form.
pub enum Sink<W: Write> {
    /// As CSV.
    Csv(CsvSink<W>),
    /// As XES.
    Xes(XesSink<W>),
}

impl<W: Write> Sink<W> {
    /// Begins a log with these columns beyond the known ones.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(form: Form, target: W, more: Vec<String>, kinds: BTreeMap<String, Kind>) -> Result<Sink<W>, LogProblem> {
        Ok(match form {
            Form::Csv => Sink::Csv(CsvSink::begin(target, more)?),
            Form::Xes => Sink::Xes(XesSink::begin(target, kinds)?),
        })
    }

    /// Writes an event; in XES those of one case must come one after the other.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn event(&mut self, event: &LogEvent) -> Result<(), LogProblem> {
        match self {
            Sink::Csv(sink) => sink.event(event),
            Sink::Xes(sink) => sink.event(event),
        }
    }

    /// Ends it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(self) -> Result<(), LogProblem> {
        match self {
            Sink::Csv(sink) => sink.end(),
            Sink::Xes(sink) => sink.end(),
        }
    }
}

/// Reads `from` twice, once to know what it holds, and writes `to`. Says how many events.
///
/// # Errors
/// What is wrong with either file.
pub fn convert(from: &Path, columns: &Columns, to: &Path) -> Result<u64, LogProblem> {
    let form = Form::of(to)?;
    match Form::of(from)? {
        Form::Csv => from_csv(from, columns, form, to),
        Form::Xes => from_xes(from, form, to),
    }
}

/// Where an event stands in the file, and before which others it comes.
struct Entry {
    case: u32,
    at: i64,
    order: i64,
    byte: u64,
    line: u64,
}

/// What columns hold, in the order in which they were first seen.
#[derive(Default)]
struct Seen {
    names: Vec<String>,
    kinds: BTreeMap<String, Kind>,
}

impl Seen {
    fn of(&mut self, event: &LogEvent) {
        for (name, value) in &event.more {
            let kind = Kind::of(value);
            match self.kinds.get_mut(name) {
                Some(known) => *known = kind.max(*known),
                None => {
                    self.kinds.insert(name.clone(), kind);
                    self.names.push(name.clone());
                }
            }
        }
    }
}

fn from_csv(from: &Path, columns: &Columns, form: Form, to: &Path) -> Result<u64, LogProblem> {
    let of_from = |problem: LogProblem| problem.of_file(from);
    let mut log = CsvLog::open(File::open(from)?, columns).map_err(of_from)?;
    let seen = Seen { names: log.more().map(str::to_owned).collect(), ..Seen::default() };
    let mut kinds = Seen::default();
    let mut cases: HashMap<String, u32> = HashMap::new();
    let mut entries = Vec::new();
    loop {
        let place = log.position();
        let Some(event) = log.next_event().map_err(of_from)? else { break };
        let next = u32::try_from(cases.len()).unwrap_or(u32::MAX);
        let case = *cases.entry(event.case.clone()).or_insert(next);
        let order = event.order.unwrap_or(entries.len() as i64);
        entries.push(Entry { case, at: event.at.as_microsecond(), order, byte: place.byte(), line: place.line() });
        kinds.of(&event);
    }
    drop(cases);
    entries.sort_by_key(|entry| (entry.case, entry.at, entry.order));
    let mut sink = Sink::begin(form, BufWriter::new(File::create(to)?), seen.names, kinds.kinds)?;
    for entry in &entries {
        // A file that is in order is read through from its beginning; the reader moves only where it is not.
        let mut place = Position::new();
        place.set_byte(entry.byte).set_line(entry.line);
        if log.position().byte() != entry.byte {
            log.go_to(place).map_err(of_from)?;
        }
        let event = log
            .next_event()
            .map_err(of_from)?
            .ok_or_else(|| LogProblem::at(entry.line, "the file changed while it was read").of_file(from))?;
        sink.event(&event)?;
    }
    sink.end()?;
    Ok(entries.len() as u64)
}

fn from_xes(from: &Path, form: Form, to: &Path) -> Result<u64, LogProblem> {
    let mut seen = Seen::default();
    let open = || Ok::<_, LogProblem>(BufReader::new(File::open(from)?));
    xes::read(open()?, |event| {
        seen.of(&event);
        Ok(())
    })
    .map_err(|problem| problem.of_file(from))?;
    let mut sink = Sink::begin(form, BufWriter::new(File::create(to)?), seen.names, seen.kinds)?;
    let mut events = 0;
    xes::read(open()?, |event| {
        events += 1;
        sink.event(&event)
    })
    .map_err(|problem| problem.of_file(from))?;
    sink.end()?;
    Ok(events)
}
