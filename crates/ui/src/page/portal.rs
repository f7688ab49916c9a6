//! The shell of a resident's page.

use definitions::text::Language;
use maud::{Markup, html};

use super::{Crumb, Flash, Indexed, Link, TownLook, csrf_input, demo_strip, document, flash, mark, trail};
use crate::{
    assets,
    parts::icons,
    words::{Words, ruby},
};

/// How wide the content runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 720 px, for reading and forms.
    Reading,
    /// The whole page, for cards.
    Wide,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn<'a> {
    /// The name to show.
    pub name: &'a str,
    /// The session's token, for the form that signs out.
    pub csrf: &'a str,
}

/// A page for residents. Begin with [`PortalPage::new`], say what differs, end with [`PortalPage::show`].
#[must_use]
pub struct PortalPage<'a> {
    words: &'a Words,
    language: Language,
    town: &'a TownLook<'a>,
    title: &'a str,
    width: Width,
    indexed: Indexed,
    signed_in: Option<SignedIn<'a>>,
    flash: Option<Flash<'a>>,
    trail: &'a [Crumb<'a>],
    hero: Option<Markup>,
    links: &'a [Link<'a>],
    here: &'a str,
    foot: &'a [Link<'a>],
}

/// Where the way out goes: a form, since signing out changes something.
pub const SIGN_OUT: &str = "/sign-out";

impl<'a> PortalPage<'a> {
    /// A page of reading width that search engines may show. `title` is the page's `<h1>` in words.
    pub fn new(words: &'a Words, language: Language, town: &'a TownLook<'a>, title: &'a str) -> Self {
        PortalPage {
            words,
            language,
            town,
            title,
            width: Width::Reading,
            indexed: Indexed::Yes,
            signed_in: None,
            flash: None,
            trail: &[],
            hero: None,
            links: &[],
            here: "",
            foot: &[],
        }
    }

    /// Cards over the whole width.
    pub fn wide(mut self) -> Self {
        self.width = Width::Wide;
        self
    }

    /// A page about one person: not for search engines.
    pub fn personal(mut self) -> Self {
        self.indexed = Indexed::No;
        self
    }

    /// Shows who is signed in and the way out; such a page is personal.
    pub fn signed_in(mut self, who: Option<SignedIn<'a>>) -> Self {
        if who.is_some() {
            self.indexed = Indexed::No;
        }
        self.signed_in = who;
        self
    }

    /// What happened just before.
    pub fn flash(mut self, flash: Option<Flash<'a>>) -> Self {
        self.flash = flash;
        self
    }

