//! A table of figures, once as a page shows it and once as CSV.

use maud::{Markup, html};
use ui::words::grouped;

use super::chart::tenths;

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// Words that lead to a page.
    Link(String, String),
    /// A count.
    Count(i64),
    /// A count that stands out when it is not zero: what is late.
    Late(i64),
    /// A share in tenths of a percent.
    Share(Option<i64>),
    /// Days and the like, in tenths.
    Tenths(Option<i64>),
    /// Money.
    Yen(Option<i64>),
}

impl Cell {
    fn is_number(&self) -> bool {
        !matches!(self, Cell::Text(_) | Cell::Link(..))
    }

    fn shown(&self) -> Markup {
        let none = html! { "–" };
        match self {
            Cell::Text(text) => html! { (text) },
            Cell::Link(text, href) => html! { a href=(href) { (text) } },
            Cell::Late(n) if *n > 0 => html! { b.hot-number { (grouped(*n)) } },
            Cell::Count(n) | Cell::Late(n) => html! { (grouped(*n)) },
            Cell::Share(share) => share.map_or(none, |share| html! { (tenths(share)) "%" }),
            Cell::Tenths(value) => value.map_or(none, |value| html! { (tenths(value)) }),
            Cell::Yen(yen) => yen.map_or(none, |yen| html! { (grouped(yen)) "円" }),
        }
    }

    /// As it is printed.
    pub fn text(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Link(text, _) => text.clone(),
            Cell::Count(n) | Cell::Late(n) => grouped(*n),
            Cell::Share(share) => share.map_or("–".to_owned(), |share| format!("{}%", tenths(share))),
            Cell::Tenths(value) => value.map_or("–".to_owned(), tenths),
            Cell::Yen(yen) => yen.map_or("–".to_owned(), |yen| format!("{}円", grouped(yen))),
        }
    }

    /// As a spreadsheet reads it: numbers without commas or signs, nothing where nothing is known.
    fn plain(&self) -> String {
        let decimal = |value: &Option<i64>| value.map(|value| format!("{}.{}", value / 10, value.abs() % 10)).unwrap_or_default();
        match self {
            Cell::Text(text) | Cell::Link(text, _) => guarded(text),
            Cell::Count(n) | Cell::Late(n) => n.to_string(),
            Cell::Share(value) | Cell::Tenths(value) => decimal(value),
            Cell::Yen(yen) => yen.map(|yen| yen.to_string()).unwrap_or_default(),
        }
    }
}

/// A spreadsheet takes a cell that begins so for a formula, in Japan with the full-width signs too; names come from the town's folder, which many write.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) { format!("'{text}") } else { text.to_owned() }
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// Its name in an address.
    pub name: &'static str,
    /// Its title.
    pub title: String,
    /// Its headings.
    pub headings: Vec<String>,
    /// Its lines.
    pub lines: Vec<Vec<Cell>>,
}

impl Sheet {
    /// On a page.
    pub fn shown(&self) -> Markup {
        let numeric = |at: usize| self.lines.first().and_then(|line| line.get(at)).is_some_and(Cell::is_number).then_some("num");
        html! {
            div.scroll tabindex="0" role="region" aria-label=(self.title) {
                table.figures {
                    caption { (self.title) }
                    thead { tr { @for (at, heading) in self.headings.iter().enumerate() { th scope="col" class=[numeric(at)] { (heading) } } } }
                    tbody {
                        @for line in &self.lines {
                            tr {
                                @for (at, cell) in line.iter().enumerate() {
                                    @if at == 0 { th scope="row" { (cell.shown()) } } @else { td class=[numeric(at)] { (cell.shown()) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// As CSV: UTF-8 with a byte order mark and CRLF, so that Excel opens it as it is.
    ///
    /// # Errors
    /// When a line cannot be written, which happens to no line in memory.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
        writer.write_record(self.headings.iter().map(|heading| guarded(heading)))?;
        for line in &self.lines {
            writer.write_record(line.iter().map(Cell::plain))?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_gets_plain_numbers_and_no_formula() {
        let sheet = Sheet {
            name: "parts",
            title: "課ごと".to_owned(),
            headings: vec!["=課".to_owned(), "件".to_owned(), "率".to_owned(), "日".to_owned()],
            lines: vec![
                vec![Cell::Text("＝cmd|x".to_owned()), Cell::Count(1234), Cell::Share(Some(999)), Cell::Tenths(None)],
                vec![Cell::Link("市民課,住民".to_owned(), "/x".to_owned()), Cell::Late(0), Cell::Share(None), Cell::Tenths(Some(25))],
            ],
        };
        let said = String::from_utf8(sheet.csv().unwrap()).unwrap();
        assert_eq!(said, "\u{feff}'=課,件,率,日\r\n'＝cmd|x,1234,99.9,\r\n\"市民課,住民\",0,,2.5\r\n");
    }
}
