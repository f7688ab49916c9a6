//! The limit is reckoned with the statements that were really run.

use std::time::Duration;

use store::{
    Entry, Migration, Parcel, StoreError,
    bench::{Tap, limit, vary},
    on_both_engines, params,
};

const DOGS: Migration = Migration { name: "dogs-0001", sql: "create table dog (id text primary key, name text not null)" };

on_both_engines! {
    fn what_was_run_is_run_again_as_often_as_the_engine_can(place: Place) {
        let store = place.open("desk", &[DOGS]);
        let tap = Tap::on(&store);
        store.write(|tx| {
            let record = "01938f6e-7b1c-7def-8a90-1234567890ab".to_owned();
            tx.run("insert into dog (id, name) values ($1, 'ポチ')", params![&record])?;
            tx.send(&Parcel { kind: "registered".to_owned(), id: record.clone(), body: vec![0; 300] })?;
            tx.journal(&Entry { actor: "resident:1".to_owned(), what: "registered", kind: "dog", record, authority: String::new(), why: String::new() })
        }).expect("written");
        let refused: Result<(), StoreError> = store.write(|tx| { tx.run("delete from dog", params![])?; Err(StoreError::Closed) });
        assert!(refused.is_err());
        let units = tap.take();
        assert_eq!(units.len(), 1, "only what was kept");
        assert!(units[0].len() >= 4, "{units:?}");
        store.write(|tx| tx.run("update dog set name = 'ハチ'", params![])).expect("written");
        assert!(Tap::on(&store).take().is_empty(), "nothing is noted when nobody listens");
        let unit = |number| vary(&units[0], &["01938f6e-7b1c-7def-8a90-1234567890ab"], number);
        let measured = limit(store.engine(), &unit, 64, Duration::from_millis(300)).expect("measured");
        eprintln!("limit on {}: {:.0} commits/s", if place.is_postgres() { "PostgreSQL" } else { "SQLite" }, measured.per_second());
        let dogs: i64 = store.read(|tx| tx.first("select count(*) from dog", params![])?.expect("a row").get(0)).expect("read");
        assert_eq!(dogs as u64, measured.commits + 1);
        assert!(measured.commits > 0);
    }
}
