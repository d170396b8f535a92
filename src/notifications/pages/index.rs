//! `/notifications/`: all that one was told, read and unread.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use crate::app::App;
use crate::db::Place;
use crate::notifications::model::{Filter, Kind, Told};
use crate::notifications::{actions, paths};
use crate::values::time;
use crate::web::{Html, Layout, Opt, Query, Section, Viewer, page};

#[derive(Template)]
#[template(path = "notifications/index.html")]
struct IndexPage {
    layout: Layout,
    kinds: Vec<Opt>,
    states: Vec<Opt>,
    is_narrowed: bool,
    rows: Vec<Row>,
    /// The moment up to which «Прочитать все» reads.
    until: String,
    back: String,
    previous: Option<String>,
    next: Option<String>,
}

struct Row {
    icon: &'static str,
    title: String,
    body: String,
    at: String,
    /// Opens what it is about, by `POST`; empty: nothing to open.
    open: String,
    /// Marks it read, by `POST`.
    read: String,
    is_read: bool,
}

/// What is chosen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct IndexQuery {
    kind: String,
    state: String,
    after: Option<String>,
    before: Option<String>,
}

impl IndexQuery {
    fn filter(&self) -> Filter {
        Filter {
            kind: Kind::read(&self.kind),
            is_unread: self.state == "unread",
        }
    }

    /// The same list at another place.
    fn address(&self, place: Option<(&str, &str)>) -> String {
        let pairs = [("kind", self.kind.as_str()), ("state", self.state.as_str())]
            .into_iter()
            .chain(place);
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs.filter(|(_, value)| !value.is_empty()))
            .finish();
        if query.is_empty() {
            paths::LIST.to_owned()
        } else {
            format!("{}?{query}", paths::LIST)
        }
    }
}

/// `GET /notifications/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, Query(query): Query<IndexQuery>) -> Html {
    let actor = viewer.actor()?;
    let filter = query.filter();
    let place = Place::read(query.after.as_deref(), query.before.as_deref());
    let found = actions::list(&app, &actor, filter, &place).await?;
    let layout = viewer.layout(Section::None);
    page(&IndexPage {
        kinds: Kind::ALL
            .into_iter()
            .filter(|kind| kind.concerns(&actor))
            .map(|kind| Opt::new(kind.code(), kind.label(), filter.kind == Some(kind)))
            .collect(),
        states: vec![Opt::new("unread", "Непрочитанные", filter.is_unread)],
        is_narrowed: filter.kind.is_some() || filter.is_unread,
        previous: found
            .before
            .as_deref()
            .map(|cursor| query.address(Some(("before", cursor)))),
        next: found
            .after
            .as_deref()
            .map(|cursor| query.address(Some(("after", cursor)))),
        back: query.address(None),
        until: layout.bell.until.clone(),
        rows: found.rows.into_iter().map(|told| row(&app, &viewer, told)).collect(),
        layout,
    })
}

fn row(app: &App, viewer: &Viewer, told: Told) -> Row {
    Row {
        icon: Kind::read(&told.kind).map_or("bell", Kind::icon),
        open: if told.url.is_empty() {
            String::new()
        } else {
            paths::open(told.id)
        },
        read: paths::read(told.id),
        at: time::relative(told.created_at, app.now(), viewer.zone),
        title: told.title,
        body: told.body,
        is_read: told.is_read,
    }
}
