//! What conditions say, as tables: an expression, the world it is asked in, what comes out.

use std::{collections::BTreeMap, sync::Arc};

use definitions::condition::{Condition, Fault, Length, Names, RecordValue, Scope, Truth, Type, Value};
use indexmap::IndexMap;
use jiff::civil::{Date, date};
use jp::calendar::BusinessCalendar;

/// 佐藤花子's household on 24 December 2026: the mother, さくら (first grade from April), and a baby.
struct World {
    values: BTreeMap<&'static str, Value>,
}

impl Names for World {
    fn value(&self, name: &str) -> Value {
        self.values.get(name).cloned().unwrap_or(Value::Absent)
    }

    fn holds(&self, register: &str, owner: &str, on: Date) -> Value {
        match register {
            "afterschool_membership" => Value::Bool(owner == "baby" && on >= date(2026, 4, 1)),
            _ => Value::Unknown,
        }
    }
}

fn person(id: &str, born: Date, relation: &str) -> Value {
    let fields =
        [("name".to_owned(), Value::text(id)), ("born".to_owned(), Value::Date(born)), ("relation".to_owned(), Value::text(relation))];
    Value::Record(Arc::new(RecordValue { id: Some(id.into()), fields: fields.into_iter().collect(), missing: Value::Unknown }))
}

fn world() -> World {
    let hanako = person("hanako", date(1990, 8, 2), "head");
    let sakura = person("sakura", date(2020, 5, 3), "child");
    let baby = person("baby", date(2026, 1, 10), "child");
    World {
        values: BTreeMap::from([
            ("today", Value::Date(date(2026, 12, 24))),
            ("applicant", hanako.clone()),
            ("household", Value::list([hanako, sakura.clone(), baby])),
            ("child", sakura),
            ("start", Value::Date(date(2027, 4, 1))),
            ("income", Value::Int(2_000_000)),
            ("area", Value::Decimal("12.5".parse().unwrap())),
            ("reason", Value::text("work")),
            ("days", Value::list([Value::text("mon"), Value::text("tue")])),
            ("note", Value::text("卵と牛乳")),
            ("allergy", Value::Bool(true)),
        ]),
    }
}

fn scope() -> Scope {
    let registers: Vec<_> = ["afterschool_membership", "care_level"].iter().filter_map(|id| id.parse().ok()).collect();
    let facts = IndexMap::from([("tax_2026".to_owned(), Type::Text)]);
    let options = |ids: &[&str]| Type::OneOf(ids.iter().map(|id| (*id).to_owned()).collect());
    Scope::of_town(&registers, &facts)
        .with("child", Type::person(&facts))
        .with("start", Type::Date)
        .with("income", Type::Int)
        .with("area", Type::Decimal)
        .with("reason", options(&["work", "ill", "care"]))
        .with("days", Type::list(options(&["mon", "tue", "wed"])))
        .with("note", Type::Text)
        .with("allergy", Type::Bool)
        .with("unanswered", Type::Int)
        .with("unanswered_day", Type::Date)
        .with("signature", Type::Sealed)
}

fn give(source: &str) -> Value {
    let condition = Condition::compile_as(source, &scope(), &Type::Any).unwrap_or_else(|problems| panic!("{source}: {problems:?}"));
    let stored = serde_json::to_string(&condition).unwrap();
    let reloaded: Condition = serde_json::from_str(&stored).unwrap();
    assert_eq!(reloaded, condition, "{source} changed when stored");
    assert_eq!(reloaded.value(&world()), condition.value(&world()));
    condition.value(&world())
}

#[track_caller]
fn check(source: &str, expected: bool) {
    assert_eq!(give(source), Value::Bool(expected), "{source}");
}

