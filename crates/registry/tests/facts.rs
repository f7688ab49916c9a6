//! What a linked account hears through the hatch, and what it never hears, on both engines.

mod town;

use access::{AccountId, Linked, ResidentId, Unlinked};
use definitions::{answer::Answer, facts::Facts};
use jiff::civil::{Date, date};
use registry::{
    PORTAL_MIGRATIONS,
    known::{self, DeskFacts, PortalFacts},
    publish,
    resident::Resident,
};
use store::{Desk, Portal, StoreError, hatch};
use town::{cast, desk, hanako, mihon, put, resident_id};
use uuid::Uuid;

const TODAY: Date = date(2026, 11, 24);

fn portal(place: &store::testing::Place) -> Portal {
    Portal::new(place.open("portal", PORTAL_MIGRATIONS))
}

fn account(number: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(number))
}

fn link(desk: &Desk, number: u128, resident: ResidentId) {
    let linked = Linked { account: account(number), resident, at: "2026-11-01T00:00:00Z".parse().unwrap() };
    desk.write::<_, StoreError>(move |tx| publish::on_link(tx, &linked)).unwrap();
}

fn unlink(desk: &Desk, number: u128, resident: ResidentId) {
    let unlinked = Unlinked { account: account(number), resident, at: "2026-11-02T00:00:00Z".parse().unwrap() };
    desk.write::<_, StoreError>(move |tx| publish::on_unlink(tx, &unlinked)).unwrap();
}

fn carry(portal: &Portal, desk: &Desk) {
    // On PostgreSQL messages get their numbers a moment after they were written.
    let unnumbered = "select count(*) from store_message m where not exists (select 1 from store_number n where n.message = m.serial)";
    store::testing::until("every message has its number", || {
        desk.read::<_, StoreError>(move |tx| tx.first(unnumbered, store::params![])?.unwrap().get::<i64>(0)).unwrap() == 0
    });
    hatch::carry_all(portal, desk, &[], &known::portal_receivers()).unwrap();
}

fn facts(portal: &Portal, number: u128, linked: Option<ResidentId>, today: Date) -> PortalFacts {
    portal.read::<_, StoreError>(move |tx| PortalFacts::of(tx, &mihon(), Some(account(number)), linked, today)).unwrap()
}

fn names(facts: &dyn Facts) -> Vec<String> {
    facts.household().unwrap_or_default().into_iter().map(|person| person.name).collect()
}

fn joins(desk: &Desk, child: u128) {
    town::joined(desk, child, "midori");
}

