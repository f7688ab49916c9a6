//! Conditions that rest on what the registry knows.
//!
//! Facts of a family are at hand only where the account is linked at the needed assurance. Below that a `when` or a formal rule
//! on them could never be judged at the portal, and the form could not be filed. A merit rule is silent there and is judged at
//! the desk on receipt.

use indexmap::IndexMap;

use super::Look;
use crate::{
    condition::Condition,
    field::{Field, Kind},
    ids::FieldId,
    procedure::Procedure,
};

pub(super) fn check(look: &mut Look<'_>, procedure: &Procedure) {
    if procedure.applicant.is_linked() {
        return;
    }
    let base = format!("procedures.{}", procedure.id);
    for (page, contents) in &procedure.pages {
        let path = format!("{base}.pages.{page}");
        when(look, contents.when.as_ref(), &format!("{path}.when"));
        fields(look, &contents.fields, &format!("{path}.fields"));
    }
    for (id, rule) in &procedure.formal {
        if let Some(fact) = fact(&rule.holds) {
            let what = format!("形式要件が、手もとにない事実 `{fact}` による");
            let hint = "`merit` に移す（窓口で確かめる）か、`applicant:` を `identity: letter` 以上・`session: contact` 以上にする";
            look.problem(&format!("{base}.formal.{id}.holds"), what, hint);
        }
    }
}

fn fields(look: &mut Look<'_>, fields: &IndexMap<FieldId, Field>, base: &str) {
    for (id, field) in fields {
        let path = format!("{base}.{id}");
        when(look, field.when.as_ref(), &format!("{path}.when"));
        // A value to begin with is no more than a help, as long as the question is asked: people type.
        if matches!(field.kind, Kind::Note)
            && let Some(fact) = field.default.as_ref().and_then(fact)
        {
            let what = format!("はじめの値が、手もとにない事実 `{fact}` による");
            look.problem(&format!("{path}.default"), what, "答えてもらう種類の質問にする");
        }
        if let Kind::Group { fields: inner, .. } = &field.kind {
            self::fields(look, inner, &format!("{path}.fields"));
        }
    }
}

fn when(look: &mut Look<'_>, condition: Option<&Condition>, path: &str) {
    if let Some(fact) = condition.and_then(fact) {
        let what = format!("たずねるかどうかが、手もとにない事実 `{fact}` による");
        let hint = "だれにもたずねるか、答えによる条件にするか、`applicant:` を `identity: letter` 以上・`session: contact` 以上にする";
        look.problem(path, what, hint);
    }
}

/// The first fact of the registry that a condition rests on.
fn fact(condition: &Condition) -> Option<String> {
    let references = condition.references();
    let registry = |name: &&String| matches!(name.split('.').next(), Some("applicant" | "household"));
    // The most particular name says best which fact it is.
    let name = references.names.iter().filter(registry).max_by_key(|name| name.len()).cloned();
    name.or_else(|| references.registers.iter().next().map(|register| format!("register.{register}")))
}
