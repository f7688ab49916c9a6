//! A desk with very many cases: rows of the same columns as those that arrive through the hatch, put in through the store's writer.
//!
//! One case arrives the ordinary way; the others are like it, with numbers, people, days, stages and assignees of their own. A fifth is open,
//! half belongs to the department whose inbox is looked at; 20,000 different people, so that common names are common.

use access::CaseId;
use cases::CaseNumber;
use jiff::{Timestamp, civil::Date};
use store::{Cell, Desk, Param, StoreError, params};

use super::people::Name;
use crate::Failure;

/// Every column of `case_`, in the order in which [`COPIED`] reads and [`Case::row`] writes them.
const COLUMNS: [&str; 24] = [
    "id",
    "number",
    "receipt_number",
    "procedure",
    "version",
    "department",
    "stage",
    "step",
    "channel",
    "language",
    "filed_at",
    "due",
    "open",
    "assignee",
    "assigned_at",
    "applicant",
    "kana",
    "sensitivity",
    "row_count",
    "turn",
    "ended_at",
    "body",
    "account",
    "person",
];

/// Cases in one transaction.
const CHUNK: u64 = 5_000;

/// Rows in one statement.
const ROWS: usize = 40;

/// Days over which limits are spread.
const DAYS: i64 = 60;

/// Who may have a case.
const CLERKS: u64 = 20;

/// The department whose inbox is looked at, and the other.
pub const DEPARTMENTS: [&str; 2] = ["general_affairs", "residents"];

/// Loads cases like the one that is there.
pub struct Loader {
    desk: Desk,
    template: Vec<Param>,
    people: Vec<Name>,
    now: Timestamp,
    today: Date,
    clerk: String,
    loaded: u64,
    grams: u64,
}

