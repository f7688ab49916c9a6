//! 履歴: what held on which days, and when we knew. Pure: how a change or a correction is laid over what is known.
//!
//! A record is a row of days. Each stretch of days has a state and values. A *change* holds from a day on; what was before stays. A
//! *correction* says that what stood there was wrong for its days. Either way the old belief is kept with the moment at which it ended:
//! who asks "what did we think in May" is answered from the same rows.

use definitions::{
    answer::Answers,
    ids::{FieldId, StateId},
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// From a day to a last day, or on and on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Option<Date>,
}

impl Days {
    /// From a day on and on.
    pub fn since(from: Date) -> Days {
        Days { from, until: None }
    }

    /// Whether there is a day in it.
    pub fn is_sound(&self) -> bool {
        self.until.is_none_or(|until| self.from <= until)
    }

    /// Whether the day lies in it.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// Whether they share a day.
    pub fn overlaps(&self, other: &Days) -> bool {
        self.until.is_none_or(|until| other.from <= until) && other.until.is_none_or(|until| self.from <= until)
    }

    /// The part before `day`.
    fn before(&self, day: Date) -> Option<Days> {
        let last = day.checked_sub(1.day()).ok()?;
        let until = self.until.map_or(last, |until| until.min(last));
        Some(Days { from: self.from, until: Some(until) }).filter(Days::is_sound)
    }

    /// The part after `last`.
    fn after(&self, last: Option<Date>) -> Option<Days> {
        let next = last?.checked_add(1.day()).ok()?;
        Some(Days { from: self.from.max(next), until: self.until }).filter(Days::is_sound)
    }

    fn meet(&self, other: &Days) -> Option<Days> {
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Some(Days { from: self.from.max(other.from), until }).filter(Days::is_sound)
    }
}

/// What holds on some days.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// On which.
    pub days: Days,
    /// In which state the record is.
    pub state: Option<StateId>,
    /// Its columns.
    pub values: Answers,
}

/// What changes: only what is named.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Amend {
    /// The new state.
    pub state: Option<StateId>,
    /// New values; the others stay.
    pub values: Answers,
    /// Columns that hold nothing any more.
    pub emptied: Vec<FieldId>,
}

impl Amend {
    fn over(&self, stretch: &Stretch, days: Days) -> Stretch {
        let mut values = stretch.values.clone();
        for (column, value) in self.values.iter() {
            values.insert(column.clone(), value.clone());
        }
        for column in &self.emptied {
            values.replace(column, None);
        }
        Stretch { days, state: self.state.clone().or_else(|| stretch.state.clone()), values }
    }
}

/// Lays an amendment over the days it speaks of. Days that no stretch holds stay empty: what did not exist cannot change.
pub fn amend(known: &[Stretch], days: Days, amend: &Amend) -> Vec<Stretch> {
    let mut laid = Vec::with_capacity(known.len() + 2);
    for stretch in known {
        let Some(touched) = stretch.days.meet(&days) else {
            laid.push(stretch.clone());
            continue;
        };
        let untouched = |days: Days| Stretch { days, ..stretch.clone() };
        laid.extend(stretch.days.before(touched.from).map(untouched));
        laid.push(amend.over(stretch, touched));
        laid.extend(stretch.days.after(touched.until).map(untouched));
    }
    joined(laid)
}

/// Ends a record after a last day. What would have begun later never was.
pub fn end(known: &[Stretch], last: Date) -> Vec<Stretch> {
    let whole = Days { from: Date::MIN, until: Some(last) };
    known.iter().filter_map(|stretch| Some(Stretch { days: stretch.days.meet(&whole)?, ..stretch.clone() })).collect()
}

/// Stretches side by side that say the same are one.
fn joined(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_by_key(|stretch| stretch.days.from);
    let mut out: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        match out.last_mut() {
            Some(last) if last.state == stretch.state && last.values == stretch.values && touch(&last.days, &stretch.days) => {
                last.days.until = stretch.days.until;
            }
            _ => out.push(stretch),
        }
    }
    out
}

fn touch(a: &Days, b: &Days) -> bool {
    a.until.and_then(|until| until.checked_add(1.day()).ok()) == Some(b.from)
}

#[cfg(test)]
mod tests {
    use definitions::answer::Answer;
    use jiff::civil::date;

    use super::*;

    fn stretch(from: Date, until: Option<Date>, state: &str, facility: &str) -> Stretch {
        let values = [("facility".parse().unwrap(), Answer::Choice(facility.into()))].into_iter().collect();
        Stretch { days: Days { from, until }, state: Some(state.parse().unwrap()), values }
    }

    fn state(state: &str) -> Amend {
        Amend { state: Some(state.parse().unwrap()), ..Amend::default() }
    }

    const APRIL: Date = date(2026, 4, 1);
    const AUGUST: Date = date(2026, 8, 1);
    const MARCH: Option<Date> = Some(date(2027, 3, 31));

    #[test]
    fn a_change_from_a_day_leaves_what_was_before() {
        let known = [stretch(APRIL, MARCH, "member", "a")];
        let laid = amend(&known, Days::since(AUGUST), &state("suspended"));
        assert_eq!(laid, [stretch(APRIL, Some(date(2026, 7, 31)), "member", "a"), stretch(AUGUST, MARCH, "suspended", "a")]);
    }

    #[test]
    fn a_change_for_one_month_leaves_both_sides() {
        let known = [stretch(APRIL, MARCH, "member", "a")];
        let laid = amend(&known, Days { from: AUGUST, until: Some(date(2026, 8, 31)) }, &state("suspended"));
        let days: Vec<(Date, Option<Date>)> = laid.iter().map(|one| (one.days.from, one.days.until)).collect();
        assert_eq!(days, [(APRIL, Some(date(2026, 7, 31))), (AUGUST, Some(date(2026, 8, 31))), (date(2026, 9, 1), MARCH)]);
    }

    #[test]
    fn a_change_taken_back_leaves_one_stretch() {
        let known = [stretch(APRIL, MARCH, "member", "a")];
        let there = amend(&known, Days::since(AUGUST), &state("suspended"));
        assert_eq!(amend(&there, Days::since(AUGUST), &state("member")), known);
    }

    #[test]
    fn days_on_which_nothing_held_stay_empty() {
        let known = [stretch(AUGUST, MARCH, "member", "a")];
        assert_eq!(amend(&known, Days { from: APRIL, until: Some(date(2026, 7, 31)) }, &state("left")), known);
    }

    #[test]
    fn an_end_cuts_and_what_would_have_begun_later_never_was() {
        let known = [stretch(APRIL, Some(date(2026, 7, 31)), "member", "a"), stretch(AUGUST, MARCH, "member", "b")];
        assert_eq!(end(&known, date(2026, 6, 30)), [stretch(APRIL, Some(date(2026, 6, 30)), "member", "a")]);
        assert!(end(&known, date(2026, 3, 31)).is_empty());
    }

    #[test]
    fn days_overlap_by_a_single_day() {
        let a = Days { from: APRIL, until: Some(AUGUST) };
        assert!(a.overlaps(&Days::since(AUGUST)));
        assert!(!a.overlaps(&Days::since(date(2026, 8, 2))));
        assert!(!Days { from: AUGUST, until: Some(APRIL) }.is_sound());
    }
}
