//! # 連携 Exchange
//!
//! What goes out to the systems behind and comes in from them, and from other portals, by mapping and without retyping. A *mapping*
//! (`mappings/<id>.yaml`, [`definitions::mapping`]) says once in which order and which codes a system wants its lines, and what follows from
//! the lines that it gives back. It takes the place of the robots that type through screens.
//!
//! Out: decided cases leave in numbered batches, each case once ([`batch`]). In: a file is looked at, then taken, a line at a time
//! ([`import`], [`taking`]). From elsewhere: packages of another e-application service become cases like all others ([`intake`]). All files
//! are read and written line by line ([`file`]); what cannot be is told with line and column ([`problem`]).
//!
//! Who does it is asked at each step ([`office`]): staff by their grants, or whoever holds the town's keys at the terminal.

pub mod batch;
mod desk;
pub mod file;
pub mod import;
pub mod intake;
pub mod office;
mod pieces;
pub mod problem;
mod rows;
pub mod taking;
pub mod work;

use access::{DeskDoor, DeskFace, PortalFace};
use axum::Router;
use definitions::text::Language;
use store::{Migration, StoreError, Write};
use ui::words::RoomWords;

/// What the residents' store keeps for this room.
pub const PORTAL_MIGRATIONS: &[Migration] = &[];

/// What the staff's store keeps for this room.
pub const DESK_MIGRATIONS: &[Migration] = &[
    Migration { name: "exchange-0001-exchange", sql: include_str!("../migrations/desk_001_exchange.sql") },
    Migration { name: "exchange-0002-newest", sql: include_str!("../migrations/desk_002_newest.sql") },
];

/// The pages of this room in the desk's navigation.
pub const DOORS: &[DeskDoor] = &[DeskDoor { word: "desk-exchange-title", href: "/desk/exchange", open: desk::is_for }];

/// Residents' pages of this room.
pub fn portal_router() -> Router<PortalFace> {
    Router::new()
}

/// Staff's pages of this room.
pub fn desk_router() -> Router<DeskFace> {
    desk::router()
}

/// What this room says.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../words/ja/exchange.ftl")),
        (Language::Ja, include_str!("../words/ja/desk.ftl")),
        (Language::Easy, include_str!("../words/easy/exchange.ftl")),
        (Language::En, include_str!("../words/en/exchange.ftl")),
    ]
}

/// Throws away pieces of files whose upload was cut off more than a day ago, and of those that nobody took within thirty days; a daily job
/// calls it.
///
/// # Errors
/// When the store fails.
pub fn sweep(tx: &Write<'_>, now: jiff::Timestamp) -> Result<u64, StoreError> {
    pieces::sweep(tx, now)
}
