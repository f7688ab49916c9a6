//! `yakuba paper PROCEDURE --town FOLDER -o FILE.pdf`: a procedure's form on A4, with the map of its boxes, empty or filled in from a file.

use std::{fs, path::Path, process::ExitCode};

use definitions::{
    check::trial::{Trying, fill_in},
    form::Filled,
    problem::{Place, Problem},
    sources::Sources,
    text::Language,
    town::Town,
};
use letters::Press;
use paper::{Prefill, Wish};

use crate::{Failure, command::Paper};

/// Writes the form, and its map where one is asked for; prints the mistakes of folder or answers, with exit code 1, when there are any.
///
/// # Errors
/// When it cannot be set, or a file cannot be written.
pub fn run(asked: &Paper) -> Result<ExitCode, Failure> {
    let today = access::Clock::Real.today();
    let (town, filled) = match read(asked, today) {
        Ok(read) => read,
        Err(problems) => {
            problems.iter().for_each(|problem| println!("{problem}"));
            eprintln!("{} mistakes", problems.len());
            return Ok(ExitCode::FAILURE);
        }
    };
    let procedure = town.procedure(&asked.procedure).ok_or("the procedure is gone")?;
    if !paper::is_offered(procedure) {
        eprintln!("注意：この手続は、窓口でも郵送でも受け付けていません（channels）");
    }
    let language =
        asked.language.as_deref().map_or(Ok(Language::Ja), |code| Language::from_code(code).ok_or("--language: ja, easy or en"))?;
    let prefill = filled.map(|filled| Prefill::of(procedure, &filled, None));
    let wish = Wish { language, large: asked.large, prefill: prefill.as_ref() };
    // The command is a process of its own already, which ends with the form.
    let form = paper::print(&Press::here(), &town, procedure, &wish, asked.on.unwrap_or(today))?;
    write(&asked.out, &form.pdf)?;
    if let Some(map) = &asked.map {
        write(map, format!("{}\n", serde_json::to_string_pretty(&form.map)?).as_bytes())?;
    }
    eprintln!("{}: {} pages, {} boxes", asked.out.display(), form.map.pages, form.map.boxes.len());
    Ok(ExitCode::SUCCESS)
}

fn read(asked: &Paper, today: jiff::civil::Date) -> Result<(Town, Option<Filled>), Vec<Problem>> {
    let sources = Sources::read(&asked.town)?;
    let name = asked.answers.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let answers = match &asked.answers {
        Some(path) => fs::read(path).map_err(|error| {
            vec![Problem::new(&Place::file(&name), format!("読めない：{error}"), "答えのファイル（JSON か YAML）を指す")]
        })?,
        None => b"{}".to_vec(),
    };
    let trying = Trying {
        procedure: &asked.procedure,
        answers: (&name, &answers),
        on: asked.on.unwrap_or(today),
        who: None,
        outcome: None,
        outcome_answers: None,
    };
    let (town, filled) = fill_in(&sources, &trying)?;
    Ok((town, asked.answers.is_some().then_some(filled)))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()).into())
}
