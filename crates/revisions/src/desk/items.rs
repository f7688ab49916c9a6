//! 項目で直す: pages and questions with what is changed most often, each in a line of its own, and the buttons that add, move and take away. What
//! is changed here is written into the text where it stands.

use definitions::{
    field::{Field, Kind, Options},
    keys::KINDS,
    procedure::Procedure,
    typed::Typed,
};
use maud::{Markup, html};
use ui::parts::{self, Weight};

use super::Sheet;
use crate::{preview::Tryout, revision::File, steps::Ground};

/// A value that can be changed: where it stands, what it says, and the word for it.
struct Item {
    path: String,
    value: String,
    word: &'static str,
    input: Input,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Input {
    Line,
    YesNo,
    Kind,
    Lines,
}

/// The procedure itself, a page, or a question with its own questions.
struct Block {
    path: String,
    heading: String,
    kind: Option<&'static str>,
    items: Vec<(usize, Item)>,
    inner: Vec<Block>,
}

/// What was pressed before, and what could not be done with it.
#[derive(Default)]
pub(super) struct Opened<'o> {
    /// The page or question at hand.
    pub path: Option<&'o str>,
    /// What was typed of a new question that could not be added.
    pub typed: Option<&'o Typed>,
}

/// Counts the lines: a form holds a thousand inputs, and each line has two.
struct Counted(usize);

/// Most lines of a page.
const ITEMS_MAX: usize = 420;

impl Counted {
    fn block(&mut self, path: &str, heading: &str, items: Vec<Item>) -> Block {
        let items = items.into_iter().map(|item| {
            self.0 += 1;
            (self.0, item)
        });
        let items = items.filter(|(number, _)| *number <= ITEMS_MAX).collect();
        Block { path: path.to_owned(), heading: heading.to_owned(), kind: None, items, inner: Vec::new() }
    }

    fn question(&mut self, at: &str, field: &Field) -> Block {
        let line = |name: &str, value: &str, word, input| Item { input, ..item(format!("{at}.{name}"), value, word) };
        let hint = field.hint.as_ref().map(|hint| hint.ja.as_str()).unwrap_or_default();
        let when = field.when.as_ref().map(|when| when.source.as_str()).unwrap_or_default();
        let mut items = vec![
            line("label", &field.label.ja, "desk-revisions-item-label", Input::Line),
            line("hint", hint, "desk-revisions-item-hint", Input::Line),
            line("kind", field.kind.word(), "desk-revisions-item-kind", Input::Kind),
        ];
        if !matches!(field.kind, Kind::Note | Kind::Group { .. }) {
            items.push(line("required", if field.required { "yes" } else { "no" }, "desk-revisions-item-required", Input::YesNo));
        }
        if let Kind::Choice { options, .. } | Kind::Choices { options, .. } | Kind::Ranked { options, .. } = &field.kind
            && let Options::Listed(listed) = options
        {
            let listed: Vec<String> = listed.iter().map(|(id, label)| format!("{id}: {}", label.ja)).collect();
            items.push(line("options", &listed.join("\n"), "desk-revisions-item-options", Input::Lines));
        }
        items.push(line("when", when, "desk-revisions-item-when", Input::Line));
        let block = self.block(at, &field.label.ja, items);
        let inner = field.kind.group_fields().into_iter().flatten();
        let inner = inner.map(|(id, field)| self.question(&format!("{at}.fields.{id}"), field)).collect();
        Block { kind: Some(field.kind.word()), inner, ..block }
    }
}

fn item(path: String, value: &str, word: &'static str) -> Item {
    Item { path, value: value.trim_end().to_owned(), word, input: Input::Line }
}

/// The procedure's own lines, and its pages.
fn blocks(procedure: &Procedure, counted: &mut Counted) -> (Block, Vec<Block>) {
    let whole = counted.block(
        "",
        "",
        vec![
            item("title".to_owned(), &procedure.title.ja, "desk-revisions-item-title"),
            item("summary".to_owned(), &procedure.summary.ja, "desk-revisions-item-summary"),
            item("minutes".to_owned(), &procedure.minutes.to_string(), "desk-revisions-item-minutes"),
        ],
    );
    let pages = procedure.pages.values().map(|page| {
        let at = format!("pages.{}", page.id);
        let when = page.when.as_ref().map(|when| when.source.as_str()).unwrap_or_default();
        let items = vec![
            item(format!("{at}.title"), &page.title.ja, "desk-revisions-item-page"),
            item(format!("{at}.when"), when, "desk-revisions-item-when"),
        ];
        let block = counted.block(&at, &page.title.ja, items);
        let inner = page.fields.values().map(|field| counted.question(&format!("{at}.fields.{}", field.id), field)).collect();
        Block { inner, ..block }
    });
    let pages = pages.collect();
    (whole, pages)
}

