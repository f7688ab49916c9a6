//! Logs of other offices: the reference figures, both forms into each other, what is wrong told by line.

use std::{
    fs,
    path::{Path, PathBuf},
};

use figures::log::{
    LogEvent, LogProblem,
    analysis::{Analysis, Gathering, Spread},
    convert::convert,
    csv_log::Columns,
    each_of,
};
use serde_json::Value;

fn data(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/process-logs").join(name);
    if !path.is_file() {
        eprintln!("NOT TESTED: {} is not here", path.display());
        return None;
    }
    Some(path)
}

fn analysis(path: &Path) -> Result<Analysis, LogProblem> {
    let mut gathering = Gathering::default();
    each_of(path, &Columns::default(), |event| {
        gathering.add(&event);
        Ok(())
    })?;
    Ok(gathering.analysis())
}

fn events(path: &Path) -> Vec<LogEvent> {
    let mut events = Vec::new();
    each_of(path, &Columns::default(), |event| {
        events.push(event);
        Ok(())
    })
    .unwrap_or_else(|problem| panic!("{problem}"));
    events
}

/// Every number and text of `wanted` stands in `found` at the same place.
fn says(found: &Value, wanted: &Value, at: &str) {
    match wanted {
        Value::Object(wanted) => wanted.iter().for_each(|(key, value)| says(&found[key], value, &format!("{at}.{key}"))),
        Value::Array(wanted) => wanted.iter().enumerate().for_each(|(nth, value)| says(&found[nth], value, &format!("{at}[{nth}]"))),
        Value::Number(number) => assert_eq!(found.as_f64(), number.as_f64(), "{at}"),
        _ => assert_eq!(found, wanted, "{at}"),
    }
}

#[test]
fn every_reference_figure_of_the_traffic_fines_comes_out() {
    let (Some(log), Some(reference)) = (data("traffic_fines.csv"), data("traffic_fines_reference.json")) else { return };
    let mut wanted: Value = serde_json::from_str(&fs::read_to_string(reference).unwrap()).unwrap();
    wanted.as_object_mut().unwrap().remove("ordering");
    let found = serde_json::to_value(analysis(&log).unwrap()).unwrap();
    assert_eq!(wanted["directly_follows_days"].as_array().unwrap().len(), found["directly_follows_days"].as_array().unwrap().len());
    says(&found, &wanted, "log");
}

#[test]
fn a_log_goes_through_xes_and_back_with_every_event_and_every_figure() {
    let Some(log) = data("traffic_fines.csv") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (xes, back, again) = (folder.path().join("log.xes"), folder.path().join("back.csv"), folder.path().join("again.xes"));
    assert_eq!(convert(&log, &Columns::default(), &xes).unwrap(), 17_340);
    assert_eq!(convert(&xes, &Columns::default(), &back).unwrap(), 17_340);
    assert_eq!(convert(&back, &Columns::default(), &again).unwrap(), 17_340);
    let sorted = |mut events: Vec<LogEvent>| {
        events.iter_mut().for_each(|event| event.more.sort());
        events.sort_by(|a, b| (&a.case, a.at, a.order).cmp(&(&b.case, b.at, b.order)));
        events
    };
    assert_eq!(sorted(events(&log)), sorted(events(&xes)));
    assert_eq!(sorted(events(&log)), sorted(events(&back)));
    assert_eq!(fs::read(&xes).unwrap(), fs::read(&again).unwrap());
    assert_eq!(analysis(&log).unwrap(), analysis(&xes).unwrap());
}

