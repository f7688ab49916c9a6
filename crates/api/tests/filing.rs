//! 申請 by a program: once per key, by the same rules as the pages, into the same inbox. On both engines.

mod world;

use access::{CaseId, program::Scope};
use cases::{
    Channel,
    draft::{DraftId, Owner},
    filing::{self, DraftIds, Terms},
};
use definitions::{
    procedure::{Identity, Session},
    text::Language,
    typed::Typed,
};
use registry::known::PortalFacts;
use serde_json::{Value, json};
use world::{World, ask, filing, hanako, pointers};

/// What a browser posts for the same answers.
const TYPED: &[(&str, &str)] = &[
    ("requester", "person"),
    ("name", "佐藤 花子"),
    ("kana", "サトウ ハナコ"),
    ("address.postal", "100-0001"),
    ("address.text", "見本県見本市中央1-2-3"),
    ("phone", "090-0000-0001"),
    ("mail", "hanako@example.jp"),
    ("documents", "中央公園の改修工事の契約書"),
    ("items.rows", "1"),
    ("items.0.title", "工事請負契約書"),
    ("items.0.year", "2025"),
    ("way", "view"),
];

/// The same filing on the pages: begun, page by page, the last tap.
fn filed_on_pages(w: &World) -> String {
    let (town, keys, now) = (w.portal.town.current(), w.portal.keys.clone(), w.clock.now());
    let typed = Typed::from_pairs(TYPED.iter().copied()).unwrap();
    let candidates = filing::drawn(store::keys::Face::Portal).unwrap();
    let (draft, case) = (DraftId(CaseId::draw(now).uuid()), CaseId::draw(now));
    let owner = Owner { session: "a".repeat(64), account: None };
    let own = w.portal.store.write(move |tx| {
        let facts = PortalFacts::of(tx, &town, None, None, cases::clock::day(now))?;
        let assurance = access::Assurance { identity: Identity::SelfAsserted, session: Session::None };
        let terms = Terms { town: &town, keys: &keys, facts: &facts, assurance, now };
        let procedure = "paper_request".parse().unwrap();
        filing::begin(tx, &terms, &procedure, &owner, Language::Ja, &DraftIds { draft, case }, &Typed::default())?;
        for page in town.procedures[&procedure].pages.keys() {
            filing::save_page(tx, &terms, draft, &owner, page, |into, page| into.post_page(&page.fields, &typed))?;
        }
        let seen = town.procedures[&procedure].version.clone();
        filing::file(tx, &terms, draft, &owner, &seen, Channel::Online, &candidates)
    });
    own.unwrap_or_else(|refused| panic!("{refused:?}")).number.plain()
}

