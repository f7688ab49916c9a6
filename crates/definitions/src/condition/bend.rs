//! Conditions bent a little, to see whether an example notices.

use jiff::ToSpan;

use super::{Arithmetic, Comparison, Condition, Each, Function, Node};

/// A condition bent in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bent {
    /// The bent condition; its source is still the author's.
    pub condition: Condition,
    /// Where in the source, in bytes.
    pub offset: Option<usize>,
    /// What was bent: "`>=` became `>`".
    pub what: String,
}

pub(super) fn bend(condition: &Condition) -> Vec<Bent> {
    let plan = &condition.plan;
    let mut bent = Vec::new();
    for (place, node) in plan.nodes().iter().enumerate() {
        for (node, what) in bends_of(node) {
            let condition = Condition { source: condition.source.clone(), plan: plan.with_node(place, node) };
            bent.push(Bent { condition, offset: plan.offset(place), what });
        }
    }
    bent
}

fn bends_of(node: &Node) -> Vec<(Node, String)> {
    match node {
        Node::Bool(value) => vec![(Node::Bool(!value), format!("`{value}` became `{}`", !value))],
        Node::Int(value) => [value.checked_sub(1), value.checked_add(1)]
            .into_iter()
            .flatten()
            .map(|near| (Node::Int(near), format!("{value} became {near}")))
            .collect(),
        Node::Decimal(value) => [value.minus(value.step()), value.plus(value.step())]
            .into_iter()
            .flatten()
            .map(|near| (Node::Decimal(near), format!("{value} became {near}")))
            .collect(),
        Node::Date(day) => [day.checked_sub(1.day()), day.checked_add(1.day())]
            .into_iter()
            .flatten()
            .map(|near| (Node::Date(near), format!("{day} became {near}")))
            .collect(),
        Node::Compare(how, a, b) => bends_of_comparison(*how)
            .iter()
            .map(|other| (Node::Compare(*other, *a, *b), format!("`{}` became `{}`", how.sign(), other.sign())))
            .collect(),
        Node::And(parts) => dropping(parts, "&&", Node::And),
        Node::Or(parts) => dropping(parts, "||", Node::Or),
        Node::Not(of) => vec![(Node::And(vec![*of]), "`!` was dropped".to_owned())],
        Node::Has(_) | Node::Register(..) | Node::In(..) => {
            [false, true].into_iter().map(|value| (Node::Bool(value), format!("this became {value}"))).collect()
        }
        Node::If(when, yes, no) => vec![(Node::If(*when, *no, *yes), "both sides of `? :` changed places".to_owned())],
        Node::Call(Function::Limit, parts) => match parts.as_slice() {
            [event, length] => {
                vec![(Node::Arithmetic(Arithmetic::Add, *event, *length), "`limit` no longer moved over closed days".to_owned())]
            }
            _ => Vec::new(),
        },
        Node::Each(how, list, body) => match how {
            Each::Exists => vec![(Node::Each(Each::All, *list, *body), "`exists` became `all`".to_owned())],
            Each::All => vec![(Node::Each(Each::Exists, *list, *body), "`all` became `exists`".to_owned())],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// `>=` becomes `>` (the edge) and `<` (the sense).
fn bends_of_comparison(how: Comparison) -> &'static [Comparison] {
    match how {
        Comparison::Equal => &[Comparison::NotEqual],
        Comparison::NotEqual => &[Comparison::Equal],
        Comparison::Less => &[Comparison::LessOrEqual, Comparison::GreaterOrEqual],
        Comparison::LessOrEqual => &[Comparison::Less, Comparison::Greater],
        Comparison::Greater => &[Comparison::GreaterOrEqual, Comparison::LessOrEqual],
        Comparison::GreaterOrEqual => &[Comparison::Greater, Comparison::Less],
    }
}

fn dropping(parts: &[u32], sign: &str, make: impl Fn(Vec<u32>) -> Node) -> Vec<(Node, String)> {
    if parts.len() < 2 {
        return Vec::new();
    }
    (0..parts.len())
        .map(|dropped| {
            let kept = parts.iter().enumerate().filter(|(place, _)| *place != dropped).map(|(_, part)| *part).collect();
            (make(kept), format!("part {} of `{sign}` was dropped", dropped + 1))
        })
        .collect()
}
