//! From CEL to a plan: the crate parses, we check and lower.

use cel::{
    Env, IdedExpr,
    common::ast::{CallExpr, Expr, LiteralValue, SelectExpr, SourceInfo, operators as cel_operators},
};

mod decimal;
mod or_null;

pub(super) use or_null::Beside;

use super::{
    Arithmetic, Comparison, ConditionProblem, Each, Node, Plan, Scope, Type,
    call::{self, Signature},
    hint::{hint_for, nearest_hint},
    plan::{DEPTH_MAX, NODES_MAX},
};

/// The longest expression, in bytes. A clerk reads it aloud; the longest in `towns/` has some 300.
const SOURCE_BYTES_MAX: usize = 4_000;

pub(super) fn compile(source: &str, scope: &Scope, expected: &Type, beside: Beside) -> Result<Plan, Vec<ConditionProblem>> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(vec![problem(
            SOURCE_BYTES_MAX,
            format!("the expression is longer than {SOURCE_BYTES_MAX} characters"),
            "say it in several rules",
        )]);
    }
    // An environment without macros: `exists` and its kin stay calls, which we lower ourselves.
    let parsed = Env::default().parser().parse_with_source_info(source);
    let (tree, info) = parsed.map_err(|errors| errors.errors.iter().map(|e| syntax_problem(source, e)).collect::<Vec<_>>())?;
    let mut compiler = Compiler { scope, info, source, plan: Plan::default(), locals: Vec::new(), problems: Vec::new() };
    let whole = if beside == Beside::Null { compiler.or_null(&tree) } else { compiler.expression(&tree) };
    let empties = beside == Beside::Null && whole.of == Type::Null;
    if !empties && !whole.of.fits(expected) {
        let hint = hint_for(expected, &whole.of);
        compiler.problem(&tree, format!("this gives {}, but {expected} is needed", whole.of), hint);
    }
    if compiler.plan.nodes().len() > NODES_MAX || compiler.plan.depth() > DEPTH_MAX {
        compiler.problem(&tree, "the expression is too long or nested too deep", "say it in several rules");
    }
    if compiler.problems.is_empty() { Ok(compiler.plan) } else { Err(compiler.problems) }
}

fn problem(offset: usize, what: impl Into<String>, hint: impl Into<String>) -> ConditionProblem {
    ConditionProblem { offset, what: what.into(), hint: hint.into() }
}

/// The parser counts lines from one and columns from one, in characters.
fn syntax_problem(source: &str, error: &cel::ParseError) -> ConditionProblem {
    let (line, column) = (usize::try_from(error.pos.0).unwrap_or(1), usize::try_from(error.pos.1).unwrap_or(1));
    let line_start: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = source.get(line_start..).unwrap_or("");
    let within = rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(byte, _)| byte);
    let hint = if source.is_ascii() {
        "compare it with the conditions in docs/"
    } else {
        "names are ASCII; Japanese stands only inside quotes, and brackets, commas and signs are half-width"
    };
    problem(line_start + within, format!("this does not read as an expression ({})", error.msg), hint)
}

struct Compiler<'a> {
    scope: &'a Scope,
    info: SourceInfo,
    source: &'a str,
    plan: Plan,
    /// The elements at hand in the enclosing `exists`, `all` …, from outside.
    locals: Vec<(String, Type)>,
    problems: Vec<ConditionProblem>,
}

/// A lowered node and what it gives.
#[derive(Clone, Debug)]
struct Lowered {
    node: u32,
    of: Type,
}

