//! The tables of all rooms, in the order of the rooms.

use store::Migration;

/// Residents' side.
pub fn portal() -> Vec<Migration> {
    [
        access::PORTAL_MIGRATIONS,
        registry::PORTAL_MIGRATIONS,
        letters::PORTAL_MIGRATIONS,
        paper::PORTAL_MIGRATIONS,
        messages::PORTAL_MIGRATIONS,
        cases::PORTAL_MIGRATIONS,
        rounds::PORTAL_MIGRATIONS,
        exchange::PORTAL_MIGRATIONS,
        figures::PORTAL_MIGRATIONS,
        api::PORTAL_MIGRATIONS,
        revisions::PORTAL_MIGRATIONS,
    ]
    .concat()
}

/// Staff's side.
pub fn desk() -> Vec<Migration> {
    [
        access::DESK_MIGRATIONS,
        registry::DESK_MIGRATIONS,
        letters::DESK_MIGRATIONS,
        paper::DESK_MIGRATIONS,
        cases::DESK_MIGRATIONS,
        rounds::DESK_MIGRATIONS,
        exchange::DESK_MIGRATIONS,
        figures::DESK_MIGRATIONS,
        api::DESK_MIGRATIONS,
        revisions::DESK_MIGRATIONS,
    ]
    .concat()
}
