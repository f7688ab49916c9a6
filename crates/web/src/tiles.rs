//! 地図の画像: the town hall fetches the pictures of the town's map and hands them on, so that no page asks another house and no other house
//! learns who looks where. What was fetched is kept for a while: everybody looks at the same streets.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use definitions::place::TownMap;
use hashlink::LruCache;
use http_body_util::Full;
use outbound::{Target, Unreached};
use tokio::sync::Semaphore;

/// How many pictures are kept: some 5 MB, the streets around a town hall at three zooms.
const KEPT: usize = 256;
/// The largest picture that is taken.
const PICTURE_BYTES_MAX: usize = 512 * 1024;
/// How many are fetched at once: a house that gives maps away is not to be stormed.
const AT_ONCE: usize = 4;
/// How many more wait; who comes then is told to come again.
const WAITING_MAX: usize = 64;
/// A street does not move within a week.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=604800");

/// The map that a town has now, if any.
pub type MapNow = Arc<dyn Fn() -> Option<TownMap> + Send + Sync>;

type Picture = (HeaderValue, Bytes);

#[derive(Clone)]
struct Tiles {
    map: MapNow,
    kept: Arc<Mutex<LruCache<String, Picture>>>,
    fetching: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

/// `/map/ZOOM/COLUMN/ROW`, as maps of the web count them.
pub fn router(map: MapNow) -> Router {
    let tiles = Tiles {
        map,
        kept: Arc::new(Mutex::new(LruCache::new(KEPT))),
        fetching: Arc::new(Semaphore::new(AT_ONCE)),
        waiting: Arc::new(Semaphore::new(AT_ONCE + WAITING_MAX)),
    };
    Router::new().route(&format!("{}/{{zoom}}/{{x}}/{{y}}", ui::field::place::MAP), get(tile)).with_state(tiles)
}

async fn tile(State(tiles): State<Tiles>, Path((zoom, x, y)): Path<(u8, u32, u32)>) -> Response {
    let Some(url) = (tiles.map)().and_then(|map| map.tile(zoom, x, y)) else { return StatusCode::NOT_FOUND.into_response() };
    if let Some(picture) = tiles.known(&url) {
        return shown(picture);
    }
    let Ok(_place) = tiles.waiting.try_acquire() else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    // The semaphore is never closed; if it were, nothing is fetched.
    let Ok(_turn) = tiles.fetching.acquire().await else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    if let Some(picture) = tiles.known(&url) {
        return shown(picture);
    }
    match fetch(&url).await {
        Ok(Some(picture)) => {
            tiles.keep(url, picture.clone());
            shown(picture)
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::info!(%error, "a picture of the map could not be had");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

impl Tiles {
    fn known(&self, url: &str) -> Option<Picture> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned()
    }

    fn keep(&self, url: String, picture: Picture) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(url, picture);
    }
}

fn shown((media, bytes): Picture) -> Response {
    ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, KEEP)], bytes).into_response()
}

/// Nothing where the house has no such picture, or what it has is none.
async fn fetch(url: &str) -> Result<Option<Picture>, Unreached> {
    let Some(target) = Target::read(url, true) else { return Ok(None) };
    let Ok(request) = Request::builder().uri(target.path()).body(Full::new(Bytes::new())) else { return Ok(None) };
    let answered = outbound::ask(&target, request, PICTURE_BYTES_MAX).await?;
    Ok(media(&answered.body).filter(|_| answered.status == StatusCode::OK).map(|media| (HeaderValue::from_static(media), answered.body)))
}

/// What a picture is by its first bytes; drawings that could run something are not among them.
fn media(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}
