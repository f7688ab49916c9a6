//! What can be typed at the terminal.

mod bench;
mod dead_letters;
mod exchange;
mod log;
mod program;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

pub use bench::{Bench, BenchCommand};
pub use dead_letters::DeadLetters;
pub use exchange::{Exported, Imported, Intake};
pub use log::{Log, LogColumns, LogCommand, LogExport, Report};
pub use program::{Program, ProgramCommand};

/// One town hall as one program.
#[derive(Parser)]
#[command(name = "yakuba", version, about = "役場 Yakuba: one town hall as one program")]
pub struct Yakuba {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Draws a town's keys, prints the recovery sheet once, and lays out its data folder
    Init(Init),
    /// Opens the demo town 見本市 on loopback, with residents and cases
    Demo(Demo),
    /// Opens a town for its residents and its staff
    Serve(Serve),
    /// Finds every mistake of a town's folder at once
    Check(Folder),
    /// Says how much of the national inventory of procedures a town's folder covers, and how far from the counter
    Coverage(Coverage),
    /// Tries a procedure with answers from a file: what is asked, said, charged, done and sent
    Try(Try),
    /// Prints a procedure's form on A4, empty or filled in, and the map of its boxes
    Paper(Paper),
    /// Writes the first outline of a procedure, with an example and the sentences to translate; run again, it adds those that came since
    New(New),
    /// Shows a folder's procedures as residents would see them, on this machine alone, looked at again at each change of a file
    Preview(Preview),
    /// Shows what a folder changes of what lies below it
    Diff(Diff),
    /// Keeps a folder's procedures at the desk, so that what was filed under an older version is taken in; the town stays as it is
    KeepDefinitions(KeepDefinitions),
    /// Hands the decided cases of a mapping over to a system behind, each once: makes the next batch and writes its file
    Export(Exported),
    /// Takes in the results or the list of a system behind, line by line; the same file twice changes nothing
    Import(Imported),
    /// Takes in the packages of another e-application service, each application once, and writes back how each stands
    Intake(Intake),
    /// Prints the definition language as JSON Schema
    Schema,
    /// Looks after the directory of staff
    Staff(Staff),
    /// Says whether somebody of the staff may do something, and why: `yakuba may suzuki read K7P-4M2-9`; ends with 1 where they may not
    May(May),
    /// Process logs as CSV and XES (IEEE 1849): the town's own cases, and those of other offices
    Log(Log),
    /// Writes the figures of a month, a quarter or a fiscal year as PDF
    Report(Report),
    /// Issues, lists and revokes the tokens of programs
    Program(Program),
    /// Lists what failed for good or waits, on both sides, and sends it on once the cause is mended
    DeadLetters(DeadLetters),
    /// Proves that the journals say what was once written
    VerifyJournal(Place),
    /// Copies everything but the keys, while the town is open
    Backup(Backup),
    /// Lays a backup into an empty place
    Restore(Restore),
    /// Measures a hot path; JSON on standard output, progress on standard error
    Bench(Bench),
    /// Sets letters in a process of its own; started by Yakuba itself
    #[command(hide = true)]
    LetterPress,
}

/// Where a town's data and keys are.
#[derive(Args, Clone)]
pub struct Place {
    /// The data folder
    #[arg(long)]
    pub data: PathBuf,
    /// The key file; beside the data folder unless said otherwise, never inside it
    #[arg(long)]
    pub keys: Option<PathBuf>,
    /// PostgreSQL instead of SQLite: `postgres://…/{town}`, one schema for each face
    #[arg(long)]
    pub database: Option<String>,
}

/// `yakuba may`.
#[derive(Args, Clone)]
pub struct May {
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// The town's folder
    #[arg(long)]
    pub town: PathBuf,
    /// The login of who is asked about
    pub who: String,
    /// read, work, decide, assign, correct, export, print or administer
    pub act: String,
    /// The number of a case, or a kind of record: case, resident, register, letter, message, staff, account, definition, job, journal
    pub what: String,
    /// With a kind: the department to which the record belongs; none: the whole town's
    #[arg(long)]
    pub department: Option<String>,
    /// With a kind: how closely it is guarded: ordinary, tax, health, child_welfare or individual_number
    #[arg(long, default_value = "ordinary")]
    pub sensitivity: String,
    /// With a kind: it is assigned to them
    #[arg(long)]
    pub theirs: bool,
}

