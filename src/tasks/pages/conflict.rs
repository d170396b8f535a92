//! Somebody else was quicker: both versions of a task, field by field.

use axum::http::StatusCode;

use super::calendar;
use super::form::{save, saved};
use crate::accounts;
use crate::app::App;
use crate::audit;
use crate::companies;
use crate::dictionaries;
use crate::error::{Error, Result};
use crate::tasks::forms::TaskForm;
use crate::tasks::model::{Fields, Task};
use crate::tasks::{actions, paths};
use crate::values::TaskId;
use crate::web::versions::{self, Row, VersionsPage};
use crate::web::{Html, Section, Viewer, page_with};

/// A task's fields as people read them.
async fn shown(app: &App, viewer: &Viewer, fields: &Fields) -> Result<Vec<Row>> {
    let dictionaries = dictionaries::kept(app, viewer.stamp).await?;
    let directory = accounts::directory(app, viewer.stamp).await?;
    let kind = dictionaries.task_types.iter().find(|kind| Some(kind.id) == fields.kind);
    let company = match fields.company {
        Some(id) => {
            let mut conn = app.db.acquire().await?;
            let found = companies::find(&mut conn, &viewer.actor()?, id).await;
            found.map(|company| company.fields.name).unwrap_or_default()
        }
        None => String::new(),
    };
    Ok(vec![
        ("title", "Что сделать", fields.title.clone()),
        (
            "due",
            "Срок",
            fields.due.map(|due| due.typed(viewer.zone)).unwrap_or_default(),
        ),
        ("company_id", "Компания", company),
        (
            "assignee",
            "Исполнитель",
            directory.person(Some(fields.assignee)).to_owned(),
        ),
        ("kind", "Тип", kind.map(|kind| kind.name.clone()).unwrap_or_default()),
        (
            "is_urgent",
            "Срочная",
            if fields.is_urgent {
                "да".to_owned()
            } else {
                "нет".to_owned()
            },
        ),
        ("description", "Описание", fields.description.clone()),
    ])
}

/// What the form of a task shows, see [`versions::fingerprint`].
pub(super) async fn fingerprint(app: &App, viewer: &Viewer, task: &Task) -> Result<String> {
    Ok(versions::fingerprint(&shown(app, viewer, &task.fields()).await?))
}

/// Takes one field, as [`shown`] calls it, from another form.
pub(super) fn take(form: &mut TaskForm, field: &str, from: &TaskForm) {
    match field {
        "title" => form.title.clone_from(&from.title),
        "due" => form.due.clone_from(&from.due),
        "company_id" => form.company_id.clone_from(&from.company_id),
        "assignee" => form.assignee.clone_from(&from.assignee),
        "kind" => form.kind.clone_from(&from.kind),
        "is_urgent" => form.is_urgent.clone_from(&from.is_urgent),
        "description" => form.description.clone_from(&from.description),
        _ => (),
    }
}

/// When nobody has changed anything that the form shows, it is saved all the same; else both versions are shown.
pub(super) async fn settle(app: &App, viewer: &Viewer, id: TaskId, mut form: TaskForm) -> Html {
    let actor = viewer.actor()?;
    let mut stored = actions::find(app, &actor, id).await?;
    let mine = shown(
        app,
        viewer,
        &form.parse(Some(stored.assignee), calendar(app, viewer))?.0,
    )
    .await?;
    let mut choices = versions::choices(mine.clone(), shown(app, viewer, &stored.fields()).await?, &form.seen);
    if versions::are_all_mine(&choices) {
        form.version = stored.version;
        match save(app, viewer, &stored, &form).await {
            Ok(()) => return saved(id, &form),
            Err(Error::Conflict(_)) => (),
            Err(error) => return Err(error.into()),
        }
        stored = actions::find(app, &actor, id).await?;
        choices = versions::choices(mine, shown(app, viewer, &stored.fields()).await?, &form.seen);
    }
    let mut hidden = vec![
        ("title", form.title.clone()),
        ("description", form.description.clone()),
        ("due", form.due.clone()),
        ("kind", form.kind.clone()),
        ("assignee", form.assignee.clone()),
        ("company_id", form.company_id.clone()),
        ("is_urgent", form.is_urgent.clone()),
        ("version", stored.version.to_string()),
        ("back", form.back.clone()),
        ("seen", fingerprint(app, viewer, &stored).await?),
    ];
    hidden.push(("reach", form.reach.clone()));
    hidden.extend(form.recurrence.pairs());
    let page = VersionsPage {
        layout: viewer.layout(Section::Tasks),
        title: stored.title.clone(),
        crumbs: vec![
            (paths::LIST.to_owned(), "Задачи".to_owned()),
            (paths::show(id), stored.title.clone()),
        ],
        action: paths::edit(id),
        back: paths::show(id),
        saved_at: audit::last_saved(app, ("task", id.to_string()), (stored.updated_at, viewer.zone)).await?,
        hidden,
        choices,
        has_form: true,
    };
    page_with(StatusCode::CONFLICT, &page)
}
