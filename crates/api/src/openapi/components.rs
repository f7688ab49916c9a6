//! The schemas of bodies and answers, with an example where one helps. The answers of a procedure have a schema of their own, which
//! `GET /api/v1/procedures/{procedure}` gives.

use serde_json::{Value, json};

/// An object with these members, all of them there.
fn object(members: Value) -> Value {
    let required: Vec<String> = members.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    json!({ "type": "object", "properties": members, "required": required })
}

/// The same, of which only these must be there, and no others may.
fn closed(members: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": members, "required": required, "additionalProperties": false })
}

fn list(of: &str) -> Value {
    json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{of}") } })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn maybe() -> Value {
    json!({ "type": ["string", "null"] })
}

fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn flag() -> Value {
    json!({ "type": "boolean" })
}

fn texts() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}

fn open() -> Value {
    json!({ "type": "object" })
}

fn reference(of: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{of}") })
}

fn brief() -> Value {
    json!({
        "id": text(), "version": text(), "title": text(), "summary": text(),
        "department": object(json!({ "id": text(), "name": maybe(), "phone": text() })),
        "channels": reference("Channels"), "applicant": object(json!({ "identity": text(), "session": text() })),
        "may_be_filed_by_programs": flag(), "fee": { "type": ["object", "null"] }, "minutes": { "type": "integer" }, "href": text(),
    })
}

fn whole() -> Value {
    let mut members = brief();
    members["needs"] = texts();
    members["pages"] = json!({ "type": "array", "items": open() });
    members["rules"] = json!({ "type": "array", "items": open() });
    members["options"] = open();
    members["answers"] = open();
    members
}

/// All of them.
pub(super) fn schemas() -> Value {
    let way = || json!({ "type": "object", "properties": { "open": flag(), "why": text() }, "required": ["open"] });
    json!({
        "OpenApi": open(),
        "Wrong": object(json!({ "pointer": text(), "code": text(), "detail": text() })),
        "Problem": {
            "type": "object",
            "properties": {
                "type": text(), "title": text(), "status": { "type": "integer" }, "detail": text(), "errors": list("Wrong"),
            },
            "required": ["type", "title", "status", "detail"],
        },
        "Channels": object(json!({ "online": way(), "counter": way(), "paper": way(), "page": text() })),
        "Brief": object(brief()),
        "Procedures": object(json!({ "procedures": list("Brief") })),
        "Procedure": object(whole()),
        "Answering": closed(json!({ "answers": open() }), &["answers"]),
        "Evaluation": object(json!({
            "version": text(), "may_be_filed": flag(), "wrong": list("Wrong"), "warned": list("Wrong"), "asked": texts(),
            "documents_asked": texts(), "documents_may_follow": texts(),
        })),
        "Beginning": closed(json!({ "procedure": text(), "answers": open(), "language": text() }), &["procedure"]),
        "Document": object(json!({ "file": text(), "name": text(), "media": text(), "bytes": { "type": "integer" } })),
        "Draft": object(json!({
            "id": text(), "procedure": text(), "language": text(), "answers": open(), "documents": open(), "touched_at": moment(),
            "evaluation": reference("Evaluation"),
        })),
        "Offer": closed(json!({ "name": text(), "size": { "type": "integer", "minimum": 1 }, "key": text() }), &["name", "size", "key"]),
        "Filing": {
            "oneOf": [
                closed(
                    json!({ "procedure": text(), "answers": open(), "version": text(), "language": text() }),
                    &["procedure", "answers"],
                ),
                closed(json!({ "draft": text(), "version": text() }), &["draft"]),
            ],
        },
        "Receipt": object(json!({
            "number": text(), "shown": text(), "secret": text(), "procedure": text(), "version": text(), "filed_at": moment(),
            "hear_by": maybe(), "status_page": text(),
        })),
        "Status": object(json!({
            "number": text(), "shown": text(), "procedure": text(), "version": text(), "title": text(), "state": text(),
            "is_open": flag(), "filed_at": moment(), "hear_by": maybe(), "step": maybe(),
            "department": object(json!({ "id": text(), "name": maybe(), "phone": text() })),
            "answers": open(), "story": { "type": "array", "items": object(json!({ "at": moment(), "by": text(), "what": text() })) },
            "letters": { "type": "array", "items": open() }, "status_page": text(),
        })),
        "Messages": object(json!({
            "number": text(),
            "messages": { "type": "array", "items": object(json!({ "at": moment(), "by": text(), "text": text() })) },
        })),
        "Writing": closed(json!({ "text": text() }), &["text"]),
        "Decided": object(json!({
            "cases": { "type": "array", "items": object(json!({
                "number": text(), "receipt_number": text(), "procedure": text(), "version": text(), "department": text(),
                "channel": text(), "filed_at": moment(), "decided_at": moment(), "answers": open(), "outcome": text(),
                "decided_on": { "type": "string", "format": "date" }, "reason": text(), "details": open(),
            })) },
            "next": text(), "more": flag(),
        })),
        "Result": closed(json!({ "name": text(), "value": text() }), &["name", "value"]),
        "Brought": object(json!({ "number": text(), "at": moment() })),
        "WebhookAt": closed(json!({ "url": { "type": "string", "format": "uri" } }), &["url"]),
        "WebhookSet": object(json!({ "url": text(), "secret": text() })),
        "Webhook": object(json!({
            "url": text(),
            "gone_at": maybe(),
            "events": { "type": "array", "items": object(json!({
                "id": text(), "type": text(), "number": text(), "at": moment(), "state": { "enum": ["waiting", "sent", "dead"] },
                "sent_at": maybe(), "tries": { "type": "integer" }, "error": maybe(),
            })) },
        })),
        "Replay": closed(json!({ "event": text(), "from": moment(), "until": moment() }), &[]),
        "Replayed": object(json!({ "replayed": { "type": "integer" } })),
        "Correction": closed(json!({ "answers": open(), "documents": open(), "told": texts() }), &[]),
    })
}

