//! Moving records into the trash.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::requests::tell_asker;
use crate::app::App;
use crate::audit::{self, Event};
use crate::db::snapshot;
use crate::error::{self, Error, FieldErrors, Result};
use crate::notifications::{self, Kind, Notice};
use crate::policy::{Action, Actor};
use crate::trash::model::{KEPT, NewTrashed, parse_reason, parts};
use crate::trash::queries;
use crate::values::{CompanyId, ContactId, Entity, text};
use crate::{accounts, companies, contacts};

/// What is said after a deletion.
#[derive(Debug)]
pub(crate) struct Gone {
    /// Its name.
    pub(crate) title: String,
    /// The company itself, or the contact's.
    pub(crate) company: Option<CompanyId>,
    /// Until when it can be brought back.
    pub(crate) until: DateTime<Utc>,
}

/// Moves a company with all of its card into the trash. A request for it that waits is granted by that.
///
/// # Errors
/// [`Error::Denied`] outside of what the actor leads; [`Error::Conflict`] when it is no longer as it was seen;
/// [`Error::Invalid`] at `reason` and `sure`.
pub(crate) async fn delete_company(
    app: &App,
    actor: &Actor,
    (id, seen): (CompanyId, Option<i32>),
    typed: &str,
    is_sure: bool,
) -> Result<Gone> {
    let mut tx = app.begin().await?;
    companies::lock_alone(&mut tx, id).await?;
    companies::admit(&mut tx, actor, id, Action::DeleteCompany).await?;
    if seen.is_some() {
        error::must_be_as_seen(seen, companies::find(&mut tx, actor, id).await?.version)?;
    }
    let mut errors = FieldErrors::default();
    let reason = match parse_reason(
        typed,
        "reason",
        "Напишите, почему удаляете: причина останется в журнале.",
    ) {
        Ok(reason) => reason,
        Err(Error::Invalid(found)) => {
            errors.add("reason", found.get("reason"));
            String::new()
        }
        Err(other) => return Err(other),
    };
    must_be_sure(&mut errors, is_sure);
    let reason = errors.or(reason)?;
    if let Some(request) = queries::pending_of(&mut tx, id).await? {
        queries::decide(&mut tx, actor, request.id, ("approved", ""), app.now()).await?;
        tell_asker(&mut tx, actor, &request, (None, app.now())).await?;
    }
    let gone = remove_company(&mut tx, actor, id, &reason, app.now()).await?;
    tx.commit().await?;
    Ok(gone)
}

/// The second look that a whole card deserves.
pub(super) fn must_be_sure(errors: &mut FieldErrors, is_sure: bool) {
    if !is_sure {
        errors.add("sure", "Поставьте отметку: так карточку не удалить случайно.");
    }
}

/// The deletion itself; the company is locked and the right to it checked.
pub(super) async fn remove_company(
    conn: &mut PgConnection,
    actor: &Actor,
    id: CompanyId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Gone> {
    let company = companies::find(conn, actor, id).await?;
    let title = company.fields.name;
    let detached = companies::detach(conn, actor, (id, &title), now).await?;
    let message = format!("Компания {} удалена в корзину. Причина: {reason}", text::quoted(&title));
    let event = Event::new("delete", "company", id, message).on(Some(id));
    if !detached.is_empty() {
        let freed = i64::try_from(detached.len()).unwrap_or(i64::MAX);
        let freed = text::count(freed, ["компания стала", "компании стали", "компаний стали"]);
        let word = if detached.len() == 1 {
            "самостоятельной"
        } else {
            "самостоятельными"
        };
        let notice = Notice::new(Kind::HeadDeleted, now)
            .to(accounts::deciders(conn, Action::DeleteCompany, company.leading_branch).await?)
            .saying(format!("{title}: {freed} {word}"))
            .linking(companies::paths::ALL)
            .about("company", id);
        notifications::tell(conn, actor, notice).await?;
    }
    let new = NewTrashed {
        entity: Entity::Company,
        entity_id: id.0,
        company: Some(id),
        title: &title,
        reason,
        detached,
        snapshot: take(conn, Entity::Company, id.0).await?,
    };
    queries::insert(conn, actor, &new, now).await?;
    audit::record(conn, actor, event).await?;
    Ok(Gone {
        title,
        company: Some(id),
        until: now + KEPT,
    })
}

/// Moves a contact into the trash.
///
/// # Errors
/// [`Error::Denied`] to those who may not change it; [`Error::Conflict`] when it is no longer as it was seen;
/// [`Error::Invalid`] at `reason` when that is too long.
pub(crate) async fn delete_contact(
    app: &App,
    actor: &Actor,
    (id, seen): (ContactId, Option<i32>),
    typed: &str,
) -> Result<Gone> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let contact = contacts::admit(&mut tx, actor, id).await?;
    error::must_be_as_seen(seen, contact.version)?;
    let reason = parse_reason(typed, "reason", "")?;
    let title = contact.fields.name();
    let mut message = format!("Контакт «{title}» удалён в корзину");
    if !reason.is_empty() {
        message = format!("{message}. Причина: {reason}");
    }
    let new = NewTrashed {
        entity: Entity::Contact,
        entity_id: id.0,
        company: contact.company,
        title: &title,
        reason: &reason,
        detached: Vec::new(),
        snapshot: take(&mut tx, Entity::Contact, id.0).await?,
    };
    queries::insert(&mut tx, actor, &new, now).await?;
    let event = Event::new("delete", "contact", id, message).on(contact.company);
    audit::record(&mut tx, actor, event).await?;
    if let Some(company) = contact.company {
        companies::touch(&mut tx, company, now).await?;
    }
    tx.commit().await?;
    Ok(Gone {
        title,
        company: contact.company,
        until: now + KEPT,
    })
}

async fn take(conn: &mut PgConnection, entity: Entity, id: uuid::Uuid) -> Result<snapshot::Snapshot> {
    let taken = snapshot::take(conn, &parts(), entity.table(), id).await?;
    taken.ok_or(Error::NotFound)
}
