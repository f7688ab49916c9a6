//! `yakuba check FOLDER`: every mistake at once, a line each; exit code 1 when there is one.

use std::{path::Path, process::ExitCode};

/// Checks a town's folder.
pub fn run(folder: &Path) -> ExitCode {
    let report = definitions::check::check(folder);
    for problem in &report.problems {
        println!("{problem}");
    }
    for warning in &report.warnings {
        eprintln!("warning: {warning}");
    }
    eprintln!("{} mistakes, {} warnings", report.problems.len(), report.warnings.len());
    if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
