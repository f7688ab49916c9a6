//! A town's house: its data folder, its keys beside it, its two stores.
//!
//! ```text
//! DIR/portal/…        residents' store (SQLite)      DIR/files/portal   what residents attached, letters they may read
//! DIR/desk/…          staff's store                  DIR/files/desk     letters as they were issued
//! DIR/heads/…         the signed ends of the journals
//! DIR.key             the town's key: beside the data, never inside, never in a backup
//! ```

use std::{
    fs,
    io::IsTerminal,
    path::{Path, PathBuf},
    sync::Arc,
};

use store::{
    Desk, Engine, Options, Portal, SignedHead, Store,
    files::Files,
    keys::{Face, Keys},
};

use crate::{
    Failure, command,
    command::{Init, Place},
    migrations,
};

/// The sides of a town.
const FACES: [Face; 2] = [Face::Portal, Face::Desk];

/// Where things of a town are.
#[derive(Clone)]
pub struct House {
    /// The data folder.
    pub data: PathBuf,
    /// The key file.
    pub key_file: PathBuf,
    database: Option<String>,
}

impl House {
    /// Of what was typed.
    pub fn of(place: &Place) -> House {
        let beside = || {
            let mut name = place.data.file_name().unwrap_or_default().to_owned();
            name.push(".key");
            place.data.with_file_name(name)
        };
        House { data: place.data.clone(), key_file: place.keys.clone().unwrap_or_else(beside), database: place.database.clone() }
    }

    /// One of several towns in one process: `--data` holds a folder for each town's id, and beside it `DIR.keys` a key for each. The keys
    /// lie in a folder of their own for the same reason as one key lies outside the data: who copies the data must not get them.
    pub fn among(place: &Place, town: &str) -> House {
        let keys = place.keys.clone().unwrap_or_else(|| {
            let mut name = place.data.file_name().unwrap_or_default().to_owned();
            name.push(".keys");
            place.data.with_file_name(name)
        });
        House { data: place.data.join(town), key_file: keys.join(format!("{town}.key")), database: place.database.clone() }
    }

    /// Whether `init` was done here.
    pub fn is_laid_out(&self) -> bool {
        self.key_file.exists()
    }

    /// The engine of a face.
    pub fn engine(&self, town: &str, face: Face) -> Engine {
        match &self.database {
            Some(url) => Engine::Postgres { url: url.replace("{town}", town), schema: format!("{town}_{}", face.word()) },
            None => Engine::Sqlite { folder: self.data.join(face.word()) },
        }
    }

    /// The keys of a face; those of the whole town where this machine holds both.
    ///
    /// # Errors
    /// When the key file is not there or is not one.
    pub fn keys(&self) -> Result<Keys, Failure> {
        Ok(Keys::open(&self.key_file)?)
    }

    /// The faces that this machine keeps: both in a village, one where a wall stands between. The key tells which; a machine with the
    /// town's whole key may serve one face all the same, and has no file of the other.
    pub fn faces(&self, town: &str, keys: &Keys) -> Vec<Face> {
        let opened = |face: &Face| match self.engine(town, *face) {
            Engine::Sqlite { folder } => folder.exists(),
            Engine::Postgres { .. } => true,
        };
        let of_key = keys.whose().map_or_else(|| FACES.to_vec(), |face| vec![face]);
        of_key.into_iter().filter(opened).collect()
    }

    /// The files of a face.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn files(&self, face: Face, keys: &Keys) -> Result<Files, Failure> {
        Ok(Files::open(&self.data.join("files").join(face.word()), keys.face(face)?)?)
    }

    /// Where the signed end of a face's journal is kept.
    pub fn head(&self, face: Face) -> PathBuf {
        self.data.join("heads").join(face.word())
    }

    /// Opens residents' store.
    ///
    /// # Errors
    /// When it cannot be opened or brought up to date.
    pub fn portal(&self, town: &str) -> Result<Portal, Failure> {
        Ok(Portal::new(Store::open(Options::new(self.engine(town, Face::Portal), migrations::portal()))?))
    }

    /// Opens staff's store.
    ///
    /// # Errors
    /// When it cannot be opened or brought up to date.
    pub fn desk(&self, town: &str) -> Result<Desk, Failure> {
        Ok(Desk::new(Store::open(Options::new(self.engine(town, Face::Desk), migrations::desk()))?))
    }

    /// Refuses an empty place and names what to do.
    ///
    /// # Errors
    /// When `init` was not done.
    pub fn must_be_laid_out(&self) -> Result<(), Failure> {
        if self.is_laid_out() {
            return Ok(());
        }
        let beside = House::of(&Place { data: self.data.clone(), keys: None, database: None }).key_file;
        let keys = if beside == self.key_file { String::new() } else { format!(" --keys {}", self.key_file.display()) };
        Err(format!(
            "{} is not laid out: there is no key at {}.\nRun `yakuba init --data {}{keys}` first; it prints the recovery sheet once.",
            self.data.display(),
            self.key_file.display(),
            self.data.display()
        )
        .into())
    }
}

