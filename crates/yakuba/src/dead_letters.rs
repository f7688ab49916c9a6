//! `yakuba dead-letters`: what failed for good, or waits, on the sides that this machine keeps, and sending it on by hand. The desk has a page for
//! its own (`/desk/dead-letters`); the residents' side has none, since nobody who works in the town signs in there.

use std::{fmt, path::Path, str::FromStr, sync::Arc};

use access::Clock;
use cases::clock;
use revisions::layer::Shelf;
use store::{
    Entry, Read, Store, StoreError,
    hatch::{self, Receiver},
    keys::Face,
};

use crate::{
    Failure,
    command::{self, DeadLetters},
    house::{self, House},
    maintenance,
    town::Loaded,
};

/// How the journal names the person at the terminal.
const AT_THE_TERMINAL: &str = "terminal";

/// Lines of one kind on one side: whoever has more has one cause.
const LINES: i64 = 1000;

/// Which queue it stopped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Queue {
    Job,
    Parcel,
}

impl Queue {
    fn word(self) -> &'static str {
        match self {
            Queue::Job => "job",
            Queue::Parcel => "parcel",
        }
    }
}

/// What one is called: `portal/job/program.tell/evt_…:0`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    face: Face,
    queue: Queue,
    kind: String,
    id: String,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.face.word(), self.queue.word(), self.kind, self.id)
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Name, String> {
        let strange = || format!("`{text}` is no name of a dead letter; `yakuba dead-letters` lists them: portal/job/KIND/ID");
        // An id may hold anything, this sign too.
        let parts: Vec<&str> = text.splitn(4, '/').collect();
        let [face, queue, kind, id] = parts.as_slice() else { return Err(strange()) };
        let face = [Face::Portal, Face::Desk].into_iter().find(|known| known.word() == *face).ok_or_else(strange)?;
        let queue = [Queue::Job, Queue::Parcel].into_iter().find(|known| known.word() == *queue).ok_or_else(strange)?;
        Ok(Name { face, queue, kind: (*kind).to_owned(), id: (*id).to_owned() })
    }
}

/// `yakuba dead-letters`.
///
/// # Errors
/// When a store cannot be opened, or something that was to be sent on is not there or fails again.
pub fn run(asked: &DeadLetters) -> Result<(), Failure> {
    let house = House::of(&asked.place);
    house.must_be_laid_out()?;
    let town = maintenance::town_of(&house)?;
    match &asked.town {
        Some(folder) if !asked.again.is_empty() => send_on(&house, &town, folder, &asked.again),
        _ => list(&house, &town, asked.face),
    }
}

fn list(house: &House, town: &str, asked: command::Face) -> Result<(), Failure> {
    let mut count = 0;
    for face in house.faces(town, &house.keys()?) {
        let is_asked = match asked {
            command::Face::Both => true,
            command::Face::Portal => face == Face::Portal,
            command::Face::Desk => face == Face::Desk,
        };
        if is_asked {
            let lines = maintenance::open(house, town, face)?.read(move |tx| lines(tx, face))?;
            count += lines.len();
            lines.iter().for_each(|line| println!("{line}"));
        }
    }
    if count == 0 {
        println!("Nothing has stopped and nothing waits.");
    }
    Ok(())
}

/// The reasons are those of the receivers and handlers, which name nobody.
fn lines(tx: &Read<'_>, face: Face) -> Result<Vec<String>, StoreError> {
    let why = |error: &Option<String>| error.clone().unwrap_or_else(|| "it did not say why".to_owned());
    let jobs = tx.dead_jobs(LINES)?.into_iter().map(|job| {
        let said = format!("{} tries: {}", job.tries, why(&job.error));
        format!("{}\n    {said}", Name { face, queue: Queue::Job, kind: job.kind, id: job.key })
    });
    let mut all: Vec<String> = jobs.collect();
    for (parcels, state) in [(tx.dead_parcels(LINES)?, "stopped"), (tx.waiting_parcels(LINES)?, "waits")] {
        all.extend(parcels.into_iter().map(|parcel| {
            let since = clock::local(parcel.at).strftime("%Y-%m-%d %H:%M");
            let said = format!("{state} since {since}: {}", why(&parcel.error));
            format!("{}\n    {said}", Name { face, queue: Queue::Parcel, kind: parcel.kind, id: parcel.id })
        }));
    }
    Ok(all)
}

