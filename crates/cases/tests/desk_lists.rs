//! The lists at the desk: what stands in which queue, for whom, in which order; and what stands beside a case.

mod world;

use std::collections::BTreeSet;

use access::Staff;
use cases::{
    CaseNumber, Queue, decide,
    desk_lists::{Narrow, count, page, search},
    verbs,
};
use definitions::{answer::Answers, ids::DepartmentId};
use world::{HANAKO, TARO, World, with};

/// The numbers of a queue as somebody sees it.
fn queue(world: &World, who: &Staff, queue: Queue) -> Vec<CaseNumber> {
    world
        .look(who, move |tx, acting| Ok(page(tx, acting.staff, &queue, &Narrow::default(), None, 40)?))
        .unwrap()
        .into_iter()
        .map(|line| line.number)
        .collect()
}

fn department(id: &str) -> DepartmentId {
    id.parse().unwrap()
}

fn found(world: &World, who: &Staff, typed: &str) -> Vec<CaseNumber> {
    let typed = typed.to_owned();
    world.look(who, move |tx, acting| Ok(search(tx, acting.staff, &typed, 40)?)).unwrap().into_iter().map(|line| line.number).collect()
}

fn propose(world: &World, clerk: &Staff, number: CaseNumber) {
    world
        .act(clerk, move |tx, acting| {
            let (mut case, _) = verbs::read(tx, acting, number)?;
            while case.step(&verbs::read(tx, acting, number)?.1).is_some_and(|step| step.act == definitions::procedure::StepAct::Work) {
                case = verbs::advance(tx, acting, number, case.row, verbs::StepDone::default())?;
            }
            let (_, procedure) = verbs::read(tx, acting, number)?;
            let outcome = procedure.outcomes.values().find(|outcome| outcome.ask.values().all(|field| !field.required)).unwrap().id.clone();
            decide::propose(
                tx,
                acting,
                number,
                case.row,
                decide::Draft { outcome, reason: "条例の基準に当たる。".into(), details: Answers::default() },
            )
        })
        .unwrap();
}

fn row(world: &World, number: CaseNumber) -> i64 {
    world.case(number).row
}

