//! What is refused, and how it is said: tokens, scopes, bounds, bodies.

mod world;

use std::time::Duration;

use access::program::Scope;
use serde_json::json;
use store::testing::Place;
use world::{World, ask, filing, hanako};

#[test]
fn who_is_not_known_gets_401_and_who_may_not_403() {
    let w = World::new(&Place::sqlite());
    let (id, token) = w.program(&[Scope::CasesReadOwn], &[]);
    let post =
        || ask("POST", "/api/v1/cases").with("idempotency-key", "k").json(&json!({ "procedure": "paper_request", "answers": hanako() }));
    let none = w.send(post());
    assert_eq!(none.header("www-authenticate"), "Bearer realm=\"yakuba\"");
    none.problem(401, "no-token");
    // A cookie opens nothing, whoever's it is.
    w.send(post().with("cookie", &format!("yakuba={token}; yakuba-desk={token}"))).problem(401, "no-token");
    w.send(post().with("authorization", "Basic eWs6eWs=")).problem(401, "no-token");
    for wrong in ["x", "", "yk_0_0", &token[..token.len() - 1], &format!("{token}x"), &token.to_uppercase()] {
        let came = w.send(post().token(wrong));
        assert_eq!(came.header("www-authenticate"), "Bearer realm=\"yakuba\", error=\"invalid_token\"");
        came.problem(401, "invalid-token");
    }
    w.send(post().token(&token).token(&token)).problem(401, "no-token");
    let came = w.send(post().token(&token));
    assert_eq!(came.header("www-authenticate"), "Bearer realm=\"yakuba\", error=\"insufficient_scope\", scope=\"cases:file\"");
    assert_eq!(came.problem(403, "insufficient-scope")["scope"], "cases:file");
    assert_eq!(w.count("own_case"), 0);
    w.revoke(id);
    w.send(ask("GET", "/api/v1/cases/K7P4M29").token(&token)).problem(401, "invalid-token");
}

#[test]
fn a_token_ends_with_its_last_day() {
    let w = World::new(&Place::sqlite());
    let token = w.able();
    w.send(filing(&token, "before", &hanako())).is(201);
    w.clock.advance(Duration::from_secs(200 * 86_400));
    w.send(filing(&token, "after", &hanako())).problem(401, "invalid-token");
}

#[test]
fn a_program_stays_within_its_procedures() {
    let w = World::new(&Place::sqlite());
    let (_, token) = w.program(&[Scope::DraftsWrite, Scope::CasesFile], &["tree_request"]);
    w.send(filing(&token, "k", &hanako())).problem(403, "out-of-bounds");
    w.send(ask("POST", "/api/v1/drafts").token(&token).json(&json!({ "procedure": "paper_request" }))).problem(403, "out-of-bounds");
    assert_eq!((w.count("own_case"), w.count("case_draft")), (0, 0));
}

#[test]
fn another_programs_case_and_draft_are_not_there() {
    let w = World::new(&Place::sqlite());
    let (mine, theirs) = (w.able(), w.able());
    let number = w.send(filing(&mine, "k", &hanako())).is(201).json()["number"].as_str().unwrap().to_owned();
    let draft = w.send(ask("POST", "/api/v1/drafts").token(&mine).json(&json!({ "procedure": "paper_request" }))).is(201).json();
    let draft = format!("/api/v1/drafts/{}", draft["id"].as_str().unwrap());
    let case = format!("/api/v1/cases/{number}");
    let answers = json!({ "answers": {} });
    for asking in [
        ask("GET", &case),
        ask("GET", &format!("{case}/messages")),
        ask("POST", &format!("{case}/messages")).json(&json!({ "text": "x" })),
        ask("POST", &format!("{case}/correction")).json(&answers),
        ask("POST", &format!("{case}/withdrawal")),
        ask("GET", &draft),
        ask("DELETE", &draft),
        ask("PUT", &format!("{draft}/answers")).json(&answers),
        ask("POST", &format!("{draft}/documents/sketches")).bytes(&b"%PDF-1.7\n"[..]),
        ask("POST", &format!("{draft}/uploads/sketches")).json(&json!({ "name": "a.pdf", "size": 9, "key": "a" })),
        ask("GET", "/api/v1/cases/K7P4M29"),
        ask("GET", "/api/v1/cases/%FF%FE"),
        ask("GET", "/api/v1/drafts/nothing"),
    ] {
        w.send(asking.token(&theirs)).problem(404, "not-found");
    }
    w.send(ask("POST", "/api/v1/cases").token(&theirs).with("idempotency-key", "d").json(&json!({ "draft": &draft[15..] })))
        .problem(404, "not-found");
    assert_eq!(w.send(ask("GET", &case).token(&mine)).is(200).json()["state"], "filed");
}

