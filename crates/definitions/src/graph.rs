//! # 手続の形 The shape of a procedure
//!
//! Two procedures that ask and work in the same way have one shape, whatever they are called. A *page graph* is, page by page and question
//! by question, the kinds and the conditions under which they are asked; a *step graph* is, step by step, what kind of step it is, the roles
//! that take it in order, the departments that are consulted, and its conditions. Texts, ids and options are no part of a shape: in a
//! condition a question stands by its place (in a step graph, by its kind) and a quoted text as a text.
//!
//! [`alike`] finds procedures of which one was copied from the other.

use std::{collections::BTreeSet, fmt::Write};

use indexmap::IndexMap;

use crate::{
    condition::Condition,
    field::{Field, Kind, Options},
    ids::*,
    procedure::{Procedure, Step, StepAct},
};

/// Names of questions and what stands for them in a shape.
type Names<'a> = Vec<(&'a str, String)>;

/// The page graph as a line: the same for two procedures of one shape, another for others.
pub fn pages(procedure: &Procedure) -> String {
    let mut names = Names::new();
    for (page, contents) in procedure.pages.values().enumerate() {
        names.extend(contents.fields.keys().enumerate().map(|(at, id)| (id.as_str(), format!("#{page}.{at}"))));
    }
    let mut graph = String::new();
    for page in procedure.pages.values() {
        graph.push('/');
        when(&mut graph, page.when.as_ref(), &names);
        fields(&mut graph, &page.fields, &names);
    }
    graph
}

fn fields(graph: &mut String, fields: &IndexMap<FieldId, Field>, names: &Names<'_>) {
    for field in fields.values() {
        graph.push(' ');
        graph.push_str(field.kind.word());
        when(graph, field.when.as_ref(), names);
        match &field.kind {
            Kind::Group { fields: inner, .. } => {
                let mut within = names.clone();
                within.extend(inner.keys().enumerate().map(|(at, id)| (id.as_str(), format!("#row.{at}"))));
                graph.push('{');
                self::fields(graph, inner, &within);
                graph.push('}');
            }
            Kind::HouseholdMember { when_listed } => when(graph, when_listed.as_ref(), names),
            _ => {}
        }
    }
}

/// The step graph as a line.
pub fn steps(procedure: &Procedure) -> String {
    let asked = procedure.pages.values().flat_map(|page| page.fields.iter());
    let names: Names<'_> = asked.map(|(id, field)| (id.as_str(), format!("#{}", field.kind.word()))).collect();
    let mut graph = String::new();
    for step in procedure.steps.values() {
        graph.push('/');
        graph.push_str(act(step));
        let _ = write!(graph, " {}", joined(step.role.iter().map(RoleId::as_str)));
        if !step.consult.is_empty() {
            let _ = write!(graph, " ({})", joined(step.consult.iter().map(DepartmentId::as_str)));
        }
        when(&mut graph, step.when.as_ref(), &names);
        for (role, alone) in &step.sole_decision {
            let _ = write!(graph, " {role}");
            when(&mut graph, Some(alone), &names);
        }
    }
    graph
}

fn act(step: &Step) -> &'static str {
    match step.act {
        StepAct::Work => "work",
        StepAct::Propose => "propose",
        StepAct::Decide => "decide",
    }
}

fn joined<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.collect::<Vec<_>>().join(",")
}

fn when(graph: &mut String, condition: Option<&Condition>, names: &Names<'_>) {
    if let Some(condition) = condition {
        let _ = write!(graph, "[{}]", without_names(&condition.source, names));
    }
}

/// A condition with what stands for each question in place of its id, texts as `''`, and no spaces.
fn without_names(source: &str, names: &Names<'_>) -> String {
    let mut plain = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        if matches!(first, '\'' | '"') {
            let behind = &rest[1..];
            rest = behind.find(first).map_or("", |end| &behind[end + 1..]);
            plain.push_str("''");
        } else if first.is_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            // What stands behind a dot is a part of something, not a question; the innermost name of a group's row comes last.
            let known = names.iter().rfind(|(name, _)| *name == word).filter(|_| !plain.ends_with('.'));
            plain.push_str(known.map_or(word, |(_, stands)| stands));
            rest = behind;
        } else {
            if !first.is_whitespace() {
                plain.push(first);
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    plain
}

/// Two procedures that share more of their questions and steps than two that were thought out for themselves.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Alike {
    /// The one that comes first.
    pub one: ProcedureId,
    /// The other.
    pub other: ProcedureId,
    /// How many questions and steps they share.
    pub shared: usize,
    /// How many the larger of both has.
    pub of: usize,
}

