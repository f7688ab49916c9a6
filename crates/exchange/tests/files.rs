//! Files as bytes: what is written is read back, in each form; what is broken is told with line and column; memory stays bounded.

use std::io::{self, BufReader, Read};

use definitions::{
    keys::{Form, MAPPING, Shape},
    mapping::{Encoding, Format, Formulas, Mapping, Quote, Separator},
    sources::Sources,
    town::Town,
};
use exchange::file::{self, FileWrong, Out, Row, RowWrong};

const TOWN: &str = "\
town: small
name: 小さな村
office: { post: 000-0000, address: 村の道1, phone: 0000-00-0000, hours: 平日 }
languages: { ja: complete }
---
register: places
title: 施設
key: code
fields: { code: { kind: code, label: 記号 }, name: { kind: text, label: 名 }, note: { kind: text, label: 備考 } }
---
mapping: list
title: 一覧
direction: in
file: { format: csv, encoding: utf8 }
columns: { code: { header: 記号 }, name: { header: 名称 }, note: { header: 備考 } }
do: { record: { register: places, values: { code: code, name: name, note: note } } }
";

fn mapping(change: impl FnOnce(&mut Mapping)) -> Mapping {
    let mut sources = Sources { town: "small".to_owned(), ..Sources::default() };
    sources.folders.entry("small".to_owned()).or_default().insert("town.yaml".to_owned(), TOWN.as_bytes().to_vec());
    let town = Town::from_sources(&sources).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut mapping = town.mappings["list"].clone();
    change(&mut mapping);
    mapping
}

fn read(mapping: &Mapping, bytes: &[u8]) -> Vec<Result<Row, RowWrong>> {
    match file::rows(mapping, BufReader::with_capacity(7, bytes)) {
        Ok(rows) => rows.collect(),
        Err(wrong) => vec![Err(wrong)],
    }
}

fn cells(mapping: &Mapping, bytes: &[u8]) -> Vec<Vec<String>> {
    read(mapping, bytes).into_iter().map(|row| row.unwrap_or_else(|wrong| panic!("{wrong:?}")).cells).collect()
}

fn written(mapping: &Mapping, lines: &[[&str; 3]]) -> Vec<u8> {
    let mut out = Out::begin(mapping, Vec::new()).unwrap();
    for line in lines {
        out.line(&line.map(str::to_owned)).unwrap();
    }
    out.end().unwrap()
}

const LINES: &[[&str; 3]] = &[["a1", "東\"館\"", "一行目\r\n二行目"], ["012", "髙﨑, ①", ""], ["-5", "=1+1", "@x"]];

#[test]
fn what_is_written_is_read_back_in_each_form() {
    for format in [Format::Csv, Format::Xlsx, Format::Json] {
        for encoding in [Encoding::Utf8, Encoding::Utf8Bom, Encoding::Cp932] {
            for (quote, separator) in [(Quote::Needed, Separator::Comma), (Quote::Always, Separator::Tab)] {
                let mapping = mapping(|mapping| {
                    mapping.file.format = format;
                    mapping.file.encoding = encoding;
                    (mapping.file.quote, mapping.file.separator) = (quote, separator);
                });
                let bytes = written(&mapping, LINES);
                assert_eq!(cells(&mapping, &bytes), LINES, "{format:?} {encoding:?} {quote:?}");
            }
        }
    }
}

#[test]
fn a_formula_is_guarded_where_people_open_the_file_and_kept_where_programs_do() {
    let guarded = mapping(|_| {});
    let text = String::from_utf8(written(&guarded, LINES)).unwrap();
    assert!(text.contains(",'=1+1,'@x\r\n") && text.contains("\r\n-5,"), "{text}");
    let kept = mapping(|mapping| mapping.file.formulas = Formulas::Keep);
    assert!(String::from_utf8(written(&kept, LINES)).unwrap().contains(",=1+1,@x\r\n"));
}

