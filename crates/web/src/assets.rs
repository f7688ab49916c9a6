//! Style and scripts, by digest: a browser keeps them for ever and asks for new ones when they change.

use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

/// `/assets/DIGEST/NAME`.
pub fn router() -> Router {
    Router::new().route("/assets/{digest}/{name}", get(serve))
}

async fn serve(Path((digest, name)): Path<(String, String)>) -> Response {
    let Some((asset, keep)) = ui::assets::find(&format!("/assets/{digest}/{name}")) else { return StatusCode::NOT_FOUND.into_response() };
    ([(header::CONTENT_TYPE, asset.media_type), (header::CACHE_CONTROL, keep.cache_control())], asset.bytes).into_response()
}
