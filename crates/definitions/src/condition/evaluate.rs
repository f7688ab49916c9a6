//! Evaluation by row: one person's answers and facts.
//!
//! Sketch: a condition has 5 to 60 nodes, each a match and at most one small copy: well below 10 µs.

use std::cmp::Ordering;

use crate::decimal::Decimal;

use super::{Arithmetic, Comparison, Each, Fault, Function, Length, Names, Node, Plan, Value, call, plan::DEPTH_MAX};

/// The longest list that a condition goes through. A household has at most some twenty people, a register's choice some hundred.
pub const LIST_MAX: usize = 1_000;
/// The most steps of one evaluation: a list of the greatest length with a hundred nodes asked of each.
pub const STEPS_MAX: u32 = 100_000;
/// The longest text that a condition makes.
pub(super) const TEXT_BYTES_MAX: usize = 200_000;
pub(super) fn evaluate(plan: &Plan, names: &dyn Names) -> Value {
    let Some(last) = plan.nodes().len().checked_sub(1) else { return Value::Fault(Fault::Misfit) };
    let mut run = Run { nodes: plan.nodes(), names, locals: Vec::new(), steps: 0, depth: 0 };
    run.value(last as u32)
}

struct Run<'a> {
    nodes: &'a [Node],
    names: &'a dyn Names,
    locals: Vec<Value>,
    steps: u32,
    depth: usize,
}

impl Run<'_> {
    fn value(&mut self, place: u32) -> Value {
        if self.steps >= STEPS_MAX {
            return Value::Fault(Fault::TooManySteps);
        }
        if self.depth > DEPTH_MAX {
            return Value::Fault(Fault::TooDeep);
        }
        self.steps += 1;
        self.depth += 1;
        let value = self.node(place);
        self.depth -= 1;
        value
    }

    fn node(&mut self, place: u32) -> Value {
        let nodes = self.nodes;
        let Some(node) = nodes.get(place as usize) else { return Value::Fault(Fault::Misfit) };
        match node {
            Node::Bool(value) => Value::Bool(*value),
            Node::Int(value) => Value::Int(*value),
            Node::Decimal(value) => Value::Decimal(*value),
            Node::Text(text) => Value::text(text),
            Node::Date(day) => Value::Date(*day),
            Node::Null => Value::Null,
            Node::Name(name) => self.names.value(name),
            Node::Local(place) => self.locals.get(usize::from(*place)).cloned().unwrap_or(Value::Fault(Fault::Misfit)),
            Node::Field(of, name) => field(&self.value(*of), name),
            Node::Has(of) => has(&self.value(*of)),
            Node::Not(of) => strict([self.value(*of)], |[of]| match of {
                Value::Bool(value) => Ok(Value::Bool(!value)),
                _ => Err(Fault::Misfit),
            }),
            Node::Negate(of) => strict([self.value(*of)], |[of]| match of {
                Value::Int(value) => value.checked_neg().map(Value::Int).ok_or(Fault::OutOfRange),
                Value::Decimal(value) => Ok(Value::Decimal(value.negated())),
                _ => Err(Fault::Misfit),
            }),
            Node::And(parts) => self.junction(parts, false),
            Node::Or(parts) => self.junction(parts, true),
            Node::If(when, yes, no) => match self.value(*when) {
                Value::Bool(true) => self.value(*yes),
                Value::Bool(false) => self.value(*no),
                other if other.is_there() => Value::Fault(Fault::Misfit),
                other => other,
            },
            Node::Compare(how, a, b) => strict([self.value(*a), self.value(*b)], |[a, b]| compare(*how, &a, &b).map(Value::Bool)),
            Node::Arithmetic(how, a, b) => strict([self.value(*a), self.value(*b)], |[a, b]| arithmetic(*how, a, b)),
            Node::In(element, list) => strict([self.value(*element), self.value(*list)], |[element, list]| Ok(membership(&element, &list))),
            Node::List(parts) => Value::List(parts.iter().map(|part| self.value(*part)).collect()),
            Node::Index(list, index) => strict([self.value(*list), self.value(*index)], |[list, index]| index_of(&list, &index)),
            Node::Call(function, arguments) => {
                let arguments: Vec<Value> = arguments.iter().map(|argument| self.value(*argument)).collect();
                match missing(&arguments) {
                    Some(missing) => missing,
                    None if *function == Function::Limit => self.limit(&arguments),
                    None => call::call(*function, &arguments),
                }
            }
            Node::Each(how, list, body) => {
                let list = self.value(*list);
                self.each(*how, list, *body)
            }
            Node::Register(register, owner, on) => {
                let (owner, on) = (self.value(*owner), self.value(*on));
                self.register(register, &owner, &on)
            }
        }
    }

    /// On which days the town hall is open is known of the town; where the town is not at hand, the limit is not known.
    fn limit(&self, arguments: &[Value]) -> Value {
        let [Value::Date(event), Value::Length(length)] = arguments else { return Value::Fault(Fault::Misfit) };
        match call::last_day(*event, *length) {
            Ok(last) => self.names.next_open(last).map_or(Value::Unknown, Value::Date),
            Err(fault) => Value::Fault(fault),
        }
    }

    /// `&&` (until one is false) or `||` (until one is true), three-valued.
    fn junction(&mut self, parts: &[u32], decides: bool) -> Value {
        let mut open = None;
        for part in parts {
            match self.value(*part) {
                Value::Bool(value) if value == decides => return Value::Bool(decides),
                Value::Bool(_) => {}
                other if other.is_there() => open = weightier(open, Value::Fault(Fault::Misfit)),
                other => open = weightier(open, other),
            }
        }
        open.unwrap_or(Value::Bool(!decides))
    }

    fn register(&self, register: &str, owner: &Value, on: &Value) -> Value {
        let id = match owner {
            Value::Record(record) => record.id.as_deref(),
            Value::Text(key) => Some(&**key),
            other if other.is_there() => return Value::Fault(Fault::Misfit),
            other => return other.clone(),
        };
        match (id, on) {
            (Some(id), Value::Date(day)) => self.names.holds(register, id, *day),
            // Someone typed by hand has no id yet: the desk will find out who it is.
            (None, Value::Date(_)) => Value::Unknown,
            (_, other) if other.is_there() => Value::Fault(Fault::Misfit),
            (_, other) => other.clone(),
        }
    }

    fn each(&mut self, how: Each, list: Value, body: u32) -> Value {
        let values = match list {
            Value::List(values) => values,
            other if other.is_there() => return Value::Fault(Fault::Misfit),
            other => return other,
        };
        if values.len() > LIST_MAX {
            return Value::Fault(Fault::TooLong);
        }
        let mut asked = Asked::new(how);
        for value in values.iter() {
            self.locals.push(value.clone());
            let answer = self.value(body);
            self.locals.pop();
            if let Some(decided) = asked.take(value, answer) {
                return decided;
            }
        }
        asked.finish()
    }
}

