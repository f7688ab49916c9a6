//! An example walked: filed, worked on, decided. What came out is held against what it says.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    example::Example,
    facts::{self, Chosen},
};
use crate::{
    condition::{Condition, RecordValue, Value},
    facts::FactsSheet,
    form::{self, FieldProblem, Filled, Known},
    kinds,
    lower::Merged,
    problem::Problem,
    procedure::{Effect, Online, Outcome, Procedure, StepAct},
    town::Town,
};

/// What came out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ran {
    pub(super) accepted: bool,
    pub(super) asks: Vec<String>,
    pub(super) skips: Vec<String>,
    pub(super) wrong: Vec<String>,
    pub(super) formal: Vec<String>,
    pub(super) warned: Vec<String>,
    pub(super) at_desk: Vec<String>,
    pub(super) later: Vec<String>,
    pub(super) steps: Vec<String>,
    pub(super) letters: Vec<String>,
    pub(super) told: Vec<String>,
    pub(super) due: Option<Date>,
    pub(super) fee: i64,
    pub(super) entered: Vec<(String, String, String)>,
    pub(super) sole_decision: Option<String>,
    pub(super) faults: Vec<String>,
    /// What is missing or wrong in what staff write down with the outcome.
    pub(super) in_outcome: Vec<FieldProblem>,
}

/// An example, ready to be walked many times: what does not depend on the procedure's conditions is found once.
pub(super) struct Walk<'e> {
    pub(super) example: &'e Example,
    facts: FactsSheet,
    due: Option<Date>,
}

