//! A procedure tried with answers of one's own: what an example would show, told whole.

mod language_world;

use definitions::check::trial::{Trial, Trying, try_out};
use language_world::{lines, sources, with_procedure};

const ANSWERS: &str = r#"{ "name": "佐藤 花子", "dogs": 1, "since": "2026-10-24", "breed": "other", "which": "秋田" }"#;

fn trying(answers: &str) -> Trying<'_> {
    let on = "2026-11-24".parse().unwrap();
    Trying { procedure: "dog", answers: ("a.json", answers.as_bytes()), on, who: Some("hanako"), outcome: None, outcome_answers: None }
}

fn tried(trying: &Trying<'_>) -> Trial {
    try_out(&sources(&[]), trying).unwrap_or_else(|problems| panic!("{:#?}", lines(&problems)))
}

fn refused(trying: &Trying<'_>) -> Vec<String> {
    lines(&try_out(&sources(&[]), trying).expect_err("a mistake"))
}

#[test]
fn a_trial_tells_what_is_asked_warned_charged_done_and_sent() {
    let trial = tried(&Trying { outcome: Some("refuse"), ..trying(ANSWERS) });
    assert!(trial.accepted);
    let asked: Vec<(&str, bool, Option<&str>)> =
        trial.pages[0].fields.iter().map(|field| (field.id.as_str(), field.asked, field.answer.as_deref())).collect();
    let expect = [
        ("name", true, Some("佐藤 花子")),
        ("dogs", true, Some("1")),
        ("since", true, Some("令和8年10月24日")),
        ("breed", true, Some("その他")),
        ("which", true, Some("秋田")),
    ];
    assert_eq!(asked, expect);
    assert_eq!(trial.warned.iter().map(|rule| rule.say.as_str()).collect::<Vec<_>>(), ["30日を過ぎています"]);
    assert_eq!((trial.fee, trial.due.map(|due| due.to_string()).as_deref()), (0, Some("2026-12-08")));
    assert_eq!(trial.steps.iter().map(|step| step.title.as_str()).collect::<Vec<_>>(), ["受付", "起案", "決裁"]);
    assert_eq!(trial.letters.iter().map(|letter| letter.title.as_str()).collect::<Vec<_>>(), ["通知書"]);
    assert_eq!(trial.told, ["told"]);
}

#[test]
fn what_stops_a_filing_is_told_and_nothing_follows() {
    let trial = tried(&trying(r#"{ "name": null, "dogs": 0, "since": "きのう", "breed": "shiba" }"#));
    assert!(!trial.accepted);
    let wrong: Vec<(&str, &str)> = trial.wrong.iter().map(|wrong| (wrong.path.as_str(), wrong.label.as_str())).collect();
    assert_eq!(wrong, [("name", "飼い主の氏名"), ("since", "飼いはじめた日")]);
    assert_eq!(trial.formal.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(), ["has_a_dog"]);
    assert_eq!(trial.pages[0].fields.iter().filter(|field| !field.asked).map(|field| field.id.as_str()).collect::<Vec<_>>(), ["which"]);
    assert_eq!((trial.steps.len(), trial.letters.len(), trial.told.len()), (0, 0, 0));
}

#[test]
fn json_says_yes_and_no_in_its_own_words_and_a_quoted_text_stays_one() {
    let world = with_procedure(
        "label: 飼い主の氏名 }",
        "label: 飼い主の氏名 }\n      chip: { kind: yes_no, label: マイクロチップ }\n      note: { kind: text, label: 名札, required: no }",
    );
    // The examples of the small town answer no chip, which is for `check` to say, not for a trial.
    let answers = r#"{ "name": "佐藤", "chip": true, "note": "true", "dogs": 1, "since": "2026-11-01", "breed": "shiba" }"#;
    let trial = try_out(&world, &trying(answers)).unwrap();
    let answer = |id: &str| trial.pages[0].fields.iter().find(|field| field.id.as_str() == id).unwrap().answer.clone();
    assert_eq!((answer("chip").as_deref(), answer("note").as_deref()), (Some("はい"), Some("true")));
    assert!(trial.accepted, "{:?}", trial.wrong);
}

#[test]
fn what_cannot_be_tried_is_said_with_what_was_meant() {
    let said = |found: Vec<String>, what: &str| assert!(found.iter().any(|line| line.contains(what)), "{found:#?} lacks {what}");
    said(refused(&Trying { procedure: "dig", ..trying(ANSWERS) }), "`dig` という手続はない; `dog` のことか");
    said(refused(&Trying { who: Some("hanaka"), ..trying(ANSWERS) }), "`hanaka` という人はない; `hanako` のことか");
    said(refused(&Trying { outcome: Some("dune"), ..trying(ANSWERS) }), "`dune` という結論はない; `done` のことか");
    said(refused(&trying("{\n \"name\": \"佐藤\",\n \"dgs\": 1 }")), "a.json:3:2: `dgs` という質問はない; `dogs` のことか");
    said(refused(&trying("{ \"name\":\n")), "a.json:2:1: YAML として読めない");
    said(refused(&trying("[1, 2]")), "a.json:1:1: 答えではない");
    let broken = lines(&try_out(&with_procedure("summary:", "summry:"), &trying(ANSWERS)).expect_err("a mistake of the folder"));
    said(broken, "`summry` というキーはここにない");
}
