//! `yakuba bench start`: how soon `serve` is open on a place that is laid out, and what it needs when nobody comes.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{facts, open::Ground, rounded};
use crate::Failure;

/// After this long nothing of the start is left to do.
const IDLE: Duration = Duration::from_secs(5);

/// Starts; the first lays out the tables.
const STARTS: usize = 5;

/// A served town that ends with its value.
pub(super) struct Served(pub(super) Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Measures.
///
/// # Errors
/// When the town does not open.
pub fn run(town: Option<&Path>) -> Result<Value, Failure> {
    let ground = Ground::lay_out(None)?;
    let folder = town.map_or_else(|| ground.town_folder(), Path::to_owned);
    let mut seconds = Vec::new();
    let mut idle = None;
    for start in 0..STARTS {
        let (served, took) = serve(&ground, &folder)?;
        eprintln!("start {}: {:.3} s", start + 1, took);
        seconds.push(took);
        if start + 1 == STARTS {
            thread::sleep(IDLE);
            let used = facts::processor_seconds(&served.0.id().to_string());
            thread::sleep(IDLE);
            let share = (facts::processor_seconds(&served.0.id().to_string()) - used) / IDLE.as_secs_f64();
            idle = Some((facts::resident_mb(served.0.id()), rounded(share)));
        }
    }
    let (idle_mb, idle_cpu_share) = idle.unwrap_or_default();
    let first = seconds.remove(0);
    seconds.sort_by(f64::total_cmp);
    Ok(json!({
        "bench": "start",
        "town": town.map_or_else(|| "bench".into(), |town| town.file_name().unwrap_or_default().to_string_lossy()),
        "first_start_s": first,
        "start_s": seconds[seconds.len() / 2],
        "idle_mb": idle_mb,
        "idle_cpu_share": idle_cpu_share,
        "machine": facts::machine(),
    }))
}

/// Starts `serve` and waits until it says that it is open.
fn serve(ground: &Ground, town: &Path) -> Result<(Served, f64), Failure> {
    served(Command::new(std::env::current_exe()?).arg("serve").arg("--data").arg(&ground.house.data).arg("--town").arg(town))
}

/// The same with what was said at the terminal.
pub(super) fn served(command: &mut Command) -> Result<(Served, f64), Failure> {
    let began = Instant::now();
    let command = command.args(["--listen", "127.0.0.1:0"]).env("YAKUBA_LOG", "error").stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let said = child.stdout.take();
    let served = Served(child);
    let mut line = String::new();
    BufReader::new(said.ok_or("no pipe to the town")?).read_line(&mut line)?;
    if !line.contains("http://") {
        return Err("the town did not open; what it said stands above".into());
    }
    Ok((served, rounded(began.elapsed().as_secs_f64())))
}
