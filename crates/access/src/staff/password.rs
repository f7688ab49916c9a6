//! 合言葉 Passwords: kept as argon2id, checked away from the threads that serve pages, a few at a time.

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::error::PageError;

/// 19 MiB, two passes, one lane: the least that OWASP's Password Storage Cheat Sheet allows for argon2id, some 50 ms on one core. A town
/// hall of 3,000 who all sign in between 8:25 and 8:35 needs five a second.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Long beats clever (NIST SP 800-63B, 5.1.1.2): no rules about kinds of characters.
pub const PASSWORD_CHARACTERS_MIN: usize = 12;

/// Argon2 takes any length; this bounds what a stranger may make us hash.
pub const PASSWORD_BYTES_MAX: usize = 512;

/// Two at once leave the other core of a small machine to pages; each holds 19 MiB.
const CHECKS_AT_ONCE: usize = 2;

/// Longer, and the person presses again: better say that it is busy.
const WAIT_SECONDS_MAX: u64 = 5;

/// A hash that no password has: who types an unknown login id waits as long as others, so that the wait tells nothing.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ibw$yoCOb2iUnGVSl0JhTmy+LZ7qDkxhcdR7nYVJf4bDh0E";

/// Why a password cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than [`PASSWORD_CHARACTERS_MIN`] characters.
    #[error("too short")]
    Short,
    /// More than [`PASSWORD_BYTES_MAX`] bytes.
    #[error("too long")]
    Long,
    /// The login id, or one character over and over.
    #[error("too easy to guess")]
    Easy,
}

/// Whether a password may be used by this login id.
///
/// # Errors
/// When it is too short, too long, or the first thing anyone would try.
pub fn acceptable(password: &str, login: &str) -> Result<(), WeakPassword> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(WeakPassword::Long);
    }
    if password.chars().count() < PASSWORD_CHARACTERS_MIN {
        return Err(WeakPassword::Short);
    }
    let folded = password.to_lowercase();
    let is_one_character = folded.chars().all(|c| folded.starts_with(c));
    if is_one_character || folded.contains(&login.to_lowercase()) { Err(WeakPassword::Easy) } else { Ok(()) }
}

/// The one place in which passwords are hashed and checked.
#[derive(Clone)]
pub struct PasswordChecks(Arc<Semaphore>);

impl Default for PasswordChecks {
    fn default() -> PasswordChecks {
        PasswordChecks(Arc::new(Semaphore::new(CHECKS_AT_ONCE)))
    }
}

impl PasswordChecks {
    /// Whether `typed` is the password whose hash is `kept`. Without a hash it takes as long, and says no.
    ///
    /// # Errors
    /// Busy when too many wait.
    pub async fn is_right(&self, typed: String, kept: Option<String>) -> Result<bool, PageError> {
        self.run(move || {
            let known = kept.is_some();
            verify(&typed, kept.as_deref().unwrap_or(NOBODY)) && known
        })
        .await
    }

    /// The hash of a new password, to be kept.
    ///
    /// # Errors
    /// Busy when too many wait; internal when the system gives no random bytes.
    pub async fn hash(&self, password: String) -> Result<String, PageError> {
        self.run(move || hash(&password)).await?.map_err(PageError::internal)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PageError> {
        let wait = tokio::time::timeout(Duration::from_secs(WAIT_SECONDS_MAX), Arc::clone(&self.0).acquire_owned());
        let permit = wait.await.map_err(|_| PageError::Busy)?.map_err(|_| PageError::Busy)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        })
        .await
        .map_err(PageError::internal)
    }
}

/// The hash of a password, on the thread that asks: for the command line and for the demo's people.
///
/// # Errors
/// When the system gives no random bytes.
pub fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(argon2id()?.hash_password(password.as_bytes())?.to_string())
}

fn verify(password: &str, kept: &str) -> bool {
    let Ok(kept) = PasswordHash::new(kept) else { return false };
    argon2id().is_ok_and(|argon2| argon2.verify_password(password.as_bytes(), &kept).is_ok())
}

fn argon2id() -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| argon2::password_hash::Error::Internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_as_argon2id_with_a_salt_of_its_own() {
        let kept = hash("正しい馬の電池の釘です!!").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hash("正しい馬の電池の釘です!!").unwrap());
        assert!(verify("正しい馬の電池の釘です!!", &kept));
        assert!(!verify("正しい馬の電池の釘です!", &kept));
    }

    #[test]
    fn nobodys_hash_can_be_checked_so_that_unknown_names_take_as_long() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!verify("", NOBODY));
    }

    #[test]
    fn short_and_obvious_passwords_are_refused() {
        for (password, expect) in [
            ("short", Err(WeakPassword::Short)),
            ("aaaaaaaaaaaaaaaa", Err(WeakPassword::Easy)),
            ("suzuki-2026-04", Err(WeakPassword::Easy)),
            ("役場の朝は早いので八時半", Ok(())),
        ] {
            assert_eq!(acceptable(password, "suzuki"), expect, "{password}");
        }
    }
}
