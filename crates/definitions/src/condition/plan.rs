//! The stored form of an expression: a flat list of nodes, each of which names only nodes before it. So a plan cannot loop, is
//! read without recursion however deep it is, and reads the same in ten years.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::References;
use crate::decimal::Decimal;

/// The most nodes of a plan. The longest condition in `towns/` has some sixty.
pub const NODES_MAX: usize = 4_000;

/// How deep nodes nest. Conditions that a person can read nest some eight deep; and evaluating goes down as deep, once for each
/// question that a condition leads to.
pub(super) const DEPTH_MAX: usize = 32;

/// Nodes; the last is the whole.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Node>", into = "Vec<Node>")]
pub struct Plan {
    nodes: Vec<Node>,
    /// Where each node stands in the source; empty once reloaded.
    offsets: Vec<u32>,
}

/// Two plans are the same when they say the same; where that stood in a source does not count.
impl PartialEq for Plan {
    fn eq(&self, other: &Plan) -> bool {
        self.nodes == other.nodes
    }
}

impl Eq for Plan {}

/// Why nodes are no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a plan: it is empty, too long, too deep, or a node names one that does not stand before it")]
pub struct NotAPlan;

/// One step. Numbers are places of earlier nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// `true`.
    Bool(bool),
    /// `7`.
    Int(i64),
    /// `12.5`.
    Decimal(Decimal),
    /// `'work'`.
    Text(String),
    /// `date('2027-04-01')`.
    Date(Date),
    /// `null`.
    Null,
    /// A name of the scope.
    Name(String),
    /// The element at hand of the n-th enclosing `exists`, `all` …, counted from outside.
    Local(u16),
    /// `a.b`.
    Field(u32, String),
    /// `has(a)`, `has(a.b)`.
    Has(u32),
    /// `!a`.
    Not(u32),
    /// `-a`.
    Negate(u32),
    /// `a && b && c`.
    And(Vec<u32>),
    /// `a || b || c`.
    Or(Vec<u32>),
    /// `a ? b : c`.
    If(u32, u32, u32),
    /// `a < b`.
    Compare(Comparison, u32, u32),
    /// `a + b`.
    Arithmetic(Arithmetic, u32, u32),
    /// `a in b`.
    In(u32, u32),
    /// `[a, b]`.
    List(Vec<u32>),
    /// `a[b]`.
    Index(u32, u32),
    /// `age(a, b)`.
    Call(Function, Vec<u32>),
    /// `a.exists(x, b)`: the list, then what is asked of each.
    Each(Each, u32, u32),
    /// `register.NAME.of(a).holds(b)`.
    Register(String, u32, u32),
}

/// `==` and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
}

impl Comparison {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        }
    }
}

/// `+` and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arithmetic {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Remainder,
}

/// What is asked of the elements of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Each {
    /// For at least one it holds.
    Exists,
    /// For exactly one it holds.
    ExistsOne,
    /// For all it holds.
    All,
    /// Those for which it holds.
    Filter,
    /// What it gives for each.
    Map,
    /// For how many it holds.
    Count,
}

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// `days(n)`.
    Days,
    /// `months(n)`.
    Months,
    /// `years(n)`.
    Years,
    /// `date(text)`.
    Date,
    /// `year(d)`: of the Western calendar.
    Year,
    /// `month(d)`.
    Month,
    /// `day(d)`.
    Day,
    /// `age(born, on)`: full years (年齢計算ニ関スル法律).
    Age,
    /// `grade(born, on)`: school year, 1 to 6 elementary, 7 to 9 junior high; 0 and below before school (学校教育法17条).
    Grade,
    /// `attained(born, n)`: the day on which the age of n years is attained, the eve of the birthday.
    Attained,
    /// `before_fiscal_year_end_after(born, n, on)`: not later than the first 31 March after attaining n years.
    BeforeFiscalYearEndAfter,
    /// `start_of_fiscal_year(d)`: 1 April.
    StartOfFiscalYear,
    /// `end_of_fiscal_year(d)`: 31 March.
    EndOfFiscalYear,
    /// `limit(d, n)`: the last day of a legal period that begins with an event on `d` (民法140条, 143条), moved on from a closed day of the town
    /// (地方自治法4条の2第4項, 民法142条).
    Limit,
    /// `size(x)`: elements of a list, characters of a text.
    Size,
    /// `a.contains(b)`.
    Contains,
    /// `a.startsWith(b)`.
    StartsWith,
    /// `a.endsWith(b)`.
    EndsWith,
    /// `floor(x)`: 切り捨て.
    Floor,
    /// `ceil(x)`: 切り上げ.
    Ceil,
    /// `round(x)`: 四捨五入.
    Round,
    /// `min(a, b)`.
    Min,
    /// `max(a, b)`.
    Max,
}

