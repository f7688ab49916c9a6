//! 区役所: one procedure, and an answer says whose inbox a filing comes to and in whose name it is decided.

use std::path::Path;

use definitions::{
    answer::{Answer, Answers},
    authority::{Appeal, Review},
    town::Town,
};

fn city() -> Town {
    Town::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns/ookina")).expect("the designated city")
}

fn answered(ward: &str) -> Answers {
    let mut answers = Answers::default();
    answers.insert("ward".parse().expect("an id"), Answer::Choice(ward.to_owned()));
    answers
}

#[test]
fn the_ward_that_was_answered_takes_the_filing_in_and_its_mayor_decides() {
    let city = city();
    let copy = &city.procedures["resident_record_copy"];
    for (ward, name) in [("kita", "大きな市北区長"), ("naka", "大きな市中区長"), ("minami", "大きな市南区長")] {
        let department = copy.department_for(&answered(ward));
        assert_eq!(department.as_str(), format!("{ward}_citizens"));
        let authority = &city.authorities[copy.authority_of(department)];
        assert_eq!(authority.name.ja, name);
        let Appeal::Open(notice) = &authority.appeal else { panic!("{name}") };
        assert!(matches!(&notice.review, Review::To { to, .. } if to.ja == "大きな市長"), "the mayor stands above a ward's mayor");
    }
}

#[test]
fn what_no_ward_takes_stays_with_the_head_office() {
    let city = city();
    let copy = &city.procedures["resident_record_copy"];
    for answers in [Answers::default(), answered("nishi")] {
        assert_eq!(copy.department_for(&answers).as_str(), "residents");
    }
    assert_eq!(copy.authority_of(&copy.department).as_str(), "ward_mayor");
    assert_eq!(copy.departments().count(), 4);
}

#[test]
fn a_notice_to_the_family_register_follows_its_root_into_the_ward() {
    let city = city();
    let birth = &city.procedures["birth_notice"];
    let department = birth.department_for(&answered("minami"));
    let authority = &city.authorities[birth.authority_of(department)];
    assert!(matches!(&authority.appeal, Appeal::Court(court) if court.to.ja == "見本家庭裁判所"), "{authority:?}");
    let stillbirth = &city.procedures["stillbirth_notice"];
    assert_eq!(stillbirth.authority_of(department).as_str(), "minami_mayor", "死産届は戸籍の届出ではない");
}

#[test]
fn a_ward_without_branches_is_the_departments_own() {
    let city = city();
    let waste = &city.procedures["bulky_waste"];
    assert_eq!(waste.department_for(&answered("kita")), &waste.department);
    assert_eq!(waste.authorities().count(), 1);
}
