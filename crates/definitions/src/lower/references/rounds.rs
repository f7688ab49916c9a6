//! Rounds that name what is not there, or that could not be held.

use super::Look;
use crate::{
    field::Kind,
    ids::FieldId,
    lower::round::question,
    procedure::Procedure,
    round::{Round, TieBy},
};

/// Looks up what rounds name.
pub(super) fn check(look: &mut Look<'_>) {
    let town = look.town;
    for round in town.rounds.values() {
        let base = format!("rounds.{}", round.id);
        times(look, &base, round);
        places(look, &base, round);
        let Some(procedure) = town.procedures.get(&round.procedure) else { continue };
        questions(look, &base, round, procedure);
        for (id, tie) in &round.ties {
            if let TieBy::Points(table) = &tie.by
                && !round.points.contains_key(table)
            {
                let known = round.points.keys().map(|id| id.as_str());
                look.unknown(&format!("{base}.ties.{id}.points"), "指数表", table.as_str(), known);
            }
        }
        for (id, decision) in &round.decisions {
            let path = format!("{base}.decisions.{id}");
            let Some(outcome) = procedure.outcomes.get(&decision.outcome) else {
                let known = procedure.outcomes.keys().map(|id| id.as_str());
                look.unknown(&format!("{path}.outcome"), "結論", decision.outcome.as_str(), known);
                continue;
            };
            if outcome.reason_required && decision.reason.trim().is_empty() {
                look.problem(&path, format!("結論 `{}` には理由が要る", outcome.id), "`reason:` に、通知書に載る理由を書く");
            }
        }
    }
}

fn times(look: &mut Look<'_>, base: &str, round: &Round) {
    if round.opens >= round.closes {
        look.problem(&format!("{base}.closes"), "締切りが受付の始まりより前", "`opens:` より後の日時を書く");
    }
    if round.closes >= round.announce {
        look.problem(&format!("{base}.announce"), "公表が締切りより前", "`closes:` より後の日時を書く");
    }
}

fn places(look: &mut Look<'_>, base: &str, round: &Round) {
    let town = look.town;
    let path = format!("{base}.places");
    if !look.register(&format!("{path}.register"), round.register.as_str()) {
        return;
    }
    let Some(register) = town.registers.get(&round.register) else { return };
    if register.key.is_none() {
        look.problem(&format!("{path}.register"), format!("台帳 `{}` の記録は名ざせない", register.id), "`key:` のある台帳を書く");
    }
    for (id, class) in &round.classes {
        look.column(&format!("{path}.classes.{id}.column"), register, class.column.as_str());
        if round.class.is_some() == class.is.is_none() {
            let hint = "`class:` を書くなら、クラスごとに `is:` を書く。書かないなら、クラスは一つだけ";
            look.problem(&format!("{path}.classes.{id}"), "どの子のクラスかが決まらない", hint);
        }
    }
    if round.classes.is_empty() || (round.class.is_none() && round.classes.len() > 1) {
        look.problem(&format!("{path}.classes"), "クラスがないか、多すぎる", "`class:` がなければ、クラスを一つだけ書く");
    }
}

fn questions(look: &mut Look<'_>, base: &str, round: &Round, procedure: &Procedure) {
    let mut wants = |key: &str, id: &FieldId, what: &str, fits: fn(&Kind) -> bool| match question(procedure, id) {
        None => {
            let known = procedure.pages.values().flat_map(|page| page.fields.keys()).map(|id| id.as_str());
            look.unknown(&format!("{base}.{key}"), "質問", id.as_str(), known);
        }
        Some(field) if !fits(&field.kind) => {
            look.problem(&format!("{base}.{key}"), format!("質問 `{id}` の種類が違う"), format!("{what}を書く"));
        }
        Some(_) => {}
    };
    wants("wishes", &round.wishes, "希望順に選ぶ質問（ranked）か、一つを選ぶ質問（choice）", |kind| {
        matches!(kind, Kind::Ranked { .. } | Kind::Choice { .. })
    });
    if let Some(children) = &round.children {
        wants("children", children, "くり返す質問（group）", |kind| matches!(kind, Kind::Group { .. }));
    }
    if let Some(siblings) = &round.siblings {
        wants("siblings.field", &siblings.field, "一つを選ぶ質問（choice）", |kind| matches!(kind, Kind::Choice { .. }));
    }
    for (id, table) in &round.points {
        if let Some(each) = &table.each {
            wants(&format!("points.{id}.each"), each, "くり返す質問（group）", |kind| matches!(kind, Kind::Group { .. }));
        }
    }
}
