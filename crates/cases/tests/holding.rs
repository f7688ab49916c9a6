//! Who has a case: taken, given to a colleague, handed over to another department; and who is refused.

mod world;

use access::{
    Act, Staff, StaffId,
    staff::{Farewell, Leaving},
};
use cases::{
    Case, CaseNumber, Queue,
    case::{NotNow, Stage},
    desk_lists::{Narrow, page, search},
    event::Event,
    own::{OwnState, Seen},
    parcel::News,
    verbs::{self, Refused, StepDone},
};
use jiff::ToSpan;
use world::{HANAKO, World};

fn row(world: &World, number: CaseNumber) -> i64 {
    world.case(number).row
}

fn give(world: &World, who: &Staff, number: CaseNumber, to: StaffId) -> Result<Case, Refused> {
    let seen = row(world, number);
    world.act(who, move |tx, acting| verbs::give(tx, acting, number, seen, to))
}

fn hand_over(world: &World, who: &Staff, number: CaseNumber, to: &'static str, why: &'static str) -> Result<Case, Refused> {
    let seen = row(world, number);
    world.act(who, move |tx, acting| verbs::hand_over(tx, acting, number, seen, to.parse().unwrap(), why))
}

#[track_caller]
fn not_now<T: std::fmt::Debug>(result: Result<T, Refused>, why: NotNow) {
    match result {
        Err(Refused::NotNow(found)) => assert_eq!(found, why),
        other => panic!("{why:?} was expected: {other:?}"),
    }
}

fn finds(world: &World, who: &Staff, number: CaseNumber, queue: Queue) -> bool {
    let lines = world.look(who, move |tx, acting| Ok(page(tx, acting.staff, &queue, &Narrow::default(), None, 40)?)).unwrap();
    lines.iter().any(|line| line.number == number)
}

