//! 郵便番号データ: which addresses a postal code names, read from the file that Japan Post publishes (`utf_ken_all.csv`, UTF-8, 15 columns).
//!
//! 124,000 rows become some 5 MB: eight bytes a row for code and place, each municipality once, all towns in one text.

use std::fmt;

use super::PostalCode;

/// Column of the code, of the prefecture, of the municipality, of the town (町域名), and how many there are.
const CODE: usize = 2;
const PREFECTURE: usize = 6;
const CITY: usize = 7;
const TOWN: usize = 8;
const COLUMNS: usize = 15;

/// Most rows that are read: the nation has 124,000, and no town needs more.
const ROWS_MAX: usize = 400_000;

/// A table of postal codes.
#[derive(Clone, Debug, Default)]
pub struct PostalTable {
    rows: Vec<Row>,
    cities: Vec<(Box<str>, Box<str>)>,
    towns: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    code: u32,
    /// In the order of the file, so that candidates stand as Japan Post lists them.
    town_at: u32,
    town_bytes: u16,
    city: u16,
}

/// A line that is no row of the published file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotARow {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: RowFault,
}

/// What can be wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFault {
    /// Not fifteen columns.
    Columns(usize),
    /// The third column is no postal code of seven digits.
    Code,
    /// Prefecture or municipality is missing.
    Place,
    /// More rows than any nation has.
    TooMany,
}

impl PostalTable {
    /// Reads the file; a line that is none of its rows is told and left out.
    pub fn read(text: &str) -> (PostalTable, Vec<NotARow>) {
        let mut table = PostalTable::default();
        let mut wrong = Vec::new();
        // In the Shift_JIS edition a long town runs over several lines with the same code; the UTF-8 edition has one. What lies between the
        // brackets says which houses, and is no part of the town.
        let mut open: Option<u32> = None;
        for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let line_number = at + 1;
            let columns = columns(line);
            let row = match read_row(&columns) {
                Ok(_) if table.rows.len() >= ROWS_MAX => {
                    wrong.push(NotARow { line: line_number, why: RowFault::TooMany });
                    break;
                }
                Ok(row) => row,
                Err(why) => {
                    wrong.push(NotARow { line: line_number, why });
                    continue;
                }
            };
            let (code, place, written) = row;
            let goes_on = open == Some(code);
            open = match (written.rfind('（'), written.rfind('）')) {
                (Some(opens), closes) if closes.is_none_or(|closes| closes < opens) => Some(code),
                (None, None) if goes_on => open,
                _ => None,
            };
            if !goes_on {
                table.add(code, place, town(written));
            }
        }
        table.rows.sort();
        (table, wrong)
    }

    fn add(&mut self, code: u32, (prefecture, city): (&str, &str), town: &str) {
        // The file is ordered by municipality: the last one is mostly the same.
        let city = match self.cities.iter().rposition(|(p, c)| **p == *prefecture && **c == *city) {
            Some(at) => at,
            None => {
                self.cities.push((prefecture.into(), city.into()));
                self.cities.len() - 1
            }
        };
        let (Ok(city), Ok(town_at), Ok(town_bytes)) = (u16::try_from(city), u32::try_from(self.towns.len()), u16::try_from(town.len()))
        else {
            return;
        };
        self.towns.push_str(town);
        self.rows.push(Row { code, town_at, town_bytes, city });
    }

    /// Every place that a code names, down to the town, in the order of the file, each once: a code that names several decides none.
    ///
    /// ```
    /// use jp::postal::{PostalCode, PostalTable};
    /// let file = "13101,\"100  \",\"1000001\",\"トウキョウト\",\"チヨダク\",\"チヨダ\",\"東京都\",\"千代田区\",\"千代田\",0,0,0,0,0,0\n";
    /// let (table, wrong) = PostalTable::read(file);
    /// assert!(wrong.is_empty());
    /// assert_eq!(table.places(PostalCode::parse("100-0001").unwrap())[0].to_string(), "東京都千代田区千代田");
    /// ```
    pub fn places(&self, code: PostalCode) -> Vec<PostalPlace> {
        let code = number(&code.0);
        let from = self.rows.partition_point(|row| row.code < code);
        let mut found = Vec::new();
        for row in self.rows.iter().skip(from).take_while(|row| row.code == code) {
            let (at, bytes) = (row.town_at as usize, usize::from(row.town_bytes));
            let town = self.towns.get(at..at + bytes).unwrap_or_default();
            let Some((prefecture, city)) = self.cities.get(usize::from(row.city)) else { continue };
            let place = PostalPlace { prefecture: prefecture.to_string(), city: city.to_string(), town: town.to_owned() };
            if !found.contains(&place) {
                found.push(place);
            }
        }
        found
    }

    /// How many rows it holds.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }
}