#[test]
fn cp932_writes_the_characters_of_windows_and_names_those_it_lacks() {
    let cp932 = mapping(|mapping| mapping.file.encoding = Encoding::Cp932);
    let bytes = written(&cp932, &[["1", "髙﨑〜−", "ﾊﾟ"]]);
    assert!(bytes.ends_with(b"1,\xfb\xfc\xfa\xb1\x81\x60\x81\x7c,\xca\xdf\r\n"), "{bytes:x?}");
    assert_eq!(cells(&cp932, &bytes), [["1", "髙﨑～－", "ﾊﾟ"]], "the two names of one sign of JIS X 0208 become the one that CP932 knows");
    for (character, lacks) in [('𠮷', true), ('\u{a5}', true), ('\u{203e}', true), ('😀', true), ('高', false), ('①', false)] {
        assert_eq!(file::encoding::lacks(character, Encoding::Cp932), lacks, "{character}");
    }
    assert_eq!(file::encoding::with_geta("𠮷田", Encoding::Cp932), ("〓田".to_owned(), Some('𠮷')));
    assert_eq!(file::encoding::encode("𠮷", Encoding::Cp932), Err('𠮷'));
}

fn wrongs(mapping: &Mapping, bytes: &[u8]) -> Vec<(u64, Option<usize>, FileWrong)> {
    read(mapping, bytes).into_iter().filter_map(|row| row.err().map(|wrong| (wrong.line, wrong.column, wrong.why))).collect()
}

#[test]
fn each_broken_csv_is_told_with_its_line_and_column() {
    let utf8 = mapping(|_| {});
    let head = "記号,名称,備考\r\n";
    let with = |rest: &str| [head.as_bytes(), rest.as_bytes()].concat();
    assert_eq!(wrongs(&utf8, b""), [(1, None, FileWrong::Empty)]);
    assert_eq!(wrongs(&utf8, &with("1,a\"b,c\r\n2,b,c\r\n")), [(2, Some(2), FileWrong::StrayQuote)]);
    assert_eq!(wrongs(&utf8, &with("1,\"a\"b,c\r\n")), [(2, Some(2), FileWrong::AfterQuote)]);
    assert_eq!(wrongs(&utf8, &with("1,a,b\r\n2,\"a,c\r\n3,b,c\r\n")), [(3, Some(2), FileWrong::OpenQuote)]);
    assert_eq!(
        wrongs(&utf8, &with("1,a\r\n2,a,b,c\r\n3,b,c")),
        [(2, None, FileWrong::Count { should: 3, are: 2 }), (3, None, FileWrong::Count { should: 3, are: 4 })]
    );
    assert_eq!(wrongs(&utf8, &with("1,a\0b,c\r\n2,b,c\r\n")), [(2, Some(2), FileWrong::Nul)]);
    assert_eq!(wrongs(&utf8, &with(&format!("1,{},c\r\n2,b,c\r\n", "あ".repeat(100_000)))), [(2, Some(2), FileWrong::HugeCell)]);
    assert_eq!(wrongs(&utf8, &[0xff, 0xfe, 0x31, 0]), [(1, None, FileWrong::OtherEncoding("UTF-16"))]);
    assert_eq!(
        wrongs(&utf8, &[head.as_bytes(), b"1,\x93\xfa\x96\x7b,c\r\n2,b,c\r\n"].concat()),
        [(2, Some(2), FileWrong::BadBytes("UTF-8"))]
    );
    let cp932 = mapping(|mapping| mapping.file.encoding = Encoding::Cp932);
    assert_eq!(wrongs(&cp932, "\u{feff}記号,名称,備考\r\n".as_bytes()), [(1, None, FileWrong::OtherEncoding("UTF-8（BOM 付き）"))]);
    assert!(matches!(wrongs(&cp932, head.as_bytes())[..], [(1, Some(1), FileWrong::BadBytes(_) | FileWrong::Header { .. })]));
    assert_eq!(
        wrongs(&utf8, "記号,備考,名称\r\n".as_bytes()),
        [(1, Some(2), FileWrong::Header { should: "名称".to_owned(), stands: "備考".to_owned() })]
    );
    assert_eq!(wrongs(&utf8, "記号,名称\r\n".as_bytes()), [(1, Some(3), FileWrong::Missing("備考".to_owned()))]);
    assert!(wrongs(&utf8, &with("1,a,b\r\n\r\n2,c,d")).is_empty(), "a blank line is none, and the last line needs no end");
    for (_, _, why) in wrongs(&utf8, &with("1,a\"b,c\r\n1,a\r\n")) {
        assert!(why.to_string().chars().count() > 15, "each says how to mend it: {why}");
    }
}

