//! People, as administrators manage them.

use std::sync::Arc;

use chrono_tz::Tz;
use sqlx::PgConnection;

use super::{constraint, made_before, remember_made};
use crate::accounts::model::{Directory, Person, User, UserForm};
use crate::accounts::{limits, password, queries, sessions};
use crate::app::{App, Stamp};
use crate::audit::{self, Changes, Event};
use crate::error::{Error, FieldErrors, OnConstraint as _, Result};
use crate::policy::{Action, Actor, Role, Ties, check, may};
use crate::values::{BranchId, Email, Origin, UserId};

const SELF_LOCKOUT: &str = "Себя нельзя отключить или лишить роли администратора: попросите другого администратора.";

/// Everybody, for selects and names: active people first, by name.
pub(crate) async fn people(app: &App) -> Result<Vec<Person>> {
    let mut conn = app.db.acquire().await?;
    Ok(queries::people(&mut conn).await?)
}

/// Everybody and all branches as of this stamp, which a request brings with its session.
pub(crate) async fn directory(app: &App, stamp: Stamp) -> Result<Arc<Directory>> {
    let read = async {
        let mut conn = app.db.acquire().await?;
        Ok(Directory {
            people: queries::people(&mut conn).await?,
            branches: queries::branches(&mut conn).await?,
        })
    };
    app.kept.get(stamp, read).await
}

/// [`Directory::owners`], as they are now.
///
/// Reads by the caller's connection: a transaction that waits for a second one can stop the whole pool.
pub(crate) async fn owners(conn: &mut PgConnection) -> Result<Vec<Person>> {
    let people = queries::people(conn).await?.into_iter();
    Ok(people.filter(Person::is_owner).collect())
}

/// A person who works here now; by the caller's connection, as [`owners`].
pub(crate) async fn active_person(conn: &mut PgConnection, id: UserId) -> Result<Option<Person>> {
    let people = queries::people(conn).await?.into_iter();
    Ok(people.filter(|person| person.is_active).find(|person| person.id == id))
}

/// Where the actor's days begin and end; of whoever is nobody, where the installation is.
pub(crate) async fn zone(app: &App, actor: &Actor) -> Result<Tz> {
    let mut conn = app.db.acquire().await?;
    let zone = match actor.user {
        Some(user) => queries::zone(&mut conn, user).await?,
        None => None,
    };
    Ok(zone.and_then(|zone| zone.parse().ok()).unwrap_or(app.config.time_zone))
}

/// Active people who decide about something of this branch: those who lead it, or, when it has no head or there is no
/// branch, those who may do the same everywhere.
///
/// Reads by the caller's connection, as [`owners`].
pub(crate) async fn deciders(conn: &mut PgConnection, action: Action, branch: Option<BranchId>) -> Result<Vec<UserId>> {
    let mut people = queries::people(conn).await?;
    people.retain(|person| person.is_active);
    let may_as = |person: &Person, is_led: bool| {
        let actor = Actor {
            user: Some(person.id),
            role: person.role,
            branch: person.branch,
        };
        let ties = Ties {
            own: false,
            branch: is_led && actor.is_of(branch),
        };
        may(&actor, action, ties)
    };
    let ids = |is_chosen: &dyn Fn(&&Person) -> bool| -> Vec<UserId> {
        people
            .iter()
            .filter(|person| is_chosen(person))
            .map(|person| person.id)
            .collect()
    };
    let heads = ids(&|person| may_as(person, true) && !may_as(person, false));
    if heads.is_empty() {
        return Ok(ids(&|person| may_as(person, false)));
    }
    Ok(heads)
}

/// «Имя Фамилия»; empty: there is no such person.
///
/// Reads by the caller's connection, as [`owners`].
pub(crate) async fn name_of(conn: &mut PgConnection, id: UserId) -> Result<String> {
    Ok(queries::name(conn, id).await?.unwrap_or_default())
}

/// Everybody, for the settings.
pub(crate) async fn users(app: &App, actor: &Actor) -> Result<Vec<User>> {
    check(actor, Action::ManageUsers, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::users(&mut conn).await?)
}

/// One person, for the settings.
pub(crate) async fn find_user(app: &App, actor: &Actor, id: UserId) -> Result<User> {
    users(app, actor)
        .await?
        .into_iter()
        .find(|user| user.id == id)
        .ok_or(Error::NotFound)
}

