//! The demo's people: residents in households, the same each time; the cast of the town's examples with accounts; staff with posts.

use std::sync::Arc;

use access::{
    AccountId, Linked, OnLink, Post, ResidentId, StaffId, accounts,
    link::Document,
    staff::directory::{self, NewStaff, NotAdded},
};
use definitions::{
    cast::{CastResident, CastStaff},
    text::Language,
    town::Town,
};
use jiff::{Timestamp, civil::date};
use store::{Desk, StoreError};
use uuid::Uuid;

use super::SEED;
use crate::{Failure, open_town::OpenTown};

/// How the journal names who laid out the demo.
const BY: &str = "demo";

/// Brings residents, accounts and staff in, each once.
///
/// # Errors
/// When the stores fail.
pub fn bring_in(open: &OpenTown, town: &Town, residents: usize) -> Result<(), Failure> {
    let (Some(portal), Some(desk)) = (&open.portal, &open.desk) else { return Err("a demo needs both faces".into()) };
    let households = registry::synthetic::town(SEED, residents, &town.cast);
    registry::load::load(&desk.store, BY, households, |progress| eprint!("\rresidents: {} of {residents}", progress.persons))?;
    eprintln!("\rresidents: {residents}            ");
    registry::load::load_cast_records(&desk.store, &desk.town, &desk.clock)?;
    for person in town.cast.staff.values() {
        let new = staff(person);
        desk.store.write(move |tx| match directory::add(tx, &new, BY, Timestamp::now()) {
            Ok(()) | Err(NotAdded::LoginTaken) => Ok(()),
            Err(other) => Err(other),
        })?;
    }
    for person in town.cast.residents.values() {
        let (account, mail) = (account_of(person.id.as_str()), mail_of(person));
        let keys = portal.keys.clone();
        let language = person.languages.first().copied().unwrap_or(Language::Ja);
        portal.store.write(move |tx| -> Result<(), StoreError> {
            let Ok(mail) = access::mail::MailAddress::parse(&mail) else { return Ok(()) };
            accounts::ensure(tx, &keys, account, &mail, language, Timestamp::now()).map(drop)
        })?;
        link(&desk.store, &desk.on_link, account, registry::synthetic::cast_resident(person.id.as_str()))?;
    }
    Ok(())
}

/// Links an account of the cast to its resident, as a clerk does who has seen their card; once.
fn link(desk: &Desk, on_link: &Arc<[OnLink]>, account: AccountId, resident: ResidentId) -> Result<(), Failure> {
    let rooms = Arc::clone(on_link);
    Ok(desk.write(move |tx| -> Result<(), StoreError> {
        if access::link::resident_of(tx, account)?.is_some() || registry::rows::by_id(tx, resident)?.is_none() {
            return Ok(());
        }
        let linked = Linked { account, resident, at: tx.now() };
        access::link::record(tx, &linked, Document::MyNumberCard, BY, BY, &rooms)
    })?)
}

/// The account of somebody of the cast.
pub fn account_of(cast: &str) -> AccountId {
    AccountId::new(named("account", cast))
}

/// The staff id of somebody of the cast.
pub fn staff_of(cast: &str) -> StaffId {
    StaffId::new(named("staff", cast))
}

/// The mail address of somebody of the cast; who has none in the examples gets one of the demo's, so that mail can be tried.
pub fn mail_of(person: &CastResident) -> String {
    person.mail.clone().unwrap_or_else(|| format!("{}@mail.mihon.example", person.id))
}

fn named(kind: &str, name: &str) -> Uuid {
    use sha2::{Digest, Sha256};
    let digest = Sha256::new().chain_update(kind).chain_update(":").chain_update(name).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn staff(person: &CastStaff) -> NewStaff {
    NewStaff {
        id: staff_of(person.id.as_str()),
        login: person.id.to_string(),
        name: person.name.clone(),
        posts: vec![Post {
            department: person.department.clone(),
            role: person.role.clone(),
            from: date(2026, 4, 1),
            // A demo is opened in any year.
            until: date(2099, 3, 31),
        }],
    }
}
