//! # お知らせ Messages
//!
//! Telling people that something has come. What it is about stands on the person's own page only ([`notice`](Notice), [`portal`]); outside it,
//! in mail today, a message names the town and says where to read. Whoever sees a lock screen or a shared mailbox learns nothing.
//!
//! A message is never sent from inside a request. [`tell`] writes the notice, the message and a job in the transaction of what happened;
//! the job ([`mailing`]) composes the mail ([`compose`]) and hands it to the town's mail server ([`relay`]). The addresses are kept on the residents'
//! side and nowhere longer than the hand-over takes.
//!
//! Each message has a *fate* ([`fate`]): queued, handed over, tried again at a time, refused for good, or work for staff, since telephone
//! only and post only are contacts too ([`contact`]). A fate ends in what to do next, and goes to the case in the transaction that knows it.
//!
//! A demo sends to a small mail server of its own ([`catcher`]).

pub mod catcher;
pub mod compose;
pub mod contact;
pub mod fate;
mod handlers;
pub mod mailing;
mod notice;
mod pace;
pub mod places;
pub mod portal;
pub mod relay;
mod rows;
mod unread;

pub use contact::Contacts;
pub use fate::{Fate, FateNews};
pub use handlers::{TownVoice, handlers};
pub use notice::{Before, Content, MAIL_NOTICE, Notice, Shown, Told, fate_of, notices, open, read_all, tell, unread};
pub use unread::{IfUnread, UNREAD_NOTICE, is_any_unread_of, read_of};

use definitions::text::Language;
use store::Migration;
use ui::words::RoomWords;

/// Tables of this room on the residents' side. The staff's side has none: fates go there in the story of the case.
pub const PORTAL_MIGRATIONS: &[Migration] = &[
    Migration { name: "messages_portal_001_notices", sql: include_str!("../migrations/portal_001_notices.sql") },
    Migration { name: "messages_portal_002_unread", sql: include_str!("../migrations/portal_002_unread.sql") },
];

/// What this room says.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../words/ja/messages.ftl")),
        (Language::Easy, include_str!("../words/easy/messages.ftl")),
        (Language::En, include_str!("../words/en/messages.ftl")),
    ]
}
