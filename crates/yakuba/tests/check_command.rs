//! `yakuba check FOLDER` as an author of procedures types it: every mistake at once, a line each, and an exit code for scripts.

mod served;

use std::fs;

use served::{Place, copy, repository, yakuba};

/// A village's folder of one's own, with the nation's beside it.
fn copied(place: &Place) -> std::path::PathBuf {
    let towns = place.beside("towns");
    for folder in ["base", "chiisana"] {
        copy(&repository("towns").join(folder), &towns.join(folder));
    }
    towns.join("chiisana")
}

#[test]
fn a_folder_without_a_mistake_ends_with_zero_and_says_nothing_on_standard_output() {
    let place = Place::empty();
    let done = yakuba().arg("check").arg(copied(&place)).output().expect("runs");
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stdout));
    assert!(done.stdout.is_empty(), "{}", String::from_utf8_lossy(&done.stdout));
    assert!(String::from_utf8_lossy(&done.stderr).contains("0 mistakes"));
}

#[test]
fn every_mistake_stands_on_a_line_with_its_place_and_a_hint_and_the_exit_code_is_one() {
    let place = Place::empty();
    let folder = copied(&place);
    let procedures = folder.join("procedures");
    fs::create_dir_all(&procedures).unwrap();
    fs::write(procedures.join("broken.yaml"), "procedure: broken\ntitel: 壊れた手続\n").unwrap();
    fs::write(procedures.join("torn.yaml"), "procedure: torn\ntitle: [\n").unwrap();
    let done = yakuba().arg("check").arg(&folder).output().expect("runs");
    let said = String::from_utf8_lossy(&done.stdout);
    assert_eq!(done.status.code(), Some(1), "{said}");
    for file in ["broken.yaml:", "torn.yaml:"] {
        let line = said.lines().find(|line| line.contains(file)).unwrap_or_else(|| panic!("both files at once: {said}"));
        let place = line.split_once(file).unwrap().1;
        let numbers: Vec<&str> = place.split(':').take(2).map(str::trim).collect();
        assert!(numbers.iter().all(|number| number.parse::<u32>().is_ok()), "file:line:column: {line}");
    }
    let misspelt = said.lines().find(|line| line.contains("titel")).unwrap_or_else(|| panic!("{said}"));
    assert!(misspelt.contains("broken.yaml:2:1: ") && misspelt.contains("; ") && misspelt.contains("title"), "how to mend it: {misspelt}");
}

#[test]
fn what_is_no_folder_of_a_town_is_said_and_is_one_too() {
    let place = Place::empty();
    for folder in [place.beside("nowhere"), place.beside("")] {
        let done = yakuba().arg("check").arg(&folder).output().expect("runs");
        assert_eq!(done.status.code(), Some(1), "{}", folder.display());
        assert!(!done.stdout.is_empty(), "{}", folder.display());
    }
}
