//! Every condition bent a little: an example should notice.

use std::fmt;

use super::{
    Found,
    run::{self, Walk},
};
use crate::{
    condition::Condition,
    field::{Field, Kind},
    lower::Merged,
    problem::Problem,
    procedure::{Effect, Procedure},
};

/// Bends each condition of a procedure in each place, one at a time, and reports those that no example notices.
pub(super) fn check(procedure: &Procedure, walks: &[Walk<'_>], merged: &Merged, found: &mut Found) {
    let mut other = procedure.clone();
    let mut conditions = Vec::new();
    each_condition(&mut other, &mut |path, condition| conditions.push((path.to_string(), condition.clone())));
    // The example that noticed one bend is likely to notice the next.
    let mut order: Vec<usize> = (0..walks.len()).collect();
    for (place, (path, condition)) in conditions.iter().enumerate() {
        // Without a linked account the town's facts are silent: no example can show what they would change.
        let silent = !procedure.applicant.is_linked() && (path.ends_with(".when_listed") || rests_on_facts(condition));
        if silent {
            continue;
        }
        for bent in condition.bend() {
            found.bends += 1;
            put(&mut other, place, &bent.condition);
            if let Some(at) = order.iter().position(|walk| walks.get(*walk).is_some_and(|walk| notices(&other, walk))) {
                order[..=at].rotate_right(1);
                continue;
            }
            let at = match (merged.find(path), bent.offset) {
                (Some(node), Some(offset)) => node.place_at(offset),
                _ => merged.place(path),
            };
            let what = format!("条件を少し変えても（{}）、どの例も気づかない", bent.what);
            found.warnings.push(Problem::new(&at, what, "その境目の両側の例を書く"));
        }
        put(&mut other, place, condition);
    }
}

/// Puts a condition in the place of the one that is met so far on a walk through all.
fn put(procedure: &mut Procedure, place: usize, condition: &Condition) {
    let mut met = 0;
    each_condition(procedure, &mut |_, there| {
        if met == place {
            *there = condition.clone();
        }
        met += 1;
    });
}

fn rests_on_facts(condition: &Condition) -> bool {
    let references = condition.references();
    let of_registry = |name: &String| matches!(name.split('.').next(), Some("applicant" | "household"));
    !references.registers.is_empty() || references.names.iter().any(of_registry)
}

fn notices(bent: &Procedure, walk: &Walk<'_>) -> bool {
    let ran = run::run(bent, walk);
    !run::differences(walk.example, &ran).is_empty() || walk.example.answered.iter().any(|answer| ran.skips.contains(answer))
}

/// Where a condition stands, made into a text only where it is asked for: a walk through all conditions is made for every bend.
#[derive(Clone, Copy)]
struct Path<'a> {
    above: Option<&'a Path<'a>>,
    part: &'a str,
}

impl<'a> Path<'a> {
    fn below(&'a self, part: &'a str) -> Path<'a> {
        Path { above: Some(self), part }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            write!(f, "{above}.")?;
        }
        f.write_str(self.part)
    }
}

type Visit<'v> = dyn FnMut(&Path<'_>, &mut Condition) + 'v;

/// Goes through the conditions of a procedure with the path of each.
fn each_condition(procedure: &mut Procedure, visit: &mut Visit<'_>) {
    let top = Path { above: None, part: "procedures" };
    let base = top.below(procedure.id.as_str());
    let pages = base.below("pages");
    for (id, page) in &mut procedure.pages {
        let path = pages.below(id.as_str());
        optional(&mut page.when, &path.below("when"), visit);
        fields(&mut page.fields, &path.below("fields"), visit);
    }
    for (key, rules) in [("formal", &mut procedure.formal), ("merit", &mut procedure.merit)] {
        let path = base.below(key);
        for (id, rule) in rules {
            visit(&path.below(id.as_str()).below("holds"), &mut rule.holds);
        }
    }
    if let Some(fee) = &mut procedure.fee {
        optional(&mut fee.amount, &base.below("fee").below("amount"), visit);
    }
    let steps = base.below("steps");
    for (id, step) in &mut procedure.steps {
        let path = steps.below(id.as_str());
        optional(&mut step.when, &path.below("when"), visit);
        for (role, condition) in &mut step.sole_decision {
            visit(&path.below("sole_decision").below(role.as_str()), condition);
        }
        effects(step.effects.iter_mut(), &path.below("do"), visit);
    }
    let outcomes = base.below("outcomes");
    for (id, outcome) in &mut procedure.outcomes {
        effects(outcome.effects.iter_mut(), &outcomes.below(id.as_str()).below("do"), visit);
    }
}

fn optional(condition: &mut Option<Condition>, path: &Path<'_>, visit: &mut Visit<'_>) {
    if let Some(condition) = condition {
        visit(path, condition);
    }
}

fn fields(fields: &mut indexmap::IndexMap<crate::ids::FieldId, Field>, base: &Path<'_>, visit: &mut Visit<'_>) {
    for (id, field) in fields {
        let path = base.below(id.as_str());
        optional(&mut field.when, &path.below("when"), visit);
        match &mut field.kind {
            Kind::HouseholdMember { when_listed } => optional(when_listed, &path.below("when_listed"), visit),
            Kind::Group { fields, .. } => self::fields(fields, &path.below("fields"), visit),
            _ => {}
        }
    }
}

fn effects<'e>(effects: impl Iterator<Item = (&'e crate::ids::EffectId, &'e mut Effect)>, base: &Path<'_>, visit: &mut Visit<'_>) {
    for (id, effect) in effects {
        let path = base.below(id.as_str());
        match effect {
            Effect::Letter { .. } | Effect::Tell { .. } => {}
            Effect::Charge { amount, .. } => visit(&path.below("charge"), amount),
            Effect::Enter { values, from, until, .. } => {
                values.iter_mut().for_each(|(column, value)| visit(&path.below(column.as_str()), value));
                optional(from, &path.below("from"), visit);
                optional(until, &path.below("until"), visit);
            }
            Effect::Change { of, values, from, until, .. } => {
                visit(&path.below("of"), of);
                values.iter_mut().for_each(|(column, value)| visit(&path.below(column.as_str()), value));
                optional(from, &path.below("from"), visit);
                optional(until, &path.below("until"), visit);
            }
        }
    }
}
