//! How tables change, on both engines.

use std::thread;

use store::{Migration, Store, StoreError, on_both_engines, params, testing::Place};

const FIRST: Migration = Migration { name: "dogs-0001", sql: "create table dog (id text primary key);" };
const SECOND: Migration = Migration { name: "dogs-0002", sql: "alter table dog add column name text; create index dog_name on dog (name)" };

fn open(place: &Place, migrations: &[Migration]) -> Result<Store, StoreError> {
    Store::open(place.options("desk", migrations))
}

on_both_engines! {
    fn a_release_adds_its_migration_to_a_town_that_runs(place: Place) {
        let old = open(place, &[FIRST]).expect("the old release");
        old.write(|tx| tx.run("insert into dog (id) values ('1')", params![])).expect("written");
        let new = open(place, &[FIRST, SECOND]).expect("the new release");
        new.write(|tx| tx.run("update dog set name = 'ポチ' where id = '1'", params![])).expect("written");
        old.write(|tx| tx.run("insert into dog (id) values ('2')", params![])).expect("the old release still runs beside it");
        drop((old, new));
        open(place, &[FIRST, SECOND]).expect("nothing is applied twice");
    }

    fn a_changed_text_of_an_applied_migration_is_an_error_that_names_it(place: Place) {
        drop(open(place, &[FIRST]).expect("opens"));
        let edited = Migration { name: "dogs-0001", sql: "create table dog (id text primary key, name text);" };
        let refused = open(place, &[edited]).err().expect("refused").to_string();
        assert!(refused.starts_with("migration dogs-0001: was applied with another text"), "{refused}");
    }

    fn a_failing_migration_leaves_nothing_half(place: Place) {
        let half = Migration { name: "dogs-0002", sql: "create table cat (id text primary key); create table dog (id text primary key);" };
        let refused = open(place, &[FIRST, half]).err().expect("refused");
        assert!(matches!(&refused, StoreError::Migration { name, .. } if name == "dogs-0002"), "{refused}");
        let store = open(place, &[FIRST]).expect("the first stays applied");
        assert!(store.read(|tx| tx.first("select id from cat", params![])).is_err(), "no table of the failed one is there");
    }

    fn two_migrations_of_one_name_are_refused(place: Place) {
        assert!(open(place, &[FIRST, FIRST]).is_err());
    }

    fn nodes_that_start_together_apply_each_migration_once(place: Place) {
        let nodes: Vec<_> = (0..4).map(|_| {
            let options = place.options("desk", &[FIRST, SECOND]);
            thread::spawn(move || Store::open(options).map(drop))
        }).collect();
        nodes.into_iter().for_each(|node| node.join().expect("no panic").expect("opens"));
    }

    fn a_table_refuses_a_value_of_another_type(place: Place) {
        let typed = Migration { name: "typed-0001", sql: "create table typed (number bigint, word text, bytes blob)" };
        let store = open(place, &[typed]).expect("opens");
        for wrong in ["insert into typed (number) values ('三')", "insert into typed (number) values (x'00')"] {
            assert!(store.write(move |tx| tx.run(wrong, params![])).is_err(), "{wrong}");
        }
        store.write(|tx| tx.run("insert into typed (number, word, bytes) values ($1, $2, $3)", params![i64::MIN, "三", vec![0_u8]])).expect("the right types");
    }
}
