//! 表計算のブック (xlsx). It is a ZIP of XML: before it is opened each part is unpacked once into nothing, so that one that would fill the memory
//! is refused.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use definitions::mapping::FileForm;

use super::{BOOK_LINES_MAX, FileWrong, Row, RowWrong, whole};

/// Most bytes of a workbook.
pub(super) const BOOK_BYTES_MAX: usize = 64 << 20;
/// Most bytes that it may be when it is unpacked.
const UNPACKED_BYTES_MAX: u64 = 512 << 20;

/// Reads a workbook's lines.
pub(super) fn read(form: &FileForm, headers: &[String], bytes: Vec<u8>) -> Result<Vec<Result<Row, RowWrong>>, RowWrong> {
    if bytes.is_empty() {
        return Err(whole(FileWrong::Empty));
    }
    if bytes.len() > BOOK_BYTES_MAX {
        return Err(whole(FileWrong::Bomb));
    }
    unpacks_within_bounds(&bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| whole(FileWrong::NoBook(error.to_string())))?;
    let names = book.sheet_names();
    let name = match &form.sheet {
        Some(name) if names.contains(name) => name.clone(),
        Some(name) => return Err(whole(FileWrong::NoSheet(name.clone()))),
        None => names.first().cloned().ok_or_else(|| whole(FileWrong::NoBook("シートがない".to_owned())))?,
    };
    let range = book.worksheet_range(&name).map_err(|error| whole(FileWrong::NoBook(error.to_string())))?;
    let first = u64::from(range.start().map_or(0, |(row, _)| row)) + 1;
    let left = range.start().map_or(0, |(_, column)| column as usize);
    if range.height() > BOOK_LINES_MAX {
        return Err(whole(FileWrong::TooManyLines));
    }
    if range.is_empty() {
        return Err(whole(FileWrong::Empty));
    }
    let mut lines = range.rows().enumerate();
    if form.header {
        let Some((_, row)) = lines.next() else { return Err(whole(FileWrong::Empty)) };
        named(headers, row, left, first)?;
    }
    let one = |(place, row): (usize, &[Data])| line(headers.len(), row, left, first + place as u64);
    Ok(lines.filter(|(_, row)| row.iter().any(|cell| !matches!(cell, Data::Empty))).map(one).collect())
}

fn unpacks_within_bounds(bytes: &[u8]) -> Result<(), RowWrong> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| whole(FileWrong::NoBook(error.to_string())))?;
    let mut left = UNPACKED_BYTES_MAX;
    for place in 0..zip.len() {
        let part = zip.by_index(place).map_err(|error| whole(FileWrong::NoBook(error.to_string())))?;
        let unpacked =
            std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|error| whole(FileWrong::NoBook(error.to_string())))?;
        left = left.checked_sub(unpacked).ok_or_else(|| whole(FileWrong::Bomb))?;
    }
    Ok(())
}

fn named(headers: &[String], row: &[Data], left: usize, first: u64) -> Result<(), RowWrong> {
    for (place, should) in headers.iter().enumerate() {
        let column = Some(place + 1);
        let stands = place.checked_sub(left).and_then(|place| row.get(place)).and_then(|cell| text(cell).ok()).unwrap_or_default();
        if stands.trim() != should {
            return Err(RowWrong { line: first, column, why: FileWrong::Header { should: should.clone(), stands } });
        }
    }
    Ok(())
}

fn line(columns: usize, row: &[Data], left: usize, line: u64) -> Result<Row, RowWrong> {
    let beyond = row.iter().skip(columns.saturating_sub(left)).rposition(|cell| !matches!(cell, Data::Empty));
    if let Some(place) = beyond {
        return Err(RowWrong { line, column: None, why: FileWrong::Count { should: columns, are: columns + place + 1 } });
    }
    let cell = |place: usize| match place.checked_sub(left).and_then(|place| row.get(place)) {
        None => Ok(String::new()),
        Some(cell) => text(cell).map_err(|why| RowWrong { line, column: Some(place + 1), why }),
    };
    Ok(Row { line, cells: (0..columns).map(cell).collect::<Result<_, _>>()? })
}

/// A cell as people see it: whole numbers without a point, days as 2026-11-24.
fn text(cell: &Data) -> Result<String, FileWrong> {
    match cell {
        Data::Empty => Ok(String::new()),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) if text.contains('\0') => Err(FileWrong::Nul),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Ok(text.clone()),
        Data::Int(number) => Ok(number.to_string()),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => Ok(format!("{number:.0}")),
        Data::Float(number) => Ok(number.to_string()),
        Data::Bool(yes) => Ok(if *yes { "1" } else { "0" }.to_owned()),
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let day = format!("{year:04}-{month:02}-{day:02}");
            Ok(if (hour, minute, second) == (0, 0, 0) { day } else { format!("{day}T{hour:02}:{minute:02}:{second:02}") })
        }
        Data::Error(error) => Err(FileWrong::CellError(error.to_string())),
    }
}