store::on_both_engines! {
    fn the_same_answers_by_page_and_by_program_are_equal_cases(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let by_program = w.send(filing(&token, "one", &hanako())).is(201).json();
        let (by_program, by_page) = (by_program["number"].as_str().unwrap().to_owned(), filed_on_pages(&w));
        w.carry();
        let (mut one, one_body) = w.at_desk(&by_program);
        let (mut other, other_body) = w.at_desk(&by_page);
        assert_eq!((one.pop().as_deref(), other.pop().as_deref()), (Some("api"), Some("online")), "only the channel tells them apart");
        assert_eq!(one, other);
        assert_eq!(one_body, other_body);
    }

    fn a_key_makes_one_case_and_another_body_none(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let first = w.send(filing(&token, "key-1", &hanako())).is(201);
        assert!(first.header("location").starts_with("/api/v1/cases/"));
        let again = w.send(filing(&token, "key-1", &hanako())).is(200).json();
        assert_eq!(again, first.json(), "the same receipt, to the letter");
        let mut other = hanako();
        other["name"] = "田中 太郎".into();
        w.send(filing(&token, "key-1", &other)).problem(422, "key-reused");
        assert_eq!(w.count("own_case"), 1);
        w.send(filing(&token, "key-2", &other)).is(201);
        assert_eq!(w.count("own_case"), 2);
        let (_, stranger) = w.program(&[Scope::CasesFile], &[]);
        w.send(filing(&stranger, "key-1", &other)).is(201);
        assert_eq!(w.count("own_case"), 3, "keys are a program's own");
    }

    fn many_at_once_with_one_key_are_one_case(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let came = w.send_together((0..8).map(|_| filing(&token, "rush", &hanako())).collect());
        let numbers: std::collections::BTreeSet<String> =
            came.into_iter().filter(|came| came.status < 300).map(|came| came.json()["number"].as_str().unwrap().to_owned()).collect();
        assert_eq!(numbers.len(), 1);
        assert_eq!((w.count("own_case"), w.count("program_case"), w.count("case_draft")), (1, 1, 1));
    }

    fn wrong_answers_are_named_and_leave_the_key_free(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let mut answers = hanako();
        answers["documents"] = "本".into();
        answers["way"] = "fax".into();
        answers["items"][0]["title"] = Value::Null;
        answers["address"]["postal_code"] = "1".into();
        let problem = w.send(filing(&token, "key", &answers)).problem(422, "invalid-answers");
        let mut found = pointers(&problem);
        found.sort();
        assert_eq!(found, ["/answers/address/postal_code", "/answers/documents", "/answers/items/0/title", "/answers/way"]);
        assert!(problem["errors"].as_array().unwrap().iter().any(|error| error["code"] == "rule:documents_can_be_identified"));
        assert_eq!((w.count("own_case"), w.count("program_case"), w.count("case_draft")), (0, 0, 0), "nothing is kept");
        w.send(filing(&token, "key", &hanako())).is(201);
    }

    fn what_has_the_wrong_shape_is_told_by_its_place(place: Place) {
        let w = World::new(place);
        let token = w.able();
        for (id, value, pointer, code) in [
            ("name", json!(5), "/answers/name", "api-answer-type"),
            ("items", json!("x"), "/answers/items", "api-answer-type"),
            ("items", json!([5]), "/answers/items/0", "api-answer-type"),
            ("items", json!([{ "year": "2025" }]), "/answers/items/0/year", "api-answer-type"),
            ("items", json!([{ "title": "x", "nobody": 1 }]), "/answers/items/0/nobody", "api-answer-unknown"),
            ("address", json!("見本市"), "/answers/address", "api-answer-type"),
            ("address", json!({ "zip": "1" }), "/answers/address/zip", "api-answer-unknown"),
            ("postage", json!("yes"), "/answers/postage", "api-answer-type"),
            ("sketches", json!([]), "/answers/sketches", "api-answer-document"),
            ("nobody/asks~this", json!(1), "/answers/nobody~1asks~0this", "api-answer-unknown"),
        ] {
            let mut answers = hanako();
            answers[id] = value;
            let problem = w.send(filing(&token, "shape", &answers)).problem(422, "invalid-answers");
            assert_eq!((problem["errors"][0]["pointer"].as_str(), problem["errors"][0]["code"].as_str()), (Some(pointer), Some(code)));
        }
        w.send(filing(&token, "shape", &json!("all of it"))).problem(422, "invalid-answers");
        w.send(filing(&token, "shape", &json!({ "x": "y".repeat(200_000) }))).problem(422, "invalid-answers");
        assert_eq!(w.count("own_case"), 0);
    }

    fn errors_speak_the_language_that_is_asked_for(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let mut answers = hanako();
        answers["name"] = Value::Null;
        for (language, title) in [("en", "Some answers are missing or wrong"), ("ja", "答えに直すところがあります"), ("fr", "答えに直すところがあります")] {
            let problem = w.send(filing(&token, "key", &answers).with("accept-language", language)).problem(422, "invalid-answers");
            assert_eq!(problem["title"], title);
            assert_eq!(problem["errors"][0]["code"], "kind-required");
        }
    }

    fn a_version_that_was_read_before_must_still_be_the_one(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let version = w.send(ask("GET", "/api/v1/procedures/paper_request")).is(200).json()["version"].clone();
        let body = |version: &Value| json!({ "procedure": "paper_request", "answers": hanako(), "version": version });
        let send = |key: &str, body: &Value| w.send(ask("POST", "/api/v1/cases").token(&token).with("idempotency-key", key).json(body));
        send("old", &body(&"0".into())).problem(409, "definition-changed");
        send("new", &body(&version)).is(201);
    }
}