#[test]
fn the_sentences_of_the_town_come_out_as_a_clerk_reads_them() {
    check("start >= today + days(7)", true);
    check("start == start_of_fiscal_year(today) + years(1)", true);
    check("grade(child.born, start) >= 1 && grade(child.born, start) <= 6", true);
    check("household.exists(p, p.relation == 'child')", true);
    check("household.exists(grade(it.born, start) == 1)", true);
    check("household.count(p, before_fiscal_year_end_after(p.born, 18, today)) == 2", true);
    check("household.all(p, p.born < today)", true);
    check("household.filter(p, p.relation == 'child').map(p, p.name) == ['sakura', 'baby']", true);
    check("household.map(p, p.relation == 'head', p.name) == ['hanako']", true);
    check("household.exists_one(p, p.relation == 'head')", true);
    check("register.afterschool_membership.of(child).holds(start)", false);
    check("household.exists(register.afterschool_membership.of(it).holds(today))", true);
    check("age(applicant.born, today) >= 18", true);
    check("attained(child.born, 6) == date('2026-05-02')", true);
    check("end_of_fiscal_year(start) == date('2028-03-31')", true);
    check("reason == 'work' && 'mon' in days && size(days) == 2", true);
    check("reason in ['ill', 'care']", false);
    check("note.contains('卵') && note.startsWith('卵') && note.endsWith('乳') && note.size() == 4", true);
    check("allergy ? size(note) > 0 : true", true);
    check("child in household", true);
    check("date('2027-01-31') + months(1) == date('2027-02-28')", true);
    check("start - today == days(98)", true);
    check("min(start, today) == today && max(3, 5) == 5", true);
    check("year(start) == 2027 && month(start) == 4 && day(start) == 1", true);
    check("30000 + 20000 * household.count(p, p.relation == 'child') == 70000", true);
    check("household[1].name == 'sakura'", true);
}

#[test]
fn numbers_are_whole_and_signed_so_that_income_less_a_deduction_is_a_number() {
    check("income - 2500000 == -500000", true);
    check("income * 2 / 3 == 1333333", true);
    check("-income % 3 == -2", true);
}

#[test]
fn decimals_are_exact_beside_whole_numbers_and_become_whole_only_by_rounding() {
    check("0.1 + 0.2 == 0.3", true);
    check("area >= 12.5 && area < 12.6 && area > 12 && 12 < area", true);
    check("area * 500 == 6250 && area - 12.5 == 0 && 2 * area == 25.0", true);
    check("floor(area) == 12 && ceil(area) == 13 && round(area) == 13 && round(-area) == -13", true);
    check("floor(area * 300) + 50 == 3800", true);
    check("area in [1, 12.5] && 12.0 in [12]", true);
    check("max(area, 20) == 20 && min(area, 0.5) == 0.5 && max(3, 5) == 5", true);
    check("-12.5 == -area && - 1.5 < 0 && 3 - 1.5 == 1.5", true);
    check("(allergy ? 1 : 0.5) == 1 && 7.5 % 2 == 1.5 && 1 / 2 == 0 && 1 / 2.0 == 0.5", true);
    assert_eq!(give("area / 0 > 1"), Value::Fault(Fault::DividedByZero));
    assert_eq!(give("999999999999999999 * 999999999999.5 * 1000000.5 > 1"), Value::Fault(Fault::OutOfRange));
    let told = |source: &str| Condition::compile_as(source, &scope(), &Type::Int).unwrap_err().remove(0);
    assert_eq!(told("area * 500").hint, "round it: `floor(x)`, `ceil(x)` or `round(x)`");
    assert!(told("days(area) == days(1)").what.contains("does not take"), "a length is of whole days");
    assert!(Condition::compile("note == 1.5", &scope()).is_err());
    let bent: Vec<String> = Condition::compile("area >= 12.5", &scope()).unwrap().bend().into_iter().map(|bent| bent.what).collect();
    assert!(bent.contains(&"12.5 became 12.4".to_owned()) && bent.contains(&"12.5 became 12.6".to_owned()), "{bent:?}");
}

#[test]
fn what_is_not_known_decides_only_where_it_must() {
    assert_eq!(give("applicant.tax_2026 == 'exempt'"), Value::Unknown);
    check("false && applicant.tax_2026 == 'exempt'", false);
    check("applicant.tax_2026 == 'exempt' && 1 == 2", false);
    check("applicant.tax_2026 == 'exempt' || true", true);
    assert_eq!(give("true && applicant.tax_2026 == 'exempt'"), Value::Unknown);
    assert_eq!(give("!register.care_level.of(applicant).holds(today)"), Value::Unknown);
    assert_eq!(give("household.all(p, p.tax_2026 == 'exempt')"), Value::Unknown);
    check("household.exists(p, p.tax_2026 == 'exempt' || p.relation == 'child')", true);
    assert_eq!(give("has(applicant.tax_2026)"), Value::Unknown);
}

