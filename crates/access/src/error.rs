//! What a handler answers when it cannot do what was asked. The person reads what happened, what is kept and what to do, in their
//! language, ending with a way to a human; the log gets the chain of causes, never what anyone typed.

use std::{borrow::Cow, error::Error, sync::Arc, time::Duration};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use store::StoreError;

use crate::{
    throttle::Wait,
    token::{NoChance, hex},
};

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// It is not there, or this person may not know that it is.
    #[error("not found")]
    NotFound,
    /// This person may see it, and may not do that.
    #[error("not granted")]
    Refused,
    /// Staff must sign in first, or again.
    #[error("not signed in")]
    SignedOut,
    /// Residents must sign in first.
    #[error("no account")]
    NoAccount,
    /// The form does not carry this session's token: an old page, or someone else's.
    #[error("the form's token is not the session's")]
    Stale,
    /// What came in is no form that our pages send.
    #[error("bad input: {0}")]
    BadInput(&'static str),
    /// More came in than a page may hold.
    #[error("too much input")]
    TooLarge,
    /// Tried too often.
    #[error("tried too often; again in {} s", .0.0.as_secs())]
    TooMany(Wait),
    /// More is going on than the town hall can take at this moment.
    #[error("busy")]
    Busy,
    /// Something that has its own words: a status, and the id of a message whose `.title` is the heading.
    #[error("{id}")]
    Say {
        /// The HTTP status.
        status: StatusCode,
        /// The message that says what happened and what to do.
        id: &'static str,
        /// What is put into the message.
        args: Vec<(&'static str, String)>,
    },
    /// Our own fault.
    #[error("internal")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}

impl PageError {
    /// Our own fault, with its cause for the log.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> PageError {
        PageError::Internal(cause.into())
    }

    /// A status and a message.
    pub fn say(status: StatusCode, id: &'static str) -> PageError {
        PageError::Say { status, id, args: Vec::new() }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            PageError::NotFound => StatusCode::NOT_FOUND,
            PageError::Refused | PageError::Stale => StatusCode::FORBIDDEN,
            PageError::SignedOut | PageError::NoAccount => StatusCode::UNAUTHORIZED,
            PageError::BadInput(_) => StatusCode::BAD_REQUEST,
            PageError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            PageError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            PageError::Busy => StatusCode::SERVICE_UNAVAILABLE,
            PageError::Say { status, .. } => *status,
            PageError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The id of the words that say it.
    pub fn words(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            PageError::NotFound => "access-error-not-found",
            PageError::Refused => "access-error-refused",
            PageError::SignedOut | PageError::NoAccount => "access-error-signed-out",
            PageError::Stale => "access-error-stale",
            PageError::BadInput(_) => "access-error-bad-input",
            PageError::TooLarge => "access-error-too-large",
            PageError::TooMany(_) => "access-error-too-many",
            PageError::Busy => "access-error-busy",
            PageError::Say { id, .. } => id,
            PageError::Internal(_) => "access-error-internal",
        })
    }

    /// After how long it is worth trying again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            PageError::TooMany(Wait(wait)) => Some((*wait).max(Duration::from_secs(1))),
            PageError::Busy => Some(Duration::from_secs(5)),
            _ => None,
        }
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> PageError {
        match error {
            busy if busy.is_busy() => PageError::Busy,
            // A full disk keeps the page and what was typed; staff hear of it in the log.
            StoreError::DiskFull | StoreError::ReadOnly => {
                tracing::error!(error = %error, "the store cannot be written");
                PageError::Busy
            }
            StoreError::Unstorable(what) => PageError::BadInput(what),
            other => PageError::internal(other),
        }
    }
}

impl From<NoChance> for PageError {
    fn from(error: NoChance) -> PageError {
        PageError::internal(error)
    }
}

/// An error on its way to the layer that makes a page of it.
#[derive(Clone)]
pub(crate) struct Failed {
    pub(crate) error: Arc<PageError>,
    pub(crate) reference: Option<String>,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let reference = match &self {
            PageError::Internal(cause) => Some(log(cause.as_ref())),
            _ => None,
        };
        let mut response = (self.status(), format!("{}\n", self.words())).into_response();
        if let Some(wait) = self.retry_after()
            && let Ok(seconds) = HeaderValue::from_str(&wait.as_secs().to_string())
        {
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.extensions_mut().insert(Failed { error: Arc::new(self), reference });
        response
    }
}

/// Logs the chain once and gives the reference by which a person on the telephone can name it.
fn log(cause: &(dyn Error + Send + Sync + 'static)) -> String {
    let mut bytes = [0; 4];
    // Without chance the reference is 00000000: still better than no page.
    let _ = getrandom::fill(&mut bytes);
    let reference = hex(&bytes);
    let mut chain = vec![cause.to_string()];
    let mut below = cause.source();
    while let Some(error) = below {
        chain.push(error.to_string());
        below = error.source();
    }
    tracing::error!(%reference, chain = chain.join(": "), "a page failed");
    reference
}
