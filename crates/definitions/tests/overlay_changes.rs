//! What a folder changes of what lies below it, told by thing, key and place.

mod language_world;

use definitions::{
    overlay::{ChangedThing, What, changes},
    sources::Sources,
};
use language_world::{OFFICE, PROCEDURE, TOWN, lines};

/// A village over the small town.
fn village(files: &[(&str, &str)]) -> Sources {
    let mut sources = language_world::sources(&[]);
    sources.town = "village".to_owned();
    let own = sources.folders.entry("village".to_owned()).or_default();
    own.insert("town.yaml".to_owned(), b"town: village\nover: small\nname: \xe6\x9d\x91\nlanguages: { ja: complete }\n".to_vec());
    for (path, text) in files {
        own.insert((*path).to_owned(), text.as_bytes().to_vec());
    }
    sources
}

fn changed(upper: &Sources) -> Vec<ChangedThing> {
    let lower = upper.below().expect("something below");
    changes(upper, &lower).unwrap_or_else(|problems| panic!("{:#?}", lines(&problems)))
}

fn of<'c>(things: &'c [ChangedThing], path: &str) -> &'c ChangedThing {
    things.iter().find(|thing| thing.path == path).unwrap_or_else(|| panic!("{path} is not among {things:#?}"))
}

#[test]
fn added_removed_and_changed_keys_are_told_with_both_values_and_places() {
    let overlay = "procedure: dog\ntitle: 飼い犬の登録\npages:\n  dog:\n    fields:\n      which: ~\n      colour: { kind: text, label: 毛色, after: name }\n";
    let things = changed(&village(&[("procedures/dog.yaml", overlay)]));
    let dog = of(&things, "procedures.dog");
    assert_eq!(dog.words, "手続 dog（飼い犬の登録）");
    let told: Vec<(What, &str, &str)> =
        dog.changes.iter().map(|change| (change.what, change.path.as_str(), change.words.as_str())).collect();
    let expect = [
        (What::Changed, "title", "手続名"),
        (What::Removed, "pages.dog.fields.which", "画面 dog › 質問 which"),
        (What::Added, "pages.dog.fields.colour", "画面 dog › 質問 colour"),
    ];
    assert_eq!(told, expect);
    let [title, which, colour] = dog.changes.as_slice() else { panic!("{dog:#?}") };
    assert_eq!((title.before.as_deref(), title.after.as_deref()), (Some("犬の登録"), Some("飼い犬の登録")));
    assert_eq!(title.place.as_deref(), Some("village/procedures/dog.yaml:2:8"));
    assert_eq!(title.place_before.as_deref(), Some("small/procedures/dog.yaml:2:8"));
    assert_eq!((which.after.as_deref(), which.place.as_deref()), (None, None));
    assert_eq!(which.before.as_deref(), Some("{ kind: text, label: その他の犬種, when: breed == 'other' }"));
    assert_eq!(colour.after.as_deref(), Some("{ kind: text, label: 毛色 }"), "where it is put is no part of it");
}

#[test]
fn things_of_a_folders_own_are_told_whole_and_a_letter_by_its_file() {
    let files = [
        ("office.yaml", "roles:\n  clerk: ~\n  mate: { name: 主事 }\n"),
        ("letters/notice.typ", "= 別の通知"),
        ("procedures/cat.yaml", "procedure: cat\nlike: dog\ntitle: 猫の登録\n"),
    ];
    let things = changed(&village(&files));
    assert_eq!(of(&things, "procedures.cat").words, "手続 cat（猫の登録）");
    let cat = &of(&things, "procedures.cat").changes;
    assert_eq!((cat.len(), cat[0].what, cat[0].after.as_deref()), (1, What::Added, None));
    assert_eq!(of(&things, "roles.mate").words, "職 mate（主事）");
    assert_eq!(of(&things, "roles.clerk").changes[0].what, What::Removed);
    let letter = &of(&things, "letters/notice.typ").changes[0];
    assert_eq!((letter.what, letter.place.as_deref()), (What::Changed, Some("village/letters/notice.typ")));
    assert!(!things.iter().any(|thing| thing.path == "procedures.dog" || thing.path == "departments.hall"), "what is the same is not told");
    assert!(of(&things, "town").changes.iter().any(|change| change.path == "name"), "the town itself is its own");
}

#[test]
fn another_order_is_a_change() {
    let steps = "procedure: dog\nsteps:\n  look: { title: 調べる, role: clerk, after: receive }\n  receive: { after: propose }\n";
    let things = changed(&village(&[("procedures/dog.yaml", steps)]));
    let reordered = of(&things, "procedures.dog").changes.iter().find(|change| change.what == What::Reordered).expect("another order");
    assert_eq!(reordered.words, "職員の仕事の順");
    assert_eq!(reordered.before.as_deref(), Some("receive, propose, decide"));
    assert_eq!(reordered.after.as_deref(), Some("propose, receive, decide"));
}

#[test]
fn two_towns_are_held_against_each_other() {
    let small = language_world::sources(&[]);
    let other = language_world::sources(&[
        ("town.yaml", &TOWN.replace("小さな村", "大きな村")),
        ("office.yaml", OFFICE),
        ("procedures/dog.yaml", &PROCEDURE.replace("at_least: 0", "at_least: 1")),
    ]);
    let things = changes(&other, &small).unwrap();
    let paths: Vec<&str> = things.iter().map(|thing| thing.path.as_str()).collect();
    assert_eq!(paths, ["town", "procedures.dog"]);
    assert_eq!(things[1].changes[0].words, "画面 dog › 質問 dogs › 少なくともいくつ");
    assert_eq!(changes(&small, &small), Ok(Vec::new()), "a town is like itself");
    assert_eq!(small.below(), None, "it lies over nothing");
}

#[test]
fn a_folder_that_cannot_be_read_is_not_compared() {
    let torn = village(&[("procedures/cat.yaml", "procedure: cat\ntitle: [\n")]);
    let found = lines(&changes(&torn, &torn.below().unwrap()).expect_err("torn"));
    assert!(found[0].contains("YAML として読めない"), "{found:#?}");
}
