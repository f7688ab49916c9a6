//! The description against what is mounted and what is answered, and the schemas of answers against somebody else's validator.

mod world;

use std::{collections::BTreeSet, path::Path};

use boon::{Compiler, Draft, SchemaIndex, Schemas};
use definitions::{text::Language, town::Town};
use serde_json::{Value, json};
use store::testing::Place;
use world::{World, ask, filing, hanako};

fn compiled(schemas: &mut Schemas, name: &str, schema: Value) -> SchemaIndex {
    let mut compiler = Compiler::new();
    compiler.set_default_draft(Draft::V2020_12);
    compiler.add_resource(name, schema).unwrap();
    compiler.compile(name, schemas).unwrap_or_else(|error| panic!("{name}: {error:#}"))
}

fn document(w: &World, language: &str) -> Value {
    w.send(ask("GET", "/api/openapi.json").with("accept-language", language)).is(200).json()
}

/// A schema of the description, with its neighbours beside it.
fn component(document: &Value, name: &str) -> Value {
    let mut whole = json!({ "$ref": format!("#/components/schemas/{name}") });
    whole["components"] = document["components"].clone();
    whole
}

fn check(document: &Value, name: &str, value: &Value) {
    let mut schemas = Schemas::new();
    let index = compiled(&mut schemas, &format!("http://test/{name}.json"), component(document, name));
    if let Err(error) = schemas.validate(value, index) {
        panic!("{name}: {error:#}\n{value:#}");
    }
}

#[test]
fn each_route_that_is_mounted_is_described_and_the_other_way_round() {
    let w = World::new(&Place::sqlite());
    let document = document(&w, "ja");
    assert_eq!(document["openapi"], "3.1.0");
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, entry)| {
            entry.as_object().unwrap().keys().filter(|key| *key != "parameters").map(move |method| format!("{method} {path}"))
        })
        .collect();
    let mounted: BTreeSet<String> = api::description::mounted().into_iter().collect();
    assert_eq!(described, mounted);
    let ids: Vec<&str> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|entry| entry.as_object().unwrap().values())
        .filter_map(|one| one["operationId"].as_str())
        .collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "each has a name of its own");
}

#[test]
fn each_operation_answers_where_it_says() {
    let w = World::new(&Place::sqlite());
    for operation in api::description::mounted() {
        let (method, path) = operation.split_once(' ').unwrap();
        let path = path.replace("{procedure}", "paper_request").replace(['{', '}'], "");
        let came = w.send(ask(&method.to_uppercase(), &path));
        assert!(!matches!(came.status, 404 | 405 | 500), "{operation}: {}", came.status);
        let is_public = !matches!(came.status, 401);
        let needs = document(&w, "ja")["paths"][operation.split_once(' ').unwrap().1][method]["security"] != json!([]);
        assert_eq!(is_public, !needs, "{operation} without a token");
    }
}

