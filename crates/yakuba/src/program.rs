//! `yakuba program`: tokens of programs at the terminal; the desk has a page for the same.

use std::collections::BTreeSet;

use access::{
    ProgramId,
    program::{self, Program, Scope, Secret},
};
use definitions::{ids::ProcedureId, town::Town};
use jiff::{Timestamp, ToSpan};
use store::Desk;

use crate::{
    Failure,
    command::{self, ProgramCommand},
    house::House,
};

/// How the journal names the person at the terminal.
const AT_THE_TERMINAL: &str = "terminal";

/// `yakuba program …`.
///
/// # Errors
/// When the folder or the store cannot be opened, or what was asked for is not issued.
pub fn run(asked: &command::Program) -> Result<(), Failure> {
    let house = House::of(&asked.place);
    house.must_be_laid_out()?;
    let town = crate::town::Loaded::open(&asked.town)?.town.current();
    let desk = house.desk(town.id.as_str())?;
    match &asked.what {
        ProgramCommand::Issue { .. } => issue(&desk, wanted(&asked.what, &town)?),
        ProgramCommand::List => list(&desk),
        ProgramCommand::Revoke { id } => revoke(&desk, id),
    }
}

fn wanted(what: &ProgramCommand, town: &Town) -> Result<Program, Failure> {
    let ProgramCommand::Issue { name, department, scopes, procedures, until } = what else { return Err("nothing to issue".into()) };
    let now = Timestamp::now();
    let today = access::day_in_japan(now);
    let known = town.departments.get_key_value(department.as_str());
    let department = known.map(|(id, _)| id.clone()).ok_or_else(|| format!("the town has no department `{department}`"))?;
    let scope = |code: &String| {
        let known = || Scope::ALL.map(Scope::code).join(", ");
        Scope::from_code(code).ok_or_else(|| format!("there is no scope `{code}`; there are: {}", known()))
    };
    let procedure = |id: &String| -> Result<ProcedureId, String> {
        let known = town.procedures.get_key_value(id.as_str());
        known.map(|(id, _)| id.clone()).ok_or_else(|| format!("the town has no procedure `{id}`"))
    };
    let program = Program {
        id: ProgramId::draw(now),
        name: name.clone(),
        department,
        scopes: scopes.iter().map(scope).collect::<Result<BTreeSet<_>, _>>()?,
        procedures: procedures.iter().map(procedure).collect::<Result<BTreeSet<_>, _>>()?,
        ends_on: until.unwrap_or_else(|| today.saturating_add(1.year())),
        issued_by: AT_THE_TERMINAL.to_owned(),
        issued_at: now,
        revoked_at: None,
        used_at: None,
    };
    program.check(today)?;
    Ok(program)
}

fn issue(desk: &Desk, program: Program) -> Result<(), Failure> {
    let secret = Secret::draw(program.id)?;
    let (name, id, until, shown) = (program.name.clone(), program.id, program.ends_on, secret.shown());
    desk.write(move |tx| program::issue(tx, &program, &secret, ""))?;
    println!("{name} ({id}) may come until {until}. This is its token, shown once:");
    println!("{shown}");
    Ok(())
}

fn list(desk: &Desk) -> Result<(), Failure> {
    let today = access::day_in_japan(Timestamp::now());
    for program in desk.read(program::all)? {
        let state = match (program.revoked_at, program.is_live(today)) {
            (Some(_), _) => "revoked",
            (None, true) => "live",
            (None, false) => "ended",
        };
        let scopes: Vec<&str> = program.scopes.iter().map(|scope| scope.code()).collect();
        println!("{}  {state}  until {}  {}  {}", program.id, program.ends_on, scopes.join(","), program.name);
    }
    Ok(())
}

fn revoke(desk: &Desk, id: &str) -> Result<(), Failure> {
    let id: ProgramId = id.parse()?;
    let now = Timestamp::now();
    let done = desk.write(move |tx| program::revoke(tx, id, AT_THE_TERMINAL, "", now))?;
    if !done {
        return Err(format!("there is no program {id}, or it is revoked already").into());
    }
    println!("{id} is let in no more, on residents' side as soon as the hatch has carried it.");
    Ok(())
}
