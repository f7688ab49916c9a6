//! What holds of every condition, not only of those we thought of.

use std::collections::BTreeMap;

use definitions::condition::{
    Arithmetic, Comparison, Condition, Each, Fault, Function, Names, Node, Plan, RecordValue, Scope, Truth, Type, Value,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

struct World(BTreeMap<String, Value>);

impl Names for World {
    fn value(&self, name: &str) -> Value {
        self.0.get(name).cloned().unwrap_or(Value::Absent)
    }
    fn holds(&self, register: &str, owner: &str, on: Date) -> Value {
        if register.len().is_multiple_of(2) { Value::Unknown } else { Value::Bool(owner.len() > 3 || on > date(2026, 1, 1)) }
    }
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-5i64..40).prop_map(Value::Int),
        ".{0,6}".prop_map(Value::text),
        (1i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Value::Date(date(y, m, d))),
        Just(Value::Absent),
        Just(Value::Unknown),
        Just(Value::Null),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let list = prop::collection::vec(scalar(), 0..8).prop_map(Value::list);
    let record = prop::collection::btree_map("[ab]", scalar(), 0..3)
        .prop_map(|fields| Value::Record(std::sync::Arc::new(RecordValue { id: Some("r".into()), fields, missing: Value::Unknown })));
    prop_oneof![4 => scalar(), 1 => list, 1 => record]
}

/// A node whose parts lie before `place`.
fn node(place: u32) -> BoxedStrategy<Node> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Node::Bool),
        any::<i64>().prop_map(Node::Int),
        ".{0,4}".prop_map(Node::Text),
        (1i16..=9999, 1i8..=12).prop_map(|(y, m)| Node::Date(date(y, m, 1))),
        Just(Node::Null),
        "[a-f]".prop_map(Node::Name),
        (0u16..3).prop_map(Node::Local),
    ];
    if place == 0 {
        return leaf.boxed();
    }
    let part = 0..place;
    let parts = prop::collection::vec(0..place, 0..4);
    let comparison = prop::sample::select(vec![
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ]);
    let arithmetic =
        prop::sample::select(vec![Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply, Arithmetic::Divide, Arithmetic::Remainder]);
    let each = prop::sample::select(vec![Each::Exists, Each::ExistsOne, Each::All, Each::Filter, Each::Map, Each::Count]);
    let function = prop::sample::select(vec![
        Function::Days,
        Function::Months,
        Function::Years,
        Function::Date,
        Function::Year,
        Function::Month,
        Function::Day,
        Function::Age,
        Function::Grade,
        Function::Attained,
        Function::BeforeFiscalYearEndAfter,
        Function::StartOfFiscalYear,
        Function::EndOfFiscalYear,
        Function::Size,
        Function::Contains,
        Function::Min,
        Function::Max,
    ]);
    prop_oneof![
        3 => leaf,
        1 => (part.clone(), "[ab]").prop_map(|(a, name)| Node::Field(a, name)),
        1 => part.clone().prop_map(Node::Has),
        1 => part.clone().prop_map(Node::Not),
        1 => part.clone().prop_map(Node::Negate),
        1 => parts.clone().prop_map(Node::And),
        1 => parts.clone().prop_map(Node::Or),
        1 => (part.clone(), part.clone(), part.clone()).prop_map(|(a, b, c)| Node::If(a, b, c)),
        2 => (comparison, part.clone(), part.clone()).prop_map(|(how, a, b)| Node::Compare(how, a, b)),
        2 => (arithmetic, part.clone(), part.clone()).prop_map(|(how, a, b)| Node::Arithmetic(how, a, b)),
        1 => (part.clone(), part.clone()).prop_map(|(a, b)| Node::In(a, b)),
        2 => parts.clone().prop_map(Node::List),
        1 => (part.clone(), part.clone()).prop_map(|(a, b)| Node::Index(a, b)),
        3 => (function, parts).prop_map(|(function, parts)| Node::Call(function, parts)),
        3 => (each, part.clone(), part.clone()).prop_map(|(how, a, b)| Node::Each(how, a, b)),
        1 => ("[a-z]{1,4}", part.clone(), part).prop_map(|(name, a, b)| Node::Register(name, a, b)),
    ]
    .boxed()
}

