//! The process itself, as the kernel tells it: memory, processor, files.

use std::fs;

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Number;

#[derive(Default)]
pub(super) struct Numbers {
    memory: Gauge,
    cpu: Number,
    files: Gauge,
    started_at: Gauge,
}

impl Numbers {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "process_resident_memory_bytes",
            "Memory of the process",
            self.memory.clone(),
        );
        registry.register(
            "process_cpu_seconds",
            "Time on processors since the start",
            self.cpu.clone(),
        );
        registry.register("process_open_fds", "Open files and sockets", self.files.clone());
        registry.register(
            "process_start_time_seconds",
            "When the process began",
            self.started_at.clone(),
        );
    }

    /// Takes what the kernel says now; what it does not say stays as it was.
    pub(super) fn look(&self, started_at: i64) {
        self.started_at.set(started_at);
        if let Some(bytes) = memory() {
            self.memory.set(bytes);
        }
        if let Some(seconds) = cpu() {
            self.cpu.set(seconds);
        }
        if let Ok(entries) = fs::read_dir("/proc/self/fd") {
            self.files.set(i64::try_from(entries.count()).unwrap_or(i64::MAX));
        }
    }
}

/// Resident memory in bytes.
pub(super) fn memory() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Seconds on processors, in the program and in the kernel for it.
fn cpu() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in brackets, may hold spaces.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest
        .split_whitespace()
        .skip(11)
        .map_while(|field| field.parse::<u32>().ok());
    let ticks = f64::from(fields.next()?) + f64::from(fields.next()?);
    let per_second = u32::try_from(rustix::param::clock_ticks_per_second()).ok()?;
    Some(ticks / f64::from(per_second))
}