/// The lines; nothing while the texts cannot be understood as far as the procedure.
pub(super) fn show(sheet: &Sheet, tryout: &Tryout, procedure: &str, opened: &Opened<'_>) -> Markup {
    let Some(found) = tryout.watched.town.as_ref().and_then(|town| town.procedures.get(procedure)) else { return html! {} };
    let say = sheet.say();
    let mut counted = Counted(0);
    let (whole, pages) = blocks(found, &mut counted);
    let choices: Vec<(&str, &str)> = pages.iter().map(|page| (page.path.as_str(), page.heading.as_str())).collect();
    html! {
        details.panel open[opened.path.is_some() || opened.typed.is_some()] {
            summary { (say.html("desk-revisions-items", &[])) }
            p { (say.html("desk-revisions-items-lead", &[])) }
            @if counted.0 > ITEMS_MAX { p { b { (say.html("desk-revisions-items-more", &[])) } } }
            fieldset {
                legend { (say.html("desk-revisions-items-whole", &[])) }
                @for (number, item) in &whole.items { (line(sheet, *number, item)) }
            }
            @for (at, page) in pages.iter().enumerate() {
                fieldset {
                    legend { (page.heading) }
                    @for (number, item) in &page.items { (line(sheet, *number, item)) }
                    (buttons(sheet, page, at, pages.len(), &[]))
                    @for (at, question) in page.inner.iter().enumerate() {
                        (shown(sheet, question, at, page.inner.len(), &choices, opened.path))
                    }
                }
            }
            div.row.actions { (parts::submit(Weight::Second, "do", "items", say.html("desk-revisions-items-put", &[]))) }
            (adding(sheet, &choices, opened))
        }
    }
}

/// A question, folded: a page may have thirty.
fn shown(sheet: &Sheet, block: &Block, at: usize, count: usize, pages: &[(&str, &str)], opened: Option<&str>) -> Markup {
    let is_open = opened.is_some_and(|path| path == block.path || path.starts_with(&format!("{}.", block.path)));
    html! {
        details.question open[is_open] {
            summary { (block.heading) " " small { (block.kind.map(says).unwrap_or_default()) } }
            @for (number, item) in &block.items { (line(sheet, *number, item)) }
            // A question of a group stays in its group.
            @let others = if block.path.matches(".fields.").count() == 1 { pages } else { &[] };
            (buttons(sheet, block, at, count, others))
            @for (at, inner) in block.inner.iter().enumerate() { (shown(sheet, inner, at, block.inner.len(), pages, opened)) }
        }
    }
}

/// What a kind is, in words.
fn says(kind: &str) -> &'static str {
    KINDS.iter().find(|(word, _)| *word == kind).map(|(_, form)| form.says).unwrap_or_default()
}

/// 上へ・下へ・ほかの画面へ・消す, each saying of what for who hears them one by one.
fn buttons(sheet: &Sheet, block: &Block, at: usize, count: usize, pages: &[(&str, &str)]) -> Markup {
    let say = sheet.say();
    let of = || say.html("desk-revisions-step-of", &[("label", block.heading.as_str().into())]);
    let step = |name: &str, weight: Weight, word: &str| {
        parts::submit(weight, "do", &format!("{name}:{}", block.path), html! { span.sr { (of()) } (say.html(word, &[])) })
    };
    let others: Vec<&(&str, &str)> = pages.iter().filter(|(page, _)| !block.path.starts_with(&format!("{page}."))).collect();
    html! {
        div.row.actions {
            @if at > 0 { (step("up", Weight::Quiet, "desk-revisions-step-up")) }
            @if at + 1 < count { (step("down", Weight::Quiet, "desk-revisions-step-down")) }
            (step("out", Weight::Quiet, "desk-revisions-step-out"))
        }
        @if !others.is_empty() {
            div.field {
                label for={ "page-of-" (block.path) } { span.sr { (of()) } (say.html("desk-revisions-step-page", &[])) }
                div.row {
                    select.in #{ "page-of-" (block.path) } name={ "page-of-" (block.path) } {
                        @for (page, title) in others { option value=(page) { (title) } }
                    }
                    (step("into", Weight::Quiet, "desk-revisions-step-into"))
                }
            }
        }
    }
}

