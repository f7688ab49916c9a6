//! What came in: kept whole, bounded, one page laid over a draft.

mod form_world;

use definitions::{
    field::Kind,
    typed::{NAMES_MAX, TOTAL_BYTES_MAX, TooMuch, Typed, VALUE_BYTES_MAX},
};
use form_world::*;

#[test]
fn what_is_too_much_is_refused_before_anything_is_overwritten() {
    let long = "あ".repeat(VALUE_BYTES_MAX / 3 + 1);
    assert_eq!(Typed::from_pairs([("a", long.as_str())]), Err(TooMuch::Value));
    let many = (0..=NAMES_MAX).map(|n| (format!("n{n}"), "x"));
    assert_eq!(Typed::from_pairs(many), Err(TooMuch::Names));
    let heavy = "x".repeat(VALUE_BYTES_MAX);
    let much = (0..=TOTAL_BYTES_MAX / VALUE_BYTES_MAX).map(|n| (format!("n{n}"), heavy.as_str()));
    assert_eq!(Typed::from_pairs(much), Err(TooMuch::Total));
    assert_eq!(Typed::from_pairs([("", "x")]), Err(TooMuch::Name));
    assert_eq!(Typed::from_pairs([("a\u{0}b", "x")]), Err(TooMuch::Name));
    assert_eq!(Typed::from_pairs([("a".repeat(300), "x")]), Err(TooMuch::Name));
    let mut draft = typed(&[("a", "1")]);
    assert_eq!(draft.push("b", &long), Err(TooMuch::Value));
    assert_eq!(draft, typed(&[("a", "1")]));
}

#[test]
fn nul_and_marks_that_nobody_sees_vanish_and_line_ends_become_one_kind() {
    let draft = typed(&[("a", "一\r\n二\r三\u{0}\u{202e}\u{feff}\t四")]);
    assert_eq!(draft.first("a"), Some("一\n二\n三\t四"));
    assert_eq!(typed(&[("a", "二\r\n行")]).first("a"), Some("二\n行"));
    assert_eq!(typed(&[("a", "二\r行")]).first("a"), Some("二\n行"));
}

#[test]
fn a_posted_page_replaces_its_own_questions_and_nothing_else() {
    let form = afterschool_join();
    let mut draft = typed(&all_typed());
    let posted = typed(&[("days", "wed"), ("school", "higashi"), ("child", "forged"), ("agree", "no")]);
    draft.post_page(form.fields("place"), &posted).unwrap();
    assert_eq!(draft.all("days"), ["wed"]);
    assert_eq!(draft.all("school"), ["higashi"]);
    assert_eq!(draft.first("child"), Some("sakura"));
    assert_eq!(draft.first("agree"), Some("yes"));
}

#[test]
fn boxes_that_are_no_longer_ticked_are_gone_and_remembered_as_touched() {
    let form = afterschool_join();
    let mut draft = typed(&all_typed());
    draft.post_page(form.fields("health"), &typed(&[("allergy", "yes")])).unwrap();
    assert!(draft.all("agree").is_empty());
    assert!(draft.is_touched("agree"));
    assert!(draft.is_blank("agree"));
    assert!(!draft.is_touched("never_asked"));
}

