//! # 案件 Cases
//!
//! A resident files (申請); the office takes it in (収受), looks whether everything is there, asks for what is missing (補正), drafts the
//! decision (起案), approves it along the chain (決裁), and tells the person. A case is one such matter, from its arrival to its end. All
//! arrive in one inbox, whatever the channel; the definition of the procedure says what is asked, who acts, and by when.
//!
//! The person holds a copy on the residents' side ([`own`]); the office holds the case ([`case`]) with its story ([`event`]). Between them
//! pass parcels ([`parcel`]) through the hatch. [`filing`] is what a resident does, [`verbs`] and [`decide`] what staff do, [`receiving`]
//! what each side does with the other's parcels.
//!
//! Two clocks run over a case ([`clock`]): the promise (標準処理期間) and the law's limit (法定期限).

pub mod apart;
mod asked;
pub mod attachments;
pub mod case;
pub mod catalogue;
pub mod clock;
mod contacts;
pub mod correction;
pub mod decide;
mod desk;
pub mod draft;
pub mod effects;
pub mod event;
pub mod filing;
pub mod gathered;
pub mod handing;
pub mod history;
pub mod identity;
mod incoming;
pub mod keyed;
pub mod leaving;
mod likeness;
mod number;
pub mod orphans;
pub mod own;
mod paper;
pub mod parcel;
mod portal;
pub mod preparation;
pub mod receiving;
pub mod registers;
mod rows;
mod sealed;
pub mod straight;
pub mod told;
mod tools;
pub mod unfound;
pub mod uploads;
pub mod verbs;
pub mod voiding;
pub mod walked;

use definitions::text::Language;
use store::Migration;
use ui::words::RoomWords;

pub use case::{Case, Channel, Stage};
pub use contacts::Contacts;
pub use desk::router as desk_router;
pub use filing::FilingRefused;
pub use number::{CaseNumber, NotANumber, ReceiptSecret};
pub use portal::router as portal_router;

/// 下見: residents' pages of a procedure that nobody can file yet, for those who write it.
pub mod tried {
    pub use crate::portal::{Next, Trial};
}
pub use rows::desk::{After, InboxLine, Queue};

/// 受付箱 as a value: the lists of the desk, for benches and for other rooms.
pub mod desk_lists {
    pub use crate::rows::inbox::{Narrow, count, findable_by, inbox as page, open_by_version, search};
}
/// 添付 as it comes in by another way than a page: looked at, kept, put beside its question.
pub mod documents {
    pub use crate::incoming::{Incoming, checked, keep, put, shown_name};
}
pub use tools::Tools;

/// Drafts that were begun before signing in belong to the account from then on.
///
/// # Errors
/// When the store fails.
pub fn on_sign_in(tx: &store::Write<'_>, who: &access::SignedIn) -> Result<(), store::StoreError> {
    rows::portal::adopt_drafts(tx, &who.before.to_string(), &who.account.to_string()).map(drop)
}

/// Throws away drafts that nobody touched for [`draft::DRAFT_KEPT_DAYS`]; a daily job calls it.
///
/// # Errors
/// When the store fails.
pub fn sweep_drafts(tx: &store::Write<'_>, now: jiff::Timestamp) -> Result<u64, store::StoreError> {
    let before = now.checked_sub(jiff::SignedDuration::from_hours(24 * draft::DRAFT_KEPT_DAYS)).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    rows::portal::sweep_drafts(tx, before)
}

/// Throws away lent drafts whose codes have ended and sheets at the counter that nobody filed; a daily job calls it.
///
/// # Errors
/// When the store fails.
pub fn sweep_sheets(tx: &store::Write<'_>, now: jiff::Timestamp) -> Result<u64, store::StoreError> {
    rows::sheets::sweep(tx, now)
}

/// What the residents' store keeps for this room.
pub const PORTAL_MIGRATIONS: &[Migration] = &[
    Migration { name: "cases-0001-drafts-and-own-cases", sql: include_str!("../migrations/portal_001_drafts_and_own_cases.sql") },
    Migration { name: "cases-0002-pages-to-ask-again", sql: include_str!("../migrations/portal_002_pages_to_ask_again.sql") },
    Migration { name: "cases-0003-uploads", sql: include_str!("../migrations/portal_003_uploads.sql") },
    Migration { name: "cases-0004-prepared-drafts", sql: include_str!("../migrations/portal_004_prepared_drafts.sql") },
    Migration { name: "cases-0005-walked", sql: include_str!("../migrations/portal_005_walked.sql") },
    Migration { name: "cases-0006-unfound", sql: include_str!("../migrations/portal_006_unfound.sql") },
    Migration { name: "cases-0007-beside", sql: include_str!("../migrations/portal_007_beside.sql") },
];

/// What the staff's store keeps for this room.
pub const DESK_MIGRATIONS: &[Migration] = &[
    Migration { name: "cases-0001-cases", sql: include_str!("../migrations/desk_001_cases.sql") },
    Migration { name: "cases-0002-numbers-too-late", sql: include_str!("../migrations/desk_002_numbers_too_late.sql") },
    Migration { name: "cases-0003-sheets", sql: include_str!("../migrations/desk_003_sheets.sql") },
    Migration { name: "cases-0004-straight-through", sql: include_str!("../migrations/desk_004_straight_through.sql") },
    Migration { name: "cases-0005-unfound", sql: include_str!("../migrations/desk_005_unfound.sql") },
    Migration { name: "cases-0006-decided", sql: include_str!("../migrations/desk_006_decided.sql") },
    Migration { name: "cases-0007-rounds", sql: include_str!("../migrations/desk_007_rounds.sql") },
    Migration { name: "cases-0008-keyed", sql: include_str!("../migrations/desk_008_keyed.sql") },
];

/// The words of this room's pages.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../words/ja/cases.ftl")),
        (Language::Ja, include_str!("../words/ja/desk.ftl")),
        (Language::Easy, include_str!("../words/easy/cases.ftl")),
        (Language::En, include_str!("../words/en/cases.ftl")),
    ]
}
