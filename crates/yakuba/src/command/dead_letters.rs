//! What can be typed of what failed for good.

use std::path::PathBuf;

use clap::Args;

use super::{Face, Place};

/// `yakuba dead-letters`.
#[derive(Args, Clone)]
pub struct DeadLetters {
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// One side alone
    #[arg(long, value_enum, default_value = "both")]
    pub face: Face,
    /// Sends this one on, by its name as it is listed; several times
    #[arg(long, requires = "town")]
    pub again: Vec<String>,
    /// The town's folder: parcels are taken in by its definitions
    #[arg(long)]
    pub town: Option<PathBuf>,
}
