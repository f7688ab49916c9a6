//! 項目で直す: the words that are changed most often, each in a line of its own. What is changed here is written into the text where it stands.

use definitions::{procedure::Procedure, typed::Typed};
use maud::{Markup, html};
use ui::parts::{self, Weight};

use super::Sheet;
use crate::{preview::Tryout, revision::File, spot};

/// A value that can be changed: where it stands, what it says, and the word for it.
struct Item {
    path: String,
    value: String,
    word: &'static str,
    is_yes_no: bool,
}

/// Values of one heading: of the procedure itself, of a page, of a question.
struct Group {
    heading: Option<String>,
    items: Vec<Item>,
}

/// A heading with its lines, counted through the page.
type Numbered = (Option<String>, Vec<(usize, Item)>);

fn groups(procedure: &Procedure) -> Vec<Group> {
    let item = |path: String, value: &str, word| Item { path, value: value.trim_end().to_owned(), word, is_yes_no: false };
    let mut groups = vec![Group {
        heading: None,
        items: vec![
            item("title".to_owned(), &procedure.title.ja, "desk-revisions-item-title"),
            item("summary".to_owned(), &procedure.summary.ja, "desk-revisions-item-summary"),
            item("minutes".to_owned(), &procedure.minutes.to_string(), "desk-revisions-item-minutes"),
        ],
    }];
    for page in procedure.pages.values() {
        let at = format!("pages.{}", page.id);
        groups.push(Group {
            heading: Some(page.title.ja.clone()),
            items: vec![item(format!("{at}.title"), &page.title.ja, "desk-revisions-item-page")],
        });
        for field in page.fields.values() {
            let at = format!("{at}.fields.{}", field.id);
            let hint = field.hint.as_ref().map(|hint| hint.ja.as_str()).unwrap_or_default();
            let required = if field.required { "yes" } else { "no" };
            let mut items = vec![
                item(format!("{at}.label"), &field.label.ja, "desk-revisions-item-label"),
                item(format!("{at}.hint"), hint, "desk-revisions-item-hint"),
            ];
            if !matches!(field.kind, definitions::field::Kind::Note) {
                items.push(Item { is_yes_no: true, ..item(format!("{at}.required"), required, "desk-revisions-item-required") });
            }
            groups.push(Group { heading: Some(field.label.ja.clone()), items });
        }
    }
    groups
}

/// The lines; nothing while the texts cannot be understood as far as the procedure.
pub(super) fn show(sheet: &Sheet, tryout: &Tryout, procedure: &str) -> Markup {
    let Some(found) = tryout.watched.town.as_ref().and_then(|town| town.procedures.get(procedure)) else { return html! {} };
    let say = sheet.say();
    let mut number = 0_usize;
    let groups: Vec<Numbered> = groups(found)
        .into_iter()
        .map(|group| {
            let items = group.items.into_iter().map(|item| {
                number += 1;
                (number, item)
            });
            (group.heading, items.filter(|(number, _)| *number <= ITEMS_MAX).collect())
        })
        .collect();
    html! {
        details.panel {
            summary { (say.html("desk-revisions-items", &[])) }
            p { (say.html("desk-revisions-items-lead", &[])) }
            @for (heading, items) in &groups {
                fieldset {
                    legend { @match heading { Some(heading) => (heading), None => (say.html("desk-revisions-items-whole", &[])) } }
                    @for (number, item) in items { (line(sheet, *number, item)) }
                }
            }
            div.row.actions { (parts::submit(Weight::Second, "do", "items", say.html("desk-revisions-items-put", &[]))) }
        }
    }
}

fn line(sheet: &Sheet, number: usize, item: &Item) -> Markup {
    let say = sheet.say();
    let id = format!("item-{number}");
    html! {
        div.field {
            label for=(id) { (say.html(item.word, &[])) }
            input type="hidden" name={ "path-" (number) } value=(item.path);
            input type="hidden" name={ "was-" (number) } value=(item.value);
            @if item.is_yes_no {
                select.in id=(id) name=(id) {
                    @for (value, word) in [("yes", "desk-revisions-yes"), ("no", "desk-revisions-no")] {
                        option value=(value) selected[item.value == value] { (say.html(word, &[])) }
                    }
                }
            } @else {
                input.in id=(id) name=(id) value=(item.value) maxlength="300" autocomplete="off";
            }
        }
    }
}

/// Most lines of a page: three inputs each, and a form holds a thousand.
const ITEMS_MAX: usize = 250;

/// The texts with what was changed in the lines. What has no place in them stays as it was.
pub(super) fn put(mut files: Vec<File>, typed: &Typed) -> Vec<File> {
    let Some(file) = files.first_mut() else { return files };
    for number in 1..=ITEMS_MAX {
        let part = |name: &str| typed.first(&format!("{name}-{number}"));
        let (Some(path), Some(was), Some(value)) = (part("path"), part("was"), part("item")) else { break };
        let value = value.trim();
        if value != was.trim() && !value.is_empty() {
            let path: Vec<&str> = path.split('.').collect();
            if let Some(text) = spot::set(&file.text, &path, value) {
                file.text = text;
            }
        }
    }
    files
}
