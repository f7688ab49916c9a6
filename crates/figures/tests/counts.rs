//! The counts follow the cases: filed, corrected, decided, taken back and counted anew, on both engines.

#[path = "../../cases/tests/world/mod.rs"]
mod world;

use access::{ResidentId, Staff};
use cases::{
    CaseNumber,
    decide::{self, Draft},
    own::OwnCase,
    verbs::{self, Correction, StepDone},
};
use definitions::answer::Answers;
use figures::{
    counted::Scope,
    following::Follower,
    period::{Month, Period},
    rows,
    summary::Summary,
};
use jp::name::PersonName;
use registry::resident::{Address, Resident, Sex, State};
use store::{StoreError, on_both_engines, testing::Place};
use world::*;

fn world(place: &Place) -> World {
    World::with(place, figures::PORTAL_MIGRATIONS, figures::DESK_MIGRATIONS)
}

fn follower(w: &World) -> Follower {
    Follower::new(w.desk.clone(), w.town.clone(), w.desk_keys.clone())
}

/// Follows the journal to its end; on PostgreSQL its last lines are sealed a moment later.
fn follow(w: &World) {
    let follower = follower(w);
    store::testing::until("the figures have followed", || {
        follower.catch_up().unwrap();
        let unsealed = "select count(*) from store_entry e where not exists (select 1 from store_seal s where s.entry = e.serial)";
        w.count(&w.desk, unsealed) == 0 && follower.catch_up().unwrap() == 0
    });
}

fn summary(w: &World, scope: &str, period: &str) -> Summary {
    let (scope, period) = (Scope::from_code(scope).unwrap(), period.parse::<Period>().unwrap());
    let rows = w.desk.read(move |tx| rows::months(tx, &scope, period.first, period.last())).unwrap();
    Summary::of(&rows)
}

fn clerk_and_chief(w: &World) -> (Staff, Staff) {
    (w.hire("小野", "general_affairs", "clerk"), w.hire("工藤", "general_affairs", "chief"))
}

fn row(w: &World, number: CaseNumber) -> i64 {
    w.case(number).row
}

fn claim(w: &World, clerk: &Staff, number: CaseNumber) {
    let seen = row(w, number);
    w.act(clerk, move |tx, acting| verbs::claim(tx, acting, number, seen)).unwrap();
}

fn decide(w: &World, clerk: &Staff, chief: &Staff, number: CaseNumber) {
    while w.case(number).stage.step().is_some_and(|step| step.as_str() != "propose") {
        let seen = row(w, number);
        w.act(clerk, move |tx, acting| verbs::advance(tx, acting, number, seen, StepDone::default())).unwrap();
    }
    let seen = row(w, number);
    let outcome = w.town.current().procedures["room_use"].outcomes.keys().next().unwrap().clone();
    w.act(clerk, move |tx, acting| {
        let draft = Draft { outcome: outcome.clone(), reason: "要綱の基準に当たる。".into(), details: Answers::default() };
        decide::propose(tx, acting, number, seen, draft)
    })
    .unwrap();
    w.days_later(1);
    let seen = row(w, number);
    w.act(chief, move |tx, acting| decide::approve(tx, acting, number, seen)).unwrap();
}

fn ask_to_correct(w: &World, clerk: &Staff, own: &OwnCase, field: &'static str) {
    let (number, seen, until) = (own.number, row(w, own.number), w.today().saturating_add(jiff::Span::new().days(14)));
    w.act(clerk, move |tx, acting| {
        let fields = vec![field.parse().unwrap()];
        verbs::request_correction(tx, acting, number, seen, Correction { fields, say: "確かめてください。".into(), until })
    })
    .unwrap();
    w.carry();
}

const TREE: &[(&str, &str)] = &[("name", "佐藤 花子")];

const PARTY: &[(&str, &str)] = &[
    ("name", "佐藤 花子"),
    ("purpose", "party"),
    ("hours", "2"),
    ("first_on", "2027-01-10"),
    ("last_on", "2027-01-12"),
    ("food", "no"),
    ("guests", "20"),
];

