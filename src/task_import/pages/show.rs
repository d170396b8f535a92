//! One file: what it would bring, or what it has brought.

use askama::Template;
use axum::extract::State;
use uuid::Uuid;

use crate::app::App;
use crate::task_import::model::{Report, Row};
use crate::task_import::{actions, paths};
use crate::values::{text, time};
use crate::web::{Html, Layout, Path, Section, Viewer, flash, page, see_other_with};

#[derive(Template)]
#[template(path = "task_import/show.html")]
struct ShowPage {
    layout: Layout,
    file_name: String,
    is_done: bool,
    report: Report,
    rows: Vec<RowView>,
    /// How many rows are not shown; empty: none.
    more: String,
    /// «12 задач».
    created: String,
    run: String,
}

struct RowView {
    title: String,
    company: String,
    due: String,
    verdict: (&'static str, &'static str),
    note: String,
}

impl RowView {
    fn of(row: Row, viewer: &Viewer) -> Self {
        let moment = row.due.map(|at| time::date_time(at, viewer.zone));
        let due = row.day.map(time::date).or(moment);
        Self {
            title: row.title,
            company: row.company,
            due: due.unwrap_or_default(),
            verdict: row.verdict.badge(),
            note: row.note,
        }
    }
}

fn tasks(count: i64) -> String {
    text::count(count, ["задача", "задачи", "задач"])
}

/// `GET /settings/import/tasks/<id>/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(id): Path<Uuid>) -> Html {
    let (import, mut report) = actions::find(&app, &viewer.actor()?, viewer.zone, id).await?;
    let rows = std::mem::take(&mut report.rows);
    let hidden = report.read - i64::try_from(rows.len()).unwrap_or(i64::MAX);
    page(&ShowPage {
        layout: viewer.layout(Section::Settings),
        file_name: import.file_name,
        is_done: import.report.is_some(),
        created: tasks(report.created()),
        more: if hidden > 0 { tasks(hidden) } else { String::new() },
        rows: rows.into_iter().map(|row| RowView::of(row, &viewer)).collect(),
        report,
        run: format!("{}run/", paths::show(id)),
    })
}

/// `POST /settings/import/tasks/<id>/run/`
pub(super) async fn run(State(app): State<App>, viewer: Viewer, Path(id): Path<Uuid>) -> Html {
    let report = actions::run(&app, &viewer.actor()?, viewer.zone, id).await?;
    let word = match report.created() {
        0 => "Новых задач в файле нет.".to_owned(),
        created => format!("Загружено: {}.", tasks(created)),
    };
    see_other_with(&paths::show(id), &flash("success", word))
}
