//! What a log says of the work: cases, events, the ways that cases take, and the days between one activity and the next.
//!
//! Definitions, the same as pandas gives them for the reference logs:
//!
//! - Events of a case stand in the order of their moments; those of one moment in the order that the log says, else as they came.
//! - *Days* are the time between two moments divided by 86,400 s; between two days without times they are whole.
//! - *Median*: the middle value, of an even number the mean of the two middle ones (pandas `median`, linear interpolation).
//! - *p90*: the value at the nearest rank. Of n sorted values, counted from 0, the one at 0.9 (n − 1), rounded to the nearest whole number
//!   and a half to the even one (pandas `quantile(0.9, interpolation="nearest")`): always a value that was seen, never one in between.
//! - A *variant* is the sequence of a case's activities from its first to its last event.
//! - *Directly follows*: one pair for each event of a case but its first.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::LogEvent;

/// Microseconds of a day.
const DAY: f64 = 86_400_000_000.0;

/// What is kept of an event.
struct Step {
    case: u32,
    activity: u32,
    at: i64,
    order: i64,
}

/// Takes in events one by one.
#[derive(Default)]
pub struct Gathering {
    cases: HashMap<String, u32>,
    activities: Vec<String>,
    by_name: HashMap<String, u32>,
    steps: Vec<Step>,
}

impl Gathering {
    /// Takes in an event.
    pub fn add(&mut self, event: &LogEvent) {
        let case = number(&mut self.cases, &event.case);
        let activity = number(&mut self.by_name, &event.activity);
        if activity as usize == self.activities.len() {
            self.activities.push(event.activity.clone());
        }
        let order = event.order.unwrap_or(self.steps.len() as i64);
        self.steps.push(Step { case, activity, at: event.at.as_microsecond(), order });
    }

    /// What they say together.
    pub fn analysis(mut self) -> Analysis {
        // A stable sort: what the log leaves open stays as it came.
        self.steps.sort_by_key(|step| (step.case, step.at, step.order));
        let mut durations = Vec::with_capacity(self.cases.len());
        let mut variants: HashMap<Vec<u32>, u64> = HashMap::new();
        let mut pairs: HashMap<(u32, u32), Vec<i64>> = HashMap::new();
        let mut times = vec![0_u64; self.activities.len()];
        for case in self.steps.chunk_by(|a, b| a.case == b.case) {
            if let (Some(first), Some(last)) = (case.first(), case.last()) {
                durations.push(last.at - first.at);
            }
            *variants.entry(case.iter().map(|step| step.activity).collect()).or_default() += 1;
            case.iter().for_each(|step| times[step.activity as usize] += 1);
            for (one, next) in case.iter().zip(case.iter().skip(1)) {
                pairs.entry((one.activity, next.activity)).or_default().push(next.at - one.at);
            }
        }
        let name = |activity: u32| self.activities.get(activity as usize).cloned().unwrap_or_default();
        let mut all: Vec<Variant> = variants
            .into_iter()
            .map(|(way, cases)| Variant { variant: way.into_iter().map(name).collect::<Vec<_>>().join(" > "), cases })
            .collect();
        all.sort_by(|a, b| b.cases.cmp(&a.cases).then_with(|| a.variant.cmp(&b.variant)));
        let mut follows: Vec<Follows> = pairs
            .into_iter()
            .map(|((one, next), values)| Follows { activity: name(one), next: name(next), days: Spread::of(values).unwrap_or_default() })
            .collect();
        follows.sort_by(|a, b| (&a.activity, &a.next).cmp(&(&b.activity, &b.next)));
        let mut activities: Vec<Times> =
            times.iter().zip(&self.activities).map(|(events, name)| Times { activity: name.clone(), events: *events }).collect();
        activities.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.activity.cmp(&b.activity)));
        let moments = || self.steps.iter().map(|step| step.at);
        let moment = |at: Option<i64>| at.and_then(|at| Timestamp::from_microsecond(at).ok()).map(super::moment::short);
        Analysis {
            cases: self.cases.len() as u64,
            events: self.steps.len() as u64,
            from: moment(moments().min()),
            until: moment(moments().max()),
            case_duration_days: Spread::of(durations).unwrap_or_default(),
            variants: all.len() as u64,
            top_variants: all,
            activities,
            directly_follows_days: follows,
            ordering: "by case, moment, order (where the log says none: as the events stand in the file)",
            median: "mean of the two middle values",
            p90: "nearest-rank",
        }
    }
}

