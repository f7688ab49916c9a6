//! The tables of all rooms, in the order of the rooms.

use store::Migration;

/// Residents' side.
pub fn portal() -> Vec<Migration> {
    [
        access::PORTAL_MIGRATIONS,
        registry::PORTAL_MIGRATIONS,
        letters::PORTAL_MIGRATIONS,
        messages::PORTAL_MIGRATIONS,
        cases::PORTAL_MIGRATIONS,
    ]
    .concat()
}

/// Staff's side.
pub fn desk() -> Vec<Migration> {
    [access::DESK_MIGRATIONS, registry::DESK_MIGRATIONS, letters::DESK_MIGRATIONS, cases::DESK_MIGRATIONS].concat()
}
