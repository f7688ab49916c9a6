//! The journal tells the truth, in one order, and shows when somebody meddled.

use std::{sync::mpsc, thread, time::Duration};

use store::{
    Entry, Migration, Problem, SignedHead, Store, StoreError, Write,
    keys::Keys,
    on_both_engines, params,
    testing::{Place, until},
};

const DOGS: Migration = Migration { name: "dogs-0001", sql: "create table dog (id text primary key)" };

fn entry(record: &str) -> Entry {
    Entry {
        actor: "staff:suzuki".to_owned(),
        what: "registered",
        kind: "dog",
        record: record.to_owned(),
        authority: "grant:dogs".to_owned(),
        why: String::new(),
    }
}

fn register(tx: &Write<'_>, id: &str) -> Result<(), StoreError> {
    tx.run("insert into dog (id) values ($1)", params![id])?;
    tx.journal(&entry(id))
}

fn register_all(store: &Store, ids: impl Iterator<Item = i64>) {
    for id in ids {
        store.write(move |tx| register(tx, &format!("dog-{id}"))).expect("registered");
    }
}

fn wait_sealed(store: &Store, position: i64) {
    let sealed = store.sealed();
    until("the lines are sealed", || *sealed.borrow() >= position);
}

fn problems(store: &Store) -> Vec<Problem> {
    store.verify_journal(None).expect("verified").problems
}

on_both_engines! {
    fn lines_are_sealed_in_order_and_read_by_position(place: Place) {
        let store = place.open("desk", &[DOGS]);
        register_all(&store, 1..=5);
        store.write(|tx| tx.run("insert into dog (id) values ('quiet')", params![])).expect("a writer that journals nothing");
        wait_sealed(&store, 5);
        let lines = store.read(|tx| tx.entries_after(2, 2)).expect("read");
        assert_eq!(lines.iter().map(|line| (line.position, line.record.as_str())).collect::<Vec<_>>(), [(3, "dog-3"), (4, "dog-4")]);
        assert_eq!((lines[0].actor.as_str(), lines[0].what.as_str()), ("staff:suzuki", "registered"));
        assert_eq!(store.read(|tx| tx.entries_of("dog", "dog-4", 10)).expect("read").len(), 1);
        let report = store.verify_journal(None).expect("verified");
        assert_eq!((report.sealed, report.unsealed, report.problems), (5, 0, vec![]));
        drop(store);
        let again = place.open("desk", &[DOGS]);
        assert_eq!(*again.sealed().borrow(), 5, "known at once after a restart");
        register_all(&again, 6..=6);
        wait_sealed(&again, 6);
        assert_eq!(problems(&again), []);
    }

    fn a_refused_change_leaves_no_line(place: Place) {
        let store = place.open("desk", &[DOGS]);
        let refused: Result<(), StoreError> = store.write(|tx| {
            register(tx, "1")?;
            Err(StoreError::Other("no".to_owned()))
        });
        assert!(refused.is_err());
        register_all(&store, 2..=2);
        wait_sealed(&store, 1);
        let lines = store.read(|tx| tx.entries_after(0, 10)).expect("read");
        assert_eq!(lines.iter().map(|line| line.record.as_str()).collect::<Vec<_>>(), ["dog-2"]);
        assert_eq!(problems(&store), []);
    }

    fn many_writers_make_one_chain_without_gaps(place: Place) {
        let store = place.open("desk", &[DOGS]);
        let writers: Vec<_> = (0..20_i64).map(|writer| {
            let store = store.clone();
            thread::spawn(move || for number in 0..20 {
                let fails = number % 5 == 4;
                let done = store.write(move |tx| {
                    register(tx, &format!("{writer}-{number}"))?;
                    if fails { Err(StoreError::Other("changed my mind".to_owned())) } else { Ok(()) }
                });
                assert_eq!(done.is_err(), fails);
            })
        }).collect();
        // A follower beside them never sees a position come in before one that it has read.
        let mut read = 0;
        while read < 320 {
            for line in store.read(move |tx| tx.entries_after(read, 50)).expect("read") {
                assert_eq!(line.position, read + 1);
                read = line.position;
            }
        }
        writers.into_iter().for_each(|writer| writer.join().expect("no panic"));
        let report = store.verify_journal(None).expect("verified");
        assert_eq!((report.sealed, report.unsealed, report.problems), (320, 0, vec![]));
    }

    fn a_changed_line_is_found(place: Place) {
        let store = place.open("desk", &[DOGS]);
        register_all(&store, 1..=4);
        wait_sealed(&store, 4);
        place.meddle("desk", "update store_entry set actor = 'staff:tanaka' where record = 'dog-2'");
        assert_eq!(problems(&store), [Problem::Changed(2)]);
    }

    fn a_line_forged_with_its_digest_breaks_the_chain(place: Place) {
        let store = place.open("desk", &[DOGS]);
        register_all(&store, 1..=4);
        wait_sealed(&store, 4);
        place.meddle("desk", "update store_entry set actor = 'staff:tanaka', digest = (select digest from store_entry where record = 'dog-1') where record = 'dog-2'");
        assert!(problems(&store).contains(&Problem::BrokenLink(2)));
    }

    fn a_deleted_line_is_found_with_or_without_its_link(place: Place) {
        let store = place.open("desk", &[DOGS]);
        register_all(&store, 1..=5);
        wait_sealed(&store, 5);
        place.meddle("desk", "delete from store_entry where record = 'dog-2'");
        assert_eq!(problems(&store), [Problem::Missing(2)]);
        place.meddle("desk", "delete from store_seal where position = 2");
        assert!(problems(&store).contains(&Problem::Gap(2)));
        place.meddle("desk", "update store_seal set position = position - 1 where position = 3; update store_seal set position = 3 where position = 4; update store_seal set position = 4 where position = 5");
        assert!(problems(&store).contains(&Problem::BrokenLink(2)), "closing the gap does not hide it");
    }

    fn lines_cut_off_at_the_end_are_found_by_the_kept_head(place: Place) {
        let store = place.open("desk", &[DOGS]);
        let keys = Keys::init(&place.folder().join("town.key")).expect("a key").0;
        register_all(&store, 1..=4);
        wait_sealed(&store, 4);
        let path = place.folder().join("journal-head");
        assert_eq!(store.keep_head(&keys, &path).expect("kept").position, 4);
        let head = SignedHead::read(&path).expect("read").expect("there");
        assert_eq!(store.verify_journal(Some((&head, &keys))).expect("verified").problems, []);
        place.meddle("desk", "delete from store_entry where record = 'dog-4'; delete from store_seal where position = 4");
        assert_eq!(problems(&store), [], "without the head nobody can tell");
        assert_eq!(store.verify_journal(Some((&head, &keys))).expect("verified").problems, [Problem::Truncated(4, 3)]);
        assert!(store.keep_head(&keys, &path).is_err(), "and the kept head does not give way");
    }

    fn a_head_of_another_town_or_another_history_is_refused(place: Place) {
        let store = place.open("desk", &[DOGS]);
        register_all(&store, 1..=2);
        wait_sealed(&store, 2);
        let keys = Keys::init(&place.folder().join("town.key")).expect("a key").0;
        let stranger = Keys::init(&place.folder().join("other.key")).expect("a key").0;
        let foreign = store.signed_head(&stranger).expect("signed");
        assert_eq!(store.verify_journal(Some((&foreign, &keys))).expect("verified").problems, [Problem::ForeignHead]);
        let other = place.open("other", &[DOGS]);
        register_all(&other, 7..=8);
        wait_sealed(&other, 2);
        let head = other.signed_head(&keys).expect("signed");
        assert_eq!(store.verify_journal(Some((&head, &keys))).expect("verified").problems, [Problem::OtherHistory(2)]);
        let line = head.to_string();
        assert_eq!(SignedHead::parse(&line), Some(head));
        let forged = SignedHead::parse(&line.replacen("journal-head 2", "journal-head 1", 1)).expect("parses");
        assert_eq!(other.verify_journal(Some((&forged, &keys))).expect("verified").problems, [Problem::ForeignHead]);
    }

    fn a_destroyed_record_keeps_its_place_in_the_chain_and_a_stolen_salt_is_found(place: Place) {
        let store = place.open("desk", &[DOGS]);
        register_all(&store, 1..=3);
        store.write(|tx| tx.forget("dog", "dog-2", "staff:suzuki".to_owned(), "retention".to_owned())).expect("forgotten");
        wait_sealed(&store, 4);
        let report = store.verify_journal(None).expect("verified");
        assert_eq!((report.sealed, report.forgotten, report.problems), (4, 1, vec![]));
        place.meddle("desk", "delete from store_salt where record = 'dog-3'");
        assert_eq!(problems(&store), [Problem::NoSalt(3)]);
    }
}

