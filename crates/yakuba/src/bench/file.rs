//! `yakuba bench file`: how many filings a second. One filing is the last tap of a resident: the POST of a complete draft of twenty answers,
//! with session, CSRF token, rules, journal, parcel for the desk and receipt job, answered when it is on the disk. While residents file, the
//! hatch carries each case to the desk and mail goes out, as in any town.
//!
//! The limit of the same run is what the engine alone does with the same statements ([`store::bench::limit`]).

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde_json::{Value, json};
use store::{
    Param, Portal, Store, StoreError,
    bench::{Limit, Tap, Unit, limit, vary},
    keys::Face,
    params,
};

use super::{
    clients::{Answered, Clients, Round, share},
    facts, millis,
    open::{Ground, OpenBench},
    people::{Resident, draw_residents},
    percentile, rounded,
};
use crate::Failure;

/// What a plain Django form on PostgreSQL does on such a machine, as the project's issue 3 says.
const DJANGO_A_SECOND: f64 = 400.0;

/// How long the engine's limit is measured.
const LIMIT_TIME: Duration = Duration::from_secs(4);

/// How long the desk may take to have the last case.
const DESK_PATIENCE: Duration = Duration::from_secs(120);

/// Filings before the clock runs: connections, caches and prepared statements are warm in a town that is open.
const WARM: usize = 100;

/// Drafts laid out in one transaction.
const CHUNK: usize = 500;

/// Measures.
///
/// # Errors
/// When something cannot be set up, or a filing is answered by anything but its receipt.
pub fn run(database: Option<&str>, filings: usize, clients: usize) -> Result<Value, Failure> {
    let load_before = facts::load();
    let ground = Ground::lay_out(database)?;
    let mut process = Clients::start(clients)?;
    let bench = OpenBench::open(&ground, &process)?;
    eprintln!("preparing {} drafts of 20 answers", filings + WARM + 2);
    let residents = draw_residents(&bench, &mut process, filings + WARM + 2)?;
    let (one, rest) = residents.split_at(2);
    let (unit, names) = tapped(&bench, &mut process, &one[0])?;
    let asks = |residents: &[Resident]| residents.iter().map(Resident::files).collect::<Vec<_>>();
    all_filed(&process.round(bench.address, asks(&rest[..WARM]))?)?;
    desk_has(&bench, WARM + 1)?;

    eprintln!("{filings} filings by {clients} clients");
    let watch = Watch::begin(bench.desk()?.store.store())?;
    let used = facts::processor_seconds("self");
    let round = process.round(bench.address, asks(&rest[WARM..]))?;
    let used = facts::processor_seconds("self") - used;
    all_filed(&round)?;
    let lag = lag(&bench, watch, &round, WARM + 1 + filings)?;
    let template = draft_row(&bench.portal()?.store, &one[1].draft.to_string())?;
    bench.close()?;
    drop(process);

    let per_second = filings as f64 / round.seconds;
    eprintln!("{per_second:.0} filings/s; now the engine alone");
    let engine = ground.engine(Face::Portal);
    let drafts = (per_second * LIMIT_TIME.as_secs_f64() * 4.0) as u64 + 4_000;
    lay_out_drafts(&ground, &template, &names, drafts)?;
    let most = engine_alone(&engine, &unit, &names, clients, drafts)?;
    Ok(figures(&ground, &round, clients, used, &most, lag, load_before, unit.len()))
}

#[allow(clippy::too_many_arguments)]
fn figures(
    ground: &Ground,
    round: &Round,
    clients: usize,
    used: f64,
    most: &Limit,
    lag: Value,
    load: Option<f64>,
    statements: usize,
) -> Value {
    let filings = round.answers.len();
    let per_second = filings as f64 / round.seconds;
    let mut micros: Vec<u64> = round.answers.iter().map(|answer| answer.micros).collect();
    micros.sort_unstable();
    json!({
        "bench": "file",
        "engine": ground.engine_name(),
        "filings": filings,
        "clients": clients,
        "filings_per_s": rounded(per_second),
        "p50_ms": millis(percentile(&micros, 0.5)),
        "p99_ms": millis(percentile(&micros, 0.99)),
        "limit_per_s": rounded(most.per_second()),
        "limit_statements": statements,
        "share_of_limit": rounded(per_second / most.per_second()),
        "desk_lag_ms": lag,
        "client_cpu_share": share(round.processor_seconds, used),
        "client_cpu_s": round.processor_seconds,
        "town_cpu_s": rounded(used),
        "multiple_of_django": rounded(per_second / DJANGO_A_SECOND),
        "load_before": load,
        "machine": facts::machine(),
    })
}

