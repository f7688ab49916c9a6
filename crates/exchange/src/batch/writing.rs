//! The lines of a case, and the file of a batch: written as often as it is asked for, out of the cases.

use std::sync::Arc;

use access::{Act, RecordKind, looked};
use cases::{Case, handing};
use definitions::{
    mapping::{Format, Lacking, Mapping, lines},
    procedure::Procedure,
};
use store::{Desk, Read, StoreError};

use super::{Batch, Definitions, NotHanded, allowed, chained, journal, may_take_out};
use crate::{
    file::{BOOK_CELL_MAX, Out, encoding},
    office::{By, Office},
    problem::LineProblem,
    rows,
};

/// Cases of one snapshot while the file is written.
const READ_TOGETHER: i64 = 500;

/// Lines of a file, cell by cell.
pub(super) type Cells = Vec<Vec<String>>;

/// The lines of a case as they stand in the file; none when something cannot be written. What was replaced is among the problems too.
pub(super) fn written(
    tx: &Read<'_>,
    mapping: &Mapping,
    procedure: &Procedure,
    case: &Case,
) -> Result<(Option<Cells>, Vec<LineProblem>), StoreError> {
    let facts = handing::facts(tx, case)?;
    let (mut good, mut problems) = (Vec::new(), Vec::new());
    for (place, line) in lines(mapping, procedure, &facts).into_iter().enumerate() {
        let mut cells = Vec::with_capacity(line.len());
        for ((column, definition), cell) in mapping.columns.values().enumerate().zip(line) {
            let mut tell = |say: String, goes: bool| {
                let header = definition.header.clone();
                problems.push(LineProblem { line: place as u64 + 1, column: Some(column + 1), header, say, goes });
            };
            match cell {
                Err(wrong) => tell(wrong.to_string(), false),
                Ok(text) => {
                    let (replaced, lacks) = encoding::with_geta(&text, mapping.file.encoding);
                    if let Some(character) = lacks {
                        let say = definitions::mapping::CellWrong::Lacks { character }.to_string();
                        tell(say, mapping.file.lacking == Lacking::Geta);
                    }
                    if mapping.file.format == Format::Xlsx && text.encode_utf16().count() > BOOK_CELL_MAX {
                        tell(
                            format!("Excel のセルに入りません（{BOOK_CELL_MAX} 文字まで）。答えを短くするか、CSV で渡してください"),
                            false,
                        );
                    }
                    cells.push(replaced);
                }
            }
        }
        good.push(cells);
    }
    let goes = problems.iter().all(|problem| problem.goes);
    Ok((goes.then_some(good), problems))
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Lines.
    pub lines: i64,
    /// Whether the lines are those of the day on which the batch was made.
    pub same: bool,
}

/// Whether somebody may have the file of a batch: each of its cases must be within their grants, whoever made it.
///
/// # Errors
/// Not for this person, or the store failed.
pub fn may_have(tx: &Read<'_>, office: &Office, mapping: &Mapping, by: &By, batch: &Batch) -> Result<(), NotHanded> {
    allowed(office, mapping, by)?;
    let By::Staff(staff) = by else { return Ok(()) };
    let mut after = 0;
    loop {
        let some = rows::in_batch(tx, &batch.id, after, READ_TOGETHER)?;
        let Some((last, _)) = some.last() else { return Ok(()) };
        after = *last;
        for (_, case) in some {
            if let Some(seen) = handing::attributes(tx, case)? {
                access::may(staff, Act::Export, &seen).ok_or(NotHanded::Beyond)?;
            }
        }
    }
}

/// Writes the file of a batch, as often as it is asked for. Runs outside of any transaction: some cases of one snapshot at a time.
///
/// # Errors
/// Not for this person, it cannot be written, or the store failed.
pub fn write(
    desk: &Desk,
    office: &Office,
    mapping: &Mapping,
    by: &By,
    batch: &Batch,
    to: impl std::io::Write,
) -> Result<Written, NotHanded> {
    let (_, authority) = allowed(office, mapping, by)?;
    let mut out = Out::begin(mapping, to)?;
    let (mut after, mut count, mut digest) = (0, 0, String::new());
    loop {
        let (id, keys, mapping_of, who) = (batch.id.clone(), Arc::clone(&office.keys), mapping.clone(), by.clone());
        let some = desk.read(move |tx| -> Result<Vec<(i64, Cells)>, NotHanded> {
            let mut definitions = Definitions::default();
            let mut found = Vec::new();
            for (place, case) in rows::in_batch(tx, &id, after, READ_TOGETHER)? {
                let Some(case) = handing::case(tx, &keys, case)? else {
                    // It was destroyed when its time had come; those behind it are still there.
                    found.push((place, Cells::new()));
                    continue;
                };
                let procedure = definitions.of(tx, &case)?;
                if let By::Staff(staff) = &who {
                    may_take_out(staff, &case, &procedure).ok_or(NotHanded::Beyond)?;
                }
                found.push((place, written(tx, &mapping_of, &procedure, &case)?.0.unwrap_or_default()));
            }
            Ok(found)
        })?;
        let Some((last, _)) = some.last() else { break };
        after = *last;
        for line in some.iter().flat_map(|(_, lines)| lines) {
            count += 1;
            digest = chained(&digest, line);
            out.line(line)?;
        }
    }
    out.end()?.flush()?;
    let same = digest == batch.digest;
    let (by, batch) = (by.clone(), batch.clone());
    desk.write(move |tx| {
        if let By::Staff(staff) = &by {
            let record = format!("{}-{}", batch.mapping, batch.number);
            if let Some(authority) = access::grants::may_any(staff, Act::Export, RecordKind::Case) {
                looked::looked(tx, staff, &authority, RecordKind::Case, &record, "exchange-file")?;
            }
        }
        journal(tx, &by, &authority, &batch, "batch-handed-over", if same { "same" } else { "differs" })
    })?;
    Ok(Written { lines: count, same })
}
