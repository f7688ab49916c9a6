//! ほかの電子申請から: packages of another service become cases like all others, once for each number of theirs.
//!
//! A package is one of two: a folder with a CSV (a line each) and the files that its lines name, in the folder or in a folder with the
//! number's name; or ZIP archives, each with such a CSV and its files. Which column answers which question is a mapping's (`direction: intake`).
//! What is answered goes through the same evaluation as on the residents' side; what does not fit is marked for staff and never lost. Files are
//! looked at like uploads. A signature that lies beside (CMS: `.p7s`, `.p7m`, `.sig`) is kept as `unverified`: its chain ends at a root that only
//! a 署名検証者 may ask (公的個人認証法17条).

mod package;

use std::io;

use access::CaseId;
use cases::{
    CaseNumber, Channel, Contacts, attachments,
    case::Stage,
    event::Doubt,
    handing,
    parcel::Filed,
    receiving::{self, HandedOver},
};
use definitions::{
    answer::FileAnswer,
    facts::FactsSheet,
    form,
    ids::FieldId,
    mapping::{Column, Holds, Mapping, SourceKind, read_answers},
    procedure::Procedure,
    text::Language,
};
use jiff::Timestamp;
use store::{Desk, Entry, StoreError, files::Files, keys::Face};

use crate::{
    file::{Out, Row, encoding},
    office::Office,
    problem::LineProblem,
    rows::{self, Arrived},
};

pub use package::{Package, packages};

/// What became of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Applications that became cases.
    pub arrived: usize,
    /// Applications that are there already.
    pub there: usize,
    /// What could not be read at all: which package, which line, why.
    pub wrong: Vec<(String, LineProblem)>,
}

/// Takes in all packages of a folder. Done again, it takes in what came since.
///
/// # Errors
/// When the store failed; what was taken in before stays.
pub fn take_in(
    desk: &Desk,
    files: &Files,
    office: &Office,
    mapping: &Mapping,
    packages: impl IntoIterator<Item = Package>,
) -> Result<Taken, StoreError> {
    let mut taken = Taken::default();
    let Some(procedure) = office.procedure(mapping) else { return Ok(taken) };
    for mut package in packages {
        let lines = match package.lines(mapping) {
            Ok(lines) => lines,
            Err(problem) => {
                taken.wrong.push((package.name().to_owned(), problem));
                continue;
            }
        };
        for line in lines {
            match line {
                Err(problem) => taken.wrong.push((package.name().to_owned(), problem)),
                Ok(row) => match one(desk, files, office, mapping, procedure, &mut package, &row)? {
                    One::Arrived => taken.arrived += 1,
                    One::There => taken.there += 1,
                    One::Wrong(problem) => taken.wrong.push((package.name().to_owned(), problem)),
                },
            }
        }
    }
    Ok(taken)
}

enum One {
    Arrived,
    There,
    Wrong(LineProblem),
}

fn one(
    desk: &Desk,
    files: &Files,
    office: &Office,
    mapping: &Mapping,
    procedure: &Procedure,
    package: &mut Package,
    row: &Row,
) -> Result<One, StoreError> {
    let (answered, mut unread) = answered(mapping, procedure, row);
    for (column, cell) in mapping.columns.values().zip(&row.cells) {
        if let Some(character) = encoding::private(cell) {
            unread.push(format!("{}：外字（U+{:04X}）があります。正しい字を確かめてください", column.header, u32::from(character)));
        }
    }
    let whole = |say: &str| LineProblem { line: row.line, column: None, header: String::new(), say: say.to_owned(), goes: false };
    if answered.number.is_empty() || answered.number.chars().count() > 100 {
        return Ok(One::Wrong(whole("受付番号がありません。どの申請か分からないので、受け取れません")));
    }
    let (of, number) = (mapping.id.clone(), answered.number.clone());
    if desk.read(move |tx| rows::arrived(tx, &of, &number))?.is_some() {
        return Ok(One::There);
    }
    let now = desk.store().now();
    let at = sent_at(&answered.sent, now);
    let mut typed = answered.typed;
    let mut kept = Vec::new();
    for (path, name) in &answered.files {
        match package.file(&answered.number, name) {
            Ok(bytes) => match attachments::look_at(&bytes) {
                Ok(media) => {
                    let file = files.put(&bytes)?.to_string();
                    let file = FileAnswer { file, name: package::shown(name), media: media.to_owned(), bytes: bytes.len() as u64 };
                    let json = serde_json::to_string(&file).map_err(|_| StoreError::damaged("a file that has no JSON"))?;
                    if typed.push(path.clone(), json).is_ok() {
                        kept.push(file);
                    }
                }
                Err(refused) => unread.push(format!("添付「{}」は受け取れない形（{refused:?}）でした", package::shown(name))),
            },
            Err(why) => unread.push(format!("添付「{}」を開けませんでした（{why}）", package::shown(name))),
        }
    }
    let sheet =
        FactsSheet { options: listings(desk, office, at)?, calendar: Some(office.town.closed.clone().into()), ..FactsSheet::default() };
    let filled = form::fill(procedure, &typed, &sheet, cases::clock::day(at));
    let doubts = doubts(&filled);
    for problem in &filled.problems {
        let said = typed.iter().filter(|(name, _)| name.starts_with(problem.path.as_str())).flat_map(|(_, values)| values).cloned();
        let said: Vec<String> = said.collect();
        if !said.is_empty() {
            unread.push(format!("{}：{}（{}）", problem.path, said.join("、"), office.says(problem)));
        }
    }
    let signature = if package.is_signed(&answered.number) { "unverified" } else { "none" };
    let draft = Draft {
        mapping: mapping.clone(),
        number: answered.number,
        case: CaseId::draw(now),
        candidates: drawn()?,
        filed: Filed {
            case: String::new(),
            account: None,
            number: String::new(),
            procedure: procedure.id.clone(),
            version: procedure.version.clone(),
            contacts: Contacts::of(procedure, &filled.answers),
            warned: filled.warned.iter().map(ToString::to_string).collect(),
            answers: filled.answers,
            channel: channel(mapping),
            at,
            language: Language::Ja,
        },
        doubts,
        unread: unread.join("\n").chars().take(cases::verbs::WRITTEN_CHARACTERS_MAX).collect(),
        files: kept,
        signature,
    };
    let office = office.clone();
    let arrived = desk.write(move |tx| arrive(tx, &office, &draft))?;
    Ok(if arrived { One::Arrived } else { One::There })
}

