//! A member of the household: cards of those the town knows for this account, or a name and a birth date for everyone else.

use maud::{Markup, html};

use super::{Asked, anchor, date, pick, pick::Choosable};

/// The value that is posted for someone who is not listed.
const OTHER: &str = "other";

pub(super) fn render(asked: &Asked<'_>) -> Markup {
    let listed = pick::listed(asked).unwrap_or_default();
    let typed = asked.typed(&asked.path);
    let other = Choosable { key: OTHER.into(), label: asked.say("ui-member-other"), about: None };
    let controls = html! {
        @if listed.is_empty() {
            (by_hand(asked))
        } @else {
            div.picks {
                @for person in &listed { (pick::card(asked, "radio", &asked.path, person, person.key == typed)) }
                (pick::card(asked, "radio", &asked.path, &other, typed == OTHER))
            }
            div data-shown-by=(asked.path) data-when=(OTHER) { (by_hand(asked)) }
        }
    };
    asked.several(None, controls)
}

fn by_hand(asked: &Asked<'_>) -> Markup {
    let name = asked.part("name");
    html! {
        label.label.sub for=(anchor(&name)) { (asked.say("ui-member-name")) }
        input.in id=(anchor(&name)) name=(name) value=(asked.typed(&name)) type="text" autocomplete="off" aria-invalid=[asked.invalid(&name)];
        @if asked.view.keying.is_some() {
            label.label.sub for=(anchor(&asked.part("born"))) { (asked.say("ui-member-birth")) }
            (date::keyed(asked, &asked.part("born"), None))
        } @else {
            fieldset {
                legend.label.sub { (asked.say("ui-member-birth")) }
                (date::parts(asked, &asked.part("born"), "off"))
            }
        }
    }
}
