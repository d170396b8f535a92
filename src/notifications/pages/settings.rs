//! `/notifications/settings/`: what one wants to hear of.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use crate::app::App;
use crate::notifications::model::Kind;
use crate::notifications::{actions, paths};
use crate::web::{Form, Html, Layout, Section, Viewer, flash, page, see_other_with};

#[derive(Template)]
#[template(path = "notifications/settings.html")]
struct SettingsPage {
    layout: Layout,
    kinds: Vec<KindRow>,
}

struct KindRow {
    code: &'static str,
    label: &'static str,
    hint: &'static str,
    is_on: bool,
}

/// `POST /notifications/settings/`
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SettingsForm {
    kind: Vec<String>,
}

/// `GET /notifications/settings/`
pub(super) async fn edit(State(app): State<App>, viewer: Viewer) -> Html {
    let settings = actions::settings(&app, &viewer.actor()?).await?;
    let row = |(kind, is_on): (Kind, bool)| KindRow {
        code: kind.code(),
        label: kind.label(),
        hint: kind.hint(),
        is_on,
    };
    page(&SettingsPage {
        layout: viewer.layout(Section::None),
        kinds: settings.into_iter().map(row).collect(),
    })
}

/// `POST /notifications/settings/`
pub(super) async fn update(State(app): State<App>, viewer: Viewer, Form(form): Form<SettingsForm>) -> Html {
    let wanted: Vec<Kind> = form.kind.iter().filter_map(|code| Kind::read(code)).collect();
    actions::set_settings(&app, &viewer.actor()?, &wanted).await?;
    see_other_with(
        paths::SETTINGS,
        &flash("success", "Сохранено: так вас будут уведомлять с этой минуты."),
    )
}
