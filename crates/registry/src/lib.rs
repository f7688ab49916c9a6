//! # 住民と台帳 The registry
//!
//! What the town knows of its people, and the other registers that procedures read and change.
//!
//! *Residents* ([`resident`]) are a copy to read of the resident register (住民基本台帳), whose legal record stays in the base system: who
//! lives here, with whom, where, and who is protected (支援措置). Staff find them in one box ([`search`]) by whatever a caller says;
//! whom they may not see does not exist for them ([`permitted`]), and each look is recorded.
//!
//! *Registers* ([`records`]) are data with history: a decision enters a child in an after-school club from 1 April, a later one suspends
//! it for August, a clerk corrects a slip with a reason. What held on which day, and since when we knew, is kept ([`history`]); totals such as
//! free places are kept in the transaction that changes them ([`totals`]).
//!
//! *The residents' side* holds none of this. For an account that a clerk has linked to a person, the desk sends down the hatch what that person
//! may know ([`publish`]): themself, the children they act for, the records held of them. [`known`] gives both sides to conditions and forms.
//!
//! People of a demo are made by [`synthetic`], the same each time, and brought in by [`load`].

pub mod load;
pub mod resident;
pub mod rows;
pub mod search;
pub mod synthetic;

pub mod history;
pub mod record_rows;
pub mod records;
pub mod totals;

pub mod known;
pub mod options;
pub mod publish;

pub mod desk;
pub mod permitted;
pub mod protection;

use definitions::text::Language;
use store::Migration;
use ui::words::RoomWords;

/// Tables of this room on the staff's side.
pub const DESK_MIGRATIONS: &[Migration] = &[
    Migration { name: "registry_desk_001_residents", sql: include_str!("../migrations/desk_001_residents.sql") },
    Migration { name: "registry_desk_002_registers", sql: include_str!("../migrations/desk_002_registers.sql") },
    Migration { name: "registry_desk_003_protection", sql: include_str!("../migrations/desk_003_protection.sql") },
    Migration { name: "registry_desk_004_named", sql: include_str!("../migrations/desk_004_named.sql") },
];

/// Tables of this room on the residents' side.
pub const PORTAL_MIGRATIONS: &[Migration] =
    &[Migration { name: "registry_portal_001_facts", sql: include_str!("../migrations/portal_001_facts.sql") }];

/// What this room says. Only staff read it, and staff read Japanese.
pub fn words() -> &'static [RoomWords] {
    &[(Language::Ja, include_str!("../words/ja/registry.ftl"))]
}