#[test]
fn what_was_not_answered_is_absent_and_only_has_can_ask() {
    check("has(start)", true);
    check("has(unanswered)", false);
    check("!has(unanswered) || unanswered > 3", true);
    assert_eq!(give("unanswered > 3"), Value::Absent);
    assert_eq!(give("unanswered_day + days(3) > today"), Value::Absent);
    assert_eq!(give("days[5] == 'mon'"), Value::Absent);
    check("has(days[5])", false);
    assert_eq!(give("unanswered > 3 && applicant.tax_2026 == 'exempt'"), Value::Unknown);
}

#[test]
fn what_cannot_be_reckoned_is_a_fault_and_no_panic() {
    assert_eq!(give("1 / 0 == 1"), Value::Fault(Fault::DividedByZero));
    assert_eq!(give("9223372036854775807 + 1 == 0"), Value::Fault(Fault::OutOfRange));
    assert_eq!(give("-9223372036854775808 - 1 == 0"), Value::Fault(Fault::OutOfRange));
    assert_eq!(give("start + years(99999) > today"), Value::Fault(Fault::OutOfRange));
    assert_eq!(give("start + days(99999999999) > today"), Value::Fault(Fault::OutOfRange));
    assert_eq!(give("age(start, today) > 3"), Value::Fault(Fault::BornLater));
    assert_eq!(give("date(note) > today"), Value::Fault(Fault::NoDate));
    assert_eq!(give("days[-1] == 'mon'"), Value::Fault(Fault::NoSuchPlace));
    check("1 / 0 == 1 || true", true);
    check("1 / 0 == 1 && false", false);
}

#[test]
fn a_list_that_grows_without_end_is_stopped() {
    let scope = Scope::empty().with("many", Type::list(Type::Int));
    struct Many(usize);
    impl Names for Many {
        fn value(&self, _: &str) -> Value {
            Value::list((0..self.0).map(|n| Value::Int(n as i64)))
        }
        fn holds(&self, _: &str, _: &str, _: Date) -> Value {
            Value::Unknown
        }
    }
    let nested = Condition::compile("many.all(a, many.all(b, a + b >= 0))", &scope).unwrap();
    let began = std::time::Instant::now();
    assert_eq!(nested.value(&Many(1_000)), Value::Fault(Fault::TooManySteps));
    assert_eq!(nested.value(&Many(1_001)), Value::Fault(Fault::TooLong));
    assert_eq!(nested.holds(&Many(100)), Truth::Yes);
    assert!(began.elapsed().as_secs() < 2);
}

/// A town that is shut on Saturdays, Sundays, holidays and from 29 December to 3 January.
struct InTown(BusinessCalendar);

impl Names for InTown {
    fn value(&self, name: &str) -> Value {
        world().value(name)
    }

    fn holds(&self, register: &str, owner: &str, on: Date) -> Value {
        world().holds(register, owner, on)
    }

    fn next_open(&self, day: Date) -> Option<Date> {
        Some(self.0.next_open(day))
    }
}

#[test]
fn a_legal_limit_begins_with_the_day_after_and_ends_on_an_open_day() {
    let town = InTown(BusinessCalendar::common());
    let limit = |source: &str| Condition::compile_as(source, &scope(), &Type::Any).unwrap().value(&town);
    // (expression, last day): 民法140条, 143条 and 地方自治法4条の2第4項.
    let table = [
        ("limit(date('2026-11-09'), days(15))", date(2026, 11, 24)), // Tuesday
        ("limit(date('2026-11-05'), days(15))", date(2026, 11, 20)), // Friday
        ("limit(date('2026-11-06'), days(15))", date(2026, 11, 24)), // Saturday 21, Sunday 22, 勤労感謝の日 23
        ("limit(date('2026-12-14'), days(15))", date(2027, 1, 4)),   // 29 December
        ("limit(date('2026-11-24'), days(0))", date(2026, 11, 24)),
        ("limit(date('2027-01-31'), months(1))", date(2027, 3, 1)), // Sunday 28 February
        ("limit(date('2026-08-31'), months(6))", date(2027, 3, 1)),
        ("limit(date('2026-05-01'), years(1))", date(2027, 5, 6)), // Saturday 1 May, Sunday, three holidays
        ("limit(date('2026-05-01'), years(1) + months(1))", date(2027, 6, 1)),
    ];
    for (source, last) in table {
        assert_eq!(limit(source), Value::Date(last), "{source}");
    }
    assert_eq!(limit("limit(unanswered_day, days(15))"), Value::Absent, "what was not answered");
    assert_eq!(limit("limit(today, days(15) + months(1))"), Value::Fault(Fault::Misfit), "no law counts so");
    assert_eq!(limit("limit(today, days(-1))"), Value::Fault(Fault::OutOfRange));
    assert_eq!(limit("limit(today, days(70000))"), Value::Fault(Fault::OutOfRange));
    assert_eq!(give("limit(today, days(15))"), Value::Unknown, "no town is at hand");
    let late = Condition::compile("today <= limit(start, days(15))", &scope()).unwrap();
    assert_eq!(late.holds(&world()), Truth::Unknown, "so a rule is silent, and judged at the desk");
    assert!(
        Condition::compile("limit(today, 15) >= today", &scope()).is_err()
            && Condition::compile("limit('2026-01-01', days(1)) >= today", &scope()).is_err()
    );
    let bent = late.bend();
    assert!(bent.iter().any(|bent| bent.what.contains("closed days")), "an example must stand at a limit that moves: {bent:?}");
}