    /// The way back up.
    pub fn trail(mut self, trail: &'a [Crumb<'a>]) -> Self {
        self.trail = trail;
        self
    }

    /// A band over the whole width above the content; it holds the `<h1>` then.
    pub fn hero(mut self, hero: Markup) -> Self {
        self.hero = Some(hero);
        self
    }

    /// Links of the head instead of the usual ones (`/procedures`, `/status`, `/my`).
    pub fn links(mut self, links: &'a [Link<'a>]) -> Self {
        self.links = links;
        self
    }

    /// The path of the link of the head that this page belongs to: `/my`.
    pub fn here(mut self, here: &'a str) -> Self {
        self.here = here;
        self
    }

    /// Further links of the foot: accessibility policy, handling of personal data.
    pub fn foot(mut self, foot: &'a [Link<'a>]) -> Self {
        self.foot = foot;
        self
    }

    /// The document.
    pub fn show(self, body: Markup) -> Markup {
        let width = match self.width {
            Width::Reading => "wrap narrow",
            Width::Wide => "wrap",
        };
        let page = html! {
            body {
                a.skip href="#content" { (self.words.html(self.language, "ui-skip", &[])) }
                (demo_strip(self.words, self.language, self.town))
                (self.languages())
                (self.head())
                @match &self.hero {
                    // The hero holds the heading, so it belongs to the content.
                    Some(hero) => main #content tabindex="-1" {
                        div.hero { (scene()) div.wrap { (hero) } }
                        div class=(width) { (flash(&self.flash)) (body) }
                    },
                    None => {
                        div class=(width) { (trail(self.words, self.language, self.trail)) }
                        main #content class=(width) tabindex="-1" { (flash(&self.flash)) (body) }
                    },
                }
                (self.bottom())
            }
        };
        document(self.title, self.language, self.town, None, assets::PORTAL_SCRIPT, self.indexed, page)
    }

    /// Languages as plain links: a click changes the session's language and comes back to the same page.
    fn languages(&self) -> Markup {
        html! {
            @if self.town.languages.len() > 1 {
                nav.lang aria-label=(self.words.say(self.language, "ui-languages", &[])) {
                    div.wrap {
                        @for language in self.town.languages {
                            a href={ "?lang=" (language.code()) } lang=(language.tag()) hreflang=(language.tag())
                                aria-current=[(*language == self.language).then_some("true")] { (own_name(*language)) }
                        }
                        @if self.language == Language::Easy {
                            // Appears with the script that gives it something to do.
                            button type="button" data-furigana hidden { (self.words.html(self.language, "ui-furigana-toggle", &[])) }
                        }
                    }
                }
            }
        }
    }

    fn head(&self) -> Markup {
        let say = |id| self.words.html(self.language, id, &[]);
        html! {
            header.top {
                div.wrap {
                    a.mark href="/" {
                        (mark(self.town))
                        span { (ruby::html(self.town.name)) small { (self.words.html(self.language, "ui-portal-name", &[])) } }
                    }
                    nav aria-label=(self.words.say(self.language, "ui-navigation", &[])) {
                        ul {
                            @if self.links.is_empty() {
                                li.wide { (self.link("/procedures", say("ui-nav-procedures"), "")) }
                                li { (self.link("/status", say("ui-nav-status"), "")) }
                                li.wide { a href="#person" { (icons::CIRCLE_HELP) (say("ui-nav-person")) } }
                                li { (self.link("/my", html! { (icons::USER_ROUND) (say("ui-nav-my")) }, "me")) }
                            } @else {
                                @for link in self.links { li { (self.link(link.href, html! { (link.label) }, "")) } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn link(&self, href: &str, label: Markup, class: &str) -> Markup {
        html! { a class=[(!class.is_empty()).then_some(class)] href=(href) aria-current=[(self.here == href).then_some("page")] { (label) } }
    }

    /// 市役所 and 区役所, but 町役場 and 村役場.
    fn office(&self) -> Markup {
        let town = ruby::plain(self.town.name);
        let id = if town.ends_with(['町', '村']) { "ui-office-small" } else { "ui-office" };
        self.words.html(self.language, id, &[("town", town.as_str().into())])
    }

    /// Every page ends with a way to a person (architecture: errors end with a way to a human; here all pages do).
    fn bottom(&self) -> Markup {
        let say = |id| self.words.html(self.language, id, &[]);
        let dialled: String = self.town.phone.chars().filter(char::is_ascii_digit).collect();
        html! {
            footer.foot #person tabindex="-1" {
                div.wrap {
                    div {
                        h2 { (say("ui-person-title")) }
                        p { (say("ui-person-text")) }
                        address { (self.office()) "　〒" (self.town.post) "　" (ruby::html(self.town.address)) }
                    }
                    div {
                        a.tel href={ "tel:" (dialled) } { (icons::PHONE) (self.town.phone) }
                        p { (ruby::html(self.town.hours)) }
                    }
                    @if self.signed_in.is_some() || !self.foot.is_empty() {
                        ul {
                            @for link in self.foot { li { a href=(link.href) { (link.label) } } }
                            @if let Some(who) = &self.signed_in {
                                li { (self.words.html(self.language, "ui-signed-in", &[("name", who.name.into())])) }
                                li {
                                    form method="post" action=(SIGN_OUT) {
                                        (csrf_input(who.csrf))
                                        button.btn.quiet.small type="submit" { (say("ui-sign-out")) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Each language is written in itself, so that who needs it can read it.
fn own_name(language: Language) -> &'static str {
    match language {
        Language::Ja => "日本語",
        Language::Easy => "やさしい日本語",
        Language::En => "English",
    }
}

/// A town under its hills, in the key colour: decoration of the hero where there is room.
fn scene() -> Markup {
    html! {
        svg.scene viewBox="0 0 380 200" aria-hidden="true" focusable="false" {
            path.a d="M0 200V150q50-46 104-16 44-62 112-24 40-40 84-6 46-20 80 24v72z" {}
            circle.c cx="300" cy="44" r="20" {}
            // The town hall, with its clock and its flag.
            path.c d="M138 200v-72h104v72z" {}
            path.b d="M138 200v-72h104v72M128 128h124M172 128v-30h36v30M190 98V72M190 72h20l-5 6 5 6h-20" {}
            circle.b cx="190" cy="112" r="7" {}
            path.b d="M190 108v4l3 2M182 200v-26h16v26M152 146h14v14h-14zM214 146h14v14h-14zM152 174h14v14h-14zM214 174h14v14h-14z" {}
            // Two houses and three trees.
            path.c d="M40 200v-38l26-22 26 22v38z" {}
            path.b d="M40 200v-38M92 162v38M32 168l34-29 34 29M58 200v-20h16v20" {}
            path.c d="M286 200v-32l24-20 24 20v32z" {}
            path.b d="M286 200v-32M334 168v32M279 174l31-26 31 26M302 200v-18h16v18" {}
            path.b d="M114 200v-22M264 200v-22M356 200v-18" {}
            circle.d cx="114" cy="170" r="11" {}
            circle.d cx="264" cy="170" r="11" {}
            circle.d cx="356" cy="174" r="9" {}
            path.b d="M4 199h372" {}
        }
    }
}