struct Draft {
    mapping: Mapping,
    number: String,
    case: CaseId,
    candidates: Vec<CaseNumber>,
    filed: Filed,
    doubts: Vec<Doubt>,
    unread: String,
    files: Vec<FileAnswer>,
    signature: &'static str,
}

/// One application: the case and the number by which it is known there, in one transaction. No: it is there already.
fn arrive(tx: &store::Write<'_>, office: &Office, draft: &Draft) -> Result<bool, StoreError> {
    let arrived = Arrived {
        source_number: draft.number.clone(),
        case: draft.case,
        at: draft.filed.at,
        signature: draft.signature.to_owned(),
        told: String::new(),
    };
    if !rows::add_arrived(tx, &draft.mapping.id, &arrived)? {
        return Ok(false);
    }
    let number = handing::free_number(tx, &draft.candidates)?;
    let filed = Filed { case: draft.case.to_string(), number: number.plain(), ..draft.filed.clone() };
    let authority = format!("intake:{}", draft.mapping.id);
    let handed =
        HandedOver { filed, doubts: draft.doubts.clone(), unread: draft.unread.clone(), files: &draft.files, authority: authority.clone() };
    match receiving::handed_over(tx, &office.town, &office.keys, handed) {
        Ok(()) => {}
        Err(cases::verbs::Refused::Store(error)) => return Err(error),
        Err(_) => return Err(StoreError::damaged("a procedure that the town does not have")),
    }
    tx.journal(&Entry {
        actor: "intake".to_owned(),
        what: "handed-over",
        kind: "case",
        record: draft.case.to_string(),
        authority,
        why: draft.signature.to_owned(),
    })?;
    Ok(true)
}

fn channel(mapping: &Mapping) -> Channel {
    match mapping.source.as_ref().map(|source| source.kind) {
        Some(SourceKind::NationalPortal) => Channel::NationalPortal,
        _ => Channel::OtherService,
    }
}

/// What a line answers; cells that cannot be read are left out of it and told beside.
fn answered(mapping: &Mapping, procedure: &Procedure, row: &Row) -> (definitions::mapping::Answered, Vec<String>) {
    let mut cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
    let mut unread = Vec::new();
    // Each turn takes out the cells that could not be read; the second turn reads all others.
    for _ in 0..2 {
        match read_answers(mapping, procedure, &cells) {
            Ok(answered) => return (answered, unread),
            Err(wrongs) => {
                for (column, why) in wrongs {
                    let Some(place) = mapping.columns.get_index_of(&column) else { continue };
                    let header = mapping.columns.get(&column).map(|column| column.header.as_str()).unwrap_or_default();
                    if let Some(cell) = cells.get_mut(place) {
                        unread.push(format!("{header}：{}（{why}）", cell.chars().take(200).collect::<String>()));
                        *cell = "";
                    }
                }
            }
        }
    }
    (definitions::mapping::Answered::default(), unread)
}

fn doubts(filled: &form::Filled) -> Vec<Doubt> {
    let mut fields: Vec<FieldId> = filled.problems.iter().filter_map(|problem| problem.path.split('.').next()?.parse().ok()).collect();
    fields.dedup();
    let mut doubts = Vec::new();
    if !fields.is_empty() {
        doubts.push(Doubt::Answers { fields });
    }
    if !filled.formal.is_empty() {
        doubts.push(Doubt::Rules { rules: filled.formal.clone() });
    }
    doubts
}

