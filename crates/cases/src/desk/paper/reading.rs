//! フリガナ of whom the registry knows: a paper often bears none. By a button and never by itself, for it is a look into the registry: only at whom
//! this member of staff may see, and each is recorded.

use definitions::{ids::FieldId, procedure::Procedure, typed::Typed};
use registry::{resident::Resident, search::Sought};
use store::Write;

use crate::{
    likeness::bare,
    verbs::{Acting, Refused},
};

/// People of one name who are looked at.
const MOST: usize = 20;

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// It was filled in.
    Found,
    /// Nobody, or several who are read otherwise.
    NotOne,
}

impl Reading {
    /// The words that say so.
    pub(super) fn words(self) -> &'static str {
        match self {
            Reading::Found => "desk-entry-reading-found",
            Reading::NotOne => "desk-entry-reading-none",
        }
    }
}

/// Fills the reading of the applicant in, where nothing is written there and the registry knows one person of this name and address.
pub(super) fn fill(tx: &Write<'_>, acting: &Acting<'_>, procedure: &Procedure, case: &str, typed: &mut Typed) -> Result<Reading, Refused> {
    let Some(kana) = &procedure.applicant.kana else { return Ok(Reading::NotOne) };
    let name = name(typed, &procedure.applicant.name);
    let address = procedure.applicant.address.as_ref().and_then(|field| typed.first(&format!("{field}.text"))).unwrap_or_default();
    let is_written = typed.first(kana.as_str()).is_some_and(|kana| !kana.trim().is_empty());
    let Ok(sought) = Sought::read(&name) else { return Ok(Reading::NotOne) };
    if is_written {
        return Ok(Reading::NotOne);
    }
    let mut found = registry::permitted::search(tx, acting.staff, &sought, MOST)?.residents;
    found.retain(|person| is_meant(person, &name, address));
    registry::permitted::looked_at(tx, acting.staff, &found, &format!("sheet:{case}"))?;
    let mut readings: Vec<String> = found.iter().filter_map(|person| person.name.full_kana()).collect();
    readings.dedup();
    match readings.as_slice() {
        [one] => {
            typed.set(kana.to_string(), [one]);
            Ok(Reading::Found)
        }
        _ => Ok(Reading::NotOne),
    }
}

/// A name in one line or in two.
fn name(typed: &Typed, field: &FieldId) -> String {
    let part = |part: &str| typed.first(&format!("{field}{part}")).unwrap_or_default();
    [part(""), part(".family"), part(".given")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Who is protected has no address here that could be compared: they are not meant by an address. A building behind it may be left out.
fn is_meant(person: &Resident, name: &str, address: &str) -> bool {
    let key = |text: &str| bare(&registry::search::address_key(text));
    let begins = |whole: &str, start: &str| {
        let rest = whole.strip_prefix(start).filter(|_| !start.is_empty());
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_numeric() || c == '-'))
    };
    let lives_there = || {
        let (held, written) = (key(&person.address_shown().unwrap_or_default()), key(address));
        begins(&held, &written) || begins(&written, &held)
    };
    bare(&person.name.full()) == bare(name) && (address.trim().is_empty() || lives_there())
}
