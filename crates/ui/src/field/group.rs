//! The same questions for each of several. Adding and removing are submit buttons, so that they work without a script; the page comes back
//! with one more or one fewer and everything that was typed.

use definitions::{
    field::{Field, Kind},
    ids::FieldId,
    text::Text,
    typed::{Typed, rows_name},
};
use indexmap::IndexMap;
use maud::{Markup, html};

use super::{Asked, FieldView, render as render_field};
use crate::{parts::icons, words::ruby};

/// The shape of a group.
pub(super) struct Shape<'a> {
    pub(super) each: &'a Text,
    pub(super) at_least: u32,
    pub(super) at_most: u32,
    pub(super) fields: &'a IndexMap<FieldId, Field>,
}

pub(super) fn render(asked: &Asked<'_>, shape: &Shape<'_>) -> Markup {
    let rows = asked.view.typed.rows(&asked.path, shape.at_least, shape.at_most);
    // What is put into a sentence is without its readings: a value never becomes markup.
    let each = ruby::plain(asked.view.town.say(shape.each, asked.view.say.language));
    let most = asked.say_with("ui-group-most", &[("count", shape.at_most.into())]);
    let controls = html! {
        input type="hidden" name=(rows_name(&asked.path)) value=(rows);
        @for row in 0..rows { (one(asked, shape, &each, row, rows > shape.at_least)) }
        @if rows < shape.at_most {
            button.btn.second.small type="submit" name={ "add." (asked.path) } value="1" formnovalidate {
                (icons::PLUS) span { (asked.say_with("ui-group-add", &[("each", each.as_str().into())])) }
            }
        }
    };
    asked.several((shape.at_most > shape.at_least).then_some(most), controls)
}

fn one(asked: &Asked<'_>, shape: &Shape<'_>, each: &str, row: u32, removable: bool) -> Markup {
    let prefix = format!("{}.{row}", asked.path);
    let view = FieldView { prefix: &prefix, ..*asked.view };
    let args = [("each", each.into()), ("at", (row + 1).into())];
    html! {
        fieldset.one data-row=[asked.view.keying.map(|_| &prefix)] {
            legend {
                span { (asked.say_with("ui-group-one", &args)) }
                @if removable {
                    button.btn.quiet.small type="submit" name={ "remove." (asked.path) "." (row) } value="1" formnovalidate
                        aria-label=(asked.view.say.text("ui-group-remove-one", &args)) { (icons::X) (asked.say("ui-group-remove")) }
                }
            }
            @for field in shape.fields.values() { (render_field(field, &view)) }
        }
    }
}

/// A button inside the questions was pressed: it changes the page instead of going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// One more row of a group: `add.guardians`.
    Add {
        /// The path of the group.
        group: String,
    },
    /// A row of a group, or a file of a question, goes: `remove.guardians.1`.
    Remove {
        /// The path of the group or of the question with files.
        path: String,
        /// Which, from 0.
        at: u32,
    },
    /// An address is to be completed from its postal code: `postal.address`.
    Postal {
        /// The path of the address.
        path: String,
    },
}

impl Pressed {
    /// Does it to a draft: a row more or fewer within the bounds of the group, or one file fewer. A path that no question of these has does
    /// nothing. Lay the posted page over the draft first.
    ///
    /// An address is not completed here: only the town has postal codes.
    pub fn apply(&self, draft: &mut Typed, fields: &IndexMap<FieldId, Field>) {
        match self {
            Pressed::Postal { .. } => {}
            Pressed::Add { group } => {
                if let Some(Kind::Group { at_least, at_most, .. }) = fields.get(group.as_str()).map(|field| &field.kind) {
                    draft.add_row(group, *at_least, *at_most);
                }
            }
            Pressed::Remove { path, at } => match kind_at(fields, path) {
                Some(Kind::Group { at_least, at_most, .. }) => draft.remove_row(path, *at, *at_least, *at_most),
                Some(Kind::Files { .. }) => {
                    let mut files = draft.all(path).to_vec();
                    if (*at as usize) < files.len() {
                        files.remove(*at as usize);
                        draft.set(path.clone(), files);
                    }
                }
                _ => {}
            },
        }
    }

