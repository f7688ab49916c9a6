//! One grant, two voices: the decision on a record and the filter of a list never differ, on either engine.

mod world;

use access::{
    Act, CaseId, Clock, Permitted, Post, Record, RecordAttributes, RecordKind, Scope, SessionId, Staff, StaffId, filter,
    grants::{KindSql, Says, explain, sensitivity_code},
    may, permit,
    staff::directory::Listed,
};
use definitions::{
    condition::{Condition, Plan},
    field::Sensitivity,
    grant::Grant,
    ids::{DepartmentId, RoleId},
    town::Town,
};
use jiff::civil::{Date, date};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{select, subsequence},
    test_runner::{Config, TestRunner},
};
use store::{Migration, StoreError, on_both_engines, params, testing::Place};

const TABLES: &[Migration] = &[Migration {
    name: "test_things",
    sql: "create table thing (id text not null primary key, department text, assignee text, sensitivity bigint not null, step text); \
          create table consulted (thing text not null, department text not null, primary key (thing, department));",
}];

const THING: KindSql = KindSql {
    kind: RecordKind::Case,
    department: "c.department",
    consulted: Some("exists (select 1 from consulted k where k.thing = c.id and k.department in ({departments}))"),
    assignee: "c.assignee",
    sensitivity: "c.sensitivity",
    attributes: &[("step", "c.step")],
};

const DEPARTMENTS: [&str; 4] = ["welfare", "childcare", "tax", "dissolved"];
const ROLES: [&str; 3] = ["clerk", "chief", "wizard"];
const LEVELS: [Sensitivity; 5] =
    [Sensitivity::Ordinary, Sensitivity::Tax, Sensitivity::Health, Sensitivity::ChildWelfare, Sensitivity::IndividualNumber];
const CONDITIONS: [&str; 5] =
    ["it.step == 'interview'", "it.step != 'interview'", "it.step in ['check', 'interview']", "it.unknown == 'x'", "it.step.size() > 3"];
const STEPS: [&str; 3] = ["interview", "check", "decide"];

fn today() -> Date {
    date(2026, 11, 24)
}

fn days() -> impl Strategy<Value = Date> {
    select(vec![date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)])
}

/// As the folder says it; what a grant's condition says is read from its text.
fn condition(source: &str) -> Condition {
    Condition { source: source.to_owned(), plan: Plan::default() }
}

fn department() -> impl Strategy<Value = DepartmentId> {
    select(DEPARTMENTS.to_vec()).prop_map(|id| id.parse().unwrap())
}

fn role() -> impl Strategy<Value = RoleId> {
    select(ROLES.to_vec()).prop_map(|id| id.parse().unwrap())
}

fn grant() -> impl Strategy<Value = Grant> {
    let acts = subsequence(vec![Act::Read, Act::Work, Act::Decide], 1..=3);
    let record = prop_oneof![4 => Just(RecordKind::Case), 1 => Just(RecordKind::Letter)];
    let scope = select(vec![Scope::Mine, Scope::Department, Scope::Town]);
    let only_if = option::weighted(0.2, select(CONDITIONS.to_vec()));
    (role(), option::weighted(0.1, department()), acts, record, scope, select(LEVELS.to_vec()), only_if, option::weighted(0.2, days()))
        .prop_map(|(role, department, may, record, scope, sensitivity, only_if, until)| Grant {
            id: "some_grant".parse().unwrap(),
            role,
            department,
            may,
            record,
            scope,
            sensitivity,
            only_if: only_if.map(condition),
            until,
        })
}

fn post() -> impl Strategy<Value = Post> {
    let held = prop_oneof![3 => Just((date(2026, 4, 1), date(2027, 3, 31))), 1 => (days(), days())];
    (department(), role(), held).prop_map(|(department, role, (from, until))| Post { department, role, from, until })
}

#[derive(Clone, Debug)]
struct Thing {
    id: CaseId,
    department: Option<DepartmentId>,
    consulted: Vec<DepartmentId>,
    assignee: Option<StaffId>,
    sensitivity: Sensitivity,
    step: Option<&'static str>,
}

impl Record for Thing {
    fn attributes(&self) -> RecordAttributes {
        RecordAttributes {
            kind: RecordKind::Case,
            department: self.department.clone(),
            consulted: self.consulted.clone(),
            assignee: self.assignee,
            sensitivity: self.sensitivity,
            attributes: vec![("step", self.step.map(str::to_owned))],
        }
    }
}

fn thing(me: StaffId, other: StaffId) -> impl Strategy<Value = Thing> {
    let consulted = subsequence(DEPARTMENTS.to_vec(), 0..=2);
    (option::of(department()), consulted, option::of(select(vec![me, other])), select(LEVELS.to_vec()), option::of(select(STEPS.to_vec())))
        .prop_map(|(department, consulted, assignee, sensitivity, step)| Thing {
            id: CaseId::draw(world::morning()),
            department,
            consulted: consulted.iter().map(|id| id.parse().unwrap()).collect(),
            assignee,
            sensitivity,
            step,
        })
}

