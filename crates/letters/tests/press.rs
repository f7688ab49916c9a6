//! The press as a process of its own: it does what the typesetter does, and what goes wrong in it ends there.

mod cast;

use std::time::{Duration, Instant};

use cast::*;
use letters::{press::Press, problem::LetterProblem, template::Templates, typeset::typeset};

fn press() -> Press {
    Press::process(env!("CARGO_BIN_EXE_letter_press").into(), vec![])
}

fn with(template: &str) -> Templates {
    let base = templates();
    let files = base.iter().map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
    Templates::from_files(files.chain([("tried.typ".to_owned(), template.as_bytes().to_vec())]))
}

#[test]
fn a_letter_from_the_press_is_the_same_to_the_byte() {
    let press = press();
    for template in ["decision_notice", "disclosure_full", "decision_notice"] {
        let sheet = press.set(&templates(), &job(template, given())).unwrap();
        assert_eq!(sheet, typeset(&templates(), &job(template, given())).unwrap(), "{template}");
    }
}

#[test]
fn a_template_without_end_is_stopped_and_the_next_letter_is_set() {
    let press = press().within(Duration::from_secs(4));
    // Typst stops a loop after 10,000 turns; loops in loops would take days.
    let endless = with("#for a in range(9000) { for b in range(9000) { for c in range(9000) { let d = calc.pow(1.0001, c) } } }");
    let start = Instant::now();
    assert_eq!(press.set(&endless, &job("tried", given_for("receipt"))).unwrap_err(), LetterProblem::TooLong { limit_s: 4 });
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(press.within(letters::press::TIME_MAX).set(&templates(), &job("decision_notice", given())).is_ok());
}

#[test]
fn a_template_that_needs_all_memory_ends_alone() {
    let press = press();
    let greedy = with("#let text = \"あ\" * 1000000\n#let all = ()\n#for n in range(9000) { all.push(text + str(n)) }\n#all.len()");
    let problem = press.set(&greedy, &job("tried", given_for("receipt"))).unwrap_err();
    assert!(matches!(problem, LetterProblem::Press(_) | LetterProblem::TooLong { .. }), "{problem}");
    assert!(press.set(&templates(), &job("decision_notice", given())).is_ok());
}

#[test]
fn a_problem_comes_back_from_the_press_as_it_is() {
    let mut unprintable = given();
    unprintable.applicant.name = "😀".into();
    let problem = press().set(&templates(), &job("decision_notice", unprintable)).unwrap_err();
    assert_eq!(problem.to_string(), "書体にない文字があります：😀（U+1F600）");
}

#[test]
fn a_press_that_does_not_exist_is_said_so() {
    let problem = Press::process("/nowhere/press".into(), vec![]).set(&templates(), &job("decision_notice", given())).unwrap_err();
    assert!(matches!(problem, LetterProblem::Press(_)) && problem.may_pass());
}
