//! 住所: the postal code completes the address down to the town where a script runs; everything stays editable.

use maud::{Markup, html};

use super::{Asked, anchor};

pub(super) fn render(asked: &Asked<'_>) -> Markup {
    let (postal, text, building) = (asked.part("postal"), asked.part("text"), asked.part("building"));
    let help_id = format!("{}-help", anchor(&postal));
    let building_help = format!("{}-help", anchor(&building));
    let controls = html! {
        div data-postal=[asked.view.postal] data-found=(asked.view.say.text("ui-postal-found", &[]))
            data-unknown=(asked.view.say.text("ui-postal-unknown", &[])) {
            label.label.sub for=(anchor(&postal)) { (asked.say("ui-postal")) }
            @if asked.view.postal.is_some() { p.help id=(help_id) { (asked.say("ui-postal-help")) } }
            input.in.w-m.nums id=(anchor(&postal)) name=(postal) value=(asked.typed(&postal)) type="text" inputmode="numeric"
                autocomplete=(asked.autocomplete("postal-code")) aria-invalid=[asked.invalid(&postal)]
                aria-describedby=[asked.view.postal.map(|_| &help_id)];
            p.rest role="status" {}
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
