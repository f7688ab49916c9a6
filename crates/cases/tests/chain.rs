//! 決裁の連なり: who approves when, who does not; 専決 by amount, 合議, 代決 and 後閲, 差戻し; two at once.

mod world;

use std::sync::{Arc, Barrier};

use access::Staff;
use cases::{
    Case, CaseNumber, Queue,
    case::{NotNow, Stage},
    decide::{
        self, Draft, Place,
        consult::{self, Said},
    },
    desk_lists::{Narrow, page},
    event::Event,
    own::OwnState,
    verbs::{self, Refused, StepDone},
};
use definitions::{
    answer::{Answer, Answers},
    ids::DepartmentId,
};
use world::{HANAKO, World, answers};

/// 平岡自治会 asks for money for its hall.
const HALL: &[(&str, &str)] = &[("name", "平岡自治会"), ("requested", "500000")];
const TREE: &[(&str, &str)] = &[("name", "佐藤 花子")];

fn row(world: &World, number: CaseNumber) -> i64 {
    world.case(number).row
}

/// Works a case up to its proposal and proposes.
fn propose(world: &World, clerk: &Staff, number: CaseNumber, outcome: &str, details: Answers) -> Result<Case, Refused> {
    while world.case(number).stage.step().is_some_and(|step| step.as_str() != "propose") {
        let seen = row(world, number);
        world.act(clerk, move |tx, acting| verbs::advance(tx, acting, number, seen, StepDone::default())).unwrap();
    }
    let (seen, outcome) = (row(world, number), outcome.parse().unwrap());
    let draft =
        move || Draft { outcome: Clone::clone(&outcome), reason: "要綱の基準に当たる。".into(), details: details.clone() };
    world.act(clerk, move |tx, acting| decide::propose(tx, acting, number, seen, draft()))
}

fn amount(yen: i64) -> Answers {
    let mut details = Answers::default();
    details.insert("amount".parse().unwrap(), Answer::Money(yen));
    details
}

fn approve(world: &World, who: &Staff, number: CaseNumber) -> Result<Case, Refused> {
    let seen = row(world, number);
    world.act(who, move |tx, acting| decide::approve(tx, acting, number, seen))
}

fn send_back(world: &World, who: &Staff, number: CaseNumber, why: &'static str) -> Result<Case, Refused> {
    let seen = row(world, number);
    world.act(who, move |tx, acting| decide::send_back(tx, acting, number, seen, why.into()))
}

fn say(world: &World, who: &Staff, number: CaseNumber, said: Said, why: &'static str) -> Result<Case, Refused> {
    let seen = row(world, number);
    world.act(who, move |tx, acting| consult::answer(tx, acting, number, seen, said, why))
}

fn look(world: &World, who: &Staff, number: CaseNumber) -> Result<Case, Refused> {
    let seen = row(world, number);
    world.act(who, move |tx, acting| decide::look_afterwards(tx, acting, number, seen))
}

/// Whether somebody finds the case in a queue.
fn finds(world: &World, who: &Staff, number: CaseNumber, queue: Queue) -> bool {
    let lines = world.look(who, move |tx, acting| Ok(page(tx, acting.staff, &queue, &Narrow::default(), None, 40)?)).unwrap();
    lines.iter().any(|line| line.number == number)
}

fn asked(departments: &[&str]) -> Queue {
    Queue::Consulted(departments.iter().map(|id| id.parse().unwrap()).collect())
}

fn to_look_at(role: &str) -> Queue {
    let department: DepartmentId = "general_affairs".parse().unwrap();
    Queue::LookAfter(vec![(department, role.parse().unwrap())])
}

#[track_caller]
fn not_now<T: std::fmt::Debug>(result: Result<T, Refused>, why: NotNow) {
    match result {
        Err(Refused::NotNow(found)) => assert_eq!(found, why),
        other => panic!("{why:?} was expected: {other:?}"),
    }
}

/// 総務課, with the division above it.
struct Office {
    clerk: Staff,
    deputy: Staff,
    chief: Staff,
    director: Staff,
}

fn office(world: &World) -> Office {
    Office {
        clerk: world.hire("小野", "general_affairs", "clerk"),
        deputy: world.hire("佐々木", "general_affairs", "deputy"),
        chief: world.hire("工藤", "general_affairs", "chief"),
        director: world.hire("平野", "general_division", "director"),
    }
}

