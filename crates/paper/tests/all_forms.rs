//! Every procedure of the sample town is printed, and the map of its boxes is held against the PDF that came out, by other people's programs
//! (poppler): lines are drawn where the map says that a box is, and no word stands outside the page's margins or in another's box.

mod cast;

use std::{fs, path::PathBuf, process::Command};

use cast::*;
use definitions::text::Language;
use letters::Press;
use paper::{
    Wish,
    form::Shape,
    map::{Map, Rectangle},
    print,
};

/// How many are printed: all with `ALL_FORMS=1`, otherwise each n-th besides those below (a page of a debug build takes a while).
const EACH: usize = 6;

/// The forms that a town hall hands out most.
const KNOWN: [&str; 6] =
    ["afterschool_join", "resident_record_copy", "child_allowance", "nursery_admission", "dog_registration", "moving_in_report"];

#[test]
fn every_form_is_printed_and_its_map_is_true() {
    let town = mihon();
    let press = Press::here();
    let all = std::env::var_os("ALL_FORMS").is_some();
    let looked = looking();
    let (mut printed, mut pages, mut boxes) = (0, 0, 0);
    for (at, procedure) in town.procedures.values().enumerate() {
        let known = KNOWN.contains(&procedure.id.as_str());
        if !all && !known && at % EACH != 0 {
            // Laid out all the same: that costs nothing.
            let form = paper::form::lay_out(town, procedure, &Wish::default());
            assert!(!form.boxes.is_empty(), "{}", procedure.id);
            continue;
        }
        let large = at % 4 == 1;
        let language = [Language::Ja, Language::En, Language::Easy][at % 3];
        let language = if known { Language::Ja } else { language };
        let wish = Wish { language, large: large && !known, prefill: None };
        let form = print(&press, town, procedure, &wish, today()).unwrap_or_else(|problem| panic!("{}: {problem}", procedure.id));
        inside_the_margins(&form.map);
        apart(&form.map);
        if looked {
            // Rasterising every page costs seconds; the text of every page does not.
            words_inside(&form.pdf, &procedure.id.to_string());
            if known || at % 18 == 0 {
                lines_drawn(&form.pdf, &form.map);
            }
        }
        printed += 1;
        pages += form.map.pages;
        boxes += form.map.boxes.len();
    }
    println!("{printed} of {} forms printed: {pages} pages, {boxes} boxes", town.procedures.len());
    assert!(printed >= town.procedures.len() / EACH);
}

/// Whether poppler is there to look with; its absence is said loudly.
fn looking() -> bool {
    let there = Command::new("pdftoppm").arg("-v").output().is_ok();
    if !there {
        eprintln!("!! pdftoppm (poppler-utils) is not installed: the maps were NOT held against drawn lines");
    }
    there
}

fn inside_the_margins(map: &Map) {
    for placed in &map.boxes {
        let at = &placed.at;
        assert!(
            at.x >= 16.9 && at.x + at.width <= 193.1 && at.y >= 16.9 && at.y + at.height <= 271.1,
            "{}: {:?} at {at:?}",
            map.procedure,
            placed.of
        );
        assert!(at.page >= 1 && at.page <= map.pages);
        let enough = match placed.of.shape {
            Shape::Space => at.height >= 7.9 && at.width >= 20.0,
            Shape::Comb => at.height >= 7.0 && at.width / placed.of.cells.unwrap_or(1) as f64 >= 5.5,
            Shape::Tick => at.height >= 3.4 && at.width >= 3.4,
        };
        assert!(enough, "{}: too small to write in: {:?} at {at:?}", map.procedure, placed.of);
    }
    for page in 1..=map.pages {
        let marks: Vec<&str> = map.marks.iter().filter(|mark| mark.at.page == page).map(|mark| mark.name.as_str()).collect();
        assert_eq!(marks.len(), 5, "{}: {marks:?} on page {page}", map.procedure);
    }
}

fn apart(map: &Map) {
    let meet = |a: &Rectangle, b: &Rectangle| {
        a.page == b.page
            && a.x + 0.1 < b.x + b.width
            && b.x + 0.1 < a.x + a.width
            && a.y + 0.1 < b.y + b.height
            && b.y + 0.1 < a.y + a.height
    };
    for (place, one) in map.boxes.iter().enumerate() {
        for other in &map.boxes[place + 1..] {
            assert!(!meet(&one.at, &other.at), "{}: {:?} lies over {:?}", map.procedure, one.of, other.of);
        }
    }
}

