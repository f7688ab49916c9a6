//! `yakuba paper`: a form as PDF with the map of its boxes, and what is said when it cannot be.

mod served;

use std::fs;

use serde_json::Value;
use served::{Place, repository, yakuba};

#[test]
fn a_form_is_written_with_its_map_empty_larger_and_filled_in() {
    let place = Place::empty();
    let (pdf, map, answers) = (place.beside("dog.pdf"), place.beside("dog.json"), place.beside("answers.json"));
    let town = repository("towns/mihon");
    let print = |more: &[&str]| {
        let done = yakuba()
            .args(["paper", "dog_registration", "--town"])
            .arg(&town)
            .arg("-o")
            .arg(&pdf)
            .arg("--map")
            .arg(&map)
            .args(more)
            .output()
            .expect("runs");
        assert_eq!(done.status.code(), Some(0), "{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert!(fs::read(&pdf).unwrap().starts_with(b"%PDF-"));
        serde_json::from_str::<Value>(&fs::read_to_string(&map).unwrap()).unwrap()
    };
    let blank = print(&[]);
    assert_eq!(
        (&blank["procedure"], &blank["prefilled"], &blank["page_mm"]),
        (&"dog_registration".into(), &false.into(), &serde_json::json!([210, 297]))
    );
    let name = |map: &Value| map["boxes"].as_array().unwrap().iter().find(|one| one["input"] == "name").cloned().unwrap();
    for key in ["page", "x", "y", "width", "height"] {
        assert!(name(&blank)[key].as_f64().unwrap() > 0.0, "{key}: {}", name(&blank));
    }
    assert_eq!((&name(&blank)["kind"], &name(&blank)["shape"]), (&"text".into(), &"space".into()));
    let large = print(&["--large", "--language", "en"]);
    assert_eq!((&large["large"], &large["language"]), (&true.into(), &"en".into()));
    assert!(name(&large)["height"].as_f64() > name(&blank)["height"].as_f64());
    fs::write(&answers, r#"{ "name": "佐藤 花子" }"#).unwrap();
    assert_eq!(print(&["--answers", answers.to_str().unwrap()])["prefilled"], true);
}

#[test]
fn what_cannot_be_printed_is_told_and_nothing_is_written() {
    let place = Place::empty();
    let pdf = place.beside("none.pdf");
    let answers = place.beside("answers.json");
    fs::write(&answers, r#"{ "nobody_asks": "x" }"#).unwrap();
    let town = repository("towns/mihon");
    let print = |procedure: &str, more: &[&str]| {
        let done = yakuba().args(["paper", procedure, "--town"]).arg(&town).arg("-o").arg(&pdf).args(more).output().expect("runs");
        assert_eq!(done.status.code(), Some(1), "{procedure} {more:?}");
        format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
    };
    assert!(print("dog_registratoin", &[]).contains("`dog_registration` のことか"));
    assert!(print("dog_registration", &["--answers", answers.to_str().unwrap()]).contains("nobody_asks"));
    assert!(print("dog_registration", &["--answers", "/nowhere.json"]).contains("読めない"));
    assert!(print("dog_registration", &["--language", "fr"]).contains("ja, easy or en"));
    assert!(!pdf.exists());
}
