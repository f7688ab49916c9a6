//! The gallery and the sample pages as files in `target/gallery/`, so that anyone can look at them in a browser and axe can visit them; and
//! what must hold of each of them without a browser.

use std::{fs, path::PathBuf};

use definitions::{text::Language, town::Town};
use ui::{assets, gallery, words::Words};

mod sample_town;

fn pages() -> Vec<(String, String)> {
    let town: Town = sample_town::town();
    let words = Words::new(ui::words::words().iter().copied(), []).unwrap();
    let mut pages = Vec::new();
    for language in Language::ALL {
        let code = language.code();
        pages.push((format!("gallery-{code}"), gallery::page(&words, &town, language).into_string()));
        pages.push((format!("front-{code}"), gallery::front(&words, &town, language).into_string()));
        pages.push((format!("question-{code}"), gallery::question(&words, &town, language).into_string()));
        pages.push((format!("status-{code}"), gallery::status(&words, &town, language).into_string()));
    }
    pages.push(("inbox".into(), gallery::inbox(&words, &town).into_string()));
    pages.push(("case".into(), gallery::case(&words, &town).into_string()));
    assert_eq!(words.missing(), vec![]);
    pages
}

#[test]
fn the_gallery_lies_in_the_target_folder_to_be_looked_at() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../gallery");
    fs::create_dir_all(folder.join("assets")).unwrap();
    for asset in assets::ALL {
        let place = folder.join(assets::href(asset.name).trim_start_matches('/'));
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, asset.bytes).unwrap();
    }
    for (name, page) in pages() {
        fs::write(folder.join(format!("{name}.html")), page).unwrap();
    }
}

#[test]
fn no_page_needs_inline_style_or_script() {
    for (name, page) in pages() {
        for banned in [" style=", "<style", " onclick=", " onload=", "javascript:"] {
            assert!(!page.contains(banned), "{name} holds {banned}");
        }
        for script in page.split("<script").skip(1) {
            assert!(script.starts_with(" type=\"module\" src=\"/assets/") && script.contains("></script>"), "{name}: inline script");
        }
    }
}

#[test]
fn every_page_has_a_way_past_the_head_and_a_way_to_a_person() {
    for (name, page) in pages() {
        assert!(page.contains("href=\"#content\"") && page.contains("id=\"content\""), "{name}");
        assert_eq!(page.matches("<h1").count(), 1, "{name}: one heading");
        if name != "inbox" && name != "case" {
            assert!(page.contains("href=\"tel:0000000000\""), "{name}");
        } else {
            assert!(page.contains("noindex"), "{name}");
        }
    }
}

#[test]
fn ids_are_there_once_and_labels_point_at_something() {
    for (name, page) in pages() {
        let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(ids.len(), once.len(), "{name}: an id is there twice");
        for attribute in [" for=\"", " aria-describedby=\"", " aria-labelledby=\""] {
            for target in page.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()).flat_map(|list| list.split(' ')) {
                assert!(ids.contains(&target), "{name}: {attribute}{target} points at nothing");
            }
        }
    }
}
