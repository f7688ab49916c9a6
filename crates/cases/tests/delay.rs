//! 遅れの知らせと期間の延長: what moves a day, which notice goes, what the person reads, and what is too late.

mod world;

use access::Staff;
use cases::{
    Case, CaseNumber,
    case::NotNow,
    event::Event,
    own::Seen,
    parcel::News,
    verbs::{self, Delay, Refused},
};
use jiff::civil::{Date, date};
use letters::State;
use world::{HANAKO, World};

const GARDEN: &[(&str, &str)] = &[("name", "佐藤 花子"), ("garden", "east")];
const WHY: &str = "対象の文書が多く、内容の確認に時間がかかるため。";

fn delay(world: &World, who: &Staff, number: CaseNumber, delay: Delay, why: &'static str) -> Result<Case, Refused> {
    let seen = world.case(number).row;
    world.act(who, move |tx, acting| verbs::notify_delay(tx, acting, number, seen, delay, why))
}

#[track_caller]
fn not_now<T: std::fmt::Debug>(result: Result<T, Refused>, why: NotNow) {
    match result {
        Err(Refused::NotNow(found)) => assert_eq!(found, why),
        other => panic!("{why:?} was expected: {other:?}"),
    }
}

/// Templates of the letters on a case.
fn letters_of(world: &World, number: CaseNumber) -> Vec<(String, State, Date)> {
    let id = world.case(number).id;
    let listed = world.desk.read(move |tx| letters::of_case(tx, id)).unwrap();
    listed.into_iter().map(|letter| (letter.template, letter.state, letter.date)).collect()
}

fn due(world: &World, number: CaseNumber) -> Option<Date> {
    let case = world.case(number);
    case.clock.statutory_due(&world.town.current().closed, world.today())
}

/// Filed on Tuesday 24 November 2026: fifteen days end on Wednesday 9 December, and thirty more on Friday 8 January.
fn asked(world: &World) -> (Staff, CaseNumber) {
    let clerk = world.hire("小野", "general_affairs", "clerk");
    let number = world.filed("paper_request", HANAKO).number;
    assert_eq!(due(world, number), Some(date(2026, 12, 9)));
    (clerk, number)
}

