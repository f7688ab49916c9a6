//! Towns by host name: one node may serve many. A node with one town serves it under every name, so that a village needs no name at all.

use std::{collections::HashMap, convert::Infallible, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use tower::{ServiceExt, service_fn};

/// The towns of this node.
#[derive(Clone, Default)]
pub struct Towns {
    by_host: HashMap<String, Router>,
    only: Option<Router>,
}

impl Towns {
    /// One town under every name.
    pub fn one(town: Router) -> Towns {
        Towns { by_host: HashMap::new(), only: Some(town) }
    }

    /// One more town under these names.
    pub fn and(mut self, hosts: impl IntoIterator<Item = String>, town: Router) -> Towns {
        self.by_host.extend(hosts.into_iter().map(|host| (host.to_ascii_lowercase(), town.clone())));
        self
    }

    /// The router that looks at the host name first.
    pub fn router(self) -> Router {
        if let (Some(only), true) = (&self.only, self.by_host.is_empty()) {
            return only.clone();
        }
        let towns = Arc::new(self);
        Router::new().fallback_service(service_fn(move |request: Request| {
            let towns = Arc::clone(&towns);
            async move { Ok::<Response, Infallible>(towns.answer(request).await) }
        }))
    }

    async fn answer(&self, request: Request<Body>) -> Response {
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        match self.by_host.get(&name).or(self.only.as_ref()) {
            Some(town) => match town.clone().oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
            // Who watches the process asks by its address, which is no town's name.
            None if request.uri().path() == "/healthz" => "ok\n".into_response(),
            None => (StatusCode::MISDIRECTED_REQUEST, "no town of this name here\n").into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;

    use super::*;

    async fn asked(towns: Towns, host: &str) -> (StatusCode, String) {
        asked_for(towns, host, "/").await
    }

    async fn asked_for(towns: Towns, host: &str, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).header("host", host).body(Body::empty()).unwrap();
        let response = towns.router().oneshot(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    fn town(name: &'static str) -> Router {
        Router::new().route("/", get(move || async move { name }))
    }

    #[tokio::test]
    async fn each_town_answers_under_its_own_name_and_a_stranger_gets_none() {
        let towns = Towns::default().and(["mihon.example".to_owned()], town("見本市")).and(["tonari.example".to_owned()], town("隣町"));
        assert_eq!(asked(towns.clone(), "MIHON.example:443").await.1, "見本市");
        assert_eq!(asked(towns.clone(), "tonari.example").await.1, "隣町");
        assert_eq!(asked(towns.clone(), "evil.example").await.0, StatusCode::MISDIRECTED_REQUEST);
        assert_eq!(asked_for(towns, "127.0.0.1:8080", "/healthz").await, (StatusCode::OK, "ok\n".to_owned()));
    }

    #[tokio::test]
    async fn a_village_alone_answers_under_every_name() {
        assert_eq!(asked(Towns::one(town("村")), "192.0.2.1").await.1, "村");
    }
}
