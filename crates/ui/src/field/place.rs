//! 場所: words for whoever drives there, and a position. Where the town has a map and scripts run, the position is pointed at; else it may
//! be copied from any other map.

use definitions::{
    place::{Position, TownMap},
    town::Town,
};
use maud::{Markup, html};

use super::{Asked, anchor};
use crate::{parts::Say, words::ruby};

/// Where pictures of the map come from, on either face.
pub const MAP: &str = "/map";

pub(super) fn render(asked: &Asked<'_>) -> Markup {
    let (words, position) = (asked.part("words"), asked.part("position"));
    let help_of = |part: &str| format!("{}-help", anchor(part));
    let controls = html! {
        label.label.sub for=(anchor(&words)) { (asked.say("ui-place-words")) }
        p.help id=(help_of(&words)) { (asked.say("ui-place-words-help")) }
        input.in id=(anchor(&words)) name=(words) value=(asked.typed(&words)) type="text" autocomplete="off" aria-describedby=(help_of(&words))
            aria-invalid=[asked.invalid(&words)];
        @if let Some(map) = &asked.view.town.map { (map_to_point_at(asked, map, &position)) }
        label.label.sub for=(anchor(&position)) { (asked.say("ui-place-position")) }
        p.help id=(help_of(&position)) { (asked.say("ui-place-position-help")) }
        input.in.w-l.nums id=(anchor(&position)) name=(position) value=(asked.typed(&position)) type="text" autocomplete="off" spellcheck="false"
            aria-describedby=(help_of(&position)) aria-invalid=[asked.invalid(&position)];
    };
    asked.several(None, controls)
}

/// The map with its pin in the middle: what is below the pin is the place. Scripts bring it to light.
fn map_to_point_at(asked: &Asked<'_>, map: &TownMap, position: &str) -> Markup {
    let text = |id: &str| asked.view.say.text(id, &[]);
    let help = format!("{}-map", anchor(position));
    html! {
        div.map data-place=(MAP) data-center=(map.center) data-zoom=(map.zoom) data-input=(anchor(position)) data-set=(text("ui-place-set"))
            data-cleared=(text("ui-place-cleared")) data-failed=(text("ui-place-failed")) data-lost=(text("ui-place-lost")) hidden {
            p.help id=(help) { (asked.say("ui-place-map-help")) }
            div.ground tabindex="0" role="application" aria-label=(text("ui-place-map")) aria-describedby=(help) { span.pin aria-hidden="true" {} }
            p.credit { (asked.text(&map.credit)) }
            div.row {
                button.btn.second.small type="button" data-do="here" { (asked.say("ui-place-here")) }
                button.btn.second.small type="button" data-do="in" { (asked.say("ui-place-larger")) }
                button.btn.second.small type="button" data-do="out" { (asked.say("ui-place-smaller")) }
                button.btn.quiet.small type="button" data-do="clear" { (asked.say("ui-place-clear")) }
            }
            p.rest role="status" {}
        }
    }
}

/// How closely a place is shown that was pointed at: the houses around it.
const CLOSE: u8 = 17;

/// A place on the map, to look at. Without scripts the words and numbers beside it say the same.
pub fn shown(say: &Say<'_>, town: &Town, map: &TownMap, position: Position) -> Markup {
    let text = |id: &str| say.text(id, &[]);
    html! {
        div.map data-place=(MAP) data-center=(position) data-zoom=(CLOSE) data-failed=(text("ui-place-failed-shown")) hidden {
            div.ground role="img" aria-label=(text("ui-place-map")) { span.pin aria-hidden="true" {} }
            p.credit { (ruby::html(town.say(&map.credit, say.language))) }
            div.row {
                button.btn.second.small type="button" data-do="in" { (say.html("ui-place-larger", &[])) }
                button.btn.second.small type="button" data-do="out" { (say.html("ui-place-smaller", &[])) }
            }
            p.rest role="status" {}
        }
    }
}
