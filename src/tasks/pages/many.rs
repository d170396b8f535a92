//! `/tasks/many/`: acts on many tasks.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::address::{ListQuery, address};
use super::form::people;
use super::{calendar, reader};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, FieldErrors, Result};
use crate::tasks::actions::{self, Chosen, Shown};
use crate::tasks::due;
use crate::tasks::many::{MOST, Row, UNDONE_WITHIN, Verdict, Wish};
use crate::tasks::paths;
use crate::values::{TaskActId, text, time};
use crate::web::{
    Form, Html, Layout, Opt, Path, Query, Section, Viewer, flash, own_path, page, page_with, see_other, see_other_with,
};

#[derive(Template)]
#[template(path = "tasks/many.html")]
struct NewPage {
    layout: Layout,
    count: String,
    titles: Vec<String>,
    rest: usize,
    /// What goes along unseen: which tasks are meant, and where it began.
    hidden: Vec<(&'static str, String)>,
    people: Vec<Opt>,
    form: WishForm,
    back: String,
    errors: FieldErrors,
}

/// Which tasks are meant: those of `id`, or all of a filter.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Meant {
    id: Vec<String>,
    all: String,
    back: String,
}

/// What is to be done, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WishForm {
    id: Vec<String>,
    /// The address of the list whose filter is meant; empty: those of `id`.
    list: String,
    back: String,
    /// `give`, `days` or `on`: the button that was pressed.
    wish: String,
    assignee: String,
    days: String,
    day: String,
}

impl WishForm {
    fn chosen(&self, viewer: &Viewer) -> Result<Chosen> {
        if self.list.is_empty() {
            let ids = self.id.iter().filter_map(|id| id.parse().ok());
            return Ok(Chosen::Ids(ids.collect()));
        }
        let (_, query) = self.list.split_once('?').unwrap_or_default();
        Ok(Chosen::All(Box::new(ListQuery::read(query).filter(&viewer.actor()?))))
    }

    fn wish(&self) -> Result<Wish> {
        match self.wish.as_str() {
            "give" => {
                let to = self.assignee.parse();
                Ok(Wish::Give(
                    to.map_err(|_| Error::field("assignee", "Выберите сотрудника."))?,
                ))
            }
            "on" => {
                let day = time::parse_date(&self.day);
                let day = day.filter(|day| (2000..2100).contains(&chrono::Datelike::year(day)));
                Ok(Wish::On(day.ok_or_else(|| Error::field("day", "Выберите день."))?))
            }
            _ => {
                let days = self.days.trim().trim_start_matches('+').replace('−', "-");
                let sentence = "Напишите число дней: 1, 7 или −1, чтобы перенести назад.";
                Ok(Wish::Days(days.parse().map_err(|_| Error::field("days", sentence))?))
            }
        }
    }
}

/// `GET /tasks/many/new/`: what is to be done with the chosen ones.
pub(super) async fn new(
    State(app): State<App>,
    viewer: Viewer,
    Query(meant): Query<Meant>,
    Query(list): Query<ListQuery>,
) -> Html {
    let actor = viewer.actor()?;
    let list = if meant.all == "1" {
        address(&list.filter(&actor))
    } else {
        String::new()
    };
    let form = WishForm {
        back: if meant.back.is_empty() {
            list.clone()
        } else {
            meant.back
        },
        id: meant.id,
        list,
        ..WishForm::default()
    };
    draw(&app, &viewer, form, FieldErrors::default()).await
}

