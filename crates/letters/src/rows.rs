//! What is kept of letters at the desk, and how it is found.

use std::collections::HashSet;

use access::{CaseId, LetterId};
use jiff::{Timestamp, civil::Date};
use store::{Read, Row, StoreError, Write, files::FileRef, params};

use crate::{
    code::VerifyCode,
    letter::{Listed, RenderedLetter, State},
};

const NEXT_SERIAL: &str = "insert into letter_serial (department, fiscal_year, last) values ($1, $2, 1) \
    on conflict (department, fiscal_year) do update set last = letter_serial.last + 1 returning last";
const KEEP_TEMPLATES: &str = "insert into letter_template (digest, files) values ($1, $2) on conflict (digest) do nothing";
const ADD: &str = "insert into letter (id, case_id, department, template, state, document_number, bears, verify, run, template_digest, \
    fonts_digest, inputs_digest, inputs, ordered_at) values ($1, $2, $3, $4, 'ordered', $5, $6, $7, 1, $8, $9, $10, $11, $12)";
const ORDER_AGAIN: &str = "update letter set state = 'ordered', run = run + 1, template = $2, template_digest = $3, fonts_digest = $4, \
    inputs_digest = $5, inputs = $6, problem = null, ended_at = null where id = $1 and state = 'failed' returning run";
const NUMBERED: &str = "select document_number, bears, verify from letter where id = $1";
const FROZEN: &str = "select l.case_id, l.document_number, l.bears, l.verify, l.run, l.fonts_digest, l.inputs_digest, l.inputs, t.files \
    from letter l join letter_template t on t.digest = l.template_digest where l.id = $1 and l.state = 'ordered'";
const ISSUE: &str = "update letter set state = 'issued', title = $3, pages = $4, file = $5, problem = null, ended_at = $6 \
    where id = $1 and run = $2 and state = 'ordered'";
const FAIL: &str = "update letter set state = 'failed', problem = $3, ended_at = $4 where id = $1 and run = $2 and state = 'ordered'";
const VOID: &str = "update letter set state = 'voided', voided_on = $2, voided_why = $3 where id = $1 and state = 'issued'";
const RENDERED: &str = "select id, case_id, title, document_number, verify, bears, file, state from letter \
    where id = $1 and state in ('issued', 'voided')";
const OF_CASE: &str =
    "select id, template, state, document_number, bears, title, problem, voided_on from letter where case_id = $1 order by ordered_at, id";

/// Everything that the press needs, as it was frozen.
pub(crate) struct Frozen {
    pub(crate) case: CaseId,
    pub(crate) document_number: String,
    pub(crate) date: Date,
    pub(crate) verify: VerifyCode,
    pub(crate) run: i64,
    pub(crate) fonts_digest: String,
    pub(crate) inputs_digest: String,
    pub(crate) inputs: Vec<u8>,
    pub(crate) templates: Vec<u8>,
}

/// What a new row holds beside the number.
pub(crate) struct NewLetter<'n> {
    pub(crate) id: LetterId,
    pub(crate) case: CaseId,
    pub(crate) department: &'n str,
    pub(crate) template: &'n str,
    pub(crate) document_number: &'n str,
    pub(crate) date: Date,
    pub(crate) verify: &'n VerifyCode,
    pub(crate) frozen: &'n Inputs,
    pub(crate) now: Timestamp,
}

/// Inputs, sealed, with the digests that freeze them.
pub(crate) struct Inputs {
    pub(crate) template_digest: String,
    pub(crate) inputs_digest: String,
    pub(crate) sealed: Vec<u8>,
}

pub(crate) fn next_serial(tx: &Write<'_>, department: &str, fiscal_year: i16) -> Result<i64, StoreError> {
    tx.first(NEXT_SERIAL, params![department, i64::from(fiscal_year)])?.ok_or(StoreError::damaged("letter_serial.last"))?.get(0)
}

pub(crate) fn keep_templates(tx: &Write<'_>, digest: &str, files: &[u8]) -> Result<(), StoreError> {
    tx.run(KEEP_TEMPLATES, params![digest, files])?;
    Ok(())
}

pub(crate) fn add(tx: &Write<'_>, new: &NewLetter<'_>) -> Result<(), StoreError> {
    let frozen = new.frozen;
    let row = params![
        new.id.to_string(),
        new.case.to_string(),
        new.department,
        new.template,
        new.document_number,
        new.date.to_string(),
        new.verify.plain(),
        &frozen.template_digest,
        crate::fonts::digest(),
        &frozen.inputs_digest,
        &frozen.sealed,
        new.now
    ];
    tx.run(ADD, row)?;
    Ok(())
}

