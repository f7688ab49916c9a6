//! The small start: one procedure, no registry, no card, live in seconds; and what a stranger meets who does it in the wrong order.

mod served;

use served::{Place, Typed, rows, until};

#[test]
fn serve_on_an_empty_folder_refuses_and_names_what_to_do() {
    let place = Place::empty();
    let town = served::repository("towns/chiisana");
    let done = place.run(&["serve"], &["--town", town.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success());
    assert!(said.contains("yakuba init --data"), "{said}");
    assert!(!place.data().exists(), "a refusal lays nothing out");
}

#[test]
fn init_prints_the_recovery_sheet_once_and_keeps_the_key_outside() {
    let place = Place::empty();
    let done = place.run(&["init"], &[]);
    let sheet = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && sheet.lines().filter(|line| !line.trim().is_empty()).count() >= 3, "{sheet}");
    assert!(place.beside("data.key").is_file(), "the key lies beside the data");
    assert!(std::fs::read_dir(place.data()).unwrap().flatten().all(|entry| !entry.file_name().to_string_lossy().contains("key")));
    let again = place.run(&["init"], &[]);
    assert!(!again.status.success() && again.stdout.is_empty(), "a town's key is never drawn twice");
}

#[test]
fn a_village_with_one_procedure_and_no_registry_takes_an_application_the_minute_it_opens() {
    let place = Place::laid_out();
    let served = place.serve("towns/chiisana");
    assert!(served.opened_after.as_secs() < 10, "open after {:?}", served.opened_after);
    let mut browser = served.browser();
    assert_eq!(browser.get("/healthz").body, "ok\n");
    let ready = browser.get("/readyz");
    assert_eq!(ready.status, 200, "{}", ready.body);
    assert!(ready.body.contains("\"portal\":\"ok\"") && ready.body.contains("\"desk\":\"ok\""), "{}", ready.body);
    assert!(browser.get("/").body.contains("小さな村"));
    let number = Typed::disclosure(&mut browser).file(&mut browser).expect("filed");
    let status = browser.get(&format!("/status/{number}"));
    assert_eq!(status.status, 200, "{}", status.body);
    until("the desk has the case", || rows(&place.data(), "desk", "select number from case_") == [[number.clone()]]);
    assert_eq!(rows(&place.data(), "desk", "select count(*) from person"), [["0"]], "no registry");
    served.stop();
}

#[test]
fn pages_of_the_demo_do_not_exist_where_a_town_is_served() {
    let place = Place::empty();
    // A folder that was a demo's: the same keys, stores and rows.
    let mut demo = std::process::Command::new(env!("CARGO_BIN_EXE_yakuba"))
        .args(["demo", "--residents", "30", "--cases", "0", "--listen", "127.0.0.1:0", "--data"])
        .arg(place.data())
        .arg("--town")
        .arg(served::repository("towns/mihon"))
        .env("YAKUBA_LOG", "error")
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the demo starts");
    let mut said = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(demo.stdout.take().unwrap()), &mut said).unwrap();
    demo.kill().unwrap();
    demo.wait().unwrap();
    assert!(said.contains("/demo"), "the demo says where to go: {said}");
    let served = place.serve("towns/mihon");
    let mut browser = served.browser();
    let csrf = browser.get("/sign-in").csrf();
    for page in ["/demo", "/demo/mail", "/demo/mail.json", "/desk/demo"] {
        let answer = browser.get(page);
        assert!(answer.status == 404 || answer.location.starts_with("/desk/sign-in"), "{page}: {} {}", answer.status, answer.location);
        assert!(!answer.body.contains("/demo/resident"), "{page}");
    }
    for door in ["/demo/resident/hanako", "/desk/demo/tanaka"] {
        let answer = browser.post(door, &[("csrf", &csrf)]);
        assert!(answer.status >= 400, "{door}: {} {}", answer.status, answer.location);
    }
    assert!(browser.get("/my/account").location.starts_with("/sign-in"), "nobody was signed in");
}
