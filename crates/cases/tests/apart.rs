//! 個人番号: it lies apart and sealed, whoever has no grant that reaches it is refused alike, and each look says who, on which grant, what for.

mod world;

use access::{Staff, looked};
use cases::{
    CaseNumber,
    apart::{self, Purpose},
    event::Event,
    verbs::{self, Correction, Refused},
};
use store::params;
use world::{World, with};

/// A number with its check digit, as a resident writes it.
const NUMBER: &str = "123456789018";
/// Another of the kind.
const ANOTHER: &str = "234567890121";

const CARE: &[(&str, &str)] = &[("name", "山本 清"), ("phone", "090-0000-0009"), ("illness", "歩くのがつらい。"), ("number", NUMBER)];

struct Welfare {
    /// May open the numbers of their own cases.
    keeper: Staff,
    /// Works on the same cases without that grant.
    clerk: Staff,
    /// Another department.
    stranger: Staff,
}

fn welfare(world: &World) -> Welfare {
    Welfare {
        keeper: world.hire("番野 守", "welfare", "number_clerk"),
        clerk: world.hire("福田 進", "welfare", "clerk"),
        stranger: world.hire("小野 直子", "general_affairs", "clerk"),
    }
}

fn claim(world: &World, who: &Staff, number: CaseNumber) {
    let seen = world.case(number).row;
    world.act(who, move |tx, acting| verbs::claim(tx, acting, number, seen)).unwrap();
}

/// The numbers as this person opens them, with the question and whether they came too late.
fn opened(world: &World, who: &Staff, number: CaseNumber, purpose: Purpose) -> Result<Vec<(String, bool, String)>, Refused> {
    world.act(who, move |tx, acting| {
        let (_, _, opened) = apart::open(tx, acting, number, purpose)?;
        Ok(opened.into_iter().map(|one| (one.lies.field, one.lies.too_late.is_some(), one.number)).collect())
    })
}

fn asked(world: &World, who: &Staff, number: CaseNumber) -> Result<usize, Refused> {
    world.look(who, move |tx, acting| Ok(apart::asked(tx, acting, number)?.2.len()))
}

/// The reasons of the looks at individual numbers, with who looked and on which grant.
fn looks(world: &World) -> Vec<(String, String, String)> {
    let all = world.desk.read(|tx| looked::list(tx, &looked::Asked::default())).unwrap().0;
    let apart = all.into_iter().filter(|line| line.why.starts_with("individual-number"));
    apart.map(|line| (line.name.unwrap_or_default(), line.authority, line.why)).collect()
}

/// Whether a text stands anywhere in a column of the desk in the clear.
fn is_plain_in(world: &World, table: &'static str, column: &'static str, text: &str) -> bool {
    let rows = world.desk.read(move |tx| tx.all(&format!("select {column} from {table}"), params![])).unwrap();
    rows.iter().any(|row| {
        let bytes = row.get::<Vec<u8>>(0).or_else(|_| row.get::<String>(0).map(String::into_bytes)).unwrap_or_default();
        bytes.windows(text.len()).any(|part| part == text.as_bytes())
    })
}

