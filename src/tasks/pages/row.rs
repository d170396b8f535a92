//! A task in a list, and the tasks on a company's card.

use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;

use crate::app::App;
use crate::dictionaries::{self, Dictionaries};
use crate::error::Result;
use crate::policy::{Action, Actor, may};
use crate::tasks::model::Task;
use crate::tasks::{actions, paths};
use crate::values::{CompanyId, text, time};
use crate::web::Viewer;
use crate::web::assets::{self, Assets};

/// So many tasks stand on a card.
const ON_CARD: i64 = 10;

/// A task, ready to print.
#[derive(Template)]
#[template(path = "tasks/_row.html")]
#[expect(clippy::struct_excessive_bools, reason = "what a template asks of a row")]
pub(crate) struct TaskRow {
    assets: &'static Assets,
    csrf: String,
    /// Where its buttons lead back to.
    back: String,
    id: String,
    show: String,
    title: String,
    description: String,
    company: Option<(String, String)>,
    assignee: String,
    author: String,
    kind: String,
    kind_tone: String,
    status: &'static str,
    tone: &'static str,
    due: String,
    due_full: String,
    urgency: &'static str,
    closed: Option<String>,
    result: String,
    is_open: bool,
    is_new: bool,
    is_urgent: bool,
    is_repeated: bool,
    may_work: bool,
    may_move: bool,
    shows_company: bool,
    shows_person: bool,
    /// It can be ticked for an act on many.
    picks: bool,
}

impl askama::filters::HtmlSafe for TaskRow {}

/// What all rows of a list share.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) actor: &'a Actor,
    pub(super) dictionaries: &'a Dictionaries,
    pub(super) csrf: &'a str,
    pub(super) back: &'a str,
    pub(super) now: DateTime<Utc>,
    pub(super) zone: Tz,
    pub(super) shows_company: bool,
    pub(super) shows_person: bool,
    pub(super) picks: bool,
}

impl TaskRow {
    pub(super) fn new(task: Task, frame: Frame<'_>) -> Self {
        let may_do = |action: Action| may(frame.actor, action, task.ties(frame.actor, action));
        let kind = frame
            .dictionaries
            .task_types
            .iter()
            .find(|kind| Some(kind.id) == task.kind);
        let is_own = frame.actor.is(task.author) || task.author == Some(task.assignee);
        Self {
            assets: assets::urls(),
            csrf: frame.csrf.to_owned(),
            back: frame.back.to_owned(),
            show: paths::show(task.id),
            due: task.due.map(|due| due.words(frame.now, frame.zone)).unwrap_or_default(),
            due_full: task.due.map(|due| due.in_full(frame.zone)).unwrap_or_default(),
            urgency: task.urgency(frame.now, frame.zone).class(),
            closed: task.closed_at.map(|at| time::relative(at, frame.now, frame.zone)),
            company: task
                .company
                .map(|company| (crate::companies::paths::show(company), task.company_name.clone())),
            author: if is_own {
                String::new()
            } else {
                task.author_name.clone()
            },
            kind: kind.map(|kind| kind.name.clone()).unwrap_or_default(),
            kind_tone: kind.map(|kind| kind.tone.clone()).unwrap_or_default(),
            status: task.status.label(),
            tone: task.status.tone(),
            is_open: task.status.is_open(),
            is_new: task.status == crate::tasks::model::Status::New,
            is_urgent: task.is_urgent,
            is_repeated: task.occurrence.is_some(),
            may_work: may_do(Action::WorkTask),
            may_move: may_do(Action::MoveTask),
            id: task.id.to_string(),
            description: text::excerpt(&task.description, 120),
            result: text::excerpt(&task.result, 160),
            assignee: task.assignee_name,
            title: task.title,
            shows_company: frame.shows_company,
            shows_person: frame.shows_person,
            picks: frame.picks,
        }
    }
}

/// Tasks as rows of some other room's page; their buttons lead back to it.
pub(crate) async fn rows(
    app: &App,
    viewer: &Viewer,
    tasks: Vec<Task>,
    (back, shows_person): (&str, bool),
) -> Result<Vec<TaskRow>> {
    let actor = viewer.actor()?;
    let dictionaries = dictionaries::kept(app, viewer.stamp).await?;
    let frame = Frame {
        actor: &actor,
        dictionaries: &dictionaries,
        csrf: &viewer.csrf,
        back,
        now: app.now(),
        zone: viewer.zone,
        shows_company: true,
        shows_person,
        picks: false,
    };
    Ok(tasks.into_iter().map(|task| TaskRow::new(task, frame)).collect())
}

/// The tasks on a company's card.
#[derive(Template)]
#[template(path = "tasks/_card.html")]
pub(crate) struct TasksFragment {
    assets: &'static Assets,
    rows: Vec<TaskRow>,
    all: String,
    /// Where a new one is set, for those who may.
    new: Option<String>,
    has_more: bool,
}

impl askama::filters::HtmlSafe for TasksFragment {}

/// The tasks of a company for its card; `may_add`: the reader may set new ones.
pub(crate) async fn fragment(
    conn: &mut PgConnection,
    app: &App,
    viewer: &Viewer,
    (company, may_add): (CompanyId, bool),
) -> Result<TasksFragment> {
    let actor = viewer.actor()?;
    let mut tasks = actions::of_company(conn, &actor, company, ON_CARD + 1).await?;
    let most = usize::try_from(ON_CARD).unwrap_or(usize::MAX);
    let has_more = tasks.len() > most;
    tasks.truncate(most);
    let dictionaries = dictionaries::kept(app, viewer.stamp).await?;
    let back = format!("{}#tasks", crate::companies::paths::show(company));
    let frame = Frame {
        actor: &actor,
        dictionaries: &dictionaries,
        csrf: &viewer.csrf,
        back: &back,
        now: app.now(),
        zone: viewer.zone,
        shows_company: false,
        shows_person: true,
        picks: false,
    };
    Ok(TasksFragment {
        assets: assets::urls(),
        rows: tasks.into_iter().map(|task| TaskRow::new(task, frame)).collect(),
        all: paths::of_company(company),
        new: may_add.then(|| paths::new_at(company)),
        has_more,
    })
}
