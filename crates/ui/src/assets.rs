//! Style and script, built into the binary and served under one digest of all of them, so that a page and its files always fit together
//! and a browser may keep them for a year: `/assets/<digest>/look.css`. There is no build step: what is read here is what runs.
//!
//! Scripts only make better what works without them. They are ES modules that load each other by relative path; a page loads the small
//! [`PORTAL_SCRIPT`], which fetches the others when the page holds something for them.

use std::{fmt::Write as _, sync::LazyLock};

use sha2::{Digest, Sha256};

/// The entry of a resident's page.
pub const PORTAL_SCRIPT: &str = "page.js";
/// The entry of a page at the desk: the resident's, and the keyboard.
pub const DESK_SCRIPT: &str = "desk.js";
/// The one sheet.
pub const LOOK: &str = "look.css";
/// What is added to it at the desk.
pub const DESK_LOOK: &str = "desk.css";
/// What is added to it where procedures are written.
pub const REVISE_LOOK: &str = "revise.css";
/// What is added to it where clerks key in sheets of paper.
pub const ENTRY_LOOK: &str = "entry.css";
/// What is added to it where figures stand.
pub const FIGURES_LOOK: &str = "figures.css";

/// A file that browsers fetch.
#[derive(Debug)]
pub struct Asset {
    /// Its name without the digest.
    pub name: &'static str,
    /// For `Content-Type`.
    pub media_type: &'static str,
    /// What is sent.
    pub bytes: &'static [u8],
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

macro_rules! assets {
    ($($name:literal $media:expr),* $(,)?) => {
        &[$(Asset { name: $name, media_type: $media, bytes: include_bytes!(concat!("../assets/", $name)) }),*]
    };
}

/// All files.
pub const ALL: &[Asset] = assets![
    "look.css" CSS,
    "page.js" JS,
    "live.js" JS,
    "upload.js" JS,
    "postal.js" JS,
    "ranked.js" JS,
    "strokes.js" JS,
    "map.js" JS,
    "desk.js" JS,
    "desk.css" CSS,
    "entry.js" JS,
    "entry.css" CSS,
    "revise.js" JS,
    "revise.css" CSS,
    "figures.css" CSS,
    "watch.js" JS,
    "icon.svg" "image/svg+xml",
];

/// The first 16 hex digits of the SHA-256 over all names and bytes.
static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut sum = Sha256::new();
    for asset in ALL {
        sum.update(asset.name);
        sum.update([0]);
        sum.update(asset.bytes);
    }
    sum.finalize().iter().take(8).fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
});

/// How long a browser may keep what [`find`] gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The digest is today's: `public, max-age=31536000, immutable`.
    ForEver,
    /// A page from before an upgrade asked with another digest: it gets today's file, for a minute.
    Briefly,
}

impl Keep {
    /// For `Cache-Control`.
    pub fn cache_control(self) -> &'static str {
        match self {
            Keep::ForEver => "public, max-age=31536000, immutable",
            Keep::Briefly => "public, max-age=60",
        }
    }
}

/// Where a page finds a file: `/assets/0123456789abcdef/look.css`.
pub fn href(name: &str) -> String {
    format!("/assets/{}/{name}", *DIGEST)
}

/// The file at a path such as `/assets/0123456789abcdef/look.css` (the leading `/assets/` may be missing), and how long it may be kept.
pub fn find(path: &str) -> Option<(&'static Asset, Keep)> {
    let path = path.trim_start_matches('/');
    let (digest, name) = path.strip_prefix("assets/").unwrap_or(path).split_once('/')?;
    let asset = ALL.iter().find(|asset| asset.name == name)?;
    Some((asset, if digest == *DIGEST { Keep::ForEver } else { Keep::Briefly }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_residents_page_needs_less_than_60_kb_of_style_and_script() {
        // Everything that any resident's page could ever load, together; no page loads all of it.
        let for_staff = [DESK_SCRIPT, DESK_LOOK, REVISE_LOOK, FIGURES_LOOK, ENTRY_LOOK, "entry.js", "revise.js", "watch.js"];
        let sum: usize = ALL.iter().filter(|asset| !for_staff.contains(&asset.name)).map(|asset| asset.bytes.len()).sum();
        assert!(sum < 60_000, "{sum} bytes");
    }

    #[test]
    fn files_are_found_under_todays_digest_for_ever_and_under_yesterdays_for_a_minute() {
        let (asset, keep) = find(&href(LOOK)).unwrap();
        assert_eq!((asset.name, keep), ("look.css", Keep::ForEver));
        assert_eq!(find("/assets/feedfeedfeedfeed/look.css").unwrap().1, Keep::Briefly);
        assert!(find("/assets/feedfeedfeedfeed/../Cargo.toml").is_none());
        assert!(find("/assets/look.css").is_none());
    }

    #[test]
    fn scripts_load_only_each_other() {
        for asset in ALL.iter().filter(|asset| asset.media_type == JS) {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("eval("), "{}", asset.name);
            for import in ["import('", "import '", "from '"].iter().flat_map(|word| text.split(word).skip(1)) {
                let name = import.split('\'').next().unwrap_or_default();
                assert!(name.strip_prefix("./").is_some_and(|name| ALL.iter().any(|asset| asset.name == name)), "{}: {name}", asset.name);
            }
        }
    }
}
