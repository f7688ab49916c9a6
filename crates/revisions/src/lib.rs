//! # 定義の改訂 Revisions
//!
//! A town's procedures, rewritten at the desk. A [`revision`] holds the changed texts of one procedure; it is tried while it is written (the
//! residents' own pages in the frame of a telephone, the examples at each change), looked at by a second person, and in force from its day on.
//! What was published is a [`layer`] over the town's own folder; what it changed is never lost: every revision stays, and any of them can be
//! brought back as a new one.
//!
//! [`texts`] knows which files make a procedure and what differs; [`spot`] and [`reshape`] write into them where they stand; [`verbs`] knows what
//! may be done with a revision; [`preview`] shows a procedure that nobody can file yet, at the desk and for `yakuba preview`.

pub mod layer;
pub mod preview;
pub mod reshape;
pub mod revision;
mod rows;
pub mod spot;
pub mod steps;
pub mod texts;
pub mod verbs;

mod desk;

use access::{Act, DeskDoor, DeskFace, PortalFace, RecordKind};
use axum::Router;
use definitions::text::Language;
use store::Migration;
use ui::words::RoomWords;

pub use desk::Workshop;
pub use rows::{by_id, events, files, in_force, of_procedure, open, open_of};

/// What the residents' store keeps for this room.
pub const PORTAL_MIGRATIONS: &[Migration] = &[
    Migration { name: "revisions-0001-layer", sql: include_str!("../migrations/portal_001_layer.sql") },
    Migration { name: "revisions-0002-let-go", sql: include_str!("../migrations/portal_002_let_go.sql") },
];

/// What the staff's store keeps for this room.
pub const DESK_MIGRATIONS: &[Migration] =
    &[Migration { name: "revisions-0001-revisions", sql: include_str!("../migrations/desk_001_revisions.sql") }];

/// The pages of this room in the desk's navigation.
pub const DOORS: &[DeskDoor] = &[DeskDoor {
    word: "desk-revisions-title",
    href: "/desk/revisions",
    open: |staff, _| {
        access::grants::may_ever(staff, Act::Work, RecordKind::Definition)
            || access::grants::may_ever(staff, Act::Decide, RecordKind::Definition)
    },
}];

/// Residents' pages of this room: none.
pub fn portal_router() -> Router<PortalFace> {
    Router::new()
}

/// Staff's pages of this room.
pub fn desk_router(workshop: Workshop) -> Router<DeskFace> {
    desk::router(workshop)
}

/// What this room says.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../words/ja/revisions.ftl")),
        (Language::Ja, include_str!("../words/ja/desk.ftl")),
        (Language::Easy, include_str!("../words/easy/revisions.ftl")),
        (Language::En, include_str!("../words/en/revisions.ftl")),
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_of_this_room_are_whole() {
        let src = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        // Staff's words are Japanese alone.
        let found = ui::words::check::problems(crate::words(), &[src], &["desk-revisions"]);
        let found: Vec<&String> = found.iter().filter(|line| !line.starts_with("easy: ") && !line.starts_with("en: ")).collect();
        assert_eq!(found, Vec::<&String>::new());
    }
}
