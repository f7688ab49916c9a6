//! # プログラムの窓口 The API
//!
//! For programs what the pages are for people: the same rules, the same cases. What a program files goes through `cases::filing` as a person's
//! last tap does and lands in the same inbox, as channel `api`.
//!
//! On the residents' side ([`portal_router`]): procedures with the JSON Schema of their answers ([`schema`]), drafts, documents, filing once per
//! `Idempotency-Key`, status, correspondence, and being told what happens ([`webhook`]). At the desk ([`desk_router`]): the page on which programs are issued and
//! revoked, decided cases out to systems behind, and their results in. Who asks is
//! said by a bearer token ([`access::program`]) and never by a cookie; errors are problem details that name each field ([`problem`]); what may
//! be asked is described by `GET /api/openapi.json` and read at `/api`.

// A problem is made once, on a request's way out: boxing it would be noise in every signature.
#![allow(clippy::result_large_err)]

mod answers;
mod ask;
mod body;
mod desk;
mod evaluation;
mod guide;
mod language;
mod openapi;
mod pointer;
mod portal;
mod problem;
mod routes;
mod rows;
mod schema;
pub mod webhook;

use access::{DeskDoor, DeskFace, PortalFace};
use axum::Router;
use definitions::text::Language;
use store::Migration;
use ui::words::RoomWords;

/// What the residents' store keeps for this room.
pub const PORTAL_MIGRATIONS: &[Migration] = &[
    Migration { name: "programs-0001-filed-cases", sql: include_str!("../migrations/portal_001_filed_by_programs.sql") },
    Migration { name: "programs-0002-webhooks", sql: include_str!("../migrations/portal_002_webhooks.sql") },
];

/// What the staff's store keeps for this room.
pub const DESK_MIGRATIONS: &[Migration] =
    &[Migration { name: "programs-0001-results", sql: include_str!("../migrations/desk_001_results.sql") }];

/// The pages of this room in the desk's navigation.
pub const DOORS: &[DeskDoor] =
    &[DeskDoor { word: "desk-programs-title", href: "/desk/programs", open: |staff, _| access::program::may_administer(staff).is_some() }];

/// What programs ask of the residents' side, and the page that says how.
pub fn portal_router() -> Router<PortalFace> {
    routes::router(portal::routes(), "/api/{*elsewhere}")
}

/// The page of programs at the desk.
pub fn desk_router() -> Router<DeskFace> {
    desk::router()
}

/// What this room says.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../words/ja/api.ftl")),
        (Language::Ja, include_str!("../words/ja/desk.ftl")),
        (Language::Easy, include_str!("../words/easy/api.ftl")),
        (Language::En, include_str!("../words/en/api.ftl")),
    ]
}

/// The description, each of its operations, and each route that is mounted: for the test that holds them against each other.
pub mod description {
    pub use crate::openapi::document;

    /// Every operation that is mounted, as `METHOD path`.
    pub fn mounted() -> Vec<String> {
        let (portal, desk) = (crate::portal::routes(), crate::desk::routes());
        let each = |path: &str, methods: &[&str]| methods.iter().map(|method| format!("{method} {path}")).collect::<Vec<_>>();
        let of_portal = portal.iter().flat_map(|route| each(route.path, route.methods));
        of_portal.chain(desk.iter().flat_map(|route| each(route.path, route.methods))).collect()
    }

    /// The schema of a procedure's answers.
    pub fn schema(
        town: &definitions::town::Town,
        language: definitions::text::Language,
        procedure: &definitions::procedure::Procedure,
    ) -> serde_json::Value {
        crate::schema::of(&crate::schema::Speaking { town, language }, procedure)
    }

    /// The examples of the readable page: what they show, and the command.
    pub fn examples() -> Vec<&'static str> {
        crate::guide::EXAMPLES.iter().map(|(_, example)| *example).collect()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_of_this_room_are_whole_in_every_language() {
        let src = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        // The desk's words are Japanese alone.
        let (desk, residents): (Vec<_>, Vec<_>) =
            crate::words().iter().copied().partition(|(_, text)| text.contains("desk-programs-title"));
        assert_eq!(ui::words::check::problems(&residents, &[src], &["api"]), Vec::<String>::new());
        let missing = ui::words::check::problems(&desk, &[src], &["desk-programs"]);
        assert_eq!(missing.into_iter().filter(|problem| problem.starts_with("code says")).collect::<Vec<_>>(), Vec::<String>::new());
    }
}
