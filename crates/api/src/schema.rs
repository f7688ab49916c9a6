//! The JSON Schema (draft 2020-12) of a procedure's answers, from its definition.
//!
//! It says what can be said of one answer alone: types, bounds, options, what is always asked. What depends on other answers, on the day or on
//! what the town knows is named in words of our own, which validators pass over: `x-when` is the condition as the author wrote it (CEL),
//! `x-required` that an answer is due whenever the question is asked, `x-options-from` the register whose records may be chosen. The last word
//! has `POST …/evaluate`.

use definitions::{
    condition::Condition,
    field::{Field, Kind, Options},
    ids::FieldId,
    procedure::{Page, Procedure},
    text::{Language, Text},
    town::Town,
};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

/// Whose words a schema speaks.
pub(crate) struct Speaking<'t> {
    pub(crate) town: &'t Town,
    pub(crate) language: Language,
}

impl Speaking<'_> {
    pub(crate) fn plain(&self, text: &Text) -> String {
        ui::words::ruby::plain(self.town.say(text, self.language))
    }
}

/// The schema of all answers of a procedure.
pub(crate) fn of(speaking: &Speaking<'_>, procedure: &Procedure) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for page in procedure.pages.values() {
        for field in page.fields.values().filter(|field| !matches!(field.kind, Kind::Note)) {
            if is_always_due(page, field) {
                required.push(field.id.to_string());
            }
            let mut schema = of_field(speaking, field);
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("x-page".into(), page.id.to_string().into());
                put_when(schema, [page.when.as_ref(), field.when.as_ref()]);
            }
            properties.insert(field.id.to_string(), schema);
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:yakuba:{}:{}:{}", speaking.town.id, procedure.id, procedure.version.0),
        "title": speaking.plain(&procedure.title),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// Documents are not among the answers: they are uploaded.
fn is_always_due(page: &Page, field: &Field) -> bool {
    field.required && page.when.is_none() && field.when.is_none() && !matches!(field.kind, Kind::Files { .. })
}

fn put_when(schema: &mut Map<String, Value>, conditions: [Option<&Condition>; 2]) {
    let said: Vec<&str> = conditions.into_iter().flatten().map(|condition| condition.source.as_str()).collect();
    match said.as_slice() {
        [] => {}
        [one] => drop(schema.insert("x-when".into(), (*one).into())),
        several => {
            let joined: Vec<String> = several.iter().map(|one| format!("({one})")).collect();
            schema.insert("x-when".into(), joined.join(" && ").into());
        }
    }
}

fn of_field(speaking: &Speaking<'_>, field: &Field) -> Value {
    let mut schema = Map::new();
    schema.insert("title".into(), speaking.plain(&field.label).into());
    if let Some(hint) = &field.hint {
        schema.insert("description".into(), speaking.plain(hint).into());
    }
    if let Value::Object(kind) = of_kind(speaking, &field.kind) {
        schema.extend(kind);
    }
    schema.insert("x-kind".into(), field.kind.word().into());
    schema.insert("x-required".into(), field.required.into());
    Value::Object(schema)
}

fn of_kind(speaking: &Speaking<'_>, kind: &Kind) -> Value {
    match kind {
        Kind::Text { at_most, pattern: None } | Kind::LongText { at_most } => json!({ "type": "string", "maxLength": at_most }),
        Kind::Text { at_most, pattern: Some(pattern) } => json!({
            "type": "string",
            "maxLength": at_most,
            "pattern": format!("^(?:{})$", pattern.source()),
            "x-pattern-says": speaking.plain(&pattern.says),
        }),
        Kind::Kana | Kind::Phone => json!({ "type": "string" }),
        Kind::Mail => json!({ "type": "string", "format": "email" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Number { at_least, at_most, unit } => {
            let mut schema = bounded(json!({ "type": "integer" }), "minimum", at_least.map(Value::from));
            schema = bounded(schema, "maximum", at_most.map(Value::from));
            bounded(schema, "x-unit", unit.as_ref().map(|unit| speaking.plain(unit).into()))
        }
        Kind::Decimal { places, at_least, at_most, unit } => {
            let mut schema = json!({ "type": "string", "pattern": format!("^-?[0-9]+(\\.[0-9]{{1,{places}}})?$") });
            schema = bounded(schema, "x-minimum", at_least.map(|least| least.to_string().into()));
            schema = bounded(schema, "x-maximum", at_most.map(|most| most.to_string().into()));
            bounded(schema, "x-unit", unit.as_ref().map(|unit| speaking.plain(unit).into()))
        }
        Kind::Money => json!({ "type": "integer", "minimum": 0, "x-unit": "JPY" }),
        Kind::Choice { options, .. } => of_options(speaking, options),
        Kind::Choices { options, at_least, at_most } => {
            let several = json!({ "type": "array", "items": of_options(speaking, options), "uniqueItems": true, "minItems": at_least });
            bounded(several, "maxItems", at_most.map(Value::from))
        }
        Kind::Ranked { options, at_most } => {
            json!({ "type": "array", "items": of_options(speaking, options), "uniqueItems": true, "maxItems": at_most, "x-ordered": true })
        }
        Kind::YesNo => json!({ "type": "boolean" }),
        Kind::Consent => json!({ "const": true }),
        Kind::PersonName => json!({ "anyOf": [{ "type": "string" }, parts(&["family", "given"], &["family"])] }),
        Kind::Place => json!({
            "type": "object",
            "properties": {
                "words": { "type": "string", "maxLength": 200 },
                "position": { "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?,[0-9]+(\\.[0-9]+)?$" },
            },
            "minProperties": 1,
            "additionalProperties": false,
        }),
        Kind::Address => parts(&["postal_code", "line", "building"], &["line"]),
        Kind::HouseholdMember { .. } => {
            let mut member = parts(&["name", "kana", "born"], &["name", "born"]);
            member["properties"]["born"]["format"] = "date".into();
            member
        }
        Kind::BankAccount => json!({ "oneOf": [bank(), post_bank()] }),
        Kind::IndividualNumber { .. } => json!({ "type": "string", "pattern": "^[0-9]{12}$", "writeOnly": true }),
        Kind::Files { at_most, later_days } => {
            let files = json!({ "type": "array", "maxItems": at_most, "readOnly": true, "items": { "type": "object" }, "x-upload": true });
            bounded(files, "x-later-days", later_days.map(Value::from))
        }
        Kind::Signature => json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "array" } }] }),
        Kind::Note => json!({}),
        Kind::Group { each, at_least, at_most, fields } => json!({
            "type": "array",
            "minItems": at_least,
            "maxItems": at_most,
            "items": row(speaking, each, fields),
        }),
    }
}

