//! The same grants as a condition in SQL.

use store::Param;

use super::{Act, Power, RecordKind, Scope, power::Condition, reaches_consulted, sensitivity_code};
use crate::staff::Staff;

/// Where a kind of record keeps what grants look at: SQL expressions of the room's own query. They come from code, never from people.
#[derive(Clone, Copy, Debug)]
pub struct KindSql {
    /// The kind, as in [`RecordAttributes`](super::RecordAttributes).
    pub kind: RecordKind,
    /// Such as `c.department`; [`KindSql::NOTHING`] when records have none.
    pub department: &'static str,
    /// A condition that holds when one of the departments `{departments}` was asked to agree, such as
    /// `exists (select 1 from case_consult k where k.case_id = c.id and k.department in ({departments}))`. `None`: nobody ever is.
    pub consulted: Option<&'static str>,
    /// Such as `c.assignee`; [`KindSql::NOTHING`] when records have none.
    pub assignee: &'static str,
    /// Such as `c.sensitivity`, stored by [`sensitivity_code`]; `0` when all are ordinary.
    pub sensitivity: &'static str,
    /// What conditions may compare: name and expression, such as `("step", "c.step")`. A name that is missing here denies.
    pub attributes: &'static [(&'static str, &'static str)],
}

impl KindSql {
    /// For an attribute that records of the kind do not have.
    pub const NOTHING: &'static str = "cast(null as text)";
}

/// A condition in brackets, and its values in order from `first_bind`.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Such as `((c.department in ($3, $4) and c.sensitivity <= $5))`.
    pub sql: String,
    /// The values of its binds.
    pub params: Vec<Param>,
}

impl Clause {
    /// The number of the next free bind.
    pub fn next_bind(&self, first_bind: usize) -> usize {
        first_bind + self.params.len()
    }
}

/// Selects exactly the records of which [`may`](super::may) says yes. Binds are numbered from `first_bind`.
pub fn filter(who: &Staff, act: Act, kind: &KindSql, first_bind: usize) -> Clause {
    let mut binds = Binds { next: first_bind, params: Vec::new() };
    let mine = who.id.to_string();
    let powers = who.powers.iter().filter(|power| power.covers(act, kind.kind));
    let alternatives: Vec<String> = powers.filter_map(|power| alternative(power, act, kind, &mine, &mut binds)).collect();
    let sql = if alternatives.is_empty() { "(1 = 0)".to_owned() } else { format!("({})", alternatives.join(" or ")) };
    Clause { sql, params: binds.params }
}

struct Binds {
    next: usize,
    params: Vec<Param>,
}

impl Binds {
    fn bind(&mut self, value: impl Into<Param>) -> String {
        self.params.push(value.into());
        self.next += 1;
        format!("${}", self.next - 1)
    }
}

/// One power as `(scope and sensitivity and conditions)`; `None` when it can reach nothing.
fn alternative(power: &Power, act: Act, kind: &KindSql, mine: &str, binds: &mut Binds) -> Option<String> {
    let conditions: Vec<(&'static str, &Condition)> =
        power.only_if.iter().map(|condition| Some((expression(kind, condition.attribute())?, condition))).collect::<Option<_>>()?;
    let mut parts = Vec::new();
    match power.scope {
        Scope::Town => {}
        Scope::Department if power.departments.is_empty() => return None,
        Scope::Department => parts.push(departments(power, act, kind, binds)),
        Scope::Mine => parts.push(format!("{} = {}", kind.assignee, binds.bind(mine))),
    }
    parts.push(format!("{} <= {}", kind.sensitivity, binds.bind(sensitivity_code(power.sensitivity))));
    for (expression, condition) in conditions {
        let values: Vec<String> = condition.values().iter().map(|value| binds.bind(value.as_str())).collect();
        let word = if condition.is_negated() { "not in" } else { "in" };
        parts.push(format!("{expression} {word} ({})", values.join(", ")));
    }
    Some(format!("({})", parts.join(" and ")))
}

fn departments(power: &Power, act: Act, kind: &KindSql, binds: &mut Binds) -> String {
    let list: Vec<String> = power.departments.iter().map(|department| binds.bind(department.as_str())).collect();
    let list = list.join(", ");
    let own = format!("{} in ({list})", kind.department);
    match kind.consulted {
        Some(consulted) if reaches_consulted(act) => format!("({own} or {})", consulted.replace("{departments}", &list)),
        _ => own,
    }
}

fn expression(kind: &KindSql, attribute: &str) -> Option<&'static str> {
    kind.attributes.iter().find(|(name, _)| *name == attribute).map(|(_, expression)| *expression)
}