fn plan() -> impl Strategy<Value = Vec<Node>> {
    (1u32..40).prop_flat_map(|length| (0..length).map(node).collect::<Vec<_>>())
}

/// Texts that look like conditions, most of them wrong.
fn source() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "a",
        "b",
        "day",
        "people",
        "it",
        "has(",
        "size(",
        "age(",
        "days(",
        "date('2027-04-01')",
        "p",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "&&",
        "||",
        "!",
        "==",
        "<",
        ">=",
        "+",
        "-",
        "*",
        "?",
        ":",
        "'x'",
        "'卵'",
        "1",
        "true",
        "null",
        ".exists(p, ",
        ".all(",
        ".map(p, ",
        ".born",
        "in",
        "register.r.of(",
        ".holds(",
        "氏名",
        "＞",
        "{",
        "}",
        "1.5",
        "7u",
    ]);
    prop::collection::vec(word, 1..14).prop_map(|words| words.join(" "))
}

fn scope() -> Scope {
    Scope::of_town([&"r".parse().unwrap()], &indexmap::IndexMap::new())
        .with("a", Type::Int)
        .with("b", Type::Bool)
        .with("day", Type::Date)
        .with("people", Type::list(Type::person(&indexmap::IndexMap::new())))
}

/// A well-typed formula over yes-no questions, and the same formula in Rust.
#[derive(Clone, Debug)]
enum Formula {
    Name(u8),
    Not(Box<Formula>),
    And(Vec<Formula>),
    Or(Vec<Formula>),
    If(Box<[Formula; 3]>),
    Equal(Box<[Formula; 2]>),
}

impl Formula {
    fn source(&self) -> String {
        let joined = |parts: &[Formula], sign: &str| format!("({})", parts.iter().map(Formula::source).collect::<Vec<_>>().join(sign));
        match self {
            Formula::Name(n) => format!("n{n}"),
            Formula::Not(of) => format!("!{}", of.source()),
            Formula::And(parts) => joined(parts, " && "),
            Formula::Or(parts) => joined(parts, " || "),
            Formula::If(parts) => format!("({} ? {} : {})", parts[0].source(), parts[1].source(), parts[2].source()),
            Formula::Equal(parts) => format!("({} == {})", parts[0].source(), parts[1].source()),
        }
    }

    fn naive(&self, names: &[bool]) -> bool {
        match self {
            Formula::Name(n) => names[usize::from(*n)],
            Formula::Not(of) => !of.naive(names),
            Formula::And(parts) => parts.iter().all(|part| part.naive(names)),
            Formula::Or(parts) => parts.iter().any(|part| part.naive(names)),
            Formula::If(parts) => {
                if parts[0].naive(names) {
                    parts[1].naive(names)
                } else {
                    parts[2].naive(names)
                }
            }
            Formula::Equal(parts) => parts[0].naive(names) == parts[1].naive(names),
        }
    }
}

const NAMES: usize = 4;

fn formula() -> impl Strategy<Value = Formula> {
    let leaf = (0..NAMES as u8).prop_map(Formula::Name);
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|of| Formula::Not(Box::new(of))),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Formula::And),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Formula::Or),
            [inner.clone(), inner.clone(), inner.clone()].prop_map(|parts| Formula::If(Box::new(parts))),
            [inner.clone(), inner].prop_map(|parts| Formula::Equal(Box::new(parts))),
        ]
    })
}

fn answers(values: &[Option<bool>]) -> World {
    let named = |(n, value): (usize, &Option<bool>)| (format!("n{n}"), value.map_or(Value::Unknown, Value::Bool));
    World(values.iter().enumerate().map(named).collect())
}

