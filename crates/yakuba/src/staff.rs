//! `yakuba staff`: who works here is entered, given posts and carried over into the next fiscal year at the terminal; lets people go; set-up codes
//! have a page too.

use access::{
    Post, StaffId,
    staff::{
        Farewell, Leaving,
        directory::{self, NewStaff, SetUpCode},
        end_of_fiscal_year,
    },
};
use definitions::{ids::DepartmentId, ids::RoleId, town::Town};
use jiff::{Timestamp, civil::Date};
use store::{Desk, StoreError};

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
    match &asked.what {
        StaffCommand::Add { login, name, department, role } => {
            let today = access::day_in_japan(Timestamp::now());
            let post = post(&town, department, role, today, None)?;
            let new = NewStaff { id: StaffId::draw(Timestamp::now()), login: login.clone(), name: name.clone(), posts: vec![post] };
            add(&desk, new)
        }
        StaffCommand::Post { login, department, role, from, until } => {
            let from = from.unwrap_or_else(|| access::day_in_japan(Timestamp::now()));
            give(&desk, login, post(&town, department, role, from, *until)?)
        }
        StaffCommand::Leave { login, on } => {
            let keys = crate::house::shared(&house.keys()?, store::keys::Face::Desk)?;
            let handle = access::current::Current::new((*town).clone());
            leave(&desk, login, *on, &[cases::leaving::release(handle, keys)], Timestamp::now())
        }
        StaffCommand::Renew { of } => {
            let last = of.unwrap_or_else(|| end_of_fiscal_year(access::day_in_japan(Timestamp::now())));
            let renewed = renew(&desk, &town, last)?;
            println!("{renewed} posts that are held on {last} go on until {}.", end_of_fiscal_year(day_after(last)));
            Ok(())
        }
    }
}

fn add(desk: &Desk, new: NewStaff) -> Result<(), Failure> {
    let code = SetUpCode::draw()?;
    let now = Timestamp::now();
    let (entered, kept) = (new.clone(), code.clone());
    desk.write(move |tx| -> Result<(), directory::NotAdded> {
        directory::add(tx, &entered, AT_THE_TERMINAL, now)?;
        directory::set_up_code(tx, entered.id, &kept, AT_THE_TERMINAL, now)?;
        Ok(())
    })?;
    println!("{} ({}) was entered.", new.name, new.login);
    println!("Let them open /desk/set-up and type this code, once: {}", code.shown());
    Ok(())
}

fn give(desk: &Desk, login: &str, post: Post) -> Result<(), Failure> {
    let login = directory::folded_login(login).ok_or_else(|| format!("`{login}` is no login id"))?;
    let (asked, given) = (login.clone(), post.clone());
    let name = desk.write(move |tx| -> Result<Option<String>, StoreError> {
        let Some(person) = directory::by_login(tx, &asked)?.filter(|person| person.active) else { return Ok(None) };
        directory::add_post(tx, person.id, &given, AT_THE_TERMINAL)?;
        Ok(Some(person.name))
    })?;
    let name = name.ok_or_else(|| format!("nobody who works here has the login id `{login}`"))?;
    println!("{name} is {}.{} from {} until {}.", post.department, post.role, post.from, post.until);
    Ok(())
}

fn leave(desk: &Desk, login: &str, on: Option<Date>, rooms: &[access::OnLeave], now: Timestamp) -> Result<(), Failure> {
    let login = directory::folded_login(login).ok_or_else(|| format!("`{login}` is no login id"))?;
    let today = access::day_in_japan(now);
    let last = on.unwrap_or(today);
    let farewell = Farewell { by: AT_THE_TERMINAL.to_owned(), authority: String::new(), why: Leaving::Left, today, now };
    let (asked, rooms) = (login.clone(), rooms.to_vec());
    let name = desk.write(move |tx| -> Result<Option<String>, StoreError> {
        let Some(person) = directory::by_login(tx, &asked)? else { return Ok(None) };
        Ok(access::staff::leave(tx, person.id, last, &farewell, &rooms)?.then_some(person.name))
    })?;
    let name = name.ok_or_else(|| format!("nobody who works here has the login id `{login}`"))?;
    if last > today {
        println!("{name} works here until {last}; from the day after they cannot sign in.");
    } else {
        println!("{name} works here no more: signed out, posts ended, their open cases wait for everybody.");
    }
    Ok(())
}

/// People looked at in one transaction.
const PEOPLE_TOGETHER: i64 = 200;