#[test]
fn bodies_that_nobody_can_read_are_refused_with_their_reason() {
    let w = World::new(&Place::sqlite());
    let token = w.able();
    let post = |bytes: Vec<u8>| {
        w.send(
            ask("POST", "/api/v1/cases").token(&token).with("idempotency-key", "k").with("content-type", "application/json").bytes(bytes),
        )
    };
    assert_eq!(post(b"\xff\xfe{}".to_vec()).problem(400, "malformed")["reason"], "utf-8");
    assert_eq!(post(b"{\"procedure\":".to_vec()).problem(400, "malformed")["reason"], "json");
    assert_eq!(post(b"[]".to_vec()).problem(400, "malformed")["reason"], "object");
    let nul = br#"{"procedure":"paper_request","answers":{"name":"a\u0000b"}}"#;
    assert_eq!(post(nul.to_vec()).problem(400, "malformed")["reason"], "nul");
    post(Vec::new()).problem(400, "malformed");
    post(vec![b' '; 4 << 20]).problem(413, "too-large");
    let body = json!({ "procedure": "paper_request", "answers": hanako() });
    w.send(ask("POST", "/api/v1/cases").token(&token).with("idempotency-key", "k").bytes(body.to_string().into_bytes()))
        .problem(415, "unsupported-media");
    w.send(ask("POST", "/api/v1/cases").token(&token).json(&body)).problem(400, "key-missing");
    w.send(ask("POST", "/api/v1/cases").token(&token).with("idempotency-key", &"k".repeat(201)).json(&body)).problem(400, "key-missing");
    let misspelt = json!({ "procedure": "paper_request", "answer": {} });
    let problem =
        w.send(ask("POST", "/api/v1/cases").token(&token).with("idempotency-key", "k").json(&misspelt)).problem(422, "invalid-body");
    assert_eq!(world::pointers(&problem), ["/answer"]);
    w.send(ask("POST", "/api/v1/cases").token(&token).with("idempotency-key", "k").json(&json!({ "answers": {} })))
        .problem(422, "invalid-body");
    assert_eq!(w.count("program_case"), 0);
}

#[test]
fn addresses_and_methods_that_are_not_there_are_problems_and_no_pages() {
    let w = World::new(&Place::sqlite());
    w.send(ask("GET", "/api/v2/procedures")).problem(404, "not-found");
    w.send(ask("GET", "/api/v1/procedures/nothing")).problem(404, "not-found");
    w.send(ask("PUT", "/api/v1/procedures")).problem(405, "method-not-allowed");
    w.send(ask("DELETE", "/api/v1/cases")).problem(405, "method-not-allowed");
}

#[test]
fn what_needs_the_person_names_the_other_ways() {
    let w = World::new(&Place::sqlite());
    let token = w.able();
    let town = w.portal.town.current();
    let mut refused = 0;
    for procedure in town.procedures.values() {
        let begun = w.send(ask("POST", "/api/v1/drafts").token(&token).json(&json!({ "procedure": procedure.id.to_string() })));
        let listed = w.send(ask("GET", &format!("/api/v1/procedures/{}", procedure.id))).is(200).json();
        assert_eq!(listed["may_be_filed_by_programs"], begun.status == 201, "{}", procedure.id);
        if begun.status != 201 {
            refused += 1;
            let name = if begun.status == 403 { "not-known-surely" } else { "not-offered" };
            let status = begun.status;
            let problem = begun.problem(status, name);
            assert!(problem["channels"]["counter"]["open"].is_boolean(), "{problem}");
            assert!(!problem["detail"].as_str().unwrap().is_empty());
        }
    }
    assert!(refused > 0, "the test town has a procedure that programs cannot file");
}

#[test]
fn the_page_of_programs_is_for_those_who_look_after_the_directory() {
    let w = World::new(&Place::sqlite());
    // Nobody is signed in: the desk asks to sign in and shows nothing.
    let came = w.send(ask("GET", "/desk/programs"));
    assert!(came.status == 303 || came.status == 401, "{}", came.status);
    let (_, token) = w.program(&[Scope::CasesDecidedRead], &["paper_request"]);
    assert!(w.send(ask("GET", "/desk/programs").token(&token)).status != 200, "a program is no clerk");
}
