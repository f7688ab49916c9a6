//! Whether each rule has an example that breaks it, and each outcome one that reaches it.

use super::{Found, example::Example, run::Ran};
use crate::{lower::Merged, problem::Problem, procedure::Procedure};

/// Says which rules and outcomes no example shows: a problem where the file says `complete: yes`, else a warning.
pub(super) fn check(procedure: &Procedure, examples: &[Example], ran: &[Ran], merged: &Merged, found: &mut Found) {
    let base = format!("procedures.{}", procedure.id);
    let mut missing = Vec::new();
    let mut miss = |path: String, what: String, hint: &str| missing.push(Problem::new(&merged.place(&path), what, hint));
    for rule in procedure.formal.keys() {
        if !ran.iter().any(|ran| ran.formal.iter().any(|broken| broken == rule.as_str())) {
            miss(format!("{base}.formal.{rule}"), format!("形式要件 `{rule}` を満たさない例がない"), "`gives: { formal: […] }` の例を書く");
        }
    }
    for rule in procedure.merit.keys() {
        // What the portal does not hold is judged at the desk: an example can only show that it is silent here.
        let shown = |ran: &Ran| ran.warned.iter().chain(&ran.at_desk).any(|shown| shown == rule.as_str());
        if !ran.iter().any(shown) {
            miss(format!("{base}.merit.{rule}"), format!("実体要件 `{rule}` を満たさない例がない"), "`gives: { warned: […] }` の例を書く");
        }
    }
    for outcome in procedure.outcomes.keys() {
        let reached = examples.iter().any(|example| example.decision.as_ref().is_some_and(|decision| decision.outcome == *outcome));
        if !reached {
            miss(format!("{base}.outcomes.{outcome}"), format!("結論 `{outcome}` に至る例がない"), "`decide: { outcome: … }` の例を書く");
        }
    }
    if examples.is_empty() {
        miss(format!("{base}.procedure"), format!("手続 `{}` に例がない", procedure.id), "`examples:` に、受け付ける例を一つから書く");
    }
    let complete = merged.find(&format!("{base}.complete")).and_then(crate::read::Node::text) == Some("yes");
    if complete { &mut found.problems } else { &mut found.warnings }.append(&mut missing);
}