/// `yakuba init`: draws the keys, lays out the folder, prints the recovery sheet.
///
/// # Errors
/// When there are keys already, or nothing can be written there.
pub fn init(asked: &Init) -> Result<(), Failure> {
    let house = House::of(&asked.place);
    if let (Some(face), Some(out)) = (asked.face_key, &asked.out) {
        return hand_out_key(&house, face, out);
    }
    if asked.from_sheet {
        return bring_key_back(&house);
    }
    let sheet = lay_out(&house)?;
    println!("{sheet}");
    eprintln!("The key is at {}. Keep it out of backups of {}.", house.key_file.display(), house.data.display());
    eprintln!("Print the sheet above, lock it away, and clear this screen: without key and sheet nothing in the town can be read again.");
    Ok(())
}

/// Writes the key of one face for the machine that serves that face alone: what is stolen there opens nothing of the other face.
fn hand_out_key(house: &House, face: command::Face, out: &Path) -> Result<(), Failure> {
    house.must_be_laid_out()?;
    let face = match face {
        command::Face::Portal => Face::Portal,
        command::Face::Desk => Face::Desk,
        command::Face::Both => return Err("a key of both faces is the town's own; name portal or desk".into()),
    };
    house.keys()?.save_face(face, out)?;
    eprintln!("{} is the key of the {}. Carry it to its machine, beside its data folder, and delete it here.", out.display(), face.word());
    Ok(())
}

/// Writes the key file anew from what is typed off the recovery sheet: on standard input, so that it stands in no list of processes and
/// in no shell's history. Whether it is the sheet of *this* town is told where something of the town lies here already.
fn bring_key_back(house: &House) -> Result<(), Failure> {
    if house.is_laid_out() {
        return Err(format!("there is a key at {} already; it is never overwritten", house.key_file.display()).into());
    }
    if std::io::stdin().is_terminal() {
        eprintln!("Type the groups of the recovery sheet; spaces and lines do not matter. End with an empty line.");
    }
    let mut typed = String::new();
    for line in std::io::stdin().lines() {
        let line = line?;
        if line.trim().is_empty() && !typed.is_empty() {
            break;
        }
        typed.push_str(without_line_number(&line));
    }
    fs::create_dir_all(&house.data)?;
    must_lie_outside(&house.key_file, &house.data)?;
    let keys = Keys::recover(&typed, &house.key_file)?;
    for face in FACES {
        if let Some(head) = SignedHead::read(&house.head(face))?
            && !head.is_signed_by(&keys.face(face)?)
        {
            fs::remove_file(&house.key_file)?;
            return Err(format!("this is the sheet of another town than the one in {}; no key was written", house.data.display()).into());
        }
    }
    eprintln!("The key is at {} again. Run `yakuba verify-journal --data {}`.", house.key_file.display(), house.data.display());
    Ok(())
}

/// The sheet numbers each line by its first group; who types it off may type that as well.
fn without_line_number(line: &str) -> &str {
    let line = line.trim_start();
    let rest = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let is_number = line.len() - rest.len() <= 2 && rest.starts_with(char::is_whitespace);
    if is_number { rest } else { line }
}

/// Draws the keys and makes the folder. Gives the recovery sheet.
///
/// # Errors
/// As [`init`].
pub fn lay_out(house: &House) -> Result<String, Failure> {
    if house.is_laid_out() {
        return Err(format!("there is a key at {} already; a town's key is never drawn twice", house.key_file.display()).into());
    }
    fs::create_dir_all(&house.data)?;
    must_lie_outside(&house.key_file, &house.data)?;
    let (_, sheet) = Keys::init(&house.key_file)?;
    Ok(sheet.to_string())
}

fn must_lie_outside(key: &Path, data: &Path) -> Result<(), Failure> {
    let folder = key.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    if fs::canonicalize(folder)?.starts_with(fs::canonicalize(data)?) {
        return Err("the key file must lie outside the data folder: who copies the data must not get the key".into());
    }
    Ok(())
}

/// Keys of a face, shared.
///
/// # Errors
/// When these are the keys of the other face only.
pub fn shared(keys: &Keys, face: Face) -> Result<Arc<Keys>, Failure> {
    Ok(Arc::new(keys.face(face)?))
}
