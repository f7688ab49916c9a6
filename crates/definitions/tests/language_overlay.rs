//! Towns overlay each other, key by key.

mod language_world;

use definitions::{sources::Sources, town::Town};
use language_world::{OFFICE, PROCEDURE, TOWN, lines, sources};

/// The small town, laid over by a district.
fn district(files: &[(&str, &str)]) -> Sources {
    let mut both = sources(&[]);
    both.town = "district".to_owned();
    let own = both.folders.entry("district".to_owned()).or_default();
    own.insert("town.yaml".to_owned(), "town: district\nover: small\nname: 大きな村\n".as_bytes().to_vec());
    for (path, text) in files {
        own.insert((*path).to_owned(), text.as_bytes().to_vec());
    }
    both
}

fn load(files: &[(&str, &str)]) -> Town {
    language_world::town(&district(files))
}

fn wrong(sources: &Sources) -> Vec<String> {
    lines(&Town::from_sources(sources).map(|_| ()).err().unwrap_or_default())
}

#[test]
fn three_lines_change_three_lines() {
    let town = load(&[("own.yaml", "procedure: dog\ntitle: 犬の届け\nlaw: { standard_period: 7 days }\n")]);
    let dog = &town.procedures["dog"];
    assert_eq!(dog.title.ja, "犬の届け");
    assert_eq!(dog.law.basis.ja, "狂犬病予防法");
    assert_eq!(dog.law.standard_period, definitions::values::period("7 days"));
    assert_eq!((town.name.ja.as_str(), town.code.as_deref()), ("大きな村", Some("990019")));
}

#[test]
fn new_things_go_to_the_end_or_where_after_says() {
    let fields = |files: &[(&str, &str)]| -> Vec<String> {
        load(files).procedures["dog"].pages["dog"].fields.keys().map(|id| id.as_str().to_owned()).collect()
    };
    let add = |more: &str| {
        format!("procedure: dog\npages: {{ dog: {{ fields: {{ colour: {{ kind: text, label: 毛色, required: no{more} }} }} }} }}\n")
    };
    assert_eq!(fields(&[("own.yaml", &add(""))]), ["name", "dogs", "since", "breed", "which", "colour"]);
    assert_eq!(fields(&[("own.yaml", &add(", after: dogs"))]), ["name", "dogs", "colour", "since", "breed", "which"]);
    let move_it = "procedure: dog\npages: { dog: { fields: { since: { after: which } } } }\n";
    assert_eq!(fields(&[("own.yaml", move_it)]), ["name", "dogs", "breed", "which", "since"]);
    let found = wrong(&district(&[("own.yaml", &add(", after: dog"))]));
    assert!(found.iter().any(|problem| problem.contains("`dog` が同じ組の中にない; `dogs` のことか")), "{found:#?}");
}

#[test]
fn a_tilde_removes_and_removing_what_is_not_there_is_a_mistake() {
    let town = load(&[("own.yaml", "procedure: dog\nmerit: ~\nexamples: ~\ncomplete: ~\n")]);
    assert!(town.procedures["dog"].merit.is_empty());
    let found = wrong(&district(&[("own.yaml", "procedure: dog\nneedless: ~\n")]));
    assert!(found.iter().any(|problem| problem.starts_with("district/own.yaml:2:")), "{found:#?}");
}

#[test]
fn a_mistake_is_shown_in_the_file_that_made_it() {
    let found = wrong(&district(&[("own.yaml", "procedure: dog\nauthority: nobody\n")]));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("district/own.yaml:2:12: `nobody` という処分庁はない"), "{found:#?}");
    let mut both = district(&[]);
    let broken = PROCEDURE.replace("department: hall", "department: hole");
    both.folders.get_mut("small").unwrap().insert("procedures/dog.yaml".to_owned(), broken.into_bytes());
    assert!(wrong(&both)[0].starts_with("small/procedures/dog.yaml:4:13:"));
}

#[test]
fn folders_that_lie_over_each_other_in_a_ring_are_a_mistake() {
    let mut both = district(&[]);
    both.folders.get_mut("small").unwrap().insert("town.yaml".to_owned(), format!("{TOWN}over: district\n").into_bytes());
    let found = wrong(&both);
    assert!(found.iter().any(|problem| problem.contains("`over` が輪になっている")), "{found:#?}");
    let mut alone = sources(&[("town.yaml", &format!("{TOWN}over: nowhere\n"))]);
    alone.folders.retain(|name, _| name == "small");
    assert!(wrong(&alone).iter().any(|problem| problem.contains("`nowhere` というフォルダが となりにない")));
}

#[test]
fn a_procedure_like_another_differs_in_what_it_says() {
    let cat = "procedure: cat\nlike: dog\ntitle: 猫の登録\npages: { dog: { fields: { which: ~, breed: ~ } } }\nexamples: ~\ncomplete: ~\n";
    let town = load(&[("own.yaml", cat)]);
    assert_eq!(town.procedures["cat"].title.ja, "猫の登録");
    assert_eq!(town.procedures["cat"].title.path, "procedures.cat.title");
    assert_eq!(town.procedures["cat"].pages["dog"].fields.len(), 3);
    assert_eq!(town.procedures["dog"].pages["dog"].fields.len(), 5);
    let ring = "procedure: cat\nlike: bird\n---\nprocedure: bird\nlike: cat\n";
    let found = wrong(&district(&[("own.yaml", ring)]));
    assert!(found.iter().any(|problem| problem.contains("`like` が輪になっている")), "{found:#?}");
    let found = wrong(&district(&[("own.yaml", "procedure: cat\nlike: dug\n")]));
    assert!(found.iter().any(|problem| problem.contains("`dug` という手続はない; `dog` のことか")), "{found:#?}");
}

#[test]
fn letters_and_words_of_the_town_take_the_place_of_those_below() {
    let town = load(&[("letters/notice.typ", "= 大きな村の通知"), ("words/ja/cases.ftl", "title = 申請\n")]);
    assert_eq!(&*town.letters["notice"].source, "= 大きな村の通知");
    assert_eq!(town.words.len(), 1);
    let _ = OFFICE;
}

#[test]
fn a_folder_is_read_from_the_disk_with_its_siblings() {
    let folder = tempfile::tempdir().unwrap();
    for (name, files) in &district(&[]).folders {
        for (path, bytes) in files {
            let path = folder.path().join(name).join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
    let town = Town::load(&folder.path().join("district")).unwrap();
    assert_eq!(town.name.ja, "大きな村");
    std::fs::write(folder.path().join("small/broken.yaml"), "a: [").unwrap();
    assert_eq!(Town::load(&folder.path().join("district")).unwrap_err().len(), 1);
    assert!(Town::load(&folder.path().join("nowhere")).is_err());
}
