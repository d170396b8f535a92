//! What Linux tells about the machine and its processes.

use std::fs;

/// Bytes.
pub(crate) const MIB: u64 = 1024 * 1024;

/// One line for the report.
pub(crate) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| kibibytes(&text))
        .unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    let gib = (memory + 512 * MIB) / (1024 * MIB);
    format!("{cpu}, {cores} cores shared with this client, {gib} GiB, load {load} at the start")
}

/// `VmRSS` or `VmHWM` of a process, in bytes; 0 when it has ended.
pub(crate) fn memory(process: u32, name: &str) -> u64 {
    field(&format!("/proc/{process}/status"), name)
        .and_then(|text| kibibytes(&text))
        .unwrap_or_default()
}

fn kibibytes(text: &str) -> Option<u64> {
    Some(text.split(' ').next()?.parse::<u64>().ok()? * 1024)
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'));
    value.map(|value| value.trim().to_owned())
}