/// A hall's money, proposed.
fn hall(world: &World, office: &Office, yen: i64) -> CaseNumber {
    let number = world.filed("hall_grant", HALL).number;
    propose(world, &office.clerk, number, "granted", amount(yen)).unwrap();
    number
}

/// 環境課 decides about a tree, and asks 福祉課 and 総務課.
struct Trees {
    clerk: Staff,
    head: Staff,
    chief: Staff,
    welfare: Staff,
    general: Staff,
    number: CaseNumber,
}

fn trees(world: &World) -> Trees {
    let trees = Trees {
        clerk: world.hire("上田", "environment", "clerk"),
        head: world.hire("原", "environment", "section_head"),
        chief: world.hire("野口", "environment", "chief"),
        welfare: world.hire("三好", "welfare", "chief"),
        general: world.hire("工藤", "general_affairs", "chief"),
        number: world.filed("tree_request", TREE).number,
    };
    propose(world, &trees.clerk, trees.number, "cut", Answers::default()).unwrap();
    trees
}

store::on_both_engines! {
    fn each_approves_in_their_turn_and_nobody_else(place: Place) {
        let world = World::new(place);
        let office = office(&world);
        let (other, reader) = (world.hire("三好", "welfare", "chief"), world.hire("見学", "general_affairs", "reader"));
        let number = hall(&world, &office, 500_001);
        assert!(matches!(approve(&world, &office.clerk, number), Err(Refused::NotPermitted(_))), "who may not decide at all");
        assert!(matches!(approve(&world, &reader, number), Err(Refused::NotPermitted(_))), "who may only read");
        assert!(matches!(approve(&world, &other, number), Err(Refused::NotFound)), "another department does not know of it");
        not_now(approve(&world, &office.director, number), NotNow::NotNext);
        not_now(approve(&world, &office.deputy, number), NotNow::HolderPresent);
        assert!(approve(&world, &office.chief, number).unwrap().stage.is_open());
        not_now(approve(&world, &office.chief, number), NotNow::HolderPresent);
        let decided = approve(&world, &office.director, number).unwrap();
        let Stage::Decided { approvals, .. } = &decided.stage else { panic!("{:?}", decided.stage) };
        assert_eq!(approvals.iter().map(|one| one.by).collect::<Vec<_>>(), [office.chief.id, office.director.id]);
        not_now(approve(&world, &office.director, number), NotNow::NotNext);
    }

    fn nobody_approves_what_they_drafted_themselves_not_even_in_a_second_post(place: Place) {
        let world = World::new(place);
        let (office, number) = (office(&world), world.filed("hall_grant", HALL).number);
        propose(&world, &office.chief, number, "granted", amount(10_000)).unwrap();
        not_now(approve(&world, &office.chief, number), NotNow::OwnDraft);
        world.away(&office.chief, 0);
        assert!(!approve(&world, &office.deputy, number).unwrap().stage.is_open(), "the deputy decides what the chief drafted");
    }

    fn five_hundred_thousand_yen_end_with_the_chief_and_one_yen_more_does_not(place: Place) {
        let world = World::new(place);
        let office = office(&world);
        for (yen, ends) in [(1, true), (499_999, true), (500_000, true), (500_001, false), (3_000_000, false)] {
            let number = hall(&world, &office, yen);
            let case = approve(&world, &office.chief, number).unwrap();
            assert_eq!(!case.stage.is_open(), ends, "{yen} yen");
            if !ends {
                let Stage::Approving { approvals, .. } = &case.stage else { panic!("{:?}", case.stage) };
                assert_eq!(approvals.len(), 1);
                assert!(!approve(&world, &office.director, number).unwrap().stage.is_open());
            }
        }
    }

    fn a_refusal_is_the_chiefs_alone_by_what_was_asked_for(place: Place) {
        let world = World::new(place);
        let office = office(&world);
        for (requested, ends) in [("500000", true), ("500001", false)] {
            let number = world.filed("hall_grant", &world::with(HALL, &[("requested", requested)])).number;
            propose(&world, &office.clerk, number, "refused", Answers::default()).unwrap();
            assert_eq!(!approve(&world, &office.chief, number).unwrap().stage.is_open(), ends, "{requested} yen");
        }
    }

    fn the_chain_ends_only_when_every_department_that_was_asked_agrees(place: Place) {
        let world = World::new(place);
        let t = trees(&world);
        let Stage::Approving { consulted, .. } = world.case(t.number).stage else { panic!() };
        let departments: Vec<_> = consulted.iter().map(|one| one.department.as_str()).collect();
        assert_eq!(departments, ["welfare", "general_affairs"], "one's own department is not asked");
        assert!(finds(&world, &t.welfare, t.number, asked(&["welfare"])), "who is asked finds it");
        assert!(approve(&world, &t.head, t.number).unwrap().stage.is_open(), "the middle of the chain does not wait");
        not_now(approve(&world, &t.chief, t.number), NotNow::ConsultDue);
        say(&world, &t.welfare, t.number, Said::Agreed, "").unwrap();
        not_now(approve(&world, &t.chief, t.number), NotNow::ConsultDue);
        assert!(!finds(&world, &t.welfare, t.number, asked(&["welfare"])), "who has answered is not asked again");
        say(&world, &t.general, t.number, Said::Agreed, "異存ありません。").unwrap();
        assert!(!approve(&world, &t.chief, t.number).unwrap().stage.is_open());
        not_now(say(&world, &t.welfare, t.number, Said::Objected, "やはり。"), NotNow::NotNext);
        world.look(&t.welfare, move |tx, acting| verbs::read(tx, acting, t.number)).expect("who agreed goes on seeing it");
    }

    fn who_is_asked_answers_and_does_nothing_else(place: Place) {
        let world = World::new(place);
        let t = trees(&world);
        let (clerk, crowd) = (world.hire("三浦", "welfare", "clerk"), world.hire("森", "general_division", "director"));
        not_now(approve(&world, &t.welfare, t.number), NotNow::NotNext);
        not_now(send_back(&world, &t.welfare, t.number, "だめです。"), NotNow::NotNext);
        let seen = row(&world, t.number);
        let noted = world.act(&t.welfare, move |tx, acting| verbs::note(tx, acting, t.number, seen, "メモ".into()));
        assert!(matches!(noted, Err(Refused::NotPermitted(_))), "working on it stays with its department");
        assert!(matches!(say(&world, &clerk, t.number, Said::Agreed, ""), Err(Refused::NotPermitted(_))), "a clerk does not answer for a department");
        not_now(say(&world, &t.chief, t.number, Said::Agreed, ""), NotNow::NotNext);
        assert!(matches!(world.case(t.number).stage, Stage::Approving { ref approvals, .. } if approvals.is_empty()));
        say(&world, &crowd, t.number, Said::Agreed, "").unwrap();
        let Stage::Approving { consulted, .. } = world.case(t.number).stage else { panic!() };
        assert!(consulted[1].agrees() && !consulted[0].agrees(), "the division above answers for its own section and no other");
    }

    fn an_objection_holds_the_chain_until_the_department_agrees_after_all(place: Place) {
        let world = World::new(place);
        let t = trees(&world);
        not_now(say(&world, &t.welfare, t.number, Said::Objected, " "), NotNow::ReasonDue);
        say(&world, &t.welfare, t.number, Said::Objected, "車いすの通り道です。").unwrap();
        say(&world, &t.general, t.number, Said::Agreed, "").unwrap();
        approve(&world, &t.head, t.number).unwrap();
        not_now(approve(&world, &t.chief, t.number), NotNow::ConsultDue);
        let told: Vec<Event> = world.story(world.case(t.number).id).into_iter().map(|told| told.event).collect();
        let objection = Event::Consulted { department: "welfare".parse().unwrap(), said: Said::Objected, say: "車いすの通り道です。".into() };
        assert!(told.contains(&objection), "the reason stands in the story");
        say(&world, &t.welfare, t.number, Said::Agreed, "迂回路ができたため。").unwrap();
        assert!(!approve(&world, &t.chief, t.number).unwrap().stage.is_open());
    }

    fn a_change_that_is_asked_for_brings_the_draft_back_and_everybody_is_asked_anew(place: Place) {
        let world = World::new(place);
        let t = trees(&world);
        say(&world, &t.general, t.number, Said::Agreed, "").unwrap();
        not_now(say(&world, &t.welfare, t.number, Said::AsksChange, ""), NotNow::ReasonDue);
        let case = say(&world, &t.welfare, t.number, Said::AsksChange, "切る日を休日にしてください。").unwrap();
        assert!(matches!(&case.stage, Stage::Working { step } if step.as_str() == "propose"));
        let seen = world.look(&t.welfare, move |tx, acting| verbs::read(tx, acting, t.number));
        assert!(matches!(seen, Err(Refused::NotFound)), "until it comes back it is no matter of theirs");
        assert!(!finds(&world, &t.welfare, t.number, Queue::All));
        world.carry();
        assert_eq!(world.own(case.id).state, OwnState::InReview);
        propose(&world, &t.clerk, t.number, "cut", Answers::default()).unwrap();
        let Stage::Approving { consulted, .. } = world.case(t.number).stage else { panic!() };
        assert!(consulted.iter().all(|one| one.answer.is_none()));
    }

    fn a_withdrawal_ends_what_a_department_was_asked(place: Place) {
        let world = World::new(place);
        let t = trees(&world);
        let id = world.case(t.number).id;
        world.withdraw(id).unwrap();
        world.carry();
        for queue in [Queue::All, Queue::Ended, asked(&["welfare"])] {
            assert!(!finds(&world, &t.welfare, t.number, queue), "no list shows what the page refuses");
        }
        let seen = world.look(&t.welfare, move |tx, acting| verbs::read(tx, acting, t.number));
        assert!(matches!(seen, Err(Refused::NotFound)));
    }

    fn a_deputy_decides_only_while_the_chief_is_away_and_the_chief_looks_afterwards(place: Place) {
        let world = World::new(place);
        let office = office(&world);
        let number = hall(&world, &office, 500_000);
        not_now(approve(&world, &office.deputy, number), NotNow::HolderPresent);
        not_now(send_back(&world, &office.deputy, number, "直してください。"), NotNow::HolderPresent);
        world.away(&office.chief, 1);
        let decided = approve(&world, &office.deputy, number).unwrap();
        let Stage::Decided { approvals, .. } = &decided.stage else { panic!("{:?}", decided.stage) };
        assert!(approvals[0].stands_in && approvals[0].looked_at.is_none());
        assert!(finds(&world, &office.chief, number, to_look_at("chief")));
        not_now(look(&world, &office.deputy, number), NotNow::NotNext);
        not_now(look(&world, &office.director, number), NotNow::NotNext);
        world.days_later(2);
        let chief = world.as_of_today(office.chief.id);
        let looked = look(&world, &chief, number).unwrap();
        let Stage::Decided { approvals, .. } = &looked.stage else { panic!() };
        assert_eq!(approvals[0].looked_at, Some(world.now()));
        assert!(!finds(&world, &chief, number, to_look_at("chief")), "once is enough");
        not_now(look(&world, &chief, number), NotNow::NotNext);
        let next = hall(&world, &office, 1);
        not_now(approve(&world, &office.deputy, next), NotNow::HolderPresent);
    }

    fn a_vacant_post_is_stood_in_for_and_one_of_two_holders_is_enough_to_forbid_it(place: Place) {
        let world = World::new(place);
        let (clerk, deputy) = (world.hire("小野", "general_affairs", "clerk"), world.hire("佐々木", "general_affairs", "deputy"));
        let number = world.filed("hall_grant", HALL).number;
        propose(&world, &clerk, number, "granted", amount(1)).unwrap();
        let stands = |deputy: &Staff| world.look(deputy, move |tx, acting| {
            let (case, procedure) = verbs::read(tx, acting, number)?;
            Ok(decide::place(tx, acting, &case, &procedure)?)
        }).unwrap();
        assert_eq!(stands(&deputy), Place::StandIn("chief".parse().unwrap()), "nobody holds the post");
        let (one, two) = (world.hire("工藤", "general_affairs", "chief"), world.hire("今井", "general_affairs", "chief"));
        world.away(&one, 3);
        assert_eq!(stands(&deputy), Place::HolderPresent("chief".parse().unwrap()), "the other is there");
        world.away(&two, 0);
        assert_eq!(stands(&deputy), Place::StandIn("chief".parse().unwrap()));
    }

    fn the_absent_one_looks_once_the_whole_chain_has_decided(place: Place) {
        let world = World::new(place);
        let office = office(&world);
        let number = hall(&world, &office, 2_000_000);
        world.away(&office.chief, 0);
        approve(&world, &office.deputy, number).unwrap();
        assert!(!finds(&world, &office.chief, number, to_look_at("chief")), "it is looked at once it is decided");
        not_now(approve(&world, &office.deputy, number), NotNow::NotNext);
        assert!(!approve(&world, &office.director, number).unwrap().stage.is_open());
        assert!(finds(&world, &office.chief, number, to_look_at("chief")));
        look(&world, &office.chief, number).unwrap();
        assert!(!finds(&world, &office.chief, number, to_look_at("chief")));
    }

    fn from_the_middle_and_from_the_end_it_goes_back_with_a_reason(place: Place) {
        let world = World::new(place);
        let office = office(&world);
        let number = hall(&world, &office, 700_000);
        not_now(send_back(&world, &office.chief, number, "  "), NotNow::ReasonDue);
        not_now(send_back(&world, &office.director, number, "早すぎます。"), NotNow::NotNext);
        let back = send_back(&world, &office.chief, number, "見積書が二社ありません。").unwrap();
        assert!(matches!(&back.stage, Stage::Working { step } if step.as_str() == "propose"));
        propose(&world, &office.clerk, number, "granted", amount(700_000)).unwrap();
        approve(&world, &office.chief, number).unwrap();
        not_now(send_back(&world, &office.chief, number, "やはり。"), NotNow::HolderPresent);
        send_back(&world, &office.director, number, "予算の残りを確かめてください。").unwrap();
        propose(&world, &office.clerk, number, "granted", amount(700_000)).unwrap();
        let Stage::Approving { approvals, .. } = world.case(number).stage else { panic!() };
        assert!(approvals.is_empty(), "the chain begins anew");
        let reasons: Vec<String> = world.story(world.case(number).id).into_iter().filter_map(|told| match told.event {
            Event::SentBack { reason } => Some(reason),
            _ => None,
        }).collect();
        assert_eq!(reasons, ["見積書が二社ありません。", "予算の残りを確かめてください。"]);
    }

    fn of_two_who_decide_at_once_one_decides_and_the_other_reads_who(place: Place) {
        let world = World::new(place);
        let office = office(&world);
        let second = world.hire("今井", "general_affairs", "chief");
        let number = hall(&world, &office, 500_000);
        let (seen, start) = (row(&world, number), Arc::new(Barrier::new(2)));
        let results: Vec<_> = std::thread::scope(|threads| {
            let runs: Vec<_> = [&office.chief, &second].into_iter().map(|who| {
                let (start, act) = (start.clone(), world.actor(who));
                threads.spawn(move || {
                    start.wait();
                    act(Box::new(move |tx, acting| decide::approve(tx, acting, number, seen)))
                })
            }).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|one| one.is_ok()).count(), 1, "{results:?}");
        let Some(Err(Refused::Changed(clash))) = results.iter().find(|one| one.is_err()) else { panic!("{results:?}") };
        let Stage::Decided { approvals, .. } = world.case(number).stage else { panic!() };
        assert_eq!(approvals.len(), 1);
        let name = if approvals[0].by == second.id { "今井" } else { "工藤" };
        assert_eq!(clash.by_name, name);
        let decisions = world.story_codes(world.case(number).id).into_iter().filter(|code| *code == "decided").count();
        assert_eq!(decisions, 1);
    }

    fn a_question_that_is_hidden_is_not_demanded_and_one_that_shows_is(place: Place) {
        let world = World::new(place);
        let (office, number) = (office(&world), world.filed("hall_grant", HALL).number);
        let partial = |yes, why: Option<&str>| {
            let mut details = amount(100_000);
            details.insert("is_partial".parse().unwrap(), Answer::YesNo(yes));
            if let Some(why) = why {
                details.insert("why_less".parse().unwrap(), Answer::Text(why.into()));
            }
            details
        };
        not_now(propose(&world, &office.clerk, number, "granted", partial(true, None)), NotNow::DetailsDue);
        not_now(propose(&world, &office.clerk, number, "granted", Answers::default()), NotNow::DetailsDue);
        propose(&world, &office.clerk, number, "granted", partial(false, None)).unwrap();
        send_back(&world, &office.chief, number, "一部だけにしてください。").unwrap();
        propose(&world, &office.clerk, number, "granted", partial(true, Some("予算の範囲のため"))).unwrap();
    }

    fn a_chain_of_two_asks_for_both_in_the_base_case(place: Place) {
        let world = World::new(place);
        let (office, number) = (office(&world), world.filed("paper_request", HANAKO).number);
        propose(&world, &office.clerk, number, "full", answers(&[("day", "12月15日")])).unwrap();
        approve(&world, &office.chief, number).unwrap();
        assert!(!approve(&world, &office.director, number).unwrap().stage.is_open());
    }
}
