//! ファイル: cells as bytes and back. CSV in three encodings, workbooks, JSON; a line at a time, so that a million lines need no more memory than
//! one. What is wrong is told with its line and column, and no character is lost silently.

mod book;
mod csv_in;
pub mod encoding;
mod formula;
mod json;
mod out;

use std::{
    fmt,
    io::{BufRead, Read},
};

use definitions::mapping::{Format, Mapping};

pub use out::Out;

/// Most bytes of one cell: a long text of 10,000 characters is 30 kB.
pub const CELL_BYTES_MAX: usize = 200_000;
/// Most bytes of a line: some lines are held together.
pub const LINE_BYTES_MAX: usize = 1_000_000;
/// Most cells of a line.
pub const CELLS_MAX: usize = 2_000;
/// Most lines of a workbook: it is held in memory while it is written or read.
pub const BOOK_LINES_MAX: usize = 200_000;
/// Most characters of a workbook's cell, as spreadsheets count them (UTF-16).
pub const BOOK_CELL_MAX: usize = 32_767;

/// A line that was read: where it stands, and its cells in the order of the mapping's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line of the file, from 1.
    pub line: u64,
    /// The cells.
    pub cells: Vec<String>,
}

/// What is wrong with a line, or with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowWrong {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1, where it is one column's.
    pub column: Option<usize>,
    /// What, and how to mend it. Staff read it.
    pub why: FileWrong,
}

