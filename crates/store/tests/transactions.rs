//! What a closure may rely on, on both engines.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use store::{Migration, Rule, Store, StoreError, on_both_engines, params};

const DOGS: Migration = Migration {
    name: "dogs-0001",
    sql: "create table dog (id text primary key, name text not null, fee bigint not null default 3000, chip blob);
          create table place (id text primary key, free bigint not null check (free >= 0));",
};

fn register(store: &Store, id: &'static str, name: &'static str) -> Result<u64, StoreError> {
    store.write(move |tx| tx.run("insert into dog (id, name) values ($1, $2)", params![id, name]))
}

fn names(store: &Store) -> Vec<String> {
    let rows = store.read(|tx| tx.all("select name from dog order by name", params![])).expect("a list");
    rows.iter().map(|row| row.get(0).expect("a name")).collect()
}

/// A `place` row from which `free` is taken, as by 100 windows at once.
fn take_one(store: &Store, relaxed: bool) -> Result<bool, StoreError> {
    let take = |tx: &store::Write<'_>| Ok(tx.run("update place set free = free - 1 where id = 'hall' and free > 0", params![])? == 1);
    if relaxed { store.write_relaxed(take) } else { store.write(take) }
}

on_both_engines! {
    fn what_is_written_is_read_and_survives_closing(place: Place) {
        let store = place.open("desk", &[DOGS]);
        assert_eq!(register(&store, "1", "ポチ").expect("written"), 1);
        assert_eq!(names(&store), ["ポチ"]);
        drop(store);
        assert_eq!(names(&place.open("desk", &[DOGS])), ["ポチ"]);
    }

    fn the_two_faces_of_a_town_share_nothing(place: Place) {
        let (portal, desk) = (place.open("portal", &[DOGS]), place.open("desk", &[DOGS]));
        register(&portal, "1", "ポチ").expect("written");
        assert_eq!(names(&desk), Vec::<String>::new());
    }

    fn the_second_bind_may_come_before_the_first(place: Place) {
        let store = place.open("desk", &[DOGS]);
        let insert = "insert into dog (name, id) values ($2, $1)";
        store.write(move |tx| tx.run(insert, params!["1", "ポチ"])).expect("written");
        assert_eq!(names(&store), ["ポチ"]);
        let row = store.read(|tx| tx.first("select id from dog where name = $2 and id = $1", params!["1", "ポチ"])).expect("read");
        assert_eq!(row.expect("found").get::<String>(0).expect("an id"), "1");
    }

    fn a_refused_closure_leaves_nothing(place: Place) {
        let store = place.open("desk", &[DOGS]);
        let refused: Result<(), StoreError> = store.write(|tx| {
            tx.run("insert into dog (id, name) values ('1', 'ポチ')", params![])?;
            Err(StoreError::Other("the fee is not paid".to_owned()))
        });
        assert_eq!(refused.expect_err("refused").to_string(), "the fee is not paid");
        assert_eq!(names(&store), Vec::<String>::new());
    }

    fn a_broken_rule_of_a_table_says_which(place: Place) {
        let store = place.open("desk", &[DOGS]);
        register(&store, "1", "ポチ").expect("written");
        assert!(register(&store, "1", "ハチ").expect_err("the same id").is_duplicate());
        let no_name = store.write(|tx| tx.run("insert into dog (id, name) values ('2', $1)", params![None::<String>]));
        assert!(matches!(no_name, Err(StoreError::Refused(Rule::NotNull))), "{no_name:?}");
        let below_zero = store.write(|tx| tx.run("insert into place (id, free) values ('hall', -1)", params![]));
        assert!(matches!(below_zero, Err(StoreError::Refused(Rule::Check))), "{below_zero:?}");
        let wrong_type = store.write(|tx| tx.run("insert into dog (id, name, fee) values ('3', 'ハチ', $1)", params!["三千円"]));
        assert!(wrong_type.is_err(), "a text where a number belongs");
        assert_eq!(names(&store), ["ポチ"]);
    }

    fn a_closure_that_swallows_a_failure_is_not_kept(place: Place) {
        let store = place.open("desk", &[DOGS]);
        register(&store, "1", "ポチ").expect("written");
        let swallowed: Result<(), StoreError> = store.write(|tx| {
            tx.run("insert into dog (id, name) values ('2', 'ハチ')", params![])?;
            let _ = tx.run("insert into dog (id, name) values ('1', 'ハチ')", params![]);
            Ok(())
        });
        assert!(swallowed.is_err());
        assert_eq!(names(&store), ["ポチ"]);
    }

    fn a_panic_is_an_error_of_its_own_closure_alone(place: Place) {
        let store = place.open("desk", &[DOGS]);
        let panicked: Result<(), StoreError> = store.write(|tx| {
            tx.run("insert into dog (id, name) values ('1', 'ポチ')", params![])?;
            panic!("a bug in a rule");
        });
        assert!(matches!(&panicked, Err(StoreError::Panicked(said)) if said == "a bug in a rule"), "{panicked:?}");
        let panicked: Result<(), StoreError> = store.read(|_| panic!("a bug in a list"));
        assert!(matches!(panicked, Err(StoreError::Panicked(_))));
        register(&store, "2", "ハチ").expect("the store goes on");
        assert_eq!(names(&store), ["ハチ"]);
    }

    fn a_text_with_nul_is_refused_before_it_reaches_the_engine(place: Place) {
        let store = place.open("desk", &[DOGS]);
        assert!(matches!(register(&store, "1", "ポ\0チ"), Err(StoreError::Unstorable(_))));
        assert_eq!(names(&store), Vec::<String>::new());
    }

    fn bytes_and_long_texts_come_back_as_they_were(place: Place) {
        let store = place.open("desk", &[DOGS]);
        let (chip, name) = (vec![0, 255, 7], "名".repeat(3_400_000));
        let (chip_in, name_in) = (chip.clone(), name.clone());
        store.write(move |tx| tx.run("insert into dog (id, name, chip) values ('1', $1, $2)", params![&name_in, &chip_in])).expect("written");
        let row = store.read(|tx| tx.first("select name, chip, fee from dog", params![])).expect("read").expect("found");
        assert!(row.get::<String>(0).expect("a name") == name, "ten megabytes of text");
        assert_eq!(row.get::<Vec<u8>>(1).expect("a chip"), chip);
        assert_eq!(row.get::<i64>(2).expect("a fee"), 3000);
        assert!(matches!(row.get::<i64>(0), Err(StoreError::Column { index: 0, .. })));
        assert!(matches!(row.get::<i64>(9), Err(StoreError::Column { index: 9, .. })));
    }

    fn a_reader_cannot_write_by_a_returning_clause(place: Place) {
        let store = place.open("desk", &[DOGS]);
        let sneaked = store.read(|tx| tx.first("insert into dog (id, name) values ('1', 'ポチ') returning id", params![]));
        assert!(matches!(sneaked, Err(StoreError::ReadOnly)), "{sneaked:?}");
        assert_eq!(names(&store), Vec::<String>::new());
    }

    fn all_statements_of_a_reader_see_one_moment(place: Place) {
        let store = place.open("desk", &[DOGS]);
        register(&store, "1", "ポチ").expect("written");
        let other = store.clone();
        let (first, second) = store.read(move |tx| -> Result<_, StoreError> {
            let count = |tx: &store::Read<'_>| tx.first("select count(*) from dog", params![])?.expect("a row").get::<i64>(0);
            let first = count(tx)?;
            let other = other.clone();
            let id = format!("{:?}", thread::current().id());
            thread::spawn(move || other.write(move |tx| tx.run("insert into dog (id, name) values ($1, 'ハチ')", params![&id]))).join().expect("no panic")?;
            Ok((first, count(tx)?))
        }).expect("read");
        assert_eq!((first, second), (1, 1));
        assert_eq!(names(&store).len(), 2);
    }

    fn one_failing_closure_among_many_is_nobody_elses_fault(place: Place) {
        let store = place.open("desk", &[DOGS]);
        register(&store, "taken", "ポチ").expect("written");
        let barrier = Arc::new(Barrier::new(40));
        let windows: Vec<_> = (0..40).map(|number| {
            let (store, barrier) = (store.clone(), barrier.clone());
            thread::spawn(move || {
                barrier.wait();
                store.write(move |tx| {
                    let id = if number % 4 == 0 { "taken".to_owned() } else { format!("dog-{number:02}") };
                    tx.run("insert into dog (id, name) values ($1, 'ハチ')", params![&id])?;
                    if number % 4 == 1 { panic!("a bug for every fourth") }
                    Ok::<_, StoreError>(())
                })
            })
        }).collect();
        let results: Vec<_> = windows.into_iter().map(|window| window.join().expect("no panic outside")).collect();
        for (number, result) in results.iter().enumerate() {
            match number % 4 {
                0 => assert!(result.as_ref().expect_err("taken").is_duplicate()),
                1 => assert!(matches!(result, Err(StoreError::Panicked(_)))),
                _ => assert!(result.is_ok(), "{result:?}"),
            }
        }
        assert_eq!(names(&store).len(), 21);
    }

    fn a_hundred_windows_count_together_and_lose_nothing(place: Place) {
        let store = place.open("desk", &[DOGS]);
        store.write(|tx| tx.run("insert into place (id, free) values ('counter', 0)", params![])).expect("written");
        let each = if place.is_postgres() { 10 } else { 100 };
        let windows: Vec<_> = (0..100).map(|_| {
            let store = store.clone();
            thread::spawn(move || for _ in 0..each {
                // Read, reckon, write: right only when nobody comes between.
                store.write(|tx| {
                    let free: i64 = tx.first("select free from place where id = 'counter'", params![])?.expect("a row").get(0)?;
                    tx.run("update place set free = $1 where id = 'counter'", params![free + 1])
                }).expect("counted");
            })
        }).collect();
        windows.into_iter().for_each(|window| window.join().expect("no panic"));
        let free = store.read(|tx| tx.first("select free from place", params![])).expect("read").expect("a row").get::<i64>(0).expect("a number");
        assert_eq!(free, 100 * each);
    }

    fn thirty_places_are_given_to_thirty_of_a_hundred_and_never_to_more(place: Place) {
        let store = place.open("desk", &[DOGS]);
        for relaxed in [false, true] {
            store.write(|tx| tx.run("insert into place (id, free) values ('hall', 30) on conflict (id) do update set free = 30", params![])).expect("written");
            let given = Arc::new(AtomicU64::new(0));
            let windows: Vec<_> = (0..100).map(|_| {
                let (store, given) = (store.clone(), given.clone());
                thread::spawn(move || if take_one(&store, relaxed).expect("an answer") { given.fetch_add(1, Ordering::Relaxed); })
            }).collect();
            windows.into_iter().for_each(|window| window.join().expect("no panic"));
            assert_eq!(given.load(Ordering::Relaxed), 30);
        }
    }

    fn a_full_line_says_come_back_later_and_then_serves_again(place: Place) {
        let mut options = place.options("desk", &[DOGS]);
        options.waiting_max = 3;
        options.connections = 1;
        let store = Store::open(options).expect("opens");
        let (started, has_started) = mpsc::sync_channel(1);
        let (go, may_go) = mpsc::sync_channel::<()>(0);
        let may_go = std::sync::Mutex::new(may_go);
        let slow = store.clone();
        let slow = thread::spawn(move || slow.write(move |_| {
            let _ = started.send(());
            may_go.lock().expect("sound").recv().expect("a word");
            Ok::<_, StoreError>(())
        }));
        has_started.recv().expect("it runs");
        let waiting: Vec<_> = (0..3).map(|_| {
            let store = store.clone();
            thread::spawn(move || store.write(|_| Ok::<_, StoreError>(())))
        }).collect();
        thread::sleep(Duration::from_millis(200));
        let refused = store.write(|_| Ok::<_, StoreError>(()));
        assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
        go.send(()).expect("heard");
        slow.join().expect("no panic").expect("done");
        waiting.into_iter().for_each(|one| one.join().expect("no panic").expect("those in the line are served"));
        store.write(|_| Ok::<_, StoreError>(())).expect("there is room again");
    }

    fn futures_answer_without_a_runtime_of_their_own(place: Place) {
        let store = place.open("desk", &[DOGS]);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let name = runtime.block_on(async {
            store.writing(|tx| tx.run("insert into dog (id, name) values ('1', 'ポチ')", params![])).await?;
            store.writing_relaxed(|tx| tx.run("update dog set name = 'ハチ'", params![])).await?;
            store.reading(|tx| tx.first("select name from dog", params![])?.expect("a row").get::<String>(0)).await
        });
        assert_eq!(name.expect("an answer"), "ハチ");
    }
}
