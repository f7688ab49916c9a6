//! SQL of the counts. Every statement is the same on both engines.

use jiff::civil::Date;
use store::{Read, Row, StoreError, Write, params};

use crate::{
    counted::{Change, CountedCase, Measure, Scope},
    period::Month,
};

const ADD_MONTH: &str = "insert into figures_month (scope, month, measure, detail, value, n) values ($1, $2, $3, $4, $5, $6) \
    on conflict (scope, month, measure, detail, value) do update set n = figures_month.n + excluded.n";
const ADD_DAY: &str = "insert into figures_day (procedure, day, version, measure, detail, value, n) values ($1, $2, $3, $4, $5, $6, $7) \
    on conflict (procedure, day, version, measure, detail, value) do update set n = figures_day.n + excluded.n";
const CASE: &str = "select counted from figures_case where case_id = $1";
const KEEP_CASE: &str =
    "insert into figures_case (case_id, counted) values ($1, $2) on conflict (case_id) do update set counted = excluded.counted";
const MARK: &str = "select position from figures_mark where name = $1";
const ADD_MARK: &str = "insert into figures_mark (name, position) values ($1, $2) on conflict (name) do nothing";
const MOVE_MARK: &str = "update figures_mark set position = $2 where name = $1 and position = $3";
/// One range of the primary key: as many rows as the months asked for hold of this scope, however many cases there are.
pub const MONTHS: &str = "select month, measure, detail, value, n from figures_month \
    where scope = $1 and month >= $2 and month <= $3 and n <> 0 order by month, measure, detail, value";
/// One range of the primary key of one procedure.
pub const DAYS: &str = "select day, version, measure, detail, value, n from figures_day \
    where procedure = $1 and day >= $2 and day <= $3 and n <> 0 order by day, version, measure, detail, value";
/// One range of an index that holds filings alone.
pub const VERSIONS: &str = "select version, min(day), sum(n) from figures_day where procedure = $1 and measure = 'filed' and n <> 0 \
    group by version order by min(day), version";

/// Adds to the counts, in the order of their keys, so that two who add wait for each other and never both.
///
/// # Errors
/// When the store fails.
pub fn add(tx: &Write<'_>, change: &Change) -> Result<(), StoreError> {
    for ((scope, month, measure, detail, value), n) in change.months.iter().filter(|(_, n)| **n != 0) {
        tx.run(ADD_MONTH, params![scope, month, measure.code(), detail, *value, *n])?;
    }
    for ((procedure, day, version, measure, detail, value), n) in change.days.iter().filter(|(_, n)| **n != 0) {
        tx.run(ADD_DAY, params![procedure, day, version, measure.code(), detail, *value, *n])?;
    }
    Ok(())
}

/// What a case was counted as.
pub(crate) fn counted(tx: &Read<'_>, case: &str) -> Result<Option<CountedCase>, StoreError> {
    let Some(row) = tx.first(CASE, params![case])? else { return Ok(None) };
    serde_json::from_str(&row.get::<String>(0)?).map(Some).map_err(|_| StoreError::damaged("figures_case.counted"))
}

/// Keeps what a case was counted as.
pub(crate) fn keep_counted(tx: &Write<'_>, case: &str, counted: &CountedCase) -> Result<(), StoreError> {
    let text = serde_json::to_string(counted).map_err(|_| StoreError::damaged("figures_case.counted"))?;
    tx.run(KEEP_CASE, params![case, text]).map(drop)
}

/// How far something was followed; 0 at the beginning.
pub(crate) fn mark(tx: &Read<'_>, name: &str) -> Result<i64, StoreError> {
    tx.first(MARK, params![name])?.map_or(Ok(0), |row| row.get(0))
}

/// Moves a mark on, if nobody else has meanwhile.
pub(crate) fn move_mark(tx: &Write<'_>, name: &str, from: i64, to: i64) -> Result<bool, StoreError> {
    tx.run(ADD_MARK, params![name, 0])?;
    Ok(tx.run(MOVE_MARK, params![name, to, from])? == 1)
}

/// A count of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthRow {
    /// Which month.
    pub month: Month,
    /// What.
    pub measure: Measure,
    /// Which of its kind.
    pub detail: String,
    /// A size.
    pub value: i64,
    /// How many.
    pub n: i64,
}

/// The counts of a scope from one month to another, both with it.
///
/// # Errors
/// When the store fails.
pub fn months(tx: &Read<'_>, scope: &Scope, from: Month, until: Month) -> Result<Vec<MonthRow>, StoreError> {
    let found = |row: &Row| {
        Ok(MonthRow {
            month: row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("figures_month.month"))?,
            measure: Measure::from_code(&row.get::<String>(1)?).ok_or(StoreError::damaged("figures_month.measure"))?,
            detail: row.get(2)?,
            value: row.get(3)?,
            n: row.get(4)?,
        })
    };
    tx.all(MONTHS, params![scope.code(), from.to_string(), until.to_string()])?.iter().map(found).collect()
}

/// A count of a day of one procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRow {
    /// Which day.
    pub day: Date,
    /// Under which version.
    pub version: String,
    /// What.
    pub measure: Measure,
    /// Which of its kind.
    pub detail: String,
    /// A size.
    pub value: i64,
    /// How many.
    pub n: i64,
}

/// The counts of a procedure from one day to another, both with it.
///
/// # Errors
/// When the store fails.
pub fn days(tx: &Read<'_>, procedure: &str, from: Date, until: Date) -> Result<Vec<DayRow>, StoreError> {
    let found = |row: &Row| {
        Ok(DayRow {
            day: row.get(0)?,
            version: row.get(1)?,
            measure: Measure::from_code(&row.get::<String>(2)?).ok_or(StoreError::damaged("figures_day.measure"))?,
            detail: row.get(3)?,
            value: row.get(4)?,
            n: row.get(5)?,
        })
    };
    tx.all(DAYS, params![procedure, from, until])?.iter().map(found).collect()
}

/// The versions under which a procedure was filed, the oldest first: its letters, the first day, how many cases.
///
/// # Errors
/// When the store fails.
pub fn versions(tx: &Read<'_>, procedure: &str) -> Result<Vec<(String, Date, i64)>, StoreError> {
    tx.all(VERSIONS, params![procedure])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}
