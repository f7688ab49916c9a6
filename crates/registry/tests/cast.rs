//! The cast of the examples, as the demo brings it in.

mod town;

use access::{Clock, current::Current};
use jiff::civil::date;
use registry::{load, record_rows, rows, synthetic};
use store::StoreError;
use town::{desk, mihon};

store::on_both_engines! {
    fn the_cast_lives_in_its_households_and_holds_its_records_however_often_it_is_loaded(place: Place) {
        let desk = desk(place);
        let town = Current::new((*mihon()).clone());
        let clock = Clock::fixed("2026-11-24T00:00:00Z".parse().unwrap());
        for _ in 0..2 {
            load::load(&desk, "demo", synthetic::town(7, 200, &mihon().cast), |_| ()).unwrap();
            assert_eq!(load::load_cast_records(&desk, &town, &clock).unwrap(), 1);
        }
        desk.read::<_, StoreError>(|tx| {
            let hanako = rows::by_id(tx, synthetic::cast_resident("hanako"))?.unwrap();
            let family = rows::with_household(tx, hanako.id)?;
            assert_eq!(family.iter().map(|person| person.name.full()).collect::<Vec<_>>(), ["佐藤　花子", "佐藤　さくら"]);
            assert_eq!(family[1].address, hanako.address);
            assert_eq!(hanako.phone.as_deref(), Some("0000000001"));
            assert!(rows::by_id(tx, synthetic::cast_resident("akiko"))?.unwrap().protected_until.is_some());
            let register = "afterschool_membership".parse().unwrap();
            assert!(record_rows::holds(tx, &register, &synthetic::cast_resident("sakura").to_string(), date(2026, 11, 24))?);
            assert!(!record_rows::holds(tx, &register, &synthetic::cast_resident("hanako").to_string(), date(2026, 11, 24))?);
            let held = record_rows::of_owner(tx, &synthetic::cast_resident("sakura").to_string())?;
            let days = definitions::answer::Answer::Choices(vec!["mon".into(), "tue".into()]);
            assert_eq!(held[0].stretch.values.get("days"), Some(&days), "several are several, however they stand in the example");
            let count: i64 = tx.first("select count(*) from person", store::params![])?.unwrap().get(0)?;
            assert_eq!(count, 200);
            Ok(())
        }).unwrap();
    }
}
