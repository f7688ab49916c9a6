//! # 一斉受付 Rounds
//!
//! Cases of one procedure that close on one day, are given points, and get places by ranked wishes. Here stands what a town says of it and how
//! points come of answers, item by item; who gets what is for the room `rounds`.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::{
    answer::{Answer, Answers},
    condition::{Condition, Names, Truth, Value},
    ids::*,
    kinds,
    procedure::Period,
    text::Text,
};

/// A round.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// Its id.
    pub id: RoundId,
    /// 令和9年4月入所の利用調整.
    pub title: Text,
    /// The procedure whose cases it gathers.
    pub procedure: ProcedureId,
    /// Which of its cases; all where nothing is said.
    pub only: Option<Condition>,
    /// From when filings are part of it, in Japan's time.
    pub opens: DateTime,
    /// From when they are no longer.
    pub closes: DateTime,
    /// When all are told. Nothing is seen before.
    pub announce: DateTime,
    /// How long an offer of a place that became free stands.
    pub offer: Period,
    /// What becomes of who declines a place that became free.
    pub declined: Declined,
    /// What becomes of who does not answer in time.
    pub silent: Silent,
    /// What of the lots everybody may read.
    pub publish: Publish,
    /// The group that lists the children; without it the applicant is the one to be placed.
    pub children: Option<FieldId>,
    /// The question that ranks facilities.
    pub wishes: FieldId,
    /// What is wished for brothers and sisters.
    pub siblings: Option<Siblings>,
    /// 施設の台帳.
    pub register: RegisterId,
    /// The number that says the class of a child; none where there are no classes.
    pub class: Option<Condition>,
    /// The classes.
    pub classes: IndexMap<ClassId, Class>,
    /// 指数表.
    pub points: IndexMap<PointsId, Points>,
    /// For those with the same points, in this order; the lot is last.
    pub ties: IndexMap<TieId, Tie>,
    /// How many draws of the lot: the best counts.
    pub draws: Option<Condition>,
    /// From an allocation to an outcome: the first that holds.
    pub decisions: IndexMap<DecisionId, Decision>,
}

/// What becomes of a family that declines a place that became free. It is not asked again for the same facility in either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Declined {
    /// It keeps its rank for the other facilities that it wished for.
    #[default]
    Keeps,
    /// It is off the list.
    Leaves,
}

/// What becomes of a family that does not answer an offer in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Silent {
    /// As if it had declined.
    #[default]
    Declines,
    /// It keeps its rank for the other facilities, also where who declines does not.
    Stays,
}

/// What of the lots everybody may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Publish {
    /// The digest of the seed before the lots are drawn, the seed on the day.
    #[default]
    Seed,
    /// The numbers of the cases in the order of their lots too. Only where there are no points, which the order would tell.
    Numbers,
}

/// What the answers to the question about brothers and sisters mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Siblings {
    /// The question.
    pub field: FieldId,
    /// Answers that mean: at one facility, at once.
    pub same: Vec<OptionId>,
    /// Answers that mean: at once, wherever.
    pub same_time: Vec<OptionId>,
    /// Answers that mean: each for itself. So does no answer.
    pub any: Vec<OptionId>,
}

/// What a family wishes for brothers and sisters (きょうだい).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Together {
    /// 同じ施設に同時: all at one facility, or none.
    Same,
    /// 同時なら別の施設でもよい: all, wherever, or none.
    SameTime,
    /// 一人でもよい: each for itself.
    #[default]
    Any,
}

/// A class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// The number of [`Round::class`] that means it.
    pub is: Option<i64>,
    /// 0歳児.
    pub label: Text,
    /// The column of the register that holds how many it takes in.
    pub column: FieldId,
}

/// A table of points.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    /// 基準指数.
    pub title: Text,
    /// The group whose rows it goes through.
    pub each: Option<FieldId>,
    /// What becomes of the rows' points.
    pub take: Take,
    /// Whether the best item alone counts, or all.
    pub best_only: bool,
    /// The items.
    pub items: IndexMap<ItemId, Item>,
}

/// What becomes of the points of several rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Take {
    /// They are added up (父母の合計).
    #[default]
    Sum,
    /// The least counts (低いほう).
    Least,
    /// The most counts.
    Most,
}

/// An item.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// When it counts.
    pub when: Condition,
    /// As people read it.
    pub label: Text,
    /// Its points.
    pub points: i64,
}

/// What decides between those with the same points.
#[derive(Clone, Debug, PartialEq)]
pub struct Tie {
    /// As people read it.
    pub label: Text,
    /// What is compared.
    pub by: TieBy,
}

/// What a tie rule compares.
#[derive(Clone, Debug, PartialEq)]
pub enum TieBy {
    /// More before less.
    More(Condition),
    /// Less before more.
    Less(Condition),
    /// Those for whom it holds first.
    Holds(Condition),
    /// The points of one table.
    Points(PointsId),
}

