//! What conditions, prefilling and choices may know: at the desk from the registry itself, on the portal from what was published.

use std::{collections::HashMap, sync::Arc};

use access::{AccountId, ResidentId};
use definitions::{
    facts::{Facts, FactsSheet, Listing, Person},
    ids::RegisterId,
    town::Town,
};
use jiff::civil::Date;
use jp::calendar::BusinessCalendar;
use store::{
    Parcel, Read, StoreError, Write,
    hatch::{Failure, Receiver},
    params,
};

use crate::{
    options,
    publish::{FACTS, HeldRecord, OPTIONS, Published, PublishedOptions},
    record_rows,
    resident::Told,
    rows,
};

/// The registry itself, for a case at the desk: within one transaction.
pub struct DeskFacts<'t, 'c> {
    tx: &'t Read<'c>,
    town: &'t Town,
    today: Date,
    applicant: Option<Person>,
    household: Option<Vec<Person>>,
}

impl<'t, 'c> DeskFacts<'t, 'c> {
    /// What is known of an applicant; none: not identified, and only registers can be asked.
    ///
    /// # Errors
    /// As [`Read::all`].
    pub fn of(tx: &'t Read<'c>, town: &'t Town, applicant: Option<ResidentId>, today: Date) -> Result<DeskFacts<'t, 'c>, StoreError> {
        let people = match applicant {
            Some(id) => rows::with_household(tx, id)?,
            None => Vec::new(),
        };
        let facts: Vec<Person> = people.iter().map(|person| person.as_fact(Told::InWhole)).collect();
        Ok(DeskFacts { tx, town, today, applicant: facts.first().cloned(), household: (!facts.is_empty()).then_some(facts) })
    }
}

impl Facts for DeskFacts<'_, '_> {
    fn applicant(&self) -> Option<Person> {
        self.applicant.clone()
    }

    fn household(&self) -> Option<Vec<Person>> {
        self.household.clone()
    }

    fn holds(&self, register: &RegisterId, owner: &str, on: Date) -> Option<bool> {
        // A store that cannot be asked knows nothing: the rule stays silent and the log has the reason.
        record_rows::holds(self.tx, register, owner, on).inspect_err(|error| tracing::warn!(%error, "a register could not be asked")).ok()
    }

    fn options(&self, register: &RegisterId) -> Option<Listing> {
        let register = self.town.registers.get(register)?;
        options::listing(self.tx, self.town, register, self.today)
            .inspect_err(|error| tracing::warn!(%error, "a register could not be listed"))
            .ok()
    }

    fn calendar(&self) -> Option<&BusinessCalendar> {
        Some(&self.town.closed)
    }
}

/// What was published for one account.
#[derive(Clone, Debug, Default)]
pub struct PortalFacts {
    sheet: FactsSheet,
    held: Vec<HeldRecord>,
    listings: HashMap<RegisterId, Listing>,
    town: Option<Arc<Town>>,
}

const SHEET: &str = "select resident, body from fact_sheet where account = $1";
const ALL_OPTIONS: &str = "select register, body from fact_options order by register limit 200";

impl PortalFacts {
    /// What is known for an account, or for nobody in particular. `linked` is the resident whom the account is linked to *now*: facts that
    /// were published for another link, or after it was taken back, are not shown.
    ///
    /// # Errors
    /// As [`Read::all`].
    pub fn of(
        tx: &Read<'_>,
        town: &Arc<Town>,
        account: Option<AccountId>,
        linked: Option<ResidentId>,
        today: Date,
    ) -> Result<PortalFacts, StoreError> {
        let mut facts = PortalFacts { listings: listings(tx, town)?, town: Some(Arc::clone(town)), ..PortalFacts::default() };
        let (Some(account), Some(linked)) = (account, linked) else { return Ok(facts) };
        let Some(row) = tx.first(SHEET, params![account.to_string()])? else { return Ok(facts) };
        if row.get::<String>(0)? != linked.to_string() {
            return Ok(facts);
        }
        let published: Published = serde_json::from_str(&row.get::<String>(1)?).map_err(|_| StoreError::damaged("fact_sheet.body"))?;
        facts.sheet = published.sheet;
        facts.held = published.held;
        facts.forget_who_came_of_age(&linked.to_string(), today);
        for (id, records) in &mut facts.sheet.records {
            records.retain(|record| town.registers.contains_key(id) && !record.owner.is_empty());
        }
        // A register that is at hand and holds nothing of them is known to hold nothing.
        for id in town.registers.iter().filter(|(_, register)| register.owner.is_some()).map(|(id, _)| id) {
            facts.sheet.records.entry(id.clone()).or_default();
        }
        Ok(facts)
    }

