//! Every condition bent a little: an example should notice.

use super::{Report, example::Example, run};
use crate::{
    condition::Condition,
    field::{Field, Kind},
    lower::Loaded,
    problem::Problem,
    procedure::{Effect, Procedure},
    town::Town,
};

/// Bends each condition of a procedure in each place, one at a time, and reports those that no example notices.
pub(super) fn check(procedure: &Procedure, examples: &[Example], town: &Town, loaded: &Loaded, report: &mut Report) {
    let mut paths = Vec::new();
    each_condition(&mut procedure.clone(), &mut |path, condition| paths.push((path.to_owned(), condition.clone())));
    for (path, condition) in paths {
        // Without a linked account the town's facts are silent: no example can show what they would change.
        let silent = !procedure.applicant.is_linked() && (path.ends_with(".when_listed") || rests_on_facts(&condition));
        if silent {
            continue;
        }
        for bent in condition.bend() {
            report.bends += 1;
            let mut other = procedure.clone();
            each_condition(&mut other, &mut |at, condition| {
                if at == path {
                    *condition = bent.condition.clone();
                }
            });
            if examples.iter().any(|example| notices(&other, example, town)) {
                continue;
            }
            let node = loaded.merged.find(&path);
            let place = match (node, bent.offset) {
                (Some(node), Some(offset)) => node.place_at(offset),
                _ => loaded.merged.place(&path),
            };
            let what = format!("条件を少し変えても（{}）、どの例も気づかない", bent.what);
            report.warnings.push(Problem::new(&place, what, "その境目の両側の例を書く"));
        }
    }
}

fn rests_on_facts(condition: &Condition) -> bool {
    let references = condition.references();
    let of_registry = |name: &String| matches!(name.split('.').next(), Some("applicant" | "household"));
    !references.registers.is_empty() || references.names.iter().any(of_registry)
}

fn notices(bent: &Procedure, example: &Example, town: &Town) -> bool {
    let ran = run::run(bent, example, town);
    !run::differences(example, &ran).is_empty() || example.answered.iter().any(|answer| ran.skips.contains(answer))
}

/// Goes through the conditions of a procedure with the path of each.
fn each_condition(procedure: &mut Procedure, visit: &mut dyn FnMut(&str, &mut Condition)) {
    let base = format!("procedures.{}", procedure.id);
    for (id, page) in &mut procedure.pages {
        let path = format!("{base}.pages.{id}");
        optional(&mut page.when, &format!("{path}.when"), visit);
        fields(&mut page.fields, &format!("{path}.fields"), visit);
    }
    for (key, rules) in [("formal", &mut procedure.formal), ("merit", &mut procedure.merit)] {
        for (id, rule) in rules {
            visit(&format!("{base}.{key}.{id}.holds"), &mut rule.holds);
        }
    }
    if let Some(fee) = &mut procedure.fee {
        optional(&mut fee.amount, &format!("{base}.fee.amount"), visit);
    }
    for (id, step) in &mut procedure.steps {
        let path = format!("{base}.steps.{id}");
        optional(&mut step.when, &format!("{path}.when"), visit);
        for (role, condition) in &mut step.sole_decision {
            visit(&format!("{path}.sole_decision.{role}"), condition);
        }
        effects(step.effects.iter_mut(), &format!("{path}.do"), visit);
    }
    for (id, outcome) in &mut procedure.outcomes {
        effects(outcome.effects.iter_mut(), &format!("{base}.outcomes.{id}.do"), visit);
    }
}

fn optional(condition: &mut Option<Condition>, path: &str, visit: &mut dyn FnMut(&str, &mut Condition)) {
    if let Some(condition) = condition {
        visit(path, condition);
    }
}

fn fields(fields: &mut indexmap::IndexMap<crate::ids::FieldId, Field>, base: &str, visit: &mut dyn FnMut(&str, &mut Condition)) {
    for (id, field) in fields {
        let path = format!("{base}.{id}");
        optional(&mut field.when, &format!("{path}.when"), visit);
        match &mut field.kind {
            Kind::HouseholdMember { when_listed } => optional(when_listed, &format!("{path}.when_listed"), visit),
            Kind::Group { fields, .. } => self::fields(fields, &format!("{path}.fields"), visit),
            _ => {}
        }
    }
}

fn effects<'e>(
    effects: impl Iterator<Item = (&'e crate::ids::EffectId, &'e mut Effect)>,
    base: &str,
    visit: &mut dyn FnMut(&str, &mut Condition),
) {
    for (id, effect) in effects {
        let path = format!("{base}.{id}");
        match effect {
            Effect::Letter { .. } | Effect::Tell { .. } => {}
            Effect::Charge { amount, .. } => visit(&format!("{path}.charge"), amount),
            Effect::Enter { values, from, until, .. } => {
                values.iter_mut().for_each(|(column, value)| visit(&format!("{path}.{column}"), value));
                optional(from, &format!("{path}.from"), visit);
                optional(until, &format!("{path}.until"), visit);
            }
            Effect::Change { of, values, from, until, .. } => {
                visit(&format!("{path}.of"), of);
                values.iter_mut().for_each(|(column, value)| visit(&format!("{path}.{column}"), value));
                optional(from, &format!("{path}.from"), visit);
                optional(until, &format!("{path}.until"), visit);
            }
        }
    }
}