/// An example of a schema.
pub(super) fn example(schema: &str) -> Option<Value> {
    Some(match schema {
        "Answering" => json!({ "answers": { "name": { "family": "佐藤", "given": "花子" }, "born": "1990-04-01" } }),
        "Beginning" => json!({ "procedure": "disclosure", "answers": { "requester": "person" }, "language": "ja" }),
        "Offer" => json!({ "name": "見取図.pdf", "size": 734_003, "key": "4f1c" }),
        "Filing" => json!({ "procedure": "disclosure", "answers": { "requester": "person", "documents": "議会の議事録" } }),
        "WebhookAt" => json!({ "url": "https://example.jp/hooks/town" }),
        "Replay" => json!({ "from": "2026-11-24T00:00:00Z", "until": "2026-11-25T00:00:00Z" }),
        "Result" => json!({ "name": "宛名番号", "value": "0012345678" }),
        "Writing" => json!({ "text": "面談の日を変えたいのですが。" }),
        "Correction" => json!({ "answers": { "documents": "令和8年の議会の議事録" } }),
        "Messages" => {
            json!({ "number": "K7P4M29", "messages": [{ "at": "2026-11-24T01:48:00Z", "by": "office", "text": "いつの分が要りますか。" }] })
        }
        "Receipt" => json!({
            "number": "K7P4M29", "shown": "K7P-4M2-9", "secret": "7KQP-M3XA", "procedure": "disclosure", "version": "5d1f",
            "filed_at": "2026-11-24T01:48:00Z", "hear_by": "2026-12-08", "status_page": "/status/K7P4M29",
        }),
        "Document" => json!({ "file": "9f86d081884c7d65", "name": "見取図.pdf", "media": "application/pdf", "bytes": 734_003 }),
        "Problem" => json!({
            "type": "/api#problem-invalid-answers", "title": "答えに直すところがあります", "status": 422,
            "detail": "下の「errors」の項目を直して、もう一度送ってください。",
            "errors": [{ "pointer": "/answers/name", "code": "kind-required", "detail": "「お名前」を入力してください" }],
        }),
        _ => return None,
    })
}
