//! Staff's side: the page of programs, and what systems behind ask.

mod decided;
mod programs;
mod results;

use access::DeskFace;
use axum::{
    Router,
    routing::{get, post},
};

use crate::routes::{self, Mounted};

/// What systems behind ask, with what the description calls it.
pub(crate) fn routes() -> Vec<Mounted<DeskFace>> {
    vec![
        Mounted::new("/desk/api/v1/decided", &["get"], get(decided::list)),
        Mounted::new("/desk/api/v1/cases/{number}/results", &["post"], post(results::bring)),
    ]
}

pub(crate) fn router() -> Router<DeskFace> {
    routes::router(routes(), "/desk/api/{*elsewhere}")
        .route("/desk/programs", get(programs::show).post(programs::issue))
        .route("/desk/programs/{program}/revoke", get(programs::ask_revoke).post(programs::revoke))
}
