//! 署名: drawn with a finger where a script runs, or the name typed, which counts the same. Nobody is kept out by a frame to draw in.

use maud::{Markup, html};

use super::{Asked, anchor};

pub(super) fn render(asked: &Asked<'_>) -> Markup {
    let typed_name = asked.part("typed");
    let help = format!("{}-help", anchor(&typed_name));
    let controls = html! {
        div data-strokes hidden {
            p.help { (asked.say("ui-signature-help")) }
            // The box of 1000 × 400 in which strokes are kept.
            canvas.pad width="1000" height="400" role="img" aria-label=(asked.view.say.text("ui-signature-pad", &[])) {}
            input type="hidden" name=(asked.path) value=(asked.typed(&asked.path));
            button.btn.quiet.small type="button" { (asked.say("ui-signature-clear")) }
        }
        label.label.sub for=(anchor(&typed_name)) { (asked.say("ui-signature-typed")) }
        p.help id=(help) { (asked.say("ui-signature-typed-help")) }
        input.in id=(anchor(&typed_name)) name=(typed_name) value=(asked.typed(&typed_name)) type="text" aria-describedby=(help)
            autocomplete=(asked.autocomplete("name")) aria-invalid=[asked.invalid(&typed_name)];
    };
    asked.several(None, controls)
}