fn compiled(formula: &Formula) -> Condition {
    let scope = (0..NAMES).fold(Scope::empty(), |scope, n| scope.with(format!("n{n}"), Type::Bool));
    Condition::compile(&formula.source(), &scope).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_that_we_never_made_ends_without_a_panic(
        nodes in plan(),
        world in prop::collection::btree_map("[a-f]", any_value(), 0..6),
    ) {
        let Ok(plan) = Plan::try_from(nodes) else { return Ok(()) };
        let stored = serde_json::to_string(&plan).unwrap();
        let reloaded: Plan = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(&reloaded, &plan);
        let condition = Condition { source: String::new(), plan };
        let world = World(world);
        let first = condition.value(&world);
        prop_assert_eq!(condition.value(&world), first);
        condition.references();
        for bent in condition.bend().into_iter().take(5) {
            bent.condition.value(&world);
        }
    }

    #[test]
    fn whatever_is_written_compiles_or_is_refused_with_a_place_in_it(source in source()) {
        match Condition::compile(&source, &scope()) {
            Ok(condition) => {
                let value = condition.value(&World(BTreeMap::new()));
                prop_assert_ne!(value, Value::Fault(Fault::Misfit), "{}", source);
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    prop_assert!(source.is_char_boundary(problem.offset.min(source.len())), "{source}: {problem:?}");
                    prop_assert!(problem.offset <= source.len() && !problem.what.is_empty());
                }
            }
        }
    }

    #[test]
    fn any_text_at_all_is_refused_without_a_panic(source in ".{0,60}") {
        let _ = Condition::compile(&source, &scope());
    }

    #[test]
    fn with_all_known_a_formula_is_what_it_is_in_rust(formula in formula(), values in prop::array::uniform4(any::<bool>())) {
        let condition = compiled(&formula);
        let truth = condition.holds(&answers(&values.map(Some)));
        prop_assert_eq!(truth, if formula.naive(&values) { Truth::Yes } else { Truth::No });
    }

    #[test]
    fn what_is_decided_without_a_fact_stays_decided_whatever_the_fact_is(
        formula in formula(),
        values in prop::array::uniform4(any::<Option<bool>>()),
    ) {
        let condition = compiled(&formula);
        let truth = condition.holds(&answers(&values));
        if truth == Truth::Unknown {
            return Ok(());
        }
        for bits in 0..1u8 << NAMES {
            let complete: Vec<bool> = (0..NAMES).map(|n| values[n].unwrap_or(bits >> n & 1 == 1)).collect();
            prop_assert_eq!(truth.is_yes(), formula.naive(&complete), "{} with {:?}", formula.source(), complete);
        }
    }
}

#[test]
fn nodes_that_could_go_in_a_circle_are_no_plan() {
    assert!(Plan::try_from(vec![]).is_err());
    assert!(Plan::try_from(vec![Node::Not(0)]).is_err());
    assert!(Plan::try_from(vec![Node::Bool(true), Node::And(vec![0, 2]), Node::Not(0)]).is_err());
    assert!(serde_json::from_str::<Plan>(r#"[{"not":7}]"#).is_err());
    assert!(serde_json::from_str::<Plan>(r#"[{"bool":true},{"not":0}]"#).is_ok());
}

#[test]
fn a_plan_that_shares_its_parts_a_thousandfold_is_stopped() {
    let mut nodes = vec![Node::Int(1)];
    nodes.extend((0..31).map(|n| Node::Arithmetic(Arithmetic::Add, n, n)));
    let condition = Condition { source: String::new(), plan: Plan::try_from(nodes).unwrap() };
    assert_eq!(condition.value(&World(BTreeMap::new())), Value::Fault(Fault::TooManySteps));
    assert!(Plan::try_from((0..40).map(|n: u32| if n == 0 { Node::Bool(true) } else { Node::Not(n - 1) }).collect::<Vec<_>>()).is_err());
    let mut texts = vec![Node::Text("x".repeat(1_000))];
    texts.extend((0..16).map(|n| Node::Arithmetic(Arithmetic::Add, n, n)));
    let condition = Condition { source: String::new(), plan: Plan::try_from(texts).unwrap() };
    assert!(matches!(condition.value(&World(BTreeMap::new())), Value::Fault(_)));
}

#[test]
fn what_is_tried_compiles_often_enough_to_mean_something() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut next = || source().new_tree(&mut runner).unwrap().current();
    let compiled = (0..3_000).filter(|_| Condition::compile(&next(), &scope()).is_ok()).count();
    assert!(compiled >= 10, "only {compiled} of 3000 compiled");
    let mut ended = std::collections::BTreeMap::new();
    for _ in 0..600 {
        let Ok(plan) = Plan::try_from(plan().new_tree(&mut runner).unwrap().current()) else { continue };
        let value = Condition { source: String::new(), plan }.value(&World(BTreeMap::new()));
        *ended.entry(value.is_there()).or_insert(0) += 1;
    }
    assert!(ended.values().all(|count| *count >= 50), "values and others: {ended:?}");
}