/// Every word of the PDF stands between the margins; a bracket may begin half a letter outside, where it has no ink.
fn words_inside(pdf: &[u8], name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("form.pdf");
    fs::write(&file, pdf).unwrap();
    let out = Command::new("pdftotext").args(["-bbox"]).arg(&file).arg("-").output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let number = |line: &str, key: &str| -> f64 {
        line.split_once(&format!("{key}=\"")).unwrap().1.split_once('"').unwrap().0.parse::<f64>().unwrap() * 25.4 / 72.0
    };
    let mut words = 0;
    for line in text.lines().filter(|line| line.contains("<word ")) {
        words += 1;
        let (left, right, bottom) = (number(line, "xMin"), number(line, "xMax"), number(line, "yMax"));
        assert!(left >= 14.9 && right <= 195.2 && bottom <= 290.0, "{name}: {line}");
    }
    assert!(words > 10, "{name}");
}

/// A page as grey pixels.
struct Picture {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

/// 200 dots an inch.
const DOTS_PER_MM: f64 = 200.0 / 25.4;

fn pictures(pdf: &[u8]) -> Vec<Picture> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("form.pdf");
    fs::write(&file, pdf).unwrap();
    assert!(Command::new("pdftoppm").args(["-r", "200", "-gray"]).arg(&file).arg(folder.path().join("page")).status().unwrap().success());
    let mut files: Vec<PathBuf> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "pgm"));
    files.sort();
    files.iter().map(|file| picture(&fs::read(file).unwrap())).collect()
}

/// PGM: `P5 width height 255` and a byte a pixel.
fn picture(bytes: &[u8]) -> Picture {
    let mut parts = bytes.splitn(4, |byte| byte.is_ascii_whitespace());
    let mut text = || std::str::from_utf8(parts.next().unwrap()).unwrap();
    assert_eq!(text(), "P5");
    let (width, height): (usize, usize) = (text().parse().unwrap(), text().parse().unwrap());
    Picture { width, height, grey: bytes[bytes.len() - width * height..].to_vec() }
}

impl Picture {
    fn is_dark(&self, x: i64, y: i64) -> bool {
        let inside = x >= 0 && y >= 0 && (x as usize) < self.width && (y as usize) < self.height;
        inside && self.grey[y as usize * self.width + x as usize] < 150
    }

    /// How much of an edge is drawn, within two dots of where it is said to be.
    fn drawn(&self, (x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> f64 {
        let steps = 40;
        let dots = |mm: f64| (mm * DOTS_PER_MM).round() as i64;
        let hit = (1..steps).filter(|step| {
            let share = f64::from(*step) / f64::from(steps);
            let (x, y) = (dots(x0 + (x1 - x0) * share), dots(y0 + (y1 - y0) * share));
            (-2..=2).any(|off| if y0 == y1 { self.is_dark(x, y + off) } else { self.is_dark(x + off, y) })
        });
        hit.count() as f64 / f64::from(steps - 1)
    }
}

/// Each box of the map is a rectangle that is drawn; each mark is a black square.
fn lines_drawn(pdf: &[u8], map: &Map) {
    let pictures = pictures(pdf);
    assert_eq!(pictures.len(), map.pages);
    for placed in &map.boxes {
        let at = &placed.at;
        let page = &pictures[at.page - 1];
        let (left, right, top, bottom) = (at.x, at.x + at.width, at.y, at.y + at.height);
        // A ring around an era has no straight edges: its four outermost points are looked at.
        let is_ring = placed.of.input.as_deref().is_some_and(|input| input.ends_with(".era"));
        if is_ring {
            let (x, y) = (left + at.width / 2.0, top + at.height / 2.0);
            for (from, to) in [((x - 0.2, top), (x + 0.2, top)), ((left, y - 0.2), (left, y + 0.2))] {
                assert!(page.drawn(from, to) > 0.6, "{}: no ring at {placed:?}", map.procedure);
            }
            continue;
        }
        for (edge, from, to) in [
            ("top", (left, top), (right, top)),
            ("bottom", (left, bottom), (right, bottom)),
            ("left", (left, top), (left, bottom)),
            ("right", (right, top), (right, bottom)),
        ] {
            let share = page.drawn(from, to);
            assert!(share > 0.9, "{}: {edge} of {placed:?} is drawn to {share}", map.procedure);
        }
    }
    for mark in map.marks.iter().filter(|mark| mark.name != "code") {
        let at = &mark.at;
        let (x, y) = (at.x + at.width / 2.0, at.y + at.height / 2.0);
        assert!(
            pictures[at.page - 1].drawn((at.x, y), (at.x + at.width, y)) > 0.95
                && pictures[at.page - 1].drawn((x, at.y), (x, at.y + at.height)) > 0.95
        );
    }
}
