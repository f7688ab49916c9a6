//! What can be typed of figures and process logs.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::Place;

/// `yakuba report`.
#[derive(Args, Clone)]
pub struct Report {
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// The town's folder
    #[arg(long)]
    pub town: PathBuf,
    /// The month `2026-11`; a quarter of a fiscal year `2026-q3` or a fiscal year `2026` as well
    #[arg(long)]
    pub month: figures::period::Period,
    /// Of what: `town`, `department:ID`, `procedure:ID`
    #[arg(long, default_value = "town")]
    pub of: String,
    /// The file to write
    #[arg(short, long)]
    pub out: PathBuf,
}

/// `yakuba log`.
#[derive(Args, Clone)]
pub struct Log {
    /// What to do
    #[command(subcommand)]
    pub what: LogCommand,
}

/// What can be done with process logs.
#[derive(Subcommand, Clone)]
pub enum LogCommand {
    /// Says how many cases a log has, which ways they took, and how many days lie between activities
    Analyse {
        /// The log: .csv or .xes
        file: PathBuf,
        /// JSON instead of tables
        #[arg(long)]
        json: bool,
        /// How many variants are told
        #[arg(long, default_value_t = 10)]
        variants: usize,
        /// How its columns are called
        #[command(flatten)]
        columns: LogColumns,
    },
    /// Turns a log from one form into the other
    Convert {
        /// The log: .csv or .xes
        from: PathBuf,
        /// The file to write: .csv or .xes
        to: PathBuf,
        /// How its columns are called
        #[command(flatten)]
        columns: LogColumns,
    },
    /// Writes the town's cases as a log that names nobody
    Export(LogExport),
}

/// How the columns of a CSV are called, where they are not called as usual.
#[derive(Args, Clone)]
pub struct LogColumns {
    /// The column of the case; `case_id` unless said otherwise
    #[arg(long)]
    pub case: Option<String>,
    /// The column of the activity; `activity`
    #[arg(long)]
    pub activity: Option<String>,
    /// The column of the day or moment; `timestamp`
    #[arg(long)]
    pub time: Option<String>,
    /// The column of who did it; `resource`
    #[arg(long)]
    pub resource: Option<String>,
    /// The column that orders events of one moment; `order` or `.order`
    #[arg(long)]
    pub order: Option<String>,
}

/// `yakuba log export`.
#[derive(Args, Clone)]
pub struct LogExport {
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// The file to write: .csv or .xes
    #[arg(short, long)]
    pub out: PathBuf,
    /// Only cases of this procedure
    #[arg(long)]
    pub procedure: Option<String>,
    /// Only cases that arrived on this day or later
    #[arg(long)]
    pub from: Option<Date>,
    /// Only cases that arrived on this day or earlier
    #[arg(long)]
    pub until: Option<Date>,
}