#[test]
fn a_mark_of_utf8_is_passed_over_and_windows_may_end_lines_as_it_likes() {
    let utf8 = mapping(|_| {});
    assert_eq!(cells(&utf8, "\u{feff}記号,名称,備考\n1,a,b\n".as_bytes()), [["1", "a", "b"]]);
    let bare = mapping(|mapping| mapping.file.header = false);
    assert_eq!(cells(&bare, b"1,a,b\r\n2,\"c\nd\",e"), [["1", "a", "b"], ["2", "c\nd", "e"]]);
}

#[test]
fn broken_workbooks_and_json_are_refused_by_name() {
    let book = mapping(|mapping| mapping.file.format = Format::Xlsx);
    assert_eq!(wrongs(&book, b""), [(1, None, FileWrong::Empty)]);
    assert!(matches!(wrongs(&book, b"no zip at all")[..], [(1, None, FileWrong::NoBook(_))]));
    let elsewhere = mapping(|mapping| {
        mapping.file.format = Format::Xlsx;
        mapping.file.sheet = Some("結果".to_owned());
    });
    assert!(matches!(&wrongs(&elsewhere, &written(&book, LINES))[..], [(1, None, FileWrong::NoSheet(name))] if name == "結果"));
    let json = mapping(|mapping| mapping.file.format = Format::Json);
    assert_eq!(wrongs(&json, b" \n"), [(1, None, FileWrong::Empty)]);
    assert!(matches!(wrongs(&json, b"{}")[..], [(1, None, FileWrong::NoJson(_))]));
    assert!(matches!(
        &wrongs(&json, "[{\"記号\":\"1\",\"名称\":\"a\"}]".as_bytes())[..],
        [(1, Some(3), FileWrong::Missing(header))] if header == "備考"
    ));
    assert!(matches!(wrongs(&json, "[{\"記号\":1,\"名称\":\"a\",\"備考\":null},".as_bytes())[..], [(1, None, FileWrong::NoJson(_))]));
    let good = "[{\"備考\":\"\\\"}\",\"名称\":\"a\",\"記号\":12}]";
    assert_eq!(cells(&json, good.as_bytes()), [["12", "a", "\"}"]]);
}

#[test]
fn a_workbook_that_would_fill_the_memory_is_refused() {
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    zip.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..600 {
        io::Write::write_all(&mut zip, &zeros).unwrap();
    }
    let bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 4 << 20);
    let book = mapping(|mapping| mapping.file.format = Format::Xlsx);
    assert_eq!(wrongs(&book, &bomb), [(1, None, FileWrong::Bomb)]);
}

/// A million lines that nobody holds.
struct Million {
    line: u64,
    left: io::Cursor<Vec<u8>>,
}

impl Read for Million {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.left.read(buffer)?;
        if read > 0 || self.line == 1_000_000 {
            return Ok(read);
        }
        let mut some = Vec::new();
        for _ in 0..1_000 {
            self.line += 1;
            some.extend_from_slice(format!("{},施設{},備考\r\n", self.line, self.line).as_bytes());
        }
        self.left = io::Cursor::new(some);
        self.left.read(buffer)
    }
}

