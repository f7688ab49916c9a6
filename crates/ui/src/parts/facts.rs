//! What is known: key facts of a page, answers to check, the number that is read aloud.

use maud::{Markup, html};

use super::Say;

/// A fact in a word or two.
#[derive(Clone, Debug)]
pub struct Fact {
    /// 結果の目安.
    pub label: Markup,
    /// 12月8日まで.
    pub value: Markup,
}

/// The few facts that matter first, side by side.
pub fn facts(facts: &[Fact]) -> Markup {
    html! { dl.facts { @for fact in facts { div { dt { (fact.label) } dd { (fact.value) } } } } }
}

/// An answer that was given, with the way to change it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The question.
    pub label: Markup,
    /// The answer as it reads; none says that it was left empty.
    pub value: Option<Markup>,
    /// Where it can be changed.
    pub change: Option<String>,
}

/// Answers to check before filing, or to read afterwards. "Change" says aloud what would be changed.
pub fn answers(say: Say<'_>, answers: &[Answer]) -> Markup {
    html! {
        dl.answers {
            @for answer in answers {
                div {
                    dt { (answer.label) }
                    dd {
                        @match &answer.value {
                            Some(value) => (value),
                            None => span.none { (say.html("ui-not-answered", &[])) },
                        }
                    }
                    @if let Some(href) = &answer.change {
                        dd.change { a href=(href) { (say.html("ui-change", &[])) span.sr { "：" (answer.label) } } }
                    }
                }
            }
        }
    }
}

/// A number that people read aloud, kept together on one line.
pub fn grouped_number(number: &str) -> Markup {
    html! { span.number { (number) } }
}

/// The number of a filing, large, to write down.
pub fn receipt_number(label: impl maud::Render, number: &str) -> Markup {
    // A code of three groups of four stands on one line of a phone as well.
    let class = if number.chars().count() > 10 { "receipt long" } else { "receipt" };
    html! { dl class=(class) { dt { (label) } dd { (grouped_number(number)) } } }
}