    /// The element that the page comes back to.
    pub fn anchor(&self) -> String {
        match self {
            Pressed::Add { group } => super::anchor(group),
            Pressed::Remove { path, .. } | Pressed::Postal { path } => super::anchor(path),
        }
    }
}

/// The kind of a question by its path: `papers`, or inside a group `guardians.0.papers`.
fn kind_at<'a>(fields: &'a IndexMap<FieldId, Field>, path: &str) -> Option<&'a Kind> {
    match path.split_once('.') {
        None => Some(&fields.get(path)?.kind),
        Some((group, rest)) => kind_at(fields.get(group)?.kind.group_fields()?, rest.split_once('.')?.1),
    }
}

/// Which button inside the questions was pressed, if one was. A page with several such names was not made by us: the first one counts.
pub fn pressed(typed: &Typed) -> Option<Pressed> {
    typed.iter().find_map(|(name, _)| {
        if let Some(group) = name.strip_prefix("add.") {
            return Some(Pressed::Add { group: group.to_owned() });
        }
        if let Some(path) = name.strip_prefix(super::address::COMPLETE) {
            return Some(Pressed::Postal { path: path.to_owned() });
        }
        let (path, at) = name.strip_prefix("remove.")?.rsplit_once('.')?;
        Some(Pressed::Remove { path: path.to_owned(), at: at.parse().ok()? })
    })
}

#[cfg(test)]
mod tests {
    use definitions::field::Sensitivity;

    use super::*;

    fn field(id: &str, kind: Kind) -> (FieldId, Field) {
        let id: FieldId = id.parse().unwrap();
        let label = Text::new("", "");
        let (hint, when, default) = (None, None, None);
        (id.clone(), Field { id, label, hint, kind, required: false, when, default, sensitivity: Sensitivity::Ordinary })
    }

    fn page() -> IndexMap<FieldId, Field> {
        let papers = || field("papers", Kind::Files { at_most: 3, later_days: None });
        let inside = IndexMap::from_iter([field("name", Kind::PersonName), papers()]);
        let group = Kind::Group { each: Text::new("", "保護者"), at_least: 1, at_most: 2, fields: inside };
        IndexMap::from_iter([field("guardians", group), papers()])
    }

    fn press(draft: &mut Typed, button: &str) {
        let mut posted = Typed::default();
        posted.set(button, ["1"]);
        pressed(&posted).unwrap().apply(draft, &page());
    }

    #[test]
    fn a_second_guardian_comes_and_goes_and_nothing_that_was_typed_is_lost() {
        let mut draft = Typed::default();
        draft.set("guardians.0.name.family", ["佐藤"]);
        press(&mut draft, "add.guardians");
        assert_eq!(draft.rows("guardians", 1, 2), 2);
        press(&mut draft, "add.guardians");
        assert_eq!(draft.rows("guardians", 1, 2), 2, "never more than the group takes");
        draft.set("guardians.1.name.family", ["田中"]);
        press(&mut draft, "remove.guardians.0");
        assert_eq!((draft.rows("guardians", 1, 2), draft.first("guardians.0.name.family")), (1, Some("田中")));
    }

    #[test]
    fn one_file_is_taken_back_and_forged_buttons_do_nothing() {
        let mut draft = Typed::default();
        draft.set("papers", ["a", "b", "c"]);
        draft.set("guardians.0.papers", ["d"]);
        press(&mut draft, "remove.papers.1");
        press(&mut draft, "remove.guardians.0.papers.0");
        assert_eq!(draft.all("papers"), ["a", "c"]);
        assert!(draft.all("guardians.0.papers").is_empty());
        let before = draft.clone();
        for forged in ["remove.papers.9", "remove.guardians.0.name.0", "add.papers", "remove.nothing.0"] {
            press(&mut draft, forged);
        }
        assert_eq!(draft, before);
    }
}
