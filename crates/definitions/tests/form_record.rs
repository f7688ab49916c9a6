//! A procedure that is started from a record of the town's registers begins with what the record says.

use std::path::Path;

use definitions::{
    answer::{Answer, Answers, Member},
    facts::NoFacts,
    form,
    town::Town,
    typed::Typed,
};
use jiff::civil::date;

fn mihon() -> Town {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns/mihon");
    Town::load(&folder).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn membership() -> Answers {
    let mut values = Answers::default();
    let child = Member { id: Some("sakura".into()), name: "佐藤 さくら".into(), kana: None, born: Some(date(2020, 5, 3)) };
    values.insert("child".parse().unwrap(), Answer::Member(child));
    values.insert("facility".parse().unwrap(), Answer::Choice("chuo".into()));
    values.insert("days".parse().unwrap(), Answer::Choices(vec!["mon".into(), "tue".into()]));
    values
}

#[test]
fn a_change_begins_with_the_child_the_place_and_the_days_that_are_held() {
    let town = mihon();
    let register = &town.registers["afterschool_membership"];
    let typed = form::of_record(&town.procedures["afterschool_change"], register, "sakura", &membership());
    assert_eq!(typed.first("child"), Some("sakura"));
    assert_eq!(typed.first("facility"), Some("chuo"));
    assert_eq!(typed.all("days"), ["mon", "tue"]);
    assert!(!typed.is_touched("change_from") && !typed.is_touched("name"), "what the record does not say stays open");
    // What the definition itself prefills comes on top, and takes nothing away.
    let begun = form::begin(&town.procedures["afterschool_change"], &typed, &NoFacts, date(2026, 11, 24));
    assert_eq!(begun.all("days"), ["mon", "tue"]);
}

#[test]
fn a_question_of_another_kind_or_one_that_must_be_given_anew_takes_nothing_from_a_record() {
    let town = mihon();
    let register = &town.registers["afterschool_membership"];
    let mut values = membership();
    // A wish in words is kept as text where a choice is asked.
    values.replace(&"facility".parse().unwrap(), Some(Answer::Text("緑町のほう".into())));
    let typed = form::of_record(&town.procedures["afterschool_change"], register, "sakura", &values);
    assert!(!typed.is_touched("facility"));
    // 入会 asks the child's place as wishes in order, which is no single place.
    let joined = form::of_record(&town.procedures["afterschool_join"], register, "sakura", &membership());
    assert!(!joined.is_touched("school") && !joined.is_touched("agree"));
    assert_eq!(form::of_record(&town.procedures["water_stop"], register, "sakura", &membership()), Typed::default());
}

#[test]
fn a_change_of_a_dog_begins_with_its_name_and_the_number_on_its_tag() {
    let town = mihon();
    let register = &town.registers["dog"];
    let text = |text: &str| Answer::Text(text.into());
    let values: Answers = [("tag", "第45号"), ("dog_name", "コロ"), ("owner", "鈴木 健二"), ("place", "見本市東町2-3")]
        .into_iter()
        .map(|(id, said)| (id.parse().unwrap(), text(said)))
        .collect();
    assert_eq!(register.startable["registered"], ["dog_change".parse().unwrap()]);
    let typed = form::of_record(&town.procedures["dog_change"], register, "kenji", &values);
    assert_eq!((typed.first("tag"), typed.first("dog_name")), (Some("第45号"), Some("コロ")));
    assert_eq!(typed.len(), 2, "who files and what happened is theirs to say: {typed:?}");
}
