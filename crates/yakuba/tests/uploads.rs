//! What people attach is kept for a draft of theirs and for nothing else: nobody fills the disk of a town hall.

mod served;

use std::{io::Write, path::Path};

use served::{Browser, Page, Place, Typed, rows, until};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n................";

fn files_below(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|entry| if entry.path().is_dir() { files_below(&entry.path()) } else { 1 }).sum()
}

#[test]
fn a_file_for_no_draft_of_ones_own_is_not_kept() {
    let place = Place::laid_out();
    let served = place.serve("towns/chiisana");
    let mut hanako = served.browser();
    let typed = Typed::disclosure(&mut hanako);
    let draft = typed.path.trim_end_matches("/file").to_owned();
    let mut stranger = served.browser();
    let csrf = stranger.get("/status").csrf();
    let token = ("csrf", None, csrf.as_bytes());
    let photo = ("papers", Some("x.png"), PNG);
    for path in ["/drafts/x/files/papers".to_owned(), format!("{draft}/files/papers"), format!("{draft}/what")] {
        let answer = stranger.post_parts(&path, &[token, photo]);
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
    }
    let long = "x".repeat(100_000);
    for parts in [&[photo, token][..], &[photo], &[("csrf", Some("x.png"), PNG)], &[("csrf", None, long.as_bytes()), photo], &[]] {
        let answer = stranger.post_parts(&format!("{draft}/files/papers"), parts);
        assert!((400..500).contains(&answer.status), "{}", answer.status);
    }
    assert_eq!(files_below(&place.data().join("files/portal")), 0, "nothing of a stranger's lies on the disk");
    served.stop();
}

/// A piece, as the server asks for it.
const PIECE: usize = 256 << 10;

/// A photograph of so many bytes.
fn photo(bytes: usize) -> Vec<u8> {
    let mut photo = PNG.to_vec();
    photo.extend((photo.len()..bytes).map(|at| (at % 251) as u8));
    photo
}

/// A resident whose dog's photograph is asked for: the draft, the token, the browser.
struct Owner {
    browser: Browser,
    draft: String,
    csrf: String,
}

impl Owner {
    fn at(mut browser: Browser) -> Owner {
        let csrf = browser.get("/procedures/dog_registration").csrf();
        let begun = browser.post("/procedures/dog_registration/begin", &[("csrf", &csrf)]);
        assert_eq!(begun.status, 303, "{}", begun.body);
        Owner { browser, draft: begun.location, csrf }
    }

    fn open(&mut self, key: &str, size: usize) -> Page {
        let (path, size) = (format!("{}/files/photo/uploads", self.draft), size.to_string());
        self.browser.post(&path, &[("csrf", &self.csrf), ("key", key), ("name", "C:\\album\\ポチ.png"), ("size", &size)])
    }

    fn patch(&mut self, upload: &str, at: usize, piece: &[u8]) -> Page {
        let (csrf, at) = (self.csrf.clone(), at.to_string());
        self.browser.send("PATCH", upload, &[("x-csrf", &csrf), ("upload-offset", &at)], piece).expect("an answer")
    }

    fn offset(&mut self, upload: &str) -> String {
        let said = self.browser.send("HEAD", upload, &[], b"").expect("an answer");
        format!("{} {}", said.status, said.header("upload-offset"))
    }

    fn page(&mut self) -> String {
        self.browser.get(&format!("{}/dog", self.draft)).body
    }
}

