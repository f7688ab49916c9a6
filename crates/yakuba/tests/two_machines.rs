//! 三層分離: the portal and the desk as two processes with two data folders and two keys, a folder of sealed parcels between them.

mod served;

use std::path::Path;

use served::{Place, Served, Typed, rows, until, yakuba};

/// A portal's place, a desk's place, and the folder between.
struct Machines {
    portal: Place,
    desk: Place,
}

impl Machines {
    /// `init` on the desk's machine; the portal is given its own face's key and nothing else.
    fn laid_out() -> Machines {
        let (portal, desk) = (Place::empty(), Place::laid_out());
        let done = desk.run(&["init"], &["--face-key", "portal", "--out", portal.beside("data.key").to_str().unwrap()]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Machines { portal, desk }
    }

    fn between(&self) -> std::path::PathBuf {
        self.desk.beside("hatch")
    }

    fn open(&self, place: &Place, face: &str) -> Served {
        let between = self.between();
        place.serve_as(&place.data(), "towns/chiisana", &["--face", face, "--hatch", between.to_str().unwrap()])
    }
}

/// How often the desk has a case.
fn at_the_desk(desk: &Place, number: &str) -> bool {
    rows(&desk.data(), "desk", &format!("select 1 from case_ where number = '{number}'")).len() == 1
}

fn step_at_the_portal(portal: &Place, number: &str) -> String {
    rows(&portal.data(), "portal", &format!("select turn from own_case where number = '{number}'"))[0][0].clone()
}

#[test]
fn a_case_goes_up_sealed_and_its_news_comes_down() {
    let machines = Machines::laid_out();
    let portal = machines.open(&machines.portal, "portal");
    let desk = machines.open(&machines.desk, "desk");
    let mut browser = portal.browser();
    let number = Typed::disclosure(&mut browser).file(&mut browser).expect("filed");
    until("the desk has the case", || at_the_desk(&machines.desk, &number));
    until("the portal knows that the office has it", || step_at_the_portal(&machines.portal, &number) != "0");
    assert_eq!(browser.get("/desk/sign-in").status, 404, "the portal's machine has no door of the desk");
    assert_eq!(desk.browser().get("/").status, 404, "the desk's machine shows residents nothing");
    assert!(!machines.portal.data().join("desk").exists(), "no row of the desk lies on the portal's machine");
    let written = everything_below(&machines.between());
    for secret in ["佐藤", "サトウ", "09000000001"] {
        assert!(!written.iter().any(|bytes| holds(bytes, secret.as_bytes())), "{secret} lies readable between the machines");
    }
}

#[test]
fn residents_file_while_the_desk_is_down() {
    let machines = Machines::laid_out();
    let portal = machines.open(&machines.portal, "portal");
    let mut browser = portal.browser();
    let numbers: Vec<String> = (0..3).map(|_| Typed::disclosure(&mut browser).file(&mut browser).expect("filed without a desk")).collect();
    for number in &numbers {
        assert_eq!(browser.get(&format!("/status/{number}")).status, 200);
    }
    let _desk = machines.open(&machines.desk, "desk");
    for number in &numbers {
        until("the desk catches up", || at_the_desk(&machines.desk, number));
    }
}

#[test]
fn a_parcel_that_was_tampered_with_is_refused_and_the_true_one_comes_after_it() {
    let machines = Machines::laid_out();
    let portal = machines.open(&machines.portal, "portal");
    let mut browser = portal.browser();
    let number = Typed::disclosure(&mut browser).file(&mut browser).expect("filed");
    let to_desk = machines.between().join("to-desk");
    let parcel = || {
        std::fs::read_dir(&to_desk)
            .ok()?
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.metadata().is_ok_and(|file| file.is_file() && file.len() > 500))
    };
    until("the parcel lies in the folder", || parcel().is_some());
    portal.stop();
    let victim = parcel().expect("the parcel");
    let mut bytes = std::fs::read(&victim).unwrap();
    let last = bytes.len() - 40;
    bytes[last] ^= 1;
    std::fs::write(&victim, bytes).unwrap();