store::on_both_engines! {
    fn whoever_has_the_case_and_the_grant_opens_the_number_and_the_look_says_what_for(place: Place) {
        let world = World::new(place);
        let Welfare { keeper, .. } = welfare(&world);
        let number = world.filed("care_request", CARE).number;
        assert!(matches!(opened(&world, &keeper, number, Purpose::Inquiry), Err(Refused::NotFound)), "nobody has the case yet");
        claim(&world, &keeper, number);
        assert_eq!(asked(&world, &keeper, number).unwrap(), 1);
        assert_eq!(looks(&world), [], "the question alone shows and records nothing");
        let numbers = opened(&world, &keeper, number, Purpose::Inquiry).unwrap();
        assert_eq!(numbers, [("number".to_owned(), false, NUMBER.to_owned())]);
        opened(&world, &keeper, number, Purpose::Mistake).unwrap();
        let grant = "grant:welfare_number_clerk_opens_numbers@welfare".to_owned();
        let mut whys = looks(&world);
        whys.sort_by(|one, other| one.2.cmp(&other.2));
        assert_eq!(whys, [
            ("番野 守".to_owned(), grant.clone(), "individual-number:inquiry".to_owned()),
            ("番野 守".to_owned(), grant, "individual-number:mistake".to_owned()),
        ]);
    }

    fn everybody_else_is_refused_alike_whether_there_is_a_number_or_not(place: Place) {
        let world = World::new(place);
        let Welfare { keeper, clerk, stranger } = welfare(&world);
        let there = world.filed("care_request", CARE).number;
        let none = world.filed("care_request", &with(CARE, &[("number", ""), ("name", "別の 人")])).number;
        claim(&world, &clerk, there);
        claim(&world, &keeper, none);
        let unknown = world.number();
        // The grant without the case, the case without the grant, another department, no number, no case.
        for (who, number) in [(&keeper, there), (&clerk, there), (&stranger, there), (&keeper, none), (&clerk, none), (&keeper, unknown)] {
            assert!(matches!(asked(&world, who, number), Err(Refused::NotFound)), "{} {number}", who.name);
            assert!(matches!(opened(&world, who, number, Purpose::Entry), Err(Refused::NotFound)), "{} {number}", who.name);
        }
        assert_eq!(looks(&world), []);
        claim(&world, &keeper, there);
        assert!(opened(&world, &keeper, there, Purpose::Entry).is_ok());
        claim(&world, &clerk, there);
        assert!(matches!(opened(&world, &keeper, there, Purpose::Entry), Err(Refused::NotFound)), "the grant ends with the case");
    }

    fn a_number_lies_sealed_and_in_no_other_place(place: Place) {
        let world = World::new(place);
        let own = world.filed("care_request", CARE);
        assert_eq!(own.answers.get("number"), None, "the person's copy has none");
        assert_eq!(world.case(own.number).answers.get("number"), None, "nor has the case");
        assert_eq!(world.count(&world.desk, "select count(*) from case_apart"), 1);
        for (table, column) in [("case_apart", "sealed"), ("case_", "body"), ("case_event", "event"), ("case_gram", "gram"), ("store_message", "body")] {
            assert!(!is_plain_in(&world, table, column, NUMBER), "{table}.{column}");
        }
        // What grants, lists and the search find a case by holds no digits of it either.
        assert!(!is_plain_in(&world, "case_gram", "gram", &NUMBER[4..]));
    }

    fn a_number_in_a_correction_that_came_too_late_is_kept_beside_the_one_that_counts(place: Place) {
        let world = World::new(place);
        let Welfare { keeper, .. } = welfare(&world);
        let own = world.filed("care_request", CARE);
        let number = own.number;
        claim(&world, &keeper, number);
        let (seen, until) = (world.case(number).row, world.today());
        let fields = vec!["number".parse().unwrap(), "illness".parse().unwrap()];
        world.act(&keeper, move |tx, acting| {
            verbs::request_correction(tx, acting, number, seen, Correction { fields: fields.clone(), say: "番号が違います。".into(), until })
        }).unwrap();
        world.carry();
        let seen = world.case(number).row;
        world.act(&keeper, move |tx, acting| verbs::end_correction(tx, acting, number, seen)).unwrap();
        world.correct(own.id, &[("number", ANOTHER), ("illness", "立てない。")]).unwrap();
        world.carry();
        let Event::CameTooLate { sent } = world.story(own.id).pop().unwrap().event else { panic!("it came too late") };
        assert_eq!(sent.get("number"), None, "the story holds no number");
        assert!(sent.get("illness").is_some(), "and everything else that was sent");
        let numbers = opened(&world, &keeper, number, Purpose::Mistake).unwrap();
        assert_eq!(numbers, [("number".to_owned(), false, NUMBER.to_owned()), ("number".to_owned(), true, ANOTHER.to_owned())]);
        assert!(!is_plain_in(&world, "case_apart_late", "sealed", ANOTHER) && !is_plain_in(&world, "case_event", "event", ANOTHER));
        let late = world.ups().into_iter().rfind(|up| matches!(up, cases::parcel::Up::Corrected { .. })).unwrap();
        world.hand_up(&late).unwrap();
        assert_eq!(world.count(&world.desk, "select count(*) from case_apart_late"), 1, "a parcel that comes twice leaves it once");
    }

    fn a_number_that_was_corrected_in_time_takes_the_place_of_the_wrong_one(place: Place) {
        let world = World::new(place);
        let Welfare { keeper, .. } = welfare(&world);
        let own = world.filed("care_request", CARE);
        let number = own.number;
        claim(&world, &keeper, number);
        let (seen, until) = (world.case(number).row, world.today());
        world.act(&keeper, move |tx, acting| {
            let fields = vec!["number".parse().unwrap()];
            verbs::request_correction(tx, acting, number, seen, Correction { fields, say: "番号が違います。".into(), until })
        }).unwrap();
        world.carry();
        world.correct(own.id, &[("number", ANOTHER)]).unwrap();
        world.carry();
        assert_eq!(opened(&world, &keeper, number, Purpose::Mistake).unwrap(), [("number".to_owned(), false, ANOTHER.to_owned())]);
    }
}