impl Compiler<'_> {
    fn offset(&self, expression: &IdedExpr) -> usize {
        self.info.offset_for(expression.id).map_or(0, |(start, _)| (start as usize).min(self.source.len()))
    }

    fn problem(&mut self, at: &IdedExpr, what: impl Into<String>, hint: impl Into<String>) -> Lowered {
        let found = problem(self.offset(at), what, hint);
        self.problems.push(found);
        self.give(Node::Null, at, Type::Any)
    }

    fn give(&mut self, node: Node, at: &IdedExpr, of: Type) -> Lowered {
        let offset = self.offset(at);
        Lowered { node: self.plan.push(node, offset), of }
    }

    fn expression(&mut self, at: &IdedExpr) -> Lowered {
        match &at.expr {
            Expr::Literal(literal) => self.literal(at, literal),
            Expr::Ident(name) => self.name(at, name),
            Expr::Select(select) => self.field(at, select),
            Expr::List(list) => self.list(at, &list.elements),
            Expr::Call(called) => self.call(at, called),
            Expr::Map(_) | Expr::Struct(_) => self.problem(at, "maps are not part of our conditions", "write a list"),
            Expr::Comprehension(_) | Expr::Unspecified => self.problem(at, "this does not read as an expression", ""),
        }
    }

    fn literal(&mut self, at: &IdedExpr, literal: &LiteralValue) -> Lowered {
        match literal {
            LiteralValue::Boolean(value) => self.give(Node::Bool(value.into_inner()), at, Type::Bool),
            LiteralValue::Int(value) => self.give(Node::Int(*value.inner()), at, Type::Int),
            LiteralValue::String(value) => self.give(Node::Text(value.inner().to_owned()), at, Type::Text),
            LiteralValue::Null => self.give(Node::Null, at, Type::Null),
            LiteralValue::UInt(_) => self.problem(at, "numbers have no sign of unsignedness here", "leave the u away"),
            LiteralValue::Double(value) => self.decimal(at, value.into_inner().is_sign_negative()),
            LiteralValue::Bytes(_) => self.problem(at, "there are no bytes here", "leave the b away"),
        }
    }

    fn name(&mut self, at: &IdedExpr, name: &str) -> Lowered {
        if let Some(place) = self.locals.iter().rposition(|(local, _)| local == name) {
            let of = self.locals[place].1.clone();
            return self.give(Node::Local(place as u16), at, of);
        }
        if let Some(of) = self.scope.get(name) {
            let of = of.clone();
            return self.give(Node::Name(name.to_owned()), at, of);
        }
        if name == "register" {
            return self.problem(at, "a register is asked in one way only", REGISTER_FORM);
        }
        let known = self.scope.names().chain(self.locals.iter().map(|(local, _)| local.as_str()));
        let hint = nearest_hint(name, known);
        self.problem(at, format!("there is no `{name}` here"), hint)
    }

    fn field(&mut self, at: &IdedExpr, select: &SelectExpr) -> Lowered {
        let operand = self.expression(&select.operand);
        let of = match &operand.of {
            Type::Any => Type::Any,
            Type::Record(record) => match record.fields.get(&select.field) {
                Some(of) => of.clone(),
                None => {
                    let hint = nearest_hint(&select.field, record.fields.keys().map(String::as_str));
                    let what = format!("a {} has no `{}`", record.name, select.field);
                    return self.problem(at, what, hint);
                }
            },
            Type::List(_) => {
                let what = format!("this is a list and has no `{}`", select.field);
                return self.problem(at, what, "ask each: `.exists(x, …)`, `.all(x, …)`, or one: `[0]`");
            }
            other => {
                let what = format!("{other} has no `{}`", select.field);
                return self.problem(at, what, "");
            }
        };
        self.give(Node::Field(operand.node, select.field.clone()), at, of)
    }

    fn list(&mut self, at: &IdedExpr, elements: &[IdedExpr]) -> Lowered {
        let mut of = Type::Any;
        let mut nodes = Vec::with_capacity(elements.len());
        for element in elements {
            let lowered = self.expression(element);
            match of.together(&lowered.of) {
                Some(both) => of = both,
                None => {
                    let what = format!("the list mixes {of} and {}", lowered.of);
                    self.problem(element, what, "a list holds values of one type");
                }
            }
            nodes.push(lowered.node);
        }
        self.give(Node::List(nodes), at, Type::list(of))
    }

    fn call(&mut self, at: &IdedExpr, called: &CallExpr) -> Lowered {
        if let Some(target) = &called.target {
            return self.method(at, called, target);
        }
        match (called.func_name.as_str(), called.args.as_slice()) {
            (cel_operators::LOGICAL_AND, _) => self.junction(at, cel_operators::LOGICAL_AND),
            (cel_operators::LOGICAL_OR, _) => self.junction(at, cel_operators::LOGICAL_OR),
            (cel_operators::LOGICAL_NOT, [of]) => {
                let lowered = self.expecting(of, &Type::Bool);
                self.give(Node::Not(lowered.node), at, Type::Bool)
            }
            (cel_operators::NEGATE, [of]) => {
                let lowered = self.expecting(of, &Type::Decimal);
                let of = if lowered.of == Type::Decimal { Type::Decimal } else { Type::Int };
                self.give(Node::Negate(lowered.node), at, of)
            }
            (cel_operators::CONDITIONAL, [when, yes, no]) => self.ternary(at, when, yes, no),
            (cel_operators::IN, [element, list]) => self.membership(at, element, list),
            (cel_operators::INDEX, [list, index]) => self.index(at, list, index),
            (cel_operators::HAS, [of]) => {
                let lowered = self.expression(of);
                self.give(Node::Has(lowered.node), at, Type::Bool)
            }
            (operator, [left, right]) => match (comparison(operator), arithmetic(operator)) {
                (Some(comparison), _) => self.comparison(at, comparison, left, right),
                (_, Some(arithmetic)) => self.arithmetic(at, arithmetic, left, right),
                _ => self.function(at, called, None),
            },
            _ => self.function(at, called, None),
        }
    }

    /// Lowers and says when it is of another type.
    fn expecting(&mut self, at: &IdedExpr, expected: &Type) -> Lowered {
        let lowered = self.expression(at);
        if !lowered.of.fits(expected) {
            let hint = hint_for(expected, &lowered.of);
            return self.problem(at, format!("this is {}, but {expected} is needed", lowered.of), hint);
        }
        lowered
    }

    /// `a && b && c` as one node: the parser nests them in a tree of its own shape.
    fn junction(&mut self, at: &IdedExpr, operator: &str) -> Lowered {
        fn gather<'e>(at: &'e IdedExpr, operator: &str, into: &mut Vec<&'e IdedExpr>) {
            match &at.expr {
                Expr::Call(called) if called.target.is_none() && called.func_name == operator => {
                    called.args.iter().for_each(|part| gather(part, operator, into));
                }
                _ => into.push(at),
            }
        }
        let mut parts = Vec::new();
        gather(at, operator, &mut parts);
        let nodes = parts.into_iter().map(|part| self.expecting(part, &Type::Bool).node).collect();
        let node = if operator == cel_operators::LOGICAL_AND { Node::And(nodes) } else { Node::Or(nodes) };
        self.give(node, at, Type::Bool)
    }

    fn ternary(&mut self, at: &IdedExpr, when: &IdedExpr, yes: &IdedExpr, no: &IdedExpr) -> Lowered {
        let when = self.expecting(when, &Type::Bool);
        let first = self.expression(yes);
        let second = self.expression(no);
        let both = first.of.together(&second.of);
        if both.is_none() {
            let what = format!("one side gives {}, the other {}", first.of, second.of);
            self.problem(no, what, "both sides of ? : give the same");
        }
        let of = both.unwrap_or(first.of);
        self.give(Node::If(when.node, first.node, second.node), at, of)
    }

    fn membership(&mut self, at: &IdedExpr, element: &IdedExpr, list: &IdedExpr) -> Lowered {
        let lowered = self.expression(element);
        let within = self.expecting(list, &Type::list(Type::Any));
        if let Type::List(of) = &within.of {
            if of.together(&lowered.of).is_none() {
                let what = format!("{} is looked for in a list of {of}", lowered.of);
                self.problem(element, what, "");
            }
            self.option(element, of);
            if let Expr::List(literals) = &list.expr {
                literals.elements.iter().for_each(|literal| self.option(literal, &lowered.of));
            }
        }
        self.give(Node::In(lowered.node, within.node), at, Type::Bool)
    }

    fn index(&mut self, at: &IdedExpr, list: &IdedExpr, index: &IdedExpr) -> Lowered {
        let lowered = self.expecting(list, &Type::list(Type::Any));
        let place = self.expecting(index, &Type::Int);
        let of = if let Type::List(of) = &lowered.of { (**of).clone() } else { Type::Any };
        self.give(Node::Index(lowered.node, place.node), at, of)
    }

    fn comparison(&mut self, at: &IdedExpr, how: Comparison, left: &IdedExpr, right: &IdedExpr) -> Lowered {
        let first = self.expression(left);
        let second = self.expression(right);
        let is_equality = matches!(how, Comparison::Equal | Comparison::NotEqual);
        if first.of == Type::Sealed || second.of == Type::Sealed {
            return self.problem(at, "this answer is sealed: nothing may rest on what it says", "ask only `has(…)`");
        }
        if first.of.together(&second.of).is_none() {
            let what = format!("{} is compared with {}", first.of, second.of);
            let hint = match (&first.of, &second.of) {
                (Type::Null, _) | (_, Type::Null) => "ask `has(…)` whether something was answered",
                (a, b) => hint_for(a, b),
            };
            return self.problem(at, what, hint);
        }
        let is_ordered = [&first.of, &second.of].into_iter().all(|of| !matches!(of, Type::List(_) | Type::Record(_) | Type::Null));
        if !is_equality && !is_ordered {
            return self.problem(at, format!("{} has no order", first.of), "compare with == or !=");
        }
        self.option(left, &second.of);
        self.option(right, &first.of);
        self.give(Node::Compare(how, first.node, second.node), at, Type::Bool)
    }

    /// A text written where an option stands must be one of the options.
    fn option(&mut self, at: &IdedExpr, other: &Type) {
        let (Expr::Literal(LiteralValue::String(text)), Type::OneOf(options)) = (&at.expr, other) else { return };
        if !options.iter().any(|option| option == text.inner()) {
            let hint = nearest_hint(text.inner(), options.iter().map(String::as_str));
            self.problem(at, format!("'{}' is none of the options", text.inner()), hint);
        }
    }

    fn arithmetic(&mut self, at: &IdedExpr, how: Arithmetic, left: &IdedExpr, right: &IdedExpr) -> Lowered {
        let first = self.expression(left);
        let second = self.expression(right);
        use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
        use Type::{Any, Date, Decimal, Int, Length, OneOf, Text};
        let of = match (how, &first.of, &second.of) {
            (_, Any, other) | (_, other, Any) => other.clone(),
            (Add | Subtract | Multiply | Divide | Remainder, Int, Int) => Int,
            (Add | Subtract | Multiply | Divide | Remainder, Int | Decimal, Int | Decimal) => Decimal,
            (Add | Subtract, Date, Length) => Date,
            (Add, Length, Date) => Date,
            (Add | Subtract, Length, Length) => Length,
            (Subtract, Date, Date) => Length,
            (Add, Text | OneOf(_), Text | OneOf(_)) => Text,
            (Add, Type::List(a), Type::List(b)) if a.fits(b) => {
                if **a == Any {
                    second.of.clone()
                } else {
                    first.of.clone()
                }
            }
            (_, a, b) => {
                let what = format!("{} cannot be done with {a} and {b}", words_of(how));
                let hint = if matches!((a, b), (Date, Int) | (Int, Date)) { "write `days(7)` for seven days" } else { "" };
                return self.problem(at, what, hint);
            }
        };
        self.give(Node::Arithmetic(how, first.node, second.node), at, of)
    }

    fn method(&mut self, at: &IdedExpr, called: &CallExpr, target: &IdedExpr) -> Lowered {
        if let Some((register, owner)) = register_of(called, target) {
            return self.register(at, register, owner, &called.args[0]);
        }
        if let Some(each) = each(&called.func_name) {
            return self.each(at, each, called, target);
        }
        let receiver = self.expression(target);
        self.function(at, called, Some(receiver))
    }

    fn register(&mut self, at: &IdedExpr, register: &str, owner: &IdedExpr, on: &IdedExpr) -> Lowered {
        if !self.scope.has_register(register) {
            let hint = nearest_hint(register, self.scope.registers());
            return self.problem(at, format!("there is no register `{register}`"), hint);
        }
        let whose = self.expression(owner);
        if !matches!(whose.of, Type::Record(_) | Type::Text | Type::OneOf(_) | Type::Any) {
            let what = format!("{} owns no record", whose.of);
            return self.problem(owner, what, "name a person, or the key of a record");
        }
        let day = self.expecting(on, &Type::Date);
        self.give(Node::Register(register.to_owned(), whose.node, day.node), at, Type::Bool)
    }

    fn each(&mut self, at: &IdedExpr, how: Each, called: &CallExpr, target: &IdedExpr) -> Lowered {
        let list = self.expecting(target, &Type::list(Type::Any));
        let of = if let Type::List(of) = &list.of { (**of).clone() } else { Type::Any };
        let (variable, bodies) = match called.args.as_slice() {
            [body] => ("it", std::slice::from_ref(body)),
            [IdedExpr { expr: Expr::Ident(name), .. }, body] => (name.as_str(), std::slice::from_ref(body)),
            [IdedExpr { expr: Expr::Ident(name), .. }, _, _] if how == Each::Map => (name.as_str(), &called.args[1..]),
            _ => {
                let what = format!("`{}` takes a name and what is asked of each", called.func_name);
                return self.problem(at, what, "`household.exists(p, p.relation == 'child')`");
            }
        };
        if self.locals.len() >= usize::from(u16::MAX) {
            return self.problem(at, "nested too deep", "say it in several rules");
        }
        self.locals.push((variable.to_owned(), of.clone()));
        let mut from = list.node;
        if let [only, _] = bodies {
            let only = self.expecting(only, &Type::Bool);
            from = self.give(Node::Each(Each::Filter, from, only.node), at, list.of.clone()).node;
        }
        let body = &bodies[bodies.len() - 1];
        let asked = if how == Each::Map { self.expression(body) } else { self.expecting(body, &Type::Bool) };
        self.locals.pop();
        let gives = match how {
            Each::Exists | Each::ExistsOne | Each::All => Type::Bool,
            Each::Filter => Type::list(of),
            Each::Map => Type::list(asked.of),
            Each::Count => Type::Int,
        };
        self.give(Node::Each(how, from, asked.node), at, gives)
    }

    fn function(&mut self, at: &IdedExpr, called: &CallExpr, receiver: Option<Lowered>) -> Lowered {
        let is_method = receiver.is_some();
        let arguments: Vec<Lowered> =
            receiver.into_iter().chain(called.args.iter().map(|argument| self.expression(argument)).collect::<Vec<_>>()).collect();
        let named: Vec<&Signature> = call::named(&called.func_name, is_method).collect();
        if named.is_empty() {
            let hint = nearest_hint(&called.func_name, call::names(is_method));
            return self.problem(at, format!("there is no function `{}`", called.func_name), hint);
        }
        let fitting = named.iter().find(|signature| {
            signature.takes.len() == arguments.len() && signature.takes.iter().zip(&arguments).all(|(takes, given)| takes.fits(&given.of))
        });
        let Some(signature) = fitting else {
            let given: Vec<String> = arguments.iter().map(|argument| argument.of.to_string()).collect();
            let what = format!("`{}` does not take ({})", called.func_name, given.join(", "));
            return self.problem(at, what, format!("write {}", named[0].form));
        };
        if let (call::Shape::Date, [argument]) = (signature.gives, called.args.as_slice())
            && let Some(written) = written_day(argument)
        {
            return match written {
                Ok(day) => self.give(Node::Date(day), at, Type::Date),
                Err(text) => self.problem(argument, format!("'{text}' is no day"), "write it as '2027-04-01'"),
            };
        }
        let of = signature.gives.type_of(arguments.first().map(|argument| &argument.of));
        let nodes = arguments.iter().map(|argument| argument.node).collect();
        self.give(Node::Call(signature.function, nodes), at, of)
    }
}

