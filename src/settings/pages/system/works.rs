//! Periodic work of this process.

use crate::app::{App, Work};
use crate::values::{text, time};
use crate::web::Viewer;

/// A line of the table.
pub(super) struct WorkRow {
    pub(super) label: &'static str,
    pub(super) every: String,
    /// «сегодня 12:30»; empty: it has not ended well yet.
    pub(super) succeeded: String,
    pub(super) took: String,
    pub(super) runs: String,
    pub(super) failures: u64,
    /// Tone and word.
    pub(super) state: (&'static str, &'static str),
    /// When and why it went badly last.
    pub(super) failure: String,
}

impl WorkRow {
    pub(super) fn of(work: &Work, app: &App, viewer: &Viewer) -> Self {
        let when = |at| time::relative(at, app.now(), viewer.zone);
        Self {
            label: work.label,
            every: every(work.every.as_secs()),
            succeeded: work.succeeded_at.map(when).unwrap_or_default(),
            took: work.took.map(|took| duration(took.as_millis())).unwrap_or_default(),
            runs: text::number(i64::try_from(work.runs).unwrap_or(i64::MAX)),
            failures: work.failures,
            state: if work.is_running {
                ("progress", "Идёт")
            } else if work.is_failing() {
                ("danger", "Не удаётся")
            } else if work.runs == 0 {
                ("neutral", "Ждёт")
            } else {
                ("done", "В порядке")
            },
            failure: match &work.failed {
                Some((at, cause)) => format!("{}: {cause}", when(*at)),
                None => String::new(),
            },
        }
    }
}

pub(in crate::settings::pages) fn every(seconds: u64) -> String {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    match seconds {
        ..60 => format!("раз в {seconds} с"),
        60 => "раз в минуту".to_owned(),
        3600 => "раз в час".to_owned(),
        61..3600 => format!(
            "раз в {}",
            text::count(number(seconds / 60), ["минуту", "минуты", "минут"])
        ),
        _ => format!(
            "раз в {}",
            text::count(number(seconds / 3600), ["час", "часа", "часов"])
        ),
    }
}

/// «12 мс», «1,5 с», «3 мин»
pub(in crate::settings::pages) fn duration(ms: u128) -> String {
    match ms {
        ..1000 => format!("{ms} мс"),
        1000..60_000 => format!("{},{} с", ms / 1000, ms % 1000 / 100),
        _ => format!("{} мин {} с", ms / 60_000, ms % 60_000 / 1000),
    }
}
