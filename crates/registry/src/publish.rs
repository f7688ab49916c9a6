//! What goes down the hatch of a linked person: their own name, birth day and address, the children they may act for, the records held of
//! them. Nothing else of the registry is ever on the residents' side.

use std::{collections::BTreeSet, sync::Arc};

use access::{AccountId, Linked, RecordId, ResidentId, TownHandle, Unlinked, day_in_japan};
use definitions::{
    answer::Answers,
    facts::{FactsSheet, Held, Listing},
    ids::{RegisterId, StateId},
    register::Register,
    town::Town,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use store::{
    Desk, NewJob, Parcel, Read, StoreError, Write,
    jobs::{Job, JobError, JobHandler},
    params,
};

use crate::{
    history::Stretch,
    options, record_rows,
    records::key_of,
    resident::{Resident, Told},
    rows,
};

/// The hatch's name for [`Published`].
pub const FACTS: &str = "registry.facts";
/// The hatch's name for [`PublishedOptions`].
pub const OPTIONS: &str = "registry.options";

const READ_BY: &str = "insert into fact_reader (account, resident, turn) values ($1, $2, 0) \
    on conflict (account) do update set resident = excluded.resident";
const READ_BY_NOBODY: &str = "update fact_reader set resident = '' where account = $1";
const NEXT_TURN: &str = "update fact_reader set turn = turn + 1 where account = $1 returning resident, turn";
const READERS: &str = "select r.account from fact_reader r where r.resident = $1 order by r.account limit 20";
const READERS_OF_HOUSEHOLD: &str = "select r.account from person p join fact_reader r on r.resident = p.id where p.household = $1 \
    order by r.account limit 50";

/// Facts of one linked account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// The account.
    pub account: AccountId,
    /// The resident whom a clerk linked it to.
    pub resident: ResidentId,
    /// Counts the publications of this account: an older one never overwrites a newer one.
    pub turn: i64,
    /// What forms and conditions may know.
    pub sheet: FactsSheet,
    /// Records to show on my page.
    pub held: Vec<HeldRecord>,
}

/// A record held of the person or of a child they act for, as my page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldRecord {
    /// The record.
    pub record: RecordId,
    /// In which register.
    pub register: RegisterId,
    /// Whose it is.
    pub owner: ResidentId,
    /// Their name.
    pub owner_name: String,
    /// Its state.
    pub state: Option<StateId>,
    /// From which day.
    pub from: Date,
    /// Until which day.
    pub until: Option<Date>,
    /// Its ordinary columns; guarded ones stay inside.
    pub values: Answers,
}

/// What may be chosen from a register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishedOptions {
    /// The register.
    pub register: RegisterId,
    /// When it was so.
    pub at: Timestamp,
    /// The records, in order.
    pub listing: Listing,
}

/// What this room does when a clerk links an account to a resident: [`access::OnLink`].
///
/// # Errors
/// As [`Write::run`].
pub fn on_link(tx: &Write<'_>, linked: &Linked) -> Result<(), StoreError> {
    tx.run(READ_BY, params![linked.account.to_string(), linked.resident.to_string()])?;
    publish(tx, &linked.account.to_string())
}

/// What this room does when a link is taken back: nothing more is published for the account, and what the portal holds is overwritten
/// with an empty sheet. The count of its publications goes on, so that nothing older comes back and a new link is not taken for an old one.
///
/// # Errors
/// As [`Write::run`].
pub fn on_unlink(tx: &Write<'_>, unlinked: &Unlinked) -> Result<(), StoreError> {
    let account = unlinked.account.to_string();
    let Some(row) = tx.first(NEXT_TURN, params![&account])? else { return Ok(()) };
    tx.run(READ_BY_NOBODY, params![&account])?;
    let nothing = Published {
        account: unlinked.account,
        resident: unlinked.resident,
        turn: row.get(1)?,
        sheet: FactsSheet::default(),
        held: Vec::new(),
    };
    send(tx, &nothing)
}

/// Publishes for everybody who may read of this person.
pub(crate) fn resident_changed(tx: &Write<'_>, households: &[String], id: ResidentId) -> Result<(), StoreError> {
    let mut accounts: BTreeSet<String> = accounts(tx, READERS, &id.to_string())?.into_iter().collect();
    for household in households {
        accounts.extend(self::accounts(tx, READERS_OF_HOUSEHOLD, household)?);
    }
    accounts.iter().try_for_each(|account| publish(tx, account))
}

/// Publishes a changed record for those who may read of its owner, and asks for the options that it changes.
pub(crate) fn record_changed(
    tx: &Write<'_>,
    town: &Town,
    register: &Register,
    before: &[Stretch],
    after: &[Stretch],
) -> Result<(), StoreError> {
    let owner = |stretch: &Stretch| register.whose().and_then(|owner| stretch.values.get(owner.as_str())).and_then(key_of);
    let owners: BTreeSet<String> = before.iter().chain(after).filter_map(owner).collect();
    for owner in owners {
        // An owner typed by hand is nobody whom the registry knows.
        let Ok(id) = owner.parse::<ResidentId>() else { continue };
        let household = rows::by_id(tx, id)?.and_then(|person| person.household).map(|id| id.to_string());
        resident_changed(tx, household.as_slice(), id)?;
    }
    for register in options::touched_by(town, register) {
        ask_for_options(tx, &register)?;
    }
    Ok(())
}

