//! What passes the hatch for programs: down, how one is let in; up, that it came.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use store::{
    Parcel, StoreError, Write,
    hatch::{Failure, Receiver},
    keys::Face,
};

use super::{Program, rows};
use crate::{ProgramId, clock::day_in_japan};

/// Down: a program was issued or revoked.
const TOLD: &str = "program.told";

/// Up: a program was let in on the residents' side.
const USED: &str = "program.used";

/// What the residents' side must know. It says neither what the program is called nor who asked for it.
#[derive(Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) mark: String,
    pub(super) scopes: String,
    pub(super) procedures: String,
    pub(super) ends_on: Date,
    pub(super) revoked_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct Used {
    id: ProgramId,
    at: Timestamp,
}

pub(super) fn send_down(tx: &Write<'_>, program: &Program, mark: &str) -> Result<(), StoreError> {
    let told = Told {
        id: program.id.to_string(),
        mark: mark.to_owned(),
        scopes: rows::joined(program.scopes.iter().filter(|scope| scope.face() == Face::Portal).map(|scope| scope.code())),
        procedures: rows::joined(program.procedures.iter().map(|id| id.as_str())),
        ends_on: program.ends_on,
        revoked_at: program.revoked_at,
    };
    // What opens nothing there is not known there.
    if told.scopes.is_empty() {
        return Ok(());
    }
    let what = if program.revoked_at.is_some() { "revoked" } else { "issued" };
    send(tx, TOLD, format!("{}:{what}", program.id), &told)
}

pub(super) fn send_used(tx: &Write<'_>, id: ProgramId, at: Timestamp) -> Result<(), StoreError> {
    send(tx, USED, format!("{id}:{}", day_in_japan(at)), &Used { id, at })
}

fn send<T: Serialize>(tx: &Write<'_>, kind: &str, id: String, body: &T) -> Result<(), StoreError> {
    let body = serde_json::to_vec(body).map_err(|_| StoreError::damaged("a parcel of programs"))?;
    tx.send(&Parcel { kind: kind.to_owned(), id, body })
}

struct TakeTold;

impl Receiver for TakeTold {
    fn kind(&self) -> &str {
        TOLD
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        Ok(rows::learn(tx, &serde_json::from_slice(&parcel.body)?)?)
    }
}

struct TakeUsed;

impl Receiver for TakeUsed {
    fn kind(&self) -> &str {
        USED
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let used: Used = serde_json::from_slice(&parcel.body)?;
        // Not later than now, whatever the other side's clock says.
        Ok(rows::used(tx, used.id, used.at.min(tx.now()))?)
    }
}

/// What the residents' side does with parcels of programs.
pub fn portal_receivers() -> Vec<Arc<dyn Receiver>> {
    vec![Arc::new(TakeTold)]
}

/// What the desk does with them.
pub fn desk_receivers() -> Vec<Arc<dyn Receiver>> {
    vec![Arc::new(TakeUsed)]
}