/// Pairs that share more than 80 % of the questions and steps of either, and are not connected by `like:`. `origin` gives the procedure at
/// the end of the `like:`s of one.
///
/// A question is shared when kind and options are the same and the id or the wording is; a step, when the act, the roles, the
/// consulted departments and the title are.
pub fn alike<'p>(procedures: impl Iterator<Item = &'p Procedure>, origin: impl Fn(&ProcedureId) -> String) -> Vec<Alike> {
    let all: Vec<(&ProcedureId, String, Parts<'_>)> = procedures.map(|one| (&one.id, origin(&one.id), Parts::of(one))).collect();
    let mut found = Vec::new();
    for (at, (one, first, parts)) in all.iter().enumerate() {
        for (other, _, theirs) in all.iter().skip(at + 1).filter(|(_, second, _)| second != first) {
            let of = parts.count().max(theirs.count());
            // Most pairs differ in size alone.
            if is_too_much(parts.count().min(theirs.count()), of) {
                let shared = parts.shared_with(theirs);
                if is_too_much(shared, of) {
                    found.push(Alike { one: (*one).clone(), other: (*other).clone(), shared, of });
                }
            }
        }
    }
    found
}

/// More than 80 %.
fn is_too_much(shared: usize, of: usize) -> bool {
    shared * 5 > of * 4
}

struct Question<'p> {
    kind: &'static str,
    options: Vec<&'p str>,
    id: &'p str,
    label: &'p str,
}

struct Parts<'p> {
    questions: Vec<Question<'p>>,
    steps: BTreeSet<String>,
}

impl<'p> Parts<'p> {
    fn of(procedure: &'p Procedure) -> Parts<'p> {
        let mut questions = Vec::new();
        procedure.pages.values().for_each(|page| Self::questions(&page.fields, &mut questions));
        let steps = procedure.steps.values().map(|step| {
            let (roles, consulted) = (joined(step.role.iter().map(RoleId::as_str)), joined(step.consult.iter().map(DepartmentId::as_str)));
            format!("{} {roles} {consulted} {}", act(step), step.title.ja)
        });
        Parts { questions, steps: steps.collect() }
    }

    fn questions(fields: &'p IndexMap<FieldId, Field>, into: &mut Vec<Question<'p>>) {
        for field in fields.values() {
            into.push(Question { kind: field.kind.word(), options: options(&field.kind), id: field.id.as_str(), label: &field.label.ja });
            if let Some(inner) = field.kind.group_fields() {
                Self::questions(inner, into);
            }
        }
    }

    fn count(&self) -> usize {
        self.questions.len() + self.steps.len()
    }

    fn shared_with(&self, other: &Parts<'_>) -> usize {
        let mut taken = vec![false; other.questions.len()];
        let mut shared = self.steps.intersection(&other.steps).count();
        for mine in &self.questions {
            let same = |(at, theirs): &(usize, &Question<'_>)| {
                !taken[*at]
                    && mine.kind == theirs.kind
                    && mine.options == theirs.options
                    && (mine.id == theirs.id || mine.label == theirs.label)
            };
            if let Some((at, _)) = other.questions.iter().enumerate().find(same) {
                taken[at] = true;
                shared += 1;
            }
        }
        shared
    }
}

fn options(kind: &Kind) -> Vec<&str> {
    match kind {
        Kind::Choice { options, .. } | Kind::Choices { options, .. } | Kind::Ranked { options, .. } => match options {
            Options::Listed(listed) => listed.keys().map(OptionId::as_str).collect(),
            Options::Register { register, .. } => vec![register.as_str()],
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_too_much, without_names};

    #[test]
    fn a_condition_is_left_without_the_names_that_its_author_chose() {
        let names = vec![("reason", "#0.1".to_owned()), ("copies", "#0.2".to_owned()), ("reason", "#row.0".to_owned())];
        let plain = |source: &str| without_names(source, &names);
        assert_eq!(plain("copies >= 2 && it.copies == 'copies'"), "#0.2>=2&&it.copies==''");
        assert_eq!(plain("reason == \"a 'b' c\" || !has(x_1)"), "#row.0==''||!has(x_1)");
        assert_eq!(plain("guardians.all(g, g.reason == '働いている"), "guardians.all(g,g.reason==''", "whatever is written, it ends");
    }

    #[test]
    fn eighty_percent_are_not_more_than_eighty_percent() {
        assert!(!is_too_much(8, 10) && is_too_much(9, 10) && !is_too_much(4, 5) && is_too_much(5, 5) && !is_too_much(0, 0));
    }
}
