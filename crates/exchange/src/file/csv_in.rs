//! CSV, read strictly (RFC 4180): what a lenient reader would guess at, such as a quotation mark in the middle of a cell, is told instead.
//! Bytes are cut into cells first and decoded afterwards: no second byte of CP932 is a comma, a quotation mark or an end of line.

use std::io::BufRead;

use definitions::mapping::{Encoding, FileForm, Formulas, Separator};

use super::{CELL_BYTES_MAX, CELLS_MAX, FileWrong, LINE_BYTES_MAX, Row, RowWrong, encoding, formula, whole};

/// CSV line by line.
pub(super) struct CsvIn<R> {
    from: R,
    encoding: Encoding,
    separator: u8,
    formulas: Formulas,
    headers: Vec<String>,
    line: u64,
    ended: bool,
}

/// A line in bytes, with where it began.
struct Raw {
    line: u64,
    cells: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq)]
enum At {
    Begin,
    Bare,
    Quoted,
    Closed,
    /// Something is wrong; the rest of the line is passed over.
    Lost,
}

impl<R: BufRead> CsvIn<R> {
    /// Looks at the first bytes, and at the first line where it names the columns.
    pub(super) fn open(form: &FileForm, headers: Vec<String>, from: R) -> Result<CsvIn<R>, RowWrong> {
        let separator = match form.separator {
            Separator::Comma => b',',
            Separator::Tab => b'\t',
        };
        let mut csv = CsvIn { from, encoding: form.encoding, separator, formulas: form.formulas, headers, line: 0, ended: false };
        csv.mark()?;
        if form.header {
            csv.header()?;
        }
        Ok(csv)
    }

    fn mark(&mut self) -> Result<(), RowWrong> {
        let begin = self.from.fill_buf().map_err(|error| whole(FileWrong::Io(error.to_string())))?;
        if begin.is_empty() {
            return Err(whole(FileWrong::Empty));
        }
        if begin.starts_with(&[0xff, 0xfe]) || begin.starts_with(&[0xfe, 0xff]) {
            return Err(whole(FileWrong::OtherEncoding("UTF-16")));
        }
        if begin.starts_with(b"PK\x03\x04") {
            return Err(whole(FileWrong::OtherEncoding("CSV ではなく Excel（xlsx）")));
        }
        if begin.starts_with(&[0xef, 0xbb, 0xbf]) {
            if self.encoding == Encoding::Cp932 {
                return Err(whole(FileWrong::OtherEncoding("UTF-8（BOM 付き）")));
            }
            self.from.consume(3);
        }
        Ok(())
    }

    fn header(&mut self) -> Result<(), RowWrong> {
        let raw = self.raw().ok_or_else(|| whole(FileWrong::Empty))??;
        for (place, cell) in raw.cells.iter().enumerate() {
            let column = Some(place + 1);
            let wrong = |why| RowWrong { line: raw.line, column, why };
            let stands = self.text(cell).ok_or_else(|| wrong(FileWrong::BadBytes(encoding::name(self.encoding))))?;
            let should = self.headers.get(place).map(String::as_str).unwrap_or_default();
            if stands.trim() != should {
                return Err(wrong(FileWrong::Header { should: should.to_owned(), stands }));
            }
        }
        if raw.cells.len() < self.headers.len() {
            let missing = self.headers.get(raw.cells.len()).cloned().unwrap_or_default();
            return Err(RowWrong { line: raw.line, column: Some(raw.cells.len() + 1), why: FileWrong::Missing(missing) });
        }
        Ok(())
    }

    /// The next line that is not blank.
    fn raw(&mut self) -> Option<Result<Raw, RowWrong>> {
        loop {
            match self.one()? {
                Ok(raw) if raw.cells.len() == 1 && raw.cells.first().is_some_and(Vec::is_empty) => {}
                one => return Some(one),
            }
        }
    }

