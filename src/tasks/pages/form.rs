//! The form of a task: new, known, refused.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::{calendar, conflict};
use crate::accounts;
use crate::app::App;
use crate::companies::{self, Choices, Chooser};
use crate::db::submitted::Key;
use crate::dictionaries;
use crate::error::{Error, FieldErrors, Result};
use crate::policy::{Action, Actor, Ties, check, may};
use crate::tasks::actions::{Made, Wish};
use crate::tasks::forms::TaskForm;
use crate::tasks::model::Task;
use crate::tasks::{actions, due, paths};
use crate::values::{CompanyId, TaskId, text};
use crate::web::versions::Picked;
use crate::web::{
    Form, Html, Layout, Opt, Path, Query, Section, Viewer, flash, form_key, fragment, own_path, page, page_with,
    see_other_with,
};

#[derive(Template)]
#[template(path = "tasks/form.html")]
struct FormPage {
    layout: Layout,
    title: &'static str,
    action: String,
    back: String,
    /// An occurrence of a series: how far the change goes is asked.
    is_repeated: bool,
    /// The task's own page and name; none of a new one.
    task: Option<(String, String)>,
    form: TaskForm,
    /// How the date is understood.
    due: DueWords,
    company: Option<(String, String)>,
    /// At which cards a new task can be set at once; empty: not known, or just one.
    cards: String,
    choices: Choices,
    kinds: Vec<Opt>,
    people: Vec<Opt>,
    errors: FieldErrors,
}

/// How a typed date is understood.
#[derive(Template)]
#[template(path = "tasks/_due.html")]
struct DueWords {
    words: String,
    error: String,
}

impl askama::filters::HtmlSafe for DueWords {}

impl DueWords {
    fn of(app: &App, viewer: &Viewer, typed: &str) -> Self {
        let read = due::read(typed, app.now(), viewer.zone);
        let (words, error) = match read {
            Ok(Some(due)) => (due.in_full(viewer.zone), String::new()),
            Ok(None) => (String::new(), String::new()),
            Err(sentence) => (String::new(), sentence.to_owned()),
        };
        Self { words, error }
    }
}

/// A date that is being typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    due: String,
    next_due: String,
}

/// `GET /tasks/due/`: how a date is understood, while it is typed.
pub(super) async fn due_words(State(app): State<App>, viewer: Viewer, Query(typed): Query<Typed>) -> Html {
    let text = if typed.due.is_empty() {
        typed.next_due
    } else {
        typed.due
    };
    fragment(&DueWords::of(&app, &viewer, &text))
}

/// A company that is being looked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sought {
    q: String,
}

/// `GET /tasks/companies/`: the companies that a task may be set at, while they are looked for.
pub(super) async fn companies(State(app): State<App>, viewer: Viewer, Query(sought): Query<Sought>) -> Html {
    fragment(&choices(&app, &viewer, &sought.q, None).await?)
}

async fn choices(app: &App, viewer: &Viewer, q: &str, chosen: Option<CompanyId>) -> Result<Choices> {
    let chooser = Chooser {
        q,
        field: "company_id",
        chosen,
        but: None,
        action: Action::AddTask,
    };
    Choices::find(app, viewer, chooser).await
}

/// Those whom the actor may give tasks, oneself first; `present`: whoever has it now stays.
pub(super) async fn people(app: &App, viewer: &Viewer, actor: &Actor, chosen: &str) -> Result<Vec<Opt>> {
    let directory = accounts::directory(app, viewer.stamp).await?;
    let may_give = |person: &&accounts::Person| {
        let ties = Ties {
            own: actor.is(Some(person.id)),
            branch: person.branch.is_none() || actor.is_of(person.branch),
        };
        person.id.to_string() == chosen || (person.is_active && may(actor, Action::GiveTask, ties))
    };
    let mut people: Vec<_> = directory.people.iter().filter(may_give).collect();
    people.sort_by_key(|person| !actor.is(Some(person.id)));
    let own = actor.user.map(|user| user.to_string()).unwrap_or_default();
    let chosen = if chosen.is_empty() { own } else { chosen.to_owned() };
    let option = |person: &accounts::Person| {
        let name = if actor.is(Some(person.id)) {
            format!("Я, {}", person.name)
        } else {
            person.name.clone()
        };
        Opt::new(person.id, name, person.id.to_string() == chosen)
    };
    Ok(people.into_iter().map(option).collect())
}

