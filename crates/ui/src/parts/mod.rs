//! # Parts
//!
//! What pages are made of. A part takes values and gives markup; words come in already said, or the part takes [`Say`], the words of one
//! language, for the few that are its own. Text that came from people is escaped by maud.

mod buttons;
mod chart;
mod facts;
pub mod icons;
mod lists;
mod notice;
mod progress;
mod table;

use definitions::text::Language;
use maud::Markup;

pub use buttons::{Weight, back_link, button, link_button, post_button, submit};
pub use chart::{Series, bars, lines};
pub use facts::{Answer, Fact, answers, facts, grouped_number, receipt_number};
pub use icons::Icon;
pub use lists::{Attached, Card, Message, Side, cards, files, letter_frame, tags, thread};
pub use notice::{Mistake, Tone, confirm, empty, error_summary, notice, saved};
pub use progress::{Due, Stage, Step, bar, due, steps, timeline};
pub use table::{Column, Comparison, Row, SearchBox, Sought, Tab, bulk_bar, compare, next_page, rows, search_box, table, tabs};

use crate::words::{Value, Words};

/// The words of one language: what most parts and pages need.
#[derive(Clone, Copy)]
pub struct Say<'a> {
    /// All words.
    pub words: &'a Words,
    /// The reader's language.
    pub language: Language,
}

impl Say<'_> {
    /// A message as text.
    pub fn text(&self, id: &str, args: &[(&str, Value<'_>)]) -> String {
        self.words.say(self.language, id, args)
    }

    /// A message as markup, with furigana.
    pub fn html(&self, id: &str, args: &[(&str, Value<'_>)]) -> Markup {
        self.words.html(self.language, id, args)
    }
}

/// What colour and words a state has. The colour is never the only sign: a chip always holds words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChipTone {
    /// It is with the office: 審査中.
    Wait,
    /// Someone must act: 補正が来た.
    Act,
    /// Done well: 決裁済.
    Good,
    /// Nothing to do: 補正待ち, 取下げ.
    Still,
    /// Too late: 期限超過.
    Late,
}

/// A state in a word or two.
pub fn chip(tone: ChipTone, label: &str) -> Markup {
    let class = match tone {
        ChipTone::Wait => "chip wait",
        ChipTone::Act => "chip act",
        ChipTone::Good => "chip ok",
        ChipTone::Still => "chip no",
        ChipTone::Late => "chip late",
    };
    maud::html! { span class=(class) { (label) } }
}

/// A key and what it does: `j` `k` 移動.
#[derive(Clone, Debug)]
pub struct KeyHint<'a> {
    /// The keys as they are printed on the keyboard.
    pub keys: &'a [&'a str],
    /// What they do.
    pub what: &'a str,
    /// Whether it is shown at the foot, or only under `?`.
    pub at_foot: bool,
}