async fn draw(app: &App, viewer: &Viewer, form: WishForm, errors: FieldErrors) -> Html {
    /// Titles that are named.
    const NAMED: usize = 5;
    let actor = viewer.actor()?;
    let back = if form.back.is_empty() {
        paths::LIST.to_owned()
    } else {
        own_path(&form.back).to_owned()
    };
    let tasks = match actions::chosen(app, reader(app, viewer, &actor), &form.chosen(viewer)?).await {
        Ok(tasks) => tasks,
        Err(Error::Invalid(errors)) => {
            let sentence = errors.sentences().next().unwrap_or_default().to_owned();
            return see_other_with(&back, &flash("warning", sentence));
        }
        Err(error) => return Err(error.into()),
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut hidden = vec![("back", form.back.clone()), ("list", form.list.clone())];
    hidden.extend(form.id.iter().take(MOST).map(|id| ("id", id.clone())));
    let new = NewPage {
        layout: viewer.layout(Section::Tasks),
        count: text::count(
            i64::try_from(tasks.len()).unwrap_or(i64::MAX),
            ["задача", "задачи", "задач"],
        ),
        rest: tasks.len().saturating_sub(NAMED),
        titles: tasks.into_iter().take(NAMED).map(|task| task.title).collect(),
        people: people(app, viewer, &actor, &form.assignee).await?,
        hidden,
        form,
        back,
        errors,
    };
    page_with(status, &new)
}

/// `POST /tasks/many/`: writes down what would be done and shows it.
pub(super) async fn prepare(State(app): State<App>, viewer: Viewer, Form(form): Form<WishForm>) -> Html {
    let actor = viewer.actor()?;
    let prepared = match form.wish() {
        Ok(wish) => {
            let chosen = form.chosen(&viewer)?;
            actions::prepare(&app, reader(&app, &viewer, &actor), (&chosen, wish), &form.back).await
        }
        Err(error) => Err(error),
    };
    match prepared {
        Ok(id) => see_other(&paths::many(id)),
        Err(Error::Invalid(errors)) => draw(&app, &viewer, form, errors).await,
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "tasks/many_act.html")]
struct ActPage {
    layout: Layout,
    title: String,
    path: String,
    back: String,
    counts: Vec<(&'static str, &'static str, String)>,
    rows: Vec<RowView>,
    has_more: bool,
    will: i64,
    is_draft: bool,
    is_undone: bool,
    /// Until when it can be taken back; empty: it cannot.
    undo_until: String,
}

struct RowView {
    show: String,
    title: String,
    verdict: &'static str,
    tone: &'static str,
    before: String,
    after: String,
}

/// `GET /tasks/many/<uuid>/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(id): Path<TaskActId>) -> Html {
    let shown = actions::act(&app, &viewer.actor()?, id).await?;
    let directory = accounts::directory(&app, viewer.stamp).await?;
    let calendar = calendar(&app, &viewer);
    let Shown { act, counts, rows } = shown;
    let until = act.done_at.filter(|_| act.can_be_undone(app.now()));
    let all: i64 = counts.iter().map(|(_, count)| count).sum();
    let row = |row: Row| {
        let typed = |due: Option<due::Due>| due.map_or_else(|| "без срока".to_owned(), |due| due.typed(viewer.zone));
        let (before, after) = match act.wish {
            Wish::Give(to) => (
                directory.person(Some(row.assignee)).to_owned(),
                directory.person(Some(to)).to_owned(),
            ),
            wish => (typed(row.due), typed(wish.due(row.due, calendar))),
        };
        RowView {
            show: paths::show(row.task),
            verdict: row.verdict.label(),
            tone: row.verdict.tone(),
            title: row.title,
            before,
            after,
        }
    };
    page(&ActPage {
        layout: viewer.layout(Section::Tasks),
        title: match act.wish {
            Wish::Give(to) => format!("Передать: {}", directory.person(Some(to))),
            Wish::On(day) => format!("Перенести на {}", time::date(day)),
            Wish::Days(days) if days < 0 => format!("Перенести назад на {}", day_count(-days)),
            Wish::Days(days) => format!("Перенести на {}", day_count(days)),
        },
        path: paths::many(id),
        back: if act.back.is_empty() {
            paths::LIST.to_owned()
        } else {
            own_path(&act.back).to_owned()
        },
        will: counts
            .iter()
            .find(|(verdict, _)| *verdict == Verdict::Will)
            .map_or(0, |(_, count)| *count),
        counts: counts
            .into_iter()
            .map(|(verdict, count)| (verdict.tone(), verdict.label(), text::number(count)))
            .collect(),
        has_more: all > i64::try_from(rows.len()).unwrap_or(i64::MAX),
        rows: rows.into_iter().map(row).collect(),
        is_draft: act.state == "draft",
        is_undone: act.state == "undone",
        undo_until: until
            .map(|at| time::relative(at + UNDONE_WITHIN, app.now(), viewer.zone))
            .unwrap_or_default(),
    })
}

fn day_count(days: i64) -> String {
    text::count(days, ["день", "дня", "дней"])
}

/// `POST /tasks/many/<uuid>/run/`
pub(super) async fn run(State(app): State<App>, viewer: Viewer, Path(id): Path<TaskActId>) -> Html {
    actions::run(&app, &viewer.actor()?, id, calendar(&app, &viewer)).await?;
    see_other_with(&paths::many(id), &flash("success", "Готово."))
}

/// `POST /tasks/many/<uuid>/undo/`
pub(super) async fn undo(State(app): State<App>, viewer: Viewer, Path(id): Path<TaskActId>) -> Html {
    match actions::undo(&app, &viewer.actor()?, id, calendar(&app, &viewer)).await {
        Ok(()) => see_other_with(&paths::many(id), &flash("success", "Задачи снова такие, какими были.")),
        Err(Error::Conflict(sentence)) => see_other_with(&paths::many(id), &flash("warning", sentence)),
        Err(error) => Err(error.into()),
    }
}
