//! An entry goes: it becomes one with another, or, when nobody has it, it is deleted.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::{detail, kind_of};
use crate::app::App;
use crate::companies;
use crate::dictionaries::{Entry, Kind};
use crate::error::{Error, FieldErrors};
use crate::settings::merging::{self, Merged, Preview};
use crate::settings::paths;
use crate::values::text;
use crate::web::{Form, Html, Layout, Opt, Path, Query, Section, Viewer, flash, page_with, see_other_with};

/// More than so many are moved for longer than one likes to wait.
const MANY: i64 = 10_000;

#[derive(Template)]
#[template(path = "settings/remove_entry.html")]
struct RemovePage {
    layout: Layout,
    kind: Kind,
    list: String,
    edit: String,
    action: String,
    name: String,
    /// «1 234 компании»; empty: none has it.
    count: String,
    /// Address and name of some of them.
    some: Vec<(String, String)>,
    others: Vec<Opt>,
    /// What takes over; `None`: not yet chosen.
    heir: Option<Heir>,
    is_long: bool,
    errors: FieldErrors,
}

/// What is to take over.
struct Heir {
    key: String,
    name: String,
    /// How many have it already; empty: none.
    both: String,
    /// What changes with it: the terms, the zone. Old and new.
    detail: Option<(String, String)>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::settings) struct Chosen {
    to: String,
}

fn heir(kind: Kind, old: &Entry, new: &Entry, both: i64) -> Heir {
    let details = (detail(kind, old), detail(kind, new));
    Heir {
        key: new.key.clone(),
        name: new.name.clone(),
        both: if both == 0 {
            String::new()
        } else {
            text::count(both, merging::at(kind))
        },
        detail: (matches!(kind, Kind::Contract | Kind::Region) && details.0 != details.1).then_some(details),
    }
}

fn draw(viewer: &Viewer, kind: Kind, preview: Preview, to: &str, errors: FieldErrors) -> Html {
    let Preview {
        entry,
        others,
        holders,
        both,
    } = preview;
    let chosen = others.iter().find(|other| other.key == to);
    let some = holders.some.into_iter();
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = RemovePage {
        layout: viewer.layout(Section::Settings),
        list: paths::dictionary(kind),
        edit: paths::entry(kind, &entry.key, "edit"),
        action: paths::entry(kind, &entry.key, "remove"),
        count: if holders.count == 0 {
            String::new()
        } else {
            text::count(holders.count, merging::holders_of(kind))
        },
        some: some
            .map(|company| (companies::paths::show(company.id), company.name))
            .collect(),
        heir: chosen.map(|new| heir(kind, &entry, new, both)),
        others: others
            .iter()
            .map(|other| Opt::new(&other.key, &other.name, other.key == to))
            .collect(),
        is_long: holders.count > MANY,
        name: entry.name,
        kind,
        errors,
    };
    page_with(status, &page)
}

/// `GET /settings/dictionaries/{kind}/{key}/remove/`
pub(in crate::settings) async fn ask(
    State(app): State<App>,
    viewer: Viewer,
    Path((code, key)): Path<(String, String)>,
    Query(chosen): Query<Chosen>,
) -> Html {
    let kind = kind_of(&code)?;
    let preview = merging::preview(&app, &viewer.actor()?, kind, &key, &chosen.to).await?;
    draw(&viewer, kind, preview, &chosen.to, FieldErrors::default())
}

/// `POST /settings/dictionaries/{kind}/{key}/remove/`
pub(in crate::settings) async fn remove(
    State(app): State<App>,
    viewer: Viewer,
    Path((code, key)): Path<(String, String)>,
    Form(chosen): Form<Chosen>,
) -> Html {
    let kind = kind_of(&code)?;
    let actor = viewer.actor()?;
    let done = if chosen.to.is_empty() {
        merging::delete(&app, &actor, kind, (&key, None))
            .await
            .map(|()| flash("success", "Удалено."))
    } else {
        let merged = merging::merge(&app, &actor, kind, &key, &chosen.to).await;
        merged.map(|merged| word(kind, merged))
    };
    match done {
        Ok(word) => see_other_with(&paths::dictionary(kind), &word),
        Err(Error::Invalid(errors)) => {
            let preview = merging::preview(&app, &actor, kind, &key, &chosen.to).await?;
            draw(&viewer, kind, preview, &chosen.to, errors)
        }
        Err(error) => Err(error.into()),
    }
}

fn word(kind: Kind, merged: Merged) -> crate::web::Flash {
    match merged {
        Merged::Done(0) => flash("success", "Объединено."),
        Merged::Done(count) => {
            let moved = text::plural(count, ["перенесена", "перенесены", "перенесено"]);
            let count = text::count(count, merging::holders_of(kind));
            flash("success", format!("Объединено: {moved} {count}."))
        }
        Merged::GoesOn => flash(
            "info",
            format!(
                "{} переносятся. Страницу можно закрыть: работа закончится сама, здесь видно, сколько осталось.",
                text::capital(merging::holders_of(kind)[1])
            ),
        ),
    }
}
