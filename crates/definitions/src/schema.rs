//! # The published schema
//!
//! A JSON Schema of the language, made of the same table that reading and lowering use ([`crate::keys`]). Editors that know
//! JSON Schema complete keys and underline what is misspelt while a procedure is written.
//!
//! A file of a town may be an overlay that says three lines of a whole: so no key is required here, and `~` stands everywhere.
//! What is missing in the end is for [`mod@crate::check`] to say.

use serde_json::{Map, Value as Json, json};

use crate::keys::{self, DOCUMENTS, Form, KINDS, Key, Shape, TRANSLATION_FILE, VERBS};

/// As [`crate::inventory::InventoryId`] reads it.
const INVENTORY_ID: &str = "^([1-9][0-9]{0,6}|D?P[0-9]{8})$";

/// The schema as JSON.
pub fn schema() -> String {
    let mut defs = Map::new();
    for form in keys::forms() {
        defs.insert(form.name.to_owned(), form_schema(form));
    }
    defs.insert("field".to_owned(), json!({ "oneOf": KINDS.iter().map(|(_, form)| reference(form)).collect::<Vec<_>>() }));
    defs.insert("column".to_owned(), json!({ "oneOf": column_forms().map(reference).collect::<Vec<_>>() }));
    defs.insert("verb".to_owned(), json!({ "oneOf": VERBS.iter().map(|(_, form)| reference(form)).collect::<Vec<_>>() }));
    let mut documents: Vec<Json> = DOCUMENTS.iter().filter(|document| document.single).map(|document| reference(document.form)).collect();
    documents.extend(DOCUMENTS.iter().find(|document| !document.single).map(|document| reference(document.form)));
    documents.push(reference(&TRANSLATION_FILE));
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Yakuba: a town's folder",
        "description": "まちのフォルダの YAML。値はどれも文として読まれ、キーごとに決まった形で解釈される。",
        "oneOf": documents,
        "$defs": Json::Object(defs),
    });
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn column_forms() -> impl Iterator<Item = &'static Form> {
    keys::kind_words(true).into_iter().filter_map(|word| keys::kind_form(word, true))
}

fn reference(form: &Form) -> Json {
    json!({ "$ref": format!("#/$defs/{}", form.name) })
}

fn form_schema(form: &'static Form) -> Json {
    let mut properties = Map::new();
    for key in form.all() {
        properties.insert(key.name.to_owned(), key_schema(form, key));
    }
    // Overlays place what they add.
    if !properties.contains_key("after") {
        properties.insert("after".to_owned(), json!({ "type": "string", "description": "重ねるとき、同じ組のこの id のすぐ後に置く" }));
    }
    let others = form.others.map_or(json!(false), shape_schema);
    json!({ "description": form.says, "type": ["object", "null"], "properties": Json::Object(properties), "additionalProperties": others })
}

fn key_schema(form: &'static Form, key: &'static Key) -> Json {
    let mut schema = match form_word(form).filter(|_| key.name == "kind") {
        Some(word) => json!({ "const": word }),
        None => shape_schema(key.shape),
    };
    if let Json::Object(map) = &mut schema {
        let needed = if key.required { "（必須）" } else { "" };
        map.insert("description".to_owned(), json!(format!("{}{needed}", key.says)));
    }
    schema
}

/// The word for `kind:` of a form of a field or column.
fn form_word(form: &'static Form) -> Option<&'static str> {
    keys::kind_words(true).into_iter().find(|word| keys::kind_form(word, true).is_some_and(|known| known.name == form.name))
}

fn scalar(pattern: &str) -> Json {
    // Editors read `012` and `5` as numbers and `2026-11-24` as they like; all of them are text here.
    json!({ "type": ["string", "number", "boolean", "null"], "pattern": pattern })
}

fn shape_schema(shape: Shape) -> Json {
    match shape {
        Shape::Words | Shape::Line => json!({ "type": ["string", "number", "boolean", "null"] }),
        Shape::Condition => json!({ "type": ["string", "number", "boolean", "null"], "x-cel": true }),
        Shape::Id => scalar("^[a-z][a-z0-9_]{0,63}$"),
        Shape::InventoryId => scalar(INVENTORY_ID),
        Shape::Number => json!({ "type": ["integer", "null"] }),
        Shape::YesNo => json!({ "enum": ["yes", "no", true, false, null] }),
        Shape::YesOrWhyNot => json!({ "type": ["string", "boolean", "null"] }),
        Shape::YesWhyNotOrForm(form) => json!({ "anyOf": [shape_schema(Shape::YesOrWhyNot), reference(form)] }),
        Shape::Period => scalar("^[1-9][0-9]* (business )?(days?|months?)$"),
        Shape::PeriodOrNone => scalar("^(none|[1-9][0-9]* (business )?(days?|months?))$"),
        Shape::PeriodOrNamed => scalar("^(none|named|[1-9][0-9]* (business )?(days?|months?))$"),
        Shape::FiscalYears => scalar("^[1-9][0-9]* fiscal years?$"),
        Shape::Day => scalar("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        Shape::Moment => scalar("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"),
        Shape::Range => scalar("^[0-9]+\\.\\.[0-9]+$"),
        Shape::OneOf(words) => json!({ "enum": words.iter().map(|word| json!(word)).chain([Json::Null]).collect::<Vec<_>>() }),
        Shape::List(inner) => json!({ "type": ["array", "null"], "items": shape_schema(*inner) }),
        Shape::OneOrList(inner) => json!({ "anyOf": [shape_schema(*inner), { "type": "array", "items": shape_schema(*inner) }] }),
        Shape::Map(inner) => map_schema("^[a-z][a-z0-9_]{0,63}$", shape_schema(*inner)),
        Shape::DayMap(inner) => map_schema("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", shape_schema(*inner)),
        Shape::InventoryMap(inner) => map_schema(INVENTORY_ID, shape_schema(*inner)),
        Shape::Options => json!({ "anyOf": [
            { "type": "array", "items": shape_schema(Shape::Id) },
            map_schema("^[a-z][a-z0-9_]{0,63}$", shape_schema(Shape::Words)),
        ] }),
        Shape::Form(form) => reference(form),
        Shape::WordOrForm(words, form) => json!({ "anyOf": [{ "enum": words }, reference(form)] }),
        Shape::Field => json!({ "$ref": "#/$defs/field" }),
        Shape::Column => json!({ "$ref": "#/$defs/column" }),
        Shape::Verb => json!({ "$ref": "#/$defs/verb" }),
        Shape::Anything => json!({}),
    }
}

fn map_schema(keys: &str, values: Json) -> Json {
    json!({ "type": ["object", "null"], "propertyNames": { "pattern": keys }, "additionalProperties": values })
}
