//! What can be typed of programs and their tokens.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::Place;

/// `yakuba program`.
#[derive(Args, Clone)]
pub struct Program {
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// The town's folder
    #[arg(long)]
    pub town: PathBuf,
    /// What to do
    #[command(subcommand)]
    pub what: ProgramCommand,
}

/// What can be done with programs.
#[derive(Subcommand, Clone)]
pub enum ProgramCommand {
    /// Issues a token and prints it, once
    Issue {
        /// What staff will call it
        #[arg(long)]
        name: String,
        /// The id of the department that answers for it
        #[arg(long)]
        department: String,
        /// What it may do; several times: drafts:write, cases:file, cases:read-own, correspondence:write, cases:decided-read, results:write
        #[arg(long = "scope", required = true)]
        scopes: Vec<String>,
        /// The id of a procedure to which it is bound; several times; none: all, where its scopes are those of residents' side
        #[arg(long = "procedure")]
        procedures: Vec<String>,
        /// Its last day; a year from now unless said otherwise
        #[arg(long)]
        until: Option<Date>,
    },
    /// Lists all programs
    List,
    /// Revokes one: its token opens nothing any more
    Revoke {
        /// Its id, as `list` prints it
        id: String,
    },
}
