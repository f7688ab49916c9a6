//! Logs as XES 1.0 / IEEE 1849: `log` holds `trace`s, a trace its `event`s, each with typed attributes by key.
//!
//! `concept:name` is the name of a case and of an activity, `time:timestamp` the moment, `org:resource` who did it. Lists and what lies
//! below an attribute are passed over.

use std::{
    collections::BTreeMap,
    io::{BufRead, Write},
};

use xml::{
    attribute::OwnedAttribute,
    common::Position,
    reader::{EventReader, ParserConfig, XmlEvent},
    writer::{EmitterConfig, EventWriter, XmlEvent as Out},
};

use super::{Kind, LogEvent, LogProblem, moment};

const ATTRIBUTES: [&str; 6] = ["string", "date", "int", "float", "boolean", "id"];

/// How deep the elements of a log lie within each other at most; real ones need five.
const DEEPEST: usize = 64;

/// The longest value, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Where the reader stands.
#[derive(Default)]
struct Reading {
    /// Names of the elements around it.
    around: Vec<String>,
    trace: BTreeMap<String, String>,
    event: Vec<(String, String)>,
    traces: u64,
}

/// Reads every event, trace by trace. A trace without a name is called by its number.
///
/// # Errors
/// What is wrong with it, by line, or what `each` says.
pub fn read(source: impl BufRead, mut each: impl FnMut(LogEvent) -> Result<(), LogProblem>) -> Result<(), LogProblem> {
    let mut config = ParserConfig::new().trim_whitespace(true).whitespace_to_characters(true).ignore_comments(true);
    (config.max_attribute_length, config.max_data_length) = (LONGEST, LONGEST);
    let mut reader = EventReader::new_with_config(source, config);
    let mut reading = Reading::default();
    loop {
        let event = reader.next();
        let line = reader.position().row() + 1;
        match event.map_err(|error| LogProblem::at(error.position().row() + 1, format!("this is not well-formed XML: {}", error.msg())))? {
            XmlEvent::StartElement { name, attributes, .. } => reading.begin(name.local_name, &attributes, line)?,
            XmlEvent::EndElement { name } => {
                reading.around.pop();
                if name.local_name == "event" && reading.is_in("trace") {
                    each(reading.event(line)?)?;
                }
            }
            // XES has a schema and no document type; what comes with one may hold entities that fill the memory.
            XmlEvent::Doctype { .. } => return Err(LogProblem::at(line, "a log in XES has no <!DOCTYPE>: take it out")),
            XmlEvent::EndDocument => return Ok(()),
            _ => {}
        }
    }
}

impl Reading {
    fn is_in(&self, name: &str) -> bool {
        self.around.last().is_some_and(|last| last == name)
    }

    fn begin(&mut self, name: String, attributes: &[OwnedAttribute], line: u64) -> Result<(), LogProblem> {
        let said = |key: &str| attributes.iter().find(|one| one.name.local_name == key).map(|one| one.value.clone());
        match name.as_str() {
            _ if self.around.is_empty() && name != "log" => {
                return Err(LogProblem::at(line, format!("<{name}> is no log: XES begins with <log>")));
            }
            "trace" => {
                self.trace.clear();
                self.traces += 1;
            }
            "event" => self.event.clear(),
            _ if ATTRIBUTES.contains(&name.as_str()) && (self.is_in("trace") || self.is_in("event")) => {
                let key = said("key").ok_or_else(|| LogProblem::at(line, format!("<{name}> has no key")))?;
                let value = said("value").ok_or_else(|| LogProblem::at(line, format!("<{name} key={key:?}> has no value")))?;
                if self.is_in("trace") {
                    self.trace.insert(key, value);
                } else {
                    self.event.push((key, value));
                }
            }
            _ => {}
        }
        if self.around.len() >= DEEPEST {
            return Err(LogProblem::at(line, "elements lie too deep within each other"));
        }
        self.around.push(name);
        Ok(())
    }

    /// The event that just ended.
    fn event(&mut self, line: u64) -> Result<LogEvent, LogProblem> {
        let mut said = std::mem::take(&mut self.event);
        let mut take = |key: &str| said.iter().position(|(known, _)| known == key).map(|place| said.remove(place).1);
        let activity = take("concept:name").filter(|name| !name.is_empty());
        let at = take("time:timestamp");
        let resource = take("org:resource");
        let order = take("order").and_then(|text| text.parse().ok());
        let read = at.as_deref().and_then(moment::read);
        let of_case =
            self.trace.iter().filter(|(key, _)| *key != "concept:name").map(|(key, value)| (format!("case:{key}"), value.clone()));
        Ok(LogEvent {
            case: self.trace.get("concept:name").cloned().unwrap_or_else(|| self.traces.to_string()),
            activity: activity.ok_or_else(|| LogProblem::at(line, "this event has no concept:name"))?,
            at: read.ok_or_else(|| match at {
                Some(text) => LogProblem::at(line, format!("{text:?} is no moment")),
                None => LogProblem::at(line, "this event has no time:timestamp"),
            })?,
            order,
            resource,
            more: of_case.chain(said).collect(),
        })
    }
}

