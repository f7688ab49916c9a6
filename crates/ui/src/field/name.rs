//! 氏名: 氏 and 名 side by side. Who has a single name, or one that is not divided, writes it all in the first box.

use maud::{Markup, html};

use super::{Asked, anchor};

pub(super) fn render(asked: &Asked<'_>) -> Markup {
    let family = asked.part("family");
    let given = asked.part("given");
    // A name that came in one line (prefilled, or taken from paper) stands in the first box.
    let whole = asked.typed(&asked.path);
    let typed_family = match asked.typed(&family) {
        "" => whole,
        typed => typed,
    };
    let controls = html! {
        div.pair {
            (part(asked, &family, typed_family, "ui-family-name", "family-name"))
            (part(asked, &given, asked.typed(&given), "ui-given-name", "given-name"))
        }
    };
    asked.several(Some(asked.say("ui-person-name-help")), controls)
}

fn part(asked: &Asked<'_>, name: &str, value: &str, label: &str, token: &'static str) -> Markup {
    html! {
        div {
            label.label.sub for=(anchor(name)) { (asked.say(label)) }
            input.in id=(anchor(name)) name=(name) value=(value) type="text" autocomplete=(asked.autocomplete(token))
                aria-invalid=[asked.invalid(name)];
        }
    }
}
