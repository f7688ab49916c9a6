//! A copy is taken while residents file; laid into an empty place, it is the same town.

mod served;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use served::{Place, Typed, rows, until};

/// Cases before the copy is begun.
const BEFORE: usize = 6;

#[test]
fn a_town_is_copied_while_residents_file_and_laid_out_again_as_it_was() {
    let place = Place::laid_out();
    let served = place.serve("towns/chiisana");
    let mut browser = served.browser();
    let before: Vec<String> =
        (0..BEFORE).map(|_| Typed::disclosure(&mut browser).file(&mut browser).expect("filed before the copy")).collect();
    until("the desk has them", || rows(&place.data(), "desk", "select count(*) from case_") == [[BEFORE.to_string()]]);

    let copy = place.beside("copy");
    let stop = AtomicBool::new(false);
    let during = thread::scope(|scope| {
        let filing = scope.spawn(|| {
            let mut browser = served.browser();
            let mut filed = 0;
            while !stop.load(Ordering::SeqCst) {
                Typed::disclosure(&mut browser).file(&mut browser).expect("filed while the copy is taken");
                filed += 1;
            }
            filed
        });
        let done = place.run(&["backup"], &["--to", copy.to_str().unwrap()]);
        stop.store(true, Ordering::SeqCst);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        filing.join().expect("no panic")
    });
    assert!(during >= 1, "somebody filed meanwhile");
    served.stop();

    let elsewhere = Place::empty();
    let keys = place.beside("data.key");
    let with_keys = |more: &[&str], words: &[&str]| {
        let mut all = vec!["--keys", keys.to_str().unwrap()];
        all.extend(more);
        elsewhere.run(words, &all)
    };
    let done = with_keys(&["--from", copy.to_str().unwrap()], &["restore"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let journal = with_keys(&[], &["verify-journal"]);
    assert!(journal.status.success(), "{}{}", String::from_utf8_lossy(&journal.stdout), String::from_utf8_lossy(&journal.stderr));

    // What the copy holds is what the town held at that moment: each case with all that belongs to it.
    let numbers = rows(&elsewhere.data(), "portal", "select number from own_case order by filed_at");
    assert!(numbers.len() >= BEFORE && numbers.len() <= BEFORE + during, "{} cases", numbers.len());
    for number in &before {
        assert!(numbers.iter().any(|row| row[0] == *number), "{number} was filed before the copy");
    }
    let story = "select id, number, filed_at, procedure, stage from own_case order by id";
    let (was, is) = (rows(&place.data(), "portal", story), rows(&elsewhere.data(), "portal", story));
    for copied in &is {
        let there = was.iter().find(|row| row[..4] == copied[..4]).unwrap_or_else(|| panic!("{copied:?} of the copy is not the town's"));
        // The town went on after that moment: the office may have received what was only filed then, and nothing else happened.
        let stages = [copied[4].as_str(), there[4].as_str()];
        assert!(stages[0] == stages[1] || stages == ["filed", "in-review"], "{}: {stages:?}", copied[1]);
    }

    // It opens, and the desk catches up with what was on its way when the copy was taken.
    let again = elsewhere.serve_as(&elsewhere.data(), "towns/chiisana", &["--keys", keys.to_str().unwrap()]);
    until("the desk has every case of the copy", || {
        rows(&elsewhere.data(), "desk", "select count(*) from case_") == [[numbers.len().to_string()]]
    });
    assert_eq!(again.browser().before(&again).get("/healthz").status, 200);
    let mut same = browser.before(&again);
    assert_eq!(same.get(&format!("/status/{}", before[0])).status, 200, "the resident's session opens their case there");
    again.stop();
}

#[test]
fn a_copy_is_laid_into_an_empty_place_only() {
    let place = Place::laid_out();
    let served = place.serve("towns/chiisana");
    served.stop();
    let copy = place.beside("copy");
    assert!(place.run(&["backup"], &["--to", copy.to_str().unwrap()]).status.success());
    let refused = place.run(&["restore"], &["--from", copy.to_str().unwrap()]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not empty"), "{}", String::from_utf8_lossy(&refused.stderr));
}

#[test]
fn a_damaged_copy_is_refused() {
    let place = Place::laid_out();
    let served = place.serve("towns/chiisana");
    let mut browser = served.browser();
    Typed::disclosure(&mut browser).file(&mut browser).expect("filed");
    served.stop();
    let copy = place.beside("copy");
    assert!(place.run(&["backup"], &["--to", copy.to_str().unwrap()]).status.success());
    let mut largest: Vec<_> = files(&copy).into_iter().map(|path| (std::fs::metadata(&path).unwrap().len(), path)).collect();
    largest.sort();
    let (_, victim) = largest.pop().expect("a copy has files");
    let mut bytes = std::fs::read(&victim).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&victim, bytes).unwrap();
    let elsewhere = Place::empty();
    let keys = place.beside("data.key");
    let refused = elsewhere.run(&["restore"], &["--keys", keys.to_str().unwrap(), "--from", copy.to_str().unwrap()]);
    assert!(!refused.status.success(), "one bit of {} was turned", victim.display());
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
