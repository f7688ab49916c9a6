//! What the definitions that are shipped do to registers: their own outcomes, carried out on both engines.

mod town;

use std::sync::{Arc, OnceLock};

use access::{CaseId, RecordId, ResidentId};
use definitions::{
    answer::{Answer, Answers, Member},
    form::{self, Known},
    kinds,
    town::Town,
};
use jiff::civil::{Date, date};
use registry::{
    known::DeskFacts,
    record_rows,
    records::{self, Cause, Doing, Refused, RegisterError},
    totals,
};
use store::{Desk, StoreError};
use town::{cast, desk, put, resident_id};
use uuid::Uuid;

fn shipped() -> Arc<Town> {
    static TOWN: OnceLock<Arc<Town>> = OnceLock::new();
    TOWN.get_or_init(|| {
        let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../towns/mihon"));
        Arc::new(Town::load(folder).unwrap_or_else(|problems| panic!("{problems:?}")))
    })
    .clone()
}

fn answers(given: &[(&str, Answer)]) -> Answers {
    given.iter().map(|(id, answer)| (id.parse().unwrap(), answer.clone())).collect()
}

/// さくら as a linked parent chooses her.
fn sakura() -> Answer {
    town::member(2)
}

/// さくら as a clerk types her from paper.
fn sakura_on_paper() -> Answer {
    Answer::Member(Member { id: None, name: "佐藤　さくら".into(), kana: None, born: Some(date(2020, 5, 3)) })
}

/// A decided case.
struct Decided {
    procedure: &'static str,
    outcome: &'static str,
    answers: Answers,
    details: Answers,
    applicant: Option<ResidentId>,
    today: Date,
    /// The record that it may enter.
    record: u128,
}

/// Carries out what the outcome does to registers.
fn decide(desk: &Desk, decided: Decided) -> Result<(), Refused> {
    let (town, decided) = (shipped(), Arc::new(decided));
    let done = desk.write(move |tx| {
        let procedure = &town.procedures[decided.procedure];
        let facts = DeskFacts::of(tx, &town, decided.applicant, decided.today)?;
        let names = Known::new(procedure, &decided.answers, &facts, decided.today).with("outcome", kinds::record(&decided.details, &[]));
        let cause = Cause::Decision { case: CaseId::new(Uuid::from_u128(9)) };
        let now = "2026-03-01T00:00:00Z".parse().unwrap();
        let doing = Doing { actor: "staff:1".into(), authority: "grant:x".into(), cause, today: decided.today, now };
        let id = RecordId::new(Uuid::from_u128(decided.record));
        for effect in procedure.outcomes[decided.outcome].effects.values() {
            records::carry_out(tx, &town, &doing, effect, &names, id)?;
        }
        Ok(())
    });
    done.map_err(|error| match error {
        RegisterError::Refused(refused) => refused,
        RegisterError::Store(error) => panic!("{error}"),
    })
}

fn join(child: Answer, facility: &str, from: Date, record: u128) -> Decided {
    let until = if from.month() < 4 { date(from.year(), 3, 31) } else { date(from.year() + 1, 3, 31) };
    let details = [("facility", Answer::Choice(facility.into())), ("from", Answer::Date(from)), ("until", Answer::Date(until))];
    Decided {
        procedure: "afterschool_join",
        outcome: "admit",
        answers: answers(&[("child", child), ("start", Answer::Date(from)), ("days", Answer::Choices(vec!["mon".into()]))]),
        details: answers(&details),
        applicant: Some(resident_id(1)),
        today: date(2026, 3, 1),
        record,
    }
}

fn leave(child: Answer, on: Date, today: Date) -> Decided {
    Decided {
        procedure: "afterschool_leave",
        outcome: "left",
        answers: answers(&[("child", child), ("leave_on", Answer::Date(on))]),
        details: Answers::default(),
        applicant: Some(resident_id(1)),
        today,
        record: 99,
    }
}

fn changes_days(from: Date, today: Date) -> Decided {
    let days = Answer::Choices(vec!["tue".into(), "wed".into()]);
    Decided {
        procedure: "afterschool_change",
        outcome: "days_changed",
        answers: answers(&[
            ("child", sakura()),
            ("change_from", Answer::Date(from)),
            ("changes", Answer::Choices(vec!["days".into()])),
            ("days", days),
        ]),
        ..leave(sakura(), from, today)
    }
}