impl<'e> Walk<'e> {
    pub(super) fn of(procedure: &Procedure, example: &'e Example, town: &Town, options: &Chosen) -> Walk<'e> {
        let facts = facts::facts(town, procedure, example.who.as_ref(), options);
        Walk { example, facts, due: town.due(procedure, example.on) }
    }

    pub(super) fn fill(&self, procedure: &Procedure) -> Filled {
        form::fill(procedure, &self.example.typed, &self.facts, self.example.on)
    }
}

/// What follows only when a case is filed: an example of a refusal, which is often like one that is accepted, need not take it back.
const FOLLOWS: &[&str] = &["later", "steps", "letters", "told"];

/// Walks an example.
pub(super) fn run(procedure: &Procedure, walk: &Walk<'_>) -> Ran {
    follow(procedure, walk, &walk.fill(procedure))
}

/// What comes of an example whose form is filled in.
pub(super) fn follow(procedure: &Procedure, walk: &Walk<'_>, filled: &Filled) -> Ran {
    let Walk { example, facts, due } = walk;
    let mut ran = Ran {
        accepted: filled.may_be_filed(),
        wrong: filled.problems.iter().map(|problem| problem.path.clone()).collect(),
        formal: filled.formal.iter().map(|id| id.as_str().to_owned()).collect(),
        warned: filled.warned.iter().map(|id| id.as_str().to_owned()).collect(),
        at_desk: filled.unknown.iter().map(|id| id.as_str().to_owned()).collect(),
        later: filled.later.clone(),
        due: *due,
        faults: filled.faults.clone(),
        ..Ran::default()
    };
    questions(procedure, filled, &mut ran);
    if !ran.accepted {
        return ran;
    }
    let case = case_value(procedure, example, None);
    let known = Known::new(procedure, &filled.answers, facts, example.on).with("case", case);
    ran.fee = fee(procedure, &known);
    let Some(decision) = &example.decision else {
        ran.steps = steps(procedure, &known).map(|step| step.id.as_str().to_owned()).collect();
        return ran;
    };
    let Some(outcome) = procedure.outcomes.get(&decision.outcome) else { return ran };
    let asked = form::fill_fields(&outcome.ask, &decision.typed, facts, example.on, &known);
    ran.wrong.extend(asked.problems.iter().map(|problem| format!("outcome.{}", problem.path)));
    ran.in_outcome = asked.problems.clone();
    let known = known.with("outcome", outcome_value(outcome, &asked)).with("case", case_value(procedure, example, Some(ran.fee)));
    ran.steps = steps(procedure, &known).map(|step| step.id.as_str().to_owned()).collect();
    ran.sole_decision = sole_decision(procedure, &known);
    for step in steps(procedure, &known) {
        effects(step.effects.iter(), &known, &mut ran);
    }
    effects(outcome.effects.iter(), &known, &mut ran);
    ran
}

fn questions(procedure: &Procedure, filled: &Filled, ran: &mut Ran) {
    for page in procedure.pages.values() {
        let shown = filled.pages.iter().find(|state| state.id == page.id).is_none_or(|state| state.visible);
        for id in page.fields.keys() {
            let asked = shown && filled.is_asked(id.as_str());
            if asked { &mut ran.asks } else { &mut ran.skips }.push(id.as_str().to_owned());
        }
    }
    // Inside groups: rows by their path.
    ran.skips.extend(filled.hidden.iter().filter(|path| path.contains('.')).cloned());
}

fn steps<'p>(procedure: &'p Procedure, known: &Known<'_>) -> impl Iterator<Item = &'p crate::procedure::Step> {
    procedure.steps.values().filter(|step| step.when.as_ref().is_none_or(|when| when.holds(known).is_yes()))
}

fn fee(procedure: &Procedure, known: &Known<'_>) -> i64 {
    let Some(fee) = &procedure.fee else { return 0 };
    let amount = fee.amount.as_ref().map(|amount| amount.value(known));
    match (fee.yen, amount) {
        (Some(yen), _) => yen,
        (None, Some(Value::Int(yen))) => yen,
        _ => 0,
    }
}

fn case_value(procedure: &Procedure, example: &Example, fee: Option<i64>) -> Value {
    // What is only prepared online becomes a case at the counter.
    let channel = if matches!(procedure.channels.online, Online::Prepare(_)) { "counter" } else { "online" };
    let mut fields = BTreeMap::from([("channel".to_owned(), Value::text(channel)), ("filed_on".to_owned(), Value::Date(example.on))]);
    if let Some(fee) = fee {
        fields.insert("fee".to_owned(), Value::Int(fee));
        // Examples know one day: decided the day it was filed.
        fields.insert("decided_on".to_owned(), Value::Date(example.on));
    }
    Value::Record(RecordValue { id: None, fields, missing: Value::Absent }.into())
}

fn outcome_value(outcome: &Outcome, asked: &Filled) -> Value {
    let Value::Record(record) = kinds::record(&asked.answers, &[]) else { return Value::Absent };
    let mut fields = record.fields.clone();
    fields.insert("id".to_owned(), Value::text(outcome.id.as_str()));
    Value::Record(RecordValue { id: None, fields, missing: Value::Absent }.into())
}

/// The first role of the chain whose condition for deciding alone holds.
fn sole_decision(procedure: &Procedure, known: &Known<'_>) -> Option<String> {
    let decide = procedure.steps.values().find(|step| step.act == StepAct::Decide)?;
    let alone = decide.role.iter().find(|role| decide.sole_decision.get(*role).is_some_and(|only| only.holds(known).is_yes()))?;
    Some(alone.as_str().to_owned())
}

fn effects<'e>(effects: impl Iterator<Item = (&'e crate::ids::EffectId, &'e Effect)>, known: &Known<'_>, ran: &mut Ran) {
    for (id, effect) in effects {
        match effect {
            Effect::Letter { letter, .. } => ran.letters.push(letter.as_str().to_owned()),
            Effect::Tell { message } => ran.told.push(message.as_str().to_owned()),
            Effect::Charge { amount, .. } => {
                if let Value::Int(yen) = amount.value(known) {
                    ran.fee += yen;
                }
            }
            Effect::Enter { values, state, from, until, .. } | Effect::Change { values, state, from, until, .. } => {
                let mut note = |column: &str, value: String| ran.entered.push((id.as_str().to_owned(), column.to_owned(), value));
                for (column, value) in values {
                    note(column.as_str(), in_words(value, known));
                }
                if let Some(state) = state {
                    note("state", state.as_str().to_owned());
                }
                for (key, day) in [("from", from), ("until", until)] {
                    if let Some(day) = day {
                        note(key, in_words(day, known));
                    }
                }
            }
        }
    }
}

fn in_words(condition: &Condition, known: &Known<'_>) -> String {
    shown(&condition.value(known))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Date(day) => day.to_string(),
        Value::List(list) => list.iter().map(shown).collect::<Vec<_>>().join(" "),
        Value::Record(record) => match (&record.id, record.fields.get("name")) {
            (Some(id), _) => id.to_string(),
            (None, Some(Value::Text(name))) => name.to_string(),
            _ => "…".to_owned(),
        },
        // Nothing is said, so the column stays; or it is emptied.
        Value::Absent => "none".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Unknown => "unknown".to_owned(),
        Value::Length(_) | Value::Fault(_) => "fault".to_owned(),
    }
}