#[test]
fn a_million_lines_are_read_one_at_a_time() {
    let utf8 = mapping(|_| {});
    let head = io::Cursor::new("記号,名称,備考\r\n".as_bytes());
    let from = head.chain(Million { line: 0, left: io::Cursor::new(Vec::new()) });
    let rows = file::rows(&utf8, BufReader::new(from)).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    let mut last = None;
    let mut count = 0_u64;
    for row in rows {
        count += 1;
        last = Some(row.unwrap_or_else(|wrong| panic!("{wrong:?}")));
    }
    assert_eq!((count, last.map(|row| row.line)), (1_000_000, Some(1_000_001)));
}

#[test]
fn whatever_begins_like_a_formula_is_guarded_and_comes_back_as_it_was() {
    let odd = [
        ["=1+1", "'=1+1", "''=1+1"],
        ["＝1+1", "－", "'＠x"],
        ["\t=1", "\r=1", "\n=1"],
        ["-5", "'-5", "+0.25"],
        ["+inf", "-nan", "-1e5"],
        ["'", "'a", "a=1"],
    ];
    for formulas in [Formulas::Guard, Formulas::Keep] {
        for (quote, separator) in [(Quote::Needed, Separator::Comma), (Quote::Always, Separator::Tab)] {
            let mapping = mapping(|mapping| {
                mapping.file.formulas = formulas;
                (mapping.file.quote, mapping.file.separator) = (quote, separator);
            });
            assert_eq!(cells(&mapping, &written(&mapping, &odd)), odd, "{formulas:?} {quote:?}");
        }
    }
    let text = String::from_utf8(written(&mapping(|_| {}), &odd)).unwrap();
    let guarded = ["'=1+1,''=1+1,'''=1+1\r\n", "'＝1+1,'－,''＠x\r\n", "-5,''-5,+0.25\r\n", "'+inf,'-nan,'-1e5\r\n", "',\u{27}a,a=1\r\n"];
    for line in guarded {
        assert!(text.contains(line), "{line} in {text}");
    }
}

#[test]
fn a_carriage_return_that_ends_no_line_is_told_and_none_vanishes() {
    let utf8 = mapping(|_| {});
    let with = |rest: &str| format!("記号,名称,備考\r\n{rest}").into_bytes();
    assert_eq!(wrongs(&utf8, &with("1,a\rb,c\r\n2,b,c\r\n")), [(2, Some(2), FileWrong::StrayReturn)]);
    assert_eq!(wrongs(&utf8, &with("1,a,b\r2,c,d\r")), [(2, Some(3), FileWrong::StrayReturn)]);
    assert_eq!(wrongs(&utf8, &with("1,\"a\"\r\"b\",c\r\n2,b,c\r\n")), [(2, Some(2), FileWrong::StrayReturn)]);
    assert_eq!(wrongs(&utf8, "記号,名称,備考\r1,a,b\r".as_bytes()), [(1, Some(3), FileWrong::StrayReturn)]);
    assert_eq!(cells(&utf8, &with("1,a,b\r\r\n2,\"c\rd\",e\r")), [["1", "a", "b"], ["2", "c\rd", "e"]]);
}

#[test]
fn a_line_that_would_fill_the_memory_costs_one_line() {
    let utf8 = mapping(|_| {});
    let huge = vec!["x".repeat(100_000); 20].join(",");
    let found = read(&utf8, format!("記号,名称,備考\r\n{huge}\r\n2,b,c\r\n").as_bytes());
    assert!(matches!(&found[0], Err(RowWrong { line: 2, why: FileWrong::HugeLine, .. })), "{:?}", found[0]);
    assert_eq!(found[1], Ok(Row { line: 3, cells: vec!["2".to_owned(), "b".to_owned(), "c".to_owned()] }));
    assert_eq!(found.len(), 2);
}

