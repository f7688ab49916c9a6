//! The house stands as it is drawn: rooms in one order, one version of everything, no word unfinished.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use definitions::{check, text::Language, town::Town};
use store::Migration;

/// The rooms, each using only those before it.
const ROOMS: [&str; 18] = [
    "jp",
    "definitions",
    "outbound",
    "store",
    "ui",
    "access",
    "registry",
    "letters",
    "paper",
    "messages",
    "cases",
    "rounds",
    "exchange",
    "figures",
    "api",
    "revisions",
    "web",
    "yakuba",
];

/// Towns whose folders must be without a mistake.
const TOWNS: [&str; 4] = ["towns/mihon", "towns/ookina", "towns/chiisana", "crates/yakuba/bench-town/bench"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path.as_ref())).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// Every file below `folder` that git would keep.
fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).flatten() {
            let name = entry.file_name();
            let is_ours = !matches!(name.to_str(), Some("target" | "node_modules" | ".git" | "demo-data"));
            if entry.path().is_dir() && is_ours {
                folders.push(entry.path());
            } else if entry.path().is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

fn rust_files() -> Vec<PathBuf> {
    files("crates").into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs")).collect()
}

/// The text that we write ourselves: Rust, pages, words, definitions, documents. Fonts, generated files and locks are not ours.
fn written_by_us() -> Vec<(PathBuf, String)> {
    let kinds = ["rs", "toml", "md", "yaml", "ftl", "css", "js", "mjs", "sql", "typ", "sh"];
    let folders = ["crates", "towns", "docs", "scripts", "e2e"].into_iter().filter(|folder| root().join(folder).is_dir());
    let tops =
        ["ARCHITECTURE.md", "README.md", "Makefile", "Cargo.toml"].into_iter().map(|name| root().join(name)).filter(|path| path.is_file());
    let ours = |path: &PathBuf| {
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        kinds.contains(&kind) && !name.ends_with("lock.yaml") && !name.ends_with(".min.js")
    };
    folders.flat_map(files).filter(ours).chain(tops).filter_map(|path| Some((path.clone(), fs::read_to_string(path).ok()?))).collect()
}

/// The rooms that a crate's `[dependencies]` name; tests may look back.
fn used_by(room: &str) -> BTreeSet<&'static str> {
    let manifest = read(format!("crates/{room}/Cargo.toml"));
    let dependencies = manifest.split_once("\n[dependencies]\n").map_or("", |(_, rest)| rest);
    let dependencies = dependencies.split_once("\n[").map_or(dependencies, |(section, _)| section);
    let named = dependencies.lines().filter_map(|line| line.split(['.', ' ', '=']).next());
    named.filter_map(|name| ROOMS.into_iter().find(|room| *room == name)).collect()
}

#[test]
fn a_room_uses_only_rooms_before_it() {
    let there: BTreeSet<String> =
        fs::read_dir(root().join("crates")).unwrap().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(there, ROOMS.into_iter().map(str::to_owned).collect(), "each crate is one of the rooms");
    for (at, room) in ROOMS.into_iter().enumerate() {
        for used in used_by(room) {
            let place = ROOMS.iter().position(|other| *other == used).unwrap();
            assert!(place < at, "{room} uses {used}, which comes after it");
        }
    }
}

#[test]
fn the_arrows_are_those_of_the_drawing() {
    let drawing = read("ARCHITECTURE.md");
    let drawing =
        drawing.split_once("```mermaid\nflowchart").and_then(|(_, rest)| rest.split_once("```")).expect("a drawing of the rooms").0;
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in drawing.lines().filter(|line| line.contains("-->")) {
        let ends: Vec<&str> = line.split("-->").map(str::trim).collect();
        for pair in ends.windows(2) {
            arrows.entry(pair[1]).or_default().insert(pair[0]);
        }
    }
    // What a drawn room reaches along the arrows, backwards, is what it may use.
    let mut reached: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for room in ROOMS {
        let mut all = BTreeSet::new();
        for before in arrows.get(room).into_iter().flatten() {
            all.insert(*before);
            all.extend(reached.get(before).into_iter().flatten().copied());
        }
        reached.insert(room, all);
    }
    for room in ROOMS {
        assert!(drawing.contains(&format!("{room}[")), "{room} is not drawn");
        let undrawn: Vec<&str> = used_by(room).into_iter().filter(|used| !reached[room].contains(used)).collect();
        assert_eq!(undrawn, Vec::<&str>::new(), "{room} uses rooms that no arrow of ARCHITECTURE.md leads to");
    }
}

