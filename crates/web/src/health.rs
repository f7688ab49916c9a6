//! `/healthz`: the process lives. `/readyz`: it can read its stores and its definitions are loaded.

use std::sync::Arc;

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde_json::{Value, json};
use store::{StoreError, params};

use crate::Stores;

/// What readiness asks.
#[derive(Clone)]
pub struct Health {
    /// The stores to ask.
    pub stores: Stores,
    /// Why a newer version of the town's folder was not taken, if so. The town serves on with the older one, so it stays ready.
    pub definitions: Arc<dyn Fn() -> Option<String> + Send + Sync>,
}

/// Both routes.
pub fn router(health: Health) -> Router {
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready)).with_state(health)
}

async fn ready(State(health): State<Health>) -> (StatusCode, Json<Value>) {
    let mut ready = true;
    let mut told = serde_json::Map::new();
    if let Some(portal) = &health.stores.portal {
        let answers = portal.reading(|tx| tx.first("select 1", params![]).map(drop)).await;
        told.insert("portal".to_owned(), said(&answers, &mut ready));
    }
    if let Some(desk) = &health.stores.desk {
        let answers = desk.reading(|tx| tx.first("select 1", params![]).map(drop)).await;
        told.insert("desk".to_owned(), said(&answers, &mut ready));
    }
    let definitions = if (health.definitions)().is_some() { "an older version: the newest has mistakes" } else { "ok" };
    told.insert("definitions".to_owned(), json!(definitions));
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(Value::Object(told)))
}

fn said(answer: &Result<(), StoreError>, ready: &mut bool) -> Value {
    match answer {
        Ok(()) => json!("ok"),
        Err(error) => {
            *ready = false;
            tracing::warn!(%error, "a store is not ready");
            json!("unreachable")
        }
    }
}
