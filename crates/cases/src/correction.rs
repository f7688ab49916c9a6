//! 補正, judged as a whole. A correction changes a few answers, but a form hangs together: what it changes may hide other questions, open
//! new ones, break a rule over several of them. So the whole form is evaluated with the corrected answers, on both faces alike, and held
//! against the same form before: what differs *follows from the correction*. What differs from the filing for any other reason (a day that
//! passed, a fact that changed, an individual number that does not lie here) follows from nothing that the person did now, and is left alone.

use definitions::{
    answer::{Answer, Answers},
    facts::Facts,
    field::{Field, Kind},
    form::{self, Filled},
    ids::FieldId,
    procedure::{Procedure, Rule},
    typed::{TooMuch, Typed},
};
use jiff::civil::Date;

/// What a correction is made of: the definition of the case, what stands, what was asked for, what is known, and when.
#[derive(Clone, Copy)]
pub(crate) struct Correcting<'a> {
    pub procedure: &'a Procedure,
    /// The answers before it.
    pub stands: &'a Answers,
    /// The questions that staff asked to mend.
    pub asked: &'a [FieldId],
    pub facts: &'a dyn Facts,
    pub today: Date,
}

/// The whole form with the correction in it.
pub struct Whole {
    /// What was typed, as far as it may be changed.
    pub typed: Typed,
    /// What the form makes of it.
    pub filled: Filled,
    /// The questions that may be answered: those that were asked for, those that decide whether these are asked at all, and those that follow,
    /// in the order of the form.
    pub open: Vec<FieldId>,
    /// Of these the ones that were not to be seen before: they follow from the correction.
    pub opened: Vec<FieldId>,
    /// Questions that had an answer which the form does not ask for any more, in whole or in a row of a group.
    pub dropped: Vec<FieldId>,
    before: Filled,
}

impl<'a> Correcting<'a> {
    /// Evaluates the form. `lay` puts what came in for a question, which may be changed, over what stands; it is asked for the questions that
    /// were asked for, then for those that open, until none opens any more.
    ///
    /// # Errors
    /// When more came in than a filing may hold.
    pub(crate) fn whole(&self, lay: impl Fn(&mut Typed, &Field) -> Result<(), TooMuch>) -> Result<Whole, TooMuch> {
        let stands = Typed::of_answers(self.stands);
        let before = form::fill(self.procedure, &stands, self.facts, self.today);
        let asked = self.asked_with_ways(&before);
        let mut open = asked.clone();
        let (mut typed, mut laid) = (stands, 0);
        // Each round opens at least one more question, so there are no more rounds than questions.
        let filled = loop {
            for id in &open[laid..] {
                if let Some(field) = self.procedure.field(id.as_str()) {
                    lay(&mut typed, field)?;
                }
            }
            laid = open.len();
            let filled = form::fill(self.procedure, &typed, self.facts, self.today);
            let more = self.opened(&before, &filled, &open);
            if more.is_empty() {
                break filled;
            }
            open.extend(more);
        };
        let seen_before = |id: &FieldId| asked.contains(id) && before.is_asked(id.as_str());
        let open: Vec<FieldId> = self.in_order().filter(|id| open.contains(id)).cloned().collect();
        let opened = open.iter().filter(|id| !seen_before(id) && filled.is_asked(id.as_str())).cloned().collect();
        let dropped = self.in_order().filter(|id| is_below(id, &newly_hidden(&before, &filled), self.stands)).cloned().collect();
        Ok(Whole { typed, filled, open, opened, dropped, before })
    }

    /// What was asked for; and where the form does not ask one of these now, the questions whose answers decide that. Else nobody could ever
    /// answer what they are asked.
    fn asked_with_ways(&self, before: &Filled) -> Vec<FieldId> {
        let mut asked = self.asked.to_vec();
        let mut ways: Vec<FieldId> = asked.iter().filter(|id| !before.is_asked(id.as_str())).cloned().collect();
        let mut looked = 0;
        while let Some(hidden) = ways.get(looked).cloned() {
            looked += 1;
            let page = self.procedure.pages.values().find(|page| page.fields.contains_key(&hidden));
            let conditions =
                page.into_iter().flat_map(|page| [page.when.as_ref(), page.fields.get(&hidden).and_then(|field| field.when.as_ref())]);
            let rests: Vec<FieldId> =
                conditions.flatten().flat_map(|when| when.references().names).filter_map(|name| first(&name)).collect();
            for id in rests.into_iter().filter(|id| self.procedure.field(id.as_str()).is_some()) {
                if before.is_asked(id.as_str()) {
                    if !asked.contains(&id) {
                        asked.push(id);
                    }
                } else if !ways.contains(&id) {
                    ways.push(id);
                }
            }
        }
        asked
    }

