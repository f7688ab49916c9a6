//! Tables of staff: rows to choose and open by keyboard, tabs with counts, the next page, the comparison with the registry.

use maud::{Markup, PreEscaped, Render, html};

use super::{Say, icons};
use crate::page::csrf_input;

/// A column.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    /// Its heading.
    pub label: &'a str,
    /// Whether numbers stand in it, right-aligned.
    pub numeric: bool,
}

/// A row that can be chosen and opened.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The value of its checkbox; the record's id.
    pub id: String,
    /// What the checkbox is called aloud: 見本 花子 放課後児童会 入会.
    pub name: &'a str,
    /// Where Enter goes.
    pub href: &'a str,
    /// One cell per column.
    pub cells: Vec<Markup>,
}

/// An ordinary table, which scrolls inside itself when it is wider than the screen.
pub fn table(caption: Option<&str>, columns: &[Column<'_>], body: &[Vec<Markup>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=[caption] {
            table {
                @if let Some(caption) = caption { caption { (caption) } }
                thead { tr { @for column in columns { th scope="col" class=[column.numeric.then_some("num")] { (column.label) } } } }
                tbody {
                    @for row in body {
                        tr { @for (cell, column) in row.iter().zip(columns) { td class=[column.numeric.then_some("num")] { (cell) } } }
                    }
                }
            }
        }
    }
}

/// A list of records: `j` and `k` move, Enter opens, `x` chooses. Wrap it in the form of [`bulk_bar`] when several can be handled at once.
/// The first column is the checkbox; on a phone each row becomes a small card.
pub fn rows(say: Say<'_>, columns: &[Column<'_>], rows: &[Row<'_>]) -> Markup {
    html! {
        table.rows data-rows {
            thead {
                tr {
                    th scope="col" { span.sr { (say.html("ui-choose", &[])) } }
                    @for column in columns { th scope="col" class=[column.numeric.then_some("num")] { (column.label) } }
                }
            }
            tbody {
                @for row in rows {
                    tr data-href=(row.href) {
                        td { input type="checkbox" name="chosen" value=(row.id) aria-label=(say.text("ui-choose-one", &[("name", row.name.into())])); }
                        @for (at, (cell, column)) in row.cells.iter().zip(columns).enumerate() {
                            // On a phone the first cells speak for themselves (state, who, what, number); later ones name their column.
                            td class=[column.numeric.then_some("num")] data-th=[(at > 3).then_some(column.label)] { (cell) }
                        }
                    }
                }
            }
        }
    }
}

/// The form around a list of records, with the verbs for those that are chosen.
pub fn bulk_bar(say: Say<'_>, action: &str, csrf: &str, verbs: impl Render, list: impl Render) -> Markup {
    html! {
        form method="post" action=(action) data-guard {
            (csrf_input(csrf))
            div.bulk { span data-chosen { (say.html("ui-chosen", &[])) } (verbs) }
            (list)
        }
    }
}

/// A tab: a link, with how many are behind it.
#[derive(Clone, Debug)]
pub struct Tab<'a> {
    /// 審査.
    pub label: &'a str,
    /// Where to.
    pub href: &'a str,
    /// How many.
    pub count: Option<u64>,
    /// Whether it is open.
    pub open: bool,
}

/// Tabs are links, so that each view has an address.
pub fn tabs(label: &str, tabs: &[Tab<'_>]) -> Markup {
    html! {
        nav aria-label=(label) {
            ul.tabs {
                @for tab in tabs {
                    li {
                        a href=(tab.href) aria-current=[tab.open.then_some("page")] {
                            (tab.label) @if let Some(count) = tab.count { span.n { " " (crate::page::counted(count)) } }
                        }
                    }
                }
            }
        }
    }
}

/// A box to search in.
#[derive(Clone, Debug)]
pub struct SearchBox<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// What is searched for.
    pub sought: Sought<'a>,
    /// The name of the input.
    pub name: &'a str,
    /// What was typed.
    pub value: &'a str,
    /// What the box is called aloud.
    pub label: &'a str,
    /// What one can type, as an example.
    pub example: &'a str,
    /// What the button says.
    pub button: &'a str,
}

/// What is searched for decides how the form is sent.
#[derive(Clone, Copy, Debug)]
pub enum Sought<'a> {
    /// Public things: the words stand in the address, which can be shared.
    Things,
    /// People: names and numbers are posted and never come into an address. With the session's token.
    People(&'a str),
}

/// A box to search in; the desk's `/` goes to it.
pub fn search_box(search: &SearchBox<'_>) -> Markup {
    let (method, token) = match search.sought {
        Sought::Things => ("get", None),
        Sought::People(token) => ("post", Some(token)),
    };
    html! {
        form.search role="search" method=(method) action=(search.action) {
            @if let Some(token) = token { (csrf_input(token)) }
            input.in type="search" name=(search.name) value=(search.value) aria-label=(search.label) placeholder=(search.example)
                data-search autocomplete="off" enterkeyhint="search" maxlength="200";
            button.btn type="submit" { (icons::SEARCH) (search.button) }
        }
    }
}

/// The way on through a long list. Lists are cut by key and not by page number, so that a row arriving does not shift what I read.
pub fn next_page(say: Say<'_>, shown: usize, more: Option<&str>, first: Option<&str>) -> Markup {
    if more.is_none() && first.is_none() {
        return PreEscaped(String::new());
    }
    html! {
        nav.pages aria-label=(say.text("ui-pages", &[])) {
            @if let Some(href) = first { a.btn.second.small href=(href) { (icons::ARROW_LEFT) (say.html("ui-first-page", &[])) } }
            span { (say.html("ui-shown", &[("count", shown.into())])) }
            @if let Some(href) = more { a.btn.second.small href=(href) rel="next" { (say.html("ui-next-page", &[])) (icons::ARROW_RIGHT) } }
        }
    }
}

/// What was typed beside what the registry knows.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// 住所.
    pub label: Markup,
    /// As it was filed.
    pub filed: Markup,
    /// As the registry has it; none when it holds nothing of the kind.
    pub known: Option<Markup>,
    /// Whether the two differ.
    pub differs: bool,
}

/// Answers beside the registry. A difference has a mark, a word and a ground of its own.
pub fn compare(say: Say<'_>, headings: [&str; 3], body: &[Comparison]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(headings[1]) {
            table.cmp {
                thead { tr { @for heading in headings { th scope="col" { (heading) } } } }
                tbody {
                    @for row in body {
                        tr class=[row.differs.then_some("diff")] {
                            th scope="row" { (row.label) }
                            td { (row.filed) }
                            td {
                                @match (&row.known, row.differs) {
                                    (Some(known), true) => { span.differs { (icons::TRIANGLE_ALERT) (say.html("ui-differs", &[])) } " " (known) },
                                    (Some(_), false) => span.same { (say.html("ui-same", &[])) },
                                    (None, _) => span.same { "—" },
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
