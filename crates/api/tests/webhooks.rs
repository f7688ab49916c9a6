//! 知らせ: a program is told what happens to its cases, by a real receiver: one that takes it, one that is dead, one that sends away, one that is
//! slow. On both engines.

mod world;

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use access::program::Scope;
use api::webhook::{Busy, Telling};
use base64::{Engine, engine::general_purpose::STANDARD};
use cases::parcel::News;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;
use store::jobs::{JobHandler, State};
use world::{World, ask, filing, hanako};

/// A request as a receiver saw it.
struct Seen {
    head: String,
    body: String,
}

impl Seen {
    fn header(&self, name: &str) -> &str {
        self.head
            .lines()
            .find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name)))
            .map_or("", |(_, value)| value)
    }

    /// The signature as a receiver works it out.
    fn expected(&self, secret: &str) -> String {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.header("webhook-id"), self.header("webhook-timestamp"), self.body).as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// A receiver on this machine that answers each request with this.
fn receiver(answer: &'static str) -> (String, mpsc::Receiver<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let (seen, came) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Some(request) = stream.ok().and_then(|stream| read(stream, answer)) else { continue };
            if seen.send(request).is_err() {
                return;
            }
        }
    });
    (url, came)
}

fn read(mut stream: TcpStream, answer: &str) -> Option<Seen> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).ok()?;
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let seen = Seen { head: head.to_owned(), body: body.to_owned() };
        let length: usize = seen.header("content-length").parse().unwrap_or(0);
        if body.len() >= length {
            stream.write_all(answer.as_bytes()).ok()?;
            return Some(seen);
        }
    }
}

/// A receiver that takes each connection and says nothing for as long as the connection's value is kept.
fn silent() -> (String, mpsc::Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let (send, knocked) = mpsc::channel();
    thread::spawn(move || listener.incoming().flatten().try_for_each(|stream| send.send(stream)));
    (url, knocked)
}

/// A receiver that is always about to answer: a letter of its head every tenth of a second, until the value goes.
fn dripping() -> (String, mpsc::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let (done, is_done) = mpsc::channel::<()>();
    thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else { return };
        let mut answer = b"HTTP/1.1 204 No Content\r\nx-slow: ".iter().chain(std::iter::repeat(&b'a'));
        while let (Err(mpsc::RecvTimeoutError::Timeout), Some(letter)) = (is_done.recv_timeout(Duration::from_millis(100)), answer.next()) {
            if stream.write_all(&[*letter]).is_err() {
                return;
            }
        }
    });
    (url, done)
}

