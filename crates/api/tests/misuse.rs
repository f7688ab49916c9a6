//! Programs that ask for what they may not, in the wrong order, or again: each is told so by problem details, and nothing happens.

mod world;

use access::program::Scope;
use serde_json::{Value, json};
use store::testing::Place;
use ui::{parts::Say, words::Words};
use world::{World, ask, filing, hanako};

/// Whether a scope is one of the desk's.
fn is_of_desk(scope: Scope) -> bool {
    matches!(scope, Scope::CasesDecidedRead | Scope::ResultsWrite)
}

#[test]
fn every_operation_refuses_every_other_scope() {
    let w = World::new(&Place::sqlite());
    let words = Words::new([ui::words::words(), api::words()].into_iter().flatten().copied(), []).unwrap();
    let document = api::description::document(Say { words: &words, language: definitions::text::Language::En }, "x");
    let tokens: Vec<(Scope, String)> = Scope::ALL.into_iter().map(|scope| (scope, w.program(&[scope], &["paper_request"]).1)).collect();
    let mut refused = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let Some(needed) = operation["x-scope"].as_str() else { continue };
            let needed = Scope::ALL.into_iter().find(|scope| scope.code() == needed).unwrap();
            for (scope, token) in tokens.iter().filter(|(scope, _)| *scope != needed) {
                // What stands in the path does not matter: who may not is told before anything is looked for.
                let filled = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/");
                let came = w.send(ask(&method.to_uppercase(), &filled).token(token).with("idempotency-key", "k").json(&json!({})));
                // A token without a scope of this side is not known on it.
                if came.status == 401 && is_of_desk(*scope) != is_of_desk(needed) {
                    came.problem(401, "invalid-token");
                } else {
                    assert_eq!(came.problem(403, "insufficient-scope")["scope"], needed.code(), "{method} {path} as {}", scope.code());
                }
                refused += 1;
            }
        }
    }
    assert!(refused >= 5 * 20, "{refused}: the description names the scopes of its operations");
}

store::on_both_engines! {
    fn a_draft_is_filed_once_and_takes_nothing_after(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let begun = json!({ "procedure": "paper_request", "answers": hanako() });
        let draft = w.send(ask("POST", "/api/v1/drafts").token(&token).json(&begun)).is(201).json()["id"].as_str().unwrap().to_owned();
        let file = |key: &str| ask("POST", "/api/v1/cases").token(&token).with("idempotency-key", key).json(&json!({ "draft": draft }));
        let number = w.send(file("a")).is(201).json()["number"].clone();
        // The same key finds the same case, another one files no second.
        assert_eq!(w.send(file("a")).is(200).json()["number"], number);
        refused(w.send(file("b")));
        let at = format!("/api/v1/drafts/{draft}");
        refused(w.send(ask("PUT", &format!("{at}/answers")).token(&token).json(&json!({ "answers": hanako() }))));
        refused(w.send(ask("POST", &format!("{at}/documents/sketches")).token(&token).bytes(&b"%PDF-1.7\n"[..])));
        let offer = json!({ "name": "a.pdf", "size": 9, "key": "a" });
        refused(w.send(ask("POST", &format!("{at}/uploads/sketches")).token(&token).json(&offer)));
        assert_eq!(w.count("own_case"), 1);
    }

    fn a_correction_that_nobody_asked_for_changes_nothing(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let number = w.send(filing(&token, "k", &hanako())).is(201).json()["number"].as_str().unwrap().to_owned();
        let case = format!("/api/v1/cases/{number}");
        let before = w.own(&number);
        refused(w.send(ask("POST", &format!("{case}/correction")).token(&token).json(&json!({ "answers": { "documents": "x" } }))));
        assert_eq!(w.own(&number), before);
        assert_eq!(w.send(ask("GET", &case).token(&token)).is(200).json()["state"], "filed");
    }
}

/// A problem that says that it is not the time for this, or that nothing is there any more.
#[track_caller]
fn refused(came: world::Came) {
    assert!(matches!(came.status, 404 | 409), "{} {}", came.status, String::from_utf8_lossy(&came.body));
    assert_eq!(came.header("content-type"), "application/problem+json");
    let body: Value = came.json();
    assert_eq!(body["status"], came.status);
}
