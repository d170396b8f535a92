//! What administrators do with the entries.

use std::cmp::Ordering;

use sqlx::PgConnection;
use uuid::Uuid;

use super::entries::{Entry, EntryForm, Kind, Placed, TONES};
use super::entry_queries as queries;
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::db::submitted;
use crate::error::{Error, FieldErrors, OnConstraint as _, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::text;

/// Where an entry is moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Before the one above.
    Up,
    /// Behind the one below.
    Down,
}

/// All entries of a dictionary, in order.
pub(crate) async fn entries(app: &App, actor: &Actor, kind: Kind) -> Result<Vec<Entry>> {
    check(actor, Action::ManageDictionaries, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::list(&mut conn, kind).await?)
}

/// One entry where it stands.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find_entry(app: &App, actor: &Actor, kind: Kind, key: &str) -> Result<Placed> {
    let mut all = entries(app, actor, kind).await?;
    let count = all.len();
    let at = all.iter().position(|entry| entry.key == key).ok_or(Error::NotFound)?;
    Ok(Placed {
        entry: all.swap_remove(at),
        place: at + 1,
        count,
    })
}

/// Adds an entry at the end. Answers its key, also when this very form had already added it.
///
/// # Errors
/// [`Error::Invalid`] with a sentence per field.
pub(crate) async fn create_entry(app: &App, actor: &Actor, kind: Kind, form: &EntryForm) -> Result<String> {
    check(actor, Action::ManageDictionaries, Ties::default())?;
    let new_code = Uuid::new_v4().simple().to_string()[..12].to_owned();
    let entry = form.parse(kind, &new_code).map_err(Error::Invalid)?;
    let mut tx = app.begin().await?;
    if let (Some(key), Some(user)) = (form.form_key, actor.user)
        && let Some(made) = submitted::claim(&mut tx, key, user).await?
    {
        return Ok(made);
    }
    queries::lock(&mut tx, kind).await?;
    let mut errors = FieldErrors::default();
    refuse_twin(&queries::list(&mut tx, kind).await?, &entry, &mut errors);
    errors.or(())?;
    let key = named(kind, queries::insert(&mut tx, kind, &entry).await)?;
    if let Some(form_key) = form.form_key {
        submitted::settle(&mut tx, form_key, &key).await?;
    }
    let message = format!("{}: добавлено «{}»", kind.title(), entry.name);
    audit::record(&mut tx, actor, Event::new("create", kind.entity(), &key, message)).await?;
    tx.commit().await?;
    Ok(key)
}

