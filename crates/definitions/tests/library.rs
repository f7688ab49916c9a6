//! Towns that lie over the same folder share what is the same in them, and nothing else.

mod language_world;

use std::{path::Path, sync::Arc};

use definitions::{
    library::Library,
    sources::Sources,
    text::{Language, Text},
    town::Town,
};
use language_world::{OFFICE, PROCEDURE, TOWN, lines, sources};

/// The small town with two procedures and English, and a town over it with files of its own.
fn over(id: &str, files: &[(&str, &str)]) -> Sources {
    let cat = PROCEDURE.replace("procedure: dog", "procedure: cat").replace("犬の登録", "猫の登録");
    let english = "words: en\nat: procedures.dog\ntexts:\n  title: { of: \"犬の登録\", say: \"Register a dog\" }\n";
    let mut both = sources(&[("procedures/cat.yaml", &cat), ("words/en/dog.yaml", english)]);
    both.town = id.to_owned();
    let own = both.folders.entry(id.to_owned()).or_default();
    own.insert("town.yaml".to_owned(), format!("town: {id}\nover: small\nname: {id}\n").into_bytes());
    own.extend(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())));
    both
}

fn taken(library: &Library, sources: &Sources) -> Town {
    library.town(sources).unwrap_or_else(|problems| panic!("{}", lines(&problems).join("\n")))
}

fn is_shared(one: &Town, other: &Town, procedure: &str) -> bool {
    Arc::ptr_eq(&one.procedures[procedure], &other.procedures[procedure])
}

#[test]
fn what_a_town_leaves_as_it_is_it_shares() {
    let library = Library::open();
    let one = taken(&library, &over("one", &[]));
    let other = taken(&library, &over("other", &[("own.yaml", "procedure: dog\ntitle: 犬の届け\n")]));
    assert!(is_shared(&one, &other, "cat"));
    assert!(!is_shared(&one, &other, "dog"));
    assert_eq!((one.procedures["dog"].title.ja.as_str(), other.procedures["dog"].title.ja.as_str()), ("犬の登録", "犬の届け"));
    let title = |town: &Town| town.say(&town.procedures["dog"].title, Language::En).to_owned();
    assert_eq!((title(&one), title(&other)), ("Register a dog".to_owned(), "犬の届け".to_owned()));
    assert_eq!((one.id.as_str(), other.id.as_str(), other.name.ja.as_str()), ("one", "other", "other"));
}

#[test]
fn a_procedure_is_made_anew_for_other_registers_that_it_means_and_for_other_facts() {
    let library = Library::open();
    let keeps = "procedure: dog\noutcomes: { done: { do: { kept: { enter: dogs, tag: \"'1'\", keeper: applicant } } } }\n";
    let plain = over("plain", &[("own.yaml", keeps)]);
    let mut more = over("more", &[("own.yaml", keeps)]);
    let other = "register: cats\ntitle: 猫\nkey: tag\nfields: { tag: { kind: text, label: 札 } }\n";
    more.folders.get_mut("more").unwrap().insert("cats.yaml".to_owned(), other.into());
    let (plain, more) = (taken(&library, &plain), taken(&library, &more));
    assert!(is_shared(&plain, &more, "cat"), "nothing in it is called as the new register");
    // The register that the procedure writes to holds something else now: what was made of the same lines is no more right.
    let mut changed = over("changed", &[("own.yaml", keeps)]);
    let typed = OFFICE.replace("tag: { kind: text, label: 鑑札 }", "tag: { kind: number, label: 鑑札 }");
    changed.folders.get_mut("small").unwrap().insert("office.yaml".to_owned(), typed.into_bytes());
    let problems = lines(&library.town(&changed).expect_err("a text is no number"));
    assert!(problems.iter().any(|problem| problem.starts_with("changed/own.yaml:2:")), "{problems:#?}");
    // A fact of people is called as something that a procedure says.
    let with_fact = |id: &str| {
        let mut town = over(id, &[]);
        let facts = format!("{TOWN}person_facts: {{ {id}: {{ kind: yes_no, label: 事実 }} }}\n");
        town.folders.get_mut("small").unwrap().insert("town.yaml".to_owned(), facts.into_bytes());
        town
    };
    assert!(is_shared(&plain, &taken(&library, &with_fact("left_handed")), "cat"));
    assert!(!is_shared(&plain, &taken(&library, &with_fact("breed")), "cat"));
}