fn suspends(from: Date, today: Date) -> Decided {
    Decided {
        procedure: "afterschool_suspend",
        outcome: "suspend",
        answers: answers(&[("child", sakura()), ("rest_from", Answer::Date(from))]),
        ..leave(sakura(), from, today)
    }
}

fn tenant(name: &str, number: &str, from: Date, record: u128) -> Decided {
    Decided {
        procedure: "water_start",
        outcome: "opened",
        answers: answers(&[("name", Answer::Text(name.into())), ("use", Answer::Choice("home".into())), ("start", Answer::Date(from))]),
        details: answers(&[("number", Answer::Text(number.into())), ("start_on", Answer::Date(from))]),
        applicant: None,
        today: date(2026, 3, 1),
        record,
    }
}

fn stops(number: &str, last: Date) -> Decided {
    Decided {
        procedure: "water_stop",
        outcome: "closed",
        answers: answers(&[("last_day", Answer::Date(last))]),
        details: answers(&[("number", Answer::Text(number.into()))]),
        ..tenant("", number, last, 99)
    }
}

fn taken(record: u128) -> Result<(), Refused> {
    Err(Refused::Taken { record: RecordId::new(Uuid::from_u128(record)) })
}

fn holds(desk: &Desk, register: &str, of: &str, on: Date) -> bool {
    let (register, of) = (register.parse().unwrap(), of.to_owned());
    desk.read::<_, StoreError>(move |tx| record_rows::holds(tx, &register, &of, on)).unwrap()
}

fn is_in(desk: &Desk, on: Date) -> bool {
    holds(desk, "afterschool_membership", &resident_id(2).to_string(), on)
}

fn free(desk: &Desk, facility: &'static str, on: Date) -> i64 {
    desk.read::<_, RegisterError>(move |tx| Ok(totals::on(tx, &shipped().registers["afterschool_facility"], facility, on)?["free"]))
        .unwrap()
}

/// First day, last day, state and days of use of each stretch of a record.
fn stretches(desk: &Desk, record: u128) -> Vec<(Date, Option<Date>, String, Option<Answer>)> {
    let id = RecordId::new(Uuid::from_u128(record));
    let found = desk.read::<_, StoreError>(move |tx| records::stretches(tx, id)).unwrap();
    found
        .into_iter()
        .map(|stretch| {
            let state = stretch.state.map(|state| state.to_string()).unwrap_or_default();
            (stretch.days.from, stretch.days.until, state, stretch.values.get("days").cloned())
        })
        .collect()
}

/// Rules that a form for さくら breaks, judged at the desk.
fn warned(desk: &Desk, procedure: &'static str, given: Answers, today: Date) -> Vec<String> {
    let town = shipped();
    desk.read::<_, StoreError>(move |tx| {
        let facts = DeskFacts::of(tx, &town, Some(resident_id(1)), today)?;
        Ok(form::judge(&town.procedures[procedure], &given, &facts, today).warned.iter().map(ToString::to_string).collect())
    })
    .unwrap()
}

/// Whom a form lists as children.
fn listed(desk: &Desk, procedure: &'static str, today: Date) -> usize {
    let town = shipped();
    desk.read::<_, StoreError>(move |tx| {
        let facts = DeskFacts::of(tx, &town, Some(resident_id(1)), today)?;
        let filled = form::fill(&town.procedures[procedure], &definitions::typed::Typed::default(), &facts, today);
        Ok(filled.listed.get("child").map_or(99, |listing| Vec::from(listing.clone()).len()))
    })
    .unwrap()
}

const APRIL: Date = date(2026, 4, 1);
const LEAVES: Date = date(2026, 9, 30);

