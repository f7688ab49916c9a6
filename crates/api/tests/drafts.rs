//! 下書き, documents, status and correspondence of a program. On both engines.

mod world;

use access::program::Scope;
use cases::parcel::News;
use serde_json::{Value, json};
use world::{World, ask, filing, hanako, pointers};

fn begin(w: &World, token: &str, answers: &Value) -> String {
    let came =
        w.send(ask("POST", "/api/v1/drafts").token(token).json(&json!({ "procedure": "paper_request", "answers": answers }))).is(201);
    let place = came.header("location").to_owned();
    assert_eq!(place, format!("/api/v1/drafts/{}", came.json()["id"].as_str().unwrap()));
    place
}

/// Two whole pieces and a bit.
fn map() -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((0..150_000_u32).flat_map(u32::to_le_bytes));
    bytes
}

store::on_both_engines! {
    fn a_draft_is_filled_in_read_back_and_filed(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let draft = begin(&w, &token, &json!({ "requester": "person", "name": "佐藤 花子" }));
        let read = w.send(ask("GET", &draft).token(&token)).is(200).json();
        assert_eq!(read["answers"], json!({ "requester": "person", "name": "佐藤 花子" }));
        assert_eq!(read["evaluation"]["may_be_filed"], false);
        let asked: Vec<&str> = read["evaluation"]["asked"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert!(asked.contains(&"/answers/way") && !asked.contains(&"/answers/postage") && !asked.contains(&"/answers/representative"));
        // What is wrong is kept as it was typed.
        let mut wrong = hanako();
        wrong["mail"] = "no mail".into();
        let put = w.send(ask("PUT", &format!("{draft}/answers")).token(&token).json(&json!({ "answers": wrong }))).is(200).json();
        assert_eq!(put["answers"]["mail"], "no mail");
        assert_eq!(put["evaluation"]["wrong"][0]["pointer"], "/answers/mail");
        // What is read back can be put again.
        let again = w.send(ask("PUT", &format!("{draft}/answers")).token(&token).json(&json!({ "answers": put["answers"] }))).is(200).json();
        assert_eq!(again["answers"], put["answers"]);
        w.send(ask("PUT", &format!("{draft}/answers")).token(&token).json(&json!({ "answers": hanako() }))).is(200);
        let file = |key: &str| {
            let id = draft.rsplit('/').next().unwrap();
            w.send(ask("POST", "/api/v1/cases").token(&token).with("idempotency-key", key).json(&json!({ "draft": id })))
        };
        let number = file("k").is(201).json()["number"].clone();
        assert_eq!(file("k").is(200).json()["number"], number, "the same key finds it although the draft is gone");
        assert_eq!(file("other").problem(409, "already-filed")["number"], number);
        w.send(ask("PUT", &format!("{draft}/answers")).token(&token).json(&json!({ "answers": {} }))).problem(409, "already-filed");
    }

    fn a_draft_is_thrown_away_once(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let draft = begin(&w, &token, &json!({}));
        w.send(ask("DELETE", &draft).token(&token)).is(204);
        w.send(ask("DELETE", &draft).token(&token)).problem(404, "not-found");
        w.send(ask("GET", &draft).token(&token)).problem(404, "not-found");
    }

    fn a_document_comes_whole_or_in_pieces_and_goes_with_the_filing(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let draft = begin(&w, &token, &hanako());
        let add = |bytes: Vec<u8>| {
            let name = "attachment; filename*=UTF-8''%E8%A6%8B%E5%8F%96%E5%9B%B3.pdf";
            w.send(ask("POST", &format!("{draft}/documents/sketches")).token(&token).with("content-disposition", name).bytes(bytes))
        };
        let kept = add(b"%PDF-1.7\nx".to_vec()).is(201).json();
        assert_eq!((kept["name"].as_str(), kept["media"].as_str()), (Some("見取図.pdf"), Some("application/pdf")));
        assert_eq!(add(b"<html>".to_vec()).problem(422, "document-refused")["reason"], "kind");
        assert_eq!(add(Vec::new()).problem(422, "document-refused")["reason"], "empty");
        add(vec![b'x'; (10 << 20) + 1]).problem(413, "too-large");
        w.send(ask("POST", &format!("{draft}/documents/name")).token(&token).bytes(&b"%PDF-1.7\n"[..])).problem(404, "not-found");
        w.send(ask("DELETE", &format!("{draft}/documents/sketches/{}", kept["file"].as_str().unwrap())).token(&token)).is(204);
        w.send(ask("DELETE", &format!("{draft}/documents/sketches/{}", kept["file"].as_str().unwrap())).token(&token)).problem(404, "not-found");

        let bytes = map();
        let offer = json!({ "name": "地図.pdf", "size": bytes.len(), "key": "a" });
        let opened = w.send(ask("POST", &format!("{draft}/uploads/sketches")).token(&token).json(&offer)).is(201);
        let (place, piece) = (opened.header("location").to_owned(), 256 << 10);
        let patch = |at: usize, bytes: &[u8]| w.send(ask("PATCH", &place).token(&token).with("upload-offset", &at.to_string()).bytes(bytes));
        patch(0, &bytes[..piece]).is(204);
        assert_eq!(patch(0, &bytes[..piece]).problem(409, "upload-elsewhere")["offset"], piece);
        patch(piece, &bytes[piece..piece + 5]).problem(422, "invalid-body");
        assert_eq!(w.send(ask("GET", &place).token(&token)).is(204).header("upload-offset"), piece.to_string());
        patch(piece, &bytes[piece..2 * piece]).is(204);
        assert_eq!(patch(2 * piece, &bytes[2 * piece..]).is(204).header("upload-complete"), "?1");
        let read = w.send(ask("GET", &draft).token(&token)).is(200).json();
        assert_eq!(read["documents"]["sketches"][0]["bytes"], bytes.len());
        let filed = json!({ "draft": read["id"] });
        let number = w.send(ask("POST", "/api/v1/cases").token(&token).with("idempotency-key", "k").json(&filed)).is(201).json();
        let own = w.own(number["number"].as_str().unwrap());
        assert_eq!(cases::attachments::of(&own.answers)[0].name, "地図.pdf");
    }

    fn a_case_is_seen_written_on_and_withdrawn_once(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let receipt = w.send(filing(&token, "k", &hanako())).is(201).json();
        let case = format!("/api/v1/cases/{}", receipt["number"].as_str().unwrap());
        let status = w.send(ask("GET", &case).token(&token)).is(200).json();
        assert_eq!((status["state"].as_str(), status["is_open"].as_bool()), (Some("filed"), Some(true)));
        assert_eq!(status["answers"]["items"][0]["title"], "工事請負契約書");
        w.carry();
        let received = w.send(ask("GET", &case).token(&token)).is(200).json();
        assert_eq!(received["story"][1]["what"], "received");
        let written = w.send(ask("POST", &format!("{case}/messages")).token(&token).json(&json!({ "text": "お願いします。" }))).is(201).json();
        assert_eq!(written["messages"][0]["text"], "お願いします。");
        for text in ["", "  ", &"長".repeat(2_001)] {
            let problem = w.send(ask("POST", &format!("{case}/messages")).token(&token).json(&json!({ "text": text }))).problem(422, "invalid-body");
            assert_eq!(pointers(&problem), ["/text"]);
        }
        w.send(ask("POST", &format!("{case}/correction")).token(&token).json(&json!({ "answers": {} }))).problem(409, "not-now");
        assert_eq!(w.send(ask("POST", &format!("{case}/withdrawal")).token(&token)).is(200).json()["state"], "withdrawn");
        w.send(ask("POST", &format!("{case}/withdrawal")).token(&token)).problem(409, "not-now");
    }

    fn a_receipts_secret_opens_a_case_to_whoever_brings_it(place: Place) {
        let w = World::new(place);
        let (mine, theirs) = (w.able(), w.able());
        let receipt = w.send(filing(&mine, "k", &hanako())).is(201).json();
        let case = format!("/api/v1/cases/{}", receipt["number"].as_str().unwrap());
        let with = |secret: &str| w.send(ask("GET", &case).token(&theirs).with("receipt-secret", secret));
        with("2222-2222").problem(404, "not-found");
        with("まちがい").problem(404, "not-found");
        with(receipt["secret"].as_str().unwrap()).is(200);
        w.send(ask("GET", &case).with("receipt-secret", receipt["secret"].as_str().unwrap())).problem(401, "no-token");
        for _ in 0..20 {
            with("2222-2222");
        }
        let waits = with(receipt["secret"].as_str().unwrap());
        assert!(waits.header("retry-after").parse::<u64>().unwrap() > 0);
        waits.problem(429, "too-many");
    }

    fn a_correction_is_answered_and_what_is_still_wrong_is_named(place: Place) {
        let w = World::new(place);
        let token = w.able();
        let receipt = w.send(filing(&token, "k", &hanako())).is(201).json();
        let number = receipt["number"].as_str().unwrap();
        let case = format!("/api/v1/cases/{number}");
        let news = News::CorrectionRequested {
            fields: vec!["documents".parse().unwrap()],
            say: "どの年度かを書いてください。".into(),
            until: "2026-12-10".parse().unwrap(),
        };
        w.told(number, 7, news);
        let status = w.send(ask("GET", &case).token(&token)).is(200).json();
        assert_eq!(status["correction"]["fields"], json!(["/answers/documents"]));
        let correct = |answers: Value| {
            w.send(ask("POST", &format!("{case}/correction")).token(&token).json(&json!({ "answers": answers })))
        };
        assert_eq!(pointers(&correct(json!({ "documents": "本" })).problem(422, "invalid-answers")), ["/answers/documents"]);
        correct(json!({ "documents": 5 })).problem(422, "invalid-answers");
        let mended = correct(json!({ "documents": "令和7年度の中央公園の改修工事の契約書" })).is(200).json();
        assert_eq!((mended["state"].as_str(), mended["answers"]["name"].as_str()), (Some("corrected"), status["answers"]["name"].as_str()));
        correct(json!({ "documents": "もう一度の契約書" })).problem(409, "not-now");
    }

    fn reading_alone_writes_nothing(place: Place) {
        let w = World::new(place);
        let (_, reader) = w.program(&[Scope::CasesReadOwn, Scope::DraftsWrite], &[]);
        w.send(filing(&reader, "k", &hanako())).problem(403, "insufficient-scope");
        w.send(ask("POST", "/api/v1/cases/K7P4M29/withdrawal").token(&reader)).problem(403, "insufficient-scope");
        assert_eq!(w.count("own_case"), 0);
    }
}
