//! Systems behind: decided cases out in their order, results in once. On both engines.

mod world;

use access::program::Scope;
use serde_json::{Value, json};
use store::{Entry, params};
use world::{Asking, World, ask, filing, hanako};

/// Files and lets the desk decide: the stage as the chain leaves it, and the line in the journal.
fn decided(w: &World, token: &str, key: &str) -> String {
    let number = w.send(filing(token, key, &hanako())).is(201).json()["number"].as_str().unwrap().to_owned();
    w.carry();
    let case = w.own(&number).id.to_string();
    let (_, mut body) = w.at_desk(&number);
    body["stage"] = json!({
        "stage": "decided",
        "proposal": {
            "outcome": "full", "reason": "条例による", "details": {}, "by": "01900000-0000-7000-8000-000000000001", "at": "2026-11-25T00:00:00Z",
        },
        "approvals": [],
        "on": "2026-11-25",
    });
    let sealed = w.desk.keys.seal("case_.body", body.to_string().as_bytes()).unwrap();
    w.desk
        .store
        .write(move |tx| {
            tx.run("update case_ set stage = 'decided', open = 0, body = $2 where id = $1", params![&case, sealed.clone()])?;
            let actor = "staff:1".to_owned();
            tx.journal(&Entry {
                actor,
                what: "decided",
                kind: "case",
                record: case.clone(),
                authority: "grant:x@y".into(),
                why: String::new(),
            })
        })
        .unwrap();
    w.carry();
    number
}

fn numbers(page: &Value) -> Vec<String> {
    page["cases"].as_array().unwrap().iter().map(|case| case["number"].as_str().unwrap().to_owned()).collect()
}

fn decided_after(token: &str, more: &str) -> Asking {
    ask("GET", &format!("/desk/api/v1/decided{more}")).token(token)
}

fn result(token: &str, number: &str, key: &str, body: &Value) -> Asking {
    ask("POST", &format!("/desk/api/v1/cases/{number}/results")).token(token).with("idempotency-key", key).json(body)
}

store::on_both_engines! {
    fn decided_cases_come_in_their_order_and_each_look_is_a_line(place: Place) {
        let w = World::new(place);
        let filer = w.able();
        let (id, token) = w.program(&[Scope::CasesDecidedRead], &["paper_request"]);
        let (first, second) = (decided(&w, &filer, "1"), decided(&w, &filer, "2"));
        w.send(filing(&filer, "3", &hanako())).is(201);
        w.carry();
        let page = w.send(decided_after(&token, "")).is(200).json();
        assert_eq!(numbers(&page), [first.clone(), second.clone()]);
        assert_eq!(page["cases"][0]["answers"]["documents"], "中央公園の改修工事の契約書");
        assert_eq!((page["cases"][0]["outcome"].as_str(), page["cases"][0]["decided_on"].as_str()), (Some("full"), Some("2026-11-25")));
        let next = page["next"].as_str().unwrap();
        let third = decided(&w, &filer, "4");
        assert_eq!(numbers(&w.send(decided_after(&token, &format!("?after={next}"))).is(200).json()), [third]);
        assert_eq!(numbers(&w.send(decided_after(&token, "?after=999999")).is(200).json()), Vec::<String>::new());
        let record = w.own(&first).id.to_string();
        let lines = w.desk.store.read(move |tx| tx.entries_of("case", &record, 20)).unwrap();
        assert!(lines.iter().any(|line| line.what == "looked-at" && line.actor == format!("program:{id}")));
    }

    fn what_lies_out_of_bounds_does_not_go_out(place: Place) {
        let w = World::new(place);
        let filer = w.able();
        let number = decided(&w, &filer, "1");
        let (_, other) = w.program(&[Scope::CasesDecidedRead, Scope::ResultsWrite], &["tree_request"]);
        assert_eq!(numbers(&w.send(decided_after(&other, "")).is(200).json()), Vec::<String>::new());
        w.send(decided_after(&other, "?procedure=paper_request")).problem(403, "out-of-bounds");
        w.send(result(&other, &number, "k", &json!({ "name": "a", "value": "b" }))).problem(404, "not-found");
        w.send(decided_after(&filer, "")).problem(403, "insufficient-scope");
        for query in ["?after=x", "?after=-1", "?nobody=1", "?procedure=A%00"] {
            w.send(decided_after(&other, query)).problem(422, "invalid-body");
        }
        w.send(ask("GET", "/desk/api/v1/nothing").token(&other)).problem(404, "not-found");
    }

    fn a_result_stands_in_the_story_once(place: Place) {
        let w = World::new(place);
        let (filer, (_, token)) = (w.able(), w.program(&[Scope::ResultsWrite], &["paper_request"]));
        let number = decided(&w, &filer, "1");
        let body = json!({ "name": "宛名番号", "value": "0012345678" });
        w.send(result(&token, &number, "k", &body)).is(201);
        w.send(result(&token, &number, "k", &body)).is(200);
        w.send(result(&token, &number, "k", &json!({ "name": "宛名番号", "value": "9" }))).problem(422, "key-reused");
        w.send(result(&token, &number, "l", &json!({ "name": "", "value": "9" }))).problem(422, "invalid-body");
        w.send(result(&token, &number, "l", &json!({ "name": "x", "value": "長".repeat(501) }))).problem(422, "invalid-body");
        w.send(result(&token, "K7P4M29", "l", &body)).problem(404, "not-found");
        let events = "select event from case_event where what = 'note'";
        let rows = w.desk.store.read(move |tx| tx.all(events, params![])).unwrap();
        assert_eq!(rows.len(), 1);
        let event = w.desk.keys.unseal("case_event.event", &rows[0].get::<Vec<u8>>(0).unwrap()).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&event).unwrap()["text"], "試しのプログラム：宛名番号＝0012345678");
    }
}
