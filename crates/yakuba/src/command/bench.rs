//! What can be measured.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `yakuba bench`.
#[derive(Args, Clone)]
pub struct Bench {
    /// What to measure
    #[command(subcommand)]
    pub what: BenchCommand,
}

/// The hot paths.
#[derive(Subcommand, Clone)]
pub enum BenchCommand {
    /// The last tap of a filing, over TCP, beside the limit of the engine
    File {
        /// PostgreSQL instead of SQLite; `private` for a server of the bench's own
        #[arg(long)]
        database: Option<String>,
        /// Filings
        #[arg(long, default_value_t = 4_000)]
        filings: usize,
        /// Clients at once
        #[arg(long, default_value_t = 64)]
        clients: usize,
    },
    /// The first page of the inbox with more and more cases
    Inbox {
        /// PostgreSQL instead of SQLite
        #[arg(long)]
        database: Option<String>,
        /// The largest number of cases
        #[arg(long, default_value_t = 1_000_000)]
        cases: usize,
    },
    /// The allocation of a round (一斉受付)
    Round {
        /// Children
        #[arg(long, default_value_t = 10_000)]
        children: usize,
        /// Facilities, each with six ages
        #[arg(long, default_value_t = 500)]
        facilities: usize,
    },
    /// Decided cases out to a system behind and a list in from one: lines a second, and memory
    Exchange {
        /// PostgreSQL instead of SQLite
        #[arg(long)]
        database: Option<String>,
        /// Cases out, and lines in
        #[arg(long, default_value_t = 1_000_000)]
        rows: usize,
    },
    /// Pages of residents: a question, the check, where a case stands
    Page {
        /// PostgreSQL instead of SQLite
        #[arg(long)]
        database: Option<String>,
    },
    /// A page of figures with more and more cases counted
    Figures {
        /// The town's folder; `towns/mihon` unless said otherwise
        #[arg(long)]
        town: Option<PathBuf>,
        /// The largest number of cases
        #[arg(long, default_value_t = 1_000_000)]
        cases: usize,
    },
    /// How soon the procedures are found that somebody means
    Find {
        /// The town's folder
        #[arg(long, default_value = "towns/mihon")]
        town: PathBuf,
    },
    /// How soon a town is loaded beside others over the same folders, and what many of them need in one process
    Towns {
        /// The town of which copies are made
        #[arg(long, default_value = "towns/mihon")]
        town: PathBuf,
        /// How many
        #[arg(long, default_value_t = 100)]
        count: usize,
    },
    /// How soon `serve` is open, and what it needs when nobody comes
    Start {
        /// The town's folder; a small one of the bench's own unless said otherwise
        #[arg(long)]
        town: Option<PathBuf>,
    },
    /// How long a whole catalogue takes to be loaded, and to be checked with every example walked and every condition bent
    Check {
        /// The town's folder; a synthetic one unless said otherwise
        #[arg(long)]
        town: Option<PathBuf>,
        /// Procedures of the synthetic one
        #[arg(long, default_value_t = 150)]
        procedures: usize,
    },
    /// A4 forms and letters through the press, one after the other and on all processors
    Paper {
        /// The town's folder
        #[arg(long)]
        town: PathBuf,
        /// The procedure whose form is set
        #[arg(long, default_value = "afterschool_join")]
        procedure: String,
        /// How many of each
        #[arg(long, default_value_t = 200)]
        sheets: usize,
    },
    /// The clients of the other benches, in a process of their own
    #[command(hide = true)]
    Clients {
        /// Clients at once
        #[arg(long)]
        clients: usize,
    },
}
