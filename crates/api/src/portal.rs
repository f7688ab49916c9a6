//! The residents' side for programs: procedures, drafts, documents, filing, status, correspondence.

mod cases_;
mod correspondence;
mod documents;
mod drafts;
mod file;
mod pieces;
mod procedures;

use access::PortalFace;
use axum::routing::{delete, get, patch, post, put};

pub(crate) use cases_::of_news;

use crate::{guide, openapi, routes::Mounted, webhook};

/// Every route, with what the description calls it. The description is held against this list by a test.
pub(crate) fn routes() -> Vec<Mounted<PortalFace>> {
    let mut routes = vec![
        Mounted::new("/api", &["get"], get(guide::show)),
        Mounted::new("/api/openapi.json", &["get"], get(openapi::show)),
        Mounted::new("/api/v1/procedures", &["get"], get(procedures::list)),
        Mounted::new("/api/v1/procedures/{procedure}", &["get"], get(procedures::show)),
        Mounted::new("/api/v1/procedures/{procedure}/evaluate", &["post"], post(procedures::evaluate)),
        Mounted::new("/api/v1/drafts", &["post"], post(drafts::begin)),
        Mounted::new("/api/v1/drafts/{draft}", &["get", "delete"], get(drafts::show).merge(delete(drafts::discard))),
        Mounted::new("/api/v1/drafts/{draft}/answers", &["put"], put(drafts::put_answers)),
        Mounted::new("/api/v1/drafts/{draft}/documents/{field}", &["post"], post(documents::add)),
        Mounted::new("/api/v1/drafts/{draft}/documents/{field}/{file}", &["delete"], delete(documents::remove)),
        Mounted::new("/api/v1/drafts/{draft}/uploads/{field}", &["post"], post(pieces::open)),
        Mounted::new(
            "/api/v1/drafts/{draft}/uploads/{field}/{upload}",
            &["get", "patch", "delete"],
            get(pieces::ask).merge(patch(pieces::append)).merge(delete(pieces::discard)),
        ),
        Mounted::new("/api/v1/cases", &["post"], post(file::file)),
        Mounted::new("/api/v1/cases/{number}", &["get"], get(cases_::show)),
        Mounted::new("/api/v1/cases/{number}/messages", &["get", "post"], get(correspondence::read).merge(post(correspondence::write))),
        Mounted::new("/api/v1/cases/{number}/correction", &["post"], post(correspondence::correct)),
        Mounted::new("/api/v1/cases/{number}/withdrawal", &["post"], post(correspondence::withdraw)),
    ];
    routes.extend(webhook::portal_routes());
    routes
}
