//! `yakuba bench find`: how soon the procedures are found that somebody means, over a town's whole catalogue.

use std::{path::Path, time::Instant};

use cases::catalogue::Finder;
use definitions::town::Town;
use serde_json::{Value, json};

use super::{facts, rounded};
use crate::Failure;

/// Each question is asked so often.
const ROUNDS: usize = 5;

/// Measures: each title, each everyday word of each procedure, and each of them with a letter left out, as people type it.
///
/// # Errors
/// When the folder has mistakes.
pub fn run(town: &Path) -> Result<Value, Failure> {
    let town = Town::load(town).map_err(|problems| problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())?;
    let began = Instant::now();
    let finder = Finder::of(&town);
    let made_ms = began.elapsed().as_secs_f64() * 1000.0;
    let said = town.procedures.values().flat_map(|procedure| procedure.words.iter().chain([&procedure.title.ja]));
    let mut questions: Vec<String> = said.cloned().collect();
    let misspelt: Vec<String> =
        questions.iter().map(|question| without_its_second(question)).filter(|question| question.len() > 3).collect();
    questions.extend(misspelt);
    let (mut micros, mut found) = (Vec::with_capacity(questions.len() * ROUNDS), 0);
    for question in questions.iter().cycle().take(questions.len() * ROUNDS) {
        let began = Instant::now();
        let procedures = finder.search(question);
        micros.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        found += usize::from(!procedures.is_empty());
    }
    micros.sort_unstable();
    let at = |share: f64| micros.get((micros.len() as f64 * share) as usize).map(|micros| rounded(*micros as f64 / 1000.0));
    Ok(json!({
        "bench": "find",
        "procedures": town.procedures.len(),
        "questions": questions.len(),
        "found_share": rounded(found as f64 / micros.len().max(1) as f64),
        "index_ms": rounded(made_ms),
        "search_ms": { "p50": at(0.5), "p99": at(0.99), "max": at(0.999_999) },
        "machine": facts::machine(),
    }))
}

fn without_its_second(word: &str) -> String {
    word.chars().enumerate().filter(|(at, _)| *at != 1).map(|(_, character)| character).collect()
}
