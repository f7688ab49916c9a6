//! # 玄関 The server
//!
//! Where requests come in. It knows towns by host name, faces by address (`/desk` is staff's, all else residents'), and what belongs
//! around every answer: security headers, limits, a line in the log that names no person. It knows no rules: each room mounts its own
//! pages on the face that it is given.

pub mod assets;
pub mod headers;
pub mod health;
pub mod log;
pub mod serve;
pub mod tiles;
pub mod towns;

use axum::{Router, middleware};
use store::{Desk, Portal};

pub use serve::{Listening, serve};
pub use towns::Towns;

/// One town's doors: the faces that this node opens.
pub struct Doors {
    /// Residents' pages, with their state already given.
    pub portal: Option<Router>,
    /// Staff's pages, likewise.
    pub desk: Option<Router>,
    /// What health asks.
    pub health: health::Health,
    /// The map of the town.
    pub map: tiles::MapNow,
    /// Whether people reach it over https.
    pub https: bool,
}

/// The stores behind a town's doors.
#[derive(Clone, Default)]
pub struct Stores {
    /// Residents' store.
    pub portal: Option<Portal>,
    /// Staff's store.
    pub desk: Option<Desk>,
}

/// All routes of one town with what belongs around them.
pub fn town(doors: Doors) -> Router {
    let Doors { portal, desk, health, map, https } = doors;
    let mut routes = Router::new().merge(health::router(health)).merge(assets::router()).merge(tiles::router(map));
    for face in [desk, portal].into_iter().flatten() {
        routes = routes.merge(face);
    }
    routes.layer(middleware::from_fn(move |request, next| headers::add(https, request, next))).layer(middleware::from_fn(log::line))
}
