//! What holds of every form that anybody could send.

mod form_world;

use definitions::{
    answer::{Answer, Answers},
    facts::NoFacts,
    field::Kind,
    kinds,
    pattern::Pattern,
    text::Text,
    typed::Typed,
};
use form_world::*;
use proptest::prelude::*;

/// One question of every kind, some of them hidden by others, and a group of them.
fn everything() -> Built {
    let every = |optional: bool| {
        let all = vec![
            ask("text", Kind::Text { at_most: 10, pattern: None }),
            ask("lines", Kind::LongText { at_most: 50 }),
            ask("kana", Kind::Kana),
            ask("name", Kind::PersonName),
            ask("born", Kind::Date),
            ask("number", Kind::Number { at_least: Some(-5), at_most: Some(100), unit: Some(Text::new("u", "人")) }),
            ask("area", Kind::Decimal { places: 2, at_least: None, at_most: "99.5".parse().ok(), unit: None }),
            ask("plate", Kind::Text { at_most: 20, pattern: Pattern::new("[0-9A-Z]{1,4}", Text::default()).ok() }),
            ask("spot", Kind::Place),
            ask("money", Kind::Money),
            ask("one", choice(&["a", "b"])),
            ask("many", Kind::Choices { options: listed(&["a", "b", "c"]), at_least: 1, at_most: Some(2) }),
            ask("ranked", Kind::Ranked { options: facilities(), at_most: 2 }),
            ask("yes", Kind::YesNo),
            ask("address", Kind::Address).when("yes"),
            ask("member", Kind::HouseholdMember { when_listed: None }),
            ask("phone", Kind::Phone).when("one == 'a' || has(text)"),
            ask("mail", Kind::Mail),
            ask("account", Kind::BankAccount),
            ask("number_of_me", Kind::IndividualNumber { number_use: Text::default() }),
            ask("files", Kind::Files { at_most: 2, later_days: None }),
            ask("signature", Kind::Signature),
            ask("consent", Kind::Consent),
            ask("note", Kind::Note),
        ];
        if optional { all.into_iter().map(Question::optional).collect::<Vec<_>>() } else { all }
    };
    let rows = group(0, 2, &[], &every(true));
    form(vec![("one", None, every(false)), ("two", Some("yes && number >= 0"), vec![ask("rows", rows).optional()])])
        .merit("grown", "age(born, today) >= 18")
        .formal("named", "has(name)")
}

fn input_name() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec![
        "text",
        "lines",
        "kana",
        "name",
        "name.family",
        "name.given",
        "born",
        "born.era",
        "area",
        "plate",
        "spot.words",
        "spot.position",
        "born.year",
        "born.month",
        "born.day",
        "number",
        "money",
        "one",
        "many",
        "ranked",
        "yes",
        "address.postal",
        "address.text",
        "address.building",
        "member",
        "member.name",
        "member.born",
        "phone",
        "mail",
        "account.kind",
        "account.bank",
        "account.branch",
        "account.deposit",
        "account.number",
        "account.symbol",
        "account.post_number",
        "account.holder",
        "number_of_me",
        "files",
        "signature",
        "signature.typed",
        "consent",
        "note",
        "nonsense",
    ]);
    let row = prop::sample::select(vec!["", "", "rows.0.", "rows.1.", "rows.2.", "rows.99999999999.", "rows.x."]);
    prop_oneof![20 => (row, field).prop_map(|(row, field)| format!("{row}{field}")), 1 => Just("rows.rows".to_owned())]
}

fn input_value() -> impl Strategy<Value = String> {
    let likely = prop::sample::select(vec![
        "",
        "a",
        "b",
        "c",
        "yes",
        "no",
        "other",
        "sakura",
        "chuo",
        "higashi",
        "佐藤",
        "さとう",
        "ｻﾄｳ",
        "reiwa",
        "heisei",
        "western",
        "9",
        "12",
        "31",
        "2027",
        "元",
        "2027-04-01",
        "R8.4.1",
        "1008918",
        "〒100-8918",
        "見本市中央1-1",
        "09012345678",
        "a@example.jp",
        "bank",
        "post",
        "0001",
        "001",
        "14010",
        "12345671",
        "123456789018",
        "[[[1,2],[3,4]]]",
        "-3",
        "３人",
        "30,000円",
        r#"{"file":"f","name":"n","media":"image/png","bytes":1}"#,
    ]);
    prop_oneof![6 => likely.prop_map(str::to_owned), 1 => "\\PC{0,20}", 1 => any::<String>()]
}

