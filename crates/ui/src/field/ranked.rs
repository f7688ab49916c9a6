//! Wishes in order: one list to open for each. With a script, buttons move a wish up or down.

use definitions::field::Options;
use maud::{Markup, html};

use super::{Asked, anchor, pick};

pub(super) fn render(asked: &Asked<'_>, from: &Options, at_most: u32) -> Markup {
    let Some(options) = pick::options(asked, from) else { return super::line::long_text(asked, 400) };
    let typed = asked.view.typed.all(&asked.path);
    let places = at_most.min(options.len().max(1) as u32);
    let controls = html! {
        ol.rank data-rank data-up=(asked.view.say.text("ui-rank-up", &[])) data-down=(asked.view.say.text("ui-rank-down", &[])) {
            @for at in 0..places {
                @let id = anchor(&format!("{}.{at}", asked.path));
                @let empty = if at == 0 && asked.field.required { "ui-choose-please" } else { "ui-rank-none" };
                li {
                    label for=(id) { (asked.say_with("ui-rank", &[("at", (at + 1).into())])) }
                    select.in id=(id) name=(asked.path) autocomplete="off" aria-invalid=[asked.invalid(&asked.path)] {
                        (pick::select_options(asked, &options, typed.get(at as usize).map_or("", String::as_str), empty))
                    }
                    span {}
                }
            }
        }
    };
    asked.several(None, controls)
}
