//! # だれが Who is acting
//!
//! A town hall asks three things before it does anything: who are you, may you, and who will know. This room answers them.
//!
//! *Residents* read without being known. Who wants to come back signs in with a code that comes by mail ([`accounts`]); a clerk who has seen
//! their identity at the counter links the account to the person in the registry ([`link`]). *Staff* stand in a directory with their posts
//! ([`staff`]); they sign in with a password and a second factor, for as long as they sit at the screen.
//!
//! What staff may do is data ([`grants`]): one grant is a decision on a record and a filter for a list, and the two always agree. A record
//! comes with its permission ([`grants::Permitted`]); what someone may not know of is not found. Each look at a person is a line in a log
//! that nobody can change ([`looked`]).
//!
//! Programs come with a secret that staff who administer have issued for some scopes and some time ([`program`]).
//!
//! On the way in, [`Visitor`] (portal), [`staff::Staff`] (desk) and [`Posted`] say who asks and what they typed; on the way out, [`PageError`]
//! says in the person's language what happened, what is kept and what to do. [`portal::serve`] and [`desk::serve`] put both around a face's
//! routes.

pub mod ids;

pub mod clock;
pub mod current;
pub mod face;

pub mod accounts;
pub mod grants;
pub mod link;
pub mod looked;
pub mod mail;
pub mod program;
pub mod sessions;
pub mod shell;
pub mod staff;
pub mod throttle;
pub mod visitor;

mod around;
pub mod error;
mod line;
pub mod posted;
mod request;
pub mod session;
pub mod token;

pub mod desk;
pub mod portal;

pub use clock::{Clock, day_in_japan};
pub use current::{TownHandle, WordsHandle};
pub use error::PageError;
pub use face::{ClientAddress, DeskDoor, DeskFace, Left, Linked, OnLeave, OnLink, OnSignIn, OnUnlink, PortalFace, SignedIn, Unlinked};
pub use grants::{Act, Authority, Clause, KindSql, Permitted, Record, RecordAttributes, RecordKind, Scope, filter, may, permit};
pub use ids::*;
pub use posted::{CSRF_INPUT, Posted};
pub use session::SessionId;
pub use staff::{Post, Staff, holds_role, stands_in_for};
pub use visitor::{Account, Assurance, Visitor};

use definitions::text::Language;
use jiff::Timestamp;
use store::{Migration, StoreError, Write};
use ui::words::RoomWords;

/// What this room keeps at the portal.
pub const PORTAL_MIGRATIONS: &[Migration] = &[
    Migration { name: "access_portal_001_accounts", sql: include_str!("../migrations/portal_001_accounts.sql") },
    Migration { name: "access_portal_002_unlinked", sql: include_str!("../migrations/portal_002_unlinked.sql") },
    Migration { name: "access_portal_003_programs", sql: include_str!("../migrations/portal_003_programs.sql") },
];

/// What this room keeps at the desk.
pub const DESK_MIGRATIONS: &[Migration] = &[
    Migration { name: "access_desk_001_staff", sql: include_str!("../migrations/desk_001_staff.sql") },
    Migration { name: "access_desk_002_absences", sql: include_str!("../migrations/desk_002_absences.sql") },
    Migration { name: "access_desk_003_leaving", sql: include_str!("../migrations/desk_003_leaving.sql") },
    Migration { name: "access_desk_004_programs", sql: include_str!("../migrations/desk_004_programs.sql") },
];

/// The words of this room.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../words/ja/access.ftl")),
        (Language::Easy, include_str!("../words/easy/access.ftl")),
        (Language::En, include_str!("../words/en/access.ftl")),
    ]
}

/// Forgets at the portal what ran out: codes, sessions, full buckets. A daily job calls it.
///
/// # Errors
/// When the store fails.
pub fn sweep_portal(tx: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    Ok(accounts::sweep(tx, now)? + sessions::sweep(tx, now)? + throttle::sweep(tx, now)?)
}

/// Forgets at the desk what ran out: sessions and full buckets. Who looked at what stays. A daily job calls it.
///
/// # Errors
/// When the store fails.
pub fn sweep_desk(tx: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    Ok(staff::session::sweep(tx, now)? + throttle::sweep(tx, now)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_of_this_room_are_whole_in_every_language() {
        let src = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        assert_eq!(ui::words::check::problems(crate::words(), &[src], &["access"]), Vec::<String>::new());
    }
}
