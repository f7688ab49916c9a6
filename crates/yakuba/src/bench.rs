//! `yakuba bench`: hot paths, measured beside the limit of the engine in the same run. JSON on standard output, progress on standard error.
//!
//! What is measured is the program that towns run: the routes, stores, hatch and jobs of `serve`, asked over TCP by another process
//! ([`clients`]). No route and no setting exists for benches alone.

mod bulk;
mod check;
mod clients;
mod exchange;
mod facts;
mod figures;
mod file;
mod find;
mod inbox;
mod open;
mod page;
mod paper;
mod people;
mod postgres;
mod round;
mod start;
mod towns;

use std::future::Future;

use serde_json::{Value, json};

use crate::{
    Failure,
    command::{Bench, BenchCommand},
};

/// Runs one.
///
/// # Errors
/// When it cannot be set up, or an answer is not the one that a resident or clerk would get.
pub fn run(asked: &Bench) -> Result<(), Failure> {
    let figures = match &asked.what {
        BenchCommand::File { database, filings, clients } => file::run(database.as_deref(), *filings, *clients)?,
        BenchCommand::Inbox { database, cases } => inbox::run(database.as_deref(), *cases)?,
        BenchCommand::Exchange { database, rows } => exchange::run(database.as_deref(), *rows)?,
        BenchCommand::Page { database } => page::run(database.as_deref())?,
        BenchCommand::Check { town, procedures } => check::run(town.as_deref(), *procedures)?,
        BenchCommand::Figures { town, cases } => figures::run(town.as_deref(), *cases)?,
        BenchCommand::Paper { town, procedure, sheets } => paper::run(town, procedure, *sheets)?,
        BenchCommand::Round { children, facilities } => round::run(*children, *facilities)?,
        BenchCommand::Start { town } => start::run(town.as_deref())?,
        BenchCommand::Find { town } => find::run(town)?,
        BenchCommand::Towns { town, count } => towns::run(town, *count)?,
        BenchCommand::Clients { clients } => return clients::run(*clients),
    };
    println!("{}", serde_json::to_string_pretty(&figures)?);
    Ok(())
}

/// The answer of a future, from a thread that is no worker of a runtime.
fn wait<T>(runtime: &tokio::runtime::Runtime, future: impl Future<Output = T>) -> T {
    runtime.block_on(future)
}

/// The value below which `share` of all lie (nearest rank); of nothing, nothing.
fn percentile(sorted: &[u64], share: f64) -> u64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or(0)
}

/// Microseconds as milliseconds with two digits.
fn millis(micros: u64) -> f64 {
    (micros as f64 / 10.0).round() / 100.0
}

/// p50 and p99 of some times.
fn spread(mut micros: Vec<u64>) -> Value {
    micros.sort_unstable();
    json!({ "p50_ms": millis(percentile(&micros, 0.5)), "p99_ms": millis(percentile(&micros, 0.99)), "times": micros.len() })
}

/// Two digits are as many as a machine repeats.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!([0.0, 0.5, 0.99, 1.0].map(|share| percentile(&hundred, share)), [1, 50, 99, 100]);
        assert_eq!(percentile(&[7], 0.99), 7);
        assert_eq!(percentile(&[], 0.5), 0);
    }
}
