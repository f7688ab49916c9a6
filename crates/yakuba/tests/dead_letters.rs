//! 止まった処理: whatever stopped, on either side and of whatever room, is listed and can be sent on: staff's own side at the desk, the residents'
//! side by `yakuba dead-letters`.

mod served;

use serde_json::{Value, json};
use served::{Browser, Place, Served, change, repository, rows, until};

/// A moment as rows keep it.
const LONG_AGO: i64 = 1_764_550_000_000_000;

/// Sets a message aside on a face as if its receiver had failed until it was given up.
fn stop(place: &Place, face: &str, kind: &str, id: &str, body: &[u8]) {
    let sql = "insert into store_inbox (kind, id, number, at, failures, error, body) values (?1, ?2, 1, ?3, 4, 'the disk was full', ?4)";
    change(&place.data(), face, sql, &[&kind, &id, &LONG_AGO, &body]);
}

fn stopped(place: &Place, face: &str) -> Vec<String> {
    let found = rows(&place.data(), face, "select kind from store_inbox where body is not null order by kind");
    found.into_iter().flatten().collect()
}

/// Signs in at the desk of a demo.
fn staff(demo: &Served, who: &str) -> Browser {
    let mut browser = demo.browser();
    let csrf = browser.get("/desk/demo").csrf();
    let signed_in = browser.post(&format!("/desk/demo/{who}"), &[("csrf", &csrf)]);
    assert_eq!(signed_in.status, 303, "{}", signed_in.body);
    browser
}

/// Runs `yakuba dead-letters` on a town's folder. Says whether it did what it was asked for, and what it said.
fn dead_letters(place: &Place, town: &str, more: &[&str]) -> (bool, String) {
    let town = repository(town);
    let mut all = vec!["--town", town.to_str().unwrap()];
    all.extend(more);
    let done = place.run(&["dead-letters"], &all);
    (done.status.success(), format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)))
}

/// Issues a program that may file. Gives its id.
fn program(place: &Place, town: &str, department: &str) -> String {
    let town = repository(town);
    let asked = ["--town", town.to_str().unwrap(), "issue", "--name", "窓口アプリ", "--department", department, "--scope", "cases:file"];
    let done = place.run(&["program"], &asked);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    said.split_once('(').unwrap().1.split_once(')').unwrap().0.to_owned()
}

#[test]
fn at_the_desk_what_any_room_takes_from_residents_side_is_sent_on_by_hand() {
    let place = Place::empty();
    let demo = place.demo();
    let id = program(&place, "towns/mihon", "general_affairs");
    let now = jiff::Timestamp::now().to_string();
    let today = &now[..10];
    let bodies: [(&str, Value); 3] = [
        ("cases.unfound", json!({ "at": now, "list": [{ "words": "くじらの届出", "people": 7 }] })),
        (
            "figures.counts",
            json!({ "at": now, "counts": [{ "day": today, "procedure": "disclosure_request", "version": "ab12", "measure": "form-begun",
                "detail": "", "value": 0, "n": 5 }] }),
        ),
        ("program.used", json!({ "id": id, "at": now })),
    ];
    for (kind, body) in &bodies {
        stop(&place, "desk", kind, "one", body.to_string().as_bytes());
    }
    stop(&place, "desk", "round.answer", "broken", b"no parcel at all");
    assert_eq!(stopped(&place, "desk"), ["cases.unfound", "figures.counts", "program.used", "round.answer"]);

    let mut admin = staff(&demo, "admin");
    let page = admin.get("/desk/dead-letters");
    assert_eq!(page.status, 200);
    assert!(bodies.iter().all(|(kind, _)| page.body.contains(kind)) && page.body.contains("the disk was full"), "{}", page.body);
    assert!(page.body.contains("yakuba dead-letters"), "where the other side's are");
    let again = |browser: &mut Browser, kind: &str, key: &str, csrf: &str| {
        browser.post("/desk/dead-letters", &[("csrf", csrf), ("of", "parcel"), ("kind", kind), ("key", key)])
    };

    // Who was not granted it neither sees nor moves anything.
    let mut clerk = staff(&demo, "ono");
    assert_eq!(clerk.get("/desk/dead-letters").status, 404);
    let csrf = clerk.get("/desk/cases?queue=all").csrf();
    assert_eq!(again(&mut clerk, "cases.unfound", "one", &csrf).status, 404);
    assert_eq!(stopped(&place, "desk").len(), 4);

    let csrf = page.csrf();
    for (kind, _) in &bodies {
        let done = again(&mut admin, kind, "one", &csrf);
        assert_eq!((done.status, done.location.as_str()), (303, "/desk/dead-letters?done=resume"), "{kind}: {}", done.body);
    }
    let counted = |sql: &str| rows(&place.data(), "desk", sql)[0][0].clone();
    // Kept as words are compared: folded.
    assert_eq!(counted("select count(*) from case_unfound where words like '%届出' and people = 7"), "1");
    assert_eq!(counted("select n from figures_told where measure = 'form-begun' and version = 'ab12'"), "5");
    assert_eq!(counted("select count(*) from program where used_at is not null"), "1");
    assert_eq!(counted("select count(*) from store_entry where what = 'resumed' and actor like 'staff:%'"), "3");

    // What fails again stays, and the page says why.
    let refused = again(&mut admin, "round.answer", "broken", &csrf);
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(!refused.body.contains("nobody here receives"), "it has a receiver: {}", refused.body);
    assert_eq!(stopped(&place, "desk"), ["round.answer"]);
    assert_eq!(again(&mut admin, "cases.unfound", "one", &csrf).status, 404, "there is none any more");
}

