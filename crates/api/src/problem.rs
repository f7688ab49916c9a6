//! Errors as problem details (RFC 9457): what happened, in the language asked for, and each wrong field by its JSON pointer.

use std::time::Duration;

use access::PageError;
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use cases::FilingRefused;
use serde_json::{Value, json};
use store::StoreError;
use ui::parts::Say;

/// The media type of a problem.
pub(crate) const MEDIA: &str = "application/problem+json";

/// One kind of problem: its status and its name, which is the end of its `type` and of its words `api-problem-NAME`. The page `/api` lists
/// them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) status: StatusCode,
    pub(crate) name: &'static str,
    /// The title and the sentence behind it.
    pub(crate) words: [&'static str; 2],
}

macro_rules! kinds {
    ($($ident:ident = $status:ident $name:literal;)*) => {
        $(pub(crate) const $ident: Kind = Kind {
            status: StatusCode::$status,
            name: $name,
            words: [concat!("api-problem-", $name, "-title"), concat!("api-problem-", $name)],
        };)*
        /// All kinds, as the readable page lists them.
        pub(crate) const ALL: &[Kind] = &[$($ident),*];
    };
}

kinds! {
    MALFORMED = BAD_REQUEST "malformed";
    KEY_MISSING = BAD_REQUEST "key-missing";
    NO_TOKEN = UNAUTHORIZED "no-token";
    INVALID_TOKEN = UNAUTHORIZED "invalid-token";
    SCOPE = FORBIDDEN "insufficient-scope";
    OUT_OF_BOUNDS = FORBIDDEN "out-of-bounds";
    NOT_SURE = FORBIDDEN "not-known-surely";
    NOT_FOUND = NOT_FOUND "not-found";
    METHOD = METHOD_NOT_ALLOWED "method-not-allowed";
    NOT_OFFERED = CONFLICT "not-offered";
    ALREADY_FILED = CONFLICT "already-filed";
    CLOSED = CONFLICT "closed";
    CHANGED = CONFLICT "definition-changed";
    SAVED_MEANWHILE = CONFLICT "saved-meanwhile";
    NOT_NOW = CONFLICT "not-now";
    UPLOAD_ELSEWHERE = CONFLICT "upload-elsewhere";
    TOO_LARGE = PAYLOAD_TOO_LARGE "too-large";
    MEDIA_TYPE = UNSUPPORTED_MEDIA_TYPE "unsupported-media";
    ANSWERS = UNPROCESSABLE_ENTITY "invalid-answers";
    INVALID = UNPROCESSABLE_ENTITY "invalid-body";
    KEY_REUSED = UNPROCESSABLE_ENTITY "key-reused";
    DOCUMENT = UNPROCESSABLE_ENTITY "document-refused";
    TOO_MANY = TOO_MANY_REQUESTS "too-many";
    INTERNAL = INTERNAL_SERVER_ERROR "internal";
    BUSY = SERVICE_UNAVAILABLE "busy";
}

/// What is wrong in one place of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// Where, as a JSON pointer into the body.
    pub(crate) pointer: String,
    /// What, as a code that stays: the id of the words, or `rule:ID`.
    pub(crate) code: String,
    /// What, in words.
    pub(crate) detail: String,
}

impl Wrong {
    pub(crate) fn json(&self) -> Value {
        json!({ "pointer": self.pointer, "code": self.code, "detail": self.detail })
    }
}

/// A problem on its way out.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) kind: Kind,
    /// In place of the kind's own sentence: the reason that a definition gives.
    pub(crate) detail: Option<String>,
    /// Each wrong field.
    pub(crate) errors: Vec<Wrong>,
    /// Further members.
    pub(crate) more: Vec<(&'static str, Value)>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) challenge: Option<String>,
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Problem {
        Problem { kind, detail: None, errors: Vec::new(), more: Vec::new(), retry_after: None, challenge: None }
    }
}

impl Problem {
    pub(crate) fn wrong(kind: Kind, errors: Vec<Wrong>) -> Problem {
        Problem { errors, ..kind.into() }
    }

    pub(crate) fn detail(mut self, detail: String) -> Problem {
        self.detail = Some(detail);
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Problem {
        self.more.push((name, value.into()));
        self
    }

    /// Its answer, in the language of `say`.
    pub(crate) fn answer(self, say: Say<'_>) -> Response {
        let [title, detail] = self.kind.words.map(|id| say.text(id, &[]));
        let mut body = json!({
            "type": format!("/api#problem-{}", self.kind.name),
            "title": title,
            "status": self.kind.status.as_u16(),
            "detail": self.detail.unwrap_or(detail),
        });
        if !self.errors.is_empty() {
            body["errors"] = self.errors.iter().map(Wrong::json).collect();
        }
        for (name, value) in self.more {
            body[name] = value;
        }
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.kind.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(say.language.tag()));
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        if let Some(challenge) = self.challenge.and_then(|challenge| HeaderValue::from_str(&challenge).ok()) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        PageError::from(error).into()
    }
}

impl From<PageError> for Problem {
    fn from(error: PageError) -> Problem {
        let retry_after = error.retry_after();
        let kind = match &error {
            PageError::NotFound | PageError::Refused | PageError::SignedOut | PageError::NoAccount | PageError::Stale => NOT_FOUND,
            PageError::BadInput(_) => MALFORMED,
            PageError::TooLarge => TOO_LARGE,
            PageError::TooMany(_) => TOO_MANY,
            PageError::Busy => BUSY,
            PageError::Say { .. } => DOCUMENT,
            PageError::Internal(cause) => {
                tracing::error!(%cause, "a request of a program failed");
                INTERNAL
            }
        };
        Problem { retry_after, ..kind.into() }
    }
}

impl From<FilingRefused> for Problem {
    fn from(refused: FilingRefused) -> Problem {
        match refused {
            FilingRefused::NotFound => NOT_FOUND.into(),
            FilingRefused::AlreadyFiled(number) => Problem::from(ALREADY_FILED).with("number", number.plain()),
            FilingRefused::Incomplete(_) | FilingRefused::MoreAsked => ANSWERS.into(),
            FilingRefused::DefinitionChanged => CHANGED.into(),
            FilingRefused::SavedMeanwhile => SAVED_MEANWHILE.into(),
            FilingRefused::Closed(since) => Problem::from(CLOSED).with("since", since.to_string()),
            FilingRefused::NotSure => NOT_SURE.into(),
            FilingRefused::NotOffered => NOT_OFFERED.into(),
            FilingRefused::NotNow(_) => NOT_NOW.into(),
            FilingRefused::TooMuch(_) => TOO_LARGE.into(),
            FilingRefused::Store(error) => error.into(),
        }
    }
}