store::on_both_engines! {
    fn a_case_is_given_only_to_somebody_who_holds_a_post_in_its_department_today(place: Place) {
        let world = World::new(place);
        let chief = world.hire("工藤", "general_affairs", "chief");
        let (ono, other) = (world.hire("小野", "general_affairs", "clerk"), world.hire("三浦", "welfare", "clerk"));
        let above = world.hire("平野", "general_division", "director");
        let ended = world.hire_until("去年", "general_affairs", "clerk", world.today());
        let left = world.hire("退職", "general_affairs", "clerk");
        let number = world.filed("paper_request", HANAKO).number;
        let (now, today, gone) = (world.now(), world.today(), left.id);
        let farewell = Farewell { by: "town".into(), authority: "town".into(), why: Leaving::Left, today, now };
        assert!(world.desk.write(move |tx| access::staff::leave(tx, gone, today, &farewell, &[])).unwrap());
        assert_eq!(give(&world, &chief, number, ended.id).unwrap().assignee, Some(ended.id), "the last day counts");
        world.days_later(1);
        let nobody = StaffId::new(uuid::Uuid::from_u128(99));
        for (who, why) in [(nobody, "does not exist"), (other.id, "of another department"), (above.id, "of the division above"), (left.id, "has left"), (ended.id, "whose post ended yesterday")] {
            not_now(give(&world, &chief, number, who), NotNow::Unknown("colleague"));
            assert_eq!(world.case(number).assignee, Some(ended.id), "{why}");
        }
        for to in [chief.id, nobody] {
            assert!(matches!(give(&world, &ono, number, to), Err(Refused::NotPermitted(Act::Assign))), "who works need not assign");
        }
        assert!(matches!(give(&world, &other, number, ono.id), Err(Refused::NotFound)), "who may not know of it gives it to nobody");
        assert_eq!(give(&world, &chief, number, ono.id).unwrap().assignee, Some(ono.id));
        let codes = world.story_codes(world.case(number).id);
        assert_eq!(codes.iter().filter(|code| **code == "assigned").count(), 2, "refusals leave no line");
    }

    fn whoever_tells_a_person_by_hand_needs_the_grant_for_messages_too(place: Place) {
        let world = World::new(place);
        let (clerk, chief) = (world.hire("小野", "general_affairs", "clerk"), world.hire("工藤", "general_affairs", "chief"));
        let number = world.filed("paper_request", HANAKO).number;
        let reached = |who: &Staff, how: &'static str| {
            let seen = row(&world, number);
            world.act(who, move |tx, acting| verbs::reached(tx, acting, number, seen, how, "留守番電話".to_owned()))
        };
        assert!(matches!(reached(&chief, "call"), Err(Refused::NotPermitted(Act::Work))), "working on the case is not enough");
        not_now(reached(&clerk, "telegram"), NotNow::Unknown("way"));
        let id = reached(&clerk, "call").unwrap().id;
        assert_eq!(world.story_codes(id).iter().filter(|code| **code == "reached").count(), 1, "refusals leave no line");
    }

    fn a_post_that_begins_tomorrow_is_no_post_today(place: Place) {
        let world = World::new(place);
        let chief = world.hire("工藤", "general_affairs", "chief");
        let ono = world.hire("小野", "welfare", "clerk");
        let from = world.today() + 1.day();
        let post = access::Post { department: "general_affairs".parse().unwrap(), role: "clerk".parse().unwrap(), from, until: from + 90.days() };
        let (id, number) = (ono.id, world.filed("paper_request", HANAKO).number);
        world.desk.write(move |tx| access::staff::add_post(tx, id, &post, "town")).unwrap();
        not_now(give(&world, &chief, number, id), NotNow::Unknown("colleague"));
        world.days_later(1);
        assert_eq!(give(&world, &chief, number, id).unwrap().assignee, Some(id));
    }

    fn what_is_handed_over_is_the_other_departments_alone(place: Place) {
        let world = World::new(place);
        let (ono, ueda) = (world.hire("小野", "general_affairs", "clerk"), world.hire("上田", "environment", "clerk"));
        let own = world.filed("paper_request", HANAKO);
        let number = own.number;
        world.act(&ono, move |tx, acting| verbs::claim(tx, acting, number, 0)).unwrap();
        assert!(finds(&world, &ono, number, Queue::Mine(ono.id)));
        let before = world.case(number);
        let handed = hand_over(&world, &ono, number, "environment", "　環境課が持っている文書です。 ").unwrap();
        assert_eq!((handed.department.as_str(), handed.assignee), ("environment", None));
        assert_eq!(handed.stage, before.stage);
        assert_eq!(handed.clock, before.clock, "the limit runs on");

        // Whoever had it sees and does nothing more with it.
        assert!(matches!(world.look(&ono, move |tx, acting| verbs::read(tx, acting, number)), Err(Refused::NotFound)));
        let seen = row(&world, number);
        assert!(matches!(world.act(&ono, move |tx, acting| verbs::note(tx, acting, number, seen, "メモ".into())), Err(Refused::NotFound)));
        assert!(matches!(world.act(&ono, move |tx, acting| verbs::claim(tx, acting, number, seen)), Err(Refused::NotFound)));
        for queue in [Queue::Mine(ono.id), Queue::All, Queue::Unclaimed] {
            assert!(!finds(&world, &ono, number, queue));
        }
        assert!(world.look(&ono, |tx, acting| Ok(search(tx, acting.staff, "佐藤 花子", 40)?)).unwrap().is_empty());

        // Whoever gets it finds it waiting for everybody, and the reason in its story.
        assert!(finds(&world, &ueda, number, Queue::Unclaimed));
        let reason = "環境課が持っている文書です。".to_owned();
        let line = Event::HandedOver { to: "environment".parse().unwrap(), reason: reason.clone() };
        assert!(world.story(own.id).iter().any(|told| told.event == line));
        let journalled = "select count(*) from store_entry where what = 'handed-over' and authority like 'grant:clerk_works@general_affairs%'";
        assert_eq!(world.count(&world.desk, journalled), 1);
        world.act(&ueda, move |tx, acting| verbs::claim(tx, acting, number, seen)).unwrap();

        // The person reads who has it now, and not why.
        world.carry();
        let mine = world.own(own.id);
        assert_eq!((mine.department.as_str(), &mine.state), ("environment", &OwnState::InReview));
        let told = world.seen(own.id);
        let news = News::HandedOver { department: "environment".parse().unwrap() };
        assert!(told.contains(&Seen::Desk { news: Box::new(news) }), "{told:?}");
        assert!(!serde_json::to_string(&told).unwrap().contains(&reason));
    }

    fn nothing_is_handed_over_without_a_reason_to_nobody_or_while_it_is_decided(place: Place) {
        let world = World::new(place);
        let ono = world.hire("小野", "general_affairs", "clerk");
        world.hire("上田", "environment", "clerk");
        world.hire("見学", "welfare", "reader");
        let number = world.filed("paper_request", HANAKO).number;
        not_now(hand_over(&world, &ono, number, "environment", " 　"), NotNow::ReasonDue);
        not_now(hand_over(&world, &ono, number, "general_affairs", "ここの文書です。"), NotNow::Unknown("department"));
        not_now(hand_over(&world, &ono, number, "moon", "月の文書です。"), NotNow::Unknown("department"));
        not_now(hand_over(&world, &ono, number, "general_division", "部へ。"), NotNow::NobodyThere);
        not_now(hand_over(&world, &ono, number, "welfare", "読むだけの人しかいません。"), NotNow::NobodyThere);
        let receivers = world.look(&ono, move |tx, acting| {
            let (case, procedure) = verbs::read(tx, acting, number)?;
            Ok(verbs::receivers(tx, acting, &case, &procedure)?)
        }).unwrap();
        assert_eq!(receivers.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["environment"]);
        assert_eq!(world.case(number).department.as_str(), "general_affairs");
        for _ in 0..2 {
            let seen = row(&world, number);
            world.act(&ono, move |tx, acting| verbs::advance(tx, acting, number, seen, StepDone::default())).unwrap();
        }
        let seen = row(&world, number);
        world.act(&ono, move |tx, acting| {
            let draft = cases::decide::Draft { outcome: "refused".parse().unwrap(), reason: "不開示情報に当たる。".into(), details: Default::default() };
            cases::decide::propose(tx, acting, number, seen, draft)
        }).unwrap();
        not_now(hand_over(&world, &ono, number, "environment", "決裁の途中です。"), NotNow::Stage("approving"));
        assert!(matches!(world.case(number).stage, Stage::Approving { .. }));
    }

    fn health_is_handed_only_to_where_somebody_may_read_of_it(place: Place) {
        let world = World::new(place);
        let miura = world.hire("三浦", "welfare", "clerk");
        world.hire("小野", "general_affairs", "clerk");
        let number = world.filed("care_request", &[("name", "佐藤 花子"), ("illness", "腰が痛みます")]).number;
        not_now(hand_over(&world, &miura, number, "general_affairs", "総務課の仕事です。"), NotNow::NobodyThere);
        assert!(finds(&world, &miura, number, Queue::All), "it did not vanish from every inbox");
    }
}
