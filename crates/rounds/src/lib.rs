//! # 一斉受付・選考 Rounds
//!
//! Cases that close on one day are scored, allocated by ranked wishes, reviewed, decided in one go and announced on one day.
//!
//! The heart is pure: [`allocation`] gives places by wishes and standing, [`lots`] breaks the last ties in a way that anybody can reckon again,
//! [`waiting`] says to whom a place goes that became free later.

pub mod allocation;
pub mod lots;
pub mod waiting;

use access::{DeskDoor, DeskFace, PortalFace};
use axum::Router;
use definitions::text::Language;
use store::Migration;
use ui::words::RoomWords;

/// What the residents' store keeps for this room.
pub const PORTAL_MIGRATIONS: &[Migration] = &[];

/// What the staff's store keeps for this room.
pub const DESK_MIGRATIONS: &[Migration] = &[];

/// The pages of this room in the desk's navigation.
pub const DOORS: &[DeskDoor] = &[];

/// Residents' pages of this room.
pub fn portal_router() -> Router<PortalFace> {
    Router::new()
}

/// Staff's pages of this room.
pub fn desk_router() -> Router<DeskFace> {
    Router::new()
}

/// What this room says.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../words/ja/rounds.ftl")),
        (Language::Easy, include_str!("../words/easy/rounds.ftl")),
        (Language::En, include_str!("../words/en/rounds.ftl")),
    ]
}