/// What `is_ours` of the document says, word for word as it stands there. None, loudly, where there is no Python.
fn example_says(asked: &Value) -> Option<bool> {
    const DOCUMENT: &str = include_str!("../../../docs/api.md");
    let blocks: Vec<&str> = DOCUMENT.split("```python\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [example] = blocks.as_slice() else { panic!("docs/api.md has one example in Python, not {}", blocks.len()) };
    let run = "import json, sys\nasked = json.load(sys.stdin)\nprint(is_ours(asked['secret'], asked['headers'], asked['body'].encode()))\n";
    let program = format!("{example}\n{run}");
    let piped = Stdio::piped;
    let Ok(mut python) = Command::new("python3").args(["-c", &program]).stdin(piped()).stdout(piped()).stderr(piped()).spawn() else {
        // Past the harness, which keeps what a test that passes prints.
        let _ = std::io::stderr().write_all(b"\n*** NOT TESTED: the example of docs/api.md. There is no python3 here. ***\n");
        return None;
    };
    python.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let done = python.wait_with_output().unwrap();
    match String::from_utf8_lossy(&done.stdout).trim() {
        "True" => Some(true),
        "False" => Some(false),
        other => panic!("{other}: {}", String::from_utf8_lossy(&done.stderr)),
    }
}

const TAKEN: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
const GONE: &str = "HTTP/1.1 410 Gone\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
const FAILING: &str = "HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
const SENT_AWAY: &str = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

fn telling(w: &World, loopback: bool) -> Arc<dyn JobHandler> {
    Arc::new(Telling { portal: w.portal.store.clone(), keys: w.portal.keys.clone(), loopback, busy: Busy::default() })
}

/// Tells everything that is due now.
fn tell(w: &World) -> u64 {
    store::jobs::run_due(&w.portal.store, &[telling(w, true)]).unwrap()
}

fn set(w: &World, token: &str, url: &str) -> Value {
    w.send(ask("PUT", "/api/v1/webhook").token(token).json(&json!({ "url": url }))).is(200).json()
}

fn events(w: &World, token: &str) -> Vec<Value> {
    w.send(ask("GET", "/api/v1/webhook").token(token)).is(200).json()["events"].as_array().unwrap().clone()
}

store::on_both_engines! {
    fn what_happens_is_told_signed_and_says_nothing_of_a_person(place: Place) {
        let w = World::in_demo(place);
        let (url, came) = receiver(TAKEN);
        let token = w.able();
        let secret = set(&w, &token, &url)["secret"].as_str().unwrap().to_owned();
        let number = w.send(filing(&token, "k", &hanako())).is(201).json()["number"].as_str().unwrap().to_owned();
        w.told(&number, 1, News::Deciding);
        assert_eq!(tell(&w), 2);
        let told: Vec<Seen> = (0..2).map(|_| came.recv_timeout(Duration::from_secs(10)).unwrap()).collect();
        let types: Vec<Value> = told.iter().map(|one| serde_json::from_str::<Value>(&one.body).unwrap()["type"].clone()).collect();
        assert_eq!(types, ["case.filed", "case.deciding"]);
        let one = &told[0];
        let body: Value = serde_json::from_str(&one.body).unwrap();
        let href = format!("/api/v1/cases/{number}");
        assert_eq!(body["data"], json!({ "number": number, "procedure": "paper_request", "turn": 1, "href": href }));
        assert!(!one.body.contains("佐藤") && !one.body.contains("hanako"));
        // As a receiver verifies it.
        assert_eq!(one.header("webhook-signature"), one.expected(&secret));
        assert!(events(&w, &token).iter().all(|event| event["state"] == "sent"));
        assert_eq!(tell(&w), 0, "told once");
    }

    fn a_dead_receiver_keeps_nobody_waiting_and_is_told_again_when_it_is_up(place: Place) {
        let w = World::in_demo(place);
        let dead = { let gone = TcpListener::bind("127.0.0.1:0").unwrap(); format!("http://{}/", gone.local_addr().unwrap()) };
        let (url, came) = receiver(TAKEN);
        let (mine, theirs) = (w.able(), w.able());
        set(&w, &mine, &dead);
        set(&w, &theirs, &url);
        for key in ["a", "b", "c"] {
            w.send(filing(&mine, key, &hanako())).is(201);
        }
        w.send(filing(&theirs, "k", &hanako())).is(201);
        assert_eq!(tell(&w), 4);
        came.recv_timeout(Duration::from_secs(10)).unwrap();
        let failed = events(&w, &mine);
        assert_eq!(failed.len(), 3);
        assert!(failed.iter().all(|event| event["state"] == "waiting"));
        // The first found nobody; the others did not even knock, which counts as no try.
        assert_eq!(failed.iter().map(|event| event["tries"].as_i64().unwrap()).sum::<i64>(), 1);
        assert_eq!(failed.iter().filter(|event| event["error"] == "nobody listens there").count(), 1);
        set(&w, &mine, &url);
        let replayed = json!({ "from": "2026-11-24T00:00:00Z", "until": "2026-11-25T00:00:00Z" });
        assert_eq!(w.send(ask("POST", "/api/v1/webhook/replay").token(&mine).json(&replayed)).is(202).json()["replayed"], 3);
        tell(&w);
        (0..3).for_each(|_| drop(came.recv_timeout(Duration::from_secs(10)).unwrap()));
        let told = events(&w, &mine);
        assert!(told.iter().all(|event| event["state"] == "sent"));
        // By its id, once more; another program's is not there.
        let one = json!({ "event": told[0]["id"] });
        w.send(ask("POST", "/api/v1/webhook/replay").token(&theirs).json(&one)).problem(404, "not-found");
        w.send(ask("POST", "/api/v1/webhook/replay").token(&mine).json(&one)).is(202);
        tell(&w);
        came.recv_timeout(Duration::from_secs(10)).unwrap();
    }

    fn the_example_of_the_document_verifies_what_is_told(place: Place) {
        let w = World::in_demo(place);
        let (url, came) = receiver(TAKEN);
        let token = w.able();
        let secret = set(&w, &token, &url)["secret"].as_str().unwrap().to_owned();
        w.send(filing(&token, "k", &hanako())).is(201);
        tell(&w);
        let told = came.recv_timeout(Duration::from_secs(10)).unwrap();
        let other = set(&w, &token, &url)["secret"].as_str().unwrap().to_owned();
        let ours = |secret: &str, change: &dyn Fn(&mut Value)| {
            let header = |name: &str| told.header(name).to_owned();
            let mut asked = json!({ "secret": secret, "body": told.body, "headers": {
                "webhook-id": header("webhook-id"),
                "webhook-timestamp": header("webhook-timestamp"),
                "webhook-signature": header("webhook-signature"),
            } });
            change(&mut asked);
            example_says(&asked)
        };
        let Some(is_ours) = ours(&secret, &|_| {}) else { return };
        assert!(is_ours, "what the town told");
        let older = |asked: &mut Value| asked["headers"]["webhook-timestamp"] = "1764550000".into();
        let changed = |asked: &mut Value| asked["body"] = told.body.replace("filed", "decided").into();
        let renamed = |asked: &mut Value| asked["headers"]["webhook-id"] = "evt_0".into();
        let rolled = |asked: &mut Value| asked["headers"]["webhook-signature"] = format!("v1,AAAA {}", told.header("webhook-signature")).into();
        for forged in [&older as &dyn Fn(&mut Value), &changed, &renamed] {
            assert_eq!(ours(&secret, forged), Some(false));
        }
        assert_eq!(ours(&other, &|_| {}), Some(false), "under another secret");
        assert_eq!(ours(&secret, &rolled), Some(true), "any one of the signatures is enough");
    }

    /// The slow one takes the connection, reads and says nothing until it is let go. With one thread for each of its events, both threads would stand
    /// before it.
    fn a_slow_receiver_keeps_one_thread_for_its_time_and_the_others_are_told(place: Place) {
        let w = World::in_demo(place);
        let (slow, knocked) = silent();
        let (url, came) = receiver(TAKEN);
        let (mine, theirs) = (w.able(), w.able());
        set(&w, &mine, &slow);
        set(&w, &theirs, &url);
        for key in ["a", "b", "c"] {
            w.send(filing(&mine, key, &hanako())).is(201);
        }
        let runner = store::jobs::run(&w.portal.store, vec![telling(&w, true)], 2).unwrap();
        let first = knocked.recv_timeout(Duration::from_secs(10)).unwrap();
        for key in ["k", "l", "m"] {
            w.send(filing(&theirs, key, &hanako())).is(201);
            came.recv_timeout(Duration::from_secs(20)).unwrap();
        }
        // Told while one stood before the slow receiver, or after it gave up; in neither case did a second one go there.
        assert!(knocked.try_recv().is_err(), "one letter at a time, and none while it is believed to be down");
        let gave_up = "select 1 from store_job where error = 'no answer within 5 s'";
        store::testing::until("it gave up", || w.portal.store.read(|tx| tx.first(gave_up, &[])).unwrap().is_some());
        // Nobody holds one of them in the hand now, which counts as a try until it is put back.
        drop(runner);
        let failed = events(&w, &mine);
        assert!(failed.iter().all(|event| event["state"] == "waiting"), "{failed:?}");
        assert_eq!(failed.iter().map(|event| event["tries"].as_i64().unwrap()).sum::<i64>(), 1, "{failed:?}");
        assert!(knocked.try_recv().is_err(), "the others did not even knock");
        drop(first);
    }

    fn a_receiver_that_answers_drop_by_drop_is_given_no_more_time(place: Place) {
        let w = World::in_demo(place);
        let token = w.able();
        let (url, done) = dripping();
        set(&w, &token, &url);
        w.send(filing(&token, "k", &hanako())).is(201);
        assert_eq!(tell(&w), 1);
        assert_eq!(events(&w, &token)[0]["error"], "no answer within 5 s");
        drop(done);
    }

    fn a_redirection_is_followed_nowhere(place: Place) {
        let w = World::in_demo(place);
        let (url, came) = receiver(SENT_AWAY);
        let token = w.able();
        set(&w, &token, &url);
        w.send(filing(&token, "k", &hanako())).is(201);
        tell(&w);
        came.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(events(&w, &token)[0]["error"], "answered 302");
    }

    fn events_of_one_case_are_told_in_their_order(place: Place) {
        let w = World::in_demo(place);
        let dead = { let gone = TcpListener::bind("127.0.0.1:0").unwrap(); format!("http://{}/", gone.local_addr().unwrap()) };
        let (url, came) = receiver(TAKEN);
        let token = w.able();
        set(&w, &token, &dead);
        let number = w.send(filing(&token, "k", &hanako())).is(201).json()["number"].as_str().unwrap().to_owned();
        tell(&w);
        // The receiver is up again. The second is due at once and the first not yet: it may not overtake.
        set(&w, &token, &url);
        w.told(&number, 1, News::Deciding);
        tell(&w);
        let told = events(&w, &token);
        let first = told.iter().find(|event| event["type"] == "case.filed").unwrap();
        w.send(ask("POST", "/api/v1/webhook/replay").token(&token).json(&json!({ "event": first["id"] }))).is(202);
        let mut types: Vec<Value> = Vec::new();
        store::testing::until("both were told", || {
            tell(&w);
            types.extend(came.try_iter().map(|one| serde_json::from_str::<Value>(&one.body).unwrap()["type"].clone()));
            // On a slow machine the first was told by itself, and the replay tells it again.
            types.dedup();
            types.len() >= 2
        });
        assert_eq!(types[..2], ["case.filed", "case.deciding"]);
    }

    fn who_is_gone_is_sent_nothing_more_until_an_address_is_set_anew(place: Place) {
        let w = World::in_demo(place);
        let (url, came) = receiver(GONE);
        let token = w.able();
        set(&w, &token, &url);
        w.send(filing(&token, "a", &hanako())).is(201);
        tell(&w);
        came.recv_timeout(Duration::from_secs(10)).unwrap();
        let shown = w.send(ask("GET", "/api/v1/webhook").token(&token)).is(200).json();
        assert!(shown["gone_at"].is_string());
        assert_eq!(shown["events"][0]["state"], "dead");
        w.send(filing(&token, "b", &hanako())).is(201);
        assert_eq!(tell(&w), 0);
        assert!(came.try_recv().is_err());
        // Replay does not wake who is gone; a new address does.
        let again = json!({ "event": shown["events"][0]["id"] });
        w.send(ask("POST", "/api/v1/webhook/replay").token(&token).json(&again)).is(202);
        tell(&w);
        assert!(came.try_recv().is_err());
        let (url, came) = receiver(TAKEN);
        set(&w, &token, &url);
        w.send(ask("POST", "/api/v1/webhook/replay").token(&token).json(&again)).is(202);
        tell(&w);
        came.recv_timeout(Duration::from_secs(10)).unwrap();
    }

    fn a_new_secret_and_the_one_before_sign_side_by_side(place: Place) {
        let w = World::in_demo(place);
        let (url, came) = receiver(TAKEN);
        let token = w.able();
        // The sender's clock is the machine's; what is kept until when is counted from the town's.
        w.clock.set(Timestamp::now());
        let secrets: Vec<String> = (0..2).map(|_| set(&w, &token, &url)["secret"].as_str().unwrap().to_owned()).collect();
        w.send(filing(&token, "k", &hanako())).is(201);
        tell(&w);
        let told = came.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_ne!(secrets[0], secrets[1]);
        assert_eq!(told.header("webhook-signature"), format!("{} {}", told.expected(&secrets[1]), told.expected(&secrets[0])));
    }

    fn who_fails_in_the_middle_gets_the_same_id_again(place: Place) {
        let w = World::in_demo(place);
        let token = w.able();
        // It takes the request and dies before it answers.
        let (url, came) = receiver("");
        set(&w, &token, &url);
        w.send(filing(&token, "k", &hanako())).is(201);
        tell(&w);
        let first = came.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(events(&w, &token)[0]["error"], "the connection broke off");
        let (url, came) = receiver(FAILING);
        set(&w, &token, &url);
        let again = json!({ "event": first.header("webhook-id") });
        w.send(ask("POST", "/api/v1/webhook/replay").token(&token).json(&again)).is(202);
        tell(&w);
        let second = came.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(second.header("webhook-id"), first.header("webhook-id"));
        assert_eq!(events(&w, &token)[0]["error"], "answered 500");
    }

    fn what_keeps_failing_is_a_dead_letter_that_is_seen(place: Place) {
        let w = World::in_demo(place);
        let (id, token) = w.program(&[Scope::CasesFile, Scope::CasesReadOwn], &[]);
        set(&w, &token, "http://127.0.0.1:9/");
        w.send(filing(&token, "k", &hanako())).is(201);
        // The town does not allow its own machine: the address is none that is reached.
        store::jobs::run_due(&w.portal.store, &[telling(&w, false)]).unwrap();
        assert_eq!(events(&w, &token)[0]["state"], "dead");
        assert_eq!(w.portal.store.read(|tx| tx.count_jobs(State::Dead)).unwrap().0, 1);
        w.revoke(id);
        w.send(ask("GET", "/api/v1/webhook").token(&token)).problem(401, "invalid-token");
    }

    fn where_nobody_may_be_told_is_not_taken(place: Place) {
        let w = World::new(place);
        let token = w.able();
        for url in ["http://127.0.0.1:9/", "https://10.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest", "ftp://example.jp/", "x", ""] {
            let problem = w.send(ask("PUT", "/api/v1/webhook").token(&token).json(&json!({ "url": url }))).problem(422, "invalid-body");
            assert_eq!(world::pointers(&problem), ["/url"], "{url}");
        }
        w.send(ask("GET", "/api/v1/webhook").token(&token)).problem(404, "not-found");
        set(&w, &token, "https://example.jp/hooks");
        w.send(ask("DELETE", "/api/v1/webhook").token(&token)).is(204);
        w.send(ask("DELETE", "/api/v1/webhook").token(&token)).problem(404, "not-found");
        for body in [json!({}), json!({ "from": "x", "until": "y" }), json!({ "nobody": 1 })] {
            w.send(ask("POST", "/api/v1/webhook/replay").token(&token).json(&body)).problem(422, "invalid-body");
        }
    }
}
