//! `postal_codes.csv` of a town: found where it lies, read when it is asked, checked whole.

use std::{fs, path::Path};

use definitions::{check, town::Town};
use jp::postal::{PostalCode, in_common};

const ROW: &str = "00000,\"100  \",\"1000001\",\"ミホンケン\",\"ミホンシ\",\"チュウオウ\",\"見本県\",\"見本市\",\"中央\",0,0,0,0,0,0\r\n";

fn towns() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns")
}

/// A village of its own over nothing, in a folder for this test.
fn village(postal: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&towns().join("base"), &folder.path().join("base"));
    copy(&towns().join("chiisana"), &folder.path().join("chiisana"));
    if let Some(text) = postal {
        fs::write(folder.path().join("chiisana/postal_codes.csv"), text).unwrap();
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { fs::copy(entry.path(), target).map(drop).unwrap() }
    }
}

fn completed(town: &Town, code: &str) -> String {
    in_common(&town.postal.places(PostalCode::parse(code).unwrap()))
}

#[test]
fn the_demo_town_completes_its_own_codes() {
    let town = Town::load(&towns().join("mihon")).unwrap();
    assert!(town.postal.are_there());
    assert_eq!(completed(&town, "100-0001"), "見本県見本市中央");
    assert_eq!(completed(&town, "100-0005"), "見本県見本市桜台");
    assert_eq!(completed(&town, "100-0000"), "見本県見本市", "the rest of the city has no town");
    assert_eq!(completed(&town, "100-0010"), "見本県見本市", "three towns: none of them is chosen");
    assert_eq!(completed(&town, "999-9999"), "");
}

#[test]
fn a_town_without_the_file_has_none_and_one_that_gets_it_is_another_version() {
    let folder = village(None);
    let path = folder.path().join("chiisana");
    let before = Town::load(&path).unwrap();
    assert!(!before.postal.are_there());
    assert_eq!(completed(&before, "100-0001"), "");
    fs::write(path.join("postal_codes.csv"), ROW).unwrap();
    let after = Town::load(&path).unwrap();
    assert_eq!(completed(&after, "100-0001"), "見本県見本市中央");
    assert_ne!(before.digest, after.digest, "the change is seen without a restart");
    fs::write(path.join("postal_codes.csv"), ROW.replace("中央", "中央町")).unwrap();
    assert_ne!(Town::load(&path).unwrap().digest, after.digest);
}

#[test]
fn a_folder_that_is_lain_over_lends_its_file() {
    let folder = village(None);
    fs::write(folder.path().join("base/postal_codes.csv"), ROW).unwrap();
    let town = Town::load(&folder.path().join("chiisana")).unwrap();
    assert_eq!(completed(&town, "100-0001"), "見本県見本市中央");
}

#[test]
fn check_says_what_is_wrong_with_the_file_line_by_line() {
    let folder = village(Some(&format!("{ROW}1000002,見本県,見本市,北町\n{}", ROW.replace("1000001", "100-1"))));
    let problems: Vec<String> = check::check(&folder.path().join("chiisana")).problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("postal_codes.csv:2:") && problems[0].contains("列が 4 ある"), "{problems:?}");
    assert!(problems[1].contains("postal_codes.csv:3:") && problems[1].contains("7 桁"), "{problems:?}");
    fs::write(folder.path().join("chiisana/postal_codes.csv"), b"\x93\x8c\x8b\x9e\x93s").unwrap();
    let problems = check::check(&folder.path().join("chiisana")).problems;
    assert!(problems[0].to_string().contains("UTF-8"), "{problems:?}");
}
