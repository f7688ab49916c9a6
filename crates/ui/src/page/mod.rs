//! # Page shells
//!
//! What surrounds every page: [`PortalPage`] for residents (light, 16 px, a way to a person at the foot), [`DeskPage`] for staff (dense,
//! dark where the device is dark, what I do next at the top right, keys at the foot). Both begin with a link that skips to the content.

mod desk;
mod portal;

use definitions::{text::Language, town::Town};
use maud::{DOCTYPE, Markup, PreEscaped, html};

pub use desk::{COUNTED_MOST, DeskPage, NavGroup, NavItem, StaffMenu, Urgency, counted};
pub use portal::{PortalPage, SignedIn, Width};

use crate::{
    assets,
    colour::KeyColour,
    parts,
    words::{Words, ruby},
};

/// The name of the hidden input that carries a session's token in every form.
pub const CSRF_NAME: &str = "csrf";

/// How a town presents itself on every page.
#[derive(Clone, Debug)]
pub struct TownLook<'a> {
    /// 見本市.
    pub name: &'a str,
    /// みほんし.
    pub kana: &'a str,
    /// The key colour.
    pub key: KeyColour,
    /// Where the town's mark is served; none draws a neutral one in the key colour.
    pub mark: Option<&'a str>,
    /// 000-0000.
    pub post: &'a str,
    /// 見本県見本市中央1-1.
    pub address: &'a str,
    /// 0000-00-0000.
    pub phone: &'a str,
    /// 平日 8:30〜17:15.
    pub hours: &'a str,
    /// The languages to choose from, Japanese first.
    pub languages: &'a [Language],
    /// Whether this is a demonstration: a strip says so on every page, so that nobody takes it for the town hall.
    pub demo: bool,
}

impl<'a> TownLook<'a> {
    /// How a loaded town presents itself in a language. A key colour that does not exist was refused by `check`; green stands in for it.
    pub fn of(town: &'a Town, language: Language, languages: &'a [Language], demo: bool) -> TownLook<'a> {
        TownLook {
            name: town.say(&town.name, language),
            kana: town.kana.as_deref().unwrap_or_default(),
            key: town.look.key_colour.parse().unwrap_or_default(),
            mark: None,
            post: &town.office.post,
            address: town.say(&town.office.address, language),
            phone: &town.office.phone,
            hours: town.say(&town.office.hours, language),
            languages,
            demo,
        }
    }

    /// The same with the town's own mark, served at this path.
    pub fn with_mark(self, mark: Option<&'a str>) -> TownLook<'a> {
        TownLook { mark, ..self }
    }
}

/// What happened just before this page: 保存しました.
#[derive(Clone, Debug)]
pub struct Flash<'a> {
    /// How it went.
    pub tone: parts::Tone,
    /// In words.
    pub text: &'a str,
}

/// A step of the way back up, outermost first: the last one is the page itself and has no link.
#[derive(Clone, Debug)]
pub struct Crumb<'a> {
    /// What it is called.
    pub label: &'a str,
    /// Where it is; none for the page itself.
    pub href: Option<&'a str>,
}

/// A link of the head.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// Where to.
    pub href: &'a str,
    /// What it says.
    pub label: &'a str,
}

/// Whether search engines may show a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Indexed {
    Yes,
    No,
}

fn mark(town: &TownLook<'_>) -> Markup {
    match town.mark {
        Some(src) => html! { img src=(src) alt="" width="40" height="40"; },
        None => html! {
            svg viewBox="0 0 36 36" aria-hidden="true" focusable="false" {
                circle.mark-ground cx="18" cy="18" r="17" {}
                path.mark-line d="M8 22c4-1 6-5 10-5s6 4 10 5M11 15l7-6 7 6" {}
            }
        },
    }
}

/// The document around a page. `class` marks the face: the desk follows the device into the dark, the portal stays light.
fn document(
    title: &str,
    language: Language,
    town: &TownLook<'_>,
    class: Option<&str>,
    script: &str,
    indexed: Indexed,
    body: Markup,
) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.tag()) class=[class] data-key=(town.key.name()) data-lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) "｜" (ruby::plain(town.name)) }
                @if indexed == Indexed::No { meta name="robots" content="noindex, nofollow"; }
                meta name="format-detection" content="telephone=no";
                meta name="color-scheme" content=(if class.is_some() { "light dark" } else { "light" });
                link rel="icon" href=(assets::href("icon.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(assets::href(assets::LOOK));
                @if class.is_some() { link rel="stylesheet" href=(assets::href(assets::DESK_LOOK)); }
                script type="module" src=(assets::href(script)) {}
            }
            (body)
        }
    }
}

fn demo_strip(words: &Words, language: Language, town: &TownLook<'_>) -> Markup {
    html! {
        @if town.demo {
            aside.demo aria-label=(words.say(language, "ui-demo", &[])) {
                b { (words.html(language, "ui-demo-strip", &[("town", ruby::plain(town.name).as_str().into())])) }
            }
        }
    }
}

fn trail(words: &Words, language: Language, crumbs: &[Crumb<'_>]) -> Markup {
    html! {
        @if !crumbs.is_empty() {
            nav aria-label=(words.say(language, "ui-trail", &[])) {
                ol.trail {
                    @for crumb in crumbs {
                        li {
                            @match crumb.href {
                                Some(href) => a href=(href) { (crumb.label) },
                                None => span aria-current="page" { (crumb.label) },
                            }
                        }
                    }
                }
            }
        }
    }
}

fn flash(flash: &Option<Flash<'_>>) -> Markup {
    match flash {
        // role=status: read when it arrives by script; on a fresh page it is simply the first thing in the content.
        Some(flash) => html! { div role="status" { (parts::notice(flash.tone, html! { p { (flash.text) } })) } },
        None => PreEscaped(String::new()),
    }
}

/// The hidden input that proves that a form came from our own page.
pub fn csrf_input(token: &str) -> Markup {
    html! { input type="hidden" name=(CSRF_NAME) value=(token); }
}
