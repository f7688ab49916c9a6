//! Sessions as both faces see them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use store::keys::Keys;

use crate::token::{Token, hex, same};

/// A session's name in the store: the digest of the secret that the browser holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionId(Box<str>);

/// Why a text is not a session's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a session's name has 64 hexadecimal digits")]
pub struct NotASession;

impl SessionId {
    /// The session of this secret.
    pub fn of(token: &Token) -> SessionId {
        SessionId(token.digest().into())
    }

    /// No session: of those who act without a browser. No secret has this digest.
    pub(crate) fn none() -> SessionId {
        SessionId("0".repeat(64).into())
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The token that each form of this session carries. Derived, so that a page with a form needs no row: an attacker knows neither
    /// the session's secret nor the town's key.
    pub fn csrf(&self, keys: &Keys) -> String {
        hex(&keys.mac("csrf", self.0.as_bytes())[..16])
    }

    /// Whether a form carried this session's token, compared in constant time.
    pub fn csrf_is(&self, keys: &Keys, carried: &str) -> bool {
        same(self.csrf(keys).as_bytes(), carried.as_bytes())
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SessionId {
    type Err = NotASession;
    fn from_str(text: &str) -> Result<SessionId, NotASession> {
        let digits = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if digits { Ok(SessionId(text.into())) } else { Err(NotASession) }
    }
}

impl TryFrom<String> for SessionId {
    type Error = NotASession;
    fn try_from(text: String) -> Result<SessionId, NotASession> {
        text.parse()
    }
}

impl From<SessionId> for String {
    fn from(id: SessionId) -> String {
        id.0.into()
    }
}

impl From<&SessionId> for store::Param {
    fn from(id: &SessionId) -> store::Param {
        id.as_str().into()
    }
}
