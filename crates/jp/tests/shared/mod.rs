//! The published data beside the project. It may be absent from a checkout: then a test says so and compares nothing.

use std::path::PathBuf;

/// A file of the data, or none with a loud line.
pub fn read(path: &str) -> Option<String> {
    let file = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(path);
    let text = std::fs::read_to_string(&file).ok();
    if text.is_none() {
        eprintln!("ABSENT: {} — nothing was compared", file.display());
    }
    text.map(|text| text.trim_start_matches('\u{feff}').to_string())
}

/// Fields of a CSV line, quotes honoured.
#[allow(dead_code, reason = "not every test file reads CSV")]
pub fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}
