//! A JSON body: bounded, UTF-8, without NUL, an object.

use axum::{
    body::{self, Body},
    http::{HeaderMap, header},
};
use serde_json::{Map, Value};

use crate::problem::{self, Problem, Wrong};

/// Largest JSON body: what a form may hold, and the names around it.
pub(crate) const JSON_BYTES_MAX: usize = 3 << 20;

/// Reads a body as a JSON object.
///
/// # Errors
/// When it is too large, says that it is something else, or is no JSON object of texts that a store can keep.
pub(crate) async fn object(headers: &HeaderMap, body: Body, most: usize) -> Result<Map<String, Value>, Problem> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if media != "application/json" {
        return Err(problem::MEDIA_TYPE.into());
    }
    let bytes = body::to_bytes(body, most).await.map_err(|_| Problem::from(problem::TOO_LARGE))?;
    parsed(&bytes)
}

fn parsed(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    let malformed = || Problem::from(problem::MALFORMED);
    let text = std::str::from_utf8(bytes).map_err(|_| malformed().with("reason", "utf-8"))?;
    let value: Value = serde_json::from_str(text)
        .map_err(|error| malformed().with("reason", "json").with("line", error.line()).with("column", error.column()))?;
    if holds_nul(&value) {
        return Err(malformed().with("reason", "nul"));
    }
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(malformed().with("reason", "object")),
    }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(several) => several.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

/// The one member that must be a text.
///
/// # Errors
/// When it is missing or none.
pub(crate) fn text<'m>(members: &'m Map<String, Value>, name: &str, say: impl Fn(&str) -> String) -> Result<&'m str, Problem> {
    members.get(name).and_then(Value::as_str).ok_or_else(|| {
        let detail = say("api-body-text");
        Problem::wrong(problem::INVALID, vec![Wrong { pointer: format!("/{name}"), code: "api-body-text".to_owned(), detail }])
    })
}

/// Members that nobody knows are mistakes: a misspelt one would be passed over in silence.
///
/// # Errors
/// When there is one.
pub(crate) fn only(members: &Map<String, Value>, known: &[&str], say: impl Fn(&str) -> String) -> Result<(), Problem> {
    let unknown = members.keys().filter(|name| !known.contains(&name.as_str()));
    let errors: Vec<Wrong> = unknown
        .map(|name| Wrong {
            pointer: format!("/{}", crate::pointer::escaped(name)),
            code: "api-body-unknown".to_owned(),
            detail: say("api-body-unknown"),
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Problem::wrong(problem::INVALID, errors)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_object_of_storable_texts_is_refused_with_its_reason() {
        for (bytes, why) in [
            (&b"\xff\xfe"[..], "utf-8"),
            (b"{", "json"),
            (b"", "json"),
            (b"[]", "object"),
            (b"null", "object"),
            (br#"{"a":"x\u0000"}"#, "nul"),
            (br#"{"a\u0000":1}"#, "nul"),
            (br#"{"a":[{"b":"\u0000"}]}"#, "nul"),
        ] {
            let problem = parsed(bytes).unwrap_err();
            assert_eq!(problem.more.first().map(|(_, value)| value.as_str().unwrap().to_owned()).as_deref(), Some(why));
        }
        let deep = format!("{}1{}", r#"{"a":"#.repeat(1000), "}".repeat(1000));
        assert!(parsed(deep.as_bytes()).is_err(), "nested deeper than anybody means");
        assert!(parsed(br#"{"a":"x"}"#).is_ok());
    }
}