#[test]
fn events_that_lie_mixed_in_the_file_are_put_together_by_case_and_moment() {
    let folder = tempfile::tempdir().unwrap();
    let (mixed, xes) = (folder.path().join("mixed.csv"), folder.path().join("mixed.xes"));
    let text = "\u{feff}case,activity,time,.order,memo\r\nb,決定,2026-11-26,2,\"改行\nと \"\"引用\"\"\"\r\na,受付,2026-11-24,1,<&>\r\n\
        b,受付,2026-11-25T09:30:00+09:00,1,\r\na,決定,2026-11-24,2,x\r\nb,補正,2026-11-25T09:30:00+09:00,0,\r\n";
    fs::write(&mixed, text).unwrap();
    convert(&mixed, &Columns::default(), &xes).unwrap();
    let read: Vec<String> = events(&xes).into_iter().map(|event| format!("{}:{}", event.case, event.activity)).collect();
    assert_eq!(read, ["b:補正", "b:受付", "b:決定", "a:受付", "a:決定"]);
    assert_eq!(events(&xes)[2].more, [("memo".to_owned(), "改行\nと \"引用\"".to_owned())]);
    let said = analysis(&mixed).unwrap();
    assert_eq!((said.cases, said.events, said.variants), (2, 5, 2));
    assert_eq!(said.directly_follows_days.iter().find(|pair| pair.activity == "受付" && pair.next == "決定").unwrap().days.count, 2);
    // 0 days in one case, from half past nine to the next midnight in the other.
    assert_eq!(said.case_duration_days.max, 0.6042);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let head = "case_id,activity,timestamp\na,受付,2026-11-24\n";
    let table = [
        ("empty.csv", String::new(), "1: no column says case"),
        ("columns.csv", "id,activity,timestamp\n".to_owned(), "1: no column says case"),
        ("moment.csv", format!("{head}b,受付,きのう\n"), ":3: \"きのう\" is no moment"),
        ("empty_case.csv", format!("{head},受付,2026-11-24\n"), ":3: the case is empty"),
        ("cells.csv", format!("{head}b,受付\n"), ":3: this line has 2 cells where the first line names 3"),
        ("quote.csv", format!("{head}b,\"受付,2026-11-24\nc,受付,2026-11-25\n"), ":3: this line has 2 cells"),
        ("order.csv", "case_id,activity,timestamp,order\na,受付,2026-11-24,first\n".to_owned(), ":2: the order \"first\""),
        ("html.xes", "<html></html>".to_owned(), ":1: <html> is no log"),
        ("open.xes", "<log>\n<trace>\n".to_owned(), "not well-formed XML"),
        (
            "time.xes",
            "<log><trace>\n<event><string key=\"concept:name\" value=\"受付\"/>\n</event></trace></log>".to_owned(),
            ":3: this event has no time:timestamp",
        ),
        ("name.xes", "<log><trace><event>\n</event></trace></log>".to_owned(), ":2: this event has no concept:name"),
        ("value.xes", "<log><trace><string key=\"a\"/></trace></log>".to_owned(), ":1: <string key=\"a\"> has no value"),
        ("log.txt", String::new(), ".csv or .xes"),
    ];
    for (name, text, said) in table {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let problem = analysis(&path).unwrap_err().to_string();
        assert!(problem.contains(said) && problem.contains(name), "{name}: {problem}");
    }
    let path = folder.path().join("sjis.csv");
    fs::write(&path, b"case_id,activity,timestamp\na,\x8e\xf3\x95t,2026-11-24\n").unwrap();
    assert!(analysis(&path).unwrap_err().to_string().contains(":2: this line is not UTF-8"));
    assert!(analysis(&folder.path().join("nowhere.csv")).is_err());
}

#[test]
fn entities_that_would_fill_the_memory_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("laughs.xes");
    let mut text = "<!DOCTYPE log [<!ENTITY a0 \"lol\">".to_owned();
    (1..30).for_each(|nth| text.push_str(&format!("<!ENTITY a{nth} \"{}\">", format!("&a{};", nth - 1).repeat(10))));
    text.push_str("]><log><trace><string key=\"concept:name\" value=\"&a29;\"/></trace></log>");
    fs::write(&path, text).unwrap();
    assert!(analysis(&path).unwrap_err().to_string().contains("has no <!DOCTYPE>"));
}

#[test]
fn a_trace_without_a_name_is_called_by_its_number_and_what_lies_below_an_attribute_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plain.xes");
    let event = "<event><string key=\"concept:name\" value=\"受付\"><string key=\"below\" value=\"x\"/></string><date key=\"time:timestamp\" \
        value=\"2026-11-24T10:00:00.000+09:00\"/><list key=\"all\"><values><string key=\"one\" value=\"y\"/></values></list></event>";
    let text = format!(
        "<?xml version=\"1.0\"?><log xmlns=\"http://www.xes-standard.org/\"><global scope=\"event\"><string key=\"concept:name\" value=\"?\"/></global>\
         <trace>{event}</trace><trace><string key=\"channel\" value=\"online\"/>{event}</trace></log>"
    );
    fs::write(&path, text).unwrap();
    let read = events(&path);
    assert_eq!(read.iter().map(|event| event.case.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    assert!(read[0].more.is_empty());
    assert_eq!(read[1].more, [("case:channel".to_owned(), "online".to_owned())]);
}

#[test]
fn the_middle_and_nine_of_ten_are_reckoned_as_the_reference_does() {
    let day = 86_400_000_000_i64;
    let spread = |values: &[i64]| Spread::of(values.iter().map(|value| value * day).collect()).unwrap();
    let one = spread(&[7]);
    assert_eq!((one.median, one.p90, one.mean), (7.0, 7.0, 7.0));
    let ten = spread(&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!((ten.median, ten.p90, ten.min, ten.max), (5.5, 9.0, 1.0, 10.0));
    let eleven = spread(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert_eq!((eleven.median, eleven.p90), (6.0, 10.0));
    assert_eq!(Spread::of(Vec::new()), None);
}
