//! Numbers for Prometheus: counted as the program works, written out when asked.
//!
//! Labels are patterns of routes, methods, classes of statuses and names of jobs: their number is known beforehand, and
//! nothing that somebody typed is among them.

mod process;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// Upper bounds of the durations of requests, in seconds; the goals of pages lie at 0.05 and 0.1.
const DURATIONS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Upper bounds of waits for a connection of the pool: a free one is there at once.
const WAITS: [f64; 6] = [0.000_1, 0.001, 0.01, 0.1, 0.5, 2.0];

type Number = Gauge<f64, AtomicU64>;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    route: String,
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Named {
    job: &'static str,
}

/// How many connections there are, and how often one had to wait for another to end.
#[derive(Clone, Default)]
pub(crate) struct Traffic {
    /// Open now.
    pub(crate) open: Gauge,
    /// Waited in the kernel's queue because the cap was reached.
    pub(crate) held_back: Counter,
}

/// The database as a look at it just now found it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Database {
    /// Whether it answers.
    pub(crate) is_up: bool,
    /// Connections of the pool.
    pub(crate) size: u32,
    /// Those of them that nobody uses.
    pub(crate) idle: usize,
    /// How many there may be.
    pub(crate) max: u32,
}

/// A periodic job as it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    pub(crate) name: &'static str,
    pub(crate) runs: u64,
    pub(crate) failures: u64,
    /// Seconds since 1970.
    pub(crate) succeeded_at: Option<i64>,
    pub(crate) took: Option<Duration>,
}

/// The newest good copy of the installation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Copies {
    /// Seconds since 1970 of the newest good one.
    pub(crate) made_at: Option<i64>,
    pub(crate) bytes: u64,
    /// Whether the last attempt failed.
    pub(crate) is_failed: bool,
}

/// All numbers of the process.
pub(crate) struct Metrics {
    registry: Registry,
    answers: Family<Answer, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    traffic: Traffic,
    database: DatabaseNumbers,
    jobs: JobNumbers,
    copies: CopyNumbers,
    is_passive: Gauge,
    process: process::Numbers,
}

struct DatabaseNumbers {
    up: Gauge,
    waits: Histogram,
    size: Gauge,
    idle: Gauge,
    max: Gauge,
}

#[derive(Default)]
struct JobNumbers {
    runs: Family<Named, Counter>,
    failures: Family<Named, Counter>,
    succeeded_at: Family<Named, Gauge>,
    took: Family<Named, Number>,
}

#[derive(Default)]
struct CopyNumbers {
    made_at: Gauge,
    bytes: Gauge,
    is_failed: Gauge,
}

/// A request on its way; dropped when it is answered, or when nobody waits for it any more.
pub(crate) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("crm");
        let metrics = Self {
            answers: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(DURATIONS)),
            in_flight: Gauge::default(),
            traffic: Traffic::default(),
            database: DatabaseNumbers {
                up: Gauge::default(),
                waits: Histogram::new(WAITS),
                size: Gauge::default(),
                idle: Gauge::default(),
                max: Gauge::default(),
            },
            jobs: JobNumbers::default(),
            copies: CopyNumbers::default(),
            is_passive: Gauge::default(),
            process: process::Numbers::default(),
            registry: Registry::default(),
        };
        registry.register(
            "build",
            "Version of the program",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
        metrics.register_requests(&mut registry);
        metrics.register_database(&mut registry);
        metrics.register_jobs(&mut registry);
        metrics.process.register(&mut registry);
        Self { registry, ..metrics }
    }
}

impl Metrics {
    fn register_requests(&self, registry: &mut Registry) {
        registry.register(
            "http_requests",
            "Answered requests by route, method and class of status",
            self.answers.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "From a request's head to its answer's",
            self.durations.clone(),
        );
        registry.register(
            "http_requests_in_flight",
            "Requests not answered yet",
            self.in_flight.clone(),
        );
        registry.register("http_connections", "Open connections", self.traffic.open.clone());
        registry.register(
            "http_connections_held_back",
            "Times that a connection had to wait because as many as may be were open",
            self.traffic.held_back.clone(),
        );
    }