pub(super) async fn kinds(app: &App, viewer: &Viewer, chosen: &str) -> Result<Vec<Opt>> {
    let dictionaries = dictionaries::kept(app, viewer.stamp).await?;
    let kinds = dictionaries.task_types.iter();
    let kinds = kinds.map(|kind| {
        (
            kind.is_active,
            Opt::new(kind.id, &kind.name, kind.id.to_string() == chosen),
        )
    });
    Ok(kinds
        .filter(|(is_active, option)| *is_active || option.selected)
        .map(|(_, option)| option)
        .collect())
}

/// The page with what is typed.
async fn draw(
    app: &App,
    viewer: &Viewer,
    task: Option<&Task>,
    form: TaskForm,
    errors: FieldErrors,
) -> Result<FormPage> {
    let actor = viewer.actor()?;
    let chosen: Option<CompanyId> = form.company_id.parse().ok();
    let (mut company, mut cards) = (None, String::new());
    if let Some(id) = chosen {
        let mut conn = app.db.acquire().await?;
        let found = companies::find(&mut conn, &actor, id).await;
        company = found.ok().map(|company| (id.to_string(), company.fields.name));
        if task.is_none() {
            cards = cards_in_words(actions::organisation(&mut conn, &actor, id).await?);
        }
    }
    let shown = task.map(|task| paths::show(task.id));
    let back = if form.back.is_empty() {
        shown.clone().unwrap_or_else(|| paths::LIST.to_owned())
    } else {
        own_path(&form.back).to_owned()
    };
    Ok(FormPage {
        layout: viewer.layout(Section::Tasks),
        title: if task.is_some() {
            "Изменить задачу"
        } else {
            "Новая задача"
        },
        action: task.map_or_else(|| paths::NEW.to_owned(), |task| paths::edit(task.id)),
        back,
        due: DueWords::of(app, viewer, &form.due),
        choices: choices(app, viewer, &form.q, None).await?,
        kinds: kinds(app, viewer, &form.kind).await?,
        people: people(app, viewer, &actor, &form.assignee).await?,
        is_repeated: task.is_some_and(|task| task.occurrence.is_some()),
        task: shown.zip(task.map(|task| task.title.clone())),
        company,
        cards,
        form,
        errors,
    })
}

/// «Карточек: 5. Ещё 2 вы менять не можете: «А», «Б».»; empty: the company stands alone.
fn cards_in_words(members: Vec<(CompanyId, String, bool)>) -> String {
    if members.len() < 2 {
        return String::new();
    }
    let (allowed, others): (Vec<_>, Vec<_>) = members.into_iter().partition(|(_, _, may)| *may);
    let names: Vec<String> = others.iter().map(|(_, name, _)| format!("«{name}»")).collect();
    match names.len() {
        0 => format!("Карточек: {}.", allowed.len()),
        count => format!(
            "Карточек: {}. Ещё {count} вы менять не можете, там задачи не будет: {}.",
            allowed.len(),
            names.join(", ")
        ),
    }
}

/// What is said of what was set.
fn made_in_words(made: &Made) -> String {
    let mut words = if made.cards > 1 {
        format!("Задача поставлена, карточек организации: {}.", made.cards)
    } else {
        "Задача поставлена.".to_owned()
    };
    if !made.skipped.is_empty() {
        let names: Vec<String> = made.skipped.iter().map(|name| format!("«{name}»")).collect();
        let skipped = format!(
            " Пропущено {}, их вы менять не можете: {}.",
            names.len(),
            names.join(", ")
        );
        words.push_str(&skipped);
    }
    // It travels in a cookie.
    text::excerpt(&words, 900)
}

