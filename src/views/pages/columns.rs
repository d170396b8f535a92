//! `/companies/view/`: which columns, in which order, how many rows.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::views::model::{self, Column, ListSettings, PAGE_SIZES};
use crate::views::{actions, paths};
use crate::web::{Form, Html, Layout, Opt, Query, Section, Viewer, flash, page, page_with, see_other, see_other_with};

#[derive(Template)]
#[template(path = "views/columns.html")]
struct ColumnsPage {
    layout: Layout,
    rows: Vec<Row>,
    sizes: Vec<Opt>,
    errors: FieldErrors,
    /// The query of the list to come back to.
    back: String,
    back_url: String,
}

struct Row {
    code: &'static str,
    label: &'static str,
    is_shown: bool,
    is_first: bool,
    is_last: bool,
}

impl ColumnsPage {
    /// `order`: the chosen columns among the others as the person sees them.
    fn new(viewer: &Viewer, order: &[Column], settings: &ListSettings, back: String) -> Self {
        let last = order.len().saturating_sub(1);
        let row = |(place, column): (usize, &Column)| Row {
            code: column.code(),
            label: column.label(),
            is_shown: settings.columns.contains(column),
            is_first: place == 0,
            is_last: place == last,
        };
        Self {
            layout: viewer.layout(Section::Companies),
            rows: order.iter().enumerate().map(row).collect(),
            sizes: PAGE_SIZES
                .map(|size| Opt::new(size, size.to_string(), size == settings.page_size))
                .to_vec(),
            errors: FieldErrors::default(),
            back_url: paths::list(&back),
            back,
        }
    }
}

/// These first, the remaining ones after them.
fn all_after(first: &[Column]) -> Vec<Column> {
    let others = Column::ALL.into_iter().filter(|column| !first.contains(column));
    first.iter().copied().chain(others).collect()
}

/// Where to come back to.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Back {
    back: String,
}

/// `GET /companies/view/`
pub(super) async fn edit(State(app): State<App>, viewer: Viewer, Query(query): Query<Back>) -> Html {
    let settings = actions::settings(&app, &viewer.actor()?).await?;
    page(&ColumnsPage::new(
        &viewer,
        &all_after(&settings.columns),
        &settings,
        query.back,
    ))
}

/// The form: all columns in their order, the ticked ones, and perhaps a step of one of them.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    order: Vec<String>,
    column: Vec<String>,
    size: String,
    /// `up:inn` or `down:inn`: one place, without saving.
    step: String,
    /// «Как было сначала»
    reset: Option<String>,
    back: String,
}

impl Typed {
    fn order(&self) -> Vec<Column> {
        let mut order = all_after(&model::columns(self.order.iter().map(String::as_str)));
        if let Some((way, code)) = self.step.split_once(':') {
            let at = order.iter().position(|column| column.code() == code);
            let to = at.and_then(|at| {
                if way == "up" {
                    at.checked_sub(1)
                } else {
                    at.checked_add(1)
                }
            });
            if let (Some(at), Some(to)) = (at, to.filter(|to| *to < order.len())) {
                order.swap(at, to);
            }
        }
        order
    }

    fn ticked(&self) -> Vec<Column> {
        let ticked = model::columns(self.column.iter().map(String::as_str));
        self.order()
            .into_iter()
            .filter(|column| ticked.contains(column))
            .collect()
    }
}

/// `POST /companies/view/`
pub(super) async fn update(State(app): State<App>, viewer: Viewer, Form(typed): Form<Typed>) -> Html {
    let actor = viewer.actor()?;
    if typed.reset.is_some() {
        actions::set_columns(&app, &actor, None).await?;
        return see_other_with(&paths::list(&typed.back), &flash("success", "Колонки снова обычные."));
    }
    let wanted = ListSettings {
        columns: typed.ticked(),
        page_size: typed.size.parse().unwrap_or_default(),
    };
    let drawn = ColumnsPage::new(&viewer, &typed.order(), &wanted, typed.back.clone());
    if !typed.step.is_empty() {
        return page(&drawn);
    }
    if let Err(error) = actions::set_page_size(&app, &actor, &typed.size).await {
        let Error::Invalid(errors) = error else {
            return Err(error.into());
        };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &ColumnsPage { errors, ..drawn });
    }
    actions::set_columns(&app, &actor, Some(&wanted.columns)).await?;
    see_other_with(&paths::list(&typed.back), &flash("success", "Вид списка сохранён."))
}

/// The list's own select of how many rows a page has.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Size {
    size: String,
    back: String,
}

/// `POST /companies/view/size/`
pub(super) async fn resize(State(app): State<App>, viewer: Viewer, Form(typed): Form<Size>) -> Html {
    actions::set_page_size(&app, &viewer.actor()?, &typed.size).await?;
    see_other(&paths::list(&typed.back))
}
