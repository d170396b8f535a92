//! `/settings/trash/`

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use crate::app::App;
use crate::db::Place;
use crate::trash::model::Trashed;
use crate::trash::{actions, paths};
use crate::values::{text, time};
use crate::web::{Html, Layout, Query, Section, Viewer, page};

#[derive(Template)]
#[template(path = "trash/index.html")]
struct TrashPage {
    layout: Layout,
    q: String,
    rows: Vec<TrashRow>,
    before: Option<String>,
    after: Option<String>,
}

struct TrashRow {
    url: String,
    entity: &'static str,
    title: String,
    contents: String,
    reason: String,
    deleted_by: String,
    deleted_at: String,
    purge_at: String,
}

impl TrashRow {
    fn new(trashed: Trashed, app: &App, viewer: &Viewer) -> Self {
        Self {
            url: paths::item(trashed.id),
            entity: trashed.entity.label(),
            contents: trashed.contents.words(trashed.entity).join(", "),
            reason: text::excerpt(&trashed.reason, 120),
            deleted_at: time::relative(trashed.deleted_at, app.now(), viewer.zone),
            purge_at: time::date(trashed.purge_at.with_timezone(&viewer.zone).date_naive()),
            deleted_by: by(trashed.deleted_by),
            title: trashed.title,
        }
    }
}

/// «Имя Фамилия», or «Система».
pub(super) fn by(name: String) -> String {
    if name.is_empty() {
        "Система".to_owned()
    } else {
        name
    }
}

/// Which part of the trash is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    after: Option<String>,
    before: Option<String>,
}

/// `GET /settings/trash/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, Query(asked): Query<Asked>) -> Html {
    let place = Place::read(asked.after.as_deref(), asked.before.as_deref());
    let found = actions::list(&app, &viewer.actor()?, &asked.q, &place).await?;
    let way = |name: &str, cursor: Option<String>| {
        let cursor = cursor?;
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !asked.q.is_empty() {
            query.append_pair("q", &asked.q);
        }
        Some(format!(
            "{}?{}",
            paths::TRASH,
            query.append_pair(name, &cursor).finish()
        ))
    };
    page(&TrashPage {
        layout: viewer.layout(Section::Settings),
        before: way("before", found.before),
        after: way("after", found.after),
        rows: found
            .rows
            .into_iter()
            .map(|trashed| TrashRow::new(trashed, &app, &viewer))
            .collect(),
        q: asked.q,
    })
}
