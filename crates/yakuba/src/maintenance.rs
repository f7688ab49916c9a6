//! Looking after a town: proving the journals, copying everything, laying it out again.

use std::{fs, path::Path};

use store::{
    SignedHead, Store,
    backup::{self, Progress},
    keys::{Face, Keys},
};

use crate::{
    Failure,
    command::{Backup, KeepDefinitions, Place, Restore},
    house::House,
    migrations,
};

/// The town's id is part of a PostgreSQL schema's name only; it stands in the data folder since `serve` or `demo` was first run.
///
/// # Errors
/// When no town was opened here.
pub(crate) fn town_of(house: &House) -> Result<String, Failure> {
    let path = house.data.join("town");
    let text = fs::read_to_string(&path).map_err(|_| format!("{} is not there: has this town ever been opened?", path.display()))?;
    Ok(text.trim().to_owned())
}

/// Remembers which town lives here.
///
/// # Errors
/// When another town lives here, or nothing can be written.
pub fn remember_town(house: &House, town: &str) -> Result<(), Failure> {
    let path = house.data.join("town");
    match fs::read_to_string(&path) {
        Ok(known) if known.trim() == town => Ok(()),
        Ok(known) => Err(format!("{} belongs to the town {}, not {town}", house.data.display(), known.trim()).into()),
        Err(_) => {
            // A machine with the key of one face was never `init`: its folder is made when it first serves.
            fs::create_dir_all(&house.data)?;
            Ok(fs::write(path, format!("{town}\n"))?)
        }
    }
}

/// The store of a face.
pub(crate) fn open(house: &House, town: &str, face: Face) -> Result<Store, Failure> {
    Ok(match face {
        Face::Portal => house.portal(town)?.store().clone(),
        Face::Desk => house.desk(town)?.store().clone(),
    })
}

/// `yakuba keep-definitions`: the desk keeps the procedures of a folder by their versions. What waits for one of them is taken in within a
/// minute when the town is open, else at its next start. Nothing else changes: the folder is not put in force.
///
/// # Errors
/// When the folder has mistakes, is another town's, or this machine has no desk.
pub fn keep_definitions(asked: &KeepDefinitions) -> Result<(), Failure> {
    let house = House::of(&asked.place);
    house.must_be_laid_out()?;
    let (lives, keys) = (town_of(&house)?, house.keys()?);
    let town = crate::town::Loaded::open(&asked.town)?.town.current();
    if town.id.as_str() != lives {
        return Err(format!("{} belongs to the town {lives}, not {}", house.data.display(), town.id).into());
    }
    if !house.faces(&lives, &keys).contains(&Face::Desk) {
        return Err("staff's side is not on this machine; definitions are kept where it is".into());
    }
    crate::open_town::keep_definitions(&house.desk(&lives)?, &town)?;
    println!("{} procedures of {} are kept", town.procedures.len(), asked.town.display());
    Ok(())
}

/// `yakuba verify-journal`.
///
/// # Errors
/// When a journal does not say what was once written; what is wrong stands on standard output.
pub fn verify_journal(place: &Place) -> Result<(), Failure> {
    let house = House::of(place);
    house.must_be_laid_out()?;
    let (town, keys) = (town_of(&house)?, house.keys()?);
    let mut wrong = 0;
    for face in house.faces(&town, &keys) {
        let store = open(&house, &town, face)?;
        let head = SignedHead::read(&house.head(face))?;
        let face_keys = keys.face(face)?;
        let report = store.verify_journal(head.as_ref().map(|head| (head, &face_keys)))?;
        println!(
            "{}: {} lines sealed, {} not sealed yet, {} forgotten with their records, {}",
            face.word(),
            report.sealed,
            report.unsealed,
            report.forgotten,
            if head.is_some() { "compared with the kept head" } else { "no head was kept" }
        );
        for problem in &report.problems {
            println!("{}: {problem}", face.word());
        }
        wrong += report.problems.len();
    }
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} things are wrong with the journals").into()) }
}

fn say(progress: &Progress) {
    match progress {
        Progress::Rows { face, table, rows } => eprint!("\r{face} {table}: {rows} rows          "),
        Progress::Files { done, all } => eprint!("\rfiles: {done} of {all}          "),
    }
}

/// `yakuba backup`: while the town is open.
///
/// # Errors
/// When something cannot be read or written; what was made so far does not look whole.
pub fn backup(asked: &Backup) -> Result<(), Failure> {
    let house = House::of(&asked.place);
    house.must_be_laid_out()?;
    let (town, keys) = (town_of(&house)?, house.keys()?);
    let mut here = Vec::new();
    for face in house.faces(&town, &keys) {
        here.push((face, open(&house, &town, face)?, house.files(face, &keys)?));
    }
    let all = backup::Backup {
        faces: here.iter().map(|(face, store, _)| (face.word(), store)).collect(),
        files: here.iter().map(|(face, _, files)| (face.word(), files)).collect(),
        keys: &keys,
    };
    let summary = all.take(&asked.to, &mut |progress| say(&progress))?;
    fs::write(asked.to.join("town"), format!("{town}\n"))?;
    backup::verify(&asked.to, &keys)?;
    eprintln!();
    let held: Vec<String> = here
        .iter()
        .map(|(face, ..)| format!("{} rows and {} files of the {}", summary.rows(face.word()), summary.files(face.word()), face.word()))
        .collect();
    println!("{}: {}; read again and whole", asked.to.display(), held.join(", "));
    Ok(())
}

/// `yakuba restore`: into an empty place, with the town's key already there.
///
/// # Errors
/// When the place is not empty, or the backup is damaged or another town's.
pub fn restore(asked: &Restore) -> Result<(), Failure> {
    let house = House::of(&asked.place);
    house.must_be_laid_out()?;
    let keys = house.keys()?;
    let town = fs::read_to_string(asked.from.join("town"))
        .map_err(|error| format!("{} is no backup: {error}", asked.from.display()))?
        .trim()
        .to_owned();
    let (keys, faces) = keys_of(&asked.from, &keys)?;
    must_be_empty(&house.data)?;
    for face in faces {
        let migrations = match face {
            Face::Portal => migrations::portal(),
            Face::Desk => migrations::desk(),
        };
        let options = store::Options::new(house.engine(&town, face), migrations);
        backup::restore(&asked.from, &keys, face.word(), options, &mut |progress| say(&progress))?;
        let files = house.data.join("files").join(face.word());
        backup::restore_files(&asked.from, &keys, face.word(), &files, &mut |progress| say(&progress))?;
    }
    remember_town(&house, &town)?;
    eprintln!();
    println!("{} holds the town {town} again", house.data.display());
    Ok(())
}

/// The faces that a backup holds, and the keys that it was sealed with: those of the machine that made it. The town's whole key opens the
/// backup of either machine.
fn keys_of(from: &Path, keys: &Keys) -> Result<(Keys, Vec<Face>), Failure> {
    let mut refused = None;
    for face in [None, Some(Face::Portal), Some(Face::Desk)] {
        let Ok(keys) = face.map_or_else(|| Ok(keys.clone()), |face| keys.face(face)) else { continue };
        match backup::faces(from, &keys) {
            Ok(faces) => return Ok((keys, faces)),
            Err(error) => drop(refused.get_or_insert(error)),
        }
    }
    Err(refused.map_or_else(|| "this backup is of another face than the key".into(), Into::into))
}

fn must_be_empty(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    if fs::read_dir(folder)?.next().is_some() {
        return Err(format!("{} is not empty; a backup is laid into an empty place only", folder.display()).into());
    }
    Ok(())
}
