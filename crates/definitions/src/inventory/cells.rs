//! CSV as RFC 4180 has it: cells between commas, quoted where they hold a comma, a quote or the end of a line.

/// A record with the line on which it begins, from one; or the line of what is wrong, and what.
type Record = Result<(u32, Vec<String>), (u32, &'static str)>;

/// The records of a text, one after another. Lines with nothing on them are none.
pub(super) struct Records<'t> {
    rest: &'t str,
    line: u32,
}

impl<'t> Records<'t> {
    pub(super) fn of(text: &'t str) -> Records<'t> {
        Records { rest: text, line: 1 }
    }

    /// Takes so many bytes, counting their lines.
    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        let lines = taken.bytes().filter(|byte| *byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        taken
    }

    fn skip(&mut self, what: &str) -> bool {
        let there = self.rest.starts_with(what);
        if there {
            self.take(what.len());
        }
        there
    }

    /// Goes to the next line, as after a mistake.
    fn leave_line(&mut self) {
        self.take(self.rest.find('\n').map_or(self.rest.len(), |end| end + 1));
    }

    /// The text of a quoted cell, its opening quote taken.
    fn quoted(&mut self, line: u32) -> Result<String, (u32, &'static str)> {
        let mut cell = String::new();
        loop {
            let Some(end) = self.rest.find('"') else {
                self.take(self.rest.len());
                return Err((line, "引用符（\"）が閉じていない"));
            };
            cell.push_str(self.take(end));
            self.take(1);
            if !self.skip("\"") {
                return Ok(cell);
            }
            cell.push('"');
        }
    }

    fn record(&mut self) -> Record {
        let begins = self.line;
        let mut cells = Vec::new();
        loop {
            let line = self.line;
            let cell = if self.skip("\"") {
                self.quoted(line)?
            } else {
                let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
                let cell = self.take(end);
                cell.strip_suffix('\r').unwrap_or(cell).to_owned()
            };
            cells.push(cell);
            if self.skip(",") {
                continue;
            }
            if self.rest.is_empty() || self.skip("\n") || self.skip("\r\n") {
                return Ok((begins, cells));
            }
            let line = self.line;
            self.leave_line();
            return Err((line, "閉じた引用符（\"）のあとに文字がある"));
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        while self.skip("\n") || self.skip("\r\n") {}
        if self.rest.is_empty() { None } else { Some(self.record()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Records;

    /// Each record as `line: cell|cell`, each mistake as `line! what`.
    fn check(text: &str, expect: &[&str]) {
        let found: Vec<String> = Records::of(text)
            .map(|record| match record {
                Ok((line, cells)) => format!("{line}: {}", cells.join("|")),
                Err((line, what)) => format!("{line}! {what}"),
            })
            .collect();
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn cells_are_quoted_over_lines_and_with_commas() {
        check("", &[]);
        check("a,b\n1,2", &["1: a|b", "2: 1|2"]);
        check("a,b\r\n\r\n1,\r\n", &["1: a|b", "3: 1|"]);
        check("\"a,\"\"b\"\"\",\"two\nlines\"\nc,d\n", &["1: a,\"b\"|two\nlines", "3: c|d"]);
        check("\"\",x\ny\"z,", &["1: |x", "2: y\"z|"]);
    }

    #[test]
    fn a_quote_that_is_not_closed_is_said_where_it_opens() {
        check("a\n1,\"two\nthree\n", &["1: a", "2! 引用符（\"）が閉じていない"]);
        check("\"a\"b,c\nd\n", &["1! 閉じた引用符（\"）のあとに文字がある", "2: d"]);
    }
}
