//! `yakuba new ID --town FOLDER`: the first outline of a procedure with its words, and what is left to be written.

use std::{fs, process::ExitCode};

use definitions::{
    check::check,
    outline::{Asked, outline},
    sources::Sources,
};

use crate::{Failure, command::New};

/// Writes the files and says what is left; with exit code 1, and nothing written, when there is no outline to be made.
///
/// # Errors
/// When a file cannot be written.
pub fn run(asked: &New) -> Result<ExitCode, Failure> {
    let today = access::Clock::Real.today();
    let wished = Asked { id: &asked.id, like: asked.like.as_deref(), title: asked.title.as_deref(), on: today };
    let files = match Sources::read(&asked.town).and_then(|sources| outline(&sources, &wished)) {
        Ok(files) => files,
        Err(problems) => {
            problems.iter().for_each(|problem| println!("{problem}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    for file in &files {
        let path = asked.town.join(&file.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, &file.text).map_err(|error| format!("{}: {error}", path.display()))?;
        eprintln!("wrote {}", path.display());
    }
    if files.is_empty() {
        eprintln!("nothing to write: the procedure is there, and every sentence has its translation or its place for one");
    }
    let of_it = [format!("/procedures/{}.yaml", asked.id), format!("/{}.yaml", asked.id)];
    let report = check(&asked.town);
    for problem in report.problems.iter().filter(|problem| of_it.iter().any(|end| problem.place.file.ends_with(end))) {
        println!("{problem}");
    }
    let is_offered = report.town.as_ref().is_none_or(|town| town.procedures.contains_key(asked.id.as_str()));
    if !is_offered {
        eprintln!("town.yaml has `offers:`: add `{}` there when the procedure is ready", asked.id);
    }
    Ok(ExitCode::SUCCESS)
}
