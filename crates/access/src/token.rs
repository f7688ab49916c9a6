//! Secrets that a browser or a person holds. The town keeps only their digests: whoever reads the store cannot sign in with it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// 256 bits: guessing one of a million live sessions at a million tries a second takes 10⁵⁷ years.
const TOKEN_BYTES: usize = 32;

/// The operating system gave no random bytes. Nothing secret may be made then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoChance;

/// A random secret that only its holder knows.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; TOKEN_BYTES]);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn draw() -> Result<Token, NoChance> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes).map_err(|_| NoChance)?;
        Ok(Token(bytes))
    }

    /// The token that a cookie holds; `None` for anything else.
    pub fn read(text: &str) -> Option<Token> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Token)
    }

    /// As the holder keeps it.
    pub fn shown(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the town keeps: SHA-256, in hexadecimal. A random secret needs no slow hash.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(self.0))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Digits of a code that is mailed or read aloud, each as likely as any other.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn draw_digits(count: usize) -> Result<String, NoChance> {
    let mut digits = String::with_capacity(count);
    while digits.len() < count {
        let mut byte = [0];
        getrandom::fill(&mut byte).map_err(|_| NoChance)?;
        // 250 to 255 are thrown away, or 0 to 5 would come more often.
        if byte[0] < 250 {
            digits.push(char::from(b'0' + byte[0] % 10));
        }
    }
    Ok(digits)
}

/// Whether two secrets are the same, in a time that does not tell how far they agree.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).map(char::from).collect()
}

/// A text inside an address or a header: everything but letters and digits as `%E5`.
pub fn percent(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_gives_back_the_token_and_its_debug_text_does_not() {
        let token = Token::draw().unwrap();
        assert_eq!(Token::read(&token.shown()), Some(token.clone()));
        assert_ne!(token.digest(), token.shown());
        assert!(!format!("{token:?}").contains(&token.shown()));
    }

    #[test]
    fn what_is_no_token_is_none() {
        for text in ["", "abc", "====", "%00", &"A".repeat(44), &"A".repeat(42)] {
            assert_eq!(Token::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_code_has_as_many_digits_as_asked() {
        let code = draw_digits(6).unwrap();
        assert_eq!(code.len(), 6);
        assert!(code.bytes().all(|byte| byte.is_ascii_digit()));
    }
}
