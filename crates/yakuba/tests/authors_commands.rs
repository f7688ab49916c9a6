//! What authors of definitions type besides `check`: coverage, try, new, diff. Text for people, JSON for programs, exit codes for scripts.

mod served;

use std::{fs, path::PathBuf, process::Output};

use serde_json::Value;
use served::{Place, copy, repository, yakuba};

/// The village's folder of one's own, with the nation's beside it.
fn copied(place: &Place) -> PathBuf {
    let towns = place.beside("towns");
    for folder in ["base", "chiisana"] {
        copy(&repository("towns").join(folder), &towns.join(folder));
    }
    towns.join("chiisana")
}

fn said(done: &Output) -> String {
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn json(done: &Output) -> Value {
    assert_eq!(done.status.code(), Some(0), "{}{}", said(done), String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(done)))
}

#[test]
fn coverage_is_a_table_for_people_and_json_for_programs() {
    let place = Place::empty();
    let folder = copied(&place);
    let procedure = folder
        .join("procedures")
        .read_dir()
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|kind| kind == "yaml"));
    let procedure = procedure.expect("the village has a procedure of its own");
    let text = fs::read_to_string(&procedure).unwrap();
    fs::write(&procedure, format!("{}\ninventory: [70001]\n", text.trim_end())).unwrap();
    fs::write(folder.join("not_ours.yaml"), "inventory_excluded: { 70003: 県が扱います。 }\n").unwrap();
    let table = place.beside("inventory.csv");
    fs::write(&table, "\u{feff}手続ID,手続名,総手続件数\n70001,写しの交付,\"9,000\"\n70002,附票,1000\n70003,建築確認,70000\n").unwrap();
    let coverage = |more: &[&str]| yakuba().arg("coverage").arg(&folder).arg("--inventory").arg(&table).args(more).output().expect("runs");
    let found = json(&coverage(&["--json"]));
    assert_eq!((&found["covered"]["rows"], &found["covered"]["filings"]), (&1.into(), &9_000.into()), "{found:#}");
    assert_eq!(found["covered"]["share_of_filings"], 0.9);
    assert_eq!(found["gaps"][0]["id"], "70002");
    let text = said(&coverage(&[]));
    for part in ["国の棚卸調査の手続 3 のうち、このまちの手続は 2", "90.0 %", "70002  1,000  附票", "オンラインで終わる", "画面の形"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    fs::write(&table, "手続ID,名\n").unwrap();
    let refused = coverage(&[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("inventory.csv:1:0: `総手続件数` という列がない"), "{}", said(&refused));
}

#[test]
fn a_procedure_is_tried_with_answers_from_a_file() {
    let place = Place::empty();
    let folder = copied(&place);
    fs::write(
        folder.join("procedures/bench_request.yaml"),
        // The whole one to begin with, as the page for authors has it.
        fs::read_to_string(repository("docs/adding-a-procedure.md"))
            .unwrap()
            .split("```yaml\n")
            .nth(1)
            .unwrap()
            .split("```")
            .next()
            .unwrap(),
    )
    .unwrap();
    let town = fs::read_to_string(folder.join("town.yaml")).unwrap();
    fs::write(folder.join("town.yaml"), town.replacen("offers: [", "offers: [bench_request, ", 1)).unwrap();
    let answers = place.beside("answers.json");
    let tried = |text: &str, more: &[&str]| {
        fs::write(&answers, text).unwrap();
        yakuba()
            .args(["try", "bench_request", "--on", "2026-12-01", "--town"])
            .arg(&folder)
            .arg("--answers")
            .arg(&answers)
            .args(more)
            .output()
            .expect("runs")
    };
    let good = r#"{ "name": "田中 太郎", "place": "バス停の前", "seats": 4 }"#;
    let found = json(&tried(good, &["--outcome", "place_it", "--json"]));
    assert_eq!(
        (&found["accepted"], &found["due"], &found["told"][0]),
        (&true.into(), &"2026-12-15".into(), &"decided".into()),
        "{found:#}"
    );
    let text = said(&tried(good, &["--outcome", "place_it"]));
    for part in ["→ 申請できる", "何人がけ（seats）　4", "お返事　　2026-12-15 まで", "決裁（decide）", "お知らせ　decided"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let text = said(&tried(r#"{ "place": "バス停の前", "seats": 5 }"#, &[]));
    for part in ["→ 申請できない", "直す　　　name：「氏名」を入力してください", "形式要件　small：4人がけまでです"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let refused = tried(r#"{ "seat": 5 }"#, &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("answers.json:1:3: `seat` という質問はない; `seats` のことか"), "{}", said(&refused));
}

#[test]
fn a_new_procedure_is_written_once_and_says_what_is_left() {
    let place = Place::empty();
    let folder = copied(&place);
    let new = |more: &[&str]| yakuba().args(["new", "bench_request", "--town"]).arg(&folder).args(more).output().expect("runs");
    let done = new(&["--title", "ベンチのお願い"]);
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    let text = fs::read_to_string(folder.join("procedures/bench_request.yaml")).expect("written");
    assert!(text.contains("title: \"ベンチのお願い\"\n"), "{text}");
    assert!(said(&done).lines().count() >= 8 && said(&done).lines().all(|line| line.contains("/bench_request.yaml:")), "{}", said(&done));
    assert!(said(&done).contains("〔何のための手続か、一文で〕` は書きかけのまま"), "{}", said(&done));
    // Somebody's work is never written over.
    fs::write(folder.join("procedures/bench_request.yaml"), text.replace("〔何のための手続か、一文で〕", "ベンチを置いてほしいときに。"))
        .unwrap();
    assert_eq!(new(&[]).status.code(), Some(0));
    assert!(fs::read_to_string(folder.join("procedures/bench_request.yaml")).unwrap().contains("ベンチを置いてほしいときに。"));
    let refused = yakuba().args(["new", "Bench", "--town"]).arg(&folder).output().expect("runs");
    assert_eq!(refused.status.code(), Some(1));
    assert!(!folder.join("procedures/Bench.yaml").exists());
}

#[test]
fn what_a_village_changes_of_the_nations_is_told() {
    let place = Place::empty();
    let folder = copied(&place);
    fs::write(folder.join("own.yaml"), "procedure: dog_registration\ntitle: 犬を登録する\nminutes: 7\n").unwrap();
    let diff = |more: &[&str]| yakuba().arg("diff").arg(&folder).args(more).output().expect("runs");
    let found = json(&diff(&["--json"]));
    let dog = found.as_array().unwrap().iter().find(|thing| thing["path"] == "procedures.dog_registration").expect("the dog");
    let title = dog["changes"].as_array().unwrap().iter().find(|change| change["path"] == "title").expect("the title");
    assert_eq!((&title["what"], &title["after"]), (&"changed".into(), &"犬を登録する".into()));
    assert!(title["place"].as_str().unwrap().ends_with("chiisana/own.yaml:2:8"), "{title}");
    let text = said(&diff(&[]));
    for part in ["手続 dog_registration（犬を登録する）", "変える  手続名：", " → 犬を登録する", "chiisana/own.yaml:2:8（下は "]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let itself = diff(&["--against", folder.to_str().unwrap()]);
    assert_eq!(said(&itself), "0 のものに 0 の違い\n");
    let below = yakuba().arg("diff").arg(folder.parent().unwrap().join("base")).output().expect("runs");
    assert_eq!(below.status.code(), Some(1));
    assert!(said(&below).contains("何の上にも重なっていない"), "{}", said(&below));
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let place = Place::empty();
    let folder = copied(&place);
    let mut command = yakuba();
    command.arg("diff").arg(&folder).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().expect("runs");
    drop(child.stdout.take());
    let done = child.wait_with_output().expect("ends");
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
}
