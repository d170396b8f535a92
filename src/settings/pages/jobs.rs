//! `/settings/jobs/`: what is done in the background, when, and how it goes.

use askama::Template;
use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::system::works::{duration, every};
use crate::app::{App, Work};
use crate::jobs::{Dead, Scheduled, next_slot};
use crate::policy::Action;
use crate::settings::{background, paths};
use crate::values::{text, time};
use crate::web::{Form, Guard, Html, Layout, Path, Routes, Section, Viewer, flash, page, see_other_with};

/// `/settings/jobs/…`
pub(super) fn routes() -> Routes {
    let admins = Guard::May(Action::ManageSystem);
    Routes::new()
        .get("/settings/jobs/", admins, index)
        .post("/settings/jobs/run/", admins, run)
        .post("/settings/jobs/{id}/retry/", admins, retry)
        .post("/settings/jobs/{id}/remove/", admins, remove)
}

#[derive(Template)]
#[template(path = "settings/jobs.html")]
struct JobsPage {
    layout: Layout,
    works: Vec<WorkRow>,
    queued: String,
    dead: Vec<DeadRow>,
}

struct WorkRow {
    name: &'static str,
    label: &'static str,
    /// «раз в час, один из процессов»
    every: String,
    state: (&'static str, &'static str),
    /// Empty: not yet.
    last: String,
    next: String,
    took: String,
    runs: String,
    failures: i64,
    /// When and why it went badly last; empty: never.
    failure: String,
}

struct DeadRow {
    id: Uuid,
    what: String,
    attempts: i32,
    at: String,
    cause: String,
}

/// `POST /settings/jobs/run/`
#[derive(Deserialize, Default)]
#[serde(default)]
struct RunForm {
    name: String,
}

/// `GET /settings/jobs/`
async fn index(State(app): State<App>, viewer: Viewer) -> Html {
    let found = background::overview(&app, &viewer.actor()?).await?;
    let when = |at| time::relative(at, app.now(), viewer.zone);
    let rows = found.works.iter();
    page(&JobsPage {
        layout: viewer.layout(Section::Settings),
        works: rows
            .map(|(work, scheduled)| row(&app, work, scheduled.as_ref(), &when))
            .collect(),
        queued: queued(found.queued),
        dead: found.dead.iter().map(|job| dead(job, &app, &when)).collect(),
    })
}

/// `POST /settings/jobs/run/`
async fn run(State(app): State<App>, viewer: Viewer, Form(form): Form<RunForm>) -> Html {
    let (label, is_new) = background::run(&app, &viewer.actor()?, &form.name).await?;
    let said = if is_new {
        flash("success", format!("Работа «{label}» запускается."))
    } else {
        flash("info", format!("Работа «{label}» уже ждёт запуска."))
    };
    see_other_with(paths::JOBS, &said)
}

/// `POST /settings/jobs/<id>/retry/`
async fn retry(State(app): State<App>, viewer: Viewer, Path(id): Path<Uuid>) -> Html {
    background::retry(&app, &viewer.actor()?, id).await?;
    see_other_with(paths::JOBS, &flash("success", "Задание отправлено на повтор."))
}

/// `POST /settings/jobs/<id>/remove/`
async fn remove(State(app): State<App>, viewer: Viewer, Path(id): Path<Uuid>) -> Html {
    background::remove(&app, &viewer.actor()?, id).await?;
    see_other_with(paths::JOBS, &flash("success", "Задание снято."))
}

fn queued((waiting, running): (i64, i64)) -> String {
    let waiting = text::count(waiting, ["задание ждёт", "задания ждут", "заданий ждут"]);
    format!("Очередь: {waiting}, выполняется: {running}")
}

/// How a work goes: in all processes when they share it, otherwise in this one.
struct Course {
    runs: i64,
    failures: i64,
    last: Option<DateTime<Utc>>,
    took_ms: u128,
    is_failing: bool,
    failure: Option<(DateTime<Utc>, String)>,
}

impl Course {
    fn of(work: &Work, scheduled: Option<&Scheduled>) -> Self {
        if let Some(shared) = scheduled {
            return Self {
                runs: shared.runs,
                failures: shared.failures,
                last: shared.started_at,
                took_ms: u128::try_from(shared.took_ms).unwrap_or_default(),
                is_failing: shared.failed_at.is_some() && shared.failed_at > shared.succeeded_at,
                failure: shared.failed_at.map(|at| (at, shared.last_error.clone())),
            };
        }
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        Self {
            runs: number(work.runs),
            failures: number(work.failures),
            last: work.succeeded_at.max(work.failed.as_ref().map(|(at, _)| *at)),
            took_ms: work.took.unwrap_or_default().as_millis(),
            is_failing: work.is_failing(),
            failure: work.failed.clone(),
        }
    }
}

fn row(app: &App, work: &Work, scheduled: Option<&Scheduled>, when: &dyn Fn(DateTime<Utc>) -> String) -> WorkRow {
    let course = Course::of(work, scheduled);
    let next = if work.is_shared {
        Some(next_slot(app.now(), work.every))
    } else {
        let every = TimeDelta::from_std(work.every).unwrap_or_default();
        course.last.map(|last| (last + every).max(app.now()))
    };
    let whose = if work.is_shared {
        "один из процессов"
    } else {
        "каждый процесс"
    };
    WorkRow {
        name: work.name,
        label: work.label,
        every: format!("{}, {whose}", every(work.every.as_secs())),
        state: if work.is_running {
            ("progress", "Идёт")
        } else if course.is_failing {
            ("danger", "Не удаётся")
        } else if course.runs == 0 {
            ("neutral", "Ждёт")
        } else {
            ("done", "В порядке")
        },
        last: course.last.map(when).unwrap_or_default(),
        next: next.map(when).unwrap_or_default(),
        took: if course.runs > 0 {
            duration(course.took_ms)
        } else {
            String::new()
        },
        runs: text::number(course.runs),
        failures: course.failures,
        failure: course
            .failure
            .map(|(at, cause)| format!("{}: {cause}", when(at)))
            .unwrap_or_default(),
    }
}

fn dead(job: &Dead, app: &App, when: &dyn Fn(DateTime<Utc>) -> String) -> DeadRow {
    let name = job.payload["name"].as_str().unwrap_or_default();
    let works = app.works.list();
    let label = works.iter().find(|work| work.name == name).map(|work| work.label);
    DeadRow {
        id: job.id,
        what: label.map_or_else(|| job.kind.clone(), str::to_owned),
        attempts: job.attempts,
        at: when(job.finished_at),
        cause: job.last_error.clone(),
    }
}
