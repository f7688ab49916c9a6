//! What is said above the content: notices, the summary of errors, empty lists, the question before something is done for good.

use maud::{Markup, Render, html};

use super::{Say, buttons::Weight, buttons::submit, icons, icons::Icon};
use crate::page::csrf_input;

/// How a notice is meant. Each has its own drawing and its own words; the colour only helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Info,
    /// It went well.
    Good,
    /// Think about this; one can go on.
    Warn,
    /// It did not work.
    Error,
}

/// A notice. Begin with a `<b>` when it has a heading.
pub fn notice(tone: Tone, content: impl Render) -> Markup {
    let (class, icon) = match tone {
        Tone::Info => ("note", icons::INFO),
        Tone::Good => ("note good", icons::CIRCLE_CHECK),
        Tone::Warn => ("note warn", icons::TRIANGLE_ALERT),
        Tone::Error => ("note error", icons::CIRCLE_ALERT),
    };
    html! { div class=(class) { (icon) div { (content) } } }
}

/// A mistake on this page and the control that mends it.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// The id of the control, see [`crate::field::anchor`].
    pub anchor: String,
    /// What to do, in full: 生年月日を入力してください.
    pub text: String,
}

/// All mistakes of a page on top of it, each a link to its control. The script moves the focus here when the page comes back; without it the
/// page title says so (`role=alert` is read by most readers on load).
pub fn error_summary(say: Say<'_>, mistakes: &[Mistake]) -> Markup {
    html! {
        @if !mistakes.is_empty() {
            div.summary #errors role="alert" tabindex="-1" aria-labelledby="errors-title" {
                h2 #errors-title { (icons::CIRCLE_ALERT) span { (say.html("ui-errors-title", &[("count", mistakes.len().into())])) } }
                ul { @for mistake in mistakes { li { a href={ "#" (mistake.anchor) } { (mistake.text) } } } }
            }
        }
    }
}

/// ここまで保存しました（10:42）.
pub fn saved(text: impl Render) -> Markup {
    html! { p.saved { (icons::CHECK) span { (text) } } }
}

/// A list with nothing in it says why, and what one can do.
pub fn empty(icon: Icon, title: impl Render, help: impl Render) -> Markup {
    html! { div.empty { (icon) b { (title) } div { (help) } } }
}

/// The question before something is done for good, on a page of its own (no dialog): what will happen, one button to do it, one way back.
pub fn confirm(say: Say<'_>, action: &str, csrf: &str, what: impl Render, verb: &str, weight: Weight, back: &str) -> Markup {
    html! {
        form.panel method="post" action=(action) data-guard {
            (csrf_input(csrf))
            div { (what) }
            div.row.actions {
                (submit(weight, "confirmed", "yes", verb))
                a.btn.quiet href=(back) { (say.html("ui-cancel", &[])) }
            }
        }
    }
}