fn number(known: &mut HashMap<String, u32>, name: &str) -> u32 {
    if let Some(number) = known.get(name) {
        return *number;
    }
    let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
    known.insert(name.to_owned(), next);
    next
}

/// What a log says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Analysis {
    /// How many cases.
    pub cases: u64,
    /// How many events.
    pub events: u64,
    /// The first moment.
    pub from: Option<String>,
    /// The last moment.
    pub until: Option<String>,
    /// From the first event of a case to its last.
    pub case_duration_days: Spread,
    /// How many different ways.
    pub variants: u64,
    /// The ways, the most frequent first.
    pub top_variants: Vec<Variant>,
    /// How often each activity, the most frequent first.
    pub activities: Vec<Times>,
    /// From one activity to the next.
    pub directly_follows_days: Vec<Follows>,
    /// How events of a case are ordered.
    pub ordering: &'static str,
    /// How the median is reckoned.
    pub median: &'static str,
    /// How p90 is reckoned.
    pub p90: &'static str,
}

/// A way that cases take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variant {
    /// The activities with ` > ` between.
    pub variant: String,
    /// How many cases took it.
    pub cases: u64,
}

/// How often something was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Times {
    /// What.
    pub activity: String,
    /// How often.
    pub events: u64,
}

/// One activity and the next.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Follows {
    /// What was done.
    pub activity: String,
    /// What was done next in the same case.
    pub next: String,
    /// The days between.
    #[serde(flatten)]
    pub days: Spread,
}

/// How days spread; four digits after the point.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// How many values.
    pub count: u64,
    /// Their mean.
    #[serde(serialize_with = "plain")]
    pub mean: f64,
    /// The middle.
    #[serde(serialize_with = "plain")]
    pub median: f64,
    /// The smallest.
    #[serde(serialize_with = "plain")]
    pub min: f64,
    /// The largest.
    #[serde(serialize_with = "plain")]
    pub max: f64,
    /// Nine of ten are not larger.
    #[serde(serialize_with = "plain")]
    pub p90: f64,
}

impl Spread {
    /// Of lengths in microseconds; none of none.
    pub fn of(mut values: Vec<i64>) -> Option<Spread> {
        values.sort_unstable();
        let count = values.len();
        let at = |place: usize| values.get(place).copied().unwrap_or_default() as f64;
        let (min, max) = (*values.first()?, *values.last()?);
        let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
        Some(Spread {
            count: count as u64,
            mean: days(sum as f64 / count as f64),
            median: days((at((count - 1) / 2) + at(count / 2)) / 2.0),
            min: days(min as f64),
            max: days(max as f64),
            p90: days(at(nearest_rank(count))),
        })
    }
}

/// The place of p90 among so many sorted values, counted from 0.
pub fn nearest_rank(count: usize) -> usize {
    let tenths = count.saturating_sub(1) * 9;
    let (place, rest) = (tenths / 10, tenths % 10);
    if rest > 5 || (rest == 5 && !place.is_multiple_of(2)) { place + 1 } else { place }
}

fn days(micros: f64) -> f64 {
    (micros / DAY * 10_000.0).round() / 10_000.0
}

/// A whole number without a point.
fn plain<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.fract() == 0.0 { serializer.serialize_i64(*value as i64) } else { serializer.serialize_f64(*value) }
}
