//! A person goes over to another company, or leaves one and belongs to none.

use sqlx::PgConnection;

use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::companies;
use crate::contacts::model::Contact;
use crate::contacts::queries;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, check};
use crate::values::{CompanyId, ContactId};

const STALE: &str = "Контакт только что изменил кто-то другой. Откройте его заново.";
const FOREIGN: &str =
    "Добавлять контакты в эту компанию могут те, кто может её менять. Выберите другую или попросите их.";

/// Moves a contact to another company, or out of its own: `to: None`. The right is needed on both sides; whoever takes a
/// person out of a company may change that person as the maker may. Moving it to where it is changes nothing.
///
/// # Errors
/// [`Error::Denied`] to those who may not change the contact; [`Error::Invalid`] at `company_id` for a company that the
/// actor may not change or that is gone; [`Error::Conflict`] when somebody changed the contact meanwhile.
pub(crate) async fn relocate(
    app: &App,
    actor: &Actor,
    id: ContactId,
    version: i32,
    to: Option<CompanyId>,
) -> Result<()> {
    let mut tx = app.begin().await?;
    relocate_in(&mut tx, app, actor, (id, Some(version)), to).await?;
    tx.commit().await?;
    Ok(())
}

/// [`relocate`] within the caller's transaction, which has locked no company yet; `version: None`: whatever it is now.
pub(super) async fn relocate_in(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    (id, version): (ContactId, Option<i32>),
    to: Option<CompanyId>,
) -> Result<()> {
    let from = queries::company_of(conn, id).await?.ok_or(Error::NotFound)?;
    if from == to {
        return Ok(());
    }
    // By key, so that two people who move contacts crosswise do not wait for each other.
    let mut sides: Vec<CompanyId> = from.into_iter().chain(to).collect();
    sides.sort_unstable();
    for side in sides {
        let admitted = companies::admit(conn, actor, side, Action::EditContact).await;
        match admitted {
            Err(Error::Denied(_)) if Some(side) == to => return Err(Error::field("company_id", FOREIGN)),
            Err(Error::NotFound) if Some(side) == to => {
                return Err(Error::field("company_id", "Этой компании уже нет."));
            }
            other => other.map(drop)?,
        }
    }
    let before = queries::find(conn, id).await?.ok_or(Error::NotFound)?;
    if from.is_none() {
        check(actor, Action::EditPerson, before.ties(actor))?;
    }
    let is_current = before.company == from;
    let version = version.unwrap_or(before.version);
    if !is_current || !queries::relocate(conn, (id, version), to, actor, app.now()).await? {
        return Err(Error::Conflict(STALE));
    }
    for event in events(conn, actor, &before, to).await? {
        audit::record(conn, actor, event).await?;
    }
    for side in from.into_iter().chain(to) {
        companies::touch(conn, side, app.now()).await?;
    }
    Ok(())
}

/// What the cards of both sides tell.
async fn events(
    conn: &mut PgConnection,
    actor: &Actor,
    before: &Contact,
    to: Option<CompanyId>,
) -> Result<Vec<Event<'static>>> {
    let mut names = [String::new(), String::new()];
    for (name, side) in names.iter_mut().zip([before.company, to]) {
        if let Some(side) = side {
            *name = companies::find(conn, actor, side).await?.fields.name;
        }
    }
    let name = before.fields.name();
    let mut changes = Changes::default();
    changes.compare("contact_company", &names[0], &names[1]);
    let event = |message, side, other: Option<CompanyId>| {
        let event = Event::new("relocate", "contact", before.id, message);
        let event = event.on(Some(side)).with(changes.clone());
        other.into_iter().fold(event, Event::mentioning)
    };
    let left = before.company.map(|from| {
        let message = if to.is_some() {
            format!("Контакт «{name}» переведён в другую компанию")
        } else {
            format!("Контакт «{name}» больше не в компании")
        };
        event(message, from, to)
    });
    let arrived = to.map(|to| event(format!("Контакт «{name}» переведён сюда"), to, before.company));
    Ok(left.into_iter().chain(arrived).collect())
}
