//! `yakuba bench exchange`: a million decided cases out as CSV, a million lines of a list in; lines a second, and how much memory.
//!
//! One case is taken in and decided the ordinary way, the others are like it; all else is what `yakuba export` and `yakuba import` do.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    time::Instant,
};

use access::{CaseId, Post, Staff, StaffId, staff::directory::Listed};
use cases::{
    CaseNumber, Channel, Contacts, decide,
    parcel::Filed,
    receiving::{self, HandedOver},
    verbs::{self, Acting, Refused, StepDone},
};
use definitions::{
    answer::{Answer, Answers, Name},
    mapping::Direction,
    text::Language,
};
use exchange::{
    batch,
    import::{self, Import, State, Way},
    office::{By, Office},
    work,
};
use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};
use store::{Cell, Desk, Param, StoreError, keys::Face, params};

use super::{facts, open::Ground, rounded};
use crate::{Failure, house, town::Loaded};

/// What is added to the bench town's folder.
const MAPPINGS: &str = "\
mapping: out
title: 計測
direction: out
procedure: application
file: { format: csv, encoding: cp932, lacking: stop, formulas: keep }
columns:
  number: { header: 受付番号, case: number, required: yes }
  receipt: { header: 収受番号, case: receipt_number }
  decided: { header: 決定日, case: decided_on, as: wareki_code }
  name: { header: 氏名, answer: name, as: wide }
  kana: { header: カナ, answer: kana, as: half_kana }
  post: { header: 郵便番号, answer: address.postal_code }
  line: { header: 住所, answer: address.line }
  subject: { header: 件名, answer: subject }
  cost: { header: 費用, answer: cost, zero_pad: 10 }
  way: { header: 方法, answer: way, codes: { counter: \"1\", post: \"2\", data: \"3\" } }
examples: { one: { on: 2026-11-24, lines: [ { way: \"\" } ], wrong: [number] } }
---
mapping: list
title: 計測の一覧
direction: in
file: { format: csv, encoding: utf8 }
columns: { code: { header: 記号 }, name: { header: 名称 }, place: { header: 場所 }, size: { header: 広さ } }
do: { record: { register: facility, values: { code: code, name: name, place: place, size: size } } }
examples: { one: { line: { code: \"1\", name: 一 } } }
---
register: facility
title: 施設
department: general_affairs
key: code
fields:
  code: { kind: code, label: 記号 }
  name: { kind: text, label: 名称 }
  place: { kind: text, label: 場所 }
  size: { kind: number, label: 広さ }
";

/// Rows of one statement while the cases are laid out.
const ROWS: usize = 40;
/// Cases of one transaction likewise.
const CHUNK: usize = 4_000;

/// Measures.
///
/// # Errors
/// When something cannot be set up, or a line is not taken.
pub fn run(database: Option<&str>, rows: usize) -> Result<Value, Failure> {
    let ground = Ground::lay_out(database)?;
    fs::write(ground.town_folder().join("mappings.yaml"), MAPPINGS)?;
    let loaded = Loaded::open(&ground.town_folder())?;
    let desk = ground.house.desk("bench")?;
    let keys = house::shared(&ground.house.keys()?, Face::Desk)?;
    let office = Office { town: loaded.town.current(), keys, words: loaded.words.current(), portal: String::new() };
    decided_case(&desk, &office)?;
    copies(&desk, rows)?;
    let out = ground.town_folder().join("out.csv");
    let figures_out = out_measured(&desk, &office, rows, &out)?;
    eprintln!("out: {figures_out}");
    let list = ground.town_folder().join("list.csv");
    write_list(&list, rows)?;
    let figures_in = in_measured(&desk, &office, rows, &list)?;
    eprintln!("in: {figures_in}");
    Ok(json!({
        "bench": "exchange", "engine": ground.engine_name(), "rows": rows,
        "out": figures_out, "in": figures_in, "machine": facts::machine(),
    }))
}

/// How much memory this process has had at the most, in MB.
fn peak_mb() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes: f64 = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(rounded(kilobytes / 1024.0))
}

fn per_second(rows: usize, begun: Instant) -> Value {
    let seconds = begun.elapsed().as_secs_f64();
    json!({ "seconds": rounded(seconds), "rows_per_second": (rows as f64 / seconds).round(), "memory_mb": facts::resident_mb(std::process::id()), "peak_mb": peak_mb() })
}

fn out_measured(desk: &Desk, office: &Office, rows: usize, to: &std::path::Path) -> Result<Value, Failure> {
    let mapping =
        office.town.mappings.values().find(|mapping| mapping.direction == Direction::Out).cloned().ok_or("the mapping is gone")?;
    let begun = Instant::now();
    let (of, with, id) = (mapping.clone(), office.clone(), uuid::Uuid::now_v7().to_string());
    let mut batch = desk.write(move |tx| batch::begin(tx, &with, &of, &By::Terminal, "計測", None, &id))?;
    while !batch.is_ready {
        let (of, with, id) = (mapping.clone(), office.clone(), batch.id.clone());
        batch = desk.write(move |tx| batch::go_on(tx, &with, &of, &By::Terminal, &id))?;
    }
    if batch.cases != i64::try_from(rows)? {
        return Err(format!("{} cases of {rows} are in the batch", batch.cases).into());
    }
    let made = per_second(rows, begun);
    let begun = Instant::now();
    let written = batch::write(desk, office, &mapping, &By::Terminal, &batch, BufWriter::with_capacity(1 << 20, File::create(to)?))?;
    if !written.same {
        return Err("the file differs from its batch".into());
    }
    Ok(json!({ "made": made, "written": per_second(rows, begun), "bytes": fs::metadata(to)?.len() }))
}

fn write_list(path: &std::path::Path, rows: usize) -> Result<(), Failure> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "記号,名称,場所,広さ")?;
    for at in 0..rows {
        writeln!(file, "f{at},第{at}施設,中央{}丁目,{}", at % 90, at % 1_000)?;
    }
    Ok(file.flush()?)
}

fn in_measured(desk: &Desk, office: &Office, rows: usize, path: &std::path::Path) -> Result<Value, Failure> {
    let mapping = office.town.mappings.values().find(|mapping| mapping.direction == Direction::In).cloned().ok_or("the mapping is gone")?;
    let pass = |way: Way, digest: &str| -> Result<(Import, Value), Failure> {
        let new = Import {
            id: uuid::Uuid::now_v7().to_string(),
            mapping: mapping.id.clone(),
            digest: digest.to_owned(),
            name: "list.csv".to_owned(),
            by: "計測".to_owned(),
            staff: None,
            made_at: Timestamp::now(),
            state: State::Looking,
            next_row: 0,
            taken: 0,
            same: 0,
            wrong: 0,
            bytes: 0,
        };
        let of = mapping.clone();
        let mut entered = desk.write(move |tx| import::enter(tx, &of, &new))?;
        let id = entered.id.clone();
        desk.write(move |tx| import::set_out(tx, &mut entered.clone(), way, &By::Terminal, "計測"))?;
        let begun = Instant::now();
        entered = work::go_through(desk, office, &mapping, &By::Terminal, &id, way, File::open(path)?, |gone| {
            if gone.next_row % 50_000 == 0 {
                eprint!("\r{} lines          ", gone.next_row);
            }
        })?;
        Ok((entered, per_second(rows, begun)))
    };
    let (taken, entered) = pass(Way::Take, "first")?;
    let (same, compared) = pass(Way::Take, "second")?;
    if (taken.taken, same.same) != (i64::try_from(rows)?, i64::try_from(rows)?) {
        return Err(format!("{} of {rows} lines were taken, {} were the same", taken.taken, same.same).into());
    }
    Ok(json!({ "entered": entered, "the_same_again": compared }))
}

/// One case, taken in and decided.
fn decided_case(desk: &Desk, office: &Office) -> Result<(), Failure> {
    let procedure = office.town.procedures.values().next().cloned().ok_or("the bench town has no procedure")?;
    let now = Timestamp::now();
    let number = CaseNumber::draw([0; 6]);
    let text = |id: &str, answer: Answer| Ok::<_, Failure>((id.parse()?, answer));
    let answers: Answers = [
        text("name", Answer::PersonName(Name { family: "佐藤".to_owned(), given: Some("花子".to_owned()) }))?,
        text("kana", Answer::Kana("サトウ　ハナコ".to_owned()))?,
        text(
            "address",
            Answer::Address(definitions::answer::PostalAddress {
                postal_code: Some("1000001".into()),
                line: "計測の町中央1-2-3".into(),
                building: None,
            }),
        )?,
        text("subject", Answer::Text("中央公園の使用".to_owned()))?,
        text("detail", Answer::Text("秋まつりのため、中央公園の広場を使います。".to_owned()))?,
        text("way", Answer::Choice("post".to_owned()))?,
        text("cost", Answer::Money(30_000))?,
    ]
    .into_iter()
    .collect();
    let filed = Filed {
        case: CaseId::draw(now).to_string(),
        account: None,
        number: number.plain(),
        procedure: procedure.id.clone(),
        version: procedure.version.clone(),
        contacts: Contacts::of(&procedure, &answers),
        answers,
        warned: Vec::new(),
        channel: Channel::OtherService,
        at: now,
        language: Language::Ja,
    };
    let with = office.clone();
    desk.write(move |tx| -> Result<(), Refused> {
        let handed =
            HandedOver { filed: filed.clone(), doubts: Vec::new(), unread: String::new(), files: &[], authority: "bench".to_owned() };
        receiving::handed_over(tx, &with.town, &with.keys, handed)
    })?;
    let (clerk, chief) = (person(office, "clerk")?, person(office, "chief")?);
    let (bureau, outcome) = (office.bureau(), "granted".parse()?);
    desk.write(move |tx| -> Result<(), Refused> {
        let acting = Acting::new(&clerk, &bureau, now);
        let case = verbs::advance(tx, &acting, number, 0, StepDone::default())?;
        let draft = decide::Draft { outcome: Clone::clone(&outcome), reason: String::new(), details: Answers::default() };
        let case = decide::propose(tx, &acting, number, case.row, draft)?;
        decide::approve(tx, &Acting::new(&chief, &bureau, now), number, case.row).map(drop)
    })?;
    Ok(())
}

fn person(office: &Office, role: &str) -> Result<Staff, Failure> {
    let listed = Listed {
        id: StaffId::draw(Timestamp::now()),
        login: role.to_owned(),
        name: role.to_owned(),
        active: true,
        is_set_up: true,
        last: None,
    };
    let post = Post { department: "general_affairs".parse()?, role: role.parse()?, from: Date::MIN, until: Date::MAX };
    let today = access::day_in_japan(Timestamp::now());
    Ok(Staff::new(&listed, &[post], &office.town, today, "0".repeat(64).parse()?, String::new()))
}

/// Cases like the one that is there, with numbers of their own.
fn copies(desk: &Desk, rows: usize) -> Result<(), Failure> {
    const COLUMNS: &str = "id, number, receipt_number, procedure, version, department, stage, step, channel, language, filed_at, due, open, \
        assignee, assigned_at, applicant, kana, sensitivity, row_count, turn, ended_at, body, account, person";
    let row = desk.read(|tx| tx.first(&format!("select {COLUMNS} from case_ limit 1"), params![]))?.ok_or("no case arrived")?;
    let width = row.cells().len();
    let template: Vec<Param> = row
        .cells()
        .iter()
        .map(|cell| match cell {
            Cell::Null => Param::Null,
            Cell::Int(value) => Param::Int(*value),
            Cell::Text(value) => Param::Text(value.clone()),
            Cell::Bytes(value) => Param::Bytes(value.clone()),
        })
        .collect();
    let ended: i64 = row.get(20)?;
    let marks = |count: usize| {
        let one = |row: usize| format!("({})", (1..=width).map(|at| format!("${}", row * width + at)).collect::<Vec<_>>().join(", "));
        (0..count).map(one).collect::<Vec<_>>().join(", ")
    };
    let (head, full) = (format!("insert into case_ ({COLUMNS}) values "), marks(ROWS));
    for chunk in (1..rows).collect::<Vec<_>>().chunks(CHUNK) {
        let values: Vec<Param> = chunk.iter().flat_map(|at| one(&template, *at, ended)).collect();
        let (head, full, rest) = (head.clone(), full.clone(), marks(chunk.len() % ROWS));
        desk.write(move |tx| -> Result<(), StoreError> {
            for some in values.chunks(ROWS * width) {
                let marks = if some.len() == ROWS * width { &full } else { &rest };
                tx.run(&format!("{head}{marks}"), some)?;
            }
            Ok(())
        })?;
        eprint!("\rcases: {} of {rows}          ", chunk.last().unwrap_or(&0));
    }
    eprintln!();
    Ok(())
}

fn one(template: &[Param], at: usize, ended: i64) -> Vec<Param> {
    let mut row = template.to_vec();
    let drawn = [1, 2, 3, 4, 5, 6].map(|place| u8::try_from(at / 29_usize.pow(place - 1) % 29).unwrap_or(0));
    let id = uuid::Builder::from_unix_timestamp_millis(
        1_700_000_000_000 + at as u64,
        &(at as u64).to_be_bytes().repeat(2)[..10].try_into().unwrap_or([0; 10]),
    )
    .into_uuid();
    let changed: [(usize, Param); 4] = [
        (0, id.to_string().into()),
        (1, CaseNumber::draw(drawn).plain().into()),
        (2, format!("計測 収受第{at}号").into()),
        (20, Param::Int(ended + i64::try_from(at).unwrap_or(0))),
    ];
    for (place, value) in changed {
        if let Some(cell) = row.get_mut(place) {
            *cell = value;
        }
    }
    row
}