/// All that can be sent on is; what cannot is told at the end.
fn send_on(house: &House, town: &str, folder: &Path, again: &[String]) -> Result<(), Failure> {
    let names = again.iter().map(|name| name.parse()).collect::<Result<Vec<Name>, String>>()?;
    let keys = house.keys()?;
    let here = house.faces(town, &keys);
    if let Some(elsewhere) = names.iter().find(|name| !here.contains(&name.face)) {
        return Err(format!("{elsewhere}: that side is not on this machine").into());
    }
    let mut failed = Vec::new();
    for face in here {
        let of_face: Vec<&Name> = names.iter().filter(|name| name.face == face).collect();
        if of_face.is_empty() {
            continue;
        }
        let store = maintenance::open(house, town, face)?;
        // Only parcels are taken in here; jobs are done by the open town.
        let takes_in = of_face.iter().any(|name| name.queue == Queue::Parcel);
        let receivers = if takes_in { receivers(house, town, folder, face)? } else { Vec::new() };
        for name in of_face {
            match resume(&store, &receivers, name) {
                Ok(said) => println!("{name}\n    {said}"),
                Err(why) => failed.push(format!("{name}: {why}")),
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n").into()) }
}

/// What the open town itself does with parcels, by the folder and what was published over it.
fn receivers(house: &House, town: &str, folder: &Path, face: Face) -> Result<Vec<Arc<dyn Receiver>>, Failure> {
    let loaded = Loaded::open(folder)?;
    maintenance::remember_town(house, loaded.town.current().id.as_str())?;
    let keys = house.keys()?;
    let (shared, files) = (house::shared(&keys, face)?, house.files(face, &keys)?);
    Ok(match face {
        Face::Portal => {
            loaded.lie_under(Shelf::Portal(house.portal(town)?))?;
            crate::hatch::to_portal(&loaded.town, &shared, &files)
        }
        Face::Desk => {
            loaded.lie_under(Shelf::Desk(house.desk(town)?))?;
            crate::hatch::to_desk(&loaded.town, &shared, &files, &Clock::Real)
        }
    })
}

fn resume(store: &Store, receivers: &[Arc<dyn Receiver>], name: &Name) -> Result<&'static str, Failure> {
    let (asked, entry) = (
        name.clone(),
        Entry {
            actor: AT_THE_TERMINAL.to_owned(),
            what: "resumed",
            kind: "job",
            record: format!("{}:{}", name.kind, name.id),
            authority: String::new(),
            why: String::new(),
        },
    );
    let is_here = store.write(move |tx| -> Result<bool, StoreError> {
        let is_here = match asked.queue {
            Queue::Job => tx.resume_job(&asked.kind, &asked.id)?,
            Queue::Parcel => tx.is_stopped(&asked.kind, &asked.id)?,
        };
        if is_here {
            tx.journal(&entry)?;
        }
        Ok(is_here)
    })?;
    if !is_here {
        return Err("there is none of this name that stopped; it may have been sent on".into());
    }
    match name.queue {
        Queue::Job => Ok("is due now: the open town does it at once, a closed one when it opens"),
        Queue::Parcel => match hatch::resume(store, receivers, &name.kind, &name.id) {
            Ok(_) => Ok("was taken in"),
            Err(why) => Err(format!("it failed again and stays: {why}").into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_listed() {
        for text in ["portal/job/program.tell/evt_1:0", "desk/parcel/case.file/a/b:c"] {
            assert_eq!(text.parse::<Name>().unwrap().to_string(), text);
        }
        for text in ["", "evt_1:0", "portal/job/program.tell", "both/job/a/b", "portal/letter/a/b"] {
            assert!(text.parse::<Name>().unwrap_err().contains("yakuba dead-letters"), "{text}");
        }
    }
}
