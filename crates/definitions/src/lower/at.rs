//! A cursor over the merged tree that asks only for keys that the table holds.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    str::FromStr,
    sync::Arc,
};

use indexmap::IndexMap;
use jiff::civil::{Date, DateTime};

use crate::{
    condition::{Condition, ConditionProblem, Scope, Type},
    decimal::Decimal,
    keys::{Form, Key, Shape},
    library::Texts,
    problem::{Place, Problem},
    procedure::Period,
    read::Node,
    text::Text,
    values,
};

/// Stands for an id that an author left out or misspelt: reported once, where it should be.
pub(crate) const NOT_GIVEN: &str = "not_given";

/// What lowering gathers on its way.
#[derive(Default)]
pub(crate) struct Gathered {
    /// What is wrong.
    pub(crate) problems: RefCell<Vec<Problem>>,
    /// Texts that people read, with their places.
    pub(crate) texts: RefCell<Vec<(Text, Place)>>,
    /// The same of what was made by itself: one for each procedure.
    pub(crate) parts: RefCell<Vec<Texts>>,
    /// Keys that were asked for, by form: what the table holds and nobody asks for is a mistake of ours.
    pub(crate) asked: RefCell<BTreeSet<(&'static str, &'static str)>>,
    /// On the first of two walks (types first, conditions second) nothing is noted down.
    pub(crate) quiet: Cell<bool>,
}

impl Gathered {
    /// Takes in what was gathered elsewhere; gives the texts of that.
    pub(super) fn join(&self, other: Gathered) -> Texts {
        self.problems.borrow_mut().append(&mut other.problems.borrow_mut());
        self.asked.borrow_mut().append(&mut other.asked.borrow_mut());
        let texts: Texts = other.texts.into_inner().into();
        self.parts.borrow_mut().push(Arc::clone(&texts));
        texts
    }

    /// Every text, in the parts in which they were gathered.
    pub(super) fn all_texts(&self) -> Vec<Texts> {
        let own: Texts = self.texts.borrow().as_slice().into();
        self.parts.borrow().iter().cloned().chain([own]).collect()
    }

    /// Shows every text.
    pub(crate) fn each_text<R>(&self, show: impl FnOnce(&mut dyn Iterator<Item = &(Text, Place)>) -> R) -> R {
        let (own, parts) = (self.texts.borrow(), self.parts.borrow());
        show(&mut own.iter().chain(parts.iter().flat_map(|part| part.iter())))
    }

    pub(crate) fn problem(&self, place: &Place, what: impl Into<String>, hint: impl Into<String>) {
        if !self.quiet.get() {
            self.problems.borrow_mut().push(Problem::new(place, what, hint));
        }
    }
}

/// A node with the form of its keys and its path.
#[derive(Clone)]
pub(crate) struct At<'a> {
    pub(crate) gathered: &'a Gathered,
    pub(crate) node: &'a Node,
    pub(crate) form: &'static Form,
    pub(crate) path: String,
}

impl<'a> At<'a> {
    pub(crate) fn new(gathered: &'a Gathered, node: &'a Node, form: &'static Form, path: impl Into<String>) -> At<'a> {
        At { gathered, node, form, path: path.into() }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.node.place
    }

    fn known(&self, name: &str) -> Option<&'static Key> {
        let key = self.form.key(name)?;
        // Noted for our own test of the table alone.
        if cfg!(test) {
            self.gathered.asked.borrow_mut().insert((self.form.name, key.name));
        }
        Some(key)
    }

