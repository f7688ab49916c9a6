//! Rounds.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{At, Gathered, Merged};
use crate::{
    condition::{Scope, Type},
    field::{Field, Kind},
    ids::*,
    keys::{DOCUMENTS, nearest},
    kinds,
    procedure::{Page, Procedure},
    read::Node,
    round::{Class, Decision, Declined, Item, Points, Publish, Round, Siblings, Silent, Take, Tie, TieBy},
};

const TAKES: &[(&str, Take)] = &[("sum", Take::Sum), ("least", Take::Least), ("most", Take::Most)];
const PICKS: &[(&str, bool)] = &[("best", true), ("all", false)];

const DECLINED: &[(&str, Declined)] = &[("keeps", Declined::Keeps), ("leaves", Declined::Leaves)];
const SILENT: &[(&str, Silent)] = &[("declines", Silent::Declines), ("stays", Silent::Stays)];
const PUBLISH: &[(&str, Publish)] = &[("seed", Publish::Seed), ("numbers", Publish::Numbers)];

/// All rounds.
pub(super) fn rounds(merged: &Merged, gathered: &Gathered, town: &Scope, procedures: &IndexMap<ProcedureId, Arc<Procedure>>) -> Vec<Round> {
    let Some(document) = DOCUMENTS.iter().find(|document| document.key == "round") else { return Vec::new() };
    let members = merged.section("rounds").and_then(Node::map).into_iter().flatten();
    let at = |(id, entry): (&String, &'_ crate::read::Entry)| {
        round(&At::new(gathered, &entry.node, document.form, format!("rounds.{id}")), town, procedures)
    };
    members.filter_map(at).collect()
}

fn round(at: &At<'_>, town: &Scope, procedures: &IndexMap<ProcedureId, Arc<Procedure>>) -> Option<Round> {
    at.each::<ExampleId>("examples").iter().for_each(|(_, at)| {
        let _ = (at.line("of"), at.line("points"), at.lines("counts"));
    });
    let id: ProcedureId = at.id("procedure")?;
    let Some(procedure) = procedures.get(&id) else {
        let near = nearest(id.as_str(), procedures.keys().map(|id| id.as_str()));
        let hint = near.map_or_else(|| "手続の id（ファイルの procedure:）を書く".to_owned(), |near| format!("`{near}` のことか"));
        let place = at.key("procedure").map_or(at.place(), |node| &node.place);
        at.gathered.problem(place, format!("`{id}` という手続はない"), hint);
        return None;
    };
    let case = procedure.pages.values().fold(town.clone(), |scope, page: &Page| scope.with_fields(&page.fields));
    let children: Option<FieldId> = at.id("children");
    let row = children.as_ref().and_then(|group| row_of(procedure, group));
    let child = match row {
        Some(row) => case.clone().with("child", row),
        None => case.clone(),
    };
    let wished = child.clone().with("wish", Type::Text);
    let places = at.below("places")?;
    let publish = at.word("publish", PUBLISH).unwrap_or_default();
    if let Some(node) = at.key("publish").filter(|_| publish == Publish::Numbers && at.key("points").is_some()) {
        let hint = "`publish: seed` と書くか、指数表のない抽選だけの一斉受付にする（並び順から、ほかの方の点が分かってしまう）";
        at.gathered.problem(&node.place, "指数表のある一斉受付では、番号の並びを公表できない", hint);
    }
    Some(Round {
        id: at.id("round")?,
        title: at.needed_text("title"),
        procedure: id,
        only: at.condition("only", Some(&case), &Type::Bool),
        opens: at.moment("opens")?,
        closes: at.moment("closes")?,
        announce: at.moment("announce")?,
        offer: at.period("offer")?,
        declined: at.word("declined", DECLINED).unwrap_or_default(),
        silent: at.word("silent", SILENT).unwrap_or_default(),
        publish,
        children,
        wishes: at.needed_id("wishes")?,
        siblings: siblings(at),
        register: places.needed_id("register")?,
        class: places.condition("class", Some(&child), &Type::Int),
        classes: places.each("classes").into_iter().filter_map(|(id, at)| Some((id, class(&at)?))).collect(),
        points: at.each("points").into_iter().map(|(id, at)| (id, points(&at, &wished, procedure))).collect(),
        ties: at.each("ties").into_iter().filter_map(|(id, at)| Some((id, tie(&at, &wished)?))).collect(),
        draws: at.condition("draws", Some(&case), &Type::Int),
        decisions: at.each("decisions").into_iter().filter_map(|(id, at)| Some((id, decision(&at, &case, procedure)?))).collect(),
    })
}