#[test]
fn a_file_in_pieces_goes_on_after_kill_9_and_is_the_drafts_once() {
    let place = Place::laid_out();
    let served = place.serve("towns/mihon");
    let mut owner = Owner::at(served.browser());
    let photo = photo(2 * PIECE + 1000);
    let begun = owner.open("one", photo.len());
    assert_eq!((begun.status, begun.header("upload-offset"), begun.header("upload-limit")), (201, "0", "max-append-size=262144"));
    let upload = begun.location.clone();
    assert_eq!(owner.open("one", photo.len()).location, upload, "the answer was lost: it is one upload");
    assert_eq!(owner.patch(&upload, 0, &photo[..PIECE]).header("upload-offset"), "262144");
    served.kill();

    let served = place.serve("towns/mihon");
    owner.browser = owner.browser.before(&served);
    assert_eq!(owner.offset(&upload), "204 262144", "what was acknowledged is there");
    let page = owner.page();
    assert!(page.contains("data-name=\"ポチ.png\"") && page.contains("49%まで届いています"), "{page}");
    assert_eq!(owner.patch(&upload, PIECE, &photo[PIECE..2 * PIECE]).status, 204);
    let last = owner.patch(&upload, 2 * PIECE, &photo[2 * PIECE..]);
    assert_eq!((last.status, last.header("upload-complete")), (204, "?1"));
    for _ in 0..2 {
        let again = owner.patch(&upload, 2 * PIECE, &photo[2 * PIECE..]);
        assert_eq!((again.status, again.header("upload-complete")), (409, "?1"), "the last piece again");
    }
    let page = owner.page();
    assert_eq!(page.matches("ポチ.png</span>").count(), 1, "{page}");
    assert!(page.contains("526 KB") && !page.contains("album") && !page.contains("data-half="), "{page}");
    assert_eq!(files_below(&place.data().join("files/portal")), 1);
    served.stop();
}

#[test]
fn a_piece_that_breaks_off_is_not_kept_and_comes_again() {
    let place = Place::laid_out();
    let served = place.serve("towns/mihon");
    let mut owner = Owner::at(served.browser());
    let photo = photo(PIECE + 5);
    let upload = owner.open("one", photo.len()).location;
    let headers = [("x-csrf", owner.csrf.as_str()), ("upload-offset", "0")];
    let mut stream = owner.browser.begin("PATCH", &upload, &headers, PIECE).unwrap();
    stream.write_all(&photo[..100_000]).unwrap();
    drop(stream);
    assert_eq!(owner.offset(&upload), "204 0");
    assert_eq!(owner.patch(&upload, 0, &photo[..PIECE]).status, 204);
    assert_eq!(owner.offset(&upload), "204 262144");
    served.stop();
}

#[test]
fn what_is_no_piece_of_ones_own_file_is_refused() {
    let place = Place::laid_out();
    let served = place.serve("towns/mihon");
    let mut owner = Owner::at(served.browser());
    assert_eq!(owner.open("large", (10 << 20) + 1).status, 413);
    assert_eq!(owner.open("empty", 0).status, 422);
    assert_eq!(owner.open(&"x".repeat(65), 9).status, 400);
    let photo = photo(2 * PIECE + 5);
    let upload = owner.open("one", photo.len()).location;
    let piece = &photo[..PIECE];

    let patch = |owner: &mut Owner, headers: &[(&str, &str)], body: &[u8]| {
        owner.browser.send("PATCH", &upload, headers, body).map_or(0, |answer| answer.status)
    };
    let csrf = owner.csrf.clone();
    let token = ("x-csrf", csrf.as_str());
    assert_eq!(patch(&mut owner, &[("upload-offset", "0")], piece), 403, "without a token");
    assert_eq!(patch(&mut owner, &[("x-csrf", "0"), ("upload-offset", "0")], piece), 403);
    assert_eq!(owner.browser.send("DELETE", &upload, &[], b"").unwrap().status, 403);
    assert_eq!(patch(&mut owner, &[token], piece), 400, "it does not say where it begins");
    assert_eq!(patch(&mut owner, &[token, ("upload-offset", "-1")], piece), 400);
    assert_eq!(patch(&mut owner, &[token, ("upload-offset", "0")], &piece[1..]), 400, "too short");
    assert_eq!(patch(&mut owner, &[token, ("upload-offset", "0")], &photo[..=PIECE]), 413, "too long");
    let elsewhere = owner.patch(&upload, PIECE, piece);
    assert_eq!((elsewhere.status, elsewhere.header("upload-offset")), (409, "0"));

    let mut stranger = Owner::at(served.browser());
    assert_eq!(stranger.offset(&upload), "404 ");
    assert_eq!(stranger.patch(&upload, 0, piece).status, 404);
    let token = [("x-csrf", stranger.csrf.as_str())];
    assert_eq!(stranger.browser.send("DELETE", &upload, &token, b"").unwrap().status, 404);
    let (path, csrf) = (format!("{}/files/photo/uploads", owner.draft), stranger.csrf.clone());
    let offered = stranger.browser.post(&path, &[("csrf", &csrf), ("key", "x"), ("name", "x"), ("size", "9")]);
    assert_eq!(offered.status, 404, "for another's draft nothing begins");
    let upload_of_hers_as_theirs = upload.replace(&owner.draft, &stranger.draft);
    assert_eq!(stranger.patch(&upload_of_hers_as_theirs, 0, piece).status, 404);

    assert_eq!(owner.offset(&upload), "204 0", "nothing of all this was kept");
    let token = [("x-csrf", owner.csrf.as_str())];
    assert_eq!(owner.browser.send("DELETE", &upload, &token, b"").unwrap().status, 204);
    assert_eq!(owner.offset(&upload), "404 ");
    assert_eq!(files_below(&place.data().join("files/portal")), 0);
    served.stop();
}

