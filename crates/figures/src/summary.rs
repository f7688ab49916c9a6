//! Figures of a scope in a period, out of its counts: pure.

use std::collections::BTreeMap;

use crate::{
    counted::Measure,
    log::analysis::nearest_rank,
    rows::{DayRow, MonthRow},
};

/// How often each size was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sizes(BTreeMap<i64, i64>);

impl Sizes {
    /// One more of a size.
    pub fn add(&mut self, value: i64, n: i64) {
        *self.0.entry(value).or_default() += n;
    }

    /// How many.
    pub fn count(&self) -> i64 {
        self.0.values().sum()
    }

    /// The size at a place, counted from 0.
    fn at(&self, place: i64) -> Option<i64> {
        let mut passed = 0;
        self.0
            .iter()
            .find(|(_, n)| {
                passed += **n;
                passed > place
            })
            .map(|(value, _)| *value)
    }

    /// The middle; of an even number the mean of the two middle ones, in tenths.
    pub fn median_tenths(&self) -> Option<i64> {
        let count = self.count();
        let (low, high) = (self.at((count - 1) / 2)?, self.at(count / 2)?);
        (count > 0).then(|| (low + high) * 10 / 2)
    }

    /// Nine of ten are not larger: by nearest rank, as for logs.
    pub fn p90(&self) -> Option<i64> {
        let count = usize::try_from(self.count()).ok().filter(|count| *count > 0)?;
        self.at(i64::try_from(nearest_rank(count)).ok()?)
    }

    /// The mean in hundredths.
    pub fn mean_hundredths(&self) -> Option<i64> {
        let count = self.count();
        (count > 0).then(|| self.0.iter().map(|(value, n)| value * n).sum::<i64>() * 100 / count)
    }

    /// Each size and how often.
    pub fn each(&self) -> impl Iterator<Item = (i64, i64)> {
        self.0.iter().map(|(value, n)| (*value, *n))
    }
}

/// What is known of a scope in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// 受付 by channel.
    pub filed: BTreeMap<String, i64>,
    /// Cases filed then that were asked for a correction.
    pub corrected: i64,
    /// The same by question.
    pub corrected_fields: BTreeMap<String, i64>,
    /// Questions answered by hand though the registry knew, by question.
    pub known_typed: BTreeMap<String, i64>,
    /// 決定 by outcome.
    pub decided: BTreeMap<String, i64>,
    /// Days to the decision.
    pub days: Sizes,
    /// 取下げ.
    pub withdrawn: i64,
    /// `kept`, `moved`, `broken`.
    pub promise: BTreeMap<String, i64>,
    /// Minutes by `step|wait`, or by `wait`.
    pub spent: BTreeMap<String, i64>,
    /// Decided cases with known working time.
    pub worked_cases: i64,
    /// Seconds worked on them.
    pub worked_seconds: i64,
    /// Forms begun.
    pub begun: i64,
    /// Of those, filed.
    pub form_filed: i64,
    /// Of those, by page completed.
    pub pages: BTreeMap<String, i64>,
    /// Of those, by question that did not take what was typed.
    pub wrong: BTreeMap<String, i64>,
    /// Answers to the two questions after filing.
    pub voices: BTreeMap<String, Sizes>,
}

impl Summary {
    /// Of counts by month.
    pub fn of<'r>(rows: impl IntoIterator<Item = &'r MonthRow>) -> Summary {
        let mut summary = Summary::default();
        rows.into_iter().for_each(|row| summary.add(row.measure, &row.detail, row.value, row.n));
        summary
    }

    /// Of counts by day.
    pub fn of_days<'r>(rows: impl IntoIterator<Item = &'r DayRow>) -> Summary {
        let mut summary = Summary::default();
        rows.into_iter().for_each(|row| summary.add(row.measure, &row.detail, row.value, row.n));
        summary
    }

    fn add(&mut self, measure: Measure, detail: &str, value: i64, n: i64) {
        let more = |counts: &mut BTreeMap<String, i64>| *counts.entry(detail.to_owned()).or_default() += n;
        match measure {
            Measure::Filed => more(&mut self.filed),
            Measure::Corrected => self.corrected += n,
            Measure::CorrectedField => more(&mut self.corrected_fields),
            Measure::KnownTyped => more(&mut self.known_typed),
            Measure::Decided => {
                more(&mut self.decided);
                self.days.add(value, n);
            }
            Measure::Withdrawn => self.withdrawn += n,
            Measure::Promise => more(&mut self.promise),
            Measure::Spent => more(&mut self.spent),
            Measure::WorkedCases => self.worked_cases += n,
            Measure::WorkedSeconds => self.worked_seconds += n,
            Measure::FormBegun => self.begun += n,
            Measure::FormFiled => self.form_filed += n,
            Measure::FormPage => more(&mut self.pages),
            Measure::FormWrong => more(&mut self.wrong),
            Measure::Voice => self.voices.entry(detail.to_owned()).or_default().add(value, n),
        }
    }

    /// 受付 in all.
    pub fn filed_in_all(&self) -> i64 {
        self.filed.values().sum()
    }

    /// 決定 in all.
    pub fn decided_in_all(&self) -> i64 {
        self.days.count()
    }

    /// The share of decisions that kept the promise of the first day, in tenths of a percent; none where nothing was promised.
    pub fn kept(&self) -> Option<i64> {
        share(self.promise.get("kept").copied().unwrap_or(0), self.promise.values().sum())
    }

    /// The share of cases that were asked for a correction.
    pub fn correction_rate(&self) -> Option<i64> {
        share(self.corrected, self.filed_in_all())
    }

    /// The share of begun forms that were filed.
    pub fn completion(&self) -> Option<i64> {
        share(self.form_filed, self.begun)
    }

    /// The share of cases that came online.
    pub fn online(&self) -> Option<i64> {
        share(self.filed.get("online").copied().unwrap_or(0), self.filed_in_all())
    }

    /// Yen of staff's time for a case, of those cases whose working time is known, at so many yen an hour; rounded to the next yen. Letters, postage
    /// and what was done away from the page are not in it.
    pub fn cost(&self, staff_hour: i64) -> Option<i64> {
        let yen_seconds = self.worked_seconds.checked_mul(staff_hour)?;
        let cases_seconds = self.worked_cases.checked_mul(3600).filter(|seconds| *seconds > 0)?;
        Some((yen_seconds + cases_seconds / 2) / cases_seconds)
    }

    /// Minutes by what they were waited for, added up over the steps.
    pub fn waits(&self) -> BTreeMap<&str, i64> {
        let mut waits = BTreeMap::new();
        for (detail, minutes) in &self.spent {
            let wait = detail.rsplit_once('|').map_or(detail.as_str(), |(_, wait)| wait);
            *waits.entry(wait).or_default() += minutes;
        }
        waits
    }
}

/// A share in tenths of a percent, rounded down: 99.99 % are not all.
pub fn share(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| part * 1000 / whole)
}
