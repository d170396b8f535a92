//! `/settings/security/second-factor/`: for which roles a second factor is required.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::accounts::{self, FactorRule};
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::settings::paths;
use crate::values::{Origin, text};
use crate::web::{Form, Html, Layout, Section, Viewer, flash, page_with, see_other_with};

#[derive(Template)]
#[template(path = "settings/factor_rules.html")]
struct RulesPage {
    layout: Layout,
    rows: Vec<Row>,
    errors: FieldErrors,
    conflict: &'static str,
}

struct Row {
    role: &'static str,
    label: &'static str,
    is_required: bool,
    is_chosen: bool,
    /// «3 человека, без второго фактора: Иванова и ещё 1».
    about: String,
}

/// What was chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::settings) struct Chosen {
    role: Vec<String>,
    seen: Vec<String>,
}

async fn show(app: &App, viewer: &Viewer, chosen: Option<&Chosen>, refused: Refused) -> Html {
    let rules = accounts::factor_rules(app, &viewer.actor()?).await?;
    let row = |rule: FactorRule| Row {
        is_chosen: chosen.map_or(rule.is_required, |chosen| {
            chosen.role.iter().any(|role| role == rule.role)
        }),
        about: about(&rule),
        role: rule.role,
        label: rule.label,
        is_required: rule.is_required,
    };
    page_with(
        refused.status,
        &RulesPage {
            layout: viewer.layout(Section::Settings),
            rows: rules.into_iter().map(row).collect(),
            errors: refused.errors,
            conflict: refused.conflict,
        },
    )
}

struct Refused {
    status: StatusCode,
    errors: FieldErrors,
    conflict: &'static str,
}

impl Default for Refused {
    fn default() -> Self {
        Self {
            status: StatusCode::OK,
            errors: FieldErrors::default(),
            conflict: "",
        }
    }
}

fn about(rule: &FactorRule) -> String {
    const NAMED: usize = 3;
    if rule.people == 0 {
        return "Никого с этой ролью нет".to_owned();
    }
    let people = text::count(rule.people, ["человек", "человека", "человек"]);
    let names = rule.without.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match rule.without.len() {
        0 => format!("{people}, второй фактор у всех"),
        1..=NAMED => format!("{people}, без второго фактора: {names}"),
        all => format!("{people}, без второго фактора: {names} и ещё {}", all - NAMED),
    }
}

/// `GET /settings/security/second-factor/`
pub(in crate::settings) async fn rules(State(app): State<App>, viewer: Viewer) -> Html {
    show(&app, &viewer, None, Refused::default()).await
}

/// `POST /settings/security/second-factor/`
pub(in crate::settings) async fn set_rules(
    State(app): State<App>,
    viewer: Viewer,
    origin: Origin,
    Form(form): Form<Chosen>,
) -> Html {
    let wanted = accounts::roles_of(&form.role);
    let seen = accounts::roles_of(&form.seen);
    match accounts::set_factor_rules(&app, &viewer.actor()?, &origin, &wanted, &seen).await {
        Ok(ended) => {
            let sentence = match i64::try_from(ended).unwrap_or(i64::MAX) {
                0 => "Правила сохранены.".to_owned(),
                ended => format!(
                    "Правила сохранены, завершено: {}.",
                    text::count(ended, ["сеанс", "сеанса", "сеансов"])
                ),
            };
            see_other_with(paths::FACTOR_RULES, &flash("success", sentence))
        }
        Err(Error::Invalid(errors)) => {
            let refused = Refused {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                errors,
                ..Refused::default()
            };
            show(&app, &viewer, Some(&form), refused).await
        }
        Err(Error::Conflict(conflict)) => {
            let refused = Refused {
                status: StatusCode::CONFLICT,
                conflict,
                ..Refused::default()
            };
            show(&app, &viewer, Some(&form), refused).await
        }
        Err(error) => Err(error.into()),
    }
}