fn staff(id: StaffId, posts: &[Post], town: &Town) -> Staff {
    let who = Listed { id, login: "suzuki".to_owned(), name: "鈴木".to_owned(), active: true, is_set_up: true, last: None };
    let session: SessionId = "a".repeat(64).parse().unwrap();
    Staff::new(&who, posts, town, today(), session, String::new())
}

on_both_engines! {
    fn what_a_page_refuses_no_list_shows_and_what_it_shows_no_list_hides(place: Place) {
        let store = place.open("things", TABLES);
        let base = world::town(place);
        let (me, other) = (StaffId::draw(world::morning()), StaffId::draw(world::morning()));
        let strategy = (vec(grant(), 0..12), vec(post(), 0..8), vec(thing(me, other), 12));
        let mut runner = TestRunner::new(Config { cases: 240, failure_persistence: None, ..Config::default() });
        let (mut granted, mut refused) = (0, 0);
        let counts = std::cell::RefCell::new((&mut granted, &mut refused));
        runner.run(&strategy, |(grants, posts, things)| {
            let town = Town { grants, ..base.clone() };
            let who = staff(me, &posts, &town);
            for act in [Act::Read, Act::Work, Act::Decide] {
                let mut expect: Vec<CaseId> = things.iter().filter(|thing| may(&who, act, &thing.attributes()).is_some()).map(|thing| thing.id).collect();
                for thing in &things {
                    let explained = explain(&who, &town, today(), act, &thing.attributes());
                    let gives = explained.iter().find(|one| one.says == Says::Gives);
                    let decided = may(&who, act, &thing.attributes());
                    prop_assert_eq!(gives.map(|one| &one.department), decided.as_ref().map(|authority| &authority.department), "{:?}", explained);
                }
                expect.sort();
                let found = listed(&store, &who, act, &things);
                prop_assert_eq!(&found, &expect, "{:?} {:?}", act, who.powers);
                let mut counts = counts.borrow_mut();
                *counts.0 += found.len();
                *counts.1 += things.len() - found.len();
            }
            Ok(())
        }).unwrap();
        // A property over cases that are all one way would show nothing.
        assert!(granted > 300 && refused > 300, "{granted} granted, {refused} refused");
    }
}

/// The ids that the filter finds among these things, in one transaction that leaves nothing behind.
fn listed(store: &store::Store, who: &Staff, act: Act, things: &[Thing]) -> Vec<CaseId> {
    let clause = filter(who, act, &THING, 2);
    assert_eq!(clause.next_bind(2), 2 + clause.params.len());
    let sql = format!("select c.id from thing c where c.id <> $1 and {} order by c.id", clause.sql);
    let values: Vec<store::Param> = std::iter::once("none".into()).chain(clause.params).collect();
    let things = things.to_vec();
    let rows = store.write(move |tx| -> Result<_, StoreError> {
        tx.run("delete from thing", params![])?;
        tx.run("delete from consulted", params![])?;
        for thing in &things {
            let department = thing.department.as_ref().map(|id| id.as_str().to_owned());
            let assignee = thing.assignee.map(|id| id.to_string());
            let row = params![thing.id.to_string(), department, assignee, sensitivity_code(thing.sensitivity), thing.step];
            tx.run("insert into thing (id, department, assignee, sensitivity, step) values ($1, $2, $3, $4, $5)", row)?;
            for department in &thing.consulted {
                tx.run("insert into consulted (thing, department) values ($1, $2)", params![thing.id.to_string(), department.as_str()])?;
            }
        }
        tx.all(&sql, &values)
    });
    rows.unwrap().iter().map(|row| row.get::<String>(0).unwrap().parse().unwrap()).collect()
}

#[test]
fn a_record_comes_only_with_its_permission() {
    let place = Place::sqlite();
    let town = world::town(&place);
    let me = StaffId::draw(Clock::fixed(world::morning()).now());
    let post = Post { department: "childcare".parse().unwrap(), role: "clerk".parse().unwrap(), from: today(), until: today() };
    let who = staff(me, &[post], &town);
    let thing = |department: &str| Thing {
        id: CaseId::draw(world::morning()),
        department: Some(department.parse().unwrap()),
        consulted: vec![],
        assignee: None,
        sensitivity: Sensitivity::Ordinary,
        step: None,
    };
    let permitted: Permitted<Thing> = permit(&who, Act::Work, thing("childcare")).expect("their own section's");
    assert_eq!((permitted.act(), permitted.authority().to_string().as_str()), (Act::Work, "grant:clerk_cases@childcare"));
    assert!(permit(&who, Act::Work, thing("tax")).is_none());
    assert!(permit(&who, Act::Decide, thing("childcare")).is_none());
}
