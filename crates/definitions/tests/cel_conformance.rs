//! The conformance tests of the CEL specification against our subset.
//!
//! Our language leaves out what no rule of a town hall needs: floating point, unsigned numbers, bytes, maps, protobuf messages,
//! `dyn`. Tests that use these are *not covered* and counted as such. In the sections below, every other test must agree, unless it
//! is listed with the reason why we differ.

mod cel_textproto;

use std::{collections::BTreeMap, path::Path};

use cel_textproto::Node;
use definitions::condition::{Condition, Names, Scope, Type, Value};
use jiff::civil::Date;

/// Files, and of each the sections that we claim.
const DECLARED: &[(&str, &[&str])] = &[
    ("basic", &["self_eval_zeroish", "self_eval_nonzeroish", "variables", "functions", "reserved_const"]),
    ("comparisons", &["eq_literal", "ne_literal", "lt_literal", "gt_literal", "lte_literal", "gte_literal", "in_list_literal", "bound"]),
    ("logic", &["conditional", "AND", "OR", "NOT"]),
    ("integer_math", &["int64_math"]),
    ("lists", &["concatenation", "index", "in", "size"]),
    ("macros", &["exists", "all", "exists_one", "map", "filter", "nested"]),
    ("string", &["size", "starts_with", "ends_with", "concatenation", "contains"]),
    ("parse", &["nest", "repeat", "string_literals", "whitespace", "selectors"]),
];

/// Where we differ on purpose.
const DIFFERENT: &[(&str, &str)] = &[
    ("lists/index/index_out_of_bounds", "beyond the end of a list nothing was answered: absent, which is no value either"),
    ("comparisons/ne_literal/not_ne_double_nan", NO_NAN),
    ("comparisons/ne_literal/ne_double_nan", NO_NAN),
    ("basic/variables/unbound_is_runtime_error", FOUND_WHEN_READ),
    ("basic/functions/unbound_is_runtime_error", FOUND_WHEN_READ),
    ("logic/conditional/mixed_type", FOUND_WHEN_READ),
    ("logic/AND/short_circuit_type_left", FOUND_WHEN_READ),
    ("logic/AND/short_circuit_type_right", FOUND_WHEN_READ),
    ("logic/OR/short_circuit_type_right", FOUND_WHEN_READ),
];

const NO_NAN: &str = "our decimals are exact and have no NaN: dividing by zero is a fault";
const FOUND_WHEN_READ: &str = "a mistake of names or types is found when the folder is read, whatever would decide at run time";

/// Why a test cannot be asked of us.
const NOT_OURS: &[&str] = &["dyn(", "type(", "double(", "uint(", "bytes(", "timestamp(", "duration(", "matches(", "{", "b'", "b\""];

struct Bound(BTreeMap<String, Value>);

impl Names for Bound {
    fn value(&self, name: &str) -> Value {
        self.0.get(name).cloned().unwrap_or(Value::Absent)
    }
    fn holds(&self, _: &str, _: &str, _: Date) -> Value {
        Value::Unknown
    }
}

/// A value of the tests as one of ours; none when our language has no such value.
fn value(node: &Node) -> Option<Value> {
    let (kind, of) = node.fields.first()?;
    Some(match kind.as_str() {
        "bool_value" => Value::Bool(of.text()? == "true"),
        "int64_value" => Value::Int(of.text()?.parse().ok()?),
        "double_value" => Value::Decimal(of.text()?.parse().ok()?),
        "string_value" => Value::text(of.text()?),
        "null_value" => Value::Null,
        "list_value" => Value::list(of.node()?.all("values").map(|of| of.node().and_then(value)).collect::<Option<Vec<_>>>()?),
        _ => return None,
    })
}

fn type_of(value: &Value) -> Type {
    match value {
        Value::Bool(_) => Type::Bool,
        Value::Int(_) => Type::Int,
        Value::Decimal(_) => Type::Decimal,
        Value::Text(_) => Type::Text,
        Value::Null => Type::Null,
        Value::List(values) => Type::list(values.first().map_or(Type::Any, type_of)),
        _ => Type::Any,
    }
}

enum Outcome {
    Agreed,
    /// An error was expected, and reading refuses it.
    Refused,
    Differed(String),
    NotCovered(String),
}

