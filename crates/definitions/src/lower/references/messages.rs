//! Messages: what their braces name, and that nothing of the matter stands outside my page.

use super::Look;
use crate::{
    message::{Message, OCCASIONS, Way},
    procedure::{Effect, Procedure},
    text::Text,
    words::braces,
};

/// What braces may name in what is read after signing in, each filled wherever a message is told; what only some occasions fill
/// ([`OCCASIONS`]) and answers of the procedures that tell it come on top.
pub const INSIDE: &[&str] = &[
    "town.name",
    "office.phone",
    "office.hours",
    "case.number",
    "case.link",
    "case.filed_on",
    "case.due",
    "procedure.title",
    "department.name",
    "department.phone",
    "applicant.name",
    "outcome.title",
];

/// What braces may name outside: nothing that says what it is about.
pub const OUTSIDE: &[&str] = &["town.name", "office.phone", "office.hours", "case.link"];

pub(super) fn check(look: &mut Look<'_>) {
    let town = look.town;
    for (id, message) in &town.messages {
        let tellers: Vec<&Procedure> = town.procedures.values().map(AsRef::as_ref).filter(|procedure| tells(procedure, message)).collect();
        for (key, text) in [("subject", Some(&message.subject)), ("outside", Some(&message.outside)), ("body", message.body.as_ref())] {
            if let Some(text) = text {
                outside(look, &format!("messages.{id}.{key}"), text);
            }
        }
        inside(look, &format!("messages.{id}.my_page"), message, &tellers);
        if message.channels.iter().all(|way| *way != Way::MyPage) {
            let hint = "`my_page` を加える（中身はそこでだけ読める）";
            look.problem(&format!("messages.{id}.channels"), "中身を読むところがない", hint);
        }
    }
}

fn tells(procedure: &Procedure, message: &Message) -> bool {
    let steps = procedure.steps.values().flat_map(|step| step.effects.values());
    let outcomes = procedure.outcomes.values().flat_map(|outcome| outcome.effects.values());
    steps.chain(outcomes).any(|effect| matches!(effect, Effect::Tell { message: id } if *id == message.id))
}

fn outside(look: &mut Look<'_>, path: &str, text: &Text) {
    for name in braces(&text.ja) {
        if !OUTSIDE.contains(&name) {
            let hint = format!("画面の外に出してよいのは {}", OUTSIDE.join("、"));
            look.problem(path, format!("`{{{name}}}` は、画面の外（メール・LINE など）に出してはならない"), hint);
        }
    }
}

fn inside(look: &mut Look<'_>, path: &str, message: &Message, tellers: &[&Procedure]) {
    for name in braces(&message.my_page.ja) {
        let first = name.split('.').next().unwrap_or_default();
        let answered = !tellers.is_empty() && tellers.iter().all(|procedure| procedure.field(first).is_some());
        let asked = first == "outcome"
            && tellers.iter().any(|procedure| {
                let field = name.split('.').nth(1).unwrap_or_default();
                procedure.outcomes.values().any(|outcome| outcome.ask.contains_key(field))
            });
        let of_occasion =
            tellers.is_empty() && OCCASIONS.iter().any(|(occasion, filled)| *occasion == message.id.as_str() && filled.contains(&name));
        if !INSIDE.contains(&name) && !answered && !asked && !of_occasion {
            let near = crate::keys::nearest(name, INSIDE.iter().copied());
            let hint = match near {
                Some(near) => format!("`{{{near}}}` のことか"),
                None => format!("使えるもの：{}、このお知らせを送る手続の質問の id", INSIDE.join("、")),
            };
            look.problem(path, format!("`{{{name}}}` に入れるものがない"), hint);
        }
    }
}
