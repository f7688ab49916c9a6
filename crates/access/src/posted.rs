//! What a form brought: decoded, bounded, and carrying the token of the session that was shown the form.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, header},
};
use definitions::typed::{TooMuch, Typed};

use crate::{
    error::PageError,
    face::{DeskFace, PortalFace},
    staff::session::Guest,
    visitor::Visitor,
};

/// A long text of 10,000 characters is 90 kB when each is a kanji (`%E5%BD%B9`); ten of them fit. Files come as multipart.
pub const FORM_BYTES_MAX: usize = 1 << 20;

/// 20 groups of 50 inputs each.
const INPUTS_MAX: usize = 1000;

/// The hidden input of each form that carries the session's token.
pub const CSRF_INPUT: &str = "csrf";

/// What was typed into a form, by the names of its inputs. The token has been checked and is no longer among them.
pub struct Posted(pub Typed);

impl FromRequest<PortalFace> for Posted {
    type Rejection = PageError;

    async fn from_request(request: Request, face: &PortalFace) -> Result<Posted, PageError> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, face).await?;
        let form = Form::read(&parts.headers, body).await?;
        visitor.check_csrf(&face.keys, form.csrf())?;
        visitor.keep(face).await?;
        form.typed().map(Posted)
    }
}

impl FromRequest<DeskFace> for Posted {
    type Rejection = PageError;

    async fn from_request(request: Request, face: &DeskFace) -> Result<Posted, PageError> {
        let (mut parts, body) = request.into_parts();
        let guest = Guest::from_request_parts(&mut parts, face).await?;
        let form = Form::read(&parts.headers, body).await?;
        guest.check_csrf(&face.keys, form.csrf())?;
        form.typed().map(Posted)
    }
}

/// Whether a body says that it is a form of ours. What a stranger's page can send as plain text is none.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"))
}

/// The inputs of a form in their order, the token among them.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    async fn read(headers: &HeaderMap, body: Body) -> Result<Form, PageError> {
        let is_form =
            headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        if !is_form {
            return Err(PageError::BadInput("the body is no form"));
        }
        let bytes = axum::body::to_bytes(body, FORM_BYTES_MAX).await.map_err(|_| PageError::TooLarge)?;
        Form::decode(&bytes)
    }

    /// Decodes a body of `application/x-www-form-urlencoded`.
    pub(crate) fn decode(bytes: &Bytes) -> Result<Form, PageError> {
        let mut inputs = Vec::new();
        for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if inputs.len() == INPUTS_MAX {
                return Err(PageError::TooLarge);
            }
            let end = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let value = pair.get(end + 1..).unwrap_or_default();
            inputs.push((decoded(&pair[..end])?, decoded(value)?));
        }
        Ok(Form(inputs))
    }

    fn csrf(&self) -> &str {
        self.0.iter().find(|(name, _)| name == CSRF_INPUT).map_or("", |(_, value)| value)
    }

    fn typed(self) -> Result<Typed, PageError> {
        let inputs = self.0.into_iter().filter(|(name, _)| name != CSRF_INPUT);
        Typed::from_pairs(inputs).map_err(|too_much| match too_much {
            TooMuch::Name => PageError::BadInput("an input has an impossible name"),
            TooMuch::Names | TooMuch::Value | TooMuch::Total => PageError::TooLarge,
        })
    }

    /// What a page may give back to the person: never the token, never a secret that they typed.
    pub(crate) fn worth_keeping(self) -> Vec<(String, String)> {
        let secret = |name: &str| name == CSRF_INPUT || name.starts_with("password") || name == "code";
        self.0.into_iter().filter(|(name, _)| !secret(name)).collect()
    }
}

/// `+` is a blank and `%E5` a byte; the bytes must be UTF-8, and no text holds a NUL: neither store could keep it.
fn decoded(encoded: &[u8]) -> Result<String, PageError> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut at = 0;
    while at < encoded.len() {
        match encoded[at] {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = encoded.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
                let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                bytes.push(byte.ok_or(PageError::BadInput("a % without two digits"))?);
                at += 2;
            }
            byte => bytes.push(byte),
        }
        at += 1;
    }
    let text = String::from_utf8(bytes).map_err(|_| PageError::BadInput("a text is not UTF-8"))?;
    if text.contains('\0') { Err(PageError::BadInput("a text holds a NUL character")) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(body: &'static [u8]) -> Result<Vec<(String, String)>, String> {
        Form::decode(&Bytes::from_static(body)).map(|form| form.0).map_err(|error| error.to_string())
    }

    #[test]
    fn names_and_texts_are_decoded_in_their_order() {
        let found = inputs("name=%E4%BD%90%E8%97%A4+%E8%8A%B1%E5%AD%90&n=1&n=2&empty=&bare&&raw=佐藤".as_bytes()).unwrap();
        let expect = [("name", "佐藤 花子"), ("n", "1"), ("n", "2"), ("empty", ""), ("bare", ""), ("raw", "佐藤")];
        assert_eq!(found, expect.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn broken_texts_are_refused_with_a_reason() {
        for (body, why) in [
            (&b"a=%ff%fe"[..], "bad input: a text is not UTF-8"),
            (b"a=\x00", "bad input: a text holds a NUL character"),
            (b"a%00=1", "bad input: a text holds a NUL character"),
            (b"a=%4", "bad input: a % without two digits"),
            (b"a=%zz", "bad input: a % without two digits"),
        ] {
            assert_eq!(inputs(body), Err(why.to_owned()));
        }
    }

    #[test]
    fn secrets_are_never_given_back_by_an_error_page() {
        let form = Form::decode(&Bytes::from_static(b"csrf=1&name=a&password=b&password_again=c&code=123456")).unwrap();
        assert_eq!(form.worth_keeping(), [("name".to_owned(), "a".to_owned())]);
    }
}
