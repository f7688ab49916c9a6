//! A line to type in, on the few pages that ask for something no definition describes: an address, a code, a password.

use maud::{Markup, html};
use ui::parts::{Say, icons};

/// A line with its label, help and what was wrong, in the look of a question.
pub(crate) struct Line<'l> {
    pub(crate) name: &'l str,
    pub(crate) label: &'l str,
    pub(crate) help: Option<&'l str>,
    pub(crate) value: &'l str,
    pub(crate) wrong: Option<&'l str>,
    pub(crate) takes: Takes,
}

/// Which keyboard a telephone shows, and what the browser may fill in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    Mail,
    Code,
    Login,
    Password,
    NewPassword,
    PaperCode,
}

impl Line<'_> {
    pub(crate) fn show(&self, say: Say<'_>) -> Markup {
        let (kind, mode, fill, longest) = match self.takes {
            Takes::Mail => ("email", "email", "email", 254),
            Takes::Code => ("text", "numeric", "one-time-code", 12),
            Takes::Login => ("text", "text", "username", 64),
            Takes::Password => ("password", "text", "current-password", 512),
            Takes::NewPassword => ("password", "text", "new-password", 512),
            Takes::PaperCode => ("text", "text", "off", 40),
        };
        let class = if self.takes == Takes::Code { "in w-m nums" } else { "in" };
        let described = match (self.wrong, self.help) {
            (Some(_), Some(_)) => Some(format!("{0}-help {0}-error", self.name)),
            (Some(_), None) => Some(format!("{}-error", self.name)),
            (None, Some(_)) => Some(format!("{}-help", self.name)),
            (None, None) => None,
        };
        html! {
            div class=(if self.wrong.is_some() { "q wrong" } else { "q" }) {
                label.label for=(self.name) { (say.html(self.label, &[])) }
                @if let Some(help) = self.help { p.help id={ (self.name) "-help" } { (say.html(help, &[])) } }
                @if let Some(wrong) = self.wrong {
                    p.err id={ (self.name) "-error" } role="alert" {
                        (icons::CIRCLE_ALERT) span { span.sr { (say.html("ui-error", &[])) } (say.html(wrong, &[])) }
                    }
                }
                input class=(class) id=(self.name) name=(self.name) type=(kind) inputmode=(mode) autocomplete=(fill) value=(self.value)
                    maxlength=(longest) aria-describedby=[described] aria-invalid=[self.wrong.map(|_| "true")] autocapitalize="none"
                    spellcheck="false" required;
            }
        }
    }
}
