//! The first administrator: by a one-time link from the log, or from a shell.

use super::sign_in::{Credentials, Step, Visitor, go_on};
use super::users::named;
use crate::accounts::sessions;
use crate::accounts::{password, queries};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, FieldErrors, Result};
use crate::policy::{Actor, Role};
use crate::values::UserId;

/// Who the new administrator is.
#[derive(Debug, Default, Clone)]
pub(crate) struct NewAdmin {
    /// Only signs in.
    pub(crate) username: String,
    /// «Имя»
    pub(crate) first_name: String,
    /// «Фамилия»
    pub(crate) last_name: String,
    /// As typed.
    pub(crate) password: String,
}

impl NewAdmin {
    fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        let length = self.username.chars().count();
        if length == 0 {
            errors.add("username", "Укажите логин.");
        } else if length > 150 || self.username.chars().any(char::is_whitespace) {
            errors.add("username", "Логин не длиннее 150 знаков и без пробелов.");
        }
        if self.first_name.chars().count() > 150 {
            errors.add("first_name", "Имя длиннее 150 знаков.");
        }
        if self.last_name.chars().count() > 150 {
            errors.add("last_name", "Фамилия длиннее 150 знаков.");
        }
        if let Some(sentence) = password::weakness(&self.password, &self.username) {
            errors.add("password", sentence);
        }
        errors.or(())
    }
}

/// Whether no administrator can sign in yet.
pub(crate) async fn is_setup_open(app: &App) -> Result<bool> {
    let mut conn = app.db.acquire().await?;
    Ok(!queries::has_admin(&mut conn).await?)
}

/// Prints a fresh one-time link to the log while there is no administrator.
pub(crate) async fn print_setup_link(app: &App) -> Result<()> {
    let mut conn = app.db.acquire().await?;
    if queries::has_admin(&mut conn).await? {
        // An older link must not outlive its purpose.
        queries::drop_setup_link(&mut conn).await?;
        return Ok(());
    }
    let token = sessions::new_token();
    queries::replace_setup_link(&mut conn, &sessions::token_hash(&token), app.now()).await?;
    let link = format!("{}/setup/{token}/", app.config.public_url);
    tracing::info!("Откройте эту одноразовую ссылку, чтобы создать администратора: {link}");
    Ok(())
}

/// Whether this is the link that was printed.
pub(crate) async fn may_set_up(app: &App, token: &str) -> Result<bool> {
    let mut conn = app.db.acquire().await?;
    let is_ours = queries::has_setup_link(&mut conn, &sessions::token_hash(token)).await?;
    Ok(is_ours && !queries::has_admin(&mut conn).await?)
}

/// Uses the link up: makes the first administrator and signs in; answers how the sign-in goes on.
///
/// # Errors
/// [`Error::NotFound`] for a link that is unknown or used; [`Error::Invalid`].
pub(crate) async fn create_first_admin(app: &App, token: &str, admin: NewAdmin, visitor: Visitor<'_>) -> Result<Step> {
    admin.check()?;
    let hash = password::hash(app, &admin.password).await?;
    let mut tx = app.begin().await?;
    // Deleting the row locks out a second use before anything is looked at.
    let is_ours = queries::use_setup_link(&mut tx, &sessions::token_hash(token)).await?;
    if !is_ours || queries::has_admin(&mut tx).await? {
        return Err(Error::NotFound);
    }
    let id = named(queries::insert_admin(&mut tx, &admin, &hash).await)?;
    let person = Credentials {
        id,
        username: admin.username,
        password_hash: hash,
        role: Role::Admin,
        branch: None,
        is_active: true,
    };
    let event = Event::new("create", "user", id, "Создан первый администратор").from(visitor.origin);
    audit::record(&mut tx, &person.actor(), event).await?;
    let step = go_on(app, &mut tx, &person, visitor).await?;
    tx.commit().await?;
    Ok(step)
}

/// Makes an administrator from a shell.
///
/// # Errors
/// [`Error::Invalid`] with a sentence per field.
pub(crate) async fn create_admin(app: &App, admin: NewAdmin) -> Result<UserId> {
    admin.check()?;
    let hash = password::hash(app, &admin.password).await?;
    let mut tx = app.begin().await?;
    let id = named(queries::insert_admin(&mut tx, &admin, &hash).await)?;
    queries::drop_setup_link(&mut tx).await?;
    let event = Event::new(
        "create",
        "user",
        id,
        format!("Администратор {} создан командой", admin.username),
    );
    audit::record(&mut tx, &Actor::system(), event).await?;
    tx.commit().await?;
    Ok(id)
}