#[test]
fn only_a_column_may_be_emptied_and_only_as_a_whole() {
    let column = |source: &str| Condition::compile_column(source, &scope(), &Type::Text);
    let gives = |source: &str| column(source).unwrap_or_else(|problems| panic!("{source}: {problems:?}")).value(&world());
    assert_eq!(gives("null"), Value::Null);
    assert_eq!(gives("has(unanswered) ? note : null"), Value::Null);
    assert_eq!(gives("has(unanswered) ? null : note"), Value::text("卵と牛乳"));
    assert_eq!(gives("has(unanswered) ? note : allergy ? null : 'x'"), Value::Null);
    assert!(column("null").unwrap().may_be_null() && !column("note").unwrap().may_be_null());
    for refused in ["has(note) ? 1 : null", "has(note) ? note : 3", "(has(note) ? note : null) + 'x'", "income"] {
        assert!(column(refused).is_err(), "{refused}");
    }
    assert!(Condition::compile_as("has(note) ? note : null", &scope(), &Type::Text).is_err(), "elsewhere a text is a text");
}

#[test]
fn lengths_of_time_have_an_order_only_where_months_do_not_matter() {
    check("days(3) < days(4)", true);
    check("months(12) == years(1)", true);
    check("start - today > days(7)", true);
    assert_eq!(give("months(1) > days(30)"), Value::Fault(Fault::NoOrder));
    assert_eq!(give("months(1) + days(2)"), Value::Length(Length { years: 0, months: 1, days: 2 }));
}

#[track_caller]
fn refuse(source: &str, marked: &str, what: &str, hint: &str) {
    let problems = Condition::compile(source, &scope()).expect_err(source);
    let problem = &problems[0];
    let rest = source.get(problem.offset..).unwrap_or("");
    assert!(rest.starts_with(marked), "{source}: marked `{rest}`, not `{marked}`: {problem:?}");
    assert!(problem.what.contains(what), "{source}: {problem:?}");
    assert!(problem.hint.contains(hint), "{source}: {problem:?}");
}

#[test]
fn mistakes_are_found_before_anyone_files_with_place_and_a_hint() {
    refuse("strat >= today", "strat", "no `strat`", "`start`");
    refuse("has(chidl)", "chidl", "no `chidl`", "`child`");
    refuse("note == '卵' && strat > today", "strat", "no `strat`", "`start`");
    refuse("child.bron < today", ".bron", "person has no `bron`", "`born`");
    refuse("reason == 'wrok'", "'wrok'", "none of the options", "`work`");
    refuse("'sunday' in days", "'sunday'", "none of the options", "mon, tue, wed");
    refuse("reason in ['work', 'sick']", "'sick'", "none of the options", "work");
    refuse("start > '2027-04-01'", ">", "a date is compared with a text", "date('2027-04-01')");
    refuse("start >= today + 7", "+", "adding cannot be done", "days(7)");
    refuse("start", "start", "true or false is needed", "has(x)");
    refuse("agee(applicant.born, today) > 3", "(", "no function `agee`", "`age`");
    refuse("age(applicant.born) > 3", "(", "`age` does not take (a date)", "age(born, on)");
    refuse("date('2027-02-30') > today", "'2027-02-30'", "is no day", "2027-04-01");
    refuse("register.afterschool_membersip.of(child).holds(start)", "(", "no register", "`afterschool_membership`");
    refuse("register.care_level", "register", "asked in one way only", "of(person)");
    refuse("signature == 'x'", "==", "sealed", "has(…)");
    refuse("note == null", "==", "null", "has(…)");
    refuse("income > 1.23456789012345678901", "1.2", "as a decimal number", "eighteen digits");
    refuse("income > 1e3", "1e3", "as a decimal number", "");
    refuse("[1, 'a'].exists(x, true)", "'a'", "mixes", "one type");
    refuse("household.name == 'x'", ".name", "this is a list", "exists");
    refuse("household.exists(p.name == 'x')", "p", "no `p`", "");
    refuse("days > days", ">", "no order", "==");
    refuse("allergy ? 1 : 'x'", "'x'", "one side gives", "");
    refuse("start >= ", "", "does not read", "");
    refuse("氏名 == 'x'", "氏", "does not read", "ASCII");
    refuse("start ≥ today", "≥", "does not read", "ASCII");
    refuse("note == '卵' && start ≥ today", "≥", "does not read", "ASCII");
    refuse("note == '卵' &&\n  start >= 卵", "卵", "does not read", "ASCII");
    refuse("{'a': 1}.size() > 0", "{", "maps", "list");
}

