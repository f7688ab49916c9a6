//! How files are read: every scalar is text that knows where it stands; what readers of YAML disagree on is refused.

use definitions::{
    problem::Problem,
    read::{Node, Value, read},
    sources::Sources,
    town::Town,
};
use proptest::prelude::*;

fn one(text: &str) -> Node {
    let (mut documents, problems) = read("town.yaml", text.as_bytes());
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

fn shown(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

fn problems(bytes: &[u8]) -> Vec<String> {
    shown(&read("town.yaml", bytes).1)
}

#[test]
fn scalars_stay_what_was_written() {
    let node = one("code: 012\nnorway: no\nday: 2026-11-24\ntime: 12:30:45\nnumber: 1_000\nquoted: \"012\"\n");
    let texts: Vec<&str> = node.map().unwrap().values().filter_map(|entry| entry.node.text()).collect();
    assert_eq!(texts, ["012", "no", "2026-11-24", "12:30:45", "1_000", "012"]);
}

#[test]
fn nothing_and_a_tilde_remove_but_a_quoted_tilde_is_text() {
    let node = one("a:\nb: ~\nc: \"~\"\nd: ''\n");
    assert_eq!(node.get("a").unwrap().value, Value::Nothing);
    assert_eq!(node.get("b").unwrap().value, Value::Nothing);
    assert_eq!(node.get("c").unwrap().text(), Some("~"));
    assert_eq!(node.get("d").unwrap().text(), Some(""));
}

#[test]
fn a_mistake_inside_a_condition_is_shown_where_it_stands() {
    let node = one("rules:\n  early: { holds: start >= today, quoted: \"日本 && start\" }\n");
    let early = node.get("rules").and_then(|rules| rules.get("early")).unwrap();
    let place = early.get("holds").unwrap().place_at("start >= ".len());
    assert_eq!((place.line, place.column), (2, 28));
    let place = early.get("quoted").unwrap().place_at("日本 && ".len());
    assert_eq!((place.line, place.column), (2, 50), "columns count characters, and the quote is one");
}

#[test]
fn what_readers_disagree_on_is_refused() {
    let refused = |text: &str, what: &str| {
        let found = problems(text.as_bytes());
        assert!(found.iter().any(|problem| problem.contains(what)), "{text:?} gives {found:?}, not {what}");
    };
    refused("a: 1\na: 2\n", "town.yaml:2:1: `a` が二度ある; 片方を消す。もう一つは 1 行目");
    refused("{ a: 1, b: { c: 1, c: 2 } }", "`c` が二度ある");
    refused("a: &x 1\n", "目印（&）は使えない");
    refused("a: &x { b: 1 }\nc: *x\n", "別名（*）は使えない");
    refused("a: !!int 1\n", "型の印（!）は使えない");
    refused("a: !str [1]\n", "型の印（!）は使えない");
    refused("? [a]\n: 1\n", "文でないキー");
    refused("a: [1, 2\nb: 3\n", "YAML として読めない");
    refused("a: \"x\u{7}y\"\n", "制御文字");
}

#[test]
fn shift_jis_is_named_with_its_line() {
    let found = problems(b"name: ok\ntitle: \x8c\xa9\x96\x7b\n");
    assert_eq!(found, ["town.yaml:2:0: UTF-8 ではない; UTF-8 で保存する（Shift_JIS ではなく）"]);
}

#[test]
fn a_file_holds_several_documents_and_a_byte_order_mark_is_no_matter() {
    let (documents, found) = read("a.yaml", "\u{feff}a: 1\n---\nb: 2\n".as_bytes());
    assert!(found.is_empty());
    assert_eq!(documents.len(), 2);
}

#[test]
fn huge_nesting_is_bounded() {
    let deep = format!("a: {}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(problems(deep.as_bytes()).len(), 1);
    let deep: String = (0..3_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(problems(deep.as_bytes()).len(), 1);
}

/// A town of one file, read as far as it goes.
fn load(bytes: &[u8]) -> Result<Town, Vec<Problem>> {
    let mut sources = Sources { town: "x".to_owned(), ..Sources::default() };
    sources.folders.entry("x".to_owned()).or_default().insert("town.yaml".to_owned(), bytes.to_vec());
    Town::from_sources(&sources)
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read("x", &bytes);
        prop_assert!(load(&bytes).is_err());
    }

    #[test]
    fn no_text_that_looks_like_a_definition_makes_loading_panic(lines in proptest::collection::vec(
        "(  ){0,4}(procedure|town|register|message|pages|fields|kind|when|like|after|over|options|do|examples|a|b)?: ?(choice|group|~|\\[|\\{ a: 1 \\}|[a-z]{0,4}|1\\.\\.2|\"x)?", 0..30)) {
        let text = lines.join("\n");
        prop_assert!(load(text.as_bytes()).is_err());
    }
}

#[test]
fn a_folders_mark_changes_whenever_a_file_does_and_not_otherwise() {
    let root = tempfile::tempdir().unwrap();
    let (base, town) = (root.path().join("base"), root.path().join("town"));
    for folder in [&base, &town, &base.join("procedures")] {
        std::fs::create_dir_all(folder).unwrap();
    }
    std::fs::write(base.join("town.yaml"), "town: base\n").unwrap();
    std::fs::write(base.join("procedures/a.yaml"), "procedure: a\n").unwrap();
    std::fs::write(town.join("town.yaml"), "town: town\nover: base\n").unwrap();
    let sources = Sources::read(&town).unwrap();
    let mut marks = vec![sources.mark(&town)];
    assert_eq!(sources.mark(&town), marks[0], "nothing was written");
    std::fs::write(base.join(".a.yaml.swp"), "an editor's").unwrap();
    assert_eq!(sources.mark(&town), marks[0], "hidden files are nobody's");
    let changes: [&dyn Fn(); 5] = [
        &|| std::fs::write(base.join("procedures/a.yaml"), "procedure: abc\n").unwrap(),
        &|| std::fs::write(base.join("procedures/b.yaml"), "procedure: c\n").unwrap(),
        &|| std::fs::remove_file(base.join("procedures/a.yaml")).unwrap(),
        &|| std::fs::write(town.join("postal_codes.csv"), "").unwrap(),
        &|| std::fs::rename(base.join("procedures/b.yaml"), base.join("procedures/d.yaml")).unwrap(),
    ];
    for change in changes {
        change();
        let mark = sources.mark(&town);
        assert!(!marks.contains(&mark));
        marks.push(mark);
    }
}