impl Node {
    /// The nodes that it names.
    pub fn parts(&self) -> Vec<u32> {
        match self {
            Node::Bool(_)
            | Node::Int(_)
            | Node::Decimal(_)
            | Node::Text(_)
            | Node::Date(_)
            | Node::Null
            | Node::Name(_)
            | Node::Local(_) => Vec::new(),
            Node::Field(a, _) | Node::Has(a) | Node::Not(a) | Node::Negate(a) => vec![*a],
            Node::And(all) | Node::Or(all) | Node::List(all) | Node::Call(_, all) => all.clone(),
            Node::If(a, b, c) => vec![*a, *b, *c],
            Node::Compare(_, a, b)
            | Node::Arithmetic(_, a, b)
            | Node::In(a, b)
            | Node::Index(a, b)
            | Node::Each(_, a, b)
            | Node::Register(_, a, b) => vec![*a, *b],
        }
    }
}

impl TryFrom<Vec<Node>> for Plan {
    type Error = NotAPlan;

    fn try_from(nodes: Vec<Node>) -> Result<Plan, NotAPlan> {
        let is_ordered = |(place, node): (usize, &Node)| node.parts().iter().all(|part| (*part as usize) < place);
        if nodes.is_empty() || nodes.len() > NODES_MAX || !nodes.iter().enumerate().all(is_ordered) {
            return Err(NotAPlan);
        }
        let plan = Plan { nodes, offsets: Vec::new() };
        if plan.depth() > DEPTH_MAX { Err(NotAPlan) } else { Ok(plan) }
    }
}

impl From<Plan> for Vec<Node> {
    fn from(plan: Plan) -> Vec<Node> {
        plan.nodes
    }
}

impl Plan {
    pub(super) fn push(&mut self, node: Node, offset: usize) -> u32 {
        self.nodes.push(node);
        self.offsets.push(u32::try_from(offset).unwrap_or(u32::MAX));
        (self.nodes.len() - 1) as u32
    }

    /// How deep the nodes nest.
    pub(super) fn depth(&self) -> usize {
        let mut depths: Vec<usize> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let below = node.parts().iter().filter_map(|part| depths.get(*part as usize)).max();
            depths.push(below.map_or(1, |below| below + 1));
        }
        depths.into_iter().max().unwrap_or(0)
    }

    /// Its nodes; the last is the whole.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Where a node stood in the source, in bytes; not known of a reloaded plan.
    pub fn offset(&self, place: usize) -> Option<usize> {
        self.offsets.get(place).map(|offset| *offset as usize)
    }

    /// The same plan with another node in one place.
    pub(super) fn with_node(&self, place: usize, node: Node) -> Plan {
        let mut bent = self.clone();
        bent.nodes[place] = node;
        bent
    }

    /// The dotted path that a node spells, if it is a name or fields of a name.
    fn path(&self, place: u32) -> Option<String> {
        match self.nodes.get(place as usize)? {
            Node::Name(name) => Some(name.clone()),
            Node::Field(of, field) => Some(format!("{}.{field}", self.path(*of)?)),
            _ => None,
        }
    }

    pub(super) fn references(&self) -> References {
        let mut references = References::default();
        for (place, node) in self.nodes.iter().enumerate() {
            match node {
                Node::Name(_) | Node::Field(..) => references.names.extend(self.path(place as u32)),
                Node::Register(register, ..) => {
                    references.registers.insert(register.clone());
                }
                _ => {}
            }
        }
        references
    }
}
