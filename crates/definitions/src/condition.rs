//! # 条件 Conditions
//!
//! What a definition says in CEL, checked when it is read. A crate parses; we check names and types against the [`Scope`] of the
//! place where the expression stands, and lower it into a [`Plan`] of our own, which is stored with the procedure and needs no
//! parser again. Evaluation is three-valued: a fact that is not at hand is *unknown*, a question not answered is *absent*, and
//! `false && unknown` is false.

mod bend;
mod call;
mod compile;
mod evaluate;
mod hint;
mod plan;
mod scope;
mod value;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use bend::Bent;
pub use evaluate::{LIST_MAX, STEPS_MAX};
pub use plan::{Arithmetic, Comparison, Each, Function, Node, Plan};
pub use scope::{Record, Scope, Type};
pub use value::{Fault, Length, Names, RecordValue, Truth, Value};

/// A condition or expression of a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// As the author wrote it.
    pub source: String,
    /// What is evaluated.
    pub plan: Plan,
}

/// A mistake in an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionProblem {
    /// Where, in bytes from the beginning of the expression.
    pub offset: usize,
    /// What is wrong.
    pub what: String,
    /// How to mend it; may be empty.
    pub hint: String,
}

/// What an expression rests on, so that `check` can ask whether it is at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Names with the fields taken of them: `start`, `applicant.born`, `household`.
    pub names: BTreeSet<String>,
    /// Registers asked.
    pub registers: BTreeSet<String>,
}

impl Condition {
    /// Reads a condition: an expression that is true or false.
    ///
    /// # Errors
    /// All mistakes at once: syntax, names that do not exist, types that do not fit, unknown functions.
    pub fn compile(source: &str, scope: &Scope) -> Result<Condition, Vec<ConditionProblem>> {
        Condition::compile_as(source, scope, &Type::Bool)
    }

    /// Reads an expression that must give a type: a default for a date gives a date.
    ///
    /// # Errors
    /// As [`Condition::compile`].
    pub fn compile_as(source: &str, scope: &Scope, expected: &Type) -> Result<Condition, Vec<ConditionProblem>> {
        let plan = compile::compile(source, scope, expected, compile::Beside::Nothing)?;
        Ok(Condition { source: source.to_owned(), plan })
    }

    /// Reads what a column of a register is to hold: an expression of its type, or `null`, which empties it.
    ///
    /// # Errors
    /// As [`Condition::compile`].
    pub fn compile_column(source: &str, scope: &Scope, expected: &Type) -> Result<Condition, Vec<ConditionProblem>> {
        let plan = compile::compile(source, scope, expected, compile::Beside::Null)?;
        Ok(Condition { source: source.to_owned(), plan })
    }

    /// Whether it may give `null`.
    pub fn may_be_null(&self) -> bool {
        self.plan.nodes().contains(&Node::Null)
    }

    /// Whether it holds.
    pub fn holds(&self, names: &dyn Names) -> Truth {
        Truth::from(&self.value(names))
    }

    /// What it gives.
    pub fn value(&self, names: &dyn Names) -> Value {
        evaluate::evaluate(&self.plan, names)
    }

    /// What it rests on.
    pub fn references(&self) -> References {
        self.plan.references()
    }

    /// The condition bent a little in each place where it can be: a comparison flipped, a constant shifted by one, a conjunct
    /// dropped. An example that notices none of a bend's differences leaves that place untested.
    pub fn bend(&self) -> Vec<Bent> {
        bend::bend(self)
    }
}
