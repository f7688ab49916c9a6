//! The machine fails in the middle: what was answered is there, nothing is there by half, and the town goes on.

use std::{
    io::{BufRead, BufReader, Write as _},
    process::{Command, Stdio},
    sync::Mutex,
    thread,
};

use store::{
    Engine, Entry, Migration, Options, Store, StoreError, on_both_engines, params,
    testing::{Place, until},
};

const FILED: Migration = Migration {
    name: "filed-0001",
    sql: "create table filed (id text primary key); create table page (filed text not null references filed (id), number bigint not null, primary key (filed, number))",
};

/// One filing: a case, two pages and a line of the journal.
fn file(store: &Store, id: String) -> Result<(), StoreError> {
    store.write(move |tx| {
        tx.run("insert into filed (id) values ($1)", params![&id])?;
        tx.run("insert into page (filed, number) values ($1, 1)", params![&id])?;
        tx.run("insert into page (filed, number) values ($1, 2)", params![&id])?;
        let actor = "resident:1".to_owned();
        tx.journal(&Entry { actor, what: "filed", kind: "case", record: id.clone(), authority: String::new(), why: String::new() })
    })
}

/// Not a test of its own: the program that the next test kills. It says aloud what it has acknowledged.
#[test]
#[ignore = "runs as the child of the test that kills it"]
fn a_town_that_files_until_it_is_killed() {
    let Ok(place) = std::env::var("PLACE") else {
        return;
    };
    let engine = match place.split_once('|') {
        Some((url, schema)) => Engine::Postgres { url: url.to_owned(), schema: schema.to_owned() },
        None => Engine::Sqlite { folder: place.into() },
    };
    let store = Store::open(Options { connections: 6, ..Options::new(engine, vec![FILED]) }).expect("opens");
    let aloud = Mutex::new(std::io::stdout());
    thread::scope(|scope| {
        for window in 0..6 {
            let (store, aloud) = (&store, &aloud);
            scope.spawn(move || {
                for number in 0.. {
                    let id = format!("{window}-{number}");
                    file(store, id.clone()).expect("filed");
                    let mut out = aloud.lock().expect("sound");
                    writeln!(out, "acknowledged {id}").and_then(|()| out.flush()).expect("said");
                }
            });
        }
    });
}

on_both_engines! {
    fn after_kill_9_every_acknowledged_filing_is_there_and_none_is_half(place: Place) {
        let engine = match place.engine("desk") {
            Engine::Sqlite { folder } => folder.display().to_string(),
            Engine::Postgres { url, schema } => format!("{url}|{schema}"),
        };
        let mut acknowledged = Vec::new();
        for _ in 0..3 {
            let mut town = Command::new(std::env::current_exe().expect("this program"))
                .args(["--exact", "a_town_that_files_until_it_is_killed", "--ignored", "--nocapture"])
                .env("PLACE", &engine)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("starts");
            let mut lines = BufReader::new(town.stdout.take().expect("its voice")).lines().map_while(Result::ok);
            let heard = |lines: &mut dyn Iterator<Item = String>, most: usize| -> Vec<String> {
                lines.filter_map(|line| line.split_once("acknowledged ").map(|(_, id)| id.to_owned())).take(most).collect()
            };
            let first = heard(&mut lines, 150);
            assert_eq!(first.len(), 150, "the town files");
            town.kill().expect("killed");
            acknowledged.extend(first);
            acknowledged.extend(heard(&mut lines, usize::MAX));
            town.wait().expect("dead");
            // The next run begins other windows' numbers anew; what is there is checked and put away.
            let store = place.open("desk", &[FILED]);
            let unsealed = || store.verify_journal(None).expect("verified").unsealed;
            until("the server has noticed and the tail is sealed", || unsealed() == 0);
            let there: Vec<String> = store.read(|tx| tx.all("select id from filed", params![])).expect("read").iter().map(|row| row.get(0).expect("an id")).collect();
            let lost: Vec<&String> = acknowledged.iter().filter(|id| !there.contains(id)).collect();
            assert_eq!(lost, Vec::<&String>::new());
            let half = store.read(|tx| tx.all("select f.id from filed f where (select count(*) from page p where p.filed = f.id) <> 2", params![])).expect("read");
            assert_eq!(half.len(), 0);
            let report = store.verify_journal(None).expect("verified");
            assert_eq!((report.sealed, report.problems), (there.len() as i64, vec![]));
            store.write(|tx| { tx.run("delete from page", params![])?; tx.run("delete from filed", params![])?; tx.run("delete from store_seal", params![])?; tx.run("delete from store_entry", params![]) }).expect("put away");
            acknowledged.clear();
        }
    }
}

#[test]
fn on_postgres_a_lost_connection_is_made_anew() {
    let place = Place::postgres();
    let mut options = place.options("desk", &[FILED]);
    options.connections = 1;
    let store = Store::open(options).expect("opens");
    for round in 0..3 {
        let server: i64 = store.read(|tx| tx.first("select pg_backend_pid()", params![])?.expect("a row").get(0)).expect("read");
        place.meddle("desk", &format!("select pg_terminate_backend({server})"));
        file(&store, format!("{round}")).expect("filed over a new connection");
    }
    let filed: i64 = store.read(|tx| tx.first("select count(*) from filed", params![])?.expect("a row").get(0)).expect("read");
    assert_eq!(filed, 3);
}

#[test]
fn on_postgres_a_full_disk_and_a_conflict_without_end_are_said_clearly() {
    let place = Place::postgres();
    let store = place.open("desk", &[FILED]);
    let full = store.write(|tx| tx.run("do $$ begin raise exception using errcode = '53100'; end $$", params![]));
    assert!(matches!(full, Err(StoreError::DiskFull)), "{full:?}");
    let conflict = store.write(|tx| tx.run("do $$ begin raise exception using errcode = '40001'; end $$", params![]));
    assert!(matches!(&conflict, Err(error @ StoreError::Conflict { tries }) if *tries > 10 && error.is_busy()), "{conflict:?}");
}

#[test]
fn a_database_that_is_not_there_is_said_at_once() {
    let engine = Engine::Postgres { url: "host=/nonexistent user=nobody".to_owned(), schema: "desk".to_owned() };
    assert!(matches!(Store::open(Options::new(engine, vec![])), Err(StoreError::Unreachable(_))));
    let engine = Engine::Postgres { url: "host=/nonexistent".to_owned(), schema: "desk\"; drop schema x".to_owned() };
    assert!(Store::open(Options::new(engine, vec![])).is_err());
}