store::on_both_engines! {
    fn an_extension_orders_its_notice_and_tells_the_person_the_new_day(place: Place) {
        let world = World::new(place);
        let (clerk, number) = asked(&world);
        let case = delay(&world, &clerk, number, Delay::Extension, WHY).unwrap();
        assert_eq!(due(&world, number), Some(date(2027, 1, 8)));
        assert_eq!(letters_of(&world, number), [("extension".to_owned(), State::Ordered, world.today())]);
        let line = Event::Delayed { until: date(2027, 1, 8), reason: WHY.into(), statutory: true, part: None };
        assert!(world.story(case.id).iter().any(|told| told.event == line));
        world.carry();
        assert_eq!(world.own(case.id).hear_by, Some(date(2027, 1, 8)));
        let news = News::Delayed { until: date(2027, 1, 8), reason: WHY.into(), statutory: true, part: None };
        assert!(world.seen(case.id).contains(&Seen::Desk { news: Box::new(news) }));
        assert_eq!(world.count(&world.portal, "select count(*) from notice where kind = 'delayed'"), 1);
        not_now(delay(&world, &clerk, number, Delay::Extension, WHY), NotNow::NotExtendable);
        assert_eq!(letters_of(&world, number).len(), 1, "a refusal orders nothing");
    }

    fn on_the_last_day_a_notice_is_in_time_and_the_day_after_it_is_too_late(place: Place) {
        let world = World::new(place);
        let (clerk, number) = asked(&world);
        let late = world.filed("paper_request", HANAKO).number;
        world.days_later(15);
        let clerk = world.as_of_today(clerk.id);
        delay(&world, &clerk, number, Delay::Extension, WHY).unwrap();
        world.days_later(1);
        not_now(delay(&world, &clerk, late, Delay::Extension, WHY), NotNow::LimitPassed);
        not_now(delay(&world, &clerk, late, Delay::Special { until: date(2027, 3, 31) }, WHY), NotNow::LimitPassed);
        assert!(letters_of(&world, late).is_empty());
        assert_eq!(due(&world, late), Some(date(2026, 12, 9)), "what has passed stays passed");
    }

    fn days_of_a_correction_that_the_law_leaves_out_keep_the_notice_in_time(place: Place) {
        let world = World::new(place);
        let (clerk, number) = asked(&world);
        let (seen, until) = (world.case(number).row, world.today());
        world.act(&clerk, move |tx, acting| {
            let correction = verbs::Correction { fields: vec!["documents".parse().unwrap()], say: "どの文書ですか。".into(), until };
            verbs::request_correction(tx, acting, number, seen, correction)
        }).unwrap();
        world.days_later(20);
        let clerk = world.as_of_today(clerk.id);
        delay(&world, &clerk, number, Delay::Extension, WHY).unwrap();
    }

    fn a_special_extension_names_a_day_for_a_part_and_one_for_the_rest(place: Place) {
        let world = World::new(place);
        let (clerk, number) = asked(&world);
        for early in [date(2026, 12, 10), date(2027, 1, 8)] {
            not_now(delay(&world, &clerk, number, Delay::Special { until: early }, WHY), NotNow::NotLater);
        }
        let rest = date(2027, 3, 31);
        let case = delay(&world, &clerk, number, Delay::Special { until: rest }, "文書が三千件あるため。").unwrap();
        assert_eq!(due(&world, number), Some(rest));
        assert_eq!(letters_of(&world, number), [("special_extension".to_owned(), State::Ordered, world.today())]);
        world.carry();
        let news = News::Delayed { until: rest, reason: "文書が三千件あるため。".into(), statutory: true, part: Some(date(2027, 1, 8)) };
        assert!(world.seen(case.id).contains(&Seen::Desk { news: Box::new(news) }));
        not_now(delay(&world, &clerk, number, Delay::Special { until: date(2027, 5, 31) }, WHY), NotNow::NotExtendable);
        not_now(delay(&world, &clerk, number, Delay::Extension, WHY), NotNow::NotExtendable);
    }

    fn after_the_first_step_the_second_goes_only_within_the_first_limit(place: Place) {
        let world = World::new(place);
        let (clerk, number) = asked(&world);
        let slow = world.filed("paper_request", HANAKO).number;
        for one in [number, slow] {
            delay(&world, &clerk, one, Delay::Extension, WHY).unwrap();
        }
        let rest = Delay::Special { until: date(2027, 3, 31) };
        delay(&world, &clerk, number, rest, WHY).unwrap();
        let mut templates: Vec<String> = letters_of(&world, number).into_iter().map(|(template, ..)| template).collect();
        templates.sort();
        assert_eq!(templates, ["extension", "special_extension"], "each step has its own notice");
        world.days_later(16);
        let clerk = world.as_of_today(clerk.id);
        not_now(delay(&world, &clerk, slow, rest, WHY), NotNow::LimitPassed);
    }

    fn a_promise_gets_a_later_day_without_a_letter(place: Place) {
        let world = World::new(place);
        let ueda = world.hire("上田", "environment", "clerk");
        let own = world.filed("club_join", GARDEN);
        // Ten open days from Tuesday 24 November end on Tuesday 8 December.
        for (until, why) in [(date(2026, 11, 24), NotNow::DayPassed), (date(2026, 12, 8), NotNow::NotLater)] {
            not_now(delay(&world, &ueda, own.number, Delay::Promise { until }, WHY), why);
        }
        not_now(delay(&world, &ueda, own.number, Delay::Extension, WHY), NotNow::NotExtendable);
        not_now(delay(&world, &ueda, own.number, Delay::Special { until: date(2027, 3, 31) }, WHY), NotNow::NotExtendable);
        not_now(delay(&world, &ueda, own.number, Delay::Promise { until: date(2026, 12, 9) }, " "), NotNow::ReasonDue);
        delay(&world, &ueda, own.number, Delay::Promise { until: date(2026, 12, 9) }, WHY).unwrap();
        assert!(letters_of(&world, own.number).is_empty());
        world.carry();
        assert_eq!(world.own(own.id).hear_by, Some(date(2026, 12, 9)));
        world.days_later(30);
        let ueda = world.as_of_today(ueda.id);
        delay(&world, &ueda, own.number, Delay::Promise { until: date(2027, 1, 15) }, WHY).expect("what is late already gets a day that holds");
    }

    fn no_promise_reaches_beyond_the_laws_limit_and_nobody_else_moves_it(place: Place) {
        let world = World::new(place);
        let (_, number) = asked(&world);
        let (reader, other) = (world.hire("見学", "general_affairs", "reader"), world.hire("三浦", "welfare", "clerk"));
        assert!(matches!(delay(&world, &reader, number, Delay::Extension, WHY), Err(Refused::NotPermitted(_))));
        assert!(matches!(delay(&world, &other, number, Delay::Extension, WHY), Err(Refused::NotFound)));
        let clerk = world.hire("今井", "general_affairs", "clerk");
        not_now(delay(&world, &clerk, number, Delay::Promise { until: date(2026, 12, 10) }, WHY), NotNow::NotExtendable);
        let id = world.case(number).id;
        world.withdraw(id).unwrap();
        world.carry();
        not_now(delay(&world, &clerk, number, Delay::Extension, WHY), NotNow::Stage("withdrawn"));
    }

    /// 子ども・子育て支援法20条6項ただし書: within thirty days the town tells until when it still needs, and why.
    fn a_notice_may_name_the_day_itself(place: Place) {
        let world = World::new(place);
        let clerk = world.hire("小野", "welfare", "clerk");
        let number = world.filed("nursery_request", &[("name", "佐藤 花子"), ("address.text", "見本市中央1")]).number;
        assert_eq!(due(&world, number), Some(date(2026, 12, 24)));
        not_now(delay(&world, &clerk, number, Delay::Extension, WHY), NotNow::NotExtendable);
        not_now(delay(&world, &clerk, number, Delay::Named { until: date(2026, 12, 24) }, WHY), NotNow::NotLater);
        not_now(delay(&world, &clerk, number, Delay::Named { until: date(2027, 1, 29) }, "  "), NotNow::ReasonDue);
        assert!(letters_of(&world, number).is_empty());
        world.days_later(30);
        let case = delay(&world, &clerk, number, Delay::Named { until: date(2027, 1, 29) }, WHY).unwrap();
        assert_eq!(due(&world, number), Some(date(2027, 1, 29)), "on the last day it is in time");
        assert_eq!(letters_of(&world, number), [("extension".to_owned(), State::Ordered, world.today())]);
        world.carry();
        let own = world.own(case.id);
        assert_eq!(own.hear_by, Some(date(2027, 1, 29)));
        assert!(world.seen(case.id).iter().any(|seen| matches!(seen, Seen::Desk { news }
            if matches!(news.as_ref(), News::Delayed { until, reason, statutory: true, .. } if *until == date(2027, 1, 29) && reason == WHY))));
        not_now(delay(&world, &clerk, number, Delay::Named { until: date(2027, 2, 26) }, WHY), NotNow::NotExtendable);
    }

    fn after_the_thirtieth_day_no_notice_names_another(place: Place) {
        let world = World::new(place);
        let clerk = world.hire("小野", "welfare", "clerk");
        let number = world.filed("nursery_request", &[("name", "佐藤 花子"), ("address.text", "見本市中央1")]).number;
        world.days_later(31);
        not_now(delay(&world, &clerk, number, Delay::Named { until: date(2027, 1, 29) }, WHY), NotNow::LimitPassed);
        let other = world.filed("paper_request", HANAKO).number;
        let clerk = world.hire("鈴木", "general_affairs", "clerk");
        not_now(delay(&world, &clerk, other, Delay::Named { until: date(2027, 3, 31) }, WHY), NotNow::NotExtendable);
    }
}
