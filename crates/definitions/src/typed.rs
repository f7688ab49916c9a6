//! What came in, before anyone understands it.
//!
//! A page of a form posts inputs by name; a clerk types the same names; a draft stores them. [`Typed`] keeps exactly that, so
//! nothing a person typed is lost because it could not yet be understood. [`crate::form::fill`] makes answers of it.
//!
//! Names are `field`, `field.part` (`born.year`), and inside a repeating group `group.0.field`. The number of rows stands
//! in `group.rows` when it was said, else it follows from the names.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{
    answer::Answers,
    field::{Field, Kind},
    ids::FieldId,
    kinds,
};

/// Most names in one draft: 300 questions of six parts each, and room to spare.
pub const NAMES_MAX: usize = 2_000;
/// Longest single value. A long text holds at most some ten thousand characters of three bytes; a drawn signature 60 kB.
pub const VALUE_BYTES_MAX: usize = 100_000;
/// Largest draft: twenty long values, or two thousand of 1 kB.
pub const TOTAL_BYTES_MAX: usize = 2_000_000;
/// Longest name of an input: three ids of 64 characters, two row numbers, a part.
pub const NAME_BYTES_MAX: usize = 256;

/// The part of a question with documents that says what became of the paper: `certificate.paper`.
pub const PAPER_WAYS: &str = "paper";
/// The part that says what the paper is: `certificate.note`.
pub const PAPER_NOTE: &str = "note";

/// Why an input was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// More than [`NAMES_MAX`] names.
    #[error("more than {NAMES_MAX} inputs")]
    Names,
    /// A value over [`VALUE_BYTES_MAX`].
    #[error("a value is longer than {VALUE_BYTES_MAX} bytes")]
    Value,
    /// All together over [`TOTAL_BYTES_MAX`].
    #[error("all values together are longer than {TOTAL_BYTES_MAX} bytes")]
    Total,
    /// A name that no page of ours can have.
    #[error("an input has an impossible name")]
    Name,
}

/// What came in, by the name of the input; a name may come several times (ticked boxes). The order of the values of one
/// name is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed {
    values: BTreeMap<String, Vec<String>>,
}

impl Typed {
    /// Takes in what a page posted, in its order.
    ///
    /// # Errors
    /// When a bound is passed; nothing is kept then, so say it before anything is overwritten.
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Typed, TooMuch>
    where
        N: Into<String>,
        V: AsRef<str>,
    {
        let mut typed = Typed::default();
        let mut bytes = 0;
        for (name, value) in pairs {
            let name = name.into();
            bytes += name.len() + value.as_ref().len();
            if bytes > TOTAL_BYTES_MAX {
                return Err(TooMuch::Total);
            }
            typed.push_counted(name, value.as_ref())?;
        }
        Ok(typed)
    }

    /// Adds one value under a name.
    ///
    /// # Errors
    /// When a bound is passed.
    pub fn push(&mut self, name: impl Into<String>, value: impl AsRef<str>) -> Result<(), TooMuch> {
        let (name, value) = (name.into(), value.as_ref());
        if self.bytes() + name.len() + value.len() > TOTAL_BYTES_MAX {
            return Err(TooMuch::Total);
        }
        self.push_counted(name, value)
    }