/// What `exists`, `all`, `filter` … have gathered so far.
struct Asked {
    how: Each,
    open: Option<Value>,
    kept: Vec<Value>,
    count: i64,
}

impl Asked {
    fn new(how: Each) -> Asked {
        Asked { how, open: None, kept: Vec::new(), count: 0 }
    }

    fn take(&mut self, element: &Value, answer: Value) -> Option<Value> {
        if self.how == Each::Map {
            self.kept.push(answer);
            return None;
        }
        match answer {
            Value::Bool(true) => {
                self.count += 1;
                match self.how {
                    Each::Exists => return Some(Value::Bool(true)),
                    Each::Filter => self.kept.push(element.clone()),
                    _ => {}
                }
            }
            Value::Bool(false) => {
                if self.how == Each::All {
                    return Some(Value::Bool(false));
                }
            }
            other if other.is_there() => self.open = weightier(self.open.take(), Value::Fault(Fault::Misfit)),
            other => self.open = weightier(self.open.take(), other),
        }
        None
    }

    fn finish(self) -> Value {
        if let Some(open) = self.open {
            return open;
        }
        match self.how {
            Each::Exists => Value::Bool(false),
            Each::All => Value::Bool(true),
            Each::ExistsOne => Value::Bool(self.count == 1),
            Each::Count => Value::Int(self.count),
            Each::Filter | Each::Map => Value::List(self.kept.into()),
        }
    }
}

/// Which of two missing values says more: what is not known may yet decide; a fault is to be mended; what was not answered is
/// the ordinary case.
fn weightier(a: Option<Value>, b: Value) -> Option<Value> {
    let weight = |value: &Value| match value {
        Value::Unknown => 2,
        Value::Fault(_) => 1,
        _ => 0,
    };
    match a {
        Some(a) if weight(&a) >= weight(&b) => Some(a),
        _ => Some(b),
    }
}

fn missing(values: &[Value]) -> Option<Value> {
    values.iter().filter(|value| !value.is_there()).cloned().fold(None, weightier)
}

fn strict<const N: usize>(values: [Value; N], with: impl FnOnce([Value; N]) -> Result<Value, Fault>) -> Value {
    match missing(&values) {
        Some(missing) => missing,
        None => with(values).unwrap_or_else(Value::Fault),
    }
}

fn field(of: &Value, name: &str) -> Value {
    match of {
        Value::Record(record) => record.fields.get(name).unwrap_or(&record.missing).clone(),
        other if other.is_there() => Value::Fault(Fault::Misfit),
        other => other.clone(),
    }
}

fn has(value: &Value) -> Value {
    match value {
        Value::Unknown | Value::Fault(_) => value.clone(),
        value => Value::Bool(value.is_given()),
    }
}

