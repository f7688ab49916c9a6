//! 表計算のブック (xlsx). It is a ZIP of XML: before it is opened each part is unpacked once into nothing, so that one that would fill the memory
//! is refused.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use calamine::{Data, Reader, Xlsx, XlsxError};
use definitions::mapping::FileForm;

use super::{BOOK_LINES_MAX, FileWrong, Row, RowWrong, whole};

/// Most bytes of a workbook.
pub(super) const BOOK_BYTES_MAX: usize = 64 << 20;
/// Most bytes that it may be when it is unpacked.
const UNPACKED_BYTES_MAX: u64 = 512 << 20;

/// What stands in a line, by the place of its column.
type Cells = BTreeMap<usize, Data>;

/// Reads a workbook's lines. Only cells that hold something are kept: two cells at the far corners of a sheet are two cells and not the millions
/// between them.
pub(super) fn read(
    form: &FileForm,
    headers: &[String],
    bytes: Vec<u8>,
) -> Result<impl Iterator<Item = Result<Row, RowWrong>> + use<>, RowWrong> {
    if bytes.is_empty() {
        return Err(whole(FileWrong::Empty));
    }
    if bytes.len() > BOOK_BYTES_MAX {
        return Err(whole(FileWrong::Bomb));
    }
    unpacks_within_bounds(&bytes)?;
    let no_book = |error: XlsxError| whole(FileWrong::NoBook(error.to_string()));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(no_book)?;
    let names = book.sheet_names();
    let name = match &form.sheet {
        Some(name) if names.contains(name) => name.clone(),
        Some(name) => return Err(whole(FileWrong::NoSheet(name.clone()))),
        None => names.first().cloned().ok_or_else(|| whole(FileWrong::NoBook("シートがない".to_owned())))?,
    };
    let mut lines: BTreeMap<u32, Cells> = BTreeMap::new();
    let mut reader = book.worksheet_cells_reader(&name).map_err(no_book)?;
    while let Some(cell) = reader.next_cell().map_err(no_book)? {
        let ((row, column), value) = (cell.get_position(), Data::from(cell.get_value().clone()));
        if matches!(value, Data::Empty) {
            continue;
        }
        lines.entry(row).or_default().insert(column as usize, value);
        if lines.len() > BOOK_LINES_MAX + usize::from(form.header) {
            return Err(whole(FileWrong::TooManyLines));
        }
    }
    if lines.is_empty() {
        return Err(whole(FileWrong::Empty));
    }
    if form.header
        && let Some((row, cells)) = lines.pop_first()
    {
        named(headers, &cells, u64::from(row) + 1)?;
    }
    let columns = headers.len();
    Ok(lines.into_iter().map(move |(row, cells)| line(columns, &cells, u64::from(row) + 1)))
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

fn named(headers: &[String], cells: &Cells, line: u64) -> Result<(), RowWrong> {
    for (place, should) in headers.iter().enumerate() {
        let stands = cells.get(&place).and_then(|cell| text(cell).ok()).unwrap_or_default();
        if stands.trim() != should {
            let why = FileWrong::Header { should: should.clone(), stands };
            return Err(RowWrong { line, column: Some(place + 1), why });
        }
    }
    Ok(())
}

fn line(columns: usize, cells: &Cells, line: u64) -> Result<Row, RowWrong> {
    if let Some((place, _)) = cells.last_key_value().filter(|(place, _)| **place >= columns) {
        return Err(RowWrong { line, column: None, why: FileWrong::Count { should: columns, are: place + 1 } });
    }
    let cell = |place: usize| match cells.get(&place) {
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
        // A spreadsheet keeps fifteen digits and makes naughts of the others.
        Data::Float(number) if number.abs() >= 1e15 => Err(FileWrong::LongNumber),
        Data::Float(number) if number.fract() == 0.0 => Ok(format!("{number:.0}")),
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
