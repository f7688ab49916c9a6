//! What a page of figures shows, read in one snapshot: as many ranges of keys as there are lines in its tables.

use access::{Act, RecordAttributes, RecordKind, Staff, may};
use cases::history::{self, OpenCases};
use definitions::{
    field::Sensitivity,
    ids::{DepartmentId, ProcedureId},
    town::Town,
};
use jiff::civil::Date;
use store::{Read, StoreError};

use crate::{
    counted::Scope,
    period::{Month, Period},
    rows::{self, MonthRow},
    summary::Summary,
};

/// Whether this person may see the figures of a scope: those of a department who may read its cases; the town's who may read all cases, or
/// who stand in the chain of decision (係長 and above), who look after the town's definitions or its system. Figures name nobody, so the sensitivity of single
/// cases does not matter.
pub fn sees(staff: &Staff, town: &Town, scope: &Scope) -> bool {
    let of_town = |act, kind| may(staff, act, &RecordAttributes::of_town(kind, Sensitivity::Ordinary)).is_some();
    let is_for_town = of_town(Act::Read, RecordKind::Case)
        || access::grants::may_ever(staff, Act::Decide, RecordKind::Case)
        || of_town(Act::Administer, RecordKind::Definition)
        || of_town(Act::Administer, RecordKind::Job);
    let of_department = |id: &DepartmentId| {
        let cases = RecordAttributes { department: Some(id.clone()), ..RecordAttributes::of_town(RecordKind::Case, Sensitivity::Ordinary) };
        town.departments.contains_key(id) && (is_for_town || may(staff, Act::Read, &cases).is_some())
    };
    match scope {
        Scope::Town => is_for_town,
        Scope::Department(id) => of_department(id),
        Scope::Procedure(id) => town.procedures.get(id).is_some_and(|procedure| of_department(&procedure.department)),
    }
}

/// Where this person begins: the town, or the first of their departments.
pub fn home(staff: &Staff, town: &Town) -> Option<Scope> {
    let departments = staff.posts.iter().map(|post| Scope::Department(post.department.clone()));
    [Scope::Town].into_iter().chain(departments).find(|scope| sees(staff, town, scope))
}

/// A line of the table of parts: a department of the town, a procedure of a department.
pub struct Part {
    /// Of what.
    pub scope: Scope,
    /// Its figures in the period.
    pub now: Summary,
    /// Open today.
    pub open: i64,
    /// Of these late.
    pub late: i64,
}

/// What a page shows.
pub struct Found {
    /// Of what.
    pub scope: Scope,
    /// When.
    pub period: Period,
    /// Against which period.
    pub against: Period,
    /// The figures.
    pub now: Summary,
    /// Those of the other period.
    pub then: Summary,
    /// The last months, at most twelve, each with its figures and those of a year before.
    pub months: Vec<(Month, Summary, Summary)>,
    /// Its parts.
    pub parts: Vec<Part>,
    /// Open today.
    pub open: i64,
    /// Of these late.
    pub late: i64,
    /// The versions of a procedure: letters, first day, cases.
    pub versions: Vec<(String, Date, i64)>,
    /// Before and after a day, of a procedure.
    pub since: Option<Since>,
}

/// The days before a change and as many after it.
pub struct Since {
    /// The day of the change.
    pub day: Date,
    /// How many days on each side.
    pub days: i32,
    /// Before it.
    pub before: Summary,
    /// From it on.
    pub after: Summary,
}

/// Months in a chart.
const MONTHS_SHOWN: i32 = 12;
/// Months in a chart of a town that began lately.
const MONTHS_SHOWN_LEAST: usize = 3;
/// Days on each side of a change at most.
const DAYS_COMPARED: i32 = 180;

/// Of what, when, against what.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Of what.
    pub scope: Scope,
    /// When.
    pub period: Period,
    /// Against which period.
    pub against: Period,
    /// The day of a change, of a procedure.
    pub since: Option<Date>,
}