/// `yakuba init`.
#[derive(Args, Clone)]
pub struct Init {
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// Instead: writes the key of one face of a town that is laid out, to be carried to the machine that serves that face alone
    #[arg(long, value_enum, requires = "out")]
    pub face_key: Option<Face>,
    /// The file for that key
    #[arg(long, requires = "face_key")]
    pub out: Option<PathBuf>,
    /// Instead: writes the town's key file anew from the recovery sheet, typed on standard input
    #[arg(long, conflicts_with_all = ["face_key", "out"])]
    pub from_sheet: bool,
}

/// `yakuba demo`.
#[derive(Args, Clone)]
pub struct Demo {
    /// The data folder
    #[arg(long, default_value = "demo-data")]
    pub data: PathBuf,
    /// The town's folder
    #[arg(long, default_value = "towns/mihon")]
    pub town: PathBuf,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// PostgreSQL instead of SQLite
    #[arg(long)]
    pub database: Option<String>,
    /// Synthetic residents in their households
    #[arg(long, default_value_t = 20_000)]
    pub residents: usize,
    /// Cases in all stages
    #[arg(long, default_value_t = 2_000)]
    pub cases: usize,
}

/// Which face this node opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Face {
    /// Residents' side
    Portal,
    /// Staff's side
    Desk,
    /// Both in one process
    Both,
}

/// `yakuba serve`.
#[derive(Args, Clone)]
pub struct Serve {
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// The town's folder. Several towns in one process: one for each, and a `--site` for each in the same order; then `--data` holds
    /// a folder for each town's id, and their keys lie in `DIR.keys/ID.key`, or where `--keys` names a folder
    #[arg(long, required = true)]
    pub town: Vec<PathBuf>,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Which face this node opens
    #[arg(long, value_enum, default_value = "both")]
    pub face: Face,
    /// The folder through which two faces on two machines pass sealed parcels
    #[arg(long)]
    pub hatch: Option<PathBuf>,
    /// Where residents reach the portal: `https://mihon.example.jp`. Links in mail and codes on letters lead there
    #[arg(long)]
    pub site: Vec<String>,
    /// The town's mail server: `smtp://host:25`, `smtp+starttls://name:password@host:587`, `smtps://…`
    #[arg(long, env = "YAKUBA_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,
    /// The address that mail comes from
    #[arg(long)]
    pub mail_from: Option<String>,
    /// A proxy of ours stands before this server and writes X-Forwarded-For
    #[arg(long)]
    pub behind_proxy: bool,
}

/// A folder.
#[derive(Args, Clone)]
pub struct Folder {
    /// The town's folder
    pub folder: PathBuf,
}

/// `yakuba coverage`.
#[derive(Args, Clone)]
pub struct Coverage {
    /// The town's folder
    pub folder: PathBuf,
    /// The inventory: 行政手続等の棚卸調査 as CSV in UTF-8, with the columns 手続ID, 手続名 and 総手続件数
    #[arg(long)]
    pub inventory: PathBuf,
    /// How many of the largest gaps are told
    #[arg(long, default_value_t = 20)]
    pub gaps: usize,
    /// JSON instead of a table, with every gap
    #[arg(long)]
    pub json: bool,
}

