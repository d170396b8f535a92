//! A person goes over to another company.

use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::companies;
use crate::contacts::queries;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, check};
use crate::values::{CompanyId, ContactId};

const STALE: &str = "Контакт только что изменил кто-то другой. Откройте его заново.";
const FOREIGN: &str =
    "Добавлять контакты в эту компанию могут те, кто может её менять. Выберите другую или попросите их.";

/// Moves a contact to another company; the right is needed on both sides. Moving it to where it is changes nothing.
///
/// # Errors
/// [`Error::Denied`] to those who may not change the contact; [`Error::Invalid`] at `company_id` for a company that the
/// actor may not change or that is gone; [`Error::Conflict`] when somebody changed the contact meanwhile.
pub(crate) async fn relocate(app: &App, actor: &Actor, id: ContactId, version: i32, to: CompanyId) -> Result<()> {
    let mut tx = app.begin().await?;
    let from = queries::company_of(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if from == Some(to) {
        return Ok(());
    }
    // By key, so that two people who move contacts crosswise do not wait for each other.
    let mut sides: Vec<CompanyId> = from.into_iter().chain([to]).collect();
    sides.sort_unstable();
    for side in sides {
        let admitted = companies::admit(&mut tx, actor, side, Action::EditContact).await;
        match admitted {
            Err(Error::Denied(_)) if side == to => return Err(Error::field("company_id", FOREIGN)),
            Err(Error::NotFound) if side == to => return Err(Error::field("company_id", "Этой компании уже нет.")),
            other => other.map(drop)?,
        }
    }
    let before = queries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if from.is_none() {
        check(actor, Action::EditPerson, before.ties(actor))?;
    }
    if before.company != from || !queries::relocate(&mut tx, id, version, to, app.now()).await? {
        return Err(Error::Conflict(STALE));
    }
    let old = match from {
        Some(from) => companies::find(&mut tx, actor, from).await?.fields.name,
        None => String::new(),
    };
    let new = companies::find(&mut tx, actor, to).await?.fields.name;
    let name = before.fields.name();
    let mut changes = Changes::default();
    changes.compare("contact_company", &old, &new);
    let mut arrived = Event::new("relocate", "contact", id, format!("Контакт «{name}» переведён сюда"))
        .on(Some(to))
        .with(changes.clone());
    if let Some(from) = from {
        arrived = arrived.mentioning(from);
        let message = format!("Контакт «{name}» переведён в другую компанию");
        let left = Event::new("relocate", "contact", id, message).on(Some(from));
        audit::record(&mut tx, actor, left.with(changes).mentioning(to)).await?;
        companies::touch(&mut tx, from, app.now()).await?;
    }
    audit::record(&mut tx, actor, arrived).await?;
    companies::touch(&mut tx, to, app.now()).await?;
    tx.commit().await?;
    Ok(())
}