    fn in_order(&self) -> impl Iterator<Item = &'a FieldId> {
        self.procedure.pages.values().flat_map(|page| page.fields.keys())
    }

    /// Questions that may not be changed yet and have to be answered now: they were not asked before, or the correction made their answer one
    /// that the form does not take.
    fn opened(&self, before: &Filled, after: &Filled, open: &[FieldId]) -> Vec<FieldId> {
        let shown = before.hidden.iter().filter(|path| after.is_asked(path) && self.stands.get(path).is_none());
        let wrong = after.problems.iter().map(|problem| &problem.path);
        let was_wrong = |id: &FieldId| before.problems_of(id.as_str()).next().is_some();
        let mut opened: Vec<FieldId> = shown.filter_map(|path| first(path)).filter(|id| after.is_asked(id.as_str())).collect();
        opened.extend(wrong.filter_map(|path| first(path)).filter(|id| !was_wrong(id)));
        let is_answered = |id: &FieldId| self.procedure.field(id.as_str()).is_some_and(|field| !matches!(field.kind, Kind::Note));
        self.in_order().filter(|id| opened.contains(id) && !open.contains(id) && is_answered(id)).cloned().collect()
    }

    /// The answers as corrected, in the order of the form: what was `given` to questions that may be changed, and what stood to all others,
    /// without what the form does not ask for any more.
    pub(crate) fn answers(&self, whole: &Whole, given: &Answers) -> Answers {
        let gone = newly_hidden(&whole.before, &whole.filled);
        let mut answers = Answers::default();
        for id in self.in_order() {
            let is_theirs = whole.open.contains(id) && whole.filled.is_asked(id.as_str());
            let answer = match (given.get(id.as_str()), is_theirs) {
                (given, true) => given.cloned(),
                // The two faces may know different things: what was given is kept, and staff are told that it does not fit.
                (Some(given), false) if whole.open.contains(id) => Some(given.clone()),
                (_, false) => self.stands.get(id.as_str()).and_then(|answer| without(answer, id.as_str(), &gone)),
            };
            if let Some(answer) = answer {
                answers.insert(id.clone(), answer);
            }
        }
        answers
    }

    /// The formal rules that do not hold and have to do with this correction.
    pub(crate) fn broken(&self, whole: &Whole) -> Vec<Broken<'a>> {
        let rules = whole.filled.formal.iter().filter_map(|id| self.procedure.formal.get(id));
        rules.filter_map(|rule| self.broken_rule(whole, rule)).collect()
    }

    fn broken_rule(&self, whole: &Whole, rule: &'a Rule) -> Option<Broken<'a>> {
        let rests: Vec<FieldId> = rule.holds.references().names.iter().filter_map(|name| first(name)).collect();
        let rests: Vec<&FieldId> = rests.iter().filter(|id| self.procedure.field(id.as_str()).is_some()).collect();
        let may_change = |id: &FieldId| whole.open.contains(id) && whole.filled.is_asked(id.as_str());
        let touched = rests.iter().any(|id| may_change(id));
        // One that rests on nothing of theirs, such as a day that has passed since they filed, is none of this correction's.
        if !touched && whole.before.formal.contains(&rule.id) {
            return None;
        }
        let beside = rule.at.iter().chain(self.in_order().filter(|id| rests.contains(id)));
        let at = if touched { beside.into_iter().find(|id| may_change(id)) } else { None };
        let is_theirs = touched && rests.iter().all(|id| may_change(id));
        Some(Broken { rule, at: at.cloned(), is_theirs })
    }
}

/// A formal rule that does not hold once the correction is in.
pub struct Broken<'a> {
    /// Which.
    pub rule: &'a Rule,
    /// The question beside which it is told: one that may be changed. None: the person can do nothing about it.
    pub at: Option<FieldId>,
    /// Whether all that it rests on may be changed. Then it must hold; else it is told, the person may send all the same, and staff look.
    pub is_theirs: bool,
}

impl Whole {
    /// Whether the correction hides the question of this path, in whole or with its group.
    pub(crate) fn hides(&self, path: &str) -> bool {
        let gone = newly_hidden(&self.before, &self.filled);
        gone.iter().any(|hidden| path.strip_prefix(hidden).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    }

    /// Whether anything is missing or wrong in what may be answered.
    pub(crate) fn is_wrong(&self) -> bool {
        self.open.iter().any(|id| self.filled.problems_of(id.as_str()).next().is_some())
    }
}

/// The question of a path: `guardians.0.name` lies in `guardians`.
fn first(path: &str) -> Option<FieldId> {
    path.split('.').next()?.parse().ok()
}

/// What the form asked before and does not ask now.
fn newly_hidden<'f>(before: &'f Filled, after: &'f Filled) -> Vec<&'f str> {
    after.hidden.iter().filter(|path| before.is_asked(path)).map(String::as_str).collect()
}

/// Whether an answer to this question, or in one of its rows, lies on one of these paths.
fn is_below(id: &FieldId, paths: &[&str], stands: &Answers) -> bool {
    paths.iter().any(|path| path.split('.').next() == Some(id.as_str()) && stands.get(path).is_some())
}

/// An answer without what lies on these paths; none when nothing of it is left.
fn without(answer: &Answer, path: &str, gone: &[&str]) -> Option<Answer> {
    if gone.contains(&path) {
        return None;
    }
    let Answer::Group(rows) = answer else { return Some(answer.clone()) };
    let rows = rows.iter().enumerate().map(|(row, answers)| {
        let kept = answers.iter().filter_map(|(id, answer)| Some((id.clone(), without(answer, &format!("{path}.{row}.{id}"), gone)?)));
        kept.collect()
    });
    Some(Answer::Group(rows.collect()))
}