on_both_engines! {
    fn a_case_is_counted_where_it_was_filed_and_where_it_was_decided(place: Place) {
        let w = world(place);
        let (clerk, chief) = clerk_and_chief(&w);
        // Filed on 24 November, decided in December: two months.
        let own = w.filed("room_use", PARTY);
        follow(&w);
        let november = summary(&w, "procedure:room_use", "2026-11");
        assert_eq!((november.filed["online"], november.decided_in_all(), november.corrected), (1, 0, 0));

        w.days_later(2);
        claim(&w, &clerk, own.number);
        ask_to_correct(&w, &clerk, &own, "name");
        w.days_later(3);
        w.correct(own.id, &[("name", "佐藤 華子")]).unwrap();
        w.carry();
        w.days_later(1);
        decide(&w, &clerk, &chief, own.number);
        follow(&w);
        for scope in ["town", "department:general_affairs", "procedure:room_use"] {
            let (november, december) = (summary(&w, scope, "2026-11"), summary(&w, scope, "2026-12"));
            assert_eq!((november.filed_in_all(), november.corrected, november.decided_in_all()), (1, 1, 0), "{scope}");
            assert_eq!((december.filed_in_all(), december.decided_in_all()), (0, 1), "{scope}");
            // 24 November to 1 December.
            assert_eq!((december.days.median_tenths(), december.days.p90()), (Some(70), Some(7)), "{scope}");
            // Seven days were promised; the correction stopped them for three.
            assert_eq!(december.kept(), Some(1000), "{scope}");
            let waits = december.waits();
            assert_eq!((waits["unclaimed"], waits["applicant"], waits["clerk"], waits["chain"]), (2 * 1440, 3 * 1440, 1440, 1440), "{scope}");
        }
        // Which question it was is said within the procedure alone.
        assert_eq!(summary(&w, "procedure:room_use", "2026-11").corrected_fields["name"], 1);
        assert!(summary(&w, "town", "2026-11").corrected_fields.is_empty());
        // The fiscal year has both.
        let year = summary(&w, "town", "2026");
        assert_eq!((year.filed_in_all(), year.decided_in_all()), (1, 1));
        assert_eq!(w.count(&w.desk, "select count(*) from figures_case"), 1);
    }

    fn a_reviewers_seconds_run_from_opening_a_case_to_acting_on_it(place: Place) {
        let w = world(place);
        let (clerk, chief) = clerk_and_chief(&w);
        let own = w.filed("room_use", PARTY);
        let opens = |who: &Staff| {
            // The store's clock is the machine's; the world's is not.
            let (now, who, case) = (w.now(), who.id.to_string(), w.case(own.number).id.to_string());
            let sql = "insert into looked (id, at, staff, kind, record, authority, why) values ($1, $2, $3, 'case', $4, 'test', 'list')";
            let write = move |tx: &store::Write<'_>| {
                tx.run(sql, store::params![access::NoteId::draw(now).to_string(), now, who.as_str(), case.as_str()])
            };
            w.desk.write(write).unwrap();
        };
        // Opened and taken four minutes later; then left alone over lunch: half an hour at the most counts as work.
        opens(&clerk);
        w.minutes_later(4);
        claim(&w, &clerk, own.number);
        w.minutes_later(90);
        let seen = row(&w, own.number);
        w.act(&clerk, move |tx, acting| verbs::advance(tx, acting, own.number, seen, StepDone::default())).unwrap();
        // Looking at it anew begins anew: what lay between was something else.
        w.minutes_later(1);
        opens(&clerk);
        w.minutes_later(60);
        opens(&clerk);
        w.minutes_later(3);
        decide(&w, &clerk, &chief, own.number);
        follow(&w);
        let november = summary(&w, "town", "2026-11");
        assert_eq!(november.worked_cases, 1);
        // 4 minutes, 30 of the 90, and 3 from the last look to the proposal; the chief opened nothing that was recorded.
        assert_eq!(november.worked_seconds, (4 + 30 + 3) * 60);
        assert_eq!(november.cost(4_200), Some(37 * 70));
        assert_eq!(summary(&w, "town", "2026-12").cost(4_200), None);
    }

    fn what_is_typed_though_the_town_knows_it_is_counted_by_question_and_no_value_is_kept(place: Place) {
        let w = world(place);
        w.filed("room_use", PARTY);
        follow(&w);
        let of_a_stranger = summary(&w, "procedure:room_use", "2026-11");
        assert!(of_a_stranger.known_typed.is_empty(), "nobody knows who that is: {:?}", of_a_stranger.known_typed);
        // Once it is known who it is, what they typed of what the registry holds counts; only how often, and for which question.
        let (clerk, _) = clerk_and_chief(&w);
        w.desk.write::<_, StoreError>(|tx| registry::rows::put(tx, &hanako_registered()).map(drop)).unwrap();
        let own = w.filed("room_use", PARTY);
        let seen = row(&w, own.number);
        w.act(&clerk, move |tx, acting| verbs::identify(tx, acting, own.number, seen, Some(hanako_registered().id))).unwrap();
        follow(&w);
        let known = summary(&w, "procedure:room_use", "2026-11").known_typed;
        assert_eq!(known.into_iter().collect::<Vec<_>>(), [("name".to_owned(), 1)]);
        for sql in [
            "select count(*) from figures_day where detail like '%花子%'",
            "select count(*) from figures_month where detail like '%花子%'",
            "select count(*) from figures_case where counted like '%花子%'",
        ] {
            assert_eq!(w.count(&w.desk, sql), 0, "{sql}");
        }
    }

    fn following_twice_from_the_start_or_by_two_counts_once(place: Place) {
        let w = world(place);
        let (clerk, _) = clerk_and_chief(&w);
        let first = w.filed("room_use", PARTY);
        claim(&w, &clerk, first.number);
        w.filed("room_use", PARTY);
        follow(&w);
        follow(&w);
        let threads: Vec<_> = (0..3).map(|_| { let follower = follower(&w); std::thread::spawn(move || follower.catch_up()) }).collect();
        for thread in threads {
            // Whoever comes second at PostgreSQL may be told that it is busy; nothing is counted twice.
            let _: Result<usize, StoreError> = thread.join().unwrap();
        }
        assert_eq!(summary(&w, "town", "2026-11").filed_in_all(), 2);
        // As after a restored backup of the counts: from the first line of the journal once more.
        w.desk.write(|tx| tx.run("update figures_mark set position = 0", store::params![])).unwrap();
        follow(&w);
        assert_eq!(summary(&w, "town", "2026-11").filed_in_all(), 2);
    }

    fn a_withdrawn_case_is_no_decision_and_a_department_that_hands_over_takes_its_count_along(place: Place) {
        let w = world(place);
        let (clerk, _) = clerk_and_chief(&w);
        let gone = w.filed("room_use", PARTY);
        w.days_later(1);
        w.withdraw(gone.id).unwrap();
        w.carry();
        let moved = w.filed("room_use", PARTY);
        follow(&w);
        assert_eq!(summary(&w, "department:general_affairs", "2026-11").filed_in_all(), 2);
        claim(&w, &clerk, moved.number);
        let seen = row(&w, moved.number);
        w.hire("森", "environment", "clerk");
        let other: definitions::ids::DepartmentId = "environment".parse().unwrap();
        let to = other.clone();
        w.act(&clerk, move |tx, acting| verbs::hand_over(tx, acting, moved.number, seen, to.clone(), "所管の変更")).unwrap();
        follow(&w);
        let ours = summary(&w, "department:general_affairs", "2026-11");
        assert_eq!((ours.filed_in_all(), ours.withdrawn, ours.decided_in_all()), (1, 1, 0));
        assert_eq!(summary(&w, &format!("department:{other}"), "2026-11").filed_in_all(), 1);
        assert_eq!(summary(&w, "town", "2026-11").filed_in_all(), 2);
    }

    fn drafts_are_counted_by_the_day_on_which_they_were_begun(place: Place) {
        let w = world(place);
        let left = w.begin("tree_request", &hanako()).unwrap();
        let page: &'static str = w.town.current().procedures["tree_request"].pages.keys().next().unwrap().to_string().leak();
        w.save(left.id, &hanako(), page, typed(&[("name", "")])).unwrap();
        w.days_later(1);
        w.save(left.id, &hanako(), page, typed(TREE)).unwrap();
        w.save(left.id, &hanako(), page, typed(TREE)).unwrap();
        w.filed("tree_request", TREE);
        let today = w.today();
        let counts = w.portal.read(move |tx| cases::walked::counts(tx, today.saturating_sub(jiff::Span::new().days(9)))).unwrap();
        use cases::walked::Reached::{Begun, Filed, Page};
        let of = |day, reached| counts.iter().find(|one| one.day == day && one.reached == reached).map(|one| one.drafts);
        let yesterday = today.yesterday().unwrap();
        assert_eq!((of(yesterday, Begun), of(yesterday, Page(page.to_owned())), of(yesterday, Filed)), (Some(1), Some(1), None));
        assert_eq!((of(today, Begun), of(today, Page(page.to_owned())), of(today, Filed)), (Some(1), Some(1), Some(1)));
    }
}