/// Gives all who work here the posts that they hold on `last` from the day after, until the end of its fiscal year. What was renewed
/// before stays as it is, also when it was given another last day by hand; posts of a department or role that the town no longer has end.
fn renew(desk: &Desk, town: &Town, last: Date) -> Result<usize, Failure> {
    let from = day_after(last);
    let (mut after, mut renewed) = (String::new(), 0);
    loop {
        let begin = after.clone();
        let departments: Vec<DepartmentId> = town.departments.keys().cloned().collect();
        let roles: Vec<RoleId> = town.roles.keys().cloned().collect();
        let (end, count) = desk.write(move |tx| -> Result<(Option<String>, usize), StoreError> {
            let people = directory::all(tx, &begin, PEOPLE_TOGETHER)?;
            let mut count = 0;
            // Who leaves on that day, or before, is given nothing after it.
            let stays = |person: &&directory::Listed| person.active && person.last.is_none_or(|leaves| leaves > last);
            for person in people.iter().filter(stays) {
                let next = directory::posts_on(tx, person.id, from)?;
                for post in directory::posts_on(tx, person.id, last)? {
                    let goes_on = next.iter().any(|there| (&there.department, &there.role) == (&post.department, &post.role));
                    if !goes_on && departments.contains(&post.department) && roles.contains(&post.role) {
                        directory::add_post(tx, person.id, &Post { from, until: until_the_end(person, from), ..post }, AT_THE_TERMINAL)?;
                        count += 1;
                    }
                }
            }
            Ok((people.last().map(|person| person.login.clone()), count))
        })?;
        renewed += count;
        match end {
            Some(login) => after = login,
            None => return Ok(renewed),
        }
    }
}

/// The end of the fiscal year, or somebody's last day.
fn until_the_end(person: &directory::Listed, from: Date) -> Date {
    person.last.map_or(end_of_fiscal_year(from), |last| last.min(end_of_fiscal_year(from)))
}

fn day_after(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

/// A post that begins on a day and ends with that day's fiscal year unless said otherwise.
fn post(town: &Town, department: &str, role: &str, from: Date, until: Option<Date>) -> Result<Post, Failure> {
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
    let until = until.unwrap_or_else(|| end_of_fiscal_year(from));
    if until < from {
        return Err(format!("the last day {until} lies before the first, {from}").into());
    }
    Ok(Post { department, role, from, until })
}

#[cfg(test)]
mod tests {
    use store::testing;

    use super::*;

    fn on(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn town() -> Town {
        Town::load(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../towns/mihon"))).unwrap()
    }

    fn until(desk: &Desk, id: StaffId, day: &str) -> Vec<(String, Date)> {
        let day = on(day);
        let posts = desk.read(move |tx| directory::posts_on(tx, id, day)).unwrap();
        posts.iter().map(|post| (post.role.to_string(), post.until)).collect()
    }

    #[test]
    fn posts_are_carried_over_into_the_next_year_once() {
        let place = testing::Place::sqlite();
        let desk = Desk::new(place.open("desk", &[access::DESK_MIGRATIONS].concat()));
        let town = town();
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let enter = |login: &str| {
            let clerk = post(&town, "general_affairs", "clerk", on("2026-06-01"), None).unwrap();
            let new = NewStaff { id: StaffId::draw(now), login: login.into(), name: login.into(), posts: vec![clerk] };
            add(&desk, new.clone()).unwrap();
            new.id
        };
        let (stays, left) = (enter("suzuki"), enter("sato"));
        super::leave(&desk, "sato", Some(on("2026-05-31")), &[], now).unwrap();
        let leaves = enter("ito");
        super::leave(&desk, "ito", Some(on("2027-03-31")), &[], now).unwrap();
        assert!(super::leave(&desk, "sato", None, &[], now).is_err(), "nobody leaves twice");
        assert!(super::leave(&desk, "nobody", None, &[], now).is_err());
        give(&desk, "suzuki", post(&town, "general_affairs", "chief", on("2026-06-01"), Some(on("2026-12-31"))).unwrap()).unwrap();

        assert_eq!(until(&desk, stays, "2027-04-01"), [], "before: rights that nobody renews end");
        assert_eq!(
            renew(&desk, &town, on("2027-03-31")).unwrap(),
            1,
            "not the post that ended in December, not who left, not who leaves then"
        );
        assert_eq!(until(&desk, leaves, "2027-03-31"), [("clerk".to_owned(), on("2027-03-31"))]);
        assert_eq!(until(&desk, leaves, "2027-04-01"), []);
        assert_eq!(until(&desk, stays, "2027-04-01"), [("clerk".to_owned(), on("2028-03-31"))]);
        assert_eq!(until(&desk, left, "2027-04-01"), []);
        assert_eq!(renew(&desk, &town, on("2027-03-31")).unwrap(), 0, "twice is once");
    }

    #[test]
    fn a_post_that_cannot_be_is_refused() {
        let place = testing::Place::sqlite();
        let desk = Desk::new(place.open("desk", &[access::DESK_MIGRATIONS].concat()));
        let town = town();
        assert!(post(&town, "general_affairs", "emperor", on("2026-06-01"), None).is_err());
        assert!(post(&town, "nowhere", "clerk", on("2026-06-01"), None).is_err());
        assert!(post(&town, "general_affairs", "clerk", on("2026-06-01"), Some(on("2026-05-31"))).is_err());
        let fine = post(&town, "general_affairs", "clerk", on("2026-06-01"), None).unwrap();
        assert!(give(&desk, "nobody", fine.clone()).is_err());
        assert!(give(&desk, "", fine).is_err());
    }
}