store::on_both_engines! {
    fn what_nobody_has_waits_for_everybody_and_what_i_have_for_me(place: Place) {
        let world = World::new(place);
        let (ono, other) = (world.hire("小野 直子", "general_affairs", "clerk"), world.hire("別課 一郎", "welfare", "clerk"));
        let (one, two) = (world.filed("paper_request", HANAKO).number, world.filed("paper_request", TARO).number);
        assert_eq!(queue(&world, &ono, Queue::Unclaimed).len(), 2);
        world.act(&ono, move |tx, acting| verbs::claim(tx, acting, one, 0)).unwrap();
        assert_eq!(queue(&world, &ono, Queue::Mine(ono.id)), [one]);
        assert_eq!(queue(&world, &ono, Queue::Unclaimed), [two]);
        assert_eq!(queue(&world, &ono, Queue::All).len(), 2);
        for every in [Queue::All, Queue::Unclaimed, Queue::Mine(ono.id), Queue::Replied, Queue::ToReach, Queue::Ended] {
            assert!(queue(&world, &other, every).is_empty(), "another department's list shows nothing of it");
        }
        assert!(found(&world, &other, "佐藤").is_empty(), "nor does its search");
    }

    fn a_page_ends_where_the_next_begins(place: Place) {
        let world = World::new(place);
        let ono = world.hire("小野 直子", "general_affairs", "clerk");
        for _ in 0..7 {
            world.filed("paper_request", HANAKO);
            world.days_later(1);
        }
        let seen = world.look(&ono, |tx, acting| {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let lines = page(tx, acting.staff, &Queue::All, &Narrow::default(), after.as_ref(), 3)?;
                let Some(last) = lines.last() else { return Ok(seen) };
                after = Some(last.after.clone());
                seen.extend(lines.into_iter().map(|line| (line.due, line.id)));
            }
        }).unwrap();
        assert_eq!(seen.len(), 7);
        assert!(seen.is_sorted(), "the nearest limit comes first");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 7, "each stands there once");
        let counted = world.look(&ono, |tx, acting| Ok((count(tx, acting.staff, &Queue::All, &Narrow::default(), 1_000)?, count(tx, acting.staff, &Queue::All, &Narrow::default(), 5)?))).unwrap();
        assert_eq!(counted, (7, 5), "counted no further than asked");
    }

    fn an_answer_of_the_applicant_is_new_until_its_clerk_has_looked(place: Place) {
        let world = World::new(place);
        let ono = world.hire("小野 直子", "general_affairs", "clerk");
        let own = world.filed("paper_request", HANAKO);
        world.act(&ono, move |tx, acting| verbs::claim(tx, acting, own.number, 0)).unwrap();
        assert!(queue(&world, &ono, Queue::Replied).is_empty());
        world.write(own.id, "letter-1", "いつごろ分かりますか。").unwrap();
        world.carry();
        assert_eq!(queue(&world, &ono, Queue::Replied), [own.number]);
    }

    fn a_name_a_number_and_a_telephone_find_a_case_as_a_whole_before_its_parts(place: Place) {
        let world = World::new(place);
        let ono = world.hire("小野 直子", "general_affairs", "clerk");
        let own = world.filed("paper_request", HANAKO);
        world.filed("paper_request", &with(TARO, &[("name", "佐藤 花子郎")]));
        for typed in ["佐藤 花子", "佐藤花子", "サトウハナコ", "さとう はなこ", "090-0000-0001", "09000000001", &own.number.to_string(), &own.number.plain()] {
            assert_eq!(found(&world, &ono, typed), [own.number], "{typed}");
        }
        assert_eq!(found(&world, &ono, "佐藤").len(), 2, "a part finds both");
        assert!(found(&world, &ono, "鈴木").is_empty());
        assert!(found(&world, &ono, "").is_empty());
    }

    fn a_draft_waits_for_the_role_whose_turn_it_is_and_for_nobody_else(place: Place) {
        let world = World::new(place);
        let (ono, kudo) = (world.hire("小野 直子", "general_affairs", "clerk"), world.hire("工藤 明", "general_affairs", "chief"));
        let number = world.filed("paper_request", HANAKO).number;
        let role = |role: &str| vec![(department("general_affairs"), role.parse().unwrap())];
        assert!(queue(&world, &kudo, Queue::Turn(role("chief"))).is_empty());
        propose(&world, &ono, number);
        assert_eq!(queue(&world, &kudo, Queue::Turn(role("chief"))), [number]);
        assert!(queue(&world, &kudo, Queue::Turn(role("director"))).is_empty());
        assert_eq!(queue(&world, &kudo, Queue::At("approving")), [number]);
    }

    fn what_a_deputy_decided_waits_for_the_chief_to_look_afterwards(place: Place) {
        let world = World::new(place);
        let (ono, nishi) = (world.hire("小野 直子", "general_affairs", "clerk"), world.hire("西 由香", "general_affairs", "deputy"));
        let kudo = world.hire("工藤 明", "general_affairs", "chief");
        let number = world.filed("paper_request", HANAKO).number;
        propose(&world, &ono, number);
        world.away(&kudo, 0);
        let seen = row(&world, number);
        world.act(&nishi, move |tx, acting| decide::approve(tx, acting, number, seen)).unwrap();
        let chief = || Queue::LookAfter(vec![(department("general_affairs"), "chief".parse().unwrap())]);
        if world.case(number).stage.is_open() {
            // A chain that goes on: the absent one's look is due once it is decided.
            assert!(queue(&world, &kudo, chief()).is_empty());
            return;
        }
        assert_eq!(queue(&world, &kudo, chief()), [number]);
        let seen = row(&world, number);
        world.act(&kudo, move |tx, acting| decide::look_afterwards(tx, acting, number, seen)).unwrap();
        assert!(queue(&world, &kudo, chief()).is_empty());
    }

    fn a_case_is_given_to_a_colleague_of_its_department_only(place: Place) {
        let world = World::new(place);
        let (kudo, ono) = (world.hire("工藤 明", "general_affairs", "chief"), world.hire("小野 直子", "general_affairs", "clerk"));
        let other = world.hire("別課 一郎", "welfare", "clerk");
        let number = world.filed("paper_request", HANAKO).number;
        let (to_other, to_ono) = (other.id, ono.id);
        let refused = world.act(&kudo, move |tx, acting| verbs::give(tx, acting, number, 0, to_other));
        assert!(refused.is_err(), "nobody of another department");
        let given = world.act(&kudo, move |tx, acting| verbs::give(tx, acting, number, 0, to_ono));
        assert_eq!(given.unwrap().assignee, Some(ono.id));
    }

    fn what_a_leaver_had_waits_for_everybody_again(place: Place) {
        let world = World::new(place);
        let (ono, kudo) = (world.hire("小野 直子", "general_affairs", "clerk"), world.hire("工藤 明", "general_affairs", "clerk"));
        let (open, others) = (world.filed("paper_request", HANAKO).number, world.filed("paper_request", TARO).number);
        for (who, number) in [(&ono, open), (&kudo, others)] {
            let seen = row(&world, number);
            world.act(who, move |tx, acting| verbs::claim(tx, acting, number, seen)).unwrap();
        }
        assert_eq!(queue(&world, &kudo, Queue::Mine(ono.id)), [open]);
        let rooms = [cases::leaving::release(world.town.clone(), world.desk_keys.clone())];
        let today = world.today();
        let farewell = access::staff::Farewell { by: "staff:1".into(), authority: "grant:x".into(), why: access::staff::Leaving::Left, today, now: world.now() };
        let leaver = ono.id;
        assert!(world.desk.write(move |tx| access::staff::leave(tx, leaver, today, &farewell, &rooms)).unwrap());
        assert_eq!(queue(&world, &kudo, Queue::Unclaimed), [open]);
        assert_eq!(world.case(open).assigned_at, None);
        assert_eq!(world.story_codes(world.case(open).id).last(), Some(&"released"));
        assert_eq!(queue(&world, &kudo, Queue::Mine(kudo.id)), [others], "who stays keeps theirs");
    }
}
