//! `yakuba program`: a token is issued, opens what it was issued for, is listed without its secret, and opens nothing once it is revoked. What is
//! asked for wrongly is refused in words that say what is right.

mod served;

use served::{Place, Served, repository, rows, until};

const TOWN: &str = "towns/chiisana";

/// Runs `yakuba program`. Says whether it was done, what it said and of what it complained.
fn program(place: &Place, words: &[&str]) -> (bool, String, String) {
    let town = repository(TOWN);
    let mut all = vec!["--town", town.to_str().unwrap()];
    all.extend(words);
    let done = place.run(&["program"], &all);
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (done.status.success(), said(&done.stdout), said(&done.stderr))
}

/// Issues with these options beside name and department.
fn issue(place: &Place, more: &[&str]) -> (bool, String, String) {
    let mut all = vec!["issue", "--name", "窓口アプリ", "--department", "general_affairs"];
    all.extend(more);
    program(place, &all)
}

fn laid_out() -> Place {
    let place = Place::laid_out();
    place.serve(TOWN).stop();
    place
}

/// How the town answers somebody with this token who asks for the drafts of a program.
fn asks(served: &Served, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let body = r#"{"procedure": "disclosure_request", "answers": {}}"#;
    served.browser().send("POST", "/api/v1/drafts", &headers, body.as_bytes()).expect("an answer").status
}

fn token_of(said: &str) -> &str {
    said.lines().find(|line| line.starts_with("yk_")).expect("a token")
}

fn id_of(said: &str) -> &str {
    said.split_once('(').unwrap().1.split_once(')').unwrap().0
}

#[test]
fn a_token_opens_what_it_was_issued_for_and_nothing_once_it_is_revoked() {
    let place = laid_out();
    let served = place.serve(TOWN);
    let (done, listed, _) = program(&place, &["list"]);
    assert!(done && listed.is_empty(), "{listed}");

    let (done, able, wrong) = issue(&place, &["--scope", "drafts:write", "--procedure", "disclosure_request"]);
    assert!(done, "{wrong}");
    let (_, other, _) = issue(&place, &["--scope", "cases:read-own"]);
    until("residents' side knows them", || rows(&place.data(), "portal", "select count(*) from program") == [["2"]]);
    assert_eq!(asks(&served, token_of(&able)), 201);
    assert_eq!(asks(&served, token_of(&other)), 403, "that scope was not asked for");
    assert_eq!(asks(&served, "yk_made_up"), 401);

    let (_, listed, _) = program(&place, &["list"]);
    let line = listed.lines().find(|line| line.starts_with(id_of(&able))).expect("its line");
    assert!(line.contains("live") && line.contains("drafts:write") && line.contains("窓口アプリ"), "{line}");
    assert_eq!(listed.lines().count(), 2);
    assert!(!listed.contains("yk_"), "a token is shown once: {listed}");

    let (done, said, wrong) = program(&place, &["revoke", id_of(&able)]);
    assert!(done && said.contains(id_of(&able)), "{wrong}");
    until("residents' side lets it in no more", || asks(&served, token_of(&able)) == 401);
    assert_eq!(asks(&served, token_of(&other)), 403, "the other one is as it was");
    let (_, listed, _) = program(&place, &["list"]);
    assert!(listed.lines().any(|line| line.starts_with(id_of(&able)) && line.contains("revoked")), "{listed}");
    let journal = rows(&place.data(), "desk", "select what from store_entry where kind = 'program' and actor = 'terminal' order by serial");
    assert_eq!(journal.concat(), ["issued", "issued", "revoked"]);

    // Twice, or somebody who never was.
    for id in [id_of(&able), "0193e4b0-0000-7000-8000-000000000000"] {
        let (done, _, wrong) = program(&place, &["revoke", id]);
        assert!(!done && wrong.contains("there is no program"), "{id}: {wrong}");
    }
    assert!(!program(&place, &["revoke", "窓口アプリ"]).0, "a name is no id");
}

#[test]
fn what_is_asked_for_wrongly_is_refused_and_says_what_is_right() {
    let place = laid_out();
    let refused = |more: &[&str], says: &[&str]| {
        let (done, said, wrong) = issue(&place, more);
        assert!(!done && !said.contains("yk_"), "{more:?}: {said}");
        assert!(says.iter().all(|word| wrong.contains(word)), "{more:?}: {wrong}");
    };
    refused(&["--scope", "cases:write"], &["there is no scope `cases:write`", "cases:file", "results:write"]);
    refused(&["--scope", "cases:file", "--scope", "CASES:READ"], &["there is no scope `CASES:READ`"]);
    refused(&["--scope", "cases:file", "--procedure", "flying"], &["no procedure `flying`"]);
    refused(&["--scope", "results:write"], &["bound to named procedures"]);
    refused(&["--scope", "cases:file", "--until", "2020-01-01"], &["a last day from today"]);
    refused(&[], &["--scope"]);
    let (done, _, wrong) = program(&place, &["issue", "--name", "x", "--department", "nobody", "--scope", "cases:file"]);
    assert!(!done && wrong.contains("no department `nobody`"), "{wrong}");
    let (done, _, wrong) = program(&place, &["issue", "--name", " ", "--department", "general_affairs", "--scope", "cases:file"]);
    assert!(!done && wrong.contains("a name of 1 to"), "{wrong}");
    assert_eq!(rows(&place.data(), "desk", "select count(*) from program"), [["0"]], "nothing was issued");
}
