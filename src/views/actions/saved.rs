//! Filters with a name, and what the list opens with.

use super::person;
use crate::app::App;
use crate::error::{Error, OnConstraint as _, Result};
use crate::policy::{Action, Actor, Reach, may_ever, roles_that};
use crate::values::FilterId;
use crate::views::model::{LONGEST_NAME, LONGEST_QUERY, MOST_SAVED, Saved};
use crate::views::{paths, queries};

/// The filters that the actor sees: own ones first.
pub(crate) async fn saved(app: &App, actor: &Actor) -> Result<Vec<Saved>> {
    let user = person(actor)?;
    let everybodys = roles_that(Action::ShareFilter, Reach::All);
    let branches = roles_that(Action::ShareFilter, Reach::Led);
    let mut conn = app.db.acquire().await?;
    Ok(queries::saved(&mut conn, (user, actor.branch), (&everybodys, &branches)).await?)
}

/// Names a filter.
///
/// # Errors
/// [`Error::Invalid`] for a name that is missing, too long or taken, and when there are too many already;
/// [`Error::Denied`] for showing it to others.
pub(crate) async fn save_filter(app: &App, actor: &Actor, typed: (&str, &str), is_shared: bool) -> Result<()> {
    let user = person(actor)?;
    let name = named(actor, typed.0, is_shared)?;
    let query = paths::tidy(typed.1);
    if query.len() > LONGEST_QUERY {
        return Err(Error::field("name", "Этот фильтр слишком длинный: сократите его."));
    }
    let mut tx = app.begin().await?;
    if queries::count_saved(&mut tx, user).await? >= MOST_SAVED {
        return Err(Error::field(
            "name",
            format!("У вас уже {MOST_SAVED} фильтров, больше сохранить нельзя. Удалите ненужный."),
        ));
    }
    let done = queries::insert_saved(&mut tx, user, (&name, &query), is_shared, app.now()).await;
    done.on_constraint(TAKEN, "name", TAKEN_WORDS)?;
    tx.commit().await?;
    Ok(())
}

const TAKEN: &str = "saved_filters_user_id_name_key";
const TAKEN_WORDS: &str = "Фильтр с таким названием у вас уже есть.";

/// Gives an own filter another name, shows it to others or no longer.
///
/// # Errors
/// As [`save_filter`]; [`Error::NotFound`] for a foreign one.
pub(crate) async fn rename_filter(app: &App, actor: &Actor, id: FilterId, name: &str, is_shared: bool) -> Result<()> {
    let user = person(actor)?;
    let name = named(actor, name, is_shared)?;
    let mut conn = app.db.acquire().await?;
    let done = queries::update_saved(&mut conn, user, id, &name, is_shared).await;
    if done.on_constraint(TAKEN, "name", TAKEN_WORDS)? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Forgets an own filter. Lists that open with it open as if nothing had been chosen.
///
/// # Errors
/// [`Error::NotFound`] for a foreign one.
pub(crate) async fn delete_filter(app: &App, actor: &Actor, id: FilterId) -> Result<()> {
    let user = person(actor)?;
    let mut conn = app.db.acquire().await?;
    if queries::delete_saved(&mut conn, user, id).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Chooses the filter that the actor's list opens with; `None`: as the role has it.
///
/// # Errors
/// [`Error::NotFound`] for one that the actor does not see.
pub(crate) async fn open_with(app: &App, actor: &Actor, filter: Option<FilterId>) -> Result<()> {
    let user = person(actor)?;
    if let Some(id) = filter
        && !saved(app, actor).await?.iter().any(|saved| saved.id == id)
    {
        return Err(Error::NotFound);
    }
    let mut conn = app.db.acquire().await?;
    Ok(queries::set_opening(&mut conn, user, filter, app.now()).await?)
}

fn named(actor: &Actor, name: &str, is_shared: bool) -> Result<String> {
    if is_shared && !may_ever(actor, Action::ShareFilter) {
        return Err(Error::Denied(Action::ShareFilter));
    }
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(Error::field("name", "Назовите фильтр."));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Error::field("name", format!("Название длиннее {LONGEST_NAME} знаков.")));
    }
    Ok(name)
}