/// The run that this order began, or `None` when the letter is not one that failed.
pub(crate) fn order_again(tx: &Write<'_>, id: LetterId, template: &str, frozen: &Inputs) -> Result<Option<i64>, StoreError> {
    let row = params![id.to_string(), template, &frozen.template_digest, crate::fonts::digest(), &frozen.inputs_digest, &frozen.sealed];
    tx.first(ORDER_AGAIN, row)?.map(|row| row.get(0)).transpose()
}

pub(crate) fn numbered(tx: &Read<'_>, id: LetterId) -> Result<Option<(String, Date, VerifyCode)>, StoreError> {
    let Some(row) = tx.first(NUMBERED, params![id.to_string()])? else { return Ok(None) };
    Ok(Some((row.get(0)?, day(&row, 1)?, code(&row, 2)?)))
}

pub(crate) fn frozen(tx: &Read<'_>, id: LetterId) -> Result<Option<Frozen>, StoreError> {
    let Some(row) = tx.first(FROZEN, params![id.to_string()])? else { return Ok(None) };
    Ok(Some(Frozen {
        case: row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("letter.case_id"))?,
        document_number: row.get(1)?,
        date: day(&row, 2)?,
        verify: code(&row, 3)?,
        run: row.get(4)?,
        fonts_digest: row.get(5)?,
        inputs_digest: row.get(6)?,
        inputs: row.get(7)?,
        templates: row.get(8)?,
    }))
}

/// Whether this run's PDF became the letter. A second run of the same job changes nothing.
pub(crate) fn issue(tx: &Write<'_>, letter: &RenderedLetter, run: i64, pages: i64) -> Result<bool, StoreError> {
    let row = params![letter.id.to_string(), run, &letter.title, pages, &letter.pdf.0, tx.now()];
    Ok(tx.run(ISSUE, row)? == 1)
}

pub(crate) fn fail(tx: &Write<'_>, id: LetterId, run: i64, problem: &str) -> Result<bool, StoreError> {
    Ok(tx.run(FAIL, params![id.to_string(), run, problem, tx.now()])? == 1)
}

pub(crate) fn void(tx: &Write<'_>, id: LetterId, on: Date, why: &str) -> Result<bool, StoreError> {
    Ok(tx.run(VOID, params![id.to_string(), on.to_string(), why])? == 1)
}

/// A letter that was issued. `None` while it is not.
///
/// # Errors
/// When the store fails.
pub fn rendered(tx: &Read<'_>, id: LetterId) -> Result<Option<RenderedLetter>, StoreError> {
    let Some(row) = tx.first(RENDERED, params![id.to_string()])? else { return Ok(None) };
    Ok(Some(RenderedLetter {
        id: parse(&row, 0, "letter.id")?,
        case: parse(&row, 1, "letter.case_id")?,
        title: row.get(2)?,
        document_number: row.get(3)?,
        verify: code(&row, 4)?,
        issued_on: day(&row, 5)?,
        pdf: FileRef(row.get(6)?),
        voided: row.get::<String>(7)? == State::Voided.code(),
    }))
}

/// The letters of a case, oldest first.
///
/// # Errors
/// When the store fails.
pub fn of_case(tx: &Read<'_>, case: CaseId) -> Result<Vec<Listed>, StoreError> {
    tx.all(OF_CASE, params![case.to_string()])?
        .iter()
        .map(|row| {
            Ok(Listed {
                id: parse(row, 0, "letter.id")?,
                template: row.get(1)?,
                state: State::from_code(&row.get::<String>(2)?).ok_or(StoreError::damaged("letter.state"))?,
                document_number: row.get(3)?,
                date: day(row, 4)?,
                title: row.get(5)?,
                problem: row.get(6)?,
                voided_on: row.get(7)?,
            })
        })
        .collect()
}

const FILES: &str = "select id, file from letter where id > $1 and file is not null order by id limit 500";

/// The addresses of all letters as they lie among the desk's files, void ones too: a void letter stays with its number.
///
/// # Errors
/// When the store fails.
pub fn files_in_use(tx: &Read<'_>) -> Result<HashSet<String>, StoreError> {
    let (mut used, mut last) = (HashSet::new(), String::new());
    loop {
        let rows = tx.all(FILES, params![&last])?;
        let Some(end) = rows.last() else { return Ok(used) };
        last = end.get(0)?;
        for row in &rows {
            used.insert(FileRef(row.get(1)?).address().to_owned());
        }
    }
}

fn parse<T: std::str::FromStr>(row: &Row, index: usize, column: &'static str) -> Result<T, StoreError> {
    row.get::<String>(index)?.parse().map_err(|_| StoreError::damaged(column))
}

fn day(row: &Row, index: usize) -> Result<Date, StoreError> {
    parse(row, index, "letter.bears")
}

fn code(row: &Row, index: usize) -> Result<VerifyCode, StoreError> {
    VerifyCode::typed(&row.get::<String>(index)?).ok_or(StoreError::damaged("letter.verify"))
}