#[test]
fn at_the_terminal_what_stopped_on_residents_side_is_listed_and_sent_on() {
    const TOWN: &str = "towns/chiisana";
    let place = Place::laid_out();
    // The stores are there once the town was opened.
    place.serve(TOWN).stop();
    let (done, said) = dead_letters(&place, TOWN, &[]);
    assert!(done && said.contains("Nothing has stopped"), "{said}");

    let department = a_department();
    let id = program(&place, TOWN, &department);
    let told = rows(&place.data(), "desk", "select id, hex(body) from store_message where kind = 'program.told'");
    let (parcel, body) = (told[0][0].clone(), unhex(&told[0][1]));
    stop(&place, "portal", "program.told", &parcel, &body);
    let letter = json!({ "mark": "ab", "document_number": "小村第1号", "sender": "小さな村", "bears": "2026-11-24", "voided_on": null });
    stop(&place, "portal", "letter.verify", "l", letter.to_string().as_bytes());
    stop(&place, "portal", "round.offer", "broken", b"no parcel at all");
    let job = "insert into store_job (kind, key, body, state, due, tries, error, created_at, ended_at) \
        values ('program.tell', 'evt_1:0', '{\"event\":\"evt_1\",\"round\":0}', 'dead', ?1, 80, 'nobody listens there', ?1, ?1)";
    change(&place.data(), "portal", job, &[&LONG_AGO]);

    let served = place.serve(TOWN);
    let (done, said) = dead_letters(&place, TOWN, &[]);
    let names = [
        "portal/job/program.tell/evt_1:0".to_owned(),
        format!("portal/parcel/program.told/{parcel}"),
        "portal/parcel/letter.verify/l".into(),
    ];
    assert!(done && names.iter().all(|name| said.contains(name)), "{said}");
    assert!(said.contains("80 tries: nobody listens there") && said.contains("the disk was full"), "{said}");
    let (done, said) = dead_letters(&place, TOWN, &["--face", "desk"]);
    assert!(done && said.contains("Nothing has stopped"), "{said}");

    let on_portal = |sql: &str| rows(&place.data(), "portal", sql)[0][0].clone();
    assert_eq!(on_portal("select count(*) from program"), "0");
    let again: Vec<&str> = names.iter().flat_map(|name| ["--again", name.as_str()]).collect();
    let (done, said) = dead_letters(&place, TOWN, &again);
    assert!(done && said.contains("was taken in") && said.contains("is due now"), "{said}");
    assert_eq!(on_portal("select id from program"), id);
    assert_eq!(on_portal("select document_number from letter_verify"), "小村第1号");
    assert_eq!(on_portal("select count(*) from store_entry where what = 'resumed' and actor = 'terminal'"), "3");
    until("the open town has done the job", || on_portal("select state from store_job where kind = 'program.tell'") == "done");

    // What fails again stays and says why; what is not there, or is no name, is refused.
    assert_eq!(stopped(&place, "portal"), ["round.offer"]);
    for (name, why) in [
        ("portal/parcel/round.offer/broken", "it failed again and stays"),
        (names[2].as_str(), "there is none of this name"),
        ("portal/job/program.tell/evt_1:0", "there is none of this name"),
        ("letter.verify", "no name of a dead letter"),
    ] {
        let (done, said) = dead_letters(&place, TOWN, &["--again", name]);
        assert!(!done && said.contains(why), "{name}: {said}");
    }
    assert_eq!(stopped(&place, "portal"), ["round.offer"]);
    served.stop();
}

/// Parcels are read by the definitions: without the folder nothing is sent on, and with another town's neither.
#[test]
fn at_the_terminal_nothing_is_sent_on_without_the_towns_own_folder() {
    let place = Place::laid_out();
    place.serve("towns/chiisana").stop();
    let letter = json!({ "mark": "ab", "document_number": "1", "sender": "村", "bears": "2026-11-24", "voided_on": null });
    stop(&place, "portal", "letter.verify", "l", letter.to_string().as_bytes());
    let bare = place.run(&["dead-letters"], &["--again", "portal/parcel/letter.verify/l"]);
    assert!(!bare.status.success() && String::from_utf8_lossy(&bare.stderr).contains("--town"));
    let (done, said) = dead_letters(&place, "towns/mihon", &["--again", "portal/parcel/letter.verify/l"]);
    assert!(!done && said.contains("belongs to the town"), "{said}");
    assert_eq!(stopped(&place, "portal"), ["letter.verify"]);
}

/// A department of the small village.
fn a_department() -> String {
    let town = definitions::town::Town::load(&repository("towns/chiisana")).expect("the village");
    town.departments.keys().next().expect("a department").to_string()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
}
