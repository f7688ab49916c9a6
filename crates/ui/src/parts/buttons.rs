//! Buttons do something, links go somewhere. A page has one primary button.

use maud::{Markup, Render, html};

use super::icons;
use crate::page::csrf_input;

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The one thing to do on this page.
    Primary,
    /// Something else that can be done.
    Second,
    /// Rarely done: looks like a link.
    Quiet,
    /// Takes something away for good.
    Danger,
}

impl Weight {
    fn class(self) -> &'static str {
        match self {
            Weight::Primary => "btn",
            Weight::Second => "btn second",
            Weight::Quiet => "btn quiet",
            Weight::Danger => "btn danger",
        }
    }
}

/// A button that sends its form.
pub fn button(weight: Weight, label: impl Render) -> Markup {
    html! { button class=(weight.class()) type="submit" { (label) } }
}

/// A button that sends its form and says which of several was pressed.
pub fn submit(weight: Weight, name: &str, value: &str, label: impl Render) -> Markup {
    html! { button class=(weight.class()) type="submit" name=(name) value=(value) { (label) } }
}

/// A link that looks like a button.
pub fn link_button(weight: Weight, href: &str, label: impl Render) -> Markup {
    html! { a class=(weight.class()) href=(href) { (label) } }
}

/// A button with a form of its own: one verb on one record, such as 担当する.
pub fn post_button(weight: Weight, action: &str, csrf: &str, label: impl Render) -> Markup {
    html! { form method="post" action=(action) { (csrf_input(csrf)) (button(weight, label)) } }
}

/// 前に戻る: above the heading or beside the button, as a plain link with an arrow.
pub fn back_link(href: &str, label: impl Render) -> Markup {
    html! { a.btn.quiet href=(href) { (icons::ARROW_LEFT) (label) } }
}
