//! Permission comes with the record: a verb that changes a case takes `Permitted<Case>`, and only [`permit`] makes one.

use std::ops::{Deref, DerefMut};

use super::{Act, Authority, RecordAttributes, may};
use crate::staff::Staff;

/// A record about which grants can be asked.
pub trait Record {
    /// What grants look at.
    fn attributes(&self) -> RecordAttributes;
}

/// A record together with the proof that this act on it is granted.
#[derive(Clone, Debug, PartialEq)]
pub struct Permitted<T> {
    record: T,
    act: Act,
    authority: Authority,
}

impl<T> Permitted<T> {
    /// Which act was asked for.
    pub fn act(&self) -> Act {
        self.act
    }

    /// On what authority: for the journal.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The record, leaving the proof behind.
    pub fn into_record(self) -> T {
        self.record
    }
}

impl<T> Deref for Permitted<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.record
    }
}

impl<T> DerefMut for Permitted<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.record
    }
}

/// The record, if this person may do this to it; else nothing: what a person may not know of is not found.
pub fn permit<T: Record>(who: &Staff, act: Act, record: T) -> Option<Permitted<T>> {
    let authority = may(who, act, &record.attributes())?;
    Some(Permitted { record, act, authority })
}
