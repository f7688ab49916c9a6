//! The signature of what is told, as Standard Webhooks 1.0 has it.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What stands before a secret, so that libraries know it.
const PREFIX: &str = "whsec_";

/// Bytes of a secret: the specification asks for 24 to 64.
pub(super) const SECRET_BYTES: usize = 32;

/// A secret as its holder keeps it.
pub(super) fn shown(secret: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(secret))
}

/// `webhook-signature` of a message: one for each secret that is in force, as a secret is replaced without a gap.
pub(super) fn signatures(secrets: &[Vec<u8>], id: &str, seconds: i64, body: &str) -> String {
    secrets.iter().map(|secret| signature(secret, id, seconds, body)).collect::<Vec<_>>().join(" ")
}

fn signature(secret: &[u8], id: &str, seconds: i64, body: &str) -> String {
    // HMAC takes a key of any length: the error cannot happen.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specifications_own_example() {
        // standard-webhooks/standard-webhooks, libraries: secret, id, timestamp and payload of their tests.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(shown(&secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }
}
