//! Acts on one task: taking it on, putting it off, finishing it, removing it.

use axum::extract::State;
use serde::Deserialize;

use super::calendar;
use super::show::{ClosingForm, Refused, draw};
use crate::app::App;
use crate::error::{Error, FieldErrors, Result};
use crate::tasks::actions::{Outcome, Shift};
use crate::tasks::forms::TaskForm;
use crate::tasks::model::{Fields, Status};
use crate::tasks::{actions, due, paths};
use crate::values::{TaskId, text, time};
use crate::web::{Form, Html, Path, Viewer, flash, own_path, see_other_with};

/// Back to where the act was asked for.
fn done(back: &str, id: TaskId, sentence: &str) -> Html {
    let back = if back.is_empty() {
        paths::show(id)
    } else {
        own_path(back).to_owned()
    };
    see_other_with(&back, &flash("success", sentence))
}

/// Another status.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct StatusForm {
    status: String,
    back: String,
}

/// `POST /tasks/<uuid>/status/`
pub(super) async fn status(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<TaskId>,
    Form(form): Form<StatusForm>,
) -> Html {
    let status = Status::from_code(&form.status).ok_or(Error::NotFound)?;
    let task = actions::set_status(&app, &viewer.actor()?, id, status).await?;
    let title = text::excerpt(&task.title, 80);
    let sentence = match status {
        Status::New => format!("«{title}» снова новая."),
        Status::InProgress => format!("«{title}» в работе."),
        Status::Done => format!("«{title}» выполнена."),
        Status::Cancelled => format!("«{title}» отменена."),
    };
    done(&form.back, id, &sentence)
}

/// `POST /tasks/<uuid>/complete/`
pub(super) async fn complete(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<TaskId>,
    Form(form): Form<ClosingForm>,
) -> Html {
    match close(&app, &viewer, id, &form).await {
        Ok(sentence) => done(&form.back, id, &sentence),
        Err(Error::Invalid(errors)) => {
            let refused = Refused {
                closing: form,
                errors,
                ..Refused::default()
            };
            draw(&app, &viewer, id, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn close(app: &App, viewer: &Viewer, id: TaskId, form: &ClosingForm) -> Result<String> {
    let actor = viewer.actor()?;
    let task = actions::find(app, &actor, id).await?;
    let status = if form.status == Status::Cancelled.code() {
        Status::Cancelled
    } else {
        Status::Done
    };
    let next = next_task(app, viewer, &task, form)?;
    let outcome = Outcome {
        status,
        result: &form.result,
        next: next.as_ref(),
    };
    actions::complete(app, &actor, id, outcome).await?;
    let title = text::excerpt(&task.title, 80);
    let word = if status == Status::Done {
        "выполнена"
    } else {
        "отменена"
    };
    Ok(match next {
        Some(next) => format!("«{title}» {word}. Следующая: «{}».", text::excerpt(&next.title, 80)),
        None => format!("«{title}» {word}."),
    })
}

/// The task that follows, when one was typed.
fn next_task(
    app: &App,
    viewer: &Viewer,
    task: &crate::tasks::model::Task,
    form: &ClosingForm,
) -> Result<Option<Fields>> {
    if form.next_title.trim().is_empty() {
        if form.next_due.trim().is_empty() {
            return Ok(None);
        }
        return Err(Error::field(
            "next_title",
            "Напишите, что сделать следующим, или уберите срок.",
        ));
    }
    let typed = TaskForm {
        title: form.next_title.clone(),
        due: form.next_due.clone(),
        kind: form.next_kind.clone(),
        assignee: form.next_assignee.clone(),
        company_id: task.company.map(|company| company.to_string()).unwrap_or_default(),
        ..TaskForm::default()
    };
    match typed.parse(Some(task.assignee), calendar(app, viewer)) {
        Ok((fields, _)) => Ok(Some(fields)),
        // The fields of this form have names of their own.
        Err(Error::Invalid(errors)) => {
            let mut renamed = FieldErrors::default();
            for (field, name) in [
                ("title", "next_title"),
                ("due", "next_due"),
                ("assignee", "next_assignee"),
            ] {
                if !errors.get(field).is_empty() {
                    renamed.add(name, errors.get(field));
                }
            }
            Err(Error::Invalid(renamed))
        }
        Err(error) => Err(error),
    }
}

/// Where a date goes: a number of days, a day, or words.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ShiftForm {
    /// So many days from today.
    days: String,
    /// To this day, «ГГГГ-ММ-ДД», at the same time.
    day: String,
    /// In words.
    due: String,
    back: String,
}

/// `POST /tasks/<uuid>/move/`
pub(super) async fn shift(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<TaskId>,
    Form(form): Form<ShiftForm>,
) -> Html {
    let calendar = calendar(&app, &viewer);
    let shifted = match wanted(&form, calendar) {
        Ok(wanted) => actions::shift(&app, &viewer.actor()?, id, wanted, calendar).await,
        Err(error) => Err(error),
    };
    match shifted {
        Ok(Some(due)) => done(
            &form.back,
            id,
            &format!("Срок: {}.", due.words(calendar.now, calendar.zone)),
        ),
        Ok(None) => done(&form.back, id, "Теперь у задачи нет срока."),
        Err(Error::Invalid(errors)) => {
            let refused = Refused {
                errors,
                ..Refused::default()
            };
            draw(&app, &viewer, id, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

fn wanted(form: &ShiftForm, calendar: actions::Calendar) -> Result<Shift> {
    let unreadable = || Error::field("due", due::UNREADABLE);
    if !form.days.is_empty() {
        let days: i64 = form.days.parse().map_err(|_| unreadable())?;
        let today = due::wall(calendar.now, calendar.zone).date();
        let day = chrono::TimeDelta::try_days(days).and_then(|days| today.checked_add_signed(days));
        return Ok(Shift::On(day.ok_or_else(unreadable)?));
    }
    if !form.day.is_empty() {
        return Ok(Shift::On(time::parse_date(&form.day).ok_or_else(unreadable)?));
    }
    let due = due::read(&form.due, calendar.now, calendar.zone).map_err(|sentence| Error::field("due", sentence))?;
    Ok(Shift::To(due))
}

/// Only where to go back to.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct BackForm {
    back: String,
}

/// `POST /tasks/<uuid>/delete/`
pub(super) async fn delete(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<TaskId>,
    Form(form): Form<BackForm>,
) -> Html {
    actions::delete(&app, &viewer.actor()?, (id, None), calendar(&app, &viewer)).await?;
    let back = if form.back.is_empty() {
        paths::LIST
    } else {
        own_path(&form.back)
    };
    see_other_with(
        back,
        &flash("success", "Задача удалена. Что в ней было, осталось в журнале."),
    )
}
