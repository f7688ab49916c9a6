//! `yakuba bench paper`: an A4 form from a warm press, and letters from as many presses as there are processors.
//!
//! A town has one press, which sets one sheet after the other. Letters of a round (thousands on one day) may go through several; what one press
//! does and what all together do is told apart, with the share of the time in which the processors worked.

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use definitions::{procedure::Procedure, text::Text, town::Town};
use jiff::civil::{Date, date};
use letters::{Press, given::day, template::Templates, typeset::Job};
use paper::Wish;
use serde_json::{Map, Value, json};

use super::{facts, rounded, spread};
use crate::Failure;

/// The day that all sheets bear.
const DAY: Date = date(2026, 12, 1);

/// Sheets before the first one that is counted.
const WARM: usize = 3;

/// Measures.
///
/// # Errors
/// When the folder has mistakes, or a sheet cannot be set.
pub fn run(folder: &Path, procedure: &str, sheets: usize) -> Result<Value, Failure> {
    let town = Town::load(folder).map_err(|problems| problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())?;
    let procedure = town.procedure(procedure).ok_or_else(|| format!("no procedure {procedure}"))?;
    let press = Press::of_this_program()?;
    let (mut forms, mut pages) = (Vec::new(), 0);
    for sheet in 0..WARM + sheets {
        let began = Instant::now();
        pages = paper::print(&press, &town, procedure, &Wish::default(), DAY)?.map.pages;
        if sheet >= WARM {
            forms.push(micros(began));
        }
    }
    eprintln!("{sheets} forms");
    let one = letters_a_second(&town, procedure, sheets, 1)?;
    eprintln!("{sheets} letters through one press");
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let all = letters_a_second(&town, procedure, sheets, processors)?;
    Ok(json!({
        "bench": "paper",
        "town": town.id.to_string(),
        "form": { "procedure": procedure.id.to_string(), "pages": pages, "time": spread(forms) },
        "letters": { "template": TEMPLATE, "through_one_press": rounded(one), "through_all": rounded(all), "presses": processors },
        "limit": "the typesetter's own work (layout, tagging, subsetting fonts), processor-bound; nothing is kept from one person's letter to the next",
        "build": if cfg!(debug_assertions) { "dev" } else { "release" },
        "machine": facts::machine(),
    }))
}

/// The receipt: a page that every filing asks for.
const TEMPLATE: &str = "receipt";

fn letters_a_second(town: &Town, procedure: &Procedure, sheets: usize, presses: usize) -> Result<f64, Failure> {
    let templates = Templates::of_town(town);
    let places: Vec<Press> = (0..presses).map(|_| Press::of_this_program()).collect::<Result<_, _>>()?;
    for press in &places {
        press.set(&templates, &letter(town, procedure, 0))?;
    }
    let (next, failed) = (AtomicUsize::new(1), AtomicUsize::new(0));
    let began = Instant::now();
    thread::scope(|scope| {
        let (next, failed, templates) = (&next, &failed, &templates);
        for press in &places {
            scope.spawn(move || {
                loop {
                    let sheet = next.fetch_add(1, Ordering::Relaxed);
                    if sheet > sheets {
                        break;
                    }
                    if press.set(templates, &letter(town, procedure, sheet)).is_err() {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    if failed.into_inner() > 0 {
        return Err("a letter could not be set".into());
    }
    Ok(sheets as f64 / began.elapsed().as_secs_f64())
}

fn letter(town: &Town, procedure: &Procedure, sheet: usize) -> Job {
    let plain = |text: &Text| ui::words::ruby::plain(&text.ja);
    let given = json!({
        "town": {
            "name": plain(&town.name), "post": town.office.post, "address": plain(&town.office.address),
            "phone": town.office.phone, "hours": plain(&town.office.hours),
        },
        "department": { "name": plain(&town.name), "place": null, "phone": town.office.phone, "mail": null },
        "applicant": { "name": format!("佐藤 花子{sheet}"), "honorific": "様", "post": null, "address": [] },
        "case": { "number": format!("K7P-{sheet}"), "procedure": plain(&procedure.title), "filed_on": day(DAY) },
        "outcome": {}, "reason": [], "instruction": [],
        "paper": { "number": "", "date": day(DAY) },
    });
    let given = if let Value::Object(given) = given { given } else { Map::new() };
    Job { template: TEMPLATE.to_owned(), given, date: DAY, ident: format!("bench-{sheet}") }
}

fn micros(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX)
}