/// Writes a log event by event; those of one case must come one after the other.
pub struct XesSink<W: Write> {
    writer: EventWriter<W>,
    kinds: BTreeMap<String, Kind>,
    case: Option<String>,
}

const EXTENSIONS: [(&str, &str); 3] = [("Concept", "concept"), ("Time", "time"), ("Organizational", "org")];

impl<W: Write> XesSink<W> {
    /// Begins a log; `kinds` are those of what stands beyond the known attributes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(target: W, kinds: BTreeMap<String, Kind>) -> Result<XesSink<W>, LogProblem> {
        let writer = EmitterConfig::new().perform_indent(true).indent_string(" ").create_writer(target);
        let mut sink = XesSink { writer, kinds, case: None };
        sink.out(
            Out::start_element("log").attr("xes.version", "1849-2016").attr("xes.features", "").default_ns("http://www.xes-standard.org/"),
        )?;
        for (name, prefix) in EXTENSIONS {
            let uri = format!("http://www.xes-standard.org/{prefix}.xesext");
            sink.out(Out::start_element("extension").attr("name", name).attr("prefix", prefix).attr("uri", &uri))?;
            sink.out(Out::end_element())?;
        }
        for (scope, has_time) in [("trace", false), ("event", true)] {
            sink.out(Out::start_element("global").attr("scope", scope))?;
            sink.attribute("string", "concept:name", "UNKNOWN")?;
            if has_time {
                sink.attribute("date", "time:timestamp", "1970-01-01T00:00:00.000+00:00")?;
            }
            sink.out(Out::end_element())?;
        }
        sink.out(Out::start_element("classifier").attr("name", "Activity").attr("keys", "concept:name"))?;
        sink.out(Out::end_element())?;
        Ok(sink)
    }

    /// Writes an event, and begins a trace when it is of another case than the last.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn event(&mut self, event: &LogEvent) -> Result<(), LogProblem> {
        if self.case.as_ref() != Some(&event.case) {
            self.end_trace()?;
            self.out(Out::start_element("trace"))?;
            self.attribute("string", "concept:name", &event.case)?;
            for (key, value) in event.more.iter().filter_map(|(key, value)| Some((key.strip_prefix("case:")?, value))) {
                self.typed(&format!("case:{key}"), key, value)?;
            }
            self.case = Some(event.case.clone());
        }
        self.out(Out::start_element("event"))?;
        self.attribute("string", "concept:name", &event.activity)?;
        self.attribute("date", "time:timestamp", &moment::full(event.at))?;
        if let Some(resource) = &event.resource {
            self.attribute("string", "org:resource", resource)?;
        }
        if let Some(order) = event.order {
            self.attribute("int", "order", &order.to_string())?;
        }
        for (key, value) in event.more.iter().filter(|(key, _)| !key.starts_with("case:")) {
            self.typed(key, key, value)?;
        }
        self.out(Out::end_element())
    }

    /// Ends the log.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(mut self) -> Result<(), LogProblem> {
        self.end_trace()?;
        self.out(Out::end_element())?;
        Ok(self.writer.into_inner().flush()?)
    }

    fn end_trace(&mut self) -> Result<(), LogProblem> {
        if self.case.take().is_some() { self.out(Out::end_element()) } else { Ok(()) }
    }

    fn typed(&mut self, column: &str, key: &str, value: &str) -> Result<(), LogProblem> {
        let kind = match self.kinds.get(column) {
            Some(Kind::Int) => "int",
            Some(Kind::Float) => "float",
            _ => "string",
        };
        self.attribute(kind, key, value)
    }

    fn attribute(&mut self, kind: &str, key: &str, value: &str) -> Result<(), LogProblem> {
        let value = writable(value);
        self.out(Out::start_element(kind).attr("key", key).attr("value", &value))?;
        self.out(Out::end_element())
    }

    fn out<'e>(&mut self, event: impl Into<Out<'e>>) -> Result<(), LogProblem> {
        self.writer.write(event).map_err(|error| LogProblem::whole(error.to_string()))
    }
}

/// XML 1.0 has no way to write control characters; the mark of an unreadable character stands in their place.
fn writable(value: &str) -> std::borrow::Cow<'_, str> {
    let is_bad = |c: char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if value.contains(is_bad) { value.replace(is_bad, "\u{fffd}").into() } else { value.into() }
}
