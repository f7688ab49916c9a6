//! The published table: CSV in UTF-8, with a byte order mark or without, cells quoted and over several lines, numbers with commas.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use super::{InventoryId, cells::Records};
use crate::{
    keys::nearest,
    problem::{Place, Problem},
};

const ID: &str = "手続ID";
const NAME: &str = "手続名";
const FILINGS: &str = "総手続件数";

/// What residents ask of municipalities, as the columns of the survey say it: a column, and how one of its values begins.
/// The published file has all procedures of the country; a part of it that leaves one of these columns out is taken as it is.
const OF_MUNICIPALITIES: &[(&str, &[&str])] = &[
    ("手続類型", &["1 "]),
    ("手続主体", &["5 ", "7 "]),
    ("手続の受け手", &["3 ", "4-2 ", "4-3 "]),
    ("申請を提出する機関", &["市役所・町村役場"]),
];

/// The whole count of 令和6年度 has 75,071 rows and some 60 MB.
const BYTES_MAX: u64 = 256 << 20;

/// Mistakes that are told: who took the wrong file has one in each of 75,000 rows.
const TOLD_MAX: usize = 20;

/// A row of the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// 手続ID.
    pub id: InventoryId,
    /// 手続名.
    pub name: String,
    /// 総手続件数: how often it was filed in the whole country in a year. `None`: not answered.
    pub filings: Option<u64>,
}

/// The inventory, as far as it is about what residents ask of municipalities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Its rows, in the order of the file.
    pub rows: Vec<Row>,
    /// Rows that are left out: asked of others than municipalities, or by others than residents.
    pub others: BTreeSet<InventoryId>,
}

impl Inventory {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, each with its line: it cannot be read, is not UTF-8, lacks a column, has a row of another length, an id of
    /// wrong shape or a second time, or a number that is none.
    pub fn read(file: &Path) -> Result<Inventory, Vec<Problem>> {
        let name = file.display().to_string();
        let whole = |what: String, hint: &str| Err(vec![Problem::new(&Place::file(&name), what, hint)]);
        match std::fs::metadata(file) {
            Ok(metadata) if metadata.len() > BYTES_MAX => return whole("大きすぎる（256 MB まで）".to_owned(), "棚卸調査の CSV を指す"),
            Ok(_) => {}
            Err(error) => return whole(format!("読めない：{error}"), "棚卸調査の CSV のある場所を確かめる"),
        }
        match std::fs::read(file) {
            Ok(bytes) => Inventory::of(&name, &bytes),
            Err(error) => whole(format!("読めない：{error}"), "棚卸調査の CSV（ファイル）を指す"),
        }
    }

    /// The same of bytes that were read before.
    ///
    /// # Errors
    /// As [`Inventory::read`].
    pub fn of(file: &str, bytes: &[u8]) -> Result<Inventory, Vec<Problem>> {
        let file: Arc<str> = file.into();
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(vec![Problem::new(&Place::file(&file), "UTF-8 ではない", "UTF-8 で保存する（Shift_JIS ではなく）")]);
        };
        let mut reading = Reading { file, inventory: Inventory::default(), lines: BTreeMap::new(), problems: Vec::new() };
        reading.read(text.strip_prefix('\u{feff}').unwrap_or(text));
        if reading.problems.is_empty() { Ok(reading.inventory) } else { Err(reading.problems) }
    }
}

struct Reading {
    file: Arc<str>,
    inventory: Inventory,
    /// The line of each id.
    lines: BTreeMap<InventoryId, u32>,
    problems: Vec<Problem>,
}

/// Where the columns stand.
struct Columns {
    count: usize,
    id: usize,
    name: usize,
    filings: usize,
    /// The columns that tell whose a row is; empty where one of them is missing.
    whose: Vec<(usize, &'static [&'static str])>,
}

impl Reading {
    fn problem(&mut self, line: u32, what: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::new(&Place::new(&self.file, line, 0), what, hint));
    }

    fn read(&mut self, text: &str) {
        let mut records = Records::of(text);
        let Some(columns) = self.head(&mut records) else { return };
        for record in records {
            match record {
                Ok((line, cells)) => self.row(line, &cells, &columns),
                Err((line, what)) => self.problem(line, what, "引用符（\"）を閉じる。中の引用符は \"\" と書く"),
            }
            if self.problems.len() >= TOLD_MAX {
                return;
            }
        }
    }

    fn head(&mut self, records: &mut Records<'_>) -> Option<Columns> {
        let (line, cells) = match records.next() {
            Some(Ok(record)) => record,
            Some(Err((line, what))) => {
                self.problem(line, what, "列の名の引用符（\"）を閉じる");
                return None;
            }
            None => {
                self.problem(1, "空のファイル", "棚卸調査の CSV を指す");
                return None;
            }
        };
        let heads: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
        let mut column = |name: &str| {
            let found = heads.iter().position(|head| *head == name);
            if found.is_none() {
                let hint = match nearest(name, heads.iter().copied()) {
                    Some(near) => format!("`{near}` がそれなら、列の名を直す"),
                    None => format!("一行目に列の名を書く（{ID}・{NAME}・{FILINGS}）"),
                };
                self.problem(line, format!("`{name}` という列がない"), hint);
            }
            found
        };
        let (id, name, filings) = (column(ID), column(NAME), column(FILINGS));
        for (at, head) in heads.iter().enumerate().filter(|(at, head)| !head.is_empty() && heads[..*at].contains(head)) {
            self.problem(line, format!("`{head}` という列が二つある（{} 列目）", at + 1), "片方を消す");
        }
        let whose: Option<Vec<_>> =
            OF_MUNICIPALITIES.iter().map(|(name, begins)| Some((heads.iter().position(|head| head == name)?, *begins))).collect();
        Some(Columns { count: heads.len(), id: id?, name: name?, filings: filings?, whose: whose.unwrap_or_default() })
    }

    fn row(&mut self, line: u32, cells: &[String], columns: &Columns) {
        if cells.len() != columns.count {
            let what = format!("列が {} ある（{} のはず）", cells.len(), columns.count);
            return self.problem(line, what, "コンマのある値を引用符（\"）で囲む");
        }
        let (id, filings) = (cells[columns.id].trim(), cells[columns.filings].trim());
        let Ok(id) = id.parse::<InventoryId>() else {
            return self.problem(line, format!("`{id}` は手続ID ではない"), "`9108`、`DP24108216` のような手続ID を書く");
        };
        let Ok(filings) = number(filings) else {
            return self.problem(line, format!("`{filings}` は件数ではない"), "`1,234,567` のような数を書く（分からなければ空にする）");
        };
        if let Some(first) = self.lines.insert(id.clone(), line) {
            return self.problem(line, format!("手続ID `{id}` が二度ある"), format!("片方を消す。もう一つは {first} 行目"));
        }
        let ours =
            |(at, begins): &(usize, &[&str])| cells[*at].split(';').any(|value| begins.iter().any(|begin| value.trim().starts_with(begin)));
        if columns.whose.iter().all(ours) {
            let name = cells[columns.name].split_whitespace().collect::<Vec<_>>().join(" ");
            self.inventory.rows.push(Row { id, name, filings });
        } else {
            self.inventory.others.insert(id);
        }
    }
}

/// A count, with commas or without; of an empty cell none.
fn number(text: &str) -> Result<Option<u64>, std::num::ParseIntError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.replace([',', '，'], "").parse().map(Some)
}
