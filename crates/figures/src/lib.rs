//! # 統計 Figures
//!
//! What the town can know about its own work: counts, days, shares, where time goes.

pub mod counted;
pub mod counting;
pub mod desk;
pub mod export;
pub mod following;
pub mod log;
pub mod period;
pub mod rows;
pub mod summary;
pub mod telling;
pub mod voice;

use std::sync::Arc;

use access::{DeskDoor, DeskFace, PortalFace};
use axum::Router;
use definitions::text::Language;
use letters::Press;
use store::Migration;
use ui::words::RoomWords;

/// What the residents' store keeps for this room.
pub const PORTAL_MIGRATIONS: &[Migration] =
    &[Migration { name: "figures_portal_001_voices", sql: include_str!("../migrations/portal_001_voices.sql") }];

/// What the staff's store keeps for this room.
pub const DESK_MIGRATIONS: &[Migration] = &[
    Migration { name: "figures_desk_001_counts", sql: include_str!("../migrations/desk_001_counts.sql") },
    Migration { name: "figures_desk_002_told", sql: include_str!("../migrations/desk_002_told.sql") },
    Migration { name: "figures_desk_003_filed", sql: include_str!("../migrations/desk_003_filed.sql") },
];

/// The pages of this room in the desk's navigation.
pub const DOORS: &[DeskDoor] =
    &[DeskDoor { word: "desk-figures-title", href: "/desk/figures", open: |staff, town| desk::home(staff, town).is_some() }];

/// Residents' pages of this room.
pub fn portal_router() -> Router<PortalFace> {
    voice::router()
}

/// Staff's pages of this room.
pub fn desk_router(press: Arc<Press>) -> Router<DeskFace> {
    desk::router(press)
}

/// What this room says.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../words/ja/figures.ftl")),
        (Language::Ja, include_str!("../words/ja/desk.ftl")),
        (Language::Easy, include_str!("../words/easy/figures.ftl")),
        (Language::En, include_str!("../words/en/figures.ftl")),
    ]
}