    let _desk = machines.open(&machines.desk, "desk");
    until("what was tampered with is set aside", || {
        std::fs::read_dir(to_desk.join("refused")).is_ok_and(|mut entries| entries.next().is_some())
    });
    assert!(!at_the_desk(&machines.desk, &number), "nothing of it was taken");
    let _portal = machines.open(&machines.portal, "portal");
    until("the portal writes it anew and the desk takes it", || at_the_desk(&machines.desk, &number));
}

#[test]
fn the_portals_key_does_not_open_the_desk() {
    let machines = Machines::laid_out();
    let between = machines.between();
    let refused = yakuba()
        .args(["serve", "--face", "desk", "--listen", "127.0.0.1:0", "--town"])
        .arg(served::repository("towns/chiisana"))
        .arg("--hatch")
        .arg(&between)
        .arg("--data")
        .arg(machines.portal.data())
        .output()
        .expect("the program runs");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("the other face"), "{}", String::from_utf8_lossy(&refused.stderr));
}

fn everything_below(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { everything_below(&path) } else { vec![std::fs::read(&path).unwrap_or_default()] }).collect()
}

fn holds(bytes: &[u8], sought: &[u8]) -> bool {
    bytes.windows(sought.len()).any(|window| window == sought)
}

#[test]
fn each_machine_is_copied_proved_and_laid_out_again_with_the_key_that_it_has() {
    let machines = Machines::laid_out();
    let portal = machines.open(&machines.portal, "portal");
    let desk = machines.open(&machines.desk, "desk");
    let mut browser = portal.browser();
    let number = Typed::disclosure(&mut browser).file(&mut browser).expect("filed");
    until("the desk has the case", || at_the_desk(&machines.desk, &number));
    let copies = [(&machines.portal, "portal"), (&machines.desk, "desk")].map(|(place, face)| {
        let copy = place.beside("copy");
        let done = place.run(&["backup"], &["--to", copy.to_str().unwrap()]);
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success() && said.contains(face), "{said}{}", String::from_utf8_lossy(&done.stderr));
        let journal = place.run(&["verify-journal"], &[]);
        let said = String::from_utf8_lossy(&journal.stdout).into_owned();
        assert!(journal.status.success() && said.contains(face), "{said}{}", String::from_utf8_lossy(&journal.stderr));
        copy
    });
    portal.stop();
    desk.stop();
    assert!(!copies[0].join("desk.rows").exists(), "the portal's machine copies nothing of the desk");
    assert!(!copies[1].join("portal.rows").exists() && !machines.desk.data().join("portal").exists(), "nor the desk's of the portal");

    // The portal's machine burnt down; its key and its copy did not.
    let again = Place::empty();
    std::fs::copy(machines.portal.beside("data.key"), again.beside("data.key")).unwrap();
    let done = again.run(&["restore"], &["--from", copies[0].to_str().unwrap()]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let portal = machines.open(&again, "portal");
    assert_eq!(browser.before(&portal).get(&format!("/status/{number}")).status, 200, "the resident finds their case there");
    portal.stop();

    // The key of one face opens no copy of the other; nothing is laid out then.
    let refused = Place::empty();
    std::fs::copy(machines.portal.beside("data.key"), refused.beside("data.key")).unwrap();
    let done = refused.run(&["restore"], &["--from", copies[1].to_str().unwrap()]);
    assert!(!done.status.success(), "the portal's key opens no copy of the desk");
    assert!(!refused.data().join("desk").exists());

    // The town's whole key opens the copy of either machine.
    for (copy, face) in copies.iter().zip(["portal", "desk"]) {
        let inside = Place::empty();
        std::fs::copy(machines.desk.beside("data.key"), inside.beside("data.key")).unwrap();
        let done = inside.run(&["restore"], &["--from", copy.to_str().unwrap()]);
        assert!(done.status.success(), "{face}: {}", String::from_utf8_lossy(&done.stderr));
        assert!(inside.data().join(face).exists());
    }
}

