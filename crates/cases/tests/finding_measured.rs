//! 手続をさがす, measured: how often what people mean stands first (top-1), and how far down it stands (MRR, the mean of 1 / its place).
//!
//! `finding/catalogue.tsv` is a catalogue of 307 procedures as it once was (id, title, words, summary), frozen so that figures of different days
//! can be compared; `finding/asked.tsv` are questions as people ask them, with the procedure that is meant. Below them stand two public tasks that
//! may be absent from a checkout: ごみの品目 asked in other letters, and the text of the law by a procedure's name.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use cases::catalogue::Finder;
use definitions::{ids::ProcedureId, procedure::Procedure, text::Text, town::Town, words::Translations};
use indexmap::IndexMap;

/// A town with these procedures: title, words, summary by id.
fn town(entries: impl Iterator<Item = (String, String, Vec<String>, String)>) -> Town {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns/mihon");
    let mut town = Town::load(&folder).unwrap_or_else(|problems| panic!("{problems:?}"));
    let model = Procedure::clone(town.procedures.get("afterschool_change").expect("a procedure"));
    let procedures = entries.map(|(id, title, words, summary)| {
        let id: ProcedureId = id.parse().expect("an id");
        let text = |key: &str, ja: String| Text::new(format!("measured.{id}.{key}"), ja);
        let procedure = Procedure {
            title: text("title", title),
            summary: text("summary", summary),
            words,
            life_events: Vec::new(),
            id: id.clone(),
            ..model.clone()
        };
        (id, Arc::new(procedure))
    });
    town.procedures = procedures.collect::<IndexMap<_, _>>();
    // What is frozen is Japanese; what the town's folder has learnt to say since in other languages is no part of it.
    town.translations = Translations::default();
    town.departments.clear();
    town
}

struct Measured {
    top_1: f64,
    mrr: f64,
}

fn measure(task: &str, town: &Town, asked: &[(String, String)]) -> Measured {
    let finder = Finder::of(town);
    let (mut first, mut reciprocal) = (0.0, 0.0);
    for (typed, meant) in asked {
        let found = finder.search(typed);
        let place = found.iter().position(|procedure| procedure.id.as_str() == meant);
        first += f64::from(u8::from(place == Some(0)));
        reciprocal += place.map_or(0.0, |place| 1.0 / (place as f64 + 1.0));
        if place != Some(0) {
            let before: Vec<&str> = found.iter().take(3).map(|procedure| procedure.id.as_str()).collect();
            println!("  {typed}: {meant} at {:?} behind {before:?}", place.map(|place| place + 1));
        }
    }
    let count = asked.len() as f64;
    let measured = Measured { top_1: first / count, mrr: reciprocal / count };
    println!(
        "{task}: {} questions, {} procedures: top-1 {:.3}, MRR {:.3}",
        asked.len(),
        town.procedures.len(),
        measured.top_1,
        measured.mrr
    );
    measured
}

fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().map(|line| line.split('\t').collect())
}

#[test]
fn what_people_mean_stands_first_or_near_it() {
    let catalogue = lines(include_str!("finding/catalogue.tsv")).map(|columns| {
        let words = columns[2].split('、').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        (columns[0].to_owned(), columns[1].to_owned(), words, columns[3].to_owned())
    });
    let asked: Vec<(String, String)> =
        lines(include_str!("finding/asked.tsv")).map(|columns| (columns[0].to_owned(), columns[1].to_owned())).collect();
    let town = town(catalogue);
    assert!(
        asked.iter().all(|(_, meant)| town.procedures.contains_key(meant.as_str())),
        "each question means a procedure of the catalogue"
    );
    let measured = measure("asked in people's words", &town, &asked);
    // Before rare pairs counted: 0.825 and 0.862.
    assert!(measured.top_1 >= 0.86 && measured.mrr >= 0.91, "top-1 {:.3}, MRR {:.3}", measured.top_1, measured.mrr);
}

/// A file of the public data beside the checkout, or beside the folder that holds it.
fn public(path: &str) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().ok()?;
    let file: Option<PathBuf> = root.ancestors().skip(1).map(|above| above.join("shared/data").join(path)).find(|file| file.is_file());
    if file.is_none() {
        eprintln!("ABSENT: shared/data/{path} beside the checkout — nothing was measured");
    }
    std::fs::read_to_string(file?).ok()
}

#[test]
fn an_item_of_waste_is_found_however_it_is_written() {
    let Some(text) = public("faq/takamatsu_garbage_items.json") else { return };
    let items: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    let of = |item: &serde_json::Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let town = town(items.iter().map(|item| (format!("w{}", of(item, "no")), of(item, "item"), Vec::new(), of(item, "note"))));
    // Half of the items, alternately: as a question in half-width katakana, and without what stands in brackets.
    let asked: Vec<(String, String)> = items
        .iter()
        .enumerate()
        .step_by(2)
        .map(|(at, item)| {
            let name = of(item, "item");
            let bare = name.split('（').next().unwrap_or_default().to_owned();
            let typed = if at % 4 == 0 { format!("{}は何ごみ", jp::kana::to_half_width(&jp::kana::to_katakana(&name))) } else { bare };
            (typed, format!("w{}", of(item, "no")))
        })
        .collect();
    measure("items of waste", &town, &asked);
}

#[test]
fn the_text_of_the_law_is_found_by_the_name_of_its_procedure() {
    let Some(text) = public("procedures/procedures_with_statute_text.json") else { return };
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    let rows: Vec<&serde_json::Value> = rows.iter().step_by(5).collect();
    let id = |row: &serde_json::Value| format!("s{}", row["手続ID"].as_str().unwrap_or_default().to_lowercase());
    let law = |row: &serde_json::Value| row["条文"].as_array().into_iter().flatten().filter_map(|line| line.as_str()).collect::<String>();
    let town = town(rows.iter().map(|row| (id(row), String::new(), Vec::new(), law(row).chars().take(1_000).collect())));
    let asked: Vec<(String, String)> =
        rows.iter().step_by(2).map(|row| (row["手続名"].as_str().unwrap_or_default().to_owned(), id(row))).collect();
    measure("the text of the law", &town, &asked);
}
