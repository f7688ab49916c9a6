//! The pictures of docs/authors/kinds.md: each kind of question in each channel, small enough for a book. `cd e2e && npm run kinds` takes them.

use std::path::Path;

use definitions::keys::KINDS;

const CHANNELS: [&str; 3] = ["phone", "counter", "paper"];
const BYTES_MAX: usize = 40 << 10;
const ALL_BYTES_MAX: usize = 3 << 20;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn each_kind_has_its_picture_in_each_channel() {
    let authors = root().join("docs/authors");
    let page = std::fs::read_to_string(authors.join("kinds.md")).unwrap();
    let town = std::fs::read_to_string(root().join("e2e/field-kinds/kinds/procedures/every_kind.yaml")).unwrap();
    let mut all = 0;
    for (kind, _) in KINDS {
        assert!(page.contains(&format!("## `{kind}`")), "docs/authors/kinds.md tells of {kind}");
        assert!(town.contains(&format!("q_{kind}: {{ kind: {kind},")), "the town of the pictures asks {kind}");
        for channel in CHANNELS {
            let name = format!("kinds/{kind}-{channel}.png");
            assert!(page.contains(&format!("({name})")), "docs/authors/kinds.md shows {name}");
            let bytes = std::fs::read(authors.join(&name)).unwrap_or_else(|_| panic!("{name} is missing: cd e2e && npm run kinds"));
            assert!(bytes.starts_with(b"\x89PNG"), "{name}");
            assert!(bytes.len() <= BYTES_MAX, "{name} has {} bytes", bytes.len());
            all += bytes.len();
        }
    }
    assert!(all <= ALL_BYTES_MAX, "all together have {all} bytes");
    let there = std::fs::read_dir(authors.join("kinds")).unwrap().count();
    assert_eq!(there, KINDS.len() * CHANNELS.len(), "and no picture of a kind that is no more");
}
