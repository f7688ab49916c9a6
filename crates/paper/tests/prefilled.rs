//! Sheets that are only to be signed, set and read back: long answers, letters that no font has, words without an end, and a template's tags.

mod cast;

use std::{fs, process::Command};

use cast::*;
use letters::Press;
use paper::{Prefill, PrintedForm, Wish, code::SheetCode, print};

fn text(form: &PrintedForm) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("form.pdf");
    fs::write(&file, &form.pdf).unwrap();
    let Ok(out) = Command::new("pdftotext").args(["-layout"]).arg(&file).arg("-").output() else {
        eprintln!("!! pdftotext (poppler-utils) is not installed: the sheet was NOT read back");
        return None;
    };
    // Where a long word may break stands a letter without width.
    Some(String::from_utf8(out.stdout).unwrap().replace('\u{200b}', "").split_whitespace().collect())
}

fn set(procedure: &str, typed: &[(&str, &str)], large: bool) -> PrintedForm {
    let town = mihon();
    let procedure = town.procedure(procedure).unwrap();
    let prefill: Prefill = prefill(procedure, typed, Some("K7P4M29ACDEX"));
    print(&Press::here(), town, procedure, &Wish { large, prefill: Some(&prefill), ..Wish::default() }, today()).unwrap()
}

#[test]
fn a_sheet_bears_the_answers_and_the_code_by_which_a_clerk_takes_the_draft_over() {
    let form =
        set("dog_registration", &[("name", "佐藤 花子"), ("address.text", "見本県見本市中央1-2-3"), ("phone", "09000000001")], false);
    assert!(form.map.prefilled);
    let Some(text) = text(&form) else { return };
    for expected in ["佐藤花子", "見本県見本市中央1-2-3", "準備番号", "K7P4-M29A-CDEX", "犬の登録", "署名して出してください"]
    {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    let code: SheetCode = "YAKUBA1/dog_registration/3f2a9c01/K7P4M29ACDEX".parse().unwrap();
    assert_eq!(code.draft.as_deref(), Some("K7P4M29ACDEX"));
}

#[test]
fn the_longest_answers_stand_inside_their_boxes() {
    // The name field holds a hundred letters; a mail address may have no place to break.
    let name = format!("{} {}", "寿限無".repeat(12), "長助".repeat(12));
    let mail = format!("{}@example.jp", "a".repeat(60));
    let address = "見本県見本市大字字名の長いところ".repeat(5);
    for large in [false, true] {
        let typed = [("name", name.as_str()), ("mail", mail.as_str()), ("address.text", address.as_str())];
        let form = set("dog_registration", &typed, large);
        for placed in &form.map.boxes {
            let at = &placed.at;
            assert!(at.x + at.width <= 193.1 && at.y + at.height <= 271.1, "{:?} at {at:?}", placed.of);
        }
        let Some(text) = text(&form) else { continue };
        assert!(text.contains(&"寿限無".repeat(2)) && text.contains("example"), "{text}");
    }
}

#[test]
fn a_letter_that_no_font_has_does_not_stop_the_sheet() {
    let form = set("dog_registration", &[("name", "佐藤😀子")], false);
    let Some(text) = text(&form) else { return };
    assert!(text.contains("佐藤〓子") && text.contains("印字できない文字"), "{text}");
}

#[test]
fn a_form_is_tagged_for_screen_readers_and_the_same_inputs_give_the_same_bytes() {
    let typed = [("name", "佐藤 花子")];
    let form = set("dog_registration", &typed, false);
    assert_eq!(form.pdf, set("dog_registration", &typed, false).pdf);
    assert_ne!(form.pdf, set("dog_registration", &[("name", "田中 太郎")], false).pdf);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("form.pdf");
    fs::write(&file, &form.pdf).unwrap();
    let Ok(out) = Command::new("pdfinfo").arg("-meta").arg(&file).output() else { return };
    let metadata = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(metadata.contains("pdfuaid:part>1<") && metadata.contains("pdfaid:part>2<"), "{metadata}");
    let tags = Command::new("pdfinfo").arg("-struct").arg(&file).output().unwrap();
    let tags = String::from_utf8_lossy(&tags.stdout).into_owned();
    assert!(tags.contains("H1") && tags.contains("H2"), "{tags}");
}