/// From an allocation to an outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// When: over `placed` and `asked`.
    pub when: Condition,
    /// The outcome.
    pub outcome: OutcomeId,
    /// What its `ask:` is answered.
    pub answers: IndexMap<FieldId, Condition>,
    /// 理由, where the outcome must have one.
    pub reason: String,
}

/// How a child's points came about at one facility.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Each item that was true, or could not be told, in the order of the tables.
    pub lines: Vec<Line>,
    /// What each tie rule gives, more before less; unknown counts as the least.
    pub ties: Vec<i64>,
}

/// An item in a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The table.
    pub table: PointsId,
    /// The item.
    pub item: ItemId,
    /// Which row of the table's group, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// Its points.
    pub points: i64,
    /// Whether they count.
    pub fate: Fate,
}

/// Whether an item counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It counts.
    Counts,
    /// It is true, but a better one of the same table counts instead.
    Beaten,
    /// It rests on something that the office does not know: staff find out.
    Open,
}

impl Score {
    /// The points together.
    pub fn total(&self) -> i64 {
        self.counting().map(|line| line.points).sum()
    }

    /// The points of one table.
    pub fn of(&self, table: &PointsId) -> i64 {
        self.counting().filter(|line| line.table == *table).map(|line| line.points).sum()
    }

    /// What counts.
    pub fn counting(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.fate == Fate::Counts)
    }
}

/// Names of a case with one child and one facility beside them.
struct Beside<'a> {
    names: &'a dyn Names,
    child: Option<&'a Value>,
    wish: &'a str,
    row: Option<&'a Value>,
}

impl Names for Beside<'_> {
    fn value(&self, name: &str) -> Value {
        match (name, self.child, self.row) {
            ("child", Some(child), _) => child.clone(),
            ("it", _, Some(row)) => row.clone(),
            ("wish", _, _) => Value::text(self.wish),
            _ => self.names.value(name),
        }
    }

    fn holds(&self, register: &str, owner: &str, on: jiff::civil::Date) -> Value {
        self.names.holds(register, owner, on)
    }

    fn next_open(&self, day: jiff::civil::Date) -> Option<jiff::civil::Date> {
        self.names.next_open(day)
    }
}

impl Round {
    /// Whether a case is of this round; its time is another matter.
    pub fn is_for(&self, names: &dyn Names) -> bool {
        self.only.as_ref().is_none_or(|only| only.holds(names).is_yes())
    }

    /// What a family wishes for brothers and sisters, as one of the three words of [`Siblings`].
    pub fn together(&self, answers: &Answers) -> Together {
        let Some(siblings) = &self.siblings else { return Together::Any };
        let Some(Answer::Choice(said)) = answers.get(siblings.field.as_str()) else { return Together::Any };
        let means = |list: &[OptionId]| list.iter().any(|option| option.as_str() == said);
        if means(&siblings.same) {
            Together::Same
        } else if means(&siblings.same_time) {
            Together::SameTime
        } else {
            Together::Any
        }
    }

    /// Those to be placed by a case, in its order: a row each, or nothing for the applicant.
    pub fn children(&self, names: &dyn Names) -> Vec<Option<Value>> {
        let Some(group) = &self.children else { return vec![None] };
        let Value::List(rows) = names.value(group.as_str()) else { return Vec::new() };
        rows.iter().cloned().map(Some).collect()
    }

    /// The facilities wished for, the dearest first.
    pub fn wishes(&self, answers: &Answers) -> Vec<String> {
        match answers.get(self.wishes.as_str()) {
            Some(Answer::Ranked(wishes)) => wishes.clone(),
            Some(Answer::Choice(wish)) => vec![wish.clone()],
            _ => Vec::new(),
        }
    }

    /// The class of a child; none where it is of none of them.
    pub fn class_of(&self, names: &dyn Names, child: Option<&Value>) -> Option<&ClassId> {
        let Some(class) = &self.class else { return self.classes.keys().next() };
        let Value::Int(number) = class.value(&Beside { names, child, wish: "", row: None }) else { return None };
        self.classes.iter().find(|(_, class)| class.is == Some(number)).map(|(id, _)| id)
    }

    /// How many draws of the lot a case has.
    pub fn draws(&self, names: &dyn Names) -> u32 {
        let drawn = self.draws.as_ref().map(|draws| draws.value(names));
        if let Some(Value::Int(draws)) = drawn { u32::try_from(draws.clamp(1, 100)).unwrap_or(1) } else { 1 }
    }