store::on_both_engines! {
    fn who_left_is_no_member_any_more_and_may_come_back(place: Place) {
        let desk = desk(place);
        put(&desk, &cast());
        decide(&desk, join(sakura(), "higashi", APRIL, 1)).unwrap();
        let before = free(&desk, "higashi", LEAVES);
        decide(&desk, leave(sakura(), LEAVES, date(2026, 9, 1))).unwrap();
        assert!(is_in(&desk, LEAVES), "the last day is a day of use");
        assert_eq!(free(&desk, "higashi", LEAVES), before, "whose place nobody else has yet");
        assert!(!is_in(&desk, date(2026, 10, 1)));
        assert_eq!(free(&desk, "higashi", date(2026, 10, 1)), before + 1);
        assert_eq!(stretches(&desk, 1)[0].2, "member", "until then nothing changes");
        assert_eq!(stretches(&desk, 1).last().unwrap().2, "left");
        for procedure in ["afterschool_leave", "afterschool_suspend", "afterschool_change", "afterschool_resume"] {
            assert_eq!((listed(&desk, procedure, LEAVES), listed(&desk, procedure, date(2026, 10, 1))), (1, 0), "{procedure}");
        }
        let again = join(sakura(), "higashi", date(2026, 11, 1), 2);
        assert!(!warned(&desk, "afterschool_join", again.answers.clone(), date(2026, 10, 20)).contains(&"not_member_yet".to_owned()));
        let early = answers(&[("child", sakura()), ("start", Answer::Date(LEAVES))]);
        assert!(warned(&desk, "afterschool_join", early, date(2026, 9, 1)).contains(&"not_member_yet".to_owned()));
        decide(&desk, again).unwrap();
        assert!(is_in(&desk, date(2026, 11, 1)) && !is_in(&desk, date(2026, 10, 31)));
    }

    fn next_years_place_leaves_this_years_changes_alone(place: Place) {
        let desk = desk(place);
        put(&desk, &cast());
        let february = date(2027, 2, 1);
        decide(&desk, join(sakura(), "higashi", APRIL, 1)).unwrap();
        decide(&desk, join(sakura(), "chuo", date(2027, 4, 1), 2)).unwrap();
        let next_year = stretches(&desk, 2);
        decide(&desk, changes_days(date(2027, 2, 8), february)).unwrap();
        decide(&desk, suspends(date(2027, 2, 15), february)).unwrap();
        decide(&desk, leave(sakura(), date(2027, 2, 28), february)).unwrap();
        let states: Vec<(Date, String)> = stretches(&desk, 1).into_iter().map(|(from, _, state, _)| (from, state)).collect();
        let state = |day, state: &str| (day, state.to_owned());
        assert_eq!(states, [state(APRIL, "member"), state(date(2027, 2, 8), "member"), state(date(2027, 2, 15), "suspended"), state(date(2027, 2, 28), "left")]);
        assert!(!is_in(&desk, date(2027, 3, 1)));
        assert_eq!(stretches(&desk, 2), next_year);
        // A change from April on is next year's, and so is one before April once this year's place has ended.
        decide(&desk, changes_days(date(2027, 4, 5), february)).unwrap();
        assert_eq!(stretches(&desk, 2).len(), 2);
        decide(&desk, suspends(date(2027, 3, 15), february)).unwrap();
        assert!(stretches(&desk, 2).iter().all(|stretch| stretch.2 == "suspended"));
        assert_eq!(stretches(&desk, 1).len(), 4);
    }

    fn the_last_day_of_the_year_is_a_last_day_like_any_other(place: Place) {
        let desk = desk(place);
        put(&desk, &cast());
        let last = date(2027, 3, 31);
        decide(&desk, join(sakura(), "higashi", APRIL, 1)).unwrap();
        decide(&desk, join(sakura(), "higashi", date(2027, 4, 1), 2)).unwrap();
        decide(&desk, leave(sakura(), last, date(2027, 3, 1))).unwrap();
        assert_eq!(stretches(&desk, 1).last().map(|(from, until, state, _)| (*from, *until, state.as_str())), Some((last, Some(last), "left")));
        assert_eq!(stretches(&desk, 2)[0].2, "member");
        assert_eq!(decide(&desk, leave(sakura(), date(2028, 4, 1), last)), Err(Refused::NothingToChange), "past every record");
    }

    fn a_stopped_contract_leaves_its_number_to_the_next_tenant(place: Place) {
        let desk = desk(place);
        decide(&desk, tenant("佐藤 花子", "12345678", APRIL, 1)).unwrap();
        assert_eq!(decide(&desk, tenant("鈴木 健二", "12345678", date(2026, 12, 1), 2)), taken(1));
        let last = date(2026, 11, 27);
        decide(&desk, stops("12345678", last)).unwrap();
        assert!(holds(&desk, "water_contract", "12345678", last) && !holds(&desk, "water_contract", "12345678", date(2026, 11, 28)));
        decide(&desk, tenant("鈴木 健二", "12345678", date(2026, 12, 1), 2)).unwrap();
        decide(&desk, stops("12345678", date(2027, 1, 31))).unwrap();
        assert_eq!(stretches(&desk, 1).last().unwrap().1, Some(last), "the first contract stays as it ended");
        assert_eq!(decide(&desk, stops("87654321", last)), Err(Refused::NothingToChange));
    }

    fn a_child_typed_from_paper_is_the_child_of_the_person_who_was_found(place: Place) {
        let desk = desk(place);
        put(&desk, &cast());
        decide(&desk, join(sakura_on_paper(), "higashi", APRIL, 1)).unwrap();
        assert!(is_in(&desk, APRIL), "held under her id");
        assert_eq!(decide(&desk, join(sakura(), "chuo", APRIL, 2)), taken(1));
        decide(&desk, leave(sakura_on_paper(), LEAVES, date(2026, 9, 1))).unwrap();
        assert!(!is_in(&desk, date(2026, 10, 1)));
        let other_day = Answer::Member(Member { id: None, name: "佐藤 さくら".into(), kana: None, born: Some(date(2020, 5, 4)) });
        assert_eq!(decide(&desk, leave(other_day, LEAVES, date(2026, 9, 1))), Err(Refused::NothingToChange), "another birth day, another child");
    }

    fn a_child_of_whom_nobody_knows_whose_it_is_takes_no_second_place(place: Place) {
        let desk = desk(place);
        put(&desk, &cast());
        let by_hand = |record, facility| Decided { applicant: None, ..join(sakura_on_paper(), facility, APRIL, record) };
        decide(&desk, by_hand(1, "higashi")).unwrap();
        assert_eq!(decide(&desk, by_hand(2, "chuo")), taken(1));
        assert_eq!(decide(&desk, join(sakura(), "chuo", APRIL, 2)), taken(1), "nor when the parent links their account");
        decide(&desk, leave(sakura(), LEAVES, date(2026, 9, 1))).unwrap();
        decide(&desk, join(sakura(), "chuo", date(2026, 10, 1), 3)).unwrap();
        assert_eq!(decide(&desk, Decided { applicant: None, ..join(sakura_on_paper(), "higashi", date(2026, 10, 1), 4) }), taken(3), "nor the other way round");
    }

    fn an_allowance_is_somebodys(place: Place) {
        let desk = desk(place);
        put(&desk, &cast());
        let grant = |applicant| Decided {
            procedure: "child_allowance",
            outcome: "grant",
            answers: Answers::default(),
            details: answers(&[("from", Answer::Date(APRIL)), ("children_count", Answer::Number(1)), ("monthly", Answer::Money(10_000))]),
            applicant,
            today: date(2026, 3, 1),
            record: 1,
        };
        assert_eq!(decide(&desk, grant(None)), Err(Refused::NoOwner));
        let rows = desk.read::<_, StoreError>(|tx| tx.first("select count(*) from register_fact", store::params![])?.unwrap().get::<i64>(0)).unwrap();
        assert_eq!(rows, 0);
        decide(&desk, grant(Some(resident_id(1)))).unwrap();
        assert!(holds(&desk, "child_allowance", &resident_id(1).to_string(), APRIL));
    }

    fn a_dog_registered_elsewhere_gets_a_record_here_and_a_new_owner_takes_no_place(place: Place) {
        let desk = desk(place);
        let address = |line: &str| Answer::Address(definitions::answer::PostalAddress { postal_code: None, line: line.into(), building: None });
        let moved = date(2026, 10, 25);
        let text = |text: &str| Answer::Text(text.into());
        let filed = |event: &str, more: &[(&str, Answer)]| {
            let mut all = vec![("name", text("鈴木 健二")), ("dog_name", text("コロ")), ("event", Answer::Choice(event.into())), ("happened_on", Answer::Date(moved))];
            all.extend(more.iter().cloned());
            answers(&all)
        };
        let change = |outcome, answers, details| Decided { procedure: "dog_change", outcome, answers, details, applicant: None, today: date(2026, 11, 24), record: 1 };
        let known = answers(&[
            ("tag", text("第201号")), ("former_number", text("第7号")), ("owner_address", text("見本市東町2-3")), ("breed", text("雑種")), ("coat", text("黒")),
            ("sex", Answer::Choice("male".into())), ("born", Answer::Date(date(2022, 4, 1))), ("features", text("左の耳が白い")),
        ]);
        let number = || answers(&[("number", text("第201号"))]);
        let came = filed("moved", &[("new_place", address("見本市東町2-3")), ("former_town", text("隣市"))]);
        assert_eq!(decide(&desk, change("place_changed", came.clone(), number())), Err(Refused::NothingToChange), "there is nothing here to change");
        decide(&desk, change("transferred", came, known)).unwrap();
        assert!(holds(&desk, "dog", "第201号", moved));
        let given = filed("owner", &[("new_owner", text("見本 次郎")), ("new_owner_address", address("見本市南町9"))]);
        decide(&desk, change("owner_changed", given, number())).unwrap();
        let id = RecordId::new(Uuid::from_u128(1));
        let last = desk.read::<_, StoreError>(move |tx| records::stretches(tx, id)).unwrap().pop().unwrap();
        let column = |id: &str| last.values.get(id).cloned();
        assert_eq!((column("owner"), column("owner_address")), (Some(text("見本 次郎")), Some(text("見本市南町9"))));
        assert_eq!(column("place"), None, "nobody said where it is now, and it is not with the old owner");
        assert_eq!(column("features"), Some(text("左の耳が白い")));
        decide(&desk, change("died", filed("dead", &[]), number())).unwrap();
        assert!(!holds(&desk, "dog", "第201号", date(2026, 10, 26)));
    }

    fn a_dog_stands_on_the_page_of_the_owner_who_is_known_and_of_nobody_else(place: Place) {
        let desk = desk(place);
        put(&desk, &cast());
        let text = |text: &str| Answer::Text(text.into());
        let address = Answer::Address(definitions::answer::PostalAddress { postal_code: None, line: "見本市緑町1".into(), building: None });
        let filed = answers(&[
            ("name", text("佐藤 花子")), ("address", address.clone()), ("kept_elsewhere", Answer::YesNo(false)), ("dog_name", text("モモ")), ("breed", text("柴犬")),
            ("coat", text("茶")), ("sex", Answer::Choice("female".into())), ("born", Answer::Date(date(2024, 5, 1))),
        ]);
        let registers = |record: u128, tag: &str, own: Option<bool>, applicant| {
            let mut details = answers(&[("tag", text(tag))]);
            if let Some(own) = own {
                details.insert("own".parse().unwrap(), Answer::YesNo(own));
            }
            Decided { procedure: "dog_registration", outcome: "registered", answers: filed.clone(), details, applicant, today: date(2026, 11, 24), record }
        };
        let mine = |desk: &Desk| {
            let facts = desk.read::<_, StoreError>(|tx| record_rows::of_owner(tx, &resident_id(1).to_string())).unwrap();
            facts.into_iter().map(|fact| (fact.stretch.values.get("tag").cloned().unwrap(), fact.stretch.days.until)).collect::<Vec<_>>()
        };
        let hanako = Some(resident_id(1));
        decide(&desk, registers(1, "第1号", Some(false), hanako)).unwrap();
        decide(&desk, registers(2, "第2号", None, hanako)).unwrap();
        decide(&desk, registers(3, "第3号", Some(true), None)).unwrap();
        assert_eq!(mine(&desk), [], "somebody files for the owner, nobody said, or nobody knows who files");
        decide(&desk, registers(4, "第4号", Some(true), hanako)).unwrap();
        assert_eq!(mine(&desk), [(text("第4号"), None)]);
        assert!(holds(&desk, "dog", "第1号", date(2026, 11, 24)), "the register has them all, by their tags");
        let given = answers(&[
            ("event", Answer::Choice("owner".into())), ("happened_on", Answer::Date(date(2026, 12, 1))), ("new_owner", text("見本 次郎")), ("new_owner_address", address),
        ]);
        let change = Decided { procedure: "dog_change", outcome: "owner_changed", answers: given, details: answers(&[("number", text("第4号"))]), ..registers(9, "", None, None) };
        decide(&desk, change).unwrap();
        assert_eq!(mine(&desk), [(text("第4号"), Some(date(2026, 11, 30)))], "until the dog has another owner");
    }
}
