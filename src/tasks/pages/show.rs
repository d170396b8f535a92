//! `/tasks/<uuid>/`: one task with what was written about it and what came of it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::calendar;
use super::comments::CommentView;
use super::form::{kinds, people};
use crate::app::App;
use crate::companies;
use crate::dictionaries;
use crate::error::{FieldErrors, Result};
use crate::files::FilesField;
use crate::policy::{Action, Actor, may};
use crate::tasks::model::{CommentDraft, Task};
use crate::tasks::{actions, paths};
use crate::values::{CompanyId, TaskId, text, time};
use crate::web::{Html, Layout, Opt, Path, Section, Viewer, form_key, page_with, whom};

#[derive(Template)]
#[template(path = "tasks/show.html")]
struct ShowPage {
    layout: Layout,
    task: Task,
    path: String,
    company: Option<(String, String)>,
    /// Numbers of the company: how they are shown, and what the button that calls them sends.
    phones: Vec<(String, String)>,
    /// Why nobody calls them; empty: people do.
    no_call: String,
    kind: Option<(String, String)>,
    /// «каждый вторник»; empty: it comes once.
    repeats: String,
    due: String,
    due_full: String,
    urgency: &'static str,
    created: String,
    updated: String,
    closed: String,
    can: Can,
    comments: Vec<CommentView>,
    history: Vec<EventView>,
    comment: String,
    uploads: FilesField,
    closing: ClosingForm,
    people: Vec<Opt>,
    kinds: Vec<Opt>,
    form_key: String,
    errors: FieldErrors,
    days: [(&'static str, &'static str); 4],
}

struct Can {
    work: bool,
    shift: bool,
    edit: bool,
}

struct EventView {
    actor: String,
    message: String,
    time: String,
    changes: Vec<(String, String, String)>,
}

/// How a task ends, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ClosingForm {
    /// What came of it.
    pub(super) result: String,
    /// A status's code; empty: done.
    pub(super) status: String,
    /// The title of the task that follows; empty: none.
    pub(super) next_title: String,
    /// Until when, in words.
    pub(super) next_due: String,
    /// Of which kind.
    pub(super) next_kind: String,
    /// By whom; empty: by the same.
    pub(super) next_assignee: String,
    /// Where the form leads back to.
    pub(super) back: String,
}

/// Days that a date is put off by with one click.
pub(super) const DAYS: [(&str, &str); 4] = [
    ("0", "Сегодня"),
    ("1", "Завтра"),
    ("2", "Послезавтра"),
    ("7", "Через неделю"),
];

/// What was typed on the page and what was wrong with it.
#[derive(Default)]
pub(super) struct Refused {
    pub(super) comment: CommentDraft,
    pub(super) closing: ClosingForm,
    pub(super) errors: FieldErrors,
}

/// The page; with what was refused, 422.
pub(super) async fn draw(app: &App, viewer: &Viewer, id: TaskId, refused: Refused) -> Html {
    let status = if refused.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page_with(status, &shown(app, viewer, id, refused).await?)
}

async fn shown(app: &App, viewer: &Viewer, id: TaskId, refused: Refused) -> Result<ShowPage> {
    let actor = viewer.actor()?;
    let task = actions::find(app, &actor, id).await?;
    let may_do = |action: Action| may(&actor, action, task.ties(&actor, action));
    let can = Can {
        work: may_do(Action::WorkTask),
        shift: may_do(Action::MoveTask) && task.status.is_open(),
        edit: may_do(Action::EditTask),
    };
    let dictionaries = dictionaries::kept(app, viewer.stamp).await?;
    let kind = dictionaries.task_types.iter().find(|kind| Some(kind.id) == task.kind);
    let calendar = calendar(app, viewer);
    let moment = |at| time::relative(at, app.now(), viewer.zone);
    let series = actions::series_of(app, &task)
        .await?
        .filter(|series| series.next_at.is_some());
    let mut conn = app.db.acquire().await?;
    let comments = actions::comments(&mut conn, id).await?;
    let history = actions::history(&mut conn, id).await?;
    let (phones, no_call) = numbers(&mut conn, &actor, task.company).await?;
    let assignee = if refused.closing.next_assignee.is_empty() {
        task.assignee.to_string()
    } else {
        refused.closing.next_assignee.clone()
    };
    Ok(ShowPage {
        layout: viewer.layout(Section::Tasks),
        path: paths::show(id),
        company: task
            .company
            .map(|company| (companies::paths::show(company), task.company_name.clone())),
        phones,
        no_call,
        kind: kind.map(|kind| (kind.tone.clone(), kind.name.clone())),
        due: task
            .due
            .map(|due| due.words(app.now(), viewer.zone))
            .unwrap_or_default(),
        due_full: task.due.map(|due| due.in_full(viewer.zone)).unwrap_or_default(),
        urgency: task.urgency(calendar.now, calendar.zone).class(),
        created: moment(task.created_at),
        updated: moment(task.updated_at),
        closed: task.closed_at.map(moment).unwrap_or_default(),
        comments: CommentView::all(comments, (&actor, id), &moment),
        history: history.into_iter().map(|event| event_view(event, &moment)).collect(),
        people: people(app, viewer, &actor, &assignee).await?,
        kinds: kinds(app, viewer, &refused.closing.next_kind).await?,
        form_key: form_key(),
        repeats: series.map(|series| series.in_words()).unwrap_or_default(),
        days: DAYS,
        uploads: FilesField::new(&refused.comment.files, refused.errors.get("file")),
        comment: refused.comment.text,
        closing: refused.closing,
        errors: refused.errors,
        can,
        task,
    })
}

/// Numbers of the task's company that a phone can dial, and why nobody should.
async fn numbers(
    conn: &mut sqlx::PgConnection,
    actor: &Actor,
    company: Option<CompanyId>,
) -> Result<(Vec<(String, String)>, String)> {
    let Some(id) = company else {
        return Ok(<_>::default());
    };
    let company = companies::find(conn, actor, id).await?;
    let phones = company.fields.phones.iter();
    let rows = phones.map(|row| (row.phone.display(), whom(&row.phone, Some(id), None::<CompanyId>)));
    let reason = company.do_not_call.map(|mark| mark.reason).unwrap_or_default();
    Ok((rows.filter(|(_, whom)| !whom.is_empty()).collect(), reason))
}

fn event_view(event: crate::audit::EventRow, moment: &impl Fn(chrono::DateTime<chrono::Utc>) -> String) -> EventView {
    let label = |field: &str| actions::field_label(field).unwrap_or(field).to_owned();
    let changes = event.changes.iter();
    EventView {
        changes: changes
            .map(|(field, old, new)| (label(field), text::excerpt(old, 200), text::excerpt(new, 200)))
            .collect(),
        actor: named(event.actor),
        message: event.message,
        time: moment(event.at),
    }
}

fn named(name: String) -> String {
    if name.is_empty() {
        "Система".to_owned()
    } else {
        name
    }
}

/// `GET /tasks/<uuid>/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(id): Path<TaskId>) -> Html {
    draw(&app, &viewer, id, Refused::default()).await
}