    fn push_counted(&mut self, name: String, value: &str) -> Result<(), TooMuch> {
        if value.len() > VALUE_BYTES_MAX {
            return Err(TooMuch::Value);
        }
        if name.is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
            return Err(TooMuch::Name);
        }
        if !self.values.contains_key(&name) && self.values.len() >= NAMES_MAX {
            return Err(TooMuch::Names);
        }
        self.values.entry(name).or_default().push(clean(value));
        Ok(())
    }

    /// Puts these values under a name instead of what stood there. For values that we made ourselves; what others send
    /// goes through [`Typed::push`].
    pub fn set(&mut self, name: impl Into<String>, values: impl IntoIterator<Item = impl AsRef<str>>) {
        self.values.insert(name.into(), values.into_iter().map(|value| clean(value.as_ref())).collect());
    }

    /// The first value under a name.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.first().map(String::as_str)
    }

    /// All values under a name, in order.
    pub fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether anything came in for a field or one of its parts, even an empty text. A field that was never on a posted
    /// page was not touched.
    pub fn is_touched(&self, field: &str) -> bool {
        self.below(field).next().is_some()
    }

    /// Whether everything that came in for a field and its parts is blank.
    pub fn is_blank(&self, field: &str) -> bool {
        self.below(field).all(|(_, values)| values.iter().all(|value| value.trim().is_empty()))
    }

    /// The inputs below a prefix: `typed.scoped("guardians.0")`.
    pub fn scoped<'a>(&'a self, prefix: &str) -> Scoped<'a> {
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}.") };
        Scoped { typed: self, prefix }
    }

    /// The same below a name: `facility` as `admit.facility`, where the questions of several outcomes are on one page.
    pub fn under(&self, prefix: &str) -> Typed {
        let mut under = Typed::default();
        self.iter().for_each(|(name, values)| under.set(format!("{prefix}.{name}"), values));
        under
    }

    /// Every name with its values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.values.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether nothing came in.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// What it weighs, for the bound.
    pub fn bytes(&self) -> usize {
        self.values.iter().map(|(name, values)| values.iter().map(|v| name.len() + v.len()).sum::<usize>()).sum()
    }

    /// Forgets a field with all its parts and rows.
    pub fn forget(&mut self, field: &str) {
        let names: Vec<String> = self.below(field).map(|(name, _)| name.to_owned()).collect();
        for name in names {
            self.values.remove(&name);
        }
    }

    /// Lays one posted page over the draft: every question of the page is answered anew (a box that is no longer ticked is
    /// gone), everything else stays. Files are not posted with pages: they were uploaded before, and what a page claims
    /// about them is not believed.
    ///
    /// # Errors
    /// When the draft would pass a bound; it stays as it was.
    pub fn post_page(&mut self, fields: &IndexMap<FieldId, Field>, posted: &Typed) -> Result<(), TooMuch> {
        self.post_shown(fields, &std::collections::BTreeSet::new(), posted)
    }

    /// The same of a page on which these questions were `hidden`: what they hold stays, unless something came in for them. Who changes an
    /// answer to and fro finds again what was typed below it, or what the town had put there.
    ///
    /// # Errors
    /// As [`Typed::post_page`].
    pub fn post_shown(
        &mut self,
        fields: &IndexMap<FieldId, Field>,
        hidden: &std::collections::BTreeSet<String>,
        posted: &Typed,
    ) -> Result<(), TooMuch> {
        let mut next = self.clone();
        let was_shown = |id: &FieldId| !hidden.contains(id.as_str()) || posted.is_touched(id.as_str());
        for (id, field) in fields.iter().filter(|(id, _)| was_shown(id)) {
            post_field(&mut next, id.as_str(), &field.kind, posted);
        }
        if next.values.len() > NAMES_MAX {
            return Err(TooMuch::Names);
        }
        if next.bytes() > TOTAL_BYTES_MAX {
            return Err(TooMuch::Total);
        }
        *self = next;
        Ok(())
    }

    /// Takes from a posted sheet what staff say of papers that they have seen or keep ([`crate::answer::Papers`]); what stood there goes. Only
    /// the counter does this: of a resident's page it is not taken ([`Typed::post_page`]), and of a draft from outside it is taken out by
    /// posting nothing.
    ///
    /// # Errors
    /// When the draft would pass a bound; it stays as it was.
    pub fn post_papers(&mut self, fields: &IndexMap<FieldId, Field>, posted: &Typed) -> Result<(), TooMuch> {
        let mut next = self.clone();
        for (id, field) in fields {
            post_papers(&mut next, id.as_str(), &field.kind, posted);
        }
        if next.values.len() > NAMES_MAX {
            return Err(TooMuch::Names);
        }
        if next.bytes() > TOTAL_BYTES_MAX {
            return Err(TooMuch::Total);
        }
        *self = next;
        Ok(())
    }

    /// This with other inputs laid over it, name by name.
    pub fn over(mut self, other: Typed) -> Typed {
        self.values.extend(other.values);
        self
    }

    /// What would have been typed to give these answers: for corrections (補正) and for forms that begin with an earlier one.
    /// An individual number does not come back.
    pub fn of_answers(answers: &Answers) -> Typed {
        let mut typed = Typed::default();
        for (id, answer) in answers.iter() {
            kinds::type_back(answer, id.as_str(), &mut typed);
        }
        typed
    }

    /// How many rows a repeating group has: as many as were said or typed, within its bounds.
    pub fn rows(&self, group: &str, at_least: u32, at_most: u32) -> u32 {
        let said = self.first(&rows_name(group)).and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        said.max(self.typed_rows(group)).max(at_least).min(at_most.max(at_least))
    }

    fn typed_rows(&self, group: &str) -> u32 {
        let start = group.len() + 1;
        self.below(group)
            .filter_map(|(name, _)| name.get(start..)?.split('.').next()?.parse::<u32>().ok())
            .filter(|row| (*row as usize) < NAMES_MAX)
            .map(|row| row + 1)
            .max()
            .unwrap_or(0)
    }

    /// One more row for a repeating group.
    pub fn add_row(&mut self, group: &str, at_least: u32, at_most: u32) {
        let rows = self.rows(group, at_least, at_most).saturating_add(1).min(at_most);
        self.set(rows_name(group), [rows.to_string()]);
    }

    /// Takes one row out of a repeating group; those behind it move up.
    pub fn remove_row(&mut self, group: &str, row: u32, at_least: u32, at_most: u32) {
        let rows = self.rows(group, at_least, at_most);
        if row >= rows {
            return;
        }
        self.forget(&format!("{group}.{row}"));
        for behind in row + 1..rows {
            let from = format!("{group}.{behind}");
            let moved: Vec<(String, Vec<String>)> =
                self.below(&from).map(|(name, values)| (name[from.len()..].to_owned(), values.to_vec())).collect();
            self.forget(&from);
            for (rest, values) in moved {
                self.values.insert(format!("{group}.{}{rest}", behind - 1), values);
            }
        }
        self.set(rows_name(group), [(rows - 1).max(at_least).to_string()]);
    }

    /// The inputs named `field` or beginning with `field.`.
    pub(crate) fn below<'a>(&'a self, field: &'a str) -> impl Iterator<Item = (&'a str, &'a [String])> {
        // In the order of bytes the names of a field are not always neighbours: `a`, `a-b`, `a.b`; hence the two ranges.
        let itself = self.values.get_key_value(field).map(|(name, values)| (name.as_str(), values.as_slice()));
        let prefix = format!("{field}.");
        let parts = self
            .values
            .range(prefix.clone()..)
            .take_while(move |(name, _)| name.starts_with(&prefix))
            .map(|(name, values)| (name.as_str(), values.as_slice()));
        itself.into_iter().chain(parts)
    }
}

