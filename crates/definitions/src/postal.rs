//! `postal_codes.csv`: the postal codes that complete addresses, as Japan Post publishes them (`utf_ken_all.csv`), the nation's or a part.
//!
//! The nation's file has 18 MB, so it is no part of what is read at the start and looked at every two seconds: only where it lies, how long it
//! is and when it was written. It is read when the first code is asked for, and again after it was changed. `check` reads it whole.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use jp::postal::{NotARow, PostalCode, PostalPlace, PostalTable, RowFault};
use serde::{Deserialize, Serialize};

use crate::problem::{Place, Problem};

/// Its name in a town's folder.
pub const POSTAL_FILE: &str = "postal_codes.csv";

/// The nation's file has 18 MB.
const BYTES_MAX: u64 = 64 << 20;

/// Mistakes of the file that are told; who took the wrong file has one in each of 124,000 lines.
const TOLD_MAX: usize = 20;

/// Where the file of a town lies, and by what a change of it is seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalFile {
    path: PathBuf,
    bytes: u64,
    written: Option<std::time::SystemTime>,
}

impl PostalFile {
    /// The file of a folder, where it has one.
    pub(crate) fn of(folder: &Path) -> Option<PostalFile> {
        let path = folder.join(POSTAL_FILE);
        let metadata = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
        Some(PostalFile { path, bytes: metadata.len(), written: metadata.modified().ok() })
    }

    /// What a digest of the folder holds of it.
    pub(crate) fn mark(&self) -> String {
        format!("{POSTAL_FILE} {} {:?}\n", self.bytes, self.written)
    }

    /// Reads it: the table, and what is wrong with the file.
    pub(crate) fn read(&self) -> (PostalTable, Vec<Problem>) {
        let file = self.path.display().to_string();
        let whole = |what: &str, hint: &str| (PostalTable::default(), vec![Problem::new(&Place::file(&file), what, hint)]);
        if self.bytes > BYTES_MAX {
            return whole("郵便番号のファイルが大きすぎる（64 MB まで）", "日本郵便の utf_ken_all.csv を置く");
        }
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) => return whole(&format!("読めない：{error}"), "ファイルの権限を確かめる"),
        };
        let Ok(text) = String::from_utf8(bytes) else {
            return whole("UTF-8 ではない", "日本郵便の UTF-8 版（utf_ken_all.csv）を置く（Shift_JIS の ken_all.csv ではなく）");
        };
        let (table, wrong) = PostalTable::read(&text);
        (table, wrong.iter().take(TOLD_MAX).map(|wrong| problem(&file, wrong)).collect())
    }
}

fn problem(file: &str, wrong: &NotARow) -> Problem {
    let place = Place::new(&file.into(), u32::try_from(wrong.line).unwrap_or(0), 0);
    let what = match wrong.why {
        RowFault::Columns(count) => format!("列が {count} ある（15 のはず）"),
        RowFault::Code => "3 列目が 7 桁の郵便番号ではない".to_owned(),
        RowFault::Place => "都道府県名（7 列目）か市区町村名（8 列目）がない".to_owned(),
        RowFault::TooMany => "行が多すぎる".to_owned(),
    };
    Problem::new(&place, &what, "日本郵便の utf_ken_all.csv の形のまま置く")
}

/// The postal codes of a town, read when they are first asked for. A row that is wrong is left out; `check` tells of it.
#[derive(Debug, Default)]
pub struct PostalCodes {
    file: Option<PostalFile>,
    table: OnceLock<PostalTable>,
}

impl PostalCodes {
    pub(crate) fn of(file: Option<PostalFile>) -> PostalCodes {
        PostalCodes { file, table: OnceLock::new() }
    }

    /// Whether the town has any: without them no page offers to complete an address.
    pub fn are_there(&self) -> bool {
        self.file.is_some()
    }

    /// Every place that a code names. The first call reads the file (0.1 s for the nation's): call it where waiting is allowed.
    pub fn places(&self, code: PostalCode) -> Vec<PostalPlace> {
        let Some(file) = &self.file else { return Vec::new() };
        self.table.get_or_init(|| file.read().0).places(code)
    }
}