/// The one way to ask a register.
const REGISTER_FORM: &str = "`register.NAME.of(person).holds(day)`";

/// `date('2027-04-01')`: a day written out is checked now and stored as a day.
fn written_day(argument: &IdedExpr) -> Option<Result<jiff::civil::Date, String>> {
    match &argument.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner().parse().map_err(|_| text.inner().to_owned())),
        _ => None,
    }
}

/// `register.NAME.of(owner).holds(day)`: the name and the owner.
fn register_of<'e>(called: &'e CallExpr, target: &'e IdedExpr) -> Option<(&'e str, &'e IdedExpr)> {
    let Expr::Call(of) = &target.expr else { return None };
    let Expr::Select(SelectExpr { operand, field, .. }) = &of.target.as_ref()?.expr else { return None };
    let is_form = called.func_name == "holds" && of.func_name == "of" && called.args.len() == 1 && of.args.len() == 1;
    let is_register = matches!(&operand.expr, Expr::Ident(name) if name == "register");
    (is_form && is_register).then(|| (field.as_str(), &of.args[0]))
}

fn each(name: &str) -> Option<Each> {
    Some(match name {
        "exists" => Each::Exists,
        "exists_one" | "existsOne" => Each::ExistsOne,
        "all" => Each::All,
        "filter" => Each::Filter,
        "map" => Each::Map,
        "count" => Each::Count,
        _ => return None,
    })
}

fn comparison(operator: &str) -> Option<Comparison> {
    Some(match operator {
        cel_operators::EQUALS => Comparison::Equal,
        cel_operators::NOT_EQUALS => Comparison::NotEqual,
        cel_operators::LESS => Comparison::Less,
        cel_operators::LESS_EQUALS => Comparison::LessOrEqual,
        cel_operators::GREATER => Comparison::Greater,
        cel_operators::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn arithmetic(operator: &str) -> Option<Arithmetic> {
    Some(match operator {
        cel_operators::ADD => Arithmetic::Add,
        cel_operators::SUBSTRACT => Arithmetic::Subtract,
        cel_operators::MULTIPLY => Arithmetic::Multiply,
        cel_operators::DIVIDE => Arithmetic::Divide,
        cel_operators::MODULO => Arithmetic::Remainder,
        _ => return None,
    })
}

fn words_of(how: Arithmetic) -> &'static str {
    match how {
        Arithmetic::Add => "adding",
        Arithmetic::Subtract => "subtracting",
        Arithmetic::Multiply => "multiplying",
        Arithmetic::Divide => "dividing",
        Arithmetic::Remainder => "taking the remainder",
    }
}
