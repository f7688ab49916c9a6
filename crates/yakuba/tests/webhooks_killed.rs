//! `kill -9` while a program is being told: it is told again, under the same id, and nothing that happened goes untold.

mod served;

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use served::{Place, Served, change, repository, rows, until};

/// A receiver that takes each request, and answers from when it is told to.
struct Receiver {
    url: String,
    answers: Arc<AtomicBool>,
    came: mpsc::Receiver<String>,
}

impl Receiver {
    fn open() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let (answers, (send, came)) = (Arc::new(AtomicBool::new(false)), mpsc::channel());
        let does_answer = Arc::clone(&answers);
        thread::spawn(move || {
            let mut unanswered = Vec::new();
            for mut stream in listener.incoming().flatten() {
                let Some(id) = webhook_id(&mut stream) else { continue };
                if does_answer.load(Ordering::SeqCst) {
                    let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
                } else {
                    unanswered.push(stream);
                }
                if send.send(id).is_err() {
                    return;
                }
            }
        });
        Receiver { url, answers, came }
    }

    fn next(&self) -> String {
        self.came.recv_timeout(Duration::from_secs(60)).expect("something is told")
    }
}

/// Reads a request to the end of its head; its body is short and comes with it.
fn webhook_id(stream: &mut TcpStream) -> Option<String> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    while !bytes.ends_with(b"}}") {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Some(text.lines().find_map(|line| line.strip_prefix("webhook-id: "))?.to_owned())
}

fn asked(served: &Served, method: &str, path: &str, token: &str, key: &str, body: &Value) -> Value {
    let bearer = format!("Bearer {token}");
    let headers = [("content-type", "application/json"), ("authorization", bearer.as_str()), ("idempotency-key", key)];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = served.browser().send(method, path, &headers, body.as_bytes()).expect("an answer");
    assert!((200..300).contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.body);
    serde_json::from_str(&answer.body).unwrap_or_default()
}

#[test]
fn who_was_being_told_when_the_town_was_killed_is_told_again_under_the_same_id() {
    let place = Place::empty();
    let demo = place.demo();
    let town = repository("towns/mihon");
    let scopes = ["--scope", "cases:file", "--scope", "cases:read-own"];
    let mut words = vec!["--town", town.to_str().unwrap(), "issue", "--name", "窓口アプリ", "--department", "general_affairs"];
    words.extend(scopes);
    let issued = place.run(&["program"], &words);
    assert!(issued.status.success(), "{}", String::from_utf8_lossy(&issued.stderr));
    let said = String::from_utf8_lossy(&issued.stdout).into_owned();
    let token = said.lines().find(|line| line.starts_with("yk_")).expect("a token").to_owned();
    until("residents' side knows the program", || rows(&place.data(), "portal", "select count(*) from program") == [["1"]]);

    let receiver = Receiver::open();
    asked(&demo, "PUT", "/api/v1/webhook", &token, "", &json!({ "url": receiver.url }));
    for key in ["a", "b", "c"] {
        let answers = json!({
            "requester": "person", "name": "佐藤 花子", "kana": "サトウ ハナコ", "phone": "090-0000-0001", "way": "view",
            "address": { "postal_code": "100-0001", "line": "見本県見本市中央1-2-3" },
            "documents": "令和7年度の中央公園の改修工事に関する契約書",
        });
        asked(&demo, "POST", "/api/v1/cases", &token, key, &json!({ "procedure": "disclosure_request", "answers": answers }));
    }
    let interrupted = receiver.next();
    demo.kill();

    receiver.answers.store(true, Ordering::SeqCst);
    // What the killed town had claimed is left alone for some minutes; here they have passed.
    change(&place.data(), "portal", "update store_job set due = 0 where kind = 'program.tell' and state = 'open'", &[]);
    let demo = place.demo();
    let happened: BTreeSet<String> = rows(&place.data(), "portal", "select id from program_event").into_iter().flatten().collect();
    assert!(happened.len() >= 3 && happened.contains(&interrupted), "{happened:?}");
    let mut told = BTreeSet::new();
    while !told.is_superset(&happened) {
        told.insert(receiver.next());
    }
    assert!(told.contains(&interrupted), "the one that was cut off came again");
    let states = || -> Vec<Value> {
        let shown = asked(&demo, "GET", "/api/v1/webhook", &token, "", &Value::Null);
        shown["events"].as_array().unwrap().iter().map(|event| event["state"].clone()).collect()
    };
    until("all of it is known to be told", || states().iter().all(|state| state == "sent"));
}
