//! What people do with accounts.

mod branches;
mod devices;
mod enrol;
mod factor;
mod locks;
mod own;
mod rules;
mod setup;
mod sign_in;
mod tokens;
mod users;

pub(crate) use branches::{branches, create_branch, find_branch, update_branch};
pub(super) use devices::{SHOWN as SESSIONS_SHOWN, end_other_sessions, end_own_session, own_account, own_sessions};
pub(crate) use devices::{end_session_of, sessions_of};
pub(super) use enrol::{enrol, enrolment};
pub(crate) use factor::reset_factor;
pub(super) use factor::{
    Caller, Draft, Status, are_own_codes, begin_factor, confirm_factor, factor_draft, factor_status, renew_codes,
    turn_factor_off,
};
pub(crate) use locks::{Lock, lift_lock, locks, log_id_of_login};
pub(crate) use own::{Changed, change_password};
pub(crate) use rules::{FactorRule, factor_rules, roles_of, set_factor_rules};
pub(crate) use setup::{NewAdmin, create_admin, print_setup_link};
pub(super) use setup::{create_first_admin, is_setup_open, may_set_up};
pub(super) use sign_in::{Awaits, Credentials, Opened, Refused, Step, Visitor, awaits, enter_code, sign_in, sign_out};
pub(super) use tokens::{Denied, Renewed, obtain, renew};
pub(crate) use tokens::{Tokens, admit_phone, end_token};
pub(super) use users::Checked;
pub(crate) use users::{
    active_person, create_user, deciders, directory, end_sessions, find_user, hash_demo_password, name_of, owners,
    people, reset_password, set_active, unlock, update_user, users, zone,
};

use std::str::FromStr;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::App;
use crate::db::submitted;
use crate::error::Result;
use crate::policy::Actor;

/// The hourly job: forgets ended sessions, old counters and old form keys.
pub(crate) async fn clean(app: &App) -> Result<()> {
    let now = app.now();
    let mut conn = app.db.acquire().await?;
    let sessions = super::sessions::forget_ended(&mut conn, now).await?;
    let limits = super::limits::forget_old(&mut conn, now).await?;
    let forms = crate::db::submitted::forget_old(&mut conn).await?;
    let pending = super::queries::factor::forget_pending(&mut conn, now).await?;
    tracing::debug!(pending, sessions, limits, forms, "cleaned accounts");
    Ok(())
}

/// What an earlier arrival of the same form made, when there was one. Waits while that one is being saved.
async fn made_before<Id: FromStr>(conn: &mut PgConnection, actor: &Actor, key: Option<Uuid>) -> Result<Option<Id>> {
    let (Some(key), Some(user)) = (key, actor.user) else {
        return Ok(None);
    };
    let made = submitted::claim(conn, key, user).await?;
    Ok(made.and_then(|id| id.parse().ok()))
}

/// Remembers what this form made.
async fn remember_made(conn: &mut PgConnection, key: Option<Uuid>, id: impl ToString) -> Result<()> {
    match key {
        Some(key) => submitted::settle(conn, key, &id.to_string()).await,
        None => Ok(()),
    }
}

/// The named constraint that was breached.
fn constraint<T>(result: &Result<T, sqlx::Error>) -> Option<&str> {
    result
        .as_ref()
        .err()
        .and_then(sqlx::Error::as_database_error)
        .and_then(|error| error.constraint())
}
