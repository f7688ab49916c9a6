//! The report of a period as PDF, tagged for screen readers: what the page shows, to be printed and kept. It is set when it is asked for.

use access::day_in_japan;
use jiff::Timestamp;
use letters::{LetterProblem, Press, template::Templates, typeset::Job};
use serde_json::{Map, Value as Json, json};

use super::{
    Found, Names,
    chart::tenths,
    sheet::{Cell, Sheet},
    tables,
};
use crate::{counting::Wait, summary::Summary};

const TEMPLATE: &str = "figures_report";
const FILE: &[u8] = include_bytes!("../../letters/figures_report.typ");

/// The report.
///
/// # Errors
/// When the press is not there or a name cannot be printed even with 〓.
pub fn report(names: &Names<'_>, found: &Found, press: &Press, now: Timestamp) -> Result<Vec<u8>, LetterProblem> {
    let today = day_in_japan(now);
    let wanted = ["months", "parts", "waits", "steps", "pages", "fields", "voices", "overview"];
    let all = tables::all(names, found);
    let tables: Vec<Json> = wanted
        .iter()
        .filter_map(|name| all.iter().find(|table| table.name == *name && !table.lines.is_empty()))
        .map(|table| json!({ "title": table.title, "headings": table.headings, "lines": lines(table) }))
        .collect();
    let paper = json!({
        "title": names.say.text("desk-figures-report-title", &[("of", names.of(&found.scope).as_str().into())]),
        "period": names.period(found.period),
        "against": names.period(found.against),
        "made": names.say.text("desk-figures-report-made", &[("day", jp::era::wareki(today).as_str().into())]),
        "tiles": tiles(names, found),
        "bars": bars(names, found, &all),
        "tables": tables,
        "note": names.say.text("desk-figures-report-note", &[]),
    });
    let mut given = Map::new();
    given.insert("paper".to_owned(), paper);
    given.insert("instruction".to_owned(), json!([]));
    letters::typeset::with_geta(&mut given);
    let ident = format!("figures {} {} {today}", found.scope.code(), found.period);
    let job = Job { template: TEMPLATE.to_owned(), given, date: today, ident };
    Ok(press.set(&Templates::from_files([(format!("{TEMPLATE}.typ"), FILE.to_vec())]), &job)?.pdf)
}

fn lines(table: &Sheet) -> Vec<Vec<String>> {
    table.lines.iter().map(|line| line.iter().map(Cell::text).collect()).collect()
}

fn tiles(names: &Names<'_>, found: &Found) -> Vec<Json> {
    let tile = |id: &str, of: &dyn Fn(&Summary) -> Cell, unit: &str| {
        let said = |summary: &Summary| match of(summary).text().as_str() {
            "–" => "–".to_owned(),
            text => format!("{text}{unit}"),
        };
        json!({ "label": names.say.text(&format!("desk-figures-{id}"), &[]), "value": said(&found.now), "then": said(&found.then) })
    };
    let mut tiles = vec![
        tile("filed", &|of| Cell::Count(of.filed_in_all()), "件"),
        tile("decided", &|of| Cell::Count(of.decided_in_all()), "件"),
        tile("median", &|of| Cell::Tenths(of.days.median_tenths()), "日"),
        tile("p90", &|of| Cell::Tenths(of.days.p90().map(|days| days * 10)), "日"),
        tile("kept", &|of| Cell::Share(of.kept()), ""),
        tile("online", &|of| Cell::Share(of.online()), ""),
        tile("correction-rate", &|of| Cell::Share(of.correction_rate()), ""),
        tile("completion", &|of| Cell::Share(of.completion()), ""),
    ];
    if let Some(staff_hour) = names.town.staff_hour {
        tiles.push(tile("cost", &|of| Cell::Yen(of.cost(staff_hour)), ""));
    }
    tiles
}

/// Bars, the longest as long as there is room.
fn bars(names: &Names<'_>, found: &Found, tables: &[Sheet]) -> Vec<Json> {
    let mut charts = Vec::new();
    let mut chart = |title: String, items: Vec<(String, i64, String)>| {
        let top = items.iter().map(|(_, size, _)| *size).max().unwrap_or(0);
        if top > 0 {
            let bar = |(label, size, shown): &(String, i64, String)| json!({ "label": label, "length": size * 100 / top, "shown": shown });
            charts.push(json!({ "title": title, "items": items.iter().map(bar).collect::<Vec<_>>() }));
        }
    };
    let months = found.months.iter().map(|(month, now, _)| {
        let filed = now.filed_in_all();
        (names.month(*month), filed, ui::words::grouped(filed))
    });
    chart(names.say.text("desk-figures-report-filed", &[]), months.collect());
    let (waits, decided) = (found.now.waits(), found.now.decided_in_all().max(1));
    let wait = |wait: &Wait| {
        let days = waits.get(wait.code()).map_or(0, |minutes| minutes * 10 / (24 * 60) / decided);
        (names.say.text(&format!("desk-figures-wait-{}", wait.code()), &[]), days, format!("{}日", tenths(days)))
    };
    chart(names.say.text("desk-figures-waits-chart", &[]), Wait::ALL.iter().map(wait).collect());
    for (name, title) in [("pages", "desk-figures-pages-chart"), ("fields", "desk-figures-fields-chart")] {
        let lines = tables.iter().filter(|table| table.name == name).flat_map(|table| &table.lines);
        let item = |line: &Vec<Cell>| match (line.first(), line.get(2)) {
            (Some(Cell::Text(label)), Some(Cell::Share(Some(share)))) => Some((label.clone(), *share, format!("{}%", tenths(*share)))),
            _ => None,
        };
        chart(names.say.text(title, &[]), lines.filter_map(item).take(12).collect());
    }
    charts
}
