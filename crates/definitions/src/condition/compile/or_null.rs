//! What a column of a register is to hold: an expression, or `null`, which empties it.

use cel::{
    IdedExpr,
    common::ast::{Expr, operators as cel_operators},
};

use super::{Compiler, Lowered};
use crate::condition::{Node, Type};

/// What an expression may give besides a value of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::condition) enum Beside {
    /// Nothing.
    Nothing,
    /// `null`, which empties a column: by itself, or as a side of `? :`.
    Null,
}

impl Compiler<'_> {
    /// An expression, or `null`, or a choice between such.
    pub(super) fn or_null(&mut self, at: &IdedExpr) -> Lowered {
        let Expr::Call(called) = &at.expr else { return self.expression(at) };
        let (cel_operators::CONDITIONAL, [when, yes, no]) = (called.func_name.as_str(), called.args.as_slice()) else {
            return self.expression(at);
        };
        let when = self.expecting(when, &Type::Bool);
        let (first, second) = (self.or_null(yes), self.or_null(no));
        let one_is_null = first.of == Type::Null || second.of == Type::Null;
        if !one_is_null && !first.of.fits(&second.of) {
            let what = format!("one side gives {}, the other {}", first.of, second.of);
            self.problem(no, what, "both sides of ? : give the same");
        }
        let of = if matches!(first.of, Type::Null | Type::Any) { second.of } else { first.of };
        self.give(Node::If(when.node, first.node, second.node), at, of)
    }
}