/// Where a new task comes from.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    company: String,
    title: String,
    due: String,
    back: String,
}

/// `GET /tasks/new/`
pub(super) async fn new(State(app): State<App>, viewer: Viewer, Query(asked): Query<Asked>) -> Html {
    let form = TaskForm {
        company_id: asked.company,
        title: asked.title,
        due: asked.due,
        back: asked.back,
        form_key: form_key(),
        ..TaskForm::default()
    };
    page(&draw(&app, &viewer, None, form, FieldErrors::default()).await?)
}

/// `POST /tasks/new/`
pub(super) async fn create(State(app): State<App>, viewer: Viewer, Form(form): Form<TaskForm>) -> Html {
    let actor = viewer.actor()?;
    if form.find.is_some() {
        return page(&draw(&app, &viewer, None, form, FieldErrors::default()).await?);
    }
    let meant = form.parse(actor.user, calendar(&app, &viewer));
    let made = match meant {
        Ok((fields, repeat)) => {
            let wish = Wish {
                fields: &fields,
                repeat: repeat.as_ref(),
                is_everywhere: form.everywhere == "1",
            };
            let key = form.form_key.parse().ok().map(Key::Form);
            actions::create(&app, &actor, wish, key, calendar(&app, &viewer)).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => {
            let back = if form.back.is_empty() {
                paths::show(made.id)
            } else {
                own_path(&form.back).to_owned()
            };
            see_other_with(&back, &flash("success", made_in_words(&made)))
        }
        Err(Error::Invalid(errors)) => {
            let page = draw(&app, &viewer, None, form, errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /tasks/<uuid>/edit/`
pub(super) async fn edit(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<TaskId>,
    Query(asked): Query<Asked>,
) -> Html {
    let actor = viewer.actor()?;
    let task = actions::find(&app, &actor, id).await?;
    check(&actor, Action::EditTask, task.ties(&actor, Action::EditTask))?;
    let series = actions::series_of(&app, &task).await?;
    let form = TaskForm {
        back: asked.back,
        seen: conflict::fingerprint(&app, &viewer, &task).await?,
        ..TaskForm::of(&task, series.as_ref(), calendar(&app, &viewer))
    };
    page(&draw(&app, &viewer, Some(&task), form, FieldErrors::default()).await?)
}

/// `POST /tasks/<uuid>/edit/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<TaskId>,
    Picked(mut form, picks): Picked<TaskForm>,
) -> Html {
    let actor = viewer.actor()?;
    let stored = actions::find(&app, &actor, id).await?;
    check(&actor, Action::EditTask, stored.ties(&actor, Action::EditTask))?;
    let present = TaskForm::of(&stored, None, calendar(&app, &viewer));
    picks
        .theirs()
        .for_each(|field| conflict::take(&mut form, field, &present));
    if form.find.is_some() || picks.wants_form {
        let page_of = draw(&app, &viewer, Some(&stored), form, FieldErrors::default());
        return page(&page_of.await?);
    }
    match save(&app, &viewer, &stored, &form).await {
        Ok(()) => saved(id, &form),
        Err(Error::Invalid(errors)) => {
            let page = draw(&app, &viewer, Some(&stored), form, errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(Error::Conflict(_)) => conflict::settle(&app, &viewer, id, form).await,
        Err(error) => Err(error.into()),
    }
}

/// Whoever has the task keeps it unless the form names another.
pub(super) async fn save(app: &App, viewer: &Viewer, stored: &Task, form: &TaskForm) -> Result<()> {
    let calendar = calendar(app, viewer);
    let (fields, repeat) = form.parse(Some(stored.assignee), calendar)?;
    let wish = (&fields, repeat.as_ref(), form.reach());
    actions::update(app, &viewer.actor()?, (stored.id, form.version), wish, calendar).await
}

pub(super) fn saved(id: TaskId, form: &TaskForm) -> Html {
    let back = if form.back.is_empty() {
        paths::show(id)
    } else {
        own_path(&form.back).to_owned()
    };
    see_other_with(&back, &flash("success", "Задача сохранена."))
}