/// Changes an entry, and moves it when another place was typed than the form showed.
///
/// # Errors
/// [`Error::Invalid`] with a sentence per field, [`Error::Conflict`] when somebody changed it meanwhile.
pub(crate) async fn update_entry(app: &App, actor: &Actor, kind: Kind, key: &str, form: &EntryForm) -> Result<()> {
    check(actor, Action::ManageDictionaries, Ties::default())?;
    let entry = form.parse(kind, key).map_err(Error::Invalid)?;
    let mut tx = app.begin().await?;
    queries::lock(&mut tx, kind).await?;
    let all = queries::list(&mut tx, kind).await?;
    let from = all.iter().position(|entry| entry.key == key).ok_or(Error::NotFound)?;
    let mut errors = FieldErrors::default();
    if all[from].name != entry.name {
        refuse_twin(&all, &entry, &mut errors);
    }
    let to = form.wanted_place(all.len(), &mut errors);
    errors.or(())?;
    if let Some(to) = to {
        put(&mut tx, actor, kind, all.clone(), (from, to)).await?;
    }
    write(&mut tx, actor, kind, &all[from], &entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Two names that a reader cannot tell apart are one.
fn refuse_twin(all: &[Entry], entry: &Entry, errors: &mut FieldErrors) {
    let key = text::list_key(&entry.name);
    let is_twin = |other: &&Entry| other.key != entry.key && text::list_key(&other.name) == key;
    if let Some(twin) = all.iter().find(is_twin) {
        errors.add("name", format!("Такое название уже есть: «{}».", twin.name));
    }
}

async fn write(tx: &mut PgConnection, actor: &Actor, kind: Kind, before: &Entry, entry: &Entry) -> Result<()> {
    let changes = differences(kind, before, entry);
    if changes.is_empty() {
        return Ok(());
    }
    if !named(kind, queries::update(tx, kind, entry).await)? {
        return Err(Error::Conflict(
            "Запись справочника только что изменил кто-то другой. Откройте её заново.",
        ));
    }
    let message = format!("{}: изменено «{}»", kind.title(), entry.name);
    let event = Event::new("update", kind.entity(), &entry.key, message).with(changes);
    audit::record(tx, actor, event).await
}

/// Moves an entry one place; at the edge nothing happens.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn move_entry(app: &App, actor: &Actor, kind: Kind, key: &str, step: Step) -> Result<()> {
    check(actor, Action::ManageDictionaries, Ties::default())?;
    let mut tx = app.begin().await?;
    queries::lock(&mut tx, kind).await?;
    let all = queries::list(&mut tx, kind).await?;
    let from = all.iter().position(|entry| entry.key == key).ok_or(Error::NotFound)?;
    let to = match step {
        Step::Up => from.checked_sub(1),
        Step::Down => Some(from + 1).filter(|to| *to < all.len()),
    };
    let Some(to) = to else { return Ok(()) };
    put(&mut tx, actor, kind, all, (from, to)).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts one of all entries to another index.
async fn put(
    tx: &mut PgConnection,
    actor: &Actor,
    kind: Kind,
    mut all: Vec<Entry>,
    (from, to): (usize, usize),
) -> Result<()> {
    let place = match to.cmp(&from) {
        Ordering::Less => "выше",
        Ordering::Greater => "ниже",
        Ordering::Equal => return Ok(()),
    };
    let other = all[to].name.clone();
    let moved = all.remove(from);
    let message = format!("{}: «{}» теперь {place} «{other}»", kind.title(), moved.name);
    let event = Event::new("order", kind.entity(), &moved.key, message);
    all.insert(to, moved);
    let keys: Vec<String> = all.into_iter().map(|entry| entry.key).collect();
    queries::order(tx, kind, &keys).await?;
    audit::record(tx, actor, event).await
}

fn differences(kind: Kind, old: &Entry, new: &Entry) -> Changes {
    let mut changes = Changes::default();
    let flag = |is: bool| if is { "да" } else { "нет" };
    changes.compare("name", &old.name, &new.name);
    changes.compare("is_active", flag(old.is_active), flag(new.is_active));
    changes.compare("tone", tone_label(&old.tone), tone_label(&new.tone));
    match kind {
        Kind::Status | Kind::Task => (),
        Kind::Sphere => changes.compare("is_important", flag(old.is_important), flag(new.is_important)),
        Kind::Region => changes.compare("time_zone", &old.time_zone, &new.time_zone),
        Kind::Contract => {
            let (old, new) = (old.terms, new.terms);
            changes.compare("is_annual", flag(old.is_annual), flag(new.is_annual));
            for (field, old, new) in [
                (
                    "warning_days",
                    old.warning_days.to_string(),
                    new.warning_days.to_string(),
                ),
                ("danger_days", old.danger_days.to_string(), new.danger_days.to_string()),
                (
                    "warning_amount",
                    old.warning_amount.to_string(),
                    new.warning_amount.to_string(),
                ),
                (
                    "danger_amount",
                    old.danger_amount.to_string(),
                    new.danger_amount.to_string(),
                ),
            ] {
                changes.compare(field, &old, &new);
            }
        }
    }
    changes
}

/// A tone as people call it.
pub(crate) fn tone_label(tone: &str) -> &str {
    let found = TONES.iter().find(|(code, _)| *code == tone);
    found.map_or(tone, |(_, label)| label)
}

fn named<T>(kind: Kind, result: std::result::Result<T, sqlx::Error>) -> Result<T> {
    result.on_constraint(
        &format!("{}_name_key", kind.table()),
        "name",
        "Такое название уже есть.",
    )
}