#[test]
fn all_mistakes_of_an_expression_are_told_at_once() {
    let problems = Condition::compile("strat > today && incom < 3 && reason == 'x'", &scope()).expect_err("three mistakes");
    assert_eq!(problems.len(), 3, "{problems:?}");
}

#[test]
fn an_expression_as_deep_as_the_parser_lets_it_be_is_evaluated_or_refused_clearly() {
    for depth in [10, 31, 40, 80, 300] {
        let source = format!("{}true{}", "!(".repeat(depth), ")".repeat(depth));
        match Condition::compile(&source, &scope()) {
            Ok(condition) => assert!(condition.value(&world()).is_there(), "{depth}"),
            Err(problems) => assert!(!problems.is_empty()),
        }
    }
    let long = vec!["allergy"; 300].join(" && ");
    assert_eq!(give(&long), Value::Bool(true));
}

#[test]
fn what_a_condition_rests_on_is_told() {
    let source = "child.born < today && register.care_level.of(applicant).holds(start) && household.exists(p, p.relation == 'x')";
    let references = Condition::compile(source, &scope()).unwrap().references();
    let names: Vec<&str> = references.names.iter().map(String::as_str).collect();
    assert_eq!(names, ["applicant", "child", "child.born", "household", "start", "today"]);
    assert_eq!(references.registers.iter().collect::<Vec<_>>(), ["care_level"]);
}

#[test]
fn a_bent_condition_differs_where_the_edge_is() {
    let condition = Condition::compile("start >= today + days(7) && reason == 'work'", &scope()).unwrap();
    let bent = condition.bend();
    let what: Vec<&str> = bent.iter().map(|bent| bent.what.as_str()).collect();
    assert_eq!(
        what,
        [
            "7 became 6",
            "7 became 8",
            "`>=` became `>`",
            "`>=` became `<`",
            "`==` became `!=`",
            "part 1 of `&&` was dropped",
            "part 2 of `&&` was dropped"
        ]
    );
    assert_eq!(&condition.source[bent[2].offset.unwrap()..][..2], ">=");
    let mut at_the_edge = world();
    at_the_edge.values.insert("start", Value::Date(date(2026, 12, 31)));
    assert_eq!(condition.holds(&at_the_edge), Truth::Yes);
    let noticed: Vec<&str> =
        bent.iter().filter(|bent| bent.condition.holds(&at_the_edge) != Truth::Yes).map(|bent| bent.what.as_str()).collect();
    assert_eq!(noticed, ["7 became 8", "`>=` became `>`", "`>=` became `<`", "`==` became `!=`"]);
}

#[test]
fn every_bend_can_be_stored_and_evaluated() {
    for source in [
        "household.exists(p, p.relation == 'child') || !allergy",
        "allergy ? income > 1 : has(note)",
        "date('2027-01-01') < start && 'mon' in days",
    ] {
        for bent in Condition::compile(source, &scope()).unwrap().bend() {
            let stored = serde_json::to_string(&bent.condition).unwrap();
            let reloaded: Condition = serde_json::from_str(&stored).unwrap();
            assert_eq!(reloaded.value(&world()), bent.condition.value(&world()));
        }
    }
}