impl Loader {
    /// Begins with the one case that arrived.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(desk: &Desk, people: Vec<Name>, clerk: String, now: Timestamp) -> Result<Loader, Failure> {
        let columns = COLUMNS.join(", ");
        let row = desk.read(move |tx| tx.first(&format!("select {columns} from case_ limit 1"), params![]))?.ok_or("no case arrived")?;
        let template = row
            .cells()
            .iter()
            .map(|cell| match cell {
                Cell::Null => Param::Null,
                Cell::Int(value) => Param::Int(*value),
                Cell::Text(value) => Param::Text(value.clone()),
                Cell::Bytes(value) => Param::Bytes(value.clone()),
            })
            .collect();
        Ok(Loader { desk: desk.clone(), template, people, now, today: access::day_in_japan(now), clerk, loaded: 1, grams: 0 })
    }

    /// n-grams of a case on average.
    pub fn grams_per_case(&self) -> u64 {
        self.grams / self.loaded.max(1)
    }

    /// Loads until there are `count` cases.
    ///
    /// # Errors
    /// When the store refuses.
    pub fn load_until(&mut self, count: u64) -> Result<(), Failure> {
        let first = self.loaded;
        // Built once at the end, as a restore builds it: the same index in less time.
        self.desk.write(|tx| tx.run("drop index case_gram_case", params![]).map(drop))?;
        while self.loaded < count {
            let until = (self.loaded + CHUNK).min(count);
            let rows: Vec<Param> = (self.loaded..until).map(|number| self.row(number)).collect::<Result<Vec<_>, Failure>>()?.concat();
            self.insert("case_", &COLUMNS, rows)?;
            self.loaded = until;
            eprint!("\rcases: {until} of {count}          ");
        }
        self.index(first, count)?;
        self.desk.write(|tx| tx.run("create index case_gram_case on case_gram (case_id)", params![]).map(drop))?;
        if matches!(self.desk.engine(), store::Engine::Postgres { .. }) {
            // What a running server does by itself within a minute.
            self.desk.write(|tx| -> Result<(), StoreError> {
                tx.run("analyze case_", params![])?;
                tx.run("analyze case_gram", params![]).map(drop)
            })?;
        }
        eprintln!("\rcases: {count}, each found by {} grams          ", self.grams_per_case());
        Ok(())
    }

    fn insert(&self, table: &str, columns: &[&str], values: Vec<Param>) -> Result<(), Failure> {
        let (width, head) = (columns.len(), format!("insert into {table} ({}) values ", columns.join(", ")));
        let marks = move |rows: usize| {
            let row =
                move |row: usize| format!("({})", (1..=width).map(|at| format!("${}", row * width + at)).collect::<Vec<_>>().join(", "));
            (0..rows).map(row).collect::<Vec<_>>().join(", ")
        };
        let full = format!("{head}{}", marks(ROWS));
        Ok(self.desk.write(move |tx| -> Result<(), StoreError> {
            for rows in values.chunks(ROWS * width) {
                if rows.len() == ROWS * width {
                    tx.run(&full, rows)?;
                } else {
                    tx.run(&format!("{head}{}", marks(rows.len() / width)), rows)?;
                }
            }
            Ok(())
        })?)
    }

    fn person(&self, number: u64) -> &Name {
        // A step that shares no divisor with the count: neighbours differ, and all come.
        &self.people[(number.wrapping_mul(7_919) % self.people.len() as u64) as usize]
    }

    fn id(&self, number: u64) -> String {
        let at = self.now.as_millisecond() - 90 * 86_400_000 + i64::try_from(number).unwrap_or(0) * 7;
        let mut rest = [0; 10];
        rest[..8].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
        CaseId::new(uuid::Builder::from_unix_timestamp_millis(u64::try_from(at).unwrap_or(0), &rest).into_uuid()).to_string()
    }

    fn row(&self, number: u64) -> Result<Vec<Param>, Failure> {
        let mut row = self.template.clone();
        let person = self.person(number);
        let is_open = number.is_multiple_of(5);
        let turn = number / 5;
        let stage = match (is_open, turn % 10) {
            (false, _) => "decided",
            (true, 0 | 1) => "approving",
            (true, 2) => "correcting",
            (true, _) => "working",
        };
        let due = self.today.checked_add(jiff::Span::new().days(i64::try_from(turn * 31 % DAYS as u64)? - DAYS / 4))?;
        let due = if stage == "correcting" { "9999-12-31".to_owned() } else { due.to_string() };
        let filed = self.now.as_microsecond() - i64::try_from(number % 7_776_000)? * 1_000_000;
        let assignee = match turn % CLERKS {
            0..=5 => Param::Null,
            6 => Param::Text(self.clerk.clone()),
            other => Param::Text(uuid::Builder::from_u128(u128::from(other) + 1).into_uuid().to_string()),
        };
        let drawn = [0, 1, 2, 3, 4, 5].map(|place| u8::try_from(number / 29_u64.pow(place) % 29).unwrap_or(0));
        let changes: [(&str, Param); 13] = [
            ("id", self.id(number).into()),
            ("number", CaseNumber::draw(drawn).plain().into()),
            ("receipt_number", format!("計測 収受第{number}号").into()),
            ("department", DEPARTMENTS[(turn % 2) as usize].into()),
            ("stage", stage.into()),
            ("filed_at", Param::Int(filed)),
            ("due", due.into()),
            ("open", Param::Int(i64::from(is_open))),
            ("assignee", assignee),
            ("applicant", person.name.clone().into()),
            ("kana", person.kana.clone().into()),
            ("ended_at", if is_open { Param::Null } else { Param::Int(filed) }),
            ("person", format!("{}|{number}", jp::kana::fold(&person.name)).into()),
        ];
        for (name, value) in changes {
            let at = COLUMNS.iter().position(|column| *column == name).ok_or("a column is gone")?;
            row[at] = value;
        }
        Ok(row)
    }

    /// What names and readings are found by, in the order of the table's key: sorted rows load ten times faster.
    fn index(&mut self, first: u64, until: u64) -> Result<(), Failure> {
        let mut known: std::collections::BTreeMap<String, Vec<u32>> = std::collections::BTreeMap::new();
        for number in first..until {
            let person = self.person(number);
            let grams = cases::desk_lists::findable_by(&[person.name.clone(), person.kana.clone()]);
            self.grams += grams.len() as u64;
            for gram in grams {
                known.entry(gram).or_default().push(u32::try_from(number)?);
            }
        }
        let (mut values, mut done) = (Vec::new(), 0);
        for (gram, numbers) in known {
            for number in numbers {
                values.push(Param::Text(gram.clone()));
                values.push(Param::Text(self.id(u64::from(number))));
                if values.len() >= CHUNK as usize * 40 {
                    done += values.len() / 2;
                    self.insert("case_gram", &["gram", "case_id"], std::mem::take(&mut values))?;
                    eprint!("\rgrams: {done}          ");
                }
            }
        }
        self.insert("case_gram", &["gram", "case_id"], values)
    }
}