fn accounts(tx: &Read<'_>, sql: &str, of: &str) -> Result<Vec<String>, StoreError> {
    tx.all(sql, params![of])?.iter().map(|row| row.get(0)).collect()
}

fn publish(tx: &Write<'_>, account: &str) -> Result<(), StoreError> {
    let Some(row) = tx.first(NEXT_TURN, params![account])? else { return Ok(()) };
    let resident: ResidentId = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("fact_reader.resident"))?;
    let turn: i64 = row.get(1)?;
    let today = day_in_japan(tx.now());
    let people: Vec<Resident> = rows::with_household(tx, resident)?;
    let mut published = Published {
        account: account.parse().map_err(|_| StoreError::damaged("fact_reader.account"))?,
        resident,
        turn,
        sheet: FactsSheet::default(),
        held: Vec::new(),
    };
    if let Some(person) = people.first() {
        let acted_for: Vec<&Resident> =
            people.iter().filter(|other| person.may_act_for(other, today) && person.may_be_told_of(other)).collect();
        published.sheet.applicant = Some(person.as_fact(Told::InWhole));
        published.sheet.household = Some(acted_for.iter().map(|other| other.as_fact(Told::ToOthers)).collect());
        for other in acted_for {
            add_records(tx, other, &mut published)?;
        }
    }
    send(tx, &published)
}

fn send(tx: &Write<'_>, published: &Published) -> Result<(), StoreError> {
    let body = serde_json::to_vec(published).map_err(|_| StoreError::damaged("published facts"))?;
    tx.send(&Parcel { kind: FACTS.into(), id: format!("facts:{}:{}", published.account, published.turn), body })
}

fn add_records(tx: &Read<'_>, owner: &Resident, published: &mut Published) -> Result<(), StoreError> {
    for fact in record_rows::told_of_owner(tx, &owner.id.to_string())? {
        let days = fact.stretch.days;
        let held = Held { owner: owner.id.to_string(), from: Some(days.from), until: days.until };
        published.sheet.records.entry(fact.register.clone()).or_default().push(held);
        published.held.push(HeldRecord {
            record: fact.record,
            register: fact.register,
            owner: owner.id,
            owner_name: owner.name.full(),
            state: fact.stretch.state,
            from: days.from,
            until: days.until,
            values: fact.stretch.values,
        });
    }
    Ok(())
}

/// Asks for a register's options to be published: at most once a minute, however many places are given away in it. What the portal shows may
/// be a minute old; whether there is a place is decided at the desk.
fn ask_for_options(tx: &Write<'_>, register: &RegisterId) -> Result<(), StoreError> {
    let minute = tx.now().as_second().div_euclid(60);
    let at = Timestamp::from_second((minute + 1) * 60).unwrap_or_else(|_| tx.now());
    let body = serde_json::json!({ "register": register });
    tx.enqueue(&NewJob { kind: PUBLISH_OPTIONS, key: format!("{register}:{minute}"), body, at }).map(drop)
}

/// The job that publishes what may be chosen from a register.
pub const PUBLISH_OPTIONS: &str = "registry.options";

/// Publishes what may be chosen from every register that forms list, as when a server starts with a changed folder.
///
/// # Errors
/// As [`Write::run`].
pub fn publish_all_options(tx: &Write<'_>, town: &Town) -> Result<(), StoreError> {
    town.registers.values().filter(|register| register.key.is_some()).try_for_each(|register| publish_options(tx, town, register))
}

fn publish_options(tx: &Write<'_>, town: &Town, register: &Register) -> Result<(), StoreError> {
    let today = day_in_japan(tx.now());
    let listing = options::listing(tx, town, register, today)?;
    let published = PublishedOptions { register: register.id.clone(), at: tx.now(), listing };
    let body = serde_json::to_vec(&published).map_err(|_| StoreError::damaged("published options"))?;
    tx.send(&Parcel { kind: OPTIONS.into(), id: format!("options:{}:{}", register.id, published.at.as_microsecond()), body })
}

/// The handlers of this room's jobs, for the desk.
pub fn handlers(desk: &Desk, town: &TownHandle) -> Vec<Arc<dyn JobHandler>> {
    vec![Arc::new(PublishOptions { desk: desk.clone(), town: town.clone() })]
}

struct PublishOptions {
    desk: Desk,
    town: TownHandle,
}

impl JobHandler for PublishOptions {
    fn kind(&self) -> &'static str {
        PUBLISH_OPTIONS
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        let id: RegisterId =
            serde_json::from_value(job.body["register"].clone()).map_err(|_| JobError::Dead("no register named".into()))?;
        let town = self.town.current();
        // A register that the folder no longer has needs no options.
        self.desk.write(move |tx| match town.registers.get(&id) {
            Some(register) => publish_options(tx, &town, register),
            None => Ok(()),
        })?;
        Ok(())
    }
}
