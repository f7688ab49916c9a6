//! One sending: what is told, signed, to where the receiver is.

use axum::http::{Method, Request, StatusCode, header};
use http_body_util::Full;
use hyper::body::Bytes;
use outbound::{Target, Unreached};

/// What is told, signed.
pub(super) struct Letter {
    pub(super) id: String,
    pub(super) seconds: i64,
    pub(super) signature: String,
    pub(super) body: String,
}

/// Why it was not delivered, for the program and the log: no body of the receiver's, which may hold anything.
#[derive(Debug)]
pub(super) enum Undelivered {
    /// The receiver is gone for good (410 Gone).
    Gone,
    Failed(String),
}

impl From<String> for Undelivered {
    fn from(why: String) -> Undelivered {
        Undelivered::Failed(why)
    }
}

/// Sends one letter on the calling thread.
pub(super) fn send(target: &Target, letter: &Letter) -> Result<(), Undelivered> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let request = Request::builder()
        .method(Method::POST)
        .uri(target.path())
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", &letter.id)
        .header("webhook-timestamp", letter.seconds.to_string())
        .header("webhook-signature", &letter.signature)
        .body(Full::new(Bytes::from(letter.body.clone())))
        .map_err(|_| "no request".to_owned())?;
    // What the receiver says beyond its status is not read.
    let answered = runtime.block_on(outbound::ask(target, request, 0)).map_err(|why: Unreached| why.to_string())?;
    match answered.status {
        status if status.is_success() => Ok(()),
        StatusCode::GONE => Err(Undelivered::Gone),
        status => Err(format!("answered {}", status.as_u16()).into()),
    }
}
