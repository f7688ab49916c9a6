//! Procedures: what staff do, how it ends, what follows.

use indexmap::IndexMap;

use super::{
    At,
    at::{compile, compile_column},
    field, register,
};
use crate::{
    condition::{Condition, Record, Scope, Type},
    field::Field,
    ids::*,
    keys::verb_form,
    kinds,
    procedure::{Effect, Outcome, Sense, Step, StepAct},
    read::Node,
    register::{ColumnKind, Register},
};

const ACTS: &[(&str, StepAct)] = &[("work", StepAct::Work), ("propose", StepAct::Propose), ("decide", StepAct::Decide)];
const SENSES: &[(&str, Sense)] =
    &[("granted", Sense::Granted), ("partly", Sense::Partly), ("refused", Sense::Refused), ("neutral", Sense::Neutral)];

/// What is known once staff are at work: the answers, `case`, and `outcome` with whatever any outcome asks.
pub(super) fn later_scope(at: &At<'_>, answers: &Scope) -> Scope {
    let quiet = at.gathered.quiet.replace(true);
    let asked = at.each::<OutcomeId>("outcomes").into_iter().map(|(_, at)| field::fields(&at, "ask", None));
    let asked: IndexMap<FieldId, Field> = asked.flatten().collect();
    at.gathered.quiet.set(quiet);
    with_case(at, answers).with("outcome", outcome_type(at, &asked))
}

/// `case`: how it was filed, and what staff wrote down in its steps.
fn with_case(at: &At<'_>, answers: &Scope) -> Scope {
    let quiet = at.gathered.quiet.replace(true);
    let written = at.each::<StepId>("steps").into_iter().map(|(_, at)| field::fields(&at, "ask", None));
    let written: IndexMap<FieldId, Field> = written.flatten().collect();
    at.gathered.quiet.set(quiet);
    let channels = ["online", "counter", "paper", "line", "phone", "national_portal", "other_service", "api"].map(str::to_owned);
    let mut fields = record(&written);
    fields.insert("channel".to_owned(), Type::OneOf(channels.to_vec().into()));
    fields.insert("filed_on".to_owned(), Type::Date);
    fields.insert("decided_on".to_owned(), Type::Date);
    fields.insert("fee".to_owned(), Type::Int);
    fields.insert("warned".to_owned(), Type::Int);
    answers.clone().with("case", Type::Record(Record { name: "case".to_owned(), fields }.into()))
}

/// What is known when a case arrives, for deciding it without a person: the answers, `case`, and `registry`, how many answers it has
/// otherwise.
pub(super) fn straight_scope(at: &At<'_>, answers: &Scope) -> Scope {
    let fields = IndexMap::from([("differs".to_owned(), Type::Int), ("same".to_owned(), Type::Int)]);
    with_case(at, answers).with("registry", Type::Record(Record { name: "registry".to_owned(), fields }.into()))
}

fn outcome_type(at: &At<'_>, asked: &IndexMap<FieldId, Field>) -> Type {
    let outcomes: Vec<String> = at.map("outcomes").map(|(id, _)| id.to_owned()).collect();
    let mut fields = record(asked);
    fields.insert("id".to_owned(), Type::OneOf(outcomes.into()));
    Type::Record(Record { name: "outcome".to_owned(), fields }.into())
}

fn record(fields: &IndexMap<FieldId, Field>) -> IndexMap<String, Type> {
    fields.iter().filter_map(|(id, field)| Some((id.as_str().to_owned(), kinds::type_of(&field.kind)?))).collect()
}

/// The steps in order.
pub(super) fn steps(at: &At<'_>, later: &Scope, registers: &IndexMap<RegisterId, Register>) -> IndexMap<StepId, Step> {
    at.each::<StepId>("steps")
        .into_iter()
        .filter_map(|(id, at)| step(id, &at, later, registers))
        .map(|step| (step.id.clone(), step))
        .collect()
}

fn step(id: StepId, at: &At<'_>, later: &Scope, registers: &IndexMap<RegisterId, Register>) -> Option<Step> {
    let sole = at.map("sole_decision");
    let sole = sole.filter_map(|(role, node)| Some((role.parse().ok()?, compile(at.gathered, node, later, &Type::Bool)?)));
    Some(Step {
        id,
        title: at.needed_text("title"),
        resident: at.text("resident"),
        role: at.ids("role"),
        consult: at.ids("consult"),
        due: at.period("due"),
        checks: at.texts("checks"),
        act: at.word("act", ACTS).unwrap_or(StepAct::Work),
        when: at.condition("when", Some(later), &Type::Bool),
        ask: field::fields(at, "ask", Some(later)),
        sole_decision: sole.collect(),
        effects: effects(at, later, registers),
    })
}