/// The folders of a village as they are after a change that makes a new version of the procedure.
fn changed(place: &Place) -> std::path::PathBuf {
    let towns = place.beside("towns-after");
    for folder in ["base", "chiisana"] {
        served::copy(&served::repository("towns").join(folder), &towns.join(folder));
    }
    let procedure = towns.join("base/procedures/disclosure_request.yaml");
    let text = std::fs::read_to_string(&procedure).unwrap();
    std::fs::write(&procedure, text.replace("at_most: 2000", "at_most: 1900")).unwrap();
    towns.join("chiisana")
}

/// What a resident filed while the desk was down, its parcel in the folder, the portal stopped.
fn filed_while_the_desk_was_down(machines: &Machines) -> String {
    let portal = machines.open(&machines.portal, "portal");
    let mut browser = portal.browser();
    let number = Typed::disclosure(&mut browser).file(&mut browser).expect("filed");
    let to_desk = machines.between().join("to-desk");
    let is_there = || {
        let entries = std::fs::read_dir(&to_desk).into_iter().flatten().flatten();
        entries.filter(|entry| entry.path().extension().is_some_and(|end| end == "parcel")).count() > 0
    };
    until("the parcel lies in the folder", is_there);
    portal.stop();
    number
}

fn with_the_changed_folder(machines: &Machines) -> Served {
    let (between, town) = (machines.between(), changed(&machines.desk));
    let town = town.to_str().unwrap().to_owned();
    machines.desk.serve_with(&machines.desk.data(), &["--town", &town, "--face", "desk", "--hatch", between.to_str().unwrap()])
}

fn waiting(desk: &Place) -> Vec<Vec<String>> {
    rows(&desk.data(), "desk", "select error from store_inbox where body is not null and failures = 0 order by number")
}

#[test]
fn the_desk_knows_a_version_that_it_once_opened_with() {
    let machines = Machines::laid_out();
    machines.open(&machines.desk, "desk").stop();
    let number = filed_while_the_desk_was_down(&machines);
    let _desk = with_the_changed_folder(&machines);
    until("the desk takes it in under its own version", || at_the_desk(&machines.desk, &number));
    assert!(waiting(&machines.desk).is_empty(), "nothing had to wait");
}

#[test]
fn a_filing_under_a_version_that_the_desk_never_had_waits_until_its_folder_is_laid_once() {
    let machines = Machines::laid_out();
    let number = filed_while_the_desk_was_down(&machines);
    let desk = with_the_changed_folder(&machines);
    until("it waits", || !waiting(&machines.desk).is_empty());
    assert!(waiting(&machines.desk)[0][0].starts_with("desk-waits-definition disclosure_request "));
    assert!(!at_the_desk(&machines.desk, &number));
    let old = served::repository("towns/chiisana");
    let kept = machines.desk.run(&["keep-definitions"], &["--town", old.to_str().unwrap()]);
    assert!(kept.status.success(), "{}", String::from_utf8_lossy(&kept.stderr));
    desk.stop();
    let _desk = with_the_changed_folder(&machines);
    until("it was tried again", || at_the_desk(&machines.desk, &number));
    // What builds on the filing waited behind it, and is done in a transaction of its own.
    until("nothing waits any more", || waiting(&machines.desk).is_empty());
    let refused = machines.portal.run(&["keep-definitions"], &["--town", old.to_str().unwrap()]);
    assert!(!refused.status.success(), "the portal's machine has no desk");
    let other = machines.desk.run(&["keep-definitions"], &["--town", served::repository("towns/mihon").to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&other.stderr).contains("belongs to the town chiisana"), "another town's folder is refused");
}