#[test]
fn a_renamed_program_is_refused_with_its_first_piece() {
    let place = Place::laid_out();
    let served = place.serve("towns/mihon");
    let mut owner = Owner::at(served.browser());
    for (key, head) in [("exe", &b"MZ\x90\0"[..]), ("zip", b"PK\x03\x04"), ("svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\">")] {
        for size in [2000, PIECE + 2000] {
            let mut program = head.to_vec();
            program.resize(size, 1);
            let upload = owner.open(&format!("{key}-{size}"), size).location;
            let answer = owner.patch(&upload, 0, &program[..size.min(PIECE)]);
            assert_eq!(answer.status, 415, "{key}");
            assert!(answer.body.contains("role=\"alert\"") && answer.body.contains("PDFか写真"), "{}", answer.body);
            assert_eq!(owner.offset(&upload), "404 ", "nothing waits for the rest of it");
        }
    }
    assert_eq!(files_below(&place.data().join("files/portal")), 0);
    served.stop();
}

#[test]
fn more_files_in_an_hour_than_anybody_needs_are_not_kept_and_the_page_is() {
    let place = Place::laid_out();
    let served = place.serve("towns/mihon");
    let mut owner = Owner::at(served.browser());
    let csrf = owner.csrf.clone();
    let mut parts = vec![("csrf", None, csrf.as_bytes()), ("dog_name", None, "ポチ".as_bytes())];
    parts.extend((0..61).map(|_| ("photo", Some("x.png"), PNG)));
    let path = format!("{}/dog", owner.draft);
    let saved = owner.browser.post_parts(&path, &parts);
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert!(saved.location.contains("refused=many~photo"), "{}", saved.location);
    let shown = owner.browser.get(&saved.location).body;
    assert!(shown.contains("短い時間にたくさんのファイル") && shown.contains("value=\"ポチ\""), "{shown}");
    assert_eq!(files_below(&place.data().join("files/portal")), 60);
    let mut second = Owner::at(owner.browser.clone());
    assert_eq!(second.open("one", 9).status, 429, "in pieces neither, for another draft of the same session");
    assert_eq!(owner.browser.post_parts(&format!("{}/files/photo", owner.draft), &[parts[0], ("photo", Some("x.png"), PNG)]).status, 429);
    assert_eq!(Owner::at(served.browser()).open("one", 9).status, 201, "others are not held up");
    served.stop();
}

#[test]
fn a_form_with_more_files_than_a_question_takes_says_so_and_keeps_the_first() {
    let place = Place::laid_out();
    let served = place.serve("towns/mihon");
    let mut owner = Owner::at(served.browser());
    let csrf = owner.csrf.clone();
    let mut parts = vec![("csrf", None, csrf.as_bytes()), ("dog_name", None, "ポチ".as_bytes())];
    parts.extend(["1.png", "2.png", "3.png", "4.png", "5.png"].map(|name| ("photo", Some(name), PNG)));
    parts.push(("no_question", Some("6.png"), PNG));
    let path = format!("{}/dog", owner.draft);
    let saved = owner.browser.post_parts(&path, &parts);
    assert_eq!(saved.location.matches("refused=").collect::<Vec<_>>().len(), 1, "{}", saved.location);
    assert!(saved.location.contains("refused=full~photo"), "{}", saved.location);
    let shown = owner.browser.get(&saved.location).body;
    assert!(shown.contains("もう数がいっぱいです") && shown.contains("3.png") && !shown.contains("4.png"), "{shown}");
    served.stop();
}