store::on_both_engines! {
    fn a_mother_knows_herself_her_child_and_the_records_held_of_it(place: Place) {
        let (desk, portal) = (desk(place), portal(place));
        put(&desk, &cast());
        joins(&desk, 2);
        link(&desk, 1, resident_id(1));
        carry(&portal, &desk);
        let facts = facts(&portal, 1, Some(resident_id(1)), TODAY);
        let applicant = facts.applicant().unwrap();
        assert_eq!((applicant.name.as_str(), applicant.born), ("佐藤　花子", Some(date(1990, 8, 2))));
        assert!(matches!(applicant.more.get("address"), Some(Answer::Address(address)) if address.line.contains("緑町")));
        assert_eq!(names(&facts), ["佐藤　花子", "佐藤　さくら"]);
        let register = "afterschool_membership".parse().unwrap();
        assert_eq!(facts.holds(&register, &resident_id(2).to_string(), TODAY), Some(true));
        assert_eq!(facts.holds(&register, &resident_id(1).to_string(), TODAY), Some(false));
        assert_eq!(facts.holds(&register, &resident_id(3).to_string(), TODAY), None, "of others nothing is known here");
        let held = &facts.held()[0];
        assert_eq!((held.owner_name.as_str(), held.state.as_ref().unwrap().as_str()), ("佐藤　さくら", "member"));
        assert!(held.values.get("facility").is_some() && held.values.get("note").is_none(), "what is guarded stays inside");
    }

    fn nobody_hears_of_another_household_or_of_another_adult(place: Place) {
        let (desk, portal) = (desk(place), portal(place));
        let mut people = cast();
        people.push(Resident { household: people[0].household, place: 3, relation: "parent".into(), born: date(1955, 1, 1), ..hanako("佐藤 梅", "サトウ ウメ", 4) });
        put(&desk, &people);
        link(&desk, 1, resident_id(1));
        link(&desk, 3, resident_id(3));
        carry(&portal, &desk);
        assert_eq!(names(&facts(&portal, 1, Some(resident_id(1)), TODAY)), ["佐藤　花子", "佐藤　さくら"]);
        assert_eq!(names(&facts(&portal, 3, Some(resident_id(3)), TODAY)), ["田中　太郎"]);
        assert!(facts(&portal, 2, Some(resident_id(1)), TODAY).applicant().is_none(), "another account");
    }

    fn a_link_taken_back_or_made_anew_shows_nothing_old(place: Place) {
        let (desk, portal) = (desk(place), portal(place));
        put(&desk, &cast());
        link(&desk, 1, resident_id(1));
        carry(&portal, &desk);
        assert!(facts(&portal, 1, None, TODAY).applicant().is_none());
        assert!(facts(&portal, 1, Some(resident_id(3)), TODAY).applicant().is_none());
        unlink(&desk, 1, resident_id(1));
        carry(&portal, &desk);
        let kept: String = portal.read::<_, StoreError>(|tx| tx.first("select body from fact_sheet", store::params![])?.unwrap().get(0)).unwrap();
        assert!(!kept.contains("花子") && !kept.contains("さくら"), "the portal has forgotten: {kept}");
        assert!(facts(&portal, 1, Some(resident_id(1)), TODAY).applicant().is_none());
        put(&desk, &[Resident { phone: Some("0000999999".into()), ..cast().remove(0) }]);
        assert_eq!(hatch::carry_all(&portal, &desk, &[], &known::portal_receivers()).unwrap(), 0);
        // The right person, at last.
        link(&desk, 1, resident_id(3));
        carry(&portal, &desk);
        assert_eq!(names(&facts(&portal, 1, Some(resident_id(3)), TODAY)), ["田中　太郎"]);
    }

    fn neither_telephone_nor_mail_of_others_is_published(place: Place) {
        let (desk, portal) = (desk(place), portal(place));
        let mut people = cast();
        people[1].phone = Some("0000777777".into());
        people[1].mail = Some("sakura@example.jp".into());
        put(&desk, &people);
        link(&desk, 1, resident_id(1));
        carry(&portal, &desk);
        let known = facts(&portal, 1, Some(resident_id(1)), TODAY);
        let household = known.household().unwrap();
        assert!(household[1].more.is_empty(), "{:?}", household[1].more);
        assert!(known.applicant().unwrap().more.contains_key("phone"), "one's own is");
        let kept: String = portal.read::<_, StoreError>(|tx| tx.first("select body from fact_sheet", store::params![])?.unwrap().get(0)).unwrap();
        assert!(!kept.contains("0000777777") && !kept.contains("sakura@"));
    }

    fn a_protected_child_is_not_told_of_to_a_parent_who_is_not(place: Place) {
        let (desk, portal) = (desk(place), portal(place));
        let mut people = cast();
        put(&desk, &people);
        joins(&desk, 2);
        link(&desk, 1, resident_id(1));
        carry(&portal, &desk);
        assert_eq!(names(&facts(&portal, 1, Some(resident_id(1)), TODAY)).len(), 2);
        people[1].protected_until = Some(date(2027, 6, 30));
        put(&desk, &people[1..2]);
        carry(&portal, &desk);
        let known = facts(&portal, 1, Some(resident_id(1)), TODAY);
        assert_eq!((names(&known), known.held().len()), (vec!["佐藤　花子".to_owned()], 0), "as if the child had moved out");
        // Mother and child who fled together know each other.
        people[0].protected_until = Some(date(2027, 6, 30));
        put(&desk, &people[..1]);
        carry(&portal, &desk);
        let known = facts(&portal, 1, Some(resident_id(1)), TODAY);
        assert_eq!((names(&known).len(), known.held().len()), (2, 1));
    }

    fn a_child_that_comes_of_age_acts_for_itself_from_that_day(place: Place) {
        let (desk, portal) = (desk(place), portal(place));
        put(&desk, &cast());
        joins(&desk, 2);
        link(&desk, 1, resident_id(1));
        carry(&portal, &desk);
        assert_eq!(names(&facts(&portal, 1, Some(resident_id(1)), date(2038, 5, 2))).len(), 1, "18 the day before the birthday by law");
        assert_eq!(names(&facts(&portal, 1, Some(resident_id(1)), date(2038, 5, 1))).len(), 2);
        let grown = facts(&portal, 1, Some(resident_id(1)), date(2038, 5, 3));
        assert!(grown.held().is_empty());
    }

    fn a_protected_address_never_passes_the_hatch(place: Place) {
        let (desk, portal) = (desk(place), portal(place));
        let people: Vec<Resident> = cast().into_iter().map(|person| Resident { protected_until: Some(date(2027, 6, 30)), ..person }).collect();
        put(&desk, &people);
        link(&desk, 1, resident_id(1));
        carry(&portal, &desk);
        let facts = facts(&portal, 1, Some(resident_id(1)), TODAY);
        assert!(facts.applicant().unwrap().more.get("address").is_none());
        let body = portal.read::<_, StoreError>(|tx| tx.first("select body from fact_sheet", store::params![])?.unwrap().get::<String>(0)).unwrap();
        assert!(!body.contains("緑町") && !body.contains("protected") && !body.contains("2027-06-30"), "{body}");
    }

    fn a_change_at_the_desk_comes_through_and_an_old_parcel_undoes_nothing(place: Place) {
        let (desk, portal) = (desk(place), portal(place));
        put(&desk, &cast());
        link(&desk, 1, resident_id(1));
        let moved = |line: &str| {
            let mut person = cast().remove(0);
            person.address.line = line.into();
            put(&desk, &[person]);
        };
        moved("見本県見本市桜台1丁目1番1号");
        moved("見本県見本市本町2丁目2番2号");
        carry(&portal, &desk);
        let line = || match facts(&portal, 1, Some(resident_id(1)), TODAY).applicant().unwrap().more.get("address") {
            Some(Answer::Address(address)) => address.line.clone(),
            other => panic!("{other:?}"),
        };
        assert!(line().contains("本町"));
        hatch::replay_from(&desk, &portal, 1).unwrap();
        carry(&portal, &desk);
        assert!(line().contains("本町"));
    }

    fn what_may_be_chosen_stands_in_the_folder_until_the_desk_says_how_many_places_are_free(place: Place) {
        let (desk, portal) = (desk(place), portal(place));
        let register = "afterschool_facility".parse().unwrap();
        let listed = |facts: &dyn Facts| -> Vec<String> { facts.options(&register).unwrap().iter().map(|one| format!("{} {}", one.key, one.shown.join("/"))).collect() };
        let before = portal.read::<_, StoreError>(|tx| PortalFacts::of(tx, &mihon(), None, None, TODAY)).unwrap();
        assert_eq!(listed(&before), ["chuo 中央児童会", "midori 緑町児童会"]);
        joins(&desk, 2);
        desk.write::<_, StoreError>(|tx| publish::publish_all_options(tx, &mihon())).unwrap();
        carry(&portal, &desk);
        let after = portal.read::<_, StoreError>(|tx| PortalFacts::of(tx, &mihon(), None, None, TODAY)).unwrap();
        assert_eq!(listed(&after).len(), 2);
        assert!(listed(&after)[1].starts_with("midori 緑町児童会"));
        let jobs = desk.read::<_, StoreError>(|tx| tx.first("select count(*) from store_job where kind = 'registry.options'", store::params![])?.unwrap().get::<i64>(0)).unwrap();
        assert_eq!(jobs, 1);
    }

    fn the_desk_knows_the_whole_household_and_asks_the_register_itself(place: Place) {
        let desk = desk(place);
        put(&desk, &cast());
        joins(&desk, 2);
        desk.read::<_, StoreError>(|tx| {
            let town = mihon();
            let facts = DeskFacts::of(tx, &town, Some(resident_id(2)), TODAY)?;
            assert_eq!(facts.applicant().unwrap().name, "佐藤　さくら");
            assert_eq!(facts.household().unwrap().len(), 2);
            let register = "afterschool_membership".parse().unwrap();
            assert_eq!(facts.holds(&register, &resident_id(2).to_string(), TODAY), Some(true));
            assert_eq!(facts.holds(&register, &resident_id(2).to_string(), date(2027, 4, 1)), Some(false));
            let nobody = DeskFacts::of(tx, &town, None, TODAY)?;
            assert!(nobody.applicant().is_none() && nobody.household().is_none());
            Ok(())
        }).unwrap();
    }
}
