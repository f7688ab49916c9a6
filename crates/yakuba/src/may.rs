//! `yakuba may WHO DO WHAT`: whether somebody of the staff may do something, and which grants say so or why none does.

use access::{
    Act, RecordAttributes, RecordKind, Staff,
    grants::{self, Says},
    staff::directory,
};
use cases::CaseNumber;
use definitions::{field::Sensitivity, ids::DepartmentId, town::Town};
use jiff::Timestamp;
use store::{Desk, StoreError};

use crate::{Failure, command::May, house::House};

/// Every word for how closely a record is guarded.
const LEVELS: [(&str, Sensitivity); 5] = [
    ("ordinary", Sensitivity::Ordinary),
    ("tax", Sensitivity::Tax),
    ("health", Sensitivity::Health),
    ("child_welfare", Sensitivity::ChildWelfare),
    ("individual_number", Sensitivity::IndividualNumber),
];

/// Prints the answer with its reasons; whether the answer is yes.
///
/// # Errors
/// When a word means nothing, or the folder or the store cannot be opened.
pub fn run(asked: &May) -> Result<bool, Failure> {
    let house = House::of(&asked.place);
    house.must_be_laid_out()?;
    let town = crate::town::Loaded::open(&asked.town)?.town.current();
    let act = Act::from_word(&asked.act).ok_or_else(|| format!("`{}` is no act; there are: {}", asked.act, Act::WORDS.join(", ")))?;
    let desk = house.desk(town.id.as_str())?;
    let who = staff(&desk, &town, &asked.who)?;
    let record = match RecordKind::from_word(&asked.what) {
        Some(kind) => described(asked, kind, &town, &who)?,
        None => {
            let keys = house.keys()?;
            of_case(&desk, crate::house::shared(&keys, store::keys::Face::Desk)?, &asked.what)?
        }
    };
    let today = access::day_in_japan(Timestamp::now());
    let considered = grants::explain(&who, &town, today, act, &record);
    let gives = considered.iter().any(|one| one.says == Says::Gives);
    println!("{} ({}): {} {}", who.name, who.login, asked.act, if gives { "yes" } else { "no" });
    for post in &who.posts {
        println!("  holds {} in {} until {}", post.role, post.department, post.until);
    }
    if who.posts.is_empty() {
        println!("  holds no post today, so no grant reaches them");
    }
    for one in considered.iter().filter(|one| one.says == Says::Gives).chain(considered.iter().filter(|one| one.says != Says::Gives)) {
        println!("  {one}");
    }
    Ok(gives)
}

fn staff(desk: &Desk, town: &Town, login: &str) -> Result<Staff, Failure> {
    let folded = directory::folded_login(login).ok_or_else(|| format!("`{login}` is no login id"))?;
    let found = desk.read(move |tx| -> Result<_, StoreError> {
        let Some(person) = directory::by_login(tx, &folded)? else { return Ok(None) };
        let posts = directory::posts(tx, person.id)?;
        Ok(Some((person, posts)))
    })?;
    let Some((person, posts)) = found.filter(|(person, _)| person.active) else {
        return Err(format!("nobody works here as `{login}`").into());
    };
    // Nobody is signed in: the session opens nothing.
    let session = "0".repeat(64).parse().map_err(|_| "no session")?;
    Ok(Staff::new(&person, &posts, town, access::day_in_japan(Timestamp::now()), session, String::new()))
}

/// A record of a kind, as the options say it.
fn described(asked: &May, kind: RecordKind, town: &Town, who: &Staff) -> Result<RecordAttributes, Failure> {
    let department = match &asked.department {
        None => None,
        Some(id) => {
            let known = town.departments.get_key_value(id.as_str());
            Some(known.map(|(id, _)| DepartmentId::clone(id)).ok_or_else(|| format!("the town has no department `{id}`"))?)
        }
    };
    let level = LEVELS.iter().find(|(word, _)| *word == asked.sensitivity);
    let sensitivity = level
        .map(|(_, level)| *level)
        .ok_or_else(|| format!("`{}` is no sensitivity; there are: {}", asked.sensitivity, LEVELS.map(|(word, _)| word).join(", ")))?;
    Ok(RecordAttributes { department, assignee: asked.theirs.then_some(who.id), ..RecordAttributes::of_town(kind, sensitivity) })
}

fn of_case(desk: &Desk, keys: std::sync::Arc<store::keys::Keys>, typed: &str) -> Result<RecordAttributes, Failure> {
    let kinds = RecordKind::WORDS.join(", ");
    let number: CaseNumber =
        typed.parse().map_err(|_| format!("`{typed}` is neither the number of a case nor a kind of record; kinds are: {kinds}"))?;
    let seen = desk.read(move |tx| -> Result<_, StoreError> {
        match cases::case::by_number(tx, &keys, number)? {
            Some(case) => cases::handing::attributes(tx, case.id),
            None => Ok(None),
        }
    })?;
    seen.ok_or_else(|| format!("there is no case {typed}").into())
}
