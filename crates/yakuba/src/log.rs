//! `yakuba log`: process logs of the town's own cases and of other offices, as CSV and XES.

use std::{collections::BTreeMap, fs::File, io::BufWriter, process::ExitCode, sync::Arc};

use cases::history;
use figures::{
    export,
    log::{
        Form, Kind,
        analysis::{Analysis, Gathering, Spread},
        convert::{self, Sink},
        csv_log::Columns,
        each_of,
    },
};
use jiff::civil::Date;
use store::keys::Face;

use crate::{
    Failure,
    command::{Log, LogColumns, LogCommand, LogExport},
    house::{self, House},
    maintenance,
    table::{self, Side, grouped, lines},
};

/// `yakuba log`.
///
/// # Errors
/// When a log cannot be read or written; by line, where it is a line.
pub fn run(asked: &Log) -> Result<ExitCode, Failure> {
    match &asked.what {
        LogCommand::Analyse { file, json, variants, columns } => {
            let mut gathering = Gathering::default();
            each_of(file, &columns_of(columns), |event| {
                gathering.add(&event);
                Ok(())
            })?;
            let mut analysis = gathering.analysis();
            analysis.top_variants.truncate(*variants);
            table::print(&if *json { format!("{}\n", serde_json::to_string_pretty(&analysis)?) } else { as_text(&analysis) });
        }
        LogCommand::Convert { from, to, columns } => {
            let events = convert::convert(from, &columns_of(columns), to)?;
            eprintln!("{events} events written to {}", to.display());
        }
        LogCommand::Export(asked) => {
            let (cases, events) = export(asked)?;
            eprintln!("{cases} cases with {events} events written to {}", asked.out.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn columns_of(columns: &LogColumns) -> Columns {
    Columns {
        case: columns.case.clone(),
        activity: columns.activity.clone(),
        at: columns.time.clone(),
        resource: columns.resource.clone(),
        order: columns.order.clone(),
    }
}

/// Cases read in one snapshot.
const TOGETHER: i64 = 100;

fn export(asked: &LogExport) -> Result<(u64, u64), Failure> {
    let house = House::of(&asked.place);
    house.must_be_laid_out()?;
    let (town, keys) = (maintenance::town_of(&house)?, house.keys()?);
    if !house.faces(&town, &keys).contains(&Face::Desk) {
        return Err("staff's side is not on this machine; cases are exported where it is".into());
    }
    let (desk, keys) = (house.desk(&town)?, house::shared(&keys, Face::Desk)?);
    let names: Vec<String> = export::COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let kinds = names.iter().map(|name| (name.clone(), Kind::Text)).collect::<BTreeMap<_, _>>();
    let form = Form::of(&asked.out)?;
    let mut sink = Sink::begin(form, BufWriter::new(File::create(&asked.out)?), names, kinds)?;
    let (mut after, mut cases, mut events) = (String::new(), 0_u64, 0_u64);
    loop {
        let (from, keys) = (after.clone(), Arc::clone(&keys));
        let read = desk.read(move |tx| {
            let ids = history::ids_after(tx, &from, TOGETHER)?;
            let read = |id: &access::CaseId| Ok::<_, store::StoreError>((*id, history::of(tx, &keys, *id)?));
            ids.iter().map(read).collect::<Result<Vec<_>, _>>()
        })?;
        let Some((last, _)) = read.last() else { break };
        after = last.to_string();
        for (case, story) in read.into_iter().filter_map(|(_, found)| found) {
            let filed = case.clock.arrived_on;
            let is_late = |from: Date| filed < from;
            let is_out = asked.from.is_some_and(is_late) || asked.until.is_some_and(|until| filed > until);
            if is_out || asked.procedure.as_ref().is_some_and(|wanted| case.procedure.as_str() != wanted) {
                continue;
            }
            cases += 1;
            for event in export::events(&case, &story, cases) {
                sink.event(&event)?;
                events += 1;
            }
        }
    }
    sink.end()?;
    Ok((cases, events))
}

/// The analysis as a person reads it.
fn as_text(analysis: &Analysis) -> String {
    let mut text = format!(
        "{} cases, {} events, {} activities, {} variants",
        grouped(analysis.cases),
        grouped(analysis.events),
        analysis.activities.len(),
        grouped(analysis.variants)
    );
    if let (Some(from), Some(until)) = (&analysis.from, &analysis.until) {
        text.push_str(&format!("; {from} to {until}"));
    }
    let head = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let spread = |days: &Spread| [days.mean, days.median, days.p90, days.min, days.max].map(|value| value.to_string());
    let days = &analysis.case_duration_days;
    text.push_str(&format!(
        "\ndays from the first event to the last: mean {}, median {}, p90 {}, max {}\n\n",
        days.mean, days.median, days.p90, days.max
    ));
    let variants = analysis.top_variants.iter().map(|one| vec![grouped(one.cases), one.variant.clone()]);
    let rows: Vec<Vec<String>> = [head(&["cases", "variant"])].into_iter().chain(variants).collect();
    text.push_str(&lines(&[Side::Right, Side::Left], &rows).join("\n"));
    let pairs = analysis.directly_follows_days.iter().map(|pair| {
        let mut row = vec![pair.activity.clone(), pair.next.clone(), grouped(pair.days.count)];
        row.extend(spread(&pair.days));
        row
    });
    let names = head(&["activity", "next", "count", "mean days", "median", "p90", "min", "max"]);
    let rows: Vec<Vec<String>> = [names].into_iter().chain(pairs).collect();
    let sides: Vec<Side> = [Side::Left, Side::Left].into_iter().chain([Side::Right; 6]).collect();
    text.push_str("\n\n");
    text.push_str(&lines(&sides, &rows).join("\n"));
    text.push('\n');
    text
}
