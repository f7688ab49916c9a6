//! Messages that name the outcome before there is one. A folder that was taken in with such a message goes on loading; who checks it is told.

use crate::{
    lower::Loaded,
    message::{Message, OCCASIONS},
    problem::Problem,
    procedure::{Effect, Procedure, Step},
    town::Town,
    words::braces,
};

const OUTCOME: &str = "outcome.title";

/// Looks at every message that names the outcome: a step tells nothing of it, and neither does what happens on any case.
pub(super) fn named_too_early(town: &Town, loaded: &Loaded, problems: &mut Vec<Problem>) {
    for message in town.messages.values().filter(|message| braces(&message.my_page.ja).contains(&OUTCOME)) {
        let (what, hint) = match told_by_step(town, message) {
            Some((procedure, step)) => (
                format!("`{{{OUTCOME}}}` は、手続 `{}` の仕事 `{}` が送るときには、まだ決まっていない", procedure.id, step.id),
                "仕事が送るお知らせを、結論が送るものと分ける".to_owned(),
            ),
            None if OCCASIONS.iter().any(|(occasion, _)| *occasion == message.id.as_str()) => {
                (format!("`{{{OUTCOME}}}` は、`{}` を送るときには、まだ決まっていない", message.id), format!("`{{{OUTCOME}}}` を消す"))
            }
            None => continue,
        };
        problems.push(Problem::new(&loaded.merged.place(&format!("messages.{}.my_page", message.id)), what, hint));
    }
}

fn told_by_step<'t>(town: &'t Town, message: &Message) -> Option<(&'t Procedure, &'t Step)> {
    let steps = town.procedures.values().flat_map(|procedure| procedure.steps.values().map(move |step| (procedure.as_ref(), step)));
    let tells = |effect: &Effect| matches!(effect, Effect::Tell { message: id } if *id == message.id);
    steps.into_iter().find(|(_, step)| step.effects.values().any(tells))
}