fn compare(how: Comparison, a: &Value, b: &Value) -> Result<bool, Fault> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    if matches!(how, Equal | NotEqual) {
        return Ok(is_same(a, b) == (how == Equal));
    }
    let order = match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Length(a), Value::Length(b)) => order_of(*a, *b).ok_or(Fault::NoOrder)?,
        (a, b) => match (a.as_decimal(), b.as_decimal()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => return Err(Fault::Misfit),
        },
    };
    Ok(match how {
        Less => order == Ordering::Less,
        LessOrEqual => order != Ordering::Greater,
        Greater => order == Ordering::Greater,
        GreaterOrEqual => order != Ordering::Less,
        Equal | NotEqual => false,
    })
}

/// Months have no fixed number of days: lengths have an order only where it does not depend on that.
fn order_of(a: Length, b: Length) -> Option<Ordering> {
    let months = |length: Length| i64::from(length.years) * 12 + i64::from(length.months);
    let (by_months, by_days) = (months(a).cmp(&months(b)), a.days.cmp(&b.days));
    match (by_months, by_days) {
        (order, Ordering::Equal) | (Ordering::Equal, order) => Some(order),
        (a, b) if a == b => Some(a),
        _ => None,
    }
}

fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Record(a), Value::Record(b)) if a.id.is_some() || b.id.is_some() => a.id == b.id,
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| is_same(a, b)),
        (Value::Length(a), Value::Length(b)) => order_of(*a, *b) == Some(Ordering::Equal),
        (Value::Decimal(_), Value::Int(_)) | (Value::Int(_), Value::Decimal(_)) => a.as_decimal() == b.as_decimal(),
        (a, b) => a == b,
    }
}

fn membership(element: &Value, list: &Value) -> Value {
    let Value::List(values) = list else { return Value::Fault(Fault::Misfit) };
    if values.iter().any(|value| is_same(element, value)) {
        return Value::Bool(true);
    }
    missing(values).unwrap_or(Value::Bool(false))
}

/// Beyond the end of a list nothing was answered: a second wish that was not made.
fn index_of(list: &Value, index: &Value) -> Result<Value, Fault> {
    let (Value::List(values), Value::Int(index)) = (list, index) else { return Err(Fault::Misfit) };
    let place = usize::try_from(*index).map_err(|_| Fault::NoSuchPlace)?;
    Ok(values.get(place).cloned().unwrap_or(Value::Absent))
}

fn arithmetic(how: Arithmetic, a: Value, b: Value) -> Result<Value, Fault> {
    match (how, a, b) {
        (_, Value::Int(a), Value::Int(b)) => whole_numbers(how, a, b).map(Value::Int),
        (Arithmetic::Add, Value::Date(day), Value::Length(by)) | (Arithmetic::Add, Value::Length(by), Value::Date(day)) => {
            call::later(day, by, 1).map(Value::Date)
        }
        (Arithmetic::Subtract, Value::Date(day), Value::Length(by)) => call::later(day, by, -1).map(Value::Date),
        (Arithmetic::Subtract, Value::Date(a), Value::Date(b)) => call::between(a, b).map(Value::Length),
        (Arithmetic::Add, Value::Length(a), Value::Length(b)) => call::together(a, b, 1).map(Value::Length),
        (Arithmetic::Subtract, Value::Length(a), Value::Length(b)) => call::together(a, b, -1).map(Value::Length),
        (Arithmetic::Add, Value::Text(a), Value::Text(b)) => call::joined(&a, &b),
        (Arithmetic::Add, Value::List(a), Value::List(b)) => {
            if a.len() + b.len() > LIST_MAX {
                return Err(Fault::TooLong);
            }
            Ok(Value::List(a.iter().chain(b.iter()).cloned().collect()))
        }
        (how, a, b) => match (a.as_decimal(), b.as_decimal()) {
            (Some(a), Some(b)) => decimals(how, a, b).map(Value::Decimal),
            _ => Err(Fault::Misfit),
        },
    }
}

fn decimals(how: Arithmetic, a: Decimal, b: Decimal) -> Result<Decimal, Fault> {
    match how {
        Arithmetic::Add => a.plus(b),
        Arithmetic::Subtract => a.minus(b),
        Arithmetic::Multiply => a.times(b),
        Arithmetic::Divide | Arithmetic::Remainder if b.is_zero() => return Err(Fault::DividedByZero),
        Arithmetic::Divide => a.over(b),
        Arithmetic::Remainder => a.rest(b),
    }
    .ok_or(Fault::OutOfRange)
}

fn whole_numbers(how: Arithmetic, a: i64, b: i64) -> Result<i64, Fault> {
    match how {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide | Arithmetic::Remainder if b == 0 => return Err(Fault::DividedByZero),
        Arithmetic::Divide => a.checked_div(b),
        Arithmetic::Remainder => a.checked_rem(b),
    }
    .ok_or(Fault::OutOfRange)
}
