//! `yakuba staff`: the first people of a town's directory are entered at the terminal; later ones by pages.

use access::{
    Post, StaffId,
    staff::directory::{self, NewStaff, SetUpCode},
};
use definitions::{ids::DepartmentId, ids::RoleId, town::Town};
use jiff::Timestamp;

use crate::{
    Failure,
    command::{Staff, StaffCommand},
    house::House,
};

/// How the journal names the person at the terminal.
const AT_THE_TERMINAL: &str = "terminal";

/// `yakuba staff …`.
///
/// # Errors
/// When the folder or the store cannot be opened, or the town has no such department or role.
pub fn run(asked: &Staff) -> Result<(), Failure> {
    let house = House::of(&asked.place);
    house.must_be_laid_out()?;
    let town = crate::town::Loaded::open(&asked.town)?.town.current();
    let desk = house.desk(town.id.as_str())?;
    let StaffCommand::Add { login, name, department, role } = &asked.what;
    let post = post(&town, department, role)?;
    let code = SetUpCode::draw()?;
    let now = Timestamp::now();
    let new = NewStaff { id: StaffId::draw(now), login: login.clone(), name: name.clone(), posts: vec![post] };
    let (id, kept) = (new.id, code.clone());
    desk.write(move |tx| -> Result<(), directory::NotAdded> {
        directory::add(tx, &new, AT_THE_TERMINAL, now)?;
        directory::set_up_code(tx, id, &kept, AT_THE_TERMINAL, now)?;
        Ok(())
    })?;
    println!("{name} ({login}) was entered.");
    println!("Let them open /desk/set-up and type this code, once: {}", code.shown());
    Ok(())
}

/// A post that begins today and ends with the fiscal year.
fn post(town: &Town, department: &str, role: &str) -> Result<Post, Failure> {
    let known = |kind: &str, id: &str, all: Vec<&str>| format!("the town has no {kind} `{id}`; it has: {}", all.join(", "));
    let department: DepartmentId = town
        .departments
        .get_key_value(department)
        .map(|(id, _)| id.clone())
        .ok_or_else(|| known("department", department, town.departments.keys().map(DepartmentId::as_str).collect()))?;
    let role: RoleId = town
        .roles
        .get_key_value(role)
        .map(|(id, _)| id.clone())
        .ok_or_else(|| known("role", role, town.roles.keys().map(RoleId::as_str).collect()))?;
    let today = access::day_in_japan(Timestamp::now());
    Ok(Post { department, role, from: today, until: access::staff::end_of_fiscal_year(today) })
}
