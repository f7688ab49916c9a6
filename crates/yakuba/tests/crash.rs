//! `kill -9` while residents file: every case that was acknowledged is there and reaches the desk; no other is half there.

mod served;

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use served::{Browser, Place, Typed, rows, until};

/// People who file at once.
const PEOPLE: usize = 8;

/// Drafts that each has typed.
const DRAFTS: usize = 6;

/// Acknowledged filings after which the town is killed.
const KILL_AFTER: usize = 12;

#[test]
fn what_was_acknowledged_survives_kill_9_and_nothing_else_is_half_there() {
    let place = Place::laid_out();
    let served = place.serve("towns/chiisana");
    let people: Vec<(Browser, Vec<Typed>)> = (0..PEOPLE)
        .map(|_| {
            let mut browser = served.browser();
            let typed = (0..DRAFTS).map(|_| Typed::disclosure(&mut browser)).collect();
            (browser, typed)
        })
        .collect();
    let acknowledged = AtomicUsize::new(0);
    let numbers: Vec<(usize, usize, String)> = thread::scope(|scope| {
        let filing: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(person, (browser, typed))| {
                let (mut browser, acknowledged) = (browser.clone(), &acknowledged);
                scope.spawn(move || {
                    let mut numbers = Vec::new();
                    for (at, draft) in typed.iter().enumerate() {
                        // After the kill nothing answers any more.
                        let Ok(number) = draft.file(&mut browser) else { break };
                        acknowledged.fetch_add(1, Ordering::SeqCst);
                        numbers.push((person, at, number));
                    }
                    numbers
                })
            })
            .collect();
        until("some filings are acknowledged", || acknowledged.load(Ordering::SeqCst) >= KILL_AFTER);
        served.kill();
        filing.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(numbers.len() >= KILL_AFTER, "{}", numbers.len());

    let served = place.serve("towns/chiisana");
    let kept: BTreeSet<String> =
        rows(&place.data(), "portal", "select number from own_case").into_iter().map(|row| row[0].clone()).collect();
    for (_, _, number) in &numbers {
        assert!(kept.contains(number), "{number} was acknowledged and is gone");
    }
    until("the desk has every case that the portal has", || {
        rows(&place.data(), "desk", "select count(*) from case_ where receipt_number <> ''") == [[kept.len().to_string()]]
    });
    // A case is whole or not there: the person's copy, its story, the mark on the draft, the journal's line and the parcel are one.
    let whole = [
        "select count(*) from case_draft where filed = 1",
        "select count(distinct case_id) from own_event",
        "select count(*) from store_entry where what = 'filed'",
        "select count(*) from own_case join case_draft on case_draft.case_id = own_case.id where case_draft.filed = 1",
    ];
    for query in whole {
        assert_eq!(rows(&place.data(), "portal", query), [[kept.len().to_string()]], "{query}");
    }
    // The person who heard nothing taps again: the case of the lost answer, or the first one.
    let mut all = kept.clone();
    for (person, (browser, typed)) in people.iter().enumerate() {
        let mut browser = browser.before(&served);
        for (at, draft) in typed.iter().enumerate() {
            let number = draft.file(&mut browser).expect("filed after the restart");
            let before = numbers.iter().find(|(who, which, _)| (*who, *which) == (person, at));
            assert!(before.is_none_or(|(_, _, before)| *before == number), "a second tap makes no second case");
            all.insert(number);
        }
    }
    assert_eq!(all.len(), PEOPLE * DRAFTS, "one case for each draft");
    until("the desk has them all", || rows(&place.data(), "desk", "select count(*) from case_") == [[all.len().to_string()]]);
    served.stop();
    let journal = place.run(&["verify-journal"], &[]);
    assert!(journal.status.success(), "{}{}", String::from_utf8_lossy(&journal.stdout), String::from_utf8_lossy(&journal.stderr));
}
