//! Lists of things to go to, to read, to open.

use maud::{Markup, html};

use super::{Say, icons, icons::Icon};

/// A card: one thing to go to, or one thing to know.
#[derive(Clone, Debug)]
pub struct Card<'a> {
    /// Where to; none is a card to read.
    pub href: Option<&'a str>,
    /// A drawing.
    pub icon: Option<Icon>,
    /// 引っ越し.
    pub title: Markup,
    /// 転入・転居・転出、水道、学校.
    pub text: Markup,
}

/// Cards side by side.
pub fn cards(cards: &[Card<'_>]) -> Markup {
    html! {
        ul.grid {
            @for card in cards {
                li {
                    @match card.href {
                        Some(href) => a.card href=(href) { (inside(card)) },
                        None => div.card { (inside(card)) },
                    }
                }
            }
        }
    }
}

fn inside(card: &Card<'_>) -> Markup {
    html! {
        @if let Some(icon) = card.icon { span.ico { (icon) } }
        span { b { (card.title) } span.say { (card.text) } }
    }
}

/// Short links in a row: what is often looked for.
pub fn tags(tags: &[(&str, &str)]) -> Markup {
    html! { ul.tags { @for (href, label) in tags { li { a.tag href=(href) { (label) } } } } }
}

/// A file that is there.
#[derive(Clone, Debug)]
pub struct Attached<'a> {
    /// Its name as the person gave it.
    pub name: &'a str,
    /// Where it can be opened; none while it is checked.
    pub href: Option<&'a str>,
    /// 1.2 MB, or what is wrong with it.
    pub about: &'a str,
    /// A button, such as 取り消す.
    pub action: Option<Markup>,
}

/// Files that are there.
pub fn files(files: &[Attached<'_>]) -> Markup {
    html! {
        ul.files {
            @for file in files {
                li {
                    (icons::FILE_TEXT)
                    span.grow { @match file.href { Some(href) => a href=(href) { (file.name) }, None => (file.name) } }
                    small { (file.about) }
                    @if let Some(action) = &file.action { (action) }
                }
            }
        }
    }
}

/// On which side of the counter a message was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// By who reads this page.
    Mine,
    /// By the other.
    Theirs,
}

/// A message on a case.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// Whose.
    pub side: Side,
    /// 子育て支援課.
    pub from: &'a str,
    /// When, in words.
    pub when: Markup,
    /// What they wrote; lines are kept.
    pub text: &'a str,
    /// Whether it was read, what became of it.
    pub fate: Option<Markup>,
}

/// What was written on a case, oldest first.
pub fn thread(messages: &[Message<'_>]) -> Markup {
    html! {
        ol.thread {
            @for message in messages {
                li class=[(message.side == Side::Mine).then_some("ours")] {
                    header { b { (message.from) } small { (message.when) } }
                    p { (message.text) }
                    @if let Some(fate) = &message.fate { small { (fate) } }
                }
            }
        }
    }
}

/// A letter before it goes or after it came: the PDF in place, and a link for who cannot see it in place (the policy allows `frame-src 'self'`).
pub fn letter_frame(say: Say<'_>, src: &str, title: &str) -> Markup {
    html! {
        div.letter { iframe src=(src) title=(title) loading="lazy" {} }
        p { a href=(src) { (icons::DOWNLOAD) " " (say.html("ui-open-letter", &[])) } }
    }
}
