//! `yakuba bench`: hot paths, measured beside the limit of the engine in the same run.

use crate::{Failure, command::Bench};

/// Runs one.
///
/// # Errors
/// When it cannot be set up.
pub fn run(_: &Bench) -> Result<(), Failure> {
    Err("no bench yet".into())
}