#[test]
fn files_stay_when_a_page_is_posted_and_cannot_be_posted() {
    let form = afterschool_join();
    let mut draft = typed(&all_typed());
    draft.push("guardians.0.work_certificate", r#"{"file":"mine"}"#).unwrap();
    let posted = typed(&[
        ("guardians.rows", "1"),
        ("guardians.0.name.family", "佐藤"),
        ("guardians.0.reason", "work"),
        ("guardians.0.work_certificate", r#"{"file":"someone elses"}"#),
    ]);
    draft.post_page(form.fields("guardians"), &posted).unwrap();
    assert_eq!(draft.all("guardians.0.work_certificate"), [r#"{"file":"mine"}"#]);
    assert_eq!(draft.first("guardians.0.name.given"), None);
}

#[test]
fn only_the_counter_says_what_became_of_a_paper() {
    let form = afterschool_join();
    let mut draft = typed(&all_typed());
    let posted = typed(&[("guardians.0.work_certificate.paper", "kept"), ("guardians.0.work_certificate.note", "就労証明書")]);
    draft.post_page(form.fields("guardians"), &posted).unwrap();
    assert!(!draft.is_touched("guardians.0.work_certificate.paper"), "a resident's page does not");
    draft.post_papers(form.fields("guardians"), &posted).unwrap();
    assert_eq!(draft.all("guardians.0.work_certificate.paper"), ["kept"]);
    assert_eq!(draft.first("guardians.0.work_certificate.note"), Some("就労証明書"));
    draft.post_papers(form.fields("guardians"), &Typed::default()).unwrap();
    assert!(!draft.is_touched("guardians.0.work_certificate.paper"), "what is no longer ticked is gone");
    assert_eq!(draft.first("school"), Some("chuo"), "and nothing else");
}

#[test]
fn names_that_only_begin_alike_are_not_mixed_up() {
    let mut draft = typed(&[("start", "1"), ("start.year", "2"), ("start_time", "3"), ("start-x", "4"), ("starting", "5")]);
    draft.forget("start");
    assert_eq!(draft.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["start-x", "start_time", "starting"]);
}

#[test]
fn rows_are_added_and_taken_out_with_everything_that_was_typed() {
    let mut draft = typed(&[("g.0.name", "一"), ("g.1.name", "二"), ("g.2.name", "三"), ("g.2.born.year", "9"), ("g2.0.name", "他")]);
    assert_eq!(draft.rows("g", 1, 5), 3);
    draft.add_row("g", 1, 5);
    assert_eq!(draft.rows("g", 1, 5), 4);
    draft.remove_row("g", 1, 1, 5);
    assert_eq!(draft.first("g.1.name"), Some("三"));
    assert_eq!(draft.first("g.1.born.year"), Some("9"));
    assert_eq!(draft.first("g.2.name"), None);
    assert_eq!(draft.rows("g", 1, 5), 3);
    assert_eq!(draft.first("g2.0.name"), Some("他"));
    draft.remove_row("g", 99, 1, 5);
    assert_eq!(draft.rows("g", 1, 5), 3);
    for _ in 0..9 {
        draft.remove_row("g", 0, 1, 5);
    }
    assert_eq!(draft.rows("g", 1, 5), 1);
    assert_eq!(draft.rows("g", 0, 5), 1);
}

#[test]
fn a_draft_is_stored_and_read_as_it_is() {
    let draft = typed(&all_typed());
    let stored = serde_json::to_string(&draft).unwrap();
    assert!(stored.contains(r#""days":["mon","tue"]"#));
    assert_eq!(serde_json::from_str::<Typed>(&stored).unwrap(), draft);
}

#[test]
fn a_scope_names_its_inputs_in_full() {
    let draft = typed(&all_typed());
    let row = draft.scoped("guardians.0");
    assert_eq!(row.first("reason"), Some("work"));
    assert_eq!(row.name("reason"), "guardians.0.reason");
    assert_eq!(draft.scoped("").first("allergy"), Some("no"));
}

#[test]
fn an_unticked_box_inside_a_row_is_gone_too() {
    let row = [ask("name", text()), ask("big", Kind::Consent)];
    let form = form(vec![("one", None, vec![ask("dogs", group(1, 3, &[], &row))])]);
    let mut draft =
        typed(&[("dogs.rows", "2"), ("dogs.0.name", "ポチ"), ("dogs.0.big", "yes"), ("dogs.1.name", "シロ"), ("dogs.1.big", "yes")]);
    draft
        .post_page(
            form.fields("one"),
            &typed(&[("dogs.rows", "2"), ("dogs.0.name", "ポチ"), ("dogs.1.name", "シロ"), ("dogs.1.big", "yes")]),
        )
        .unwrap();
    assert!(draft.all("dogs.0.big").is_empty());
    assert_eq!(draft.all("dogs.1.big"), ["yes"]);
}

#[test]
fn what_was_typed_into_a_question_that_is_hidden_now_is_there_again_when_it_is_asked_again() {
    let built = afterschool_join();
    let fields = built.fields("health");
    let mut draft = typed(&[("allergy", "yes"), ("allergies", "卵"), ("agree", "yes")]);
    // She changes to no: the question below was still on the page and is posted; then the page is saved again without it.
    draft.post_page(fields, &typed(&[("allergy", "no"), ("allergies", "卵"), ("agree", "yes")])).unwrap();
    let hidden = built.fill(&draft, &hanako()).hidden;
    assert!(hidden.contains("allergies"));
    draft.post_shown(fields, &hidden, &typed(&[("allergy", "yes")])).unwrap();
    assert_eq!(draft.first("allergies"), Some("卵"));
    assert_eq!(draft.first("agree"), None, "a box that stood there and is no longer ticked is gone");
    // What came in for it all the same, as from a page that stood open elsewhere, is taken.
    draft.post_shown(fields, &hidden, &typed(&[("allergy", "yes"), ("allergies", "乳")])).unwrap();
    assert_eq!(draft.first("allergies"), Some("乳"));
}
