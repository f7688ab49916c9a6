//! OpenAPI 3.1 of what programs may ask, in the language asked for. A test holds it against the routes that are mounted and against what they
//! answer.

mod components;
mod operations;

use access::{PortalFace, program::Scope};
use axum::{http::StatusCode, response::Response};
use serde_json::{Map, Value, json};
use ui::parts::Say;

pub(crate) use operations::{OPERATIONS, Operation};

use crate::{
    ask::{self, Ask},
    problem,
};

pub(crate) async fn show(ask: Ask<PortalFace>) -> Response {
    let name = ask.plain(&ask.town.name);
    let body = document(ask.say(), &name);
    ask.answer(Ok(ask::json(StatusCode::OK, &body)))
}

/// The whole description.
pub fn document(say: Say<'_>, town: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in OPERATIONS {
        let entry = paths.entry(operation.path).or_insert_with(|| json!({ "parameters": parameters(operation.path) }));
        entry[operation.method] = described(say, operation);
    }
    let tags = ["public", "drafts", "cases", "desk"].map(|tag| json!({ "name": tag }));
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": say.text("api-title-of", &[("town", town.into())]),
            "version": "1",
            "description": say.text("api-lead", &[]),
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": { "program": { "type": "http", "scheme": "bearer", "description": say.text("api-token-lead", &[]) } },
            "schemas": components::schemas(),
            "responses": { "Problem": {
                "description": say.text("api-errors-lead", &[]),
                "content": { (problem::MEDIA): { "schema": { "$ref": "#/components/schemas/Problem" } } },
            } },
        },
    })
}

fn parameters(path: &str) -> Value {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })).collect()
}

fn described(say: Say<'_>, operation: &Operation) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "summary": say.text(operation.words, &[]),
        "tags": [operation.tag],
        "responses": {
            (operation.status.to_string()): answered(operation),
            "default": { "$ref": "#/components/responses/Problem" },
        },
    });
    if let Some(scope) = operation.scope {
        described["security"] = json!([{ "program": [] }]);
        described["x-scope"] = scope.code().into();
    } else {
        described["security"] = json!([]);
    }
    if !operation.headers.is_empty() {
        let header =
            |(name, required): &(&str, bool)| json!({ "name": name, "in": "header", "required": required, "schema": { "type": "string" } });
        described["parameters"] = operation.headers.iter().map(header).collect();
    }
    if !operation.query.is_empty() {
        let query = |name: &&str| json!({ "name": name, "in": "query", "schema": { "type": "string" } });
        let headers = described["parameters"].as_array().cloned().unwrap_or_default();
        described["parameters"] = headers.into_iter().chain(operation.query.iter().map(query)).collect();
    }
    match operation.body {
        Some("binary") => {
            let bytes = json!({ "schema": { "type": "string", "format": "binary" } });
            described["requestBody"] = json!({ "required": true, "content": { "application/octet-stream": bytes } });
        }
        Some(schema) => {
            let mut content = json!({ "schema": { "$ref": format!("#/components/schemas/{schema}") } });
            if let Some(example) = components::example(schema) {
                content["example"] = example;
            }
            described["requestBody"] = json!({ "required": true, "content": { "application/json": content } });
        }
        None => {}
    }
    described
}

fn answered(operation: &Operation) -> Value {
    let mut answered = json!({ "description": operation.id });
    match operation.answer {
        Some("text/html") => answered["content"] = json!({ "text/html": {} }),
        Some(schema) => {
            let mut content = json!({ "schema": { "$ref": format!("#/components/schemas/{schema}") } });
            if let Some(example) = components::example(schema) {
                content["example"] = example;
            }
            answered["content"] = json!({ "application/json": content });
        }
        None => {}
    }
    answered
}

/// The scopes with what they open, for the readable page and the desk.
pub(crate) fn scope_words(scope: Scope) -> &'static str {
    match scope {
        Scope::DraftsWrite => "api-scope-drafts-write",
        Scope::CasesFile => "api-scope-cases-file",
        Scope::CasesReadOwn => "api-scope-cases-read-own",
        Scope::CorrespondenceWrite => "api-scope-correspondence-write",
        Scope::CasesDecidedRead => "api-scope-cases-decided-read",
        Scope::ResultsWrite => "api-scope-results-write",
    }
}
