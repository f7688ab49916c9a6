//! `yakuba demo`: a town hall at work, laid out by the product's own commands, the same each time, and on loopback only.

mod served;

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use served::{Place, repository, rows, until, yakuba};

/// Enough that each stage is met; a full demo has two thousand.
const CASES: usize = 150;

struct Demo(Child);

impl Demo {
    /// Starts it and gives what it says when it is open.
    fn open(place: &Place, cases: usize) -> (Demo, String) {
        let mut child = yakuba()
            .args(["demo", "--residents", "400", "--listen", "127.0.0.1:0", "--cases", &cases.to_string(), "--data"])
            .arg(place.data())
            .arg("--town")
            .arg(repository("towns/mihon"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the demo starts");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut said).expect("a line");
        (Demo(child), said)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn by(place: &Place, what: &str) -> BTreeMap<String, usize> {
    let found = rows(&place.data(), "desk", &format!("select {what}, count(*) from case_ group by 1"));
    found.into_iter().map(|row| (row[0].clone(), row[1].parse().unwrap())).collect()
}

#[test]
fn the_demo_has_cases_in_all_stages_of_many_procedures_and_a_second_start_finds_them_there() {
    let place = Place::empty();
    let (demo, said) = Demo::open(&place, CASES);
    assert!(said.contains("http://127.0.0.1:") && said.contains("/demo"), "it says where to go: {said}");
    let stages = by(&place, "stage");
    assert_eq!(stages.values().sum::<usize>(), CASES, "{stages:?}");
    for stage in ["working", "correcting", "approving", "decided", "withdrawn"] {
        assert!(stages.get(stage).is_some_and(|cases| *cases >= 2), "too few of {stage}: {stages:?}");
    }
    let procedures = by(&place, "procedure");
    assert!(procedures.len() >= 6, "{procedures:?}");
    assert!(by(&place, "case when assignee is null then 'free' else 'taken' end").len() == 2, "some are taken, some free");
    let late = rows(&place.data(), "desk", "select count(*) from case_ where open = 1 and due < strftime('%Y-%m-%d', 'now', '+9 hours')");
    assert_ne!(late, [["0"]], "something is late, so that it can be seen");
    let letters = rows(&place.data(), "desk", "select count(*) from letter");
    assert_ne!(letters, [["0"]], "decisions have their letters");
    until("all letters are set", || rows(&place.data(), "desk", "select 1 from letter where state = 'ordered'").is_empty());
    let failed = rows(&place.data(), "desk", "select template, problem from letter where state = 'failed'");
    assert!(failed.is_empty(), "the town's own templates can be set: {failed:?}");
    let set_aside = rows(&place.data(), "desk", "select kind, error from store_inbox where body is not null");
    assert!(set_aside.is_empty(), "the desk takes all that an honest portal sends: {set_aside:?}");
    let doubted =
        rows(&place.data(), "desk", "select c.procedure from case_event e join case_ c on c.id = e.case_id where e.what = 'doubted'");
    assert!(doubted.is_empty(), "and finds that it fits its forms: {doubted:?}");
    assert!(by(&place, "channel").contains_key("counter"), "some came over the counter");
    let numbers = rows(&place.data(), "desk", "select number, procedure, applicant from case_ order by number");
    drop(demo);
    let (_again, said) = Demo::open(&place, CASES);
    assert!(said.contains("/demo"), "{said}");
    assert_eq!(
        rows(&place.data(), "desk", "select number, procedure, applicant from case_ order by number"),
        numbers,
        "nothing is filed twice"
    );
}

#[test]
fn the_demo_is_refused_where_others_could_reach_it() {
    let place = Place::empty();
    let done = yakuba().args(["demo", "--listen", "0.0.0.0:0", "--data"]).arg(place.data()).output().expect("runs");
    assert!(!done.status.success());
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("loopback only"), "{said}");
    assert!(!place.data().exists(), "a refusal lays nothing out");
}
