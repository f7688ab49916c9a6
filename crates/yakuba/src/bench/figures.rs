//! `yakuba bench figures`: what a page of figures reads with more and more cases counted: the town's fiscal year, a department's, a procedure's
//! with before and after. The counts are written by the same code that follows the journal.

use std::{path::Path, time::Instant};

use ::figures::{
    counted::{Change, Counted, Measure, Place, Scope},
    desk::Wanted,
    period::Period,
    rows,
};
use jiff::{Timestamp, ToSpan, civil::Date};
use serde_json::{Value, json};
use store::{Engine, Options, Store, StoreError};

use super::{facts, millis, percentile};
use crate::{Failure, migrations, town::Loaded};

/// Sizes, as far as asked for.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

/// Cases counted in one transaction.
const TOGETHER: usize = 2_000;

/// Looks at a page.
const LOOKS: usize = 30;

/// The years over which cases are spread.
const DAYS: usize = 3 * 365;

/// Measures.
///
/// # Errors
/// When the folder has mistakes or the store fails.
pub fn run(town: Option<&Path>, cases: usize) -> Result<Value, Failure> {
    let town = Loaded::open(town.unwrap_or(Path::new("towns/mihon")))?.town.current();
    let folder = tempfile::tempdir()?;
    let engine = Engine::Sqlite { folder: folder.path().join("desk") };
    let desk = Store::open(Options::new(engine, migrations::desk()))?;
    let today = access::day_in_japan(Timestamp::now());
    let procedures: Vec<Place> = town
        .procedures
        .values()
        .map(|procedure| Place {
            procedure: procedure.id.clone(),
            version: ::figures::counted::short_version(&procedure.version),
            department: procedure.department.clone(),
        })
        .collect();
    let busiest = procedures.first().ok_or("a town without procedures")?.clone();
    let year = Period::around(::figures::period::Month::of(today), ::figures::period::Length::Year);
    let (mut counted, mut sizes) = (0, Vec::new());
    for size in SIZES.into_iter().filter(|size| *size <= cases) {
        let (began, from) = (Instant::now(), counted);
        while counted < size {
            let until = (counted + TOGETHER).min(size);
            let mut change = Change::default();
            (counted..until).for_each(|number| count(&mut change, &procedures, number, today));
            desk.write(move |tx| rows::add(tx, &change))?;
            counted = until;
        }
        let per_second = (counted - from) as f64 / began.elapsed().as_secs_f64();
        let mut figures = json!({ "cases": size, "counted_per_second": per_second.round() });
        let scopes = [
            ("town_year", Scope::Town, None),
            ("department_year", Scope::Department(busiest.department.clone()), None),
            ("procedure_before_and_after", Scope::Procedure(busiest.procedure.clone()), Some(today.saturating_sub(90.days()))),
        ];
        for (name, scope, since) in scopes {
            let wanted = Wanted { scope, period: year, against: year.a_year_before(), since };
            let mut micros = Vec::new();
            for _ in 0..LOOKS {
                let (wanted, town) = (wanted.clone(), town.clone());
                micros.push(desk.read(move |tx| -> Result<u64, StoreError> {
                    let began = Instant::now();
                    wanted.find(tx, &town, today)?;
                    Ok(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX))
                })?);
            }
            micros.sort_unstable();
            figures[name] = json!({ "p50_ms": millis(percentile(&micros, 0.5)), "p99_ms": millis(percentile(&micros, 0.99)) });
            eprintln!("{size} cases, {name}: {}", figures[name]);
        }
        sizes.push(figures);
    }
    Ok(json!({ "bench": "figures", "procedures": procedures.len(), "years": 3, "sizes": sizes, "machine": facts::machine() }))
}

/// What a case counts as: most are of few procedures, decided within three weeks, one in seven corrected.
fn count(change: &mut Change, procedures: &[Place], number: usize, today: Date) {
    let nth = number % 97 * (number % 89) % procedures.len().max(1);
    let Some(place) = procedures.get(nth) else { return };
    let day = |back: usize| today.saturating_sub(i64::try_from(back).unwrap_or(0).days());
    let back = number * 31 % DAYS;
    let days = number % 5 + number % 17;
    let channel = ["online", "online", "counter", "paper", "phone"][number % 5];
    change.add(place, &Counted::one(day(back), Measure::Filed, channel), 1);
    if number.is_multiple_of(7) {
        change.add(place, &Counted::one(day(back), Measure::Corrected, ""), 1);
        change.add(place, &Counted::one(day(back), Measure::CorrectedField, ["name", "address", "phone"][number / 7 % 3]), 1);
    }
    let decided = day(back.saturating_sub(days));
    change.add(place, &Counted { value: i64::try_from(days).unwrap_or(0), ..Counted::one(decided, Measure::Decided, "granted") }, 1);
    change.add(place, &Counted::one(decided, Measure::Promise, if days < 18 { "kept" } else { "broken" }), 1);
    for wait in ["receive|unclaimed", "receive|clerk", "propose|clerk", "decide|chain"] {
        change.add(place, &Counted { n: 1_440, ..Counted::one(decided, Measure::Spent, wait) }, 1);
    }
}