/// A new question, on a page that is there or on a new one.
fn adding(sheet: &Sheet, pages: &[(&str, &str)], opened: &Opened<'_>) -> Markup {
    let say = sheet.say();
    let typed = |name: &str| opened.typed.and_then(|typed| typed.first(name)).unwrap_or_default();
    let input = |name: &str, word: &str, help: Option<&str>| {
        html! {
            div.field {
                label for=(name) { (say.html(word, &[])) }
                @if let Some(help) = help { p.help #{ (name) "-help" } { (say.html(help, &[])) } }
                input.in id=(name) name=(name) value=(typed(name)) maxlength="300" autocomplete="off" aria-describedby=[help.map(|_| format!("{name}-help"))];
            }
        }
    };
    html! {
        fieldset {
            legend { (say.html("desk-revisions-add", &[])) }
            div.field {
                label for="add-page" { (say.html("desk-revisions-add-page", &[])) }
                select.in #add-page name="add-page" {
                    @for (page, title) in pages { option value=(page) selected[typed("add-page") == *page] { (title) } }
                    option value="new" selected[typed("add-page") == "new"] { (say.html("desk-revisions-add-page-new", &[])) }
                }
            }
            (input("add-page-title", "desk-revisions-add-page-title", Some("desk-revisions-add-page-title-help")))
            (input("add-page-id", "desk-revisions-add-page-id", None))
            (input("add-label", "desk-revisions-item-label", None))
            (input("add-id", "desk-revisions-add-id", Some("desk-revisions-add-id-help")))
            div.field {
                label for="add-kind" { (say.html("desk-revisions-item-kind", &[])) }
                (kinds("add-kind", if typed("add-kind").is_empty() { "text" } else { typed("add-kind") }))
            }
            div.field {
                label for="add-required" { (say.html("desk-revisions-item-required", &[])) }
                select.in #add-required name="add-required" {
                    @for (value, word) in [("no", "desk-revisions-no"), ("yes", "desk-revisions-yes")] {
                        option value=(value) selected[typed("add-required") == value] { (say.html(word, &[])) }
                    }
                }
            }
            div.field {
                label for="add-options" { (say.html("desk-revisions-item-options", &[])) }
                p.help #add-options-help { (say.html("desk-revisions-add-options-help", &[])) }
                textarea.in #add-options name="add-options" rows="3" aria-describedby="add-options-help" { "\n" (typed("add-options")) }
            }
            div.row.actions { (parts::submit(Weight::Second, "do", "add", say.html("desk-revisions-add-do", &[]))) }
        }
    }
}

fn kinds(name: &str, chosen: &str) -> Markup {
    html! {
        select.in id=(name) name=(name) {
            @for (word, form) in KINDS { option value=(word) selected[*word == chosen] { (form.says) "（" (word) "）" } }
        }
    }
}

fn line(sheet: &Sheet, number: usize, item: &Item) -> Markup {
    let say = sheet.say();
    let id = format!("item-{number}");
    html! {
        div.field {
            label for=(id) { (say.html(item.word, &[])) }
            // Where it stands and what it said: who only looks changes nothing.
            input type="hidden" name={ "at-" (number) } value={ (item.path) "|" (item.value) };
            @match item.input {
                Input::YesNo => select.in id=(id) name=(id) {
                    @for (value, word) in [("yes", "desk-revisions-yes"), ("no", "desk-revisions-no")] {
                        option value=(value) selected[item.value == value] { (say.html(word, &[])) }
                    }
                },
                Input::Kind => (kinds(&id, &item.value)),
                Input::Lines => textarea.in id=(id) name=(id) rows=(item.value.lines().count().clamp(2, 12)) { "\n" (item.value) },
                Input::Line => input.in id=(id) name=(id) value=(item.value) maxlength="300" autocomplete="off";,
            }
        }
    }
}

/// A line that was changed.
pub(super) struct ChangedLine {
    path: String,
    was: String,
    now: String,
}

/// The lines that were changed.
pub(super) fn changed(typed: &Typed) -> Vec<ChangedLine> {
    let clean = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    let line = |number: usize| {
        let (at, now) = (typed.first(&format!("at-{number}"))?, clean(typed.first(&format!("item-{number}"))?));
        let (path, was) = at.split_once('|')?;
        let was = clean(was);
        (was != now).then(|| ChangedLine { path: path.to_owned(), was, now })
    };
    (1..=ITEMS_MAX).filter_map(line).collect()
}

/// The texts with what was changed in the lines, and what had no place in them: it is told, not lost.
pub(super) fn put(mut files: Vec<File>, changed: &[ChangedLine], ground: &Ground) -> (Vec<File>, Vec<String>) {
    let mut lost = Vec::new();
    let Some(file) = files.first_mut() else { return (files, lost) };
    for ChangedLine { path, was, now } in changed {
        let parts: Vec<&str> = path.split('.').collect();
        let put = match parts.last().copied().unwrap_or_default() {
            "options" => ground.options(&file.text, &parts, was, now),
            "kind" => ground.kind(&file.text, &parts, now),
            "hint" | "when" if now.is_empty() => ground.remove(&file.text, &parts),
            _ if now.is_empty() => None,
            _ => ground.set(&file.text, &parts, now),
        };
        match put {
            Some(text) => file.text = text,
            None => lost.push(format!("{path}: {now}")),
        }
    }
    (files, lost)
}
