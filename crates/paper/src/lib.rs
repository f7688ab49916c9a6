//! # 紙の様式 The paper form
//!
//! A procedure on A4: the same questions as on the screen, with boxes to write in, marks to find them again and a map of every box.

use access::{DeskFace, PortalFace};
use axum::Router;
use definitions::text::Language;
use store::Migration;
use ui::words::RoomWords;

/// What the residents' store keeps for this room.
pub const PORTAL_MIGRATIONS: &[Migration] = &[];

/// What the staff's store keeps for this room.
pub const DESK_MIGRATIONS: &[Migration] = &[];

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
        (Language::Ja, include_str!("../words/ja/paper.ftl")),
        (Language::Easy, include_str!("../words/easy/paper.ftl")),
        (Language::En, include_str!("../words/en/paper.ftl")),
    ]
}
