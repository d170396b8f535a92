//! Bringing records back.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::read::{likeness, snapshot_of};
use crate::app::App;
use crate::audit::{self, Event};
use crate::db::snapshot::{self, Snapshot};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::trash::model::{Restored, Trashed, losses};
use crate::trash::queries;
use crate::values::text::quoted;
use crate::values::{CompanyId, ContactId, Entity, TrashId};
use crate::{companies, dictionaries};

/// Brings a record back whole.
///
/// # Errors
/// [`Error::Invalid`] for a contact whose company lies in the trash itself; [`Error::NotFound`] when it was brought back
/// or erased meanwhile.
pub(crate) async fn restore(app: &App, actor: &Actor, id: TrashId) -> Result<Restored> {
    check(actor, Action::ManageTrash, Ties::default())?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let whole = queries::take(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let item = queries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let snapshot = snapshot_of(whole.rows)?;
    let restored = match item.entity {
        Entity::Company => restore_company(&mut tx, actor, (&item, &whole.detached), snapshot, now).await?,
        Entity::Contact => restore_contact(&mut tx, actor, &item, snapshot, now).await?,
    };
    queries::forget(&mut tx, id).await?;
    let event = Event::new("restore", item.entity.code(), item.entity_id, message(&restored));
    audit::record(&mut tx, actor, event.on(restored.company)).await?;
    tx.commit().await?;
    Ok(restored)
}

fn message(restored: &Restored) -> String {
    let mut message = match restored.entity {
        Entity::Company => format!("Компания {} возвращена из корзины", quoted(&restored.title)),
        Entity::Contact => format!("Контакт «{}» возвращён из корзины", restored.title),
    };
    if !restored.losses.is_empty() {
        message = format!("{message}. Не вернулось: {}", restored.losses.join(", "));
    }
    message
}

async fn restore_company(
    conn: &mut PgConnection,
    actor: &Actor,
    (item, detached): (&Trashed, &[CompanyId]),
    snapshot: Snapshot,
    now: DateTime<Utc>,
) -> Result<Restored> {
    let id = CompanyId(item.entity_id);
    let like = likeness(&snapshot);
    companies::hold_twins(conn, like).await?;
    let twins = companies::strong_twins(conn, like).await?;
    let updated_at = snapshot.texts("companies", "updated_at").next();
    let updated_at = updated_at.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let heirs = dictionaries::heirs(conn).await?.by_table();
    let lost = snapshot::put_back(conn, snapshot, &heirs).await?;
    // Its words as they are made today; it is no newer by it.
    companies::touch(conn, id, updated_at.map_or(now, |at| at.to_utc())).await?;
    let attached = companies::attach(conn, actor, (id, &item.title), detached, now).await?;
    Ok(Restored {
        entity: item.entity,
        company: Some(id),
        contact: None,
        title: item.title.clone(),
        losses: losses(&lost),
        attached: attached.len(),
        twins: twins.into_iter().map(|twin| twin.name).collect(),
    })
}

async fn restore_contact(
    conn: &mut PgConnection,
    actor: &Actor,
    item: &Trashed,
    snapshot: Snapshot,
    now: DateTime<Utc>,
) -> Result<Restored> {
    let mut home = item.company;
    if let Some(company) = item.company {
        if queries::is_trashed(conn, company.0).await?.is_some() {
            return Err(Error::field(
                "",
                "Компания этого контакта тоже в корзине. Сначала верните её, потом контакт.",
            ));
        }
        match companies::admit(conn, actor, company, Action::ViewBase).await {
            Ok(_) => (),
            // Erased meanwhile: the person comes back without a company.
            Err(Error::NotFound) => home = None,
            Err(other) => return Err(other),
        }
    }
    let heirs = dictionaries::heirs(conn).await?.by_table();
    let lost = snapshot::put_back(conn, snapshot, &heirs).await?;
    if let Some(company) = home {
        companies::touch(conn, company, now).await?;
    }
    Ok(Restored {
        entity: item.entity,
        company: home,
        contact: Some(ContactId(item.entity_id)),
        title: item.title.clone(),
        losses: losses(&lost),
        attached: 0,
        twins: Vec::new(),
    })
}
