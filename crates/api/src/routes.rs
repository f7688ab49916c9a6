//! How routes are mounted: each with the methods that the description knows, and problems in place of bare errors.

use axum::{Router, routing::MethodRouter};

use crate::{
    ask::{Ask, OpenToPrograms},
    problem,
};

/// A route with its methods.
pub(crate) struct Mounted<F> {
    /// Its path, as axum and OpenAPI both write it.
    pub(crate) path: &'static str,
    /// Its methods, in lower case.
    pub(crate) methods: &'static [&'static str],
    handler: MethodRouter<F>,
}

impl<F: OpenToPrograms> Mounted<F> {
    pub(crate) fn new(path: &'static str, methods: &'static [&'static str], handler: MethodRouter<F>) -> Mounted<F> {
        Mounted { path, methods, handler }
    }
}

/// The router of a face's routes. What lies below `elsewhere` and is none of them is a problem too, and no page.
pub(crate) fn router<F: OpenToPrograms>(routes: Vec<Mounted<F>>, elsewhere: &str) -> Router<F> {
    let mut router = Router::new();
    for route in routes {
        router = router.route(route.path, route.handler.fallback(no_such_method::<F>));
    }
    router.route(elsewhere, axum::routing::any(nowhere::<F>))
}

async fn no_such_method<F: OpenToPrograms>(ask: Ask<F>) -> axum::response::Response {
    ask.answer(Err(problem::METHOD.into()))
}

async fn nowhere<F: OpenToPrograms>(ask: Ask<F>) -> axum::response::Response {
    ask.answer(Err(problem::NOT_FOUND.into()))
}