/// Makes a person who signs in with this password.
pub(crate) async fn create_user(app: &App, actor: &Actor, form: &UserForm, password: &str) -> Result<UserId> {
    check(actor, Action::ManageUsers, Ties::default())?;
    let mut errors = FieldErrors::default();
    let checked = Checked::read(form, &mut errors);
    if let Some(sentence) = password::weakness(password, form.username.trim()) {
        errors.add("password", sentence);
    }
    let checked = errors.or(checked)?;
    let hash = password::hash(app, password).await?;
    let mut tx = app.begin().await?;
    if let Some(id) = made_before(&mut tx, actor, form.key).await? {
        return Ok(id);
    }
    let id = named(queries::insert_user(&mut tx, &checked, &hash).await)?;
    remember_made(&mut tx, form.key, id).await?;
    let event = Event::new(
        "create",
        "user",
        id,
        format!("Создан пользователь {}", checked.username),
    );
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes a person; a change of role or branch ends the person's sessions.
///
/// # Errors
/// [`Error::Conflict`] when somebody changed the person meanwhile.
pub(crate) async fn update_user(app: &App, actor: &Actor, id: UserId, form: &UserForm) -> Result<()> {
    let before = find_user(app, actor, id).await?;
    let mut errors = FieldErrors::default();
    let checked = Checked::read(form, &mut errors);
    let checked = errors.or(checked)?;
    if actor.is(Some(id)) && checked.role != before.role {
        return Err(Error::field("role", SELF_LOCKOUT));
    }
    let changes = checked.changes(&before);
    if changes.is_empty() {
        return Ok(());
    }
    let mut tx = app.begin().await?;
    if !named(queries::update_user(&mut tx, id, form.version, &checked).await)? {
        return Err(Error::Conflict(
            "Пользователя только что изменил кто-то другой. Откройте его заново.",
        ));
    }
    if checked.role != before.role || checked.branch != before.branch {
        sessions::end_all(&mut tx, id, None).await?;
        keep_an_admin(&mut tx).await?;
    }
    let event = Event::new("update", "user", id, format!("Изменён пользователь {}", before.name)).with(changes);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Lets a person sign in, or not any more; deactivation ends the person's sessions at once.
pub(crate) async fn set_active(app: &App, actor: &Actor, id: UserId, is_active: bool) -> Result<()> {
    let before = find_user(app, actor, id).await?;
    if actor.is(Some(id)) && !is_active {
        return Err(Error::field("", SELF_LOCKOUT));
    }
    if before.is_active == is_active {
        return Ok(());
    }
    let mut tx = app.begin().await?;
    queries::set_active(&mut tx, id, is_active).await?;
    if !is_active {
        sessions::end_all(&mut tx, id, None).await?;
        keep_an_admin(&mut tx).await?;
    }
    let (verb, word) = if is_active {
        ("activate", "включён")
    } else {
        ("deactivate", "отключён")
    };
    let event = Event::new(verb, "user", id, format!("Пользователь {} {word}", before.name));
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Two administrators who deactivate or demote each other at one instant must not both succeed.
async fn keep_an_admin(conn: &mut sqlx::PgConnection) -> Result<()> {
    if queries::still_has_admin(conn).await? {
        return Ok(());
    }
    Err(Error::field(
        "",
        "Должен остаться хотя бы один действующий администратор.",
    ))
}

/// Sets a new password for a person and ends all sessions of that person.
pub(crate) async fn reset_password(
    app: &App,
    actor: &Actor,
    origin: &Origin,
    id: UserId,
    password: &str,
) -> Result<()> {
    let user = find_user(app, actor, id).await?;
    if let Some(sentence) = password::weakness(password, &user.username) {
        return Err(Error::field("password", sentence));
    }
    let hash = password::hash(app, password).await?;
    let mut tx = app.begin().await?;
    queries::set_password(&mut tx, id, &hash).await?;
    sessions::end_all(&mut tx, id, None).await?;
    limits::forgive_person(&mut tx, &user.username, id).await?;
    let event = Event::new("reset_password", "user", id, format!("Новый пароль для {}", user.name));
    audit::record(&mut tx, actor, event.from(origin)).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends all sessions of a person; answers how many.
pub(crate) async fn end_sessions(app: &App, actor: &Actor, origin: &Origin, id: UserId) -> Result<u64> {
    let user = find_user(app, actor, id).await?;
    let mut tx = app.begin().await?;
    let ended = sessions::end_all(&mut tx, id, None).await?;
    let message = format!("Завершены сеансы {}", user.name);
    let event = Event::new("end_sessions", "session", id, message).from(origin);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Forgets the failed tries of a person, so that signing in works at once.
pub(crate) async fn unlock(app: &App, actor: &Actor, origin: &Origin, id: UserId) -> Result<()> {
    let user = find_user(app, actor, id).await?;
    let mut tx = app.begin().await?;
    limits::forgive_person(&mut tx, &user.username, id).await?;
    let event = Event::new("unlock", "session", id, format!("Снята блокировка входа {}", user.name));
    audit::record(&mut tx, actor, event.from(origin)).await?;
    tx.commit().await?;
    Ok(())
}

/// Breaches of constraints as sentences at fields.
pub(super) fn named<T>(result: Result<T, sqlx::Error>) -> Result<T> {
    match constraint(&result) {
        Some("users_branch_id_fkey") => result.on_constraint("users_branch_id_fkey", "branch", "Такого филиала нет."),
        _ => result.on_constraint("users_username_key", "username", "Такой логин уже занят."),
    }
}

/// A person's form after reading.
pub(in crate::accounts) struct Checked {
    pub(in crate::accounts) username: String,
    pub(in crate::accounts) first_name: String,
    pub(in crate::accounts) last_name: String,
    pub(in crate::accounts) email: String,
    pub(in crate::accounts) role: Role,
    pub(in crate::accounts) branch: Option<BranchId>,
    pub(in crate::accounts) time_zone: String,
}

impl Checked {
    fn read(form: &UserForm, errors: &mut FieldErrors) -> Self {
        let username = form.username.trim().to_owned();
        if username.is_empty() {
            errors.add("username", "Укажите логин.");
        } else if username.chars().count() > 150 || username.chars().any(char::is_whitespace) {
            errors.add("username", "Логин не длиннее 150 знаков и без пробелов.");
        }
        let mut name = |field: &'static str, value: &str| {
            if value.trim().chars().count() > 150 {
                errors.add(field, "Не длиннее 150 знаков.");
            }
            value.trim().to_owned()
        };
        let first_name = name("first_name", &form.first_name);
        let last_name = name("last_name", &form.last_name);
        let email = match form.email.trim() {
            "" => String::new(),
            typed => match Email::parse(typed) {
                Ok(email) => email.as_str().to_owned(),
                Err(sentence) => {
                    errors.add("email", sentence);
                    String::new()
                }
            },
        };
        let role = Role::from_code(&form.role).unwrap_or_else(|| {
            errors.add("role", "Выберите роль.");
            Role::Manager
        });
        let branch = match form.branch.trim() {
            "" => None,
            id => id
                .parse()
                .map(BranchId)
                .map_err(|_| errors.add("branch", "Такого филиала нет."))
                .ok(),
        };
        let time_zone = form.time_zone.trim().to_owned();
        if !time_zone.is_empty() && time_zone.parse::<chrono_tz::Tz>().is_err() {
            errors.add("time_zone", "Такого часового пояса нет.");
        }
        Self {
            username,
            first_name,
            last_name,
            email,
            role,
            branch,
            time_zone,
        }
    }

    fn changes(&self, before: &User) -> Changes {
        let id = |branch: Option<BranchId>| branch.map(|id| id.to_string()).unwrap_or_default();
        let mut changes = Changes::default();
        changes.compare("username", &before.username, &self.username);
        changes.compare("first_name", &before.first_name, &self.first_name);
        changes.compare("last_name", &before.last_name, &self.last_name);
        changes.compare("email", &before.email, &self.email);
        changes.compare("role", before.role.code(), self.role.code());
        changes.compare("branch", &id(before.branch), &id(self.branch));
        changes.compare("time_zone", &before.time_zone, &self.time_zone);
        changes
    }
}

/// The hash of the password that all invented people of a demo base share.
pub(crate) async fn hash_demo_password(app: &App, password: &str) -> Result<String> {
    if let Some(sentence) = password::weakness(password, "") {
        return Err(Error::field("password", sentence));
    }
    password::hash(app, password).await
}
