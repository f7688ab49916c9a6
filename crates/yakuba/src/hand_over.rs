//! `yakuba export` and `yakuba import`: what the desk's page 連携 does, at the terminal of the server: for jobs by night and for files of any size.

use std::{
    fs::File,
    io::{BufWriter, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use access::staff::directory;
use definitions::mapping::{Direction, Mapping};
use exchange::{
    batch::{self, Batch, NotHanded},
    import::{self, Import, State, Way},
    office::{By, Office},
    work,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::{Desk, StoreError, keys::Face};

use crate::{
    Failure,
    command::{Exported, Imported, Intake, Place},
    house::{self, House},
};

/// What both commands open.
pub(crate) struct Opened {
    pub(crate) desk: Desk,
    pub(crate) office: Office,
    pub(crate) house: House,
}

impl Opened {
    pub(crate) fn of(place: &Place, town: &Path) -> Result<Opened, Failure> {
        let house = House::of(place);
        house.must_be_laid_out()?;
        let loaded = crate::town::Loaded::open(town)?;
        let town = loaded.town.current();
        let desk = house.desk(town.id.as_str())?;
        let keys = house::shared(&house.keys()?, Face::Desk)?;
        Ok(Opened { desk, office: Office { town, keys, words: loaded.words.current(), portal: String::new() }, house })
    }

    pub(crate) fn mapping(&self, id: &str, direction: Direction) -> Result<Mapping, Failure> {
        let all = self.office.town.mappings.values().filter(|mapping| mapping.direction == direction);
        let known: Vec<&str> = all.map(|mapping| mapping.id.as_str()).collect();
        match self.office.town.mappings.get(id).filter(|mapping| mapping.direction == direction) {
            Some(mapping) => Ok(mapping.clone()),
            None => Err(format!("the town has no such mapping `{id}`; it has: {}", known.join(", ")).into()),
        }
    }

    /// In whose name: somebody of the directory, else whoever sits here.
    pub(crate) fn by(&self, login: Option<&str>) -> Result<(By, String), Failure> {
        let Some(login) = login else { return Ok((By::Terminal, "端末".to_owned())) };
        let login = directory::folded_login(login).ok_or_else(|| format!("`{login}` is no login id"))?;
        let (office, asked, now) = (self.office.clone(), login.clone(), Timestamp::now());
        let staff = self.desk.read(move |tx| -> Result<_, StoreError> {
            match directory::by_login(tx, &asked)? {
                Some(listed) => office.staff(tx, listed.id, now),
                None => Ok(None),
            }
        })?;
        let staff = staff.ok_or_else(|| format!("nobody who works here has the login id `{login}`"))?;
        let name = staff.name.clone();
        Ok((By::Staff(Box::new(staff)), name))
    }
}

/// `yakuba export`.
///
/// # Errors
/// When it cannot be opened or written.
pub fn export(asked: &Exported) -> Result<ExitCode, Failure> {
    let opened = Opened::of(&asked.place, &asked.town)?;
    let mapping = opened.mapping(&asked.mapping, Direction::Out)?;
    let (by, name) = opened.by(asked.login.as_deref())?;
    let batch = match asked.again {
        Some(number) => {
            let id = mapping.id.clone();
            let found = opened.desk.read(move |tx| batch::numbered(tx, &id, number))?;
            found.filter(|batch| batch.is_ready).ok_or_else(|| format!("there is no batch {number} that is whole"))?
        }
        None => made(&opened, &mapping, &by, &name, asked.since)?,
    };
    if batch.cases == 0 && asked.again.is_none() {
        println!("Nothing to hand over: every decided case was, or is held back.");
    }
    // Beside its place first: nobody finds half a file.
    let beside = beside(&asked.out);
    let file = File::create(&beside).map_err(|error| format!("{}: {error}", beside.display()))?;
    let written = batch::write(&opened.desk, &opened.office, &mapping, &by, &batch, BufWriter::with_capacity(1 << 20, file));
    // Half a file of people's data is of no use to anybody.
    let written = written.inspect_err(|_| drop(std::fs::remove_file(&beside)))?;
    std::fs::rename(&beside, &asked.out).map_err(|error| format!("{}: {error}", asked.out.display()))?;
    println!("{} batch {}: {} cases, {} lines in {}.", mapping.id, batch.number, batch.cases, written.lines, asked.out.display());
    if !written.same {
        println!("The lines are not those of the day on which the batch was made: the mapping or a case has changed since.");
    }
    let (office, of, who) = (opened.office.clone(), mapping.clone(), by.clone());
    let held = opened.desk.write(move |tx| batch::held(tx, &office, &of, &who, 1_000))?;
    for held in &held {
        held.problems.iter().for_each(|problem| println!("held back {}: {problem}", held.number));
    }
    Ok(if held.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn made(opened: &Opened, mapping: &Mapping, by: &By, name: &str, since: Option<jiff::civil::Date>) -> Result<Batch, Failure> {
    let id = uuid::Uuid::now_v7().to_string();
    let (office, of, who, called) = (opened.office.clone(), mapping.clone(), by.clone(), name.to_owned());
    let mut batch = opened.desk.write(move |tx| batch::begin(tx, &office, &of, &who, &called, since, &id))?;
    while !batch.is_ready {
        let (office, of, who, id) = (opened.office.clone(), mapping.clone(), by.clone(), batch.id.clone());
        batch = opened.desk.write(move |tx| batch::go_on(tx, &office, &of, &who, &id)).map_err(|error: NotHanded| error)?;
        eprint!("\r{} cases          ", batch.cases);
    }
    eprintln!();
    Ok(batch)
}

/// `yakuba import`.
///
/// # Errors
/// When it cannot be opened or read.
pub fn import(asked: &Imported) -> Result<ExitCode, Failure> {
    let opened = Opened::of(&asked.place, &asked.town)?;
    let mapping = opened.mapping(&asked.mapping, Direction::In)?;
    let (by, name) = opened.by(asked.login.as_deref())?;
    let way = if asked.dry_run { Way::Look } else { Way::Take };
    let entered = entered(&opened, &mapping, &by, &name, &asked.file)?;
    if entered.state == State::Done && entered.wrong == 0 {
        println!("This very file was taken in before; nothing changes.");
        return Ok(ExitCode::SUCCESS);
    }
    let (of, who, called) = (entered.id.clone(), by.clone(), name.clone());
    opened.desk.write(move |tx| -> Result<(), StoreError> {
        let mut import = import::by_id(tx, &of)?.ok_or(StoreError::damaged("exchange_import"))?;
        import::set_out(tx, &mut import, way, &who, &called)
    })?;
    let file = File::open(&asked.file).map_err(|error| format!("{}: {error}", asked.file.display()))?;
    let told = |gone: &Import| eprint!("\r{} lines          ", gone.next_row);
    let gone = work::go_through(&opened.desk, &opened.office, &mapping, &by, &entered.id, way, file, told)?;
    eprintln!();
    let verb = if way == Way::Look { "would change" } else { "changed" };
    println!("{} lines: {} {verb} something, {} say what is known, {} cannot be taken.", gone.next_row, gone.taken, gone.same, gone.wrong);
    report(&opened, &gone)?;
    Ok(if gone.wrong == 0 && gone.state != State::Refused { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// `yakuba intake`.
///
/// # Errors
/// When it cannot be opened or read.
pub fn intake(asked: &Intake) -> Result<ExitCode, Failure> {
    let opened = Opened::of(&asked.place, &asked.town)?;
    let mapping = opened.mapping(&asked.source, Direction::Intake)?;
    let files = opened.house.files(Face::Desk, &opened.house.keys()?)?;
    let packages = exchange::intake::packages(&mapping, &asked.folder).map_err(|error| format!("{}: {error}", asked.folder.display()))?;
    let taken = exchange::intake::take_in(&opened.desk, &files, &opened.office, &mapping, packages)?;
    println!("{} applications became cases, {} were there already, {} cannot be taken in.", taken.arrived, taken.there, taken.wrong.len());
    taken.wrong.iter().for_each(|(package, problem)| println!("{package} {problem}"));
    let to = asked.folder.join(format!("status-{}.{}", mapping.id, mapping.file.format.word()));
    let beside = beside(&to);
    let told = exchange::intake::write_statuses(&opened.desk, &opened.office, &mapping, BufWriter::new(File::create(&beside)?))?;
    std::fs::rename(&beside, &to)?;
    println!("How {told} applications stand is in {}.", to.display());
    Ok(if taken.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Where a file lies until it is whole: each process has its own, so that two at once do not write into each other's.
fn beside(to: &Path) -> PathBuf {
    to.with_extension(format!("{}.part", std::process::id()))
}

/// The report, a line each.
fn report(opened: &Opened, gone: &Import) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let (office, id) = (opened.office.clone(), gone.id.clone());
        let some = opened.desk.read(move |tx| import::problems(tx, &office, &id, after, 1_000))?;
        let Some((last, _)) = some.last() else { break };
        after = *last;
        some.iter().for_each(|(_, problem)| println!("{problem}"));
    }
    if gone.wrong > import::PROBLEMS_MAX {
        println!("Only the first {} of them are kept; those above may have one cause.", import::PROBLEMS_MAX);
    }
    Ok(())
}

fn entered(opened: &Opened, mapping: &Mapping, by: &By, name: &str, path: &Path) -> Result<Import, Failure> {
    let (digest, bytes) = digest(path)?;
    let new = Import {
        id: uuid::Uuid::now_v7().to_string(),
        mapping: mapping.id.clone(),
        digest,
        name: path.file_name().map(|name| name.to_string_lossy().chars().take(80).collect()).unwrap_or_default(),
        by: name.to_owned(),
        staff: by.staff(),
        made_at: Timestamp::now(),
        state: State::Looking,
        next_row: 0,
        taken: 0,
        same: 0,
        wrong: 0,
        bytes,
    };
    let of = mapping.clone();
    Ok(opened.desk.write(move |tx| import::enter(tx, &of, &new))?)
}

fn digest(path: &Path) -> Result<(String, i64), Failure> {
    let mut file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (mut digest, mut buffer, mut bytes) = (Sha256::new(), vec![0; 1 << 20], 0_i64);
    loop {
        let read = file.read(&mut buffer)?;
        let Some(some) = buffer.get(..read).filter(|some| !some.is_empty()) else { break };
        digest.update(some);
        bytes += i64::try_from(read)?;
    }
    Ok((digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), bytes))
}