/// When the person sent it: as the service says, never in the future.
fn sent_at(said: &str, now: Timestamp) -> Timestamp {
    let zoned = |moment: jiff::civil::DateTime| moment.in_tz("Asia/Tokyo").ok().map(|zoned| zoned.timestamp());
    let said = said.trim().replace('/', "-").replacen(' ', "T", 1);
    let moment = said.parse::<Timestamp>().ok().or_else(|| said.parse::<jiff::civil::DateTime>().ok().and_then(zoned));
    let moment = moment.or_else(|| jp::era::parse_date(&said).ok().map(cases::clock::noon));
    moment.filter(|moment| *moment <= now).unwrap_or(now)
}

/// What may be chosen from the town's registers on that day, as a clerk sees it.
fn listings(
    desk: &Desk,
    office: &Office,
    at: Timestamp,
) -> Result<indexmap::IndexMap<definitions::ids::RegisterId, definitions::facts::Listing>, StoreError> {
    let (town, day) = (office.town.clone(), cases::clock::day(at));
    desk.read(move |tx| {
        let keyed = town.registers.values().filter(|register| register.key.is_some());
        keyed.map(|register| Ok((register.id.clone(), registry::options::listing(tx, &town, register, day)?))).collect()
    })
}

/// Some candidate numbers from the desk's half.
fn drawn() -> Result<Vec<CaseNumber>, StoreError> {
    let mut chance = [0; 48];
    getrandom::fill(&mut chance).map_err(|_| StoreError::Unstorable("the operating system gives no random bytes"))?;
    let (numbers, _) = chance.as_chunks::<6>();
    Ok(numbers.iter().map(|bytes| CaseNumber::draw_for(Face::Desk, *bytes)).collect())
}

/// A line of the status file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The other service's number.
    pub source_number: String,
    /// What it says of it.
    pub said: String,
    /// Our number.
    pub number: String,
    /// The day on which it came to stand so.
    pub on: String,
}

/// Applications whose status is told in one transaction.
const TOLD_TOGETHER: i64 = 200;

/// Why the statuses could not be told.
#[derive(Debug, thiserror::Error)]
pub enum NotTold {
    /// The file could not be written.
    #[error("the file could not be written: {0}")]
    File(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// 処理状況: how applications of a source stand now, in the words of its mapping, some of them behind a number of theirs; notes what was told. Also
/// the number to go on behind, where there may be more.
///
/// # Errors
/// When the store failed.
pub fn statuses(desk: &Desk, office: &Office, mapping: &Mapping, after: &str) -> Result<(Vec<Status>, Option<String>), StoreError> {
    let Some(source) = mapping.source.clone() else { return Ok((Vec::new(), None)) };
    let (keys, of, after) = (office.keys.clone(), mapping.id.clone(), after.to_owned());
    desk.write(move |tx| {
        let some = rows::arrived_after(tx, &of, &after, TOLD_TOGETHER)?;
        let last = some.last().map(|arrived| arrived.source_number.clone());
        let mut found = Vec::new();
        for arrived in some {
            // One that was destroyed when its time had come is told of no more.
            let Some(case) = handing::case(tx, &keys, arrived.case)? else { continue };
            let (stage, on) = match &case.stage {
                Stage::Working { .. } | Stage::Approving { .. } => ("received", cases::clock::day(case.filed_at)),
                Stage::Correcting { asked, .. } => ("correcting", asked.asked_on),
                Stage::Decided { on, .. } => ("decided", *on),
                Stage::Withdrawn { on } => ("withdrawn", *on),
            };
            let said = source.status.get(stage).cloned().unwrap_or_else(|| stage.to_owned());
            if arrived.told != said {
                rows::told(tx, &of, &arrived.source_number, &said)?;
            }
            found.push(Status { source_number: arrived.source_number, said, number: case.number.plain(), on: on.to_string() });
        }
        Ok((found, last))
    })
}

/// Writes the status file of all applications of a source, in its own form: its number, the status, our number, the day. Says how many.
///
/// # Errors
/// When it cannot be written, or the store failed.
pub fn write_statuses(desk: &Desk, office: &Office, mapping: &Mapping, to: impl io::Write) -> Result<usize, NotTold> {
    let Some(form) = status_form(mapping) else { return Ok(0) };
    let mut out = Out::begin(&form, to)?;
    let (mut after, mut count) = (Some(String::new()), 0);
    while let Some(begin) = after {
        let (some, next) = statuses(desk, office, mapping, &begin)?;
        for Status { source_number, said, number, on } in some {
            out.line(&[source_number, said, number, on])?;
            count += 1;
        }
        after = next;
    }
    out.end()?;
    Ok(count)
}

/// The mapping as the status file has it: four columns, the first called as in the packages.
fn status_form(mapping: &Mapping) -> Option<Mapping> {
    let any = mapping.columns.values().next()?;
    let number = mapping.columns.values().find(|column| column.holds == Some(Holds::SourceNumber));
    let headers = [number.map_or("受付番号", |column| column.header.as_str()), "処理状況", "自治体の受付番号", "日付"];
    let mut form = mapping.clone();
    form.columns = headers
        .iter()
        .zip(["number", "status", "ours", "day"])
        .filter_map(|(header, id)| {
            let id: FieldId = id.parse().ok()?;
            Some((id.clone(), Column { id, header: (*header).to_owned(), ..any.clone() }))
        })
        .collect();
    form.file.header = true;
    Some(form)
}