/// The input that says how many rows a group has.
pub fn rows_name(group: &str) -> String {
    format!("{group}.rows")
}

fn post_field(draft: &mut Typed, name: &str, kind: &Kind, posted: &Typed) {
    match kind {
        Kind::Files { .. } | Kind::Note => {}
        Kind::Group { fields, at_least, at_most, .. } => {
            // The draft's rows too: a row's files are only in the draft.
            let rows = posted.rows(name, *at_least, *at_most).max(draft.rows(name, *at_least, *at_most));
            for row in 0..rows {
                for (id, field) in fields {
                    post_field(draft, &format!("{name}.{row}.{id}"), &field.kind, posted);
                }
            }
            if let Some(said) = posted.values.get(&rows_name(name)) {
                draft.values.insert(rows_name(name), said.clone());
            }
        }
        _ => {
            draft.forget(name);
            let came: Vec<_> = posted.below(name).map(|(name, values)| (name.to_owned(), values.to_vec())).collect();
            if came.is_empty() {
                // Nothing ticked is an answer too: the field counts as touched and its default does not come back.
                draft.values.insert(name.to_owned(), Vec::new());
            }
            draft.values.extend(came);
        }
    }
}

fn post_papers(draft: &mut Typed, name: &str, kind: &Kind, posted: &Typed) {
    match kind {
        Kind::Files { .. } => {
            for part in [PAPER_WAYS, PAPER_NOTE] {
                let name = format!("{name}.{part}");
                draft.values.remove(&name);
                draft.values.extend(posted.values.get(&name).map(|said| (name, said.clone())));
            }
        }
        Kind::Group { fields, at_least, at_most, .. } => {
            for row in 0..draft.rows(name, *at_least, *at_most) {
                for (id, field) in fields {
                    post_papers(draft, &format!("{name}.{row}.{id}"), &field.kind, posted);
                }
            }
        }
        _ => {}
    }
}

/// The inputs of one row of a group.
#[derive(Clone, Debug)]
pub struct Scoped<'a> {
    typed: &'a Typed,
    prefix: String,
}

impl<'a> Scoped<'a> {
    /// The first value under a name.
    pub fn first(&self, name: &str) -> Option<&'a str> {
        self.typed.first(&self.name(name))
    }

    /// All values under a name, in order.
    pub fn all(&self, name: &str) -> &'a [String] {
        self.typed.all(&self.name(name))
    }

    /// The whole name of an input.
    pub fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// Line ends become LF; control characters, byte order marks and marks that turn the direction of text vanish: no one can
/// see them, and they make a name read as another.
fn clean(value: &str) -> String {
    let is_dropped =
        |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !value.contains(is_dropped) {
        return value.to_owned();
    }
    value.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|c| !is_dropped(*c)).collect()
}