/// A question of a procedure, on whichever page.
pub(super) fn question<'p>(procedure: &'p Procedure, id: &FieldId) -> Option<&'p Field> {
    procedure.pages.values().find_map(|page| page.fields.get(id))
}

/// What conditions see of a row of a group.
fn row_of(procedure: &Procedure, group: &FieldId) -> Option<Type> {
    let field = question(procedure, group).filter(|field| matches!(field.kind, Kind::Group { .. }))?;
    match kinds::type_of(&field.kind)? {
        Type::List(row) => Some(*row),
        _ => None,
    }
}

fn siblings(at: &At<'_>) -> Option<Siblings> {
    let at = at.below("siblings")?;
    Some(Siblings { field: at.needed_id("field")?, same: at.ids("same"), same_time: at.ids("same_time"), any: at.ids("any") })
}

fn class(at: &At<'_>) -> Option<Class> {
    Some(Class { is: at.number("is"), label: at.needed_text("label"), column: at.needed_id("column")? })
}

fn points(at: &At<'_>, wished: &Scope, procedure: &Procedure) -> Points {
    let each: Option<FieldId> = at.id("each");
    let scope = match &each {
        // A group that does not exist has been reported; whatever a condition says of its rows may stand.
        Some(group) => wished.clone().with("it", row_of(procedure, group).unwrap_or(Type::Any)),
        None => wished.clone(),
    };
    let items = at.each("items").into_iter().filter_map(|(id, at)| {
        let (label, points) = (at.needed_text("label"), at.number("points")?);
        Some((id, Item { when: at.condition("when", Some(&scope), &Type::Bool)?, label, points }))
    });
    Points {
        title: at.needed_text("title"),
        take: at.word("take", TAKES).unwrap_or_default(),
        best_only: at.word("pick", PICKS).unwrap_or(false),
        items: items.collect(),
        each,
    }
}

fn tie(at: &At<'_>, wished: &Scope) -> Option<Tie> {
    let label = at.needed_text("label");
    let ways = ["more", "less", "holds", "points"];
    let written: Vec<&str> = ways.into_iter().filter(|way| at.key(way).is_some()).collect();
    if written.len() != 1 {
        at.gathered.problem(at.place(), "くらべ方が一つではない", "`more:`・`less:`・`holds:`・`points:` のどれか一つを書く");
        return None;
    }
    let condition = |way: &str, of: &Type| at.condition(way, Some(wished), of);
    let by = match *written.first()? {
        "more" => TieBy::More(condition("more", &Type::Int)?),
        "less" => TieBy::Less(condition("less", &Type::Int)?),
        "holds" => TieBy::Holds(condition("holds", &Type::Bool)?),
        _ => TieBy::Points(at.id("points")?),
    };
    Some(Tie { label, by })
}

fn decision(at: &At<'_>, case: &Scope, procedure: &Procedure) -> Option<Decision> {
    let scope = case.clone().with("placed", Type::list(Type::Text)).with("asked", Type::Int).with("waiting", Type::Int);
    let outcome: OutcomeId = at.id("outcome")?;
    let asks = procedure.outcomes.get(&outcome).map(|outcome| &outcome.ask);
    let answers = at.map("answers").filter_map(|(id, node)| {
        let Some(field) = asks.and_then(|asks| asks.get(id)) else {
            if let Some(asks) = asks {
                let near = nearest(id, asks.keys().map(|id| id.as_str()));
                let hint = near.map_or_else(|| "結論の `ask:` にある質問を書く".to_owned(), |near| format!("`{near}` のことか"));
                at.gathered.problem(&node.place, format!("結論 `{outcome}` は `{id}` をたずねない"), hint);
            }
            return None;
        };
        let expected = kinds::type_of(&field.kind).unwrap_or(Type::Any);
        Some((id.parse().ok()?, super::at::compile(at.gathered, node, &scope, &expected)?))
    });
    let answers = answers.collect();
    let when = at.condition("when", Some(&scope), &Type::Bool)?;
    Some(Decision { when, answers, reason: at.line("reason").unwrap_or_default(), outcome })
}
