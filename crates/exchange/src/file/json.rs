//! JSON: an array of objects, one at a time. The array is cut into its objects first, each bounded; what is in one is read by the library.

use std::io::BufRead;

use serde_json::Value;

use super::{CELL_BYTES_MAX, FileWrong, Row, RowWrong, whole};

/// Most bytes of one object.
const OBJECT_BYTES_MAX: usize = 4 * CELL_BYTES_MAX;

/// An array of objects.
pub(super) struct JsonIn<R> {
    from: R,
    headers: Vec<String>,
    line: u64,
    ended: bool,
    first: bool,
}

impl<R: BufRead> JsonIn<R> {
    pub(super) fn open(headers: Vec<String>, from: R) -> Result<JsonIn<R>, RowWrong> {
        let mut json = JsonIn { from, headers, line: 1, ended: false, first: true };
        match json.byte_after_blanks()? {
            None => Err(whole(FileWrong::Empty)),
            Some(b'[') => Ok(json),
            Some(_) => Err(whole(FileWrong::NoJson("[ で始まっていません".to_owned()))),
        }
    }

    fn byte(&mut self) -> Result<Option<u8>, RowWrong> {
        let line = self.line;
        let buffer = self.from.fill_buf().map_err(|error| RowWrong { line, column: None, why: FileWrong::Io(error.to_string()) })?;
        let Some(byte) = buffer.first().copied() else { return Ok(None) };
        self.from.consume(1);
        if byte == b'\n' {
            self.line += 1;
        }
        Ok(Some(byte))
    }

    fn byte_after_blanks(&mut self) -> Result<Option<u8>, RowWrong> {
        loop {
            match self.byte()? {
                // A mark of UTF-8 counts as blank.
                Some(b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf) => {}
                other => return Ok(other),
            }
        }
    }

    fn broken(&self, why: &str) -> RowWrong {
        RowWrong { line: self.line, column: None, why: FileWrong::NoJson(why.to_owned()) }
    }

    /// The bytes of the next object, and its line.
    fn object(&mut self) -> Result<Option<(u64, Vec<u8>)>, RowWrong> {
        let begin = match (self.byte_after_blanks()?, self.first) {
            (Some(b']'), _) => {
                return match self.byte_after_blanks()? {
                    None => Ok(None),
                    Some(_) => Err(self.broken("] のうしろに続きがあります")),
                };
            }
            (None, _) => return Err(self.broken("途中で終わっています")),
            (Some(b','), false) => self.byte_after_blanks()?,
            (other, true) => other,
            _ => return Err(self.broken("行と行の間に , がありません")),
        };
        self.first = false;
        if begin != Some(b'{') {
            return Err(self.broken("{ で始まる行がありません"));
        }
        let line = self.line;
        let (mut bytes, mut depth, mut in_text, mut escaped) = (vec![b'{'], 1_usize, false, false);
        while depth > 0 {
            let Some(byte) = self.byte()? else { return Err(self.broken("途中で終わっています")) };
            if bytes.len() == OBJECT_BYTES_MAX {
                return Err(RowWrong { line, column: None, why: FileWrong::NoJson("一行が長すぎます".to_owned()) });
            }
            bytes.push(byte);
            match (in_text, byte) {
                (true, _) if escaped => escaped = false,
                (true, b'\\') => escaped = true,
                (_, b'"') => in_text = !in_text,
                (false, b'{' | b'[') => depth += 1,
                (false, b'}' | b']') => depth -= 1,
                _ => {}
            }
        }
        Ok(Some((line, bytes)))
    }

    fn row(&self, line: u64, bytes: &[u8]) -> Result<Row, RowWrong> {
        let object: Value = serde_json::from_slice(bytes).map_err(|error| RowWrong {
            line: line + error.line() as u64 - 1,
            column: None,
            why: FileWrong::NoJson(error.to_string()),
        })?;
        let cell = |(place, header): (usize, &String)| match object.get(header) {
            None => Err(RowWrong { line, column: Some(place + 1), why: FileWrong::Missing(header.clone()) }),
            Some(Value::String(text)) if text.contains('\0') => Err(RowWrong { line, column: Some(place + 1), why: FileWrong::Nul }),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Null) => Ok(String::new()),
            Some(Value::Bool(yes)) => Ok(if *yes { "1" } else { "0" }.to_owned()),
            // Such a number has lost its last digits while it was read.
            Some(Value::Number(number)) if number.is_f64() && number.as_f64().is_none_or(|number| number.abs() >= 1e15) => {
                Err(RowWrong { line, column: Some(place + 1), why: FileWrong::LongNumber })
            }
            Some(other) => Ok(other.to_string()),
        };
        Ok(Row { line, cells: self.headers.iter().enumerate().map(cell).collect::<Result<_, _>>()? })
    }
}

impl<R: BufRead> Iterator for JsonIn<R> {
    type Item = Result<Row, RowWrong>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.object() {
            Ok(Some((line, bytes))) => {
                let row = self.row(line, &bytes);
                self.ended = row.as_ref().is_err_and(|wrong| wrong.why.ends());
                Some(row)
            }
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(wrong) => {
                self.ended = true;
                Some(Err(wrong))
            }
        }
    }
}
