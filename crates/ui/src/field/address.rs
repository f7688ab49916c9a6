//! 住所: the postal code completes the address down to the town, by a button that works without scripts; everything stays editable.

use maud::{Markup, html};

use super::{Asked, anchor};

/// How the name of the button begins that completes an address: `postal.address`.
pub(super) const COMPLETE: &str = "postal.";

pub(super) fn render(asked: &Asked<'_>) -> Markup {
    let (postal, text, building) = (asked.part("postal"), asked.part("text"), asked.part("building"));
    let help_id = format!("{}-help", anchor(&postal));
    let building_help = format!("{}-help", anchor(&building));
    let completes = asked.view.postal;
    let says = |id: &str| completes.map(|_| asked.view.say.text(id, &[]));
    let said = completes.and_then(|postal| postal.said).filter(|(path, _)| *path == asked.path).map_or("", |(_, words)| words);
    let controls = html! {
        div data-postal=[completes.map(|postal| postal.url)] data-found=[says("ui-postal-found")] data-unknown=[says("ui-postal-unknown")]
            data-several=[says("ui-postal-several-lead")] data-kept=[says("ui-postal-kept-lead")] data-digits=[says("ui-postal-digits")] {
            label.label.sub for=(anchor(&postal)) { (asked.say("ui-postal")) }
            @if completes.is_some() { p.help id=(help_id) { (asked.say("ui-postal-help")) } }
            div.row {
                input.in.w-m.nums id=(anchor(&postal)) name=(postal) value=(asked.typed(&postal)) type="text" inputmode="numeric"
                    autocomplete=(asked.autocomplete("postal-code")) aria-invalid=[asked.invalid(&postal)]
                    aria-describedby=[completes.map(|_| &help_id)];
                @if completes.is_some() {
                    button.btn.second.small type="submit" name={ (COMPLETE) (asked.path) } value="1" { (asked.say("ui-postal-button")) }
                }
            }
            p.rest role="status" { (said) }
            label.label.sub for=(anchor(&text)) { (asked.say("ui-address-text")) }
            input.in id=(anchor(&text)) name=(text) value=(asked.typed(&text)) type="text"
                autocomplete=(asked.autocomplete("street-address")) aria-invalid=[asked.invalid(&text)];
            label.label.sub for=(anchor(&building)) { (asked.say("ui-building")) }
            p.help id=(building_help) { (asked.say("ui-building-help")) }
            input.in id=(anchor(&building)) name=(building) value=(asked.typed(&building)) type="text" autocomplete="off"
                aria-invalid=[asked.invalid(&building)] aria-describedby=(building_help);
        }
    };
    asked.several(None, controls)
}
