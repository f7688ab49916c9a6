//! One line or several: text, フリガナ, numbers, yen, telephone, mail, 個人番号.
//!
//! Numbers are text with a numeric keyboard: `type=number` drops what it does not understand, and full-width digits and commas are
//! understood by the server.

use definitions::{pattern::Pattern, text::Text};
use maud::{Markup, html};

use super::{Asked, anchor};

/// What a line looks like and which keyboard it brings.
struct Line {
    class: &'static str,
    mode: Option<&'static str>,
    kind: &'static str,
    autocomplete: &'static str,
    unit: Option<Markup>,
}

fn line(asked: &Asked<'_>, help: Option<Markup>, line: Line) -> Markup {
    asked.single(help, |described| {
        let input = html! {
            input class=(line.class) id=(anchor(&asked.path)) name=(asked.path) value=(asked.typed(&asked.path)) type=(line.kind)
                inputmode=[line.mode] autocomplete=(line.autocomplete) aria-describedby=[described] aria-invalid=[asked.invalid(&asked.path)]
                autocapitalize=[(line.mode == Some("email")).then_some("none")] spellcheck=[(line.mode.is_some()).then_some("false")];
        };
        match line.unit {
            Some(unit) => html! { span.unit { (input) span { (unit) } } },
            None => input,
        }
    })
}

/// A text of a given shape says in words how it is written.
pub(super) fn text(asked: &Asked<'_>, at_most: u32, pattern: Option<&Pattern>) -> Markup {
    let class = if at_most <= 8 { "in w-m" } else { "in" };
    let help = pattern.map(|pattern| crate::words::ruby::html(asked.view.town.say(&pattern.says, asked.view.say.language)));
    line(asked, help, Line { class, mode: None, kind: "text", autocomplete: asked.autocomplete("on"), unit: None })
}

pub(super) fn kana(asked: &Asked<'_>) -> Markup {
    let help = asked.say("ui-kana-help");
    line(asked, Some(help), Line { class: "in", mode: None, kind: "text", autocomplete: "off", unit: None })
}

pub(super) fn number(asked: &Asked<'_>, unit: Option<&Text>) -> Markup {
    measured(asked, unit, "numeric")
}

pub(super) fn decimal(asked: &Asked<'_>, unit: Option<&Text>) -> Markup {
    measured(asked, unit, "decimal")
}

fn measured(asked: &Asked<'_>, unit: Option<&Text>, mode: &'static str) -> Markup {
    let unit = unit.map(|unit| crate::words::ruby::html(asked.view.town.say(unit, asked.view.say.language)));
    line(asked, None, Line { class: "in w-s", mode: Some(mode), kind: "text", autocomplete: "off", unit })
}

pub(super) fn money(asked: &Asked<'_>) -> Markup {
    let unit = Some(asked.say("ui-money-unit"));
    line(asked, None, Line { class: "in w-m", mode: Some("numeric"), kind: "text", autocomplete: "off", unit })
}

pub(super) fn phone(asked: &Asked<'_>) -> Markup {
    let help = asked.say("ui-phone-help");
    line(asked, Some(help), Line { class: "in w-l", mode: Some("tel"), kind: "tel", autocomplete: asked.autocomplete("tel"), unit: None })
}

pub(super) fn mail(asked: &Asked<'_>) -> Markup {
    let help = asked.say("ui-mail-help");
    // Not `type=email`: browsers refuse in their own words what the server can say better.
    line(asked, Some(help), Line { class: "in", mode: Some("email"), kind: "text", autocomplete: asked.autocomplete("email"), unit: None })
}

/// 個人番号: says on what basis it is used (番号法14条) and how it is kept. Nothing fills it in.
pub(super) fn individual_number(asked: &Asked<'_>, basis: &Text) -> Markup {
    let basis = asked.view.town.say(basis, asked.view.say.language);
    let help = html! {
        (asked.say("ui-individual-number-help"))
        br; (asked.say_with("ui-individual-number-use", &[("basis", basis.into())]))
        br; (asked.say("ui-individual-number-kept"))
    };
    line(asked, Some(help), Line { class: "in w-l nums", mode: Some("numeric"), kind: "text", autocomplete: "off", unit: None })
}

pub(super) fn long_text(asked: &Asked<'_>, at_most: u32) -> Markup {
    let rows = (at_most / 80).clamp(3, 10);
    let limit = asked.say_with("ui-at-most-characters", &[("count", at_most.into())]);
    asked.single(Some(limit), |described| {
        html! {
            textarea.in id=(anchor(&asked.path)) name=(asked.path) rows=(rows) aria-describedby=[described]
                aria-invalid=[asked.invalid(&asked.path)] data-most=(at_most) {
                // HTML drops one line break at the beginning; what the person typed keeps its own.
                "\n" (asked.typed(&asked.path))
            }
        }
    })
}
