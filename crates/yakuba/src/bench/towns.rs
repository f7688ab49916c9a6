//! `yakuba bench towns`: many towns over the same nation's and prefecture's folders, each with all files of its own, in one process.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use definitions::library::Library;
use serde_json::{Value, json};

use super::{facts, rounded, start};
use crate::{
    Failure,
    command::Place,
    house::{self, House},
};

/// After this long nothing of the start is left to do.
const IDLE: Duration = Duration::from_secs(10);

/// Measures.
///
/// # Errors
/// When a folder cannot be written or a town does not open.
pub fn run(town: &Path, count: usize) -> Result<Value, Failure> {
    let ground = tempfile::Builder::new().prefix("yakuba-bench-").tempdir()?;
    let towns = copies(town, count, &ground.path().join("towns"))?;
    let mut load_ms = Vec::new();
    let library = Library::open();
    let mut held = Vec::new();
    for folder in &towns {
        let began = Instant::now();
        held.push(library.load(folder).map_err(|problems| problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())?);
        load_ms.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    drop((held, library));
    let data = ground.path().join("data");
    let place = Place { data: data.clone(), keys: None, database: None };
    let mut serve = Command::new(std::env::current_exe()?);
    serve.arg("serve").arg("--data").arg(&data);
    for folder in &towns {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        house::lay_out(&House::among(&place, &name))?;
        serve.arg("--town").arg(folder).arg("--site").arg(format!("https://{}.example.jp", name.replace('_', "-")));
    }
    let (served, open_s) = start::served(&mut serve)?;
    let opened_mb = facts::resident_mb(served.0.id());
    thread::sleep(IDLE);
    let used = facts::processor_seconds(&served.0.id().to_string());
    thread::sleep(IDLE);
    let share = (facts::processor_seconds(&served.0.id().to_string()) - used) / IDLE.as_secs_f64();
    let first = load_ms.first().copied().unwrap_or_default();
    let mut next: Vec<f64> = load_ms.into_iter().skip(1).collect();
    next.sort_by(f64::total_cmp);
    let at = |share: f64| next.get(((next.len() as f64 * share) as usize).min(next.len().saturating_sub(1))).copied().map(rounded);
    Ok(json!({
        "bench": "towns",
        "towns": count,
        "load_first_ms": rounded(first),
        "load_next_p50_ms": at(0.5),
        "load_next_p99_ms": at(0.99),
        "open_s": open_s,
        "opened_mb": opened_mb,
        "idle_mb": facts::resident_mb(served.0.id()),
        "idle_cpu_share": rounded(share),
        "machine": facts::machine(),
    }))
}

/// Copies of a town with names of their own, beside the folders that it lies over.
fn copies(town: &Path, count: usize, towns: &Path) -> Result<Vec<PathBuf>, Failure> {
    let town = town.canonicalize()?;
    let name = town.file_name().unwrap_or_default().to_string_lossy().into_owned();
    fs::create_dir_all(towns)?;
    for sibling in fs::read_dir(town.parent().ok_or("a town has folders beside it")?)? {
        let sibling = sibling?;
        std::os::unix::fs::symlink(sibling.path(), towns.join(sibling.file_name()))?;
    }
    (1..=count)
        .map(|number| {
            let id = format!("{name}_{number}");
            let copy = towns.join(&id);
            copy_folder(&town, &copy)?;
            let file = copy.join("town.yaml");
            let text = fs::read_to_string(&file)?;
            fs::write(&file, text.replacen(&format!("town: {name}"), &format!("town: {id}"), 1))?;
            Ok(copy)
        })
        .collect()
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
