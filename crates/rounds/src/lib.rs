//! # 一斉受付・選考 Rounds
//!
//! Cases that close on one day are scored, allocated by ranked wishes, reviewed, decided in one go and announced on one day.
//!
//! The heart is pure: [`allocation`] gives places by wishes and standing, [`lots`] breaks the last ties in a way that anybody can reckon again,
//! [`waiting`] says to whom a place goes that became free later, [`later`] is how it gets there, [`lottery`] how the lots are drawn in the open. What a town says of a round, and how points come of answers, is
//! [`definitions::round`]. Around it stand what is kept of a round ([`mod@round`], [`rows`]), what staff do with it ([`verbs`]), and what a family is
//! told on the day ([`result`]).

pub mod allocation;
mod desk;
pub mod later;
pub mod lots;
pub mod lottery;
mod portal;
pub mod result;
pub mod round;
pub mod rows;
pub mod verbs;
pub mod waiting;

use std::sync::Arc;

use access::{Clock, DeskDoor, TownHandle};
use definitions::text::Language;
use store::{Migration, hatch::Receiver, keys::Keys};
use ui::words::RoomWords;

pub use desk::router as desk_router;
pub use portal::router as portal_router;

/// What the residents' store keeps for this room.
pub const PORTAL_MIGRATIONS: &[Migration] = &[
    Migration { name: "rounds-0001-results", sql: include_str!("../migrations/portal_001_results.sql") },
    Migration { name: "rounds-0002-later", sql: include_str!("../migrations/portal_002_later.sql") },
];

/// What the staff's store keeps for this room.
pub const DESK_MIGRATIONS: &[Migration] = &[
    Migration { name: "rounds-0001-rounds", sql: include_str!("../migrations/desk_001_rounds.sql") },
    Migration { name: "rounds-0002-later", sql: include_str!("../migrations/desk_002_later.sql") },
    Migration { name: "rounds-0003-ranks", sql: include_str!("../migrations/desk_003_ranks.sql") },
];

/// What the residents' store does with parcels of this room.
pub fn portal_receivers(keys: &Arc<Keys>) -> Vec<Arc<dyn Receiver>> {
    vec![
        Arc::new(result::PortalReceiver { keys: Arc::clone(keys) }),
        Arc::new(later::parcels::OfferReceiver { keys: Arc::clone(keys) }),
        Arc::new(lottery::PublicReceiver { keys: Arc::clone(keys) }),
    ]
}

/// What the staff's store does with parcels of this room.
pub fn desk_receivers(town: &TownHandle, keys: &Arc<Keys>, clock: &Clock) -> Vec<Arc<dyn Receiver>> {
    vec![Arc::new(later::parcels::AnswerReceiver { town: town.clone(), keys: Arc::clone(keys), clock: clock.clone() })]
}

/// The pages of this room in the desk's navigation.
pub const DOORS: &[DeskDoor] = &[desk::DOOR];

/// What this room says.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../words/ja/rounds.ftl")),
        (Language::Ja, include_str!("../words/ja/desk.ftl")),
        (Language::Easy, include_str!("../words/easy/rounds.ftl")),
        (Language::En, include_str!("../words/en/rounds.ftl")),
    ]
}
