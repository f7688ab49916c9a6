//! Registers with history and totals, on both engines.

mod town;

use access::{CaseId, RecordId};
use definitions::answer::{Answer, Answers};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use registry::{
    history::{Amend, Days},
    record_rows,
    records::{self, Cause, Change, Doing, New, Refused, RegisterError, Which},
    totals,
};
use store::{Desk, StoreError};
use town::{desk, member, mihon};
use uuid::Uuid;

const APRIL: Date = date(2026, 4, 1);
const MARCH: Option<Date> = Some(date(2027, 3, 31));

fn record(number: u128) -> RecordId {
    RecordId::new(Uuid::from_u128(number))
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn decided(now: &str) -> Doing {
    let case = CaseId::new(Uuid::from_u128(9));
    Doing { actor: "staff:1".into(), authority: "grant:x".into(), cause: Cause::Decision { case }, today: APRIL, now: moment(now) }
}

fn corrected(reason: &str, now: &str) -> Doing {
    Doing { cause: Cause::Correction { reason: reason.into() }, ..decided(now) }
}

fn values(child: u128, facility: &str) -> Answers {
    [("child", member(child)), ("facility", Answer::Choice(facility.into()))]
        .into_iter()
        .map(|(id, answer)| (id.parse().unwrap(), answer))
        .collect()
}

fn joins(number: u128, facility: &str, from: Date, until: Option<Date>) -> New {
    New {
        id: record(number),
        register: "afterschool_membership".parse().unwrap(),
        state: Some("member".parse().unwrap()),
        values: values(number, facility),
        days: Days { from, until },
    }
}

fn enter(desk: &Desk, new: New, now: &str) -> Result<RecordId, Refused> {
    let doing = decided(now);
    refused(desk.write(move |tx| records::enter(tx, &mihon(), &doing, &new)))
}

fn refused<T>(result: Result<T, RegisterError>) -> Result<T, Refused> {
    result.map_err(|error| match error {
        RegisterError::Refused(refused) => refused,
        RegisterError::Store(error) => panic!("{error}"),
    })
}

fn change(desk: &Desk, child: u128, state: &str, from: Date, until: Option<Date>) -> Result<RecordId, Refused> {
    let doing = decided("2026-07-01T00:00:00Z");
    let amend = Amend { state: Some(state.parse().unwrap()), ..Amend::default() };
    let of = Which::Of(town::resident_id(child).to_string());
    let register = "afterschool_membership".parse().unwrap();
    refused(desk.write(move |tx| records::change(tx, &mihon(), &doing, &register, &of, &Change { amend: amend.clone(), from, until })))
}

fn total(desk: &Desk, facility: &str, counter: &str, day: Date) -> i64 {
    let (facility, counter) = (facility.to_owned(), counter.to_owned());
    desk.read(move |tx| {
        let town = mihon();
        Ok::<_, RegisterError>(totals::on(tx, &town.registers["afterschool_facility"], &facility, day)?[counter.as_str()])
    })
    .unwrap()
}

fn turn(desk: &Desk, number: u128) -> i64 {
    let sql = "select turn from register_record where id = $1";
    desk.read::<_, StoreError>(move |tx| tx.first(sql, store::params![record(number).to_string()])?.unwrap().get(0)).unwrap()
}

store::on_both_engines! {
    fn free_places_follow_from_the_day_on_which_a_place_is_taken_and_left(place: Place) {
        let desk = desk(place);
        enter(&desk, joins(1, "chuo", APRIL, MARCH), "2026-03-01T00:00:00Z").unwrap();
        assert_eq!(total(&desk, "chuo", "free", date(2026, 3, 31)), 2);
        assert_eq!(total(&desk, "chuo", "free", APRIL), 1);
        assert_eq!(total(&desk, "chuo", "used", date(2027, 3, 31)), 1);
        assert_eq!(total(&desk, "chuo", "free", date(2027, 4, 1)), 2);
        assert_eq!(total(&desk, "midori", "free", APRIL), 40);
    }

    fn entering_twice_takes_one_place(place: Place) {
        let desk = desk(place);
        for _ in 0..3 {
            enter(&desk, joins(1, "chuo", APRIL, MARCH), "2026-03-01T00:00:00Z").unwrap();
        }
        assert_eq!(total(&desk, "chuo", "used", APRIL), 1);
    }

    fn the_third_child_for_two_places_is_refused_and_nothing_is_written(place: Place) {
        let desk = desk(place);
        enter(&desk, joins(1, "chuo", APRIL, MARCH), "2026-03-01T00:00:00Z").unwrap();
        enter(&desk, joins(2, "chuo", date(2026, 9, 1), MARCH), "2026-03-01T00:00:00Z").unwrap();
        let full = Refused::Full { register: "afterschool_facility".parse().unwrap(), key: "chuo".into(), counter: "free".parse().unwrap() };
        assert_eq!(enter(&desk, joins(3, "chuo", APRIL, MARCH), "2026-03-01T00:00:00Z"), Err(full), "free in April, full from September");
        assert_eq!(total(&desk, "chuo", "used", date(2026, 9, 1)), 2);
        enter(&desk, joins(3, "chuo", APRIL, Some(date(2026, 8, 31))), "2026-03-01T00:00:00Z").unwrap();
    }

    fn a_suspended_place_is_free_for_its_days_and_history_keeps_both(place: Place) {
        let desk = desk(place);
        enter(&desk, joins(1, "chuo", APRIL, MARCH), "2026-03-01T00:00:00Z").unwrap();
        change(&desk, 1, "suspended", date(2026, 8, 1), None).unwrap();
        assert_eq!((total(&desk, "chuo", "used", date(2026, 7, 31)), total(&desk, "chuo", "used", date(2026, 8, 1))), (1, 0));
        change(&desk, 1, "member", date(2026, 9, 1), None).unwrap();
        assert_eq!(total(&desk, "chuo", "used", date(2026, 9, 1)), 1);
        let facts = desk.read::<_, StoreError>(|tx| record_rows::history(tx, record(1))).unwrap();
        assert!(facts.iter().any(|fact| fact.known_until.is_some()), "what we believed before is kept");
        let states: Vec<String> = desk.read::<_, StoreError>(|tx| records::stretches(tx, record(1))).unwrap()
            .iter().map(|stretch| stretch.state.as_ref().unwrap().to_string()).collect();
        assert_eq!(states, ["member", "suspended", "member"]);
    }

    fn leaving_ends_the_record_and_frees_the_place(place: Place) {
        let desk = desk(place);
        enter(&desk, joins(1, "chuo", APRIL, MARCH), "2026-03-01T00:00:00Z").unwrap();
        change(&desk, 1, "left", date(2026, 9, 30), Some(date(2026, 9, 30))).unwrap();
        assert_eq!(total(&desk, "chuo", "free", date(2026, 10, 1)), 2);
        assert_eq!(change(&desk, 1, "member", date(2026, 10, 1), None), Err(Refused::NothingToChange));
        enter(&desk, New { id: record(11), ..joins(1, "chuo", date(2026, 11, 1), MARCH) }, "2026-10-01T00:00:00Z").unwrap();
    }

    fn a_child_is_in_one_facility_on_a_day(place: Place) {
        let desk = desk(place);
        enter(&desk, joins(1, "chuo", APRIL, MARCH), "2026-03-01T00:00:00Z").unwrap();
        let again = New { id: record(5), ..joins(1, "midori", date(2027, 3, 31), None) };
        assert_eq!(enter(&desk, again.clone(), "2026-03-01T00:00:00Z"), Err(Refused::Taken { record: record(1) }));
        enter(&desk, New { days: Days::since(date(2027, 4, 1)), ..again }, "2026-03-01T00:00:00Z").unwrap();
    }

    fn a_correction_wants_a_reason_and_what_was_shown_and_we_still_know_what_we_thought(place: Place) {
        let desk = desk(place);
        enter(&desk, joins(1, "chuo", APRIL, MARCH), "2026-03-01T00:00:00Z").unwrap();
        let shown = turn(&desk, 1);
        let moved = Amend { state: None, values: [("facility".parse().unwrap(), Answer::Choice("midori".into()))].into_iter().collect(), emptied: vec![] };
        let days = Days { from: APRIL, until: MARCH };
        let correct = |doing: Doing, turn: i64| {
            let moved = moved.clone();
            refused(desk.write(move |tx| records::correct(tx, &mihon(), &doing, record(1), turn, days, &moved)))
        };
        assert_eq!(correct(corrected("  ", "2026-06-01T00:00:00Z"), shown), Err(Refused::ReasonDue));
        assert_eq!(correct(decided("2026-06-01T00:00:00Z"), shown), Err(Refused::ReasonDue));
        assert_eq!(correct(corrected("入力の誤り", "2026-06-01T00:00:00Z"), shown + 1), Err(Refused::Changed));
        correct(corrected("入力の誤り", "2026-06-01T00:00:00Z"), shown).unwrap();
        assert_eq!((total(&desk, "chuo", "used", APRIL), total(&desk, "midori", "used", APRIL)), (0, 1));
        let at = |known: &str| {
            let known = moment(known);
            let fact = desk.read::<_, StoreError>(move |tx| record_rows::as_known(tx, record(1), APRIL, known)).unwrap().unwrap();
            fact.stretch.values.get("facility").cloned()
        };
        assert_eq!(at("2026-05-01T00:00:00Z"), Some(Answer::Choice("chuo".into())));
        assert_eq!(at("2026-06-01T00:00:00Z"), Some(Answer::Choice("midori".into())));
        let fact = desk.read::<_, StoreError>(|tx| record_rows::history(tx, record(1))).unwrap().remove(0);
        assert_eq!(fact.cause, Cause::Correction { reason: "入力の誤り".into() });
    }

    fn what_does_not_fit_the_register_is_refused(place: Place) {
        let desk = desk(place);
        let base = joins(1, "chuo", APRIL, MARCH);
        let check = |new: New, expect: Refused| assert_eq!(enter(&desk, new, "2026-03-01T00:00:00Z"), Err(expect));
        check(New { register: "dogs".parse().unwrap(), ..base.clone() }, Refused::NoRegister("dogs".parse().unwrap()));
        check(New { state: Some("asleep".parse().unwrap()), ..base.clone() }, Refused::NoState("asleep".parse().unwrap()));
        check(New { days: Days { from: APRIL, until: Some(date(2026, 3, 31)) }, ..base.clone() }, Refused::NoDays);
        let mut odd = base.clone();
        odd.values.insert("colour".parse().unwrap(), Answer::Text("red".into()));
        check(odd, Refused::NoColumn("colour".parse().unwrap()));
        let keyless = New { register: "afterschool_facility".parse().unwrap(), state: None, values: Answers::default(), ..base };
        check(keyless, Refused::NoKey);
    }

    fn a_smaller_capacity_turns_nobody_out_and_lets_nobody_in(place: Place) {
        let desk = desk(place);
        enter(&desk, joins(1, "chuo", APRIL, MARCH), "2026-03-01T00:00:00Z").unwrap();
        enter(&desk, joins(2, "chuo", APRIL, MARCH), "2026-03-01T00:00:00Z").unwrap();
        let smaller: Answers = [("code", Answer::Text("chuo".into())), ("name", Answer::Text("中央児童会".into())), ("capacity", Answer::Number(1))]
            .into_iter().map(|(id, answer)| (id.parse().unwrap(), answer)).collect();
        let facility = New { id: record(50), register: "afterschool_facility".parse().unwrap(), state: None, values: smaller, days: Days::since(APRIL) };
        enter(&desk, facility, "2026-03-02T00:00:00Z").unwrap();
        assert_eq!(total(&desk, "chuo", "free", APRIL), -1);
        assert!(matches!(enter(&desk, joins(3, "chuo", APRIL, MARCH), "2026-03-03T00:00:00Z"), Err(Refused::Full { .. })));
        change(&desk, 1, "suspended", date(2026, 8, 1), None).unwrap();
        assert_eq!(total(&desk, "chuo", "free", date(2026, 8, 1)), 0);
    }

    fn forty_places_for_a_hundred_at_once_are_given_forty_times(place: Place) {
        let desk = desk(place);
        let given: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8_u128).map(|thread| {
                let desk = desk.clone();
                scope.spawn(move || {
                    let mut given = 0;
                    for number in (0..100).filter(|number| number % 8 == thread) {
                        // Who loses every re-run comes again, as a job would.
                        loop {
                            let (doing, new) = (decided("2026-03-01T00:00:00Z"), joins(1_000 + number, "midori", APRIL, MARCH));
                            match desk.write(move |tx| records::enter(tx, &mihon(), &doing, &new)) {
                                Ok(_) => { given += 1; break }
                                Err(RegisterError::Refused(Refused::Full { .. })) => break,
                                Err(RegisterError::Store(error)) if error.is_busy() => {}
                                Err(error) => panic!("{error}"),
                            }
                        }
                    }
                    given
                })
            }).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(given, 40);
        assert_eq!(total(&desk, "midori", "free", APRIL), 0);
        let rows = desk.read::<_, StoreError>(|tx| tx.first("select count(*) from register_fact", store::params![])?.unwrap().get::<i64>(0)).unwrap();
        assert_eq!(rows, 40);
    }
}
