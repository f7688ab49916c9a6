//! 復旧シート: the key file is lost, the sheet is in the safe.

mod served;

use std::{
    fs,
    io::Write,
    process::{Output, Stdio},
};

use served::{Place, Typed, yakuba};

/// `init --from-sheet`, with the sheet typed on standard input.
fn type_off(place: &Place, sheet: &str) -> Output {
    let mut child = yakuba()
        .args(["init", "--from-sheet", "--data"])
        .arg(place.data())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    child.stdin.take().unwrap().write_all(sheet.as_bytes()).unwrap();
    child.wait_with_output().expect("it ends")
}

fn said(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

/// A place that was laid out, and its sheet.
fn laid_out() -> (Place, String) {
    let place = Place::empty();
    let done = place.run(&["init"], &[]);
    assert!(done.status.success());
    (place, String::from_utf8_lossy(&done.stdout).into_owned())
}

#[test]
fn the_sheet_brings_the_key_back_and_the_town_opens_with_all_it_holds() {
    let (place, sheet) = laid_out();
    let served = place.serve("towns/chiisana");
    let mut browser = served.browser();
    let number = Typed::disclosure(&mut browser).file(&mut browser).expect("filed");
    served.stop();
    let key = place.beside("data.key");
    let was = fs::read(&key).unwrap();
    assert!(!type_off(&place, &sheet).status.success(), "a key that is there is never overwritten");
    fs::remove_file(&key).unwrap();
    // As a tired person types: in small letters, with the numbers of the lines, all in one line or in several.
    let done = type_off(&place, &sheet.to_lowercase());
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(fs::read(&key).unwrap(), was);
    let journal = place.run(&["verify-journal"], &[]);
    assert!(journal.status.success(), "{}", said(&journal));
    let served = place.serve("towns/chiisana");
    assert_eq!(browser.before(&served).get(&format!("/status/{number}")).status, 200, "the answers can be read again");
    served.stop();
}

#[test]
fn a_mistyped_group_is_named_and_nothing_is_written() {
    let (place, sheet) = laid_out();
    fs::remove_file(place.beside("data.key")).unwrap();
    let groups: Vec<&str> = sheet.split_whitespace().filter(|group| group.len() == 5).collect();
    assert_eq!(groups.len(), 14, "{sheet}");
    let mut wrong: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
    let letter = if wrong[6].starts_with('A') { "B" } else { "A" };
    wrong[6].replace_range(..1, letter);
    for (typed, told) in [(wrong.join(" "), "group 7"), (groups[..13].join(" "), "65 letters were typed"), (String::new(), "0 letters")] {
        let done = type_off(&place, &typed);
        assert!(!done.status.success());
        assert!(said(&done).contains(told), "{}", said(&done));
        assert!(!place.beside("data.key").exists());
    }
}

#[test]
fn the_sheet_of_another_town_is_refused_where_this_town_lies() {
    let (place, _) = laid_out();
    let (_, others) = laid_out();
    place.serve("towns/chiisana").stop();
    fs::remove_file(place.beside("data.key")).unwrap();
    let done = type_off(&place, &others);
    assert!(!done.status.success());
    assert!(said(&done).contains("another town"), "{}", said(&done));
    assert!(!place.beside("data.key").exists(), "no key of another town is left lying there");
}