fn row(speaking: &Speaking<'_>, each: &Text, fields: &IndexMap<FieldId, Field>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields.values().filter(|field| !matches!(field.kind, Kind::Note)) {
        if field.required && field.when.is_none() && !matches!(field.kind, Kind::Files { .. }) {
            required.push(field.id.to_string());
        }
        let mut schema = of_field(speaking, field);
        if let Some(schema) = schema.as_object_mut() {
            put_when(schema, [None, field.when.as_ref()]);
        }
        properties.insert(field.id.to_string(), schema);
    }
    json!({ "title": speaking.plain(each), "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn of_options(speaking: &Speaking<'_>, options: &Options) -> Value {
    match options {
        Options::Listed(listed) => {
            let each = listed.iter().map(|(id, text)| json!({ "const": id.to_string(), "title": speaking.plain(text) }));
            json!({ "type": "string", "oneOf": each.collect::<Vec<_>>() })
        }
        Options::Register { register, .. } => json!({ "type": "string", "x-options-from": register.to_string() }),
    }
}

fn parts(names: &[&str], required: &[&str]) -> Value {
    let properties: Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn bank() -> Value {
    json!({
        "type": "object",
        "properties": {
            "kind": { "const": "bank" },
            "bank": { "type": "string", "pattern": "^[0-9]{4}$" },
            "branch": { "type": "string", "pattern": "^[0-9]{3}$" },
            "deposit": { "enum": ["ordinary", "current", "savings"] },
            "number": { "type": "string", "pattern": "^[0-9]{1,7}$" },
            "holder": { "type": "string" },
        },
        "required": ["kind", "bank", "branch", "deposit", "number", "holder"],
        "additionalProperties": false,
    })
}

fn post_bank() -> Value {
    json!({
        "type": "object",
        "properties": {
            "kind": { "const": "post" },
            "symbol": { "type": "string", "pattern": "^[0-9]{5}$" },
            "number": { "type": "string", "pattern": "^[0-9]{1,8}$" },
            "holder": { "type": "string" },
        },
        "required": ["kind", "symbol", "number", "holder"],
        "additionalProperties": false,
    })
}

fn bounded(mut schema: Value, name: &str, bound: Option<Value>) -> Value {
    if let (Some(bound), Some(schema)) = (bound, schema.as_object_mut()) {
        schema.insert(name.to_owned(), bound);
    }
    schema
}
