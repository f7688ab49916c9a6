//! One of several, any of several, yes or no, agreed. Cards large enough for a thumb; a list to open where there are many.

use definitions::field::{ChoiceStyle, Options};
use maud::{Markup, html};

use super::{Asked, anchor};

/// An option: what is posted, what is read, a second line.
pub(super) struct Choosable {
    pub(super) key: String,
    pub(super) label: Markup,
    pub(super) about: Option<String>,
}

/// The options of a question, or none when they come from a register that is not at hand: then it is asked in words.
pub(super) fn options(asked: &Asked<'_>, options: &Options) -> Option<Vec<Choosable>> {
    match options {
        Options::Listed(listed) => {
            Some(listed.iter().map(|(id, text)| Choosable { key: id.as_str().to_owned(), label: asked.text(text), about: None }).collect())
        }
        Options::Register { .. } => listed(asked),
    }
}

/// What may be chosen from a register or the household. In a group the listing may be known for the question as such or for its row.
pub(super) fn listed(asked: &Asked<'_>) -> Option<Vec<Choosable>> {
    let listing = asked.view.filled.listed.get(&asked.path)?;
    let choosable = |one: &definitions::facts::Listed| {
        let mut shown = one.shown.iter().filter(|text| !text.is_empty());
        let label = shown.next().map_or_else(|| one.key.clone(), Clone::clone);
        let about = shown.cloned().collect::<Vec<_>>().join("　");
        Choosable { key: one.key.clone(), label: html! { (label) }, about: (!about.is_empty()).then_some(about) }
    };
    Some(listing.iter().map(choosable).collect())
}

pub(super) fn choice(asked: &Asked<'_>, from: &Options, style: ChoiceStyle) -> Markup {
    match (options(asked, from), style) {
        (None, _) => super::line::text(asked, 200, None),
        (Some(options), ChoiceStyle::Radio) => asked.several(None, radios(asked, &asked.path, &options)),
        (Some(options), ChoiceStyle::Select) => asked.single(None, |described| {
            html! {
                select.in id=(anchor(&asked.path)) name=(asked.path) autocomplete="off" aria-describedby=[described]
                    aria-invalid=[asked.invalid(&asked.path)] { (select_options(asked, &options, asked.typed(&asked.path), "ui-choose-please")) }
            }
        }),
    }
}

/// The `<option>`s of a list, an empty one first. A typed value that is no longer among them stays, so that nothing vanishes silently.
pub(super) fn select_options(asked: &Asked<'_>, options: &[Choosable], typed: &str, empty: &str) -> Markup {
    let gone = !typed.is_empty() && options.iter().all(|option| option.key != typed);
    html! {
        option value="" selected[typed.is_empty()] { (asked.view.say.text(empty, &[])) }
        @for (at, option) in options.iter().enumerate() {
            option value=(option.key) selected[option.key == typed] {
                // Its number is what finds it in the list when it is typed.
                @if asked.view.keying.is_some() { (at + 1) " " }
                (plain(&option.label)) @if let Some(about) = &option.about { "（" (about) "）" }
            }
        }
        @if gone { option value=(typed) selected { (typed) } }
    }
}

/// An `<option>` holds text only: furigana are dropped.
fn plain(label: &Markup) -> maud::PreEscaped<String> {
    let text = &label.0;
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("<rp>") {
        out.push_str(&rest[..at]);
        rest = rest[at..].find("</ruby>").map_or("", |end| &rest[at + end..]);
    }
    out.push_str(rest);
    maud::PreEscaped(out.replace("<ruby>", "").replace("</ruby>", ""))
}

pub(super) fn radios(asked: &Asked<'_>, name: &str, options: &[Choosable]) -> Markup {
    let typed = asked.typed(name);
    html! {
        div.picks { @for option in options { (card(asked, "radio", name, option, option.key == typed)) } }
    }
}

pub(super) fn card(asked: &Asked<'_>, kind: &str, name: &str, option: &Choosable, checked: bool) -> Markup {
    html! {
        label.pick {
            // aria-invalid is not for a single radio button; the fieldset is described by what is wrong.
            input type=(kind) name=(name) value=(option.key) checked[checked]
                aria-invalid=[(kind == "checkbox").then(|| asked.invalid(name)).flatten()];
            span { (option.label) @if let Some(about) = &option.about { span.say { (about) } } }
        }
    }
}

pub(super) fn choices(asked: &Asked<'_>, from: &Options, at_most: Option<u32>) -> Markup {
    let help = match at_most {
        Some(count) => html! { (asked.say("ui-choices-help")) " " (asked.say_with("ui-choices-at-most", &[("count", count.into())])) },
        None => asked.say("ui-choices-help"),
    };
    let Some(options) = options(asked, from) else { return super::line::text(asked, 200, None) };
    let typed = asked.view.typed.all(&asked.path);
    let many = if options.len() > 6 { "picks many" } else { "picks" };
    let cards = html! {
        div class=(many) { @for option in &options { (card(asked, "checkbox", &asked.path, option, typed.contains(&option.key))) } }
    };
    asked.several(Some(help), cards)
}

pub(super) fn yes_no(asked: &Asked<'_>) -> Markup {
    let typed = asked.typed(&asked.path);
    let answer = |key: &str, words: &str| Choosable { key: key.into(), label: asked.say(words), about: None };
    let cards = html! {
        div.picks.two-picks {
            (card(asked, "radio", &asked.path, &answer("yes", "ui-yes"), typed == "yes"))
            (card(asked, "radio", &asked.path, &answer("no", "ui-no"), typed == "no"))
        }
    };
    asked.several(None, cards)
}

/// 同意: one box. Its words are the question's, so there is no second label.
pub(super) fn consent(asked: &Asked<'_>) -> Markup {
    let help = asked.field.hint.as_ref().map(|hint| asked.text(hint));
    html! {
        div class=(asked.class()) data-path=[asked.keyed_path()] {
            @if let Some(help) = &help { div.reads id=(asked.help_id()) { (help) } }
            (asked.errors())
            div.picks {
                label.pick {
                    input type="checkbox" id=(anchor(&asked.path)) name=(asked.path) value="yes" checked[asked.typed(&asked.path) == "yes"]
                        aria-describedby=[asked.described(help.is_some())] aria-invalid=[asked.invalid(&asked.path)];
                    span { b { (asked.label()) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_to_open_drops_furigana_and_keeps_the_words() {
        let label = crate::words::ruby::html("中央《ちゅうおう》 児童会《じどうかい》&");
        assert_eq!(plain(&label).0, "中央 児童会&amp;");
    }
}
