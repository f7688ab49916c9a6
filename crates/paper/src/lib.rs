//! # 紙の様式 The paper form
//!
//! A procedure on A4: the same questions as on the screen, with boxes to write in, marks to find them again and a map of every box. Who fills
//! in a form by hand, and who prints what they typed and only signs it, files the same case.
//!
//! ```text
//! Procedure ──form::lay_out──▶ Form (pure) ──letters::Press──▶ PDF + where each mark came to lie ──map::Map──▶ JSON
//!                 ▲ Prefill (answers of a draft)                                       └── never computed a second time
//! ```
//!
//! What must be given anew (署名, 同意, 個人番号) is never printed into a box. The QR code ([`code::SheetCode`]) names the procedure, its version
//! and, on a prefilled sheet, the draft's 準備番号: nothing of the person.

pub mod code;
pub mod form;
mod kinds;
pub mod map;
pub mod portal;
mod prefill;
mod print;
mod when;

use std::sync::Arc;

use access::{DeskFace, PortalFace};
use axum::Router;
use definitions::{
    procedure::{Channel, Procedure},
    text::Language,
};
use letters::Press;
use store::Migration;
use ui::words::RoomWords;

pub use form::Wish;
pub use prefill::Prefill;
pub use print::{PaperProblem, PrintedForm, print};

/// What the residents' store keeps for this room.
pub const PORTAL_MIGRATIONS: &[Migration] = &[];

/// What the staff's store keeps for this room.
pub const DESK_MIGRATIONS: &[Migration] = &[];

/// Whether a procedure may be handed in on paper, at the counter or by post.
pub fn is_offered(procedure: &Procedure) -> bool {
    let channels = &procedure.channels;
    channels.counter == Channel::Open || channels.paper == Channel::Open
}

/// Residents' pages of this room.
pub fn portal_router(press: Arc<Press>) -> Router<PortalFace> {
    portal::router(press)
}

/// Staff's pages of this room.
pub fn desk_router() -> Router<DeskFace> {
    Router::new()
}

/// What this room says.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../words/ja/paper.ftl")),
        (Language::Easy, include_str!("../words/easy/paper.ftl")),
        (Language::En, include_str!("../words/en/paper.ftl")),
    ]
}
