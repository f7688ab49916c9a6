//! What is not printed, and what is said instead.

mod cast;

use cast::*;
use letters::{fonts::Character, problem::LetterProblem, template::Templates, typeset::typeset};

fn with(template: &str) -> Templates {
    let base = templates();
    let files = base.iter().map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
    Templates::from_files(files.chain([("tried.typ".to_owned(), template.as_bytes().to_vec())]))
}

fn problem(template: &str) -> LetterProblem {
    typeset(&with(template), &job("tried", given_for("receipt"))).expect_err(template)
}

#[test]
fn a_name_that_no_font_can_print_is_named_before_anything_is_set() {
    let mut given = given();
    given.applicant.name = "佐藤　😀子\u{E0FF}".into();
    let problem = typeset(&templates(), &job("decision_notice", given)).unwrap_err();
    assert_eq!(problem.to_string(), "書体にない文字があります：\u{E0FF}（U+E0FF）、😀（U+1F600）");
}

#[test]
fn a_shape_that_no_font_has_is_not_printed_as_the_ordinary_one() {
    let mut given = given();
    given.reason = vec!["田\u{E01EF}中さんの件".into()];
    let problem = typeset(&templates(), &job("decision_notice", given)).unwrap_err();
    assert_eq!(problem, LetterProblem::MissingCharacters(vec![Character { base: '田', selector: Some('\u{E01EF}') }]));
}

#[test]
fn a_character_of_the_template_itself_is_looked_at_on_the_page() {
    let problem = problem("#import \"parts.typ\": letter\n#show: letter.with(title: \"通知書\")\n☃と🎍");
    assert!(matches!(&problem, LetterProblem::MissingCharacters(missing) if missing.iter().any(|c| c.base == '🎍')), "{problem}");
}

#[test]
fn a_template_that_names_what_it_is_not_given_is_refused_with_its_place() {
    let problem = problem("#import \"parts.typ\": letter\n#show: letter.with(title: \"通知書\")\n#case.decided_onn.wareki");
    assert!(problem.to_string().starts_with("文書のひな形に誤りがあります：letters/tried.typ:3:7:"), "{problem}");
    assert!(!problem.may_pass());
}

#[test]
fn a_template_reaches_no_disk_no_package_and_no_clock() {
    for reach in [
        "#read(\"/etc/passwd\")",
        "#read(\"../../../etc/passwd\")",
        "#import \"@preview/cetz:0.3.0\"",
        "#datetime.today()",
        "#plugin(\"a.wasm\")",
        "#image(\"http://x/y.png\")",
    ] {
        assert!(matches!(problem(reach), LetterProblem::Template(_)), "{reach}");
    }
}

#[test]
fn a_disposition_whose_template_leaves_out_the_instruction_is_refused() {
    let without = "#import \"parts.typ\": letter\n#show: letter.with(title: \"通知書\")\n決定しました。";
    let problem = typeset(&with(without), &job("tried", given())).unwrap_err();
    assert_eq!(problem.code(), "no-instruction");
}

#[test]
fn a_template_without_end_is_stopped_by_its_pages() {
    let problem =
        problem("#import \"parts.typ\": letter\n#show: letter.with(title: \"通知書\")\n#for n in range(45) { [#n]; pagebreak() }");
    assert!(matches!(problem, LetterProblem::TooManyPages { .. }), "{problem}");
}

#[test]
fn an_unknown_template_is_told_by_name() {
    assert_eq!(typeset(&templates(), &job("no_such_letter", given())).unwrap_err(), LetterProblem::NoTemplate("no_such_letter".into()));
}
