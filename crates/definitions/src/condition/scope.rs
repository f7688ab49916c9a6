//! Which names an expression may use, and what they are.

use std::{collections::BTreeSet, fmt, sync::Arc};

use indexmap::IndexMap;

use crate::{
    field::{Field, Kind},
    ids::{FieldId, RegisterId},
};

/// What a value is. Every name may be without a value at run time (not answered, not known); that is not part of its type.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A number with decimals.
    Decimal,
    /// Text.
    Text,
    /// Text out of these; comparing it with any other text is a mistake.
    OneOf(Arc<[String]>),
    /// A day.
    Date,
    /// A length of time.
    Length,
    /// CEL's `null`.
    Null,
    /// Several of a type.
    List(Box<Type>),
    /// A record with these fields.
    Record(Arc<Record>),
    /// Nothing can be done with it but to ask `has(x)`: a signature, an individual number.
    Sealed,
    /// Not known, as the elements of an empty list. Fits everything.
    Any,
}

/// The fields of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What it is called in messages: person, address.
    pub name: String,
    /// Its fields.
    pub fields: IndexMap<String, Type>,
}

impl Type {
    /// A list of this.
    pub fn list(of: Type) -> Type {
        Type::List(Box::new(of))
    }

    /// A record.
    pub fn record(name: &str, fields: impl IntoIterator<Item = (&'static str, Type)>) -> Type {
        let fields = fields.into_iter().map(|(name, of)| (name.to_owned(), of)).collect();
        Type::Record(Arc::new(Record { name: name.to_owned(), fields }))
    }

    /// 住所.
    pub fn address() -> Type {
        Type::record("address", [("postal_code", Type::Text), ("line", Type::Text), ("building", Type::Text)])
    }

    /// A person that the town knows, with further facts that the town holds of people.
    pub fn person(more: &IndexMap<String, Type>) -> Type {
        let mut fields: IndexMap<String, Type> = [
            ("id", Type::Text),
            ("name", Type::Text),
            ("kana", Type::Text),
            ("born", Type::Date),
            ("relation", Type::Text),
            ("address", Type::address()),
            ("phone", Type::Text),
            ("mail", Type::Text),
        ]
        .into_iter()
        .map(|(name, of)| (name.to_owned(), of))
        .collect();
        fields.extend(more.iter().map(|(name, of)| (name.clone(), of.clone())));
        Type::Record(Arc::new(Record { name: "person".to_owned(), fields }))
    }

    /// Whether this may stand where another is asked. A whole number is a decimal number; a decimal number is no whole one until it is
    /// rounded.
    pub fn fits(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Any, _) | (_, Type::Any) => true,
            (Type::Text | Type::OneOf(_), Type::Text | Type::OneOf(_)) => true,
            (Type::Int, Type::Decimal) => true,
            (Type::List(a), Type::List(b)) => a.fits(b),
            (a, b) => a == b,
        }
    }

    /// The type of both together, as in a list or on the sides of `? :`, where they have one.
    pub(super) fn together(&self, other: &Type) -> Option<Type> {
        match (self, other) {
            (Type::Any, other) => Some(other.clone()),
            _ if other.fits(self) => Some(self.clone()),
            _ if self.fits(other) => Some(other.clone()),
            _ => None,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Bool => f.write_str("true or false"),
            Type::Int => f.write_str("a number"),
            Type::Decimal => f.write_str("a decimal number"),
            Type::Text => f.write_str("a text"),
            Type::OneOf(_) => f.write_str("an option"),
            Type::Date => f.write_str("a date"),
            Type::Length => f.write_str("a length of time"),
            Type::Null => f.write_str("null"),
            Type::List(of) => write!(f, "a list ({of})"),
            Type::Record(record) => write!(f, "a record ({})", record.name),
            Type::Sealed => f.write_str("a sealed answer"),
            Type::Any => f.write_str("anything"),
        }
    }
}

/// The names that an expression at some place may use.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    names: IndexMap<String, Type>,
    registers: BTreeSet<String>,
}

impl Scope {
    /// No names at all; the functions are always there.
    pub fn empty() -> Scope {
        Scope::default()
    }

    /// What every expression of a procedure may use: `today`, `applicant`, `household` and the town's registers. `person_facts`
    /// are what the town holds of people besides name, birth and address.
    pub fn of_town<'a>(registers: impl IntoIterator<Item = &'a RegisterId>, person_facts: &IndexMap<String, Type>) -> Scope {
        let person = Type::person(person_facts);
        let mut scope = Scope::empty().with("today", Type::Date).with("applicant", person.clone()).with("household", Type::list(person));
        scope.registers = registers.into_iter().map(|id| id.as_str().to_owned()).collect();
        scope
    }

    /// With one more name; an inner name hides an outer one.
    pub fn with(mut self, name: impl Into<String>, of: Type) -> Scope {
        self.names.insert(name.into(), of);
        self
    }

    /// With the questions of a page or of a group.
    pub fn with_fields<'a>(mut self, fields: impl IntoIterator<Item = (&'a FieldId, &'a Field)>) -> Scope {
        for (id, field) in fields {
            if let Some(of) = crate::kinds::type_of(&field.kind) {
                self.names.insert(id.as_str().to_owned(), of);
            }
        }
        self
    }

    /// With one question.
    pub fn with_field(mut self, id: &FieldId, kind: &Kind) -> Scope {
        if let Some(of) = crate::kinds::type_of(kind) {
            self.names.insert(id.as_str().to_owned(), of);
        }
        self
    }

    /// The type of a name.
    pub fn get(&self, name: &str) -> Option<&Type> {
        self.names.get(name)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// All registers.
    pub fn registers(&self) -> impl Iterator<Item = &str> {
        self.registers.iter().map(String::as_str)
    }

    /// Whether there is such a register.
    pub fn has_register(&self, name: &str) -> bool {
        self.registers.contains(name)
    }
}
