//! 支援措置: who enters, extends and ends it; whom it reaches; what everybody else sees of it: nothing.

mod town;

use access::{Post, ResidentId, Staff, StaffId, staff};
use jiff::civil::{Date, date};
use registry::{
    permitted,
    protection::{self, Change, Refused},
    rows,
    search::Sought,
};
use store::{Desk, StoreError, testing::Place};
use town::{cast, mihon, put, resident_id};
use uuid::Uuid;

const TODAY: Date = date(2026, 11, 24);

fn open(place: &Place) -> Desk {
    let desk = Desk::new(place.open("desk", &[access::DESK_MIGRATIONS, registry::DESK_MIGRATIONS].concat()));
    put(&desk, &cast());
    desk
}

fn somebody(number: u128, department: &str, role: &str) -> Staff {
    let listed = staff::directory::Listed {
        id: StaffId::new(Uuid::from_u128(number)),
        login: format!("s{number}"),
        name: "前田 博".into(),
        active: true,
        is_set_up: true,
        last: None,
    };
    let post = Post { department: department.parse().unwrap(), role: role.parse().unwrap(), from: Date::MIN, until: Date::MAX };
    Staff::new(&listed, &[post], &mihon(), TODAY, "0".repeat(64).parse().unwrap(), String::new())
}

fn chief() -> Staff {
    somebody(2, "residents", "chief")
}

fn clerk() -> Staff {
    somebody(1, "childcare", "clerk")
}

fn enter(from: Date, until: Date) -> Change {
    Change::Enter { from, until, ground: "dv".into() }
}

fn a_year() -> Change {
    enter(TODAY, date(2027, 11, 24))
}

fn change(desk: &Desk, who: &Staff, id: ResidentId, seen: Option<Date>, change: Change) -> Result<Vec<ResidentId>, Refused> {
    let who = who.clone();
    desk.write(move |tx| protection::change(tx, &who, id, seen, &change, TODAY))
}

fn until(desk: &Desk, id: ResidentId) -> Option<Date> {
    desk.read::<_, StoreError>(move |tx| rows::by_id(tx, id)).unwrap().unwrap().protected_until
}

fn sees(desk: &Desk, who: &Staff, id: ResidentId) -> bool {
    let who = who.clone();
    let sought = Sought::read("佐藤").unwrap();
    let (there, found) = desk
        .read::<_, StoreError>(move |tx| Ok((permitted::resident(tx, &who, id)?.is_some(), permitted::search(tx, &who, &sought, 20)?)))
        .unwrap();
    assert_eq!(there, found.residents.iter().any(|person| person.id == id), "a page and a list agree");
    there
}

store::on_both_engines! {
    fn it_is_entered_extended_and_ended_for_all_who_live_there_and_each_step_stays(place: Place) {
        let desk = open(place);
        let (hanako, sakura) = (resident_id(1), resident_id(2));
        assert!(sees(&desk, &clerk(), hanako) && sees(&desk, &clerk(), sakura));
        assert_eq!(change(&desk, &chief(), hanako, None, a_year()).unwrap().len(), 2);
        for id in [hanako, sakura] {
            assert_eq!(until(&desk, id), Some(date(2027, 11, 24)));
            assert!(!sees(&desk, &clerk(), id), "who has no grant does not find them");
            assert!(sees(&desk, &chief(), id));
        }
        let longer = Change::Extend { until: date(2028, 11, 24), ground: "dv".into() };
        change(&desk, &chief(), hanako, Some(date(2027, 11, 24)), longer).unwrap();
        assert_eq!(until(&desk, sakura), Some(date(2028, 11, 24)));
        change(&desk, &chief(), hanako, Some(date(2028, 11, 24)), Change::End { ground: "asked".into() }).unwrap();
        assert_eq!((until(&desk, hanako), until(&desk, sakura)), (None, None));
        assert!(sees(&desk, &clerk(), hanako));
        let who = chief();
        let (_, lines) = desk.write(move |tx| protection::open(tx, &who, sakura)).unwrap();
        let told: Vec<_> = lines.iter().map(|line| (line.what.as_str(), line.until, line.ground.as_str())).collect();
        assert_eq!(told, [
            ("protected", Some(date(2027, 11, 24)), "dv"),
            ("protection-extended", Some(date(2028, 11, 24)), "dv"),
            ("protection-ended", None, "asked"),
        ]);
        assert!(lines.iter().all(|line| line.staff == chief().id));
        let entries = || desk.read::<_, StoreError>(move |tx| tx.entries_of("resident", &hanako.to_string(), 50)).unwrap();
        store::testing::until("the journal is sealed", || entries().iter().any(|entry| entry.what == "protection-ended"));
        let entered = entries().into_iter().find(|entry| entry.what == "protected").unwrap();
        assert_eq!((entered.authority.as_str(), entered.why.as_str()), ("grant:chief_sees_protected@residents", "dv"));
    }

    fn without_the_grant_nobody_opens_enters_or_ends_it(place: Place) {
        let desk = open(place);
        let hanako = resident_id(1);
        let others = [clerk(), somebody(3, "childcare", "chief"), somebody(4, "residents", "clerk"), somebody(5, "residents", "nobody")];
        for who in &others {
            assert!(matches!(change(&desk, who, hanako, None, a_year()), Err(Refused::NotFound)));
            let who = who.clone();
            assert!(matches!(desk.write(move |tx| protection::open(tx, &who, hanako)), Err(Refused::NotFound)));
        }
        assert_eq!(until(&desk, hanako), None);
        change(&desk, &chief(), hanako, None, a_year()).unwrap();
        for who in &others {
            let end = Change::End { ground: "asked".into() };
            assert!(matches!(change(&desk, who, hanako, Some(date(2027, 11, 24)), end), Err(Refused::NotFound)));
        }
        assert!(matches!(change(&desk, &chief(), resident_id(99), None, a_year()), Err(Refused::NotFound)), "no such person, in the same words");
        assert_eq!(until(&desk, hanako), Some(date(2027, 11, 24)));
    }

    fn days_and_grounds_that_do_not_do_change_nothing(place: Place) {
        let desk = open(place);
        let hanako = resident_id(1);
        let wrong = [
            (enter(date(2026, 11, 25), date(2027, 11, 24)), "it cannot begin tomorrow"),
            (enter(TODAY, TODAY), "nor end today"),
            (enter(TODAY, date(2027, 11, 25)), "nor last longer than a year"),
        ];
        for (days, why) in wrong {
            assert!(matches!(change(&desk, &chief(), hanako, None, days), Err(Refused::Days)), "{why}");
        }
        let unknown = Change::Enter { from: TODAY, until: date(2027, 11, 24), ground: "夫から".into() };
        assert!(matches!(change(&desk, &chief(), hanako, None, unknown), Err(Refused::Ground)), "the journal holds no words of people");
        assert!(matches!(change(&desk, &chief(), hanako, None, Change::End { ground: "asked".into() }), Err(Refused::Changed)), "there is none to end");
        assert_eq!(until(&desk, hanako), None);
        change(&desk, &chief(), hanako, None, a_year()).unwrap();
        assert!(matches!(change(&desk, &chief(), hanako, None, a_year()), Err(Refused::Changed)), "two who enter it at once: the second is told");
        let shorter = Change::Extend { until: date(2027, 11, 23), ground: "dv".into() };
        assert!(matches!(change(&desk, &chief(), hanako, Some(date(2027, 11, 24)), shorter), Err(Refused::Days)));
    }
}
