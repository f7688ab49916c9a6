//! What staff and strangers are refused at the desk: at its door, and behind it by their grants.

mod world;

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use access::{
    Act, CaseId, RecordAttributes, RecordKind, SessionId, StaffId, filter,
    grants::{self, KindSql},
    looked, may,
    staff::{self, Staff, directory},
};
use definitions::{field::Sensitivity, ids::DepartmentId};
use jiff::civil::date;
use store::{StoreError, on_both_engines, testing::Place};
use world::{Hired, PASSWORD, World};

/// Another six digits.
fn wrong(code: &str) -> String {
    let last = code.bytes().last().unwrap();
    format!("{}{}", &code[..5], char::from(if last == b'0' { b'1' } else { last - 1 }))
}

fn staff_of(world: &World, id: StaffId) -> Option<Staff> {
    let (town, today) = (world.desk.town.current(), world.clock.today());
    world.desk.store.read(move |tx| directory::as_of(tx, id, &town, today)).unwrap()
}

fn case_of(department: &str) -> RecordAttributes {
    RecordAttributes { department: Some(department.parse().unwrap()), ..RecordAttributes::of_town(RecordKind::Case, Sensitivity::Ordinary) }
}

on_both_engines! {
    fn wrong_login_wrong_password_and_wrong_code_are_one_answer(place: Place) {
        let world = World::new(place);
        let suzuki = world.hire("suzuki", "childcare", "clerk");
        let code = suzuki.factor.code_at(world.clock.now());
        let mut desk = world.clerk();
        let mut answers = BTreeMap::new();
        for (login, password, code) in [
            ("suzuki", "違うパスワードです。ほんとうに", code.as_str()),
            ("suzuki", PASSWORD, &wrong(&code)),
            ("nobody", PASSWORD, &code),
            ("suzuki", "", ""),
            ("no such/login", PASSWORD, &code),
        ] {
            let page = desk.sign_in_with(login, password, code).is(422);
            *answers.entry(page.html.replace(&desk.csrf, "").replace(login, "")).or_insert(0) += 1;
        }
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(world.count_at_desk("select count(*) from desk_session"), 0);
    }

    fn a_code_read_over_the_shoulder_opens_nothing(place: Place) {
        let world = World::new(place);
        let suzuki = world.hire("suzuki", "childcare", "clerk");
        world.clerk().sign_in(&suzuki).goes_to("/desk");
        let mut thief = world.clerk();
        thief.sign_in(&suzuki).is(422);
        // A code of the step before is no later than the one used.
        let earlier = suzuki.factor.code_at(world.clock.now() - Duration::from_secs(30));
        thief.sign_in_with("suzuki", PASSWORD, &earlier).is(422);
        world.later(Duration::from_secs(30));
        thief.sign_in(&suzuki).goes_to("/desk");
    }

    fn nobody_can_lock_a_colleague_out(place: Place) {
        let world = World::new(place);
        let suzuki = world.hire("suzuki", "childcare", "clerk");
        let mut attacker = world.clerk();
        attacker.address = IpAddr::from([198, 51, 100, 7]);
        for _ in 0..10 {
            attacker.sign_in_with("suzuki", "違うパスワードです。ほんとうに", "000000").is(422);
        }
        attacker.sign_in_with("suzuki", "違うパスワードです。ほんとうに", "000000").is(429).says("しばらくお待ちください");
        attacker.sign_in(&suzuki).is(429);
        world.clerk().sign_in(&suzuki).goes_to("/desk");
    }

    fn half_an_hour_away_from_the_screen_signs_out_and_keeps_the_way_back(place: Place) {
        let world = World::new(place);
        let suzuki = world.hire("suzuki", "childcare", "clerk");
        let mut desk = world.clerk();
        desk.sign_in(&suzuki).goes_to("/desk");
        for _ in 0..3 {
            world.later(Duration::from_secs(29 * 60));
            desk.get("/desk/sessions").is(200);
        }
        world.later(Duration::from_secs(30 * 60));
        desk.get("/desk/sessions").goes_to("/desk/sign-in?then=%2Fdesk%2Fsessions");
        desk.get("/desk/sign-in?then=%2Fdesk%2Fsessions");
        let code = suzuki.factor.code_at(world.clock.now());
        let inputs = [("login", "suzuki"), ("password", PASSWORD), ("code", code.as_str()), ("then", "/desk/sessions")];
        desk.post("/desk/sign-in", &inputs).goes_to("/desk/sessions");
    }

    fn a_session_of_the_desk_ends_after_a_working_day(place: Place) {
        let world = World::new(place);
        let suzuki = world.hire("suzuki", "childcare", "clerk");
        let mut desk = world.clerk();
        desk.sign_in(&suzuki).goes_to("/desk");
        for _ in 0..35 {
            world.later(Duration::from_secs(20 * 60));
            desk.get("/desk/sessions").is(200);
        }
        world.later(Duration::from_secs(20 * 60));
        desk.get("/desk/sessions").goes_to("/desk/sign-in?then=%2Fdesk%2Fsessions");
    }

    fn who_left_and_who_was_signed_out_by_force_is_out_at_once(place: Place) {
        let world = World::new(place);
        let (suzuki, keeper) = (world.hire("suzuki", "childcare", "clerk"), world.hire("keeper", "tax", "keeper"));
        let mut desk = world.clerk();
        desk.sign_in(&suzuki).goes_to("/desk");
        let mut office = world.clerk();
        office.sign_in(&keeper).goes_to("/desk");
        office.get("/desk/staff").is(200);
        office.post(&format!("/desk/staff/{}/sign-out", suzuki.id), &[]).goes_to("/desk/staff");
        desk.get("/desk/sessions").goes_to("/desk/sign-in?then=%2Fdesk%2Fsessions");
        world.later(Duration::from_secs(60));
        desk.sign_in(&suzuki).goes_to("/desk");
    }

    fn who_left_is_out_at_once_and_only_the_keeper_of_the_directory_lets_people_go(place: Place) {
        let world = World::new(place);
        let (suzuki, keeper) = (world.hire("suzuki", "childcare", "clerk"), world.hire("keeper", "welfare", "keeper"));
        let (mut desk, mut office) = (world.clerk(), world.clerk());
        desk.sign_in(&suzuki).goes_to("/desk");
        office.sign_in(&keeper).goes_to("/desk");
        let page = |who: &Hired| format!("/desk/staff/{}", who.id);
        let leave = |who: &Hired| format!("/desk/staff/{}/leave", who.id);
        let form = [("why", "left"), ("last-day", "2026-11-24")];
        // A clerk finds neither the page nor the way.
        desk.get(&page(&keeper)).is(404);
        desk.get("/desk/sessions");
        desk.post(&leave(&keeper), &form).is(404);
        office.get("/desk/sessions").is(200);
        // Nobody lets oneself go; a reason and a day that is to come are due; without the page's token nothing is done.
        office.get(&page(&keeper)).is(200).says("自分を離職・停止にはできません").says_not("last-day");
        office.post(&leave(&keeper), &form).is(422).says("自分を離職・停止にはできません");
        office.get(&page(&suzuki)).is(200).says("離職・停止");
        office.post(&leave(&suzuki), &form[1..]).is(422).says("理由を選んでください");
        office.post(&leave(&suzuki), &[("why", "left"), ("last-day", "2026-11-23")]).is(422).says("今日より後の日");
        office.post_bare(&leave(&suzuki), &form).is(403);
        desk.get("/desk/sessions").is(200);
        office.get(&page(&suzuki));
        office.post(&leave(&suzuki), &form).goes_to(&page(&suzuki));
        // The open session has ended, and no other begins.
        desk.get("/desk/sessions").goes_to("/desk/sign-in?then=%2Fdesk%2Fsessions");
        world.later(Duration::from_secs(60));
        desk.sign_in(&suzuki).is(422);
        office.get(&page(&suzuki)).is(200).says("退職・離任").says_not("離職・停止にする");
        assert_eq!(world.count_at_desk("select count(*) from staff_post where role = 'clerk' and until_day > '2026-11-24'"), 0);
        assert_eq!(world.count_at_desk("select count(*) from store_entry where what = 'staff-left' and why = 'left' and authority <> ''"), 1);
        office.post(&leave(&suzuki), &form).is(404);
    }

    fn a_later_last_day_lets_them_work_until_then(place: Place) {
        let world = World::new(place);
        let (suzuki, keeper) = (world.hire("suzuki", "childcare", "clerk"), world.hire("keeper", "welfare", "keeper"));
        let (mut desk, mut office) = (world.clerk(), world.clerk());
        office.sign_in(&keeper).goes_to("/desk");
        office.get(&format!("/desk/staff/{}", suzuki.id));
        office.post(&format!("/desk/staff/{}/leave", suzuki.id), &[("why", "left"), ("last-day", "2026-12-28")]).goes_to(&format!("/desk/staff/{}", suzuki.id));
        let sweep = || {
            let (today, now) = (world.clock.today(), world.clock.now());
            world.desk.store.write(move |tx| staff::leave_who_is_due(tx, today, now, &[])).unwrap()
        };
        world.clock.set("2026-12-28T03:00:00Z".parse().unwrap());
        assert_eq!(sweep(), 0);
        desk.sign_in(&suzuki).goes_to("/desk");
        assert!(may(&staff_of(&world, suzuki.id).unwrap(), Act::Read, &case_of("childcare")).is_some());
        world.clock.set("2026-12-28T15:00:00Z".parse().unwrap());
        assert_eq!(may(&staff_of(&world, suzuki.id).unwrap(), Act::Read, &case_of("childcare")), None, "the post has ended");
        assert_eq!((sweep(), sweep()), (1, 0));
        desk.get("/desk/sessions").goes_to("/desk/sign-in?then=%2Fdesk%2Fsessions");
        world.later(Duration::from_secs(60));
        desk.sign_in(&suzuki).is(422);
    }

    fn nobody_ends_anothers_session_from_the_page_of_ones_own(place: Place) {
        let world = World::new(place);
        let (suzuki, tanaka) = (world.hire("suzuki", "childcare", "clerk"), world.hire("tanaka", "childcare", "clerk"));
        let (mut one, mut other) = (world.clerk(), world.clerk());
        one.sign_in(&suzuki).goes_to("/desk");
        other.sign_in(&tanaka).goes_to("/desk");
        let theirs = SessionId::of(&access::token::Token::read(&other.cookies["yakuba-desk"]).unwrap());
        one.get("/desk/sessions");
        one.post("/desk/sessions/end", &[("session", theirs.as_str())]).is(404);
        other.get("/desk/sessions").is(200);
    }

    fn pages_of_those_in_charge_do_not_exist_for_others(place: Place) {
        let world = World::new(place);
        let suzuki = world.hire("suzuki", "childcare", "clerk");
        let auditor = world.hire("auditor", "tax", "auditor");
        let pages = ["/desk/staff", "/desk/access-log", "/desk/link-account"];
        let asks = |who: &Hired| -> Vec<u16> {
            let mut desk = world.clerk();
            desk.sign_in(who).goes_to("/desk");
            pages.iter().map(|page| desk.get(page).status.as_u16()).collect()
        };
        assert_eq!(asks(&suzuki), [404, 404, 200]);
        assert_eq!(asks(&auditor), [404, 200, 404]);
        let mut nobody = world.clerk();
        for page in pages {
            assert_eq!(nobody.get(page).status.as_u16(), 303);
        }
        let post = format!("/desk/staff/{}/set-up-code", suzuki.id);
        let mut desk = world.clerk();
        world.later(Duration::from_secs(60));
        desk.sign_in(&suzuki).goes_to("/desk");
        desk.get("/desk/sessions");
        desk.post(&post, &[]).is(404);
        desk.post(&format!("/desk/staff/{}/sign-out", auditor.id), &[]).is(404);
    }

    fn a_clerk_does_not_try_codes_of_residents_all_day(place: Place) {
        let world = World::new(place);
        let suzuki = world.hire("suzuki", "childcare", "clerk");
        let mut desk = world.clerk();
        desk.sign_in(&suzuki).goes_to("/desk");
        desk.get("/desk/link-account");
        let resident = access::ResidentId::draw(world.clock.now()).to_string();
        let form = [("resident", resident.as_str()), ("seen", "passport"), ("link-code", "12345678")];
        for _ in 0..30 {
            desk.post("/desk/link-account", &form).is(422).says("使えません");
        }
        desk.post("/desk/link-account", &form).is(429);
        assert_eq!(world.count_at_desk("select count(*) from account_link"), 0);
    }

    fn a_form_sent_after_the_session_ended_is_kept_on_the_page(place: Place) {
        let world = World::new(place);
        let suzuki = world.hire("suzuki", "childcare", "clerk");
        let mut desk = world.clerk();
        desk.sign_in(&suzuki).goes_to("/desk");
        desk.get("/desk/link-account").is(200);
        world.later(Duration::from_secs(31 * 60));
        desk.post("/desk/link-account", &[("resident", "見本 花子のつづき")]).is(401).says("見本 花子のつづき").says("もう一度送る");
    }

    fn another_departments_clerk_is_told_nothing(place: Place) {
        let world = World::new(place);
        let (suzuki, tanaka) = (world.hire("suzuki", "childcare", "clerk"), world.hire("tanaka", "tax", "clerk"));
        let director = world.hire("director", "welfare", "chief");
        let [suzuki, tanaka, director] = [suzuki, tanaka, director].map(|who| staff_of(&world, who.id).unwrap());
        let case = case_of("childcare");
        assert!(may(&suzuki, Act::Read, &case).is_some() && may(&suzuki, Act::Work, &case).is_some());
        assert_eq!(may(&suzuki, Act::Decide, &case), None);
        assert_eq!(may(&tanaka, Act::Read, &case), None);
        assert!(may(&director, Act::Decide, &case).is_some(), "the division's chief reaches its sections");
        assert_eq!(may(&director, Act::Decide, &case_of("tax")), None);
        assert_eq!(may(&suzuki, Act::Read, &case_of("welfare")), None, "a section does not reach the division above it");
        let guarded = RecordAttributes { sensitivity: Sensitivity::Health, ..case.clone() };
        assert_eq!(may(&suzuki, Act::Read, &guarded), None);
        let consulted = RecordAttributes { consulted: vec!["tax".parse().unwrap()], ..case.clone() };
        assert!(may(&tanaka, Act::Read, &consulted).is_some());
        assert_eq!(may(&tanaka, Act::Work, &consulted), None);
    }

    fn a_post_counts_from_its_first_day_to_its_last_and_ends_with_the_fiscal_year(place: Place) {
        let world = World::new(place);
        let until_march = world.hire("suzuki", "childcare", "clerk");
        let coming = world.hire_for("tanaka", "childcare", "clerk", date(2027, 1, 1), date(2027, 3, 31));
        let over = world.hire_for("sato", "childcare", "clerk", date(2026, 4, 1), date(2026, 11, 23));
        let reads = |who: &Hired| staff_of(&world, who.id).is_some_and(|staff| may(&staff, Act::Read, &case_of("childcare")).is_some());
        assert_eq!([reads(&until_march), reads(&coming), reads(&over)], [true, false, false]);
        world.clock.set("2027-03-31T14:59:59Z".parse().unwrap());
        assert_eq!([reads(&until_march), reads(&coming), reads(&over)], [true, true, false]);
        world.clock.set("2027-03-31T15:00:00Z".parse().unwrap());
        assert_eq!([reads(&until_march), reads(&coming), reads(&over)], [false, false, false]);
        // They can still sign in, and see that nothing is theirs.
        let mut desk = world.clerk();
        desk.sign_in(&until_march).goes_to("/desk");
        desk.get("/desk/link-account").is(404);
    }

    fn a_post_in_a_department_that_the_town_does_not_know_gives_nothing(place: Place) {
        let world = World::new(place);
        let (gone, unknown) = (world.hire("suzuki", "dissolved", "clerk"), world.hire("tanaka", "childcare", "wizard"));
        for who in [gone, unknown] {
            let staff = staff_of(&world, who.id).unwrap();
            assert!(staff.posts.is_empty() && staff.powers.is_empty());
            assert_eq!(may(&staff, Act::Read, &case_of("dissolved")), None);
            let kind = KindSql {
                kind: RecordKind::Case,
                department: "c.department",
                consulted: None,
                assignee: "c.assignee",
                sensitivity: "0",
                attributes: &[],
            };
            assert_eq!(filter(&staff, Act::Read, &kind, 1).sql, "(1 = 0)");
        }
    }

    fn the_chain_of_decision_knows_who_holds_a_role_and_who_stands_in(place: Place) {
        let world = World::new(place);
        let (chief, deputy) = (world.hire("chief", "childcare", "chief"), world.hire("deputy", "childcare", "deputy"));
        let [chief, deputy] = [chief, deputy].map(|who| staff_of(&world, who.id).unwrap());
        let (childcare, tax): (DepartmentId, DepartmentId) = ("childcare".parse().unwrap(), "tax".parse().unwrap());
        let role = "chief".parse().unwrap();
        assert!(chief.holds_role(&childcare, &role) && !chief.stands_in_for(&childcare, &role));
        assert!(!deputy.holds_role(&childcare, &role) && deputy.stands_in_for(&childcare, &role));
        assert!(!chief.holds_role(&tax, &role) && !deputy.stands_in_for(&tax, &role));
    }

    fn an_absence_is_entered_by_oneself_or_by_who_stands_in_and_by_nobody_else(place: Place) {
        let world = World::new(place);
        let [chief, deputy, clerk] = ["chief", "deputy", "clerk"].map(|role| world.hire(role, "childcare", role));
        let stranger = world.hire("stranger", "tax", "deputy");
        let today = world.clock.today().to_string();
        let (chief_id, clerk_id) = (chief.id.to_string(), clerk.id.to_string());
        let away = |id: &str| vec![("staff".to_owned(), id.to_owned()), ("from".to_owned(), today.clone()), ("until".to_owned(), today.clone())];
        let enter = |desk: &mut world::Browser<'_>, id: &str| {
            desk.get("/desk/absences").is(200);
            let inputs = away(id);
            desk.post("/desk/absences", &inputs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>())
        };
        let mut as_stranger = world.clerk();
        as_stranger.sign_in(&stranger).goes_to("/desk");
        enter(&mut as_stranger, &chief_id).is(404);
        let mut as_clerk = world.clerk();
        as_clerk.sign_in(&clerk).goes_to("/desk");
        enter(&mut as_clerk, &chief_id).is(404);
        enter(&mut as_clerk, "nobody").is(404);
        assert_eq!(world.count_at_desk("select count(*) from staff_absence"), 0);
        let mut as_deputy = world.clerk();
        as_deputy.sign_in(&deputy).goes_to("/desk");
        enter(&mut as_deputy, &clerk_id).is(404);
        for (from, until) in [("2026-11-25", "2026-11-24"), ("2026-11-01", "2026-11-23"), ("2026-11-24", "2027-11-25"), ("", "2026-11-24")] {
            as_deputy.post("/desk/absences", &[("staff", &chief_id), ("from", from), ("until", until)]).is(422).says("今日より前に終わる日");
        }
        enter(&mut as_deputy, &chief_id).goes_to("/desk/absences");
        as_deputy.get("/desk/absences").is(200).says("chief さん").says("deputy さん");
        assert_eq!(world.count_at_desk("select count(*) from store_entry where what = 'absence-entered'"), 1);
        let store = &world.desk.store;
        let id: String = store.read(|tx| tx.first("select id from staff_absence", store::params![])).unwrap().unwrap().get(0).unwrap();
        as_stranger.post("/desk/absences/end", &[("absence", &id)]).is(404);
        let is_away = || world.desk.store.read(move |tx| staff::absence::is_absent(tx, chief.id, date(2026, 11, 24))).unwrap();
        assert!(is_away());
        let mut as_chief = world.clerk();
        as_chief.sign_in(&chief).goes_to("/desk");
        as_chief.get("/desk/absences").is(200);
        as_chief.post("/desk/absences/end", &[("absence", &id)]).goes_to("/desk/absences");
        assert!(!is_away(), "who is back is back at once");
        as_chief.post("/desk/absences/end", &[("absence", &id)]).is(404);
    }

    fn a_code_that_the_portal_calls_tomorrows_is_good_for_an_hour_from_now(place: Place) {
        let world = World::new(place);
        let now = jiff::Timestamp::now();
        let account = access::AccountId::draw(now);
        world.portal.store.write(move |tx| access::link::ask(tx, account, "12345678", "p-1", now + Duration::from_secs(400 * 86_400))).unwrap();
        let sent = "select kind, id, body from store_message where kind = $1";
        let row = world.portal.store.read(move |tx| tx.first(sent, store::params![access::link::LINK_ASKED])).unwrap().unwrap();
        let parcel = store::Parcel { kind: row.get(0).unwrap(), id: row.get(1).unwrap(), body: row.get(2).unwrap() };
        world.desk.store.write(move |tx| access::link::receive(tx, &parcel)).unwrap();
        let row = world.desk.store.read(|tx| tx.first("select expires_at from account_link_code", store::params![])).unwrap().unwrap();
        let expires: jiff::Timestamp = row.get(0).unwrap();
        assert!(expires <= jiff::Timestamp::now() + Duration::from_secs(3_600), "{expires}");
    }

    fn each_look_is_a_line_that_the_auditor_finds_by_person_and_by_record(place: Place) {
        let world = World::new(place);
        let suzuki = world.hire("suzuki", "childcare", "clerk");
        let auditor = world.hire("auditor", "tax", "auditor");
        let staff = staff_of(&world, suzuki.id).unwrap();
        let now = world.clock.now();
        let records: Vec<String> = (0..60).map(|_| CaseId::draw(now).to_string()).collect();
        let first = records[0].clone();
        world.desk.store.write(move |tx| -> Result<(), StoreError> {
            for record in &records {
                let authority = may(&staff, Act::Read, &case_of("childcare")).unwrap();
                looked::looked(tx, &staff, &authority, RecordKind::Case, record, "search")?;
            }
            Ok(())
        }).unwrap();
        assert_eq!(world.count_at_desk("select count(*) from store_entry where what = 'looked-at'"), 60);
        let mut desk = world.clerk();
        desk.sign_in(&auditor).goes_to("/desk");
        let page = desk.get("/desk/access-log").is(200).says("suzuki さん").says("grant:clerk_cases@childcare");
        assert_eq!(page.html.matches("<tr>").count(), 51);
        let next = page.html.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&amp;", "&");
        let second = desk.get(&next).is(200);
        assert_eq!(second.html.matches("<tr>").count(), 11);
        let of_record = desk.get(&format!("/desk/access-log?record={first}")).is(200);
        assert_eq!(of_record.html.matches("<tr>").count(), 2);
        desk.get(&format!("/desk/access-log?staff={}", auditor.id)).is(200).says("記録はありません");
    }
}

#[test]
fn a_door_may_be_shown_to_whom_a_grant_opens_something_behind_it() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let staff = world.hire("suzuki", "childcare", "clerk");
    let staff = staff_of(&world, staff.id).unwrap();
    assert!(grants::may_ever(&staff, Act::Work, RecordKind::Case));
    assert!(!grants::may_ever(&staff, Act::Export, RecordKind::Case));
}
