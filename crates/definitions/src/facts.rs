//! What the town already knows, as far as it may be said here.
//!
//! On the portal these are the facts published down the hatch for a linked account; at the desk the registry; in examples a
//! sheet written by hand. What is not known is `None`, never a guess: a condition on it is silent and is judged later, at the desk.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::Date;
use jp::calendar::BusinessCalendar;
use serde::{Deserialize, Serialize};

use crate::{answer::Answer, ids::RegisterId};

/// Where conditions, prefilling and options ask for what the town knows.
pub trait Facts {
    /// The person who files, when they are known.
    fn applicant(&self) -> Option<Person>;

    /// The people of the applicant's household (世帯), the applicant among them. `None`: not known.
    fn household(&self) -> Option<Vec<Person>>;

    /// Whether a register holds a record of this owner (a person's id) or with this key that is valid on a day. `None`: the
    /// register is not at hand here.
    fn holds(&self, register: &RegisterId, owner: &str, on: Date) -> Option<bool>;

    /// The records of a register that may be chosen, in the order in which they are shown. `None`: not at hand.
    fn options(&self, register: &RegisterId) -> Option<Listing>;

    /// On which days the town hall is open. `None`: no town is at hand.
    fn calendar(&self) -> Option<&BusinessCalendar> {
        None
    }
}

/// Someone the town knows: the applicant, or a member of the household.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Their id in the registry, opaque here. `None`: typed by hand, not yet identified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// 氏名.
    #[serde(default)]
    pub name: String,
    /// フリガナ, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kana: Option<String>,
    /// 生年月日.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<Date>,
    /// 続柄 as an id: `head`, `spouse`, `child` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// Everything else that is known of them, by the name that conditions use: `address`, `phone`, `mail`, `tax_2026` …
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub more: IndexMap<String, Answer>,
}

/// A record that may be chosen: a facility, a school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// What is stored: the register's key, or a person's id.
    pub key: String,
    /// What is shown, column by column as the field's `show:` asks.
    pub shown: Vec<String>,
}

/// What may be chosen, in order; cheap to hand around.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Listed>", into = "Vec<Listed>")]
pub struct Listing(Arc<[Listed]>);

impl From<Vec<Listed>> for Listing {
    fn from(listed: Vec<Listed>) -> Listing {
        Listing(listed.into())
    }
}

impl From<Listing> for Vec<Listed> {
    fn from(listing: Listing) -> Vec<Listed> {
        listing.0.to_vec()
    }
}

impl std::ops::Deref for Listing {
    type Target = [Listed];

    fn deref(&self) -> &[Listed] {
        &self.0
    }
}

/// Nothing is known: a person without an account.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFacts;

impl Facts for NoFacts {
    fn applicant(&self) -> Option<Person> {
        None
    }
    fn household(&self) -> Option<Vec<Person>> {
        None
    }
    fn holds(&self, _: &RegisterId, _: &str, _: Date) -> Option<bool> {
        None
    }
    fn options(&self, _: &RegisterId) -> Option<Listing> {
        None
    }
}

/// Facts written down: by an example, by a test, or by the desk for one linked account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FactsSheet {
    /// See [`Facts::applicant`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant: Option<Person>,
    /// See [`Facts::household`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<Vec<Person>>,
    /// Per register the records that are at hand. A register that is not named is not known.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub records: IndexMap<RegisterId, Vec<Held>>,
    /// Per register the records that may be chosen.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub options: IndexMap<RegisterId, Listing>,
    /// On which days the town hall is open; never written down, it is the town's.
    #[serde(skip)]
    pub calendar: Option<Arc<BusinessCalendar>>,
}

/// A record of a register, as far as conditions ask for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Whose it is (a person's id), or its key.
    pub owner: String,
    /// First day on which it is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day on which it is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Facts for FactsSheet {
    fn applicant(&self) -> Option<Person> {
        self.applicant.clone()
    }

    fn household(&self) -> Option<Vec<Person>> {
        self.household.clone()
    }

    fn holds(&self, register: &RegisterId, owner: &str, on: Date) -> Option<bool> {
        let held = self.records.get(register)?;
        Some(held.iter().any(|record| {
            record.owner == owner && record.from.is_none_or(|from| from <= on) && record.until.is_none_or(|until| on <= until)
        }))
    }

    fn options(&self, register: &RegisterId) -> Option<Listing> {
        self.options.get(register).cloned()
    }

    fn calendar(&self) -> Option<&BusinessCalendar> {
        self.calendar.as_deref()
    }
}
