//! The shell of a page at the desk.

use definitions::text::Language;
use maud::{Markup, PreEscaped, html};

use super::{Crumb, Flash, Indexed, TownLook, csrf_input, demo_strip, document, flash, mark, trail};
use crate::{assets, parts::KeyHint, words::Words};

/// Where staff sign out.
pub const SIGN_OUT: &str = "/desk/sign-out";

/// Counts of a queue are shown exactly up to here: beyond it a number says no more than "many".
pub const COUNTED_MOST: u64 = 99;

/// A count as it is shown: `99+` when there are more than [`COUNTED_MOST`].
pub fn counted(count: u64) -> String {
    if count > COUNTED_MOST { format!("{COUNTED_MOST}+") } else { count.to_string() }
}

/// Whether a count at the side stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A number.
    Calm,
    /// White on red: what is late stands out once.
    Hot,
}

/// A link at the side.
#[derive(Clone, Debug)]
pub struct NavItem<'a> {
    /// 担当の案件.
    pub label: &'a str,
    /// Where to.
    pub href: &'a str,
    /// How many wait there.
    pub count: Option<u64>,
    /// Whether the count stands out; a zero never does.
    pub urgency: Urgency,
}

/// Links under one heading: わたしの仕事.
#[derive(Clone, Debug)]
pub struct NavGroup<'a> {
    /// The heading.
    pub title: &'a str,
    /// The links.
    pub items: Vec<NavItem<'a>>,
}

/// Who sits at this desk.
#[derive(Clone, Debug)]
pub struct StaffMenu<'a> {
    /// 鈴木 一郎.
    pub name: &'a str,
    /// 子育て支援課　担当.
    pub post: &'a str,
    /// The session's token, for the form that signs out.
    pub csrf: &'a str,
}

/// A page for staff. Begin with [`DeskPage::new`], say what differs, end with [`DeskPage::show`].
#[must_use]
pub struct DeskPage<'a> {
    words: &'a Words,
    language: Language,
    town: &'a TownLook<'a>,
    title: &'a str,
    heading: Option<Markup>,
    beside: Option<Markup>,
    next: Option<Markup>,
    navigation: &'a [NavGroup<'a>],
    here: &'a str,
    who: Option<StaffMenu<'a>>,
    flash: Option<Flash<'a>>,
    trail: &'a [Crumb<'a>],
    keys: &'a [KeyHint<'a>],
}

impl<'a> DeskPage<'a> {
    /// A page with this title as its `<h1>`.
    pub fn new(words: &'a Words, town: &'a TownLook<'a>, title: &'a str) -> Self {
        DeskPage {
            words,
            language: Language::Ja,
            town,
            title,
            heading: None,
            beside: None,
            next: None,
            navigation: &[],
            here: "",
            who: None,
            flash: None,
            trail: &[],
            keys: &[],
        }
    }

    /// What the `<h1>` holds when it is more than the title: a name, a chip.
    pub fn heading(mut self, heading: Markup) -> Self {
        self.heading = Some(heading);
        self
    }

    /// A few quiet words beside the heading: 23件・うち4件が期限近く.
    pub fn beside(mut self, beside: Markup) -> Self {
        self.beside = Some(beside);
        self
    }

    /// What I do next: buttons at the top right, the main one last.
    pub fn next(mut self, next: Markup) -> Self {
        self.next = Some(next);
        self
    }

    /// The links at the side; `here` is the path of the one that this page belongs to.
    pub fn navigation(mut self, navigation: &'a [NavGroup<'a>], here: &'a str) -> Self {
        self.navigation = navigation;
        self.here = here;
        self
    }

    /// Who is signed in.
    pub fn who(mut self, who: Option<StaffMenu<'a>>) -> Self {
        self.who = who;
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

    /// The keys of this page, shown at the foot and all of them under `?`.
    pub fn keys(mut self, keys: &'a [KeyHint<'a>]) -> Self {
        self.keys = keys;
        self
    }

    /// The document. Pages at the desk are never for search engines.
    pub fn show(self, body: Markup) -> Markup {
        let page = html! {
            body {
                a.skip href="#content" { (self.words.html(self.language, "ui-skip", &[])) }
                (demo_strip(self.words, self.language, self.town))
                @if self.who.is_some() {
                    div.desk { (self.side()) (self.content(body)) }
                } @else {
                    // Before signing in there is nothing at the side.
                    main #content .wrap.narrow tabindex="-1" { (flash(&self.flash)) h1 { (self.title) } (body) }
                }
            }
        };
        document(self.title, self.language, self.town, Some("desk-page"), assets::DESK_SCRIPT, Indexed::No, page)
    }

    fn content(&self, body: Markup) -> Markup {
        html! {
            main #content tabindex="-1" {
                (trail(self.words, self.language, self.trail))
                div.deskbar {
                    h1 { @match &self.heading { Some(heading) => (heading), None => (self.title) } }
                    @if let Some(beside) = &self.beside { span.sub { (beside) } }
                    @if let Some(next) = &self.next { div.next { (next) } }
                }
                (flash(&self.flash))
                (body)
                (self.key_help())
            }
        }
    }

    fn side(&self) -> Markup {
        html! {
            header.side {
                a.mark href="/desk" { (mark(self.town)) span { (self.town.name) small { (self.words.html(self.language, "ui-desk-name", &[])) } } }
                // Open without script; on a narrow screen the script closes it.
                details open data-side {
                    summary { (self.words.html(self.language, "ui-menu", &[])) }
                    nav aria-label=(self.words.say(self.language, "ui-navigation", &[])) {
                        @for group in self.navigation {
                            h2 { (group.title) }
                            ul { @for item in &group.items { li { (self.item(item)) } } }
                        }
                    }
                }
                @if let Some(who) = &self.who {
                    div.who {
                        b { (who.name) }
                        (who.post)
                        form method="post" action=(SIGN_OUT) {
                            (csrf_input(who.csrf))
                            button type="submit" { (self.words.html(self.language, "ui-sign-out", &[])) }
                        }
                    }
                }
            }
        }
    }

    fn item(&self, item: &NavItem<'_>) -> Markup {
        let hot = item.urgency == Urgency::Hot && item.count.is_some_and(|count| count > 0);
        html! {
            a href=(item.href) aria-current=[(item.href == self.here).then_some("page")] {
                span { (item.label) }
                @if let Some(count) = item.count { span class=(if hot { "n hot" } else { "n" }) { (counted(count)) } }
            }
        }
    }

    fn key_help(&self) -> Markup {
        if self.keys.is_empty() {
            return PreEscaped(String::new());
        }
        let all = html! { @for hint in self.keys { dt { @for key in hint.keys { kbd { (key) } } } dd { (hint.what) } } };
        html! {
            p.keys {
                @for hint in self.keys.iter().filter(|hint| hint.at_foot) { span { @for key in hint.keys { kbd { (key) } } (hint.what) } }
                span { kbd { "?" } (self.words.html(self.language, "ui-keys-all", &[])) }
            }
            dialog #keys aria-labelledby="keys-title" {
                h2 #keys-title { (self.words.html(self.language, "ui-keys-title", &[])) }
                dl { (all) }
                form method="dialog" { button.btn.second type="submit" { (self.words.html(self.language, "ui-close", &[])) } }
            }
        }
    }
}
