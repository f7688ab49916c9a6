//! # The table of keys
//!
//! Every key of the language, once: which shape it takes, whether it must be there, what it means. Reading checks a tree
//! against this table, lowering asks for nothing that the table does not hold, and [`crate::schema`] publishes it: the three
//! cannot drift. A key means one thing wherever it stands.

mod field;
mod mapping;
mod procedure;
mod round;
mod town;
mod validate;

pub use field::{FIELD_COMMON, KINDS, VERBS};
pub(crate) use mapping::DIRECTIONS;
pub use mapping::{MAPPING, MAPPING_EXAMPLE};
pub use procedure::{EXAMPLE, PROCEDURE};
pub use town::{DOCUMENTS, Document, TOWN, TRANSLATION_FILE};
pub use validate::{is_to_be_written, nearest, validate};

/// What stands under a key.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Japanese that people read; translated, and no part of a version.
    Words,
    /// Text that is not translated.
    Line,
    /// An id of our own making.
    Id,
    /// 手続ID of the national inventory.
    InventoryId,
    /// A whole number.
    Number,
    /// `yes` or `no`.
    YesNo,
    /// `14 days`, `2 business days`, `3 months`.
    Period,
    /// A period or `none`.
    PeriodOrNone,
    /// A period, `none`, or `named`: a notice names the day.
    PeriodOrNamed,
    /// `5 fiscal years`.
    FiscalYears,
    /// `2026-11-24`.
    Day,
    /// `2027-01-31T17:00`.
    Moment,
    /// `1..2`: fewest and most.
    Range,
    /// A condition or expression in CEL.
    Condition,
    /// `yes`, or the reason why not and what to do instead.
    YesOrWhyNot,
    /// The same, or a fixed set of keys.
    YesWhyNotOrForm(&'static Form),
    /// One word of a closed list.
    OneOf(&'static [&'static str]),
    /// A list of one shape.
    List(&'static Shape),
    /// A single one, or a list.
    OneOrList(&'static Shape),
    /// An ordered map: ids of the author's → one shape. Overlays name what they change.
    Map(&'static Shape),
    /// A map whose keys are days.
    DayMap(&'static Shape),
    /// A map whose keys are ids of the national inventory.
    InventoryMap(&'static Shape),
    /// Either a list of ids (shown by the ids' translation or themselves) or a map id → words.
    Options,
    /// A fixed set of keys.
    Form(&'static Form),
    /// A word, or a fixed set of keys.
    WordOrForm(&'static [&'static str], &'static Form),
    /// A field: a set of keys by its `kind:`.
    Field,
    /// A verb of a `do:` map: a set of keys by the verb.
    Verb,
    /// A column of a register: a field, or one of the kinds that only registers have.
    Column,
    /// Whatever an example answers.
    Anything,
}

/// A fixed set of keys.
#[derive(Debug)]
pub struct Form {
    /// Its name in the schema.
    pub name: &'static str,
    /// What it is.
    pub says: &'static str,
    /// Its keys, in groups that several forms share.
    pub keys: &'static [&'static [Key]],
    /// What any other key holds, where others are allowed (columns of a register).
    pub others: Option<Shape>,
}

/// A key.
#[derive(Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What stands under it.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it is part of a version: what a filed case keeps. Wording, departments and roles are always today's.
    pub versioned: bool,
    /// What it means, for those who write definitions.
    pub says: &'static str,
}

impl Form {
    /// All keys.
    pub fn all(&self) -> impl Iterator<Item = &'static Key> {
        self.keys.iter().flat_map(|group| group.iter())
    }

    /// A key by its name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.all().find(|key| key.name == name)
    }
}

/// A key that may be left out.
const fn may(name: &'static str, shape: Shape, says: &'static str) -> Key {
    Key { name, shape, required: false, versioned: true, says }
}

/// A key that must be there.
const fn must(name: &'static str, shape: Shape, says: &'static str) -> Key {
    Key { name, shape, required: true, versioned: true, says }
}

/// The same key, always today's: it is no part of a version.
const fn todays(key: Key) -> Key {
    Key { versioned: false, ..key }
}

/// Every form of the language, for the schema and its test.
pub fn forms() -> Vec<&'static Form> {
    let mut found: Vec<&'static Form> = Vec::new();
    let mut waiting: Vec<&'static Form> = DOCUMENTS.iter().map(|document| document.form).collect();
    waiting.push(&TRANSLATION_FILE);
    while let Some(form) = waiting.pop() {
        if found.iter().any(|known| known.name == form.name) {
            continue;
        }
        found.push(form);
        for key in form.all() {
            inner_forms(key.shape, &mut waiting);
        }
        if let Some(others) = form.others {
            inner_forms(others, &mut waiting);
        }
    }
    found.sort_by_key(|form| form.name);
    found
}

fn inner_forms(shape: Shape, waiting: &mut Vec<&'static Form>) {
    match shape {
        Shape::List(inner) | Shape::OneOrList(inner) | Shape::Map(inner) | Shape::DayMap(inner) | Shape::InventoryMap(inner) => {
            inner_forms(*inner, waiting)
        }
        Shape::Form(form) | Shape::WordOrForm(_, form) | Shape::YesWhyNotOrForm(form) => waiting.push(form),
        Shape::Field => waiting.extend(KINDS.iter().map(|(_, form)| form)),
        Shape::Verb => waiting.extend(VERBS.iter().map(|(_, form)| form)),
        Shape::Column => {
            waiting.extend(KINDS.iter().map(|(_, form)| form));
            waiting.extend(field::COLUMN_KINDS.iter().map(|(_, form)| form));
        }
        _ => {}
    }
}

/// The keys that a field or column of a kind may have.
pub(crate) fn kind_form(kind: &str, column: bool) -> Option<&'static Form> {
    let own = if column { field::COLUMN_KINDS } else { &[] };
    own.iter().chain(KINDS).find(|(name, _)| *name == kind).map(|(_, form)| form)
}

/// All words for `kind:`.
pub(crate) fn kind_words(column: bool) -> Vec<&'static str> {
    let own = if column { field::COLUMN_KINDS } else { &[] };
    own.iter().chain(KINDS).map(|(name, _)| *name).collect()
}

/// The keys of a verb.
pub(crate) fn verb_form(verb: &str) -> Option<&'static Form> {
    VERBS.iter().find(|(name, _)| *name == verb).map(|(_, form)| form)
}