/// How a case can end.
pub(super) fn outcomes(at: &At<'_>, answers: &Scope, registers: &IndexMap<RegisterId, Register>) -> IndexMap<OutcomeId, Outcome> {
    let case = with_case(at, answers);
    let outcomes = at.each::<OutcomeId>("outcomes").into_iter().map(|(id, below)| {
        let quiet = at.gathered.quiet.replace(true);
        let asked = field::fields(&below, "ask", None);
        at.gathered.quiet.set(quiet);
        let scope = case.clone().with("outcome", outcome_type(at, &asked));
        let sense = below.word("sense", SENSES).unwrap_or(Sense::Neutral);
        let required = below.word("reason", &[("required", true), ("optional", false)]);
        Outcome {
            id,
            title: below.needed_text("title"),
            resident: below.text("resident").unwrap_or_else(|| below.needed_text("title")),
            sense,
            // A disposition that refuses, in whole or in part, gives its reason (行政手続法8条).
            reason_required: required.unwrap_or(matches!(sense, Sense::Refused | Sense::Partly)),
            ask: field::fields(&below, "ask", Some(&scope.clone().with_fields(&asked))),
            effects: effects(&below, &scope, registers),
        }
    });
    outcomes.map(|outcome| (outcome.id.clone(), outcome)).collect()
}

fn effects(at: &At<'_>, scope: &Scope, registers: &IndexMap<RegisterId, Register>) -> IndexMap<EffectId, Effect> {
    let base = at.path_of("do");
    at.map("do")
        .filter_map(|(id, node)| {
            let form = node.map()?.keys().find_map(|key| verb_form(key))?;
            let at = At::new(at.gathered, node, form, format!("{base}.{id}"));
            Some((id.parse().ok()?, effect(&at, scope, registers)?))
        })
        .collect()
}

fn effect(at: &At<'_>, scope: &Scope, registers: &IndexMap<RegisterId, Register>) -> Option<Effect> {
    let day = |key: &str| at.condition(key, Some(scope), &Type::Date);
    match at.form.name {
        "do_letter" => Some(Effect::Letter { letter: at.id("letter")?, starts_appeal: at.yes("starts_appeal").unwrap_or(false) }),
        "do_tell" => Some(Effect::Tell { message: at.id("tell")? }),
        "do_charge" => Some(Effect::Charge { amount: at.condition("charge", Some(scope), &Type::Int)?, text: at.needed_text("text") }),
        "do_enter" => {
            let register: RegisterId = at.id("enter")?;
            let values = columns(at, scope, registers.get(&register));
            Some(Effect::Enter { register, values, state: at.id("state"), from: day("from"), until: day("until") })
        }
        "do_change" => {
            let register: RegisterId = at.id("change")?;
            let of = at.condition("of", Some(scope), &Type::Any)?;
            let values = columns(at, scope, registers.get(&register));
            Some(Effect::Change { register, of, values, state: at.id("state"), from: day("from"), until: day("until") })
        }
        _ => None,
    }
}

/// Every other key of `enter` and `change` is a column, with an expression of the column's type.
fn columns(at: &At<'_>, scope: &Scope, register: Option<&Register>) -> IndexMap<FieldId, Condition> {
    let Some(register) = register else { return IndexMap::new() };
    let entries = at.node.map().into_iter().flatten().filter(|(key, _)| at.form.key(key).is_none());
    entries
        .filter_map(|(key, entry)| {
            let Some(column) = register.fields.get(key.as_str()) else {
                let near = crate::keys::nearest(key, register.fields.keys().map(FieldId::as_str));
                let hint = near.map_or_else(|| format!("台帳 `{}` の欄を書く", register.id), |near| format!("`{near}` のことか"));
                at.gathered.problem(&entry.key, format!("台帳 `{}` に `{key}` という欄はない", register.id), hint);
                return None;
            };
            Some((key.parse().ok()?, column_value(at, &entry.node, scope, &column.kind)?))
        })
        .collect()
}

fn column_value(at: &At<'_>, node: &Node, scope: &Scope, kind: &ColumnKind) -> Option<Condition> {
    let expected = register::column_type(kind).unwrap_or(Type::Any);
    compile_column(at.gathered, node, scope, &expected)
}