/// Why a file or a line of it cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileWrong {
    /// Nothing is in it.
    Empty,
    /// Its first bytes are another encoding's.
    OtherEncoding(&'static str),
    /// Bytes that are no character of the encoding.
    BadBytes(&'static str),
    /// A quotation mark in the middle of a cell that has none around it.
    StrayQuote,
    /// Something stands behind the closing quotation mark.
    AfterQuote,
    /// The file ends within quotation marks.
    OpenQuote,
    /// A cell that no cell can be.
    HugeCell,
    /// A line that no line can be.
    HugeLine,
    /// A carriage return that ends no line.
    StrayReturn,
    /// A number of more digits than such a file keeps.
    LongNumber,
    /// NUL.
    Nul,
    /// More or fewer cells than columns.
    Count {
        /// Columns.
        should: usize,
        /// Cells.
        are: usize,
    },
    /// The first line does not name the columns.
    Header {
        /// What should stand there.
        should: String,
        /// What does.
        stands: String,
    },
    /// A column that JSON or a workbook lacks.
    Missing(String),
    /// It is no workbook.
    NoBook(String),
    /// The workbook has no such sheet.
    NoSheet(String),
    /// It would become too large when it is unpacked.
    Bomb,
    /// More lines than a workbook may have.
    TooManyLines,
    /// A formula that a spreadsheet could not reckon.
    CellError(String),
    /// It is no JSON.
    NoJson(String),
    /// The disk or the network failed.
    Io(String),
}

impl FileWrong {
    /// Whether nothing more can be read.
    pub fn ends(&self) -> bool {
        !matches!(
            self,
            FileWrong::BadBytes(_)
                | FileWrong::StrayQuote
                | FileWrong::AfterQuote
                | FileWrong::HugeCell
                | FileWrong::HugeLine
                | FileWrong::StrayReturn
                | FileWrong::LongNumber
                | FileWrong::Nul
                | FileWrong::Count { .. }
                | FileWrong::CellError(_)
                | FileWrong::Missing(_)
        )
    }
}

impl fmt::Display for FileWrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileWrong::Empty => f.write_str("ファイルに何も入っていません。送る前のファイルを確かめてください"),
            FileWrong::OtherEncoding(is) => write!(f, "文字コードが {is} です。対応表の `encoding` と合わせて保存し直してください"),
            FileWrong::BadBytes(of) => write!(f, "{of} として読めない文字があります。文字コードを確かめて保存し直してください"),
            FileWrong::StrayQuote => {
                f.write_str("引用符（\"）がセルの途中にあります。セル全体を引用符で囲み、中の引用符は二つ重ねてください")
            }
            FileWrong::AfterQuote => f.write_str("閉じる引用符（\"）のうしろに文字があります。中の引用符は二つ重ねてください"),
            FileWrong::OpenQuote => f.write_str("引用符（\"）が閉じられないまま、ファイルが終わっています。引用符を補ってください"),
            FileWrong::HugeCell => write!(f, "セルが長すぎます（{CELL_BYTES_MAX} バイトまで）。引用符が閉じられているか確かめてください"),
            FileWrong::HugeLine => write!(f, "行が長すぎます（{LINE_BYTES_MAX} バイトまで）。引用符が閉じられているか確かめてください"),
            FileWrong::StrayReturn => {
                f.write_str("改行（CR）が行の途中にあります。改行を CRLF か LF にするか、セルを引用符で囲んで保存し直してください")
            }
            FileWrong::LongNumber => {
                f.write_str("数の桁が多すぎて、終わりの桁が失われます（15桁まで）。文字のセルにして保存し直してください")
            }
            FileWrong::Nul => f.write_str("見えない文字（NUL）が入っています。ファイルを作り直してください"),
            FileWrong::Count { should, are } => write!(f, "列が {should} のはずが {are} あります。区切りと列を確かめてください"),
            FileWrong::Header { should, stands } => {
                write!(f, "一行目は「{should}」のはずが「{stands}」です。列の順を直すか、対応表の `header` を直してください")
            }
            FileWrong::Missing(header) => write!(f, "「{header}」の列がありません。ファイルか対応表を直してください"),
            FileWrong::NoBook(why) => write!(f, "Excel のファイル（xlsx）として開けません（{why}）。開いて保存し直してください"),
            FileWrong::NoSheet(name) => write!(f, "「{name}」というシートがありません。シートの名か対応表の `sheet` を直してください"),
            FileWrong::Bomb => f.write_str("開くと大きくなりすぎるファイルです。開かずに、送り主に確かめてください"),
            FileWrong::TooManyLines => write!(f, "行が多すぎます（xlsx は {BOOK_LINES_MAX} 行まで）。CSV にするか、分けてください"),
            FileWrong::CellError(error) => write!(f, "セルが計算できない式になっています（{error}）。値にして保存し直してください"),
            FileWrong::NoJson(why) => write!(f, "JSON として読めません（{why}）。作り直してください"),
            FileWrong::Io(why) => write!(f, "読めませんでした（{why}）。もう一度試してください"),
        }
    }
}

/// A file that is read line by line.
pub type Rows<'r> = Box<dyn Iterator<Item = Result<Row, RowWrong>> + 'r>;

/// Opens a file of a mapping. A workbook is taken into memory, bounded; all else is read as it comes.
///
/// # Errors
/// What makes the whole file unreadable, with the line.
pub fn rows<'r>(mapping: &Mapping, mut from: impl BufRead + 'r) -> Result<Rows<'r>, RowWrong> {
    let headers: Vec<String> = mapping.headers().map(str::to_owned).collect();
    match mapping.file.format {
        Format::Csv => Ok(Box::new(csv_in::CsvIn::open(&mapping.file, headers, from)?)),
        Format::Json => Ok(Box::new(json::JsonIn::open(headers, from)?)),
        Format::Xlsx => {
            let mut bytes = Vec::new();
            let limit = book::BOOK_BYTES_MAX + 1;
            from.by_ref().take(limit as u64).read_to_end(&mut bytes).map_err(|error| whole(FileWrong::Io(error.to_string())))?;
            Ok(Box::new(book::read(&mapping.file, &headers, bytes)?))
        }
    }
}

pub(crate) fn whole(why: FileWrong) -> RowWrong {
    RowWrong { line: 1, column: None, why }
}
