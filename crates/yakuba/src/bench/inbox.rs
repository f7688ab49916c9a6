//! `yakuba bench inbox`.
use crate::Failure;
use serde_json::Value;
/// Measures.
pub fn run(_: Option<&str>, _: usize) -> Result<Value, Failure> {
    Err("no bench yet".into())
}