    fn register_database(&self, registry: &mut Registry) {
        let numbers = &self.database;
        registry.register("db_up", "Whether the database answers", numbers.up.clone());
        registry.register(
            "db_pool_wait_seconds",
            "How long signed-in requests waited for their first connection",
            numbers.waits.clone(),
        );
        registry.register("db_pool_connections", "Connections of the pool", numbers.size.clone());
        registry.register("db_pool_idle_connections", "Those nobody uses", numbers.idle.clone());
        registry.register("db_pool_max_connections", "How many there may be", numbers.max.clone());
        let copies = &self.copies;
        registry.register(
            "backup_last_success_timestamp_seconds",
            "When the newest good copy was begun, 0: never",
            copies.made_at.clone(),
        );
        registry.register("backup_last_success_bytes", "Size of that copy", copies.bytes.clone());
        registry.register(
            "backup_last_failed",
            "Whether the last attempt failed",
            copies.is_failed.clone(),
        );
        registry.register(
            "passive",
            "Whether this copy sends nothing outside",
            self.is_passive.clone(),
        );
    }

    fn register_jobs(&self, registry: &mut Registry) {
        let jobs = &self.jobs;
        registry.register("job_runs", "Ended runs of a periodic job", jobs.runs.clone());
        registry.register("job_failures", "Runs that ended badly", jobs.failures.clone());
        registry.register(
            "job_last_success_timestamp_seconds",
            "When it last ended well",
            jobs.succeeded_at.clone(),
        );
        registry.register(
            "job_last_duration_seconds",
            "How long its last run took",
            jobs.took.clone(),
        );
    }

    /// A request has come.
    pub(crate) fn enter(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// A request was answered. `route` is the pattern that it matched.
    pub(crate) fn answered(&self, method: &str, route: Option<&str>, status: u16, took: Duration) {
        let method = known_method(method);
        let route = route.unwrap_or("none").to_owned();
        let key = Route { method, route };
        self.durations.get_or_create(&key).observe(took.as_secs_f64());
        let Route { method, route } = key;
        let status = class(status);
        self.answers.get_or_create(&Answer { method, route, status }).inc();
    }

    /// A request has waited so long for a connection of the pool.
    pub(crate) fn waited(&self, time: Duration) {
        self.database.waits.observe(time.as_secs_f64());
    }

    /// For the accept loop.
    pub(crate) fn traffic(&self) -> Traffic {
        self.traffic.clone()
    }

    /// Takes what a look at the database found.
    pub(crate) fn set_database(&self, found: Database) {
        let numbers = &self.database;
        numbers.up.set(found.is_up.into());
        numbers.size.set(found.size.into());
        numbers.idle.set(i64::try_from(found.idle).unwrap_or(i64::MAX));
        numbers.max.set(found.max.into());
    }

    /// Takes how a job stands.
    pub(crate) fn set_job(&self, job: Job) {
        let key = Named { job: job.name };
        let jobs = &self.jobs;
        jobs.runs.get_or_create(&key).inner().store(job.runs, Ordering::Relaxed);
        jobs.failures
            .get_or_create(&key)
            .inner()
            .store(job.failures, Ordering::Relaxed);
        jobs.succeeded_at
            .get_or_create(&key)
            .set(job.succeeded_at.unwrap_or_default());
        jobs.took
            .get_or_create(&key)
            .set(job.took.unwrap_or_default().as_secs_f64());
    }

    /// Takes how copies and the installation stand.
    pub(crate) fn set_copies(&self, copies: Copies, is_passive: bool) {
        self.copies.made_at.set(copies.made_at.unwrap_or_default());
        self.copies.bytes.set(i64::try_from(copies.bytes).unwrap_or(i64::MAX));
        self.copies.is_failed.set(copies.is_failed.into());
        self.is_passive.set(is_passive.into());
    }

    /// Everything in Prometheus' text format; `started_at` in seconds since 1970.
    ///
    /// # Errors
    /// Never in practice: writing to a text does not fail.
    pub(crate) fn encode(&self, started_at: i64) -> Result<String, std::fmt::Error> {
        self.process.look(started_at);
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Resident memory of this process in bytes.
pub(crate) fn resident_memory() -> Option<i64> {
    process::memory()
}

/// A method's own name, or one for all that nobody needs: anybody may send any.
fn known_method(method: &str) -> &'static str {
    ["GET", "POST", "HEAD"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("other")
}

fn class(status: u16) -> &'static str {
    match status {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        500..=599 => "5xx",
        _ => "1xx",
    }
}
