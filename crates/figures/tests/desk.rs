//! Whose figures whom: written from the grants by hand. And what a page reads.

#[path = "../../cases/tests/world/mod.rs"]
mod world;

use figures::{
    counted::Scope,
    desk::{Wanted, home, sees},
    following::Follower,
    period::Period,
};
use store::on_both_engines;
use world::*;

fn scope(code: &str) -> Scope {
    Scope::from_code(code).unwrap()
}

on_both_engines! {
    fn a_department_sees_its_own_and_chiefs_see_the_town(place: Place) {
        let w = World::with(place, figures::PORTAL_MIGRATIONS, figures::DESK_MIGRATIONS);
        let town = w.town.current();
        let all = ["town", "department:general_affairs", "department:general_division", "department:environment", "procedure:room_use", "procedure:tree_request"];
        let table = [
            ("general_affairs", "clerk", [false, true, false, false, true, false]),
            ("general_division", "clerk", [false, true, true, false, true, false]),
            ("environment", "reader", [false, false, false, true, false, true]),
            ("general_affairs", "deputy", [true; 6]),
            ("general_affairs", "chief", [true; 6]),
            ("general_affairs", "inspector", [true; 6]),
            ("general_affairs", "guest", [false; 6]),
        ];
        for (department, role, wanted) in table {
            let staff = w.hire("だれか", department, role);
            let seen = all.map(|code| sees(&staff, &town, &scope(code)));
            assert_eq!(seen, wanted, "{role} of {department}");
            let begins = home(&staff, &town).map(|scope| scope.code());
            let first = if wanted[0] { Some("town".to_owned()) } else { wanted.contains(&true).then(|| format!("department:{department}")) };
            assert_eq!(begins, first, "{role} of {department}");
            assert!(!sees(&staff, &town, &scope("department:nowhere")) && !sees(&staff, &town, &scope("procedure:nothing")));
        }
    }

    fn a_page_has_its_parts_its_months_and_what_is_open_today(place: Place) {
        let w = World::with(place, figures::PORTAL_MIGRATIONS, figures::DESK_MIGRATIONS);
        w.filed("tree_request", &[("name", "佐藤 花子")]);
        w.filed("tree_request", &[("name", "田中 太郎")]);
        // Thirty days were promised; the second of December is not yet late, January is.
        let follower = Follower::new(w.desk.clone(), w.town.clone(), w.desk_keys.clone());
        store::testing::until("followed", || follower.catch_up().unwrap() == 0 && w.count(&w.desk, "select count(*) from figures_case") == 2);
        let find = |of: &str, period: &str, since: Option<&str>| {
            let period: Period = period.parse().unwrap();
            let wanted = Wanted { scope: scope(of), period, against: period.before(), since: since.map(|day| day.parse().unwrap()) };
            let (town, today) = (w.town.current(), w.today());
            w.desk.read(move |tx| wanted.find(tx, &town, today)).unwrap()
        };
        let town = find("town", "2026-11", None);
        assert_eq!((town.now.filed_in_all(), town.then.filed_in_all(), town.open, town.late), (2, 0, 2, 0));
        assert_eq!(town.parts.iter().map(|part| part.scope.code()).collect::<Vec<_>>(), ["department:environment"]);
        assert_eq!(town.months.len(), 3);
        assert_eq!(town.months.last().map(|(month, now, _)| (month.to_string(), now.filed_in_all())), Some(("2026-11".to_owned(), 2)));
        w.days_later(60);
        let environment = find("department:environment", "2027-01", None);
        assert_eq!((environment.now.filed_in_all(), environment.open, environment.late), (0, 2, 2));
        assert_eq!(environment.parts.iter().map(|part| (part.scope.code(), part.open)).collect::<Vec<_>>(), [("procedure:tree_request".to_owned(), 2)]);
        let procedure = find("procedure:tree_request", "2026", Some("2026-11-24"));
        let since = procedure.since.unwrap();
        assert_eq!((since.before.filed_in_all(), since.after.filed_in_all(), procedure.versions.len()), (0, 2, 1));
        assert_eq!(find("procedure:tree_request", "2026", Some("2026-11-25")).since.unwrap().before.filed_in_all(), 2);
    }
}
