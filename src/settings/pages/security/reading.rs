//! `/settings/security/reading/`: how many cards a person may open, and who opened how many today.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::App;
use crate::budget::{self, Limits, Reader};
use crate::error::{Error, FieldErrors};
use crate::settings::paths;
use crate::values::{Origin, text};
use crate::web::{Form, Html, Layout, Section, Viewer, flash, page_with, see_other_with};

#[derive(Template)]
#[template(path = "settings/reading.html")]
struct ReadingPage {
    layout: Layout,
    typed: Typed,
    seen: Limits,
    rows: Vec<Row>,
    errors: FieldErrors,
    conflict: &'static str,
}

struct Row {
    url: String,
    name: String,
    in_hour: String,
    in_day: String,
    tone: &'static str,
    mark: &'static str,
}

/// What was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::settings) struct Typed {
    per_hour: String,
    per_day: String,
    seen_hour: String,
    seen_day: String,
}

impl Typed {
    fn of(limits: Limits) -> Self {
        Self {
            per_hour: limits.per_hour.to_string(),
            per_day: limits.per_day.to_string(),
            ..Self::default()
        }
    }

    fn seen(&self) -> Option<Limits> {
        Some(Limits {
            per_hour: self.seen_hour.parse().ok()?,
            per_day: self.seen_day.parse().ok()?,
        })
    }
}

/// `GET /settings/security/reading/`
pub(in crate::settings) async fn show(State(app): State<App>, viewer: Viewer) -> Html {
    draw(&app, &viewer, None, (StatusCode::OK, FieldErrors::default(), "")).await
}

/// `POST /settings/security/reading/`
pub(in crate::settings) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    origin: Origin,
    Form(typed): Form<Typed>,
) -> Html {
    let limits = ([typed.per_hour.as_str(), typed.per_day.as_str()], typed.seen());
    let refused = match budget::set_limits(&app, &viewer.actor()?, &origin, limits).await {
        Ok(()) => {
            return see_other_with(
                paths::READING,
                &flash("success", "Пределы сохранены, они уже действуют."),
            );
        }
        Err(Error::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, errors, ""),
        Err(Error::Conflict(sentence)) => (StatusCode::CONFLICT, FieldErrors::default(), sentence),
        Err(error) => return Err(error.into()),
    };
    draw(&app, &viewer, Some(typed), refused).await
}

async fn draw(
    app: &App,
    viewer: &Viewer,
    typed: Option<Typed>,
    (status, errors, conflict): (StatusCode, FieldErrors, &'static str),
) -> Html {
    let actor = viewer.actor()?;
    let seen = budget::limits(app, &actor).await?;
    let readers = budget::overview(app, &actor).await?;
    page_with(
        status,
        &ReadingPage {
            layout: viewer.layout(Section::Settings),
            typed: typed.unwrap_or_else(|| Typed::of(seen)),
            seen,
            rows: readers.into_iter().map(row).collect(),
            errors,
            conflict,
        },
    )
}

fn row(reader: Reader) -> Row {
    let (tone, mark) = match (reader.is_over, reader.is_near) {
        (true, _) => ("danger", "Предел"),
        (false, true) => ("warm", "Близко к пределу"),
        (false, false) => ("", ""),
    };
    Row {
        url: paths::user(reader.id),
        name: reader.name,
        in_hour: text::number(reader.in_hour),
        in_day: text::number(reader.in_day),
        tone,
        mark,
    }
}