    /// What stands under a key of the table.
    pub(crate) fn key(&self, name: &str) -> Option<&'a Node> {
        self.known(name)?;
        self.node.get(name)
    }

    pub(crate) fn path_of(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    fn scalar<T>(&self, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        parse(self.key(name)?.text()?)
    }

    pub(crate) fn line(&self, name: &str) -> Option<String> {
        self.scalar(name, |text| Some(text.to_owned()))
    }

    pub(crate) fn id<T: FromStr>(&self, name: &str) -> Option<T> {
        self.scalar(name, |text| text.parse().ok())
    }

    pub(crate) fn yes(&self, name: &str) -> Option<bool> {
        self.scalar(name, |text| Some(text == "yes"))
    }

    pub(crate) fn number<T: TryFrom<i64>>(&self, name: &str) -> Option<T> {
        let node = self.key(name)?;
        let number: i64 = node.text()?.parse().ok()?;
        let fits = T::try_from(number).ok();
        if fits.is_none() {
            self.gathered.problem(&node.place, format!("`{number}` は大きすぎるか、負になっている"), "ふつうの数に直す");
        }
        fits
    }

    /// A number with decimals; what is none is a mistake.
    pub(crate) fn decimal(&self, name: &str) -> Option<Decimal> {
        let node = self.key(name)?;
        let number = node.text()?.parse().ok();
        if number.is_none() {
            self.gathered.problem(&node.place, "数ではない", "半角の数字で書く（0.5）");
        }
        number
    }

    pub(crate) fn period(&self, name: &str) -> Option<Period> {
        self.scalar(name, values::period)
    }

    pub(crate) fn day(&self, name: &str) -> Option<Date> {
        self.scalar(name, |text| text.parse().ok())
    }

    pub(crate) fn moment(&self, name: &str) -> Option<DateTime> {
        self.scalar(name, |text| text.parse().ok())
    }

    /// A word of a closed list.
    pub(crate) fn word<T>(&self, name: &str, words: &[(&str, T)]) -> Option<T>
    where
        T: Copy,
    {
        self.scalar(name, |text| words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value))
    }

    /// A text that people read.
    pub(crate) fn text(&self, name: &str) -> Option<Text> {
        let node = self.key(name)?;
        self.note_text(node, self.path_of(name))
    }

    fn note_text(&self, node: &Node, path: String) -> Option<Text> {
        let text = Text::new(path, node.text()?.trim_end());
        if !self.gathered.quiet.get() {
            self.gathered.texts.borrow_mut().push((text.clone(), node.place.clone()));
        }
        Some(text)
    }

    /// A map id → text.
    pub(crate) fn texts<T: FromStr + std::hash::Hash + Eq>(&self, name: &str) -> IndexMap<T, Text> {
        let base = self.path_of(name);
        let map = self.key(name).and_then(Node::map);
        map.into_iter()
            .flatten()
            .filter_map(|(id, entry)| Some((id.parse().ok()?, self.note_text(&entry.node, format!("{base}.{id}"))?)))
            .collect()
    }

    /// A text that must be there. That it is not has been reported; going on without it finds the other mistakes.
    pub(crate) fn needed_text(&self, name: &str) -> Text {
        self.text(name).unwrap_or_else(|| Text::new(self.path_of(name), ""))
    }

    /// An id that must be there; [`NOT_GIVEN`] when it is not, which nothing looks up.
    pub(crate) fn needed_id<T: FromStr>(&self, name: &str) -> Option<T> {
        self.id(name).or_else(|| NOT_GIVEN.parse().ok())
    }

    /// A list of lines, or a single one.
    pub(crate) fn lines(&self, name: &str) -> Vec<&'a str> {
        let Some(node) = self.key(name) else { return Vec::new() };
        match node.list() {
            Some(list) => list.iter().filter_map(Node::text).collect(),
            None => node.text().into_iter().collect(),
        }
    }

    /// A list of ids, or a single one.
    pub(crate) fn ids<T: FromStr>(&self, name: &str) -> Vec<T> {
        self.lines(name).into_iter().filter_map(|text| text.parse().ok()).collect()
    }

    /// The entries of a map.
    pub(crate) fn map(&self, name: &str) -> impl Iterator<Item = (&'a str, &'a Node)> + use<'a> {
        self.key(name).and_then(Node::map).into_iter().flatten().map(|(id, entry)| (id.as_str(), &entry.node))
    }

    /// A fixed set of keys below this one.
    pub(crate) fn below(&self, name: &str) -> Option<At<'a>> {
        let node = self.key(name).filter(|node| node.map().is_some())?;
        match self.known(name)?.shape {
            Shape::Form(form) | Shape::WordOrForm(_, form) | Shape::YesWhyNotOrForm(form) => {
                Some(At::new(self.gathered, node, form, self.path_of(name)))
            }
            _ => None,
        }
    }

    /// A map id → a fixed set of keys.
    pub(crate) fn each<T: FromStr>(&self, name: &str) -> Vec<(T, At<'a>)> {
        let Some(Key { shape: Shape::Map(Shape::Form(form)), .. }) = self.known(name) else { return Vec::new() };
        let base = self.path_of(name);
        self.map(name)
            .filter_map(|(id, node)| Some((id.parse().ok()?, At::new(self.gathered, node, form, format!("{base}.{id}")))))
            .collect()
    }

    /// A condition or expression; without a scope (types are not known yet) none.
    pub(crate) fn condition(&self, name: &str, scope: Option<&Scope>, expected: &Type) -> Option<Condition> {
        let node = self.key(name)?;
        compile(self.gathered, node, scope?, expected)
    }
}

/// Compiles the expression that stands in a node.
pub(crate) fn compile(gathered: &Gathered, node: &Node, scope: &Scope, expected: &Type) -> Option<Condition> {
    compiled(gathered, node, Condition::compile_as(node.text()?, scope, expected))
}

/// What a column is to hold: an expression, or `null`.
pub(crate) fn compile_column(gathered: &Gathered, node: &Node, scope: &Scope, expected: &Type) -> Option<Condition> {
    compiled(gathered, node, Condition::compile_column(node.text()?, scope, expected))
}

fn compiled(gathered: &Gathered, node: &Node, compiled: Result<Condition, Vec<ConditionProblem>>) -> Option<Condition> {
    match compiled {
        Ok(condition) => Some(condition),
        Err(problems) => {
            for problem in problems {
                let hint = if problem.hint.is_empty() { "条件の書き方は docs/language.md".to_owned() } else { problem.hint };
                gathered.problem(&node.place_at(problem.offset), problem.what, hint);
            }
            None
        }
    }
}