/// A workbook with the header and whatever else.
fn book(write: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in ["記号", "名称", "備考"].iter().enumerate() {
        sheet.write_string(0, u16::try_from(column).unwrap(), *header).unwrap();
    }
    write(sheet);
    book.save_to_buffer().unwrap()
}

#[test]
fn two_cells_at_the_corners_of_a_sheet_are_two_cells_and_no_millions() {
    let xlsx = mapping(|mapping| mapping.file.format = Format::Xlsx);
    let corners = book(|sheet| {
        sheet.write_string(1, 1, "a").unwrap();
        sheet.write_string(1_048_575, 16_383, "b").unwrap();
    });
    assert!(corners.len() < 20_000);
    let found = read(&xlsx, &corners);
    assert_eq!(found[0], Ok(Row { line: 2, cells: vec![String::new(), "a".to_owned(), String::new()] }));
    assert_eq!(found[1], Err(RowWrong { line: 1_048_576, column: None, why: FileWrong::Count { should: 3, are: 16_384 } }));
    assert_eq!(found.len(), 2);
}

#[test]
fn no_digit_of_a_long_number_is_lost_silently() {
    let xlsx = mapping(|mapping| mapping.file.format = Format::Xlsx);
    let numbers = book(|sheet| {
        sheet.write_number(1, 0, 999_999_999_999_999.0).unwrap();
        sheet.write_number(2, 0, 1_234_567_890_123_456.0).unwrap();
    });
    let found = read(&xlsx, &numbers);
    assert_eq!(found[0].as_ref().map(|row| row.cells[0].as_str()), Ok("999999999999999"));
    assert_eq!(found[1], Err(RowWrong { line: 3, column: Some(1), why: FileWrong::LongNumber }));
    let json = mapping(|mapping| mapping.file.format = Format::Json);
    let text = "[{\"記号\":123456789012345678901234,\"名称\":\"\",\"備考\":\"\"},\n{\"記号\":1234567890123456,\"名称\":0.5,\"備考\":\"\"}]";
    let found = read(&json, text.as_bytes());
    assert_eq!(found[0], Err(RowWrong { line: 1, column: Some(1), why: FileWrong::LongNumber }));
    assert_eq!(found[1].as_ref().map(|row| row.cells.clone()), Ok(vec!["1234567890123456".to_owned(), "0.5".to_owned(), String::new()]));
}

#[test]
fn json_that_goes_on_behind_its_end_or_stops_before_it_is_told() {
    let json = mapping(|mapping| mapping.file.format = Format::Json);
    let one = "{\"記号\":\"1\",\"名称\":\"a\",\"備考\":\"\"}";
    let told = |text: &str| match read(&json, text.as_bytes()).last() {
        Some(Err(RowWrong { why: FileWrong::NoJson(why), .. })) => why.clone(),
        other => panic!("{other:?}"),
    };
    assert!(told(&format!("[{one}]\n[{one}]")).contains("続き"), "a second list is not passed over");
    assert_eq!(told(&format!("[{one}")), "途中で終わっています");
    assert_eq!(cells(&json, format!("[{one}]\n").as_bytes()), [["1", "a", ""]]);
}

#[test]
fn the_page_for_operators_names_each_key() {
    fn names(form: &'static Form, into: &mut Vec<&'static str>) {
        for key in form.all() {
            into.push(key.name);
            match key.shape {
                Shape::Form(below) | Shape::Map(&Shape::Form(below)) => names(below, into),
                _ => {}
            }
        }
    }
    let page = include_str!("../../../docs/exchange.md");
    let mut all = Vec::new();
    names(&MAPPING, &mut all);
    assert!(all.len() > 50, "{all:?}");
    let said = |name: &str| [format!("`{name}`"), format!(": {name}`"), format!("`{name}: ")].iter().any(|written| page.contains(written));
    let unnamed: Vec<&str> = all.into_iter().filter(|name| !said(name)).collect();
    assert!(unnamed.is_empty(), "docs/exchange.md says nothing of {unnamed:?}");
}
