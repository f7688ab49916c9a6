//! 見本市 as far as a page shows it, read from a folder as every town is.

use std::fs;

use definitions::town::Town;

const TOWN: &str = r#"town: mihon
name: 見本市
kana: みほんし
code: "990019"
look: { key_colour: COLOUR }
office: { post: 000-0000, address: 見本県見本市中央1-1, phone: 0000-00-0000, hours: 平日 8:30〜17:15 }
languages: { ja: complete, easy: partial, en: partial }
"#;

/// The town with a key colour; `KEY_COLOUR=purple` looks at the pages in another one.
pub fn town() -> Town {
    let colour = std::env::var("KEY_COLOUR").unwrap_or("green".into());
    let folder = tempfile::tempdir().unwrap();
    let mihon = folder.path().join("mihon");
    fs::create_dir(&mihon).unwrap();
    fs::write(mihon.join("town.yaml"), TOWN.replace("COLOUR", &colour)).unwrap();
    Town::load(&mihon).unwrap_or_else(|problems| panic!("{problems:#?}"))
}