/// A whole account, since a dozen right inputs rarely come together by chance.
fn account() -> impl Strategy<Value = Vec<(String, String)>> {
    let row = prop::sample::select(vec!["", "rows.0.", "rows.1."]);
    let bank = vec![("kind", "bank"), ("bank", "0001"), ("branch", "001"), ("number", "12345"), ("holder", "ｻﾄｳ")];
    let post = vec![("kind", "post"), ("symbol", "14010"), ("post_number", "12345671"), ("holder", "さとう はなこ")];
    let named = |row: &str, (part, value): (&str, &str)| (format!("{row}account.{part}"), value.to_owned());
    (row, prop::sample::select(vec![bank, post])).prop_map(move |(row, all)| all.into_iter().map(|one| named(row, one)).collect())
}

fn anything_typed() -> impl Strategy<Value = Typed> {
    let inputs = prop::collection::vec((input_name(), input_value()), 0..60);
    // The second page is shown when these two come first.
    let shown = || [("yes", "yes"), ("number", "3")].map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    (any::<bool>(), prop::option::weighted(0.2, account()), inputs).prop_map(move |(is_shown, account, inputs)| {
        let first = if is_shown { shown() } else { Vec::new() };
        Typed::from_pairs(first.into_iter().chain(account.into_iter().flatten()).chain(inputs)).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_is_understood_or_told_and_what_is_hidden_stays_out(typed in anything_typed(), is_known in any::<bool>()) {
        let form = everything();
        let facts = hanako();
        let filled = if is_known { form.fill(&typed, &facts) } else { form.fill(&typed, &NoFacts) };
        for problem in &filled.problems {
            prop_assert!(kinds::PROBLEMS.contains(&problem.id), "{problem:?}");
        }
        for (id, answer) in filled.answers.iter() {
            prop_assert!(filled.is_asked(id.as_str()), "{id} is hidden");
            prop_assert!(filled.problems_of(id.as_str()).next().is_none() || matches!(answer, Answer::Group(_)));
            answer.search_texts();
        }
        prop_assert!(filled.faults.iter().all(|fault| fault == "grown"), "{:?}", filled.faults);
        for page in &filled.pages {
            prop_assert_eq!(page.visible || page.complete, true, "a hidden page lacks nothing");
        }
    }

    #[test]
    fn answers_typed_back_are_the_same_answers(typed in anything_typed()) {
        let form = everything();
        let facts = hanako();
        let filled = form.fill(&typed, &facts);
        // A row of which nothing was understood gives nothing to type back.
        prop_assume!(filled.problems_of("rows").next().is_none());
        // Nor does one in which only a hidden question was answered.
        let has_empty_row = |rows: &Vec<Answers>| rows.iter().any(Answers::is_empty);
        prop_assume!(!matches!(filled.answers.get("rows"), Some(Answer::Group(rows)) if has_empty_row(rows)));
        let mut again = Typed::of_answers(&filled.answers);
        if let Some(number) = typed.first("number_of_me") {
            again.set("number_of_me", [number]);
        }
        for row in 0..2 {
            if let Some(number) = typed.first(&format!("rows.{row}.number_of_me")) {
                again.set(format!("rows.{row}.number_of_me"), [number]);
            }
        }
        prop_assert_eq!(form.fill(&again, &facts).answers, filled.answers);
    }

    #[test]
    fn a_draft_can_be_stored_begun_and_posted_without_losing_what_other_pages_hold(draft in anything_typed(), posted in anything_typed()) {
        let form = everything();
        let stored: Typed = serde_json::from_str(&serde_json::to_string(&draft).unwrap()).unwrap();
        prop_assert_eq!(&stored, &draft);
        let mut laid = draft.clone();
        laid.post_page(form.fields("two"), &posted).unwrap();
        for (name, values) in draft.iter().filter(|(name, _)| !name.starts_with("rows")) {
            prop_assert_eq!(laid.all(name), values);
        }
        for (name, values) in draft.iter().filter(|(name, _)| name.ends_with(".files") && (name.starts_with("rows.0") || name.starts_with("rows.1"))) {
            prop_assert_eq!(laid.all(name), values, "{}", name);
        }
        let begun = form.form().begin(&laid, &NoFacts, TODAY);
        prop_assert_eq!(form.form().begin(&begun, &NoFacts, TODAY), begun);
    }
}

#[test]
fn what_is_tried_reaches_every_kind_of_answer_and_the_rows() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let (mut runner, form, facts) = (TestRunner::deterministic(), everything(), hanako());
    let (mut seen, mut rows) = (std::collections::BTreeSet::new(), 0);
    for _ in 0..5_000 {
        let typed = anything_typed().new_tree(&mut runner).unwrap().current();
        let filled = form.fill(&typed, &facts);
        seen.extend(filled.answers.iter().map(|(id, _)| id.to_string()));
        rows += usize::from(matches!(filled.answers.get("rows"), Some(Answer::Group(_))));
    }
    let never: Vec<_> = form.fields("one").keys().filter(|id| id.as_str() != "note" && !seen.contains(id.as_str())).collect();
    assert!(never.is_empty(), "never answered: {never:?}");
    assert!(rows >= 1_000, "rows were reached {rows} times");
}
