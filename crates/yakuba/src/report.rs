//! `yakuba report`: the figures of a period as PDF, as the desk gives them by button.

use definitions::text::Language;
use figures::{
    counted::Scope,
    desk::{Names, Wanted, report},
    following::Follower,
};
use jiff::Timestamp;
use letters::Press;
use store::keys::Face;
use ui::parts::Say;

use crate::{
    Failure,
    command::Report,
    house::{self, House},
    maintenance,
    town::Loaded,
};

/// `yakuba report`.
///
/// # Errors
/// When the town is not laid out here, staff's side is elsewhere, or the press cannot set it.
pub fn run(asked: &Report) -> Result<(), Failure> {
    let house = House::of(&asked.place);
    house.must_be_laid_out()?;
    let (lives, keys) = (maintenance::town_of(&house)?, house.keys()?);
    if !house.faces(&lives, &keys).contains(&Face::Desk) {
        return Err("staff's side is not on this machine; the report is made where it is".into());
    }
    let loaded = Loaded::open(&asked.town)?;
    let (town, words) = (loaded.town.current(), loaded.words.current());
    if town.id.as_str() != lives {
        return Err(format!("{} belongs to the town {lives}, not {}", house.data.display(), town.id).into());
    }
    let desk = house.desk(&lives)?;
    Follower::new(desk.clone(), loaded.town.clone(), house::shared(&keys, Face::Desk)?).catch_up()?;
    let scope = Scope::from_code(&asked.of).ok_or("--of is town, department:ID or procedure:ID")?;
    let wanted = Wanted { scope, period: asked.month, against: asked.month.before(), since: None };
    let (of, now) = (town.clone(), Timestamp::now());
    let found = desk.read(move |tx| wanted.find(tx, &of, access::day_in_japan(now)))?;
    let names = Names { say: Say { words: &words, language: Language::Ja }, town: &town };
    let pdf = report(&names, &found, &Press::of_this_program()?, now)?;
    std::fs::write(&asked.out, &pdf)?;
    eprintln!("{} of {} written to {}", asked.month, asked.of, asked.out.display());
    Ok(())
}
