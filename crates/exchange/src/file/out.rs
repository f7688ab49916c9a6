//! Lines into a file.

use std::io::{self, Write};

use definitions::mapping::{Encoding, FileForm, Format, Formulas, LineEnd, Mapping, Quote, Separator};
use rust_xlsxwriter::Workbook;

use super::{BOOK_LINES_MAX, encoding, formula};

/// A file that is being written.
pub struct Out<W: Write> {
    to: W,
    form: FileForm,
    headers: Vec<String>,
    book: Option<Box<Workbook>>,
    lines: usize,
}

impl<W: Write> Out<W> {
    /// Begins a file: the mark of its encoding, and the line that names the columns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(mapping: &Mapping, mut to: W) -> io::Result<Out<W>> {
        let (form, headers) = (mapping.file.clone(), mapping.headers().map(str::to_owned).collect::<Vec<_>>());
        let mut book = None;
        match form.format {
            Format::Csv => {
                if form.encoding == Encoding::Utf8Bom {
                    to.write_all(&[0xef, 0xbb, 0xbf])?;
                }
                if form.header {
                    to.write_all(&csv_line(&form, &headers)?)?;
                }
            }
            Format::Json => to.write_all(b"[")?,
            Format::Xlsx => {
                let mut new = Box::new(Workbook::new());
                let sheet = new.add_worksheet();
                sheet.set_name(form.sheet.as_deref().unwrap_or("Sheet1")).map_err(io::Error::other)?;
                if form.header {
                    for (place, header) in headers.iter().enumerate() {
                        sheet.write_string(0, column(place)?, header).map_err(io::Error::other)?;
                    }
                }
                book = Some(new);
            }
        }
        Ok(Out { to, form, headers, book, lines: 0 })
    }

    /// Adds a line.
    ///
    /// # Errors
    /// When it cannot be written, or a workbook would have too many.
    pub fn line(&mut self, cells: &[String]) -> io::Result<()> {
        match self.form.format {
            Format::Csv => self.to.write_all(&csv_line(&self.form, cells)?)?,
            Format::Json => {
                self.to.write_all(if self.lines == 0 { b"\n" } else { b",\n" })?;
                self.to.write_all(&json_line(&self.headers, cells)?)?;
            }
            Format::Xlsx => {
                if self.lines == BOOK_LINES_MAX {
                    return Err(io::Error::other(super::FileWrong::TooManyLines.to_string()));
                }
                let row = u32::try_from(self.lines + usize::from(self.form.header)).map_err(io::Error::other)?;
                let Some(book) = &mut self.book else { return Ok(()) };
                let sheet = book.worksheet_from_index(0).map_err(io::Error::other)?;
                for (place, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                    // Always as text: no cell is a formula, and 012 stays 012.
                    sheet.write_string(row, column(place)?, cell).map_err(io::Error::other)?;
                }
            }
        }
        self.lines += 1;
        Ok(())
    }

    /// Ends the file and gives back what it was written to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(mut self) -> io::Result<W> {
        match self.form.format {
            Format::Csv => {}
            Format::Json => self.to.write_all(if self.lines == 0 { b"]\n" } else { b"\n]\n" })?,
            Format::Xlsx => {
                if let Some(book) = &mut self.book {
                    let bytes = book.save_to_buffer().map_err(io::Error::other)?;
                    self.to.write_all(&bytes)?;
                }
            }
        }
        self.to.flush()?;
        Ok(self.to)
    }
}

fn column(place: usize) -> io::Result<u16> {
    u16::try_from(place).map_err(io::Error::other)
}

/// A line as it stands in the file: what the digest of a batch is made of, whatever the file.
///
/// # Errors
/// When a character has no bytes in the encoding; cells are looked at before.
pub fn csv_line(form: &FileForm, cells: &[String]) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(match form.separator {
            Separator::Comma => b',',
            Separator::Tab => b'\t',
        })
        .quote_style(match form.quote {
            Quote::Needed => csv::QuoteStyle::Necessary,
            Quote::Always => csv::QuoteStyle::Always,
        })
        .terminator(match form.line_end {
            LineEnd::Crlf => csv::Terminator::CRLF,
            LineEnd::Lf => csv::Terminator::Any(b'\n'),
        })
        .from_writer(Vec::new());
    let guarded = |cell: &String| match form.formulas {
        Formulas::Guard => formula::guarded(cell),
        Formulas::Keep => cell.clone(),
    };
    writer.write_record(cells.iter().map(guarded)).map_err(io::Error::other)?;
    let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(io::Error::other)?;
    encoding::encode(&text, form.encoding).map_err(|lacks| io::Error::other(format!("U+{:04X}", u32::from(lacks))))
}

fn json_line(headers: &[String], cells: &[String]) -> io::Result<Vec<u8>> {
    let object: serde_json::Map<String, serde_json::Value> =
        headers.iter().cloned().zip(cells.iter().map(|cell| serde_json::Value::String(cell.clone()))).collect();
    serde_json::to_vec(&object).map_err(io::Error::other)
}
