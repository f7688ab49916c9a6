//! What is wrong, in words: beside the question and again on top of the page, where it names the question and leads to it.

use definitions::{
    field::{Field, Kind},
    form::FieldProblem,
    ids::FieldId,
};
use indexmap::IndexMap;
use maud::Markup;

use super::{FieldView, anchor};
use crate::{
    parts::{Mistake, Say},
    words::{Value, ruby},
};

/// The words of a problem. Every message may use `$label`, the question's own words.
pub(super) fn text(say: Say<'_>, problem: &FieldProblem, label: &str) -> Markup {
    with_args(problem, label, |args| say.html(problem.id, args))
}

fn with_args<T>(problem: &FieldProblem, label: &str, then: impl FnOnce(&[(&str, Value<'_>)]) -> T) -> T {
    let mut args: Vec<(&str, Value<'_>)> = vec![("label", ruby::plain(label).into())];
    for (name, value) in &problem.args {
        // Counts are numbers to Fluent, so that plurals agree.
        args.push((name, value.parse::<i64>().map_or_else(|_| value.as_str().into(), Value::from)));
    }
    then(&args)
}

/// The words of a problem where the question itself is not at hand. Prefer [`mistakes`], which names it.
pub fn problem_text(say: Say<'_>, problem: &FieldProblem) -> String {
    let label = say.text("ui-this-answer", &[]);
    with_args(problem, &label, |args| say.text(problem.id, args))
}

/// The mistakes of a page for [`crate::parts::error_summary`], in the order of its questions.
pub fn mistakes(fields: &IndexMap<FieldId, Field>, view: &FieldView<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for problem in view.problems {
        let Some((label, owner)) = named(fields, view, &problem.path) else { continue };
        let text = with_args(problem, &label, |args| view.say.text(problem.id, args));
        found.push(Mistake { anchor: anchor(&target(owner, problem, view.keying.is_some())), text });
    }
    found
}

/// Where the summary leads: the part that is wrong, or the question.
fn target(owner: &Field, problem: &FieldProblem, is_keyed: bool) -> String {
    // Keyed in, a day is one line.
    let day = ["era", "year", "month", "day"].iter().find_map(|part| problem.path.strip_suffix(part)?.strip_suffix('.'));
    match owner.kind {
        Kind::Date | Kind::HouseholdMember { .. } if is_keyed => day.unwrap_or(&problem.path).to_owned(),
        // One of several cards cannot be named; the question as a whole can.
        Kind::Choices { .. } | Kind::Files { .. } => {
            let end = problem.path.rfind(owner.id.as_str()).map_or(problem.path.len(), |at| at + owner.id.as_str().len());
            problem.path[..end].to_owned()
        }
        _ => problem.path.clone(),
    }
}

/// The words of a question by its path, with the row in front: 保護者 2：氏名.
fn named<'a>(fields: &'a IndexMap<FieldId, Field>, view: &FieldView<'_>, path: &str) -> Option<(String, &'a Field)> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let field = fields.get(first)?;
    let label = view.town.say(&field.label, view.say.language).to_owned();
    let Kind::Group { each, fields: inner, .. } = &field.kind else { return Some((label, field)) };
    let Some((row, below)) = rest.split_once('.') else { return Some((label, field)) };
    let Some((inner_label, inner_field)) = named(inner, view, below) else { return Some((label, field)) };
    let at = row.parse::<usize>().map_or_else(|_| row.to_owned(), |row| (row + 1).to_string());
    Some((format!("{} {at}：{inner_label}", view.town.say(each, view.say.language)), inner_field))
}