/// `yakuba try`.
#[derive(Args, Clone)]
pub struct Try {
    /// The procedure's id
    pub procedure: String,
    /// The town's folder
    #[arg(long)]
    pub town: PathBuf,
    /// The answers as an example writes them, JSON or YAML: `{ "name": "佐藤 花子", "copies": 2 }`
    #[arg(long)]
    pub answers: PathBuf,
    /// The day of filing, `2026-11-24`: today unless said otherwise
    #[arg(long)]
    pub on: Option<Date>,
    /// As whom: the id of somebody in `examples/residents.yaml`
    #[arg(long = "as")]
    pub who: Option<String>,
    /// The outcome that staff choose
    #[arg(long)]
    pub outcome: Option<String>,
    /// What staff write down with the outcome, as the answers
    #[arg(long, requires = "outcome")]
    pub outcome_answers: Option<PathBuf>,
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// `yakuba paper`.
#[derive(Args, Clone)]
pub struct Paper {
    /// The procedure's id
    pub procedure: String,
    /// The town's folder
    #[arg(long)]
    pub town: PathBuf,
    /// The PDF to write
    #[arg(short, long)]
    pub out: PathBuf,
    /// The map to write beside it: every box with its page, rectangle and question, as JSON
    #[arg(long)]
    pub map: Option<PathBuf>,
    /// 拡大文字: everything 1.4 times as large
    #[arg(long)]
    pub large: bool,
    /// Answers to print into the boxes, as an example writes them, JSON or YAML: the sheet is then only to be signed
    #[arg(long)]
    pub answers: Option<PathBuf>,
    /// The language beside the Japanese: `easy` or `en`
    #[arg(long)]
    pub language: Option<String>,
    /// The day on which the answers are looked at, `2026-11-24`: today unless said otherwise
    #[arg(long)]
    pub on: Option<Date>,
}

/// `yakuba new`.
#[derive(Args, Clone)]
pub struct New {
    /// The procedure's id: a–z, 0–9 and `_`
    pub id: String,
    /// The town's folder
    #[arg(long)]
    pub town: PathBuf,
    /// A procedure of the town that it is like
    #[arg(long)]
    pub like: Option<String>,
    /// 手続名
    #[arg(long)]
    pub title: Option<String>,
}

/// `yakuba preview`.
#[derive(Args, Clone)]
pub struct Preview {
    /// The town's folder
    pub folder: PathBuf,
    /// The procedure to begin with
    #[arg(long)]
    pub procedure: Option<String>,
    /// Where to listen: an address of this machine alone
    #[arg(long, default_value = "127.0.0.1:8090")]
    pub listen: SocketAddr,
}

/// `yakuba diff`.
#[derive(Args, Clone)]
pub struct Diff {
    /// The town's folder
    pub folder: PathBuf,
    /// Another town's folder to hold it against, instead of the one that it lies over
    #[arg(long)]
    pub against: Option<PathBuf>,
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// `yakuba keep-definitions`.
#[derive(Args, Clone)]
pub struct KeepDefinitions {
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// The town's folder as it was when the filings that wait were made
    #[arg(long)]
    pub town: PathBuf,
}

/// `yakuba staff`.
#[derive(Args, Clone)]
pub struct Staff {
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// The town's folder
    #[arg(long)]
    pub town: PathBuf,
    /// What to do
    #[command(subcommand)]
    pub what: StaffCommand,
}

/// What can be done in the directory of staff.
#[derive(Subcommand, Clone)]
pub enum StaffCommand {
    /// Enters somebody and prints the code with which they choose a password and a second factor
    Add {
        /// Login id: a–z, 0–9, `.`, `_`, `-`
        #[arg(long)]
        login: String,
        /// 氏名
        #[arg(long)]
        name: String,
        /// The department's id
        #[arg(long)]
        department: String,
        /// The role's id
        #[arg(long)]
        role: String,
    },
    /// Gives a further post to somebody who is entered already, or another last day to the post they got on the same day
    Post {
        /// Their login id
        #[arg(long)]
        login: String,
        /// The department's id
        #[arg(long)]
        department: String,
        /// The role's id
        #[arg(long)]
        role: String,
        /// The first day, `2027-04-01`: today unless said otherwise
        #[arg(long)]
        from: Option<Date>,
        /// The last day: the end of the fiscal year of the first day unless said otherwise
        #[arg(long)]
        until: Option<Date>,
    },
    /// 離職・停止: ends somebody's sessions, posts and sign-in; their open cases wait for everybody again
    Leave {
        /// Their login id
        #[arg(long)]
        login: String,
        /// Their last day, `2027-03-31`: today unless said otherwise, which is at once. After a later one it happens by itself
        #[arg(long)]
        on: Option<Date>,
    },
    /// 年度更新: gives everybody the posts of the day named for the fiscal year after it. Run twice, it changes nothing more
    Renew {
        /// The last day of the ending year: this year's 31 March unless said otherwise
        #[arg(long)]
        of: Option<Date>,
    },
}

/// `yakuba backup`.
#[derive(Args, Clone)]
pub struct Backup {
    /// Where the data is
    #[command(flatten)]
    pub place: Place,
    /// The folder to make
    #[arg(long)]
    pub to: PathBuf,
}

/// `yakuba restore`.
#[derive(Args, Clone)]
pub struct Restore {
    /// Where the data shall be
    #[command(flatten)]
    pub place: Place,
    /// The backup
    #[arg(long)]
    pub from: PathBuf,
}
