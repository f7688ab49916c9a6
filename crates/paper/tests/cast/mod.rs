//! What the tests of this room share.

#![allow(dead_code)]

use std::{
    path::{Path, PathBuf},
    sync::LazyLock,
};

use definitions::{facts::NoFacts, form::fill, procedure::Procedure, town::Town, typed::Typed};
use jiff::civil::{Date, date};
use paper::Prefill;

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns/mihon")
}

/// Read once for all tests of a file: it is large.
pub fn mihon() -> &'static Town {
    static TOWN: LazyLock<Town> = LazyLock::new(|| Town::load(&folder()).unwrap_or_else(|problems| panic!("{problems:?}")));
    &TOWN
}

pub fn today() -> Date {
    date(2026, 12, 1)
}

/// A sheet filled in by somebody of whom nothing is known.
pub fn prefill(procedure: &Procedure, typed: &[(&str, &str)], code: Option<&str>) -> Prefill {
    let typed = Typed::from_pairs(typed.iter().copied()).unwrap();
    Prefill::of(procedure, &fill(procedure, &typed, &NoFacts, today()), code.map(str::to_owned))
}
