//! What can be typed of files to and from systems behind, and packages of other portals.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::Place;

/// `yakuba export`.
#[derive(Args, Clone)]
pub struct Exported {
    /// The mapping's id: `mappings/ID.yaml`
    pub mapping: String,
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// The town's folder
    #[arg(long)]
    pub town: PathBuf,
    /// The file to write
    #[arg(short, long)]
    pub out: PathBuf,
    /// Passes over what was decided before this day, `2026-11-24`
    #[arg(long)]
    pub since: Option<Date>,
    /// Instead of a new batch: writes the file of this one again
    #[arg(long)]
    pub again: Option<i64>,
    /// In whose name, by their login id, with their grants; else in the name of the terminal
    #[arg(long = "as")]
    pub login: Option<String>,
}

/// `yakuba import`.
#[derive(Args, Clone)]
pub struct Imported {
    /// The mapping's id: `mappings/ID.yaml`
    pub mapping: String,
    /// The file
    pub file: PathBuf,
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// The town's folder
    #[arg(long)]
    pub town: PathBuf,
    /// Only tells what would change
    #[arg(long)]
    pub dry_run: bool,
    /// In whose name, by their login id, with their grants. Results of cases need it; a list may come in the name of the terminal
    #[arg(long = "as")]
    pub login: Option<String>,
}

/// `yakuba intake`.
#[derive(Args, Clone)]
pub struct Intake {
    /// The mapping's id: `mappings/ID.yaml` with `direction: intake`
    pub source: String,
    /// The folder of the packages: a table with files beside it, or archives
    pub folder: PathBuf,
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// The town's folder
    #[arg(long)]
    pub town: PathBuf,
}
