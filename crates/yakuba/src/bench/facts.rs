//! On which machine a figure was measured; a figure without it says nothing.

use std::fs;

use serde_json::{Value, json};

use super::rounded;

/// The clock ticks of `/proc/PID/stat`: 100 a second on every Linux that we know (`USER_HZ`).
const TICKS_A_SECOND: f64 = 100.0;

/// Processor, memory, kernel, load and build.
pub fn machine() -> Value {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpu.lines().find_map(|line| line.strip_prefix("model name")).map(|rest| rest.trim_start_matches([' ', '\t', ':']).to_owned());
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    json!({
        "processors": std::thread::available_parallelism().map_or(0, usize::from),
        "model": model,
        "memory_mb": kilobytes.map(|kilobytes| kilobytes / 1024),
        "kernel": fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|kernel| kernel.trim().to_owned()),
        "load": load(),
        "build": if cfg!(debug_assertions) { "debug: these figures say nothing about a release" } else { "release" },
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// The load of the last minute: what else ran shows here.
pub fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

/// Seconds of processor time that a process has used; `self` is this one.
pub fn processor_seconds(process: &str) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name stands in brackets and may hold blanks; utime and stime are the 12th and 13th value after it.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    rounded(ticks / TICKS_A_SECOND)
}

/// Resident memory of a process in MB.
pub fn resident_mb(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kilobytes: f64 = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(rounded(kilobytes / 1024.0))
}