/// A file that nothing names, as old as this, in a face's folder.
fn orphan(place: &Place, face: &str, letter: char, hours: u64) -> std::path::PathBuf {
    let name = letter.to_string().repeat(64);
    let folder = place.data().join("files").join(face).join(&name[..2]).join(&name[2..4]);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, b"sealed").unwrap();
    let then = std::time::SystemTime::now() - std::time::Duration::from_secs(hours * 3600);
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(then).unwrap();
    path
}

#[test]
fn the_daily_work_deletes_what_nothing_names_and_what_was_half_sent_a_day_ago() {
    let place = Place::laid_out();
    let served = place.serve("towns/mihon");
    let mut owner = Owner::at(served.browser());
    let photo = photo(PIECE + 5);
    let upload = owner.open("one", photo.len()).location;
    assert_eq!(owner.patch(&upload, 0, &photo[..PIECE]).status, 204);
    let mut kept = Owner::at(served.browser());
    let whole = kept.open("one", PNG.len()).location;
    assert_eq!(kept.patch(&whole, 0, PNG).header("upload-complete"), "?1");
    served.stop();

    // Two days pass. What the draft names is as old as what nothing names.
    let pieces = "select count(*) from case_upload_piece";
    assert_eq!(rows(&place.data(), "portal", pieces), [["1"]]);
    let portal = rusqlite::Connection::open(place.data().join("portal/store.sqlite")).unwrap();
    let days = 48 * 3_600_000_000_i64;
    portal.execute("update case_upload set created_at = created_at - ?1", [days]).unwrap();
    // Done jobs are kept for a month: today's has been done, and is asked for anew tomorrow.
    portal.execute("delete from store_job where kind = 'files.sweep'", []).unwrap();
    drop(portal);
    let desk = rusqlite::Connection::open(place.data().join("desk/store.sqlite")).unwrap();
    desk.execute("delete from store_job where kind = 'files.sweep'", []).unwrap();
    drop(desk);
    let (old, young) =
        (["portal", "desk"].map(|face| orphan(&place, face, 'a', 48)), ["portal", "desk"].map(|face| orphan(&place, face, 'b', 20)));
    let named = std::fs::File::options().write(true).open(named_file(&place.data().join("files/portal")).unwrap()).unwrap();
    named.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(48 * 3600)).unwrap();

    let served = place.serve("towns/mihon");
    until("the orphans are gone", || old.iter().all(|path| !path.exists()));
    until("what was half sent is gone", || rows(&place.data(), "portal", pieces) == [["0"]]);
    assert!(young.iter().all(|path| path.exists()), "what is younger than a day may be named in a moment");
    for face in ["portal", "desk"] {
        let said = rows(&place.data(), face, "select actor, kind, why from store_entry where what = 'files-swept'");
        assert_eq!(said, [["town", "files", "1"]], "{face}");
    }
    kept.browser = kept.browser.before(&served);
    assert!(kept.page().contains("ポチ.png</span>"), "what the draft names is there");
    owner.browser = owner.browser.before(&served);
    assert_eq!(owner.offset(&upload), "404 ");
    served.stop();
    assert_eq!(files_below(&place.data().join("files/portal")), 2, "the young one, and the one that is named");
}

/// A file below a folder that is not one of ours, named by one letter again and again.
fn named_file(folder: &Path) -> Option<std::path::PathBuf> {
    let is_kept = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().chars().any(|c| !matches!(c, 'a' | 'b')));
    std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .find_map(|path| if path.is_dir() { named_file(&path) } else { Some(path).filter(|path| is_kept(path)) })
}
