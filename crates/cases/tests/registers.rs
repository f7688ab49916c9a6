//! What a decision writes into a register: of the person who applied, however the office came to know who that is.

mod world;

use access::{HouseholdId, ResidentId, Staff};
use cases::{Case, CaseNumber, case::NotNow, decide, verbs};
use definitions::answer::{Answer, Answers};
use jiff::civil::date;
use jp::name::PersonName;
use registry::{
    record_rows,
    records::Refused,
    resident::{Address, Resident, Sex, State},
};
use store::StoreError;
use uuid::Uuid;
use world::*;

fn claimant() -> Resident {
    Resident {
        id: ResidentId::new(Uuid::from_u128(7)),
        number: "0000000007".into(),
        household: Some(HouseholdId::new(Uuid::from_u128(70))),
        place: 1,
        relation: "head".into(),
        name: PersonName::parse("佐藤 花子").unwrap(),
        born: date(1990, 8, 2),
        sex: Sex::NotStated,
        address: Address { postal_code: None, line: "見本県見本市緑町3丁目12番5号".into(), building: None },
        phone: None,
        mail: None,
        state: State::Resident,
        since: date(1990, 8, 2),
        protected_until: None,
        residence: None,
    }
}

/// Up to the decision, which the chief is asked for.
fn propose(w: &World, clerk: &Staff, number: CaseNumber) {
    let seen = w.case(number).row;
    w.act(clerk, move |tx, acting| {
        let case = verbs::advance(tx, acting, number, seen, verbs::StepDone::default())?;
        let draft = decide::Draft { outcome: "grant".parse().unwrap(), reason: String::new(), details: Answers::default() };
        decide::propose(tx, acting, number, case.row, draft)
    })
    .unwrap();
}

/// Up to the decision on a plot in a garden, with what the outcome asks.
fn propose_plot(w: &World, clerk: &Staff, number: CaseNumber, details: Answers) -> Result<Case, verbs::Refused> {
    let seen = w.case(number).row;
    w.act(clerk, move |tx, acting| {
        let case = verbs::advance(tx, acting, number, seen, verbs::StepDone::default())?;
        let draft = decide::Draft { outcome: "admit".parse().unwrap(), reason: String::new(), details: details.clone() };
        decide::propose(tx, acting, number, case.row, draft)
    })
}

fn approve(w: &World, chief: &Staff, number: CaseNumber) -> Result<Case, verbs::Refused> {
    let seen = w.case(number).row;
    w.act(chief, move |tx, acting| decide::approve(tx, acting, number, seen))
}

fn receives(w: &World) -> bool {
    let (register, today) = ("support".parse().unwrap(), w.today());
    w.desk.read::<_, StoreError>(move |tx| record_rows::holds(tx, &register, &claimant().id.to_string(), today)).unwrap()
}

store::on_both_engines! {
    fn a_record_is_of_the_person_whom_the_desk_found_and_without_one_nothing_is_entered(place: Place) {
        let w = World::new(place);
        let (clerk, chief) = (w.hire("小野 直子", "environment", "clerk"), w.hire("工藤 明", "environment", "chief"));
        w.desk.write::<_, StoreError>(|tx| registry::rows::put(tx, &claimant()).map(drop)).unwrap();
        let number = w.filed("support_claim", &[("name", "佐藤 花子")]).number;
        propose(&w, &clerk, number);
        assert!(matches!(approve(&w, &chief, number), Err(verbs::Refused::Register(Refused::NoOwner))));
        assert!(w.case(number).stage.is_open(), "nothing was decided");
        assert_eq!(w.count(&w.desk, "select count(*) from register_fact"), 0);
        let seen = w.case(number).row;
        w.act(&clerk, move |tx, acting| verbs::identify(tx, acting, number, seen, Some(claimant().id))).unwrap();
        approve(&w, &chief, number).unwrap();
        assert!(receives(&w));
    }

    fn what_an_outcome_asks_is_a_record_of_the_register_with_its_free_places_and_the_last_one_is_given_once(place: Place) {
        let w = World::new(place);
        let (clerk, chief) = (w.hire("小野 直子", "environment", "clerk"), w.hire("工藤 明", "environment", "chief"));
        let [first, second] = ["佐藤 花子", "田中 太郎"].map(|name| w.filed("club_join", &[("name", name), ("garden", "east")]).number);
        let beforehand = |number| {
            let found = w.look(&clerk, move |tx, acting| decide::beforehand(tx, acting, number, &"admit".parse().unwrap())).unwrap();
            assert_eq!(found.get("given"), Some(&Answer::Choice("east".into())), "what the person wishes for stands there");
            found
        };
        let in_words = propose_plot(&w, &clerk, first, answers(&[("given", "東農園")]));
        assert!(matches!(in_words, Err(verbs::Refused::NotNow(NotNow::DetailsDue))), "a record, not its name: no counter would see it");
        for number in [first, second] {
            propose_plot(&w, &clerk, number, beforehand(number)).unwrap();
        }
        approve(&w, &chief, first).unwrap();
        assert!(matches!(approve(&w, &chief, second), Err(verbs::Refused::Register(Refused::Full { .. }))), "one plot is given once");
        assert_eq!(w.count(&w.desk, "select count(*) from register_fact"), 1);
    }

    fn a_step_an_outcome_and_the_fee_may_name_an_effect_alike(place: Place) {
        let w = World::new(place);
        let (clerk, chief) = (w.hire("小野 直子", "welfare", "clerk"), w.hire("工藤 明", "welfare", "chief"));
        let own = w.filed("nursery_request", &[("name", "佐藤 花子"), ("address.text", "見本市中央1")]);
        let (id, number) = (own.id, own.number);
        // What an earlier release recorded under the author's bare name.
        w.desk.write(move |tx| {
            tx.run("insert into case_charge (case_id, effect, yen, what) values ($1, 'due', 50, '前の版の実費')", store::params![id.to_string()])
        }).unwrap();
        let seen = w.case(number).row;
        w.act(&clerk, move |tx, acting| {
            let case = verbs::advance(tx, acting, number, seen, verbs::StepDone::default())?;
            let draft = decide::Draft { outcome: "allow".parse().unwrap(), reason: String::new(), details: Answers::default() };
            decide::propose(tx, acting, number, case.row, draft)
        })
        .unwrap();
        approve(&w, &chief, number).unwrap();
        let mut due = w.desk.read(move |tx| cases::registers::due(tx, id)).unwrap();
        due.sort_by_key(|(_, yen)| *yen);
        let all = [("前の版の実費", 50), ("受付のときの実費", 100), ("調査の実費", 200), ("手数料", 300), ("決定のときの実費", 400), ("証の実費", 500)];
        assert_eq!(due, all.map(|(what, yen)| (what.to_owned(), yen)));
    }
}