/// Holds what came out against what the example says.
pub(super) fn compare(example: &Example, ran: &Ran, merged: &Merged, problems: &mut Vec<Problem>) {
    let mut said = |key: &str, what: String, hint: String| {
        let place = merged.place(&format!("{}.gives.{key}", example.path));
        problems.push(Problem::new(&place, format!("例 `{}`：{what}", example.id), hint));
    };
    for (key, what) in differences(example, ran) {
        said(key, what, "規則か例の、まちがっているほうを直す".to_owned());
    }
    for path in &ran.faults {
        said("accepted", format!("`{path}` の条件が計算できない"), "条件の式を見直す（0 で割っていないか、日付が範囲にあるか）".to_owned());
    }
    for answer in example.answered.iter().filter(|answer| ran.skips.contains(answer)) {
        let place = merged.place(&format!("{}.answers.{answer}", example.path));
        let what = format!("例 `{}` は、たずねられない質問 `{answer}` に答えている", example.id);
        problems.push(Problem::new(&place, what, "答えを消すか、`when` を直す"));
    }
    let unanswered: Vec<&String> = ran.wrong.iter().filter(|path| path.starts_with("outcome.")).collect();
    if let Some(first) = unanswered.first() {
        let place = merged.place(&format!("{}.decide", example.path));
        let what = format!("例 `{}` の結論で `{}` が書かれていないか、読めない", example.id, first.trim_start_matches("outcome."));
        problems.push(Problem::new(&place, what, "`decide: answers:` に書く"));
    }
}

/// Where an example says something else than what came out: the key of `gives:`, and the difference in words.
pub(super) fn differences(example: &Example, ran: &Ran) -> Vec<(&'static str, String)> {
    let gives = &example.gives;
    let mut found = Vec::new();
    let wrong = if ran.wrong.is_empty() { String::new() } else { format!("（直すよう言われる：{}）", ran.wrong.join("、")) };
    let formal =
        if ran.formal.is_empty() { String::new() } else { format!("（満たさない形式要件：{}）", ran.formal.join("、")) };
    match gives.accepted {
        Some(true) if !ran.accepted => found.push(("accepted", format!("受け付けるはずが、受け付けない{wrong}{formal}"))),
        Some(false) if ran.accepted => found.push(("accepted", "受け付けないはずが、受け付ける".to_owned())),
        _ => {}
    }
    for (name, wanted) in &gives.lists {
        if gives.accepted == Some(false) && FOLLOWS.contains(name) {
            continue;
        }
        let (have, exact) = match *name {
            "asks" => (&ran.asks, false),
            "skips" => (&ran.skips, false),
            "wrong" => (&ran.wrong, true),
            "formal" => (&ran.formal, true),
            "warned" => (&ran.warned, true),
            "at_desk" => (&ran.at_desk, true),
            "later" => (&ran.later, true),
            "steps" => (&ran.steps, true),
            "letters" => (&ran.letters, true),
            _ => (&ran.told, true),
        };
        let fits = if exact { same_members(wanted, have) } else { wanted.iter().all(|one| have.contains(one)) };
        if !fits {
            found.push((*name, format!("{name} は [{}] のはずが [{}]", wanted.join(", "), have.join(", "))));
        }
    }
    if gives.accepted == Some(false) {
        return found;
    }
    if let Some(due) = gives.due.filter(|due| Some(*due) != ran.due) {
        let have = ran.due.map_or_else(|| "なし".to_owned(), |due| due.to_string());
        found.push(("due", format!("お返事の期限は {due} のはずが {have}")));
    }
    if let Some(fee) = gives.fee.filter(|fee| *fee != ran.fee) {
        found.push(("fee", format!("手数料は {fee} 円のはずが {} 円", ran.fee)));
    }
    for (effect, column, wanted) in &gives.entered {
        let have = ran.entered.iter().find(|(id, name, _)| id == effect && name == column).map(|(_, _, value)| value.as_str());
        if have != Some(wanted) {
            found.push(("entered", format!("台帳の {effect}.{column} は {wanted} のはずが {}", have.unwrap_or("なし"))));
        }
    }
    // `none`: the chain is gone through to its end.
    if let Some(role) = gives.sole_decision.as_deref().filter(|role| *role != ran.sole_decision.as_deref().unwrap_or("none")) {
        found.push(("sole_decision", format!("{role} の専決のはずが {}", ran.sole_decision.as_deref().unwrap_or("なし"))));
    }
    found
}

fn same_members(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().all(|one| b.contains(one))
}
