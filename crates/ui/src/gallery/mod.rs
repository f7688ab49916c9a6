//! # Gallery
//!
//! Every part and every kind of question in every state on one page, and pages made of them, with invented people. A browser visits them
//! with axe; whoever changes the look, looks here first. The names and numbers are samples, so they stand in the code and not in the words.

mod kinds;
mod people;
mod samples;
mod shown;

use definitions::{text::Language, town::Town};
use maud::{Markup, html};

pub use samples::{case, front, inbox, question, status};

use crate::{
    page::{PortalPage, TownLook},
    parts::Say,
    words::Words,
};

/// The page with everything.
pub fn page(words: &Words, town: &Town, language: Language) -> Markup {
    let look = TownLook::of(town, language, &Language::ALL, true);
    let say = Say { words, language };
    let body = html! {
        h1 { "見本帳" }
        p.lead { "部品と質問の種類を、すべての状態で並べています。" }
        (shown::parts(say))
        (kinds::kinds(say, town))
    };
    PortalPage::new(words, language, &look, "見本帳").personal().show(body)
}