/// An address down to the town, as a postal code names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostalPlace {
    /// 都道府県.
    pub prefecture: String,
    /// 市区町村, with its county or its ward.
    pub city: String,
    /// 町域; empty where the code stands for the rest of a municipality.
    pub town: String,
}

impl fmt::Display for PostalPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.prefecture, self.city, self.town)
    }
}

/// As much of several places as they have in common: what may be filled in for a code that names them all. Half a name is no place.
pub fn in_common(places: &[PostalPlace]) -> String {
    let Some((first, others)) = places.split_first() else { return String::new() };
    let all = |same: fn(&PostalPlace) -> (&str, &str, &str)| others.iter().all(|other| same(other) == same(first));
    if others.is_empty() {
        first.to_string()
    } else if all(|place| (&place.prefecture, &place.city, "")) {
        format!("{}{}", first.prefecture, first.city)
    } else if all(|place| (&place.prefecture, "", "")) {
        first.prefecture.clone()
    } else {
        String::new()
    }
}

fn number(digits: &[u8; 7]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + u32::from(*digit))
}

fn read_row<'l>(columns: &[&'l str]) -> Result<(u32, (&'l str, &'l str), &'l str), RowFault> {
    if columns.len() != COLUMNS {
        return Err(RowFault::Columns(columns.len()));
    }
    let at = |column: usize| columns.get(column).copied().unwrap_or_default();
    let code = PostalCode::parse(at(CODE)).map_err(|_| RowFault::Code)?;
    if at(PREFECTURE).is_empty() || at(CITY).is_empty() {
        return Err(RowFault::Place);
    }
    Ok((number(&code.0), (at(PREFECTURE), at(CITY)), at(TOWN)))
}

/// The columns of a line: quoted or bare; no column of the file holds a quote or a line end.
fn columns(line: &str) -> Vec<&str> {
    let mut columns = Vec::with_capacity(COLUMNS);
    let (mut from, mut is_quoted) = (0, false);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted => {
                columns.push(line.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
    }
    columns.push(line.get(from..).unwrap_or_default());
    columns.into_iter().map(|column| column.trim().trim_matches('"').trim()).collect()
}

/// The town as an address writes it: not what the file says of houses in brackets, nor of the rest of a municipality.
fn town(written: &str) -> &str {
    if written == "以下に掲載がない場合" || written.ends_with("の次に番地がくる場合") {
        return "";
    }
    // 利島村一円 is the whole village; 一円 alone is a place in 多賀町.
    if written != "一円" && written.ends_with("一円") {
        return "";
    }
    let end = written.find(['（', '「', '、', '～', '〜']).unwrap_or(written.len());
    let plain = written.get(..end).unwrap_or_default();
    // 種市第１５地割～第２１地割: where the numbered lots begin the town has ended.
    let lots = plain.char_indices().find(|(at, c)| {
        *c == '第' && plain.contains("地割") && plain.get(at + c.len_utf8()..).is_some_and(|rest| rest.starts_with(is_digit))
    });
    lots.map_or(plain, |(at, _)| plain.get(..at).unwrap_or_default())
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '０'..='９')
}