/// What identifies one filing in its statements: varied, it is another's.
struct Names(Vec<String>);

impl Names {
    fn varied(&self, unit: &Unit, number: u64) -> Unit {
        // Neighbours in time are no neighbours in the indexes, as with residents' own drafts: else filings at once would collide on one
        // page of PostgreSQL, and the limit would be too low. An odd factor gives each number another one.
        let number = u64::from((number as u32).wrapping_mul(0x9E37_79B1));
        let names: Vec<&str> = self.0.iter().map(String::as_str).collect();
        vary(unit, &names, number)
    }
}

/// Files one draft by the ordinary route and listens to what it runs.
fn tapped(bench: &OpenBench, process: &mut Clients, resident: &Resident) -> Result<(Unit, Names), Failure> {
    let portal = &bench.portal()?.store;
    let tap = Tap::on(portal.store());
    let round = process.round(bench.address, vec![resident.files()]);
    let units = tap.take();
    let round = round?;
    all_filed(&round)?;
    let number = round.answers[0].location.split('/').nth(2).unwrap_or_default().to_owned();
    let files = |unit: &Unit| unit.iter().any(|(sql, _)| sql.starts_with("insert into own_case"));
    let unit = units.into_iter().find(files).ok_or("the filing's statements were not heard")?;
    Ok((unit, Names(vec![resident.draft.to_string(), resident.case.to_string(), resident.session.clone(), number])))
}

fn all_filed(round: &Round) -> Result<(), Failure> {
    let is_receipt = |answer: &&Answered| answer.status == 303 && answer.location.ends_with("/filed");
    match round.answers.iter().find(|answer| !is_receipt(answer)) {
        None => Ok(()),
        Some(other) => Err(format!("a filing was answered by {} {:?}, not by its receipt", other.status, other.location).into()),
    }
}

/// What one statement returned of the draft that stays unfiled: the row that others are laid out like.
fn draft_row(portal: &Portal, draft: &str) -> Result<Vec<Param>, Failure> {
    let id = draft.to_owned();
    let row = portal.read(move |tx| tx.first(&format!("select {DRAFT_COLUMNS} from case_draft where id = $1"), params![id.clone()]))?;
    let row = row.ok_or("the draft to lay out others like is gone")?;
    Ok(row
        .cells()
        .iter()
        .map(|cell| match cell {
            store::Cell::Null => Param::Null,
            store::Cell::Int(value) => Param::Int(*value),
            store::Cell::Text(value) => Param::Text(value.clone()),
            store::Cell::Bytes(value) => Param::Bytes(value.clone()),
        })
        .collect())
}

const DRAFT_COLUMNS: &str =
    "id, session, account, procedure, version, language, typed, row_count, resume_mark, case_id, filed, created_at, touched_at";
const LAY_OUT: &str = "insert into case_draft (id, session, account, procedure, version, language, typed, row_count, resume_mark, case_id, \
    filed, created_at, touched_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/// Lays out the drafts that the varied units file: an update of a row that is not there costs nothing, and would raise the limit falsely.
fn lay_out_drafts(ground: &Ground, template: &[Param], names: &Names, count: u64) -> Result<(), Failure> {
    let portal = ground.house.portal("bench")?;
    let mut template = template.to_vec();
    // The varied units speak of the draft that was heard; the template is another's.
    for (column, name) in [(0, 0), (1, 2), (9, 1)] {
        template[column] = Param::Text(names.0[name].clone());
    }
    let insert: Unit = vec![(LAY_OUT.into(), template)];
    for first in (0..count).step_by(CHUNK) {
        let units: Vec<Unit> = (first..(first + CHUNK as u64).min(count)).map(|number| names.varied(&insert, number)).collect();
        portal.write(move |tx| -> Result<(), StoreError> {
            units.iter().flatten().try_for_each(|(sql, params)| tx.run(sql, params).map(drop))
        })?;
    }
    Ok(())
}

