//! What law asks of a procedure: who receives, who decides, reasons, notice of appeal.

use indexmap::IndexMap;

use super::Look;
use crate::{
    authority::Appeal,
    procedure::{Effect, Outcome, Procedure, Sense, StepAct, StraightThrough},
    read::Node,
};

pub(super) fn check(look: &mut Look<'_>, procedure: &Procedure) {
    let base = format!("procedures.{}", procedure.id);
    steps(look, procedure, &base);
    if procedure.outcomes.is_empty() {
        look.problem(&format!("{base}.outcomes"), "結論が一つもない", "`outcomes:` に、認める・認めない などを書く");
    }
    for (id, outcome) in &procedure.outcomes {
        let path = format!("{base}.outcomes.{id}");
        // Effects that could not be understood have been reported where they stand.
        if outcome.effects.is_empty() && look.merged.find(&format!("{path}.do")).is_none() {
            look.problem(&path, "この結論では何も起こらない", "`do:` に文書（letter）やお知らせ（tell）を書く");
        }
    }
    if let Some(straight) = &procedure.straight_through {
        straight_through(look, procedure, straight, &format!("{base}.straight_through"));
    }
    if procedure.law.disposition {
        disposition(look, procedure, &base);
    }
}

fn steps(look: &mut Look<'_>, procedure: &Procedure, base: &str) {
    let path = format!("{base}.steps");
    let mut acts = procedure.steps.values().map(|step| step.act);
    match acts.next() {
        Some(StepAct::Work) => {}
        Some(StepAct::Propose | StepAct::Decide) => {
            look.problem(&path, "受け付ける仕事がない", "はじめに `receive: { title: 受付, role: clerk }` のような仕事を置く");
        }
        None => look.problem(&path, "受け付ける仕事がない", "`receive: { title: 受付, role: clerk }` のように書く"),
    }
    let place = |act| procedure.steps.values().position(|step| step.act == act);
    match (place(StepAct::Propose), place(StepAct::Decide)) {
        (None, _) => look.problem(&path, "結論を選ぶ仕事がない", "`act: propose` の仕事（起案）を置く"),
        (Some(_), None) => look.problem(&path, "決裁がない", "`act: decide` の仕事と、決裁する職の順 `role: [chief]` を書く"),
        (Some(propose), Some(decide)) if decide < propose => look.problem(&path, "起案の前に決裁がある", "起案（propose）を先に置く"),
        _ => {}
    }
    let twice = |act| procedure.steps.values().filter(|step| step.act == act).count() > 1;
    if twice(StepAct::Propose) || twice(StepAct::Decide) {
        look.problem(&path, "起案か決裁が二つある", "一つにする（職を足すなら `role: [chief, director]`）");
    }
    for (id, step) in &procedure.steps {
        if step.role.is_empty() {
            look.problem(&format!("{path}.{id}"), "だれの仕事か分からない", "`role:` に職を書く");
        }
    }
}

/// 自動決定 takes no place of a person where law asks for one: to give reasons, to add what only they know, to be asked for their agreement.
fn straight_through(look: &mut Look<'_>, procedure: &Procedure, straight: &StraightThrough, path: &str) {
    let at = format!("{path}.outcome");
    match procedure.outcomes.get(&straight.outcome) {
        None => look.unknown(&at, "結論", straight.outcome.as_str(), procedure.outcomes.keys().map(|id| id.as_str())),
        Some(outcome) => {
            if outcome.reason_required || matches!(outcome.sense, Sense::Refused | Sense::Partly) {
                look.problem(&at, "理由を書く結論は、自動では決められない", "人が理由を書かなくてよい結論（認める・受け付ける）にする");
            } else if outcome.ask.values().any(|field| field.required) {
                look.problem(&at, "職員が書き足すことのある結論は、自動では決められない", "`ask:` のない結論にする");
            }
        }
    }
    if procedure.steps.values().any(|step| !step.consult.is_empty()) {
        look.problem(path, "合議のある手続は、自動では決められない", "`straight_through:` を消す");
    }
    // One that could not be understood has been reported where it stands.
    if look.merged.find(&format!("{path}.criteria")).and_then(Node::map).is_none_or(IndexMap::is_empty) {
        look.problem(path, "条件のない自動決定", "`criteria:` に、決めてよい条件を名前を付けて書く");
    }
    if straight.sample_percent > 100 {
        look.problem(&format!("{path}.sample"), format!("`{}` は百件より多い", straight.sample_percent), "0 から 100 までの数にする");
    }
}

/// 処分: a time limit (行政手続法6条), reasons (8条), and the notice of appeal (行政不服審査法82条).
fn disposition(look: &mut Look<'_>, procedure: &Procedure, base: &str) {
    if procedure.law.standard_period.is_none() && procedure.law.statutory_limit.is_none() {
        let hint = "`standard_period:`（標準処理期間）か `statutory_limit:`（法定期限）を書く";
        look.problem(&format!("{base}.law"), "処分なのに期限がない（行政手続法6条）", hint);
    }
    let town = look.town;
    let deciding = procedure.authorities().filter_map(|id| town.authorities.get(id));
    for authority in deciding.filter(|authority| authority.appeal == Appeal::None) {
        let what = format!("処分なのに、処分庁 `{}` に教示がない（行政不服審査法82条）", authority.id);
        let hint = "town.yaml の `authorities:` に `appeal: { to, within, sue, defendant }`（裁判所だけが見なおすなら `court`）を書く。契約なら `disposition: no`";
        look.problem(&format!("{base}.law.disposition"), what, hint);
    }
    for (id, outcome) in &procedure.outcomes {
        let path = format!("{base}.outcomes.{id}");
        if !matches!(outcome.sense, Sense::Refused | Sense::Partly) {
            continue;
        }
        if !outcome.reason_required {
            look.problem(&format!("{path}.reason"), "認めない処分の理由を任意にはできない（行政手続法8条）", "`reason: required` にする");
        }
        if !has_appealable_letter(outcome) && look.merged.find(&format!("{path}.do")).is_some() {
            let hint = "`do:` に `notice: { letter: …, starts_appeal: yes }` を書く";
            look.problem(&path, "認めない処分なのに、教示のある文書が出ない", hint);
        }
    }
}

fn has_appealable_letter(outcome: &Outcome) -> bool {
    outcome.effects.values().any(|effect| matches!(effect, Effect::Letter { starts_appeal: true, .. }))
}