fn run(test: &Node) -> Outcome {
    let expression = test.text("expr").unwrap_or_default();
    let mut scope = Scope::empty();
    let mut bound = BTreeMap::new();
    for binding in test.all("bindings").filter_map(|of| of.node()) {
        let name = binding.text("key").unwrap_or_default().to_owned();
        let given = binding.node("value").and_then(|of| of.node("value")).and_then(value);
        let Some(given) = given else { return Outcome::NotCovered("a binding of a type that we leave out".into()) };
        scope = scope.with(name.clone(), type_of(&given));
        bound.insert(name, given);
    }
    let expected = match (test.node("value"), test.node("eval_error")) {
        (Some(expected), _) => match value(expected) {
            Some(value) => Some(value),
            None => return Outcome::NotCovered("a value of a type that we leave out".into()),
        },
        (None, Some(_)) => None,
        // Without either, the specification expects true.
        (None, None) if test.node("typed_result").is_none() && test.text("check_only").is_none() => Some(Value::Bool(true)),
        (None, None) => return Outcome::NotCovered("asks the type checker of another implementation".into()),
    };
    if let Some(word) = NOT_OURS.iter().find(|word| expression.contains(**word)) {
        return Outcome::NotCovered(format!("uses `{word}`"));
    }
    let condition = match Condition::compile_as(expression, &scope, &Type::Any) {
        Ok(condition) => condition,
        // What fails when it runs in CEL is found when it is read here: no rule with such a mistake goes live.
        Err(_) if expected.is_none() => return Outcome::Refused,
        Err(problems) => {
            let what = problems.iter().map(|problem| problem.what.clone()).collect::<Vec<_>>().join("; ");
            let leaves_out = ["as a decimal number", "unsignedness", "no bytes", "maps are not", "mixes", "is compared with", "u away"];
            let is_ours = !leaves_out.iter().any(|word| what.contains(word));
            return if is_ours { Outcome::Differed(format!("refused: {what}")) } else { Outcome::NotCovered(what) };
        }
    };
    let given = condition.value(&Bound(bound));
    match expected {
        Some(expected) if given == expected => Outcome::Agreed,
        None if matches!(given, Value::Fault(_)) => Outcome::Agreed,
        expected => Outcome::Differed(format!("gives {given:?}, not {expected:?}")),
    }
}

fn told([agreed, differed, not_covered, refused]: [usize; 4]) -> String {
    format!("{agreed} agreed, {refused} errors found when read, {differed} differ on purpose, {not_covered} not covered")
}

#[test]
fn our_subset_of_cel_agrees_with_its_specification() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/cel-spec"));
    if !folder.is_dir() {
        eprintln!("NOT RUN: the conformance tests of cel-spec are not at {}", folder.display());
        return;
    }
    let mut failures = Vec::new();
    let mut in_all = [0, 0, 0, 0];
    for (file, sections) in DECLARED {
        let source = std::fs::read_to_string(folder.join(format!("{file}.textproto"))).unwrap();
        let root = cel_textproto::read(&source).unwrap_or_else(|problem| panic!("{file}: {problem}"));
        let (mut of_file, mut seen) = ([0, 0, 0, 0], 0);
        for section in root.all("section").filter_map(|of| of.node()) {
            let name = section.text("name").unwrap_or_default();
            if !sections.contains(&name) {
                continue;
            }
            seen += 1;
            for test in section.all("test").filter_map(|of| of.node()) {
                let path = format!("{file}/{name}/{}", test.text("name").unwrap_or_default());
                match run(test) {
                    Outcome::Agreed => of_file[0] += 1,
                    Outcome::Refused => of_file[3] += 1,
                    Outcome::Differed(_) if DIFFERENT.iter().any(|(known, _)| *known == path) => of_file[1] += 1,
                    Outcome::Differed(how) => failures.push(format!("{path}: {} {how}", test.text("expr").unwrap_or_default())),
                    Outcome::NotCovered(why) => {
                        of_file[2] += 1;
                        if std::env::var_os("CEL_WHY").is_some() {
                            eprintln!("  {path}: {} — {why}", test.text("expr").unwrap_or_default());
                        }
                    }
                }
            }
        }
        assert_eq!(seen, sections.len(), "{file}: a section that we claim is not there");
        eprintln!("cel-spec {file}: {}", told(of_file));
        in_all.iter_mut().zip(of_file).for_each(|(all, one)| *all += one);
    }
    eprintln!("cel-spec in all: {}", told(in_all));
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(in_all[1], DIFFERENT.len(), "a test that is listed as different agrees by now");
    assert!(in_all[0] >= 150, "only {} agreed: the reader of the tests has lost some", in_all[0]);
}