fn engine_alone(engine: &store::Engine, unit: &Unit, names: &Names, clients: usize, drafts: u64) -> Result<Limit, Failure> {
    let most = limit(engine, &|number| names.varied(unit, number), clients, LIMIT_TIME)?;
    if most.commits > drafts {
        return Err(format!("the engine filed {} of {drafts} drafts: too few were laid out for a true limit", most.commits).into());
    }
    Ok(most)
}

/// Waits until the desk has as many cases.
fn desk_has(bench: &OpenBench, cases: usize) -> Result<(), Failure> {
    let desk = &bench.desk()?.store;
    let began = Instant::now();
    loop {
        let there: i64 = desk.read(|tx| tx.first("select count(*) from case_", params![])?.map_or(Ok(0), |row| row.get(0)))?;
        if usize::try_from(there)? >= cases {
            return Ok(());
        }
        if began.elapsed() > DESK_PATIENCE {
            return Err(format!("the desk has {there} of {cases} cases after {} s", DESK_PATIENCE.as_secs()).into());
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// When the desk's journal was seen to have grown, and how far.
struct Watch {
    seen: Arc<Mutex<Vec<(i64, i64)>>>,
    first: i64,
    stop: Arc<AtomicBool>,
    thread: thread::JoinHandle<()>,
}

impl Watch {
    fn begin(desk: &Store) -> Result<Watch, Failure> {
        let mut sealed = desk.sealed();
        let first = *sealed.borrow_and_update();
        let (seen, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (into, ended) = (seen.clone(), stop.clone());
        let thread = thread::Builder::new().name("bench-watch".to_owned()).spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                if sealed.has_changed().unwrap_or(false) {
                    let position = *sealed.borrow_and_update();
                    into.lock().unwrap_or_else(PoisonError::into_inner).push((position, Timestamp::now().as_microsecond()));
                }
                thread::sleep(Duration::from_millis(1));
            }
        })?;
        Ok(Watch { seen, first, stop, thread })
    }

    fn end(self) -> (i64, Vec<(i64, i64)>) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.join();
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        (self.first, seen)
    }
}

/// How long after its resident's answer the desk has a case: of the last one, and the median of all.
fn lag(bench: &OpenBench, watch: Watch, round: &Round, cases: usize) -> Result<Value, Failure> {
    desk_has(bench, cases)?;
    let desk = &bench.desk()?.store;
    // The last line is sealed after its case is there.
    thread::sleep(Duration::from_millis(200));
    let (mut position, seen) = watch.end();
    let mut there: BTreeMap<String, i64> = BTreeMap::new();
    loop {
        let after = position;
        let lines = desk.read(move |tx| tx.entries_after(after, 1_000))?;
        let Some(last) = lines.last() else { break };
        position = last.position;
        for line in lines.iter().filter(|line| line.what == "received") {
            let at = seen.iter().find(|(position, _)| *position >= line.position).map(|(_, at)| *at);
            if let Some(at) = at {
                there.insert(line.record.clone(), at);
            }
        }
    }
    let ids: BTreeMap<String, String> = desk.read(|tx| -> Result<_, StoreError> {
        tx.all("select number, id from case_", params![])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    })?;
    let acknowledged = |answer: &Answered| {
        let number = answer.location.split('/').nth(2)?;
        Some((answer.at, *there.get(ids.get(number)?)?))
    };
    let pairs: Vec<(i64, i64)> = round.answers.iter().filter_map(acknowledged).collect();
    let last_answer = pairs.iter().map(|(at, _)| *at).max().unwrap_or(0);
    let last_there = pairs.iter().map(|(_, there)| *there).max().unwrap_or(0);
    let mut each: Vec<u64> = pairs.iter().map(|(at, there)| u64::try_from(there - at).unwrap_or(0)).collect();
    each.sort_unstable();
    Ok(json!({
        "last": millis(u64::try_from(last_there - last_answer).unwrap_or(0)),
        "median": millis(percentile(&each, 0.5)),
        "p99": millis(percentile(&each, 0.99)),
        "cases": each.len(),
    }))
}