#[test]
fn the_examples_hold_what_their_schemas_say() {
    let w = World::new(&Place::sqlite());
    let document = document(&w, "ja");
    let mut seen = 0;
    for entry in document["paths"].as_object().unwrap().values().flat_map(|entry| entry.as_object().unwrap().values()) {
        let contents = [&entry["requestBody"]["content"]["application/json"]].into_iter();
        let answers = entry["responses"].as_object().into_iter().flatten().map(|(_, answer)| &answer["content"]["application/json"]);
        for content in contents.chain(answers).filter(|content| !content["example"].is_null()) {
            let name = content["schema"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            check(&document, name, &content["example"]);
            seen += 1;
        }
    }
    assert!(seen > 8, "{seen}");
}

#[test]
fn what_is_answered_is_what_is_described() {
    let w = World::new(&Place::sqlite());
    let (token, document) = (w.able(), document(&w, "en"));
    let is = |name: &str, value: &Value| check(&document, name, value);
    is("Procedures", &w.send(ask("GET", "/api/v1/procedures")).is(200).json());
    is("Procedure", &w.send(ask("GET", "/api/v1/procedures/paper_request")).is(200).json());
    let evaluate = |answers: Value| {
        w.send(ask("POST", "/api/v1/procedures/paper_request/evaluate").json(&json!({ "answers": answers }))).is(200).json()
    };
    let evaluated = evaluate(hanako());
    is("Evaluation", &evaluated);
    assert_eq!(evaluated["may_be_filed"], true);
    is("Evaluation", &evaluate(json!({})));
    let draft = w.send(ask("POST", "/api/v1/drafts").token(&token).json(&json!({ "procedure": "paper_request" }))).is(201).json();
    is("Draft", &draft);
    let receipt = w.send(filing(&token, "k", &hanako())).is(201).json();
    is("Receipt", &receipt);
    let case = format!("/api/v1/cases/{}", receipt["number"].as_str().unwrap());
    is("Status", &w.send(ask("GET", &case).token(&token)).is(200).json());
    is("Messages", &w.send(ask("GET", &format!("{case}/messages")).token(&token)).is(200).json());
    is("Problem", &w.send(ask("GET", "/api/v1/nothing")).json());
    is("Problem", &w.send(filing(&token, "l", &json!({}))).json());
}

#[test]
fn the_schema_of_answers_takes_what_may_be_filed_and_refuses_what_has_no_such_shape() {
    let w = World::new(&Place::sqlite());
    let schema = w.send(ask("GET", "/api/v1/procedures/paper_request")).is(200).json()["answers"].clone();
    let mut schemas = Schemas::new();
    let index = compiled(&mut schemas, "http://test/answers.json", schema.clone());
    schemas.validate(&hanako(), index).unwrap_or_else(|error| panic!("{error:#}"));
    for (id, value) in [
        ("name", json!(1)),
        ("way", json!("fax")),
        ("items", json!([])),
        ("items", json!([{}])),
        ("nobody", json!(1)),
        ("name", json!("長".repeat(101))),
    ] {
        let mut answers = hanako();
        answers[id] = value.clone();
        assert!(schemas.validate(&answers, index).is_err(), "{id} {value}");
    }
    assert_eq!(schema["properties"]["postage"]["x-when"], "way == 'post'");
    assert_eq!(schema["properties"]["way"]["oneOf"][0], json!({ "const": "view", "title": "閲覧" }));
}

#[test]
fn every_procedure_of_every_sample_town_has_a_valid_schema() {
    let towns = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns");
    let mut count = 0;
    for folder in std::fs::read_dir(&towns).unwrap().filter_map(Result::ok).filter(|entry| entry.path().join("town.yaml").exists()) {
        let town = Town::load(&folder.path()).unwrap_or_else(|problems| panic!("{problems:?}"));
        for procedure in town.procedures.values() {
            // The languages differ in titles alone.
            let schema = api::description::schema(&town, Language::Ja, procedure);
            compiled(&mut Schemas::new(), &format!("http://test/{}.json", procedure.id), schema);
            count += 1;
        }
    }
    assert!(count > 100, "{count} procedures");
}

#[test]
fn the_readable_page_shows_each_operation_and_each_problem() {
    let w = World::new(&Place::sqlite());
    let page = String::from_utf8(w.send(ask("GET", "/api")).is(200).body).unwrap();
    for operation in api::description::mounted() {
        let (method, path) = operation.split_once(' ').unwrap();
        let part = |part: &str| if part.starts_with('{') { part.trim_matches(['{', '}']).to_uppercase() } else { part.to_owned() };
        let path = path.split('/').map(part).collect::<Vec<_>>().join("/");
        assert!(page.contains(&format!("{} {path}", method.to_uppercase())), "{operation}");
    }
    assert!(page.contains("problem-invalid-answers") && !page.contains("<script src=\"http"));
}