fn hanako_registered() -> Resident {
    Resident {
        id: ResidentId::new(uuid::Uuid::from_u128(7)),
        number: "0000000007".into(),
        household: None,
        place: 1,
        relation: "head".into(),
        name: PersonName::parse("佐藤 花子").unwrap(),
        born: jiff::civil::date(1990, 8, 2),
        sex: Sex::NotStated,
        address: Address { postal_code: None, line: "見本県見本市緑町3丁目12番5号".into(), building: None },
        phone: None,
        mail: None,
        state: State::Resident,
        since: jiff::civil::date(1990, 8, 2),
        protected_until: None,
        residence: None,
    }
}

#[test]
fn a_page_of_figures_reads_one_range_of_a_key() {
    let place = Place::sqlite();
    let w = world(&place);
    let asked = [
        (rows::MONTHS, vec!["town", "2026-01", "2026-12"], "sqlite_autoindex_figures_"),
        (rows::DAYS, vec!["tree_request", "2026-01-01", "2026-12-31"], "sqlite_autoindex_figures_"),
        (rows::VERSIONS, vec!["tree_request"], "COVERING INDEX figures_day_filed"),
    ];
    for (sql, binds, index) in asked {
        let explained = format!("explain query plan {sql}");
        let binds: Vec<store::Param> = binds.into_iter().map(store::Param::from).collect();
        let plan = w.desk.read(move |tx| tx.all(&explained, &binds)).unwrap();
        let said: Vec<String> = plan.iter().map(|row| row.get::<String>(3).unwrap()).collect();
        let read: Vec<&String> = said.iter().filter(|line| line.starts_with("SEARCH") || line.starts_with("SCAN")).collect();
        assert!(!read.is_empty() && read.iter().all(|line| line.starts_with("SEARCH") && line.contains(index)), "{said:?}");
    }
    let _: Month = "2026-11".parse().unwrap();
}
