//! What becomes of each event; the check and the real thing ask the same.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use super::model::{Candidate, Doer, Event, Import, MOST_ROWS, Options, Report, Row, Verdict, When};
use crate::tasks::bulk::NewTask;
use crate::values::recurrence::to_utc;
use crate::values::text;

/// What the base knows of a file's events.
pub(super) struct Known {
    /// Those that are tasks already.
    pub(super) uids: HashSet<String>,
    /// Companies by the keys of their names.
    pub(super) companies: HashMap<String, Vec<Candidate>>,
    /// Whoever gets a task that belongs to nobody.
    pub(super) heir: Doer,
}

/// Judges all events; answers how it goes and the tasks that come of them.
pub(super) fn all(import: &Import, known: &Known) -> (Report, Vec<NewTask>) {
    let mut report = Report::default();
    let mut tasks = Vec::new();
    let mut seen = HashSet::new();
    for event in &import.events {
        let (company, mut note) = company(event, known);
        let verdict = if known.uids.contains(&event.uid) {
            Verdict::Known
        } else if !seen.insert(event.uid.as_str()) {
            Verdict::Twice
        } else if company.is_some() {
            Verdict::Linked
        } else if import.options.only_linked {
            Verdict::Skipped
        } else {
            Verdict::Bare
        };
        let doer = company.and_then(|company| company.responsible).unwrap_or(known.heir);
        let due = due(&event.when, &import.options, doer);
        if event.when == When::Unreadable {
            note = "Срок в файле не читается: задача будет без срока.";
        }
        report.count(verdict, event.when == When::Unreadable);
        if verdict.is_new() {
            tasks.push(NewTask {
                title: event.title.clone(),
                description: event.description.clone(),
                company: company.map(|company| company.id),
                assignee: doer.id,
                due_at: due,
                is_all_day: matches!(event.when, When::Day(_)),
                external_uid: event.uid.clone(),
            });
        }
        if report.rows.len() < MOST_ROWS {
            report.rows.push(Row {
                title: event.title.clone(),
                company: company.map_or_else(|| event.company.clone(), |company| company.name.clone()),
                due,
                day: match event.when {
                    When::Day(day) => Some(day),
                    _ => None,
                },
                verdict,
                note: note.to_owned(),
            });
        }
    }
    (report, tasks)
}

impl Report {
    fn count(&mut self, verdict: Verdict, is_undated: bool) {
        self.read += 1;
        let number = match verdict {
            Verdict::Linked => &mut self.linked,
            Verdict::Bare => &mut self.bare,
            Verdict::Known => &mut self.known,
            Verdict::Twice => &mut self.twice,
            Verdict::Skipped => &mut self.skipped,
        };
        *number += 1;
        self.undated += i64::from(is_undated && verdict.is_new());
    }
}

/// The one company whose whole name this is, but for its legal form, quotes and letter case. Of several with that name
/// only one that is spelled word for word so. A name that merely contains another is no reason.
fn company<'a>(event: &Event, known: &'a Known) -> (Option<&'a Candidate>, &'static str) {
    let key = text::name_key(&event.company);
    // «ООО» alone names nobody.
    let is_name = !key.is_empty() && !text::is_short_form(&key);
    let found = known.companies.get(&key).filter(|_| is_name).map(Vec::as_slice);
    match found.unwrap_or_default() {
        [] => (None, ""),
        [one] => (Some(one), ""),
        several => {
            let mut same = several.iter().filter(|one| one.name.trim() == event.company);
            match (same.next(), same.next()) {
                (Some(one), None) => (Some(one), ""),
                _ => (None, "Несколько компаний с таким названием: выберите нужную в задаче."),
            }
        }
    }
}

/// Until when the task is; a whole day ends at 23:59 where its doer is.
fn due(when: &When, options: &Options, doer: Doer) -> Option<DateTime<Utc>> {
    match when {
        When::Moment(at) => Some(*at),
        When::Local(at, zone) => {
            let zone: Result<Tz, _> = zone.parse().or_else(|_| options.zone.parse());
            Some(to_utc(*at, zone.unwrap_or(doer.zone)))
        }
        When::Day(day) => {
            let end = NaiveTime::from_hms_opt(23, 59, 0).unwrap_or(NaiveTime::MIN);
            Some(to_utc(day.and_time(end), doer.zone))
        }
        When::Never | When::Unreadable => None,
    }
}