/// The number is drawn early and committed late; nobody may read past it before.
#[test]
fn on_postgres_the_sealer_stops_before_the_oldest_running_transaction() {
    let place = Place::postgres();
    let store = place.open("desk", &[DOGS]);
    let (begun, has_begun) = mpsc::sync_channel(1);
    let (go, may_go) = mpsc::sync_channel::<()>(0);
    let may_go = std::sync::Mutex::new(may_go);
    let slow = store.clone();
    let slow = thread::spawn(move || {
        slow.write_relaxed(move |tx| {
            register(tx, "early")?;
            let _ = begun.send(());
            may_go.lock().expect("sound").recv().expect("a word");
            Ok::<_, StoreError>(())
        })
    });
    has_begun.recv().expect("it runs");
    store.write(|tx| register(tx, "late")).expect("registered");
    thread::sleep(Duration::from_millis(400));
    assert_eq!(*store.sealed().borrow(), 0, "the later line waits for the earlier");
    assert_eq!(store.verify_journal(None).expect("verified").unsealed, 1, "and is counted as the tail");
    go.send(()).expect("heard");
    slow.join().expect("no panic").expect("registered");
    wait_sealed(&store, 2);
    let lines = store.read(|tx| tx.entries_after(0, 10)).expect("read");
    assert_eq!(lines.iter().map(|line| line.record.as_str()).collect::<Vec<_>>(), ["early", "late"]);
}

#[test]
fn on_postgres_two_nodes_seal_one_chain() {
    let place = Place::postgres();
    let (one, two) = (place.open("desk", &[DOGS]), place.open("desk", &[DOGS]));
    let nodes = [one.clone(), two.clone()];
    let writers: Vec<_> = nodes
        .into_iter()
        .enumerate()
        .map(|(node, store)| {
            thread::spawn(move || {
                for number in 0..100 {
                    store.write(move |tx| register(tx, &format!("{node}-{number}"))).expect("registered");
                }
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().expect("no panic"));
    wait_sealed(&one, 200);
    wait_sealed(&two, 200);
    let report = one.verify_journal(None).expect("verified");
    assert_eq!((report.sealed, report.unsealed, report.problems), (200, 0, vec![]));
}