    /// Records held of the person and of the children they act for: my page shows them and what may be started from each.
    pub fn held(&self) -> &[HeldRecord] {
        &self.held
    }

    /// Nobody publishes on a birthday: who has come of age since acts for themself.
    fn forget_who_came_of_age(&mut self, own: &str, today: Date) {
        let is_minor = |person: &Person| person.born.is_some_and(|born| !jp::age::has_attained(born, 18, today));
        let Some(household) = &mut self.sheet.household else { return };
        household.retain(|person| person.id.as_deref() == Some(own) || is_minor(person));
        let kept: Vec<String> = household.iter().filter_map(|person| person.id.clone()).collect();
        self.held.retain(|record| kept.contains(&record.owner.to_string()));
        self.sheet.records.values_mut().for_each(|records| records.retain(|record| kept.contains(&record.owner)));
    }
}

fn listings(tx: &Read<'_>, town: &Town) -> Result<HashMap<RegisterId, Listing>, StoreError> {
    let mut listings: HashMap<RegisterId, Listing> =
        town.registers.values().filter_map(|register| Some((register.id.clone(), options::listing_of_folder(town, register)?))).collect();
    for row in tx.all(ALL_OPTIONS, params![])? {
        let register = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("fact_options.register"))?;
        let listing = serde_json::from_str(&row.get::<String>(1)?).map_err(|_| StoreError::damaged("fact_options.body"))?;
        listings.insert(register, listing);
    }
    Ok(listings)
}

impl Facts for PortalFacts {
    fn applicant(&self) -> Option<Person> {
        self.sheet.applicant()
    }

    fn household(&self) -> Option<Vec<Person>> {
        self.sheet.household()
    }

    /// Of others than those the account may act for nothing is known here.
    fn holds(&self, register: &RegisterId, owner: &str, on: Date) -> Option<bool> {
        let is_theirs = self.sheet.household.iter().flatten().any(|person| person.id.as_deref() == Some(owner));
        if is_theirs { self.sheet.holds(register, owner, on) } else { None }
    }

    fn options(&self, register: &RegisterId) -> Option<Listing> {
        self.listings.get(register).cloned()
    }

    fn calendar(&self) -> Option<&BusinessCalendar> {
        self.town.as_ref().map(|town| &town.closed)
    }
}

const KEEP_SHEET: &str = "insert into fact_sheet (account, resident, turn, body) values ($1, $2, $3, $4) on conflict (account) do update set \
    resident = excluded.resident, turn = excluded.turn, body = excluded.body where fact_sheet.turn < excluded.turn";
const KEEP_OPTIONS: &str = "insert into fact_options (register, at, body) values ($1, $2, $3) on conflict (register) do update set \
    at = excluded.at, body = excluded.body where fact_options.at < excluded.at";

/// What this room receives at the portal.
pub fn portal_receivers() -> Vec<Arc<dyn Receiver>> {
    vec![Arc::new(ReceiveFacts), Arc::new(ReceiveOptions)]
}

struct ReceiveFacts;

impl Receiver for ReceiveFacts {
    fn kind(&self) -> &str {
        FACTS
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let published: Published = serde_json::from_slice(&parcel.body).map_err(|_| StoreError::damaged("registry.facts"))?;
        let body = serde_json::to_string(&published).map_err(|_| StoreError::damaged("registry.facts"))?;
        tx.run(KEEP_SHEET, params![published.account.to_string(), published.resident.to_string(), published.turn, body])?;
        Ok(())
    }
}

struct ReceiveOptions;

impl Receiver for ReceiveOptions {
    fn kind(&self) -> &str {
        OPTIONS
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let published: PublishedOptions = serde_json::from_slice(&parcel.body).map_err(|_| StoreError::damaged("registry.options"))?;
        let body = serde_json::to_string(&published.listing).map_err(|_| StoreError::damaged("registry.options"))?;
        tx.run(KEEP_OPTIONS, params![published.register.as_str(), published.at, body])?;
        Ok(())
    }
}
