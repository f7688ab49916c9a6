//! 知らせ Webhooks: a program is told when something happens to a case that it filed, so that it need not ask.
//!
//! What is told names the case's number, what happened and when, and nothing of a person: who wants to know more asks with the token. It is
//! signed as the *Standard Webhooks* say (`webhook-id`, `webhook-timestamp`, `webhook-signature`: HMAC-SHA256 over all three), sent by a job
//! with growing pauses, and when that does not help it is a dead letter that the program can have sent again, by its id or by a stretch of time.
//!
//! A receiver is reached over https, at a public address that is looked at for each sending (no private network behind a name), is given five
//! seconds, and is followed nowhere. While one is down or slow, the others are told: it has one letter at a time, and what
//! waits for it gives its thread back at once.

mod events;
mod rows;
mod send;
mod signing;

pub use events::{Busy, TellPrograms, Telling};
pub(crate) use events::{happened, portal_routes};