#[test]
fn no_file_is_a_drawer_for_everything() {
    let drawers = ["utils", "util", "helpers", "helper", "common", "misc", "manager", "shared_code"];
    let found: Vec<PathBuf> = rust_files()
        .into_iter()
        .filter(|path| {
            path.components().any(|part| part.as_os_str().to_str().is_some_and(|part| drawers.contains(&part.trim_end_matches(".rs"))))
        })
        .collect();
    assert_eq!(found, Vec::<PathBuf>::new(), "name it after what it holds");
}

#[test]
fn a_source_file_fits_into_a_head() {
    let long: Vec<String> = rust_files()
        .into_iter()
        .filter(|path| path.components().any(|part| part.as_os_str() == "src"))
        .map(|path| (fs::read_to_string(&path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines > 500)
        .map(|(lines, path)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert_eq!(long, Vec::<String>::new(), "at most 500 lines");
}

#[test]
fn nothing_is_left_unfinished() {
    // Put together here, so that this file does not find itself.
    let words = [["TO", "DO"], ["FIX", "ME"], ["XX", "X:"], ["HA", "CK:"], ["todo", "!("], ["unimpl", "emented!("], ["db", "g!("]]
        .map(|parts| parts.concat());
    let mut found = Vec::new();
    for (path, text) in written_by_us() {
        for (number, line) in text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word.as_str())) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn no_text_names_the_machine_it_was_written_on() {
    let words = [["/wo", "rk/"], ["/ro", "ot/"], ["/ho", "me/"], ["bash", "_jobs"]].map(|parts| parts.concat());
    let mut found = Vec::new();
    for (path, text) in written_by_us() {
        for (number, line) in text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word.as_str())) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

/// name → versions, of Cargo.lock.
fn locked() -> BTreeMap<String, Vec<String>> {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let lock = read("Cargo.lock");
    for package in lock.split("[[package]]").skip(1) {
        let value = |key: &str| package.lines().find_map(|line| line.strip_prefix(&format!("{key} = \""))?.strip_suffix('"'));
        if let (Some(name), Some(version)) = (value("name"), value("version")) {
            versions.entry(name.to_owned()).or_default().push(version.to_owned());
        }
    }
    versions
}

#[test]
fn what_we_name_is_there_in_one_version() {
    let manifest = read("Cargo.toml");
    let section = manifest.split_once("[workspace.dependencies]\n").and_then(|(_, rest)| rest.split_once("\n[")).expect("dependencies").0;
    let named =
        section.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.trim()).filter(|name| !name.starts_with('#'));
    let locked = locked();
    let mut found = Vec::new();
    for name in named {
        let versions = locked.get(name).unwrap_or_else(|| panic!("{name} is named in Cargo.toml and not locked"));
        match (versions.len(), SPLIT.iter().find(|(split, _)| *split == name)) {
            (1, None) | (2, Some(_)) => {}
            (1, Some((_, why))) => found.push(format!("{name} is one version again; take out `{why}`")),
            _ => found.push(format!("{name} is there as {versions:?}: bring them together")),
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

/// What others hold at another version than ours, and who: nothing that we can change without leaving them behind.
const SPLIT: [(&str, &str); 3] = [
    ("base64", "lettre 0.11 has 0.23; typst and postgres have 0.22, and so do we"),
    ("getrandom", "ring, under lettre's TLS, has 0.2"),
    ("infer", "typst-pdf 0.15 has 0.19"),
];

#[test]
fn each_room_takes_its_versions_and_licence_from_the_root() {
    assert!(read("LICENSE").contains("Apache License") && read("Cargo.toml").contains("license = \"Apache-2.0\""));
    for room in ROOMS {
        let manifest = read(format!("crates/{room}/Cargo.toml"));
        for inherited in ["version.workspace = true", "edition.workspace = true", "license.workspace = true", "[lints]\nworkspace = true"] {
            assert!(manifest.contains(inherited), "{room} lacks `{inherited}`");
        }
        let own: Vec<&str> = manifest.lines().filter(|line| line.contains("version = \"")).collect();
        assert_eq!(own, Vec::<&str>::new(), "{room} names versions of its own");
    }
    let lints = read("Cargo.toml");
    assert!(
        lints.contains("unsafe_code = \"forbid\"") && lints.contains("missing_docs"),
        "unsafe is forbidden, public items are documented"
    );
}

#[test]
fn each_font_comes_with_its_licence() {
    let fonts: Vec<PathBuf> = files("crates")
        .into_iter()
        .filter(|path| {
            path.extension().and_then(|kind| kind.to_str()).is_some_and(|kind| ["ttf", "otf", "ttc", "woff", "woff2"].contains(&kind))
        })
        .collect();
    assert!(!fonts.is_empty(), "letters embed their fonts");
    for font in fonts {
        let licensed = font.ancestors().skip(1).take(2).any(|folder| {
            fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
                let name = entry.file_name().to_string_lossy().to_uppercase();
                name.contains("OFL")
                    && fs::read_to_string(entry.path()).is_ok_and(|text| text.contains("SIL OPEN FONT LICENSE Version 1.1"))
            })
        });
        assert!(licensed, "{} lies without its OFL", font.display());
    }
}

#[test]
fn all_rooms_say_the_same_in_every_language() {
    let demo = |language: &str| read(format!("crates/yakuba/words/{language}/demo.ftl"));
    let (ja, easy, en) = (demo("ja"), demo("easy"), demo("en"));
    let demo: [(Language, &'static str); 3] = [
        (Language::Ja, Box::leak(ja.into_boxed_str())),
        (Language::Easy, Box::leak(easy.into_boxed_str())),
        (Language::En, Box::leak(en.into_boxed_str())),
    ];
    // Staff's pages are in Japanese alone, and their ids begin with `desk-`.
    for (room, words) in [("access", access::words()), ("letters", letters::words()), ("messages", messages::words()), ("demo", &demo)] {
        assert_eq!(ui::words::check::problems(words, &[], &[room]), Vec::<String>::new(), "{room}");
    }
    let rooms = [
        ("cases", cases::words()),
        ("paper", paper::words()),
        ("rounds", rounds::words()),
        ("exchange", exchange::words()),
        ("figures", figures::words()),
        ("api", api::words()),
        ("revisions", revisions::words()),
    ];
    for (room, words) in rooms {
        let residents: Vec<_> = words.iter().filter(|(_, text)| !text.contains("\ndesk-")).copied().collect();
        assert_eq!(ui::words::check::problems(&residents, &[], &[room]), Vec::<String>::new(), "{room}");
    }
}

#[test]
fn each_id_is_one_rooms() {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    let rooms = [
        ("ui", ui::words::words()),
        ("access", access::words()),
        ("letters", letters::words()),
        ("messages", messages::words()),
        ("cases", cases::words()),
    ];
    for (room, words) in rooms {
        for (_, text) in words.iter().filter(|(language, _)| *language == Language::Ja) {
            for id in text.lines().filter(|line| !line.starts_with([' ', '#', '-', '}', '*', '['])).filter_map(|line| line.split_once(" ="))
            {
                let before = owners.insert(id.0.to_owned(), room);
                assert_eq!(before, None, "`{}` is said by two files, one of them of {room}", id.0);
            }
        }
    }
    assert!(owners.len() > 300, "the words were read: {}", owners.len());
}

#[test]
fn the_towns_are_without_a_mistake() {
    for town in TOWNS {
        let folder = root().join(town);
        let loaded = Town::load(&folder).unwrap_or_else(|problems| panic!("{town}: {problems:#?}"));
        assert!(!loaded.procedures.is_empty(), "{town} has something to apply for");
        let report = check::check(&folder);
        let said: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
        assert_eq!(said, Vec::<String>::new(), "{town}");
    }
}

#[test]
fn each_step_of_the_tables_is_named_once() {
    let portal = [
        access::PORTAL_MIGRATIONS,
        registry::PORTAL_MIGRATIONS,
        letters::PORTAL_MIGRATIONS,
        messages::PORTAL_MIGRATIONS,
        cases::PORTAL_MIGRATIONS,
    ];
    let desk = [access::DESK_MIGRATIONS, registry::DESK_MIGRATIONS, letters::DESK_MIGRATIONS, cases::DESK_MIGRATIONS];
    for (face, rooms) in [("portal", portal.as_slice()), ("desk", desk.as_slice())] {
        let all: Vec<&Migration> = rooms.iter().copied().flatten().collect();
        let names: BTreeSet<&str> = all.iter().map(|migration| migration.name).collect();
        assert_eq!(names.len(), all.len(), "{face}: two steps have the same name");
        assert!(all.iter().all(|migration| !migration.sql.trim().is_empty()), "{face}: a step does nothing");
    }
}