#[test]
fn a_mistake_is_told_again_and_of_the_town_that_made_it() {
    let library = Library::open();
    taken(&library, &over("right", &[]));
    let wrong = || {
        over(
            "wrong",
            &[
                ("own.yaml", "procedure: cat\ndepartment: nowhere\n"),
                ("words/en/own.yaml", "words: en\nat: procedures.dog\ntexts:\n  title: { of: \"犬の登録\", say: \"{case.link}\" }\n"),
            ],
        )
    };
    let plain = lines(&Town::from_sources(&wrong()).err().unwrap());
    assert_eq!(plain.len(), 2, "{plain:#?}");
    for _ in 0..2 {
        assert_eq!(lines(&library.town(&wrong()).err().unwrap()), plain);
    }
}

#[test]
fn a_language_that_is_said_to_be_complete_is_held_to_it_whoever_came_before() {
    let library = Library::open();
    taken(&library, &over("right", &[]));
    let promises = || over("promises", &[("more.yaml", "departments: { annex: { name: 別館 } }\n")]);
    let mut complete = promises();
    let town = "town: promises\nover: small\nname: 約束\nlanguages: { en: complete }\n";
    complete.folders.get_mut("promises").unwrap().insert("town.yaml".to_owned(), town.into());
    let plain = lines(&Town::from_sources(&complete).err().unwrap());
    assert!(plain.iter().any(|problem| problem.contains("`procedures.cat.title` の en の訳がない")), "{plain:#?}");
    assert_eq!(lines(&library.town(&complete).err().unwrap()), plain);
    taken(&library, &promises());
}

#[test]
fn a_changed_file_changes_its_procedure_and_no_other() {
    let library = Library::open();
    let before = taken(&library, &over("one", &[]));
    library.close();
    assert_eq!(library.procedures(), 2);
    let mut changed = over("one", &[]);
    let dog = PROCEDURE.replace("minutes: 5", "minutes: 6");
    changed.folders.get_mut("small").unwrap().insert("procedures/dog.yaml".to_owned(), dog.into_bytes());
    let after = taken(&library, &changed);
    assert!(is_shared(&before, &after, "cat"));
    assert_eq!((before.procedures["dog"].minutes, after.procedures["dog"].minutes), (5, 6));
    drop(before);
    library.close();
    assert_eq!(library.procedures(), 2, "what no town holds any more is forgotten");
}

#[test]
fn from_a_library_a_town_is_what_it_is_without() {
    let towns = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns");
    let library = Library::open();
    let held: Vec<Town> = ["mihon", "ookina", "chiisana"].map(|town| library.load(&towns.join(town)).unwrap()).into();
    for held in &held {
        let alone = Town::load(&towns.join(held.id.as_str())).unwrap();
        let again = library.load(&towns.join(held.id.as_str())).unwrap();
        for town in [held, &again] {
            assert_eq!(town.digest, alone.digest);
            assert!(town.procedures.keys().eq(alone.procedures.keys()));
            for (one, other) in town.procedures.values().zip(alone.procedures.values()) {
                assert_eq!(one, other, "{}", other.id);
                let texts: [&Text; 2] = [&other.title, &other.summary];
                for language in Language::ALL {
                    assert!(texts.iter().all(|text| town.say(text, language) == alone.say(text, language)));
                }
            }
        }
    }
    let shared = held[0].procedures.values().filter(|procedure| held[1].procedures.values().any(|other| Arc::ptr_eq(procedure, other)));
    let shared = shared.count();
    assert!(shared * 2 > held[0].procedures.len(), "two cities over one nation's folder share most of it, not {shared}");
}
