//! Lists the texts of a town that have no fresh translation: `cargo run -p definitions --example untranslated -- towns/mihon en`.
use definitions::{check::untranslated, sources::Sources, text::Language};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, language] = arguments.as_slice() else { return };
    let Some(language) = Language::from_code(language) else { return };
    match Sources::read(std::path::Path::new(folder)) {
        Ok(sources) => untranslated(&sources, language).iter().for_each(|text| {
            // A JSON string is a quoted YAML string.
            let of = serde_json::to_string(&text.ja).unwrap_or_default();
            println!("{}: {{ of: {of}, say: \"\" }}", text.path);
        }),
        Err(problems) => problems.iter().for_each(|problem| println!("{problem}")),
    }
}
