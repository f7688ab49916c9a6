//! # 文書 Letters
//!
//! A town speaks in letters: 決定通知書, 補正通知書, 受付票. A decision *orders* one in its own transaction: the letter gets its 文書番号, and everything
//! that goes into it (what it says, the town's templates, the fonts) is frozen by digest. A job takes it to the [`press`], a process with
//! limits of time and memory that sees the frozen things and nothing else; what comes out is a tagged PDF that screen readers can read, *issued*,
//! kept and never set again. A character that no font has is told to staff by name before anything is decided, never printed as a box. The 教示
//! comes from the authority's data, and a disposition without it is refused.
//!
//! Every letter bears a code. Whoever holds it asks the portal whether this office issued it, and reads its number and day and nothing else
//! ([`verify`]); a voided letter says so.
//!
//! ```text
//! cases ──order──▶ ordered ──letter.render──▶ issued ──void──▶ voided          desk
//!          ▲           └──▶ failed (why) ──order_again──▶ ordered               │ letter.verify
//!       preview (下書き)                                                        ▼
//!                                                     /verify/CODE            portal
//! ```
//!
//! Templates are Typst files in a town's folder, `letters/*.typ`; what they may name stands in [`given`].

pub mod bureau;
pub mod code;
pub mod fonts;
pub mod given;
pub mod instruction;
pub mod job;
pub mod letter;
pub mod portal;
pub mod press;
pub mod problem;
mod rows;
pub mod template;
pub mod typeset;
pub mod verify;

use definitions::text::Language;
use store::Migration;
use ui::words::RoomWords;

pub use bureau::{Bureau, OrderError, RENDER, missing_characters, order, order_again, preview, void};
pub use code::VerifyCode;
pub use given::{Addressee, Seal};
pub use job::{AfterRender, Typesetter};
pub use letter::{Content, Listed, Order, RenderedLetter, State};
pub use press::Press;
pub use problem::LetterProblem;
pub use rows::{files_in_use, of_case, rendered};
pub use typeset::Sheet;
pub use verify::VerifyReceiver;

/// What this room keeps at the desk.
pub const DESK_MIGRATIONS: &[Migration] =
    &[Migration { name: "letters_desk_001_letters", sql: include_str!("../migrations/desk_001_letters.sql") }];

/// What this room keeps at the portal.
pub const PORTAL_MIGRATIONS: &[Migration] =
    &[Migration { name: "letters_portal_001_verify", sql: include_str!("../migrations/portal_001_verify.sql") }];

/// The words of this room.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../words/ja/letters.ftl")),
        (Language::Easy, include_str!("../words/easy/letters.ftl")),
        (Language::En, include_str!("../words/en/letters.ftl")),
    ]
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
