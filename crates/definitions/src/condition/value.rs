//! What an expression gives.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;

/// A value while a condition is evaluated. Three of them are no values in the ordinary sense, and conditions reckon with them:
/// `absent` (not answered), `unknown` (a fact that is not at hand here) and faults.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number: counts, yen, ages.
    Int(i64),
    /// A number with decimals: areas, shares.
    Decimal(Decimal),
    /// Text; ids of options too.
    Text(Arc<str>),
    /// A day.
    Date(Date),
    /// A length of time.
    Length(Length),
    /// Several values.
    List(Arc<[Value]>),
    /// A person, an address, a row of a group.
    Record(Arc<RecordValue>),
    /// CEL's `null`.
    Null,
    /// Not answered. `has(x)` is false; every other question about it is not answered either.
    Absent,
    /// A fact that is not at hand. `false && unknown` is false all the same.
    Unknown,
    /// What could not be reckoned.
    Fault(Fault),
}

/// The fields of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordValue {
    /// The id by which a register knows it: a person's, a facility's.
    pub id: Option<Arc<str>>,
    /// Its fields.
    pub fields: BTreeMap<String, Value>,
    /// What a field gives that is not there: [`Value::Unknown`] for facts, [`Value::Absent`] for answers.
    pub missing: Value,
}

/// A length of time in calendar units, added to a day in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Length {
    /// Years.
    pub years: i32,
    /// Months.
    pub months: i32,
    /// Days.
    pub days: i32,
}

/// Why something could not be reckoned. It never breaks a rule: a fault of ours is not the applicant's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A number or a day beyond what we reckon with.
    #[error("the number or the day is out of range")]
    OutOfRange,
    /// Division by zero.
    #[error("division by zero")]
    DividedByZero,
    /// A text that is no day.
    #[error("the text is no day")]
    NoDate,
    /// A born day after the day of reckoning.
    #[error("born after that day")]
    BornLater,
    /// An index that the list does not have.
    #[error("the list has no such place")]
    NoSuchPlace,
    /// Lengths of time whose order depends on the month: a month and thirty days.
    #[error("a month has no fixed number of days")]
    NoOrder,
    /// Values that do not fit the operation: only a plan that we did not make ourselves has such.
    #[error("the values do not fit")]
    Misfit,
    /// A list longer than we go through.
    #[error("the list is too long")]
    TooLong,
    /// More steps than a condition may take.
    #[error("too many steps")]
    TooManySteps,
    /// Nested too deep.
    #[error("nested too deep")]
    TooDeep,
}

impl Value {
    /// A text.
    pub fn text(text: impl AsRef<str>) -> Value {
        Value::Text(text.as_ref().into())
    }

    /// A list.
    pub fn list(values: impl IntoIterator<Item = Value>) -> Value {
        Value::List(values.into_iter().collect())
    }

    /// A number of either sort as a decimal one.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Value::Int(number) => Some((*number).into()),
            Value::Decimal(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether it is a value in the ordinary sense.
    pub fn is_there(&self) -> bool {
        !matches!(self, Value::Absent | Value::Unknown | Value::Fault(_))
    }

    /// What `has(x)` says: something was answered. An empty list is no answer, since an empty box is not one.
    pub fn is_given(&self) -> bool {
        match self {
            Value::List(values) => !values.is_empty(),
            Value::Null => false,
            value => value.is_there(),
        }
    }
}

/// How a condition came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It rests on something that was not answered.
    Absent,
    /// It rests on a fact that is not at hand here.
    Unknown,
    /// It could not be reckoned.
    Fault(Fault),
}

impl Truth {
    /// Whether it certainly holds: what `when` asks.
    pub fn is_yes(self) -> bool {
        self == Truth::Yes
    }

    /// Whether it certainly does not hold: what a rule asks.
    pub fn is_no(self) -> bool {
        self == Truth::No
    }
}

impl From<&Value> for Truth {
    fn from(value: &Value) -> Truth {
        match value {
            Value::Bool(true) => Truth::Yes,
            Value::Bool(false) => Truth::No,
            Value::Absent => Truth::Absent,
            Value::Unknown => Truth::Unknown,
            Value::Fault(fault) => Truth::Fault(*fault),
            _ => Truth::Fault(Fault::Misfit),
        }
    }
}

/// Where a condition asks for the values of its names.
pub trait Names {
    /// The value of a name: a question's id, `applicant`, `household`, `today`, `outcome` …
    fn value(&self, name: &str) -> Value;

    /// Whether a register holds a valid record of this owner on a day: `register.NAME.of(owner).holds(on)`.
    fn holds(&self, register: &str, owner: &str, on: Date) -> Value;

    /// The first day from this one on on which the town hall is open. `None`: no town is at hand.
    fn next_open(&self, _day: Date) -> Option<Date> {
        None
    }
}
