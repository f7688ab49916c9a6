//! What people attach is kept for a draft of theirs and for nothing else: nobody fills the disk of a town hall.

mod served;

use std::path::Path;

use served::{Place, Typed};

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
