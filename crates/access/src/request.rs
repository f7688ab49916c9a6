//! What one request remembers between its extractors and the layer around all pages: cookies to set, and what was typed, so that an
//! error page gives it back.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, Uri, header, request::Parts},
};
use definitions::text::Language;

use crate::{face::ClientAddress, session::SessionId, token::Token};

/// A year: the language is asked once.
const LANGUAGE_SECONDS: u32 = 365 * 86_400;

const LANGUAGE_COOKIE: &str = "yakuba-language";

/// One request's memory. Clones are the same.
#[derive(Clone)]
pub(crate) struct Memory(Arc<Mutex<Kept>>);

struct Kept {
    cookies: Vec<String>,
    typed: Option<Bytes>,
    session: Option<SessionId>,
    language: Language,
    is_same_origin: bool,
    path: String,
}

impl Memory {
    /// Of the request that comes in: its language is known from the address, else from the cookie, else it is Japanese.
    pub(crate) fn of(headers: &HeaderMap, uri: &Uri) -> Memory {
        let asked = uri.query().and_then(asked_language);
        let language = asked.or_else(|| cookie(headers, LANGUAGE_COOKIE).and_then(Language::from_code)).unwrap_or_default();
        let kept = Kept {
            cookies: asked.map(language_cookie).into_iter().collect(),
            typed: None,
            session: None,
            language,
            is_same_origin: headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin"),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        };
        Memory(Arc::new(Mutex::new(kept)))
    }

    /// The memory that the layer put there; a fresh one where a test calls a handler without the layer.
    pub(crate) fn from_parts(parts: &mut Parts) -> Memory {
        if let Some(memory) = parts.extensions.get::<Memory>() {
            return memory.clone();
        }
        let memory = Memory::of(&parts.headers, &parts.uri);
        parts.extensions.insert(memory.clone());
        memory
    }

    pub(crate) fn language(&self) -> Language {
        self.with(|kept| kept.language)
    }

    /// Path and query of the request.
    pub(crate) fn path(&self) -> String {
        self.with(|kept| kept.path.clone())
    }

    /// Whether the browser vouches that the request comes from one of our own pages.
    pub(crate) fn is_same_origin(&self) -> bool {
        self.with(|kept| kept.is_same_origin)
    }

    pub(crate) fn set_cookie(&self, cookie: String) {
        self.with(|kept| kept.cookies.push(cookie));
    }

    pub(crate) fn keep_typed(&self, typed: Bytes) {
        self.with(|kept| kept.typed = Some(typed));
    }

    pub(crate) fn typed(&self) -> Option<Bytes> {
        self.with(|kept| kept.typed.clone())
    }

    pub(crate) fn keep_session(&self, session: SessionId) {
        self.with(|kept| kept.session = Some(session));
    }

    pub(crate) fn session(&self) -> Option<SessionId> {
        self.with(|kept| kept.session.clone())
    }

    /// Sets the cookies of the answer.
    pub(crate) fn answer(&self, headers: &mut HeaderMap) {
        for cookie in self.with(|kept| std::mem::take(&mut kept.cookies)) {
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                headers.append(header::SET_COOKIE, value);
            }
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Which face a session cookie belongs to: a clerk may look at residents' pages in the same browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    Portal,
    Desk,
}

impl Door {
    /// `__Host-` makes browsers refuse the cookie from anyone but this very host, over https, for all paths (RFC 6265bis, 4.1.3.2).
    fn cookie_name(self, https: bool) -> &'static str {
        match (self, https) {
            (Door::Portal, true) => "__Host-yakuba",
            (Door::Portal, false) => "yakuba",
            (Door::Desk, true) => "__Host-yakuba-desk",
            (Door::Desk, false) => "yakuba-desk",
        }
    }

    /// The secret that the browser brought.
    pub(crate) fn token(self, headers: &HeaderMap, https: bool) -> Option<Token> {
        cookie(headers, self.cookie_name(https)).and_then(Token::read)
    }

    /// Gives the browser a secret. It goes when the browser closes; how long it counts before is for the store to say.
    pub(crate) fn cookie(self, token: &Token, https: bool) -> String {
        let secure = if https { "; Secure" } else { "" };
        format!("{}={}; Path=/; HttpOnly; SameSite=Lax{secure}", self.cookie_name(https), token.shown())
    }
}

/// Where the request comes from: as the server says, else as the socket says, else nowhere.
pub(crate) fn client_address(parts: &Parts) -> ClientAddress {
    let socket = || parts.extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>().map(|info| ClientAddress(info.0.ip()));
    let nowhere = ClientAddress(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED));
    parts.extensions.get::<ClientAddress>().copied().or_else(socket).unwrap_or(nowhere)
}

impl<S: Sync> axum::extract::FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<ClientAddress, Self::Rejection> {
        Ok(client_address(parts))
    }
}

fn language_cookie(language: Language) -> String {
    format!("{LANGUAGE_COOKIE}={}; Path=/; Max-Age={LANGUAGE_SECONDS}; SameSite=Lax", language.code())
}

fn asked_language(query: &str) -> Option<Language> {
    query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Language::from_code)
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, cookies.parse().unwrap())])
    }

    #[test]
    fn the_language_is_that_of_the_address_then_of_the_cookie_then_japanese() {
        let english = headers("yakuba-language=en; x=y");
        for (query, expect) in [("/?lang=easy", Language::Easy), ("/?q=1", Language::En), ("/?lang=tlh", Language::En)] {
            assert_eq!(Memory::of(&english, &query.parse().unwrap()).language(), expect, "{query}");
        }
        assert_eq!(Memory::of(&HeaderMap::new(), &Uri::from_static("/")).language(), Language::Ja);
    }

    #[test]
    fn the_desks_cookie_is_not_the_portals() {
        let token = Token::draw().unwrap();
        let both = headers(&format!("yakuba-desk={}", token.shown()));
        assert_eq!(Door::Desk.token(&both, false), Some(token));
        assert_eq!(Door::Portal.token(&both, false), None);
        assert_eq!(Door::Desk.token(&both, true), None, "over https only the prefixed name counts");
    }

    #[test]
    fn over_https_the_cookie_is_bound_to_the_host() {
        let cookie = Door::Portal.cookie(&Token::draw().unwrap(), true);
        assert!(cookie.starts_with("__Host-yakuba=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    }
}
