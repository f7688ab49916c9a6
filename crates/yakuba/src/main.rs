//! # 役場 Yakuba
//!
//! One town hall as one program. `yakuba demo` opens a town to try; `yakuba init` and `yakuba serve` open a real one; the other commands
//! look after it.

mod bench;
mod check;
mod command;
mod coverage;
mod dead_letters;
mod demo;
mod diff;
mod hand_over;
mod hatch;
mod house;
mod log;
mod maintenance;
mod may;
mod migrations;
mod open_town;
mod outline;
mod paper;
mod preview;
mod program;
mod report;
mod serve;
mod staff;
mod table;
mod town;
mod trial;

use std::process::ExitCode;

use clap::Parser;

use command::{Command, Yakuba};

/// Reading a town's folder leaves its heap in pieces; this one gives them back to the machine, and reads the folder in two thirds of the time.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let asked = Yakuba::parse();
    if !matches!(asked.command, Command::LetterPress) {
        start_log();
    }
    let done = match asked.command {
        Command::Init(init) => house::init(&init),
        Command::Demo(demo) => demo::run(&demo),
        Command::Serve(serve) => serve::run(&serve),
        Command::Check(folder) => return check::run(&folder.folder),
        Command::Coverage(asked) => return coverage::run(&asked),
        Command::Try(asked) => return code(trial::run(&asked)),
        Command::Paper(asked) => return code(paper::run(&asked)),
        Command::New(asked) => return code(outline::run(&asked)),
        Command::Preview(asked) => return code(preview::run(&asked)),
        Command::Diff(asked) => return diff::run(&asked),
        Command::KeepDefinitions(asked) => maintenance::keep_definitions(&asked),
        Command::Export(asked) => return code(hand_over::export(&asked)),
        Command::Intake(asked) => return code(hand_over::intake(&asked)),
        Command::Import(asked) => return code(hand_over::import(&asked)),
        Command::Schema => {
            println!("{}", definitions::schema::schema());
            Ok(())
        }
        Command::Staff(staff) => staff::run(&staff),
        Command::May(asked) => return code(may::run(&asked).map(|yes| if yes { ExitCode::SUCCESS } else { ExitCode::from(1) })),
        Command::Log(asked) => return code(log::run(&asked)),
        Command::Report(asked) => report::run(&asked),
        Command::Program(program) => program::run(&program),
        Command::DeadLetters(asked) => dead_letters::run(&asked),
        Command::VerifyJournal(place) => maintenance::verify_journal(&place),
        Command::Backup(backup) => maintenance::backup(&backup),
        Command::Restore(restore) => maintenance::restore(&restore),
        Command::Bench(bench) => bench::run(&bench),
        Command::LetterPress => letters::press::serve(std::io::stdin(), std::io::stdout()).map_err(Into::into),
    };
    code(done.map(|()| ExitCode::SUCCESS))
}

/// How a command ends; what could not be done is said.
fn code(done: Result<ExitCode, Failure>) -> ExitCode {
    done.unwrap_or_else(|failure| {
        eprintln!("yakuba: {failure}");
        ExitCode::FAILURE
    })
}

/// Why a command could not be done, in words for the person at the terminal: what happened and what to do.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("YAKUBA_LOG").unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(true).init();
}