    /// How a child's points come about at a facility.
    pub fn score(&self, names: &dyn Names, child: Option<&Value>, wish: &str) -> Score {
        let beside = Beside { names, child, wish, row: None };
        let mut score = Score::default();
        for (id, table) in &self.points {
            let rows = table.each.as_ref().map(|each| match names.value(each.as_str()) {
                Value::List(rows) => rows,
                _ => Arc::from([]),
            });
            let Some(rows) = rows else {
                score.lines.extend(table.lines(id, &beside, None));
                continue;
            };
            let by_row = rows.iter().enumerate().map(|(row, value)| table.lines(id, &Beside { row: Some(value), ..beside }, Some(row)));
            score.lines.extend(table.taken(by_row.collect()));
        }
        score.ties = self.ties.values().map(|tie| tie.value(&beside, &score)).collect();
        score
    }
}

impl Points {
    fn lines(&self, id: &PointsId, names: &Beside<'_>, row: Option<usize>) -> Vec<Line> {
        let judged = self.items.iter().filter_map(|(item, said)| {
            let fate = match said.when.holds(names) {
                Truth::Yes => Fate::Counts,
                Truth::Unknown | Truth::Fault(_) => Fate::Open,
                Truth::No | Truth::Absent => return None,
            };
            Some(Line { table: id.clone(), item: item.clone(), row, points: said.points, fate })
        });
        let mut lines: Vec<Line> = judged.collect();
        if self.best_only {
            let best = lines.iter().filter(|line| line.fate == Fate::Counts).map(|line| line.points).max();
            let mut counted = false;
            for line in lines.iter_mut().filter(|line| line.fate == Fate::Counts) {
                if counted || Some(line.points) != best {
                    line.fate = Fate::Beaten;
                } else {
                    counted = true;
                }
            }
        }
        lines
    }

    /// The rows' lines, of which one row alone counts where that is the rule.
    fn taken(&self, mut rows: Vec<Vec<Line>>) -> Vec<Line> {
        let sum = |lines: &[Line]| lines.iter().filter(|line| line.fate == Fate::Counts).map(|line| line.points).sum::<i64>();
        let sums = rows.iter().enumerate().map(|(row, lines)| (sum(lines), row));
        let kept = match self.take {
            Take::Sum => None,
            Take::Least => sums.min().map(|(_, row)| row),
            Take::Most => sums.max_by_key(|(sum, row)| (*sum, usize::MAX - row)).map(|(_, row)| row),
        };
        for (row, lines) in rows.iter_mut().enumerate() {
            if kept.is_some_and(|kept| kept != row) {
                lines.iter_mut().filter(|line| line.fate == Fate::Counts).for_each(|line| line.fate = Fate::Beaten);
            }
        }
        rows.into_iter().flatten().collect()
    }
}

impl Tie {
    fn value(&self, names: &Beside<'_>, score: &Score) -> i64 {
        let number = |condition: &Condition| if let Value::Int(number) = condition.value(names) { Some(number) } else { None };
        match &self.by {
            TieBy::More(condition) => number(condition).unwrap_or(i64::MIN),
            TieBy::Less(condition) => number(condition).map_or(i64::MIN, |number| number.saturating_neg()),
            TieBy::Holds(condition) => i64::from(condition.holds(names).is_yes()),
            TieBy::Points(table) => score.of(table),
        }
    }
}

/// How an allocation to a case becomes an outcome.
pub struct Placed<'a> {
    /// The names of the case.
    pub names: &'a dyn Names,
    /// The facilities that were given, in the order of the children.
    pub facilities: Vec<String>,
    /// How many were to be placed.
    pub asked: usize,
    /// 補欠番号: the place among those who wait for the first wish, from 1; 0 for who waits for nothing.
    pub waiting: usize,
}

impl Names for Placed<'_> {
    fn value(&self, name: &str) -> Value {
        match name {
            "placed" => Value::list(self.facilities.iter().map(Value::text)),
            "asked" => Value::Int(i64::try_from(self.asked).unwrap_or(i64::MAX)),
            "waiting" => Value::Int(i64::try_from(self.waiting).unwrap_or(i64::MAX)),
            _ => self.names.value(name),
        }
    }

    fn holds(&self, register: &str, owner: &str, on: jiff::civil::Date) -> Value {
        self.names.holds(register, owner, on)
    }

    fn next_open(&self, day: jiff::civil::Date) -> Option<jiff::civil::Date> {
        self.names.next_open(day)
    }
}

impl Round {
    /// The decision that follows of an allocation, with what its outcome is answered; none: a person decides.
    pub fn decision(&self, placed: &Placed<'_>, procedure: &crate::procedure::Procedure) -> Option<(&Decision, Answers)> {
        let decision = self.decisions.values().find(|decision| decision.when.holds(placed).is_yes())?;
        let outcome = procedure.outcomes.get(&decision.outcome)?;
        let answers = decision.answers.iter().filter_map(|(id, expression)| {
            let field = outcome.ask.get(id)?;
            Some((id.clone(), kinds::prefilled(&field.kind, &expression.value(placed))?))
        });
        Some((decision, answers.collect()))
    }
}
