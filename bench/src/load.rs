//! So many askers, each asking again as soon as it is answered, for a given time.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use hyper::StatusCode;
use tokio::task::JoinSet;

use crate::browser::{Ask, Connection};

/// Asked before anything is measured.
const WARM_UP: Duration = Duration::from_millis(500);

/// How long to ask.
pub(crate) struct Load {
    pub(crate) measured: Duration,
}

/// Whom to ask, and as whom.
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) cookie: String,
}

/// A line of the report.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// What a good answer has.
    pub(crate) expected: StatusCode,
    /// The next question; made anew each time, so that no two need be alike.
    pub(crate) next: Arc<dyn Fn() -> Ask + Send + Sync>,
}

/// What was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    /// Microseconds.
    pub(crate) median: u64,
    /// Microseconds; 95 of 100 answers took no longer.
    pub(crate) slow: u64,
    pub(crate) per_second: f64,
    /// Answers other than expected: the figures are worth nothing then.
    pub(crate) failures: usize,
}

impl Load {
    /// Measures one row.
    pub(crate) async fn run(&self, target: &Target, row: &Row, concurrent: usize) -> Result<Measured> {
        let measure_from = Instant::now() + WARM_UP;
        let until = measure_from + self.measured;
        let mut askers = JoinSet::new();
        for _ in 0..concurrent {
            let mut connection = Connection::open(target.address, &target.cookie, true).await?;
            let (next, expected) = (row.next.clone(), row.expected);
            askers.spawn(async move {
                let (mut times, mut failures) = (Vec::new(), 0);
                while Instant::now() < until {
                    let ask = next();
                    let began = Instant::now();
                    let answer = connection.ask(ask).await?;
                    failures += usize::from(answer.status != expected);
                    if began >= measure_from {
                        times.push(began.elapsed());
                    }
                }
                Ok((times, failures))
            });
        }
        let (all, failures) = gathered(askers).await?;
        let per_second = rate(all.len(), self.measured);
        Ok(Measured {
            per_second,
            failures,
            ..Measured::of(all)
        })
    }
}

/// What cannot be asked twice: each of these once, so many at a time.
pub(crate) async fn each_once(
    target: &Target,
    (asks, expected): (Vec<Ask>, StatusCode),
    concurrent: usize,
) -> Result<Measured> {
    let asks = Arc::new(Mutex::new(asks));
    let began = Instant::now();
    let mut askers = JoinSet::new();
    for _ in 0..concurrent {
        let mut connection = Connection::open(target.address, &target.cookie, true).await?;
        let asks = Arc::clone(&asks);
        askers.spawn(async move {
            let (mut times, mut failures) = (Vec::new(), 0);
            loop {
                let ask = asks.lock().map_err(|_| anyhow!("another asker broke down"))?.pop();
                let Some(ask) = ask else { break };
                let began = Instant::now();
                let answer = connection.ask(ask).await?;
                failures += usize::from(answer.status != expected);
                times.push(began.elapsed());
            }
            Ok((times, failures))
        });
    }
    let (all, failures) = gathered(askers).await?;
    Ok(Measured {
        per_second: rate(all.len(), began.elapsed()),
        failures,
        ..Measured::of(all)
    })
}

/// Times of all askers in microseconds, and how many answers were others than expected.
async fn gathered(mut askers: JoinSet<Result<(Vec<Duration>, usize)>>) -> Result<(Vec<u64>, usize)> {
    let (mut all, mut failures) = (Vec::new(), 0);
    while let Some(asker) = askers.join_next().await {
        let (times, failed) = asker??;
        let micros = times
            .into_iter()
            .map(|time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        all.extend(micros);
        failures += failed;
    }
    Ok((all, failures))
}

impl Measured {
    /// Median and slow end of some times in microseconds.
    pub(crate) fn of(mut times: Vec<u64>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
        Self {
            median: at(50).copied().unwrap_or(0),
            slow: at(95).copied().unwrap_or(0),
            ..Self::default()
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate is told to three digits")]
fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
