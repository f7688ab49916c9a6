//! 口座: a bank by its codes, or ゆうちょ銀行 by 記号 and 番号. Both halves are there without a script; with one, only the chosen half.

use maud::{Markup, html};

use super::{Asked, anchor, pick, pick::Choosable};

pub(super) fn render(asked: &Asked<'_>) -> Markup {
    let kind = asked.part("kind");
    let typed = asked.typed(&kind);
    let card = |key: &str, words: &str| {
        pick::card(asked, "radio", &kind, &Choosable { key: key.into(), label: asked.say(words), about: None }, typed == key)
    };
    let controls = html! {
        fieldset {
            legend.sr { (asked.say("ui-account-kind")) }
            div.picks { (card("bank", "ui-account-kind-bank")) (card("post", "ui-account-kind-yucho")) }
        }
        div data-shown-by=(kind) data-when="bank" {
            div.pair {
                (digits(asked, "bank", "ui-bank-code"))
                (digits(asked, "branch", "ui-branch-code"))
            }
            (deposit(asked))
            (digits(asked, "number", "ui-account-number"))
        }
        div data-shown-by=(kind) data-when="post" {
            div.pair {
                (digits(asked, "symbol", "ui-yucho-symbol"))
                (digits(asked, "post_number", "ui-yucho-number"))
            }
        }
        (holder(asked))
    };
    asked.several(Some(asked.say("ui-account-help")), controls)
}

fn digits(asked: &Asked<'_>, part: &str, words: &str) -> Markup {
    let name = asked.part(part);
    html! {
        div {
            label.label.sub for=(anchor(&name)) { (asked.say(words)) }
            input.in.nums.w-l id=(anchor(&name)) name=(name) value=(asked.typed(&name)) type="text" inputmode="numeric" autocomplete="off"
                aria-invalid=[asked.invalid(&name)];
        }
    }
}

fn deposit(asked: &Asked<'_>) -> Markup {
    const KINDS: [(&str, &str); 3] =
        [("ordinary", "ui-account-ordinary"), ("current", "ui-account-current"), ("savings", "ui-account-savings")];
    let name = asked.part("deposit");
    let chosen = match asked.typed(&name) {
        "" => "ordinary",
        typed => typed,
    };
    html! {
        div {
            label.label.sub for=(anchor(&name)) { (asked.say("ui-account-type")) }
            select.in.w-l id=(anchor(&name)) name=(name) autocomplete="off" aria-invalid=[asked.invalid(&name)] {
                @for (value, words) in KINDS { option value=(value) selected[value == chosen] { (asked.view.say.text(words, &[])) } }
            }
        }
    }
}

fn holder(asked: &Asked<'_>) -> Markup {
    let name = asked.part("holder");
    let help = format!("{}-help", anchor(&name));
    html! {
        label.label.sub for=(anchor(&name)) { (asked.say("ui-account-holder")) }
        p.help id=(help) { (asked.say("ui-account-holder-help")) }
        input.in id=(anchor(&name)) name=(name) value=(asked.typed(&name)) type="text" autocomplete="off" aria-describedby=(help)
            aria-invalid=[asked.invalid(&name)];
    }
}
