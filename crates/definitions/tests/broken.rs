//! Mistakes that authors make, each with what they are told: file, line, column, what is wrong and how to mend it, word for word.
//!
//! `broken/*.yaml` holds the cases, by topic. A case makes the small town of `language_world` wrong in one place and names every problem that
//! `check` then finds; a case with `warns:` names what should be looked at as well.
//!
//! ```yaml
//! a_misspelt_key:
//!   in: procedures/dog.yaml          # the file that is changed; without it, only `files:`
//!   from: "summary:"                 # once in the file …
//!   to: "summry:"                    # … replaced by this
//!   files: { more.yaml: "…" }        # files that are added
//!   says: ["small/procedures/dog.yaml:3:1: … ; …"]
//! ```
//!
//! `SAY=1 cargo test -p definitions --test broken -- --nocapture` prints what each case finds: to be read before it is written down.

mod language_world;

use std::{collections::BTreeSet, fs, path::Path};

use definitions::{
    check::{Report, check_sources},
    read::{Node, read},
    sources::Sources,
};
use language_world::{OFFICE, PROCEDURE, TOWN, lines};

struct Case {
    topic: String,
    name: String,
    sources: Sources,
    says: Vec<String>,
    warns: Option<Vec<String>>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut files: Vec<_> = fs::read_dir(folder).expect("the cases").flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let topic = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let (documents, problems) = read(&topic, &fs::read(&file).expect("read"));
        assert!(problems.is_empty(), "{topic}: {:#?}", lines(&problems));
        for (name, entry) in documents[0].map().expect("cases by name") {
            found.push(case(&topic, name, &entry.node));
        }
    }
    found
}

fn case(topic: &str, name: &str, node: &Node) -> Case {
    let text = |key: &str| node.get(key).and_then(Node::text);
    let listed = |key: &str| node.get(key).and_then(Node::list).map(|list| list.iter().filter_map(Node::text).map(str::to_owned).collect());
    let mut sources = language_world::sources(&[]);
    let mut put = |path: &str, bytes: Vec<u8>| {
        // `../nation/town.yaml` lies in the folder beside the town's.
        let (folder, path) = path.strip_prefix("../").and_then(|path| path.split_once('/')).unwrap_or(("small", path));
        sources.folders.entry(folder.to_owned()).or_default().insert(path.to_owned(), bytes);
    };
    if let Some(path) = text("in") {
        let before = match path {
            "town.yaml" => TOWN,
            "office.yaml" => OFFICE,
            _ => PROCEDURE,
        };
        let (from, to) = (text("from").expect("from:"), text("to").unwrap_or_default());
        assert_eq!(before.matches(from).count(), 1, "{topic}/{name}: `{from}` stands once in {path}");
        put(path, before.replacen(from, to, 1).into_bytes());
    }
    for (path, entry) in node.get("files").and_then(Node::map).into_iter().flatten() {
        let text = entry.node.text().unwrap_or_default();
        // What no text can hold: a file in another encoding, and a character that nobody sees.
        put(path, if text == "SHIFT_JIS" { b"procedure: x\ntitle: \x8c\xa2\n".to_vec() } else { text.replace("\\0", "\0").into_bytes() });
    }
    let says = listed("says").unwrap_or_default();
    Case { topic: topic.to_owned(), name: name.to_owned(), sources, says, warns: listed("warns") }
}

#[test]
fn each_mistake_is_told_with_its_place_and_its_remedy() {
    let print = std::env::var_os("SAY").is_some();
    let mut wrong = Vec::new();
    for Case { topic, name, sources, says, warns } in cases() {
        let Report { problems, warnings, .. } = check_sources(&sources);
        let (problems, warnings) = (lines(&problems), lines(&warnings));
        if print {
            println!("{topic}/{name}");
            problems.iter().for_each(|line| println!("  says  {line}"));
            warnings.iter().for_each(|line| println!("  warns {line}"));
        }
        if problems != says {
            wrong.push(format!("{topic}/{name}: says {problems:#?}, should say {says:#?}"));
        }
        if warns.as_ref().is_some_and(|warns| *warns != warnings) {
            wrong.push(format!("{topic}/{name}: warns {warnings:#?}, should warn {warns:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_sixty_mistakes_and_no_two_are_the_same() {
    let cases = cases();
    assert!(cases.len() >= 60, "{}", cases.len());
    let mut messages = BTreeSet::new();
    for case in &cases {
        assert!(
            !case.says.is_empty() || case.warns.as_ref().is_some_and(|warns| !warns.is_empty()),
            "{}/{} says nothing",
            case.topic,
            case.name
        );
        for line in case.says.iter().chain(case.warns.iter().flatten()) {
            let (place, rest) = line.split_once(": ").unwrap_or_default();
            let numbers: Vec<&str> = place.rsplitn(3, ':').collect();
            assert!(numbers.len() == 3 && numbers[..2].iter().all(|number| number.parse::<u32>().is_ok()), "a place: {line}");
            assert!(rest.split_once("; ").is_some_and(|(what, hint)| !what.is_empty() && hint.chars().count() >= 4), "a remedy: {line}");
        }
        let all: Vec<String> = case.says.iter().chain(case.warns.iter().flatten()).cloned().collect();
        assert!(messages.insert(all.clone()), "{}/{} says what another says: {all:#?}", case.topic, case.name);
    }
}
