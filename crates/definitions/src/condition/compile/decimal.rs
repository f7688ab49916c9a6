//! Numbers with a point: as the author wrote them, not as a double holds them.

use cel::IdedExpr;

use super::{
    super::{Node, Type},
    Compiler, Lowered,
};
use crate::decimal::Decimal;

impl Compiler<'_> {
    /// The parser draws a sign into the number; where the number begins in the source it may or may not stand.
    pub(super) fn decimal(&mut self, at: &IdedExpr, is_negative: bool) -> Lowered {
        let written = self.source.get(self.offset(at)..).unwrap_or_default().trim_start_matches(['-', ' ']);
        let end = written.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(written.len());
        match written[..end].parse::<Decimal>() {
            Ok(number) => {
                let number = if is_negative { number.negated() } else { number };
                self.give(Node::Decimal(number), at, Type::Decimal)
            }
            Err(_) => self.problem(at, "this does not read as a decimal number", "write at most eighteen digits on each side of one point"),
        }
    }
}