    fn one(&mut self) -> Option<Result<Raw, RowWrong>> {
        if self.ended {
            return None;
        }
        self.line += 1;
        let begun = self.line;
        let mut cells: Vec<Vec<u8>> = vec![Vec::new()];
        let (mut at, mut wrong, mut any) = (At::Begin, None, false);
        let (mut bytes, mut returned) = (0_usize, false);
        let fail = |wrong: &mut Option<RowWrong>, line: u64, cells: &[Vec<u8>], why: FileWrong| {
            wrong.get_or_insert(RowWrong { line, column: Some(cells.len()), why });
        };
        loop {
            let buffer = match self.from.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(RowWrong { line: self.line, column: None, why: FileWrong::Io(error.to_string()) }));
                }
            };
            if buffer.is_empty() {
                self.ended = true;
                if at == At::Quoted {
                    return Some(Err(RowWrong { line: begun, column: Some(cells.len()), why: FileWrong::OpenQuote }));
                }
                return if any { Some(wrong.map_or(Ok(Raw { line: begun, cells }), Err)) } else { None };
            }
            let mut used = 0;
            let mut done = false;
            for byte in buffer.iter().copied() {
                used += 1;
                any = true;
                bytes += 1;
                if bytes > LINE_BYTES_MAX && at != At::Lost {
                    fail(&mut wrong, begun, &cells, FileWrong::HugeLine);
                    (at, cells) = (At::Lost, Vec::new());
                }
                // A carriage return belongs to the end of a line: elsewhere it would vanish, or two lines would become one.
                if returned && !matches!(byte, b'\r' | b'\n') && at != At::Lost {
                    fail(&mut wrong, self.line, &cells, FileWrong::StrayReturn);
                    at = At::Lost;
                }
                returned = byte == b'\r' && at != At::Quoted;
                let cell = cells.last_mut();
                match (at, byte) {
                    (At::Quoted, b'"') => at = At::Closed,
                    (At::Quoted, 0) => {
                        fail(&mut wrong, self.line, &cells, FileWrong::Nul);
                    }
                    (At::Quoted, byte) => {
                        if byte == b'\n' {
                            self.line += 1;
                        }
                        if let Some(cell) = cell {
                            cell.push(byte);
                            if cell.len() > CELL_BYTES_MAX {
                                fail(&mut wrong, begun, &cells, FileWrong::HugeCell);
                                at = At::Lost;
                            }
                        }
                    }
                    (_, b'\n') => {
                        done = true;
                        break;
                    }
                    (At::Lost, _) => {}
                    (_, b'\r') => {}
                    (_, 0) => {
                        fail(&mut wrong, self.line, &cells, FileWrong::Nul);
                        at = At::Lost;
                    }
                    (_, byte) if byte == self.separator => {
                        at = At::Begin;
                        if cells.len() == CELLS_MAX {
                            fail(&mut wrong, self.line, &cells, FileWrong::Count { should: self.headers.len(), are: CELLS_MAX });
                            at = At::Lost;
                        } else {
                            cells.push(Vec::new());
                        }
                    }
                    (At::Begin, b'"') => at = At::Quoted,
                    (At::Closed, b'"') => {
                        at = At::Quoted;
                        if let Some(cell) = cell {
                            cell.push(b'"');
                        }
                    }
                    (At::Closed, _) => {
                        fail(&mut wrong, self.line, &cells, FileWrong::AfterQuote);
                        at = At::Lost;
                    }
                    (At::Bare, b'"') => {
                        fail(&mut wrong, self.line, &cells, FileWrong::StrayQuote);
                        at = At::Lost;
                    }
                    (_, byte) => {
                        at = At::Bare;
                        if let Some(cell) = cell {
                            cell.push(byte);
                            if cell.len() > CELL_BYTES_MAX {
                                fail(&mut wrong, self.line, &cells, FileWrong::HugeCell);
                                at = At::Lost;
                            }
                        }
                    }
                }
            }
            self.from.consume(used);
            if done {
                return Some(wrong.map_or(Ok(Raw { line: begun, cells }), Err));
            }
        }
    }

    /// A cell's text, without the apostrophe that guards a formula on the way out.
    fn text(&self, cell: &[u8]) -> Option<String> {
        let text = encoding::decode(cell, self.encoding)?;
        Some(if self.formulas == Formulas::Guard { formula::unguarded(text) } else { text })
    }

    fn decoded(&self, raw: Raw) -> Result<Row, RowWrong> {
        if raw.cells.len() != self.headers.len() {
            let why = FileWrong::Count { should: self.headers.len(), are: raw.cells.len() };
            return Err(RowWrong { line: raw.line, column: None, why });
        }
        let text = |(place, cell): (usize, &Vec<u8>)| {
            self.text(cell).ok_or_else(|| RowWrong {
                line: raw.line,
                column: Some(place + 1),
                why: FileWrong::BadBytes(encoding::name(self.encoding)),
            })
        };
        Ok(Row { line: raw.line, cells: raw.cells.iter().enumerate().map(text).collect::<Result<_, _>>()? })
    }
}

impl<R: BufRead> Iterator for CsvIn<R> {
    type Item = Result<Row, RowWrong>;

    fn next(&mut self) -> Option<Self::Item> {
        let raw = self.raw()?;
        Some(raw.and_then(|raw| self.decoded(raw)))
    }
}