impl Wanted {
    /// Reads it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn find(&self, tx: &Read<'_>, town: &Town, today: Date) -> Result<Found, StoreError> {
        let Wanted { scope, period, against, since } = self.clone();
        let last = period.last();
        let first = period.first.min(against.first).min(last.plus(1 - 2 * MONTHS_SHOWN));
        let mut all: Vec<MonthRow> = Vec::new();
        for one in spread(town, &scope) {
            all.extend(rows::months(tx, &one, first, last.max(against.last()))?);
        }
        let of = |period: Period| Summary::of(all.iter().filter(|row| period.contains(row.month)));
        let of_month = |month: Month| Summary::of(all.iter().filter(|row| row.month == month));
        // No month that is still to come, and none before the first figures beyond a quarter.
        let shown = last.min(Month::of(today)).max(period.first);
        let mut months: Vec<(Month, Summary, Summary)> =
            (1 - MONTHS_SHOWN..=0).map(|back| shown.plus(back)).map(|month| (month, of_month(month), of_month(month.plus(-12)))).collect();
        let nothing = Summary::default();
        let empty = months.iter().take_while(|(_, now, then)| *now == nothing && *then == nothing).count();
        months.drain(..empty.min(months.len().saturating_sub(MONTHS_SHOWN_LEAST)));
        let open = history::open_cases(tx, today)?;
        let mut parts = Vec::new();
        for part in parts_of(town, &scope, &open) {
            let mut found = Vec::new();
            for one in spread(town, &part) {
                found.extend(rows::months(tx, &one, period.first, last)?);
            }
            let (waiting, late) = open_of(town, &part, &open);
            let now = Summary::of(&found);
            if now != Summary::default() || waiting > 0 {
                parts.push(Part { scope: part, now, open: waiting, late });
            }
        }
        parts.sort_by_key(|part| std::cmp::Reverse((part.now.filed_in_all(), part.open)));
        let (waiting, late) = open_of(town, &scope, &open);
        let versions = if let Scope::Procedure(id) = &scope { rows::versions(tx, id.as_str())? } else { Vec::new() };
        let since = match (&scope, since) {
            (Scope::Procedure(id), Some(day)) if day <= today => Some(before_and_after(tx, id, day, today)?),
            _ => None,
        };
        Ok(Found { now: of(period), then: of(against), months, parts, open: waiting, late, versions, since, scope, period, against })
    }
}

fn before_and_after(tx: &Read<'_>, procedure: &ProcedureId, day: Date, today: Date) -> Result<Since, StoreError> {
    let days = ((today - day).get_days() + 1).clamp(1, DAYS_COMPARED);
    let span = |days: i32| jiff::Span::new().days(days);
    let rows = rows::days(tx, procedure.as_str(), day.saturating_sub(span(days)), day.saturating_add(span(days - 1)))?;
    let of = |is_after: bool| Summary::of_days(rows.iter().filter(|row| (row.day >= day) == is_after));
    Ok(Since { day, days, before: of(false), after: of(true) })
}

/// The stored scopes that make up one: a department's own with those under it.
fn spread(town: &Town, scope: &Scope) -> Vec<Scope> {
    match scope {
        Scope::Department(id) => town.departments_below(id).into_iter().cloned().map(Scope::Department).collect(),
        other => vec![other.clone()],
    }
}

/// What a scope falls into: the departments that have procedures or cases, the procedures of a department.
fn parts_of(town: &Town, scope: &Scope, open: &[OpenCases]) -> Vec<Scope> {
    let has_work = |id: &DepartmentId| {
        town.procedures.values().any(|procedure| procedure.department == *id) || open.iter().any(|cases| cases.department == *id)
    };
    match scope {
        Scope::Town => town.departments.keys().filter(|id| has_work(id)).cloned().map(Scope::Department).collect(),
        Scope::Department(id) => {
            let below = town.departments_below(id);
            let own = town.procedures.values().filter(|procedure| below.contains(&&procedure.department));
            own.map(|procedure| Scope::Procedure(procedure.id.clone())).collect()
        }
        Scope::Procedure(_) => Vec::new(),
    }
}

fn open_of(town: &Town, scope: &Scope, open: &[OpenCases]) -> (i64, i64) {
    let below = if let Scope::Department(id) = scope { town.departments_below(id) } else { Vec::new() };
    let is_in = |cases: &&OpenCases| match scope {
        Scope::Town => true,
        Scope::Department(_) => below.contains(&&cases.department),
        Scope::Procedure(id) => cases.procedure == *id,
    };
    open.iter().filter(is_in).fold((0, 0), |(open, late), cases| (open + cases.open, late + cases.late))
}
