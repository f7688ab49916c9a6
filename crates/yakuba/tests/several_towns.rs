//! Several towns in one process: each under its own name, with its own data, its own key, its own people.

mod served;

use served::{Place, Typed, repository, rows, until, yakuba};

const MIHON: &str = "https://mihon.example";
const CHIISANA: &str = "https://chiisana.example";

fn towns() -> [String; 2] {
    ["towns/mihon", "towns/chiisana"].map(|folder| repository(folder).to_str().unwrap().to_owned())
}

/// Lays out both, as the refusal of `serve` tells.
fn laid_out() -> Place {
    let place = Place::empty();
    for town in ["mihon", "chiisana"] {
        let done = yakuba()
            .args(["init", "--data"])
            .arg(place.data().join(town))
            .arg("--keys")
            .arg(place.beside("data.keys").join(format!("{town}.key")))
            .output()
            .expect("runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    place
}

#[test]
fn each_town_has_its_own_people_under_its_own_name() {
    let place = laid_out();
    let [mihon, chiisana] = towns();
    let served = place.serve_with(&place.data(), &["--town", &mihon, "--site", MIHON, "--town", &chiisana, "--site", CHIISANA]);
    let (mut here, mut there) = (served.browser_for("chiisana.example"), served.browser_for("MIHON.example:443"));
    assert!(here.get("/").body.contains("小さな村") && there.get("/").body.contains("見本市"));
    assert!(!there.get("/").body.contains("小さな村"));
    assert_eq!(served.browser_for("evil.example").get("/").status, 421);
    assert_eq!(served.browser().get("/healthz").body, "ok\n", "who watches the process needs no town's name");

    let number = Typed::disclosure(&mut here).file(&mut here).expect("filed in the village");
    let count = |town: &str| rows(&place.data().join(town), "desk", "select count(*) from case_")[0][0].clone();
    until("the village's desk has it", || count("chiisana") == "1");
    assert_eq!(count("mihon"), "0", "the neighbour has nothing of it");
    let status = format!("/status/{number}");
    assert!(here.get(&status).body.contains("情報公開"), "its own status page");
    // The same cookies before the other town's door: a session is one town's.
    let strange = here.asking("mihon.example").get(&status);
    assert!(!strange.body.contains("情報公開"), "a session of the village opens nothing in the city: {}", strange.body);
    served.stop();
    for town in ["mihon", "chiisana"] {
        assert!(place.data().join(town).join("heads/desk").is_file(), "{town}: the end of its journal is signed");
    }
}

#[test]
fn two_towns_without_names_of_their_own_are_refused_with_what_to_do() {
    let place = laid_out();
    let [mihon, chiisana] = towns();
    let refused = |more: &[&str]| {
        let done = place.run(&["serve"], &[&["--listen", "127.0.0.1:0"], more].concat());
        assert!(!done.status.success(), "{more:?}");
        String::from_utf8_lossy(&done.stderr).into_owned()
    };
    let both = ["--town", &mihon, "--town", &chiisana];
    let said = refused(&both);
    assert!(said.contains("each town needs a --site"), "{said}");
    let said = refused(&[&both[..], &["--site", MIHON, "--site", "https://MIHON.example/"]].concat());
    assert!(said.contains("cannot both be"), "{said}");
    let said = refused(&["--town", &mihon, "--town", &mihon, "--site", MIHON, "--site", CHIISANA]);
    assert!(said.contains("cannot both be"), "one town twice: {said}");
    let said = refused(&[&both[..], &["--site", MIHON, "--site", "the village"]].concat());
    assert!(said.contains("is no site"), "{said}");
    let said = refused(&["--town", &mihon, "--site", MIHON, "--site", CHIISANA]);
    assert!(said.contains("2 sites were named for one town"), "{said}");
}

#[test]
fn a_town_that_is_not_laid_out_is_named_with_the_command_that_does_it() {
    let place = laid_out();
    std::fs::remove_file(place.beside("data.keys/chiisana.key")).unwrap();
    let [mihon, chiisana] = towns();
    let asked = ["--listen", "127.0.0.1:0", "--town", &mihon, "--site", MIHON, "--town", &chiisana, "--site", CHIISANA];
    let done = place.run(&["serve"], &asked);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success());
    let command = said.split_once("`yakuba ").and_then(|(_, rest)| rest.split_once('`')).expect("a command").0.to_owned();
    let again = yakuba().args(command.split(' ')).output().expect("runs");
    assert!(again.status.success(), "what the refusal names works: {command}: {}", String::from_utf8_lossy(&again.stderr));
    place.serve_with(&place.data(), &asked[2..]).stop();
}
